/* breach status: what the ledger says. */
#include <stdio.h>

#include "base/clock.h"
#include "base/language.h"
#include "cli/command.h"
#include "cli/exit_code.h"
#include "cli/output.h"
#include "cli/workspace.h"
#include "report/status.h"

static int run(const Options *options)
{
    g_autoptr(Workspace) workspace = workspace_open(options);
    g_autoptr(GError) error = NULL;
    g_autoptr(Ledger) ledger = NULL;
    g_autoptr(Status) status = NULL;
    StatusRequest request = {.playbook = workspace->typed, .options = workspace->mode};

    if (!workspace->folder)
        return workspace_fail(workspace, NULL);
    ledger = workspace_ledger(workspace, &error);
    if (ledger) {
        request.ledger = ledger;
        request.is_running = workspace_is_busy(workspace);
        request.now = clock_now(clock_system());
        if (material_status(workspace->material) == INCIDENT_ACTUAL)
            request.quiet_hours = material_playbook(workspace->material)->quiet_hours;
        status = status_collect(&request, &error);
    }
    if (!status) {
        output_message("error: %s", error->message);
        return exit_code_of(error);
    }
    if (options->json) {
        output_json(status_json(status));
    } else {
        g_autofree char *text = status_text(status);

        fputs(text, stdout);
        output_verdict(status->verdict, status->next);
    }
    return EXIT_CODE_TOLD;
}

static const char *const names[] = {"dry-run", "state", "json", "help", NULL};

const Command cmd_status = {
    .name = "status",
    .run = run,
    .summary = N_("who is told, who is not, and what to type next"),
    .description = N_("Prints the identity (everybody is in exactly one of its lines), the audiences and channels, why\n"
                   "people are left out, and the next command. Reads only; works while breach notify is running."),
    .options = names,
    .exits = N_("0 printed, 65 nothing is planned, 70 the numbers do not add up"),
};
