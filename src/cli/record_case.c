#include "cli/record_case.h"

#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/fault.h"
#include "cli/exit_code.h"
#include "cli/gate.h"
#include "cli/obligations.h"
#include "cli/output.h"
#include "cli/posting.h"

#define TRIES 100 /* each time somebody else has recorded something */

int record_misuse(GError *error)
{
    output_refusal(error);
    return EXIT_CODE_USAGE;
}

int record_fail(const GError *error)
{
    output_message("error: %s", error->message);
    return exit_code_of(error);
}

static bool begin(RecordCase *record, Workspace *workspace, GError **error)
{
    *record = (RecordCase){.workspace = workspace, .now = clock_now(clock_system())};
    if (!material_playbook(workspace->material)->incident.id) {
        error_set(error, BREACH_ERROR_INPUT, "incident-no-id",
                  "the playbook has no incident id: write incident: {id: …}");
        return false;
    }
    record->who = posting_who();
    record->lawbook = obligations_lawbook(workspace, true, error);
    return record->lawbook != NULL;
}

static void end(RecordCase *record)
{
    g_clear_pointer(&record->lawbook, lawbook_close);
    g_clear_pointer(&record->who, g_free);
}

static int act_until_first(RecordCase *record, RecordAct *act, void *user)
{
    g_autoptr(GError) error = NULL;

    for (int tries = 0; tries < TRIES; tries++) {
        int code;

        record->overtaken = false;
        code = act(record, user);
        if (!record->overtaken)
            return code;
    }
    error_set(&error, BREACH_ERROR_TEMPORARY, "case-busy",
              "other processes write into the case record all the time: type the same command again");
    return record_fail(error);
}

int record_case_run(Workspace *workspace, RecordAct *act, void *user)
{
    RecordCase record;
    g_autoptr(GError) error = NULL;
    int code = begin(&record, workspace, &error) ? act_until_first(&record, act, user) : record_fail(error);

    end(&record);
    return code;
}

/* What was typed -------------------------------------------------------------------------------------------------- */

bool record_case_line(const char *option, const char *value, GError **error)
{
    if (posting_is_reason(value))
        return true;
    error_set(error, BREACH_ERROR_INPUT, "work-line", "--%s is missing, or is not one line of text", option);
    return false;
}

bool record_case_reason(const Options *options, GError **error)
{
    if (posting_is_reason(options->reason))
        return true;
    error_set(error, BREACH_ERROR_INPUT, "work-reason",
              "why? add --reason \"…\", one line: it stands in the case record, where authorities may read it");
    return false;
}

bool record_case_by(const Options *options, GError **error)
{
    if (posting_is_reason(options->by))
        return true;
    error_set(error, BREACH_ERROR_INPUT, "work-by", "who? add --by NAME, whose decision or work it is");
    return false;
}

static bool refuse_future(const char *option, const char *text, GError **error)
{
    error_set(error, BREACH_ERROR_INPUT, "work-future",
              "--%s %s lies in the future: mend it, mostly the date or the offset from UTC", option, text);
    return false;
}

static bool refuse_missing(const char *option, GError **error)
{
    error_set(error, BREACH_ERROR_INPUT, "work-when", "when? add --%s TIME with its offset, such as %s", option,
              "2026-11-21T22:10+08:00");
    return false;
}

bool record_case_time(const char *option, const char *text, int64_t now, Moment *moment, GError **error)
{
    g_autoptr(GError) problem = NULL;

    if (!text)
        return refuse_missing(option, error);
    if (!moment_parse(text, moment, &problem)) {
        error_set(error, BREACH_ERROR_INPUT, "work-time", "--%s: %s", option, problem->message);
        return false;
    }
    return moment->at <= now || refuse_future(option, text, error);
}

bool record_case_time_or_day(const char *option, const char *text, int64_t now, RegimeTime *time, GError **error)
{
    g_autoptr(GError) problem = NULL;

    if (!text)
        return refuse_missing(option, error);
    if (!law_time_parse(text, time, &problem)) {
        error_set(error, BREACH_ERROR_INPUT, "work-time", "--%s: %s", option, problem->message);
        return false;
    }
    /* A day has begun somewhere up to 14 hours before it does in UTC. */
    return law_time_at(time) <= now + (time->is_day ? 14 * CLOCK_HOUR : 0) || refuse_future(option, text, error);
}

/* Writing --------------------------------------------------------------------------------------------------------- */

bool record_case_append(RecordCase *record, CaseKind kind, json_t *body, GError **error)
{
    json_auto_t *owned = body;
    g_autoptr(GPtrArray) events = case_events_new();

    if (!body) {
        error_set(error, BREACH_ERROR_INPUT, "work-line", "what goes into the case record must be valid UTF-8");
        return false;
    }
    if (kind != CASE_CLOSED && !gate_state_is_open(record->workspace, record->lawbook->state, error))
        return false;
    g_ptr_array_add(events, case_event_new(0, record->now, record->who, kind, json_incref(owned)));
    fault_point("record_append_before");
    if (!case_append_if(record->lawbook->record, lawbook_last(record->lawbook), events, &record->overtaken, error))
        return false;
    record->now = MAX(record->now, clock_now(clock_system()));
    return lawbook_refresh(record->lawbook, record->now, error);
}

bool record_case_change(RecordCase *record, CaseKind kind, const char *name, json_t *value, bool *changed,
                        GError **error)
{
    const CaseState *state = record->lawbook->state;
    const CaseValue *known = case_state_value(state, kind, name);
    CaseEvent *event;
    bool done;

    *changed = !known || !json_equal(known->now, value);
    if (!*changed) {
        json_decref(value);
        return true;
    }
    event = case_state_change(state, kind, name, value, record->now, record->who, record->workspace->options->reason);
    if (record->workspace->options->by)
        json_object_set_new(event->body, "by", json_string(record->workspace->options->by));
    done = record_case_append(record, kind, json_incref(event->body), error);
    case_event_free(event);
    return done;
}

/* Telling --------------------------------------------------------------------------------------------------------- */

int record_case_tell(const RecordCase *record, const RecordTold *told)
{
    const Workspace *workspace = record->workspace;
    g_autofree char *next = g_strdup_printf("breach %s %s%s%s%s", told->command, workspace->typed, workspace->mode,
                                            told->words ? " " : "", told->words ? told->words : "");
    json_t *document;

    if (!workspace->options->json) {
        json_decref(told->more);
        output_verdict(told->shown, next);
        return EXIT_CODE_TOLD;
    }
    document =
        json_pack("{s:s, s:s, s:s, s:s, s:b, s:b, s:s, s:s}", "schema", "breach.record_case/1", "incident",
                  material_playbook(workspace->material)->incident.id, "kind", told->kind, "subject", told->subject,
                  "changed", told->changed, "applied", told->applied, "verdict", told->english, "next", next);
    if (told->more)
        json_object_update(document, told->more);
    json_decref(told->more);
    output_json(document);
    return EXIT_CODE_TOLD;
}
