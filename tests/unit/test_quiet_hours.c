#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <glib.h>

#include "model/quiet_hours.h"

static int64_t at(const char *text)
{
    g_autoptr(GDateTime) time = g_date_time_new_from_iso8601(text, NULL);

    assert_non_null(time);
    return g_date_time_to_unix(time) * 1000;
}

static QuietHours hours(const char *from, const char *to, const char *zone)
{
    QuietHours made = {.zone = quiet_hours_zone(zone)};

    assert_non_null(made.zone);
    assert_true(quiet_hours_time(from, &made.from));
    assert_true(quiet_hours_time(to, &made.to));
    return made;
}

static void expect(const QuietHours *made, const char *now, const char *until)
{
    int64_t got = quiet_hours_until(made, "email", at(now));

    if (got != (until ? at(until) : 0))
        fail_msg("at %s: until %" G_GINT64_FORMAT ", expected %s", now, got, until ? until : "none");
}

static void test_over_midnight(void **state)
{
    QuietHours made = hours("22:00", "07:00", "+08:00");

    (void)state;
    expect(&made, "2026-11-22T21:59:59+08:00", NULL);
    expect(&made, "2026-11-22T22:00:00+08:00", "2026-11-23T07:00:00+08:00");
    expect(&made, "2026-11-22T23:59:59+08:00", "2026-11-23T07:00:00+08:00");
    expect(&made, "2026-11-23T00:00:00+08:00", "2026-11-23T07:00:00+08:00");
    expect(&made, "2026-11-23T06:59:59+08:00", "2026-11-23T07:00:00+08:00");
    expect(&made, "2026-11-23T07:00:00+08:00", NULL);
    expect(&made, "2026-12-31T22:30:00+08:00", "2027-01-01T07:00:00+08:00");
    g_time_zone_unref(made.zone);
}

static void test_within_a_day(void **state)
{
    QuietHours made = hours("00:00", "06:30", "Z");

    (void)state;
    expect(&made, "2026-11-22T23:59:59Z", NULL);
    expect(&made, "2026-11-23T00:00:00Z", "2026-11-23T06:30:00Z");
    expect(&made, "2026-11-23T06:29:00Z", "2026-11-23T06:30:00Z");
    expect(&made, "2026-11-23T06:30:00Z", NULL);
    g_time_zone_unref(made.zone);
}

/* The night in which summer time begins has an hour less, the one in which it ends an hour more. */
static void test_summer_time(void **state)
{
    GTimeZone *zone = quiet_hours_zone("Europe/Berlin");
    QuietHours made;

    (void)state;
    if (!zone)
        skip(); /* without tzdata there are no names */
    g_time_zone_unref(zone);
    made = hours("22:00", "07:00", "Europe/Berlin");
    expect(&made, "2026-03-28T22:00:00+01:00", "2026-03-29T07:00:00+02:00");
    expect(&made, "2026-10-24T22:00:00+02:00", "2026-10-25T07:00:00+01:00");
    made.from = 22 * 60;
    made.to = 2 * 60 + 30; /* a time that does not exist on that night */
    assert_true(quiet_hours_until(&made, NULL, at("2026-03-29T01:30:00+01:00")) > at("2026-03-29T01:30:00+01:00"));
    assert_int_equal(quiet_hours_until(&made, NULL, at("2026-03-29T03:31:00+02:00")), 0);
    g_time_zone_unref(made.zone);
}

static void test_channels(void **state)
{
    QuietHours made = hours("22:00", "07:00", "Z");

    (void)state;
    made.channels = g_ptr_array_new();
    g_ptr_array_add(made.channels, (gpointer) "sms");
    assert_int_equal(quiet_hours_until(&made, "email", at("2026-11-22T23:00:00Z")), 0);
    assert_true(quiet_hours_until(&made, "sms", at("2026-11-22T23:00:00Z")) > 0);
    assert_true(quiet_hours_until(&made, NULL, at("2026-11-22T23:00:00Z")) > 0);
    g_ptr_array_unref(made.channels);
    g_time_zone_unref(made.zone);
}

static void test_words(void **state)
{
    QuietHours made = hours("22:00", "07:00", "+08:00");
    g_autofree char *words = quiet_hours_words(&made, at("2026-11-22T23:00:00Z"));

    (void)state;
    assert_string_equal(words, "07:00 +08:00");
    g_time_zone_unref(made.zone);
}

static void test_refused(void **state)
{
    static const char *const times[] = {"", "7:00", "07:60", "24:00", "07.00", "0700", "07:0a", "07:000", "-1:00"};
    static const char *const zones[] = {
        "", "+8", "+0800", "08:00", "+25:00", "Nowhere/Town", "../../etc/passwd", "/etc/passwd"};
    int minutes;

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(times); i++)
        if (quiet_hours_time(times[i], &minutes))
            fail_msg("\"%s\" was taken for a time", times[i]);
    for (size_t i = 0; i < G_N_ELEMENTS(zones); i++)
        if (quiet_hours_zone(zones[i]))
            fail_msg("\"%s\" was taken for a zone", zones[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_over_midnight), cmocka_unit_test(test_within_a_day), cmocka_unit_test(test_summer_time),
        cmocka_unit_test(test_channels),      cmocka_unit_test(test_words),        cmocka_unit_test(test_refused),
    };

    return cmocka_run_group_tests_name("quiet_hours", tests, NULL, NULL);
}
