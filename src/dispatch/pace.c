#include "dispatch/pace.h"

#include <glib.h>

static double capacity(const Pace *pace)
{
    return MAX(pace->rate / 10, 1.0);
}

void pace_start(Pace *pace, double rate, int connections, int64_t now)
{
    *pace = (Pace){.rate = rate, .filled_at = now, .connections = connections, .first_pause = PACE_PAUSE_FIRST};
    pace->tokens = capacity(pace);
}

static void fill(Pace *pace, int64_t now)
{
    pace->tokens = MIN(capacity(pace), pace->tokens + (double)(now - pace->filled_at) / 1000 * pace->rate);
    pace->filled_at = now;
}

int pace_allowance(Pace *pace, int wanted, int64_t now)
{
    if (now < pace->paused_until)
        return 0;
    if (pace_is_probing(pace))
        wanted = MIN(wanted, 1);
    if (pace->rate <= 0)
        return wanted;
    fill(pace, now);
    return MIN(wanted, (int)pace->tokens);
}

void pace_take(Pace *pace, int count)
{
    if (pace->rate > 0)
        pace->tokens -= count;
}

int64_t pace_ready_at(const Pace *pace, int64_t now)
{
    int64_t ready = MAX(now, pace->paused_until);

    if (pace->rate > 0 && pace->tokens < 1)
        ready = MAX(ready, pace->filled_at + (int64_t)((1 - pace->tokens) / pace->rate * 1000) + 1);
    return ready;
}

int64_t pace_rest(const Pace *pace, int64_t now)
{
    return MAX(pace->paused_until - now, 0);
}

bool pace_is_probing(const Pace *pace)
{
    return pace->paused_until != 0;
}

static int64_t begin_pause(Pace *pace, int64_t now)
{
    int64_t length = pace->first_pause << MIN(pace->faults, 16);

    length = MIN(length, PACE_PAUSE_MAX);
    if (pace->faults < 16)
        pace->faults++;
    pace->paused_until = now + length;
    return length;
}

int64_t pace_fault(Pace *pace, int64_t now)
{
    int64_t left = pace_rest(pace, now); /* sister sessions of the one that broke first */

    return left > 0 ? left : begin_pause(pace, now);
}

int64_t pace_doubt(Pace *pace, int64_t now)
{
    if (++pace->doubts < pace->connections && !pace_is_probing(pace))
        return 0;
    if (now < pace->paused_until)
        return 0;
    return begin_pause(pace, now);
}

void pace_answered(Pace *pace)
{
    pace->faults = 0;
    pace->doubts = 0;
    pace->paused_until = 0;
}
