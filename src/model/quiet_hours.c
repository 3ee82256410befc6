#include "model/quiet_hours.h"

#include <string.h>

bool quiet_hours_time(const char *text, int *minutes)
{
    int hour, minute;

    if (strlen(text) != 5 || text[2] != ':' || !g_ascii_isdigit(text[0]) || !g_ascii_isdigit(text[1]) ||
        !g_ascii_isdigit(text[3]) || !g_ascii_isdigit(text[4]))
        return false;
    hour = (text[0] - '0') * 10 + text[1] - '0';
    minute = (text[3] - '0') * 10 + text[4] - '0';
    *minutes = hour * 60 + minute;
    return hour < 24 && minute < 60;
}

/* "+08:00" and no other spelling of an offset: GLib would read many. */
static bool is_offset(const char *name)
{
    int minutes;

    return (*name == '+' || *name == '-') && quiet_hours_time(name + 1, &minutes) && minutes <= 14 * 60;
}

static bool is_zone_name(const char *name)
{
    return g_ascii_isalpha(*name) && !strstr(name, "..") &&
           strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+-/") == strlen(name);
}

GTimeZone *quiet_hours_zone(const char *name)
{
    if (strcmp(name, "Z") != 0 && !is_offset(name) && !is_zone_name(name))
        return NULL;
    return g_time_zone_new_identifier(name);
}

static bool is_for(const QuietHours *hours, const char *channel)
{
    return !channel || !hours->channels ||
           g_ptr_array_find_with_equal_func(hours->channels, channel, g_str_equal, NULL);
}

/* Whether the quiet hours reach over the end of a day into the next. */
static bool is_over_midnight(const QuietHours *hours)
{
    return hours->from > hours->to;
}

static bool is_quiet(const QuietHours *hours, int minutes)
{
    if (is_over_midnight(hours))
        return minutes >= hours->from || minutes < hours->to;
    return minutes >= hours->from && minutes < hours->to;
}

static int64_t instant(GDateTime *moment)
{
    return g_date_time_to_unix(moment) * 1000;
}

/* When the clock of the zone next shows `to`, at `days` after the day of `local`. */
static int64_t end_on(const QuietHours *hours, GDateTime *local, int days)
{
    g_autoptr(GDateTime) day = g_date_time_add_days(local, days);
    g_autoptr(GDateTime) end = g_date_time_new(hours->zone, g_date_time_get_year(day), g_date_time_get_month(day),
                                               g_date_time_get_day_of_month(day), hours->to / 60, hours->to % 60, 0);

    return instant(end);
}

int64_t quiet_hours_until(const QuietHours *hours, const char *channel, int64_t now)
{
    g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(now / 1000);
    g_autoptr(GDateTime) local = g_date_time_to_timezone(utc, hours->zone);
    int minutes = g_date_time_get_hour(local) * 60 + g_date_time_get_minute(local);
    int64_t until;

    if (!is_for(hours, channel) || !is_quiet(hours, minutes))
        return 0;
    until = end_on(hours, local, is_over_midnight(hours) && minutes >= hours->from ? 1 : 0);
    return until > now ? until : now + 60 * 1000; /* the hour that comes twice: its second time is looked at again */
}

char *quiet_hours_words(const QuietHours *hours, int64_t until)
{
    g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(until / 1000);
    g_autoptr(GDateTime) local = g_date_time_to_timezone(utc, hours->zone);

    return g_date_time_format(local, "%H:%M %:z");
}

QuietHours *quiet_hours_copy(const QuietHours *hours)
{
    QuietHours *copy;

    if (!hours)
        return NULL;
    copy = g_memdup2(hours, sizeof *hours);
    copy->zone_name = g_strdup(hours->zone_name);
    copy->zone = hours->zone ? g_time_zone_ref(hours->zone) : NULL;
    copy->channels = hours->channels ? g_ptr_array_new_with_free_func(g_free) : NULL;
    for (guint i = 0; hours->channels && i < hours->channels->len; i++)
        g_ptr_array_add(copy->channels, g_strdup(g_ptr_array_index(hours->channels, i)));
    return copy;
}

void quiet_hours_free(QuietHours *hours)
{
    if (!hours)
        return;
    g_free(hours->zone_name);
    g_clear_pointer(&hours->zone, g_time_zone_unref);
    g_clear_pointer(&hours->channels, g_ptr_array_unref);
    g_free(hours);
}
