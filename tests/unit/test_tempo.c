#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "dispatch/tempo.h"

/* Looks every quarter of a second, with so many messages a second; the last rate. */
static double look_on(Tempo *tempo, int64_t from, int64_t to, int64_t *count, int64_t rate)
{
    double seen = 0;

    for (int64_t at = from + 250; at <= to; at += 250) {
        *count += rate / 4;
        seen = tempo_look(tempo, at, *count);
    }
    return seen;
}

static void nothing_has_no_rate(void **state)
{
    Tempo tempo;

    (void)state;
    tempo_begin(&tempo, 1000);
    assert_true(tempo_look(&tempo, 1000, 0) == 0);
    assert_true(tempo_look(&tempo, 1000, 500) == 0);
    assert_true(tempo_look(&tempo, 2000, 500) == 500);
}

/* 500 in the first quarter of a second, 100 a second from then on: not 2,000 a second. */
static void a_burst_at_the_start_is_no_pace(void **state)
{
    Tempo tempo;
    int64_t count = 500;
    double rate;

    (void)state;
    tempo_begin(&tempo, 0);
    assert_true(tempo_look(&tempo, 250, count) == 2000);
    rate = look_on(&tempo, 250, 4750, &count, 100);
    assert_true(rate > 100 && rate < 210);
    rate = look_on(&tempo, 4750, 15000, &count, 100);
    assert_true(rate == 100);
}

static void a_change_is_seen_within_ten_seconds(void **state)
{
    Tempo tempo;
    int64_t count = 0;

    (void)state;
    tempo_begin(&tempo, 0);
    assert_true(look_on(&tempo, 0, 20000, &count, 400) == 400);
    assert_true(look_on(&tempo, 20000, 22000, &count, 0) < 400);
    assert_true(look_on(&tempo, 22000, 31000, &count, 0) == 0);
    assert_true(look_on(&tempo, 31000, 42000, &count, 40) == 40);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_has_no_rate),
        cmocka_unit_test(a_burst_at_the_start_is_no_pace),
        cmocka_unit_test(a_change_is_seen_within_ten_seconds),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
