/* lawful - what check says about the law of a playbook: regimes that do not bind or are not confirmed, times out of
 * order, values that cannot be or that nobody asks for, levels that nobody has confirmed, years without working days.
 *
 * The mistakes of the files themselves are found when they are loaded (dispatch/statutes). Threads: the main one. */
#ifndef BREACH_CLI_LAWFUL_H
#define BREACH_CLI_LAWFUL_H

#include "cli/workspace.h"

/* lawful_check: adds to the workspace's findings, at stage report: it needs no people, no audiences and no gateways.
 * Writes nothing. */
void lawful_check(Workspace *workspace);

#endif
