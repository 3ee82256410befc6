#include "cli/status_handover.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/error.h"
#include "cli/exit_code.h"
#include "cli/obligations.h"
#include "cli/output.h"
#include "cli/status_request.h"
#include "report/handover.h"

#define SINCE_USUAL "PT12H" /* a shift, and what the one before it left */

/* A time, or for how long. */
static bool parse_since(const char *text, int64_t now, int64_t *since, GError **error)
{
    Moment moment = {0};
    int64_t span;

    if (clock_parse_duration(text, &span))
        *since = now - span;
    else if (moment_parse(text, &moment, NULL))
        *since = moment.at;
    else {
        error_set(error, BREACH_ERROR_INPUT, "watch-since",
                  "--since %s is neither a time nor for how long: write 2026-11-21T22:10+08:00 or PT8H", text);
        return false;
    }
    return true;
}

static void print(const Handover *handover, bool is_json)
{
    g_autofree char *page = NULL;

    if (is_json) {
        output_json(handover_json(handover));
        return;
    }
    page = handover_markdown(handover);
    fputs(page, stdout);
}

/* Where the playbook asks for nothing and nothing was recorded there is no lawbook, and no error. */
static Lawbook *open_lawbook(const Workspace *workspace, GError **error)
{
    bool is_asked = obligations_are_asked(workspace) || material_playbook(workspace->material)->response;

    return is_asked ? obligations_lawbook(workspace, false, error) : NULL;
}

/* An incident has a shift change long before it has a plan. */
static Ledger *open_ledger(const Workspace *workspace, GError **error)
{
    return ledger_exists(workspace_backend(), workspace->folder) ? workspace_ledger(workspace, error) : NULL;
}

static bool hand_over(Workspace *workspace, int64_t since, GError **error)
{
    g_autoptr(GError) problem = NULL;
    g_autoptr(Lawbook) lawbook = open_lawbook(workspace, &problem);
    g_autoptr(Ledger) ledger = problem ? NULL : open_ledger(workspace, &problem);
    g_autoptr(Casework) casework = lawbook ? casework_new(lawbook) : NULL;
    const StatusRequest status = status_request(workspace, ledger);
    const HandoverRequest request = {.incident = material_playbook(workspace->material)->incident.id,
                                     .mode = material_status(workspace->material),
                                     .status = &status,
                                     .casework = casework,
                                     .since = since};
    g_autoptr(Handover) handover = problem ? NULL : handover_collect(&request, &problem);

    if (handover)
        print(handover, workspace->options->json);
    else
        g_propagate_error(error, g_steal_pointer(&problem));
    return handover != NULL;
}

int status_handover(Workspace *workspace)
{
    const char *given = workspace->options->since;
    g_autoptr(GError) error = NULL;
    int64_t since;
    int code = EXIT_CODE_TOLD;

    if (!parse_since(given ? given : SINCE_USUAL, clock_now(clock_system()), &since, &error))
        code = EXIT_CODE_USAGE;
    else if (!hand_over(workspace, since, &error))
        code = exit_code_of(error);
    if (error)
        output_message("error: %s", error->message);
    return code;
}
