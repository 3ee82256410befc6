#include "dispatch/recovery.h"

#include "dispatch/retry.h"

bool recovery_run(Ledger *ledger, const Gateway *const *gateways, size_t count, const char *boot, int64_t now,
                  LedgerRecovery *recovery, GError **error)
{
    for (size_t i = 0; i < count; i++) {
        g_autoptr(GError) problem = NULL;
        int64_t no = gateways[i] ? ledger_gateway(ledger, gateways[i]->name, &problem) : 0;

        if (problem) {
            g_propagate_error(error, g_steal_pointer(&problem));
            return false;
        }
        if (no != 0)
            ledger_doubt_due(ledger, no, retry_recovered(gateways[i], now));
    }
    return ledger_recover(ledger, boot, -1, now, recovery, error);
}
