#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <glib.h>

#include "dispatch/wave.h"

static void test_no_wave(void **state)
{
    Wave wave = {0};

    (void)state;
    for (int i = 0; i < 500; i++)
        wave_claimed(&wave, true);
    assert_int_equal(wave_room(&wave, 128), 128);
    assert_false(wave_is_over(&wave));
}

static void test_room(void **state)
{
    Wave wave = {.limit = 3, .stop_over = 5};

    (void)state;
    assert_int_equal(wave_room(&wave, 2), 2);
    wave_claimed(&wave, true);
    wave_claimed(&wave, true);
    wave_claimed(&wave, false); /* a second attempt of an earlier run's message */
    assert_int_equal(wave_room(&wave, 2), 1);
    wave_claimed(&wave, true);
    assert_true(wave_is_over(&wave));
    assert_int_equal(wave_room(&wave, 2), 0);
    wave_outcome(&wave, true, EVENT_RETURNED, CHANNEL_NOT_SENT);
    assert_false(wave_is_over(&wave));
    assert_int_equal(wave.answered, 0);
}

static void test_share(void **state)
{
    Wave wave = {.limit = 100, .stop_over = 5};

    (void)state;
    for (int i = 0; i < 95; i++)
        wave_outcome(&wave, true, EVENT_ACCEPTED, CHANNEL_ACCEPTED);
    assert_false(wave_exceeds(&wave));
    for (int i = 0; i < 4; i++)
        wave_outcome(&wave, true, EVENT_FAILED, CHANNEL_PERMANENT);
    wave_outcome(&wave, true, EVENT_DEFERRED, CHANNEL_POLICY);
    assert_int_equal(wave.refused, 5);
    assert_false(wave_exceeds(&wave)); /* five of a hundred are not more than five per cent */
    wave_outcome(&wave, false, EVENT_FAILED, CHANNEL_PERMANENT);
    assert_false(wave_exceeds(&wave));
    wave_outcome(&wave, true, EVENT_FAILED, CHANNEL_PERMANENT);
    assert_true(wave_exceeds(&wave));
    assert_true(wave_percent(&wave) > 5.9 && wave_percent(&wave) < 6);
}

/* --stop-over 0: the first refusal is too much, but there must be one. */
static void test_none_allowed(void **state)
{
    Wave wave = {.limit = 10, .stop_over = 0};

    (void)state;
    wave_outcome(&wave, true, EVENT_DEFERRED, CHANNEL_TEMPORARY);
    assert_false(wave_exceeds(&wave));
    wave_outcome(&wave, true, EVENT_FAILED, CHANNEL_PERMANENT);
    assert_true(wave_exceeds(&wave));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_wave),
        cmocka_unit_test(test_room),
        cmocka_unit_test(test_share),
        cmocka_unit_test(test_none_allowed),
    };

    return cmocka_run_group_tests_name("wave", tests, NULL, NULL);
}
