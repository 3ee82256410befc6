#include <string.h>

#include "base/clock.h"
#include "base/language.h"
#include "model/regime_clock_private.h"

#define LISTED_MAX  24             /* days that are listed one by one */
#define SEC_CLOSING (17 * 60 + 30) /* 17 CFR 232.13(a)(2): later filings count as the next business day's */
#define NOON        (12 * 60)

/* What a count works with. */
typedef struct Count {
    const ClockWork *work;
    const Calendar *calendar; /* NULL: none is named, or there is none of that name */
    const char *name;         /* of the calendar; or NULL */
    int64_t amount;
    CivilDay first; /* the day of the start */
    bool says;
} Count;

static void say(const Count *count, const char *text)
{
    if (count->says)
        regime_clock_say(count->work->result->why, "%s", _(text));
}

static void remark(const Count *count, const char *text)
{
    if (count->says)
        regime_clock_say(count->work->result->remarks, "%s", _(text));
}

static ClockDue miss(const Count *count, int year)
{
    RegimeClockResult *result = count->work->result;

    g_free(result->missing_calendar);
    result->missing_calendar = g_strdup(count->name ? count->name : "");
    result->missing_year = year;
    if (count->says && year > 0)
        regime_clock_say(result->why, "calendar %s has no data for %d: the last day is not known", count->name, year);
    else if (count->says && count->name)
        regime_clock_say(result->why, "there is no calendar %s: the last day is not known", count->name);
    else if (count->says)
        regime_clock_say(result->why, "working days are counted, and no calendar is named");
    return (ClockDue){.is_known = false};
}

/* The day as far as the calendar knows it; without one, weekends are still weekends. */
static CalendarDay kind_of_day(const Count *count, CivilDay day)
{
    if (count->calendar)
        return calendar_day(count->calendar, day);
    return civil_day_weekday(day) >= 6 ? CALENDAR_REST : CALENDAR_WORKDAY;
}

static char *why_rest(const Count *count, CivilDay day)
{
    g_autofree char *why = count->calendar ? calendar_why(count->calendar, day, language_name()) : NULL;

    if (why)
        return g_steal_pointer(&why);
    return g_strdup(civil_day_weekday(day) == 7 ? _("Sunday") : _("Saturday"));
}

static ClockDue at_minute(const Count *count, CivilDay day, int minutes)
{
    GTimeZone *zone = regime_clock_zone(count->work->request);
    int64_t at = civil_day_instant(day, minutes, zone);

    return (ClockDue){.is_known = true,
                      .due = {.at = at, .offset = civil_day_offset(at, zone), .known = true},
                      .last = at,
                      .day = day};
}

/* The last moment of a day is its last millisecond; it is written as its last second. */
static ClockDue end_of_day(const Count *count, CivilDay day)
{
    GTimeZone *zone = regime_clock_zone(count->work->request);
    int64_t end = civil_day_end(day, zone);
    int64_t at = end - CLOCK_SECOND;

    if (count->work->request->regime->computation == REGIME_SEC_8K &&
        count->work->step->count == REGIME_COUNT_BUSINESS) {
        remark(count,
               N_("the last moment is 17:30 Eastern: what is filed later counts as the next business day's (17 CFR "
                  "232.13(a)(2))"));
        return at_minute(count, day, SEC_CLOSING);
    }
    return (ClockDue){.is_known = true,
                      .due = {.at = at, .offset = civil_day_offset(at, zone), .known = true},
                      .last = end - 1,
                      .day = day};
}

/* Who does not get the relief is named by class; while the class is not known, nobody gets it. A word that is neither
 * one of those nor "other" may be one of those misspelt: it gets none. */
static bool is_denied(const Count *count)
{
    const RegimeStep *step = count->work->step;
    const RegimeClockRequest *request = count->work->request;
    RegimeValue value = {NULL, NULL, NULL};

    if (!step->roll_denied)
        return false;
    if (!request->variable("entity_class", &value, request->user) || !value.upper || !*value.upper) {
        remark(count, N_("entity_class is not known: no relief for a last day that is no working day is counted on"));
        return true;
    }
    if (strcmp(value.upper, "other") == 0)
        return false;
    if (!g_strv_contains((const char *const *)step->roll_denied, value.upper)) {
        if (count->says)
            regime_clock_say(
                count->work->result->remarks,
                "entity_class %s is no class that %s names, and not \"other\": no relief for a last day that "
                "is no working day is counted on",
                value.upper, request->regime->id);
    } else if (count->says) {
        regime_clock_say(count->work->result->why, "no relief for a last day that is no working day: entity_class %s",
                         value.upper);
    }
    return true;
}

static void remark_calendar(const Count *count, CivilDay last)
{
    int year;

    civil_day_parts(last, &year, NULL, NULL);
    if (count->says && calendar_is_unverified(count->calendar, year))
        regime_clock_say(count->work->result->remarks, "calendar %s is unverified for %d", count->name, year);
}

static void say_roll(const Count *count, CivilDay from, CivilDay to, const char *hour)
{
    g_autofree char *first = civil_day_format(from);
    g_autofree char *last = civil_day_format(to);
    g_autofree char *why = why_rest(count, from);

    if (count->says)
        regime_clock_say(count->work->result->why, "%s is no working day (%s): it rolls to %s%s", first, why, hour,
                         last);
    remark_calendar(count, to);
}

/* (EU) 2025/301 art 5(4): noon of the next working day of the authority's Member State. */
static ClockDue roll_to_noon(const Count *count, ClockDue strict, CivilDay local)
{
    CalendarDay kind = kind_of_day(count, local);
    int missing = 0;
    CivilDay next;

    if (kind == CALENDAR_WORKDAY || is_denied(count)) {
        if (kind == CALENDAR_WORKDAY && !count->calendar)
            remark(count,
                   N_("no calendar is named, so bank holidays are not looked at: they could only make it later"));
        return strict;
    }
    if (!count->calendar) {
        remark(count,
               N_("the last day is on a weekend: with the Member State's calendar it rolls to noon of the next working "
                  "day; without one the earlier time is kept"));
        return strict;
    }
    next = kind == CALENDAR_NO_DATA ? CIVIL_DAY_NONE : calendar_next_workday(count->calendar, local, &missing);
    if (next == CIVIL_DAY_NONE) {
        civil_day_parts(local, missing == 0 ? &missing : NULL, NULL, NULL);
        return miss(count, missing);
    }
    say_roll(count, local, next, _("noon of "));
    return at_minute(count, next, NOON);
}

static ClockDue roll(const Count *count, CivilDay day)
{
    CalendarDay kind = kind_of_day(count, day);
    int missing = 0;
    CivilDay next;

    switch (count->work->step->roll) {
    case REGIME_ROLL_NOON_NEXT_WORKING_DAY:
        return roll_to_noon(count, end_of_day(count, day), day);
    case REGIME_ROLL_UNKNOWN:
        if (kind == CALENDAR_REST) {
            g_autofree char *why = why_rest(count, day);

            if (count->says)
                regime_clock_say(
                    count->work->result->remarks,
                    "the last day is no working day (%s): whether it moves is not settled, so the earlier day "
                    "is kept",
                    why);
        }
        return end_of_day(count, day);
    case REGIME_ROLL_NEXT_WORKING_DAY:
        if (!count->calendar)
            return miss(count, 0);
        next = calendar_next_workday(count->calendar, day, &missing);
        if (next == CIVIL_DAY_NONE)
            return miss(count, missing);
        if (next != day)
            say_roll(count, day, next, "");
        return end_of_day(count, next);
    default:
        return end_of_day(count, day);
    }
}

/* Regulation 1182/71 art 3(1): the hour of the event is not counted. A remark only: the strict time is the deadline. */
static void remark_1182(const Count *count, const RegimeTime *start)
{
    int64_t local = start->moment.at + start->moment.offset * CLOCK_MINUTE;
    int64_t hour = local - ((local % CLOCK_HOUR) + CLOCK_HOUR) % CLOCK_HOUR + CLOCK_HOUR;
    Moment rounded = {.at = hour - start->moment.offset * CLOCK_MINUTE + count->amount,
                      .offset = start->moment.offset,
                      .known = true};
    g_autofree char *text = moment_format_rfc3339(rounded);

    if (count->says)
        regime_clock_say(
            count->work->result->remarks,
            "by Regulation 1182/71 art 3(1) the hour of the event is not counted, which would give %s; the "
            "strict time is the deadline, and weekends and holidays do not extend it",
            text);
}

static char *amount_words(const Count *count)
{
    if (count->amount % CLOCK_HOUR == 0)
        return g_strdup_printf(_("%ld h"), (long)(count->amount / CLOCK_HOUR));
    return clock_format_span(count->amount);
}

/* The offset in which an end is shown: as the start was written; where that is what clocks in the zone showed, what they
 * will show then, so that nobody reads an hour too much or too little after the clocks were changed. */
static int offset_at(const Count *count, const Moment *start, int64_t at)
{
    GTimeZone *zone = regime_clock_zone(count->work->request);

    return start->offset == civil_day_offset(start->at, zone) ? civil_day_offset(at, zone) : start->offset;
}

static ClockDue count_hours(const Count *count, const RegimeTime *start)
{
    RegimeComputation computation = count->work->request->regime->computation;
    int64_t end = start->moment.at + count->amount;
    Moment due = {.at = end, .offset = offset_at(count, &start->moment, end), .known = true};
    GTimeZone *offset = NULL;
    g_autofree char *words = amount_words(count);
    g_autofree char *text = moment_format_rfc3339(due);
    ClockDue strict;

    if (!*text) {
        remark(count, N_("that lies behind the year 9999"));
        return (ClockDue){.is_known = false};
    }
    offset = g_time_zone_new_offset(due.offset * 60);
    strict = (ClockDue){.is_known = true, .due = due, .last = due.at, .day = civil_day_of(due.at, offset)};
    g_time_zone_unref(offset);
    if (count->says)
        regime_clock_say(count->work->result->why, "+ %s of elapsed time = %s", words, text);
    if (computation == REGIME_EU_1182_71)
        remark_1182(count, start);
    if (count->work->step->roll == REGIME_ROLL_NOON_NEXT_WORKING_DAY)
        return roll_to_noon(count, strict, civil_day_of(due.at, regime_clock_zone(count->work->request)));
    return strict;
}

static ClockDue behind_all_years(const Count *count)
{
    remark(count, N_("that lies behind the year 9999"));
    return (ClockDue){.is_known = false};
}

static ClockDue count_calendar_days(const Count *count)
{
    bool is_inclusive = count->work->step->is_inclusive;
    int64_t last = count->first + count->amount - (is_inclusive ? 1 : 0);
    g_autofree char *first = civil_day_format(count->first);
    g_autofree char *text = last < CIVIL_DAY_LAST ? civil_day_format((CivilDay)last) : NULL;

    if (last >= CIVIL_DAY_LAST)
        return behind_all_years(count);
    if (count->says)
        regime_clock_say(count->work->result->why, "+ %ld calendar days, with %s as day %d = %s", (long)count->amount,
                         first, is_inclusive ? 1 : 0, text);
    return roll(count, (CivilDay)last);
}

static ClockDue count_months(const Count *count)
{
    CivilDay last = civil_day_add_months(count->first, (int)count->amount);
    g_autofree char *text = NULL;
    int from, to;

    if (last == CIVIL_DAY_NONE || last == CIVIL_DAY_LAST)
        return behind_all_years(count);
    text = civil_day_format(last);
    civil_day_parts(count->first, NULL, NULL, &from);
    civil_day_parts(last, NULL, NULL, &to);
    if (count->says)
        regime_clock_say(count->work->result->why,
                         language_plural("+ %ld month = %s%s", "+ %ld months = %s%s", count->amount),
                         (long)count->amount, text, from == to ? "" : _(", the last day of that month"));
    return roll(count, last);
}

/* "2026-10-08, 2026-10-09, 2026-10-10 (make-up workday)" */
static void say_workdays(const Count *count, CivilDay from, CivilDay to)
{
    GString *days = g_string_new(NULL);
    GString *rests = g_string_new(NULL);

    for (CivilDay day = from; day <= to && to - from <= LISTED_MAX; day++) {
        g_autofree char *text = civil_day_format(day);
        g_autofree char *why = calendar_why(count->calendar, day, language_name());
        bool is_workday = calendar_day(count->calendar, day) == CALENDAR_WORKDAY;
        GString *list = is_workday ? days : rests;

        g_string_append_printf(list, "%s%s", list->len > 0 ? ", " : "", text);
        if (why)
            g_string_append_printf(list, " (%s)", why);
    }
    if (days->len > 0)
        regime_clock_say(count->work->result->why, "counted: %s", days->str);
    if (rests->len > 0)
        regime_clock_say(count->work->result->why, "not counted: %s", rests->str);
    g_string_free(days, TRUE);
    g_string_free(rests, TRUE);
}

static ClockDue count_business_days(const Count *count)
{
    const Calendar *calendar = count->calendar;
    int missing = 0;
    CivilDay last;
    bool is_first_counted;

    if (!calendar)
        return miss(count, 0);
    is_first_counted = count->work->step->is_inclusive && calendar_day(calendar, count->first) == CALENDAR_WORKDAY;
    last = calendar_add_workdays(calendar, count->first, (int)count->amount - (is_first_counted ? 1 : 0), &missing);
    if (last == CIVIL_DAY_NONE)
        return miss(count, missing);
    if (count->says) {
        g_autofree char *first = civil_day_format(count->first);
        g_autofree char *text = civil_day_format(last);

        regime_clock_say(count->work->result->why, "+ %ld working days after %s in calendar %s = %s",
                         (long)count->amount, first, count->name, text);
        say_workdays(count, is_first_counted ? count->first : count->first + 1, last);
    }
    if (count->work->request->regime->computation == REGIME_SEC_8K &&
        calendar_day(calendar, count->first) == CALENDAR_REST)
        say(count,
            N_("it began on a day that is no business day: the period starts on, and includes, the next one (Form 8-K, "
               "General Instruction B.1)"));
    remark_calendar(count, last);
    return end_of_day(count, last);
}

/* RCIS (Brazil): twice the time for small-size agents; while that is not known, the shorter one. */
static int64_t amount_of(const ClockWork *work, bool says)
{
    const RegimeStep *step = work->step;
    const char *unknown = NULL;
    ConditionValue value =
        step->double_if ? regime_clock_evaluate(work->request, step->double_if, &unknown) : CONDITION_FALSE;

    if (says && value == CONDITION_TRUE)
        regime_clock_say(work->result->why, "the time is doubled: %s", step->double_if_text);
    if (says && value == CONDITION_UNKNOWN)
        regime_clock_say(work->result->remarks, "%s would double the time: %s is not known, so the shorter one counts",
                         step->double_if_text, unknown);
    return value == CONDITION_TRUE ? 2 * step->due : step->due;
}

static const char *calendar_name(const ClockWork *work)
{
    const RegimeClockRequest *request = work->request;

    if (request->calendar)
        return request->calendar;
    return work->step->calendar ? work->step->calendar : request->regime->calendar;
}

ClockDue regime_clock_count(const ClockWork *work, const RegimeTime *start, bool says)
{
    const char *name = calendar_name(work);
    const Count count = {
        .work = work,
        .calendar = name ? work->request->find_calendar(name, work->request->user) : NULL,
        .name = name,
        .amount = amount_of(work, says),
        .first = regime_clock_day(work->request, start),
        .says = says,
    };

    switch (work->step->count) {
    case REGIME_COUNT_HOURS:
        return count_hours(&count, start);
    case REGIME_COUNT_CALENDAR:
        return count_calendar_days(&count);
    case REGIME_COUNT_BUSINESS:
        return count_business_days(&count);
    case REGIME_COUNT_MONTHS:
        return count_months(&count);
    default:
        return (ClockDue){.is_known = false};
    }
}
