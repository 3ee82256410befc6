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
    const ForecastPart parts[] = {{1000, 0}};
    Forecast forecast =
        forecast_make(&(ForecastRequest){.parts = parts, .count = 1, .messages = 1000, .now = NOON});

    (void)state;
    assert_false(forecast.is_known);
    assert_int_equal(forecast.duration, 0);
    assert_int_equal(forecast.done_at, NOON);
}

static void goes_by_the_slowest_part(void **state)
{
    const ForecastPart parts[] = {{36000, 10}, {100, 1}, {7200, 0.5}};
    Forecast forecast =
        forecast_make(&(ForecastRequest){.parts = parts, .count = 3, .messages = 36000, .now = NOON});

    (void)state;
    assert_true(forecast.is_known);
    assert_int_equal(forecast.duration, 4 * CLOCK_HOUR);
    assert_int_equal(forecast.done_at, NOON + 4 * CLOCK_HOUR);
}

static void is_a_lower_bound_where_a_gateway_has_no_rate(void **state)
{
    const ForecastPart parts[] = {{600, 10}, {5, 0}};
    Forecast forecast =
        forecast_make(&(ForecastRequest){.parts = parts, .count = 2, .messages = 605, .now = NOON});

    (void)state;
    assert_false(forecast.is_known);
    assert_int_equal(forecast.duration, CLOCK_MINUTE);
}

static void believes_a_measurement(void **state)
{
    const ForecastPart parts[] = {{3600, 100}};
    Forecast forecast = forecast_make(
        &(ForecastRequest){.parts = parts, .count = 1, .messages = 3600, .measured = 1, .now = NOON});

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
    const ForecastPart parts[] = {{36000, 1}}; /* ten hours from noon, of which four stand behind the quiet hours */
    Forecast forecast;

    (void)state;
    quiet->from = 18 * 60;
    quiet->to = 8 * 60;
    quiet->zone_name = g_strdup("Z");
    quiet->zone = quiet_hours_zone("Z");
    forecast = forecast_make(
        &(ForecastRequest){.parts = parts, .count = 1, .messages = 36000, .now = NOON, .quiet = quiet});
    assert_int_equal(forecast.duration, 10 * CLOCK_HOUR);
    assert_int_equal(forecast.done_at, NOON + 24 * CLOCK_HOUR);
}

static void never_overflows(void **state)
{
    const ForecastPart parts[] = {{INT64_MAX, 0.000001}};
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
        cmocka_unit_test(never_overflows),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
