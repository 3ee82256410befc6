/* clock_bench - for the tests of clocks: an incident as lists of times and values, and the shipped law data. */
#ifndef BREACH_TESTS_CLOCK_BENCH_H
#define BREACH_TESTS_CLOCK_BENCH_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdbool.h>
#include <string.h>

#include <glib.h>

#include "model/regime_clock.h"

typedef struct ClockBench {
    GArray *anchors;       /* of BenchTime */
    GArray *filings;       /* of BenchTime, in the order in which they were made */
    GArray *variables;     /* of BenchValue */
    GHashTable *calendars; /* id to Calendar * */
} ClockBench;

ClockBench *clock_bench_new(void);
void clock_bench_free(ClockBench *bench);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ClockBench, clock_bench_free)

/* clock_bench_time: "2026-07-10" or RFC 3339; fails the test otherwise. */
RegimeTime clock_bench_time(const char *text);

/* clock_bench_anchor, _file, _set: add one, or replace the anchor or value of that name. */
void clock_bench_anchor(ClockBench *bench, const char *name, RegimeTime time);
void clock_bench_file(ClockBench *bench, const char *id, RegimeTime time);
void clock_bench_set(ClockBench *bench, const char *name, const char *lower, const char *likely, const char *upper);

/* clock_bench_request: about `id`, at `now` (ms). clock_bench_at: the same in one go; the result is the caller's. */
RegimeClockRequest clock_bench_request(ClockBench *bench, const Regime *regime, const char *id, int64_t now);
RegimeClockResult *clock_bench_at(ClockBench *bench, const Regime *regime, const char *id, int64_t now);

/* clock_bench_regime: a shipped regime, which must load without a finding. clock_bench_text: one from YAML. */
Regime *clock_bench_regime(const char *id);
Regime *clock_bench_text(const char *steps, const char *head);

/* clock_bench_has: whether one of the lines holds `words`. */
bool clock_bench_has(const GPtrArray *lines, const char *words);

#endif
