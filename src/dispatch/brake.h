/* brake - what may not be sent now, and why: holds, pauses, quiet hours, and an announcement that is not out, as the
 * ledger and the playbook have them.
 *
 * Holds on everything, a gateway or a channel stop a whole lane, as quiet hours do. What holds an audience, a person, a
 * region or a domain, a domain that refuses us by policy, and a domain with a rate of its own have queues
 * (ledger/queue.h): a message that is met elsewhere is moved there once, and nothing is looked at again and again.
 *
 * A refusal by policy (5.7.x) pauses the recipient's domain for the gateway's policy_pause, twice as long each time in
 * a row, up to GATEWAY_POLICY_PAUSE_MAX. Afterwards one message alone goes first; when the domain takes it, or says
 * something about the address itself, the pause is over. A mailbox that goes on refusing by policy while its domain
 * takes other messages waits alone.
 *
 * Threads: the conductor's. Errors: as ledger.h. Times are wall time, ms. */
#ifndef BREACH_DISPATCH_BRAKE_H
#define BREACH_DISPATCH_BRAKE_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "channel/channel.h"
#include "ledger/hold.h"
#include "ledger/ledger.h"
#include "ledger/queue.h"
#include "model/announcement.h"
#include "model/gateway.h"
#include "model/quiet_hours.h"

#define BRAKE_SHOWN_MS 2000      /* a shorter rest of a gateway is not written down */
#define BRAKE_FOR_EVER INT64_MAX /* until a person lifts it */

typedef struct Brake Brake;

/* brake_new: without quiet hours when `quiet` is NULL; everything is borrowed. */
Brake *brake_new(Ledger *ledger, const QuietHours *quiet);
void brake_free(Brake *brake);

/* brake_announcement: what messages that only point to it wait for (dispatch/pointer.h); before brake_begin().
 * Borrowed; NULL: they need not. brake_waits: why a queue is shut until something is published, newly allocated; NULL:
 * it is not. */
void brake_announcement(Brake *brake, const AnnouncementNeed *need);
char *brake_waits(const Brake *brake, const Queue *queue);

/* brake_begin: a new run: forgets the rests of gateways and holds that have ended, makes the queues of domains with a
 * rate, and loads what is held and paused; a transaction of its own. brake_reload: in a batch, after the inbox was
 * applied: *changed whether something is held that was not, or the other way round. */
bool brake_begin(Brake *brake, const Gateway *const *gateways, size_t count, int64_t now, GError **error);
bool brake_reload(Brake *brake, bool *changed, GError **error);

/* brake_queues: all queues but the main one; borrowed until brake_version() changes. */
const GPtrArray *brake_queues(const Brake *brake);
int brake_version(const Brake *brake);

/* brake_lane_hold: the hold that stops a gateway's lane as a whole at `now`; borrowed until brake_reload(); NULL: there
 * is none. */
const Hold *brake_lane_hold(const Brake *brake, const char *gateway, const char *channel, int64_t now);

/* brake_held: what is held, by whom and why, in the chosen language; newly allocated. */
char *brake_held(const Hold *hold);

/* brake_lane: until when a gateway's lane is stopped as a whole; 0: it is not. *why is newly allocated then. */
int64_t brake_lane(const Brake *brake, const char *gateway, const char *channel, int64_t now, char **why);

/* brake_queue: until when nothing may be claimed from a queue; 0: something may. *most how many at a time then. *hold
 * is what holds it, or NULL (borrowed). */
int64_t brake_queue(const Brake *brake, const Queue *queue, int64_t now, int *most, const Hold **hold);

/* brake_pause: the pause that a queue's domain is in at `now`; borrowed, NULL: none. */
const Pause *brake_pause(const Brake *brake, const Queue *queue, int64_t now);

/* brake_sorts: whether claims for `gateway` must be sorted by brake_place(). brake_wants_people, brake_wants_regions:
 * whether the ids of people, or their regions, are needed for it. brake_place: the queue in which a message has to wait
 * at `now`, or QUEUE_MAIN. */
bool brake_sorts(const Brake *brake, const Gateway *gateway);
bool brake_wants_people(const Brake *brake);
bool brake_wants_regions(const Brake *brake);
int64_t brake_place(const Brake *brake, const Gateway *gateway, const QueueCandidate *candidate, int64_t now);

/* brake_probe: message `no` was claimed from a domain's queue: until its outcome is known, no other is, if the domain
 * was paused. */
void brake_probe(Brake *brake, const Queue *queue, int64_t no);

/* BrakeAnswer, brake_answered: what came of a message; returns when it may be tried again at the earliest, or 0. */
typedef struct BrakeAnswer {
    const Gateway *gateway;
    const char *endpoint; /* as it was stored */
    int64_t message;      /* its number */
    int attempt;
    ChannelResult result;
    const char *reply; /* NULL: none */
    int64_t now;
} BrakeAnswer;
int64_t brake_answered(Brake *brake, const BrakeAnswer *answer);

/* brake_domain: the domain of an endpoint as it was stored; newly allocated, NULL: it has none. brake_absolve: that it
 * has refused us since `since` was not the domain's own policy: a pause that began then is over. */
char *brake_domain(const char *endpoint);
void brake_absolve(Brake *brake, const char *domain, int64_t since);

/* brake_note: a gateway rests, or is slowed down (`until` 0): for whoever asks for the status. brake_forget: no more.
 * Both are written by brake_save(). */
void brake_note(Brake *brake, PauseScope scope, const char *gateway, int64_t until, const char *reason, int64_t now);
void brake_forget(Brake *brake, PauseScope scope, const char *gateway);

/* brake_save: in a batch: writes what has changed since. */
bool brake_save(Brake *brake, GError **error);

#endif
