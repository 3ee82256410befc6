#include "cli/planning.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/text.h"
#include "cli/output.h"
#include "dispatch/retry.h"

static int64_t doubt_due(const Workspace *workspace, int64_t now)
{
    const GPtrArray *entries = material_playbook(workspace->material)->gateways;
    int64_t due = now;

    for (guint i = 0; i < entries->len; i++) {
        const ChannelGateway *entry = g_ptr_array_index(entries, i);

        due = MIN(due, retry_recovered(material_gateway(workspace->material, entry->channel), now));
    }
    return due;
}

/* A plan leaves alone what was tried; what a killed run had only claimed was not. Without this somebody who is gone from
 * the people file could still be sent to. In a copy nothing can be told from the slots: adopting it settles that. */
static bool settle_earlier_runs(const Workspace *workspace, int64_t now, GError **error)
{
    g_autofree char *boot = file_boot_id();
    g_autoptr(Ledger) ledger = NULL;
    LedgerRecovery recovery;

    if (!ledger_exists(workspace_backend(), workspace->folder))
        return true;
    ledger = workspace_ledger(workspace, error);
    if (!ledger || ledger_is_copy(ledger))
        return ledger != NULL;
    if (!ledger_recover(ledger, boot, doubt_due(workspace, now), now, &recovery, error))
        return false;
    output_recovery(&recovery);
    return true;
}

bool planning_run(Workspace *workspace, FreezeSummary *summary, GError **error)
{
    const FreezeWatch watch = {.progress = output_reading};
    int64_t now = clock_now(clock_system());
    bool planned;

    if (!settle_earlier_runs(workspace, now, error))
        return false;
    planned = freeze_plan(workspace->material, workspace_backend(), workspace->folder, now, &watch, summary,
                          workspace->findings, error);
    output_progress_end();
    return planned;
}

char *planning_numbers(const FreezeSummary *summary)
{
    static const struct {
        Told told;
        const char *what;
    } parts[] = {
        {TOLD_PENDING, "to be told"},
        {TOLD_QUARANTINED, "quarantined"},
        {TOLD_WITHHELD, "withheld"},
        {TOLD_UNREACHABLE, "unreachable"},
    };
    g_autofree char *people = text_grouped(summary->people);
    GString *text = g_string_new(NULL);

    g_string_printf(text, "%s %s:", people, summary->people == 1 ? "person" : "people");
    for (size_t i = 0; i < G_N_ELEMENTS(parts); i++) {
        g_autofree char *number = text_grouped(summary->told[parts[i].told]);

        if (summary->told[parts[i].told] > 0 || i == 0)
            g_string_append_printf(text, "%s %s %s", i == 0 ? "" : ",", number, parts[i].what);
    }
    return g_string_free(text, FALSE);
}

json_t *planning_people_json(const FreezeSummary *summary)
{
    json_t *people = json_pack("{s:I}", "total", (json_int_t)summary->people);

    for (int i = 0; i < TOLD_STATES; i++)
        json_object_set_new(people, identity_told_name((Told)i), json_integer(summary->told[i]));
    return people;
}
