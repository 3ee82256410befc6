/* clock_given - what `breach clock` was told on the command line: times, values and filings, and what they are looked
 * up in.
 *
 * The command line is the only source, so that every mistake in it is an error with a did-you-mean. A ClockGiven owns
 * what it holds; the options and the regime outlive it. Threads: one. */
#ifndef BREACH_CLI_CLOCK_GIVEN_H
#define BREACH_CLI_CLOCK_GIVEN_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "base/finding.h"
#include "cli/option.h"
#include "model/regime.h"
#include "model/regime_clock.h"
#include "model/severity.h"

typedef struct ClockGiven {
    const Regime *regime;       /* borrowed */
    SeverityScale *scale;       /* owned; or NULL */
    SeverityProposal *proposal; /* owned; of the level, where nobody set one; or NULL */
    GPtrArray *anchors;         /* owned; of ClockTime * */
    GPtrArray *filings;         /* owned; of ClockTime *, by time */
    GPtrArray *variables;       /* owned; of ClockValue * */
    GTimeZone *zone;            /* owned; of --zone, or NULL */
    const char *zone_name;      /* borrowed; in which days are counted */
    const char *calendar;       /* borrowed; or NULL */
    GHashTable *calendars;      /* owned; id to Calendar * */
    char *folder, *data;        /* owned; where calendars are looked for; `folder` may be NULL */
    Findings *findings;         /* borrowed */
    int64_t now;
} ClockGiven;

/* clock_given_new: reads --anchor, --set, --filed, --zone, --calendar and --now. `folder` and `data` are copied. NULL
 * with BREACH_ERROR_INPUT when something cannot be; what is wrong with files is in `findings`. What is known but
 * decides nothing here is said on standard error. */
ClockGiven *clock_given_new(const Options *options, const Regime *regime, const char *folder, const char *data,
                            Findings *findings, GError **error);
void clock_given_free(ClockGiven *given);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ClockGiven, clock_given_free)

/* clock_given_request: for regime_clock(), about `id`; borrows from `given`. */
RegimeClockRequest clock_given_request(ClockGiven *given, const char *id);

/* clock_given_check_step: whether `id` is a step or a group. Error: BREACH_ERROR_INPUT with a did-you-mean. */
bool clock_given_check_step(const Regime *regime, const char *id, GError **error);

/* clock_given_check_days: whether a day alone was given where only hours are counted: by the step or group `id`, or by
 * every step of the regime that runs from it (NULL). Error: BREACH_ERROR_INPUT. */
bool clock_given_check_days(const ClockGiven *given, const char *id, GError **error);

/* clock_given_has_anchor: whether --anchor gave it, be it a day alone. */
bool clock_given_has_anchor(const ClockGiven *given, const char *name);

/* clock_given_anchor_text: what an anchor means, in the chosen language; "" when nobody says. Borrowed. */
const char *clock_given_anchor_text(const Regime *regime, const char *name);

#endif
