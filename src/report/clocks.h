/* clocks - the tightest clocks of the law, as they stand at the head of `status` and beside every verdict.
 *
 * Obligations are sorted (obligations_sort()) and borrowed during the call. What is returned is newly allocated. Texts
 * for people are in the chosen language, those of JSON are English. Threads: one. */
#ifndef BREACH_REPORT_CLOCKS_H
#define BREACH_REPORT_CLOCKS_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>
#include <jansson.h>

#include "model/obligation.h"

#define CLOCKS_SHOWN 3

/* When a clock is warned of. */
typedef enum ClocksBefore { CLOCKS_HALF, CLOCKS_QUARTER, CLOCKS_HOUR, CLOCKS_OVER, CLOCKS_BEFORES } ClocksBefore;

/* clocks_before_left: how much time is left when this warning is due, ms; negative: the clock has none of this kind. In
 * a clock of less than four hours a quarter is left after the hour. clocks_before_words: of the warning (N_()). */
int64_t clocks_before_left(const RegimeClockResult *clock, ClocksBefore before);
const char *clocks_before_words(ClocksBefore before);

/* clocks_count: how many are in this state. clocks_overdue: how many are late. */
guint clocks_count(const GPtrArray *obligations, RegimeState state);
guint clocks_overdue(const GPtrArray *obligations);

/* clocks_unbegun: the verdict with the first clock that begins after `now`, at a time that somebody entered wrongly, so
 * that it ends too late; NULL: there is none. Newly allocated. */
char *clocks_unbegun(const char *verdict, const GPtrArray *obligations, int64_t now);

/* clocks_lacks_days: whether the law gives a number of days, and their end is not known because a calendar, or a year
 * of it, is missing. clocks_uncounted: `verdict` with the first open one of these and what to do about it; NULL: there
 * is none; newly allocated. */
bool clocks_lacks_days(const RegimeClockResult *clock);
char *clocks_uncounted(const char *verdict, const GPtrArray *obligations);

/* clocks_tightest: the one that stands first: overdue, else the next that is due or would be if it applies; NULL: none
 * runs. Borrowed from the list. */
const Obligation *clocks_tightest(const GPtrArray *obligations);

/* clocks_line: "tightest clock: eu-gdpr authority_72h in 3 h 12 min (2026-11-24 22:10 +01:00)", "overdue: … by 2 h 4
 * min, …"; NULL when no clock runs. */
char *clocks_line(const GPtrArray *obligations);

/* clocks_verdict: the verdict with the line beside it; where something is overdue, or a decision is to be taken again,
 * it needs a person, whatever else it says. A copy of `verdict` when no clock runs. */
char *clocks_verdict(const char *verdict, const GPtrArray *obligations);

/* clocks_text: the tightest three, a line each, with when and since when, and how many more run, may apply, or lack a
 * time; "" when there is nothing. */
char *clocks_text(const GPtrArray *obligations);

/* clocks_json: the tightest three: [{"id","title","state","due","remaining_ms","elapsed_ms","unverified",
 * "calendar_missing"}]; a new reference. clocks_obligation_json: all of one, as `breach obligations --json` has it. */
json_t *clocks_json(const GPtrArray *obligations);
json_t *clocks_obligation_json(const Obligation *obligation);

/* clocks_time: "2026-11-24 22:10 +01:00": to the minute, in the moment's own offset. */
char *clocks_time(Moment moment);

/* clocks_timeliness: "in time", "2 h late", or, where the law gives no number, how long after the start of the clock it
 * was filed; `late` in ms, 0: not late. Newly allocated. */
char *clocks_timeliness(const RegimeClockResult *clock, Moment filed, int64_t late);

/* clocks_name: "eu-gdpr authority_72h". clocks_when: "in 3 h 12 min", "2 h 4 min late", "for 5 h" where the law has no
 * number; in the chosen language. clocks_span: the same of a clock that no obligation holds. */
char *clocks_name(const Obligation *obligation);
char *clocks_when(const Obligation *obligation);
char *clocks_span(const RegimeClockResult *clock);

/* clocks_state: the state in plain words, with when while it runs, and when it is due or was filed: "running, in 3 h 12
 * min (2026-11-24 22:10 +01:00)", "lacks a time"; in the chosen language. */
char *clocks_state(const RegimeClockResult *clock);

#endif
