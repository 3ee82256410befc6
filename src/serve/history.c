#include "serve/history.h"

#include <string.h>

#define BETWEEN_FIRST INT64_C(1000)
#define BEFORE_MOST   ((size_t)HISTORY_POINTS_MOST / 2)

History *history_new(void)
{
    History *history = g_new0(History, 1);

    history->between = BETWEEN_FIRST;
    return history;
}

void history_free(History *history)
{
    g_free(history);
}

/* The first and the last stay. */
static void thin_out(History *history)
{
    size_t kept = 0;

    for (size_t i = 0; i < history->count; i++)
        if (i % 2 == 0 || i + 1 == history->count)
            history->points[kept++] = history->points[i];
    history->count = kept;
    history->between *= 2;
}

void history_before(History *history, const HistoryPoint *points, size_t count)
{
    HistoryPoint before[BEFORE_MOST] = {{.at = 0}};
    size_t most = count < BEFORE_MOST ? count : BEFORE_MOST;
    size_t taken = 0;
    int64_t end = history->count > 0 ? history->points[0].at : INT64_MAX;

    for (size_t i = 0; i < most; i++) {
        const HistoryPoint *point = &points[most > 1 ? i * (count - 1) / (most - 1) : 0];

        if (point->at < end)
            before[taken++] = *point;
    }
    if (taken == 0)
        return;
    history->between = MAX(history->between, (before[taken - 1].at - before[0].at) / (int64_t)BEFORE_MOST);
    while (history->count > BEFORE_MOST)
        thin_out(history);
    memmove(history->points + taken, history->points, history->count * sizeof before[0]);
    memcpy(history->points, before, taken * sizeof before[0]);
    history->count += taken;
}

/* A clock that was set back: what lies ahead of it would keep everything out until it gets there. */
static void forget_future(History *history, int64_t now)
{
    while (history->count > 0 && history->points[history->count - 1].at > now + history->between)
        history->count--;
}

bool history_add(History *history, const HistoryPoint *point)
{
    const HistoryPoint *last;

    forget_future(history, point->at);
    last = history->count > 0 ? &history->points[history->count - 1] : NULL;
    if (last && (point->at - last->at < history->between || memcmp(last->told, point->told, sizeof last->told) == 0))
        return false;
    if (history->count == HISTORY_POINTS_MOST)
        thin_out(history);
    history->points[history->count++] = *point;
    return true;
}

json_t *history_json(const History *history)
{
    json_t *states = json_array(), *rows = json_array();

    for (int t = 0; t < TOLD_STATES; t++)
        json_array_append_new(states, json_string(identity_told_name((Told)t)));
    for (size_t i = 0; i < history->count; i++) {
        const HistoryPoint *point = &history->points[i];
        json_t *row = json_array();

        json_array_append_new(row, json_integer(point->at));
        for (int t = 0; t < TOLD_STATES; t++)
            json_array_append_new(row, json_integer(point->told[t]));
        json_array_append_new(rows, row);
    }
    return json_pack("{s:o, s:o}", "states", states, "points", rows);
}
