#include "ledger/ledger_log.h"

#include "ledger/backend.h"
#include "ledger/ledger_private.h"

GPtrArray *ledger_log_troubles(Ledger *ledger, LedgerLogPlace *place, GError **error)
{
    return ledger->backend->troubles(ledger->store, place, error);
}

void ledger_trouble_free(LedgerTrouble *trouble)
{
    if (!trouble)
        return;
    g_free(trouble->gateway);
    g_free(trouble->channel);
    g_free(trouble);
}

GPtrArray *ledger_log_notes(Ledger *ledger, int64_t since, GError **error)
{
    return ledger->backend->notes(ledger->store, since, error);
}

void ledger_note_free(LedgerNote *note)
{
    if (!note)
        return;
    json_decref(note->body);
    g_free(note);
}
