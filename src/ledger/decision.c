#include "ledger/decision.h"

#include "ledger/backend.h"
#include "ledger/ledger_private.h"

static bool note(Ledger *ledger, const Decision *decision, GError **error)
{
    json_auto_t *details =
        json_pack("{s:s, s:s, s:s, s:s*}", "person", decision->person, "decision",
                  decision->withhold ? "withheld" : "released", "reason", decision->reason, "by", decision->by);

    return ledger_note(ledger, "decided", decision->at, details, error);
}

static bool store(Ledger *ledger, int64_t person, const Decision *decision, GError **error)
{
    const LedgerBackend *backend = ledger->backend;

    return decision->withhold
               ? backend->decision_put(ledger->store, person, decision->reason, decision->by, decision->at, error)
               : backend->decision_drop(ledger->store, person, error);
}

bool decision_apply(Ledger *ledger, const Decision *decision, bool *is_known, GError **error)
{
    int64_t person = 0;

    if (!ledger->backend->person_no(ledger->store, decision->person, &person, error))
        return false;
    *is_known = person > 0;
    if (!*is_known)
        return true;
    return (!decision->withhold || ledger_climb_stop(ledger, person, error)) &&
           ledger_count_person(ledger, person, -1, error) && store(ledger, person, decision, error) &&
           ledger_count_person(ledger, person, 1, error) && note(ledger, decision, error);
}
