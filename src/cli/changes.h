/* changes - what is different: a new plan from the one before, or the files from what was planned.
 *
 * Threads: one. */
#ifndef BREACH_CLI_CHANGES_H
#define BREACH_CLI_CHANGES_H

#include <stdbool.h>

#include <glib.h>
#include <jansson.h>

#include "cli/workspace.h"
#include "ledger/ledger_plan.h"

/* changes_print: what the plan changed against the one before, on stdout; nothing for a first plan of edition 1. */
void changes_print(const LedgerHeader *header, const LedgerPlanResult *result);

/* changes_json: the same; a new reference, null for a first plan. */
json_t *changes_json(const LedgerPlanResult *result);

/* changes_refuse: says on stderr what differs from what was planned, and sets the error that says what to type. `changed`:
 * the paths that differ. Returns false. */
bool changes_refuse(const Workspace *workspace, Ledger *ledger, char **changed, GError **error);

/* changes_warn_told: after planning: a finding when people were told, in this edition, with a text that is another one
 * now: the plan leaves them as they are. */
void changes_warn_told(const Workspace *workspace, Ledger *ledger);

#endif
