#include "dispatch/sent_day.h"

#include <glib.h>

#include "base/clock.h"

#define SLACK (2 * CLOCK_MINUTE) /* from the claim to the provider's own clock, beside the longest wait for an answer */

static GDateTime *local_day(const SentDay *request, int64_t at)
{
    const char *name = request->gateway->http && request->gateway->http->zone ? request->gateway->http->zone : "Z";
    g_autoptr(GTimeZone) zone = g_time_zone_new_identifier(name);
    g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(at / CLOCK_SECOND);

    return zone ? g_date_time_to_timezone(utc, zone) : g_date_time_ref(utc);
}

static int64_t first_of(const SentDay *request)
{
    return request->first_at > 0 ? request->first_at : request->now;
}

/* The latest time at which that attempt can have been taken. */
static int64_t last_of(const SentDay *request)
{
    const GatewayHttp *http = request->gateway->http;
    int64_t first = first_of(request);
    int64_t last = first + SLACK + (http ? http->limits.timeout : 0);

    if (request->attempt > 1)
        last += request->gateway->give_up;
    return MAX(MIN(last, request->now), first);
}

static int number_of(GDateTime *day)
{
    GDate date;

    g_date_clear(&date, 1);
    g_date_set_dmy(&date, (GDateDay)g_date_time_get_day_of_month(day), (GDateMonth)g_date_time_get_month(day),
                   (GDateYear)g_date_time_get_year(day));
    return (int)g_date_get_julian(&date);
}

/* How many days it can be, from that of the first attempt. */
static int days_of(const SentDay *request)
{
    g_autoptr(GDateTime) first = local_day(request, first_of(request));
    g_autoptr(GDateTime) last = local_day(request, last_of(request));

    return MAX(number_of(last) - number_of(first), 0) + 1;
}

/* In turn, but by no rule that the rhythm of the look-ups could share. */
static int turn_of(const SentDay *request, int days)
{
    uint64_t mixed = (uint64_t)(request->now / CLOCK_SECOND) * UINT64_C(0x9e3779b97f4a7c15);

    return (int)((mixed >> 33) % (uint64_t)days);
}

char *sent_day_text(const SentDay *request)
{
    g_autoptr(GDateTime) first = local_day(request, first_of(request));
    g_autoptr(GDateTime) day = g_date_time_add_days(first, turn_of(request, days_of(request)));

    return g_date_time_format(day, "%Y%m%d");
}

bool sent_day_proves(const SentDay *request)
{
    const GatewayHttp *http = request->gateway->http;

    return !http || !http->lookup.request || !gateway_request_uses(http->lookup.request, "sent_day") ||
           days_of(request) == 1;
}
