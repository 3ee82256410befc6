/* load_policy - policies/<id>.yaml into a Policy; breach-policy(5) describes the file.
 *
 * Looked for beside the playbook, then among the files that come with breach (law_file.h). Findings of stage report.
 * Threads: as schema.h. */
#ifndef BREACH_LOAD_LOAD_POLICY_H
#define BREACH_LOAD_LOAD_POLICY_H

#include "base/finding.h"
#include "model/policy.h"

/* load_policy: NULL when it is nowhere or cannot be read at all, which is reported (the former at `at`). A policy with
 * mistakes is returned without the promises that have them. load_policy_file: the same of one file. */
Policy *load_policy(const char *id, Position at, const char *folder, const char *data, Findings *findings);
Policy *load_policy_file(const char *path, Findings *findings);

/* load_policy_names: all policies that there are, sorted; g_strfreev(). */
char **load_policy_names(const char *folder, const char *data);

#endif
