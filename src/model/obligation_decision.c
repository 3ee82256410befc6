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

static void set_end(const Obligation *obligation, int64_t until, int64_t now)
{
    RegimeClockResult *clock = obligation->clock;
    GTimeZone *zone = obligation->regime->zone;

    clock->has_due = true;
    clock->due = (Moment){.at = until, .offset = zone ? civil_day_offset(until, zone) : 0, .known = true};
    clock->last = until;
    clock->due_day = (CivilDay)((until + clock->due.offset * CLOCK_MINUTE) / CLOCK_DAY);
    clock->remaining = until - now;
    clock->late = 0;
}

static void say_delay(const Obligation *obligation, const CaseEvent *event, const char *id)
{
    const char *const members[] = {"by", "authority", "ground"};
    const char *texts[G_N_ELEMENTS(members)];

    for (size_t i = 0; i < G_N_ELEMENTS(members); i++) {
        texts[i] = case_event_text(event, members[i]);
        texts[i] = texts[i] ? texts[i] : "?";
    }
    g_ptr_array_add(obligation->clock->why,
                    g_strdup_printf(_("delayed by %s, because %s asked for it: %s (decision %s)"), texts[0], texts[1],
                                    texts[2], id));
}

static void say_was_due(RegimeClockResult *clock, const CaseDecision *decision)
{
    if (clock->has_due && clock->last < recorded_at(decision))
        g_ptr_array_add(clock->why,
                        g_strdup_printf(_("it had been due before the delay was recorded: what is on paper has to say "
                                          "since when the authority asks (decision %s)"),
                                        decision->id));
}

/* To be done later: an authority asked for it. What is due only after that stays due then. */
static void put_off(const Obligation *obligation, const CaseDecision *decision, int64_t now)
{
    RegimeClockResult *clock = obligation->clock;

    if (clock->has_due && clock->last >= decision->until)
        return;
    say_was_due(clock, decision);
    set_end(obligation, decision->until, now);
    if (clock->state == REGIME_OVERDUE)
        clock->state = REGIME_DUE;
    say_delay(obligation, decision->event, decision->id);
}

/* What governed a decision before event `before`. */
static const CaseEvent *governed(const CaseDecision *decision, int64_t before)
{
    const GPtrArray *events = decision->subject->events;
    const CaseEvent *found = NULL;

    for (guint i = 0; i < events->len; i++) {
        const CaseEvent *event = g_ptr_array_index(events, i);

        if (event->no < before)
            found = event;
    }
    return found;
}

static const CaseDecision *waited_by(const Obligation *obligation, const GPtrArray *decisions, int64_t before,
                                     int64_t at, const CaseEvent **event, int64_t *until)
{
    for (guint i = 0; i < decisions->len; i++) {
        const CaseDecision *decision = g_ptr_array_index(decisions, i);
        const char *end;
        Moment moment;

        if (strcmp(decision->regime, obligation->regime->entry->id) != 0 || !covers(decision, obligation->step))
            continue;
        *event = governed(decision, before);
        end = *event ? case_event_text(*event, "until") : NULL;
        if (!end || !moment_parse(end, &moment, NULL) || moment.at < at)
            continue;
        *until = moment.at;
        return decision;
    }
    return NULL;
}

const CaseEvent *obligation_decision_waited(const Obligation *obligation, const GPtrArray *decisions, int64_t before,
                                            int64_t at, int64_t *until)
{
    const CaseEvent *event = NULL;

    return waited_by(obligation, decisions, before, at, &event, until) ? event : NULL;
}

/* Late by the number of the law, and in time by the delay that an authority had asked for: the last of the reasons, and
 * the remark on late filings, said the contrary. */
static void excuse(const Obligation *obligation, const GPtrArray *decisions, const CaseState *state, int64_t now)
{
    RegimeClockResult *clock = obligation->clock;
    /* it may have been made under the name of another limb */
    const CaseFiling *filing = case_state_filing_at(state, obligation->regime->entry->id, clock->filed.at);
    const CaseEvent *event = NULL;
    g_autofree char *filed = moment_format_rfc3339(clock->filed);
    const CaseDecision *decision;
    int64_t until = 0;

    decision = filing ? waited_by(obligation, decisions, filing->event->no, clock->filed.at, &event, &until) : NULL;
    if (!decision || until < clock->last)
        return;
    g_ptr_array_set_size(clock->why, (int)clock->why->len - 1);
    if (obligation->step->late)
        g_ptr_array_set_size(clock->remarks, (int)clock->remarks->len - 1);
    say_was_due(clock, decision);
    set_end(obligation, until, now);
    say_delay(obligation, event, decision->id);
    g_ptr_array_add(clock->why, g_strdup_printf(_("filed %s%s"), filed, _(", in time")));
}

void obligation_decision_apply(GPtrArray *obligations, const GPtrArray *decisions, const CaseState *state, int64_t now)
{
    for (guint i = 0; i < obligations->len; i++) {
        const Obligation *obligation = g_ptr_array_index(obligations, i);
        const CaseDecision *decision, *over;

        if (obligation->kind == OBLIGATION_STEP && obligation->step && obligation->clock->state == REGIME_FILED &&
            obligation->clock->late > 0)
            excuse(obligation, decisions, state, now);
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
        else if (obligation->clock->state == REGIME_DUE || obligation->clock->state == REGIME_OVERDUE ||
                 obligation->clock->state == REGIME_SCOPE_UNKNOWN)
            put_off(obligation, decision, now);
    }
}
