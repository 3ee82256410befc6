#include "model/calendar.h"

#include <string.h>

#include "base/language.h"

#define RUN_MAX 400 /* days that no break between working days reaches */

Calendar *calendar_new(void)
{
    Calendar *calendar = g_new0(Calendar, 1);

    calendar->rules = g_ptr_array_new();
    calendar->years = g_ptr_array_new();
    calendar->sources = g_ptr_array_new_with_free_func(g_free);
    calendar->to = 9999;
    return calendar;
}

static void free_year(CalendarYear *year)
{
    for (guint i = 0; i < year->rest_days->len; i++)
        locale_text_free(g_array_index(year->rest_days, CalendarRest, i).name);
    g_array_unref(year->rest_days);
    g_array_unref(year->work_days);
    locale_text_free(year->notice);
    g_free(year);
}

void calendar_free(Calendar *calendar)
{
    if (!calendar)
        return;
    for (guint i = 0; i < calendar->rules->len; i++) {
        CalendarRule *rule = g_ptr_array_index(calendar->rules, i);

        locale_text_free(rule->name);
        g_free(rule);
    }
    for (guint i = 0; i < calendar->years->len; i++)
        free_year(g_ptr_array_index(calendar->years, i));
    g_ptr_array_unref(calendar->rules);
    g_ptr_array_unref(calendar->years);
    g_ptr_array_unref(calendar->sources);
    locale_text_free(calendar->name);
    locale_text_free(calendar->note);
    locale_text_free(calendar->citation);
    g_free(calendar->id);
    g_free(calendar->jurisdiction);
    g_free(calendar);
}

/* The Gregorian computus in the form of Meeus, Astronomical Algorithms, chapter 8. */
CivilDay calendar_easter(int year)
{
    int a = year % 19, b = year / 100, c = year % 100;
    int f = (b + 8) / 25;
    int g = (b - f + 1) / 3;
    int h = (19 * a + b - b / 4 - g + 15) % 30;
    int l = (32 + 2 * (b % 4) + 2 * (c / 4) - h - c % 4) % 7;
    int m = (a + 11 * h + 22 * l) / 451;
    int sum = h + l - 7 * m + 114;

    return civil_day_make(year, sum / 31, sum % 31 + 1);
}

/* The Julian computus; the Julian calendar lags behind by a day for every century that is no leap year. */
CivilDay calendar_orthodox_easter(int year)
{
    int d = (19 * (year % 19) + 15) % 30;
    int e = (2 * (year % 4) + 4 * (year % 7) - d + 34) % 7;
    int sum = d + e + 114;

    return civil_day_make(year, sum / 31, sum % 31 + 1) + year / 100 - year / 400 - 2;
}

static CivilDay nth_weekday(const CalendarRule *rule, int year)
{
    CivilDay first = civil_day_make(year, rule->month, 1);
    CivilDay day;

    if (rule->nth < 0) {
        day = civil_day_add_months(first, 1);
        day = day == CIVIL_DAY_NONE ? CIVIL_DAY_LAST : day - 1;
        return day - (civil_day_weekday(day) - rule->weekday + 7) % 7;
    }
    day = first + (rule->weekday - civil_day_weekday(first) + 7) % 7 + 7 * (rule->nth - 1);
    return day < first + 28 || civil_day_add_months(first, 1) > day ? day : CIVIL_DAY_NONE;
}

static CivilDay on_or_after(const CalendarRule *rule, int year)
{
    CivilDay first = civil_day_make(year, rule->month, rule->day);

    return first == CIVIL_DAY_NONE ? first : first + (rule->weekday - civil_day_weekday(first) + 7) % 7;
}

/* The first day of the holiday in `year`; CIVIL_DAY_NONE when it has none (29 February). */
static CivilDay rule_day(const CalendarRule *rule, int year)
{
    if (year < rule->from || year > rule->to)
        return CIVIL_DAY_NONE;
    switch (rule->kind) {
    case CALENDAR_DATE:
        return civil_day_make(year, rule->month, rule->day);
    case CALENDAR_NTH:
        return nth_weekday(rule, year);
    case CALENDAR_ON_OR_AFTER:
        return on_or_after(rule, year);
    case CALENDAR_EASTER:
        return calendar_easter(year) + rule->offset;
    case CALENDAR_ORTHODOX_EASTER:
        return calendar_orthodox_easter(year) + rule->offset;
    }
    return CIVIL_DAY_NONE;
}

static bool is_weekend(const Calendar *calendar, CivilDay day)
{
    return calendar->weekend[civil_day_weekday(day)];
}

static int year_of(CivilDay day)
{
    int year;

    civil_day_parts(day, &year, NULL, NULL);
    return year;
}

/* The rule by whose own date, not by moving it, `day` is a holiday; NULL: none. A closure may begin in the year before.
 */
static const CalendarRule *rule_on(const Calendar *calendar, CivilDay day)
{
    int year = year_of(day);

    for (guint i = 0; i < calendar->rules->len; i++) {
        const CalendarRule *rule = g_ptr_array_index(calendar->rules, i);

        for (int from = year - 1; from <= year; from++) {
            CivilDay first = from < 1 ? CIVIL_DAY_NONE : rule_day(rule, from);

            if (first != CIVIL_DAY_NONE && day >= first && day < first + rule->days)
                return rule;
        }
    }
    return NULL;
}

/* The day on which a holiday of one day that begins on `first` is kept instead; `first` itself where it does not move.
 * Two holidays of one weekend take two days: the k-th that moves takes the k-th free day. */
static CivilDay observed_day(const Calendar *calendar, const CalendarRule *rule, CivilDay first)
{
    bool is_sunday = civil_day_weekday(first) == 7;
    int before = 0;
    CivilDay day;

    if (rule->observed == CALENDAR_AS_IT_FALLS || !is_weekend(calendar, first) ||
        (rule->observed == CALENDAR_SUNDAY_NEXT_WORKDAY && !is_sunday))
        return first;
    if (rule->observed == CALENDAR_NEAREST)
        return is_sunday ? first + 1 : first - 1;
    for (CivilDay other = first - 1; is_weekend(calendar, other); other--) {
        const CalendarRule *earlier = rule_on(calendar, other);

        before += earlier && earlier->observed == rule->observed &&
                  (rule->observed == CALENDAR_NEXT_WORKDAY || civil_day_weekday(other) == 7);
    }
    for (day = first + 1; is_weekend(calendar, day) || rule_on(calendar, day) || before-- > 0; day++)
        ;
    return day;
}

/* The rule whose holiday was moved to `day`, or NULL. Holidays move by less than a week. */
static const CalendarRule *rule_moved_to(const Calendar *calendar, CivilDay day)
{
    for (guint i = 0; i < calendar->rules->len; i++) {
        const CalendarRule *rule = g_ptr_array_index(calendar->rules, i);

        for (int year = year_of(day) - 1; rule->observed != CALENDAR_AS_IT_FALLS && year <= year_of(day) + 1; year++) {
            CivilDay first = year < 1 || year > 9999 ? CIVIL_DAY_NONE : rule_day(rule, year);

            for (int i_day = 0; first != CIVIL_DAY_NONE && i_day < rule->days; i_day++)
                if (first + i_day != day && observed_day(calendar, rule, first + i_day) == day)
                    return rule;
        }
    }
    return NULL;
}

static const CalendarYear *find_year(const Calendar *calendar, int year)
{
    for (guint i = 0; i < calendar->years->len; i++) {
        const CalendarYear *listed = g_ptr_array_index(calendar->years, i);

        if (listed->year == year)
            return listed;
    }
    return NULL;
}

static const CalendarRest *rest_on(const CalendarYear *year, CivilDay day)
{
    for (guint i = 0; year && i < year->rest_days->len; i++) {
        const CalendarRest *rest = &g_array_index(year->rest_days, CalendarRest, i);

        if (day >= rest->start && day <= rest->end)
            return rest;
    }
    return NULL;
}

static bool is_work_day(const CalendarYear *year, CivilDay day)
{
    for (guint i = 0; year && i < year->work_days->len; i++)
        if (g_array_index(year->work_days, CivilDay, i) == day)
            return true;
    return false;
}

bool calendar_has_year(const Calendar *calendar, int year)
{
    if (calendar->basis == CALENDAR_RULES)
        return year >= calendar->from && year <= calendar->to;
    return find_year(calendar, year) != NULL;
}

bool calendar_is_unverified(const Calendar *calendar, int year)
{
    const CalendarYear *listed = find_year(calendar, year);

    return calendar->confidence != REGIME_CONFIRMED || (listed && listed->confidence != REGIME_CONFIRMED);
}

CalendarDay calendar_day(const Calendar *calendar, CivilDay day)
{
    const CalendarYear *listed;

    if (day < CIVIL_DAY_FIRST || day > CIVIL_DAY_LAST || !calendar_has_year(calendar, year_of(day)))
        return CALENDAR_NO_DATA;
    listed = find_year(calendar, year_of(day));
    if (is_work_day(listed, day))
        return CALENDAR_WORKDAY;
    if (is_weekend(calendar, day) || rest_on(listed, day) || rule_on(calendar, day) || rule_moved_to(calendar, day))
        return CALENDAR_REST;
    return CALENDAR_WORKDAY;
}

CivilDay calendar_next_workday(const Calendar *calendar, CivilDay day, int *missing)
{
    for (int i = 0; i < RUN_MAX; i++, day++) {
        CalendarDay kind = calendar_day(calendar, day);

        if (kind == CALENDAR_WORKDAY)
            return day;
        if (kind == CALENDAR_NO_DATA)
            break;
    }
    *missing = day > CIVIL_DAY_LAST ? 10000 : year_of(day);
    return CIVIL_DAY_NONE;
}

CivilDay calendar_add_workdays(const Calendar *calendar, CivilDay day, int count, int *missing)
{
    /* the day itself is not counted, yet nobody knows what it is worth in a year without data */
    if (calendar_day(calendar, day) == CALENDAR_NO_DATA) {
        *missing = year_of(day);
        return CIVIL_DAY_NONE;
    }
    for (int i = 0; i < count && day != CIVIL_DAY_NONE; i++)
        day = calendar_next_workday(calendar, day + 1, missing);
    return day;
}

char *calendar_why(const Calendar *calendar, CivilDay day, const char *locale)
{
    static const char *const weekdays[] = {"",           N_("Monday"), N_("Tuesday"),  N_("Wednesday"),
                                           N_("Thursday"), N_("Friday"), N_("Saturday"), N_("Sunday")};
    const CalendarYear *listed = find_year(calendar, year_of(day));
    const CalendarRest *rest = rest_on(listed, day);
    const CalendarRule *rule = rule_on(calendar, day);

    if (is_work_day(listed, day))
        return g_strdup(_("make-up workday"));
    if (rest && rest->name)
        return g_strdup(regime_text(rest->name, locale));
    if (!rule)
        rule = rule_moved_to(calendar, day);
    if (rule)
        return g_strdup(regime_text(rule->name, locale));
    if (rest)
        return g_strdup(_("rest day"));
    return is_weekend(calendar, day) ? g_strdup(_(weekdays[civil_day_weekday(day)])) : NULL;
}
