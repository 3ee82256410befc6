#include "load/load_audience.h"

#include <stddef.h>
#include <string.h>

#include "base/clock.h"
#include "base/language.h"
#include "load/load_escalation.h"
#include "load/load_facts.h"
#include "load/load_gateway_private.h"
#include "model/organization_lists.h"
#include "model/plan.h"
#include "model/plan_endpoint.h"
#include "model/region.h"

static const char *const capacities[] = {"self", "guardian", "organization", NULL}; /* as Capacity */
static const char *const controllers[] = {"us", "customer", "joint", NULL};         /* as Controller */

static void set_match(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    const char *text = schema_scalar(check, field->stage, value, N_("a condition such as \"age < 14\""));
    Audience *audience = target;
    g_autoptr(GError) error = NULL;
    size_t offset = 0;

    if (!text)
        return;
    audience->match_at = value->at;
    audience->match_text = g_strdup(text);
    audience->match = condition_parse(text, &offset, &error);
    if (!audience->match)
        schema_report(check, field->stage, SCHEMA_WRONG_VALUE, yaml_character_at(value, offset), "match: %s",
                      error->message);
}

static void add_rung(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    const SchemaField channel = {"channel", SCHEMA_WORD, FINDING_SEND, .words = plan_channels()};
    GPtrArray *ladder = *(GPtrArray **)target;
    g_autofree char *rung = NULL;

    schema_value(check, &channel, value, &rung);
    if (rung && g_ptr_array_find_with_equal_func(ladder, rung, g_str_equal, NULL))
        schema_report(check, field->stage, SCHEMA_WRONG_VALUE, value->at,
                      "channel %s stands in this ladder twice: remove one", rung);
    else if (rung)
        g_ptr_array_add(ladder, g_steal_pointer(&rung));
}

/* The ids of the playbook's regimes whose notice it is; [] for none. */
static void set_regimes(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    const SchemaField name = {.key = "regimes", .type = SCHEMA_NAME, .stage = field->stage};
    Audience *audience = target;

    if (value->kind != YAML_NODE_LIST) {
        schema_report(check, field->stage, SCHEMA_WRONG_TYPE, value->at,
                      "regimes: expected a list of the playbook's regimes, as in [eu-gdpr], or []");
        return;
    }
    if (!audience->regimes)
        audience->regimes = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < value->items->len; i++) {
        char *id = NULL;

        schema_value(check, &name, g_ptr_array_index(value->items, i), &id);
        if (id)
            g_ptr_array_add(audience->regimes, id);
    }
}

/* Words of their own --------------------------------------------------------------------------------------------- */

static const SchemaField measures_fields[] = {
    {"taken", SCHEMA_LOCALE_TEXTS, FINDING_SEND, .offset = offsetof(Playbook, measures_taken)},
    {"planned", SCHEMA_LOCALE_TEXTS, FINDING_SEND, .offset = offsetof(Playbook, measures_planned)},
    {.key = NULL},
};
static const SchemaTable measures_table = {"measures", FINDING_SEND, measures_fields, NULL};

void load_audience_own(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, Playbook **own)
{
    static const SchemaField rows[] = {
        {"facts", SCHEMA_MAP, FINDING_SEND, .table = &load_facts_own_table},
        {"impact", SCHEMA_LOCALE_TEXTS, FINDING_SEND, .offset = offsetof(Playbook, impact)},
        {"measures", SCHEMA_MAP, FINDING_SEND, .table = &measures_table},
        {"advice", SCHEMA_LOCALE_TEXTS, FINDING_SEND, .offset = offsetof(Playbook, advice)},
        {"remedies", SCHEMA_LOCALE_TEXTS, FINDING_SEND, .offset = offsetof(Playbook, remedies)},
    };

    if (!*own)
        *own = playbook_new();
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        if (strcmp(rows[i].key, field->key) == 0)
            schema_value(check, &rows[i], value, *own);
}

static void set_own(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    load_audience_own(check, field, value, &((Audience *)target)->own);
}

/* Controllers ---------------------------------------------------------------------------------------------------- */

static bool is_date(const char *text)
{
    static const char shape[] = "dddd-dd-dd";
    int month, day;

    if (strlen(text) != strlen(shape))
        return false;
    for (size_t i = 0; shape[i]; i++)
        if (shape[i] == 'd' ? !g_ascii_isdigit(text[i]) : text[i] != shape[i])
            return false;
    month = (text[5] - '0') * 10 + text[6] - '0';
    day = (text[8] - '0') * 10 + text[9] - '0';
    return month >= 1 && month <= 12 &&
           g_date_valid_dmy((GDateDay)day, (GDateMonth)month, (GDateYear)g_ascii_strtoull(text, NULL, 10));
}

static void set_date(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    const char *text = schema_scalar(check, field->stage, value, N_("a date such as 2026-11-21"));
    g_autofree char *shown = text ? schema_shown(text) : NULL;

    if (text && is_date(text))
        ((Instruction *)target)->date = g_strdup(text);
    else if (text)
        schema_report(check, field->stage, SCHEMA_WRONG_VALUE, value->at,
                      "\"%s\" is no date: expected one such as 2026-11-21", shown);
}

static const SchemaField instruction_fields[] = {
    {"by", SCHEMA_TEXT, FINDING_SEND, .is_required = true, .offset = offsetof(Instruction, by),
     .hint = N_("by: who at the customer gave the instruction")},
    {"date", SCHEMA_CUSTOM, FINDING_SEND, .is_required = true, .set = set_date, .hint = "date: 2026-11-21"},
    {"evidence", SCHEMA_TEXT, FINDING_SEND, .is_required = true, .offset = offsetof(Instruction, evidence),
     .hint = N_("evidence: where the instruction is kept, such as a file or a ticket")},
    {.key = NULL},
};
static const SchemaTable instruction_table = {"instruction", FINDING_SEND, instruction_fields, NULL};

/* A processor tells the controller, and the controller's people only on the controller's order (GDPR art. 28(3)(a) and
 * 33(2), PIPL art. 21). */
static void check_instruction(const SchemaCheck *check, const Audience *audience, const YamlNode *item)
{
    bool is_given = yaml_get(item, "instruction") != NULL;

    if (audience->controller == CONTROLLER_CUSTOMER && audience->capacity != CAPACITY_ORGANIZATION && !is_given)
        findings_error(
            check->findings, FINDING_SEND, "audience-instruction", audience->at,
            "audience %s is a customer's people: writing to them needs instruction: {by, date, evidence}, or "
            "tell the customer instead, with capacity: organization",
            audience->id);
    if (audience->controller == CONTROLLER_US && is_given)
        schema_report(check, FINDING_SEND, SCHEMA_WRONG_VALUE, yaml_get(item, "instruction")->at,
                      "an instruction belongs to controller: customer or controller: joint");
}

/* Audiences ------------------------------------------------------------------------------------------------------ */

static const SchemaField audience_fields[] = {
    {"id", SCHEMA_NAME, FINDING_SEND, .is_required = true, .offset = offsetof(Audience, id)},
    {"match", SCHEMA_CUSTOM, FINDING_SEND, .set = set_match},
    {"template", SCHEMA_NAME, FINDING_SEND, .is_required = true, .offset = offsetof(Audience, template_name)},
    {"ladder", SCHEMA_LIST, FINDING_SEND, .is_required = true, .offset = offsetof(Audience, ladder), .set = add_rung,
     .hint = "ladder: [email]"},
    {"also", SCHEMA_BOOL, FINDING_SEND, .offset = offsetof(Audience, also)},
    {"capacity", SCHEMA_CHOICE, FINDING_SEND, .offset = offsetof(Audience, capacity), .words = capacities},
    {"controller", SCHEMA_CHOICE, FINDING_SEND, .offset = offsetof(Audience, controller), .words = controllers},
    {"instruction", SCHEMA_MAP, FINDING_SEND, .offset = offsetof(Audience, instruction), .table = &instruction_table},
    {"deadline", SCHEMA_MOMENT, FINDING_SEND, .offset = offsetof(Audience, deadline)},
    {"facts", SCHEMA_CUSTOM, FINDING_SEND, .set = set_own},
    {"impact", SCHEMA_CUSTOM, FINDING_SEND, .set = set_own},
    {"measures", SCHEMA_CUSTOM, FINDING_SEND, .set = set_own},
    {"advice", SCHEMA_CUSTOM, FINDING_SEND, .set = set_own},
    {"remedies", SCHEMA_CUSTOM, FINDING_SEND, .set = set_own},
    {"every", SCHEMA_BOOL, FINDING_SEND, .offset = offsetof(Audience, every)},
    {"regimes", SCHEMA_CUSTOM, FINDING_SEND, .set = set_regimes, .hint = "regimes: [eu-gdpr]"},
    {"order", SCHEMA_CUSTOM, FINDING_SEND, .set = load_escalation_order,
     .hint = N_("order: risk, or order: {by: COLUMN, first: highest}")},
    {.key = NULL},
};
static const SchemaTable audience_table = {"audience", FINDING_SEND, audience_fields, NULL};

static bool is_usable(const SchemaCheck *check, const Audience *audience, const YamlNode *item, const GPtrArray *others)
{
    if (!audience->id)
        return false;
    for (guint i = 0; i < others->len; i++) {
        const Audience *other = g_ptr_array_index(others, i);

        if (strcmp(other->id, audience->id) != 0)
            continue;
        schema_report(check, FINDING_SEND, SCHEMA_WRONG_VALUE, yaml_get(item, "id")->at,
                      "audience %s is there twice (also at line %d): give one of them another id", audience->id,
                      other->at.line);
        return false;
    }
    return audience->template_name && audience->ladder->len > 0;
}

/* A rung on which this capacity has no column can reach nobody. */
static void check_rungs(const SchemaCheck *check, const Audience *audience, const YamlNode *item)
{
    for (guint i = 0; i < audience->ladder->len; i++) {
        const PlanChannel *channel = plan_channel(g_ptr_array_index(audience->ladder, i));

        if (!plan_channel_column(channel, audience->capacity))
            schema_report(check, FINDING_SEND, SCHEMA_WRONG_VALUE, yaml_get(item, "ladder")->at,
                          "a guardian cannot be reached by %s: remove it from the ladder of audience %s", channel->name,
                          audience->id);
    }
}

void load_audience_add(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    GPtrArray *audiences = *(GPtrArray **)target;
    Audience *audience = audience_new();

    (void)field;
    audience->at = value->at;
    schema_check(check, &audience_table, value, audience);
    if (!is_usable(check, audience, value, audiences)) {
        audience_free(audience);
        return;
    }
    check_instruction(check, audience, value);
    check_rungs(check, audience, value);
    g_ptr_array_add(audiences, audience);
}

void load_audience_reach(const SchemaCheck *check, const Playbook *playbook)
{
    const Audience *everybody = NULL;

    if (playbook->audiences->len > PLAN_AUDIENCES_MAX) {
        const Audience *first = g_ptr_array_index(playbook->audiences, PLAN_AUDIENCES_MAX);

        findings_error(check->findings, FINDING_SEND, "playbook-value", first->at,
                       "there are %u audiences, and a playbook has %d at most: put some of them together",
                       playbook->audiences->len, PLAN_AUDIENCES_MAX);
    }
    for (guint i = 0; i < playbook->audiences->len; i++) {
        const Audience *audience = g_ptr_array_index(playbook->audiences, i);

        if (everybody && !audience->also)
            findings_warning(
                check->findings, FINDING_SEND, "playbook-audience-order", audience->at,
                "nobody falls into audience %s, for everybody matches %s before it: move it up, or add also: true",
                audience->id, everybody->id);
        if (!everybody && !audience->match_text)
            everybody = audience;
    }
}

static bool is_regime_of(const Playbook *playbook, const char *id)
{
    return law_regime(playbook->law, id) != NULL;
}

void load_audience_regimes(const SchemaCheck *check, const Playbook *playbook)
{
    for (guint i = 0; i < playbook->audiences->len; i++) {
        const Audience *audience = g_ptr_array_index(playbook->audiences, i);

        for (guint j = 0; audience->regimes && j < audience->regimes->len; j++)
            if (!is_regime_of(playbook, g_ptr_array_index(audience->regimes, j)))
                findings_error(check->findings, FINDING_SEND, "audience-regime", audience->at,
                               "audience %s names the regime %s, which the playbook does not have: add it to regimes, or "
                               "take it out",
                               audience->id, (const char *)g_ptr_array_index(audience->regimes, j));
    }
}

/* A day that has begun nowhere on earth yet: nobody can have given an order on it. */
static void check_day_given(const Audience *audience, int64_t now, Findings *findings)
{
    g_autofree char *latest = clock_format_utc(now + 14 * CLOCK_HOUR);

    if (audience->instruction.date && strncmp(audience->instruction.date, latest, strlen("2026-11-21")) > 0)
        findings_warning(findings, FINDING_SEND, "playbook-time-future", audience->at,
                         "audience %s: the instruction of %s lies in the future: mend its date", audience->id,
                         audience->instruction.date);
}

void load_audience_deadlines(const Playbook *playbook, int64_t now, Findings *findings)
{
    for (guint i = 0; i < playbook->audiences->len; i++) {
        const Audience *audience = g_ptr_array_index(playbook->audiences, i);
        g_autofree char *shown = audience->deadline.known ? moment_format_rfc3339(audience->deadline) : NULL;

        check_day_given(audience, now, findings);
        if (shown && audience->deadline.at < now)
            findings_warning(findings, FINDING_SEND, "audience-deadline", audience->at,
                             "audience %s was to be told by %s, which is over: send now, and note down why it is late",
                             audience->id, shown);
    }
}

/* Borders -------------------------------------------------------------------------------------------------------- */

static void add_region(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    const char *text = schema_scalar(check, field->stage, value, N_("a region such as cn or eu"));
    g_autofree char *region = text ? region_normalize(text) : NULL;
    g_autofree char *shown = text ? schema_shown(text) : NULL;
    GPtrArray *regions = target;

    if (region)
        g_ptr_array_add(regions, g_steal_pointer(&region));
    else if (text)
        schema_report(check, field->stage, SCHEMA_WRONG_VALUE, value->at,
                      "\"%s\" is no region: expected one such as cn or eu", shown);
}

static void set_pair(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    g_autoptr(GPtrArray) regions = g_ptr_array_new_with_free_func(g_free);
    CrossBorder *border = target;

    for (guint i = 0; value->kind == YAML_NODE_LIST && i < value->items->len; i++)
        add_region(check, field, g_ptr_array_index(value->items, i), regions);
    if (value->kind == YAML_NODE_LIST && value->items->len == 2 && regions->len == 2) {
        border->from = g_strdup(g_ptr_array_index(regions, 0));
        border->to = g_strdup(g_ptr_array_index(regions, 1));
    } else if (value->kind != YAML_NODE_LIST || value->items->len != 2)
        schema_report(check, field->stage, SCHEMA_WRONG_TYPE, value->at,
                      "pair: expected two regions, from where and to where, as in [eu, cn]");
}

static const SchemaField border_fields[] = {
    {"pair", SCHEMA_CUSTOM, FINDING_SEND, .is_required = true, .set = set_pair,
     .hint = N_("pair: [eu, cn], from where and to where")},
    {"basis", SCHEMA_TEXT, FINDING_SEND, .is_required = true, .offset = offsetof(CrossBorder, basis),
     .hint = N_("basis: what in the law allows it")},
    {"purpose", SCHEMA_TEXT, FINDING_SEND, .is_required = true, .offset = offsetof(CrossBorder, purpose),
     .hint = N_("purpose: what the data is sent for")},
    {"recipient", SCHEMA_TEXT, FINDING_SEND, .is_required = true, .offset = offsetof(CrossBorder, recipient),
     .hint = N_("recipient: who receives it there")},
    {"safeguards", SCHEMA_TEXT, FINDING_SEND, .is_required = true, .offset = offsetof(CrossBorder, safeguards),
     .hint = N_("safeguards: what protects it there")},
    {"risks", SCHEMA_TEXT, FINDING_SEND, .is_required = true, .offset = offsetof(CrossBorder, risks),
     .hint = N_("risks: what may happen to it there")},
    {"consent", SCHEMA_TEXT, FINDING_SEND, .offset = offsetof(CrossBorder, consent)},
    {.key = NULL},
};
static const SchemaTable border_table = {"cross_border", FINDING_SEND, border_fields, NULL};

static void add_border(const SchemaCheck *check, const YamlNode *value, Playbook *playbook)
{
    CrossBorder *border = g_new0(CrossBorder, 1);

    border->at = value->at;
    g_ptr_array_add(playbook->cross_border, border);
    schema_check(check, &border_table, value, border);
    if (!border->from) /* reported; it allows nothing */
        g_ptr_array_remove(playbook->cross_border, border);
}

void load_audience_border(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    (void)field;
    if (value->kind != YAML_NODE_LIST)
        add_border(check, value, target);
    for (guint i = 0; value->kind == YAML_NODE_LIST && i < value->items->len; i++)
        add_border(check, g_ptr_array_index(value->items, i), target);
}

/* Lists of organisations' own people ---------------------------------------------------------------------------- */

static const SchemaField lists_fields[] = {
    {"folder", SCHEMA_PATH, FINDING_SEND, .is_required = true, .offset = offsetof(OrganizationLists, folder),
     .hint = "folder: hand-over"},
    {"encrypt", SCHEMA_CUSTOM, FINDING_SEND, .is_required = true, .offset = offsetof(OrganizationLists, encrypt),
     .set = load_gateway_encrypt, .hint = N_("encrypt: {tool: age, recipient: age1…, name: who may read it}")},
    {.key = NULL},
};
static const SchemaTable lists_table = {"organization_lists", FINDING_SEND, lists_fields, NULL};

void load_audience_lists(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    Playbook *playbook = target;
    OrganizationLists *lists = g_new0(OrganizationLists, 1);

    lists->at = value->at;
    organization_lists_free(playbook->organization_lists);
    playbook->organization_lists = lists;
    schema_check(check, &lists_table, value, lists);
    if (lists->encrypt.recipient && lists->encrypt.tool == GATEWAY_ENCRYPT_NONE)
        schema_report(check, field->stage, SCHEMA_WRONG_VALUE, value->at,
                      "lists of people are written encrypted only: write tool: age or tool: openpgp");
}
