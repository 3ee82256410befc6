#include "cli/workspace.h"

#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "cli/clock_watch.h"
#include "cli/exit_code.h"
#include "cli/installation.h"
#include "cli/obligations.h"
#include "cli/output.h"
#include "cli/process.h"
#include "ledger/case.h"
#include "ledger/sqlite.h"

static char *state_folder(const Options *options, const Material *material)
{
    const Playbook *playbook = material_playbook(material);
    bool is_exercise = material_status(material) == INCIDENT_EXERCISE;
    g_autofree char *name = NULL;

    if (options->state)
        return g_canonicalize_filename(options->state, NULL);
    if (!playbook->incident.id)
        return NULL;
    name = g_strdup_printf("%s%s.breach", playbook->incident.id, is_exercise ? ".dry-run" : "");
    return g_build_filename(playbook->folder, name, NULL);
}

Workspace *workspace_open(const Options *options)
{
    Workspace *workspace = g_new0(Workspace, 1);
    g_autofree char *state = options->state ? text_shell_word(options->state) : NULL;

    workspace->options = options;
    workspace->lock = -1;
    workspace->typed = text_shell_word(options->argument);
    workspace->mode = g_strdup_printf("%s%s%s", options->dry_run ? " --dry-run" : "", state ? " --state " : "",
                                      state ? state : "");
    workspace->findings = findings_new();
    workspace->data = installation_data();
    workspace->material = material_load(options->argument, workspace->data, options->dry_run, workspace->findings);
    if (workspace->material)
        workspace->folder = state_folder(options, workspace->material);
    if (workspace->folder)
        obligations_stand_beside(workspace);
    return workspace;
}

void workspace_close(Workspace *workspace)
{
    if (!workspace)
        return;
    obligations_stand_beside(NULL);
    clock_watch_free(workspace->watch);
    if (workspace->lock >= 0)
        close(workspace->lock);
    material_free(workspace->material);
    findings_free(workspace->findings);
    g_free(workspace->typed);
    g_free(workspace->mode);
    g_free(workspace->folder);
    g_free(workspace->data);
    g_free(workspace);
}

const LedgerBackend *workspace_backend(void)
{
    return sqlite_backend();
}

static char *lock_path(const Workspace *workspace)
{
    return g_build_filename(workspace->folder, "lock", NULL);
}

static bool keep_out_of_git(const Workspace *workspace, GError **error)
{
    g_autofree char *path = g_build_filename(workspace->folder, ".gitignore", NULL);

    return access(path, F_OK) == 0 || file_write(path, "*\n", 2, 0600, error);
}

/* Waits a second for the lock: breach status holds it for an instant when it looks whether somebody is at work. */
static bool take_lock(Workspace *workspace, const char *path, GError **error)
{
    for (int tries = 0; tries < 10; tries++) {
        g_autoptr(GError) problem = NULL;

        workspace->lock = file_lock(path, &problem);
        if (workspace->lock >= 0)
            return true;
        if (!g_error_matches(problem, BREACH_ERROR, BREACH_ERROR_TEMPORARY)) {
            g_propagate_error(error, g_steal_pointer(&problem));
            return false;
        }
        g_usleep(G_USEC_PER_SEC / 10);
    }
    error_set(error, BREACH_ERROR_TEMPORARY, "ledger-busy",
              "another breach is at work in %s: watch it with breach status %s%s", workspace->folder, workspace->typed,
              workspace->mode);
    return false;
}

/* A folder with other people's files in it is none for ours: we would write among them, and clean up. */
static bool refuse_foreign(const Workspace *workspace, const char *lock, GError **error)
{
    g_autoptr(GDir) entries = g_dir_open(workspace->folder, 0, NULL);
    g_autofree char *turn = g_build_filename(workspace->folder, CASE_LOCK, NULL);

    if (!entries || !g_dir_read_name(entries) || access(lock, F_OK) == 0 || access(turn, F_OK) == 0 ||
        ledger_exists(workspace_backend(), workspace->folder))
        return false;
    error_set(error, BREACH_ERROR_CREATE, "state-foreign",
              "%s holds files that are not ours: give --state a folder of its own", workspace->folder);
    return true;
}

bool workspace_prepare(Workspace *workspace, GError **error)
{
    g_autofree char *lock = lock_path(workspace);

    if (!file_make_folder(workspace->folder, 0700, error))
        return false;
    if (file_is_network(workspace->folder)) {
        error_set(error, BREACH_ERROR_CREATE, "state-network",
                  "%s lies on a network file system, where nothing can be promised: use --state DIR on a local disk",
                  workspace->folder);
        return false;
    }
    if (refuse_foreign(workspace, lock, error) || !take_lock(workspace, lock, error))
        return false;
    process_begin(workspace->folder);
    return keep_out_of_git(workspace, error);
}

bool workspace_is_busy(const Workspace *workspace)
{
    g_autofree char *path = lock_path(workspace);

    return workspace->lock < 0 && file_is_locked(path);
}

void workspace_unplanned(const Workspace *workspace, GError **error)
{
    error_set(error, BREACH_ERROR_INPUT, "ledger-none", "nothing is planned in %s: type breach plan %s%s",
              workspace->folder, workspace->typed, workspace->mode);
}

bool workspace_has_id(const Workspace *workspace, GError **error)
{
    if (material_playbook(workspace->material)->incident.id)
        return true;
    error_set(error, BREACH_ERROR_INPUT, "incident-no-id",
              "the playbook has no incident id: write incident: {id: …}");
    return false;
}

Ledger *workspace_ledger(const Workspace *workspace, GError **error)
{
    const Playbook *playbook = material_playbook(workspace->material);
    IncidentStatus status = material_status(workspace->material);
    g_autoptr(Ledger) ledger = NULL;
    const LedgerHeader *header;

    if (!ledger_exists(workspace_backend(), workspace->folder)) {
        workspace_unplanned(workspace, error);
        return NULL;
    }
    ledger = ledger_open(workspace_backend(), workspace->folder, error);
    if (!ledger)
        return NULL;
    header = ledger_header(ledger);
    if (!workspace_has_id(workspace, error))
        return NULL;
    if (strcmp(header->incident, playbook->incident.id) != 0 || header->status != status) {
        error_set(error, BREACH_ERROR_INPUT, "ledger-other-incident",
                  "%s belongs to %s (%s), not to %s (%s): use another --state", workspace->folder, header->incident,
                  playbook_status_name(header->status), playbook->incident.id, playbook_status_name(status));
        return NULL;
    }
    return g_steal_pointer(&ledger);
}

int workspace_fail(Workspace *workspace, const GError *error)
{
    output_findings(workspace->findings);
    if (error) {
        output_message("error: %s", error->message);
        return exit_code_of(error);
    }
    return EXIT_CODE_INPUT;
}
