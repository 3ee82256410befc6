#include "dispatch/coverage_check.h"

#include <string.h>

#include "base/language.h"

/* The article under which individuals are told, for every field of the notice. */
static const char *reference_of(const Regime *regime)
{
    for (guint i = 0; i < regime->steps->len; i++) {
        const RegimeStep *step = g_ptr_array_index(regime->steps, i);

        if (g_strcmp0(step->to, "individuals") == 0 && step->reference)
            return step->reference;
    }
    return NULL;
}

static bool is_asked(const RegimeField *field)
{
    return field->need != REGIME_NEED_OPTIONAL && (field->exact || (field->content && *field->content));
}

GPtrArray *coverage_of_regime(const Regime *regime)
{
    GPtrArray *list = coverage_list_new();
    const char *reference = reference_of(regime);

    for (guint i = 0; i < regime->notice_fields->len; i++) {
        const RegimeField *field = g_ptr_array_index(regime->notice_fields, i);
        CoverageRequirement *requirement;

        if (!is_asked(field))
            continue;
        requirement = coverage_require(list, regime->id, field->id, regime_text(field->text, language_name()), reference,
                                       (const char *const *)field->content);
        requirement->exact = g_strdup(field->exact);
        requirement->cond = field->cond;
        requirement->may_be_empty = field->need == REGIME_NEED_IF_KNOWN;
        requirement->allows_unknown = field->need == REGIME_NEED_IF_KNOWN || field->may_defer;
        requirement->is_soft = field->need == REGIME_NEED_GUIDANCE || (field->need == REGIME_NEED_IF && !field->cond);
        requirement->is_unverified = regime_step_is_unverified(regime, NULL);
    }
    return list;
}

GPtrArray *coverage_of_update(void)
{
    static const struct {
        const char *content, *text;
    } rows[] = {{"change", "what has changed since the notice before"},
                {"verify", "how to check that the update is genuine"},
                {"contact", "how to reach the organisation"}};
    GPtrArray *list = coverage_list_new();

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        coverage_require(list, "update", rows[i].content, rows[i].text, NULL,
                         (const char *const[]){rows[i].content, NULL})
            ->of_updates = true;
    return list;
}
