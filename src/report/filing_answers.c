#include "report/filing_answers.h"

#include <string.h>

#include "base/text.h"
#include "load/load_form.h"
#include "report/filing.h"

static void add_form(GPtrArray *ids, const ReportForm *form)
{
    for (guint i = 0; i < form->fields->len; i++)
        g_ptr_array_add(ids, g_strdup(((const ReportFormField *)g_ptr_array_index(form->fields, i))->field->id));
}

/* Mistakes in a form are told when it is used. */
static void add_file(GPtrArray *ids, const char *name, const char *regime, const char *folder, const char *data)
{
    g_autoptr(Findings) unheard = findings_new();
    g_autoptr(ReportForm) form = load_form(name, folder, data, unheard);

    if (form && strcmp(form->regime, regime) == 0)
        add_form(ids, form);
}

/* The ids of all fields that some report under the regime has. */
static GPtrArray *fields_of(const Regime *regime, const char *folder, const char *data)
{
    GPtrArray *ids = g_ptr_array_new_with_free_func(g_free);
    g_auto(GStrv) names = load_form_names(regime->id, folder, data);
    g_autoptr(ReportForm) own = report_form_of_regime(regime);

    add_form(ids, own);
    if (regime->regulator_fields->len == 0)
        add_file(ids, LOAD_FORM_GENERAL, LOAD_FORM_GENERAL, folder, data);
    for (char **name = names; *name; name++)
        add_file(ids, *name, regime->id, folder, data);
    g_ptr_array_add(ids, g_strdup(FILING_DELAY_FIELD));
    g_ptr_array_add(ids, NULL);
    return ids;
}

static void check_field(const ReportAnswer *answer, const GPtrArray *ids, Findings *findings)
{
    const char *const *known = (const char *const *)ids->pdata;
    const char *nearest = text_nearest(answer->field, known);

    if (g_strv_contains(known, answer->field))
        return;
    if (nearest)
        findings_error(findings, FINDING_REPORT, "filing-field-unknown", answer->at,
                       "no report under %s has a field \"%s\": did you mean \"%s\"?", answer->regime, answer->field,
                       nearest);
    else
        findings_error(findings, FINDING_REPORT, "filing-field-unknown", answer->at,
                       "no report under %s has a field \"%s\"", answer->regime, answer->field);
}

void filing_check_answers(const Playbook *playbook, const Statutes *statutes, const char *data, Findings *findings)
{
    g_autoptr(GHashTable) fields =
        g_hash_table_new_full(g_str_hash, g_str_equal, NULL, (GDestroyNotify)g_ptr_array_unref);

    for (guint i = 0; playbook->report_words && i < playbook->report_words->answers->len; i++) {
        const ReportAnswer *answer = g_ptr_array_index(playbook->report_words->answers, i);
        const Regime *regime = statutes_regime(statutes, answer->regime);
        bool is_fact = strcmp(answer->regime, REPORT_WORDS_FACTS) == 0;
        GPtrArray *ids = g_hash_table_lookup(fields, answer->regime);

        if (is_fact && !playbook_fact(playbook, answer->field))
            findings_error(findings, FINDING_REPORT, "filing-field-unknown", answer->at,
                           "reports words the fact \"%s\" for authorities, and there is none of that name under facts",
                           answer->field);
        if (is_fact)
            continue;
        if (!regime && !law_regime(playbook->law, answer->regime)) {
            findings_error(findings, FINDING_REPORT, "filing-field-unknown", answer->at,
                           "reports names the regime \"%s\", which is not among regimes: add it there, or correct it",
                           answer->regime);
            continue;
        }
        if (!regime)
            continue; /* its own mistakes are told */
        if (!ids) {
            ids = fields_of(regime, playbook->folder, data);
            g_hash_table_insert(fields, answer->regime, ids);
        }
        check_field(answer, ids, findings);
    }
}
