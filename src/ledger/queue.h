/* queue - where due messages wait: each is in the main queue (0), or set aside in that of a domain, an audience, a
 * person, a region or a language, so that what may not be sent now is not looked at again and again.
 *
 * A message is moved when a claim meets it and finds that it belongs elsewhere: one row changes, no state and no event.
 * A queue is only a place to wait. Whether it may be claimed from is decided by whoever claims, and whatever is taken
 * out of it is looked at again: another hold may apply by now.
 *
 * Threads and errors: as ledger.h. */
#ifndef BREACH_LEDGER_QUEUE_H
#define BREACH_LEDGER_QUEUE_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "ledger/ledger.h"

#define QUEUE_MAIN 0
#define QUEUE_ANY  (-1) /* with queue_next_due(): of all queues */

typedef enum QueueKind {
    QUEUE_DOMAIN,
    QUEUE_AUDIENCE,
    QUEUE_PERSON,
    QUEUE_LOCALE, /* pointers: until the announcement in this language is published */
    QUEUE_REGION, /* of the people whom a message serves */
    QUEUE_KINDS
} QueueKind;

typedef struct Queue {
    int64_t no; /* from 1 */
    QueueKind kind;
    char *name; /* owned */
} Queue;

/* queue_list: all queues but the main one, by number; a new array. queue_number: of one, made when it is new; in a
 * batch. 0 on failure. */
GPtrArray *queue_list(Ledger *ledger, GError **error);
int64_t queue_number(Ledger *ledger, QueueKind kind, const char *name, GError **error);

/* QueueCandidate: a due message; everything is borrowed during the call. */
typedef struct QueueCandidate {
    const char *endpoint;      /* as it was stored (see base/seal) */
    const char *audience;      /* id */
    const char *locale;        /* of its text */
    const char *const *people; /* ids of those whom it serves, NULL-terminated; NULL unless they were asked for */
    const char *const *regions; /* their regions, normalised, NULL-terminated; NULL unless they were asked for */
} QueueCandidate;

/* QueueSort: the number of the queue in which a message has to wait; QUEUE_MAIN: none, it may be claimed where it is.
 */
typedef int64_t QueueSort(const QueueCandidate *candidate, void *user);

typedef struct QueueClaim {
    int64_t gateway;
    int64_t queue;
    int64_t now;     /* ms */
    int limit;       /* messages to claim, at most */
    QueueSort *sort; /* NULL: nothing belongs elsewhere */
    bool wants_people, wants_regions;
    int moves; /* messages to move, at most */
    int64_t look_again; /* over 0: what is in doubt is not claimed but handed out to be asked about (is_look_up); it is
                           due again after so many ms, should nobody answer */
    int64_t recognised; /* over 0: so many ms after its first attempt the gateway takes a repeated message for a new
                           one: what it may have taken is not claimed any more, and a person decides */
    void *user;
} QueueClaim;

/* queue_claim: in a batch: up to `limit` messages of one gateway and queue that are due, oldest first, become
 * attempting. Appends LedgerClaim pointers (owned by the array) to `claims`; *moved how many were moved to another
 * queue: when it is `moves`, there may be more that can be claimed. */
bool queue_claim(Ledger *ledger, const QueueClaim *claim, GPtrArray *claims, int *moved, GError **error);

/* queue_count: how many messages with a due time wait in a queue: read from an index, in proportion to their number. */
bool queue_count(Ledger *ledger, int64_t queue, int64_t *count, GError **error);

/* queue_next_due: the earliest due time of one gateway (0: of all) and queue, ms; INT64_MAX when nothing is due. */
bool queue_next_due(Ledger *ledger, int64_t gateway, int64_t queue, int64_t *due, GError **error);

#endif
