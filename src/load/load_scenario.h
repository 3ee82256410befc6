/* load_scenario - a scenario from its YAML file: breach-scenario(5).
 *
 * By name it is looked for beside the playbook (`scenarios/NAME.yaml`), then in `<data>/playbooks/scenarios/`. Every
 * mistake is reported, at FINDING_FACTS: a drill whose story is half understood proves nothing. Threads: as schema.h.
 */
#ifndef BREACH_LOAD_LOAD_SCENARIO_H
#define BREACH_LOAD_LOAD_SCENARIO_H

#include <glib.h>

#include "base/finding.h"
#include "load/schema.h"
#include "model/scenario.h"

#define SCENARIO_FOLDER "scenarios"

/* load_scenario_ids: the findings of what is wrong in the files of a drill, for SchemaCheck.ids. */
extern const char *const load_scenario_ids[SCHEMA_MISTAKES];

/* load_scenario: `typed` is a path when it has a slash or ends with .yaml, else a name. `folder`: the playbook's, or
 * NULL; `data`: BREACH_DATA, or NULL. NULL when there is no such scenario or its file cannot be used; what was read is
 * returned even with mistakes, so look at the findings. */
Scenario *load_scenario(const char *typed, const char *folder, const char *data, Findings *findings);

/* load_scenario_names: those that load_scenario() would find by name, sorted, each once; NULL-terminated; g_strfreev().
 */
char **load_scenario_names(const char *folder, const char *data);

#endif
