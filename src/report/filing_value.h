/* filing_value - what one source says, in the language of a report. For filing.c; register.c and account_case.c take the
 * facts. Threads: one. */
#ifndef BREACH_REPORT_FILING_VALUE_H
#define BREACH_REPORT_FILING_VALUE_H

#include "report/filing.h"

typedef struct FilingValue {
    GPtrArray *lines; /* owned; of char * */
    Moment time;      /* of a source that is a time */
    int64_t count;    /* of one that is a number; -1 */
    char *word;       /* owned; of one that is a word to choose by; or NULL */
    Moment next;      /* a fact that is unknown: by when more is known */
    bool is_unknown;  /* said to be unknown yet: `lines` say as of when */
    bool is_untranslated;
} FilingValue;

void filing_value_init(FilingValue *value);
void filing_value_clear(FilingValue *value);

/* filing_value_add: appends what `source` says (report_source.h). False: it says nothing. */
bool filing_value_add(FilingValue *value, const FilingRequest *request, const char *source);

/* filing_value_text: appends a text of the playbook, in the language of the report or else in the playbook's. */
void filing_value_text(FilingValue *value, const FilingRequest *request, const LocaleText *text);

/* filing_fact: what authorities read of a fact: the words of reports.facts, else those of the announcement, else those of the
 * notices; NULL: unknown yet, or nobody says anything. Borrowed. */
const LocaleText *filing_fact(const Playbook *playbook, const char *name);

/* filing_value_lateness: why the report is late, by `late` ms (0: it is not, and only the reason is told): what is known of
 * it, and the reason (request->reason, or `reason`, may be NULL). False: there is no reason yet. */
bool filing_value_lateness(FilingValue *value, const FilingRequest *request, int64_t late, const char *reason);

#endif
