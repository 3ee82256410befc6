/* regime_clock - when a step of a regime is due: a pure function of what happened, what was filed, and calendars.
 *
 * Nothing is invented: a missing anchor, a calendar year without data and a law without a number are said. Hours are
 * elapsed time from the exact instant. Days, working days and months are counted in the regime's zone, and end with the
 * last moment of their last day. A step is overdue from the first millisecond behind its last moment. Thresholds take
 * the upper estimate. Sources: law.md section 4; each rule names its text where it is applied.
 * Results own their texts and borrow from the regime and the request. Texts are English: they stand in --json and in
 * the record. Threads: safe. */
#ifndef BREACH_MODEL_REGIME_CLOCK_H
#define BREACH_MODEL_REGIME_CLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>

#include "model/calendar.h"
#include "model/civil_day.h"
#include "model/moment.h"
#include "model/regime.h"

/* A time that was entered: an instant, or a day alone, which is enough where days are counted. */
typedef struct RegimeTime {
    Moment moment; /* unless is_day */
    CivilDay day;  /* is_day */
    bool is_day;
} RegimeTime;

/* The value of a variable, as text: "2000000", "true", "high". One that is known exactly is in all three. */
typedef struct RegimeValue {
    const char *lower, *likely, *upper; /* borrowed during the call; NULL or "": not known */
} RegimeValue;

/* RegimeAnchorLookup: false when no time is recorded. `name` is an anchor's.
 * RegimeFilingLookup: the `index`-th filing (from 0, by time) made under the id of a step or a group; false: no more.
 * RegimeVariableLookup: false when nothing is known.
 * RegimeCalendarLookup: NULL when there is no such calendar here. */
typedef bool RegimeAnchorLookup(const char *name, RegimeTime *time, void *user);
typedef bool RegimeFilingLookup(const char *id, size_t index, RegimeTime *time, void *user);
typedef bool RegimeVariableLookup(const char *name, RegimeValue *value, void *user);
typedef const Calendar *RegimeCalendarLookup(const char *id, void *user);

typedef struct RegimeClockRequest {
    const Regime *regime;
    const char *id;             /* a step or a group */
    RegimeAnchorLookup *anchor; /* none of the four may be NULL */
    RegimeFilingLookup *filing;
    RegimeVariableLookup *variable;
    RegimeCalendarLookup *find_calendar;
    void *user;
    GTimeZone *zone;      /* instead of the regime's; or NULL */
    const char *calendar; /* instead of the regime's and the step's; or NULL */
    int64_t now;          /* ms */
} RegimeClockRequest;

typedef enum RegimeState {
    REGIME_NOT_APPLICABLE, /* the condition is false, or the law was not in force */
    REGIME_SCOPE_UNKNOWN,  /* nobody has said whether it applies; `due` says until when it would be due */
    REGIME_NOT_STARTED,    /* it runs from a filing that has not been made */
    REGIME_ANCHOR_MISSING, /* it runs from a time that nobody has entered */
    REGIME_DUE,            /* running; without a number: `has_due` is false and `elapsed` says how long */
    REGIME_OVERDUE,
    REGIME_FILED,
} RegimeState;

/* One way to read a law that can be read in two. */
typedef struct RegimeReadingResult {
    const RegimeReading *reading; /* borrowed from the regime; NULL: `from` of the step itself */
    bool has_due;
    Moment due;
    CivilDay due_day;
    const char *missing_anchor; /* or NULL */
    bool governs;
} RegimeReadingResult;

typedef struct RegimeClockResult {
    const char *id;         /* of the step or group; borrowed from the regime */
    const RegimeStep *step; /* borrowed; for a group the limb that binds, or NULL */
    bool is_group;
    RegimeState state;
    bool has_due;
    Moment due;       /* for days: 23:59:59 of the last day in the zone (17:30 for Form 8-K) */
    int64_t last;     /* the last millisecond that is in time */
    CivilDay due_day; /* in the zone; for hours: in the offset of `due` */
    bool has_start;
    Moment start;      /* when the clock started; midnight of a day that was entered alone */
    int64_t elapsed;   /* ms since then at `now`, or until it was filed; 0 without a start */
    int64_t remaining; /* ms from now to `last`; negative: overdue by; 0 without a due */
    int64_t late;      /* ms: overdue by, or filed late by; 0: in time */
    bool is_filed;
    Moment filed; /* the filing that counts */
    bool is_unverified, is_soft;
    bool may_reach;             /* applies by the upper estimate only, or stops by it */
    const char *unknown;        /* SCOPE_UNKNOWN: the variable that would decide; borrowed */
    const char *missing_anchor; /* ANCHOR_MISSING: what to enter; borrowed */
    const char *missing_filing; /* NOT_STARTED: the step or group; borrowed */
    char *missing_calendar;     /* owned: a calendar, or a year of it, without which the last day is not known */
    int missing_year;           /* 0: the whole calendar is missing */
    GPtrArray *why;             /* of char *: the rule, the start, the arithmetic, the filing */
    GPtrArray *remarks;         /* of char *: what else to know */
    GPtrArray *readings;        /* of RegimeReadingResult *; empty when there is one reading */
} RegimeClockResult;

/* regime_clock: never NULL; request->id must be a step or group of the regime. */
RegimeClockResult *regime_clock(const RegimeClockRequest *request);

/* regime_state_name: "anchor-missing", as JSON has it. regime_state_words: what people read everywhere, "lacks a time"
 * (N_()). regime_state_words_of: the words of a name; the name itself, borrowed, when there is no such state. */
const char *regime_state_name(RegimeState state);
const char *regime_state_words(RegimeState state);
const char *regime_state_words_of(const char *name);

/* regime_clock_compare: tightest first: overdue, then due by its last moment, then what may apply and would be due,
 * then without a number by the longest elapsed, then the rest in the order of the states; equal ones by id. */
int regime_clock_compare(const RegimeClockResult *a, const RegimeClockResult *b);

void regime_clock_result_free(RegimeClockResult *result);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RegimeClockResult, regime_clock_result_free)

#endif
