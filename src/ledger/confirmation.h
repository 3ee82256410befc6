/* confirmation - what was shown and agreed to when a send was last confirmed, and how fast the last run was: for the next
 * question. The confirmation is an event ("confirmed"), too.
 *
 * Threads and errors: as ledger.h. */
#ifndef BREACH_LEDGER_CONFIRMATION_H
#define BREACH_LEDGER_CONFIRMATION_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "ledger/ledger.h"

typedef struct Confirmation {
    int64_t at;     /* ms */
    int64_t people; /* in all */
    int64_t open;   /* messages that were to be sent */
    char *digest;   /* owned; of the plan */
    char *by;       /* owned; login@host */
} Confirmation;

void confirmation_clear(Confirmation *confirmation);

/* confirmation_last: the latest one; all zero when there is none. */
bool confirmation_last(Ledger *ledger, Confirmation *last, GError **error);

/* confirmation_put: makes it the latest one, with its event; a transaction of its own. Borrows the strings. */
bool confirmation_put(Ledger *ledger, const Confirmation *confirmation, GError **error);

/* confirmation_rate: messages a second in the last run that sent enough to tell; 0: none did. confirmation_put_rate: a
 * transaction of its own. */
bool confirmation_rate(Ledger *ledger, double *rate, GError **error);
bool confirmation_put_rate(Ledger *ledger, double rate, GError **error);

#endif
