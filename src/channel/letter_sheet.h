/* letter_sheet - texts laid out on pages, and pages drawn into PDF files. The only module that knows Pango and cairo,
 * with its own .c; what is to stand where is said by its callers (letter_form, phone_list).
 *
 * A LetterPress has the fonts of one thread. A LetterSheet is one document: text flows down its column from page to
 * page, or is placed. It is laid out once and drawn as often as needed. Lengths are millimetres, from the top left
 * corner. Languages choose the glyphs of Chinese characters; the direction of each paragraph follows from its text
 * (Unicode Standard Annex 9). Equal sheets give equal bytes. Threads: a press and what is made with it belong to one.
 */
#ifndef BREACH_CHANNEL_LETTER_SHEET_H
#define BREACH_CHANNEL_LETTER_SHEET_H

#include <stdbool.h>
#include <stddef.h>

#include <glib.h>

#include "channel/letter_text.h"
#include "model/gateway_print.h"

typedef struct LetterPress LetterPress;
typedef struct LetterSheet LetterSheet;
typedef struct LetterPdf LetterPdf;

LetterPress *letter_press_new(GatewayPaper paper);
void letter_press_free(LetterPress *press);
void letter_press_size(const LetterPress *press, double *width, double *height);

typedef enum LetterAlign { LETTER_START, LETTER_MIDDLE, LETTER_END } LetterAlign;

typedef struct LetterStyle {
    double size; /* points */
    bool bold;
    LetterAlign align;
    double indent; /* mm, of the whole block */
    double before; /* mm above it; not at the top of a page */
    double needs;  /* mm that must be left below it on its page: keeps a heading with its text */
} LetterStyle;

/* LetterColumn: where text flows: on the first page from `first`, on others from `top`, down to `bottom`. */
typedef struct LetterColumn {
    double left, width, first, top, bottom;
} LetterColumn;

/* letter_sheet_new: one empty page. `words` is static. */
LetterSheet *letter_sheet_new(LetterPress *press, const LetterWords *words, LetterColumn column);
void letter_sheet_free(LetterSheet *sheet);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LetterSheet, letter_sheet_free)

/* letter_sheet_flow: the next block of the column. `marker` hangs left of the indent, or is NULL. letter_sheet_gap:
 * empty space below what is there. letter_sheet_blocks: what letter_text_parse() found, in the house style. */
void letter_sheet_flow(LetterSheet *sheet, const LetterStyle *style, const char *marker, const char *text);
void letter_sheet_gap(LetterSheet *sheet, double height);
void letter_sheet_blocks(LetterSheet *sheet, const GPtrArray *blocks);

/* letter_sheet_place: a text at a place of page `page` (from 0; it need not be there yet), wrapped at `width`; made
 * smaller until it is no higher than `height` (0: any) or too small to read. Returns its height. With `up`, `y` is where
 * it ends; with `whole`, the sheet is spoilt where it is still too high. */
typedef struct LetterPlace {
    int page;
    double x, y, width, height;
    bool up, whole;
} LetterPlace;
double letter_sheet_place(LetterSheet *sheet, const LetterPlace *place, const LetterStyle *style, const char *text);

/* letter_sheet_rule: a thin line on a page. */
void letter_sheet_rule(LetterSheet *sheet, int page, double x, double y, double width);

/* letter_sheet_break: what follows begins on a new page; its number. */
int letter_sheet_break(LetterSheet *sheet);
int letter_sheet_pages(const LetterSheet *sheet);

/* letter_sheet_missing: the characters for which no font of this machine has a glyph, each once; "" when there are
 * none; borrowed from the sheet. */
const char *letter_sheet_missing(const LetterSheet *sheet);

/* letter_sheet_is_spoilt: whether something that has to stand in its place whole does not fit there. */
bool letter_sheet_is_spoilt(const LetterSheet *sheet);

/* letter_pdf_new: a file that is given to `write` piece by piece; `write` returns false to end it. `date` is its date
 * of creation, ISO 8601, or NULL for none. */
typedef bool LetterWrite(void *user, const void *data, size_t size);
LetterPdf *letter_pdf_new(LetterPress *press, const char *date, LetterWrite *write, void *user);

/* letter_pdf_draw: all pages of the sheet. letter_pdf_blank: an empty page. letter_pdf_pages: how many there are. */
void letter_pdf_draw(LetterPdf *pdf, const LetterSheet *sheet);
void letter_pdf_blank(LetterPdf *pdf);
int letter_pdf_pages(const LetterPdf *pdf);

/* letter_pdf_free: writes what is left and frees. False: something could not be written or drawn; *why is static. */
bool letter_pdf_free(LetterPdf *pdf, const char **why);

#endif
