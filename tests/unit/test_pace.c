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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_unlimited),     cmocka_unit_test(test_rates),
        cmocka_unit_test(test_bucket_is_small), cmocka_unit_test(test_ready_at),
        cmocka_unit_test(test_pauses_double), cmocka_unit_test(test_sisters_add_nothing),
        cmocka_unit_test(test_breaker),       cmocka_unit_test(test_one_connection),
        cmocka_unit_test(test_pause_and_rate),
    };

    return cmocka_run_group_tests_name("pace", tests, NULL, NULL);
}
