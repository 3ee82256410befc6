/* case_inquiry - who asked, and by when they have to be answered. Nobody is named here: an inquiry has an id, a kind
 * and times. Pure; what is returned borrows from the CaseState. Threads: reading is safe. */
#ifndef BREACH_MODEL_CASE_INQUIRY_H
#define BREACH_MODEL_CASE_INQUIRY_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "model/calendar.h"
#include "model/case_state.h"
#include "model/moment.h"
#include "model/response.h"

typedef enum CaseInquiryState {
    CASE_INQUIRY_WAITS,    /* "unverified": the clock starts once it is known who asks */
    CASE_INQUIRY_OPEN,     /* "open" */
    CASE_INQUIRY_OVERDUE,  /* "overdue" */
    CASE_INQUIRY_ANSWERED, /* "answered" */
} CaseInquiryState;

typedef struct CaseInquiry {
    const char *id;
    const char *kind; /* "question" or "report" */
    const CaseSubject *subject;
    CaseInquiryState state;
    Moment received, verified, extended, answered; /* .known false: not yet */
    bool has_due;                                  /* false: no rule, it waits, or a calendar has no data */
    Moment due;   /* 23:59:59 of the last day, in the offset of the time from which it is counted */
    int64_t last; /* ms; the last millisecond that is in time */
    CivilDay due_day;
    bool is_late;     /* answered after it was due */
    int missing_year; /* the calendar has no data for it; 0: it is not needed, or there is no calendar at all */
    bool no_calendar;
} CaseInquiry;

/* case_inquiries: all, as they came; of CaseInquiry *, owned by the new array. `calendar`: of rule->calendar, or NULL.
 * `rule` may be NULL: then nothing is due. */
GPtrArray *case_inquiries(const CaseState *state, const InquiryRule *rule, const Calendar *calendar, int64_t now);

/* case_inquiry_find: by id; NULL: there is none. Borrowed from the array. */
const CaseInquiry *case_inquiry_find(const GPtrArray *inquiries, const char *id);

const char *case_inquiry_state_name(CaseInquiryState state);

#endif
