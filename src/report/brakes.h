/* brakes - what is held, paused and quiet, for people and for --json.
 *
 * Strings that are returned are newly allocated. Threads: one. */
#ifndef BREACH_REPORT_BRAKES_H
#define BREACH_REPORT_BRAKES_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>
#include <jansson.h>

#include "ledger/hold.h"
#include "model/quiet_hours.h"
#include "report/announced.h"

typedef struct Brakes {
    GPtrArray *holds;        /* owned; of Hold * */
    GPtrArray *pauses;       /* owned; of Pause *: those that last */
    const QuietHours *quiet; /* borrowed, or NULL */
    int64_t quiet_until;     /* ms; 0: the hours are not quiet */
    const Announced *announced; /* borrowed, or NULL: nothing waits for an announcement */
} Brakes;

/* brakes_collect: what holds at `now`. NULL on failure. */
Brakes *brakes_collect(Ledger *ledger, const QuietHours *quiet, int64_t now, GError **error);
void brakes_free(Brakes *brakes);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Brakes, brakes_free)

/* BrakesDue, brakes_due: when something may be sent, as far as holds, pauses and quiet hours let it. */
typedef struct BrakesDue {
    int64_t first;      /* ms; in the past: now; INT64_MAX: nothing is due by itself, or all of it is held */
    const Hold *hold;   /* what holds something that is due, or NULL; borrowed from the brakes */
    const Pause *pause; /* what puts something off to a later time, or NULL; borrowed from the brakes */
} BrakesDue;
bool brakes_due(const Brakes *brakes, Ledger *ledger, BrakesDue *due, GError **error);

/* brakes_paused: "domain qq.com is paused until …, it refuses us by policy: …". */
char *brakes_paused(const Pause *pause, int64_t now);

/* brakes_text: a line each, what a person did first; "" when there is nothing. */
char *brakes_text(const Brakes *brakes, int64_t now);

/* brakes_quiet: "quiet hours until 07:00 +08:00 (in 2 h 0 min)"; NULL: they are not. */
char *brakes_quiet(const Brakes *brakes, int64_t now);

/* brakes_held: "domain qq.com is held by …: …". */
char *brakes_held(const Hold *hold);

/* brakes_first: the hold that weighs most, or NULL. brakes_lift: the command that lifts a hold; `playbook` and
 * `options` as in a next command. */
const Hold *brakes_first(const Brakes *brakes);
char *brakes_lift(const Hold *hold, const char *playbook, const char *options);

/* brakes_add_json: the members holds, pauses and quiet_until. */
void brakes_add_json(const Brakes *brakes, json_t *document);
json_t *brakes_holds_json(const GPtrArray *holds);

#endif
