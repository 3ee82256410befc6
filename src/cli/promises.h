/* promises - whether what was promised to users is kept: the verdicts of dispatch/promise as findings, for people and
 * as JSON; and what somebody has accepted.
 *
 * Threads: the main one. */
#ifndef BREACH_CLI_PROMISES_H
#define BREACH_CLI_PROMISES_H

#include <stdbool.h>

#include <jansson.h>

#include "cli/workspace.h"
#include "dispatch/promise.h"

/* promises_check: judges every promise of the playbook's policies, and adds a finding for each that would be broken.
 * `coverage`: covering_check()'s, or NULL. NULL when the playbook names no policy. */
PromiseReport *promises_check(const Workspace *workspace, const CoverageResult *coverage);

/* promises_print: one line of how many are kept; with `is_whole`, or when one is broken, promise by promise, with what
 * is not promised. promises_json: the member `promises` of check --json; a new reference. */
void promises_print(const Workspace *workspace, const PromiseReport *report, bool is_whole);
json_t *promises_json(const Workspace *workspace, const PromiseReport *report);

/* promises_accepted: after everything was checked: a warning for each entry of `accepted` that let nothing pass. */
void promises_accepted(const Workspace *workspace);

#endif
