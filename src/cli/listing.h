/* listing - breach status --list: who is in one state, one line a person. Threads: one. */
#ifndef BREACH_CLI_LISTING_H
#define BREACH_CLI_LISTING_H

#include <stdbool.h>

#include <glib.h>

#include "cli/workspace.h"
#include "report/status.h"

/* listing_parse: the state that --list names. Error: BREACH_ERROR_INPUT: exit 64. */
bool listing_parse(const char *name, Told *told, GError **error);

/* listing_print: everybody of that state on stdout, as they are read, then the verdict and what to type; with --json
 * one document (docs/schema/list.json). Endpoints are masked. */
bool listing_print(const Workspace *workspace, Ledger *ledger, const Status *status, Told told, GError **error);

#endif
