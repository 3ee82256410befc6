/* report_html - the report as one HTML file that needs nothing else. report_markdown is its sibling.
 *
 * `document` is that of report/account. Newly allocated; in the chosen language. Threads: one. */
#ifndef BREACH_REPORT_REPORT_HTML_H
#define BREACH_REPORT_REPORT_HTML_H

#include <jansson.h>

char *report_html(const json_t *document);

#endif
