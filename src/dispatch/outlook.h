/* outlook - when the last notice will have gone, by gateway and by audience, against the deadlines by which people must
 * have been told: those of audiences, and those of the law for individuals.
 *
 * Pure: the counts, the obligations and the time are arguments. An Outlook owns its lists and ids, and borrows gateways
 * from the material. What an audience is told by is all gateways of its ladder that have anything to send: its last
 * notice is taken to be the last of them. Threads: one. */
#ifndef BREACH_DISPATCH_OUTLOOK_H
#define BREACH_DISPATCH_OUTLOOK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>

#include "dispatch/coverage_people.h"
#include "dispatch/forecast.h"
#include "dispatch/material.h"
#include "model/moment.h"

typedef struct OutlookRequest {
    const Material *material;
    const int64_t *messages;    /* still to be sent by each gateway of the playbook, in its order */
    const int64_t *used;        /* of each one's quota today; NULL: nothing */
    const ForecastPart *shares; /* domains with a rate of their own; may be NULL */
    size_t share_count;
    double measured;              /* messages a second in an earlier run; 0: not known */
    int64_t now;                  /* ms */
    const QuietHours *quiet;      /* of the playbook, as far as they are kept; or NULL */
    const GPtrArray *obligations; /* of Obligation *; or NULL */
    const CoveragePeople *people; /* or NULL: nothing is known of them */
} OutlookRequest;

typedef struct OutlookGateway {
    const Gateway *gateway; /* NULL: it could not be loaded */
    const char *channel;    /* borrowed */
    int64_t messages;
    Forecast forecast;
} OutlookGateway;

typedef struct OutlookDeadline {
    char *id; /* owned; "us-ca/individuals", or "audience people" */
    Moment due;
    int64_t last;    /* ms; the last millisecond that is in time */
    int64_t done_at; /* ms; not before, where is_known is false */
    bool is_known;
    const Gateway *slowest; /* by which the last one goes; NULL: nothing is left to be sent */
    bool is_certain;        /* whoever is told after it has been told too late; else only perhaps, or by a guideline */
    bool is_late;
    Position at; /* in the playbook */
} OutlookDeadline;

typedef struct Outlook {
    Forecast whole;
    double measured;
    int64_t now;
    int64_t messages;     /* in all */
    GArray *gateways;     /* of OutlookGateway */
    GPtrArray *deadlines; /* of OutlookDeadline *, the next first; without those that are over */
    int64_t held_until;   /* ms; 0: nobody waits by a decision, see outlook_hold() */
    char *held_by;        /* owned; the decision's id, or NULL */
} Outlook;

Outlook *outlook_make(const OutlookRequest *request);

/* outlook_hold: everybody waits until `until`, by the decision of that id: no notice goes before. */
void outlook_hold(Outlook *outlook, int64_t until, const char *by);
void outlook_free(Outlook *outlook);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Outlook, outlook_free)

#endif
