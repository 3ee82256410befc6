/* status_request - what status_collect() is asked about the incident of a workspace, now.
 *
 * Threads: one. */
#ifndef BREACH_CLI_STATUS_REQUEST_H
#define BREACH_CLI_STATUS_REQUEST_H

#include "cli/workspace.h"
#include "report/status.h"

/* status_request: borrows from the workspace, which must outlive it; the ledger is borrowed as well, and may be NULL. A
 * rehearsal keeps no quiet hours. */
StatusRequest status_request(const Workspace *workspace, Ledger *ledger);

#endif
