#include "load/load_form.h"

#include <stddef.h>
#include <string.h>

#include "base/language.h"
#include "load/law_file.h"
#include "load/load_regime_private.h"
#include "load/yaml.h"
#include "model/report_source.h"

#define STAGE LAW_FILE_STAGE
#define KIND  "forms" /* the folder */

/* Choices ---------------------------------------------------------------------------------------------------------- */

static const SchemaField choice_fields[] = {
    {"id", SCHEMA_CUSTOM, STAGE, .is_required = true, .offset = offsetof(ReportChoice, id), .set = load_regime_id},
    {"text", SCHEMA_LOCALE_TEXT, STAGE, .is_required = true, .offset = offsetof(ReportChoice, text)},
    {"of", SCHEMA_CUSTOM, STAGE, .offset = offsetof(ReportChoice, of), .set = law_file_words},
    {.key = NULL},
};
static const SchemaTable choice_table = {N_("a choice"), STAGE, choice_fields, NULL};

static void add_choice(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    GPtrArray *choices = *(GPtrArray **)target;
    ReportChoice *choice = g_new0(ReportChoice, 1);

    schema_check(check, &choice_table, value, choice);
    if (!choice->id || !choice->text) {
        report_choice_free(choice); /* reported */
        return;
    }
    for (guint i = 0; i < choices->len; i++)
        if (strcmp(((const ReportChoice *)g_ptr_array_index(choices, i))->id, choice->id) == 0)
            schema_report(check, field->stage, SCHEMA_WRONG_VALUE, value->at, "the choice %s is there twice",
                          choice->id);
    g_ptr_array_add(choices, choice);
}

/* Fields ----------------------------------------------------------------------------------------------------------- */

static void set_kind(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    const SchemaField choice = {field->key, SCHEMA_CHOICE, field->stage, .words = report_field_kind_names()};

    schema_value(check, &choice, value, target);
}

/* Keys that a field of a form has beside those of a regulator field of a regime. */
static const SchemaField own_fields[] = {
    {"section", SCHEMA_CUSTOM, STAGE, .offset = offsetof(ReportFormField, section), .set = load_regime_id},
    {"kind", SCHEMA_CUSTOM, STAGE, .offset = offsetof(ReportFormField, kind), .set = set_kind},
    {"choices", SCHEMA_LIST, STAGE, .is_required = false, .offset = offsetof(ReportFormField, choices),
     .set = add_choice},
    {.key = NULL},
};
static const SchemaTable own_table = {N_("a field of the form"), STAGE, own_fields, NULL};

static bool is_own(const char *key)
{
    for (const SchemaField *field = own_fields; field->key; field++)
        if (strcmp(field->key, key) == 0)
            return true;
    return false;
}

/* The entries of a map that are ours, or those that are not, as a map of their own, which borrows them. */
static YamlNode part_of(const YamlNode *map, bool own)
{
    YamlNode part = *map;

    part.entries = g_ptr_array_new();
    for (guint i = 0; i < map->entries->len; i++) {
        const YamlEntry *entry = g_ptr_array_index(map->entries, i);

        if (is_own(entry->key) == own)
            g_ptr_array_add(part.entries, (gpointer)entry);
    }
    return part;
}

static void check_choices(const SchemaCheck *check, const YamlNode *node, const ReportFormField *field)
{
    bool is_choice = field->kind == REPORT_CHOICE || field->kind == REPORT_CHOICES;

    if (is_choice && field->choices->len == 0)
        schema_report(check, STAGE, SCHEMA_MISSING_KEY, node->at, "a field of kind %s needs choices",
                      report_field_kind_name(field->kind));
    if (!is_choice && field->choices->len > 0)
        schema_report(check, STAGE, SCHEMA_WRONG_VALUE, node->at,
                      "choices belong to a field of kind choice or choices: this one is of kind %s",
                      report_field_kind_name(field->kind));
}

static void add_field(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    ReportForm *form = target;
    GPtrArray *read = g_ptr_array_new();
    ReportFormField *added;
    YamlNode theirs, ours;

    (void)field;
    if (value->kind != YAML_NODE_MAP) {
        schema_report(check, STAGE, SCHEMA_WRONG_TYPE, value->at, "a field of the form is a map: {id: …, text: …}");
        g_ptr_array_unref(read);
        return;
    }
    theirs = part_of(value, false);
    ours = part_of(value, true);
    for (guint i = 0; i < form->fields->len; i++) /* so that one that is there twice is found */
        g_ptr_array_add(read, ((ReportFormField *)g_ptr_array_index(form->fields, i))->field);
    load_regime_regulator_field(check, field, &theirs, &read);
    if (read->len > form->fields->len) {
        added = report_form_field_new();
        added->field = g_ptr_array_index(read, read->len - 1);
        schema_check(check, &own_table, &ours, added);
        check_choices(check, value, added);
        g_ptr_array_add(form->fields, added);
    }
    g_ptr_array_unref(theirs.entries);
    g_ptr_array_unref(ours.entries);
    g_ptr_array_unref(read);
}

/* The form --------------------------------------------------------------------------------------------------------- */

static const SchemaField section_fields[] = {
    {"id", SCHEMA_CUSTOM, STAGE, .is_required = true, .offset = offsetof(ReportSection, id), .set = load_regime_id},
    {"title", SCHEMA_LOCALE_TEXT, STAGE, .is_required = true, .is_one_line = true,
     .offset = offsetof(ReportSection, title)},
    {.key = NULL},
};
static const SchemaTable section_table = {N_("a section"), STAGE, section_fields, NULL};

static void add_section(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    ReportSection *section = g_new0(ReportSection, 1);

    (void)field;
    schema_check(check, &section_table, value, section);
    g_ptr_array_add(*(GPtrArray **)target, section);
}

static const SchemaField script_fields[] = {
    {"call", SCHEMA_LOCALE_TEXT, STAGE, .is_one_line = true, .offset = offsetof(ReportForm, call)},
    {"opening", SCHEMA_LOCALE_TEXT, STAGE, .is_required = true, .offset = offsetof(ReportForm, opening)},
    {"closing", SCHEMA_LOCALE_TEXT, STAGE, .is_required = true, .offset = offsetof(ReportForm, closing)},
    {.key = NULL},
};
static const SchemaTable script_table = {"script", STAGE, script_fields, NULL};

static const SchemaField form_fields[] = {
    LAW_FILE_FIELDS(ReportForm),
    {"regime", SCHEMA_NAME, STAGE, .is_required = true, .offset = offsetof(ReportForm, regime),
     .hint = "regime: eu-gdpr"},
    {"steps", SCHEMA_CUSTOM, STAGE, .offset = offsetof(ReportForm, steps), .set = law_file_words},
    {"name", SCHEMA_LOCALE_TEXT, STAGE, .is_required = true, .is_one_line = true, .offset = offsetof(ReportForm, name)},
    {"form_version", SCHEMA_TEXT, STAGE, .is_required = true, .offset = offsetof(ReportForm, version),
     .hint = "form_version: \"2026-10\""},
    {"draft", SCHEMA_BOOL, STAGE, .offset = offsetof(ReportForm, is_draft)},
    {"unverified", SCHEMA_BOOL, STAGE, .offset = offsetof(ReportForm, is_unverified)},
    {"note", SCHEMA_LOCALE_TEXT, STAGE, .offset = offsetof(ReportForm, note)},
    {"language", SCHEMA_LOCALE, STAGE, .offset = offsetof(ReportForm, language)},
    {"script", SCHEMA_MAP, STAGE, .table = &script_table},
    {"sections", SCHEMA_LIST, STAGE, .offset = offsetof(ReportForm, sections), .set = add_section},
    {"fields", SCHEMA_LIST, STAGE, .is_required = true, .set = add_field},
    {"sources", SCHEMA_LIST, STAGE, .offset = offsetof(ReportForm, sources), .set = law_file_texts},
    {.key = NULL},
};
static const SchemaTable form_table = {N_("a form"), STAGE, form_fields, NULL};

static void check_source(const SchemaCheck *check, const RegimeField *field)
{
    g_autofree char *unknown = NULL;
    g_autoptr(GPtrArray) uses = report_source_parse(field->source, &unknown);
    const char *nearest = unknown ? report_source_nearest(unknown) : NULL;

    if (!uses)
        findings_error(check->findings, STAGE, "law-unknown-name", field->at, "%s: there is no source \"%s\"%s%s",
                       field->id, unknown, nearest ? _(": did you mean ") : "", nearest ? nearest : "");
}

/* Whether every field's section is there, and its source. */
static void check_fields(const SchemaCheck *check, const ReportForm *form)
{
    for (guint i = 0; i < form->fields->len; i++) {
        const ReportFormField *field = g_ptr_array_index(form->fields, i);

        check_source(check, field->field);
        if (field->section && !report_form_section(form, field->section))
            schema_report(check, STAGE, SCHEMA_WRONG_VALUE, field->field->at,
                          "the field %s stands in section %s, which is not among the sections", field->field->id,
                          field->section);
    }
}

static void check_steps(const SchemaCheck *check, const YamlNode *root, const ReportForm *form)
{
    const YamlNode *steps = yaml_get(root, "steps");

    if (form->steps && !form->steps[0] && steps)
        schema_report(check, STAGE, SCHEMA_WRONG_VALUE, steps->at,
                      "steps is empty: name the steps of the regime, or remove the key for all of them");
}

ReportForm *load_form(const char *id, const char *folder, const char *data, Findings *findings)
{
    g_autofree char *path = law_file_path(KIND, id, position_make(NULL, 0, 0), folder, data, findings);
    g_autoptr(YamlNode) root = path ? yaml_load(path, STAGE, findings) : NULL;
    g_autofree char *parent = path ? g_path_get_dirname(path) : NULL;
    const SchemaCheck check = {.findings = findings, .ids = law_file_ids, .folder = parent};
    ReportForm *form;

    if (!root)
        return NULL;
    form = report_form_new();
    form->at = root->at;
    schema_check(&check, &form_table, root, form);
    if (root->kind == YAML_NODE_MAP) {
        law_file_check_id(&check, root, form->id, path);
        check_fields(&check, form);
        check_steps(&check, root, form);
    }
    if (form->id && form->regime && form->name)
        return form;
    report_form_free(form);
    return NULL;
}

char **load_form_names(const char *regime, const char *folder, const char *data)
{
    g_auto(GStrv) all = law_file_names(KIND, folder, data);
    g_autofree char *prefix = g_strconcat(regime, "-", NULL);
    GPtrArray *names = g_ptr_array_new();

    for (char **name = all; *name; name++)
        if (strcmp(*name, regime) == 0 || g_str_has_prefix(*name, prefix))
            g_ptr_array_add(names, g_strdup(*name));
    g_ptr_array_add(names, NULL);
    return (char **)g_ptr_array_free(names, FALSE);
}
