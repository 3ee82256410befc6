/* report_outline - what stands in a report, section by section, in the reader's language: a function of the document of
 * report/account alone, whatever the format.
 *
 * Times of the ledger are shown in the time zone of the process, those that a person gave in their own offset; each
 * with its offset. Threads: one. */
#ifndef BREACH_REPORT_REPORT_OUTLINE_H
#define BREACH_REPORT_REPORT_OUTLINE_H

#include <jansson.h>

#include "report/report_writer.h"

/* report_outline: the whole report; newly allocated. */
char *report_outline(const json_t *document, const ReportWriter *writer);

#endif
