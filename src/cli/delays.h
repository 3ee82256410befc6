/* delays - what was decided about waiting and about not telling, brought into the ledger as holds: by that every
 * process that sends obeys them.
 *
 * The case record is the source, and the holds follow from it: they are set, changed and lifted until both say the
 * same. So it does not matter where a kill came between the two, or whether there was a plan when it was decided.
 * Threads: one. */
#ifndef BREACH_CLI_DELAYS_H
#define BREACH_CLI_DELAYS_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "cli/workspace.h"
#include "model/case_decision.h"

/* delays_hold: whether notices to people wait because of it. */
bool delays_hold(const CaseDecision *decision);

/* delays_bring: makes the holds of the ledger what the decisions of the case say at `now`. *applied: false when another
 * breach is at work, which takes them up within seconds. `by`: login@host. */
bool delays_bring(Workspace *workspace, Ledger *ledger, const CaseState *state, int64_t now, const char *by,
                  bool *applied, GError **error);

/* delays_post: only asks for them, in the inbox; *changed whether there was anything to ask for. */
bool delays_post(Ledger *ledger, const CaseState *state, int64_t now, const char *by, bool *changed, GError **error);

#endif
