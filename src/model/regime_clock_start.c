#include <stdarg.h>
#include <string.h>

#include "base/clock.h"
#include "base/language.h"
#include "model/law.h"
#include "model/regime_clock_private.h"

GTimeZone *regime_clock_zone(const RegimeClockRequest *request)
{
    return request->zone ? request->zone : request->regime->zone;
}

int64_t regime_clock_instant(const RegimeClockRequest *request, const RegimeTime *time)
{
    return time->is_day ? civil_day_instant(time->day, 0, regime_clock_zone(request)) : time->moment.at;
}

CivilDay regime_clock_day(const RegimeClockRequest *request, const RegimeTime *time)
{
    return time->is_day ? time->day : civil_day_of(time->moment.at, regime_clock_zone(request));
}

Moment regime_clock_moment(const RegimeClockRequest *request, const RegimeTime *time)
{
    int64_t at = regime_clock_instant(request, time);

    if (!time->is_day)
        return time->moment;
    return (Moment){.at = at, .offset = civil_day_offset(at, regime_clock_zone(request)), .known = true};
}

const char *regime_clock_known(const RegimeClockRequest *request, RegimeTime *time)
{
    static const char *const names[] = {"discovery", "awareness"};
    const char *found = NULL;
    RegimeTime known;

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        if (!request->anchor(names[i], &known, request->user) ||
            (found && regime_clock_instant(request, &known) >= regime_clock_instant(request, time)))
            continue;
        found = names[i];
        *time = known;
    }
    return found;
}

void regime_clock_say(GPtrArray *lines, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    g_ptr_array_add(lines, g_strdup_vprintf(language_text(format), arguments));
    va_end(arguments);
}

/* Keeps the earlier, or with is_last the later, of what was found and a further filing. */
static void keep(const RegimeClockRequest *request, bool is_last, const RegimeTime *filing, bool *found,
                 RegimeTime *time)
{
    bool is_later = *found && regime_clock_instant(request, filing) > regime_clock_instant(request, time);

    if (!*found || is_later == is_last)
        *time = *filing;
    *found = true;
}

static void collect(const RegimeClockRequest *request, const char *id, bool is_last, bool *found, RegimeTime *time)
{
    RegimeTime filing;

    for (size_t i = 0; id && request->filing(id, i, &filing, request->user); i++)
        keep(request, is_last, &filing, found, time);
}

bool regime_clock_filing(const RegimeClockRequest *request, const char *id, bool is_last, RegimeTime *time)
{
    const RegimeStep *step = regime_step(request->regime, id);
    bool found = false;

    collect(request, id, is_last, &found, time);
    if (step)
        collect(request, step->group, is_last, &found, time);
    for (guint i = 0; !step && i < request->regime->steps->len; i++) {
        const RegimeStep *limb = g_ptr_array_index(request->regime->steps, i);

        if (g_strcmp0(limb->group, id) == 0)
            collect(request, limb->id, is_last, &found, time);
    }
    return found;
}

bool regime_clock_own_filing(const ClockWork *work, bool is_last, RegimeTime *time)
{
    const RegimeStep *step = work->step;
    bool found = false;

    /* an update has no number: the report that it updates does not stand for it */
    if (step->group && step->due > 0)
        return regime_clock_filing(work->request, step->group, is_last, time);
    collect(work->request, step->id, is_last, &found, time);
    return found;
}

/* The first filing of any step that goes to `to`: notices that were sent are a filing of the step that asks for them.
 */
static bool first_to(const RegimeClockRequest *request, const char *to, RegimeTime *time)
{
    bool found = false;

    for (guint i = 0; i < request->regime->steps->len; i++) {
        const RegimeStep *step = g_ptr_array_index(request->regime->steps, i);

        if (strcmp(step->to, to) == 0) {
            collect(request, step->id, false, &found, time);
            collect(request, step->group, false, &found, time);
        }
    }
    return found;
}

/* An anchor that nobody entered, but that follows from something that was. */
static bool derive_anchor(const ClockWork *work, const char *name, RegimeTime *time, bool says)
{
    const RegimeClockRequest *request = work->request;
    RegimeTime discovery;
    int year;

    if (strcmp(name, "individuals_notified") == 0 || strcmp(name, "regulator_notified") == 0) {
        if (!first_to(request, *name == 'i' ? "individuals" : "regulator", time))
            return false;
        if (says)
            regime_clock_say(work->result->why, "%s follows from the first filing of a step that tells them", name);
        return true;
    }
    if (strcmp(name, "year_end") != 0 || !request->anchor("discovery", &discovery, request->user))
        return false;
    civil_day_parts(regime_clock_day(request, &discovery), &year, NULL, NULL);
    *time = (RegimeTime){.is_day = true, .day = civil_day_make(year, 12, 31)};
    if (says)
        regime_clock_say(work->result->why, "year_end is 31 December of the year of discovery");
    return true;
}

static ClockStart from_anchor(const ClockWork *work, const char *name, bool says)
{
    const RegimeClockRequest *request = work->request;
    ClockStart start = {.kind = CLOCK_START_KNOWN};

    if (!request->anchor(name, &start.time, request->user) && !derive_anchor(work, name, &start.time, says)) {
        start.kind = CLOCK_START_NO_ANCHOR;
        start.missing = strcmp(name, "year_end") == 0 ? "discovery" : name;
    }
    return start;
}

static ClockStart from_submission(const ClockWork *work, const char *name)
{
    ClockStart start = {.kind = CLOCK_START_KNOWN};
    RegimeTime own;

    if (!regime_clock_filing(work->request, name, work->step->is_latest, &start.time)) {
        start.kind = CLOCK_START_NO_FILING;
        start.missing = name;
    } else if (work->step->repeats && regime_clock_own_filing(work, true, &own)) {
        start.time = own;
    }
    return start;
}

static ClockStart from_deadline(const ClockWork *work, const char *name)
{
    const RegimeStep *step = regime_step(work->request->regime, name);
    ClockStart start = {.kind = CLOCK_START_NO_FILING, .missing = name};
    g_autoptr(RegimeClockResult) base =
        step && work->depth < REGIME_CLOCK_DEPTH ? regime_clock_step(work->request, step, work->depth + 1) : NULL;

    if (base && base->has_due) {
        start.kind = CLOCK_START_KNOWN;
        start.time.moment = base->due;
    } else if (base && base->missing_anchor) {
        start.kind = CLOCK_START_NO_ANCHOR;
        start.missing = base->missing_anchor;
    }
    return start;
}

/* The tightest deadline of the regime that is open, whatever step it belongs to. */
static ClockStart from_any(const ClockWork *work, bool says)
{
    const Regime *regime = work->request->regime;
    ClockStart start = {.kind = CLOCK_START_NO_FILING};
    int64_t tightest = INT64_MAX;
    g_autofree char *text = NULL;
    const RegimeStep *found = NULL;

    for (guint i = 0; work->depth < REGIME_CLOCK_DEPTH && i < regime->steps->len; i++) {
        const RegimeStep *step = g_ptr_array_index(regime->steps, i);
        g_autoptr(RegimeClockResult) other = NULL;

        if (step->from.kind == REGIME_FROM_ANY || step->due == 0)
            continue;
        other = regime_clock_step(work->request, step, work->depth + 1);
        if ((other->state == REGIME_DUE || other->state == REGIME_OVERDUE) && other->has_due &&
            other->last < tightest) {
            tightest = other->last;
            found = step;
            start.kind = CLOCK_START_KNOWN;
            start.time.moment = other->has_start ? other->start : other->due;
            g_free(text);
            text = moment_format_rfc3339(other->due);
        }
    }
    if (says && found)
        regime_clock_say(work->result->why, "the next deadline that could be missed: %s, %s", found->id, text);
    return start;
}

static void say_start(const ClockWork *work, const RegimeFrom *from, const ClockStart *start)
{
    g_autofree char *name = regime_from_text(from);
    g_autofree char *when = NULL;
    RegimeTime own;

    if (start->kind == CLOCK_START_KNOWN) {
        when = law_time_text(&start->time);
        if (from->kind == REGIME_FROM_SUBMISSION && work->step->repeats && regime_clock_own_filing(work, true, &own))
            regime_clock_say(work->result->why, "the last filing of %s: %s; each further one runs from it",
                             work->step->id, when);
        else if (from->kind != REGIME_FROM_ANY)
            regime_clock_say(work->result->why, "%s: %s", name, when);
    } else if (start->kind == CLOCK_START_NO_FILING && start->missing) {
        regime_clock_say(work->result->why, "it runs from the real filing of %s, which has not been made",
                         start->missing);
    } else if (start->kind == CLOCK_START_NO_FILING) {
        regime_clock_say(work->result->why, "no deadline is running that could be missed");
    }
}

ClockStart regime_clock_start(const ClockWork *work, const RegimeFrom *from, bool says)
{
    ClockStart start;

    switch (from->kind) {
    case REGIME_FROM_SUBMISSION:
        start = from_submission(work, from->name);
        break;
    case REGIME_FROM_DEADLINE:
        start = from_deadline(work, from->name);
        break;
    case REGIME_FROM_ANY:
        start = from_any(work, says);
        break;
    default:
        start = from_anchor(work, from->name, says);
    }
    /* midnight would be a guess, and up to a day too early or too late */
    if (start.kind == CLOCK_START_KNOWN && start.time.is_day && work->step->count == REGIME_COUNT_HOURS) {
        start.kind = from->kind == REGIME_FROM_ANCHOR ? CLOCK_START_NO_ANCHOR : CLOCK_START_NO_FILING;
        start.missing = from->name;
        start.needs_time = true;
    }
    if (says)
        say_start(work, from, &start);
    return start;
}
