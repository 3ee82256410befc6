/* workspace - what every command needs: the playbook with its material, the state folder, the lock, the ledger. */
#ifndef BREACH_CLI_WORKSPACE_H
#define BREACH_CLI_WORKSPACE_H

#include <stdbool.h>

#include <glib.h>

#include "base/finding.h"
#include "cli/option.h"
#include "dispatch/material.h"
#include "ledger/ledger.h"

typedef struct Workspace {
    const Options *options;
    Findings *findings;    /* owned */
    Material *material;    /* owned; NULL when the playbook cannot be read */
    char *data;            /* owned; where shipped files are */
    char *folder;          /* owned; state folder, absolute */
    int lock;              /* descriptor, or -1 */
    struct ClockWatch *watch; /* owned; while breach notify runs (clock_watch.h); else NULL */
    char *typed;           /* owned; the playbook's path for the next command, quoted where a shell needs it */
    char *mode;            /* owned; the options that belong into the next command: " --dry-run --state DIR" or "" */
} Workspace;

/* workspace_open: loads the playbook and what it names. Always returns a workspace; its findings say what is wrong. */
Workspace *workspace_open(const Options *options);
void workspace_close(Workspace *workspace);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Workspace, workspace_close)

/* workspace_backend: the ledger's store. */
const LedgerBackend *workspace_backend(void);

/* workspace_prepare: makes the state folder (0700, .gitignore) and takes its lock. Error: BREACH_ERROR_CREATE (also for
 * network file systems), BREACH_ERROR_TEMPORARY when another process holds it. */
bool workspace_prepare(Workspace *workspace, GError **error);

/* workspace_is_busy: whether another process holds the lock. */
bool workspace_is_busy(const Workspace *workspace);

/* workspace_unplanned: sets the error that there is no ledger, and what to type. */
void workspace_unplanned(const Workspace *workspace, GError **error);

/* workspace_has_id: whether the playbook says which incident it is about. Error: BREACH_ERROR_INPUT. */
bool workspace_has_id(const Workspace *workspace, GError **error);

/* workspace_ledger: the ledger, checked to be of this incident and status. Error: BREACH_ERROR_INPUT. */
Ledger *workspace_ledger(const Workspace *workspace, GError **error);

/* workspace_fail: prints the findings or the error; returns the exit code. */
int workspace_fail(Workspace *workspace, const GError *error);

#endif
