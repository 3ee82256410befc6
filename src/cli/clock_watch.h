/* clock_watch - while breach notify runs: a warning when half of a clock's time is left, a quarter, an hour, and when
 * it is over. Each is said once on stderr and stands once in the case record, whichever run saw it. And a delay that
 * somebody decided, of which the hold is not there because they were killed in between, is brought into the ledger.
 *
 * Looking costs some milliseconds and is done every few seconds at most; in between a turn only asks for the time.
 * Threads: one. */
#ifndef BREACH_CLI_CLOCK_WATCH_H
#define BREACH_CLI_CLOCK_WATCH_H

#include "cli/workspace.h"

typedef struct ClockWatch ClockWatch;

/* clock_watch_new: NULL when the law asks nothing of this incident, or the case record cannot be read (which is said:
 * sending goes on). The workspace is borrowed. */
ClockWatch *clock_watch_new(Workspace *workspace);
void clock_watch_free(ClockWatch *watch);

/* clock_watch_ledger: where the holds of delays belong; borrowed. `watch` may be NULL. */
void clock_watch_ledger(ClockWatch *watch, Ledger *ledger);

/* clock_watch_turn: to be called often, outside of a batch of the ledger; `watch` may be NULL. */
void clock_watch_turn(ClockWatch *watch);

#endif
