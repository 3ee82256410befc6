/* filing_field - one field of a report: what it says, of its kind, and whether that is enough. Threads: one. */
#ifndef BREACH_REPORT_FILING_FIELD_H
#define BREACH_REPORT_FILING_FIELD_H

#include <stdbool.h>

#include "report/filing.h"

/* filing_field_make: a field of the form, from the request and the lateness of `filing`. Newly allocated. */
FilingField *filing_field_make(const Filing *filing, const ReportFormField *form);
void filing_field_free(FilingField *field);

/* filing_field_lateness: why the report is late, for a form that does not ask; NULL: it is in time, or the form asks.
 */
FilingField *filing_field_lateness(const Filing *filing);

/* filing_field_is_source: whether the field's value comes from that source alone. */
bool filing_field_is_source(const FilingField *field, const char *source);

/* filing_field_text: what the field says, a line for each part. filing_field_joined: the same on one line. Newly
 * allocated. */
char *filing_field_text(const FilingField *field);
char *filing_field_joined(const FilingField *field, const char *between);

/* filing_field_speaks_to_people: whether a field says a fact in words that speak to the people concerned ("your
 * record"), as notices do, and not to an authority. */
bool filing_field_speaks_to_people(const FilingField *field, const char *locale);

#endif
