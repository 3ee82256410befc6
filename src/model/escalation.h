/* escalation - how long a channel is waited for before the next one is used, and how many people may be moved on
 * without being asked. Pure; immutable once loaded. Threads: reading is safe. */
#ifndef BREACH_MODEL_ESCALATION_H
#define BREACH_MODEL_ESCALATION_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

/* The wait for an email's bounce, unless the playbook says otherwise; paper and telephone take longer. */
#define ESCALATION_AFTER       (INT64_C(4) * 3600 * 1000)
#define ESCALATION_AFTER_HANDS (INT64_C(7) * 24 * 3600 * 1000)
#define ESCALATION_CONFIRM     5.0 /* percent */

typedef struct EscalationAfter {
    char *channel; /* owned */
    int64_t wait;  /* ms */
} EscalationAfter;

/* What becomes of those whom no channel has reached. */
typedef enum EscalationEnd { ESCALATION_ANNOUNCEMENT, ESCALATION_NONE } EscalationEnd;

typedef struct Escalation {
    GArray *after;       /* owned; of EscalationAfter; NULL or empty: the default for every channel */
    EscalationEnd end;   /* escalation.unreachable */
    double confirm_over; /* percent of the people who may climb before a person is asked */
} Escalation;

void escalation_clear(Escalation *escalation);

/* escalation_wait: how long `channel` is waited for, ms. */
int64_t escalation_wait(const Escalation *escalation, const char *channel);

#endif
