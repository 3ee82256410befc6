/* page_html - one HTML file that stands alone: its head with all of its style, its foot, and text made safe.
 *
 * What is written references nothing outside itself and runs no script: the Content-Security-Policy in its head allows
 * one style sheet, by its hash, and images that are part of the file. So no element may have a style or an on…
 * attribute: looks come from the classes of the style sheet. It reads well on a screen of 320 px, in the dark
 * (prefers-color-scheme), and on A4 paper, where it is always light. Pure but for the chosen language
 * (base/language.h). Threads: one. */
#ifndef BREACH_REPORT_PAGE_HTML_H
#define BREACH_REPORT_PAGE_HTML_H

#include <stdbool.h>

#include <glib.h>

#include "model/incident.h"

typedef struct PageHtml {
    const char *title;     /* of the window and of the page: h1 */
    const char *subtitle;  /* one line under it, or NULL */
    IncidentStatus status; /* the word EXERCISE or ACTUAL stands at the top, in words and not only in colour */
} PageHtml;

/* page_html_head: everything up to where the sections begin; page_html_foot closes what it opened, with `words` (or
 * NULL) at the bottom. */
void page_html_head(GString *html, const PageHtml *page);
void page_html_foot(GString *html, const char *words);

/* page_html_text: `text` with & < > " and ' escaped, and whatever is no valid character of HTML (controls, invalid
 * UTF-8) as U+FFFD: safe between tags and in a quoted attribute. NULL is nothing. */
void page_html_text(GString *html, const char *text);

/* page_html_element: <name class="css">text</name> and a line feed; the text is escaped, `css` may be NULL. */
void page_html_element(GString *html, const char *name, const char *css, const char *text);

/* page_html_section: <section id="id"><h2>title</h2>, with one sentence on what it means (or NULL). Close it with
 * </section>. */
void page_html_section(GString *html, const char *id, const char *title, const char *meaning);

/* A table: caption, a row of headers, rows of cells. The first cell of a row is its header. A header that begins with
 * "#" is one of a column of numbers, with "@" one of times, which are not broken (the mark is not shown).
 * page_html_row: as many cells as there are headers; NULL-terminated. Words of ASCII that are too long for paper, as
 * digests are, may break (<wbr>). */
void page_html_table(GString *html, const char *caption, const char *const *headers);
void page_html_row(GString *html, const char *const *headers, const char *const *cells);
void page_html_table_end(GString *html);

/* page_html_css: the style sheet, as it stands in the head; static. */
const char *page_html_css(void);

#endif
