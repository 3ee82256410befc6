#include "model/obligation_decision.h"

#include <string.h>

#include "base/clock.h"
#include "base/language.h"
#include "model/civil_day.h"

/* Whether the scope is this step as a whole. A part of the people leaves the duty towards the others. */
static bool covers(const CaseDecision *decision, const RegimeStep *step)
{
    if (decision->scope.kind == CASE_SCOPE_EVERYBODY)
        return g_strcmp0(step->to, "individuals") == 0;
    return decision->scope.kind == CASE_SCOPE_STEP &&
           (strcmp(decision->scope.name, step->id) == 0 || g_strcmp0(decision->scope.name, step->group) == 0);
}

static const CaseDecision *find_decision(const GPtrArray *decisions, const Obligation *obligation)
{
    for (guint i = 0; i < decisions->len; i++) {
        const CaseDecision *decision = g_ptr_array_index(decisions, i);

        if (case_decision_stands(decision) && strcmp(decision->regime, obligation->regime->entry->id) == 0 &&
            covers(decision, obligation->step))
            return decision;
    }
    return NULL;
}

static const char *said(const CaseDecision *decision, const char *member)
{
    const char *text = case_event_text(decision->event, member);

    return text ? text : "?";
}

/* Not to be done: a person decided so, on a ground that the regime knows. */
static void waive(const Obligation *obligation, const CaseDecision *decision)
{
    obligation->clock->state = REGIME_NOT_APPLICABLE;
    obligation->clock->late = 0;
    g_ptr_array_add(obligation->clock->why,
                    g_strdup_printf(_("decided by %s: not to notify, %s (decision %s)"), said(decision, "by"),
                                    said(decision, "ground"), decision->id));
}

/* To be done later: an authority asked for it. What is due only after that stays due then. */
static void put_off(const Obligation *obligation, const CaseDecision *decision, int64_t now)
{
    RegimeClockResult *clock = obligation->clock;
    GTimeZone *zone = obligation->regime->zone;

    if (clock->has_due && clock->last >= decision->until)
        return;
    clock->has_due = true;
    clock->due =
        (Moment){.at = decision->until, .offset = zone ? civil_day_offset(decision->until, zone) : 0, .known = true};
    clock->last = decision->until;
    clock->due_day = (CivilDay)((decision->until + clock->due.offset * CLOCK_MINUTE) / CLOCK_DAY);
    clock->remaining = decision->until - now;
    clock->state = REGIME_DUE;
    clock->late = 0;
    g_ptr_array_add(clock->why,
                    g_strdup_printf(_("delayed by %s, because %s asked for it: %s (decision %s)"), said(decision, "by"),
                                    said(decision, "authority"), said(decision, "ground"), decision->id));
}

void obligation_decision_apply(GPtrArray *obligations, const GPtrArray *decisions, int64_t now)
{
    for (guint i = 0; i < obligations->len; i++) {
        const Obligation *obligation = g_ptr_array_index(obligations, i);
        const CaseDecision *decision;

        if (obligation->kind != OBLIGATION_STEP || !obligation->step || !obligation_is_open(obligation))
            continue;
        decision = find_decision(decisions, obligation);
        if (!decision)
            continue;
        if (decision->kind == CASE_DECISION_NOT_NOTIFY)
            waive(obligation, decision);
        else if (obligation->clock->state == REGIME_DUE || obligation->clock->state == REGIME_OVERDUE)
            put_off(obligation, decision, now);
    }
}
