/* unasked - people whose law nobody has asked: those in regions of whose laws the playbook names none that tells
 * people, minors whose own law it does not name, regimes that protect nobody, and more people than a regime's own count
 * allows.
 *
 * By the column region (and age) of the people file and the conditions of the playbook's regimes, compared with the
 * regimes that come with breach or lie beside the playbook. Threads: the main one. */
#ifndef BREACH_CLI_UNASKED_H
#define BREACH_CLI_UNASKED_H

#include "cli/workspace.h"
#include "dispatch/coverage_people.h"

/* unasked_check: adds to the workspace's findings, as warnings: which laws bind is for people to judge. Of an exercise,
 * whose people may be invented, only that a regime protects nobody. `people`: as the people file was read. Writes
 * nothing. */
void unasked_check(const Workspace *workspace, const CoveragePeople *people);

#endif
