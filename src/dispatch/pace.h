/* pace - how fast a gateway may be used, and when it must rest: a token bucket, a back-off after broken sessions, and a
 * breaker for doubts.
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
} Pace;

#define PACE_PAUSE_MAX (5 * 60 * 1000)
#define PACE_PAUSE_FIRST 1000

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

/* pace_doubt: a message was left in doubt; as many in a row as there are connections open the breaker (while probing,
 * one does). Returns the length of the pause, ms, or 0. */
int64_t pace_doubt(Pace *pace, int64_t now);

/* pace_answered: the gateway gave a final answer: all is well. */
void pace_answered(Pace *pace);

#endif
