/* decision - what a person decided about a person: not to tell them, with a reason; or that this no longer holds.
 *
 * A decision is about the id in the people file, so that it outlives every later plan (sqlite_decision_keep() in the
 * merge). Rows without an id of their own cannot be decided about: there is no way to find them again.
 * Threads and errors: as ledger.h. For src/ledger; other processes decide through the inbox. */
#ifndef BREACH_LEDGER_DECISION_H
#define BREACH_LEDGER_DECISION_H

#include <stdbool.h>
#include <stdint.h>

#include "ledger/ledger.h"

typedef struct Decision {
    const char *person; /* id; borrowed */
    bool withhold;      /* false: an earlier decision is taken back */
    const char *reason; /* borrowed; what the person counts under */
    const char *by;     /* "login@host", or NULL; borrowed */
    int64_t at;         /* ms */
} Decision;

/* decision_apply: in a batch: records it, moves the person's quarantined notices to withheld (or those that an earlier
 * decision withheld back), keeps the counters, appends the event "decided". Messages are moved by entries of their own.
 * *is_known: whether there is such a person; if not, nothing was done. */
bool decision_apply(Ledger *ledger, const Decision *decision, bool *is_known, GError **error);

#endif
