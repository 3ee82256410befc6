/* status_watch - `breach status --watch`: the numbers as they change, on a terminal or as lines.
 *
 * Threads: one. */
#ifndef BREACH_CLI_STATUS_WATCH_H
#define BREACH_CLI_STATUS_WATCH_H

#include "cli/workspace.h"

/* status_watch: until q, Ctrl-C or SIGTERM; returns the exit code. On a terminal it draws on the alternate screen and
 * leaves the terminal as it was, also while it is stopped with Ctrl-Z; elsewhere it prints a line for each change, and with
 * --json a document for each reading. */
int status_watch(Workspace *workspace);

#endif
