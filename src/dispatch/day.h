/* day - what a gateway takes in a day: so many messages (quota), and none in its own quiet hours. The day is that of
 * the quiet hours' zone, of UTC without.
 *
 * Threads: the conductor's. Errors: as ledger.h. Times are wall time, ms. */
#ifndef BREACH_DISPATCH_DAY_H
#define BREACH_DISPATCH_DAY_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "ledger/ledger.h"
#include "model/gateway.h"

typedef struct Day {
    const Gateway *gateway; /* borrowed */
    int64_t begins, ends;   /* of the day that `used` is about; 0 and 0: nothing was read yet */
    int64_t used;
} Day;

void day_init(Day *day, const Gateway *gateway);

/* day_is_why: whether `reason`, of a pause, is one that day_stopped() gave. */
bool day_is_why(const char *reason);

/* day_stopped: until when the gateway takes nothing; 0: it does. *why: a text of the catalogue, static. */
int64_t day_stopped(const Day *day, int64_t now, const char **why);

/* day_room: how many of `wanted` messages it takes today. */
int day_room(const Day *day, int wanted);

/* day_bounds: the midnights around `now` by which the gateway counts its quota. A day of a zone may have 23 or 25 hours. */
void day_bounds(const Gateway *gateway, int64_t now, int64_t *begins, int64_t *ends);

/* day_load: in a batch: reads what has been used, at first and when another day has begun. day_take: in a batch:
 * `count` messages were claimed (or, negative, came back without a byte having left). */
bool day_load(Day *day, Ledger *ledger, int64_t now, GError **error);
bool day_take(Day *day, Ledger *ledger, int count, GError **error);

#endif
