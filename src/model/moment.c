#include "model/moment.h"

#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/language.h"

#define OFFSET_MAX 1080
#define EPOCH_DAY  719163  /* 1970-01-01, counted as GDate does: 0001-01-01 is 1 */
#define LAST_DAY   3652059 /* 9999-12-31 */

/* Reader: walks along the text; `missing` becomes what was expected at the first place where it was not. */
typedef struct Reader {
    const char *at;
    const char *missing;
} Reader;

typedef struct Civil { /* a date and time as a clock on the wall shows it */
    int year, month, day, hour, minute, second, millisecond;
} Civil;

/* Exactly `count` digits. */
static int take_number(Reader *reader, int count, const char *what)
{
    int number = 0;

    for (int i = 0; i < count; i++) {
        if (reader->missing)
            return 0;
        if (!g_ascii_isdigit(*reader->at)) {
            reader->missing = what;
            return 0;
        }
        number = number * 10 + (*reader->at++ - '0');
    }
    return number;
}

static bool take_byte(Reader *reader, const char *set)
{
    if (reader->missing || *reader->at == '\0' || !strchr(set, *reader->at))
        return false;
    reader->at++;
    return true;
}

static void expect_byte(Reader *reader, const char *set, const char *what)
{
    if (!reader->missing && !take_byte(reader, set))
        reader->missing = what;
}

/* Digits after the point; what is finer than a millisecond is of no use to anybody. */
static int take_fraction(Reader *reader)
{
    int number = 0;
    int count = 0;

    for (; !reader->missing && g_ascii_isdigit(*reader->at); count++, reader->at++)
        if (count < 3)
            number = number * 10 + (*reader->at - '0');
    if (count == 0 && !reader->missing)
        reader->missing = N_("digits after the point");
    for (; count < 3; count++)
        number *= 10;
    return number;
}

static void take_date(Reader *reader, Civil *civil)
{
    static const char what[] = N_("a date like 2026-11-21");

    civil->year = take_number(reader, 4, what);
    expect_byte(reader, "-", what);
    civil->month = take_number(reader, 2, what);
    expect_byte(reader, "-", what);
    civil->day = take_number(reader, 2, what);
}

static void take_time(Reader *reader, Civil *civil)
{
    static const char what[] = N_("a time of day like 22:10");

    expect_byte(reader, "Tt ", what);
    civil->hour = take_number(reader, 2, what);
    expect_byte(reader, ":", what);
    civil->minute = take_number(reader, 2, what);
    if (take_byte(reader, ":")) {
        civil->second = take_number(reader, 2, N_("seconds of two digits"));
        if (take_byte(reader, "."))
            civil->millisecond = take_fraction(reader);
    }
}

/* Minutes east of UTC; more than OFFSET_MAX for an offset that cannot be. */
static int take_offset(Reader *reader)
{
    static const char what[] = N_("an offset like +08:00 or Z");
    bool west = reader->at[0] == '-';

    if (take_byte(reader, "Zz"))
        return 0;
    expect_byte(reader, "+-", what);
    int hours = take_number(reader, 2, what);
    expect_byte(reader, ":", what);
    int minutes = take_number(reader, 2, what);
    int offset = hours * 60 + minutes;

    if (minutes > 59 || offset > OFFSET_MAX)
        return OFFSET_MAX + 1;
    return west ? -offset : offset;
}

/* What is impossible about the parts, or NULL. */
static const char *impossibility(const Civil *civil, int offset)
{
    if (civil->year < 1 || !g_date_valid_dmy((GDateDay)civil->day, (GDateMonth)civil->month, (GDateYear)civil->year))
        return N_("there is no such date");
    if (civil->hour > 23 || civil->minute > 59)
        return N_("there is no such time of day: hours go to 23, minutes to 59");
    if (civil->second > 59)
        return N_("seconds go to 59: leap seconds are not supported");
    if (offset > OFFSET_MAX)
        return N_("there is no such offset: it goes from -18:00 to +18:00");
    return NULL;
}

static int64_t to_milliseconds(const Civil *civil)
{
    GDate date;

    g_date_clear(&date, 1);
    g_date_set_dmy(&date, (GDateDay)civil->day, (GDateMonth)civil->month, (GDateYear)civil->year);
    int64_t days = (int64_t)g_date_get_julian(&date) - EPOCH_DAY;

    return days * CLOCK_DAY + civil->hour * CLOCK_HOUR + civil->minute * CLOCK_MINUTE + civil->second * CLOCK_SECOND +
           civil->millisecond;
}

static bool fail(GError **error, const char *text, const char *problem)
{
    error_set(error, BREACH_ERROR_INPUT, NULL, "time \"%s\": %s", text, _(problem));
    return false;
}

static bool fail_missing(GError **error, const char *text, const Reader *reader, bool offset_only)
{
    g_autofree char *problem = NULL;

    if (offset_only)
        problem =
            g_strdup_printf(_("the offset from UTC is missing: write \"%s+08:00\" if this is China's time"), text);
    else if (*reader->at == '\0')
        problem = g_strdup_printf(_("%s is missing (expected 2026-11-21T22:10+08:00)"), _(reader->missing));
    else
        problem = g_strdup_printf(_("expected %s instead of \"%s\" (as in 2026-11-21T22:10+08:00)"), _(reader->missing),
                                  reader->at);
    return fail(error, text, problem);
}

bool moment_parse(const char *text, Moment *moment, GError **error)
{
    Reader reader = {.at = text};
    Civil civil = {0};

    take_date(&reader, &civil);
    take_time(&reader, &civil);
    bool offset_only = !reader.missing && *reader.at == '\0';
    int offset = take_offset(&reader);

    if (!reader.missing && *reader.at != '\0')
        reader.missing = N_("nothing more");
    if (reader.missing)
        return fail_missing(error, text, &reader, offset_only);

    const char *problem = impossibility(&civil, offset);
    if (problem)
        return fail(error, text, problem);
    *moment = (Moment){.at = to_milliseconds(&civil) - offset * CLOCK_MINUTE, .offset = offset, .known = true};
    return true;
}

/* The wall clock where the moment was written; false when it is unknown or out of the years 1 to 9999. */
static bool to_civil(Moment moment, Civil *civil)
{
    const int64_t first = (1 - (int64_t)EPOCH_DAY) * CLOCK_DAY;
    const int64_t behind = (LAST_DAY - (int64_t)EPOCH_DAY + 1) * CLOCK_DAY;
    GDate date;

    /* room for the offset on both sides keeps the sum below from overflowing */
    if (!moment.known || moment.at < first - CLOCK_DAY || moment.at > behind + CLOCK_DAY)
        return false;

    int64_t local = moment.at + moment.offset * CLOCK_MINUTE;
    if (local < first || local >= behind)
        return false;

    int64_t day = (local - first) / CLOCK_DAY;
    int64_t rest = (local - first) % CLOCK_DAY;

    g_date_clear(&date, 1);
    g_date_set_julian(&date, (guint32)(day + 1));
    *civil = (Civil){
        .year = g_date_get_year(&date),
        .month = (int)g_date_get_month(&date),
        .day = g_date_get_day(&date),
        .hour = (int)(rest / CLOCK_HOUR),
        .minute = (int)(rest / CLOCK_MINUTE % 60),
        .second = (int)(rest / CLOCK_SECOND % 60),
        .millisecond = (int)(rest % CLOCK_SECOND),
    };
    return true;
}

typedef struct ZoneName {
    const char *locale; /* and everything that begins with it and a hyphen */
    const char *name;
} ZoneName;

/* +08:00 by the name that readers know it by; the first row that fits counts */
static const ZoneName zone_names[] = {
    {"zh-HK", "香港時間"}, {"zh-Hant-HK", "香港時間"}, {"zh-MO", "澳門時間"}, {"zh-Hant-MO", "澳門時間"},
    {"zh-TW", "台北時間"}, {"zh-Hant", "台北時間"},    {"zh", "北京时间"},
};

static bool is_locale(const char *locale, const char *wanted)
{
    size_t length = strlen(wanted);

    return strncmp(locale, wanted, length) == 0 && (locale[length] == '\0' || locale[length] == '-');
}

static char *zone_name(int offset, const char *locale)
{
    for (size_t i = 0; offset == 480 && i < G_N_ELEMENTS(zone_names); i++)
        if (is_locale(locale, zone_names[i].locale))
            return g_strdup(zone_names[i].name);
    if (offset == 0)
        return g_strdup("UTC");
    if (offset % 60 == 0)
        return g_strdup_printf("UTC%+d", offset / 60);
    return g_strdup_printf("UTC%c%d:%02d", offset < 0 ? '-' : '+', ABS(offset) / 60, ABS(offset) % 60);
}

static const char *const months[] = {"January", "February", "March",     "April",   "May",      "June",
                                     "July",    "August",   "September", "October", "November", "December"};

char *moment_format_date(Moment moment, const char *locale)
{
    Civil civil;

    if (!to_civil(moment, &civil))
        return g_strdup("");
    if (is_locale(locale, "zh"))
        return g_strdup_printf("%d年%d月%d日", civil.year, civil.month, civil.day);
    return g_strdup_printf("%d %s %d", civil.day, months[civil.month - 1], civil.year);
}

char *moment_format(Moment moment, const char *locale)
{
    Civil civil;

    if (!to_civil(moment, &civil))
        return g_strdup("");

    g_autofree char *zone = zone_name(moment.offset, locale);

    if (is_locale(locale, "zh"))
        return g_strdup_printf("%d年%d月%d日%02d:%02d（%s）", civil.year, civil.month, civil.day, civil.hour,
                               civil.minute, zone);
    return g_strdup_printf("%d %s %d, %02d:%02d (%s)", civil.day, months[civil.month - 1], civil.year, civil.hour,
                           civil.minute, zone);
}

char *moment_format_rfc3339(Moment moment)
{
    Civil civil;
    char fraction[8] = "";

    if (!to_civil(moment, &civil))
        return g_strdup("");
    if (civil.millisecond != 0)
        g_snprintf(fraction, sizeof fraction, ".%03d", civil.millisecond);
    return g_strdup_printf("%04d-%02d-%02dT%02d:%02d:%02d%s%c%02d:%02d", civil.year, civil.month, civil.day, civil.hour,
                           civil.minute, civil.second, fraction, moment.offset < 0 ? '-' : '+', ABS(moment.offset) / 60,
                           ABS(moment.offset) % 60);
}
