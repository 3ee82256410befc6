/* response - what an organisation has promised itself to do about an incident, step by step, and by when it answers
 * whoever asks: the keys `response` and `inquiries` of a playbook. Pure.
 *
 * A step with `gate` holds the notices back until it is *started*: who writes to people before anybody works on
 * stopping the leak tells them half of it. It never waits for a step to be done. Ownership: a Response owns everything
 * in it and is immutable after loading. Threads: reading is safe. */
#ifndef BREACH_MODEL_RESPONSE_H
#define BREACH_MODEL_RESPONSE_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "base/position.h"
#include "model/locale.h"

typedef enum ResponseKind {
    RESPONSE_START,   /* the emergency plan is started */
    RESPONSE_CONTAIN, /* the incident is kept from growing */
    RESPONSE_ASSESS,
    RESPONSE_TELL,
    RESPONSE_REPORT,          /* to authorities */
    RESPONSE_REPORT_HANDLING, /* how it was handled, to authorities */
    RESPONSE_DISCLOSE,        /* a listed company to its exchange */
    RESPONSE_CLOSE,
    RESPONSE_KINDS
} ResponseKind;

typedef struct ResponseStep {
    char *id;          /* owned; a name */
    LocaleText *title; /* owned; NULL: its kind says it */
    char *owner;       /* owned; who sees to it, or NULL */
    ResponseKind kind;
    bool gate; /* notices wait until it is started */
    Position at;
} ResponseStep;

typedef enum InquiryFrom { INQUIRY_FROM_RECEIVED, INQUIRY_FROM_VERIFIED } InquiryFrom;
typedef enum InquiryCount { INQUIRY_CALENDAR_DAYS, INQUIRY_BUSINESS_DAYS } InquiryCount;

/* InquiryRule: by when whoever asks has an answer. */
typedef struct InquiryRule {
    int days;      /* 0: no rule is given */
    int extension; /* days more when the asker is told why in time; 0: none */
    InquiryFrom from;
    InquiryCount count;
    char *calendar; /* owned; whose working days; or NULL */
    Position at;
} InquiryRule;

typedef struct Response {
    GPtrArray *steps; /* owned; of ResponseStep *, in the order of the file */
    InquiryRule inquiries;
} Response;

Response *response_new(void);
void response_free(Response *response); /* NULL is allowed */

ResponseStep *response_step_new(void);
void response_step_free(ResponseStep *step);

/* response_step: the step of that id, or NULL; `response` may be NULL. Borrowed. */
const ResponseStep *response_step(const Response *response, const char *id);

/* response_step_ids: the ids of all steps, NULL-terminated; a new array (g_free) of borrowed strings. */
const char **response_step_ids(const Response *response);

/* response_kind_name: "start", "contain", "assess", "tell", "report", "report-handling", "exchange-disclosure",
 * "close". response_kind_names: all, NULL-terminated, in order of the enumeration. response_kind_words: what the step
 * is when it has no title: "start the emergency plan" (N_()). */
const char *response_kind_name(ResponseKind kind);
const char *const *response_kind_names(void);
const char *response_kind_words(ResponseKind kind);

/* response_step_title: its title in `locale`, or the words of its kind in English. Borrowed. */
const char *response_step_title(const ResponseStep *step, const char *locale);

#endif
