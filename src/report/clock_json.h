/* clock_json - one clock of a regime as JSON, for `breach clock` and `breach obligations`.
 *
 * Texts are English. What is returned is a new reference. Threads: safe. */
#ifndef BREACH_REPORT_CLOCK_JSON_H
#define BREACH_REPORT_CLOCK_JSON_H

#include <stdbool.h>

#include <glib.h>
#include <jansson.h>

#include "model/regime.h"
#include "model/regime_clock.h"

/* clock_json: state, due, due_day, why, remarks, readings …; with its rule when it is a step of `regime`, which may be
 * NULL for a clock that no regime has. */
json_t *clock_json(const Regime *regime, const RegimeClockResult *clock);

/* clock_json_moment: RFC 3339, or null unless `known`. clock_json_time: with what the moment itself knows.
 * clock_json_texts: a list of char *. clock_json_text: null for NULL. */
json_t *clock_json_moment(bool known, Moment moment);
json_t *clock_json_time(Moment moment);
json_t *clock_json_texts(const GPtrArray *texts);
json_t *clock_json_text(const char *text);

#endif
