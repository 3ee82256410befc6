/* headcount - whether the people file can hold all who are affected, and nobody else: a file with the wrong export in it,
 * or with the first rows alone, would otherwise look like an incident of which everybody was told; and a number that is
 * too low makes duties disappear that begin at a higher one.
 *
 * The count is that of the case record, else of the playbook: at least so many and at most so many, else the likely
 * number. Only of actual incidents; a rehearsal may be of a few. Threads: one. */
#ifndef BREACH_CLI_HEADCOUNT_H
#define BREACH_CLI_HEADCOUNT_H

#include <stdint.h>

#include "cli/workspace.h"

/* headcount_check: a finding when `people` rows are fewer, or more. headcount_text: the same words; newly allocated,
 * NULL: they agree, or nobody knows. */
void headcount_check(Workspace *workspace, int64_t people);
char *headcount_text(const Workspace *workspace, int64_t people);

#endif
