#include "report/decided.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/language.h"
#include "base/member.h"
#include "base/text.h"
#include "ledger/hold.h"
#include "ledger/ledger_log.h"
#include "report/discreet.h"
#include "report/reason.h"

static void free_decided(gpointer data)
{
    Decided *decided = data;

    g_free(decided->by);
    g_free(decided->text);
    g_free(decided->english);
    g_free(decided);
}

/* In English, and in the chosen language. */
static void say(Decided *decided, const char *format, ...) G_GNUC_PRINTF(2, 3);

static void say(Decided *decided, const char *format, ...)
{
    va_list arguments, again;

    va_start(arguments, format);
    va_copy(again, arguments);
    decided->english = g_strdup_vprintf(format, arguments);
    decided->text = g_strdup_vprintf(language_text(format), again);
    va_end(again);
    va_end(arguments);
}

/* Only in the chosen language, where a word of the record is no word of it. */
static void say_local(Decided *decided, const char *format, ...) G_GNUC_PRINTF(2, 3);

static void say_local(Decided *decided, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    g_free(decided->text);
    decided->text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
}

static char *grouped(const json_t *object, const char *member)
{
    return text_grouped(json_integer_value(json_object_get(object, member)));
}

char *decided_value(const json_t *value)
{
    const char *at = json_string_value(json_object_get(value, "at"));
    const char *likely = json_string_value(json_object_get(value, "likely"));
    char *json;
    char *text;

    if (!value || json_is_null(value))
        return g_strdup(_("nothing"));
    if (at || likely)
        return g_strdup(at ? at : likely);
    json = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY | JSON_SORT_KEYS);
    text = g_strdup(json);
    free(json);
    return text;
}

/* Of the ledger --------------------------------------------------------------------------------------------------- */

/* What is held, without whose name it is: "held domain qq.com: …". */
static void say_hold(Decided *decided, const json_t *body, const char *verb)
{
    Hold hold = {.name = (char *)member_text(body, "name")};
    g_autofree char *why = discreet_typed(member_text(body, "reason"));
    g_autofree char *words = NULL;
    g_autofree char *shown = NULL;

    (void)hold_scope_parse(member_text(body, "scope"), &hold.scope);
    if (hold.scope == HOLD_PERSON) { /* whatever was typed is about them */
        hold.name = (char *)"ID";
        g_free(why);
        why = g_strdup(DISCREET_HIDDEN);
    }
    words = hold_words(&hold);
    decided->english =
        g_strdup_printf("%s %s%s%s: %s", verb, hold_scope_name(hold.scope), *hold.name ? " " : "", hold.name, why);
    shown = reason_text(why);
    decided->text = g_strdup_printf(_("%s %s: %s"), _(verb), words, shown);
}

static void say_held(Decided *decided, const json_t *body)
{
    say_hold(decided, body, N_("held"));
}

static void say_lifted(Decided *decided, const json_t *body)
{
    say_hold(decided, body, N_("lifted the hold on"));
}

static void say_planned(Decided *decided, const json_t *body)
{
    g_autofree char *people = grouped(body, "people");

    say(decided, N_("edition %d was planned, plan %.12s; people: %s"),
        (int)json_integer_value(json_object_get(body, "edition")), member_text(body, "digest"), people);
}

static void say_confirmed(Decided *decided, const json_t *body)
{
    g_autofree char *people = grouped(body, "people");
    g_autofree char *open = grouped(body, "open");

    say(decided, N_("confirmed the sending; people: %s, messages still to be sent: %s"), people, open);
}

static void say_allowed(Decided *decided, const json_t *body)
{
    g_autofree char *notices = grouped(body, "notices");

    say(decided, N_("let notices go on to another channel, in all: %s"), notices);
}

static void say_adopted(Decided *decided, const json_t *body)
{
    (void)body;
    say(decided, N_("went on from a copied state folder"));
}

static void say_overridden(Decided *decided, const json_t *body)
{
    (void)body;
    say(decided, N_("let notices be sent in quiet hours"));
}

static void say_published(Decided *decided, const json_t *body)
{
    say(decided, N_("the announcement was published: %s, %s"), member_text(body, "gateway"),
        member_text(body, "locale"));
}

static void say_withdrawn(Decided *decided, const json_t *body)
{
    say(decided, N_("the announcement was withdrawn: %s, %s"), member_text(body, "gateway"),
        member_text(body, "locale"));
}

static void say_refused(Decided *decided, const json_t *body)
{
    say(decided, N_("the announcement was refused: %s, %s"), member_text(body, "gateway"), member_text(body, "locale"));
}

/* Alike decisions about people, with how many there were. What was typed about one of them alone is about that one. */
static void say_decided(Decided *decided, const json_t *body)
{
    bool is_withheld = strcmp(member_text(body, "decision"), "withheld") == 0;
    bool is_one = json_integer_value(json_object_get(body, "count")) == 1;
    g_autofree char *people = grouped(body, "count");
    g_autofree char *why = discreet_typed(member_text(body, "reason"));

    if (is_one && is_withheld)
        say(decided, N_("decided not to tell one person (why is not shown here)"));
    else if (is_one)
        say(decided, N_("took back that one person is not told (why is not shown here)"));
    else if (is_withheld)
        say(decided, N_("decided not to tell people: %s (%s)"), people, why);
    else
        say(decided, N_("took back that people are not told: %s (%s)"), people, why);
}

static const struct {
    const char *event;
    void (*say)(Decided *decided, const json_t *body);
} notes[] = {
    {"planned", say_planned},
    {"confirmed", say_confirmed},
    {"held", say_held},
    {"lifted", say_lifted},
    {"climb_allowed", say_allowed},
    {"adopted", say_adopted},
    {"quiet_hours_overridden", say_overridden},
    {"announcement_published", say_published},
    {"announcement_withdrawn", say_withdrawn},
    {"announcement_refused", say_refused},
    {"decided", say_decided},
};

/* What a person said of messages, by the event that it became. */
static const struct {
    const char *event;
    const char *words;
} settled[] = {
    {"accepted", N_("settled messages in doubt as sent")},
    {"returned", N_("settled messages in doubt as not sent")},
    {"released", N_("let messages be tried again")},
    {"withheld", N_("withheld messages")},
    {"cancelled", N_("cancelled messages")},
    {"failed", N_("gave messages up")},
    {"delivered", N_("recorded letters or calls that reached their people")},
    {"bounced", N_("recorded letters or calls that came back or reached nobody")},
    {"deferred", N_("recorded calls without an answer")},
};

static Decided *decided_new(int64_t at, const char *kind, const char *by)
{
    Decided *decided = g_new0(Decided, 1);

    decided->at = at;
    decided->kind = g_intern_string(kind);
    decided->by = by && *by ? g_strdup(by) : NULL;
    return decided;
}

/* NULL: nothing that somebody decided. */
static Decided *of_note(const LedgerNote *note)
{
    const char *event = member_text(note->body, "event");
    Decided *decided = decided_new(note->at, event, member_text(note->body, "by"));
    g_autofree char *count = text_grouped(note->count);

    json_object_set_new(note->body, "count", json_integer(note->count));
    for (size_t i = 0; i < G_N_ELEMENTS(notes); i++)
        if (strcmp(notes[i].event, event) == 0)
            notes[i].say(decided, note->body);
    for (size_t i = 0; i < G_N_ELEMENTS(settled) && !decided->text; i++) {
        if (strcmp(settled[i].event, event) != 0)
            continue;
        decided->english = g_strdup_printf("%s: %s", settled[i].words, count);
        decided->text = g_strdup_printf(_("%s: %s"), _(settled[i].words), count);
    }
    if (decided->text)
        return decided;
    free_decided(decided);
    return NULL;
}

static bool add_notes(GPtrArray *list, Ledger *ledger, int64_t since, GError **error)
{
    g_autoptr(GPtrArray) found = ledger_log_notes(ledger, since, error);

    for (guint i = 0; found && i < found->len; i++) {
        Decided *decided = of_note(g_ptr_array_index(found, i));

        if (decided)
            g_ptr_array_add(list, decided);
    }
    return found != NULL;
}

/* Of the case record ---------------------------------------------------------------------------------------------- */

static void say_value(Decided *decided, const CaseEvent *event)
{
    g_autofree char *value = decided_value(json_object_get(event->body, "new"));
    g_autofree char *why = discreet_typed(member_text(event->body, "why"));

    say(decided, N_("%s is %s now: %s"), member_text(event->body, "name"), value, why);
}

static void say_affected(Decided *decided, const CaseEvent *event)
{
    const json_t *value = json_object_get(event->body, "new");
    g_autofree char *lower = grouped(value, "lower");
    g_autofree char *likely = grouped(value, "likely");
    g_autofree char *upper = grouped(value, "upper");

    if (json_is_integer(json_object_get(value, "lower")) && json_is_integer(json_object_get(value, "likely")) &&
        json_is_integer(json_object_get(value, "upper")))
        say(decided, N_("affected people: at least %s, likely %s, at most %s"), lower, likely, upper);
    else
        say_value(decided, event);
}

static void say_filing(Decided *decided, const CaseEvent *event)
{
    const char *channel = member_text(event->body, "channel");

    if (*channel)
        say(decided, N_("filed %s %s (%s)"), member_text(event->body, "regime"), member_text(event->body, "step"),
            channel);
    else
        say(decided, N_("filed %s %s"), member_text(event->body, "regime"), member_text(event->body, "step"));
}

static void say_decision(Decided *decided, const CaseEvent *event)
{
    static const char *const kinds[][2] = {
        {"not-notify", N_("not to tell")}, {"delay", N_("to wait")}, {"revoked", N_("taken back")}};
    const char *id = member_text(event->body, "id"), *decision = member_text(event->body, "decision");
    const char *regime = member_text(event->body, "regime"), *scope = member_text(event->body, "scope");
    const char *words = decision;

    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++)
        if (strcmp(decision, kinds[i][0]) == 0)
            words = _(kinds[i][1]);
    if (*scope) {
        say(decided, "decision %s: %s, %s, %s", id, decision, regime, scope);
        say_local(decided, _("decision %s: %s, %s, %s"), id, words, regime, scope);
    } else {
        say(decided, "decision %s: %s", id, decision);
        say_local(decided, _("decision %s: %s"), id, words);
    }
}

static void say_inquiry(Decided *decided, const CaseEvent *event)
{
    const char *id = member_text(event->body, "id"), *outcome = member_text(event->body, "outcome");

    say(decided, "inquiry %s: %s", id, outcome);
    say_local(decided, _("inquiry %s: %s"), id, language_text(outcome));
}

static void say_response(Decided *decided, const CaseEvent *event)
{
    const char *step = member_text(event->body, "step"), *outcome = member_text(event->body, "outcome");

    say(decided, "response step %s: %s", step, outcome);
    say_local(decided, _("response step %s: %s"), step, language_text(outcome));
}

static void say_closed(Decided *decided, const CaseEvent *event)
{
    g_autofree char *why = discreet_typed(member_text(event->body, "reason"));

    if (strcmp(member_text(event->body, "state"), "closed") == 0)
        say(decided, N_("closed the case: %s"), why);
    else
        say(decided, N_("opened the case again: %s"), why);
}

static void (*const sayings[CASE_KINDS])(Decided *decided, const CaseEvent *event) = {
    [CASE_ANCHOR] = say_value,      [CASE_AFFECTED] = say_affected, [CASE_LEVEL] = say_value,
    [CASE_REGIMES] = say_value,     [CASE_VARIABLE] = say_value,    [CASE_FILING] = say_filing,
    [CASE_DECISION] = say_decision, [CASE_INQUIRY] = say_inquiry,   [CASE_RESPONSE] = say_response,
    [CASE_CLOSED] = say_closed,
};

/* What the playbook said when it was first read was decided by nobody: it is counted. */
static bool is_first_reading(const CaseEvent *event)
{
    const json_t *old = json_object_get(event->body, "old");

    return strcmp(member_text(event->body, "source"), "playbook") == 0 && (!old || json_is_null(old));
}

static void add_first_readings(GPtrArray *list, const CaseState *state, int64_t since)
{
    Decided *decided = NULL;
    int count = 0;

    for (guint i = 0; i < state->events->len; i++) {
        const CaseEvent *event = g_ptr_array_index(state->events, i);

        if (event->no == 0 || event->at < since || !is_first_reading(event))
            continue;
        if (!decided)
            decided = decided_new(event->at, "playbook", event->by);
        decided->at = event->at;
        count++;
    }
    if (!decided)
        return;
    say(decided, N_("values that were taken from the playbook for the first time: %d"), count);
    g_ptr_array_add(list, decided);
}

static void add_case(GPtrArray *list, const CaseState *state, int64_t since)
{
    add_first_readings(list, state, since);
    for (guint i = 0; i < state->events->len; i++) {
        const CaseEvent *event = g_ptr_array_index(state->events, i);
        const char *author = case_event_author(event);
        Decided *decided;

        if (event->no == 0 || event->at < since || !sayings[event->kind] || is_first_reading(event))
            continue;
        decided = decided_new(event->at, case_kind_name(event->kind), author ? author : event->by);
        sayings[event->kind](decided, event);
        g_ptr_array_add(list, decided);
    }
}

static int by_time(gconstpointer left, gconstpointer right)
{
    const Decided *a = *(const Decided *const *)left, *b = *(const Decided *const *)right;

    return a->at != b->at ? (a->at > b->at ? 1 : -1) : strcmp(a->english, b->english);
}

GPtrArray *decided_list(Ledger *ledger, const CaseState *state, int64_t since, GError **error)
{
    g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(free_decided);

    if (ledger && !add_notes(list, ledger, since, error))
        return NULL;
    if (state)
        add_case(list, state, since);
    g_ptr_array_sort(list, by_time);
    return g_steal_pointer(&list);
}
