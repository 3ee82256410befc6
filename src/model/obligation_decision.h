/* obligation_decision - what was decided about telling, brought to the obligations that it is about: a step that was
 * lawfully decided not to be owed does not run, and one that an authority asked to put off runs until then. A decision
 * that is to be taken again stands for nothing but itself.
 *
 * Pure. Threads: as obligation.h. */
#ifndef BREACH_MODEL_OBLIGATION_DECISION_H
#define BREACH_MODEL_OBLIGATION_DECISION_H

#include <stdint.h>

#include <glib.h>

#include "model/case_decision.h"
#include "model/obligation.h"

/* obligation_decision_apply: changes the clocks of `obligations` (of Obligation *), each with the reason among its
 * `why`; `decisions` as case_decisions() gives them for `state`. What was filed while it was put off was filed in time,
 * also after the delay has ended. To be sorted afterwards. */
void obligation_decision_apply(GPtrArray *obligations, const GPtrArray *decisions, const CaseState *state, int64_t now);

/* obligation_decision_waited: the event of the delay that still kept the step off at `at`, as the record stood before
 * event `before` (INT64_MAX: as it stands), and until when (ms); NULL: none did. Borrowed from the state. */
const CaseEvent *obligation_decision_waited(const Obligation *obligation, const GPtrArray *decisions, int64_t before,
                                            int64_t at, int64_t *until);

#endif
