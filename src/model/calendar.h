/* calendar - which days are working days, as data: rules, and years with their own rest days and make-up workdays.
 *
 * A calendar has data for every year (`basis: rules`), or only for the years that it lists (`basis: years`; the rules,
 * if there are any, count in those too). A day of a year without data is neither: calendar_is_workday() says unknown,
 * and whoever asked must report it and never guess. Immutable once loaded. Pure; threads: reading is safe. */
#ifndef BREACH_MODEL_CALENDAR_H
#define BREACH_MODEL_CALENDAR_H

#include <stdbool.h>

#include <glib.h>

#include "base/position.h"
#include "model/civil_day.h"
#include "model/locale.h"
#include "model/regime.h"

typedef enum CalendarRuleKind {
    CALENDAR_DATE,            /* date: "12-25" */
    CALENDAR_NTH,             /* nth: 3 (or -1: the last), weekday: monday, month: 1 */
    CALENDAR_ON_OR_AFTER,     /* on_or_after: "06-20", weekday: saturday */
    CALENDAR_EASTER,          /* easter: -2, days from Easter Sunday */
    CALENDAR_ORTHODOX_EASTER, /* orthodox_easter: 1 */
} CalendarRuleKind;

typedef enum CalendarBasis { CALENDAR_RULES, CALENDAR_YEARS } CalendarBasis;

/* Where a holiday is kept that falls on a weekend. */
typedef enum CalendarObserved {
    CALENDAR_AS_IT_FALLS,         /* none: it is lost */
    CALENDAR_NEAREST,             /* nearest: Saturday on Friday, Sunday on Monday (5 U.S.C. 6103) */
    CALENDAR_NEXT_WORKDAY,        /* next_workday: the next day that is neither weekend nor holiday (UK) */
    CALENDAR_SUNDAY_NEXT_WORKDAY, /* sunday_next_workday: the same, only for a Sunday (Japan) */
    CALENDAR_AS_THE_OTHERS,       /* while loading: as the calendar's own `observed` */
} CalendarObserved;

typedef struct CalendarRule {
    CalendarRuleKind kind;
    LocaleText *name; /* owned */
    int month, day;   /* DATE, ON_OR_AFTER; NTH: the month */
    int nth;          /* 1 to 5, -1 the last */
    int weekday;      /* 1 Monday to 7 Sunday */
    int offset;       /* days from Easter Sunday */
    int days;         /* how many days it lasts, 1 by default: 29 December + 6 is a closure to 3 January */
    int from, to;     /* years, inclusive */
    CalendarObserved observed;
} CalendarRule;

typedef struct CalendarRest {
    LocaleText *name;    /* owned, or NULL */
    CivilDay start, end; /* inclusive */
} CalendarRest;

typedef struct CalendarYear {
    int year;
    GArray *rest_days;           /* owned; of CalendarRest */
    GArray *work_days;           /* owned; of CivilDay: days of a weekend, or of a rest, on which people work */
    RegimeConfidence confidence; /* of this year alone; confirmed unless the file says otherwise */
    LocaleText *notice;          /* owned, or NULL: where the year's days were published */
} CalendarYear;

typedef struct Calendar {
    char *id; /* owned, as all below */
    LocaleText *name;
    char *jurisdiction;
    RegimeConfidence confidence;
    LocaleText *note;     /* or NULL */
    LocaleText *citation; /* or NULL */
    GPtrArray *sources;   /* of char * */
    bool weekend[8];      /* by weekday, 1 to 7 */
    CalendarBasis basis;
    CalendarObserved observed; /* of the rules that say nothing else */
    int from, to;              /* the years for which the rules are right, inclusive */
    GPtrArray *rules;          /* of CalendarRule * */
    GPtrArray *years;          /* of CalendarYear * */
    Position at;
} Calendar;

typedef enum CalendarDay { CALENDAR_REST, CALENDAR_WORKDAY, CALENDAR_NO_DATA } CalendarDay;

/* calendar_day: what `day` is. */
CalendarDay calendar_day(const Calendar *calendar, CivilDay day);

/* calendar_has_year: whether there is data for `year`. calendar_is_unverified: whether what it says of `year` has not
 * been confirmed in a primary text. */
bool calendar_has_year(const Calendar *calendar, int year);
bool calendar_is_unverified(const Calendar *calendar, int year);

/* calendar_next_workday: the first working day that is not before `day`. calendar_add_workdays: the `count`-th working
 * day (at least 1) after `day`, which itself is not counted. Both give CIVIL_DAY_NONE and the year in *missing when
 * they reach a year without data. */
CivilDay calendar_next_workday(const Calendar *calendar, CivilDay day, int *missing);
CivilDay calendar_add_workdays(const Calendar *calendar, CivilDay day, int count, int *missing);

/* calendar_why: why `day` is as it is, in `locale` or English: "Saturday", "国庆节", "make-up workday"; newly
 * allocated; NULL for an ordinary working day. */
char *calendar_why(const Calendar *calendar, CivilDay day, const char *locale);

/* calendar_easter: Easter Sunday of `year` (Gregorian computus), calendar_orthodox_easter: that of the eastern
 * churches, as a Gregorian date. */
CivilDay calendar_easter(int year);
CivilDay calendar_orthodox_easter(int year);

Calendar *calendar_new(void);
void calendar_free(Calendar *calendar);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Calendar, calendar_free)

#endif
