/* case_response - how far the response steps of a playbook have got, as the case record says. Pure; what is returned
 * borrows from the CaseState and the Response. Threads: reading is safe. */
#ifndef BREACH_MODEL_CASE_RESPONSE_H
#define BREACH_MODEL_CASE_RESPONSE_H

#include <glib.h>

#include "model/case_state.h"
#include "model/response.h"

typedef enum CaseResponseState { CASE_RESPONSE_OPEN, CASE_RESPONSE_STARTED, CASE_RESPONSE_DONE } CaseResponseState;

typedef struct CaseResponse {
    const ResponseStep *step;
    CaseResponseState state;
    const CaseEvent *started; /* the first that said so; NULL: nobody has */
    const CaseEvent *done;
    Moment started_at, done_at; /* of what happened, not of the record */
} CaseResponse;

/* case_responses: every step of the playbook, in its order; of CaseResponse *, owned by the new array; `response` may
 * be NULL. What is done without having been started counts as started at the same time. */
GPtrArray *case_responses(const CaseState *state, const Response *response);

/* case_response_gate: the first step with a gate that nobody has started; NULL: notices need not wait. */
const ResponseStep *case_response_gate(const GPtrArray *responses);

/* case_response_state_name: "open", "started" or "done". */
const char *case_response_state_name(CaseResponseState state);

#endif
