/* conductor - the one thread that touches the ledger: recovers, claims, hands out, records, until nothing is due.
 *
 * Crash safety rests on the order here (docs/LEDGER.md): recovery before anything is claimed; a claim is committed
 * before its job is pushed; a slot is used again only after its outcome is committed. */
#ifndef BREACH_DISPATCH_CONDUCTOR_H
#define BREACH_DISPATCH_CONDUCTOR_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "base/clock.h"
#include "channel/channel.h"
#include "dispatch/wave.h"
#include "ledger/hold.h"
#include "ledger/ledger.h"
#include "model/quiet_hours.h"

typedef enum ConductorEnd {
    CONDUCTOR_DONE,      /* nothing is due any more by itself */
    CONDUCTOR_WAITING,   /* something is due later than patience reaches, or the gateway rests for longer */
    CONDUCTOR_STOPPED,   /* asked to stop; what was on the wire is recorded */
    CONDUCTOR_ABANDONED, /* asked twice; what was on the wire is left to the next run's recovery */
    CONDUCTOR_WAVE,      /* the first wave has its answers (see ConductorResult.wave); the rest waits for a person */
    CONDUCTOR_BROKEN,    /* ledger or slots cannot be written: see the error; what could be recorded is */
} ConductorEnd;

typedef struct ConductorGateway {
    const Gateway *gateway;      /* borrowed */
    const ChannelEngine *engine; /* borrowed */
    const char *channel;         /* borrowed; "email" */
} ConductorGateway;

/* ConductorProgress: what is shown while it runs. */
typedef struct ConductorProgress {
    LedgerCounts counts;
    int64_t answered;      /* final answers in this run */
    int64_t elapsed;       /* ms since the run started */
    double rate;           /* messages a second, over the last seconds */
    int in_flight;         /* messages that this run has claimed and has no answer to */
    int64_t silence;       /* ms since the last final answer */
    bool stopping;         /* nothing new is begun; what is on the wire is waited for */
    const Hold *hold;      /* what keeps something back until a person lifts it; NULL: nothing; borrowed alike */
    const char *trouble;   /* why a gateway rests, or what is held, or that the hours are quiet, or, while nothing is on
                              its way, which domain is paused; NULL: nothing is wrong.
                              Borrowed during the call */
} ConductorProgress;

typedef struct ConductorOptions {
    Ledger *ledger;
    const char *folder;             /* state folder, locked by the caller */
    const char *boot;               /* boot id */
    const Clock *clock;
    const ConductorGateway *gateways;
    size_t gateway_count;
    int64_t patience;               /* ms without an answer after which waiting ends; due times beyond it are not
                                       waited for. The answer to what is on the wire always is */
    const QuietHours *quiet_hours;  /* in which nothing is sent; NULL: there are none; borrowed */
    const AnnouncementNeed *announcement; /* what pointers wait for; NULL: nothing; borrowed */
    int limit;                      /* messages of the first wave; 0: all are sent */
    double stop_over;               /* percent of the first wave that may be refused; only for ConductorResult.wave */
    volatile sig_atomic_t *stop;    /* 0 run, 1 stop cleanly, 2 stop now */
    void (*progress)(const ConductorProgress *progress, void *user); /* about five times a second; or NULL */
    /* In place of waiting while nothing is on its way: time passes by `wait` ms at most, as the clock of a drill may let it
       pass at once. false: stop cleanly. NULL: it waits */
    bool (*idle)(int64_t wait, void *user);
    void *user;
} ConductorOptions;

typedef struct ConductorResult {
    ConductorEnd end;
    LedgerRecovery recovery;
    int64_t answered;
    int64_t climbed;       /* notices that went on to another channel */
    bool must_ask;         /* more would climb than may without a person's yes (dispatch/ladder.h) */
    int64_t elapsed;       /* ms */
    Wave wave;             /* what became of the first wave */
    bool is_held;          /* something is due that waits for a person to lift a hold */
    char *trouble;         /* owned; as ConductorProgress.trouble when it ended, without pauses of domains */
    bool has_threads;      /* threads still run: in a connection without a message (waited for a few seconds), or
                              abandoned. They use everything in ConductorOptions, so the process must end and free
                              nothing */
} ConductorResult;

void conductor_result_clear(ConductorResult *result);

/* conductor_run: false only when nothing was sent because something is wrong before the first claim (ledger, slots);
 * `error` is also set with CONDUCTOR_BROKEN. */
bool conductor_run(const ConductorOptions *options, ConductorResult *result, GError **error);

#endif
