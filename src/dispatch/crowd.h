/* crowd - how many people share an address with more than may be named in one message (RENDER_SHARED_MOST), for
 * breach check: their message could not be made, and they would stay untold. Sixteen bytes for each message of people
 * who may share one.
 *
 * Threads: one. */
#ifndef BREACH_DISPATCH_CROWD_H
#define BREACH_DISPATCH_CROWD_H

#include "base/finding.h"
#include "model/plan.h"

typedef struct Crowd Crowd;

Crowd *crowd_new(const Playbook *playbook);
void crowd_free(Crowd *crowd);

/* crowd_note: a person and what was decided for them. */
void crowd_note(Crowd *crowd, const Person *person, const PlanDecision *decision);

/* crowd_report: after the last person; a warning with their number, at the first of them. */
void crowd_report(Crowd *crowd, Findings *findings);

#endif
