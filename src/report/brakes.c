#include "report/brakes.h"

#include <string.h>

#include "base/clock.h"
#include "base/language.h"
#include "ledger/queue.h"
#include "report/reason.h"
#include "report/status.h"

Brakes *brakes_collect(Ledger *ledger, const QuietHours *quiet, int64_t now, GError **error)
{
    g_autoptr(Brakes) brakes = g_new0(Brakes, 1);

    brakes->holds = hold_list(ledger, error);
    brakes->pauses = brakes->holds ? pause_list(ledger, error) : NULL;
    if (!brakes->pauses)
        return NULL;
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

/* What holds all that is due: everything, or the gateway or the channel. A plan has one of each, as long as email is
 * the only channel. */
static const Hold *find_whole(const Brakes *brakes)
{
    const Hold *hold = brakes_first(brakes);

    return hold && hold->scope <= HOLD_CHANNEL ? hold : NULL;
}

static bool look_at_queue(const Brakes *brakes, Ledger *ledger, const Queue *queue, BrakesDue *due, GError **error)
{
    static const HoldScope scopes[QUEUE_KINDS] = {
        [QUEUE_DOMAIN] = HOLD_DOMAIN, [QUEUE_AUDIENCE] = HOLD_AUDIENCE, [QUEUE_PERSON] = HOLD_PERSON};
    const Hold *hold = find_whole(brakes);
    const Pause *pause = NULL;
    int64_t at;

    if (!queue_next_due(ledger, 0, queue ? queue->no : QUEUE_MAIN, &at, error))
        return false;
    if (at == INT64_MAX)
        return true;
    if (!hold && queue)
        hold = hold_find(brakes->holds, scopes[queue->kind], queue->name);
    if (hold) {
        due->hold = due->hold ? due->hold : hold;
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

bool brakes_due(const Brakes *brakes, Ledger *ledger, BrakesDue *due, GError **error)
{
    g_autoptr(GPtrArray) queues = queue_list(ledger, error);

    *due = (BrakesDue){.first = INT64_MAX};
    if (!queues || !look_at_queue(brakes, ledger, NULL, due, error))
        return false;
    for (guint i = 0; i < queues->len; i++)
        if (!look_at_queue(brakes, ledger, g_ptr_array_index(queues, i), due, error))
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

    g_string_append_printf(text, _("HELD: %s, by %s since %s (%s ago): %s\n"), what, hold->by, since, span,
                           why);
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

    if (hold->scope == HOLD_EVERYTHING)
        return g_strdup_printf("breach lift %s%s --reason TEXT", playbook, options);
    return g_strdup_printf("breach lift %s%s --%s %s --reason TEXT", playbook, options, hold_scope_name(hold->scope),
                           name);
}

/* JSON ---------------------------------------------------------------------------------------------------------- */

static json_t *time_json(int64_t at)
{
    g_autofree char *text = at == 0 ? NULL : clock_format_utc(at);

    return text ? json_string(text) : json_null();
}

json_t *brakes_holds_json(const GPtrArray *holds)
{
    json_t *list = json_array();

    for (guint i = 0; i < holds->len; i++) {
        const Hold *hold = g_ptr_array_index(holds, i);

        json_array_append_new(list,
                              json_pack("{s:s, s:s, s:s, s:s, s:o}", "scope", hold_scope_name(hold->scope), "name",
                                        hold->name, "reason", hold->reason, "by", hold->by, "at", time_json(hold->at)));
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
                                                time_json(pause->at), "until", time_json(pause->until)));
    }
    json_object_set_new(document, "holds", brakes_holds_json(brakes->holds));
    json_object_set_new(document, "pauses", pauses);
    json_object_set_new(document, "quiet_until", time_json(brakes->quiet_until));
}
