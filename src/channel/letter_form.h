/* letter_form - one letter as DIN 5008:2020 form B lays it out: window, information block, subject, text, folding marks
 * and page numbers; in a Chinese window the address stands in the order of Chinese envelopes.
 *
 * Pure but for the fonts of the machine. Threads: as letter_sheet. */
#ifndef BREACH_CHANNEL_LETTER_FORM_H
#define BREACH_CHANNEL_LETTER_FORM_H

#include "channel/letter_sheet.h"

typedef struct LetterForm {
    const char *locale;      /* or NULL */
    const GPtrArray *sender; /* of char *: the lines of our address; or NULL */
    const char *addressee;   /* or NULL */
    const char *address;     /* lines */
    const char *number;      /* of the notice; or NULL */
    const char *now;         /* RFC 3339; or NULL */
    const char *subject;
    const char *text; /* see letter_text.h */
    GatewayWindow window;
} LetterForm;

/* letter_form_lay_out: a new sheet. */
LetterSheet *letter_form_lay_out(LetterPress *press, const LetterForm *form);

/* letter_form_address: what stands in the window, lines separated by line feeds; newly allocated. DIN 5008: addressee,
 * then the address as it is given. Chinese: postcode, address, addressee with 收 (GB/T 1416 keeps this order), where
 * the address is written in Chinese. */
char *letter_form_address(const LetterForm *form);

#endif
