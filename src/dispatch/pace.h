/* pace - how fast a gateway may be used, and when it must rest: a token bucket, a back-off after broken sessions, a
 * breaker for doubts, and a throttle for a relay that says that it is given too much.
 *
 * The throttle (additive increase, multiplicative decrease): pace_load() and pace_fine() keep the last PACE_WINDOW
 * answers. Once PACE_LOAD_SHARE of them are about load, or at once after a 421 or an HTTP 429, the rate is halved, from the rate that
 * was measured if there is no other; the window begins anew, and no second cut follows within PACE_CUT_MS. Each second
 * without a word about load gives a twentieth of the rate before the first cut back; what is free again at twice that
 * rate is unlimited as before. It never falls below PACE_RATE_MIN. Which answers are about load is pace_is_load(): one
 * mailbox that is full, or a greylist that asks everybody to come back, must not strangle a gateway.
 *
 * Pure: the time is an argument (clock_steady(), ms). Threads: one Pace belongs to one thread. */
#ifndef BREACH_DISPATCH_PACE_H
#define BREACH_DISPATCH_PACE_H

#include <stdbool.h>
#include <stdint.h>

typedef struct Pace {
    double rate;          /* messages per second; 0: unlimited */
    double tokens;
    int64_t filled_at;
    int64_t paused_until; /* 0: not paused */
    int faults;           /* broken sessions since the last acceptance */
    int doubts;           /* doubts in a row */
    int connections;      /* doubts in a row that open the breaker */
    int64_t first_pause;  /* ms; each further one is twice as long, up to PACE_PAUSE_MAX */
    double throttle;      /* messages per second while it is slowed down; 0: it is not */
    double before;        /* the rate before the first cut */
    uint32_t window;      /* the last answers, the latest in bit 0; 1: about load */
    int window_size;
    int64_t cut_at;       /* of the latest cut; 0: never */
    int64_t raised_at;
    int64_t measured_at;  /* when the count below began */
    int measured;         /* answers since then */
    double speed;         /* answers per second, over the last full second or so; 0: not known */
} Pace;

#define PACE_PAUSE_MAX (5 * 60 * 1000)
#define PACE_PAUSE_FIRST 1000
#define PACE_WINDOW 20
#define PACE_LOAD_SHARE 5     /* of PACE_WINDOW */
#define PACE_CUT_MS 2000
#define PACE_RATE_MIN 1.0

/* pace_start: `rate` messages a second (0: unlimited); the bucket holds a tenth of a second, at least one message. */
void pace_start(Pace *pace, double rate, int connections, int64_t now);

/* pace_allowance: how many of `wanted` messages may be claimed now; 0 while it is paused. */
int pace_allowance(Pace *pace, int wanted, int64_t now);

/* pace_take: `count` messages were claimed. */
void pace_take(Pace *pace, int count);

/* pace_ready_at: when pace_allowance() will be at least 1. */
int64_t pace_ready_at(const Pace *pace, int64_t now);

/* pace_rest: how long the pause still lasts, ms; 0: it is over, or there is none. */
int64_t pace_rest(const Pace *pace, int64_t now);

/* pace_is_probing: after a pause one connection alone goes first, until something is accepted. */
bool pace_is_probing(const Pace *pace);

/* pace_fault: a session broke without having sent anything: pauses. Returns the length of the pause, ms. */
int64_t pace_fault(Pace *pace, int64_t now);

/* pace_wait: the gateway asks to be left alone for `length` ms; no fault of anybody's. Returns the length of the pause, ms,
 * or 0 when it rests as long already. */
int64_t pace_wait(Pace *pace, int64_t length, int64_t now);

/* pace_doubt: a message was left in doubt; as many in a row as there are connections open the breaker (while probing,
 * one does). Returns the length of the pause, ms, or 0. */
int64_t pace_doubt(Pace *pace, int64_t now);

/* pace_is_load: whether a temporary refusal is about how much we send: 421; 451 and 452 that do not speak of the
 * recipient (X.1.x, X.2.x), of a greylist or of policy (4.7.1). `enhanced` and `text` may be empty. */
bool pace_is_load(int code, const char *enhanced, const char *text);

/* pace_load: such a refusal came; true when the rate was cut. pace_fine: any other answer came; counts for the measured
 * rate and the window. pace_throttle: messages a second while it is slowed down, else 0; also raises it by and by. */
bool pace_load(Pace *pace, int code, int64_t now);
void pace_fine(Pace *pace, int64_t now);
double pace_throttle(Pace *pace, int64_t now);

/* pace_answered: the gateway gave a final answer: all is well. */
void pace_answered(Pace *pace);

#endif
