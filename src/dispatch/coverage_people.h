/* coverage_people - what of the people decides about the law of their notices: which regimes protect somebody of an
 * audience, and which combinations of data kinds their rows name.
 *
 * Filled while the people file is streamed; nothing about anybody is kept. Threads: one. */
#ifndef BREACH_DISPATCH_COVERAGE_PEOPLE_H
#define BREACH_DISPATCH_COVERAGE_PEOPLE_H

#include <stdbool.h>
#include <stddef.h>

#include <glib.h>

#include "model/person.h"
#include "model/plan.h"
#include "model/playbook.h"

#define COVERAGE_COMBINATIONS_MAX 64 /* of an audience; further ones are left out */

typedef struct CoveragePeople CoveragePeople;

/* coverage_people_new: the playbook is borrowed for as long as it lives. */
CoveragePeople *coverage_people_new(const Playbook *playbook);
void coverage_people_free(CoveragePeople *people);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CoveragePeople, coverage_people_free)

/* coverage_people_note: one person and what was decided about them. Those to whom nothing is owed, or whose row is
 * wrong, do not count; those whom no channel reaches do. */
void coverage_people_note(CoveragePeople *people, const Person *person, const PlanDecision *decision);

/* coverage_people_protects: whether the regime of that entry of the playbook protects somebody of the audience: its
 * `people` holds for one of them, or may hold. Of an audience in which nobody was seen everybody is protected. */
bool coverage_people_protects(const CoveragePeople *people, size_t audience, size_t entry);

/* coverage_people_seen: whether anybody of the audience was seen. */
bool coverage_people_seen(const CoveragePeople *people, size_t audience);

/* coverage_people_minors: how many people younger than `years` (their column age) are told themselves, or are owed a
 * notice that nobody gets, and in no audience of capacity guardian. */
int64_t coverage_people_minors(const CoveragePeople *people, int years);

/* coverage_people_kinds: the combinations seen, "email;name", each once, sorted; without that of all kinds. Of char *;
 * borrowed. */
const GPtrArray *coverage_people_kinds(const CoveragePeople *people, size_t audience);

#endif
