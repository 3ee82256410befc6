#include "report/brakes.h"

#include <string.h>

#include "base/clock.h"
#include "base/language.h"
#include "dispatch/day.h"
#include "ledger/queue.h"
#include "report/clock_json.h"
#include "report/reason.h"
#include "report/status.h"

Brakes *brakes_collect(Ledger *ledger, const QuietHours *quiet, int64_t now, GError **error)
{
    g_autoptr(Brakes) brakes = g_new0(Brakes, 1);

    brakes->holds = hold_list(ledger, error);
    brakes->pauses = brakes->holds ? pause_list(ledger, error) : NULL;
    if (!brakes->pauses)
        return NULL;
    for (guint i = brakes->holds->len; i > 0; i--)
        if (hold_is_over(g_ptr_array_index(brakes->holds, i - 1), now))
            g_ptr_array_remove_index(brakes->holds, i - 1);
    for (guint i = brakes->pauses->len; i > 0; i--) {
        const Pause *pause = g_ptr_array_index(brakes->pauses, i - 1);

        if (pause->until != 0 && pause->until <= now)
            g_ptr_array_remove_index(brakes->pauses, i - 1);
    }
    brakes->quiet = quiet;
    brakes->quiet_until = quiet ? quiet_hours_until(quiet, NULL, now) : 0;
    return g_steal_pointer(&brakes);
}

void brakes_free(Brakes *brakes)
{
    if (!brakes)
        return;
    g_clear_pointer(&brakes->holds, g_ptr_array_unref);
    g_clear_pointer(&brakes->pauses, g_ptr_array_unref);
    g_free(brakes);
}

/* When it is due ------------------------------------------------------------------------------------------------ */

/* One gateway of the plan, and what a person has stopped of it as a whole. */
typedef struct Way {
    int64_t no;       /* 0: all of them, for a ledger that names none */
    const Hold *hold; /* or NULL */
    int64_t rests;    /* ms; until when the gateway itself takes nothing; 0: it does */
} Way;

static const Hold *find_whole(const Brakes *brakes, const char *gateway, const char *channel)
{
    const Hold *hold = hold_find(brakes->holds, HOLD_EVERYTHING, "", 0);

    if (!hold && gateway)
        hold = hold_find(brakes->holds, HOLD_GATEWAY, gateway, 0);
    return !hold && channel ? hold_find(brakes->holds, HOLD_CHANNEL, channel, 0) : hold;
}

/* Quiet hours and quotas of a gateway, which stop the next breach notify as well; it does not know of other rests. */
static int64_t rests_until(const Brakes *brakes, const char *gateway)
{
    const Pause *pause = gateway ? pause_find(brakes->pauses, PAUSE_GATEWAY, gateway) : NULL;

    return pause && day_is_why(pause->reason) ? pause->until : 0;
}

/* What is sent on each way, as it was planned. */
static bool add_ways(const Brakes *brakes, Ledger *ledger, GArray *ways, GError **error)
{
    json_auto_t *planned = json_loads(ledger_header(ledger)->gateways, 0, NULL);
    size_t index;
    json_t *entry;

    json_array_foreach(planned, index, entry)
    {
        const char *name = json_string_value(json_object_get(entry, "name"));
        const char *channel = json_string_value(json_object_get(entry, "channel"));
        g_autoptr(GError) problem = NULL;
        Way way = {.no = name ? ledger_gateway(ledger, name, &problem) : 0,
                   .hold = find_whole(brakes, name, channel),
                   .rests = rests_until(brakes, name)};

        if (problem) {
            g_propagate_error(error, g_steal_pointer(&problem));
            return false;
        }
        if (way.no != 0)
            g_array_append_val(ways, way);
    }
    if (ways->len == 0) {
        Way all = {.hold = find_whole(brakes, NULL, NULL)};

        g_array_append_val(ways, all);
    }
    return true;
}

/* Whether messages of a queue wait for an announcement: not for a time, and the verdict says what is to be published. */
static bool is_shut(const Brakes *brakes, const Queue *queue)
{
    return queue && queue->kind == QUEUE_LOCALE && brakes->announced &&
           announced_is_shut(brakes->announced, queue->name);
}

static const Hold *hold_of(const Brakes *brakes, const Way *way, const Queue *queue)
{
    static const HoldScope scopes[QUEUE_KINDS] = {
        [QUEUE_DOMAIN] = HOLD_DOMAIN,
        [QUEUE_AUDIENCE] = HOLD_AUDIENCE,
        [QUEUE_PERSON] = HOLD_PERSON,
        [QUEUE_REGION] = HOLD_REGION};

    if (way->hold || !queue || queue->kind == QUEUE_LOCALE)
        return way->hold;
    return hold_find(brakes->holds, scopes[queue->kind], queue->name, 0);
}

/* `queue` NULL: the main one. */
static bool look_at_queue(const Brakes *brakes, Ledger *ledger, const Way *way, const Queue *queue, BrakesDue *due,
                          GError **error)
{
    const Hold *hold = hold_of(brakes, way, queue);
    const Pause *pause = NULL;
    int64_t at;

    if (!queue_next_due(ledger, way->no, queue ? queue->no : QUEUE_MAIN, &at, error))
        return false;
    if (at == INT64_MAX || (!hold && is_shut(brakes, queue)))
        return true;
    at = MAX(at, way->rests);
    if (hold) {
        due->hold = due->hold ? due->hold : hold;
        due->first = hold->until == 0 ? due->first : MIN(due->first, MAX(at, hold->until));
        return true;
    }
    if (queue && queue->kind == QUEUE_DOMAIN)
        pause = pause_find(brakes->pauses, PAUSE_DOMAIN, queue->name);
    if (pause) {
        due->pause = due->pause && due->pause->until <= pause->until ? due->pause : pause;
        at = MAX(at, pause->until);
    }
    due->first = MIN(due->first, at);
    return true;
}

static bool look_at_way(const Brakes *brakes, Ledger *ledger, const Way *way, const GPtrArray *queues, BrakesDue *due,
                        GError **error)
{
    if (!look_at_queue(brakes, ledger, way, NULL, due, error))
        return false;
    for (guint i = 0; i < queues->len; i++)
        if (!look_at_queue(brakes, ledger, way, g_ptr_array_index(queues, i), due, error))
            return false;
    return true;
}

bool brakes_due(const Brakes *brakes, Ledger *ledger, BrakesDue *due, GError **error)
{
    g_autoptr(GPtrArray) queues = queue_list(ledger, error);
    g_autoptr(GArray) ways = g_array_new(FALSE, FALSE, sizeof(Way));

    *due = (BrakesDue){.first = INT64_MAX};
    if (!queues || !add_ways(brakes, ledger, ways, error))
        return false;
    for (guint i = 0; i < ways->len; i++)
        if (!look_at_way(brakes, ledger, &g_array_index(ways, Way, i), queues, due, error))
            return false;
    if (due->first != INT64_MAX)
        due->first = MAX(due->first, brakes->quiet_until);
    return true;
}

/* Text ---------------------------------------------------------------------------------------------------------- */

static void append_hold(GString *text, const Hold *hold, int64_t now)
{
    g_autofree char *what = hold_words(hold);
    g_autofree char *since = status_time(hold->at, now);
    g_autofree char *span = clock_format_span(MAX(now - hold->at, 0));
    g_autofree char *why = reason_text(hold->reason);

    if (hold->until == 0) {
        g_string_append_printf(text, _("HELD: %s, by %s since %s (%s ago): %s\n"), what, hold->by, since, span, why);
    } else {
        g_autofree char *until = status_time(hold->until, now);
        g_autofree char *left = clock_format_span(hold->until - now);

        g_string_append_printf(text, _("HELD: %s until %s (in %s), by %s: %s\n"), what, until, left, hold->by, why);
    }
}

static void append_pause(GString *text, const Pause *pause, int64_t now)
{
    g_autofree char *until = status_time(pause->until, now);
    g_autofree char *span = clock_format_span(MAX(pause->until - now, 0));
    g_autofree char *reason = reason_text(pause->reason);

    if (pause->scope == PAUSE_RATE)
        g_string_append_printf(text, _("SLOWED: gateway %s: %s\n"), pause->name, reason);
    else if (pause->scope == PAUSE_GATEWAY)
        g_string_append_printf(text, _("RESTS: gateway %s until %s (in %s): %s\n"), pause->name, until, span, reason);
    else
        g_string_append_printf(text, _("PAUSED: domain %s until %s (in %s), it refuses us by policy: %s\n"),
                               pause->name, until, span, reason);
}

char *brakes_text(const Brakes *brakes, int64_t now)
{
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < brakes->holds->len; i++)
        append_hold(text, g_ptr_array_index(brakes->holds, i), now);
    if (brakes->quiet_until != 0) {
        g_autofree char *end = quiet_hours_words(brakes->quiet, brakes->quiet_until);
        g_autofree char *span = clock_format_span(brakes->quiet_until - now);

        g_string_append_printf(text, _("QUIET: quiet hours until %s (in %s)\n"), end, span);
    }
    for (guint i = 0; i < brakes->pauses->len; i++)
        append_pause(text, g_ptr_array_index(brakes->pauses, i), now);
    return g_string_free(text, FALSE);
}

const Hold *brakes_first(const Brakes *brakes)
{
    return brakes->holds->len > 0 ? g_ptr_array_index(brakes->holds, 0) : NULL;
}

char *brakes_held(const Hold *hold)
{
    g_autofree char *what = hold_words(hold);
    g_autofree char *why = reason_text(hold->reason);

    return g_strdup_printf(_("%s is held by %s: %s"), what, hold->by, why);
}

char *brakes_paused(const Pause *pause, int64_t now)
{
    g_autofree char *until = status_time(pause->until, now);
    g_autofree char *span = clock_format_span(MAX(pause->until - now, 0));
    g_autofree char *reason = reason_text(pause->reason);

    return g_strdup_printf(_("domain %s is paused until %s (in %s), it refuses us by policy: %s"), pause->name, until,
                           span, reason);
}

char *brakes_quiet(const Brakes *brakes, int64_t now)
{
    g_autofree char *end = NULL;
    g_autofree char *span = NULL;

    if (brakes->quiet_until == 0)
        return NULL;
    end = quiet_hours_words(brakes->quiet, brakes->quiet_until);
    span = clock_format_span(brakes->quiet_until - now);
    return g_strdup_printf(_("quiet hours until %s (in %s)"), end, span);
}

char *brakes_lift(const Hold *hold, const char *playbook, const char *options)
{
    g_autofree char *name =
        strspn(hold->name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") == strlen(hold->name)
            ? g_strdup(hold->name)
            : g_shell_quote(hold->name);

    if (hold->cause && *hold->cause) /* "decision 4" */
        return g_strdup_printf("breach record %s%s decision revoke %s --by NAME --reason TEXT", playbook, options,
                               hold->cause + strlen(HOLD_DECISION));
    if (hold->scope == HOLD_EVERYTHING)
        return g_strdup_printf("breach lift %s%s --reason TEXT", playbook, options);
    return g_strdup_printf("breach lift %s%s --%s %s --reason TEXT", playbook, options, hold_scope_name(hold->scope),
                           name);
}

/* JSON ---------------------------------------------------------------------------------------------------------- */

json_t *brakes_holds_json(const GPtrArray *holds)
{
    json_t *list = json_array();

    for (guint i = 0; i < holds->len; i++) {
        const Hold *hold = g_ptr_array_index(holds, i);

        json_array_append_new(list,
                              json_pack("{s:s, s:s, s:s, s:s, s:o, s:s*, s:o}", "scope", hold_scope_name(hold->scope),
                                        "name", hold->name, "reason", hold->reason, "by", hold->by, "at",
                                        clock_json_at(hold->at), "cause",
                                        hold->cause && *hold->cause ? hold->cause : NULL,
                                        "until", clock_json_at(hold->until)));
    }
    return list;
}

void brakes_add_json(const Brakes *brakes, json_t *document)
{
    json_t *pauses = json_array();

    for (guint i = 0; i < brakes->pauses->len; i++) {
        const Pause *pause = g_ptr_array_index(brakes->pauses, i);

        json_array_append_new(pauses, json_pack("{s:s, s:s, s:s, s:o, s:o}", "scope", pause_scope_name(pause->scope),
                                                "name", pause->name, "reason", pause->reason, "at",
                                                clock_json_at(pause->at), "until", clock_json_at(pause->until)));
    }
    json_object_set_new(document, "holds", brakes_holds_json(brakes->holds));
    json_object_set_new(document, "pauses", pauses);
    json_object_set_new(document, "quiet_until", clock_json_at(brakes->quiet_until));
}
