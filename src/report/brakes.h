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

typedef struct Brakes {
    GPtrArray *holds;        /* owned; of Hold * */
    GPtrArray *pauses;       /* owned; of Pause *: those that last */
    const QuietHours *quiet; /* borrowed, or NULL */
    int64_t quiet_until;     /* ms; 0: the hours are not quiet */
} Brakes;

/* brakes_collect: what holds at `now`. NULL on failure. */
Brakes *brakes_collect(Ledger *ledger, const QuietHours *quiet, int64_t now, GError **error);
void brakes_free(Brakes *brakes);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Brakes, brakes_free)

/* brakes_text: a line each, what a person did first; "" when there is nothing. */
char *brakes_text(const Brakes *brakes, int64_t now);

/* brakes_stop: what stops all messages, or all of a gateway or channel: "everything is held by …"; NULL: nothing does.
 */
char *brakes_stop(const Brakes *brakes, int64_t now);

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
