/* covering - whether the notices hold what the law and the policies ask: the comparison of dispatch/coverage_check with
 * what this incident is like, said as findings, for people and as JSON.
 *
 * Threads: the main one. */
#ifndef BREACH_CLI_COVERING_H
#define BREACH_CLI_COVERING_H

#include <jansson.h>

#include "cli/workspace.h"
#include "dispatch/coverage_check.h"
#include "dispatch/coverage_people.h"

/* covering_check: compares and adds a finding for each requirement that is not met, with all the texts that it
 * concerns. To be called when everybody has been read; `people` may be NULL. NULL when the playbook names no regime and
 * no policy, or the case record cannot be read (said as a finding). */
CoverageResult *covering_check(const Workspace *workspace, const CoveragePeople *people);

/* covering_print: one line of what was compared. covering_json: the member `coverage` of check --json; a new reference.
 */
void covering_print(const CoverageResult *result);
json_t *covering_json(const CoverageResult *result);

#endif
