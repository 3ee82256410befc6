/* breach check: everything that is wrong or missing, before you need it. */
#include <stdio.h>

#include "base/clock.h"
#include "base/secret.h"
#include "cli/command.h"
#include "cli/exit_code.h"
#include "cli/output.h"
#include "cli/planning.h"
#include "cli/workspace.h"

/* A password that is not at hand now is only a warning: it is needed on the machine that sends. */
static void check_secrets(Workspace *workspace)
{
    const GPtrArray *gateways = material_playbook(workspace->material)->gateways;

    if (material_status(workspace->material) == INCIDENT_EXERCISE)
        return;
    for (guint i = 0; i < gateways->len; i++) {
        const ChannelGateway *entry = g_ptr_array_index(gateways, i);
        const Gateway *gateway = material_gateway(workspace->material, entry->channel);
        g_autoptr(GError) error = NULL;
        g_autoptr(Secret) secret = NULL;

        if (!gateway || !gateway->password)
            continue;
        secret = secret_load(gateway->password, gateway->folder, &error);
        if (!secret)
            findings_warning(workspace->findings, FINDING_SEND, "gateway-secret", gateway->at, "%s", error->message);
    }
}

static char *make_verdict(const Workspace *workspace, const FreezeSummary *summary, size_t errors)
{
    g_autofree char *numbers = planning_numbers(summary);
    size_t warnings = findings_warnings(workspace->findings);

    if (errors > 0)
        return g_strdup_printf("NEEDS YOU: %zu error%s to mend; nothing can be sent before that", errors,
                               errors == 1 ? "" : "s");
    if (warnings > 0)
        return g_strdup_printf("%s; %zu warning%s to look at", numbers, warnings, warnings == 1 ? "" : "s");
    return g_strdup_printf("%s; nothing is wrong", numbers);
}

static char *make_next(const Workspace *workspace, size_t errors)
{
    const char *command = "plan";

    if (errors > 0)
        command = "check";
    else if (material_status(workspace->material) == INCIDENT_EXERCISE)
        command = "notify";
    return g_strdup_printf("breach %s %s%s", command, workspace->typed, workspace->mode);
}

static json_t *check_json(const Workspace *workspace, const FreezeSummary *summary, size_t errors)
{
    const char *incident = workspace->material ? material_playbook(workspace->material)->incident.id : NULL;

    return json_pack("{s:s, s:s?, s:b, s:I, s:I, s:I, s:o, s:o}", "schema", "breach.check/1", "incident", incident, "ok",
                     errors == 0, "errors", (json_int_t)errors, "warnings",
                     (json_int_t)findings_warnings(workspace->findings), "messages", (json_int_t)summary->messages,
                     "people", planning_people_json(summary), "findings", output_findings_json(workspace->findings));
}

static int run(const Options *options)
{
    g_autoptr(Workspace) workspace = workspace_open(options);
    const FreezeWatch watch = {.progress = output_reading};
    FreezeSummary summary = {0};
    g_autofree char *verdict = NULL;
    g_autofree char *next = NULL;
    size_t errors;

    if (workspace->material) {
        freeze_check(workspace->material, &watch, &summary, workspace->findings);
        check_secrets(workspace);
    }
    errors = findings_errors(workspace->findings, FINDING_SEND);
    verdict = make_verdict(workspace, &summary, errors);
    next = make_next(workspace, errors);
    output_findings(workspace->findings);
    if (options->json) {
        json_t *document = check_json(workspace, &summary, errors);

        json_object_set_new(document, "verdict", json_string(verdict));
        json_object_set_new(document, "next", json_string(next));
        output_json(document);
    } else {
        output_verdict(verdict, next);
    }
    return errors > 0 ? EXIT_CODE_INPUT : EXIT_CODE_TOLD;
}

static const char *const names[] = {"json", "state", "help", NULL};

const Command cmd_check = {
    .name = "check",
    .run = run,
    .summary = "everything that is wrong or missing, before you need it",
    .description = "Reads the playbook, its gateways, templates and people, and prints every mistake at once as\n"
                   "file:line:column, with what to do about it. Writes nothing and sends nothing.",
    .options = names,
    .exits = "0 nothing is wrong (there may be warnings), 65 there are errors",
};
