/* load_severity - a scale of severity from its YAML file, found beside the playbook (`severity/ID.yaml`) and then in
 * `<data>/playbooks/severity/`. Reported and returned as by load_regime.h. Threads: as schema.h. */
#ifndef BREACH_LOAD_LOAD_SEVERITY_H
#define BREACH_LOAD_LOAD_SEVERITY_H

#include <glib.h>

#include "base/finding.h"
#include "model/severity.h"

/* load_severity: `at`, `folder`, `data` as load_regime(). NULL when there is none (reported) or no usable file. */
SeverityScale *load_severity(const char *id, Position at, const char *folder, const char *data, Findings *findings);
SeverityScale *load_severity_file(const char *path, Findings *findings);

/* load_severity_names: as load_regime_names(). */
char **load_severity_names(const char *folder, const char *data);

#endif
