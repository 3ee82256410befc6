/* regime_clock_private - the parts of the clock; only the regime_clock*.c files include this. Pure; threads: safe. */
#ifndef BREACH_MODEL_REGIME_CLOCK_PRIVATE_H
#define BREACH_MODEL_REGIME_CLOCK_PRIVATE_H

#include "model/regime_clock.h"

/* How deep deadlines may run from deadlines; the loader refuses circles. */
#define REGIME_CLOCK_DEPTH 32

typedef struct ClockWork {
    const RegimeClockRequest *request;
    const RegimeStep *step;
    RegimeClockResult *result;
    int depth;
} ClockWork;

typedef enum ClockStartKind { CLOCK_START_KNOWN, CLOCK_START_NO_ANCHOR, CLOCK_START_NO_FILING } ClockStartKind;

typedef struct ClockStart {
    ClockStartKind kind;
    RegimeTime time;
    const char *missing; /* the anchor, step or group; borrowed; NULL: no deadline is running */
    bool needs_time;     /* only a day is known, where hours are counted */
} ClockStart;

typedef enum ClockScope { CLOCK_APPLIES, CLOCK_DOES_NOT_APPLY, CLOCK_MAY_APPLY } ClockScope;

/* regime_clock_zone: the zone in which days are counted. */
GTimeZone *regime_clock_zone(const RegimeClockRequest *request);

/* regime_clock_instant: an instant for a time; the first of a day that was entered alone. regime_clock_day: its day in
 * the zone. regime_clock_moment: with an offset, of the zone where it has none. regime_clock_time_text: as it was
 * entered; newly allocated. */
int64_t regime_clock_instant(const RegimeClockRequest *request, const RegimeTime *time);
CivilDay regime_clock_day(const RegimeClockRequest *request, const RegimeTime *time);
Moment regime_clock_moment(const RegimeClockRequest *request, const RegimeTime *time);

/* regime_clock_known: the earlier of discovery and awareness, when it was known at the latest; its name, or NULL. */
const char *regime_clock_known(const RegimeClockRequest *request, RegimeTime *time);

/* regime_clock_say: adds a line to `lines`, in the language that people read (--json is English). */
void regime_clock_say(GPtrArray *lines, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* regime_clock_filing: the first or the last filing of a step or group: under its own id, that of its group, and, for a
 * group, of any limb. false: none. */
bool regime_clock_filing(const RegimeClockRequest *request, const char *id, bool is_last, RegimeTime *time);

/* regime_clock_own_filing: of a step itself, or of another limb of one and the same filing (limbs that have a number).
 */
bool regime_clock_own_filing(const ClockWork *work, bool is_last, RegimeTime *time);

/* regime_clock_start: from where the step counts by `from`; says it in why when `says` is true. */
ClockStart regime_clock_start(const ClockWork *work, const RegimeFrom *from, bool says);

/* regime_clock_scope: whether the step applies; says why. */
ClockScope regime_clock_scope(const ClockWork *work, const ClockStart *start);

/* regime_clock_evaluate: `condition` by the upper estimates. */
ConditionValue regime_clock_evaluate(const RegimeClockRequest *request, const Condition *condition,
                                     const char **unknown);

/* What counting gives. */
typedef struct ClockDue {
    bool is_known;
    Moment due;
    int64_t last;
    CivilDay day;
} ClockDue;

/* regime_clock_count: counts the step's time from `start`. `says`: into why and remarks. What is missing (a calendar, a
 * year of it) goes into the result. */
ClockDue regime_clock_count(const ClockWork *work, const RegimeTime *start, bool says);

/* regime_clock_step: a step by itself, `depth` deadlines deep. */
RegimeClockResult *regime_clock_step(const RegimeClockRequest *request, const RegimeStep *step, int depth);

/* regime_clock_group: the limbs of a group as one. regime_clock_is_dropped: whether a limb has fallen away because the
 * other limb of its group started after it had ended; says why. */
RegimeClockResult *regime_clock_group(const RegimeClockRequest *request, const char *group);
bool regime_clock_is_dropped(const ClockWork *work);

RegimeClockResult *regime_clock_result_new(const char *id, const RegimeStep *step);

#endif
