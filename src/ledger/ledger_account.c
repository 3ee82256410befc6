#include "ledger/ledger_account.h"

#include "ledger/backend.h"
#include "ledger/ledger_private.h"

bool ledger_snapshot(Ledger *ledger, GError **error)
{
    return ledger->backend->snapshot(ledger->store, error);
}

void ledger_snapshot_end(Ledger *ledger)
{
    ledger->backend->rollback(ledger->store); /* nothing was written */
}

const LedgerTable *ledger_tables(const Ledger *ledger)
{
    return ledger->backend->tables();
}

json_t *ledger_table(Ledger *ledger, const char *name, GError **error)
{
    return ledger->backend->table(ledger->store, name, error);
}

GArray *ledger_moments(Ledger *ledger, GError **error)
{
    LedgerCounts counts;

    return ledger_counts(ledger, &counts, error) ? ledger->backend->moments(ledger->store, counts.told, error) : NULL;
}
