#include "model/report_form.h"

#include <string.h>

static const char *const kinds[] = {"text", "time", "count", "choice", "choices", NULL}; /* as ReportFieldKind */
static const char *const stages[] = {"initial", "followup", "final"};                    /* as ReportStage */

static void section_free(gpointer data)
{
    ReportSection *section = data;

    g_free(section->id);
    locale_text_free(section->title);
    g_free(section);
}

void report_choice_free(ReportChoice *choice)
{
    if (!choice)
        return;
    g_free(choice->id);
    locale_text_free(choice->text);
    g_strfreev(choice->of);
    g_free(choice);
}

ReportFormField *report_form_field_new(void)
{
    ReportFormField *field = g_new0(ReportFormField, 1);

    field->choices = g_ptr_array_new_with_free_func((GDestroyNotify)report_choice_free);
    return field;
}

void report_form_field_free(ReportFormField *field)
{
    if (!field)
        return;
    if (field->field)
        regime_field_free(field->field);
    g_free(field->section);
    g_ptr_array_unref(field->choices);
    g_free(field);
}

static void field_free(gpointer data)
{
    report_form_field_free(data);
}

ReportForm *report_form_new(void)
{
    ReportForm *form = g_new0(ReportForm, 1);

    form->sections = g_ptr_array_new_with_free_func(section_free);
    form->fields = g_ptr_array_new_with_free_func(field_free);
    form->sources = g_ptr_array_new_with_free_func(g_free);
    return form;
}

void report_form_free(ReportForm *form)
{
    if (!form)
        return;
    for (guint i = 0; form->borrows_fields && i < form->fields->len; i++)
        ((ReportFormField *)g_ptr_array_index(form->fields, i))->field = NULL;
    g_ptr_array_unref(form->fields);
    g_ptr_array_unref(form->sections);
    g_ptr_array_unref(form->sources);
    g_free(form->id);
    g_free(form->regime);
    g_strfreev(form->steps);
    locale_text_free(form->name);
    g_free(form->version);
    locale_text_free(form->note);
    g_free(form->language);
    locale_text_free(form->call);
    locale_text_free(form->opening);
    locale_text_free(form->closing);
    g_free(form);
}

ReportForm *report_form_of_regime(const Regime *regime)
{
    ReportForm *form = report_form_new();

    form->id = g_strdup(regime->id);
    form->regime = g_strdup(regime->id);
    form->borrows_fields = true;
    form->is_unverified = regime_step_is_unverified(regime, NULL);
    form->at = regime->at;
    for (guint i = 0; i < regime->regulator_fields->len; i++) {
        ReportFormField *field = report_form_field_new();

        field->field = g_ptr_array_index(regime->regulator_fields, i);
        g_ptr_array_add(form->fields, field);
    }
    return form;
}

bool report_form_serves(const ReportForm *form, const char *step)
{
    return !form->steps || g_strv_contains((const char *const *)form->steps, step);
}

const ReportSection *report_form_section(const ReportForm *form, const char *id)
{
    for (guint i = 0; i < form->sections->len; i++) {
        const ReportSection *section = g_ptr_array_index(form->sections, i);

        if (strcmp(section->id, id) == 0)
            return section;
    }
    return NULL;
}

static bool is_choice(const ReportChoice *choice, const char *value)
{
    g_autofree const char **locales = locale_text_locales(choice->text);

    if (strcmp(choice->id, value) == 0 || (choice->of && g_strv_contains((const char *const *)choice->of, value)))
        return true;
    for (const char **locale = locales; *locale; locale++)
        if (strcmp(locale_text_get(choice->text, *locale), value) == 0)
            return true;
    return locale_text_is_plain(choice->text) && g_strcmp0(locale_text_get(choice->text, "en"), value) == 0;
}

const ReportChoice *report_form_choice(const ReportFormField *field, const char *value)
{
    for (guint i = 0; i < field->choices->len; i++)
        if (is_choice(g_ptr_array_index(field->choices, i), value))
            return g_ptr_array_index(field->choices, i);
    return NULL;
}

const char *report_form_language(const ReportForm *form, const Regime *regime)
{
    static const char *const languages[][2] = {{"CN", "zh-CN"}, {"TW", "zh-TW"}};

    if (form->language)
        return form->language;
    for (size_t i = 0; i < G_N_ELEMENTS(languages); i++)
        if (g_strcmp0(regime->jurisdiction, languages[i][0]) == 0)
            return languages[i][1];
    return "en";
}

const char *report_field_kind_name(ReportFieldKind kind)
{
    return kinds[kind];
}

const char *const *report_field_kind_names(void)
{
    return kinds;
}

const char *report_stage_name(ReportStage stage)
{
    return stages[stage];
}

bool report_stage_parse(const char *name, ReportStage *stage)
{
    for (size_t i = 0; i < G_N_ELEMENTS(stages); i++)
        if (strcmp(stages[i], name) == 0) {
            *stage = (ReportStage)i;
            return true;
        }
    return false;
}

ReportStage report_stage_of(const RegimeStep *step, bool was_filed)
{
    static const char *const ends[] = {"handling_end", "response_end", NULL};
    static const char *const later[] = {"supplement", "followup", "phases", "update", NULL};
    const char *from = step->from.name;

    if (g_str_has_prefix(step->id, "final") || (from && g_strv_contains(ends, from)))
        return REPORT_FINAL;
    if (was_filed || step->from.kind == REGIME_FROM_SUBMISSION || g_strcmp0(from, "info_available") == 0 ||
        g_strv_contains(later, step->id))
        return REPORT_FOLLOWUP;
    return REPORT_INITIAL;
}

/* A field names its stages by a step, a group, or a word of a step's id ("early" of early_24h). */
static bool names_step(const RegimeField *field, const RegimeStep *step)
{
    g_auto(GStrv) words = g_strsplit(step->id, "_", -1);
    const char *const *named = (const char *const *)field->stage;

    if (g_strv_contains(named, step->id) || (step->group && g_strv_contains(named, step->group)))
        return true;
    for (char **word = words; *word; word++)
        if (g_strv_contains(named, *word))
            return true;
    return false;
}

static bool some_names_step(const ReportForm *form, const RegimeStep *step)
{
    for (guint i = 0; i < form->fields->len; i++) {
        const RegimeField *field = ((const ReportFormField *)g_ptr_array_index(form->fields, i))->field;

        if (field->stage && names_step(field, step))
            return true;
    }
    return false;
}

/* Whether one stage of a field belongs to this kind of report. What the first report asks for is in every later one but
 * the last; a stage that is called after another step belongs to that one. */
static bool fits(const char *named, const Regime *regime, ReportStage stage)
{
    ReportStage its;

    if (report_stage_parse(named, &its))
        return its == stage || (its == REPORT_INITIAL && stage == REPORT_FOLLOWUP);
    return stage != REPORT_FINAL && !regime_step(regime, named);
}

static bool fits_stage(const RegimeField *field, const Regime *regime, ReportStage stage)
{
    for (char **named = field->stage; *named; named++)
        if (fits(*named, regime, stage))
            return true;
    return false;
}

bool report_form_asks(const ReportForm *form, const ReportFormField *asked, const Regime *regime,
                      const RegimeStep *step, ReportStage stage)
{
    const RegimeField *field = asked->field;

    if (!field->stage)
        return true;
    if (report_stage_of(step, false) == stage && some_names_step(form, step))
        return names_step(field, step);
    return fits_stage(field, regime, stage);
}

bool report_form_has_phases(const Regime *regime)
{
    for (guint i = 0; i < regime->steps->len; i++)
        if (report_stage_of(g_ptr_array_index(regime->steps, i), false) == REPORT_FOLLOWUP)
            return true;
    for (guint i = 0; i < regime->regulator_fields->len; i++)
        if (((const RegimeField *)g_ptr_array_index(regime->regulator_fields, i))->may_defer)
            return true;
    return false;
}
