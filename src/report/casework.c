#include "report/casework.h"

#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/language.h"
#include "dispatch/statutes.h"
#include "report/clock_json.h"
#include "report/clocks.h"
#include "report/status.h"

GPtrArray *casework_inquiries(const Lawbook *lawbook)
{
    const InquiryRule *rule = statutes_inquiries(lawbook->statutes, lawbook->playbook);
    const Calendar *calendar =
        rule && rule->calendar ? statutes_calendar(rule->calendar, (void *)lawbook->statutes) : NULL;

    return case_inquiries(lawbook->state, rule, calendar, lawbook->now);
}

Casework *casework_new(const Lawbook *lawbook)
{
    Casework *casework = g_new0(Casework, 1);

    casework->lawbook = lawbook;
    casework->responses = case_responses(lawbook->state, lawbook->playbook->response);
    casework->inquiries = casework_inquiries(lawbook);
    casework->decisions = case_decisions(lawbook->state, lawbook->now);
    return casework;
}

void casework_free(Casework *casework)
{
    if (!casework)
        return;
    g_ptr_array_unref(casework->responses);
    g_ptr_array_unref(casework->inquiries);
    g_ptr_array_unref(casework->decisions);
    g_free(casework);
}

const CaseEvent *casework_closed(const CaseState *state)
{
    const char *now = state->closed ? case_event_text(state->closed, "state") : NULL;

    return g_strcmp0(now, "closed") == 0 ? state->closed : NULL;
}

/* What is open ---------------------------------------------------------------------------------------------------- */

static void free_item(gpointer data)
{
    CaseworkItem *item = data;

    g_free(item->id);
    g_free(item->text);
    g_free(item->english);
    g_free(item->command);
    g_free(item);
}

void casework_item_add(GPtrArray *items, const char *kind, const char *id, char *text, char *english, char *command)
{
    CaseworkItem *item = g_new0(CaseworkItem, 1);

    *item = (CaseworkItem){.kind = kind, .id = g_strdup(id), .text = text, .english = english, .command = command};
    g_ptr_array_add(items, item);
}

char *casework_command(const CaseworkItem *item, const char *playbook, const char *options)
{
    const char *mark = strstr(item->command, "%s");

    return g_strdup_printf("breach %.*s%s%s%s", (int)(mark - item->command), item->command, playbook, options,
                           mark + 2);
}

static void add_responses(GPtrArray *items, const Casework *casework)
{
    for (guint i = 0; i < casework->responses->len; i++) {
        const CaseResponse *one = g_ptr_array_index(casework->responses, i);
        const char *title = response_step_title(one->step, "en");
        const char *state = case_response_state_name(one->state);

        if (one->state == CASE_RESPONSE_DONE || one->step->kind == RESPONSE_CLOSE)
            continue;
        casework_item_add(items, "response", one->step->id,
                          g_strdup_printf(_("response step %s (%s) is %s"), one->step->id,
                                          _(response_step_title(one->step, language_name())), _(state)),
                          g_strdup_printf("response step %s (%s) is %s", one->step->id, title, state),
                          g_strdup_printf("record %%s response %s --outcome done --by NAME --at TIME", one->step->id));
    }
}

static void add_inquiries(GPtrArray *items, const Casework *casework)
{
    for (guint i = 0; i < casework->inquiries->len; i++) {
        const CaseInquiry *one = g_ptr_array_index(casework->inquiries, i);
        const char *state = case_inquiry_state_name(one->state);
        const char *outcome = one->state == CASE_INQUIRY_WAITS ? "verified" : "answered";

        if (one->state == CASE_INQUIRY_ANSWERED)
            continue;
        casework_item_add(items, "inquiry", one->id, g_strdup_printf(_("inquiry %s is %s"), one->id, _(state)),
                          g_strdup_printf("inquiry %s is %s", one->id, state),
                          g_strdup_printf("record %%s inquiry %s --outcome %s --by NAME --at TIME", one->id, outcome));
    }
}

static const char *again_word(const CaseDecision *decision)
{
    return decision->kind == CASE_DECISION_DELAY ? "delay" : "not-notify";
}

static void add_decisions(GPtrArray *items, const Casework *casework)
{
    for (guint i = 0; i < casework->decisions->len; i++) {
        const CaseDecision *one = g_ptr_array_index(casework->decisions, i);
        bool waits = one->kind == CASE_DECISION_DELAY && case_decision_stands(one);
        const char *changed = one->changed ? case_event_text(one->changed, "name") : NULL;

        if (one->state == CASE_DECISION_AGAIN)
            casework_item_add(
                items, "decision", one->id,
                g_strdup_printf(_("decision %s (%s, %s) is to be taken again: %s has changed since"), one->id,
                                one->regime, one->scope_text, changed),
                g_strdup_printf("decision %s (%s, %s) is to be taken again: %s has changed since", one->id, one->regime,
                                one->scope_text, changed),
                g_strdup_printf(
                    "record %%s decision %s --regime %s --scope %s --ground … --facts … --by NAME --role …%s",
                    again_word(one), one->regime, one->scope_text,
                    one->kind == CASE_DECISION_DELAY ? " --authority NAME --document FILE --until TIME" : ""));
        else if (waits)
            casework_item_add(
                items, "decision", one->id,
                g_strdup_printf(_("decision %s (%s, %s): an authority asked to wait, and it has not ended"), one->id,
                                one->regime, one->scope_text),
                g_strdup_printf("decision %s (%s, %s): an authority asked to wait, and it has not ended", one->id,
                                one->regime, one->scope_text),
                g_strdup_printf("record %%s decision revoke %s --by NAME --reason TEXT", one->id));
    }
}

char *casework_deciding(const char *unknown)
{
    if (strcmp(unknown, "level") == 0)
        return g_strdup("level LEVEL --by NAME --reason WHY");
    if (strcmp(unknown, "affected") == 0)
        return g_strdup("affected --lower N --likely N --upper N --reason WHY");
    return g_strdup_printf("variable %s VALUE --by NAME --reason WHY", unknown);
}

static char *settling_command(const Obligation *one)
{
    g_autofree char *deciding = one->clock->unknown ? casework_deciding(one->clock->unknown) : NULL;

    if (one->kind != OBLIGATION_STEP)
        return g_strdup("plan %s");
    if (one->clock->state == REGIME_SCOPE_UNKNOWN && deciding)
        return g_strconcat("record %s ", deciding, NULL);
    if (one->clock->state == REGIME_ANCHOR_MISSING && one->clock->missing_anchor)
        return g_strdup_printf("record %%s anchor %s --at TIME --by NAME --reason TEXT", one->clock->missing_anchor);
    return g_strdup_printf("obligations %%s file %s --at TIME --by NAME%s%s", one->id,
                           g_strcmp0(one->step->to, "internal") == 0 ? "" : " --channel HOW",
                           one->clock->state == REGIME_OVERDUE ? " --reason WHY" : "");
}

static void add_obligations(GPtrArray *items, const Casework *casework)
{
    const GPtrArray *all = casework->lawbook->obligations;

    for (guint i = 0; i < all->len; i++) {
        const Obligation *one = g_ptr_array_index(all, i);
        RegimeState state = one->clock->state;

        if (one->kind == OBLIGATION_OTHER || !obligation_is_open(one) || one->clock->state == REGIME_NOT_STARTED)
            continue;
        casework_item_add(items, "obligation", one->id,
                          g_strdup_printf(_("%s: %s: %s"), one->id, one->title, _(regime_state_words(state))),
                          g_strdup_printf("%s: %s: %s", one->id, one->title, regime_state_words(state)),
                          settling_command(one));
    }
}

/* What it asks for may still be owed. */
static void add_unread(GPtrArray *items, const Casework *casework)
{
    const GArray *regimes = casework->lawbook->statutes->regimes;

    for (guint i = 0; i < regimes->len; i++) {
        const ObligationRegime *row = &g_array_index(regimes, ObligationRegime, i);

        if (!row->regime)
            casework_item_add(
                items, "regime", row->entry->id,
                g_strdup_printf(_("regime %s could not be read, so nobody knows what it asks for"), row->entry->id),
                g_strdup_printf("regime %s could not be read, so nobody knows what it asks for", row->entry->id),
                g_strdup("check %s"));
    }
}

GPtrArray *casework_open(const Casework *casework)
{
    GPtrArray *items = g_ptr_array_new_with_free_func(free_item);

    add_unread(items, casework);
    add_obligations(items, casework);
    add_decisions(items, casework);
    add_inquiries(items, casework);
    add_responses(items, casework);
    return items;
}

/* Status ---------------------------------------------------------------------------------------------------------- */

static char *recorded_time(const CaseEvent *event, const Moment *moment, int64_t now)
{
    return moment->known ? clocks_time(*moment) : status_time(event->at, now);
}

static void append_response(GString *text, const CaseResponse *one, int64_t now)
{
    const CaseEvent *event = one->done ? one->done : one->started;
    g_autofree char *at = event ? recorded_time(event, one->done ? &one->done_at : &one->started_at, now) : NULL;
    const char *title = response_step_title(one->step, language_name());
    const char *state = case_response_state_name(one->state);

    if (!event)
        g_string_append_printf(text, _("  %s: %s; %s sees to it%s\n"), one->step->id, _(title),
                               one->step->owner ? one->step->owner : "?",
                               one->step->gate ? _("; notices wait until it is started") : "");
    else
        g_string_append_printf(text, _("  %s: %s; %s since %s, %s\n"), one->step->id, _(title), _(state), at,
                               case_event_text(event, "by"));
}

static void append_responses(GString *text, const Casework *casework)
{
    if (casework->responses->len > 0)
        g_string_append(text, _("response steps\n"));
    for (guint i = 0; i < casework->responses->len; i++)
        append_response(text, g_ptr_array_index(casework->responses, i), casework->lawbook->now);
}

static void append_inquiry(GString *text, const CaseInquiry *one, int64_t now)
{
    g_autofree char *due = one->has_due ? clocks_time(one->due) : NULL;
    g_autofree char *span = one->has_due ? clock_format_span(ABS(one->last - now)) : NULL;

    if (one->state == CASE_INQUIRY_OVERDUE)
        g_string_append_printf(text, _("INQUIRY %s is overdue since %s (%s ago)\n"), one->id, due, span);
    else if (one->state == CASE_INQUIRY_WAITS)
        g_string_append_printf(text, _("inquiry %s: find out who asks, the clock starts then\n"), one->id);
    else if (one->has_due)
        g_string_append_printf(text, _("inquiry %s is to be answered by %s (in %s)\n"), one->id, due, span);
    else if (one->missing_year > 0)
        g_string_append_printf(
            text, _("INQUIRY %s: the calendar has no working days of %d, so nobody knows when it is due\n"), one->id,
            one->missing_year);
    else
        g_string_append_printf(text, _("inquiry %s is open\n"), one->id);
}

static void append_decision(GString *text, const CaseDecision *one, int64_t now)
{
    g_autofree char *until = one->kind == CASE_DECISION_DELAY ? status_time(one->until, now) : NULL;

    if (one->state == CASE_DECISION_AGAIN)
        g_string_append_printf(text, _("DECIDE AGAIN: decision %s, %s, %s: %s has changed since\n"), one->id,
                               one->regime, one->scope_text, case_event_text(one->changed, "name"));
    else if (one->state == CASE_DECISION_HOLDS && until)
        g_string_append_printf(text, _("decision %s: %s waits until %s (%s)\n"), one->id, one->scope_text, until,
                               one->regime);
    else if (one->state == CASE_DECISION_HOLDS)
        g_string_append_printf(text, _("decision %s: %s is not told (%s), by %s\n"), one->id, one->scope_text,
                               one->regime, case_event_text(one->event, "by"));
}

char *casework_text(const Casework *casework)
{
    const CaseEvent *closed = casework_closed(casework->lawbook->state);
    int64_t now = casework->lawbook->now;
    GString *text = g_string_new(NULL);

    if (closed) {
        g_autofree char *at = status_time(closed->at, now);

        g_string_append_printf(text, _("CLOSED: the case was closed at %s by %s: %s\n"), at,
                               case_event_text(closed, "by"), case_event_text(closed, "reason"));
    }
    for (guint i = 0; i < casework->decisions->len; i++)
        append_decision(text, g_ptr_array_index(casework->decisions, i), now);
    for (guint i = 0; i < casework->inquiries->len; i++) {
        const CaseInquiry *one = g_ptr_array_index(casework->inquiries, i);

        if (one->state != CASE_INQUIRY_ANSWERED)
            append_inquiry(text, one, now);
    }
    append_responses(text, casework);
    return g_string_free(text, FALSE);
}

/* JSON ------------------------------------------------------------------------------------------------------------ */

static json_t *event_text_json(const CaseEvent *event, const char *member)
{
    const char *text = event ? case_event_text(event, member) : NULL;

    return text ? json_string(text) : json_null();
}

static json_t *response_json(const CaseResponse *one)
{
    return json_pack("{s:s, s:s, s:s, s:s?, s:b, s:s, s:o, s:o, s:o}", "id", one->step->id, "kind",
                     response_kind_name(one->step->kind), "title", response_step_title(one->step, "en"), "owner",
                     one->step->owner, "gate", one->step->gate, "state", case_response_state_name(one->state),
                     "started_at", clock_json_time(one->started_at), "done_at", clock_json_time(one->done_at), "by",
                     event_text_json(one->done ? one->done : one->started, "by"));
}

static json_t *inquiry_json(const CaseInquiry *one)
{
    return json_pack("{s:s, s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:b}", "id", one->id, "kind", one->kind, "state",
                     case_inquiry_state_name(one->state), "received_at", clock_json_time(one->received), "verified_at",
                     clock_json_time(one->verified), "extended_at", clock_json_time(one->extended), "answered_at",
                     clock_json_time(one->answered), "due", one->has_due ? clock_json_time(one->due) : json_null(),
                     "late", one->is_late);
}

static json_t *decision_json(const CaseDecision *decision)
{
    json_t *history = json_array();
    json_t *changed = decision->changed ? json_deep_copy(decision->changed->body) : json_null();

    for (guint i = 0; i < decision->subject->events->len; i++) {
        const CaseEvent *event = g_ptr_array_index(decision->subject->events, i);
        g_autofree char *at = clock_format_utc(event->at);
        json_t *copy = json_deep_copy(event->body);

        json_object_set_new(copy, "recorded_at", json_string(at));
        json_object_set_new(copy, "recorded_by", json_string(event->by));
        json_array_append_new(history, copy);
    }
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:o, s:o}", "id", decision->id, "decision",
                     case_decision_kind_name(decision->kind), "state", case_decision_state_name(decision->state),
                     "regime", decision->regime, "scope", decision->scope_text, "changed", changed, "history", history);
}

json_t *casework_json(const Casework *casework)
{
    const CaseEvent *closed = casework_closed(casework->lawbook->state);
    g_autofree char *at = closed ? clock_format_utc(closed->at) : NULL;
    json_t *responses = json_array(), *inquiries = json_array(), *decisions = json_array();

    for (guint i = 0; i < casework->responses->len; i++)
        json_array_append_new(responses, response_json(g_ptr_array_index(casework->responses, i)));
    for (guint i = 0; i < casework->inquiries->len; i++)
        json_array_append_new(inquiries, inquiry_json(g_ptr_array_index(casework->inquiries, i)));
    for (guint i = 0; i < casework->decisions->len; i++)
        json_array_append_new(decisions, decision_json(g_ptr_array_index(casework->decisions, i)));
    return json_pack("{s:o, s:o, s:o, s:o}", "closed",
                     closed ? json_pack("{s:s, s:o, s:o}", "at", at, "by", event_text_json(closed, "by"), "reason",
                                        event_text_json(closed, "reason"))
                            : json_null(),
                     "response", responses, "inquiries", inquiries, "decisions", decisions);
}
