#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <glib.h>

#include "dispatch/pace.h"

#define BEGIN 70000 /* ms; any steady time will do */

static Pace started(double rate, int connections)
{
    Pace pace;

    pace_start(&pace, rate, connections, BEGIN);
    return pace;
}

static void test_unlimited(void **state)
{
    Pace pace = started(0, 4);

    (void)state;
    for (int i = 0; i < 5; i++) {
        assert_int_equal(pace_allowance(&pace, 1000, BEGIN), 1000);
        pace_take(&pace, 1000);
    }
    assert_int_equal(pace_ready_at(&pace, BEGIN + 3), BEGIN + 3);
    assert_int_equal(pace_allowance(&pace, 0, BEGIN), 0);
    assert_int_equal(pace_allowance(&pace, -5, BEGIN), -5);
}

/* Takes all that is allowed, every `step` ms, for `length` ms. */
static int taken_in(double rate, int64_t step, int64_t length)
{
    Pace pace = started(rate, 4);
    int sum = 0;

    for (int64_t at = BEGIN; at <= BEGIN + length; at += step) {
        int allowed = pace_allowance(&pace, 10000, at);

        pace_take(&pace, allowed);
        sum += allowed;
    }
    return sum;
}

static void test_rates(void **state)
{
    static const double rates[] = {0.5, 1, 3, 10, 33, 100, 300, 5000};

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rates); i++) {
        double rate = rates[i];
        double bucket = MAX(rate / 10, 1);

        for (int64_t step = 1; step <= 13; step = step * 3 + 1) {
            double sum = taken_in(rate, step, 10000);

            if (sum > 10 * rate + bucket + 0.001 || sum < 10 * rate * 0.85)
                fail_msg("%d messages in 10 s at %g a second, looking every %d ms", (int)sum, rate, (int)step);
        }
    }
}

/* An idle minute does not save up a burst. */
static void test_bucket_is_small(void **state)
{
    Pace pace = started(300, 4);

    (void)state;
    assert_int_equal(pace_allowance(&pace, 1000, BEGIN + 60000), 30);
    assert_int_equal(pace_allowance(&pace, 7, BEGIN + 60000), 7);
}

/* Whoever waits until pace_ready_at() may claim then, and not before: no tight loop. */
static void test_ready_at(void **state)
{
    static const double rates[] = {0.01, 0.7, 1, 3, 7, 33.3, 999, 5000};

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rates); i++) {
        Pace pace = started(rates[i], 4);
        int64_t at = BEGIN;

        for (int round = 0; round < 200; round++) {
            int64_t ready;

            pace_take(&pace, pace_allowance(&pace, 100000, at));
            ready = pace_ready_at(&pace, at);
            assert_true(ready > at);
            assert_true(pace_allowance(&pace, 1, ready) == 1);
            at = ready;
        }
    }
}

static void test_pauses_double(void **state)
{
    Pace pace = started(0, 4);
    int64_t at = BEGIN;
    int64_t expected = PACE_PAUSE_FIRST;

    (void)state;
    for (int i = 0; i < 40; i++) {
        assert_int_equal(pace_fault(&pace, at), expected);
        assert_int_equal(pace_rest(&pace, at), expected);
        assert_int_equal(pace_allowance(&pace, 10, at + expected - 1), 0);
        assert_int_equal(pace_ready_at(&pace, at), at + expected);
        at += expected;
        assert_int_equal(pace_rest(&pace, at), 0);
        assert_true(pace_is_probing(&pace));
        assert_int_equal(pace_allowance(&pace, 10, at), 1);
        expected = MIN(2 * expected, PACE_PAUSE_MAX);
    }
    pace_answered(&pace);
    assert_false(pace_is_probing(&pace));
    assert_int_equal(pace_allowance(&pace, 10, at), 10);
    assert_int_equal(pace_fault(&pace, at), PACE_PAUSE_FIRST);
}

/* The other sessions of a relay that went away break a moment later. */
static void test_sisters_add_nothing(void **state)
{
    Pace pace = started(0, 4);

    (void)state;
    assert_int_equal(pace_fault(&pace, BEGIN), 1000);
    assert_int_equal(pace_fault(&pace, BEGIN + 300), 700);
    assert_int_equal(pace_rest(&pace, BEGIN + 300), 700);
    assert_int_equal(pace_doubt(&pace, BEGIN + 400), 0);
    assert_int_equal(pace_fault(&pace, BEGIN + 1000), 2000);
}

static void test_breaker(void **state)
{
    Pace pace = started(0, 3);

    (void)state;
    assert_int_equal(pace_doubt(&pace, BEGIN), 0);
    assert_int_equal(pace_doubt(&pace, BEGIN), 0);
    pace_answered(&pace);
    assert_int_equal(pace_doubt(&pace, BEGIN), 0);
    assert_int_equal(pace_doubt(&pace, BEGIN), 0);
    assert_int_equal(pace_doubt(&pace, BEGIN), 1000);
    assert_int_equal(pace_doubt(&pace, BEGIN + 500), 0);
    assert_int_equal(pace_allowance(&pace, 5, BEGIN + 999), 0);
    assert_int_equal(pace_allowance(&pace, 5, BEGIN + 1000), 1);
    assert_int_equal(pace_doubt(&pace, BEGIN + 1000), 2000); /* the probe */
    pace_answered(&pace);
    assert_int_equal(pace_doubt(&pace, BEGIN + 4000), 0);
}

static void test_one_connection(void **state)
{
    Pace pace = started(0, 1);

    (void)state;
    assert_int_equal(pace_doubt(&pace, BEGIN), 1000);
}

/* A pause and a rate together: the later of both. */
static void test_pause_and_rate(void **state)
{
    Pace pace = started(1, 1);

    (void)state;
    pace_take(&pace, pace_allowance(&pace, 1, BEGIN));
    assert_in_range(pace_ready_at(&pace, BEGIN), BEGIN + 1000, BEGIN + 1001);
    pace_fault(&pace, BEGIN + 500);
    assert_int_equal(pace_ready_at(&pace, BEGIN + 500), BEGIN + 1500);
}

/* Throttle ------------------------------------------------------------------------------------------------------ */

static void test_what_is_load(void **state)
{
    static const struct {
        int code;
        const char *enhanced, *text;
        bool is_load;
    } rows[] = {
        {421, "4.7.0", "too many messages", true},
        {421, "", "", true},
        {451, "4.3.2", "system busy", true},
        {451, "", "try again later", true},
        {452, "4.3.1", "insufficient storage", true},
        {452, "4.5.3", "too many recipients", true},
        {451, "4.7.1", "come back later", false},
        {451, "4.7.500", "server busy", true},
        {450, "4.2.0", "greylisted", false},
        {450, "", "mailbox busy", false},
        {452, "4.2.2", "mailbox full", false},
        {451, "", "Greylisted for 300 seconds", false},
        {451, "4.1.8", "no such domain yet", false},
        {550, "5.7.1", "no", false},
        {250, "2.0.0", "ok", false},
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        if (pace_is_load(rows[i].code, rows[i].enhanced, rows[i].text) != rows[i].is_load)
            fail_msg("%d %s %s", rows[i].code, rows[i].enhanced, rows[i].text);
}

/* `speed` answers a second for `seconds`; returns when it ended. */
static int64_t answer(Pace *pace, int64_t from, int speed, int seconds)
{
    for (int i = 1; i <= speed * seconds; i++)
        pace_fine(pace, from + (int64_t)i * 1000 / speed);
    return from + seconds * INT64_C(1000);
}

static void test_421_halves_the_measured_rate(void **state)
{
    Pace pace = started(0, 4);
    int64_t at = answer(&pace, BEGIN, 200, 3);

    (void)state;
    assert_int_equal((int)pace_throttle(&pace, at), 0);
    assert_true(pace_load(&pace, 421, at));
    assert_in_range((int)pace_throttle(&pace, at), 95, 105);
    assert_in_range(pace_allowance(&pace, 1000, at), 1, (int)(pace_throttle(&pace, at) / 10));
    assert_false(pace_load(&pace, 421, at + PACE_CUT_MS - 1)); /* of the same trouble */
    assert_true(pace_load(&pace, 421, at + PACE_CUT_MS));
    assert_true(pace_throttle(&pace, at + PACE_CUT_MS) < 55);
}

static void test_few_refusals_are_no_load(void **state)
{
    Pace pace = started(0, 4);
    int64_t at = answer(&pace, BEGIN, 100, 2);

    (void)state;
    for (int i = 0; i < 400; i++) { /* one of ten */
        at += 10;
        if (i % 10 == 0)
            assert_false(pace_load(&pace, 451, at));
        else
            pace_fine(&pace, at);
    }
    for (int i = 0; i < PACE_LOAD_SHARE - 2; i++)
        assert_false(pace_load(&pace, 451, at));
    assert_true(pace_load(&pace, 451, at) || pace_load(&pace, 451, at));
}

static void test_never_below_the_least(void **state)
{
    Pace pace = started(0, 4);
    int64_t at = answer(&pace, BEGIN, 100, 2);

    (void)state;
    for (int i = 0; i < 40; i++) {
        pace_load(&pace, 421, at);
        at += PACE_CUT_MS;
    }
    assert_true(pace_throttle(&pace, at - PACE_CUT_MS) >= PACE_RATE_MIN);
    assert_true(pace_ready_at(&pace, at) <= at + 1001);
}

/* A twentieth a second: from half of the rate to twice of it takes thirty seconds, then it is free. */
static void test_recovery(void **state)
{
    Pace pace = started(0, 4);
    int64_t at = answer(&pace, BEGIN, 100, 2);
    double last = 0;

    (void)state;
    assert_true(pace_load(&pace, 421, at));
    for (int second = 1; second < 29; second++) {
        double rate = pace_throttle(&pace, at + second * 1000);

        assert_true(rate > last);
        last = rate;
    }
    assert_int_equal((int)pace_throttle(&pace, at + 35000), 0);
    assert_int_equal(pace_allowance(&pace, 1000, at + 35000), 1000);
}

/* A gateway's own rate stays the most. */
static void test_throttle_and_rate(void **state)
{
    Pace pace = started(50, 4);
    int64_t at = answer(&pace, BEGIN, 50, 3);

    (void)state;
    assert_true(pace_load(&pace, 421, at));
    assert_in_range((int)pace_throttle(&pace, at), 24, 26);
    assert_int_equal((int)pace_throttle(&pace, at + 30000), 0);
    assert_int_equal(pace_allowance(&pace, 1000, at + 60000), 5);
}

/* The gateway says itself when to come back: a pause without a fault, and one goes first afterwards. */
static void test_wait(void **state)
{
    Pace pace = started(0, 4);

    (void)state;
    assert_int_equal(pace_wait(&pace, 30000, BEGIN), 30000);
    assert_int_equal(pace_allowance(&pace, 10, BEGIN + 29999), 0);
    assert_int_equal(pace_wait(&pace, 10000, BEGIN + 1000), 0); /* it rests as long already */
    assert_int_equal(pace_wait(&pace, 60000, BEGIN + 1000), 60000);
    assert_int_equal(pace_allowance(&pace, 10, BEGIN + 60999), 0);
    assert_int_equal(pace_allowance(&pace, 10, BEGIN + 61000), 1);
    pace_answered(&pace);
    assert_int_equal(pace_allowance(&pace, 10, BEGIN + 61000), 10);
    assert_int_equal(pace_fault(&pace, BEGIN + 61000), PACE_PAUSE_FIRST); /* it was no fault */
    assert_int_equal(pace_wait(&pace, 0, BEGIN + 61000), 0);
}

/* One 429 says it all. */
static void test_429_halves_the_measured_rate(void **state)
{
    Pace pace = started(0, 4);
    int64_t at = answer(&pace, BEGIN, 50, 3);

    (void)state;
    assert_true(pace_load(&pace, 429, at));
    assert_in_range((int)pace_throttle(&pace, at), 24, 26);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_unlimited),
        cmocka_unit_test(test_rates),
        cmocka_unit_test(test_bucket_is_small),
        cmocka_unit_test(test_ready_at),
        cmocka_unit_test(test_pauses_double),
        cmocka_unit_test(test_sisters_add_nothing),
        cmocka_unit_test(test_breaker),
        cmocka_unit_test(test_one_connection),
        cmocka_unit_test(test_pause_and_rate),
        cmocka_unit_test(test_what_is_load),
        cmocka_unit_test(test_421_halves_the_measured_rate),
        cmocka_unit_test(test_few_refusals_are_no_load),
        cmocka_unit_test(test_never_below_the_least),
        cmocka_unit_test(test_recovery),
        cmocka_unit_test(test_throttle_and_rate),
        cmocka_unit_test(test_wait),
        cmocka_unit_test(test_429_halves_the_measured_rate),
    };

    return cmocka_run_group_tests_name("pace", tests, NULL, NULL);
}
