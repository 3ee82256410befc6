/* handing - what is to be known about letters and call lists before the first is written: encryption and fonts.
 *
 * Threads: the main one. */
#ifndef BREACH_CLI_HANDING_H
#define BREACH_CLI_HANDING_H

#include "cli/workspace.h"

/* handing_check: a finding for each gateway that hands over without encryption although the playbook forbids it, or
 * that cannot encrypt; and for each language for whose characters this machine has no font (of the texts that are made
 * so far). */
void handing_check(const Workspace *workspace);

#endif
