/* gate - whether the case lets a command go on: a closed one does not, and notices wait for response steps.
 *
 * Threads: one. */
#ifndef BREACH_CLI_GATE_H
#define BREACH_CLI_GATE_H

#include <stdbool.h>

#include <glib.h>
#include <jansson.h>

#include "cli/workspace.h"
#include "model/case_state.h"

/* gate_is_open: for plan: the case is not closed. Error: BREACH_ERROR_INPUT, with what to type. */
bool gate_is_open(Workspace *workspace, GError **error);

/* gate_state_is_open: the same of a state that was read already. */
bool gate_state_is_open(const Workspace *workspace, const CaseState *state, GError **error);

/* gate_announce: the same for announce, which also waits while an authority has asked that nobody be told
 * (BREACH_ERROR_TEMPORARY), unless it takes back what was published; that only some are to wait is said, since the
 * public is everybody. */
bool gate_announce(Workspace *workspace, bool is_withdrawal, GError **error);

/* gate_notify: the same for notify, which also waits for the response steps with a gate (BREACH_ERROR_TEMPORARY, exit
 * 75); brings what was decided about waiting and about not telling into the ledger as holds. In a rehearsal it says
 * what the case of the incident itself will keep back. */
bool gate_notify(Workspace *workspace, Ledger *ledger, GError **error);

/* gate_print_case: lines for status about what people do and decide, on stdout; nothing when there is nothing.
 * gate_case_json: the same (casework_json()), or JSON null; a new reference. What goes wrong is said as a warning. */
void gate_print_case(Workspace *workspace);
json_t *gate_case_json(Workspace *workspace);

#endif
