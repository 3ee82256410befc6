/* sender - the threads of one gateway: each renders, hands over and reports, one connection each; or one thread alone
 * where the engine keeps several requests under way by itself.
 *
 * A Job goes conductor -> Lane -> sender -> Outbox -> conductor and is owned by whoever holds it. The lane's queue
 * never holds more than there are slots. Threads: lane_* and outbox_* may be called from any thread; pthread primitives
 * only, so that the thread sanitizer sees them. */
#ifndef BREACH_DISPATCH_SENDER_H
#define BREACH_DISPATCH_SENDER_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "base/clock.h"
#include "channel/channel.h"
#include "dispatch/prepare.h"
#include "dispatch/render.h"
#include "ledger/ledger.h"
#include "ledger/slots.h"

typedef struct SenderLane SenderLane;

typedef struct SenderJob {
    SenderLane *lane;         /* borrowed; set by sender_lane_push() */
    LedgerClaim *claim;       /* owned */
    const RenderText *render; /* borrowed from the conductor */
    int slot;
    bool is_probe;        /* the one that shows whether a gateway that rested is well again */
    const char *audience; /* id; borrowed from the ledger */
    Prepared prepared;    /* once a thread has it */
    bool handed_over;
    Handed handed;        /* with `handed_over`: what was */
    /* the outcome */
    ChannelResult result;
    bool at_fault;
    MessageEvent event;
    int code;
    char enhanced[12];
    char *reply;         /* owned */
    char *provider_id;   /* owned; NULL: none */
    bool is_load;        /* see ChannelOutcome */
    int64_t retry_after; /* ms; see ChannelOutcome */
    ChannelFate fate;    /* of a look-up */
    int64_t at, due;     /* ms */
} SenderJob;

void sender_job_free(SenderJob *job);

typedef struct SenderOutbox SenderOutbox;

/* SenderFault: a session that broke; owned by the receiver. */
typedef struct SenderFault {
    SenderLane *lane; /* borrowed */
    GError *error;    /* owned */
    bool had_answers; /* it had sent something before: reconnect at once */
    bool others_work; /* other sessions go on, and this sender alone rests; if none does, the lane is paused */
} SenderFault;

void sender_fault_free(SenderFault *fault);

/* sender_outbox_new: what comes back from all lanes. */
SenderOutbox *sender_outbox_new(void);
void sender_outbox_free(SenderOutbox *outbox);

/* sender_outbox_take: waits up to `timeout` ms until at least `wanted` jobs or one fault are there, or a thread has
 * ended, then moves everything to `jobs` and `faults`. */
void sender_outbox_take(SenderOutbox *outbox, int wanted, int64_t timeout, GPtrArray *jobs, GPtrArray *faults);

typedef struct SenderLaneOptions {
    const Gateway *gateway; /* borrowed, as is everything here */
    const ChannelEngine *engine;
    Slots *slots;
    const Clock *clock;
    SenderOutbox *outbox;
    bool stays; /* a connection waits for its next message for as long as it takes: in a drill, whose time is not ours */
} SenderLaneOptions;

/* sender_lane_start: starts gateway->connections threads (one where the engine has one thread). Error:
 * BREACH_ERROR_TEMPORARY. */
SenderLane *sender_lane_start(const SenderLaneOptions *options, GError **error);

/* sender_lane_push: jobs to send, in order, of SenderJob *; takes them over, all at once: a thread sees all or none, so
 * that how fast it wakes up does not decide what it begins. `jobs` is empty then. */
void sender_lane_push(SenderLane *lane, GPtrArray *jobs);

/* sender_lane_pause: no further message is begun; `probing`: once resumed, one connection alone goes on: the first that
 * is free. sender_lane_take_back: moves the jobs that no thread has taken yet to `jobs`. */
void sender_lane_pause(SenderLane *lane);
void sender_lane_resume(SenderLane *lane, bool probing);
void sender_lane_take_back(SenderLane *lane, GPtrArray *jobs);

/* sender_lane_stop: what is on the wire is finished, nothing else is begun. sender_lane_has_ended: after a stop: no
 * thread is left to wait for. sender_lane_join: waits for the threads and frees the lane; its queue must be empty. */
void sender_lane_stop(SenderLane *lane);
bool sender_lane_has_ended(SenderLane *lane);
int sender_lane_threads(const SenderLane *lane);
void sender_lane_join(SenderLane *lane);

/* sender_lane_disk_error: the errno with which a slot could not be written, or 0: then nothing more may be sent. */
int sender_lane_disk_error(SenderLane *lane);

#endif
