#include "model/plan.h"

#include <stdarg.h>
#include <string.h>

#include "base/language.h"
#include "base/text.h"
#include "model/locale.h"
#include "model/phone.h"

typedef struct Deciding {
    const PlanRules *rules;
    const Person *person;
    PlanDecision *decision;
    PlanRemark *remark;
    void *user;
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
    notice->rung_count = 0;
    notice->more = 0;
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

static const char *pick_locale(const Deciding *deciding, size_t audience)
{
    const char *wanted = person_value(deciding->person, "locale");
    const char *const *available = deciding->rules->locales[audience];
    g_autofree char *normalized = wanted && *wanted ? locale_normalize(wanted) : NULL;
    bool is_language = normalized && (!locale_is_country(normalized) || locale_pick(normalized, available, NULL));

    if (wanted && *wanted && !is_language && deciding->remark) {
        g_autofree char *text = g_strdup_printf(
            _("\"%.40s\" is no language tag such as en, zh-CN or zh-TW: the default language is used"), wanted);

        say(deciding, "locale", text);
    }
    return locale_pick(normalized, available, deciding->rules->playbook->default_locale);
}

static const char *missing_need(const Deciding *deciding, const PlanNotice *notice, const char *channel)
{
    const char *const *needs = deciding->rules->needs(notice->audience, channel, notice->locale, deciding->rules->user);

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

/* A further channel, should the ones before it fail. One that lacks what its text needs is none. */
static void add_rung(const Deciding *deciding, PlanNotice *notice, const Audience *audience, const PlanChannel *channel,
                     PlanEndpoints *endpoints)
{
    if (!missing_need(deciding, notice, channel->name)) {
        notice->rung_endpoints[notice->rung_count] = (unsigned char)endpoints->count;
        notice->rungs[notice->rung_count++] = channel->name;
        notice->more += audience->every ? endpoints->count : 0;
    }
    plan_endpoints_clear(endpoints);
}

/* Why there is no rung: what the incident or a border closes says more than what is missing. */
static void leave_unreachable(PlanNotice *notice, const Audience *audience)
{
    const char *const *names = (const char *const *)audience->ladder->pdata;
    g_autoptr(GString) missing = g_string_new(NULL);
    guint last = MIN(audience->ladder->len, PLAN_RUNGS_MAX);
    g_autofree char *reason = NULL;

    for (guint i = 0; i < last; i++) {
        if (notice->usable[i] != PLAN_NONE && !reason)
            reason = plan_endpoints_reason(plan_channel(names[i]), audience->capacity, notice->usable[i]);
        g_string_append_printf(missing, "%s%s", i == 0 ? "" : i + 1 < last ? ", " : " or ", names[i]);
    }
    if (reason)
        leave_aside(notice, TOLD_UNREACHABLE, "%s", reason);
    else if (audience->capacity == CAPACITY_GUARDIAN)
        leave_aside(notice, TOLD_UNREACHABLE, "no usable address of a guardian for %s", missing->str);
    else
        leave_aside(notice, TOLD_UNREACHABLE, "no usable %s address", missing->str);
}

/* The first rung that can be used and those behind it, or why there is none. */
static void take_rungs(const Deciding *deciding, PlanNotice *notice, const Audience *audience)
{
    for (guint i = 0; i < audience->ladder->len && i < PLAN_RUNGS_MAX; i++) {
        const PlanChannel *channel = plan_channel(g_ptr_array_index(audience->ladder, i));
        PlanEndpoints endpoints;

        plan_endpoints(deciding->rules, deciding->person, audience, channel, &endpoints, deciding->remark,
                       deciding->user);
        notice->usable[i] = (unsigned char)endpoints.usable;
        notice->crosses |= (endpoints.crosses ? 1u : 0u) << i;
        if (endpoints.usable == PLAN_USABLE && notice->count > 0) {
            add_rung(deciding, notice, audience, channel, &endpoints);
        } else if (endpoints.usable == PLAN_USABLE) {
            notice->channel = channel->name;
            memcpy(notice->endpoints, endpoints.items, sizeof notice->endpoints);
            notice->count = endpoints.count;
        }
    }
    if (notice->count == 0)
        leave_unreachable(notice, audience);
}

static void decide_notice(const Deciding *deciding, size_t index)
{
    const Audience *audience = g_ptr_array_index(deciding->rules->playbook->audiences, index);
    PlanNotice *notice = add_notice(deciding, index);
    const char *missing;

    if (deciding->is_deceased) {
        leave_aside(notice, TOLD_WITHHELD, "%s", "deceased: next of kin are told by post, by a person");
        return;
    }
    notice->locale = pick_locale(deciding, index);
    take_rungs(deciding, notice, audience);
    if (notice->count == 0)
        return;
    missing = missing_need(deciding, notice, notice->channel);
    if (missing) {
        while (notice->count > 0)
            g_free(notice->endpoints[--notice->count]);
        leave_aside(notice, TOLD_QUARANTINED, "%s missing: the notice needs it", missing);
        notice->lacks = missing;
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
    if (answer == PERSON_UNREADABLE) {
        say_word(deciding, "deceased", deceased, N_("yes or no"), NULL);
        return "deceased is neither yes nor no: write one of the two";
    }
    if (!each_item(deciding, person_value(deciding->person, "compromised"), is_endpoint_column, NULL))
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

#define AGE_MAX 130 /* years; nobody was older than 122 */

/* A year of birth, or the number of a day that a spreadsheet wrote for a birthday, would make adults of children. */
static void settle_age(Person *person, PlanRemark *remark, void *user)
{
    int column = person_column(person->columns, "age");
    const char *cell = column < 0 ? "" : person->values[column];
    char *end;
    double age = g_ascii_strtod(cell, &end);
    g_autofree char *text = NULL;

    if (!*cell || *end || (age >= 0 && age <= AGE_MAX))
        return;
    text = g_strdup_printf(_("\"%.20s\" is no age in years, and counts as not known"), cell);
    if (remark)
        remark(person, "age", text, user);
    person->values[column] = "";
}

void plan_settle(const PlanRules *rules, Person *person, PlanSettled *settled, PlanRemark *remark, void *user)
{
    static const char *const columns[PLAN_PHONES] = {"phone", "guardian_phone"};

    for (size_t i = 0; i < person->columns->count && !person->problem; i++)
        if ((int)i != person->columns->id && is_invisible(person->values[i]))
            person->values[i] = ""; /* "Dear  ," is no way to begin */
    if (!person->problem)
        settle_age(person, remark, user);
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

static void leave_undecided(PlanNotice *notice, const char *unknown)
{
    leave_aside(notice, TOLD_QUARANTINED, "%s missing: it decides who gets what", unknown);
    notice->lacks = unknown;
    notice->is_undecided = true;
}

/* Everybody has the first audience that fits, or may fit, and those behind it that say `also`. */
static ConditionValue fits(const Audience *audience, const Person *person, bool *has_audience, const char **unknown)
{
    ConditionValue value = CONDITION_TRUE;

    if (*has_audience && !audience->also)
        return CONDITION_FALSE;
    if (audience->match)
        value = condition_evaluate(audience->match, look_up, (void *)person, unknown);
    *has_audience = *has_audience || value != CONDITION_FALSE;
    return value;
}

bool plan_is_contact(const Playbook *playbook, const Person *person)
{
    bool has_audience = false;

    for (guint i = 0; i < playbook->audiences->len; i++) {
        const Audience *audience = g_ptr_array_index(playbook->audiences, i);

        if (fits(audience, person, &has_audience, NULL) == CONDITION_TRUE &&
            audience->capacity == CAPACITY_ORGANIZATION)
            return true;
    }
    return false;
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
        ConditionValue value = fits(audience, person, &has_audience, &unknown);

        if (value == CONDITION_TRUE)
            decide_notice(&deciding, i);
        else if (value == CONDITION_UNKNOWN)
            leave_undecided(add_notice(&deciding, i), unknown);
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
