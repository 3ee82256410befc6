/* breach status: what the ledger says. */
#include <stdio.h>

#include "base/clock.h"
#include "base/language.h"
#include "cli/command.h"
#include "cli/exit_code.h"
#include "cli/listing.h"
#include "cli/output.h"
#include "cli/workspace.h"
#include "report/status.h"

static int fail(const GError *error, int code)
{
    output_message("error: %s", error->message);
    return code;
}

static void show(const Status *status, bool is_json)
{
    g_autofree char *text = NULL;

    if (is_json) {
        output_json(status_json(status));
        return;
    }
    text = status_text(status);
    fputs(text, stdout);
    output_verdict(status->verdict, status->next);
}

static int run(const Options *options)
{
    g_autoptr(Workspace) workspace = workspace_open(options);
    g_autoptr(GError) error = NULL;
    Told told = TOLD_UNREACHABLE;
    g_autoptr(Ledger) ledger = NULL;
    g_autoptr(Status) status = NULL;
    StatusRequest request = {.playbook = workspace->typed, .options = workspace->mode};

    if (options->list && !listing_parse(options->list, &told, &error))
        return fail(error, EXIT_CODE_USAGE);
    if (!workspace->folder)
        return workspace_fail(workspace, NULL);
    ledger = workspace_ledger(workspace, &error);
    if (ledger) {
        request.ledger = ledger;
        request.is_running = workspace_is_busy(workspace);
        request.now = clock_now(clock_system());
        request.announcement = material_need(workspace->material);
        if (material_status(workspace->material) == INCIDENT_ACTUAL)
            request.quiet_hours = material_playbook(workspace->material)->quiet_hours;
        status = status_collect(&request, &error);
    }
    if (!status || (options->list && !listing_print(workspace, ledger, status, told, &error)))
        return fail(error, exit_code_of(error));
    if (!options->list)
        show(status, options->json);
    return EXIT_CODE_TOLD;
}

static const char *const names[] = {"list", "dry-run", "state", "json", "help", NULL};

const Command cmd_status = {
    .name = "status",
    .run = run,
    .summary = N_("who is told, who is not, and what to type next"),
    .description = N_("Prints the identity (everybody is in exactly one of its lines), the audiences and channels, why\n"
                   "people are left out, and the next command. With --list it names the people of one state instead, with\n"
                   "masked addresses. Reads only; works while breach notify is running."),
    .options = names,
    .exits = N_("0 printed, 64 usage, 65 nothing is planned, 70 the numbers do not add up"),
};
