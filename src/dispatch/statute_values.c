#include "dispatch/statute_values.h"

#include "base/language.h"
#include "model/regime_names.h"
#include "model/severity.h"

#define STAGE FINDING_REPORT

static bool fits(const Statutes *statutes, const LawVariable *variable, const char *text)
{
    const RegimeVariable *known = regime_variable_find(variable->name);

    if (known && !regime_variable_fits(known, text))
        return false;
    for (guint i = 0; i < statutes->regimes->len; i++) {
        const ObligationRegime *row = &g_array_index(statutes->regimes, ObligationRegime, i);

        if (row->scale && !severity_value_fits(row->scale, variable->name, text))
            return false;
    }
    return true;
}

static char *expected_of(const char *name)
{
    const RegimeVariable *known = regime_variable_find(name);

    if (known && known->words)
        return g_strjoinv(", ", (char **)known->words);
    if (known && known->kind == REGIME_VARIABLE_BOOL)
        return g_strdup(_("true or false"));
    if (known && known->kind != REGIME_VARIABLE_WORD)
        return g_strdup(_("a number such as 2000000"));
    return g_strdup(_("a time such as PT6H, or a number"));
}

static void check_variable(const Statutes *statutes, LawVariable *variable, Findings *findings)
{
    const char *const values[] = {variable->lower, variable->likely, variable->upper};

    for (size_t i = 0; i < G_N_ELEMENTS(values); i++) {
        g_autofree char *expected = NULL;

        if (fits(statutes, variable, values[i]))
            continue;
        variable->is_wrong = true;
        expected = expected_of(variable->name);
        findings_error(findings, STAGE, "regime-variable-value", variable->at,
                       N_("%s cannot be \"%s\": expected %s; a condition would take it for something else"),
                       variable->name, values[i], expected);
        return;
    }
}

static void check_all(const Statutes *statutes, const GPtrArray *variables, Findings *findings)
{
    for (guint i = 0; i < variables->len; i++)
        check_variable(statutes, g_ptr_array_index(variables, i), findings);
}

void statute_values_check(const Playbook *playbook, const Statutes *statutes, Findings *findings)
{
    const Law *law = playbook->law;

    check_all(statutes, law->variables, findings);
    for (guint i = 0; i < law->regimes->len; i++)
        check_all(statutes, ((const LawRegime *)g_ptr_array_index(law->regimes, i))->variables, findings);
}
