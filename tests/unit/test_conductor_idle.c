/* A clock that stands still: time passes only where the conductor would wait, and as whoever looks on lets it. */
#include "conductor_bench.h"

#include "base/clock.h"

static int calls;
static int stop_after; /* calls; 0: never */
static int at_work;    /* messages under way in any of them */

static bool jump(int64_t wait, Bench *bench)
{
    const FakeRelay *relay = fake_relay("relay");

    fake_look();
    at_work += relay->at_work;
    fake_unlook();
    calls++;
    bench->fake.jumped += wait;
    return stop_after == 0 || calls < stop_after;
}

static void begin(Bench *bench, int after)
{
    calls = at_work = 0;
    stop_after = after;
    bench->idle = jump;
    bench->speed = 0;
    bench->patience = 30 * CLOCK_DAY;
    bench->relay->retry_after = CLOCK_HOUR;
}

/* Refused three times: after one, two and four hours, each a fifth more or less. */
static void test_time_jumps(void **state)
{
    Bench *bench = *state;
    int64_t before = bench->fixture->now;

    begin(bench, 0);
    bench_plan(bench, "ttta:20 a:5");
    bench_run_to(bench, CONDUCTOR_DONE);
    bench_assert_messages(bench, MESSAGE_ACCEPTED, 25);
    bench_assert_state(bench, "ttta-1@x.example", MESSAGE_ACCEPTED, 4);
    assert_in_range(bench->fixture->now - before, 7 * CLOCK_HOUR * 4 / 5, 7 * CLOCK_HOUR * 6 / 5);
    assert_in_range(calls, 3, 200);
    assert_int_equal(at_work, 0);
}

/* A rate is kept by that clock, too: sixty at ten a second. */
static void test_rate(void **state)
{
    Bench *bench = *state;
    int64_t before = bench->fixture->now;

    begin(bench, 0);
    bench->relay->rate = 10;
    bench_plan(bench, "a:60");
    bench_run_to(bench, CONDUCTOR_DONE);
    bench_assert_messages(bench, MESSAGE_ACCEPTED, 60);
    assert_in_range(bench->fixture->now - before, 5 * CLOCK_SECOND, 8 * CLOCK_SECOND);
}

/* Whoever says no stops it cleanly, and what is left goes on in the next run. */
static void test_stops(void **state)
{
    Bench *bench = *state;

    begin(bench, 2);
    bench_plan(bench, "tta:10 a:5");
    bench_run_to(bench, CONDUCTOR_STOPPED);
    assert_int_equal(calls, 2);
    bench_assert_messages(bench, MESSAGE_ACCEPTED, 5);
    assert_false(bench_has_slots(bench));
    begin(bench, 0);
    bench_run_to(bench, CONDUCTOR_DONE);
    bench_assert_messages(bench, MESSAGE_ACCEPTED, 15);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BENCH_TEST(test_time_jumps),
        BENCH_TEST(test_rate),
        BENCH_TEST(test_stops),
    };

    return cmocka_run_group_tests_name("conductor_idle", tests, NULL, NULL);
}
