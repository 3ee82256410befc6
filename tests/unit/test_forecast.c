#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <glib.h>

#include "base/clock.h"
#include "dispatch/forecast.h"

#define NOON INT64_C(1795262400000) /* 2026-11-21T12:00:00Z */

static void is_unknown_without_any_speed(void **state)
{
    const ForecastPart parts[] = {{.messages = 1000, .rate = 0}};
    Forecast forecast = forecast_make(&(ForecastRequest){.parts = parts, .count = 1, .messages = 1000, .now = NOON});

    (void)state;
    assert_false(forecast.is_known);
    assert_int_equal(forecast.duration, 0);
    assert_int_equal(forecast.done_at, NOON);
}

static void goes_by_the_slowest_part(void **state)
{
    const ForecastPart parts[] = {
        {.messages = 36000, .rate = 10}, {.messages = 100, .rate = 1}, {.messages = 7200, .rate = 0.5}};
    Forecast forecast = forecast_make(&(ForecastRequest){.parts = parts, .count = 3, .messages = 36000, .now = NOON});

    (void)state;
    assert_true(forecast.is_known);
    assert_int_equal(forecast.duration, 4 * CLOCK_HOUR);
    assert_int_equal(forecast.done_at, NOON + 4 * CLOCK_HOUR);
}

static void is_a_lower_bound_where_a_gateway_has_no_rate(void **state)
{
    const ForecastPart parts[] = {{.messages = 600, .rate = 10}, {.messages = 5, .rate = 0}};
    Forecast forecast = forecast_make(&(ForecastRequest){.parts = parts, .count = 2, .messages = 605, .now = NOON});

    (void)state;
    assert_false(forecast.is_known);
    assert_int_equal(forecast.duration, CLOCK_MINUTE);
}

static void believes_a_measurement(void **state)
{
    const ForecastPart parts[] = {{.messages = 3600, .rate = 100}};
    Forecast forecast =
        forecast_make(&(ForecastRequest){.parts = parts, .count = 1, .messages = 3600, .measured = 1, .now = NOON});

    (void)state;
    assert_true(forecast.is_known);
    assert_int_equal(forecast.duration, CLOCK_HOUR);
}

static void nothing_to_send_is_done_now(void **state)
{
    Forecast forecast = forecast_make(&(ForecastRequest){.now = NOON});

    (void)state;
    assert_true(forecast.is_known);
    assert_int_equal(forecast.done_at, NOON);
}

static void rests_in_the_quiet_hours(void **state)
{
    g_autoptr(QuietHours) quiet = g_new0(QuietHours, 1);
    const ForecastPart parts[] = {
        {.messages = 36000, .rate = 1}}; /* ten hours from noon, of which four stand behind the quiet hours */
    Forecast forecast;

    (void)state;
    quiet->from = 18 * 60;
    quiet->to = 8 * 60;
    quiet->zone_name = g_strdup("Z");
    quiet->zone = quiet_hours_zone("Z");
    forecast =
        forecast_make(&(ForecastRequest){.parts = parts, .count = 1, .messages = 36000, .now = NOON, .quiet = quiet});
    assert_int_equal(forecast.duration, 10 * CLOCK_HOUR);
    assert_int_equal(forecast.done_at, NOON + 24 * CLOCK_HOUR);
}

static Gateway *gateway_with(int64_t quota, const char *zone, int from, int to)
{
    Gateway *gateway = gateway_new();

    g_free(gateway->channel);
    gateway->channel = g_strdup("sms");
    gateway->quota = quota;
    if (zone) {
        gateway->quiet_hours = g_new0(QuietHours, 1);
        gateway->quiet_hours->from = from * 60;
        gateway->quiet_hours->to = to * 60;
        gateway->quiet_hours->zone_name = g_strdup(zone);
        gateway->quiet_hours->zone = quiet_hours_zone(zone);
    }
    return gateway;
}

/* 2,500 at 1,000 a day: what is left of today, tomorrow, and 500 of the day after, at one a second. */
static void keeps_the_quota_of_each_day(void **state)
{
    g_autoptr(Gateway) gateway = gateway_with(1000, NULL, 0, 0);
    const ForecastPart whole[] = {{.messages = 2500, .rate = 1, .gateway = gateway}};
    const ForecastPart used[] = {{.messages = 2500, .rate = 1, .gateway = gateway, .used = 1000}};
    ForecastRequest request = {.parts = whole, .count = 1, .messages = 2500, .now = NOON};
    int64_t midnight = NOON + 12 * CLOCK_HOUR;

    (void)state;
    assert_int_equal(forecast_make(&request).done_at, midnight + CLOCK_DAY + 500 * CLOCK_SECOND);
    request.parts = used;
    assert_int_equal(forecast_make(&request).done_at, midnight + 2 * CLOCK_DAY + 500 * CLOCK_SECOND);
}

static void a_quota_decides_where_no_rate_is_known(void **state)
{
    g_autoptr(Gateway) gateway = gateway_with(1000, NULL, 0, 0);
    const ForecastPart more[] = {{.messages = 1001, .gateway = gateway}};
    const ForecastPart fits[] = {{.messages = 1000, .gateway = gateway}};
    ForecastRequest request = {.parts = more, .count = 1, .messages = 1001, .now = NOON};
    Forecast forecast = forecast_make(&request);

    (void)state;
    assert_true(forecast.is_known);
    assert_int_equal(forecast.done_at, NOON + 12 * CLOCK_HOUR);
    request.parts = fits;
    assert_false(forecast_make(&request).is_known);
}

/* The day of a quota is that of the zone of the gateway's quiet hours: 16:00 UTC is midnight in China. */
static void counts_the_day_of_the_zone(void **state)
{
    g_autoptr(Gateway) gateway = gateway_with(10, "+08:00", 22, 8);
    const ForecastPart parts[] = {{.messages = 20, .rate = 1, .gateway = gateway}};
    ForecastRequest request = {.parts = parts, .count = 1, .messages = 20, .now = NOON};

    (void)state; /* noon is 20:00 there: ten go; then the day ends in the quiet hours, and they end at 08:00 */
    assert_int_equal(forecast_make(&request).done_at, NOON + 12 * CLOCK_HOUR + 10 * CLOCK_SECOND);
}

static void each_gateway_rests_by_itself(void **state)
{
    g_autoptr(Gateway) awake = gateway_with(0, NULL, 0, 0);
    g_autoptr(Gateway) asleep = gateway_with(0, "Z", 11, 15);
    const ForecastPart parts[] = {{.messages = 60, .rate = 1, .gateway = awake},
                                  {.messages = 60, .rate = 1, .gateway = asleep}};
    const ForecastRequest request = {.parts = parts, .count = 2, .messages = 120, .now = NOON};

    (void)state;
    assert_int_equal(forecast_part(&request, &parts[0]).done_at, NOON + CLOCK_MINUTE);
    assert_int_equal(forecast_part(&request, &parts[1]).done_at, NOON + 3 * CLOCK_HOUR + CLOCK_MINUTE);
    assert_int_equal(forecast_make(&request).done_at, NOON + 3 * CLOCK_HOUR + CLOCK_MINUTE);
}

static void a_share_has_no_quota_of_its_own(void **state)
{
    g_autoptr(Gateway) gateway = gateway_with(10, NULL, 0, 0);
    const ForecastPart parts[] = {{.messages = 100, .rate = 1, .gateway = gateway, .is_share = true}};
    const ForecastRequest request = {.parts = parts, .count = 1, .messages = 100, .now = NOON};

    (void)state;
    assert_int_equal(forecast_part(&request, &parts[0]).done_at, NOON + 100 * CLOCK_SECOND);
}

static void never_overflows(void **state)
{
    const ForecastPart parts[] = {{.messages = INT64_MAX, .rate = 0.000001}};
    Forecast forecast =
        forecast_make(&(ForecastRequest){.parts = parts, .count = 1, .messages = INT64_MAX, .now = NOON});

    (void)state;
    assert_true(forecast.duration > 0);
    assert_true(forecast.done_at > NOON);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_unknown_without_any_speed),
        cmocka_unit_test(goes_by_the_slowest_part),
        cmocka_unit_test(is_a_lower_bound_where_a_gateway_has_no_rate),
        cmocka_unit_test(believes_a_measurement),
        cmocka_unit_test(nothing_to_send_is_done_now),
        cmocka_unit_test(rests_in_the_quiet_hours),
        cmocka_unit_test(keeps_the_quota_of_each_day),
        cmocka_unit_test(a_quota_decides_where_no_rate_is_known),
        cmocka_unit_test(counts_the_day_of_the_zone),
        cmocka_unit_test(each_gateway_rests_by_itself),
        cmocka_unit_test(a_share_has_no_quota_of_its_own),
        cmocka_unit_test(never_overflows),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
