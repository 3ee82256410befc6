#include <stddef.h>
#include <string.h>

#include "base/language.h"
#include "load/load_regime_private.h"

#define STAGE    LAW_FILE_STAGE
#define ITEM_MAX 999

static const char *const needs[] = {"must", "if_known", "if", "optional", "guidance", NULL}; /* as RegimeNeed */

typedef struct Draft {
    RegimeField *field;
    LocaleText *text, *if_text;
    int item, need;
    char *source, *exact;
    bool may_defer, is_confidential;
} Draft;

static void set_id(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    load_regime_id(check, field, value, &((Draft *)target)->field->id);
}

static void set_cond(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    RegimeField *read = ((Draft *)target)->field;

    load_regime_condition(check, field, value, &read->cond_text, &read->cond);
}

static void set_stage(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    law_file_words(check, field, value, &((Draft *)target)->field->stage);
}

static void set_content(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    law_file_words(check, field, value, &((Draft *)target)->field->content);
}

#define COMMON_FIELDS                                                                                                  \
    {"id", SCHEMA_CUSTOM, STAGE, .is_required = true, .set = set_id, .hint = "id: cause"},                             \
        {"text",                                                                                                       \
         SCHEMA_LOCALE_TEXT,                                                                                           \
         STAGE,                                                                                                        \
         .is_required = true,                                                                                          \
         .offset = offsetof(Draft, text),                                                                              \
         .hint = N_("text: what it asks for")},                                                                        \
        {"item", SCHEMA_INTEGER, STAGE, .offset = offsetof(Draft, item), .minimum = 1, .maximum = ITEM_MAX},           \
        {"need",                                                                                                       \
         SCHEMA_CHOICE,                                                                                                \
         STAGE,                                                                                                        \
         .is_required = true,                                                                                          \
         .offset = offsetof(Draft, need),                                                                              \
         .words = needs,                                                                                               \
         .hint = N_("need: must, if_known, if, optional or guidance")},                                                \
        {"if", SCHEMA_LOCALE_TEXT, STAGE, .offset = offsetof(Draft, if_text)},                                         \
    {                                                                                                                  \
        "cond", SCHEMA_CUSTOM, STAGE, .set = set_cond                                                                  \
    }

static const SchemaField regulator_fields[] = {
    COMMON_FIELDS,
    {"stage", SCHEMA_CUSTOM, STAGE, .set = set_stage},
    {"defer", SCHEMA_BOOL, STAGE, .offset = offsetof(Draft, may_defer)},
    {"source", SCHEMA_TEXT, STAGE, .offset = offsetof(Draft, source)},
    {"confidential", SCHEMA_BOOL, STAGE, .offset = offsetof(Draft, is_confidential)},
    {.key = NULL},
};
static const SchemaTable regulator_table = {N_("a field of the report"), STAGE, regulator_fields, NULL};

static const SchemaField notice_fields[] = {
    COMMON_FIELDS,
    {"exact", SCHEMA_TEXT, STAGE, .offset = offsetof(Draft, exact)},
    {"content", SCHEMA_CUSTOM, STAGE, .set = set_content},
    {.key = NULL},
};
static const SchemaTable notice_table = {N_("a field of the notice"), STAGE, notice_fields, NULL};

static bool is_known(const GPtrArray *fields, const char *id)
{
    for (guint i = 0; i < fields->len; i++)
        if (strcmp(((const RegimeField *)g_ptr_array_index(fields, i))->id, id) == 0)
            return true;
    return false;
}

static void add(const SchemaCheck *check, const SchemaTable *table, const YamlNode *value, GPtrArray *fields)
{
    Draft draft = {.field = g_new0(RegimeField, 1)};
    RegimeField *field = draft.field;

    field->at = value->at;
    schema_check(check, table, value, &draft);
    field->text = draft.text;
    field->if_text = draft.if_text;
    field->item = draft.item;
    field->need = (RegimeNeed)draft.need;
    field->source = draft.source;
    field->exact = draft.exact;
    field->may_defer = draft.may_defer;
    field->is_confidential = draft.is_confidential;
    if (field->need == REGIME_NEED_IF && !field->if_text && !field->cond)
        schema_report(check, STAGE, SCHEMA_MISSING_KEY, value->at,
                      "need: if says nothing without its condition: add if: TEXT, or cond: CONDITION");
    if (field->id && is_known(fields, field->id))
        findings_error(check->findings, STAGE, "law-twice", value->at, "the field %s is there twice: rename one",
                       field->id);
    else if (field->id && field->text) {
        g_ptr_array_add(fields, field);
        return;
    }
    regime_field_free(field);
}

void load_regime_regulator_field(const SchemaCheck *check, const SchemaField *field, const YamlNode *value,
                                 void *target)
{
    (void)field;
    add(check, &regulator_table, value, *(GPtrArray **)target);
}

void load_regime_notice_field(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    (void)field;
    add(check, &notice_table, value, *(GPtrArray **)target);
}
