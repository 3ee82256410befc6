#include "cli/promises.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/language.h"
#include "base/text.h"
#include "cli/ready.h"

/* Findings ------------------------------------------------------------------------------------------------------- */

static void say(const Workspace *workspace, const PromiseRow *row)
{
    if (row->verdict != PROMISE_BROKEN || row->is_said)
        return;
    if (row->promise->is_inferred)
        findings_warning(workspace->findings, FINDING_SEND, "policy-inferred", row->entry->at,
                         N_("%s/%s follows from the policy: %s"), row->policy->id, row->promise->id, row->text);
    else
        findings_error(workspace->findings, FINDING_SEND, "policy-broken", row->entry->at,
                       N_("%s/%s would be broken: %s"), row->policy->id, row->promise->id, row->text);
}

PromiseReport *promises_check(const Workspace *workspace, const CoverageResult *coverage)
{
    PromiseReport *report;

    if (material_playbook(workspace->material)->policies->len == 0)
        return NULL;
    report = promise_report(&(PromiseRequest){.material = workspace->material,
                                              .coverage = coverage,
                                              .rehearsed_at = ready_rehearsed(workspace),
                                              .now = clock_now(clock_system())});
    for (guint i = 0; i < report->rows->len; i++)
        say(workspace, g_ptr_array_index(report->rows, i));
    return report;
}

void promises_accepted(const Workspace *workspace)
{
    for (size_t i = 0; i < findings_accepted_count(workspace->findings); i++) {
        const FindingAccepted *accepted = findings_accepted(workspace->findings, i);

        if (accepted->uses == 0 && accepted->about)
            findings_warning(
                workspace->findings, FINDING_SEND, "accept-unused", accepted->at,
                N_("%s about \"%s\" is accepted, and nothing like it is found: remove the entry, or correct it"),
                accepted->id, accepted->about);
        else if (accepted->uses == 0)
            findings_warning(workspace->findings, FINDING_SEND, "accept-unused", accepted->at,
                             N_("%s is accepted, and nothing like it is found: remove the entry, or correct it"),
                             accepted->id);
    }
}

/* For people ----------------------------------------------------------------------------------------------------- */

/* What the policy says nothing about, with commas; "" when it says something about everything. */
static char *silent_about(const Policy *policy)
{
    GString *list = g_string_new(NULL);

    for (int kind = 0; kind < POLICY_KINDS; kind++)
        if (!policy_has(policy, (PolicyKind)kind))
            g_string_append_printf(list, "%s%s", list->len > 0 ? ", " : "", _(policy_kind_words((PolicyKind)kind)));
    return g_string_free(list, FALSE);
}

static void print_row(const PromiseRow *row)
{
    g_autofree char *id = text_padded(row->promise->id, 18);
    g_autofree char *verdict = text_padded(_(promise_verdict_name(row->verdict)), 14);

    printf("  %s %s %s\n", id, verdict, row->text);
}

static void print_rest(const Policy *policy)
{
    g_autofree char *silent = silent_about(policy);

    for (guint i = 0; i < policy->notes->len; i++)
        printf(_("  also says: %s\n"),
               regime_text(((const PolicyNote *)g_ptr_array_index(policy->notes, i))->text, language_name()));
    if (*silent)
        printf(_("  not promised: %s\n"), silent);
}

static bool is_kept(const PromiseReport *report, const Policy *policy)
{
    for (guint i = 0; i < report->rows->len; i++) {
        const PromiseRow *row = g_ptr_array_index(report->rows, i);

        if (row->policy == policy && row->verdict == PROMISE_BROKEN)
            return false;
    }
    return true;
}

static void print_policy(const PromiseReport *report, const Policy *policy, bool is_whole)
{
    if (!is_whole && is_kept(report, policy))
        return;
    printf(_("policy %s (%s):\n"), policy->id, regime_text(policy->name, language_name()));
    if (is_whole && policy->applies_text)
        printf(_("  applies to: %s\n"), regime_text(policy->applies_text, language_name()));
    for (guint i = 0; i < report->rows->len; i++) {
        const PromiseRow *row = g_ptr_array_index(report->rows, i);

        if (row->policy == policy)
            print_row(row);
    }
    if (is_whole)
        print_rest(policy);
}

void promises_print(const Workspace *workspace, const PromiseReport *report, bool is_whole)
{
    const GPtrArray *policies = material_statutes(workspace->material)->policies;
    size_t broken = promise_count(report, PROMISE_BROKEN);
    size_t otherwise = promise_count(report, PROMISE_OTHERWISE);
    size_t kept = promise_count(report, PROMISE_KEPT) + otherwise;

    for (guint i = 0; i < policies->len; i++)
        if (g_ptr_array_index(policies, i))
            print_policy(report, g_ptr_array_index(policies, i), is_whole);
    if (broken > 0)
        printf(_("promises: %zu kept, %zu would be broken\n"), kept, broken);
    else if (otherwise > 0)
        printf(_("promises: %zu kept, %zu of them in a way that the policy does not name but allows\n"), kept,
               otherwise);
    else
        printf(_("promises: %zu kept\n"), kept);
}

/* For programs --------------------------------------------------------------------------------------------------- */

static json_t *row_json(const PromiseRow *row)
{
    return json_pack("{s:s, s:s, s:s, s:s, s:b, s:s}", "id", row->promise->id, "kind",
                     policy_kind_name(row->promise->kind), "text", regime_text(row->promise->text, "en"), "verdict",
                     promise_verdict_name(row->verdict), "inferred", row->promise->is_inferred, "why", row->english);
}

static json_t *silent_json(const Policy *policy)
{
    json_t *list = json_array();

    for (int kind = 0; kind < POLICY_KINDS; kind++)
        if (!policy_has(policy, (PolicyKind)kind))
            json_array_append_new(list, json_string(policy_kind_name((PolicyKind)kind)));
    return list;
}

static json_t *notes_json(const Policy *policy)
{
    json_t *list = json_array();

    for (guint i = 0; i < policy->notes->len; i++) {
        const PolicyNote *note = g_ptr_array_index(policy->notes, i);

        json_array_append_new(list, json_pack("{s:s, s:s, s:I}", "id", note->id, "text", regime_text(note->text, "en"),
                                              "period_ms", (json_int_t)note->period));
    }
    return list;
}

static json_t *policy_json(const PromiseReport *report, const Policy *policy)
{
    json_t *rows = json_array();

    for (guint i = 0; i < report->rows->len; i++) {
        const PromiseRow *row = g_ptr_array_index(report->rows, i);

        if (row->policy == policy)
            json_array_append_new(rows, row_json(row));
    }
    return json_pack("{s:s, s:s, s:s?, s:o, s:o, s:o}", "policy", policy->id, "name", regime_text(policy->name, "en"),
                     "published", policy->published, "promises", rows, "not_promised", silent_json(policy), "notes",
                     notes_json(policy));
}

json_t *promises_json(const Workspace *workspace, const PromiseReport *report)
{
    const GPtrArray *policies = material_statutes(workspace->material)->policies;
    json_t *list = json_array();

    for (guint i = 0; i < policies->len; i++)
        if (g_ptr_array_index(policies, i))
            json_array_append_new(list, policy_json(report, g_ptr_array_index(policies, i)));
    return list;
}
