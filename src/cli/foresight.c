#include "cli/foresight.h"

#include "base/clock.h"
#include "base/language.h"
#include "cli/obligations.h"
#include "dispatch/day.h"
#include "ledger/confirmation.h"
#include "ledger/ledger_select.h"
#include "ledger/quota.h"
#include "model/case_decision.h"
#include "report/clocks.h"

/* What is to be sent --------------------------------------------------------------------------------------------- */

/* An authority asked that everybody waits: also those whose own law has a deadline before that. */
static void hold(Outlook *outlook, const Lawbook *lawbook)
{
    g_autoptr(GPtrArray) decisions = case_decisions(lawbook->state, lawbook->now);

    for (guint i = 0; i < decisions->len; i++) {
        const CaseDecision *decision = g_ptr_array_index(decisions, i);

        if (decision->kind == CASE_DECISION_DELAY && decision->scope.kind == CASE_SCOPE_EVERYBODY &&
            case_decision_stands(decision))
            outlook_hold(outlook, decision->until, decision->id);
    }
}

static Outlook *make(const Workspace *workspace, OutlookRequest *request, GError **error)
{
    g_autoptr(Lawbook) lawbook = NULL;
    Outlook *outlook;

    if (obligations_are_asked(workspace)) {
        lawbook = obligations_lawbook(workspace, false, error);
        if (!lawbook)
            return NULL;
        request->obligations = lawbook->obligations;
    }
    request->material = workspace->material;
    request->now = clock_now(clock_system());
    outlook = outlook_make(request);
    if (lawbook)
        hold(outlook, lawbook);
    return outlook;
}

Outlook *foresight_of_texts(const Workspace *workspace, const CoveragePeople *people)
{
    const Playbook *playbook = material_playbook(workspace->material);
    const GPtrArray *texts = material_texts(workspace->material);
    g_autofree int64_t *messages = g_new0(int64_t, playbook->gateways->len + 1);

    for (guint i = 0; i < texts->len; i++) {
        const MaterialText *text = g_ptr_array_index(texts, i);

        for (guint j = 0; j < playbook->gateways->len; j++)
            if (g_strcmp0(((const ChannelGateway *)g_ptr_array_index(playbook->gateways, j))->channel, text->channel) ==
                0)
                messages[j] += text->people;
    }
    /* a record that cannot be read is said by whoever needs it */
    return make(workspace, &(OutlookRequest){.messages = messages, .quiet = playbook->quiet_hours, .people = people},
                NULL);
}

static bool count_open(Ledger *ledger, const Gateway *gateway, const char *domain, int64_t *messages, GError **error)
{
    const LedgerFilter filter = {.states = SELECT_STATE(MESSAGE_PLANNED) | SELECT_STATE(MESSAGE_DEFERRED),
                                 .gateway = gateway->name,
                                 .domain = domain};
    g_autoptr(GPtrArray) groups = ledger_select_groups(ledger, &filter, error);

    if (!groups)
        return false;
    *messages = 0;
    for (guint i = 0; i < groups->len; i++)
        *messages += ((const LedgerGroup *)g_ptr_array_index(groups, i))->messages;
    return true;
}

static bool add_shares(Ledger *ledger, const Gateway *gateway, GArray *shares, GError **error)
{
    for (guint i = 0; i < gateway->domain_rates->len; i++) {
        const GatewayDomainRate *rate = g_ptr_array_index(gateway->domain_rates, i);
        ForecastPart part = {.rate = rate->rate, .gateway = gateway, .is_share = true};

        if (!count_open(ledger, gateway, rate->domain, &part.messages, error))
            return false;
        g_array_append_val(shares, part);
    }
    return true;
}

static bool read_used(Ledger *ledger, const Gateway *gateway, int64_t now, int64_t *used, GError **error)
{
    int64_t begins, ends;

    if (gateway->quota <= 0)
        return true;
    day_bounds(gateway, now, &begins, &ends);
    return quota_used(ledger, gateway->name, begins, used, error);
}

Outlook *foresight_of_ledger(const Workspace *workspace, Ledger *ledger, const QuietHours *quiet, GError **error)
{
    const GPtrArray *entries = material_playbook(workspace->material)->gateways;
    g_autofree int64_t *messages = g_new0(int64_t, entries->len + 1);
    g_autofree int64_t *used = g_new0(int64_t, entries->len + 1);
    g_autoptr(GArray) shares = g_array_new(FALSE, FALSE, sizeof(ForecastPart));
    OutlookRequest request = {.messages = messages, .used = used, .quiet = quiet};

    if (!confirmation_rate(ledger, &request.measured, error))
        return NULL;
    for (guint i = 0; i < entries->len; i++) {
        const ChannelGateway *entry = g_ptr_array_index(entries, i);
        const Gateway *gateway = material_gateway(workspace->material, entry->channel);

        if (!gateway)
            continue;
        if (!count_open(ledger, gateway, NULL, &messages[i], error) || !add_shares(ledger, gateway, shares, error) ||
            !read_used(ledger, gateway, clock_now(clock_system()), &used[i], error))
            return NULL;
    }
    request.shares = (const ForecastPart *)(const void *)shares->data;
    request.share_count = shares->len;
    return make(workspace, &request, error);
}

/* What follows --------------------------------------------------------------------------------------------------- */

/* As the clocks of this machine show it. */
static char *local_time(int64_t at)
{
    g_autoptr(GTimeZone) zone = g_time_zone_new_local();
    int interval = g_time_zone_find_interval(zone, G_TIME_TYPE_UNIVERSAL, at / CLOCK_SECOND);

    return clocks_time((Moment){.at = at, .offset = g_time_zone_get_offset(zone, interval) / 60, .known = true});
}

/* What is late because of a decision is no question of speed. */
static void say_held(const Workspace *workspace, const Outlook *outlook, const OutlookDeadline *deadline)
{
    g_autofree char *until = local_time(outlook->held_until);
    g_autofree char *due = clocks_time(deadline->due);

    if (deadline->is_certain)
        findings_error(workspace->findings, FINDING_SEND, "forecast-late", deadline->at,
                       N_("%s: it is due by %s, and decision %s keeps everybody back until %s: narrow it to whom it is "
                          "about (--scope region:CODE or audience:ID)"),
                       deadline->id, due, outlook->held_by, until);
    else
        findings_warning(workspace->findings, FINDING_SEND, "forecast-late", deadline->at,
                         N_("%s: if it applies, it is due by %s, and decision %s keeps everybody back until %s"),
                         deadline->id, due, outlook->held_by, until);
}

static void say_late(const Workspace *workspace, const OutlookDeadline *deadline)
{
    g_autofree char *done = local_time(deadline->done_at);
    g_autofree char *due = clocks_time(deadline->due);
    const char *gateway = deadline->slowest->name;

    if (deadline->is_certain)
        findings_error(
            workspace->findings, FINDING_SEND, "forecast-late", deadline->at,
            N_("%s: the last notice would go about %s, and it is due by %s: %s is the slowest way; raise its rate "
               "or quota, or begin earlier"),
            deadline->id, done, due, gateway);
    else
        findings_warning(
            workspace->findings, FINDING_SEND, "forecast-late", deadline->at,
            N_("%s: if it applies, it is due by %s, and the last notice would go about %s: %s is the slowest "
               "way"),
            deadline->id, due, done, gateway);
}

void foresight_check(const Workspace *workspace, const Outlook *outlook)
{
    for (guint i = 0; i < outlook->deadlines->len; i++) {
        const OutlookDeadline *deadline = g_ptr_array_index(outlook->deadlines, i);

        if (deadline->is_late && outlook->held_until > deadline->last)
            say_held(workspace, outlook, deadline);
        else if (deadline->is_late)
            say_late(workspace, deadline);
    }
}

void foresight_print_done(FILE *stream, const Outlook *outlook, const char *indent)
{
    const Forecast *whole = &outlook->whole;
    g_autofree char *time = local_time(whole->done_at);
    g_autofree char *span = clock_format_span(whole->done_at - outlook->now);

    fputs(indent, stream);
    if (outlook->held_until > 0)
        fprintf(stream, _("will be done: not before %s, in %s, for decision %s keeps everybody back until then\n"), time,
                span, outlook->held_by);
    else if (!whole->is_known && whole->duration == 0 && whole->done_at <= outlook->now)
        fputs(_("will be done: not known; no gateway has a rate, and no speed was measured before\n"), stream);
    else if (!whole->is_known)
        fprintf(stream, _("will be done: not before %s, in %s; no gateway's own speed is known yet\n"), time, span);
    else if (outlook->measured > 0)
        fprintf(stream, _("will be done: about %s, in %s (%.0f a second in the last run)\n"), time, span,
                outlook->measured);
    else
        fprintf(stream, _("will be done: about %s, in %s, if the relays keep up\n"), time, span);
}

void foresight_print_deadlines(FILE *stream, const Outlook *outlook, const char *indent)
{
    for (guint i = 0; i < outlook->deadlines->len; i++) {
        const OutlookDeadline *deadline = g_ptr_array_index(outlook->deadlines, i);
        g_autofree char *due = clocks_time(deadline->due);
        g_autofree char *span = clock_format_span(ABS(deadline->last - deadline->done_at));

        fputs(indent, stream);
        if (deadline->is_late && outlook->held_until > deadline->last)
            fprintf(stream, _("TOO LATE for %s, due by %s: decision %s keeps everybody back until %s after that\n"),
                    deadline->id, due, outlook->held_by, span);
        else if (deadline->is_late)
            fprintf(stream, _("TOO LATE for %s, due by %s: the last notice goes %s after that, by %s\n"), deadline->id,
                    due, span, deadline->slowest->name);
        else if (deadline->slowest && deadline->is_known)
            fprintf(stream, _("in time for %s, due by %s: the last notice goes %s before that\n"), deadline->id, due,
                    span);
        else if (deadline->slowest)
            fprintf(stream, _("due by %s for %s: when the last notice goes is not known\n"), due, deadline->id);
        else
            fprintf(stream, _("due by %s for %s: nothing is left to be sent\n"), due, deadline->id);
    }
}

/* For programs --------------------------------------------------------------------------------------------------- */

static json_t *time_json(int64_t at)
{
    g_autofree char *text = clock_format_utc(at);

    return json_string(text);
}

static json_t *gateway_json(const OutlookGateway *row)
{
    return json_pack("{s:s, s:s?, s:I, s:f, s:I, s:b, s:o}", "channel", row->channel, "gateway",
                     row->gateway ? row->gateway->name : NULL, "messages", (json_int_t)row->messages, "rate",
                     row->gateway ? row->gateway->rate : 0.0, "quota",
                     row->gateway ? (json_int_t)row->gateway->quota : 0, "known", row->forecast.is_known, "done_at",
                     time_json(row->forecast.done_at));
}

static json_t *deadline_json(const OutlookDeadline *deadline)
{
    g_autofree char *due = moment_format_rfc3339(deadline->due);

    return json_pack("{s:s, s:s, s:o, s:b, s:b, s:b, s:s?}", "id", deadline->id, "due", due, "done_at",
                     time_json(deadline->done_at), "known", deadline->is_known, "late", deadline->is_late, "certain",
                     deadline->is_certain, "slowest", deadline->slowest ? deadline->slowest->name : NULL);
}

json_t *foresight_json(const Outlook *outlook)
{
    json_t *gateways = json_array(), *deadlines = json_array();

    for (guint i = 0; i < outlook->gateways->len; i++)
        json_array_append_new(gateways, gateway_json(&g_array_index(outlook->gateways, OutlookGateway, i)));
    for (guint i = 0; i < outlook->deadlines->len; i++)
        json_array_append_new(deadlines, deadline_json(g_ptr_array_index(outlook->deadlines, i)));
    return json_pack("{s:I, s:b, s:o, s:o, s:o}", "messages", (json_int_t)outlook->messages, "known",
                     outlook->whole.is_known, "done_at", time_json(outlook->whole.done_at), "gateways", gateways,
                     "deadlines", deadlines);
}
