#include "base/language.h"
#include "model/case_response.h"

#include <string.h>

const char *case_response_state_name(CaseResponseState state)
{
    static const char *const names[] = {N_("open"), N_("started"), N_("done")};

    return names[state];
}

static void read_event(CaseResponse *response, const CaseEvent *event)
{
    const char *outcome = case_event_text(event, "outcome");
    const char *at = case_event_text(event, "at");
    Moment moment;

    if (!outcome || !at || !moment_parse(at, &moment, NULL))
        return;
    if (strcmp(outcome, "done") == 0 && !response->done) {
        response->done = event;
        response->done_at = moment;
        response->state = CASE_RESPONSE_DONE;
    }
    if (!response->started) {
        response->started = event;
        response->started_at = moment;
        response->state = MAX(response->state, CASE_RESPONSE_STARTED);
    }
}

GPtrArray *case_responses(const CaseState *state, const Response *response)
{
    GPtrArray *responses = g_ptr_array_new_with_free_func(g_free);

    for (guint i = 0; response && i < response->steps->len; i++) {
        CaseResponse *one = g_new0(CaseResponse, 1);
        const CaseSubject *subject;

        one->step = g_ptr_array_index(response->steps, i);
        subject = case_state_subject(state->responses, one->step->id);
        for (guint j = 0; subject && j < subject->events->len; j++)
            read_event(one, g_ptr_array_index(subject->events, j));
        g_ptr_array_add(responses, one);
    }
    return responses;
}

const ResponseStep *case_response_gate(const GPtrArray *responses)
{
    for (guint i = 0; i < responses->len; i++) {
        const CaseResponse *one = g_ptr_array_index(responses, i);

        if (one->step->gate && one->state == CASE_RESPONSE_OPEN)
            return one->step;
    }
    return NULL;
}
