#include "cli/clock_watch.h"

#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/language.h"
#include "cli/delays.h"
#include "cli/obligations.h"
#include "cli/output.h"
#include "report/clocks.h"

#define LOOK_EVERY (5 * CLOCK_SECOND) /* what other processes record meanwhile is seen by then */

/* In the case record. */
static const char *const names[CLOCKS_BEFORES] = {"half", "quarter", "hour", "over"};

struct ClockWatch {
    Lawbook *lawbook;  /* owned */
    char *who;         /* owned */
    Ledger *ledger;    /* borrowed; or NULL */
    bool is_blind;     /* that the record cannot be read was said */
    GHashTable *ends;  /* owned; id -> int64_t *, the last moment of each clock as it was at the last look */
    int64_t looked_at; /* ms: what came near before this was said, or was near when the run began */
    int64_t next;      /* ms: when to look again */
};

/* When the warning is due; INT64_MIN: this clock has none of this kind. */
static int64_t time_of(const RegimeClockResult *clock, ClocksBefore before)
{
    int64_t left = clocks_before_left(clock, before);

    return left < 0 ? INT64_MIN : clock->last - left;
}

static bool is_watched(const Obligation *obligation)
{
    RegimeState state = obligation->clock->state;

    return state == REGIME_DUE || state == REGIME_OVERDUE || state == REGIME_SCOPE_UNKNOWN;
}

static bool was_said(const CaseState *state, const char *id, const char *due, ClocksBefore before)
{
    for (guint i = 0; i < state->events->len; i++) {
        const CaseEvent *event = g_ptr_array_index(state->events, i);

        if (event->kind == CASE_WARNING && g_strcmp0(case_event_text(event, "obligation"), id) == 0 &&
            g_strcmp0(case_event_text(event, "due"), due) == 0 &&
            g_strcmp0(case_event_text(event, "before"), names[before]) == 0)
            return true;
    }
    return false;
}

static bool warn(ClockWatch *watch, const Obligation *obligation, ClocksBefore before, int64_t now, GError **error)
{
    g_autofree char *due = moment_format_rfc3339(obligation->clock->due);
    g_autofree char *name = clocks_name(obligation);
    g_autofree char *when = clocks_when(obligation);
    g_autofree char *time = clocks_time(obligation->clock->due);
    json_auto_t *body = json_pack("{s:s, s:s, s:s}", "obligation", obligation->id, "due", due, "before", names[before]);

    if (was_said(watch->lawbook->state, obligation->id, due, before))
        return true;
    output_message("warning: %s: %s %s (%s)", _(clocks_before_words(before)), name, when, time);
    return case_append(watch->lawbook->record, CASE_WARNING, now, watch->who, body, error);
}

/* One that has begun since the last look, or has another end: a delay is over, a time or a level was recorded. That it
 * is late, or near its end, was not said of it. */
static bool is_new(const ClockWatch *watch, const Obligation *obligation)
{
    const int64_t *end = g_hash_table_lookup(watch->ends, obligation->id);

    return !end || *end != obligation->clock->last;
}

/* The latest that has come near since the last look; an earlier one of the same clock says nothing more. */
static bool look_at(ClockWatch *watch, const Obligation *obligation, int64_t now, GError **error)
{
    bool begins = is_new(watch, obligation);
    int64_t latest = begins ? INT64_MIN : watch->looked_at;
    int found = CLOCKS_BEFORES;

    for (int before = begins ? CLOCKS_HOUR : CLOCKS_HALF; before < CLOCKS_BEFORES; before++) {
        int64_t at = time_of(obligation->clock, (ClocksBefore)before);

        if (at <= latest || at > now)
            continue;
        latest = at;
        found = before;
    }
    return found == CLOCKS_BEFORES || warn(watch, obligation, (ClocksBefore)found, now, error);
}

static int64_t next_look(const ClockWatch *watch, int64_t now)
{
    int64_t next = now + LOOK_EVERY;

    for (guint i = 0; i < watch->lawbook->obligations->len; i++) {
        const Obligation *obligation = g_ptr_array_index(watch->lawbook->obligations, i);

        for (int before = CLOCKS_HALF; is_watched(obligation) && before < CLOCKS_BEFORES; before++) {
            int64_t at = time_of(obligation->clock, (ClocksBefore)before);

            if (at > now && at < next)
                next = at;
        }
    }
    return next;
}

static void remember_ends(ClockWatch *watch)
{
    g_hash_table_remove_all(watch->ends);
    for (guint i = 0; i < watch->lawbook->obligations->len; i++) {
        const Obligation *obligation = g_ptr_array_index(watch->lawbook->obligations, i);

        if (is_watched(obligation) && obligation->clock->has_due)
            g_hash_table_insert(watch->ends, g_strdup(obligation->id),
                                g_memdup2(&obligation->clock->last, sizeof obligation->clock->last));
    }
}

ClockWatch *clock_watch_new(Workspace *workspace)
{
    g_autoptr(GError) error = NULL;
    Lawbook *lawbook = obligations_are_asked(workspace) ? obligations_lawbook(workspace, true, &error) : NULL;
    ClockWatch *watch;

    if (error)
        output_message("warning: the clocks of the law cannot be watched: %s", error->message);
    if (!lawbook)
        return NULL;
    watch = g_new0(ClockWatch, 1);
    watch->lawbook = lawbook;
    watch->who = g_strdup(lawbook->asked.by);
    watch->ends = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    remember_ends(watch);
    watch->looked_at = lawbook->now;
    watch->next = next_look(watch, lawbook->now);
    return watch;
}

void clock_watch_free(ClockWatch *watch)
{
    if (!watch)
        return;
    lawbook_close(watch->lawbook);
    g_hash_table_unref(watch->ends);
    g_free(watch->who);
    g_free(watch);
}

void clock_watch_ledger(ClockWatch *watch, Ledger *ledger)
{
    if (watch)
        watch->ledger = ledger;
}

static bool look(ClockWatch *watch, int64_t now, GError **error)
{
    bool changed;

    if (!lawbook_refresh(watch->lawbook, now, error) ||
        (watch->ledger && !delays_post(watch->ledger, watch->lawbook->state, now, watch->who, &changed, error)))
        return false;
    for (guint i = 0; i < watch->lawbook->obligations->len; i++) {
        const Obligation *obligation = g_ptr_array_index(watch->lawbook->obligations, i);

        if (is_watched(obligation) && !look_at(watch, obligation, now, error))
            return false;
    }
    remember_ends(watch);
    watch->looked_at = now;
    watch->is_blind = false;
    watch->next = next_look(watch, now);
    return true;
}

void clock_watch_turn(ClockWatch *watch)
{
    int64_t now = watch ? clock_now(clock_system()) : 0;
    g_autoptr(GError) error = NULL;

    if (!watch || now < watch->next)
        return;
    if (look(watch, now, &error))
        return;
    if (!watch->is_blind)
        output_message("warning: the clocks of the law cannot be watched now: %s", error->message);
    watch->is_blind = true;
    watch->next = now + LOOK_EVERY;
}
