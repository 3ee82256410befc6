#include "cli/delays.h"

#include <string.h>

#include "cli/posting.h"
#include "ledger/inbox.h"

typedef struct Bringing {
    Ledger *ledger;
    GPtrArray *holds;     /* as they are; borrowed */
    GPtrArray *decisions; /* borrowed */
    int64_t now;
    const char *by;
    bool changed;
} Bringing;

static const HoldScope scopes[] = {
    [CASE_SCOPE_EVERYBODY] = HOLD_EVERYTHING, [CASE_SCOPE_AUDIENCE] = HOLD_AUDIENCE, [CASE_SCOPE_REGION] = HOLD_REGION};

/* A decision about a report to an authority, or about one field of a notice, keeps no notice back. One that has to be
 * taken again still does: whoever was told cannot be untold. */
bool delays_hold(const CaseDecision *decision)
{
    return (decision->state == CASE_DECISION_HOLDS || decision->state == CASE_DECISION_AGAIN) &&
           decision->scope.kind <= CASE_SCOPE_REGION;
}

/* Why nothing is sent, as it stands in the ledger; newly allocated. report/reason translates it. */
static char *reason_of(const CaseDecision *decision)
{
    const char *who = case_event_text(decision->event, decision->kind == CASE_DECISION_DELAY ? "authority" : "by");
    const char *ground = case_event_text(decision->event, "ground");

    return g_strdup_printf(decision->kind == CASE_DECISION_DELAY ? "%s asked to wait (%s, %s)"
                                                                 : "%s decided not to notify (%s, %s)",
                           who ? who : "an authority", decision->regime, ground ? ground : "-");
}

static bool post(Bringing *bringing, const Hold *hold, bool lift, GError **error)
{
    bringing->changed = true;
    return inbox_append_hold(bringing->ledger, hold, lift, error);
}

static bool lift(Bringing *bringing, const Hold *hold, const char *reason, GError **error)
{
    Hold wish = *hold;

    wish.reason = (char *)reason;
    wish.by = (char *)bringing->by;
    wish.at = bringing->now;
    return post(bringing, &wish, true, error);
}

static bool set_one(Bringing *bringing, const CaseDecision *decision, GError **error)
{
    g_autofree char *cause = g_strconcat(HOLD_DECISION, decision->id, NULL);
    g_autofree char *reason = reason_of(decision);
    const Hold wish = {.scope = scopes[decision->scope.kind],
                       .name = (char *)decision->scope.name,
                       .reason = reason,
                       .by = (char *)bringing->by,
                       .at = bringing->now,
                       .cause = cause,
                       .until = decision->until};
    const Hold *there = hold_find_own(bringing->holds, wish.scope, wish.name, cause);

    return (there && there->until == wish.until) || post(bringing, &wish, false, error);
}

/* Whether a hold that follows from a decision still does. */
static bool is_wanted(const Bringing *bringing, const Hold *hold)
{
    const CaseDecision *decision = case_decision_find(bringing->decisions, hold->cause + strlen(HOLD_DECISION));

    return decision && delays_hold(decision) && scopes[decision->scope.kind] == hold->scope &&
           strcmp(decision->scope.name, hold->name) == 0;
}

static bool bring(Bringing *bringing, GError **error)
{
    for (guint i = 0; i < bringing->decisions->len; i++) {
        const CaseDecision *decision = g_ptr_array_index(bringing->decisions, i);

        if (delays_hold(decision) && !set_one(bringing, decision, error))
            return false;
    }
    for (guint i = 0; i < bringing->holds->len; i++) {
        const Hold *hold = g_ptr_array_index(bringing->holds, i);

        if (hold->cause && g_str_has_prefix(hold->cause, HOLD_DECISION) && !is_wanted(bringing, hold) &&
            !hold_is_over(hold, bringing->now) && !lift(bringing, hold, "the decision was revoked", error))
            return false;
    }
    return true;
}

bool delays_post(Ledger *ledger, const CaseState *state, int64_t now, const char *by, bool *changed, GError **error)
{
    g_autoptr(GPtrArray) holds = hold_list(ledger, error);
    g_autoptr(GPtrArray) decisions = case_decisions(state, now);
    Bringing bringing = {.ledger = ledger, .holds = holds, .decisions = decisions, .now = now, .by = by};
    bool done = holds && bring(&bringing, error);

    *changed = bringing.changed;
    return done;
}

bool delays_bring(Workspace *workspace, Ledger *ledger, const CaseState *state, int64_t now, const char *by,
                  bool *applied, GError **error)
{
    bool changed;

    *applied = true;
    return delays_post(ledger, state, now, by, &changed, error) &&
           (!changed || posting_apply(workspace, ledger, applied, error));
}
