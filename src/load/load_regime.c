#include "load/load_regime.h"

#include <stddef.h>
#include <string.h>

#include "base/language.h"
#include "load/law_file.h"
#include "load/load_regime_private.h"
#include "load/yaml.h"

#define STAGE LAW_FILE_STAGE
#define KIND  "regimes"

static const char *const statuses[] = {"in_force", "in_force_by_national_law", "voluntary", "not_in_force", NULL};
static const char *const computations[] = {"plain",          "eu-1182-71",        "cn-civil-code",
                                           "us-sec-form-8k", "dora-rts-2025-301", NULL}; /* as RegimeComputation */
static const char *const levels[] = {"confirmed", "secondary", "memory", NULL};          /* as RegimeConfidence */

static void set_zone(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    Regime *regime = target;

    law_file_zone(check, field, value, &regime->zone, &regime->zone_name);
}

static void set_confidence(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    Regime *regime = target;

    load_regime_confidence(check, field, value, &regime->confidence, &regime->confidence_note);
}

static void set_individuals_due(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    const char *text = schema_scalar(check, field->stage, value, N_("a time limit such as P30D"));
    g_autofree char *shown = text ? schema_shown(text) : NULL;
    char **slot = target;
    RegimeCount count;
    int64_t due;

    if (text && load_regime_due(text, &count, &due)) {
        g_free(*slot);
        *slot = g_strdup(text);
    } else if (text) {
        schema_report(check, field->stage, SCHEMA_WRONG_VALUE, value->at,
                      "due cannot be \"%s\": write PT72H, P30D, P4BD or P1M, or null where the law gives no number",
                      shown);
    }
}

static const SchemaField individuals_fields[] = {
    {"due", SCHEMA_CUSTOM, STAGE, .offset = offsetof(Regime, individuals_due), .set = set_individuals_due},
    {"standard", SCHEMA_TEXT, STAGE, .offset = offsetof(Regime, individuals_standard)},
    {"from", SCHEMA_CUSTOM, STAGE, .offset = offsetof(Regime, individuals_from), .set = load_regime_id},
    {.key = NULL},
};
static const SchemaTable individuals_table = {"individuals", STAGE, individuals_fields, NULL};

static const SchemaField delay_fields[] = {
    {"id", SCHEMA_CUSTOM, STAGE, .is_required = true, .offset = offsetof(RegimeDelay, id), .set = load_regime_id},
    {"ground", SCHEMA_LOCALE_TEXT, STAGE, .is_required = true, .offset = offsetof(RegimeDelay, ground),
     .hint = N_("ground: who may ask for it, and why")},
    {"longest", SCHEMA_CUSTOM, STAGE, .offset = offsetof(RegimeDelay, longest), .set = set_individuals_due},
    {"confidence", SCHEMA_CHOICE, STAGE, .offset = offsetof(RegimeDelay, confidence), .words = levels},
    {.key = NULL},
};
static const SchemaTable delay_table = {N_("a lawful delay"), STAGE, delay_fields, NULL};

static void add_delay(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    RegimeDelay *delay = g_new0(RegimeDelay, 1);
    GPtrArray **delays = target;

    (void)field;
    delay->confidence = REGIME_MEMORY;
    schema_check(check, &delay_table, value, delay);
    if (delay->id && delay->ground)
        g_ptr_array_add(*delays, delay);
    else
        regime_delay_free(delay);
}

/* Shown only, so the condition is kept as text; it is held to the rules of all others. */
static void set_forwarding_cond(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    g_autoptr(Condition) condition = NULL;

    load_regime_condition(check, field, value, target, &condition);
}

static const SchemaField forwarding_fields[] = {
    {"by", SCHEMA_LOCALE_TEXT, STAGE, .is_required = true, .offset = offsetof(RegimeForwarding, by)},
    {"to", SCHEMA_LOCALE_TEXT, STAGE, .is_required = true, .offset = offsetof(RegimeForwarding, to)},
    {"due", SCHEMA_CUSTOM, STAGE, .offset = offsetof(RegimeForwarding, due), .set = set_individuals_due},
    {"form", SCHEMA_TEXT, STAGE, .offset = offsetof(RegimeForwarding, form)},
    {"cond", SCHEMA_CUSTOM, STAGE, .offset = offsetof(RegimeForwarding, cond_text), .set = set_forwarding_cond},
    {"confidence", SCHEMA_CHOICE, STAGE, .offset = offsetof(RegimeForwarding, confidence), .words = levels},
    {.key = NULL},
};
static const SchemaTable forwarding_table = {"forwarding", STAGE, forwarding_fields, NULL};

static void add_forwarding(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    RegimeForwarding *forwarding = g_new0(RegimeForwarding, 1);
    GPtrArray **all = target;

    (void)field;
    forwarding->confidence = REGIME_MEMORY;
    schema_check(check, &forwarding_table, value, forwarding);
    g_ptr_array_add(*all, forwarding);
}

static const SchemaField name_fields[] = {
    {"id", SCHEMA_CUSTOM, STAGE, .is_required = true, .offset = offsetof(RegimeName, id), .set = load_regime_id},
    {"text", SCHEMA_LOCALE_TEXT, STAGE, .is_required = true, .offset = offsetof(RegimeName, text),
     .hint = N_("text: what it means")},
    {.key = NULL},
};
static const SchemaTable name_table = {N_("a name"), STAGE, name_fields, NULL};

static void add_name(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    RegimeName *name = g_new0(RegimeName, 1);
    GPtrArray **names = target;

    (void)field;
    schema_check(check, &name_table, value, name);
    if (name->id && name->text)
        g_ptr_array_add(*names, name);
    else
        regime_name_free(name);
}

#define TEXT_ROW(key, member)                                                                                          \
    {                                                                                                                  \
        key, SCHEMA_LOCALE_TEXT, STAGE, .offset = offsetof(Regime, member)                                             \
    }
#define LIST_ROW(key, member, setter)                                                                                  \
    {                                                                                                                  \
        key, SCHEMA_LIST, STAGE, .offset = offsetof(Regime, member), .set = (setter)                                   \
    }

static const SchemaField fields[] = {
    LAW_FILE_FIELDS(Regime),
    {"name", SCHEMA_LOCALE_TEXT, STAGE, .is_required = true, .offset = offsetof(Regime, name)},
    {"jurisdiction", SCHEMA_TEXT, STAGE, .is_required = true, .offset = offsetof(Regime, jurisdiction),
     .hint = N_("jurisdiction: EU, or contract")},
    {"status", SCHEMA_CHOICE, STAGE, .is_required = true, .offset = offsetof(Regime, status), .words = statuses,
     .hint = "status: in_force"},
    {"enabled", SCHEMA_BOOL, STAGE, .is_required = true, .offset = offsetof(Regime, is_enabled),
     .hint = "enabled: true"},
    {"effective_from", SCHEMA_CUSTOM, STAGE, .offset = offsetof(Regime, effective_from), .set = law_file_day},
    {"effective_to", SCHEMA_CUSTOM, STAGE, .offset = offsetof(Regime, effective_to), .set = law_file_day},
    {"citation", SCHEMA_LOCALE_TEXT, STAGE, .is_required = true, .offset = offsetof(Regime, citation),
     .hint = N_("citation: where the rule is written")},
    TEXT_ROW("authority", authority),
    TEXT_ROW("channel", channel),
    TEXT_ROW("trigger", trigger),
    TEXT_ROW("sector", sector),
    TEXT_ROW("pending", pending),
    {"thresholds", SCHEMA_LOCALE_TEXTS, STAGE, .offset = offsetof(Regime, thresholds)},
    {"clock_starts", SCHEMA_CUSTOM, STAGE, .is_required = true, .offset = offsetof(Regime, clock_starts),
     .set = load_regime_id, .hint = "clock_starts: awareness"},
    {"zone", SCHEMA_CUSTOM, STAGE, .is_required = true, .set = set_zone, .hint = "zone: Europe/Brussels"},
    {"calendar", SCHEMA_NAME, STAGE, .offset = offsetof(Regime, calendar)},
    {"computation", SCHEMA_CHOICE, STAGE, .offset = offsetof(Regime, computation), .words = computations},
    {"severity_scale", SCHEMA_NAME, STAGE, .offset = offsetof(Regime, severity_scale)},
    {"confidence", SCHEMA_CUSTOM, STAGE, .is_required = true, .set = set_confidence,
     .hint = N_("confidence: confirmed, secondary or memory")},
    LIST_ROW("sources", sources, law_file_texts),
    {"individuals", SCHEMA_MAP, STAGE, .table = &individuals_table},
    TEXT_ROW("substitute_notice", substitute_notice),
    TEXT_ROW("waiver", waiver),
    TEXT_ROW("language", language),
    TEXT_ROW("records", records),
    TEXT_ROW("notes", notes),
    TEXT_ROW("delays", delays),
    LIST_ROW("lawful_delay", lawful_delay, add_delay),
    LIST_ROW("forwarding", forwarding, add_forwarding),
    {"notice_channels", SCHEMA_CUSTOM, STAGE, .offset = offsetof(Regime, notice_channels), .set = law_file_words},
    {"substitute_channels", SCHEMA_CUSTOM, STAGE, .offset = offsetof(Regime, substitute_channels),
     .set = law_file_words},
    {"notice_languages", SCHEMA_CUSTOM, STAGE, .offset = offsetof(Regime, notice_languages), .set = law_file_words},
    {"minors_under", SCHEMA_INTEGER, STAGE, .offset = offsetof(Regime, minors_under), .minimum = 1,
     .maximum = REGIME_MINORS_MOST},
    LIST_ROW("anchors", anchors, add_name),
    LIST_ROW("variables", variables, add_name),
    {"steps", SCHEMA_LIST, STAGE, .is_required = true, .offset = offsetof(Regime, steps), .set = load_regime_step,
     .hint = N_("steps: at least one")},
    LIST_ROW("regulator_fields", regulator_fields, load_regime_regulator_field),
    LIST_ROW("notice_fields", notice_fields, load_regime_notice_field),
    {.key = NULL},
};
static const SchemaTable table = {N_("the regime"), STAGE, fields, NULL};

Regime *load_regime_file(const char *path, Findings *findings)
{
    g_autoptr(YamlNode) root = yaml_load(path, STAGE, findings);
    g_autofree char *parent = g_path_get_dirname(path);
    g_autofree char *folder = g_canonicalize_filename(parent, NULL);
    const SchemaCheck check = {.findings = findings, .ids = law_file_ids, .folder = folder};
    Regime *regime;

    if (!root)
        return NULL;
    regime = regime_new();
    regime->at = position_make(path, 0, 0);
    schema_check(&check, &table, root, regime);
    if (root->kind == YAML_NODE_MAP)
        load_regime_check(&check, regime, root);
    if (!regime->id || !regime->zone || !regime->clock_starts ||
        !regime->name) { /* reported; without these nothing works */
        regime_free(regime);
        return NULL;
    }
    return regime;
}

Regime *load_regime(const char *id, Position at, const char *folder, const char *data, Findings *findings)
{
    g_autofree char *path = law_file_path(KIND, id, at, folder, data, findings);
    size_t errors = findings_errors(findings, STAGE);
    Regime *regime = path ? load_regime_file(path, findings) : NULL;

    if (regime && strcmp(regime->id, id) != 0 && findings_errors(findings, STAGE) == errors)
        findings_error(findings, STAGE, "law-file-id", position_make(path, 0, 0),
                       "the id must be the name of the file: write id: %s, or rename the file", id);
    return regime;
}

char **load_regime_names(const char *folder, const char *data)
{
    return law_file_names(KIND, folder, data);
}
