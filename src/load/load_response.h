/* load_response - the keys response and inquiries of a playbook. Threads: as schema.h. */
#ifndef BREACH_LOAD_LOAD_RESPONSE_H
#define BREACH_LOAD_LOAD_RESPONSE_H

#include "load/schema.h"
#include "model/response.h"

/* load_response_set, load_response_inquiries: SchemaSets whose target is a Playbook: they fill playbook->response, or
 * report why not. */
void load_response_set(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target);
void load_response_inquiries(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target);

/* load_response_rule: the map of `inquiries` on its own, for files that promise the same, such as policies. What is
 * wrong is reported, and leaves rule->days at 0. */
void load_response_rule(const SchemaCheck *check, FindingStage stage, const YamlNode *value, InquiryRule *rule);

#endif
