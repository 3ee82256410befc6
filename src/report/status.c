#include "report/status.h"

#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/language.h"
#include "base/text.h"
#include "report/clock_json.h"
#include "report/reason.h"
#include "report/discreet.h"

char *status_time(int64_t at, int64_t now)
{
    g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(at / 1000);
    g_autoptr(GDateTime) local = g_date_time_to_local(utc);
    g_autoptr(GDateTime) today_utc = g_date_time_new_from_unix_utc(now / 1000);
    g_autoptr(GDateTime) today = g_date_time_to_local(today_utc);
    bool is_today = g_date_time_get_day_of_year(local) == g_date_time_get_day_of_year(today) &&
                    g_date_time_get_year(local) == g_date_time_get_year(today);

    return g_date_time_format(local, is_today ? "%H:%M %:z" : "%Y-%m-%d %H:%M %:z");
}

/* Verdict ------------------------------------------------------------------------------------------------------- */

static void append_count(GString *text, int64_t n, const char *what)
{
    g_autofree char *number = NULL;

    if (n == 0)
        return;
    number = text_grouped(n);
    g_string_append_printf(text, _(", %s %s"), number, what);
}

/* "1,000 people: 990 told, 10 unreachable" */
static GString *numbers(const LedgerCounts *counts)
{
    const int64_t *told = counts->told;
    g_autofree char *people = text_grouped(counts->people);
    g_autofree char *done = text_grouped(told[TOLD_ACCEPTED] + told[TOLD_DELIVERED]);
    GString *text = g_string_new(NULL);

    g_string_printf(text, language_plural("%s person: %s told", "%s people: %s told", counts->people), people, done);
    append_count(text, told[TOLD_PENDING], _("pending"));
    append_count(text, told[TOLD_IN_DOUBT], _("in doubt"));
    append_count(text, told[TOLD_QUARANTINED], _("quarantined"));
    append_count(text, told[TOLD_WITHHELD], _("withheld"));
    append_count(text, told[TOLD_UNREACHABLE], _("unreachable"));
    return text;
}

/* Who was told before, where a later edition tells everybody again: "; 12 told in edition 1". */
static void append_earlier(GString *text, const Status *status)
{
    for (guint i = 0; i < status->editions->len; i++) {
        const LedgerTally *tally = g_ptr_array_index(status->editions, i);
        int64_t told = tally->counts[TOLD_ACCEPTED] + tally->counts[TOLD_DELIVERED];
        g_autofree char *number = text_grouped(told);

        if (told > 0 && g_ascii_strtoll(tally->name, NULL, 10) < status->header->edition)
            g_string_append_printf(text, _("; %s told in edition %s"), number, tally->name);
    }
}

/* Whether a breach notify has something to do: to send, or to sort out what a run that died has left on its way. */
static bool has_work(const Status *status)
{
    return status->counts.open > 0 || status->counts.messages[MESSAGE_ATTEMPTING] > 0 || climbs_has_work(status->climbs);
}

static void append_due(GString *text, const Status *status)
{
    const LedgerCounts *counts = &status->counts;
    int64_t first = status->due.first;
    g_autofree char *time = NULL;
    g_autofree char *span = NULL;

    if (counts->messages[MESSAGE_ATTEMPTING] > 0) {
        g_string_append(text, _(", left by a run that ended early, and nobody is sending"));
        return;
    }
    if (first == INT64_MAX)
        return;
    if (first <= status->now) {
        g_string_append(text, _(", due now, and nobody is sending"));
        return;
    }
    time = status_time(first, status->now);
    span = clock_format_span(first - status->now);
    g_string_append_printf(text, _(", next try at %s (in %s)"), time, span);
}

/* A list in a folder is not yet a call: what nobody has recorded is still to be done. In an exercise nobody calls. */
static int64_t count_calls(const Status *status)
{
    if (status->header->status == INCIDENT_EXERCISE)
        return 0;
    for (guint i = 0; i < status->channels->len; i++) {
        const LedgerTally *tally = g_ptr_array_index(status->channels, i);

        if (strcmp(tally->name, "phone") == 0)
            return tally->counts[MESSAGE_ACCEPTED];
    }
    return 0;
}

static void prepend_calls(GString *text, const Status *status, const char *playbook, const char *options)
{
    g_autofree char *number = text_grouped(status->calls);
    g_autofree char *words = g_strdup_printf(
        language_plural("%s call to make, counted as told until then: breach record %s%s phone ID --outcome …; ",
                        "%s calls to make, counted as told until then: breach record %s%s phone ID --outcome …; ",
                        status->calls),
        number, playbook, options);

    if (status->calls > 0)
        g_string_prepend(text, words);
}

/* Only a running breach notify sends: without one, somebody has to start it. */
static bool needs_somebody(const Status *status)
{
    const LedgerCounts *counts = &status->counts;

    return counts->held > 0 || status->calls > 0 || counts->told[TOLD_QUARANTINED] > 0 ||
           (has_work(status) && !status->is_running) || status->climbs->question.must_ask;
}

/* Whether among the quarantined are messages that could not be made: breach check, which makes none, knows nothing of
 * them. */
static bool has_unfit(const LedgerCounts *counts)
{
    return counts->told[TOLD_QUARANTINED] > 0 && counts->messages[MESSAGE_QUARANTINED] > 0;
}

/* What a person has to decide, most urgent first. */
static void append_needs(GString *text, const LedgerCounts *counts, IncidentStatus status)
{
    g_autofree char *held = text_grouped(counts->held);

    if (counts->held > 0)
        g_string_append_printf(
            text,
            language_plural(
                "; %s message is held in doubt: the gateway may have taken it and never said so; look into the "
                "gateway's log before anybody is told again",
                "; %s messages are held in doubt: the gateway may have taken them and never said so; look into "
                "the gateway's log before anybody is told again",
                counts->held),
            held);
    if (has_unfit(counts))
        g_string_append(text, _("; some notices could not be made: breach resolve names them, and says why"));
    else if (counts->told[TOLD_QUARANTINED] > 0)
        g_string_append(text, status == INCIDENT_EXERCISE /* it plans by itself */
                                  ? _("; mend the quarantined rows (breach check lists them) and rehearse again")
                                  : _("; mend the quarantined rows (breach check lists them) and plan again"));
}

static void append_brake(GString *text, char *words)
{
    if (words)
        g_string_append_printf(text, _("; %s"), words);
    g_free(words);
}

/* The hold that matters: one that keeps back something that is due, before one that does not. */
static const Hold *first_hold(const Status *status)
{
    return status->due.hold ? status->due.hold : brakes_first(status->brakes);
}

/* A hold, quiet hours or a pause explain why nobody is told; a hold also needs somebody. */
static void append_brakes(GString *text, const Status *status)
{
    const Hold *hold = first_hold(status);
    bool is_whole = hold && hold->scope <= HOLD_CHANNEL;

    if (hold)
        append_brake(text, brakes_held(hold));
    if (!is_whole)
        append_brake(text, brakes_quiet(status->brakes, status->now));
    if (!is_whole && status->due.pause && status->due.first > status->now)
        append_brake(text, brakes_paused(status->due.pause, status->now));
}

/* How the verdict ends when nothing needs somebody. */
static const char *calm_ending(const Status *status)
{
    if (!status->complete)
        return _(", nothing needs you");
    return status->counts.told[TOLD_UNREACHABLE] + status->counts.told[TOLD_WITHHELD] > 0
               ? _("; finished, but not everybody could be told")
               : _(", complete, nothing needs you");
}

static char *make_verdict(const Status *status, const StatusRequest *request)
{
    const LedgerCounts *counts = &status->counts;
    GString *text = numbers(counts);
    bool needs = needs_somebody(status);

    if (request->is_running)
        g_string_append(text, _(", running"));
    else
        append_due(text, status);
    if (counts->open > 0 && !request->trouble)
        append_brakes(text, status);
    needs = needs || (counts->open > 0 && brakes_first(status->brakes)) || status->is_copy;
    append_brake(text, climbs_verdict(status->climbs));
    append_earlier(text, status);
    if (status->is_copy)
        g_string_append(text, _("; this state folder is a copy: what was sent elsewhere since is not known here"));
    if (request->trouble && counts->open > 0) {
        g_string_append_printf(text, _("; %s"), request->trouble);
        needs = true;
    }
    if (announced_is_missing(status->announced)) {
        append_brake(text, announced_verdict(status->announced));
        needs = true;
    }
    append_needs(text, counts, status->header->status);
    if (!needs)
        g_string_append(text, calm_ending(status));
    prepend_calls(text, status, request->playbook, request->options);
    if (needs)
        g_string_prepend(text, _("NEEDS YOU: "));
    if (status->header->status == INCIDENT_EXERCISE)
        g_string_prepend(text, _("EXERCISE: "));
    return g_string_free(text, FALSE);
}

/* When nothing can be sent any more. */
static char *next_look(const Status *status, const StatusRequest *request)
{
    const LedgerCounts *counts = &status->counts;

    if (has_unfit(counts))
        return g_strdup_printf("breach resolve %s%s", request->playbook, request->options);
    if (counts->told[TOLD_QUARANTINED] > 0)
        return g_strdup_printf("breach check %s", request->playbook);
    if (status->calls > 0)
        return g_strdup_printf("breach record %s%s phone --from FILE", request->playbook, request->options);
    if (counts->climbing > 0)
        return g_strdup_printf("breach track %s%s", request->playbook, request->options);
    if (counts->told[TOLD_UNREACHABLE] > 0)
        return g_strdup_printf("breach status %s%s --list unreachable", request->playbook, request->options);
    return g_strdup_printf("breach status %s%s", request->playbook, request->options);
}

/* What is to be published whatever happens comes first, and lets messages go; otherwise what can be sent does. A
 * rehearsal publishes by itself. */
static bool must_announce(const Status *status, const StatusRequest *request)
{
    bool is_first = status->header->status == INCIDENT_ACTUAL && announced_is_first(status->announced);

    return announced_is_missing(status->announced) &&
           (is_first || announced_waiting(status->announced) > 0 || !(has_work(status) || request->is_running));
}

static char *make_next(const Status *status, const StatusRequest *request)
{
    const LedgerCounts *counts = &status->counts;
    const Hold *hold = first_hold(status);
    bool is_all = status->due.hold && status->due.first == INT64_MAX;

    if (hold && counts->open > 0 && (hold->scope == HOLD_EVERYTHING || is_all || request->is_held))
        return brakes_lift(hold, request->playbook, request->options);
    if (must_announce(status, request))
        return g_strdup_printf("breach announce %s%s", request->playbook, request->options);
    if (request->is_running)
        return g_strdup_printf("breach status %s%s", request->playbook, request->options);
    if (status->climbs->question.must_ask && counts->messages[MESSAGE_ATTEMPTING] == 0)
        return g_strdup_printf("breach notify %s%s --climb %" PRId64, request->playbook, request->options,
                               status->climbs->question.due);
    if (has_work(status))
        return g_strdup_printf("breach notify %s%s", request->playbook, request->options);
    if (counts->held > 0)
        return g_strdup_printf("breach resolve %s%s", request->playbook, request->options);
    return next_look(status, request);
}

static GPtrArray *collect_reasons(const StatusRequest *request, GError **error)
{
    return request->for_room ? g_ptr_array_new() : ledger_reasons(request->ledger, error);
}

/* Everything that is a list of its own. */
static bool collect_lists(Status *status, const StatusRequest *request, GError **error)
{
    status->audiences = ledger_tallies(request->ledger, LEDGER_BY_AUDIENCE, error);
    status->channels = status->audiences ? ledger_tallies(request->ledger, LEDGER_BY_CHANNEL, error) : NULL;
    status->editions = status->channels ? ledger_tallies(request->ledger, LEDGER_BY_EDITION, error) : NULL;
    status->reasons = status->editions ? collect_reasons(request, error) : NULL;
    status->climbs = status->reasons ? climbs_collect(request->ledger, request->now, error) : NULL;
    status->brakes =
        status->climbs ? brakes_collect(request->ledger, request->quiet_hours, request->now, error) : NULL;
    status->announced = status->brakes ? announced_collect(request->ledger, request->announcement,
                                                           status->counts.told[TOLD_UNREACHABLE], error)
                                       : NULL;
    if (!status->announced)
        return false;
    status->brakes->announced = status->announced;
    if (!brakes_due(status->brakes, request->ledger, &status->due, error))
        return false;
    if (request->for_room)
        discreet_brakes(status->brakes);
    return true;
}

Status *status_collect(const StatusRequest *request, GError **error)
{
    g_autoptr(Status) status = g_new0(Status, 1);

    status->header = ledger_header(request->ledger);
    status->is_running = request->is_running;
    status->is_copy = ledger_is_copy(request->ledger);
    if (!ledger_counts(request->ledger, &status->counts, error) ||
        !ledger_returned(request->ledger, &status->returned, error))
        return NULL;
    if (!collect_lists(status, request, error))
        return NULL;
    status->now = request->now;
    status->calls = count_calls(status);
    status->complete = identity_complete(status->counts.told) && status->counts.open == 0 &&
                       status->counts.climbing == 0 && status->counts.messages[MESSAGE_ATTEMPTING] == 0 &&
                       status->calls == 0 && !announced_is_missing(status->announced);
    status->verdict = make_verdict(status, request);
    status->next = make_next(status, request);
    return g_steal_pointer(&status);
}

void status_free(Status *status)
{
    if (!status)
        return;
    g_clear_pointer(&status->audiences, g_ptr_array_unref);
    g_clear_pointer(&status->channels, g_ptr_array_unref);
    g_clear_pointer(&status->editions, g_ptr_array_unref);
    g_clear_pointer(&status->reasons, g_ptr_array_unref);
    climbs_free(status->climbs);
    brakes_free(status->brakes);
    announced_free(status->announced);
    g_free(status->verdict);
    g_free(status->next);
    g_free(status);
}

/* JSON ---------------------------------------------------------------------------------------------------------- */

static json_t *told_json(const int64_t *counts)
{
    json_t *object = json_object();

    for (int i = 0; i < TOLD_STATES; i++)
        json_object_set_new(object, identity_told_name((Told)i), json_integer(counts[i]));
    return object;
}

static json_t *states_json(const int64_t *counts)
{
    json_t *object = json_object();

    for (int i = 0; i < MESSAGE_STATES; i++)
        json_object_set_new(object, message_state_name((MessageState)i), json_integer(counts[i]));
    return object;
}

static json_t *tallies_json(const GPtrArray *tallies, json_t *(*counts_json)(const int64_t *))
{
    json_t *object = json_object();

    for (guint i = 0; i < tallies->len; i++) {
        const LedgerTally *tally = g_ptr_array_index(tallies, i);

        json_object_set_new(object, tally->name, counts_json(tally->counts));
    }
    return object;
}

static json_t *reasons_json(const GPtrArray *reasons)
{
    json_t *list = json_array();

    for (guint i = 0; i < reasons->len; i++) {
        const LedgerReason *reason = g_ptr_array_index(reasons, i);

        json_array_append_new(list, json_pack("{s:s, s:s, s:I}", "state", identity_told_name(reason->told), "reason",
                                              reason->reason, "notices", (json_int_t)reason->people));
    }
    return list;
}

json_t *status_json(const Status *status)
{
    const LedgerCounts *counts = &status->counts;
    int64_t due = status->due.first;
    json_t *people = told_json(counts->told);
    json_t *document;

    json_object_set_new(people, "total", json_integer(counts->people));
    document = json_pack(
        "{s:s, s:s, s:s, s:i, s:s, s:o, s:o, s:I, s:I, s:I, s:b, s:b, s:o, s:o, s:o, s:o, s:s, s:s}", "schema",
        "breach.status/1", "incident", status->header->incident, "status", playbook_status_name(status->header->status),
        "edition", status->header->edition, "digest", status->header->digest, "people", people, "messages",
        states_json(counts->messages), "resent_in_doubt", (json_int_t)counts->resent_in_doubt, "twice",
        (json_int_t)counts->twice, "held", (json_int_t)counts->held, "complete", status->complete, "running",
        status->is_running, "next_due", clock_json_at(due), "audiences",
        tallies_json(status->audiences, told_json), "channels", tallies_json(status->channels, states_json), "reasons",
        reasons_json(status->reasons), "verdict", status->verdict, "next", status->next);
    json_object_set_new(document, "editions", tallies_json(status->editions, told_json));
    json_object_set_new(document, "copy", json_boolean(status->is_copy));
    json_object_set_new(document, "calls", json_integer(status->calls));
    json_object_set_new(document, "announcement", announced_json(status->announced));
    json_object_set_new(document, "climbs", climbs_json(status->climbs));
    json_object_set_new(document, "came_back", came_back_json(&status->returned));
    brakes_add_json(status->brakes, document);
    return document;
}

/* Text ---------------------------------------------------------------------------------------------------------- */

static void append_line(GString *text, const char *name, int64_t n, const char *meaning)
{
    g_autofree char *number = text_grouped(n);

    g_autofree char *padded = text_padded(name, 12);

    g_string_append_printf(text, "  %s %12s  %s\n", padded, number, meaning);
}

static void append_identity(GString *text, const LedgerCounts *counts)
{
    static const char *const meanings[] = {
        [TOLD_DELIVERED] = N_("a receipt says it arrived"),
        [TOLD_ACCEPTED] = N_("the gateway took responsibility"),
        [TOLD_IN_DOUBT] = N_("may or may not have been told"),
        [TOLD_PENDING] = N_("still to be told"),
        [TOLD_QUARANTINED] = N_("the row or the notice must be mended first"),
        [TOLD_WITHHELD] = N_("deliberately not told"),
        [TOLD_UNREACHABLE] = N_("no way was found"),
    };

    append_line(text, _("people"), counts->people, "");
    for (int i = 0; i < TOLD_STATES; i++)
        append_line(text, _(identity_told_name((Told)i)), counts->told[i], _(meanings[i]));
}

static void append_tallies(GString *text, const char *title, const GPtrArray *tallies, int states,
                           const char *(*name)(int))
{
    for (guint i = 0; i < tallies->len; i++) {
        const LedgerTally *tally = g_ptr_array_index(tallies, i);
        bool any = false;

        g_string_append_printf(text, _("%s %s: "), title, *tally->name ? tally->name : _("(none)"));
        for (int state = 0; state < states; state++) {
            g_autofree char *number = text_grouped(tally->counts[state]);

            if (tally->counts[state] == 0)
                continue;
            g_string_append_printf(text, "%s%s %s", any ? " " : "", _(name(state)), number);
            any = true;
        }
        g_string_append_c(text, '\n');
    }
}

static const char *told_name(int state)
{
    return identity_told_name((Told)state);
}

static const char *state_name(int state)
{
    return message_state_name((MessageState)state);
}

static void append_reasons(GString *text, const GPtrArray *reasons)
{
    for (guint i = 0; i < reasons->len; i++) {
        const LedgerReason *reason = g_ptr_array_index(reasons, i);
        g_autofree char *number = text_grouped(reason->people);

        g_autofree char *words = reason_text(reason->reason);

        g_string_append_printf(text, _("%s: %s: %s\n"), _(identity_told_name(reason->told)), number, words);
    }
}

char *status_text(const Status *status)
{
    GString *text = g_string_new(NULL);
    const LedgerCounts *counts = &status->counts;
    g_autofree char *brakes = brakes_text(status->brakes, status->now);
    g_autofree char *announced = announced_text(status->announced, status->now);
    g_autofree char *climbs = climbs_text(status->climbs);
    g_autofree char *came_back = came_back_text(&status->returned);

    if (status->is_copy)
        g_string_append_printf(text,
                               _("COPY: the ledger was made on %s in %s. What was sent from there since is not known "
                                 "here, and who sends from both tells people twice: breach notify refuses until it is "
                                 "told with --adopt that nobody sends from there any more\n"),
                               status->header->host, status->header->path);
    g_string_append(text, brakes);
    g_string_append_printf(text, _("%s, %s, edition %d, plan %.12s\n"), status->header->incident,
                           status->header->status == INCIDENT_ACTUAL ? _("ACTUAL") : _("EXERCISE"),
                           status->header->edition, status->header->digest);
    append_identity(text, counts);
    if (status->editions->len > 1)
        append_tallies(text, _("edition"), status->editions, TOLD_STATES, told_name);
    append_tallies(text, _("audience"), status->audiences, TOLD_STATES, told_name);
    append_tallies(text, _("channel"), status->channels, MESSAGE_STATES, state_name);
    g_string_append(text, climbs);
    append_reasons(text, status->reasons);
    g_string_append(text, came_back);
    g_string_append(text, announced);
    if (counts->resent_in_doubt > 0)
        g_string_append_printf(text, _("sent again while in doubt: %" PRId64 "\n"), counts->resent_in_doubt);
    if (counts->twice > 0)
        g_string_append_printf(text, _("known to have been accepted twice: %" PRId64 "\n"), counts->twice);
    return g_string_free(text, FALSE);
}
