/* climbs - who goes on to another channel, who waits for it, and whether a person has to say yes first; for people and
 * for
 * --json.
 *
 * Strings that are returned are newly allocated. Threads: one. Errors: as ledger.h. */
#ifndef BREACH_REPORT_CLIMBS_H
#define BREACH_REPORT_CLIMBS_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>
#include <jansson.h>

#include "dispatch/ladder.h"

typedef struct Climbs {
    LadderQuestion question; /* in an exercise nobody has to say yes */
    GPtrArray *waits;        /* owned; of LedgerClimbWait * */
    int64_t now;             /* ms */
} Climbs;

/* climbs_collect: NULL on failure. */
Climbs *climbs_collect(Ledger *ledger, int64_t now, GError **error);
void climbs_free(Climbs *climbs);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Climbs, climbs_free)

/* climbs_has_work: somebody is to climb now, and nobody has to be asked. */
bool climbs_has_work(const Climbs *climbs);

/* climbs_verdict: what stands in the verdict: "300 people have to go on to another channel, and that is more than …";
 * or when the next one is due; NULL: nothing. */
char *climbs_verdict(const Climbs *climbs);

/* climbs_text: a line for each audience and pair of channels: "climbing: people, email to sms: 300"; "" when nobody
 * does. climbs_json: {"allowed","climbed","due","needs_yes","next_due","waiting":[…]}; a new reference. */
char *climbs_text(const Climbs *climbs);
json_t *climbs_json(const Climbs *climbs);

#endif
