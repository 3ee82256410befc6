#include "base/language.h"
#include "model/regime.h"

#include <string.h>

static const char *const statuses[] = {"in_force", "in_force_by_national_law", "voluntary", "not_in_force"};
static const char *const confidences[] = {N_("confirmed"), N_("secondary"), N_("memory")};
static const char *const needs[] = {"must", "if_known", "if", "optional", "guidance"};

static GPtrArray *array_of(GDestroyNotify destroy)
{
    return g_ptr_array_new_with_free_func(destroy);
}

static void free_text(void *text)
{
    locale_text_free(text);
}

static void free_step(void *step)
{
    regime_step_free(step);
}

static void free_field(void *field)
{
    regime_field_free(field);
}

static void free_delay(void *delay)
{
    regime_delay_free(delay);
}

static void free_forwarding(void *forwarding)
{
    regime_forwarding_free(forwarding);
}

static void free_name(void *name)
{
    regime_name_free(name);
}

Regime *regime_new(void)
{
    Regime *regime = g_new0(Regime, 1);

    regime->effective_from = regime->effective_to = CIVIL_DAY_NONE;
    regime->confidence = REGIME_MEMORY;
    regime->thresholds = array_of(free_text);
    regime->sources = array_of(g_free);
    regime->lawful_delay = array_of(free_delay);
    regime->forwarding = array_of(free_forwarding);
    regime->steps = array_of(free_step);
    regime->regulator_fields = array_of(free_field);
    regime->notice_fields = array_of(free_field);
    regime->anchors = array_of(free_name);
    regime->variables = array_of(free_name);
    return regime;
}

void regime_reading_free(RegimeReading *reading)
{
    g_free(reading->id);
    g_free(reading->from.name);
    locale_text_free(reading->text);
    g_free(reading);
}

void regime_step_free(RegimeStep *step)
{
    locale_text_free(step->name);
    locale_text_free(step->when);
    locale_text_free(step->authority);
    locale_text_free(step->late);
    locale_text_free(step->note);
    locale_text_free(step->confidence_note);
    condition_free(step->cond);
    condition_free(step->double_if);
    g_clear_pointer(&step->readings, g_ptr_array_unref);
    g_strfreev(step->roll_denied);
    g_strfreev(step->done_by);
    g_free(step->id);
    g_free(step->to);
    g_free(step->due_text);
    g_free(step->standard);
    g_free(step->from.name);
    g_free(step->calendar);
    g_free(step->cond_text);
    g_free(step->double_if_text);
    g_free(step->group);
    g_free(step->reference);
    g_free(step);
}

void regime_field_free(RegimeField *field)
{
    locale_text_free(field->text);
    locale_text_free(field->if_text);
    condition_free(field->cond);
    g_strfreev(field->stage);
    g_strfreev(field->content);
    g_free(field->id);
    g_free(field->cond_text);
    g_free(field->source);
    g_free(field->exact);
    g_free(field);
}

void regime_delay_free(RegimeDelay *delay)
{
    g_free(delay->id);
    g_free(delay->longest);
    locale_text_free(delay->ground);
    g_free(delay);
}

void regime_forwarding_free(RegimeForwarding *forwarding)
{
    locale_text_free(forwarding->by);
    locale_text_free(forwarding->to);
    g_free(forwarding->due);
    g_free(forwarding->form);
    g_free(forwarding->cond_text);
    g_free(forwarding);
}

void regime_name_free(RegimeName *name)
{
    g_free(name->id);
    locale_text_free(name->text);
    g_free(name);
}

void regime_free(Regime *regime)
{
    if (!regime)
        return;

    LocaleText *const texts[] = {regime->name,    regime->citation, regime->authority,         regime->channel,
                                 regime->trigger, regime->sector,   regime->pending,           regime->confidence_note,
                                 regime->waiver,  regime->language, regime->substitute_notice, regime->records,
                                 regime->notes,   regime->delays};
    char *const strings[] = {regime->id,
                             regime->jurisdiction,
                             regime->clock_starts,
                             regime->zone_name,
                             regime->calendar,
                             regime->severity_scale,
                             regime->individuals_due,
                             regime->individuals_standard,
                             regime->individuals_from};
    GPtrArray *const arrays[] = {regime->thresholds, regime->sources,       regime->lawful_delay,
                                 regime->forwarding, regime->steps,         regime->regulator_fields,
                                 regime->anchors,    regime->notice_fields, regime->variables};

    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
        locale_text_free(texts[i]);
    for (size_t i = 0; i < G_N_ELEMENTS(strings); i++)
        g_free(strings[i]);
    for (size_t i = 0; i < G_N_ELEMENTS(arrays); i++)
        g_ptr_array_unref(arrays[i]);
    g_strfreev(regime->notice_channels);
    g_strfreev(regime->substitute_channels);
    g_strfreev(regime->notice_languages);
    g_clear_pointer(&regime->zone, g_time_zone_unref);
    g_free(regime);
}

const RegimeName *regime_own_name(const GPtrArray *names, const char *id)
{
    for (guint i = 0; i < names->len; i++) {
        const RegimeName *name = g_ptr_array_index(names, i);

        if (strcmp(name->id, id) == 0)
            return name;
    }
    return NULL;
}

const char *regime_text(const LocaleText *text, const char *locale)
{
    const char *found = text && locale ? locale_text_get(text, locale) : NULL;
    g_autofree const char **locales = NULL;

    if (!text)
        return "";
    if (!found)
        found = locale_text_get(text, "en");
    if (!found) {
        locales = locale_text_locales(text);
        found = locales[0] ? locale_text_get(text, locales[0]) : NULL;
    }
    return found ? found : "";
}

const RegimeStep *regime_step(const Regime *regime, const char *id)
{
    for (guint i = 0; i < regime->steps->len; i++) {
        const RegimeStep *step = g_ptr_array_index(regime->steps, i);

        if (strcmp(step->id, id) == 0)
            return step;
    }
    return NULL;
}

bool regime_has_group(const Regime *regime, const char *group)
{
    for (guint i = 0; i < regime->steps->len; i++) {
        const RegimeStep *step = g_ptr_array_index(regime->steps, i);

        if (g_strcmp0(step->group, group) == 0)
            return true;
    }
    return false;
}

bool regime_step_is_unverified(const Regime *regime, const RegimeStep *step)
{
    return (step ? step->confidence : regime->confidence) != REGIME_CONFIRMED;
}

bool regime_step_is_report(const RegimeStep *step)
{
    static const char *const others[] = {"individuals", "controller", "internal", "media", "other", NULL};

    return step->to && !g_strv_contains(others, step->to);
}

RegimeForce regime_force(const Regime *regime, CivilDay began, CivilDay known)
{
    CivilDay last = MAX(began, known); /* CIVIL_DAY_NONE is before every day */

    if (began == CIVIL_DAY_NONE)
        return REGIME_BINDS;
    if (regime->effective_from != CIVIL_DAY_NONE && last < regime->effective_from)
        return REGIME_BINDS_LATER;
    if (regime->effective_to != CIVIL_DAY_NONE && began > regime->effective_to)
        return REGIME_BOUND_EARLIER;
    return REGIME_BINDS;
}

bool regime_starts_unseen(const Regime *regime)
{
    return g_strcmp0(regime->clock_starts, "occurrence") == 0;
}

const char *regime_status_name(RegimeStatus status)
{
    return statuses[status];
}

const char *regime_confidence_name(RegimeConfidence confidence)
{
    return confidences[confidence];
}

const char *regime_need_name(RegimeNeed need)
{
    return needs[need];
}

char *regime_from_text(const RegimeFrom *from)
{
    switch (from->kind) {
    case REGIME_FROM_SUBMISSION:
        return g_strconcat("submission:", from->name, NULL);
    case REGIME_FROM_DEADLINE:
        return g_strconcat("deadline:", from->name, NULL);
    case REGIME_FROM_ANY:
        return g_strdup("deadline:any");
    default:
        return g_strdup(from->name);
    }
}

static void add_once(GPtrArray *names, const char *name)
{
    if (name && !g_ptr_array_find_with_equal_func(names, name, g_str_equal, NULL))
        g_ptr_array_add(names, (gpointer)name);
}

static const char **finish(GPtrArray *names)
{
    g_ptr_array_add(names, NULL);
    return (const char **)g_ptr_array_free(names, FALSE);
}

const char **regime_step_ids(const Regime *regime)
{
    GPtrArray *names = g_ptr_array_new();

    for (guint i = 0; i < regime->steps->len; i++) {
        const RegimeStep *step = g_ptr_array_index(regime->steps, i);

        add_once(names, step->group);
        add_once(names, step->id);
    }
    return finish(names);
}

static void add_anchor(GPtrArray *names, const RegimeFrom *from)
{
    if (from->kind != REGIME_FROM_ANCHOR)
        return;
    add_once(names, from->name);
    if (g_strcmp0(from->name, "year_end") == 0)
        add_once(names, "discovery");
}

const char **regime_anchor_ids(const Regime *regime)
{
    GPtrArray *names = g_ptr_array_new();

    add_once(names, regime->clock_starts);
    if (regime_starts_unseen(regime)) {
        add_once(names, "discovery");
        add_once(names, "awareness");
    }
    for (guint i = 0; i < regime->steps->len; i++) {
        const RegimeStep *step = g_ptr_array_index(regime->steps, i);

        add_anchor(names, &step->from);
        for (guint j = 0; j < step->readings->len; j++)
            add_anchor(names, &((const RegimeReading *)g_ptr_array_index(step->readings, j))->from);
        if (step->repeats)
            add_once(names, "handling_end");
        for (char **name = step->done_by; name && *name; name++)
            add_once(names, *name);
    }
    return finish(names);
}

static void add_names(GPtrArray *names, const Condition *condition)
{
    const char *const *used = condition ? condition_names(condition) : NULL;

    for (; used && *used; used++)
        add_once(names, *used);
}

const char **regime_variable_ids(const Regime *regime)
{
    GPtrArray *names = g_ptr_array_new();

    for (guint i = 0; i < regime->steps->len; i++) {
        const RegimeStep *step = g_ptr_array_index(regime->steps, i);

        add_names(names, step->cond);
        add_names(names, step->double_if);
        if (step->roll_denied)
            add_once(names, "entity_class");
    }
    for (guint i = 0; i < regime->regulator_fields->len + regime->notice_fields->len; i++) {
        const RegimeField *field = i < regime->regulator_fields->len
                                       ? g_ptr_array_index(regime->regulator_fields, i)
                                       : g_ptr_array_index(regime->notice_fields, i - regime->regulator_fields->len);

        add_names(names, field->cond);
    }
    return finish(names);
}
