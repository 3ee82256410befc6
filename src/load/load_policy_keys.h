/* load_policy_keys - the playbook's keys for promises and for who answers for them: policies, accepted, and
 * organization.joint. Threads: as schema.h. */
#ifndef BREACH_LOAD_LOAD_POLICY_KEYS_H
#define BREACH_LOAD_LOAD_POLICY_KEYS_H

#include "load/schema.h"
#include "model/playbook.h"

/* load_policy_keys_entry: a SchemaSet for one item of `policies`: a name, or {id, audiences}; the target is the
 * Playbook. Whether the policy exists is not known here. */
SchemaSet load_policy_keys_entry;

/* load_policy_keys_accepted: a SchemaSet for one item of `accepted`: {id, reason, by}. It goes into the findings
 * (finding_accept.h), for they are what is accepted; the target is not used. */
SchemaSet load_policy_keys_accepted;

/* load_policy_keys_joint: a SchemaSet for organization.joint; the target is the Organization. */
SchemaSet load_policy_keys_joint;

/* load_policy_keys_check: an error for each audience that `policies` names and the playbook does not have. */
void load_policy_keys_check(const SchemaCheck *check, const Playbook *playbook);

#endif
