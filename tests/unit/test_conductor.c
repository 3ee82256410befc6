#include "conductor_bench.h"

#include <string.h>

#include "dispatch/retry.h"

/* Outcomes ------------------------------------------------------------------------------------------------------ */

static void test_every_outcome(void **state)
{
    Bench *bench = *state;

    bench_plan(bench, "a:3 p:1 ta:1 la:1 da:1 na:1 +a:2 xa:1");
    bench_run_to(bench, CONDUCTOR_DONE);
    bench_assert_state(bench, "a-1@x.example", MESSAGE_ACCEPTED, 1);
    bench_assert_state(bench, "p-1@x.example", MESSAGE_FAILED, 1);
    bench_assert_state(bench, "ta-1@x.example", MESSAGE_ACCEPTED, 2);
    bench_assert_state(bench, "la-1@x.example", MESSAGE_ACCEPTED, 2);
    bench_assert_state(bench, "+a-2@x.example", MESSAGE_ACCEPTED, 1);
    assert_int_equal(bench_history(bench, "da-1@x.example").state, MESSAGE_ACCEPTED);
    assert_true(bench_history(bench, "da-1@x.example").was_in_doubt);
    assert_int_equal(bench_history(bench, "da-1@x.example").relay_doubts, 1);
    assert_int_equal(bench_history(bench, "na-1@x.example").state, MESSAGE_ACCEPTED);
    assert_false(bench_history(bench, "na-1@x.example").was_in_doubt);
    assert_int_equal(bench_history(bench, "xa-1@x.example").state, MESSAGE_ACCEPTED);
    assert_int_equal(bench->result.answered, 13); /* each has one, and those refused for now two */
    assert_int_equal(fixture_counts(bench->fixture).told[TOLD_ACCEPTED], 10);
    assert_int_equal(fixture_counts(bench->fixture).told[TOLD_UNREACHABLE], 1);
}

static void test_nothing_to_do(void **state)
{
    Bench *bench = *state;

    bench_plan(bench, "a:1");
    bench_run_to(bench, CONDUCTOR_DONE);
    bench_run_to(bench, CONDUCTOR_DONE);
    assert_int_equal(bench->result.answered, 0);
    assert_int_equal(fake_relay("relay")->begun, 1);
    assert_null(bench->result.trouble);
}

static void test_slot_comes_first(void **state)
{
    Bench *bench = *state;
    FakeRelay *relay = fake_relay("relay");

    relay->folder = bench->fixture->folder;
    relay->ahead = 2;
    bench_plan(bench, "a:60 da:2");
    bench_run_to(bench, CONDUCTOR_DONE);
    assert_int_equal(relay->without_slot, 0);
    assert_int_equal(relay->begun, 64);
}

/* What the relay leaves in doubt is sent again twice, then a person decides. */
static void test_doubts_are_held(void **state)
{
    Bench *bench = *state;

    bench_plan(bench, "d:2 a:5");
    bench_run_to(bench, CONDUCTOR_DONE);
    for (int i = 1; i <= 2; i++) {
        g_autofree char *endpoint = g_strdup_printf("d-%d@x.example", i);

        assert_int_equal(bench_history(bench, endpoint).state, MESSAGE_IN_DOUBT);
        assert_int_equal(bench_history(bench, endpoint).relay_doubts, 1 + RETRY_RESENDS_MAX);
        assert_int_equal(fake_times(fake_relay("relay")->tries, endpoint), 1 + RETRY_RESENDS_MAX);
    }
    assert_int_equal(fixture_counts(bench->fixture).held, 2);
    bench_assert_messages(bench, MESSAGE_ACCEPTED, 5);
    bench_run_to(bench, CONDUCTOR_DONE);
    assert_int_equal(fake_times(fake_relay("relay")->tries, "d-1@x.example"), 1 + RETRY_RESENDS_MAX);
}

static void test_doubts_are_held_at_once(void **state)
{
    Bench *bench = *state;

    bench->relay->in_doubt = GATEWAY_DOUBT_HOLD;
    bench_plan(bench, "d:1 a:3");
    bench_run_to(bench, CONDUCTOR_DONE);
    bench_assert_state(bench, "d-1@x.example", MESSAGE_IN_DOUBT, 1);
    assert_int_equal(fixture_counts(bench->fixture).held, 1);
}

static void test_quarantine_stops_nobody(void **state)
{
    Bench *bench = *state;
    static const char *const people[] = {"p1 all=a-1@x.example", "p\"2 all=a-2@x.example", "p3 all=a-3@x.example",
                                         NULL};

    fixture_plan(bench->fixture, people);
    bench_run_to(bench, CONDUCTOR_DONE);
    bench_assert_state(bench, "a-2@x.example", MESSAGE_QUARANTINED, 1);
    bench_assert_messages(bench, MESSAGE_ACCEPTED, 2);
    assert_int_equal(fixture_counts(bench->fixture).told[TOLD_QUARANTINED], 1);
}

/* A gateway that the plan does not use is left alone. */
static void test_unused_gateway(void **state)
{
    Bench *bench = *state;

    g_free(bench->sms->name);
    bench->sms->name = g_strdup("other");
    bench_plan(bench, "a:5");
    bench_run_to(bench, CONDUCTOR_DONE);
    bench_assert_messages(bench, MESSAGE_ACCEPTED, 5);
}

/* Waiting ------------------------------------------------------------------------------------------------------- */

static void test_deferred_come_due(void **state)
{
    Bench *bench = *state;
    FakeRelay *relay = fake_relay("relay");
    int64_t gap;

    bench->relay->retry_after = 5 * CLOCK_MINUTE;
    relay->clock = &bench->clock;
    bench_plan(bench, "ta:3 a:3");
    bench_run_to(bench, CONDUCTOR_DONE);
    bench_assert_messages(bench, MESSAGE_ACCEPTED, 6);
    assert_int_equal(relay->begins->len, 9);
    gap = g_array_index(relay->begins, int64_t, 6) - g_array_index(relay->begins, int64_t, 5);
    assert_true(gap >= 4 * CLOCK_MINUTE - CLOCK_MINUTE / 2); /* 20 % jitter, and the others took their time too */
}

static void test_due_beyond_patience(void **state)
{
    Bench *bench = *state;

    bench->speed = 1;
    bench->relay->retry_after = 5 * CLOCK_MINUTE;
    bench->patience = CLOCK_MINUTE;
    bench_plan(bench, "ta:2 a:3");
    bench_run_to(bench, CONDUCTOR_WAITING);
    bench_assert_messages(bench, MESSAGE_DEFERRED, 2);
    bench_assert_messages(bench, MESSAGE_ACCEPTED, 3);
    assert_null(bench->result.trouble);
    bench->fixture->now += 6 * CLOCK_MINUTE;
    bench_run_to(bench, CONDUCTOR_DONE);
    bench_assert_messages(bench, MESSAGE_ACCEPTED, 5);
}

/* A rate makes no wait that patience is for. */
static void test_no_patience_and_a_rate(void **state)
{
    Bench *bench = *state;

    bench->speed = 10;
    bench->relay->rate = 20;
    bench->patience = 0;
    bench_plan(bench, "a:10");
    bench_run_to(bench, CONDUCTOR_DONE);
    bench_assert_messages(bench, MESSAGE_ACCEPTED, 10);
}

/* Up to any moment no more have been begun than the rate allows; and all of them are in the end. */
static void test_rate(void **state)
{
    Bench *bench = *state;
    FakeRelay *relay = fake_relay("relay");
    const double rate = 100;

    bench->speed = 4;
    bench->relay->rate = rate;
    relay->clock = &bench->clock;
    relay->ahead = 2;
    bench_plan(bench, "a:120 +a:200");
    bench_run_to(bench, CONDUCTOR_DONE);
    assert_int_equal(relay->begins->len, 120);
    for (guint i = 0; i < relay->begins->len; i++) {
        int64_t at = g_array_index(relay->begins, int64_t, i) - 5000;

        if (i + 1 > rate / 10 + rate * (double)(at + 2) / 1000)
            fail_msg("message %u was begun after %d ms", i + 1, (int)at);
    }
    assert_int_equal(fake_relay("sms")->begun, 200);
}

/* Trouble ------------------------------------------------------------------------------------------------------- */

static void test_refused_sessions_back_off(void **state)
{
    Bench *bench = *state;
    FakeRelay *relay = fake_relay("relay");

    relay->refuse = -1;
    relay->ahead = 2;
    bench->patience = 20 * CLOCK_SECOND;
    bench->speed = 10;
    bench_plan(bench, "a:300 +a:300");
    bench_run_to(bench, CONDUCTOR_WAITING);
    bench_assert_messages(bench, MESSAGE_ACCEPTED, 300);
    bench_assert_messages(bench, MESSAGE_PLANNED, 300);
    assert_int_equal(fake_relay("sms")->begun, 300);
    assert_non_null(bench->result.trouble);
    assert_non_null(strstr(bench->result.trouble, "relay rests for"));
    assert_non_null(strstr(bench->result.trouble, "too many connections"));
    assert_non_null(bench->trouble);
    assert_in_range(relay->refused, 2, 4 + 9); /* pauses of 1, 2, 4, … s: nine would take minutes of real time */
    relay->refuse = 0;
    bench_run_to(bench, CONDUCTOR_DONE);
    bench_assert_messages(bench, MESSAGE_ACCEPTED, 600);
    assert_null(bench->result.trouble);
}

static void test_relay_comes_back(void **state)
{
    Bench *bench = *state;
    FakeRelay *relay = fake_relay("relay");

    bench->speed = 10;
    relay->refuse = 4;
    bench_plan(bench, "a:100");
    bench_run_to(bench, CONDUCTOR_DONE);
    bench_assert_messages(bench, MESSAGE_ACCEPTED, 100);
    assert_int_equal(relay->refused, 4);
    assert_int_equal(relay->begun, 100);
}

/* A relay that serves half of the connections is not disturbed by the other half. */
static void test_limit_of_connections(void **state)
{
    Bench *bench = *state;
    FakeRelay *relay = fake_relay("relay");

    bench->relay->connections = 8;
    bench->speed = 1;
    relay->limit = 4;
    relay->ahead = 2;
    relay->delay = 1;
    bench_plan(bench, "a:600");
    bench_run_to(bench, CONDUCTOR_DONE);
    bench_assert_messages(bench, MESSAGE_ACCEPTED, 600);
    assert_true(relay->sessions < 100);
    assert_true(bench_number(bench, "SELECT sum(attempt) FROM message") < 650); /* nothing was taken back */
}

/* 421 at every MAIL: the run ends within its patience, with every message where it can be taken up again. */
static void test_breaks_on_every_message(void **state)
{
    Bench *bench = *state;
    FakeRelay *relay = fake_relay("relay");

    relay->ahead = 2;
    bench->patience = 60 * CLOCK_SECOND;
    bench->relay->retry_after = 5 * CLOCK_MINUTE;
    bench->speed = 200;
    bench_plan(bench, "n:6");
    bench_run_to(bench, CONDUCTOR_WAITING);
    assert_int_equal(bench->result.answered, 0);
    assert_non_null(bench->result.trouble);
    assert_true(relay->begun <= 4 + 8);
    assert_int_equal(fixture_counts(bench->fixture).told[TOLD_PENDING], 6);
    assert_int_equal(fixture_counts(bench->fixture).open, 6);
}

/* One message on which every session breaks does not keep the others from theirs. */
static void test_one_message_breaks_sessions(void **state)
{
    Bench *bench = *state;

    bench->relay->connections = 1;
    bench->relay->retry_after = CLOCK_HOUR;
    bench->relay->give_up = CLOCK_DAY;
    bench->patience = 10 * CLOCK_MINUTE;
    bench->speed = 50;
    bench_plan(bench, "n:1 a:20");
    bench_run_to(bench, CONDUCTOR_WAITING);
    bench_assert_messages(bench, MESSAGE_ACCEPTED, 20);
    bench_assert_messages(bench, MESSAGE_DEFERRED, 1);
    assert_int_equal(fake_times(fake_relay("relay")->tries, "n-1@x.example"), 1 + RETRY_BROKEN_MAX);
}

/* With one connection one doubt opens the breaker: each further message waits for its pause. */
static void test_breaker(void **state)
{
    Bench *bench = *state;
    FakeRelay *relay = fake_relay("relay");

    bench->relay->connections = 1;
    bench->speed = 10;
    bench->patience = 15 * CLOCK_SECOND;
    relay->doubts = -1;
    relay->clock = &bench->clock;
    bench_plan(bench, "a:50 +a:50");
    bench_run_to(bench, CONDUCTOR_WAITING);
    bench_assert_messages(bench, MESSAGE_ACCEPTED, 50);
    assert_in_range(relay->begun, 2, 9); /* how many fit into the patience depends on the machine; the gaps do not */
    for (guint i = 1; i < relay->begins->len; i++) {
        int64_t gap = g_array_index(relay->begins, int64_t, i) - g_array_index(relay->begins, int64_t, i - 1);

        assert_true(gap >= CLOCK_SECOND << (i - 1));
    }
    assert_non_null(strstr(bench->result.trouble, "does not say what became of them"));
}

/* As many doubts in a row as there are connections; answers in between keep it shut. */
static void test_breaker_counts_in_a_row(void **state)
{
    Bench *bench = *state;

    bench->relay->connections = 2;
    bench->speed = 50;
    bench_plan(bench, "qa:1 a:30");
    bench_run_to(bench, CONDUCTOR_DONE);
    bench_assert_messages(bench, MESSAGE_ACCEPTED, 31);
    assert_null(bench->trouble);
}

/* A message that hangs for minutes does not keep its gateway from being tried again after a pause. */
static void release_when_others_are_told(Bench *bench, const ConductorProgress *progress)
{
    if (progress->answered == 2)
        fake_release();
    else if (bench->looks == 100) {
        bench->stop = 1; /* it does not work; the test ends nonetheless */
        fake_release();
    }
}

static void test_probing_with_one_that_hangs(void **state)
{
    Bench *bench = *state;

    bench->relay->connections = 2;
    bench->watch = release_when_others_are_told;
    bench_plan(bench, "h:1 qa:2");
    bench_run_to(bench, CONDUCTOR_DONE);
    bench_assert_messages(bench, MESSAGE_ACCEPTED, 3);
    assert_non_null(strstr(bench->trouble, "does not say what became of them"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BENCH_TEST(test_every_outcome),
        BENCH_TEST(test_nothing_to_do),
        BENCH_TEST(test_slot_comes_first),
        BENCH_TEST(test_doubts_are_held),
        BENCH_TEST(test_doubts_are_held_at_once),
        BENCH_TEST(test_quarantine_stops_nobody),
        BENCH_TEST(test_unused_gateway),
        BENCH_TEST(test_deferred_come_due),
        BENCH_TEST(test_due_beyond_patience),
        BENCH_TEST(test_no_patience_and_a_rate),
        BENCH_TEST(test_rate),
        BENCH_TEST(test_refused_sessions_back_off),
        BENCH_TEST(test_relay_comes_back),
        BENCH_TEST(test_limit_of_connections),
        BENCH_TEST(test_breaks_on_every_message),
        BENCH_TEST(test_one_message_breaks_sessions),
        BENCH_TEST(test_breaker),
        BENCH_TEST(test_breaker_counts_in_a_row),
        BENCH_TEST(test_probing_with_one_that_hangs),
    };

    return cmocka_run_group_tests_name("conductor", tests, NULL, NULL);
}
