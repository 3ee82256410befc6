/* statute_values - whether the variables of a playbook have values that they can have: a condition compares texts, so
 * that a duty could look as if it did not apply.
 *
 * Threads: safe, one Findings to a thread. */
#ifndef BREACH_DISPATCH_STATUTE_VALUES_H
#define BREACH_DISPATCH_STATUTE_VALUES_H

#include "base/finding.h"
#include "dispatch/statutes.h"

/* statute_values_check: an error at stage report for each variable, of the playbook and of its regimes, with a value
 * that the variable cannot have, or that a scale of these regimes cannot read; such a variable is marked as wrong, so
 * that it counts as not known. */
void statute_values_check(const Playbook *playbook, const Statutes *statutes, Findings *findings);

#endif
