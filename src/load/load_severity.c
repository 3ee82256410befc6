#include "load/load_severity.h"

#include <stddef.h>

#include "base/clock.h"
#include "base/language.h"
#include "load/law_file.h"
#include "load/load_regime_private.h"
#include "load/yaml.h"

#define STAGE LAW_FILE_STAGE
#define KIND  "severity"

static const char *const units[] = {"people", "cny", "duration", "percent", "count", NULL}; /* as SeverityUnit */
static const char *const levels[] = {"confirmed", "secondary", "memory", NULL};             /* as RegimeConfidence */

typedef struct ThresholdDraft {
    int level, confidence;
    char *least;
} ThresholdDraft;

static const SchemaField threshold_fields[] = {
    {"level", SCHEMA_INTEGER, STAGE, .is_required = true, .offset = offsetof(ThresholdDraft, level), .minimum = 1,
     .maximum = SEVERITY_LEVEL_MOST},
    {"least", SCHEMA_TEXT, STAGE, .is_required = true, .offset = offsetof(ThresholdDraft, least),
     .hint = N_("least: \"1000000\", or PT6H")},
    {"confidence", SCHEMA_CHOICE, STAGE, .offset = offsetof(ThresholdDraft, confidence), .words = levels},
    {.key = NULL},
};
static const SchemaTable threshold_table = {N_("a threshold"), STAGE, threshold_fields, NULL};

typedef struct CriterionDraft {
    SeverityCriterion *criterion;
    GPtrArray *drafts; /* of ThresholdDraft * */
    int unit;
} CriterionDraft;

static void draft_free(void *draft)
{
    g_free(((ThresholdDraft *)draft)->least);
    g_free(draft);
}

static void add_threshold(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    ThresholdDraft *draft = g_new0(ThresholdDraft, 1);

    (void)field;
    draft->confidence = REGIME_MEMORY;
    schema_check(check, &threshold_table, value, draft);
    g_ptr_array_add(*(GPtrArray **)target, draft);
}

static void set_criterion_id(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    load_regime_id(check, field, value, &((CriterionDraft *)target)->criterion->id);
}

static void set_variable(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    load_regime_id(check, field, value, &((CriterionDraft *)target)->criterion->variable);
}

static void set_text(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    SeverityCriterion *criterion = ((CriterionDraft *)target)->criterion;
    LocaleText *text = schema_locale_text(check, field->stage, value, true);

    if (!text)
        return;
    locale_text_free(criterion->text);
    criterion->text = text;
}

static const SchemaField criterion_fields[] = {
    {"id", SCHEMA_CUSTOM, STAGE, .is_required = true, .set = set_criterion_id, .hint = "id: people"},
    {"text", SCHEMA_CUSTOM, STAGE, .is_required = true, .set = set_text, .hint = N_("text: what is measured")},
    {"variable", SCHEMA_CUSTOM, STAGE, .is_required = true, .set = set_variable, .hint = "variable: affected"},
    {"unit", SCHEMA_CHOICE, STAGE, .is_required = true, .offset = offsetof(CriterionDraft, unit), .words = units,
     .hint = N_("unit: people, cny, duration, percent or count")},
    {"thresholds", SCHEMA_LIST, STAGE, .is_required = true, .offset = offsetof(CriterionDraft, drafts),
     .set = add_threshold, .hint = N_("thresholds: the numbers of the levels")},
    {.key = NULL},
};
static const SchemaTable criterion_table = {N_("a criterion"), STAGE, criterion_fields, NULL};

static bool read_least(const char *text, SeverityUnit unit, int64_t *least)
{
    guint64 number;

    if (unit == SEVERITY_DURATION)
        return clock_parse_duration(text, least) && *least > 0;
    if (!g_ascii_string_to_unsigned(text, 10, 1, unit == SEVERITY_PERCENT ? 100 : G_MAXINT64, &number, NULL))
        return false;
    *least = (int64_t)number;
    return true;
}

static int by_level(const void *a, const void *b)
{
    return ((const SeverityThreshold *)b)->level - ((const SeverityThreshold *)a)->level;
}

/* The thresholds as numbers, the highest level first, and each level with a higher number than the one below it:
 * another order would let a smaller incident be a worse one. */
static void finish_thresholds(const SchemaCheck *check, const YamlNode *value, const CriterionDraft *draft)
{
    SeverityCriterion *criterion = draft->criterion;
    GArray *thresholds = criterion->thresholds;
    const char *name = criterion->id ? criterion->id : "";

    for (guint i = 0; i < draft->drafts->len; i++) {
        const ThresholdDraft *read = g_ptr_array_index(draft->drafts, i);
        SeverityThreshold threshold = {.level = read->level, .confidence = (RegimeConfidence)read->confidence};

        if (!read->least || read->level == 0)
            continue; /* reported */
        if (read_least(read->least, criterion->unit, &threshold.least))
            g_array_append_val(thresholds, threshold);
        else
            schema_report(check, STAGE, SCHEMA_WRONG_VALUE, value->at,
                          "least of level %d of %s is no %s: write a whole number such as \"1000000\", or PT6H where "
                          "unit is duration",
                          read->level, name, units[criterion->unit]);
    }
    g_array_sort(thresholds, by_level);
    for (guint i = 1; i < thresholds->len; i++) {
        const SeverityThreshold *above = &g_array_index(thresholds, SeverityThreshold, i - 1);
        const SeverityThreshold *below = &g_array_index(thresholds, SeverityThreshold, i);

        if (above->level == below->level || above->least <= below->least)
            schema_report(
                check, STAGE, SCHEMA_WRONG_VALUE, value->at,
                "the thresholds of %s do not rise with the level: each level must be there once, with a higher "
                "number than the level below it",
                name);
    }
}

static void add_criterion(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    CriterionDraft draft = {.criterion = g_new0(SeverityCriterion, 1),
                            .drafts = g_ptr_array_new_with_free_func(draft_free)};
    SeverityCriterion *criterion = draft.criterion;

    (void)field;
    criterion->thresholds = g_array_new(FALSE, FALSE, sizeof(SeverityThreshold));
    criterion->at = value->at;
    schema_check(check, &criterion_table, value, &draft);
    criterion->unit = (SeverityUnit)draft.unit;
    finish_thresholds(check, value, &draft);
    g_ptr_array_unref(draft.drafts);
    if (criterion->id && criterion->text && criterion->variable && criterion->thresholds->len > 0)
        g_ptr_array_add(*(GPtrArray **)target, criterion);
    else
        severity_criterion_free(criterion);
}

/* Levels --------------------------------------------------------------------------------------------------------- */

typedef struct LevelDraft {
    LocaleText *name, *meaning, *clause;
    int level, confidence;
} LevelDraft;

static const SchemaField level_fields[] = {
    {"level", SCHEMA_INTEGER, STAGE, .is_required = true, .offset = offsetof(LevelDraft, level), .minimum = 1,
     .maximum = SEVERITY_LEVEL_MOST},
    {"name", SCHEMA_LOCALE_TEXT, STAGE, .is_required = true, .is_one_line = true, .offset = offsetof(LevelDraft, name),
     .hint = N_("name: what the law calls it")},
    {"meaning", SCHEMA_LOCALE_TEXT, STAGE, .is_one_line = true, .offset = offsetof(LevelDraft, meaning)},
    {"clause", SCHEMA_LOCALE_TEXT, STAGE, .offset = offsetof(LevelDraft, clause)},
    {"confidence", SCHEMA_CHOICE, STAGE, .offset = offsetof(LevelDraft, confidence), .words = levels},
    {.key = NULL},
};
static const SchemaTable level_table = {N_("a level"), STAGE, level_fields, NULL};

static void add_level(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    LevelDraft draft = {.confidence = REGIME_MEMORY};
    SeverityLevel *level = g_new0(SeverityLevel, 1);

    (void)field;
    schema_check(check, &level_table, value, &draft);
    *level = (SeverityLevel){.level = draft.level,
                             .name = draft.name,
                             .meaning = draft.meaning,
                             .clause = draft.clause,
                             .confidence = (RegimeConfidence)draft.confidence,
                             .at = value->at};
    if (level->level > 0 && level->name)
        g_ptr_array_add(*(GPtrArray **)target, level);
    else
        severity_level_free(level);
}

static int by_height(const void *a, const void *b)
{
    return (*(const SeverityLevel *const *)b)->level - (*(const SeverityLevel *const *)a)->level;
}

/* The file -------------------------------------------------------------------------------------------------------- */

static void set_confidence(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    SeverityScale *scale = target;

    load_regime_confidence(check, field, value, &scale->confidence, &scale->confidence_note);
}

static const SchemaField fields[] = {
    LAW_FILE_FIELDS(SeverityScale),
    {"name", SCHEMA_LOCALE_TEXT, STAGE, .is_required = true, .offset = offsetof(SeverityScale, name)},
    {"citation", SCHEMA_LOCALE_TEXT, STAGE, .is_required = true, .offset = offsetof(SeverityScale, citation),
     .hint = N_("citation: where the levels are written")},
    {"rule", SCHEMA_LOCALE_TEXT, STAGE, .offset = offsetof(SeverityScale, rule)},
    {"effective_from", SCHEMA_CUSTOM, STAGE, .offset = offsetof(SeverityScale, effective_from), .set = law_file_day},
    {"effective_to", SCHEMA_CUSTOM, STAGE, .offset = offsetof(SeverityScale, effective_to), .set = law_file_day},
    {"report_from", SCHEMA_INTEGER, STAGE, .offset = offsetof(SeverityScale, report_from), .minimum = 1,
     .maximum = SEVERITY_LEVEL_MOST},
    {"clause_variable", SCHEMA_CUSTOM, STAGE, .offset = offsetof(SeverityScale, clause_variable),
     .set = load_regime_id},
    {"confidence", SCHEMA_CUSTOM, STAGE, .is_required = true, .set = set_confidence,
     .hint = N_("confidence: confirmed, secondary or memory")},
    {"sources", SCHEMA_LIST, STAGE, .offset = offsetof(SeverityScale, sources), .set = law_file_texts},
    {"levels", SCHEMA_LIST, STAGE, .is_required = true, .offset = offsetof(SeverityScale, levels), .set = add_level,
     .hint = N_("levels: at least one")},
    {"criteria", SCHEMA_LIST, STAGE, .offset = offsetof(SeverityScale, criteria), .set = add_criterion},
    {.key = NULL},
};
static const SchemaTable table = {N_("the scale"), STAGE, fields, NULL};

static void check_levels(const SchemaCheck *check, const SeverityScale *scale)
{
    for (guint i = 1; i < scale->levels->len; i++) {
        const SeverityLevel *level = g_ptr_array_index(scale->levels, i);

        if (level->level == ((const SeverityLevel *)g_ptr_array_index(scale->levels, i - 1))->level)
            findings_error(check->findings, STAGE, "law-twice", level->at, "level %d is there twice: remove one",
                           level->level);
    }
    for (guint i = 0; i < scale->criteria->len; i++) {
        const SeverityCriterion *criterion = g_ptr_array_index(scale->criteria, i);

        for (guint k = 0; k < criterion->thresholds->len; k++) {
            int level = g_array_index(criterion->thresholds, SeverityThreshold, k).level;

            if (!severity_level(scale, level))
                schema_report(check, STAGE, SCHEMA_WRONG_VALUE, criterion->at,
                              "%s has a threshold for level %d, which is not among levels: add it there", criterion->id,
                              level);
        }
    }
}

SeverityScale *load_severity_file(const char *path, Findings *findings)
{
    g_autoptr(YamlNode) root = yaml_load(path, STAGE, findings);
    const SchemaCheck check = {.findings = findings, .ids = law_file_ids};
    g_autoptr(SeverityScale) scale = NULL;

    if (!root)
        return NULL;
    scale = severity_scale_new();
    scale->at = position_make(path, 0, 0);
    schema_check(&check, &table, root, scale);
    if (root->kind != YAML_NODE_MAP || !scale->id || !scale->name || scale->levels->len == 0)
        return NULL; /* reported */
    law_file_check_id(&check, root, scale->id, path);
    g_ptr_array_sort(scale->levels, by_height);
    check_levels(&check, scale);
    return g_steal_pointer(&scale);
}

SeverityScale *load_severity(const char *id, Position at, const char *folder, const char *data, Findings *findings)
{
    g_autofree char *path = law_file_path(KIND, id, at, folder, data, findings);

    return path ? load_severity_file(path, findings) : NULL;
}

char **load_severity_names(const char *folder, const char *data)
{
    return law_file_names(KIND, folder, data);
}
