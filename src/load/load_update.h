/* load_update - the key update of a playbook, which editions from 2 on need. Threads: as schema.h. */
#ifndef BREACH_LOAD_LOAD_UPDATE_H
#define BREACH_LOAD_LOAD_UPDATE_H

#include "load/schema.h"
#include "model/playbook.h"

/* load_update_set: a SchemaSet whose target is a Playbook: fills playbook->update, or reports why not. */
void load_update_set(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target);

/* load_update_edition: a SchemaSet whose target is an int: an edition, from 1. */
void load_update_edition(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target);

/* load_update_check: reports an edition from 2 on without an update, and an update in edition 1. */
void load_update_check(const SchemaCheck *check, const YamlNode *root, const Playbook *playbook);

#endif
