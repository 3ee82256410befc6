/* clock_json - times, and the clocks of a regime, as JSON.
 *
 * Texts are English. What is returned is a new reference. Threads: safe. */
#ifndef BREACH_REPORT_CLOCK_JSON_H
#define BREACH_REPORT_CLOCK_JSON_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>
#include <jansson.h>

#include "model/incident.h"
#include "model/regime.h"
#include "model/regime_clock.h"

/* clock_json: state, due, due_day, why, remarks, readings …; with its rule when it is a step of `regime`, which may be
 * NULL for a clock that no regime has. */
json_t *clock_json(const Regime *regime, const RegimeClockResult *clock);

/* clock_json_at: ms as RFC 3339 in UTC; null for 0 and less, and for INT64_MAX: there is none. clock_json_moment: with
 * its offset, or null unless `known`. clock_json_time: with what the moment itself knows.
 * clock_json_text: null for NULL. */
json_t *clock_json_at(int64_t at);
json_t *clock_json_moment(bool known, Moment moment);
json_t *clock_json_time(Moment moment);
json_t *clock_json_text(const char *text);

/* clock_json_incident: {"occurred_at", "detected_at", "confirmed_at", "contained_at"}. */
json_t *clock_json_incident(const Incident *incident);

#endif
