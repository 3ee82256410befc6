/* breach close: the case is over, unless something is still open. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/language.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/delays.h"
#include "cli/exit_code.h"
#include "cli/output.h"
#include "cli/posting.h"
#include "cli/record_case.h"
#include "report/casework.h"
#include "report/status.h"

/* What the ledger still has to do -----------------------------------------------------------------------------------
 */

static void add_count(GPtrArray *items, int64_t count, const char *kind, const char *shown, const char *english,
                      const char *command)
{
    g_autofree char *number = text_grouped(count);

    if (count > 0)
        casework_item_add(items, kind, "", g_strdup_printf(_("%s: %s"), shown, number),
                          g_strdup_printf("%s: %s", english, number), g_strdup(command));
}

/* Whom a decision keeps from being told stays pending as long as the plan has them. Whether it is everybody. */
static bool add_pending(GPtrArray *items, const RecordCase *record, const LedgerCounts *counts)
{
    g_autoptr(GPtrArray) decisions = case_decisions(record->lawbook->state, record->now);
    const CaseDecision *found = NULL;

    for (guint i = 0; i < decisions->len; i++) {
        const CaseDecision *decision = g_ptr_array_index(decisions, i);

        if (decision->kind != CASE_DECISION_NOT_NOTIFY || !delays_hold(decision))
            continue;
        if (decision->scope.kind == CASE_SCOPE_EVERYBODY && case_decision_stands(decision))
            return true; /* one that is to be taken again is open by itself */
        found = decision;
    }
    if (found)
        add_count(
            items, counts->told[TOLD_PENDING], "pending",
            _("people who are still to be told, or whom a decision keeps from it: take these out of the audiences"),
            "people who are still to be told, or whom a decision keeps from it: take these out of the audiences",
            "plan %s");
    else
        add_count(items, counts->told[TOLD_PENDING], "pending", _("people who are still to be told"),
                  "people who are still to be told", "notify %s");
    return false;
}

static bool add_ledger(GPtrArray *items, const RecordCase *record, int64_t *unreached, GError **error)
{
    Workspace *workspace = record->workspace;
    g_autoptr(Ledger) ledger = NULL;
    g_autoptr(Status) status = NULL;
    const LedgerCounts *counts;
    bool is_decided, applied;

    *unreached = 0;
    if (!ledger_exists(workspace_backend(), workspace->folder))
        return true;
    ledger = workspace_ledger(workspace, error);
    /* What an earlier command left in the inbox may be what is open. */
    if (ledger && !posting_apply(workspace, ledger, &applied, error))
        return false;
    status = ledger ? status_collect(&(StatusRequest){.ledger = ledger,
                                                      .playbook = workspace->typed,
                                                      .options = workspace->mode,
                                                      .is_running = workspace_is_busy(workspace),
                                                      .now = record->now,
                                                      .announcement = material_need(workspace->material)},
                                     error)
                    : NULL;
    if (!status)
        return false;
    counts = &status->counts;
    *unreached = counts->told[TOLD_UNREACHABLE];
    is_decided = add_pending(items, record, counts);
    add_count(items, counts->told[TOLD_IN_DOUBT], "in_doubt", _("people of whom it is in doubt whether they were told"),
              "people of whom it is in doubt whether they were told", "resolve %s");
    add_count(items, counts->told[TOLD_QUARANTINED], "quarantined", _("people whose rows or messages have mistakes"),
              "people whose rows or messages have mistakes", "resolve %s");
    add_count(items, counts->climbing, "climbing", _("people who go on to another channel"),
              "people who go on to another channel", "track %s");
    add_count(items, status->calls, "calls", _("calls to be made"), "calls to be made",
              "record %s phone --from calls.csv");
    if (!status->complete && !is_decided && items->len == 0)
        casework_item_add(items, "announcement", "", g_strdup(_("the announcement, or something else, is still due")),
                          g_strdup("the announcement, or something else, is still due"), g_strdup("announce %s"));
    return true;
}

/* Refusing ----------------------------------------------------------------------------------------------------------
 */

static json_t *items_json(const Workspace *workspace, const GPtrArray *items)
{
    json_t *list = json_array();

    for (guint i = 0; i < items->len; i++) {
        const CaseworkItem *item = g_ptr_array_index(items, i);
        g_autofree char *command = casework_command(item, workspace->typed, workspace->mode);

        json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:s}", "kind", item->kind, "id", item->id, "text",
                                              item->english, "next", command));
    }
    return list;
}

static int show(const Workspace *workspace, const GPtrArray *items, bool closed, const char *english, const char *shown,
                const char *next)
{
    if (workspace->options->json) {
        output_json(json_pack("{s:s, s:s, s:b, s:o, s:s, s:s}", "schema", "breach.close/1", "incident",
                              material_playbook(workspace->material)->incident.id, "closed", closed, "open",
                              items_json(workspace, items), "verdict", english, "next", next));
        return closed || items->len == 0 ? EXIT_CODE_TOLD : EXIT_CODE_NOT_ALL;
    }
    for (guint i = 0; i < items->len; i++) {
        const CaseworkItem *item = g_ptr_array_index(items, i);
        g_autofree char *command = casework_command(item, workspace->typed, workspace->mode);

        printf("  %s\n    %s\n", item->text, command);
    }
    output_verdict(shown, next);
    return closed || items->len == 0 ? EXIT_CODE_TOLD : EXIT_CODE_NOT_ALL;
}

static int refuse(const Workspace *workspace, const GPtrArray *items)
{
    g_autofree char *english = g_strdup_printf("not closed: %u things are open", items->len);
    g_autofree char *shown = g_strdup_printf(
        language_plural("not closed: %u thing is open", "not closed: %u things are open", items->len), items->len);
    g_autofree char *next = casework_command(g_ptr_array_index(items, 0), workspace->typed, workspace->mode);

    return show(workspace, items, false, english, shown, next);
}

/* Closing -----------------------------------------------------------------------------------------------------------
 */

static int append(RecordCase *record, const char *state, const char *english, const char *shown, const char *command,
                  const char *words)
{
    const Workspace *workspace = record->workspace;
    g_autofree char *next = g_strdup_printf("breach %s %s%s%s", command, workspace->typed, workspace->mode, words);
    g_autoptr(GPtrArray) none = g_ptr_array_new();
    g_autoptr(GError) error = NULL;

    if (!record_case_append(record, CASE_CLOSED,
                            json_pack("{s:s, s:s, s:s}", "state", state, "by", workspace->options->by, "reason",
                                      workspace->options->reason),
                            &error))
        return record_fail(error);
    if (record->overtaken)
        return EXIT_CODE_TOLD;
    return show(workspace, none, strcmp(state, "closed") == 0, english, shown, next);
}

/* Nothing more can be done for those whom no channel reached, and the verdict does not hide them. */
static int close_it(RecordCase *record)
{
    g_autoptr(Casework) casework = casework_new(record->lawbook);
    g_autoptr(GPtrArray) items = casework_open(casework);
    g_autoptr(GError) error = NULL;
    g_autofree char *number = NULL;
    g_autofree char *english = NULL;
    g_autofree char *shown = NULL;
    int64_t unreached;

    if (!add_ledger(items, record, &unreached, &error))
        return record_fail(error);
    if (items->len > 0)
        return refuse(record->workspace, items);
    if (unreached == 0)
        return append(record, "closed", "closed: nothing is open", _("closed: nothing is open"), "record", " register");
    number = text_grouped(unreached);
    english = g_strdup_printf("closed: nothing is open, but people who could not be reached: %s", number);
    shown = g_strdup_printf(_("closed: nothing is open, but people who could not be reached: %s"), number);
    return append(record, "closed", english, shown, "status", " --list unreachable");
}

static int reopen(RecordCase *record)
{
    return append(record, "reopened", "open again", _("open again"), "status", "");
}

static int settle(RecordCase *record, void *user)
{
    const Workspace *workspace = record->workspace;
    bool is_closed = casework_closed(record->lawbook->state) != NULL;
    bool wants_open = workspace->options->reopen;
    g_autofree char *next = g_strdup_printf("breach status %s%s", workspace->typed, workspace->mode);
    g_autoptr(GPtrArray) none = g_ptr_array_new();

    (void)user;
    if (is_closed == !wants_open)
        return wants_open ? show(workspace, none, false, "it is open already", _("it is open already"), next)
                          : show(workspace, none, true, "it is closed already", _("it is closed already"), next);
    return wants_open ? reopen(record) : close_it(record);
}

static int run(const Options *options)
{
    g_autoptr(Workspace) workspace = NULL;
    g_autoptr(GError) error = NULL;

    if (!record_case_by(options, &error) || !record_case_reason(options, &error))
        return record_misuse(g_steal_pointer(&error));
    workspace = workspace_open(options);
    if (!workspace->folder)
        return workspace_fail(workspace, NULL);
    return record_case_run(workspace, settle, NULL);
}

static const char *const names[] = {"by", "reason", "reopen", "dry-run", "state", "json", "help", NULL};

const Command cmd_close = {
    .name = "close",
    .run = run,
    .summary = N_("close the case, if nothing is open any more"),
    .description =
        N_("Refuses with a list while something is open: people who are pending, in doubt or quarantined,\n"
           "calls, the announcement, obligations, decisions to be taken again, inquiries, response steps.\n"
           "Behind each line stands the command that settles it. A closed case is not sent from any more, until\n"
           "it is opened again with --reopen. Both stand in the case record with who and why."),
    .options = names,
    .exits = N_("0 closed, or open again, 1 something is open: the case was not closed, 64 usage, 65 bad input,\n"
                "73 cannot write"),
};
