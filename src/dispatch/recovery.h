/* recovery - what an earlier run left under way, settled before anything is claimed: each gateway's doubts as that
 * gateway wants it. Threads and errors: as ledger.h. */
#ifndef BREACH_DISPATCH_RECOVERY_H
#define BREACH_DISPATCH_RECOVERY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>

#include "ledger/ledger.h"
#include "model/gateway.h"

/* recovery_run: ledger_recover() with the due time that each of `gateways` gives a doubt; NULLs among them are skipped.
 * What is in doubt at a gateway that is not among them is left to a person. */
bool recovery_run(Ledger *ledger, const Gateway *const *gateways, size_t count, const char *boot, int64_t now,
                  LedgerRecovery *recovery, GError **error);

#endif
