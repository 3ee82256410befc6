/* load_regime - a regime from its YAML file, found beside the playbook (`regimes/ID.yaml`) and then in
 * `<data>/playbooks/regimes/`.
 *
 * Every mistake is reported, at FINDING_REPORT; what was read is returned even then, so look at the findings. A file is
 * held to the same rules whoever wrote it. Threads: as schema.h. */
#ifndef BREACH_LOAD_LOAD_REGIME_H
#define BREACH_LOAD_LOAD_REGIME_H

#include <glib.h>

#include "base/finding.h"
#include "model/regime.h"

/* load_regime: `at` is where the id stands (position_make(NULL, 0, 0) for none); `folder`: the playbook's, or NULL;
 * `data`: BREACH_DATA, or NULL. NULL when there is no such regime (reported, with a did-you-mean) or no usable file. */
Regime *load_regime(const char *id, Position at, const char *folder, const char *data, Findings *findings);

/* load_regime_file: the same from a path; the file's name need not be the id. */
Regime *load_regime_file(const char *path, Findings *findings);

/* load_regime_names: the ids of all that load_regime() would find, sorted, each once; NULL-terminated; g_strfreev(). */
char **load_regime_names(const char *folder, const char *data);

#endif
