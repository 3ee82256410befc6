/* load_playbook - a playbook file into a Playbook, with every mistake at once. */
#ifndef BREACH_LOAD_LOAD_PLAYBOOK_H
#define BREACH_LOAD_LOAD_PLAYBOOK_H

#include "base/finding.h"
#include "model/playbook.h"

/* load_playbook: NULL only when the file cannot be read or is no YAML map; otherwise what could be understood, and
 * `findings` says whether it may be used (findings_errors() of the stage that the caller needs). Checked: unknown keys
 * (with a did-you-mean), keys whose feature this version does not have ("not supported by this version"), missing
 * keys, types, names, times without an offset, conditions, locales, that measures has at least one taken or planned,
 * that audiences have unique ids and known channels, that every channel of a ladder has a gateway. */
Playbook *load_playbook(const char *path, Findings *findings);

/* load_playbook_future: a warning for each time of the incident that is still to come at `now` (ms). */
void load_playbook_future(const Playbook *playbook, int64_t now, Findings *findings);

/* load_playbook_ids: the ids of findings for each SchemaMistake (schema.h), for files that belong to a playbook. */
const char *const *load_playbook_ids(void);

/* load_playbook_channels: the channels that this version can send on, NULL-terminated. */
const char *const *load_playbook_channels(void);

#endif
