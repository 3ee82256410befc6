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

/* The first about this step that stands, or, with `over`, that has ended by itself. */
static const CaseDecision *find_decision(const GPtrArray *decisions, const Obligation *obligation, bool over)
{
    for (guint i = 0; i < decisions->len; i++) {
        const CaseDecision *decision = g_ptr_array_index(decisions, i);
        bool is_meant = over ? decision->state == CASE_DECISION_ENDED : case_decision_stands(decision);

        if (is_meant && strcmp(decision->regime, obligation->regime->entry->id) == 0 &&
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

/* Since when the delay is on record. */
static int64_t recorded_at(const CaseDecision *decision)
{
    return ((const CaseEvent *)g_ptr_array_index(decision->subject->events, 0))->at;
}

/* A delay that is over keeps nothing off any more, and still says why it is late. */
static void remind(const Obligation *obligation, const CaseDecision *decision)
{
    GTimeZone *zone = obligation->regime->zone;
    const Moment until = {
        .at = decision->until, .offset = zone ? civil_day_offset(decision->until, zone) : 0, .known = true};
    g_autofree char *end = moment_format_rfc3339(until);

    g_ptr_array_add(obligation->clock->why,
                    g_strdup_printf(_("it waited until %s, because %s asked for it: %s (decision %s); that is over"),
                                    end, said(decision, "authority"), said(decision, "ground"), decision->id));
}

/* To be done later: an authority asked for it. What is due only after that stays due then. */
static void put_off(const Obligation *obligation, const CaseDecision *decision, int64_t now)
{
    RegimeClockResult *clock = obligation->clock;
    GTimeZone *zone = obligation->regime->zone;

    if (clock->has_due && clock->last >= decision->until)
        return;
    if (clock->has_due && clock->last < recorded_at(decision))
        g_ptr_array_add(clock->why,
                        g_strdup_printf(_("it had been due before the delay was recorded: what is on paper has to say "
                                          "since when the authority asks (decision %s)"),
                                        decision->id));
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
        const CaseDecision *decision, *over;

        if (obligation->kind != OBLIGATION_STEP || !obligation->step || !obligation_is_open(obligation))
            continue;
        decision = find_decision(decisions, obligation, false);
        over = find_decision(decisions, obligation, true);
        if (over)
            remind(obligation, over);
        if (!decision)
            continue;
        if (decision->kind == CASE_DECISION_NOT_NOTIFY)
            waive(obligation, decision);
        else if (obligation->clock->state == REGIME_DUE || obligation->clock->state == REGIME_OVERDUE)
            put_off(obligation, decision, now);
    }
}
