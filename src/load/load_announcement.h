/* load_announcement - the key announcement of a playbook. Threads: as schema.h. */
#ifndef BREACH_LOAD_LOAD_ANNOUNCEMENT_H
#define BREACH_LOAD_LOAD_ANNOUNCEMENT_H

#include "load/schema.h"

/* load_announcement_set: a SchemaSet whose target is a Playbook: fills playbook->announcement, or reports why not. */
void load_announcement_set(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target);

/* load_announcement_refuse: a SchemaSet for gateways.announcement: says where the endpoints are named instead. */
void load_announcement_refuse(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target);

#endif
