/* climbing - what breach notify does about people who have to go on to another channel: the question, with what it
 * costs, and the yes. Threads: one. */
#ifndef BREACH_CLI_CLIMBING_H
#define BREACH_CLI_CLIMBING_H

#include <stdbool.h>

#include <glib.h>

#include "cli/workspace.h"

/* climbing_settle: before sending: takes the yes of --climb N, or asks for it on a terminal. Without one, those notices
 * wait and the rest is sent; it is said. false: --climb does not fit, see the error. */
bool climbing_settle(const Workspace *workspace, Ledger *ledger, GError **error);

/* climbing_tell: after a run in which more had to go on than may: what it would cost, and what to type. */
void climbing_tell(const Workspace *workspace, Ledger *ledger);

#endif
