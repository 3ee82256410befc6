/* ladder - takes people from one channel to the next, by what the ledger alone holds: frozen columns, frozen texts,
 * frozen gateways. Nothing of the playbook on disk is read, so a ladder goes on as it was planned.
 *
 * Threads: the conductor's, or whoever else holds the lock on the state folder. Errors: as ledger.h. */
#ifndef BREACH_DISPATCH_LADDER_H
#define BREACH_DISPATCH_LADDER_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "ledger/ledger.h"
#include "ledger/ledger_climb.h"
#include "model/gateway.h"
#include "model/playbook.h"

/* LadderGateway: the gateway of a channel, or NULL. ladder_freeze: what a plan freezes for its ladders, JSON, newly
 * allocated: {"after": {CHANNEL: ms}, "capacity": {AUDIENCE: 1}, "confirm_over": percent, "silence": {CHANNEL: ms},
 * "unreachable": "announcement"}. */
typedef const Gateway *LadderGateway(const char *channel, void *user);
char *ladder_freeze(const Playbook *playbook, LadderGateway *gateway, void *user);

/* What a ladder would do, and whether a person has to say yes first. */
typedef struct LadderQuestion {
    int64_t due;      /* notices that would climb now */
    int64_t climbed;  /* those that have */
    int64_t allowed;  /* so many may climb in all before somebody is asked (again): those somebody said yes to, and
                         escalation.confirm_over of the people more */
    int64_t next_due; /* ms; when the next one is due; INT64_MAX: none */
    bool must_ask;    /* more than is allowed; whoever has climbed before counts once */
} LadderQuestion;
bool ladder_question(Ledger *ledger, int64_t now, LadderQuestion *question, GError **error);

typedef struct Ladder Ladder;

/* ladder_new: reads what was frozen; `ledger` is borrowed. */
Ladder *ladder_new(Ledger *ledger, GError **error);
void ladder_free(Ladder *ladder);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Ladder, ladder_free)

typedef struct LadderResult {
    int64_t climbed;  /* notices that went on to another channel */
    int64_t ended;    /* that are at the end of their ladder */
    int64_t dropped;  /* that need not climb any more */
    bool is_more;     /* more are due than one turn takes */
    bool must_ask;    /* nothing was done: a person has to say yes first (ladder_question) */
    int64_t next_due; /* ms; INT64_MAX: none */
} LadderResult;

/* ladder_turn: one transaction: at most LADDER_TURN notices climb. `unasked`: nobody is asked, as in exercises. */
#define LADDER_TURN 250
bool ladder_turn(Ladder *ladder, bool unasked, int64_t now, LadderResult *result, GError **error);

#endif
