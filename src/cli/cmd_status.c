/* breach status: what the ledger says. */
#include <stdio.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/language.h"
#include "cli/command.h"
#include "cli/exit_code.h"
#include "cli/foresight.h"
#include "cli/gate.h"
#include "cli/headcount.h"
#include "cli/listing.h"
#include "cli/obligations.h"
#include "cli/output.h"
#include "cli/status_handover.h"
#include "cli/status_request.h"
#include "cli/status_watch.h"
#include "cli/workspace.h"
#include "ledger/hold.h"
#include "report/status.h"

static int fail(const GError *error, int code)
{
    output_message("error: %s", error->message);
    return code;
}

static bool has_deadlines(const Workspace *workspace)
{
    const GPtrArray *audiences = material_playbook(workspace->material)->audiences;

    for (guint i = 0; i < audiences->len; i++)
        if (((const Audience *)g_ptr_array_index(audiences, i))->deadline.known)
            return true;
    return obligations_are_asked(workspace);
}

/* What is still to be sent, against the deadlines. Where it cannot be told it is left out: it decides nothing here; and
 * while everything is held nobody can tell. */
static Outlook *look_ahead(const Workspace *workspace, Ledger *ledger, const StatusRequest *request,
                           const Status *status)
{
    bool is_held = hold_find(status->brakes->holds, HOLD_EVERYTHING, "", status->now) != NULL;

    return status->counts.open > 0 && !is_held && has_deadlines(workspace)
               ? foresight_of_ledger(workspace, ledger, request->quiet_hours, NULL)
               : NULL;
}

static void print_outlook(const Outlook *outlook)
{
    if (outlook && outlook->deadlines->len > 0) {
        foresight_print_done(stdout, outlook, "");
        foresight_print_deadlines(stdout, outlook, "");
    }
}

static void show(Workspace *workspace, const Status *status, const Outlook *outlook, bool is_json)
{
    g_autofree char *text = NULL;
    g_autofree char *missing = NULL;

    if (is_json) {
        json_t *document = status_json(status);

        json_object_set_new(document, "case", gate_case_json(workspace));
        if (outlook)
            json_object_set_new(document, "forecast", foresight_json(outlook));
        output_json(document);
        return;
    }
    text = status_text(status);
    missing = headcount_text(workspace, status->counts.people);
    obligations_head(workspace);
    print_outlook(outlook);
    gate_print_case(workspace);
    fputs(text, stdout);
    if (missing)
        printf(_("WARNING: %s\n"), missing);
    output_verdict(status->verdict, status->next);
}

/* The counts and what goes with them, or the people of one state. */
static int show_once(Workspace *workspace, const Told *listed)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Ledger) ledger = workspace_ledger(workspace, &error);
    const StatusRequest request = status_request(workspace, ledger);
    g_autoptr(Status) status = ledger ? status_collect(&request, &error) : NULL;

    if (!ledger && !listed && !workspace->options->json) { /* they run long before there is a plan */
        obligations_head(workspace);
        gate_print_case(workspace);
    }
    if (!status || (listed && !listing_print(workspace, ledger, status, *listed, &error)))
        return fail(error, exit_code_of(error));
    if (!listed) {
        g_autoptr(Outlook) outlook = look_ahead(workspace, ledger, &request, status);

        show(workspace, status, outlook, workspace->options->json);
    }
    return EXIT_CODE_TOLD;
}

static bool goes_together(const Options *options, GError **error)
{
    int shown = (options->list ? 1 : 0) + (options->watch ? 1 : 0) + (options->handover ? 1 : 0);

    if (shown <= 1 && (!options->interval || options->watch) && (!options->since || options->handover))
        return true;
    error_set(error, BREACH_ERROR_INPUT, "watch-alone",
              "--list, --watch and --handover go one at a time; --interval goes with --watch, --since with --handover");
    return false;
}

static int run(const Options *options)
{
    g_autoptr(Workspace) workspace = workspace_open(options);
    g_autoptr(GError) error = NULL;
    Told told = TOLD_UNREACHABLE;

    if (!goes_together(options, &error) || (options->list && !listing_parse(options->list, &told, &error)))
        return fail(error, EXIT_CODE_USAGE);
    if (!workspace->folder)
        return workspace_fail(workspace, NULL);
    if (options->watch)
        return status_watch(workspace);
    return options->handover ? status_handover(workspace) : show_once(workspace, options->list ? &told : NULL);
}

static const char *const names[] = {"list",    "watch", "interval", "handover", "since",
                                    "dry-run", "state", "json",     "help",     NULL};

const Command cmd_status = {
    .name = "status",
    .run = run,
    .summary = N_("who is told, who is not, and what to type next"),
    .description = N_("Prints the identity (everybody is in exactly one of its lines), the audiences and channels, why\n"
                   "people are left out, and the next command. With --list it names the people of one state instead, with\n"
                   "masked addresses. With --watch the numbers go on changing, with rates and what keeps messages back,\n"
                   "until q or Ctrl-C. With --handover it is a page for whoever takes over: what was decided and by whom, what\n"
                   "is open and whose it is. Reads only; works while breach notify is running."),
    .options = names,
    .exits = N_("0 printed, 64 usage, 65 nothing is planned, 70 the numbers do not add up"),
};
