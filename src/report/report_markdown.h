/* report_markdown - the report as Markdown (CommonMark with tables), for a wiki or a mail; without its drawings, whose
 * numbers stand in tables.
 *
 * `document` is that of report/account. Newly allocated; in the chosen language. Threads: one. */
#ifndef BREACH_REPORT_REPORT_MARKDOWN_H
#define BREACH_REPORT_REPORT_MARKDOWN_H

#include <jansson.h>

char *report_markdown(const json_t *document);

#endif
