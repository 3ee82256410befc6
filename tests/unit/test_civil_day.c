#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <glib.h>

#include "base/clock.h"
#include "model/civil_day.h"

static CivilDay day(const char *text)
{
    CivilDay parsed = CIVIL_DAY_NONE;

    if (!civil_day_parse(text, &parsed))
        fail_msg("%s is a day", text);
    return parsed;
}

static void expect(CivilDay got, const char *wanted)
{
    g_autofree char *text = civil_day_format(got);

    assert_string_equal(text, wanted);
}

/* GLib's own calendar is the oracle: every day from year to year, across two centuries and at both ends. */
static void test_every_day(void **state)
{
    static const int years[][2] = {{1, 5}, {1895, 2105}, {2395, 2405}, {9996, 9999}};

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(years); i++) {
        GDate date;

        g_date_clear(&date, 1);
        g_date_set_dmy(&date, 1, 1, (GDateYear)years[i][0]);
        for (; g_date_get_year(&date) <= years[i][1]; g_date_add_days(&date, 1)) {
            int year, month, of_month;
            CivilDay made = civil_day_make(g_date_get_year(&date), (int)g_date_get_month(&date), g_date_get_day(&date));

            assert_int_equal(made, (int64_t)g_date_get_julian(&date) - 719163);
            assert_int_equal(civil_day_weekday(made), g_date_get_weekday(&date));
            civil_day_parts(made, &year, &month, &of_month);
            assert_int_equal(year, g_date_get_year(&date));
            assert_int_equal(month, (int)g_date_get_month(&date));
            assert_int_equal(of_month, g_date_get_day(&date));
            if (year == 9999 && month == 12 && of_month == 31)
                break;
        }
    }
    assert_int_equal(day("0001-01-01"), CIVIL_DAY_FIRST);
    assert_int_equal(day("9999-12-31"), CIVIL_DAY_LAST);
}

static void test_no_days(void **state)
{
    static const char *const texts[] = {"",           "2026-02-29",  "2026-13-01", "2026-00-01", "2026-01-00",
                                        "2026-04-31", "0000-01-01",  "2100-02-29", "2026-1-1",   "26-01-01",
                                        "2026/01/01", "2026-01-01 ", "-026-01-01", "2026-01-1a", "2026-01-01T00:00Z"};
    CivilDay parsed = 7;

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
        if (civil_day_parse(texts[i], &parsed))
            fail_msg("\"%s\" is no day", texts[i]);
    assert_int_equal(parsed, 7);
    expect(CIVIL_DAY_NONE, "");
    expect(CIVIL_DAY_LAST + 1, "");
}

static void test_months(void **state)
{
    (void)state;
    expect(civil_day_add_months(day("2026-08-31"), 1), "2026-09-30");
    expect(civil_day_add_months(day("2026-12-31"), 2), "2027-02-28");
    expect(civil_day_add_months(day("2027-12-31"), 2), "2028-02-29");
    expect(civil_day_add_months(day("2028-02-29"), 12), "2029-02-28");
    expect(civil_day_add_months(day("2026-01-15"), 0), "2026-01-15");
    expect(civil_day_add_months(day("2026-12-01"), 120), "2036-12-01");
    assert_int_equal(civil_day_add_months(day("9999-12-01"), 1), CIVIL_DAY_NONE);
}

/* The zones of Brussels, New York, and of a place where midnight itself is skipped. */
static void test_zones(void **state)
{
    static const struct {
        const char *zone, *day;
        int minutes;
        const char *instant;
    } rows[] = {
        {"Europe/Brussels", "2026-03-29", 2 * 60 + 30, "2026-03-29T01:00:00Z"}, /* skipped: the end of the gap */
        {"Europe/Brussels", "2026-10-25", 2 * 60 + 30, "2026-10-25T00:30:00Z"}, /* twice: the first */
        {"Europe/Brussels", "2026-07-01", 0, "2026-06-30T22:00:00Z"},
        {"America/New_York", "2026-03-08", 2 * 60, "2026-03-08T07:00:00Z"},
        {"America/New_York", "2026-11-01", 60, "2026-11-01T05:00:00Z"},
        {"America/Sao_Paulo", "2018-11-04", 0, "2018-11-04T03:00:00Z"}, /* midnight did not exist */
        {"Asia/Shanghai", "2026-11-22", 17 * 60 + 30, "2026-11-22T09:30:00Z"},
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GTimeZone) zone = g_time_zone_new_identifier(rows[i].zone);
        g_autofree char *text = NULL;

        assert_non_null(zone);
        text = clock_format_utc(civil_day_instant(day(rows[i].day), rows[i].minutes, zone));
        if (strncmp(text, rows[i].instant, 19) != 0)
            fail_msg("%s %s: %s, expected %s", rows[i].zone, rows[i].day, text, rows[i].instant);
    }
}

/* Each day ends where the next begins, and every instant of it belongs to it. */
static void test_days_touch(void **state)
{
    static const char *const names[] = {"Europe/Brussels", "America/New_York",    "America/Sao_Paulo",
                                        "Asia/Shanghai",   "Australia/Lord_Howe", "Pacific/Apia"};

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autoptr(GTimeZone) zone = g_time_zone_new_identifier(names[i]);

        for (CivilDay each = day("2018-01-01"); each < day("2018-12-31"); each++) {
            int64_t start = civil_day_instant(each, 0, zone);
            int64_t end = civil_day_end(each, zone);

            assert_true(end - start >= 23 * CLOCK_HOUR && end - start <= 25 * CLOCK_HOUR);
            assert_int_equal(civil_day_of(start, zone), each);
            assert_int_equal(civil_day_of(end - 1, zone), each);
            assert_int_equal(civil_day_of(end, zone), each + 1);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_day), cmocka_unit_test(test_no_days),    cmocka_unit_test(test_months),
        cmocka_unit_test(test_zones),     cmocka_unit_test(test_days_touch),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
