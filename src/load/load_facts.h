/* load_facts - the playbook's key `facts`: texts, facts that are still unknown, kinds of data, numbers of people.
 *
 * Threads: constant. */
#ifndef BREACH_LOAD_LOAD_FACTS_H
#define BREACH_LOAD_LOAD_FACTS_H

#include "load/schema.h"
#include "model/playbook.h"

/* load_facts_table: for a map whose target is a Playbook. The names of kinds of data are only collected; what they mean
 * is for load_vocabulary(). */
extern const SchemaTable load_facts_table;

/* load_facts_own_table: the same for an audience's own facts: none is required, and neither counts nor kinds of data are
 * among them. */
extern const SchemaTable load_facts_own_table;

/* load_facts_overdue: a warning for each fact that is unknown and whose next_update is over at `now` (ms). */
void load_facts_overdue(const Playbook *playbook, int64_t now, Findings *findings);

#endif
