#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/error.h"
#include "model/moment.h"

static Moment parsed(const char *text)
{
    g_autoptr(GError) error = NULL;
    Moment moment = {0};

    if (!moment_parse(text, &moment, &error))
        fail_msg("%s", error->message);
    assert_true(moment.known);
    return moment;
}

static void test_parse(void **state)
{
    static const struct {
        const char *text;
        int64_t at;
        int offset;
    } rows[] = {
        {"1970-01-01T00:00:00Z", 0, 0},
        {"1970-01-01T08:00+08:00", 0, 480},
        {"1969-12-31T23:59:59.999Z", -1, 0},
        {"2026-11-21T22:10+08:00", INT64_C(1795270200000), 480},
        {"2026-11-21T14:10:00Z", INT64_C(1795270200000), 0},
        {"2026-11-21 14:10:00z", INT64_C(1795270200000), 0},
        {"2026-11-21t14:10:00-00:00", INT64_C(1795270200000), 0},
        {"2026-11-21T10:40:00.5-03:30", INT64_C(1795270200500), -210},
        {"2026-11-21T19:55:00.123456789+05:45", INT64_C(1795270200123), 345},
        {"2000-02-29T00:00:00Z", INT64_C(951782400000), 0},
        {"2024-02-29T23:59:59+00:00", INT64_C(1709251199000), 0},
        {"0001-01-01T00:00Z", INT64_C(-62135596800000), 0},
        {"9999-12-31T23:59:59.999Z", INT64_C(253402300799999), 0},
        {"2026-11-21T14:10-18:00", INT64_C(1795335000000), -1080},
        {"2026-11-21T14:10+18:00", INT64_C(1795205400000), 1080},
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        Moment moment = parsed(rows[i].text);

        if (moment.at != rows[i].at || moment.offset != rows[i].offset)
            fail_msg("%s: got %" G_GINT64_FORMAT " and %d", rows[i].text, moment.at, moment.offset);
    }
}

static void test_refused(void **state)
{
    static const struct {
        const char *text, *message;
    } rows[] = {
        {"2026-11-21T22:10", "the offset from UTC is missing: write \"2026-11-21T22:10+08:00\""},
        {"2026-11-21 22:10:30", "the offset from UTC is missing: write \"2026-11-21 22:10:30+08:00\""},
        {"2026-11-21T22:10:30.25", "the offset from UTC is missing"},
        {"2026-11-21", "a time of day like 22:10 is missing"},
        {"", "a date like 2026-11-21 is missing"},
        {"yesterday", "expected a date like 2026-11-21 instead of \"yesterday\""},
        {"2026-11", "a date like 2026-11-21 is missing"},
        {"2026/11/21T22:10Z", "expected a date"},
        {"26-11-21T22:10Z", "expected a date"},
        {"2026-11-21T22Z", "expected a time of day like 22:10 instead of \"Z\""},
        {"2026-11-21  22:10Z", "expected a time of day"},
        {"2026-11-21T2:10Z", "expected a time of day"},
        {"2026-11-21T22:10:5Z", "expected seconds of two digits"},
        {"2026-11-21T22:10:05.Z", "expected digits after the point"},
        {"2026-11-21T22:10+0800", "expected an offset like +08:00 or Z instead of \"00\""},
        {"2026-11-21T22:10+8", "an offset like +08:00 or Z is missing"},
        {"2026-11-21T22:10 CST", "expected an offset like +08:00 or Z instead of \" CST\""},
        {"2026-11-21T22:10Z ", "expected nothing more instead of \" \""},
        {" 2026-11-21T22:10Z", "expected a date"},
        {"2026-02-30T00:00Z", "there is no such date"},
        {"2025-02-29T00:00Z", "there is no such date"},
        {"1900-02-29T00:00Z", "there is no such date"},
        {"2026-13-01T00:00Z", "there is no such date"},
        {"2026-00-01T00:00Z", "there is no such date"},
        {"2026-01-00T00:00Z", "there is no such date"},
        {"2026-04-31T00:00Z", "there is no such date"},
        {"0000-01-01T00:00Z", "there is no such date"},
        {"2026-11-21T24:00Z", "there is no such time of day"},
        {"2026-11-21T23:60Z", "there is no such time of day"},
        {"2016-12-31T23:59:60Z", "leap seconds are not supported"},
        {"2026-11-21T22:10:61Z", "seconds go to 59"},
        {"2026-11-21T22:10+18:01", "there is no such offset"},
        {"2026-11-21T22:10-19:00", "there is no such offset"},
        {"2026-11-21T22:10+08:60", "there is no such offset"},
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        Moment moment = {.at = 42, .offset = 7};

        if (moment_parse(rows[i].text, &moment, &error))
            fail_msg("\"%s\" was accepted", rows[i].text);
        assert_true(g_error_matches(error, BREACH_ERROR, BREACH_ERROR_INPUT));
        if (!strstr(error->message, rows[i].message))
            fail_msg("\"%s\": expected <%s>, got <%s>", rows[i].text, rows[i].message, error->message);
        assert_true(moment.at == 42 && moment.offset == 7 && !moment.known);
    }
}

static void test_format_date(void **state)
{
    Moment moment = {0};

    (void)state;
    assert_true(moment_parse("2026-11-21T22:10Z", &moment, NULL));
    for (int shown = 0; shown < 3; shown++) {
        static const char *const expected[] = {"21 November 2026", "2026年11月22日", ""};
        g_autofree char *text = moment_format_date(moment, shown == 1 ? "zh-TW" : "en");

        assert_string_equal(text, expected[shown]);
        moment.offset = 480; /* the day is that of the reader's clock */
        moment.known = shown == 0;
    }
}

static void test_format(void **state)
{
    static const struct {
        const char *text, *locale, *expected;
    } rows[] = {
        {"2026-11-21T22:10+08:00", "zh-CN", "2026年11月21日22:10（北京时间）"},
        {"2026-11-21T22:10+08:00", "zh", "2026年11月21日22:10（北京时间）"},
        {"2026-11-21T22:10+08:00", "zh-Hans-HK", "2026年11月21日22:10（北京时间）"},
        {"2026-11-21T22:10+08:00", "zh-TW", "2026年11月21日22:10（台北時間）"},
        {"2026-11-21T22:10+08:00", "zh-Hant", "2026年11月21日22:10（台北時間）"},
        {"2026-11-21T22:10+08:00", "zh-Hant-TW", "2026年11月21日22:10（台北時間）"},
        {"2026-11-21T22:10+08:00", "zh-HK", "2026年11月21日22:10（香港時間）"},
        {"2026-11-21T22:10+08:00", "zh-Hant-MO", "2026年11月21日22:10（澳門時間）"},
        {"2026-11-21T22:10+08:00", "en", "21 November 2026, 22:10 (UTC+8)"},
        {"2026-11-21T22:10+08:00", "en-GB", "21 November 2026, 22:10 (UTC+8)"},
        {"2026-11-21T22:10+08:00", "zhx", "21 November 2026, 22:10 (UTC+8)"},
        {"2026-11-21T22:10+08:00", "", "21 November 2026, 22:10 (UTC+8)"},
        {"2026-01-05T09:05:59.999Z", "en", "5 January 2026, 09:05 (UTC)"},
        {"2026-01-05T09:05Z", "zh-CN", "2026年1月5日09:05（UTC）"},
        {"2026-01-05T00:00+09:00", "zh-TW", "2026年1月5日00:00（UTC+9）"},
        {"2026-01-05T00:00-03:30", "en", "5 January 2026, 00:00 (UTC-3:30)"},
        {"2026-01-05T00:00-00:30", "en", "5 January 2026, 00:00 (UTC-0:30)"},
        {"2026-01-05T00:00+05:45", "zh-CN", "2026年1月5日00:00（UTC+5:45）"},
        {"2026-12-31T23:30-11:00", "en", "31 December 2026, 23:30 (UTC-11)"},
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *text = moment_format(parsed(rows[i].text), rows[i].locale);

        assert_string_equal(text, rows[i].expected);
    }
}

static void test_format_rfc3339(void **state)
{
    static const struct {
        const char *text, *expected;
    } rows[] = {
        {"2026-11-21T22:10+08:00", "2026-11-21T22:10:00+08:00"},
        {"2026-11-21 14:10:07Z", "2026-11-21T14:10:07+00:00"},
        {"2026-11-21T14:10:07.05-03:30", "2026-11-21T14:10:07.050-03:30"},
        {"0001-01-01T00:00+01:00", "0001-01-01T00:00:00+01:00"},
        {"9999-12-31T23:59:59-18:00", "9999-12-31T23:59:59-18:00"},
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *text = moment_format_rfc3339(parsed(rows[i].text));

        assert_string_equal(text, rows[i].expected);
    }
}

static void test_out_of_range(void **state)
{
    static const Moment moments[] = {
        {.at = 0, .offset = 0, .known = false},
        {.at = INT64_MAX, .offset = 1080, .known = true},
        {.at = INT64_MIN, .offset = -1080, .known = true},
        {.at = INT64_C(253402300800000), .offset = 0, .known = true},
        {.at = INT64_C(-62135596800001), .offset = 0, .known = true},
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(moments); i++) {
        g_autofree char *text = moment_format(moments[i], "en");
        g_autofree char *record = moment_format_rfc3339(moments[i]);

        assert_string_equal(text, "");
        assert_string_equal(record, "");
    }
}

/* Every day of some centuries is where the day before says it is, and reads back as it was written. */
static void test_round_trip(void **state)
{
    int64_t at = parsed("1895-01-01T12:00:00Z").at;
    int64_t end = parsed("2105-01-01T12:00:00Z").at;

    (void)state;
    for (; at < end; at += CLOCK_DAY) {
        Moment moment = {.at = at, .offset = 480, .known = true};
        g_autofree char *text = moment_format_rfc3339(moment);
        Moment again = parsed(text);

        assert_true(again.at == at && again.offset == 480);
    }
}

static void test_ignores_environment(void **state)
{
    g_autofree char *before = moment_format(parsed("2026-11-21T22:10+08:00"), "en");

    (void)state;
    setenv("TZ", "America/New_York", 1);
    tzset();
    (void)setlocale(LC_ALL, "C.UTF-8");
    g_autofree char *after = moment_format(parsed("2026-11-21T22:10+08:00"), "en");
    assert_string_equal(before, after);
    assert_true(parsed("2026-11-21T22:10+08:00").at == INT64_C(1795270200000));
}

static void test_random_bytes(void **state)
{
    static const char alphabet[] = "0123456789-+:TZ. \x80";
    static const char sample[] = "2026-11-21T22:10:30.5+08:00";
    uint32_t seed = 7;

    (void)state;
    for (int i = 0; i < 20000; i++) {
        g_autofree char *text = g_strndup(sample, (size_t)i % sizeof sample);
        size_t length = strlen(text);
        Moment moment = {0};

        for (int change = 0; change < 2 && length > 0; change++) {
            seed = seed * 1664525u + 1013904223u;
            text[(seed >> 8) % length] = alphabet[(seed >> 20) % (sizeof alphabet - 1)];
        }
        if (moment_parse(text, &moment, NULL)) {
            g_autofree char *record = moment_format_rfc3339(moment);
            Moment again = parsed(record);

            assert_true(again.at == moment.at && again.offset == moment.offset);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parse),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_format),
        cmocka_unit_test(test_format_date),
        cmocka_unit_test(test_format_rfc3339),
        cmocka_unit_test(test_out_of_range),
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_ignores_environment),
        cmocka_unit_test(test_random_bytes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
