/* load_quiet_hours - the key quiet_hours of a playbook. Threads: as schema.h. */
#ifndef BREACH_LOAD_LOAD_QUIET_HOURS_H
#define BREACH_LOAD_LOAD_QUIET_HOURS_H

#include "load/schema.h"
#include "model/quiet_hours.h"

/* load_quiet_hours_set: a SchemaSet whose target is a Playbook: fills playbook->quiet_hours, or reports why not. */
void load_quiet_hours_set(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target);

/* load_quiet_hours: the same value on its own; NULL when it is wrong, which is then reported. */
QuietHours *load_quiet_hours(const SchemaCheck *check, FindingStage stage, const YamlNode *value);

#endif
