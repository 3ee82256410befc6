/* report_markdown - the report as Markdown (CommonMark with tables), for a wiki or a mail; without its drawings, whose
 * numbers stand in tables.
 *
 * `document` is that of report/account. Newly allocated; in the chosen language. Threads: one. */
#ifndef BREACH_REPORT_REPORT_MARKDOWN_H
#define BREACH_REPORT_REPORT_MARKDOWN_H

#include <jansson.h>

char *report_markdown(const json_t *document);

/* report_markdown_escape: `text` so that Markdown shows it as it is, on one line, also in a cell of a table; newly
 * allocated. */
char *report_markdown_escape(const char *text);

#endif
