/* civil_day - a day of the calendar on the wall, without a time: what laws count in days and months.
 *
 * A CivilDay is the number of days since 1970-01-01 in the Gregorian calendar; the years 1 to 9999 exist. Zones are
 * handed in, so nothing here reads tzdata. Pure; threads: safe. */
#ifndef BREACH_MODEL_CIVIL_DAY_H
#define BREACH_MODEL_CIVIL_DAY_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

typedef int32_t CivilDay;

#define CIVIL_DAY_NONE  INT32_MIN
#define CIVIL_DAY_FIRST (-719162) /* 0001-01-01 */
#define CIVIL_DAY_LAST  2932896   /* 9999-12-31 */

/* civil_day_make: CIVIL_DAY_NONE for a day that does not exist. civil_day_parse: "2026-07-10" and no other spelling. */
CivilDay civil_day_make(int year, int month, int day);
bool civil_day_parse(const char *text, CivilDay *day);

/* civil_day_format: "2026-07-10"; newly allocated, "" for CIVIL_DAY_NONE. */
char *civil_day_format(CivilDay day);

/* civil_day_parts: any of the pointers may be NULL. civil_day_weekday: 1 Monday to 7 Sunday. */
void civil_day_parts(CivilDay day, int *year, int *month, int *of_month);
int civil_day_weekday(CivilDay day);

/* civil_day_add_months: the same day number, or the last of that month (31 August + 1 = 30 September). CIVIL_DAY_NONE
 * behind the year 9999. */
CivilDay civil_day_add_months(CivilDay day, int months);

/* civil_day_of: the day that the clocks of `zone` show at `at` (ms since 1970, UTC). */
CivilDay civil_day_of(int64_t at, GTimeZone *zone);

/* civil_day_instant: when the clocks of `zone` show `minutes` after midnight on that day; where they skip it, the first
 * instant behind the gap; where they show it twice, the first. civil_day_end: the first instant of the next day. */
int64_t civil_day_instant(CivilDay day, int minutes, GTimeZone *zone);
int64_t civil_day_end(CivilDay day, GTimeZone *zone);

/* civil_day_offset: minutes east of UTC of `zone` at `at`. */
int civil_day_offset(int64_t at, GTimeZone *zone);

#endif
