/* Time as an argument, durations, and how times are written. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <glib.h>

#include "base/clock.h"

static int64_t return_seven(void *self)
{
    return *(int64_t *)self + 7;
}

static int64_t return_eight(void *self)
{
    return *(int64_t *)self + 8;
}

static void test_clock_is_what_it_is_made_of(void **unused)
{
    int64_t base = 1000;
    const Clock clock = {.now = return_seven, .steady = return_eight, .self = &base};

    (void)unused;
    assert_int_equal(clock_now(&clock), 1007);
    assert_int_equal(clock_steady(&clock), 1008);
}

#ifdef BREACH_FAULTS

/* Every process begins at the time it was told, none a moment earlier: a test that says 12:20 never sees 12:19. */
static void test_injected_is_never_earlier(void **unused)
{
    static const int64_t told = INT64_C(1795494000000); /* 2026-11-24T12:20:00+08:00, in ms */
    int early = 0;

    (void)unused;
    g_setenv("BREACH_CLOCK", "2026-11-24T12:20:00+08:00", TRUE);
    for (int i = 0; i < 1000; i++) {
        pid_t child = fork();
        int status = 0;

        if (child == 0)
            _exit(clock_now(clock_system()) < told ? 1 : 0);
        assert_int_equal(waitpid(child, &status, 0), child);
        early += status != 0;
    }
    g_unsetenv("BREACH_CLOCK");
    assert_int_equal(early, 0);
}

#endif

static void test_system(void **unused)
{
    const Clock *clock = clock_system();
    int64_t first = clock_steady(clock);

    (void)unused;
    assert_true(clock_steady(clock) >= first);
    assert_true(clock_now(clock) > INT64_C(1500000000000)); /* milliseconds, not seconds */
}

static void test_durations(void **unused)
{
    static const struct {
        const char *text;
        int64_t duration;
    } rows[] = {
        {"PT4H", 4 * CLOCK_HOUR},
        {"P2D", 2 * CLOCK_DAY},
        {"PT1H30M", CLOCK_HOUR + 30 * CLOCK_MINUTE},
        {"PT0.5S", 500},
        {"PT0.25S", 250},
        {"PT0.125S", 125},
        {"PT1.5H", 90 * CLOCK_MINUTE},
        {"P1W", 7 * CLOCK_DAY},
        {"P1W2DT3H4M5.006S", 9 * CLOCK_DAY + 3 * CLOCK_HOUR + 4 * CLOCK_MINUTE + 5006},
        {"P0D", 0},
        {"PT0S", 0},
        {"PT72H", 3 * CLOCK_DAY},
        {"P3660D", 3660 * CLOCK_DAY},
    };

    (void)unused;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        int64_t duration = -1;

        if (!clock_parse_duration(rows[i].text, &duration))
            fail_msg("refused: %s", rows[i].text);
        assert_int_equal(duration, rows[i].duration);
    }
}

static void test_no_durations(void **unused)
{
    static const char *const rows[] = {
        "",
        "P",
        "PT",
        "P1",
        "1D",
        "P1DT",
        "4h",
        "PT4",
        "P1Y",
        "P1M",
        "PT1D",
        "P1H",
        "PT1M1H",
        "P1D1W",
        "PT1H1H",
        "PT1HT1M",
        "P-1D",
        "-P1D",
        "P+1D",
        "PT1.H",
        "PT.5S",
        "PT1,5S",
        "PT0.0005S",
        "p1d",
        " P1D",
        "P1D ",
        "P3661D",
        "P99999999W",
        "PT999999999999999999S",
        "P3660DT1S",
        "P523W",
        "PT1H\n",
    };

    (void)unused;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        int64_t duration = -1;

        if (clock_parse_duration(rows[i], &duration))
            fail_msg("taken for a duration: %s", rows[i]);
        assert_int_equal(duration, -1);
    }
}

static void test_format_utc(void **unused)
{
    static const struct {
        int64_t at;
        const char *text;
    } rows[] = {
        {0, "1970-01-01T00:00:00.000Z"},
        {INT64_C(1795270200123), "2026-11-21T14:10:00.123Z"},
        {INT64_C(951782400000), "2000-02-29T00:00:00.000Z"},
        {-1, "1969-12-31T23:59:59.999Z"},
        {-1000, "1969-12-31T23:59:59.000Z"},
    };

    (void)unused;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *text = clock_format_utc(rows[i].at);

        assert_string_equal(text, rows[i].text);
    }
}

static void test_format_span(void **unused)
{
    static const struct {
        int64_t duration;
        const char *text;
    } rows[] = {
        {0, "0 s"},
        {499, "0 s"},
        {500, "1 s"},
        {45 * CLOCK_SECOND, "45 s"},
        {59499, "59 s"},
        {59500, "1 min"},
        {89 * CLOCK_SECOND, "1 min"},
        {90 * CLOCK_SECOND, "2 min"},
        {59 * CLOCK_MINUTE, "59 min"},
        {CLOCK_HOUR - CLOCK_SECOND, "1 h 0 min"}, /* not "60 min" */
        {CLOCK_HOUR, "1 h 0 min"},
        {72 * CLOCK_MINUTE, "1 h 12 min"},
        {24 * CLOCK_HOUR, "24 h 0 min"},
        {48 * CLOCK_HOUR - CLOCK_MINUTE, "47 h 59 min"},
        {48 * CLOCK_HOUR, "2 d 0 h"},
        {3 * CLOCK_DAY + 4 * CLOCK_HOUR, "3 d 4 h"},
        {-400, "0 s"},
        {-5 * CLOCK_SECOND, "-5 s"},
        {-72 * CLOCK_MINUTE, "-1 h 12 min"},
        {-3 * CLOCK_DAY, "-3 d 0 h"},
    };

    (void)unused;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *text = clock_format_span(rows[i].duration);

        assert_string_equal(text, rows[i].text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#ifdef BREACH_FAULTS
        cmocka_unit_test(test_injected_is_never_earlier), /* before this process has read the clock */
#endif
        cmocka_unit_test(test_clock_is_what_it_is_made_of),
        cmocka_unit_test(test_system),
        cmocka_unit_test(test_durations),
        cmocka_unit_test(test_no_durations),
        cmocka_unit_test(test_format_utc),
        cmocka_unit_test(test_format_span),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
