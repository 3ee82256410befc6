#include "report/filing_value_private.h"

#include <string.h>

#include "base/text.h"
#include "model/case_decision.h"
#include "report/filing_word.h"

typedef FilingValue Value;
typedef FilingRequest Request;

/* What was done ---------------------------------------------------------------------------------------------------- */

/* As people of that language call a channel. */
static const char *channel_name(const char *channel, const char *locale)
{
    static const char *const names[][3] = {
        {"email", "电子邮件", "電子郵件"}, {"sms", "短信", "簡訊"},          {"push", "应用推送", "應用程式推播"},
        {"letter", "信函", "信函"},        {"phone", "电话", "電話"},        {"webhook", "站内通知", "站內通知"},
        {"im", "即时消息", "即時訊息"},    {"voice", "语音电话", "語音電話"}};
    static const char *const locales[] = {"en", "zh-CN", "zh-TW", NULL};
    const char *picked = locale_pick(locale, locales, "en");

    for (size_t i = 0; i < G_N_ELEMENTS(names) && picked && strcmp(picked, "en") != 0; i++)
        if (strcmp(names[i][0], channel) == 0)
            return names[i][strcmp(picked, "zh-CN") == 0 ? 1 : 2];
    return channel;
}

static bool say_notices(Value *value, const Request *request, const char *rest)
{
    const FilingNumbers *numbers = request->numbers;
    const char *locale = request->locale;
    g_autofree char *told = NULL, *people = NULL, *since = NULL;

    (void)rest;
    if (!numbers || numbers->told == 0)
        return filing_value_line(value, g_strdup(filing_word(FILING_NOBODY_TOLD, locale)));
    told = text_grouped(numbers->told);
    people = text_grouped(numbers->people);
    since = moment_format(numbers->first, locale);
    filing_value_line(value, filing_fill(FILING_TOLD, locale, told, people));
    if (*since)
        filing_value_line(value, filing_fill(FILING_TOLD_SINCE, locale, since));
    for (guint i = 0; i < numbers->channels->len; i++) {
        const FilingChannel *channel = g_ptr_array_index(numbers->channels, i);
        g_autofree char *messages = text_grouped(channel->messages);

        filing_value_line(value, filing_fill(FILING_TOLD_BY, locale, channel_name(channel->channel, locale), messages));
    }
    return true;
}

static bool say_announcement(Value *value, const Request *request, const char *rest)
{
    const FilingNumbers *numbers = request->numbers;

    (void)rest;
    if (!request->playbook->announcement)
        return false;
    for (guint i = 0; numbers && i < numbers->urls->len; i++)
        filing_value_line(value, filing_fill(FILING_PUBLISHED, request->locale, g_ptr_array_index(numbers->urls, i)));
    return value->lines->len > 0 ||
           filing_value_line(value, g_strdup(filing_word(FILING_NOT_PUBLISHED, request->locale)));
}

static const CaseEvent *last_of(const CaseSubject *subject)
{
    return g_ptr_array_index(subject->events, subject->events->len - 1);
}

/* What was decided under this regime. That a delay is over does not undo that people were told later; a decision not to
 * tell that was revoked, or is to be taken again, covers nobody, and is not claimed. */
static bool say_decisions(Value *value, const Request *request, const char *rest)
{
    g_autoptr(GPtrArray) decisions = case_decisions(request->law->state, request->now);
    bool any = false;

    (void)rest;
    for (guint i = 0; i < decisions->len; i++) {
        const CaseDecision *decision = g_ptr_array_index(decisions, i);
        bool is_delay = decision->kind == CASE_DECISION_DELAY;
        const char *ground = case_event_text(decision->event, "ground");

        if (strcmp(decision->regime, request->obligation->regime->regime->id) != 0 ||
            decision->kind == CASE_DECISION_REVOKED || (!is_delay && !case_decision_stands(decision)))
            continue;
        any = filing_value_line(value, filing_fill(is_delay ? FILING_DELAYED_GROUND : FILING_NOT_TOLD_GROUND,
                                                   request->locale, decision->scope_text, ground ? ground : ""));
    }
    return any;
}

/* A time of the record, RFC 3339, for readers. */
static char *recorded_time(const Request *request, const char *text)
{
    Moment moment = {.known = false};

    return text && moment_parse(text, &moment, NULL) ? moment_format(moment, request->locale) : g_strdup("");
}

static bool say_response(Value *value, const Request *request, const char *rest)
{
    const GPtrArray *steps = request->law->state->responses;

    (void)rest;
    for (guint i = 0; i < steps->len; i++) {
        const CaseSubject *subject = g_ptr_array_index(steps, i);
        const CaseEvent *event = last_of(subject);
        bool is_done = g_strcmp0(case_event_text(event, "outcome"), "done") == 0;
        g_autofree char *time = recorded_time(request, case_event_text(event, "at"));

        filing_value_line(value, filing_fill(is_done ? FILING_RESPONSE_DONE : FILING_RESPONSE_STARTED, request->locale,
                                             subject->id, time));
    }
    return steps->len > 0;
}

/* Earlier reports -------------------------------------------------------------------------------------------------- */

static bool say_stage(Value *value, const Request *request, const char *rest)
{
    (void)rest;
    g_free(value->word);
    value->word = g_strdup(report_stage_name(request->stage));
    return filing_value_line(value,
                             g_strdup(filing_word(FILING_STAGE_INITIAL + (FilingWord)request->stage, request->locale)));
}

static bool say_reference(Value *value, const Request *request, const char *rest)
{
    (void)rest;
    return filing_value_word(value, filing_reference(request));
}

/* Whether an earlier report went to the same authority. */
static bool was_told_before(const GPtrArray *filings, guint index)
{
    const CaseFiling *filing = g_ptr_array_index(filings, index);

    for (guint i = 0; i < index; i++)
        if (strcmp(((const CaseFiling *)g_ptr_array_index(filings, i))->regime, filing->regime) == 0)
            return true;
    return false;
}

/* `ours`: reports under this regime; else those under the others. */
static bool say_filings(Value *value, const Request *request, bool ours)
{
    const GPtrArray *filings = request->law->state->filings;
    bool any = false;

    for (guint i = 0; i < filings->len; i++) {
        const CaseFiling *filing = g_ptr_array_index(filings, i);
        bool is_ours = strcmp(filing->regime, request->obligation->regime->regime->id) == 0;
        bool is_said = !ours && was_told_before(filings, i);
        g_autofree char *time = recorded_time(request, case_event_text(filing->event, "at"));
        g_autofree char *who = g_strconcat(filing->regime, "/", filing->step, NULL);

        for (guint j = 0; j < request->obligations->len && !ours; j++) { /* better said by the name of the authority */
            const Obligation *other = g_ptr_array_index(request->obligations, j);

            if (other->regime && other->regime->regime && strcmp(other->regime->regime->id, filing->regime) == 0) {
                g_free(who);
                who = g_strdup(regime_text(other->regime->regime->authority, request->locale));
                break;
            }
        }
        if (is_ours == ours && !is_said)
            any = filing_value_line(value, filing_fill(FILING_FILED_AT, request->locale, who, time));
    }
    return any;
}

static bool say_previous(Value *value, const Request *request, const char *rest)
{
    (void)rest;
    return say_filings(value, request, true);
}

static bool say_authorities(Value *value, const Request *request, const char *rest)
{
    (void)rest;
    return say_filings(value, request, false);
}

/* Being late ------------------------------------------------------------------------------------------------------- */

static char *shown_people(const json_t *value, const char *locale)
{
    const char *const members[] = {"likely", "upper", "lower"};

    for (size_t i = 0; i < G_N_ELEMENTS(members); i++)
        if (json_is_integer(json_object_get(value, members[i])))
            return text_grouped(json_integer_value(json_object_get(value, members[i])));
    return g_strdup(filing_word(FILING_UNKNOWN_NUMBER, locale));
}

static char *shown_level(const json_t *value, const char *locale)
{
    return json_is_integer(value) ? text_grouped(json_integer_value(value))
                                  : g_strdup(filing_word(FILING_UNKNOWN_NUMBER, locale));
}

/* A number or level that changed later is mostly why a report that was not owed became late at once. */
static void say_history(Value *value, const Request *request, CaseKind kind, const char *name, FilingWord word,
                        char *(*shown)(const json_t *, const char *))
{
    const CaseValue *found = case_state_value(request->law->state, kind, name);

    for (guint i = 1; found && i < found->history->len; i++) { /* the first one is no change */
        const CaseEvent *event = g_ptr_array_index(found->history, i);
        g_autofree char *time = moment_format(filing_moment(request, event->at), request->locale);
        g_autofree char *before = shown(json_object_get(event->body, "old"), request->locale);
        g_autofree char *after = shown(json_object_get(event->body, "new"), request->locale);

        if (strcmp(before, after) != 0)
            filing_value_line(value, filing_fill(word, request->locale, time, before, after));
    }
}

static void say_lateness(Value *value, const Request *request, int64_t by)
{
    const RegimeClockResult *clock = request->obligation->clock;
    const Incident *incident = &request->playbook->incident;
    g_autofree char *due = moment_format(clock->due, request->locale);
    g_autofree char *late = filing_span(by, request->locale);
    g_autofree char *found = moment_format(incident->detected_at, request->locale);
    g_autofree char *confirmed = moment_format(incident->confirmed_at, request->locale);

    filing_value_line(value, filing_fill(FILING_ENDED, request->locale, due, late));
    if (*found)
        filing_value_line(value, filing_fill(FILING_LATE_FOUND, request->locale, found));
    if (*confirmed)
        filing_value_line(value, filing_fill(FILING_LATE_CONFIRMED, request->locale, confirmed));
    say_history(value, request, CASE_AFFECTED, "affected", FILING_LATE_PEOPLE, shown_people);
    say_history(value, request, CASE_LEVEL, "level", FILING_LATE_LEVEL, shown_level);
}

bool filing_value_lateness(FilingValue *value, const FilingRequest *request, int64_t late, const char *reason)
{
    if (late > 0)
        say_lateness(value, request, late);
    if (request->reason)
        reason = request->reason;
    return reason && filing_value_line(value, filing_fill(FILING_REASONS, request->locale, reason));
}

const FilingSaying filing_value_done[] = {
    {"notices", say_notices, ""},
    {"announcement", say_announcement, ""},
    {"decisions", say_decisions, ""},
    {"response", say_response, ""},
    {"filing.stage", say_stage, ""},
    {"filing.reference", say_reference, ""},
    {"filing.previous", say_previous, ""},
    {"filing.authorities", say_authorities, ""},
    {.name = NULL},
};
