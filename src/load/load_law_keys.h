/* load_law_keys - the playbook's keys for the law: regimes, anchors, variables, and what organization and incident say
 * for reports to authorities.
 *
 * Threads: as schema.h. */
#ifndef BREACH_LOAD_LOAD_LAW_KEYS_H
#define BREACH_LOAD_LOAD_LAW_KEYS_H

#include "load/schema.h"

/* SchemaSets whose target is a Playbook: they fill playbook->law, or report why not. load_law_add_regime is called for
 * each item of the list. Whether a regime exists, and whether anything asks for an anchor or a variable, is not known
 * here. */
void load_law_add_regime(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target);
void load_law_anchors(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target);
void load_law_variables(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target);

/* load_law_data_region: a SchemaSet of a char *: a normalised region. load_law_dpo: a table of an Organization. */
void load_law_data_region(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target);
extern const SchemaTable load_law_dpo;

#endif
