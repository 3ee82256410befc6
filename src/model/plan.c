#include "model/plan.h"

#include <stdarg.h>
#include <string.h>

#include "model/address.h"
#include "model/locale.h"

const PlanChannel *plan_channel(const char *name)
{
    static const PlanChannel channels[] = {{.name = "email", .column = "email", .parse = address_parse_email}};

    for (size_t i = 0; i < G_N_ELEMENTS(channels); i++)
        if (strcmp(channels[i].name, name) == 0)
            return &channels[i];
    return NULL;
}

typedef struct Deciding {
    const PlanRules *rules;
    const Person *person;
    PlanDecision *decision;
    PlanRemark *remark;
    void *user;
} Deciding;

static void say(const Deciding *deciding, const char *column, const char *text)
{
    if (deciding->remark)
        deciding->remark(deciding->person, column, text, deciding->user);
}

static PlanNotice *add_notice(const Deciding *deciding, size_t audience)
{
    PlanNotice *notice = &deciding->decision->notices[deciding->decision->count++];

    memset(notice, 0, sizeof *notice);
    notice->audience = audience;
    return notice;
}

static void leave_aside(PlanNotice *notice, Told aside, const char *format, ...) G_GNUC_PRINTF(3, 4);

static void leave_aside(PlanNotice *notice, Told aside, const char *format, ...)
{
    const char *end = NULL;
    va_list arguments;

    notice->channel = NULL;
    notice->locale = NULL;
    notice->aside = aside;
    va_start(arguments, format);
    g_vsnprintf(notice->reason, sizeof notice->reason, format, arguments);
    va_end(arguments);
    if (!g_utf8_validate(notice->reason, -1, &end)) /* cut in the middle of a character */
        notice->reason[end - notice->reason] = '\0';
}

static const char *look_up(const char *name, void *user)
{
    return person_value(user, name);
}

static bool has_endpoint(const PlanNotice *notice, const char *endpoint)
{
    for (size_t i = 0; i < notice->count; i++)
        if (strcmp(notice->endpoints[i], endpoint) == 0)
            return true;
    return false;
}

static void add_endpoint(const Deciding *deciding, PlanNotice *notice, const PlanChannel *channel, const char *text)
{
    g_autoptr(GError) error = NULL;
    char *endpoint;

    if (notice->count == PLAN_ENDPOINTS_MAX) {
        say(deciding, channel->column, "has more than 8 addresses: the rest is left out");
        return;
    }
    endpoint = channel->parse(text, &error);
    if (!endpoint) {
        say(deciding, channel->column, error->message);
        return;
    }
    if (has_endpoint(notice, endpoint))
        g_free(endpoint);
    else
        notice->endpoints[notice->count++] = endpoint;
}

/* Every usable endpoint of the cell; several are separated by semicolons. */
static void read_endpoints(const Deciding *deciding, PlanNotice *notice, const PlanChannel *channel)
{
    const char *cell = person_value(deciding->person, channel->column);

    if (!cell || !*cell)
        return;
    if (!strchr(cell, ';')) {
        add_endpoint(deciding, notice, channel, cell);
        return;
    }
    g_auto(GStrv) parts = g_strsplit(cell, ";", -1);
    for (char **part = parts; *part; part++)
        if (*g_strstrip(*part))
            add_endpoint(deciding, notice, channel, *part);
}

static const char *pick_locale(const Deciding *deciding, size_t audience)
{
    const char *wanted = person_value(deciding->person, "locale");
    g_autofree char *normalized = wanted && *wanted ? locale_normalize(wanted) : NULL;

    if (wanted && *wanted && !normalized)
        say(deciding, "locale", "is no language tag like en, zh-CN or zh-TW: the default language is used");
    return locale_pick(normalized, deciding->rules->locales[audience], deciding->rules->playbook->default_locale);
}

static const char *missing_need(const Deciding *deciding, const PlanNotice *notice)
{
    const char *const *needs =
        deciding->rules->needs(notice->audience, notice->channel, notice->locale, deciding->rules->user);

    for (; needs && *needs; needs++) {
        const char *value = person_value(deciding->person, *needs);

        if (!value || !*value)
            return *needs;
    }
    return NULL;
}

static void decide_notice(const Deciding *deciding, size_t index)
{
    const Audience *audience = g_ptr_array_index(deciding->rules->playbook->audiences, index);
    PlanNotice *notice = add_notice(deciding, index);
    const char *missing;

    notice->locale = pick_locale(deciding, index);
    for (guint i = 0; i < audience->ladder->len && notice->count == 0; i++) {
        const PlanChannel *channel = plan_channel(g_ptr_array_index(audience->ladder, i));

        notice->channel = channel->name;
        read_endpoints(deciding, notice, channel);
    }
    if (notice->count == 0) {
        leave_aside(notice, TOLD_UNREACHABLE, "no usable %s address", notice->channel);
        return;
    }
    missing = missing_need(deciding, notice);
    if (missing) {
        while (notice->count > 0)
            g_free(notice->endpoints[--notice->count]);
        leave_aside(notice, TOLD_QUARANTINED, "%s missing: the notice needs it", missing);
    }
}

/* No ladder uses a phone number yet, but one whose digits are lost must be exported again before it is needed. */
static void check_phone(const Deciding *deciding)
{
    const char *phone = person_value(deciding->person, "phone");
    g_autoptr(GError) error = NULL;
    g_autofree char *parsed = NULL;

    if (!phone || !address_is_rounded(phone))
        return;
    parsed = address_parse_phone(phone, &error);
    if (error)
        say(deciding, "phone", error->message);
}

void plan_decide(const PlanRules *rules, const Person *person, PlanDecision *decision, PlanRemark *remark, void *user)
{
    const Deciding deciding = {
        .rules = rules, .person = person, .decision = decision, .remark = remark, .user = user};
    const GPtrArray *audiences = rules->playbook->audiences;
    bool has_audience = false;

    decision->count = 0;
    if (person->problem) {
        leave_aside(add_notice(&deciding, PLAN_AUDIENCES_MAX), TOLD_QUARANTINED, "%s",
                    person->reason ? person->reason : person->problem);
        return;
    }
    check_phone(&deciding);
    for (guint i = 0; i < audiences->len; i++) {
        const Audience *audience = g_ptr_array_index(audiences, i);
        const char *unknown = NULL;
        ConditionValue value = CONDITION_TRUE;

        if (has_audience && !audience->also)
            continue;
        if (audience->match)
            value = condition_evaluate(audience->match, look_up, (void *)person, &unknown);
        if (value == CONDITION_FALSE)
            continue;
        has_audience = true;
        if (value == CONDITION_TRUE)
            decide_notice(&deciding, i);
        else
            leave_aside(add_notice(&deciding, i), TOLD_QUARANTINED, "%s missing: it decides who gets what", unknown);
    }
    if (!has_audience)
        leave_aside(add_notice(&deciding, PLAN_AUDIENCES_MAX), TOLD_WITHHELD, "%s", "no audience of the playbook fits");
}

void plan_decision_clear(PlanDecision *decision)
{
    for (size_t i = 0; i < decision->count; i++)
        for (size_t j = 0; j < decision->notices[i].count; j++)
            g_free(decision->notices[i].endpoints[j]);
    decision->count = 0;
}
