/* load_escalation - the keys escalation of a playbook and order of an audience. Threads: as schema.h. */
#ifndef BREACH_LOAD_LOAD_ESCALATION_H
#define BREACH_LOAD_LOAD_ESCALATION_H

#include "load/schema.h"

/* load_escalation_set: a SchemaSet whose target is a Playbook: fills playbook->escalation. load_escalation_order: one
 * whose target is an Audience: fills audience->order. */
void load_escalation_set(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target);
void load_escalation_order(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target);

#endif
