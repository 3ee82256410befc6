/* fake_relay - an implementation of ChannelEngine for the tests of src/dispatch: relays that answer by script, count,
 * and never touch a network; and a clock that runs faster than the wall's.
 *
 * What a relay answers stands in the recipient's address, before its first hyphen, one letter for each time that the
 * message is begun; the last one counts for all later times ("tta-17@x.example": refused for now, twice, then taken):
 *   a  taken            t  refused for now (451)    p  refused for good (550 5.1.1)    l  refused by policy (550 5.7.1)
 *   d  handed over, then the connection breaks       q  handed over and left in doubt, the connection goes on
 *   n  the connection breaks before the message is handed over (421 at MAIL)
 *   h  handed over, then no answer before fake_release(); then taken
 *   x  neither an answer nor an error: what no engine may do
 * A leading "+" is skipped. Threads: every function may be called from any thread. */
#ifndef BREACH_TESTS_FAKE_RELAY_H
#define BREACH_TESTS_FAKE_RELAY_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "base/clock.h"
#include "channel/channel.h"

/* FakeRelay: the upper part is set before it is used; the rest is read with fake_look(). */
typedef struct FakeRelay {
    int ahead;          /* messages that a session pulls before it needs them */
    int refuse;         /* so many sessions are refused before they begin a message; -1: all */
    int limit;          /* sessions at the same time, more are refused; 0: any number */
    int delay;          /* ms of real time before each answer */
    int doubts;         /* so many messages are left in doubt at first, whatever their script; -1: all */
    bool hangs_at_end;  /* a session does not end before fake_release() */
    const char *folder; /* state folder: the slot of a message is looked up when it is handed over; NULL: not */
    const char *log;    /* the recipient of each message that is taken is appended to this file; NULL: not */
    const Clock *clock; /* for `begins`; NULL: not kept */

    int sessions, refused;
    int open;           /* sessions now */
    int at_work;        /* messages begun and not answered, now */
    int most_at_work;   /* since fake_watch() */
    int begun;
    int refused_hands;  /* handing_over said no */
    int without_slot;   /* handed over without a word of it in the slots */
    GHashTable *tries;  /* recipient -> how often it was begun */
    GHashTable *taken;  /* recipient -> how often it was taken */
    GArray *begins;     /* int64_t, clock_steady() of each begin */
    char *last;         /* the whole of the message that was begun last */
    char *last_return_path;
} FakeRelay;

/* fake_relay: the relay behind the gateway of that name; made at its first use. fake_forget: all of them, between
 * tests. */
FakeRelay *fake_relay(const char *gateway);
void fake_forget(void);

/* fake_look, fake_unlook: around reading counters while sessions run. */
void fake_look(void);
void fake_unlook(void);

/* fake_release: what hangs goes on, now and later. */
void fake_release(void);

/* fake_watch: most_at_work starts again from what is at work now. */
void fake_watch(FakeRelay *relay);

/* fake_times: how often a recipient was begun or taken: of relay->tries or relay->taken. */
int fake_times(GHashTable *table, const char *recipient);

const ChannelEngine *fake_engine(void);

/* FakeClock: `speed` times as fast as the steady clock; wall time starts at `start`. */
typedef struct FakeClock {
    int64_t start; /* ms */
    int64_t speed;
    int64_t begun; /* us of the steady clock */
    _Atomic int64_t jumped; /* ms by which it was put forward besides */
} FakeClock;

Clock fake_clock(FakeClock *clock, int64_t start, int64_t speed);

/* fake_gateway: a gateway for the tests: no rate, retry_after and policy_pause one second, give_up a year. */
Gateway *fake_gateway(const char *name, int connections);

/* fake_body: a text version that can be rendered: "Notice for {{person.id}}". */
const char *fake_body(void);

#endif
