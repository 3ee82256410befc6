/* stage - what a drill puts around a rehearsal: its clock, its faults, and who is asked while nothing is on its way.
 *
 * Faults become rules of the embedded gateways; those that begin later are rules from the start, which look at the
 * clock. A Stage owns its faults and texts and borrows the rest. Threads: whoever sends; the gateways only read. */
#ifndef BREACH_DRILL_STAGE_H
#define BREACH_DRILL_STAGE_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "base/clock.h"
#include "dispatch/conductor.h"
#include "model/gateway.h"
#include "model/scenario.h"

typedef struct StageFault {
    ScenarioDo what;     /* RELAY_DOWN, THROTTLE or DEAD */
    const char *channel; /* static */
    int64_t from, until; /* ms, of the clock; until 0: without end */
    double rate, share;  /* as ScenarioStep */
    bool bounces;
    int64_t comes_back;
    uint64_t salt; /* of its own: who is refused by one is no likelier to be dead by another */
} StageFault;

typedef struct Stage {
    const Clock *clock;                     /* borrowed; that of clock_simulate() */
    GArray *faults;                         /* owned; of StageFault */
    uint64_t salt;                          /* whose addresses are dead */
    char *log_path;                         /* owned; a line for each mail that was taken (SmtpSinkOptions) */
    bool (*idle)(int64_t wait, void *user); /* as ConductorOptions */
    void (*progress)(const ConductorProgress *progress, void *user);
    void *user;      /* borrowed; of both */
    bool is_stopped; /* set by breach notify: somebody pressed Ctrl-C */
} Stage;

Stage *stage_new(const Clock *clock, uint64_t salt, const char *log_path);
void stage_free(Stage *stage);

/* stage_add: a fault of the scenario that begins at `from`. A RELAY_UP ends RELAY_DOWN and THROTTLE of its channel
 * instead. */
void stage_add(Stage *stage, const ScenarioStep *step, int64_t from);

/* stage_mail_rules: of SmtpSinkRule *. stage_request_rules: of HttpSinkRule *, for the provider of `channel`. New
 * arrays, which own their rules. */
GPtrArray *stage_mail_rules(const Stage *stage);
GPtrArray *stage_request_rules(const Stage *stage, const char *channel);

/* stage_gateway: makes a gateway one that plays twice alike: one connection, and a rate where it has none, since a
 * clock that stands still would let everything through at once. */
void stage_gateway(Gateway *gateway);

/* stage_comes_back: how long after it was taken a mail to this address comes back, ms; -1: it does not. */
int64_t stage_comes_back(const Stage *stage, const char *address, int64_t at);

#endif
