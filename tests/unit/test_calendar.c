/* Working days: each kind of rule, holidays that move, years without data. That the shipped calendars are right is
 * test_law_data. */
#include "load_expect.h"

#include "load/load_calendar.h"

static CivilDay day(const char *text)
{
    CivilDay parsed = CIVIL_DAY_NONE;

    assert_true(civil_day_parse(text, &parsed));
    return parsed;
}

static Calendar *load(const char *rest)
{
    g_autofree char *text = g_strconcat("version: 1\nid: own\nname: Ours\nconfidence: confirmed\n", rest, NULL);
    g_autofree char *path = expect_text(expect_home, "calendars/own.yaml", text);
    g_autoptr(Findings) findings = findings_new();
    Calendar *calendar = load_calendar_file(path, findings);

    EXPECT(findings);
    assert_non_null(calendar);
    return calendar;
}

/* The days of `year` from `from` to `to` on which nobody works, apart from weekends. */
static void expect_holidays(const Calendar *calendar, int year, const char *wanted)
{
    GString *found = g_string_new(NULL);
    g_autofree char *text = NULL;

    for (CivilDay each = civil_day_make(year, 1, 1); each <= civil_day_make(year, 12, 31); each++)
        if (!calendar->weekend[civil_day_weekday(each)] && calendar_day(calendar, each) == CALENDAR_REST) {
            g_autofree char *shown = civil_day_format(each);

            g_string_append_printf(found, "%s%s", found->len > 0 ? " " : "", shown + 5);
        }
    text = g_string_free(found, FALSE);
    assert_string_equal(text, wanted);
}

static void test_kinds_of_rules(void **state)
{
    g_autoptr(Calendar) calendar =
        load("basis: rules\nfrom: 2020\nholidays:\n"
             "  - {name: fixed, date: \"05-01\"}\n"
             "  - {name: third Monday, nth: 3, weekday: monday, month: 1}\n"
             "  - {name: last Monday, nth: -1, weekday: monday, month: 5}\n"
             "  - {name: fifth Friday, nth: 5, weekday: friday, month: 10}\n"
             "  - {name: Wednesday before 23 November, on_or_after: \"11-16\", weekday: wednesday}\n"
             "  - {name: Good Friday, easter: -2}\n"
             "  - {name: Orthodox Monday, orthodox_easter: 1}\n"
             "  - {name: closed, date: \"12-29\", days: 6}\n"
             "  - {name: leap day, date: \"02-29\"}\n"
             "  - {name: only once, date: \"06-10\", from: 2026, to: 2026}\n");

    (void)state;
    expect_holidays(calendar, 2026, "01-01 01-02 01-19 04-03 04-13 05-01 05-25 06-10 10-30 11-18 12-29 12-30 12-31");
    expect_holidays(calendar, 2028, "01-03 01-17 02-29 04-14 04-17 05-01 05-29 11-22 12-29");
}

static void test_moving(void **state)
{
    g_autoptr(Calendar) us = load("basis: rules\nfrom: 2020\nobserved: nearest\nholidays:\n"
                                  "  - {name: New Year, date: \"01-01\"}\n  - {name: July, date: \"07-04\"}\n");
    g_autoptr(Calendar) uk = load("basis: rules\nfrom: 2020\nobserved: next_workday\nholidays:\n"
                                  "  - {name: Christmas, date: \"12-25\"}\n  - {name: Boxing Day, date: \"12-26\"}\n");
    g_autoptr(Calendar) jp = load("basis: rules\nfrom: 2020\nobserved: sunday_next_workday\nholidays:\n"
                                  "  - {name: a, date: \"05-03\"}\n  - {name: b, date: \"05-04\"}\n"
                                  "  - {name: c, date: \"05-05\"}\n");

    (void)state;
    expect_holidays(us, 2027, "01-01 07-05 12-31"); /* 4 July on a Sunday; 1 January 2028 on a Saturday */
    expect_holidays(us, 2026, "01-01 07-03");
    expect_holidays(us, 2028, "07-04");
    expect_holidays(uk, 2021, "12-27 12-28");       /* Saturday and Sunday */
    expect_holidays(uk, 2022, "12-26 12-27");       /* Sunday and Monday */
    expect_holidays(uk, 2026, "12-25 12-28");       /* Friday and Saturday */
    expect_holidays(jp, 2026, "05-04 05-05 05-06"); /* 3 May on a Sunday */
    expect_holidays(jp, 2025, "05-05 05-06");       /* 4 May on a Sunday, behind a Saturday that is lost */
}

static void test_years(void **state)
{
    g_autoptr(Calendar) calendar =
        load("basis: years\nyears:\n  \"2026\":\n    rest_days: [{name: Spring, start: \"2026-02-15\","
             " end: \"2026-02-23\"}]\n    work_days: [\"2026-02-14\", \"2026-02-28\"]\n");
    int missing = 0;
    g_autofree char *makeup = calendar_why(calendar, day("2026-02-14"), "en");
    g_autofree char *rest = calendar_why(calendar, day("2026-02-17"), "en");
    g_autofree char *weekend = calendar_why(calendar, day("2026-03-01"), "en");

    (void)state;
    assert_int_equal(calendar_day(calendar, day("2026-02-14")), CALENDAR_WORKDAY);
    assert_int_equal(calendar_day(calendar, day("2026-02-17")), CALENDAR_REST);
    assert_int_equal(calendar_day(calendar, day("2025-12-31")), CALENDAR_NO_DATA);
    assert_int_equal(calendar_day(calendar, day("2027-01-01")), CALENDAR_NO_DATA);
    assert_string_equal(makeup, "make-up workday");
    assert_string_equal(rest, "Spring");
    assert_string_equal(weekend, "Sunday");
    assert_null(calendar_why(calendar, day("2026-03-02"), "en"));
    assert_int_equal(calendar_add_workdays(calendar, day("2026-02-13"), 2, &missing), day("2026-02-24"));
    assert_int_equal(calendar_next_workday(calendar, day("2026-02-15"), &missing), day("2026-02-24"));
    assert_int_equal(missing, 0);
}

/* Over the end of what is known nothing is counted, in either direction. */
static void test_missing_years(void **state)
{
    g_autoptr(Calendar) calendar = load("basis: years\nyears:\n  \"2026\": {rest_days: [\"2026-12-31\"]}\n");
    int missing = 0;

    (void)state;
    assert_int_equal(calendar_add_workdays(calendar, day("2026-12-29"), 1, &missing), day("2026-12-30"));
    assert_int_equal(missing, 0);
    assert_int_equal(calendar_add_workdays(calendar, day("2026-12-29"), 2, &missing), CIVIL_DAY_NONE);
    assert_int_equal(missing, 2027);
    assert_int_equal(calendar_add_workdays(calendar, day("2025-12-31"), 1, &missing), CIVIL_DAY_NONE);
    assert_int_equal(missing, 2025);
    assert_int_equal(calendar_next_workday(calendar, day("2026-12-31"), &missing), CIVIL_DAY_NONE);
    assert_int_equal(missing, 2027);
}

/* Rules know every year of their span and none outside. */
static void test_span_of_rules(void **state)
{
    g_autoptr(Calendar) calendar = load("basis: rules\nfrom: 2024\nto: 2026\n");

    (void)state;
    assert_false(calendar_has_year(calendar, 2023));
    assert_true(calendar_has_year(calendar, 2024));
    assert_true(calendar_has_year(calendar, 2026));
    assert_false(calendar_has_year(calendar, 2027));
    assert_false(calendar_is_unverified(calendar, 2025));
}

/* Dates of Easter from the tables of the Book of Common Prayer and of the Orthodox churches. */
static void test_easter(void **state)
{
    static const struct {
        int year;
        const char *west, *east;
    } rows[] = {
        {1818, "1818-03-22", "1818-04-26"}, {1943, "1943-04-25", "1943-04-25"}, {2024, "2024-03-31", "2024-05-05"},
        {2025, "2025-04-20", "2025-04-20"}, {2026, "2026-04-05", "2026-04-12"}, {2027, "2027-03-28", "2027-05-02"},
        {2038, "2038-04-25", "2038-04-25"}, {2100, "2100-03-28", "2100-05-02"}, {2285, "2285-03-22", NULL}};

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        assert_int_equal(calendar_easter(rows[i].year), day(rows[i].west));
        if (rows[i].east)
            assert_int_equal(calendar_orthodox_easter(rows[i].year), day(rows[i].east));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kinds_of_rules), cmocka_unit_test(test_moving),        cmocka_unit_test(test_years),
        cmocka_unit_test(test_missing_years),  cmocka_unit_test(test_span_of_rules), cmocka_unit_test(test_easter),
    };

    return cmocka_run_group_tests(tests, expect_make_home, expect_remove_home);
}
