/* confirm - the question before an actual send: what is about to happen, and the incident id to be typed. */
#ifndef BREACH_CLI_CONFIRM_H
#define BREACH_CLI_CONFIRM_H

#include <stdbool.h>

#include <glib.h>

#include "cli/workspace.h"
#include "ledger/ledger.h"

/* confirm_send: true when sending may begin. Without a terminal, or with --yes, it takes --yes and --expect-digest with
 * the digest of the plan. On refusal the reason was printed, and nothing was sent. */
bool confirm_send(const Workspace *workspace, Ledger *ledger);

#endif
