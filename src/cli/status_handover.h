/* status_handover - `breach status --handover`: a page for whoever takes over.
 *
 * Threads: one. */
#ifndef BREACH_CLI_STATUS_HANDOVER_H
#define BREACH_CLI_STATUS_HANDOVER_H

#include "cli/workspace.h"

/* status_handover: prints it as Markdown, or as JSON; works before there is a plan, too. Returns the exit code. */
int status_handover(Workspace *workspace);

#endif
