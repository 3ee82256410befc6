/* planning - plan and show what was planned; shared by breach plan and, for exercises, breach notify. */
#ifndef BREACH_CLI_PLANNING_H
#define BREACH_CLI_PLANNING_H

#include <stdbool.h>

#include <glib.h>
#include <jansson.h>

#include "cli/workspace.h"
#include "dispatch/freeze.h"

/* planning_run: builds and seals the plan in the workspace's folder, which is locked. What an earlier run left on its way
 * is settled first, and what other processes reported is applied. An edition from 2 on of an actual incident needs
 * somebody who was told. false with findings or error. */
bool planning_run(Workspace *workspace, FreezeSummary *summary, GError **error);

/* planning_first_notice: says to the material when the first notice went out, for the texts of an update: the playbook
 * says it, or the ledger (NULL: there is none). */
bool planning_first_notice(const Workspace *workspace, Ledger *ledger, GError **error);

/* planning_foresee: says as findings of the workspace, all of them warnings, what planning_run() would say of the edition
 * against the ledger that is there. Changes nothing. */
void planning_foresee(const Workspace *workspace);

/* planning_is_raise: whether the playbook has a higher edition than the ledger that is there. */
bool planning_is_raise(const Workspace *workspace);

/* planning_numbers: "1,000 people: 990 to be told, 10 unreachable"; newly allocated. */
char *planning_numbers(const FreezeSummary *summary);

/* planning_people_json: {"total", "pending", "quarantined", …}; a new reference. */
json_t *planning_people_json(const FreezeSummary *summary);

#endif
