#include <string.h>

#include "base/clock.h"
#include "base/language.h"
#include "dispatch/promise_private.h"
#include "model/region.h"
#include "model/response.h"

#define FORMAL_LETTER   "formal-letter"  /* of policy_ways() */
#define CLOSED_TEMPLATE "closed-account" /* shipped, for whoever has closed an account */

/* Whom ----------------------------------------------------------------------------------------------------------- */

static bool has_audience(const PromiseCase *judged)
{
    guint index = 0;

    if (promise_audience(judged, &index))
        return true;
    promise_say(judged, PROMISE_IDLE, N_("no audience is one to whom it was promised"));
    return false;
}

static const Audience *audience_of(const PromiseCase *judged, Capacity capacity)
{
    const Audience *audience;
    guint index = 0;

    while ((audience = promise_audience(judged, &index)) != NULL)
        if (audience->capacity == capacity)
            return audience;
    return NULL;
}

/* Ways ----------------------------------------------------------------------------------------------------------- */

static bool is_named(const PromiseCase *judged, const Audience *audience, const char *channel)
{
    const char *const *named = (const char *const *)judged->promise->list;

    return g_strv_contains(named, channel) || (audience->capacity == CAPACITY_ORGANIZATION &&
                                               strcmp(channel, "letter") == 0 && g_strv_contains(named, FORMAL_LETTER));
}

/* The first rung that is named, or NULL. */
static const char *named_way(const PromiseCase *judged, const Audience *audience)
{
    const Announcement *announcement = judged->playbook->announcement;

    for (guint i = 0; i < audience->ladder->len; i++)
        if (is_named(judged, audience, g_ptr_array_index(audience->ladder, i)))
            return g_ptr_array_index(audience->ladder, i);
    if (announcement && announcement->when == ANNOUNCEMENT_ALWAYS && is_named(judged, audience, ANNOUNCEMENT_CHANNEL))
        return ANNOUNCEMENT_CHANNEL;
    return NULL;
}

void promise_judge_ways(const PromiseCase *judged)
{
    g_autofree char *named = g_strjoinv(", ", judged->promise->list);
    g_autoptr(GString) kept = g_string_new(NULL);
    const Audience *audience, *other = NULL;
    guint index = 0;

    if (!has_audience(judged))
        return;
    while ((audience = promise_audience(judged, &index)) != NULL) {
        const char *way = named_way(judged, audience);

        if (way)
            g_string_append_printf(kept, "%s%s: %s", kept->len > 0 ? ", " : "", audience->id, way);
        else if (!other)
            other = audience;
    }
    if (!other)
        promise_say(judged, PROMISE_KEPT, "%s", kept->str);
    else if (judged->promise->is_open)
        promise_say(judged, PROMISE_OTHERWISE,
                    N_("audience %s is told by %s, which is not one of %s, but others are allowed"), other->id,
                    (const char *)g_ptr_array_index(other->ladder, 0), named);
    else
        promise_say(judged, PROMISE_BROKEN, N_("audience %s has none of %s on its ladder: add one"), other->id, named);
}

void promise_judge_announcement(const PromiseCase *judged)
{
    const Announcement *announcement = judged->playbook->announcement;
    bool is_always = announcement && announcement->when == ANNOUNCEMENT_ALWAYS;
    bool is_hard = announcement && announcement->when == ANNOUNCEMENT_UNREACHABLE;

    if (is_always)
        promise_say(judged, PROMISE_KEPT, N_("announced from the start"));
    else if (is_hard && judged->promise->when == POLICY_WHEN_HARD)
        promise_say(judged, PROMISE_KEPT, N_("announced as soon as somebody cannot be reached"));
    else if (judged->promise->when == POLICY_WHEN_HARD)
        promise_say(judged, PROMISE_BROKEN,
                    N_("nothing is announced when people cannot be reached: write announcement: {gateway: NAME, when: "
                       "unreachable}"));
    else
        promise_say(judged, PROMISE_BROKEN,
                    N_("nothing is announced from the start: write announcement: {gateway: NAME, when: always}"));
}

/* Providers keep lists of people who opted out of advertising for these. */
static bool has_opt_out(const Gateway *gateway)
{
    static const char *const channels[] = {"sms", "email", "voice", NULL};

    return strcmp(gateway->kind, "http") == 0 && g_strv_contains(channels, gateway->channel);
}

void promise_judge_no_unsubscribe(const PromiseCase *judged)
{
    const GPtrArray *entries = judged->playbook->gateways;

    for (guint i = 0; i < entries->len; i++) {
        const ChannelGateway *entry = g_ptr_array_index(entries, i);
        const Gateway *gateway = material_gateway(judged->request->material, entry->channel);

        if (!gateway || !has_opt_out(gateway) || gateway->suppression != GATEWAY_SUPPRESSION_UNSAID)
            continue;
        promise_say(judged, PROMISE_BROKEN,
                    N_("gateway %s does not say whether whoever opted out is told: write suppression: bypassed, or "
                       "reported"),
                    gateway->name);
        return;
    }
    promise_say(judged, PROMISE_KEPT, N_("no notice offers an opt-out, and no gateway leaves anybody out unsaid"));
}

/* Authorities and steps ------------------------------------------------------------------------------------------ */

static bool reports(const Regime *regime)
{
    for (guint i = 0; i < regime->steps->len; i++)
        if (regime_step_is_report(g_ptr_array_index(regime->steps, i)))
            return true;
    return false;
}

void promise_judge_authorities(const PromiseCase *judged)
{
    const GArray *regimes = material_statutes(judged->request->material)->regimes;
    const char *const *wanted = (const char *const *)judged->promise->list;
    g_autofree char *names = wanted ? g_strjoinv(", ", judged->promise->list) : g_strdup("cn-pipl");

    for (guint i = 0; i < regimes->len; i++) {
        const ObligationRegime *row = &g_array_index(regimes, ObligationRegime, i);

        if (row->regime && reports(row->regime) && (!wanted || g_strv_contains(wanted, row->entry->id))) {
            promise_say(judged, PROMISE_KEPT, N_("reports by %s"), row->entry->id);
            return;
        }
    }
    if (wanted)
        promise_say(judged, PROMISE_BROKEN, N_("regimes has none of %s: add one"), names);
    else
        promise_say(judged, PROMISE_BROKEN, N_("regimes has none that asks for a report: add one, such as %s"), names);
}

static const ResponseStep *step_of(const PromiseCase *judged, const char *kind, bool is_gate)
{
    const Response *response = judged->playbook->response;

    for (guint i = 0; response && i < response->steps->len; i++) {
        const ResponseStep *step = g_ptr_array_index(response->steps, i);

        if (strcmp(response_kind_name(step->kind), kind) == 0 && (step->gate || !is_gate))
            return step;
    }
    return NULL;
}

void promise_judge_response(const PromiseCase *judged)
{
    static char *none[] = {NULL};
    const char *gate = judged->promise->has_gate ? response_kind_name(judged->promise->gate) : NULL;
    char **steps = judged->promise->list ? judged->promise->list : none;
    g_autofree char *list = g_strjoinv(", ", steps);

    for (char **step = steps; *step; step++)
        if (!step_of(judged, *step, false)) {
            promise_say(judged, PROMISE_BROKEN,
                        N_("response has no step of the kind %s: add {id: %s, kind: %s, owner: …}"), *step, *step,
                        *step);
            return;
        }
    if (gate && !step_of(judged, gate, true))
        promise_say(judged, PROMISE_BROKEN, N_("notices do not wait for a step of the kind %s: write gate: true there"),
                    gate);
    else if (gate)
        promise_say(judged, PROMISE_KEPT, N_("notices wait until the response step %s is started"),
                    step_of(judged, gate, true)->id);
    else
        promise_say(judged, PROMISE_KEPT, N_("response steps: %s"), list);
}

void promise_judge_inquiries(const PromiseCase *judged)
{
    const Response *response = judged->playbook->response;
    const InquiryRule *rule = response && response->inquiries.days > 0 ? &response->inquiries : NULL;

    if (!rule)
        promise_say(judged, PROMISE_KEPT,
                    N_("clocked by the promise itself: the playbook has no inquiries of its own"));
    else if (policy_answers_sooner(rule, &judged->promise->rule))
        promise_say(judged, PROMISE_KEPT, N_("answered within %d days"), rule->days);
    else
        promise_say(
            judged, PROMISE_BROKEN,
            N_("inquiries of the playbook allow more time than the %d days of the policy, or start later: shorten "
               "them, or take the key out"),
            judged->promise->rule.days);
}

void promise_judge_rehearsal(const PromiseCase *judged)
{
    int64_t age = judged->request->now - judged->request->rehearsed_at;

    if (judged->request->rehearsed_at < 0)
        promise_say(judged, PROMISE_BROKEN, N_("it was never rehearsed: type breach notify PLAYBOOK --dry-run"));
    else if (judged->promise->period > 0 && age > judged->promise->period)
        promise_say(
            judged, PROMISE_BROKEN,
            N_("the last rehearsal was %d days ago, and %d are promised: type breach notify PLAYBOOK --dry-run"),
            (int)(age / CLOCK_DAY), (int)(judged->promise->period / CLOCK_DAY));
    else
        promise_say(judged, PROMISE_KEPT, N_("rehearsed %d days ago"), (int)(age / CLOCK_DAY));
}

/* Data ----------------------------------------------------------------------------------------------------------- */

void promise_judge_encryption(const PromiseCase *judged)
{
    const GPtrArray *entries = judged->playbook->gateways;
    bool is_printed = false;

    for (guint i = 0; i < entries->len; i++) {
        const ChannelGateway *entry = g_ptr_array_index(entries, i);
        const Gateway *gateway = material_gateway(judged->request->material, entry->channel);

        if (!gateway || !gateway->print)
            continue;
        is_printed = true;
        if (gateway->print->encrypt.tool == GATEWAY_ENCRYPT_NONE) {
            promise_say(judged, PROMISE_BROKEN,
                        N_("gateway %s hands over names and addresses that anybody can read: add encrypt: {tool: age, "
                           "recipient: …, name: …}"),
                        gateway->name);
            return;
        }
    }
    if (is_printed)
        promise_say(judged, PROMISE_KEPT,
                    N_("letters and lists are encrypted to a named recipient, connections by TLS"));
    else
        promise_say(judged, PROMISE_KEPT, N_("connections are encrypted by TLS; nothing is handed over on paper"));
}

/* What is wrong with where the gateway of a rung is; false: nothing, which is not said. */
static bool leaves(const PromiseCase *judged, const char *channel)
{
    const Gateway *gateway = material_gateway(judged->request->material, channel);
    const char *wanted = judged->promise->region;
    const char *region = material_region(judged->request->material, channel);

    if (!gateway)
        return false; /* reported */
    if (!region)
        promise_say(judged, PROMISE_BROKEN, N_("gateway %s does not say where it is: write region: %s if it is there"),
                    gateway->name, wanted);
    else if (!region_same(wanted, region))
        promise_say(judged, PROMISE_BROKEN, N_("gateway %s is in %s: use one in %s"), gateway->name, region, wanted);
    return !region || !region_same(wanted, region);
}

void promise_judge_region(const PromiseCase *judged)
{
    const char *data = judged->playbook->organization.data_region;
    const Audience *audience;
    guint index = 0;

    if (data && !region_same(judged->promise->region, data)) {
        promise_say(judged, PROMISE_BROKEN, N_("organization.data_region is %s, and %s was promised"), data,
                    judged->promise->region);
        return;
    }
    if (!has_audience(judged))
        return;
    while ((audience = promise_audience(judged, &index)) != NULL)
        for (guint i = 0; i < audience->ladder->len; i++)
            if (leaves(judged, g_ptr_array_index(audience->ladder, i)))
                return;
    promise_say(judged, PROMISE_KEPT, N_("every gateway is in %s"), judged->promise->region);
}

static const char *value_of(const CrossBorder *border, const char *need)
{
    const struct {
        const char *need, *value;
    } rows[] = {{"basis", border->basis},           {"purpose", border->purpose}, {"recipient", border->recipient},
                {"safeguards", border->safeguards}, {"risks", border->risks},     {"consent", border->consent}};

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        if (strcmp(rows[i].need, need) == 0)
            return rows[i].value;
    return NULL;
}

void promise_judge_cross_border(const PromiseCase *judged)
{
    const GPtrArray *borders = judged->playbook->cross_border;
    g_autofree char *list = g_strjoinv(", ", judged->promise->list);

    if (borders->len == 0) {
        promise_say(judged, PROMISE_IDLE, N_("no data leaves its region"));
        return;
    }
    for (guint i = 0; i < borders->len; i++) {
        const CrossBorder *border = g_ptr_array_index(borders, i);

        for (char **need = judged->promise->list; *need; need++)
            if (!value_of(border, *need)) {
                promise_say(judged, PROMISE_BROKEN,
                            N_("cross_border from %s to %s has no %s: write it, or send from there"), border->from,
                            border->to, *need);
                return;
            }
    }
    promise_say(judged, PROMISE_KEPT, N_("cross_border has %s"), list);
}

/* People of several kinds ---------------------------------------------------------------------------------------- */

void promise_judge_recipients(const PromiseCase *judged)
{
    const Audience *audience = audience_of(judged, CAPACITY_ORGANIZATION);

    if (!audience)
        promise_say(
            judged, PROMISE_BROKEN,
            N_("nobody is told for an organisation: add an audience of administrators with capacity: organization "
               "and also: true"));
    else if (!audience->also)
        promise_say(
            judged, PROMISE_BROKEN,
            N_("whoever is told as the contact of an organisation, by audience %s, is not told as a person: write "
               "also: true there"),
            audience->id);
    else
        promise_say(judged, PROMISE_KEPT, N_("contacts are told as persons, and for their organisation by audience %s"),
                    audience->id);
}

void promise_judge_customers(const PromiseCase *judged)
{
    const Audience *contacts = audience_of(judged, CAPACITY_ORGANIZATION);
    const GPtrArray *audiences = judged->playbook->audiences;

    for (guint i = 0; i < audiences->len; i++) {
        const Audience *audience = g_ptr_array_index(audiences, i);

        if (audience->controller != CONTROLLER_CUSTOMER || audience->capacity == CAPACITY_ORGANIZATION ||
            audience->instruction.by)
            continue;
        promise_say(
            judged, PROMISE_BROKEN,
            N_("audience %s is a customer's people, to whom we write only as they instruct us: add instruction: {by, "
               "date, evidence}"),
            audience->id);
        return;
    }
    if (contacts)
        promise_say(judged, PROMISE_KEPT, N_("organisations are told by audience %s"), contacts->id);
    else
        promise_say(judged, PROMISE_BROKEN,
                    N_("no organisation is told about its data: add an audience with capacity: organization"));
}

void promise_judge_guardians(const PromiseCase *judged)
{
    const Audience *audience = audience_of(judged, CAPACITY_GUARDIAN);

    if (audience)
        promise_say(judged, PROMISE_KEPT, N_("guardians are told by audience %s"), audience->id);
    else
        promise_say(
            judged, PROMISE_BROKEN,
            N_("minors are told as if they were of age: add an audience with match: \"age < 14\", capacity: guardian "
               "and the template guardian"));
}

/* Whoever falls into no other audience is told here, too. */
static const Audience *everybody(const PromiseCase *judged)
{
    const Audience *audience;
    guint index = 0;

    while ((audience = promise_audience(judged, &index)) != NULL)
        if (!audience->match_text && audience->capacity == CAPACITY_SELF)
            return audience;
    return NULL;
}

void promise_judge_closed_accounts(const PromiseCase *judged)
{
    int days = (int)(judged->promise->period / CLOCK_DAY);
    const Audience *audience;
    guint index = 0;

    while ((audience = promise_audience(judged, &index)) != NULL)
        if (strcmp(audience->template_name, CLOSED_TEMPLATE) == 0) {
            promise_say(judged, PROMISE_KEPT, N_("former users are told by audience %s"), audience->id);
            return;
        }
    audience = everybody(judged);
    if (audience)
        promise_say(judged, PROMISE_OTHERWISE, N_("former users in the people file fall into audience %s"),
                    audience->id);
    else
        promise_say(judged, PROMISE_BROKEN,
                    N_("whoever closed an account in the last %d days is in no audience: add one with the template "
                       "closed-account"),
                    days);
}
