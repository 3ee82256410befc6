/* quota - how many messages a gateway has been given today, for those that take only so many a day.
 *
 * Kept in the transaction of the claims themselves, so that a kill or another run cannot forget any. Threads and
 * errors: as ledger.h. */
#ifndef BREACH_LEDGER_QUOTA_H
#define BREACH_LEDGER_QUOTA_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "ledger/ledger.h"

/* quota_used: the count of `gateway` for the day that began at `day` (ms); 0 when it has none of that day. quota_put:
 * in a batch: replaces it. */
bool quota_used(Ledger *ledger, const char *gateway, int64_t day, int64_t *used, GError **error);
bool quota_put(Ledger *ledger, const char *gateway, int64_t day, int64_t used, GError **error);

#endif
