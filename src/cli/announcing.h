/* announcing - the announcement on the command line: what is wrong with it, what stands in for its endpoints in an
 * exercise, and publishing it there.
 *
 * Threads: one. */
#ifndef BREACH_CLI_ANNOUNCING_H
#define BREACH_CLI_ANNOUNCING_H

#include <stdbool.h>

#include <glib.h>

#include "cli/workspace.h"
#include "ledger/ledger.h"

/* announcing_check: renders the announcement and adds what is wrong with it to the findings: links that lead elsewhere,
 * markup that runs, a reason that is missing, and, once the people were read, messages that point to nothing. */
void announcing_check(const Workspace *workspace);

/* announcing_check_secrets: a warning for each endpoint whose password or certificate cannot be read here. */
void announcing_check_secrets(const Workspace *workspace);

/* announcing_gateways: the endpoints: the playbook's, or in an exercise a folder under samples/ for each of them. A new
 * array that owns what is in it, of Gateway *. */
GPtrArray *announcing_gateways(const Workspace *workspace);

/* announcing_rehearse: in an exercise whose announcement is due from the start: publishes it inside the state folder,
 * so that what points to it may go. *folder: where, newly allocated; NULL: there is nothing to publish. */
bool announcing_rehearse(const Workspace *workspace, Ledger *ledger, char **folder, GError **error);

#endif
