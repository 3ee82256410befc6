/* contradictions - where what is known of an incident does not fit together, so that a duty or a clock goes by the
 * wrong one of two: a level that no scale has, a count or a level that is written twice, values under a regime that
 * does not ask for them, awareness after confirmation, reports from before awareness, a regime that was taken out.
 *
 * Threads: the main one. */
#ifndef BREACH_CLI_CONTRADICTIONS_H
#define BREACH_CLI_CONTRADICTIONS_H

#include "base/finding.h"
#include "report/lawbook.h"

/* contradictions_check: adds findings at stage report. Writes nothing. */
void contradictions_check(const Lawbook *lawbook, Findings *findings);

#endif
