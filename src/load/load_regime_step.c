#include <stddef.h>
#include <string.h>

#include "base/clock.h"
#include "base/language.h"
#include "load/load_regime_private.h"

#define STAGE      LAW_FILE_STAGE
#define AMOUNT_MAX 3660

static const char *const counts[] = {"none", "hours", "calendar", "business", "months", NULL}; /* as RegimeCount */
static const char *const day_ones[] = {"exclusive", "inclusive", NULL};
static const char *const rolls[] = {"none", "next_working_day", "noon_next_working_day", "unknown",
                                    NULL};                                          /* RegimeRoll */
static const char *const group_rules[] = {"earliest", "late_classification", NULL}; /* as RegimeGroupRule */
static const char *const levels[] = {"confirmed", "secondary", "memory", NULL};     /* as RegimeConfidence */

/* What a step is read into before it becomes one: enums as ints. */
typedef struct Draft {
    RegimeStep *step;
    LoadRegimeSure sure;
    int count, day_one, roll, group_rule;
    LocaleText *name, *authority, *when, *late, *note;
    char *to, *standard, *calendar, *reference;
    bool repeats, is_latest, is_soft, is_instead;
} Draft;

void load_regime_id(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    const char *text = schema_scalar(check, field->stage, value, N_("a name"));
    g_autofree char *shown = text ? schema_shown(text) : NULL;
    char **slot = target;

    if (text && law_file_step_id(text)) {
        g_free(*slot);
        *slot = g_strdup(text);
    } else if (text) {
        schema_report(check, field->stage, SCHEMA_WRONG_VALUE, value->at,
                      "%s cannot be \"%s\": expected a name of a-z, 0-9, _ and hyphens, at most 64 characters",
                      field->key, shown);
    }
}

static const SchemaField sure_fields[] = {
    {"level", SCHEMA_CHOICE, STAGE, .is_required = true, .offset = offsetof(LoadRegimeSure, level), .words = levels,
     .hint = N_("level: confirmed, secondary or memory")},
    {"note", SCHEMA_LOCALE_TEXT, STAGE, .offset = offsetof(LoadRegimeSure, note)},
    {.key = NULL},
};
static const SchemaTable sure_table = {"confidence", STAGE, sure_fields, NULL};

void load_regime_sure(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    static const SchemaField word = {"confidence", SCHEMA_CHOICE, STAGE, .offset = offsetof(LoadRegimeSure, level),
                                     .words = levels};

    (void)field;
    if (value->kind == YAML_NODE_SCALAR)
        schema_value(check, &word, value, target);
    else
        schema_check(check, &sure_table, value, target);
}

void load_regime_confidence(const SchemaCheck *check, const SchemaField *field, const YamlNode *value,
                            RegimeConfidence *confidence, LocaleText **note)
{
    LoadRegimeSure sure = {.level = REGIME_MEMORY};

    load_regime_sure(check, field, value, &sure);
    *confidence = (RegimeConfidence)sure.level;
    locale_text_free(*note);
    *note = sure.note;
}

void load_regime_condition(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, char **text,
                           Condition **condition)
{
    const char *given = schema_scalar(check, field->stage, value, N_("a condition such as \"affected >= 500\""));
    g_autoptr(GError) error = NULL;
    Condition *parsed;
    size_t offset = 0;

    if (!given)
        return;
    parsed = condition_parse(given, &offset, &error);
    if (!parsed) {
        schema_report(check, field->stage, SCHEMA_WRONG_VALUE, yaml_character_at(value, offset), "%s: %s", field->key,
                      error->message);
        return;
    }
    condition_free(*condition);
    g_free(*text);
    *condition = parsed;
    *text = g_strdup(given);
}

static void set_cond(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    RegimeStep *step = ((Draft *)target)->step;

    load_regime_condition(check, field, value, &step->cond_text, &step->cond);
}

static void set_double(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    RegimeStep *step = ((Draft *)target)->step;

    load_regime_condition(check, field, value, &step->double_if_text, &step->double_if);
}

/* Digits behind "P" up to the unit, which must end the text. */
static bool read_amount(const char *text, const char *unit, int64_t *amount)
{
    size_t digits = text[0] == 'P' ? strspn(text + 1, "0123456789") : 0;

    if (digits == 0 || digits > 4 || strcmp(text + 1 + digits, unit) != 0)
        return false;
    *amount = g_ascii_strtoll(text + 1, NULL, 10);
    return *amount >= 1 && *amount <= AMOUNT_MAX;
}

bool load_regime_due(const char *text, RegimeCount *count, int64_t *due)
{
    static const struct {
        const char *unit;
        RegimeCount count;
    } units[] = {{"D", REGIME_COUNT_CALENDAR}, {"BD", REGIME_COUNT_BUSINESS}, {"M", REGIME_COUNT_MONTHS}};
    int64_t amount;

    for (size_t i = 0; i < G_N_ELEMENTS(units); i++)
        if (read_amount(text, units[i].unit, &amount)) {
            *count = units[i].count;
            *due = amount;
            return true;
        }
    if (!g_str_has_prefix(text, "PT") || !clock_parse_duration(text, &amount) || amount < CLOCK_SECOND)
        return false;
    *count = REGIME_COUNT_HOURS;
    *due = amount;
    return true;
}

static void set_due(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    const char *text = schema_scalar(check, field->stage, value, N_("a time limit such as PT72H"));
    g_autofree char *shown = text ? schema_shown(text) : NULL;
    RegimeStep *step = ((Draft *)target)->step;
    RegimeCount count;
    int64_t due;

    if (!text)
        return;
    if (!load_regime_due(text, &count, &due)) {
        schema_report(
            check, field->stage, SCHEMA_WRONG_VALUE, value->at,
            "due cannot be \"%s\": write PT72H for hours, P30D for days, P4BD for working days, P1M for months, "
            "or null where the law gives no number",
            shown);
        return;
    }
    step->due = due;
    step->count = count;
    g_free(step->due_text);
    step->due_text = g_strdup(text);
}

void load_regime_from(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    static const struct {
        const char *prefix;
        RegimeFromKind kind;
    } prefixes[] = {{"submission:", REGIME_FROM_SUBMISSION}, {"deadline:", REGIME_FROM_DEADLINE}};
    const char *text = schema_scalar(check, field->stage, value, N_("an anchor such as awareness"));
    g_autofree char *shown = text ? schema_shown(text) : NULL;
    RegimeFrom *from = target;
    RegimeFromKind kind = REGIME_FROM_ANCHOR;
    const char *name = text;

    for (size_t i = 0; text && i < G_N_ELEMENTS(prefixes); i++)
        if (g_str_has_prefix(text, prefixes[i].prefix)) {
            kind = prefixes[i].kind;
            name = text + strlen(prefixes[i].prefix);
        }
    if (!text)
        return;
    if (!law_file_step_id(name)) {
        schema_report(check, field->stage, SCHEMA_WRONG_VALUE, value->at,
                      "%s cannot be \"%s\": write an anchor such as awareness, submission:STEP, deadline:STEP or "
                      "deadline:any",
                      field->key, shown);
        return;
    }
    g_free(from->name);
    if (kind == REGIME_FROM_DEADLINE && strcmp(name, "any") == 0)
        *from = (RegimeFrom){.kind = REGIME_FROM_ANY};
    else
        *from = (RegimeFrom){.kind = kind, .name = g_strdup(name)};
}

static void set_from(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    load_regime_from(check, field, value, &((Draft *)target)->step->from);
}

static void set_group(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    load_regime_id(check, field, value, &((Draft *)target)->step->group);
}

static void set_id(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    load_regime_id(check, field, value, &((Draft *)target)->step->id);
}

static void set_denied(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    law_file_words(check, field, value, &((Draft *)target)->step->roll_denied);
}

static void set_done_by(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    law_file_words(check, field, value, &((Draft *)target)->step->done_by);
}

static const SchemaField reading_fields[] = {
    {"id", SCHEMA_CUSTOM, STAGE, .is_required = true, .offset = offsetof(RegimeReading, id), .set = load_regime_id},
    {"from", SCHEMA_CUSTOM, STAGE, .is_required = true, .offset = offsetof(RegimeReading, from),
     .set = load_regime_from, .hint = N_("from: the anchor from which this reading counts")},
    {"text", SCHEMA_LOCALE_TEXT, STAGE, .is_required = true, .offset = offsetof(RegimeReading, text),
     .hint = N_("text: who reads it so, and why")},
    {.key = NULL},
};
static const SchemaTable reading_table = {N_("a reading"), STAGE, reading_fields, NULL};

static void add_reading(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    RegimeStep *step = ((Draft *)target)->step;
    RegimeReading *reading = g_new0(RegimeReading, 1);

    (void)field;
    schema_check(check, &reading_table, value, reading);
    if (reading->id && (reading->from.name || reading->from.kind == REGIME_FROM_ANY))
        g_ptr_array_add(step->readings, reading);
    else
        regime_reading_free(reading);
}

static const SchemaField step_fields[] = {
    {"id", SCHEMA_CUSTOM, STAGE, .is_required = true, .set = set_id, .hint = "id: authority_72h"},
    {"name", SCHEMA_LOCALE_TEXT, STAGE, .is_required = true, .offset = offsetof(Draft, name),
     .hint = N_("name: what is to be done")},
    {"to", SCHEMA_TEXT, STAGE, .is_required = true, .offset = offsetof(Draft, to), .hint = "to: regulator"},
    {"authority", SCHEMA_LOCALE_TEXT, STAGE, .offset = offsetof(Draft, authority), .is_one_line = true},
    {"due", SCHEMA_CUSTOM, STAGE, .set = set_due},
    {"standard", SCHEMA_TEXT, STAGE, .offset = offsetof(Draft, standard)},
    {"from", SCHEMA_CUSTOM, STAGE, .is_required = true, .set = set_from, .hint = "from: awareness"},
    {"count", SCHEMA_CHOICE, STAGE, .offset = offsetof(Draft, count), .words = counts},
    {"day_one", SCHEMA_CHOICE, STAGE, .offset = offsetof(Draft, day_one), .words = day_ones},
    {"roll", SCHEMA_CHOICE, STAGE, .offset = offsetof(Draft, roll), .words = rolls},
    {"roll_denied", SCHEMA_CUSTOM, STAGE, .set = set_denied},
    {"calendar", SCHEMA_NAME, STAGE, .offset = offsetof(Draft, calendar)},
    {"when", SCHEMA_LOCALE_TEXT, STAGE, .offset = offsetof(Draft, when)},
    {"cond", SCHEMA_CUSTOM, STAGE, .set = set_cond},
    {"done_by", SCHEMA_CUSTOM, STAGE, .set = set_done_by},
    {"double_if", SCHEMA_CUSTOM, STAGE, .set = set_double},
    {"group", SCHEMA_CUSTOM, STAGE, .set = set_group},
    {"group_rule", SCHEMA_CHOICE, STAGE, .offset = offsetof(Draft, group_rule), .words = group_rules},
    {"repeat", SCHEMA_BOOL, STAGE, .offset = offsetof(Draft, repeats)},
    {"latest", SCHEMA_BOOL, STAGE, .offset = offsetof(Draft, is_latest)},
    {"soft", SCHEMA_BOOL, STAGE, .offset = offsetof(Draft, is_soft)},
    {"instead", SCHEMA_BOOL, STAGE, .offset = offsetof(Draft, is_instead)},
    {"late", SCHEMA_LOCALE_TEXT, STAGE, .offset = offsetof(Draft, late)},
    {"note", SCHEMA_LOCALE_TEXT, STAGE, .offset = offsetof(Draft, note)},
    {"readings", SCHEMA_LIST, STAGE, .set = add_reading},
    {"reference", SCHEMA_TEXT, STAGE, .offset = offsetof(Draft, reference)},
    {"confidence", SCHEMA_CUSTOM, STAGE, .is_required = true, .offset = offsetof(Draft, sure), .set = load_regime_sure,
     .hint = N_("confidence: confirmed, secondary or memory")},
    {.key = NULL},
};
static const SchemaTable step_table = {N_("a step"), STAGE, step_fields, NULL};

static void free_reading(void *reading)
{
    regime_reading_free(reading);
}

static void finish(const Draft *draft)
{
    RegimeStep *step = draft->step;

    step->name = draft->name;
    step->to = draft->to;
    step->authority = draft->authority;
    step->standard = draft->standard && strcmp(draft->standard, "none") != 0 ? draft->standard : NULL;
    if (!step->standard)
        g_free(draft->standard);
    step->is_inclusive = draft->day_one == 1;
    step->roll = (RegimeRoll)draft->roll;
    step->calendar = draft->calendar;
    step->when = draft->when;
    step->group_rule = (RegimeGroupRule)draft->group_rule;
    step->repeats = draft->repeats;
    step->is_latest = draft->is_latest;
    step->is_soft = draft->is_soft;
    step->is_instead = draft->is_instead;
    step->late = draft->late;
    step->note = draft->note;
    step->reference = draft->reference;
    step->confidence = (RegimeConfidence)draft->sure.level;
    step->confidence_note = draft->sure.note;
}

/* Whether it is one of the words: what is none of them has been reported. */
static bool is_count(const YamlNode *count)
{
    return count->kind == YAML_NODE_SCALAR && g_strv_contains(counts, count->text);
}

/* What `count` says must be what `due` says: two spellings of one rule that differ would be two rules. */
static void check_count(const SchemaCheck *check, const YamlNode *value, const Draft *draft)
{
    const YamlNode *count = yaml_get(value, "count");
    const YamlNode *due = yaml_get(value, "due");

    if (!due || schema_is_nothing(due)) {
        if (count && draft->count != REGIME_COUNT_NONE)
            schema_report(check, STAGE, SCHEMA_WRONG_VALUE, count->at,
                          "count is %s, but there is no due: write due, or count: none", counts[draft->count]);
    } else if (!count) {
        schema_report(check, STAGE, SCHEMA_MISSING_KEY, due->at,
                      "a step with a due needs count: hours, calendar, business or months");
    } else if (draft->step->due_text && draft->count != (int)draft->step->count && is_count(count)) {
        schema_report(check, STAGE, SCHEMA_WRONG_VALUE, count->at,
                      "count is %s, but due %s is counted as %s: one is wrong", counts[draft->count],
                      draft->step->due_text, counts[draft->step->count]);
    }
}

void load_regime_step(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    Draft draft = {.step = g_new0(RegimeStep, 1), .sure = {.level = REGIME_MEMORY}};
    GPtrArray **steps = target;

    (void)field;
    draft.step->at = value->at;
    draft.step->readings = g_ptr_array_new_with_free_func(free_reading);
    schema_check(check, &step_table, value, &draft);
    finish(&draft);
    if (value->kind == YAML_NODE_MAP)
        check_count(check, value, &draft);
    if (draft.step->id && draft.step->name && draft.step->to &&
        (draft.step->from.name || draft.step->from.kind == REGIME_FROM_ANY))
        g_ptr_array_add(*steps, draft.step);
    else
        regime_step_free(draft.step);
}
