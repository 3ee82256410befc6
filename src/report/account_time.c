/* What happened when. */
#include <string.h>

#include "ledger/ledger_account.h"
#include "report/account_private.h"
#include "report/clock_json.h"
#include "report/discreet.h"

json_t *account_history(Ledger *ledger, GError **error)
{
    g_autoptr(GArray) moments = ledger_moments(ledger, error);
    json_t *list;

    if (!moments)
        return NULL;
    list = json_array();
    for (guint i = 0; i < moments->len; i++) {
        const LedgerMoment *moment = &g_array_index(moments, LedgerMoment, i);
        json_t *row = json_pack("{s:o, s:I}", "at", clock_json_at(moment->at), "event", (json_int_t)moment->event);

        for (int told = 0; told < TOLD_STATES; told++)
            json_object_set_new(row, identity_told_name((Told)told), json_integer(moment->told[told]));
        json_array_append_new(list, row);
    }
    return list;
}

/* The timeline ---------------------------------------------------------------------------------------------------- */

typedef struct Entry {
    int64_t at;
    json_t *row; /* owned */
} Entry;

static void add(GArray *entries, json_t *at, json_t *until, const char *kind, const char *name, const char *detail,
                const char *by)
{
    Moment moment = {0};
    Entry entry = {0};

    if (json_is_string(at) && moment_parse(json_string_value(at), &moment, NULL)) {
        entry.at = moment.at;
        entry.row = json_pack("{s:O, s:o, s:s, s:s, s:s?, s:s?}", "at", at, "until", until ? until : json_null(),
                              "kind", kind, "name", name, "detail", detail, "by", by);
        g_array_append_val(entries, entry);
    } else {
        json_decref(until);
    }
    json_decref(at);
}

static int by_time(gconstpointer a, gconstpointer b)
{
    int64_t one = ((const Entry *)a)->at, other = ((const Entry *)b)->at;

    return (one > other) - (one < other);
}

static json_t *copy(const json_t *object, const char *member)
{
    json_t *value = json_object_get(object, member);

    return value ? json_incref(value) : json_null();
}

static const char *text(const json_t *object, const char *member)
{
    return json_string_value(json_object_get(object, member));
}

static void add_incident(GArray *entries, const json_t *document)
{
    const json_t *times = json_object_get(json_object_get(document, "incident"), "times");
    const char *name;
    json_t *at;

    json_object_foreach((json_t *)times, name, at) add(entries, json_incref(at), NULL, "incident", name, NULL, NULL);
}

static void add_responses(GArray *entries, const json_t *document)
{
    size_t index;
    json_t *step;

    json_array_foreach(json_object_get(document, "response"), index, step)
    {
        bool is_started = json_is_string(json_object_get(step, "started_at"));

        add(entries, copy(step, is_started ? "started_at" : "done_at"), copy(step, "done_at"), "response",
            text(step, "title"), text(step, "state"), text(step, "by"));
    }
}

/* Of a run that was killed nobody knows more than when it was last heard of; that of whoever sends now is the last. */
static void add_runs(GArray *entries, const json_t *document)
{
    const json_t *runs = json_object_get(document, "runs");
    bool is_running = json_is_true(json_object_get(document, "is_running"));
    size_t index;
    json_t *run;

    json_array_foreach(runs, index, run)
    {
        bool goes_on = is_running && index + 1 == json_array_size(runs);
        bool is_killed = json_is_null(json_object_get(run, "ended_at")) && !goes_on;
        g_autofree char *name =
            g_strdup_printf("%" JSON_INTEGER_FORMAT, json_integer_value(json_object_get(run, "run")));

        add(entries, copy(run, "started_at"), copy(run, is_killed ? "last_seen_at" : "ended_at"), "send", name,
            is_killed ? "killed" : NULL, NULL);
    }
}

/* When what is held by this note was let go; NULL: it was not. A new reference. */
static json_t *lifted_at(const json_t *notes, size_t after, const json_t *held)
{
    for (size_t i = after + 1; i < json_array_size(notes); i++) {
        const json_t *note = json_array_get(notes, i), *body = json_object_get(note, "body");

        if (g_strcmp0(text(body, "event"), "lifted") == 0 && g_strcmp0(text(body, "scope"), text(held, "scope")) == 0 &&
            json_equal(json_object_get(body, "name"), json_object_get(held, "name")) &&
            g_strcmp0(text(body, "cause"), text(held, "cause")) == 0)
            return copy(note, "at");
    }
    return json_null();
}

/* Without `people` a hold on one of them does not say on whom, nor what was typed about them. */
static void add_hold(GArray *entries, const json_t *notes, size_t index, bool people)
{
    const json_t *note = json_array_get(notes, index), *body = json_object_get(note, "body");
    bool is_hidden = !people && g_strcmp0(text(body, "scope"), "person") == 0;
    const char *on = is_hidden ? NULL : text(body, "name");
    g_autofree char *name =
        on && *on ? g_strdup_printf("%s %s", text(body, "scope"), on) : g_strdup(text(body, "scope"));

    add(entries, copy(note, "at"), lifted_at(notes, index, body), "hold", name,
        is_hidden ? DISCREET_HIDDEN : text(body, "reason"), text(body, "by"));
}

static void add_note(GArray *entries, const json_t *notes, size_t index, bool people)
{
    const json_t *note = json_array_get(notes, index), *body = json_object_get(note, "body");
    const char *event = text(body, "event");

    if (!event)
        return;
    if (strcmp(event, "held") == 0) {
        add_hold(entries, notes, index, people);
    } else if (strcmp(event, "planned") == 0) {
        g_autofree char *name =
            g_strdup_printf("%" JSON_INTEGER_FORMAT, json_integer_value(json_object_get(body, "edition")));

        add(entries, copy(note, "at"), NULL, "plan", name, NULL, NULL);
    } else if (g_str_has_prefix(event, "announcement_")) {
        g_autofree char *name = g_strdup_printf("%s %s", text(body, "gateway"), text(body, "locale"));

        add(entries, copy(note, "at"), NULL, "announcement", name, event + strlen("announcement_"), text(body, "by"));
    } else if (strcmp(event, "lifted") != 0) {
        add(entries, copy(note, "at"), NULL, "step", event, text(body, "reason"), text(body, "by"));
    }
}

/* A day alone counts from its beginning in UTC, and is shown as the day that was given. */
static void add_filings(GArray *entries, const CaseState *state)
{
    for (guint i = 0; i < state->filings->len; i++) {
        const CaseFiling *filing = g_ptr_array_index(state->filings, i);
        g_autofree char *name = g_strdup_printf("%s %s", filing->regime, filing->step);
        g_autofree char *day = filing->time.is_day ? civil_day_format(filing->time.day) : NULL;
        g_autofree char *at = day ? g_strdup_printf("%sT00:00:00Z", day) : NULL;

        add(entries, at ? json_string(at) : clock_json_moment(true, filing->time.moment), NULL, "filing", name,
            case_event_text(filing->event, "channel"), case_event_author(filing->event));
    }
}

static void add_decisions(GArray *entries, const Casework *casework)
{
    for (guint i = 0; i < casework->decisions->len; i++) {
        const CaseDecision *decision = g_ptr_array_index(casework->decisions, i);

        for (guint e = 0; e < decision->subject->events->len; e++) {
            const CaseEvent *event = g_ptr_array_index(decision->subject->events, e);
            g_autofree char *name = g_strdup_printf("%s, %s", decision->regime, decision->scope_text);

            add(entries, clock_json_at(event->at), NULL, "decision", name, case_event_text(event, "decision"),
                case_event_author(event));
        }
    }
}

json_t *account_timeline(const json_t *document, const Casework *casework, bool people)
{
    g_autoptr(GArray) entries = g_array_new(FALSE, FALSE, sizeof(Entry));
    const json_t *notes = json_object_get(document, "notes");
    json_t *list = json_array();

    add_incident(entries, document);
    add_responses(entries, document);
    add_runs(entries, document);
    for (size_t i = 0; i < json_array_size(notes); i++)
        add_note(entries, notes, i, people);
    add_filings(entries, casework->lawbook->state);
    add_decisions(entries, casework);
    g_array_sort(entries, by_time);
    for (guint i = 0; i < entries->len; i++)
        json_array_append_new(list, g_array_index(entries, Entry, i).row);
    return list;
}
