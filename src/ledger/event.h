/* event - what happened, as one line of canonical JSON (sorted keys, no spaces), ready to be appended.
 *
 * Pure; threads: safe. */
#ifndef BREACH_LEDGER_EVENT_H
#define BREACH_LEDGER_EVENT_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>
#include <jansson.h>

#include "model/handed.h"

typedef struct EventAttempt {
    bool about_us;        /* of a message that came back: it was refused because of us, the address is as good as before */
    int64_t at;           /* ms */
    int attempt;
    const char *by;       /* who decided it, "login@host"; NULL: no person did */
    const char *event;    /* "accepted" */
    const char *evidence; /* SHA-256 of the mail that says so, in the folder mail; NULL: none */
    const Handed *handed; /* what was handed over; NULL: nothing was, or nothing is known of it; borrowed */
    const char *from, *to;/* states before and after */
    const char *message;  /* id */
    const char *run;      /* id, or NULL */
    int64_t text;         /* text version */
    int code;             /* 0: no reply */
    const char *enhanced; /* or NULL */
    const char *reply;    /* the gateway's words or our reason */
    const char *note;     /* "late", "twice", or NULL */
    const char *reason;   /* why it came back, by its name in model/bounce_reason.h, or NULL */
} EventAttempt;

/* event_attempt: the event of one attempt; writes it into `output`, which it empties first. */
void event_attempt(GString *output, const EventAttempt *attempt);

/* event_note: an event that concerns no message; `details` is an object or NULL. Newly allocated. */
char *event_note(const char *event, int64_t at, const json_t *details);

#endif
