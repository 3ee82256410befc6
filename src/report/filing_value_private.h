/* filing_value_private - what the files that say a source's words share; only filing_value*.c include this. Threads:
 * one. */
#ifndef BREACH_REPORT_FILING_VALUE_PRIVATE_H
#define BREACH_REPORT_FILING_VALUE_PRIVATE_H

#include "report/filing_value.h"
#include "report/filing_word.h"

/* FilingSay: says what a source says; false: nothing. `rest` is the name behind the beginning of a family. */
typedef bool FilingSay(FilingValue *value, const FilingRequest *request, const char *rest);

typedef struct FilingSaying {
    const char *name; /* of a source, or of a family the beginning; NULL: the end of the table */
    FilingSay *say;
    const char *rest; /* handed to `say`; NULL: what stands behind a family's beginning */
} FilingSaying;

/* filing_value_done: what was done about the incident: notices, decisions, steps of the response, earlier reports. */
extern const FilingSaying filing_value_done[];

/* Each appends a line, and returns whether it had something to say. filing_value_line: `line` is taken.
 * filing_value_word: a word by which may be chosen, too. filing_value_labelled: "email: a@example.com". */
bool filing_value_line(FilingValue *value, char *line);
bool filing_value_word(FilingValue *value, const char *word);
bool filing_value_labelled(FilingValue *value, const FilingRequest *request, FilingWord label, const char *text);

#endif
