/* status - what the ledger says, for the on-call: the identity, what needs a person, and the next command.
 *
 * A Status owns its strings. Threads: one. */
#ifndef BREACH_REPORT_STATUS_H
#define BREACH_REPORT_STATUS_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>
#include <jansson.h>

#include "ledger/ledger.h"
#include "report/announced.h"
#include "report/brakes.h"
#include "report/came_back.h"
#include "report/climbs.h"

typedef struct StatusRequest {
    Ledger *ledger;
    const char *playbook;  /* path, as a person types it (quoted for a shell): for the next command */
    const char *options;   /* options that belong into the next command (" --dry-run"), or "" */
    bool is_running;       /* another process holds the lock */
    int64_t now;           /* ms */
    const char *trouble;   /* why a gateway rests, or NULL */
    const QuietHours *quiet_hours; /* of the playbook, or NULL; borrowed as long as the status */
    const AnnouncementNeed *announcement; /* what has to be published, or NULL; borrowed as long as the status */
    bool is_held;          /* what is left waits for a hold to be lifted */
    bool for_room;         /* for everybody in a room (report/live.h): nothing names a person or repeats a gateway's words, and
                            * `reasons` stay empty, since they take a pass over all notices */
} StatusRequest;

typedef struct Status {
    LedgerCounts counts;
    LedgerReturned returned;
    const LedgerHeader *header; /* borrowed from the ledger */
    GPtrArray *audiences;       /* of LedgerTally *, owned */
    GPtrArray *channels;        /* of LedgerTally *, owned */
    GPtrArray *editions;        /* of LedgerTally *, owned */
    GPtrArray *reasons;         /* of LedgerReason *, owned */
    Announced *announced;       /* owned; what is published, and what waits for it */
    Climbs *climbs;             /* owned; who goes on to another channel */
    Brakes *brakes;             /* owned; what is held, paused and quiet */
    BrakesDue due;              /* when something may be sent */
    int64_t now;                /* ms */
    int64_t calls;              /* on a list, and nobody has said what came of them; 0 in an exercise */
    bool complete;              /* everybody has a final state, nothing is due or to be published, no call is left */
    bool is_running;
    bool is_copy;               /* of the state folder that the ledger was made in */
    char *verdict;              /* owned; one sentence */
    char *next;                 /* owned; the command to type, or "" */
} Status;

/* status_collect: reads everything; NULL with BREACH_ERROR_INTERNAL when the identity does not hold. */
Status *status_collect(const StatusRequest *request, GError **error);
void status_free(Status *status);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Status, status_free)

/* status_json: schema breach.status/1 (docs/schema/status.json); a new reference. */
json_t *status_json(const Status *status);

/* status_text: several lines for a terminal, without the verdict; newly allocated. */
char *status_text(const Status *status);

/* status_time: "04:52 +08:00", with the day when it is not today: "2026-11-22 04:52 +08:00"; newly allocated. Uses the
 * process's time zone. */
char *status_time(int64_t at, int64_t now);

#endif
