/* history - how many people were in which state, over time, in a bounded number of points: when there are too many,
 * every second one goes, and from then on they are taken half as often.
 *
 * Pure. Threads: one. */
#ifndef BREACH_SERVE_HISTORY_H
#define BREACH_SERVE_HISTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>
#include <jansson.h>

#include "model/identity.h"

#define HISTORY_POINTS_MOST 240

typedef struct HistoryPoint {
    int64_t at; /* ms */
    int64_t told[TOLD_STATES];
} HistoryPoint;

typedef struct History {
    HistoryPoint points[HISTORY_POINTS_MOST]; /* rising in time */
    size_t count;
    int64_t between; /* ms; at least so far apart */
} History;

History *history_new(void);
void history_free(History *history);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(History, history_free)

/* history_before: what held before the first point that it has: `count` points, rising in time, of which as many are
 * taken as half of it can hold, the first and the last among them. */
void history_before(History *history, const HistoryPoint *points, size_t count);

/* history_add: what holds at that time. Whether it became a point: it is left out when it comes too soon, or changes
 * nothing. Points later than that are forgotten: the clock was set back. */
bool history_add(History *history, const HistoryPoint *point);

/* history_json: {"states":["delivered",…],"points":[[ms,n,…],…]}; a new reference. */
json_t *history_json(const History *history);

#endif
