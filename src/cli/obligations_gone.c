/* What is not asked any more because of a change: a smaller count, a lower level, another role, an edited playbook. A
 * clock that goes out of sight is said, once, by the command that made it go. */
#include "cli/obligations.h"

#include <string.h>

#include "base/language.h"
#include "cli/output.h"

/* What may apply is for a person to settle, which is no loss. */
static bool is_asked(const Obligation *obligation)
{
    RegimeState state = obligation->clock->state;

    return state == REGIME_OVERDUE || state == REGIME_DUE || state == REGIME_ANCHOR_MISSING ||
           state == REGIME_NOT_STARTED;
}

static GHashTable *asked_of(const GPtrArray *obligations)
{
    GHashTable *ids = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    for (guint i = 0; i < obligations->len; i++)
        if (is_asked(g_ptr_array_index(obligations, i)))
            g_hash_table_add(ids, g_strdup(((const Obligation *)g_ptr_array_index(obligations, i))->id));
    return ids;
}

GHashTable *obligations_asked(const Lawbook *lawbook)
{
    return asked_of(lawbook->obligations);
}

void obligations_warn_gone(const Lawbook *lawbook, GHashTable *before)
{
    for (guint i = 0; i < lawbook->obligations->len; i++) {
        const Obligation *obligation = g_ptr_array_index(lawbook->obligations, i);
        const GPtrArray *why = obligation->clock->why;

        if (obligation->clock->state == REGIME_NOT_APPLICABLE && g_hash_table_contains(before, obligation->id))
            output_message(N_("warning: %s is not asked any more: %s"), obligation->id,
                           why->len > 0 ? (const char *)g_ptr_array_index(why, why->len - 1) : "");
    }
}

/* The case as it was before the last `changed` events, which are the playbook's. */
static CaseState *state_before(const Lawbook *lawbook)
{
    const GPtrArray *all = lawbook->state->events;
    GPtrArray *events = case_events_new();

    for (guint i = 0; i + MIN(lawbook->changed, all->len) < all->len; i++) {
        const CaseEvent *event = g_ptr_array_index(all, i);

        g_ptr_array_add(events, case_event_new(event->no, event->at, event->by, event->kind, json_incref(event->body)));
    }
    return case_state_fold(events);
}

void obligations_warn_edited(const Lawbook *lawbook)
{
    g_autoptr(CaseState) state = lawbook->changed > 0 ? state_before(lawbook) : NULL;
    ObligationRequest request = lawbook->request;
    g_autoptr(GPtrArray) obligations = NULL;
    g_autoptr(GHashTable) before = NULL;

    if (!state || !case_state_value(state, CASE_REGIMES, "regimes"))
        return; /* the first look: nothing was asked before */
    request.state = state;
    obligations = obligations_of(&request);
    before = asked_of(obligations);
    obligations_warn_gone(lawbook, before);
}
