/* clock_print - what `breach clock` prints: a table with the tightest clock first, then why; or JSON. */
#ifndef BREACH_CLI_CLOCK_PRINT_H
#define BREACH_CLI_CLOCK_PRINT_H

#include <stdbool.h>

#include <glib.h>

#include "cli/clock_given.h"

/* clock_print: `results` are RegimeClockResult *, in the order in which they are shown. clock_print_json: the same as
 * breach.clock/1. */
void clock_print(const ClockGiven *given, const GPtrArray *results, const char *typed);
void clock_print_json(const ClockGiven *given, const GPtrArray *results);

/* clock_print_list: one line for each regime, with its status and whether it is verified. Regimes are Regime *. */
void clock_print_list(const GPtrArray *regimes);
void clock_print_list_json(const GPtrArray *regimes);

#endif
