/* load_roles - who answers for the data (organization.role), against whom the playbook tells: a processor tells its
 * customers, and of joint controllers one tells people, never both.
 *
 * Threads: as schema.h. */
#ifndef BREACH_LOAD_LOAD_ROLES_H
#define BREACH_LOAD_LOAD_ROLES_H

#include "load/schema.h"
#include "model/playbook.h"

/* load_roles_check: a finding for each audience that somebody in this role has no business to write to, and for what is
 * not said about the role. */
void load_roles_check(const SchemaCheck *check, const Playbook *playbook);

#endif
