/* twins - rows that have the name and an address of another row under another id, for breach check: most are one
 * person, who would be told once for each. 24 bytes for each address of somebody with a name.
 *
 * Threads: one. */
#ifndef BREACH_DISPATCH_TWINS_H
#define BREACH_DISPATCH_TWINS_H

#include "base/finding.h"
#include "model/plan.h"

typedef struct Twins Twins;

/* twins_new: `playbook` is borrowed until twins_free(). */
Twins *twins_new(const Playbook *playbook);
void twins_free(Twins *twins);

/* twins_note: a person and what was decided for them. */
void twins_note(Twins *twins, const Person *person, const PlanDecision *decision);

/* twins_report: after the last person; a warning with the number of these rows, at the first of them that repeats
 * another. */
void twins_report(Twins *twins, Findings *findings);

#endif
