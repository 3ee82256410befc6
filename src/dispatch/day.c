#include "dispatch/day.h"

#include "base/clock.h"
#include "base/language.h"
#include "ledger/quota.h"

void day_init(Day *day, const Gateway *gateway)
{
    *day = (Day){.gateway = gateway};
}

static const char *const quiet = N_("it takes nothing in its quiet hours");
static const char *const full = N_("what it takes in a day (quota) is used up");

bool day_is_why(const char *reason)
{
    return g_strcmp0(reason, quiet) == 0 || g_strcmp0(reason, full) == 0;
}

int64_t day_stopped(const Day *day, int64_t now, const char **why)
{
    const Gateway *gateway = day->gateway;
    int64_t until = gateway->quiet_hours ? quiet_hours_until(gateway->quiet_hours, gateway->channel, now) : 0;

    *why = quiet;
    if (gateway->quota > 0 && day->used >= gateway->quota && now < day->ends && day->ends > until) {
        *why = full;
        until = day->ends;
    }
    return until;
}

int day_room(const Day *day, int wanted)
{
    int64_t left = day->gateway->quota - day->used;

    return day->gateway->quota > 0 ? (int)CLAMP(left, 0, (int64_t)wanted) : wanted;
}

void day_bounds(const Gateway *gateway, int64_t now, int64_t *begins, int64_t *ends)
{
    g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(now / CLOCK_SECOND);
    g_autoptr(GTimeZone) zone =
        gateway->quiet_hours ? g_time_zone_ref(gateway->quiet_hours->zone) : g_time_zone_new_utc();
    g_autoptr(GDateTime) local = g_date_time_to_timezone(utc, zone);
    g_autoptr(GDateTime) first = g_date_time_new(zone, g_date_time_get_year(local), g_date_time_get_month(local),
                                                 g_date_time_get_day_of_month(local), 0, 0, 0);
    g_autoptr(GDateTime) next = g_date_time_add_days(first, 1);

    *begins = g_date_time_to_unix(first) * CLOCK_SECOND;
    *ends = g_date_time_to_unix(next) * CLOCK_SECOND;
}

bool day_load(Day *day, Ledger *ledger, int64_t now, GError **error)
{
    if (day->gateway->quota <= 0 || (now >= day->begins && now < day->ends))
        return true;
    day_bounds(day->gateway, now, &day->begins, &day->ends);
    return quota_used(ledger, day->gateway->name, day->begins, &day->used, error);
}

bool day_take(Day *day, Ledger *ledger, int count, GError **error)
{
    if (day->gateway->quota <= 0 || count == 0)
        return true;
    day->used = MAX(day->used + count, 0);
    return quota_put(ledger, day->gateway->name, day->begins, day->used, error);
}
