/* sqlite_history - what sqlite_history.c and sqlite_history_read.c share: the ledger as it is now, held so that its
 * events can be taken back one after the other. */
#ifndef BREACH_LEDGER_SQLITE_HISTORY_H
#define BREACH_LEDGER_SQLITE_HISTORY_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "ledger/sqlite_private.h"

#define HISTORY_NO_STATE 0xff

#define HISTORY_ALONE   1 /* somebody's only notice has this message alone */
#define HISTORY_RUNGS   2 /* and channels left to go on to */
#define HISTORY_CLIMBED 4 /* a ladder led to it */
#define HISTORY_DOUBT   8 /* on its way now, and in doubt until it was claimed */

typedef struct HistoryNotice {
    int64_t person;
    int64_t audience;     /* number of its label */
    uint32_t link, links; /* the first of its messages in `links`, and how many there are */
    int edition;
    uint8_t aside;
    bool has_aside, has_rungs, every;
    bool is_there; /* at the event that the walk has come to */
} HistoryNotice;

typedef struct HistoryLink {
    int64_t message;
    uint32_t notice; /* index */
    bool is_there;
} HistoryLink;

typedef struct HistoryPlan {
    int64_t event;
    int edition;
    int64_t people;
} HistoryPlan;

typedef struct History {
    SqliteStore *store;
    uint8_t *states;    /* owned; by number of the message */
    uint8_t *flags;     /* owned; HISTORY_ALONE and so on */
    int64_t count;      /* of the two */
    GArray *notices;    /* owned; of HistoryNotice, by person: of those who have several, or share a message */
    GArray *links;      /* owned; of HistoryLink, as the notices */
    uint32_t *order;    /* owned; indexes into links, by message */
    GArray *plans;      /* owned; of HistoryPlan, oldest first */
    GHashTable *doubts; /* owned; numbers of events before which the message was claimed while in doubt */
    int64_t told[TOLD_STATES];
    int64_t absent;  /* of them: those whom a later plan added */
    int64_t moved;   /* changes since the last moment */
    int64_t enough;  /* changes after which there is a new one */
    int64_t span;    /* ms after which there is a new one */
    GArray *moments; /* owned; of LedgerMoment, newest first */
    bool is_mostly_told;  /* 95 % of the people of today are told, from the event that the walk has come to until now, or
                           * until a later edition was planned */
    int64_t edge, before; /* the event that made it so, and the one before it: both are among the moments; 0: none */
} History;

/* sqlite_history_read: everything that the walk needs, as it is now; false on failure. What `history` holds is then
 * freed by sqlite_history_clear() in either case. */
bool sqlite_history_read(History *history, GError **error);
void sqlite_history_clear(History *history);

#endif
