/* decided - what people decided and did about an incident, as sentences: from the events of the ledger and of the case
 * record.
 *
 * Nothing in it names a person who is told: decisions about people are counted, and what somebody typed is masked
 * (report/discreet.h). Lists own what is in them. Threads: one. Errors: as ledger.h. */
#ifndef BREACH_REPORT_DECIDED_H
#define BREACH_REPORT_DECIDED_H

#include <stdint.h>

#include <glib.h>
#include <jansson.h>

#include "ledger/ledger.h"
#include "model/case_state.h"

typedef struct Decided {
    int64_t at;       /* ms; when it was recorded; of several alike the latest */
    const char *kind; /* "held", "response", …: of the event; static or interned */
    char *by;         /* owned; who answers for it; NULL: nobody is named */
    char *text;       /* owned; in the chosen language */
    char *english;    /* owned; the same for --json */
} Decided;

/* decided_list: of Decided *, oldest first, since `since` (ms). `ledger` NULL: there is no plan yet; `state` NULL: there is
 * no case record. */
GPtrArray *decided_list(Ledger *ledger, const CaseState *state, int64_t since, GError **error);

/* decided_value: what a value of the case record is, in one line: a time, a word, or the JSON of it; newly allocated. */
char *decided_value(const json_t *value);

#endif
