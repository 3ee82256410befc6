#include "model/plan.h"

#include <stdarg.h>
#include <string.h>

#include "base/language.h"
#include "base/text.h"
#include "model/address.h"
#include "model/locale.h"
#include "model/phone.h"

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
    const char *compromised; /* the cell; borrowed from the person */
    bool is_deceased;
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

    if (wanted && *wanted && !normalized && deciding->remark) {
        g_autofree char *text = g_strdup_printf(
            _("\"%.40s\" is no language tag such as en, zh-CN or zh-TW: the default language is used"), wanted);

        say(deciding, "locale", text);
    }
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

/* Calls `visit` for each item of a cell that is a list, stripped; false as soon as it says so. */
typedef bool VisitItem(const Deciding *deciding, const char *item, void *user);

static bool each_item(const Deciding *deciding, const char *cell, VisitItem *visit, void *user)
{
    g_auto(GStrv) items = cell && *cell ? g_strsplit(cell, ";", -1) : NULL;

    for (char **item = items; item && *item; item++)
        if (*g_strstrip(*item) && !visit(deciding, *item, user))
            return false;
    return true;
}

static bool is_other(const Deciding *deciding, const char *item, void *user)
{
    (void)deciding;
    return strcmp(item, user) != 0;
}

/* Whether the incident itself made this channel's endpoints unsafe. */
static bool is_compromised(const Deciding *deciding, const PlanChannel *channel)
{
    return deciding->compromised && *deciding->compromised &&
           !each_item(deciding, deciding->compromised, is_other, (void *)channel->column);
}

static void decide_notice(const Deciding *deciding, size_t index)
{
    const Audience *audience = g_ptr_array_index(deciding->rules->playbook->audiences, index);
    PlanNotice *notice = add_notice(deciding, index);
    const PlanChannel *unsafe = NULL;
    const char *missing;

    if (deciding->is_deceased) {
        leave_aside(notice, TOLD_WITHHELD, "%s", "deceased: next of kin are told by post, by a person");
        return;
    }
    notice->locale = pick_locale(deciding, index);
    for (guint i = 0; i < audience->ladder->len && notice->count == 0; i++) {
        const PlanChannel *channel = plan_channel(g_ptr_array_index(audience->ladder, i));
        const char *cell = person_value(deciding->person, channel->column);

        notice->channel = channel->name;
        if (!is_compromised(deciding, channel))
            read_endpoints(deciding, notice, channel);
        else if (cell && *cell)
            unsafe = channel;
    }
    if (notice->count == 0 && unsafe)
        leave_aside(notice, TOLD_UNREACHABLE, "the incident made this %s address unsafe", unsafe->name);
    else if (notice->count == 0)
        leave_aside(notice, TOLD_UNREACHABLE, "no usable %s address", notice->channel);
    if (notice->count == 0)
        return;
    missing = missing_need(deciding, notice);
    if (missing) {
        while (notice->count > 0)
            g_free(notice->endpoints[--notice->count]);
        leave_aside(notice, TOLD_QUARANTINED, "%s missing: the notice needs it", missing);
    }
}

/* What the person's cells say about the incident. The reason for a quarantine is the same for equal mistakes, so that
 * they are counted together, and holds nothing of the cell; the remark says which word it is. */

#define SHOWN_MAX 40 /* characters of a cell in a remark */

static void say_word(const Deciding *deciding, const char *column, const char *word, const char *expected,
                     const char *meant)
{
    glong length = g_utf8_strlen(word, -1);
    int shown = (int)(g_utf8_offset_to_pointer(word, MIN(length, SHOWN_MAX)) - word);
    g_autofree char *text =
        meant ? g_strdup_printf(_("\"%.*s\": did you mean \"%s\"? the person is quarantined"), shown, word, meant)
              : g_strdup_printf(_("\"%.*s\": expected %s; the person is quarantined"), shown, word, _(expected));

    say(deciding, column, text);
}

static bool is_endpoint_column(const Deciding *deciding, const char *item, void *user)
{
    const char *const *columns = person_endpoint_columns();

    (void)user;
    if (g_strv_contains(columns, item))
        return true;
    say_word(deciding, "compromised", item, N_("email, phone or both, as in email;phone"), text_nearest(item, columns));
    return false;
}

static bool is_kind_of_playbook(const Deciding *deciding, const char *item, void *user)
{
    (void)user;
    if (playbook_data_kind(deciding->rules->playbook, item))
        return true;
    say_word(deciding, "data_kinds", item, N_("one of facts.data_kinds in the playbook"), NULL);
    return false;
}

/* Why the person must be quarantined, or NULL. */
static const char *read_circumstances(Deciding *deciding)
{
    const char *deceased = person_value(deciding->person, "deceased");
    PersonAnswer answer = deceased ? person_answer(deceased) : PERSON_NO;

    deciding->is_deceased = answer == PERSON_YES;
    deciding->compromised = person_value(deciding->person, "compromised");
    if (answer == PERSON_UNREADABLE) {
        say_word(deciding, "deceased", deceased, N_("yes or no"), NULL);
        return "deceased is neither yes nor no: write one of the two";
    }
    if (!each_item(deciding, deciding->compromised, is_endpoint_column, NULL))
        return "compromised names no column of endpoints: write email, phone or both";
    if (!each_item(deciding, person_value(deciding->person, "data_kinds"), is_kind_of_playbook, NULL))
        return "data_kinds has one that facts.data_kinds of the playbook lacks";
    return NULL;
}

static void settle_phone(const PlanRules *rules, const Person *person, const char *column, const char *text,
                         GString *phones, PlanRemark *remark, void *user)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *phone = phone_normalize(text, rules->playbook->people_country, &error);

    if (phone)
        g_string_append_printf(phones, "%s%s", phones->len > 0 ? ";" : "", phone);
    else if (remark)
        remark(person, column, error->message, user);
}

/* Whether nothing can be seen of a cell: blanks of any script and characters without a width. */
static bool is_invisible(const char *cell)
{
    for (; *cell; cell = g_utf8_next_char(cell)) {
        gunichar character = g_utf8_get_char(cell);

        if (!g_unichar_isspace(character) && !g_unichar_iszerowidth(character))
            return false;
    }
    return true;
}

void plan_settle(const PlanRules *rules, Person *person, PlanSettled *settled, PlanRemark *remark, void *user)
{
    static const char *const columns[PLAN_PHONES] = {"phone", "guardian_phone"};

    for (size_t i = 0; i < person->columns->count && !person->problem; i++)
        if ((int)i != person->columns->id && is_invisible(person->values[i]))
            person->values[i] = ""; /* "Dear  ," is no way to begin */
    for (size_t i = 0; i < PLAN_PHONES && !person->problem; i++) {
        int column = person_column(person->columns, columns[i]);
        g_auto(GStrv) cells = NULL;

        if (column < 0 || !*person->values[column])
            continue;
        if (!settled->phones[i])
            settled->phones[i] = g_string_new(NULL);
        g_string_truncate(settled->phones[i], 0);
        cells = g_strsplit(person->values[column], ";", -1);
        for (char **cell = cells; *cell; cell++)
            if (*g_strstrip(*cell))
                settle_phone(rules, person, columns[i], *cell, settled->phones[i], remark, user);
        person->values[column] = settled->phones[i]->str;
    }
}

void plan_settled_clear(PlanSettled *settled)
{
    for (size_t i = 0; i < PLAN_PHONES; i++)
        if (settled->phones[i])
            g_string_free(settled->phones[i], TRUE);
    memset(settled, 0, sizeof *settled);
}

void plan_decide(const PlanRules *rules, const Person *person, PlanDecision *decision, PlanRemark *remark, void *user)
{
    Deciding deciding = {.rules = rules, .person = person, .decision = decision, .remark = remark, .user = user};
    const GPtrArray *audiences = rules->playbook->audiences;
    const char *reason;
    bool has_audience = false;

    decision->count = 0;
    if (person->problem) {
        leave_aside(add_notice(&deciding, PLAN_AUDIENCES_MAX), TOLD_QUARANTINED, "%s",
                    person->reason ? person->reason : person->problem);
        return;
    }
    reason = read_circumstances(&deciding);
    if (reason) {
        leave_aside(add_notice(&deciding, PLAN_AUDIENCES_MAX), TOLD_QUARANTINED, "%s", reason);
        return;
    }
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
