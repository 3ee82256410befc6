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
#include "model/regime.h"

#define COVERAGE_COMBINATIONS_MAX 64 /* of an audience; further ones are left out */

typedef struct CoveragePeople CoveragePeople;

/* The people of one region who are told for themselves, or are owed a notice that nobody gets, and whom the same
 * regimes of the playbook protect. */
typedef struct CoverageRegion {
    char *region;   /* owned; normalised (region.h); "" where the cell is no code */
    uint64_t named; /* entries of the playbook's regimes that protect them, or may */
    int64_t people;
    int64_t ages[REGIME_MINORS_MOST]; /* how many of each age, of those who have one below that */
} CoverageRegion;

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

/* coverage_people_regions: of const CoverageRegion *, by region; of 1,024 at most. People without a region are in none.
 * New array, which owns nothing. */
GPtrArray *coverage_people_regions(const CoveragePeople *people);

/* coverage_people_under: how many the regime of that entry protects for certain. coverage_people_nobody: that it
 * protects nobody at all, though people were seen. */
int64_t coverage_people_under(const CoveragePeople *people, size_t entry);
bool coverage_people_nobody(const CoveragePeople *people, size_t entry);

/* coverage_people_seen: whether anybody of the audience was seen. */
bool coverage_people_seen(const CoveragePeople *people, size_t audience);

/* coverage_people_minors: how many people younger than `years` (their column age) whom the regime of that entry
 * protects, or may, are told themselves, or are owed a notice that nobody gets, and in no audience of capacity guardian. */
int64_t coverage_people_minors(const CoveragePeople *people, size_t entry, int years);

/* coverage_people_kinds: the combinations seen, "email;name", each once, sorted; without that of all kinds. Of char *;
 * borrowed. */
const GPtrArray *coverage_people_kinds(const CoveragePeople *people, size_t audience);

#endif
