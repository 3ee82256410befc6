/* lane - one gateway as the conductor sees it: its pace, its queues, what it has claimed, and why it waits.
 *
 * Threads: the conductor's. Errors: as ledger.h. */
#ifndef BREACH_DISPATCH_LANE_H
#define BREACH_DISPATCH_LANE_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "base/clock.h"
#include "dispatch/brake.h"
#include "dispatch/day.h"
#include "dispatch/pace.h"
#include "dispatch/sender.h"
#include "dispatch/wave.h"
#include "ledger/ledger.h"

#define LANE_SLOTS      200  /* messages claimed at a time */
#define LANE_CLAIM_MOST 128  /* in one turn */
#define LANE_MOVES      2000 /* messages moved to other queues in one turn */
#define LANE_LOOK_MS    600000 /* a question about a doubt that nobody answers, as after a kill, is asked again */
#define LANE_REFUSALS   5    /* domains refused by policy, and none taken in between: it is the gateway that refuses */

/* LaneQueue: one queue of the ledger, for this gateway. */
typedef struct LaneQueue {
    int64_t no;         /* QUEUE_MAIN or a queue's */
    const Queue *queue; /* borrowed from the brake; NULL: the main one */
    bool has_rate;
    Pace pace;        /* with has_rate: the domain's */
    int64_t next_due; /* ms, wall; INT64_MAX: nothing */
} LaneQueue;

typedef struct Lane {
    int64_t no;             /* of the gateway in the ledger */
    const Gateway *gateway; /* borrowed */
    const char *channel;    /* borrowed */
    SenderLane *senders;
    Brake *brake;       /* borrowed */
    const Clock *clock; /* borrowed */
    Pace pace;
    Day day;
    int unused;             /* claims that came back in this turn without a byte having left: not of the day's quota */
    bool is_full;           /* stopped because of the day's quota: what was claimed still goes */
    bool is_day_noted;      /* why it takes nothing at this time of day is written down */
    GArray *queues;        /* owned; of LaneQueue; the main one first */
    guint first;           /* the queue that claims first in the next turn */
    int brake_version;     /* of `queues` */
    GPtrArray *jobs;       /* owned; claimed in this turn, of SenderJob */
    int in_flight;         /* claimed and not yet recorded */
    int probes;            /* of these: claimed to see whether it is well again */
    bool resting;          /* paused by pace */
    bool is_moving;        /* more was to be moved than one turn does */
    bool is_throttled;     /* and that is written down */
    bool is_noted;         /* its rest is written down */
    GHashTable *refused;   /* owned; domains refused by policy since the gateway took anything */
    int64_t refused_since; /* ms, wall; the first of them */
    bool is_refusing;      /* so many that the gateway itself refuses us */
    int64_t stopped_until; /* ms, wall; as brake_lane(); 0: it is not stopped */
    char *stopped_why;     /* owned */
    int64_t last_answer;   /* steady */
    char *trouble;         /* owned; why it rests */
} Lane;

/* lane_init: `lane` is zeroed; senders are started by the caller. lane_clear: frees what the lane owns. */
void lane_init(Lane *lane, const Gateway *gateway, const char *channel, Brake *brake, const Clock *clock);
void lane_clear(Lane *lane);

/* lane_brake: looks at the brake: whether the lane is stopped as a whole, and its queues. */
void lane_brake(Lane *lane);

/* lane_room: how many messages may be claimed, apart from pace; `free_slots` are left for all lanes. */
int lane_room(const Lane *lane, int free_slots);

/* lane_claim: claims what pace, brake and wave allow, in the batch that is open; appends LedgerClaim pointers (owned by
 * the array) to `claims`. lane_look: reads when the next message of each queue is due. */
bool lane_claim(Lane *lane, Ledger *ledger, Wave *wave, int room, GPtrArray *claims, GError **error);
bool lane_look(Lane *lane, Ledger *ledger, GError **error);

/* lane_rest: the gateway is left alone for `length` ms; what no thread has begun is for the caller to take back. `why`
 * is shown, `english` is what the ledger says. */
void lane_rest(Lane *lane, const char *why, const char *english, int64_t length);

/* lane_judge: what an outcome says about the gateway and the recipient's domain; puts off job->due where the domain is
 * paused. A gateway that refuses LANE_REFUSALS domains by policy, one after another, refuses us itself (no AUTH, a
 * blocked address): it rests, and none of these domains is paused. Returns whether the lane was put to rest. */
bool lane_judge(Lane *lane, SenderJob *job);

/* lane_look_up: the same of an answer to a question about a message in doubt, which says little about either. */
void lane_look_up(Lane *lane, const SenderJob *job);

/* lane_fault: what a broken session says. Returns whether the lane was put to rest. */
bool lane_fault(Lane *lane, const SenderFault *fault);

/* lane_has_due: something is due by itself, now or later. lane_is_held: of that, something waits for a person to lift a
 * hold; *why says which (newly allocated) unless it is NULL. lane_hold: that hold; borrowed for this turn. */
bool lane_has_due(const Lane *lane);
bool lane_is_held(const Lane *lane, char **why);
const Hold *lane_hold(const Lane *lane);

/* lane_waits: what something due waits for until it is published, newly allocated; NULL: nothing does. */
char *lane_waits(const Lane *lane);

/* lane_paused: the domain that keeps something due waiting, and why, newly allocated; NULL: none does. */
char *lane_paused(const Lane *lane);

/* lane_ready_in: how long until the lane may claim something, ms; INT64_MAX: never by itself. lane_rests_for: the same
 * without the waits that a rate makes. */
int64_t lane_ready_in(const Lane *lane);
int64_t lane_rests_for(const Lane *lane);

/* All lanes of a run; borrowed. */
typedef struct LaneSet {
    const Lane *lanes;
    size_t count;
} LaneSet;

/* lane_are_settled: nothing more comes from any lane before the next turn: all that it has on its way is among `done`,
 * or a connection broke and nobody tries again by themselves. lane_sort: outcomes by lane, else in the order in which
 * they came. */
bool lane_are_settled(const LaneSet *set, const GPtrArray *done, const GPtrArray *faults);
void lane_sort(const LaneSet *set, GPtrArray *done);

#endif
