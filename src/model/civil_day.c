#include "model/civil_day.h"

#include <string.h>

#include "base/clock.h"

#define DAYS_400_YEARS 146097

static bool is_leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int days_of_month(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

    return month == 2 && is_leap(year) ? 29 : days[month - 1];
}

/* Years begin in March here, so that the leap day is the last of its year. */
CivilDay civil_day_make(int year, int month, int day)
{
    int from_march = month > 2 ? year : year - 1;

    if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1 || day > days_of_month(year, month))
        return CIVIL_DAY_NONE;

    int era = from_march / 400;
    int of_era = from_march % 400;
    int of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;

    return era * DAYS_400_YEARS + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

void civil_day_parts(CivilDay day, int *year, int *month, int *of_month)
{
    int since = day + 719468; /* days since 0000-03-01; not negative from the year 1 on */
    int era = since / DAYS_400_YEARS;
    int of_era = since % DAYS_400_YEARS;
    int years = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int of_year = of_era - (365 * years + years / 4 - years / 100);
    int from_march = (5 * of_year + 2) / 153;
    int number = from_march < 10 ? from_march + 3 : from_march - 9;

    if (year)
        *year = years + era * 400 + (number <= 2 ? 1 : 0);
    if (month)
        *month = number;
    if (of_month)
        *of_month = of_year - (153 * from_march + 2) / 5 + 1;
}

/* Digits at `text`, `count` of them; -1 when there is something else. */
static int number_at(const char *text, int count)
{
    int number = 0;

    for (int i = 0; i < count; i++) {
        if (!g_ascii_isdigit(text[i]))
            return -1;
        number = number * 10 + (text[i] - '0');
    }
    return number;
}

bool civil_day_parse(const char *text, CivilDay *day)
{
    CivilDay made;

    if (strlen(text) != 10 || text[4] != '-' || text[7] != '-')
        return false;
    made = civil_day_make(number_at(text, 4), number_at(text + 5, 2), number_at(text + 8, 2));
    if (made == CIVIL_DAY_NONE)
        return false;
    *day = made;
    return true;
}

char *civil_day_format(CivilDay day)
{
    int year, month, of_month;

    if (day < CIVIL_DAY_FIRST || day > CIVIL_DAY_LAST)
        return g_strdup("");
    civil_day_parts(day, &year, &month, &of_month);
    return g_strdup_printf("%04d-%02d-%02d", year, month, of_month);
}

/* 1970-01-01 was a Thursday. */
int civil_day_weekday(CivilDay day)
{
    int of_week = (day + 3) % 7;

    return (of_week < 0 ? of_week + 7 : of_week) + 1;
}

CivilDay civil_day_add_months(CivilDay day, int months)
{
    int year, month, of_month, last;

    civil_day_parts(day, &year, &month, &of_month);
    month += months - 1;
    year += month / 12;
    month = month % 12 + 1;
    if (year > 9999)
        return CIVIL_DAY_NONE;
    last = days_of_month(year, month);
    return civil_day_make(year, month, of_month < last ? of_month : last);
}

static int64_t floor_days(int64_t milliseconds)
{
    return milliseconds >= 0 ? milliseconds / CLOCK_DAY : -((-milliseconds + CLOCK_DAY - 1) / CLOCK_DAY);
}

/* The interval of the zone in which `at` lies; GLib counts in seconds. */
static int offset_seconds(int64_t at, GTimeZone *zone)
{
    int64_t seconds = at >= 0 ? at / CLOCK_SECOND : -((-at + CLOCK_SECOND - 1) / CLOCK_SECOND);
    int interval = g_time_zone_find_interval(zone, G_TIME_TYPE_UNIVERSAL, seconds);

    return interval >= 0 ? g_time_zone_get_offset(zone, interval) : 0;
}

int civil_day_offset(int64_t at, GTimeZone *zone)
{
    return offset_seconds(at, zone) / 60;
}

CivilDay civil_day_of(int64_t at, GTimeZone *zone)
{
    return (CivilDay)floor_days(at + offset_seconds(at, zone) * CLOCK_SECOND);
}

/* Summer time moves a clock by an hour or two, twice a year, so that the offset a day before and a day after are the
 * two that the wanted time can have. The greater offset gives the earlier instant. */
int64_t civil_day_instant(CivilDay day, int minutes, GTimeZone *zone)
{
    int64_t wall = day * CLOCK_DAY + minutes * CLOCK_MINUTE;
    int before = offset_seconds(wall - CLOCK_DAY, zone);
    int after = offset_seconds(wall + CLOCK_DAY, zone);
    int64_t early = wall - MAX(before, after) * CLOCK_SECOND;
    int64_t late = wall - MIN(before, after) * CLOCK_SECOND;

    if (early + offset_seconds(early, zone) * CLOCK_SECOND == wall)
        return early;
    if (late + offset_seconds(late, zone) * CLOCK_SECOND == wall)
        return late;
    /* the clocks skip it: the gap ends where the offset grows */
    while (early + CLOCK_SECOND < late) {
        int64_t middle = early + (late - early) / 2 / CLOCK_SECOND * CLOCK_SECOND;

        if (offset_seconds(middle, zone) == MAX(before, after))
            late = middle;
        else
            early = middle;
    }
    return late;
}

int64_t civil_day_end(CivilDay day, GTimeZone *zone)
{
    return civil_day_instant(day + 1, 0, zone);
}
