#include "cli/workspace.h"

#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "cli/exit_code.h"
#include "cli/output.h"
#include "ledger/sqlite.h"

/* The source tree for a program that lies in its build folder, else where it was installed. */
static char *find_data(void)
{
    const char *asked = g_getenv("BREACH_DATA");
    g_autofree char *program = g_file_read_link("/proc/self/exe", NULL);
    g_autofree char *folder = program ? g_path_get_dirname(program) : NULL;
    g_autofree char *beside = NULL;

    if (asked && *asked)
        return g_strdup(asked);
    if (folder && strcmp(folder, BREACH_BUILD_FOLDER) == 0)
        return g_strdup(BREACH_SOURCE_DATA);
    /* An installation may have been moved, or be a package's: its data lies at the same place relative to it. */
    beside = folder ? g_build_filename(folder, BREACH_DATA_FROM_BIN, NULL) : NULL;
    if (beside && g_file_test(beside, G_FILE_TEST_IS_DIR))
        return g_canonicalize_filename(beside, NULL);
    return g_strdup(BREACH_INSTALLED_DATA);
}

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

/* Next commands are pasted: a path with a space must stay one word, and one that begins with - no option. */
static char *shell_word(const char *path)
{
    g_autofree char *plain = *path == '-' ? g_strconcat("./", path, NULL) : g_strdup(path);
    const char *at = plain;

    while (g_ascii_isalnum(*at) || (*at && strchr("/._-+,:@%", *at)) || (unsigned char)*at >= 0x80)
        at++;
    return *at || at == plain ? g_shell_quote(plain) : g_steal_pointer(&plain);
}

Workspace *workspace_open(const Options *options)
{
    Workspace *workspace = g_new0(Workspace, 1);
    g_autofree char *state = options->state ? shell_word(options->state) : NULL;

    workspace->options = options;
    workspace->lock = -1;
    workspace->typed = shell_word(options->playbook);
    workspace->mode = g_strdup_printf("%s%s%s", options->dry_run ? " --dry-run" : "", state ? " --state " : "",
                                      state ? state : "");
    workspace->findings = findings_new();
    workspace->data = find_data();
    workspace->material = material_load(options->playbook, workspace->data, options->dry_run, workspace->findings);
    if (workspace->material)
        workspace->folder = state_folder(options, workspace->material);
    return workspace;
}

void workspace_close(Workspace *workspace)
{
    if (!workspace)
        return;
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
    g_set_error(error, BREACH_ERROR, BREACH_ERROR_TEMPORARY,
                "another breach is at work in %s: watch it with breach status %s%s", workspace->folder, workspace->typed,
                workspace->mode);
    return false;
}

/* A folder with other people's files in it is none for ours: we would write among them, and clean up. */
static bool refuse_foreign(const Workspace *workspace, const char *lock, GError **error)
{
    g_autoptr(GDir) entries = g_dir_open(workspace->folder, 0, NULL);

    if (!entries || !g_dir_read_name(entries) || access(lock, F_OK) == 0 ||
        ledger_exists(workspace_backend(), workspace->folder))
        return false;
    g_set_error(error, BREACH_ERROR, BREACH_ERROR_CREATE, "%s holds files that are not ours: give --state a folder of its own",
                workspace->folder);
    return true;
}

bool workspace_prepare(Workspace *workspace, GError **error)
{
    g_autofree char *lock = lock_path(workspace);

    if (!file_make_folder(workspace->folder, 0700, error))
        return false;
    if (file_is_network(workspace->folder)) {
        g_set_error(error, BREACH_ERROR, BREACH_ERROR_CREATE,
                    "%s lies on a network file system, where nothing can be promised: use --state DIR on a local disk",
                    workspace->folder);
        return false;
    }
    return !refuse_foreign(workspace, lock, error) && take_lock(workspace, lock, error) && keep_out_of_git(workspace, error);
}

bool workspace_is_busy(const Workspace *workspace)
{
    g_autofree char *path = lock_path(workspace);
    g_autoptr(GError) error = NULL;
    int lock;

    if (workspace->lock >= 0 || access(path, F_OK) != 0)
        return false;
    lock = file_lock(path, &error);
    if (lock < 0)
        return g_error_matches(error, BREACH_ERROR, BREACH_ERROR_TEMPORARY);
    close(lock);
    return false;
}

void workspace_unplanned(const Workspace *workspace, GError **error)
{
    g_set_error(error, BREACH_ERROR, BREACH_ERROR_INPUT, "nothing is planned in %s: type breach plan %s%s",
                workspace->folder, workspace->typed, workspace->mode);
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
    if (!playbook->incident.id) {
        g_set_error(error, BREACH_ERROR, BREACH_ERROR_INPUT, "the playbook has no incident id: write incident: {id: …}");
        return NULL;
    }
    if (strcmp(header->incident, playbook->incident.id) != 0 || header->status != status) {
        g_set_error(error, BREACH_ERROR, BREACH_ERROR_INPUT,
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
