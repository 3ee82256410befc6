/* breach init: a ready-to-edit incident folder. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/language.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/exit_code.h"
#include "cli/incident_folder.h"
#include "cli/installation.h"
#include "cli/output.h"

static json_t *paths_json(const GPtrArray *files)
{
    json_t *list = json_array();

    for (guint i = 0; i < files->len; i++)
        json_array_append_new(list, json_string(g_ptr_array_index(files, i)));
    return list;
}

static json_t *left_json(const GPtrArray *left)
{
    json_t *list = json_array();

    for (guint i = 0; i < left->len; i++) {
        const IncidentLeftOut *entry = g_ptr_array_index(left, i);

        json_array_append_new(list, json_pack("{s:s, s:s}", "path", entry->path, "reason", entry->reason));
    }
    return list;
}

static json_t *secrets_json(const GPtrArray *secrets)
{
    json_t *list = json_array();

    for (guint i = 0; i < secrets->len; i++) {
        const IncidentSecret *entry = g_ptr_array_index(secrets, i);

        json_array_append_new(list, json_pack("{s:s, s:s}", "reference", entry->reference, "gateway", entry->gateway));
    }
    return list;
}

static void print_folder(const char *typed, const IncidentFolder *folder)
{
    printf("%s/\n", typed);
    for (guint i = 0; i < folder->files->len; i++)
        printf("  %s\n", (const char *)g_ptr_array_index(folder->files, i));
    if (folder->left->len > 0)
        printf("%s\n", _("not taken along:"));
    for (guint i = 0; i < folder->left->len; i++) {
        const IncidentLeftOut *left = g_ptr_array_index(folder->left, i);

        printf("  %s: %s\n", left->path, _(left->reason));
    }
    if (folder->secrets->len > 0)
        printf("%s\n", _("secrets that you have to provide before anything real is sent:"));
    for (guint i = 0; i < folder->secrets->len; i++) {
        const IncidentSecret *secret = g_ptr_array_index(folder->secrets, i);

        printf("  %s (%s)\n", secret->reference, secret->gateway);
    }
}

static void show(const Options *options, const IncidentFolder *folder, const IncidentFolderRequest *request)
{
    g_autofree char *playbook = g_build_filename(options->argument, "playbook.yaml", NULL);
    g_autofree char *word = text_shell_word(playbook);
    g_autofree char *verdict =
        g_strdup_printf(_("NEEDS YOU: %zu places to fill in, marked %s, and the people file; "
                          "the incident is %s, %s"),
                        folder->to_fill, request->mark, folder->id, playbook_status_name(request->status));
    g_autofree char *next = g_strconcat("breach check ", word, NULL);
    g_autofree char *then = g_strconcat("breach notify ", word, " --dry-run", NULL);

    if (options->json) {
        output_json(json_pack("{s:s, s:s, s:s, s:s, s:I, s:o, s:o, s:o, s:s, s:s, s:s}", "schema", "breach.init/1",
                              "path", folder->path, "incident", folder->id, "status",
                              playbook_status_name(request->status), "to_fill", (json_int_t)folder->to_fill, "files",
                              paths_json(folder->files), "left_out", left_json(folder->left), "secrets",
                              secrets_json(folder->secrets), "verdict", verdict, "next", next, "then", then));
        return;
    }
    print_folder(options->argument, folder);
    printf(_("edit, check, and when nothing is wrong rehearse: %s\n"), then);
    output_verdict(verdict, next);
}

static int run(const Options *options)
{
    g_autofree char *data = installation_data();
    g_autofree char *blank = g_build_filename(data, "playbooks", "blank", language_name(), NULL);
    const IncidentFolderRequest request = {
        .folder = options->argument,
        .from = options->from,
        .blank = blank,
        .mark = strcmp(language_name(), "zh-CN") == 0 ? "待填写" : "FILL IN",
        .status = options->actual ? INCIDENT_ACTUAL : INCIDENT_EXERCISE,
        .now = clock_now(clock_system()),
    };
    g_autoptr(GError) error = NULL;
    g_autoptr(IncidentFolder) folder = incident_folder_make(&request, &error);

    if (!folder) {
        output_message("error: %s", error->message);
        return exit_code_of(error);
    }
    show(options, folder, &request);
    return EXIT_CODE_TOLD;
}

static const char *const names[] = {"from", "actual", "json", "help", NULL};

const Command cmd_init = {
    .name = "init",
    .run = run,
    .argument = "DIR",
    .summary = N_("a ready-to-edit folder for a new incident"),
    .description =
        N_("Makes DIR with a playbook, an empty people file and a gateway; comments in them explain each line, and\n"
           "what has to be written is marked. Nothing can be sent while a mark stands. With --from it copies a\n"
           "standing folder that was rehearsed: playbook, gateways, templates and contacts, but no people, no\n"
           "state and no secret, under an id of its own. DIR must not exist, or be empty."),
    .options = names,
    .exits = N_("0 made, 65 the folder of --from cannot be used, 73 DIR is not empty or cannot be created"),
};
