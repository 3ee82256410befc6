#include "drill/sim_clock.h"

#include <stdatomic.h>

#include <glib.h>

struct SimClock {
    Clock clock;
    _Atomic int64_t now;
};

static int64_t now(void *self)
{
    return atomic_load(&((SimClock *)self)->now);
}

SimClock *sim_clock_new(int64_t at)
{
    SimClock *sim = g_new0(SimClock, 1);

    atomic_init(&sim->now, at);
    sim->clock = (Clock){.now = now, .steady = now, .self = sim};
    return sim;
}

void sim_clock_free(SimClock *sim)
{
    g_free(sim);
}

const Clock *sim_clock_clock(const SimClock *sim)
{
    return &sim->clock;
}

void sim_clock_to(SimClock *sim, int64_t at)
{
    if (at > atomic_load(&sim->now))
        atomic_store(&sim->now, at);
}
