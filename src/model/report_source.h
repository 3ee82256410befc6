/* report_source - where the words of a report to an authority come from: the vocabulary of `source:` in the
 * regulator_fields of regimes and in forms.
 *
 * A source is a place in the playbook, or something that the case record or the ledger knows in numbers. None of them
 * is a person of the people file. What is confidential is given to the authority that asks for it, and to nobody else.
 *
 * `source:` is one name or several, parted by commas, all of which are given in that order; one with a question mark
 * behind it is left out where there is nothing: "measures.taken, measures.planned?". A field without `source` is
 * written by hand: reports: {REGIME: {FIELD: text}}, which also comes before any source.
 *
 * Pure. Threads: reading is safe. */
#ifndef BREACH_MODEL_REPORT_SOURCE_H
#define BREACH_MODEL_REPORT_SOURCE_H

#include <stdbool.h>
#include <stddef.h>

#include <glib.h>

#define REPORT_CONFIDENTIAL "confidential." /* what the names of confidential sources start with */

typedef struct ReportSource {
    const char *name;  /* "organization.name"; of a family the beginning: "facts." */
    const char *where; /* where it is written in the playbook: "organization: {name: …}"; NULL: it is found out */
    const char *what;  /* what it is, in English; translated when shown */
} ReportSource;

/* report_sources: the table; *count of them. */
const ReportSource *report_sources(size_t *count);

/* report_source: the row of one name, without a question mark; also of a member of a family ("facts.cause"). NULL:
 * there is no such source. */
const ReportSource *report_source(const char *name);

/* report_source_is_confidential: whether a name is one of those that only reports may hold. */
bool report_source_is_confidential(const char *name);

/* report_source_nearest: the name that was probably meant, or NULL. */
const char *report_source_nearest(const char *name);

typedef struct ReportSourceUse { /* one name of a `source:` */
    char *name;                  /* owned */
    bool is_optional;            /* a question mark stood behind it */
} ReportSourceUse;

/* report_source_parse: the names of a `source:`, of ReportSourceUse *, newly allocated. NULL: one of them there is not;
 * *unknown (may be NULL) is then that name, newly allocated. NULL and "" give an empty list. */
GPtrArray *report_source_parse(const char *text, char **unknown);

#endif
