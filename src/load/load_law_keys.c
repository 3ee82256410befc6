#include "load/load_law_keys.h"

#include <stddef.h>
#include <string.h>

#include "base/language.h"
#include "base/text.h"
#include "load/law_file.h"
#include "model/playbook.h"
#include "model/region.h"

static const char *const roles[] = {"controller", "joint", "processor", NULL};

/* Names, of anchors and variables, are those of conditions. */
static bool is_law_name(const SchemaCheck *check, FindingStage stage, const YamlEntry *entry)
{
    size_t length = strlen(entry->key);
    g_autofree char *shown = schema_shown(entry->key);

    if (length <= 64 && g_ascii_islower(entry->key[0]) &&
        strspn(entry->key, "abcdefghijklmnopqrstuvwxyz0123456789_") == length)
        return true;
    schema_report(check, stage, SCHEMA_WRONG_VALUE, entry->at,
                  "\"%s\" is no name here: use a-z, 0-9 and _, a letter first, as in awareness", shown);
    return false;
}

/* Anchors -------------------------------------------------------------------------------------------------------- */

static void set_time(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    const SchemaField moment = {field->key, SCHEMA_MOMENT, field->stage, .hint = "2026-11-21T22:10+08:00"};
    RegimeTime *time = target;

    time->is_day = value->kind == YAML_NODE_SCALAR && civil_day_parse(value->text, &time->day);
    if (!time->is_day)
        schema_value(check, &moment, value, &time->moment);
}

static const SchemaField anchor_fields[] = {
    {"at", SCHEMA_CUSTOM, FINDING_REPORT, .is_required = true, .offset = offsetof(LawAnchor, time), .set = set_time,
     .hint = N_("at: 2026-11-21T22:10+08:00, or a day alone where days are counted")},
    {"by", SCHEMA_TEXT, FINDING_REPORT, .offset = offsetof(LawAnchor, by)},
    {"reason", SCHEMA_TEXT, FINDING_REPORT, .offset = offsetof(LawAnchor, reason)},
    {.key = NULL},
};
static const SchemaTable anchor_table = {N_("an anchor"), FINDING_REPORT, anchor_fields, NULL};

static void add_anchor(const SchemaCheck *check, FindingStage stage, const YamlEntry *entry, void *target)
{
    const SchemaField time = {entry->key, SCHEMA_CUSTOM, FINDING_REPORT, .set = set_time};
    LawAnchor *anchor;

    if (!is_law_name(check, stage, entry) || entry->value->is_refused)
        return;
    anchor = g_new0(LawAnchor, 1);
    anchor->name = g_strdup(entry->key);
    anchor->at = entry->value->at;
    g_ptr_array_add(*(GPtrArray **)target, anchor);
    if (entry->value->kind == YAML_NODE_MAP)
        schema_check(check, &anchor_table, entry->value, anchor);
    else
        schema_value(check, &time, entry->value, &anchor->time);
    if (!anchor->time.is_day && !anchor->time.moment.known)
        g_ptr_array_remove(*(GPtrArray **)target, anchor); /* reported */
}

static const SchemaField no_fields[] = {{.key = NULL}};
static const SchemaTable anchors_table = {"anchors", FINDING_REPORT, no_fields, add_anchor};

static void set_anchors(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    (void)field;
    schema_check(check, &anchors_table, value, target);
}

void load_law_anchors(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    set_anchors(check, field, value, &((Playbook *)target)->law->anchors);
}

/* Variables ------------------------------------------------------------------------------------------------------ */

static void set_word(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    const char *text = schema_scalar(check, field->stage, value, N_("a value such as true, high or 2000000"));

    if (!text)
        return;
    g_free(*(char **)target);
    *(char **)target = g_strdup(text);
}

static void set_count(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    const SchemaField count = {field->key, SCHEMA_COUNT, field->stage, .maximum = INT64_C(1000000000000)};
    int64_t number = -1;

    schema_value(check, &count, value, &number);
    if (number < 0)
        return;
    g_free(*(char **)target);
    *(char **)target = g_strdup_printf("%" G_GINT64_FORMAT, number);
}

static const SchemaField range_fields[] = {
    {"lower", SCHEMA_CUSTOM, FINDING_REPORT, .offset = offsetof(LawVariable, lower), .set = set_count},
    {"likely", SCHEMA_CUSTOM, FINDING_REPORT, .offset = offsetof(LawVariable, likely), .set = set_count},
    {"upper", SCHEMA_CUSTOM, FINDING_REPORT, .offset = offsetof(LawVariable, upper), .set = set_count},
    {.key = NULL},
};
static const SchemaTable range_table = {N_("a range of a variable"), FINDING_REPORT, range_fields, NULL};

static int64_t number_of(const char *text, int64_t missing)
{
    return text ? g_ascii_strtoll(text, NULL, 10) : missing;
}

static void set_range(const SchemaCheck *check, FindingStage stage, const YamlNode *value, LawVariable *variable)
{
    int64_t lower, likely;

    schema_check(check, &range_table, value, variable);
    lower = number_of(variable->lower, 0);
    likely = number_of(variable->likely, lower);
    if (lower > likely || likely > number_of(variable->upper, INT64_MAX))
        schema_report(check, stage, SCHEMA_WRONG_VALUE, value->at, "%s: lower, likely and upper must not decrease",
                      variable->name);
}

static void add_variable(const SchemaCheck *check, FindingStage stage, const YamlEntry *entry, void *target)
{
    const SchemaField word = {entry->key, SCHEMA_CUSTOM, FINDING_REPORT, .set = set_word};
    LawVariable *variable;

    if (!is_law_name(check, stage, entry) || entry->value->is_refused || schema_is_nothing(entry->value))
        return; /* one that is left empty is not known */
    if (schema_is_to_fill(check, stage, entry->key, entry->value))
        return; /* nor is this: the mark would be compared as if it were a value */
    variable = g_new0(LawVariable, 1);
    variable->name = g_strdup(entry->key);
    variable->at = entry->value->at;
    g_ptr_array_add(*(GPtrArray **)target, variable);
    if (entry->value->kind == YAML_NODE_MAP) {
        set_range(check, stage, entry->value, variable);
        return;
    }
    schema_value(check, &word, entry->value, &variable->likely);
    variable->lower = g_strdup(variable->likely);
    variable->upper = g_strdup(variable->likely);
}

static const SchemaTable variables_table = {"variables", FINDING_REPORT, no_fields, add_variable};

static void set_variables(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    (void)field;
    schema_check(check, &variables_table, value, target);
}

void load_law_variables(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    set_variables(check, field, value, &((Playbook *)target)->law->variables);
}

/* Regimes -------------------------------------------------------------------------------------------------------- */

static void set_people(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    const char *text = schema_scalar(check, field->stage, value, N_("a condition such as \"region == 'DE'\""));
    LawRegime *regime = target;
    g_autoptr(GError) error = NULL;
    size_t offset = 0;

    if (!text)
        return;
    regime->people_text = g_strdup(text);
    regime->people = condition_parse(text, &offset, &error);
    if (!regime->people)
        schema_report(check, field->stage, SCHEMA_WRONG_VALUE, yaml_character_at(value, offset), "people: %s",
                      error->message);
}

static void set_zone(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    LawRegime *regime = target;

    law_file_zone(check, field, value, &regime->zone, &regime->zone_name);
}

static const SchemaField regime_fields[] = {
    {"id", SCHEMA_NAME, FINDING_REPORT, .is_required = true, .offset = offsetof(LawRegime, id), .hint = "id: eu-gdpr"},
    {"people", SCHEMA_CUSTOM, FINDING_REPORT, .set = set_people, .hint = "people: \"region == 'DE'\""},
    {"zone", SCHEMA_CUSTOM, FINDING_REPORT, .set = set_zone, .hint = "zone: Europe/Berlin"},
    {"calendar", SCHEMA_NAME, FINDING_REPORT, .offset = offsetof(LawRegime, calendar)},
    {"role", SCHEMA_WORD, FINDING_REPORT, .offset = offsetof(LawRegime, role), .words = roles},
    {"anchors", SCHEMA_CUSTOM, FINDING_REPORT, .offset = offsetof(LawRegime, anchors), .set = set_anchors},
    {"variables", SCHEMA_CUSTOM, FINDING_REPORT, .offset = offsetof(LawRegime, variables), .set = set_variables},
    {.key = NULL},
};
static const SchemaTable regime_table = {N_("a regime"), FINDING_REPORT, regime_fields, NULL};

void load_law_add_regime(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    static const SchemaField name = {"regime", SCHEMA_NAME, FINDING_REPORT, .hint = "regimes: [cn-pipl, eu-gdpr]"};
    GPtrArray *regimes = ((Playbook *)target)->law->regimes;
    LawRegime *regime = law_regime_new();

    regime->at = value->at;
    if (value->kind == YAML_NODE_MAP)
        schema_check(check, &regime_table, value, regime);
    else
        schema_value(check, &name, value, &regime->id);
    if (regime->id && law_regime(((Playbook *)target)->law, regime->id))
        schema_report(check, field->stage, SCHEMA_WRONG_VALUE, value->at, "regimes has %s twice: remove one",
                      regime->id);
    else if (regime->id) {
        g_ptr_array_add(regimes, regime);
        return;
    }
    law_regime_free(regime);
}

/* Organization --------------------------------------------------------------------------------------------------- */

void load_law_data_region(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    const char *text = schema_scalar(check, field->stage, value, N_("a region such as cn"));
    g_autofree char *shown = text ? schema_shown(text) : NULL;
    char *region = text ? region_normalize(text) : NULL;

    if (text && !region)
        schema_report(check, field->stage, SCHEMA_WRONG_VALUE, value->at,
                      "\"%s\" is no region: write a short code such as cn, eu or us-ca", shown);
    if (!region)
        return;
    g_free(*(char **)target);
    *(char **)target = region;
}

static const SchemaField dpo_fields[] = {
    {"name", SCHEMA_TEXT, FINDING_REPORT, .offset = offsetof(Organization, dpo_name)},
    {"email", SCHEMA_EMAIL, FINDING_REPORT, .offset = offsetof(Organization, dpo_email)},
    {"phone", SCHEMA_TEXT, FINDING_REPORT, .offset = offsetof(Organization, dpo_phone)},
    {.key = NULL},
};
const SchemaTable load_law_dpo = {"organization.dpo", FINDING_REPORT, dpo_fields, NULL};
