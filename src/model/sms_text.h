/* sms_text - how long a text message is, in the segments that are sent and paid for. Pure; threads: safe.
 *
 * 3GPP TS 23.038 6.2.1: a text whose characters are all in the 7-bit default alphabet (those of its extension table
 * take two septets) has 160 septets in one segment; one character outside of it turns the whole text to UCS-2, with 70
 * units of 16 bits. TS 23.040 9.2.3.24.1: of several segments each has 153 septets or 67 units, and neither an escape
 * pair nor a surrogate pair is split. Providers of the Chinese mainland count characters whatever the alphabet, 70 or
 * 67 each. */
#ifndef BREACH_MODEL_SMS_TEXT_H
#define BREACH_MODEL_SMS_TEXT_H

#include <stdbool.h>

#include <glib.h>

typedef enum SmsCounting { SMS_BY_ALPHABET, SMS_BY_CHARACTER } SmsCounting;
typedef enum SmsEncoding { SMS_GSM7, SMS_UCS2 } SmsEncoding;

typedef struct SmsMeasure {
    SmsEncoding encoding;
    int units;      /* septets of GSM-7, 16-bit units of UCS-2; without what cannot be used at the end of a segment */
    int segments;   /* 1 or more; 0: the text is empty */
    gunichar cause; /* the first character outside of the 7-bit alphabet; 0: there is none */
} SmsMeasure;

/* sms_text_measure: `text` is valid UTF-8. */
SmsMeasure sms_text_measure(const char *text, SmsCounting counting);

/* sms_text_counting: how providers in a region (normalised, or NULL) count. */
SmsCounting sms_text_counting(const char *region);

/* sms_text_encoding_name: "GSM-7" or "UCS-2". */
const char *sms_text_encoding_name(SmsEncoding encoding);

/* sms_text_sign: the signature at the front ("【Example】"), without its brackets, newly allocated; NULL when there is
 * none. sms_text_signs: how many pairs of these brackets the text has. */
char *sms_text_sign(const char *text);
int sms_text_signs(const char *text);

/* sms_text_signed: `text` as it arrives with the provider's approved `sign`: behind 【sign】, unless it begins with it.
 * Newly allocated. */
char *sms_text_signed(const char *text, const char *sign);

#endif
