#include "ledger/ledger_climb.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/fault.h"
#include "base/text.h"
#include "ledger/backend.h"
#include "ledger/ledger_private.h"

#define KEY_ALLOWED "climb_allowed"

/* Rungs --------------------------------------------------------------------------------------------------------- */

static bool parse_rung(const char *word, LedgerRung *rung)
{
    g_auto(GStrv) parts = g_strsplit(word, ":", 3);
    guint count = g_strv_length(parts);

    if (count < 2 || !*parts[0] || !*parts[1] || (count == 3 && strcmp(parts[2], "update") != 0))
        return false;
    rung->is_update = count == 3;
    return g_strlcpy(rung->channel, parts[0], sizeof rung->channel) < sizeof rung->channel &&
           g_strlcpy(rung->locale, parts[1], sizeof rung->locale) < sizeof rung->locale;
}

bool ledger_rungs_parse(const char *text, LedgerRung rungs[LEDGER_RUNGS_MAX], size_t *count)
{
    g_auto(GStrv) words = text ? g_strsplit(text, " ", -1) : NULL;

    *count = 0;
    for (char **word = words; word && *word && **word; word++)
        if (*count == LEDGER_RUNGS_MAX || !parse_rung(*word, &rungs[(*count)++]))
            return false;
    return true;
}

char *ledger_rungs_text(const LedgerRung *rungs, size_t count, size_t first)
{
    GString *text;

    if (first >= count)
        return NULL;
    text = g_string_new(NULL);
    for (size_t i = first; i < count; i++)
        g_string_append_printf(text, "%s%s:%s%s", i > first ? " " : "", rungs[i].channel, rungs[i].locale,
                               rungs[i].is_update ? ":update" : "");
    return g_string_free(text, FALSE);
}

const char *ledger_climb_reason(LedgerClimbReason reason)
{
    static const char *const names[CLIMB_REASONS] = {"failed", "bounced", "doubt", "silence"};

    return names[reason];
}

void ledger_climb_free(LedgerClimb *climb)
{
    if (!climb)
        return;
    g_free(climb->person_id);
    g_free(climb->data);
    g_free(climb->audience);
    g_free(climb->rungs);
    g_free(climb->from);
    g_free(climb);
}

/* Who is to climb ----------------------------------------------------------------------------------------------- */

/* What the messages of a notice ask for. */
typedef enum Wish { WISH_NONE, WISH_LOST, WISH_DOUBT, WISH_SILENCE } Wish;

static Wish wish_of(const uint32_t states[MESSAGE_STATES])
{
    if (states[MESSAGE_PLANNED] || states[MESSAGE_ATTEMPTING] || states[MESSAGE_DEFERRED] || states[MESSAGE_DELIVERED])
        return WISH_NONE;
    if (states[MESSAGE_ACCEPTED])
        return WISH_SILENCE;
    if (states[MESSAGE_IN_DOUBT])
        return WISH_DOUBT;
    return states[MESSAGE_FAILED] || states[MESSAGE_BOUNCED] ? WISH_LOST : WISH_NONE;
}

static bool put(Ledger *ledger, int64_t notice, const LedgerRow *row, int64_t due, LedgerClimbReason reason,
                GError **error)
{
    bool is_new = false;

    if (!ledger->backend->climb_put(ledger->store, notice, row->no, due, (int)reason, &is_new, error))
        return false;
    if (is_new)
        ledger_count(ledger, COUNTER_CLIMB, 0, 0, 1);
    return true;
}

static bool drop(Ledger *ledger, int64_t notice, GError **error)
{
    bool was = false;

    if (!ledger->backend->climb_drop(ledger->store, notice, &was, error))
        return false;
    if (was)
        ledger_count(ledger, COUNTER_CLIMB, 0, 0, -1);
    return true;
}

static bool schedule(Ledger *ledger, int64_t notice, const LedgerRow *row, Wish wish, int64_t at, GError **error)
{
    int64_t after, silence;

    if (!ledger_waits(ledger, row->text, &after, &silence, error))
        return false;
    switch (wish) {
    case WISH_LOST:
        return put(ledger, notice, row, at, row->state == MESSAGE_BOUNCED ? CLIMB_BOUNCED : CLIMB_FAILED, error);
    case WISH_DOUBT:
        return put(ledger, notice, row, at + after, CLIMB_DOUBT, error);
    case WISH_SILENCE:
        if (row->state != MESSAGE_ACCEPTED)
            return true; /* another of its messages was accepted: what was noted then stands */
        return silence >= 0 ? put(ledger, notice, row, at + silence, CLIMB_SILENCE, error)
                            : drop(ledger, notice, error);
    case WISH_NONE:
        break;
    }
    return drop(ledger, notice, error);
}

/* Nearly every message is solo, and on its way it has no climb unless it was in doubt before: then the ledger need not
 * be asked. */
static bool schedule_solo(Ledger *ledger, const LedgerRow *row, MessageState before, int64_t at, GError **error)
{
    uint32_t states[MESSAGE_STATES] = {0};
    bool was_open =
        !row->was_in_doubt && (before == MESSAGE_PLANNED || before == MESSAGE_ATTEMPTING || before == MESSAGE_DEFERRED);
    int64_t after, silence;
    Wish wish;

    if (!row->has_rungs)
        return true;
    states[row->state] = 1;
    wish = wish_of(states);
    if (was_open && wish == WISH_NONE)
        return true;
    if (was_open && wish == WISH_SILENCE) {
        if (!ledger_waits(ledger, row->text, &after, &silence, error))
            return false;
        if (silence < 0)
            return true;
    }
    return schedule(ledger, row->notice, row, wish, at, error);
}

/* Whoever stands at the end has a reason for each rung. */
static bool is_end(const LedgerServed *served, MessageState state)
{
    return served->climbed && !served->has_rungs && (state == MESSAGE_FAILED || state == MESSAGE_BOUNCED) &&
           identity_ladder(served->states, false, served->every) == TOLD_UNREACHABLE;
}

bool ledger_climb_schedule(Ledger *ledger, const LedgerRow *row, MessageState before, int64_t at, GError **error)
{
    const LedgerServed *all = (const LedgerServed *)(void *)ledger->served->data;

    if (row->solo)
        return schedule_solo(ledger, row, before, at, error);
    for (guint i = 0; i < ledger->served->len; i++) {
        if (!all[i].mine)
            continue;
        if (all[i].has_rungs && !all[i].every &&
            !schedule(ledger, all[i].notice, row, wish_of(all[i].states), at, error))
            return false;
        if (is_end(&all[i], row->state) && !ledger->backend->ladder_end(ledger->store, all[i].notice, NULL, error))
            return false;
    }
    return true;
}

bool ledger_climb_stop(Ledger *ledger, int64_t person, GError **error)
{
    int64_t dropped = 0;

    if (!ledger->backend->unsolo_person(ledger->store, person, error))
        return false;
    if (!ledger_count_person(ledger, person, -1, error) ||
        !ledger->backend->ladder_stop(ledger->store, person, &dropped, error))
        return false;
    if (dropped > 0)
        ledger_count(ledger, COUNTER_CLIMB, 0, 0, -dropped);
    return ledger_count_person(ledger, person, 1, error);
}

/* Climbing ------------------------------------------------------------------------------------------------------ */

static void free_climb(gpointer climb)
{
    ledger_climb_free(climb);
}

static bool judge(Ledger *ledger, LedgerClimb *climb, GError **error)
{
    static const Wish wishes[CLIMB_REASONS] = {WISH_LOST, WISH_LOST, WISH_DOUBT, WISH_SILENCE};
    LedgerServed served;
    Wish wish;

    if (!ledger->backend->climb_standing(ledger->store, climb->notice, climb->message, &served, error))
        return false;
    wish = wish_of(served.states);
    if (!served.has_messages && served.aside == TOLD_PENDING) /* its only address was refused before */
        wish = WISH_LOST;
    climb->is_needed = served.has_rungs && climb->rungs && (wish == wishes[climb->reason] || wish == WISH_LOST);
    return true;
}

GPtrArray *ledger_climbs_due(Ledger *ledger, int64_t now, int limit, GError **error)
{
    g_autoptr(GPtrArray) climbs = g_ptr_array_new_with_free_func(free_climb);

    if (!ledger->backend->climbs(ledger->store, now, limit, climbs, error))
        return NULL;
    for (guint i = 0; i < climbs->len; i++)
        if (!judge(ledger, g_ptr_array_index(climbs, i), error))
            return NULL;
    return g_steal_pointer(&climbs);
}

bool ledger_climb_next_due(Ledger *ledger, int64_t *due, GError **error)
{
    return ledger->backend->climb_next_due(ledger->store, due, error);
}

bool ledger_climb_count(Ledger *ledger, int64_t now, int64_t *count, int64_t *first, GError **error)
{
    return ledger->backend->climb_count(ledger->store, now, count, first, error);
}

GPtrArray *ledger_climb_waits(Ledger *ledger, int64_t now, GError **error)
{
    return ledger->backend->climb_waits(ledger->store, now, error);
}

bool ledger_climb_text(Ledger *ledger, const char *audience, const LedgerRung *rung, int64_t *text, GError **error)
{
    return ledger->backend->climb_text(ledger->store, audience, rung->channel, rung->locale, rung->is_update, text,
                                       error);
}

bool ledger_climb_tried(Ledger *ledger, int64_t notice, const char *channel, const char *endpoint, bool *tried,
                        GError **error)
{
    return ledger->backend->climb_tried(ledger->store, notice, channel, endpoint, tried, error);
}

static bool find(Ledger *ledger, const char *id, LedgerRow *row, bool *is_known, GError **error)
{
    g_autoptr(GError) problem = NULL;

    *is_known = ledger->backend->row_find(ledger->store, id, row, &problem);
    if (!problem)
        return true;
    g_propagate_error(error, g_steal_pointer(&problem));
    return false;
}

bool ledger_climb_open(Ledger *ledger, const char *id, bool *is_known, bool *is_open, GError **error)
{
    LedgerRow row;

    *is_open = false;
    if (!find(ledger, id, &row, is_known, error))
        return false;
    *is_open = *is_known && (row.state == MESSAGE_PLANNED || row.state == MESSAGE_DEFERRED) && !row.was_in_doubt;
    return true;
}

static bool count_person(Ledger *ledger, int64_t person, int64_t n, GError **error)
{
    g_array_set_size(ledger->served, 0);
    if (!ledger->backend->ladder_served(ledger->store, person, ledger->served, error))
        return false;
    ledger_count_served(ledger, n);
    return true;
}

/* What is there already was perhaps all there is of somebody else. */
static bool join(Ledger *ledger, const LedgerClimb *climb, const char *id, GError **error)
{
    LedgerRow row;
    bool is_known = false;

    if (!find(ledger, id, &row, &is_known, error))
        return false;
    g_assert(is_known);
    return (!row.solo || ledger->backend->unsolo(ledger->store, row.notice, row.no, error)) &&
           ledger->backend->ladder_join(ledger->store, row.no, climb->notice, error);
}

static bool add(Ledger *ledger, const LedgerClimb *climb, const LedgerClimbMessage *message, int64_t now,
                GError **error)
{
    int64_t channel = 0;

    if (message->is_there)
        return join(ledger, climb, message->id, error);
    if (!ledger_channel_of(ledger, message->text, &channel, error) ||
        ledger->backend->ladder_message(ledger->store, climb->notice, message, now, error) == 0)
        return false;
    ledger_count(ledger, COUNTER_CHANNEL, channel, MESSAGE_PLANNED, 1);
    return true;
}

/* The notice leaves the counters with what it was, before anything of it changes. */
static bool begin(Ledger *ledger, const LedgerClimb *climb, GError **error)
{
    return drop(ledger, climb->notice, error) &&
           ledger->backend->unsolo(ledger->store, climb->notice, climb->message, error) &&
           count_person(ledger, climb->person, -1, error);
}

static bool note(Ledger *ledger, const char *event, const LedgerClimb *climb, const char *to, const char *message,
                 const char *why, int64_t now, GError **error)
{
    json_auto_t *details =
        json_pack("{s:s, s:s, s:s*, s:s, s:s*, s:s*, s:s*, s:i}", "audience", climb->audience, "from", climb->from,
                  "to", to, "reason", ledger_climb_reason(climb->reason), "message", message, "person",
                  climb->person_id, "why", why, "edition", climb->edition);

    return ledger_note(ledger, event, now, details, error);
}

bool ledger_climb_take(Ledger *ledger, const LedgerClimb *climb, const char *to, const LedgerClimbMessage *messages,
                       size_t count, const char *left, int64_t now, GError **error)
{
    bool first = false;

    if (!begin(ledger, climb, error))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!add(ledger, climb, &messages[i], now, error))
            return false;
    if (!ledger->backend->ladder_set(ledger->store, climb->notice, left, true, &first, error) ||
        !count_person(ledger, climb->person, 1, error))
        return false;
    if (first)
        ledger_count(ledger, COUNTER_CLIMB, 0, 1, 1);
    fault_point("ladder_climbed");
    return note(ledger, "climbed", climb, to, messages[0].id, NULL, now, error);
}

bool ledger_climb_end(Ledger *ledger, const LedgerClimb *climb, const char *reason, int64_t now, GError **error)
{
    bool first = false;

    if (!begin(ledger, climb, error) ||
        !ledger->backend->ladder_set(ledger->store, climb->notice, NULL, false, &first, error) ||
        !ledger->backend->ladder_end(ledger->store, climb->notice, reason, error) ||
        !count_person(ledger, climb->person, 1, error))
        return false;
    return note(ledger, "ladder_ended", climb, NULL, NULL, reason, now, error);
}

bool ledger_climb_drop(Ledger *ledger, const LedgerClimb *climb, GError **error)
{
    return drop(ledger, climb->notice, error);
}

/* Permission ---------------------------------------------------------------------------------------------------- */

bool ledger_climb_allowed(Ledger *ledger, int64_t *notices, GError **error)
{
    g_autoptr(GError) problem = NULL;
    g_autofree char *text = ledger->backend->header_get(ledger->store, KEY_ALLOWED, &problem);

    *notices = text ? g_ascii_strtoll(text, NULL, 10) : 0;
    if (!problem)
        return true;
    g_propagate_error(error, g_steal_pointer(&problem));
    return false;
}

bool ledger_climb_allow(Ledger *ledger, int64_t notices, const char *by, int64_t now, GError **error)
{
    g_autofree char *text = g_strdup_printf("%" PRId64, notices);
    json_auto_t *details = json_pack("{s:I, s:s*}", "notices", (json_int_t)notices, "by", by);

    if (!ledger_begin(ledger, error))
        return false;
    if (ledger->backend->header_put(ledger->store, KEY_ALLOWED, text, error) &&
        ledger_note(ledger, "climb_allowed", now, details, error) && ledger_commit(ledger, error)) {
        fault_point("ladder_allowed");
        return true;
    }
    ledger_rollback(ledger);
    return false;
}
