/* sim_clock - a clock that stands still unless it is told to go on: days of a drill pass in a minute.
 *
 * While messages are on their way it stands still, and they go as fast as this machine can; where breach would wait,
 * time jumps. So what a drill finds does not depend on the machine. Wall and steady time are the same here. Threads:
 * any may read it; one moves it. */
#ifndef BREACH_DRILL_SIM_CLOCK_H
#define BREACH_DRILL_SIM_CLOCK_H

#include "base/clock.h"

typedef struct SimClock SimClock;

/* sim_clock_new: it is `now`, ms. */
SimClock *sim_clock_new(int64_t now);
void sim_clock_free(SimClock *sim);

/* sim_clock_clock: as every module takes it; borrowed. */
const Clock *sim_clock_clock(const SimClock *sim);

/* sim_clock_to: it is `at` now, unless it is later already. */
void sim_clock_to(SimClock *sim, int64_t at);

#endif
