/* Holds, quiet hours, pauses of domains, domain rates and the first wave, through a whole run. */
#include "conductor_bench.h"

#include <string.h>

#include "ledger/hold.h"
#include "ledger/inbox.h"

static void ask(Bench *bench, HoldScope scope, const char *name, bool lift)
{
    const Hold wish = {
        .scope = scope, .name = (char *)name, .reason = (char *)"a mistake", .by = (char *)"me@here", .at = 1};
    g_autoptr(Ledger) other = ledger_open(bench->fixture->backend, bench->fixture->folder, NULL);

    assert_true(inbox_append_hold(other, &wish, lift, NULL));
}

static int begun_when_held;

/* From another handle, as a second process does it. */
static void hold_soon(Bench *bench, const ConductorProgress *progress)
{
    if (progress->answered >= 20 && begun_when_held < 0) {
        ask(bench, HOLD_EVERYTHING, "", false);
        begun_when_held = 0;
    } else if (begun_when_held == 0 && progress->trouble &&
               strstr(progress->trouble, "everything is held by me@here")) {
        begun_when_held = (int)progress->answered + progress->in_flight;
    }
}

static void test_hold_while_running(void **state)
{
    Bench *bench = *state;
    FakeRelay *relay = fake_relay("relay");

    begun_when_held = -1;
    relay->delay = 10;
    relay->ahead = 1;
    bench->speed = 1;
    bench->patience = 2 * CLOCK_SECOND;
    bench->watch = hold_soon;
    bench_plan(bench, "a:3000");
    bench_run_to(bench, CONDUCTOR_WAITING);
    assert_true(begun_when_held > 0);
    assert_true(relay->begun <= begun_when_held);
    assert_true(relay->begun < 3000);
    assert_true(bench->result.is_held);
    assert_non_null(strstr(bench->result.trouble, "a mistake"));
    bench_assert_messages(bench, MESSAGE_PLANNED, 3000 - relay->begun);
    ask(bench, HOLD_EVERYTHING, "", true);
    relay->delay = 0;
    bench->speed = BENCH_FAST;
    bench->watch = NULL;
    bench_run_to(bench, CONDUCTOR_DONE);
    bench_assert_messages(bench, MESSAGE_ACCEPTED, 3000);
    assert_int_equal(relay->begun, 3000);
}

static void lift_later(Bench *bench, const ConductorProgress *progress)
{
    if (bench->looks == 4)
        ask(bench, HOLD_GATEWAY, "relay", true);
    else if (bench->looks < 4)
        assert_int_equal(fake_relay("relay")->begun, 0);
    (void)progress;
}

/* A gateway that is held does not keep the other from its work, and goes on when it is lifted. */
static void test_lift_while_waiting(void **state)
{
    Bench *bench = *state;

    bench_plan(bench, "a:50 +a:50");
    ask(bench, HOLD_GATEWAY, "relay", false);
    bench->watch = lift_later;
    bench->speed = 10;
    bench_run_to(bench, CONDUCTOR_DONE);
    bench_assert_messages(bench, MESSAGE_ACCEPTED, 100);
}

static void test_hold_on_a_part(void **state)
{
    Bench *bench = *state;

    bench->patience = CLOCK_SECOND;
    bench_plan(bench, "a:300");
    ask(bench, HOLD_PERSON, "a-7", false);
    bench_run_to(bench, CONDUCTOR_WAITING);
    bench_assert_messages(bench, MESSAGE_ACCEPTED, 299);
    bench_assert_state(bench, "a-7@x.example", MESSAGE_PLANNED, 0);
    assert_true(bench->result.is_held);
    ask(bench, HOLD_PERSON, "a-7", true);
    ask(bench, HOLD_AUDIENCE, "all", false);
    bench_run_to(bench, CONDUCTOR_WAITING);
    bench_assert_state(bench, "a-7@x.example", MESSAGE_PLANNED, 0);
    ask(bench, HOLD_AUDIENCE, "all", true);
    ask(bench, HOLD_DOMAIN, "x.example", false);
    bench_run_to(bench, CONDUCTOR_WAITING);
    bench_assert_state(bench, "a-7@x.example", MESSAGE_PLANNED, 0);
    ask(bench, HOLD_DOMAIN, "x.example", true);
    bench_run_to(bench, CONDUCTOR_DONE);
    bench_assert_state(bench, "a-7@x.example", MESSAGE_ACCEPTED, 1);
}

/* More to be moved than one turn does. */
static void test_many_are_moved(void **state)
{
    Bench *bench = *state;

    bench->patience = CLOCK_SECOND;
    bench_plan(bench, "a:5000 +a:10");
    ask(bench, HOLD_DOMAIN, "x.example", false);
    bench_run_to(bench, CONDUCTOR_WAITING);
    assert_int_equal(fake_relay("relay")->begun, 0);
    assert_int_equal(bench_number(bench, "SELECT count(*) FROM message WHERE queue <> 0"), 5010);
    ask(bench, HOLD_DOMAIN, "x.example", true);
    bench_run_to(bench, CONDUCTOR_DONE);
    bench_assert_messages(bench, MESSAGE_ACCEPTED, 5010);
}

static void test_domain_rate(void **state)
{
    Bench *bench = *state;
    FakeRelay *relay = fake_relay("relay");

    gateway_add_domain_rate(bench->relay, "x.example", 100);
    bench->speed = 4;
    relay->clock = &bench->clock;
    bench_plan(bench, "a:120");
    bench_run_to(bench, CONDUCTOR_DONE);
    bench_assert_messages(bench, MESSAGE_ACCEPTED, 120);
    for (guint i = 0; i < relay->begins->len; i++) {
        int64_t at = g_array_index(relay->begins, int64_t, i) - 5000;

        if (i + 1 > 10 + 100 * (double)(at + 2) / 1000)
            fail_msg("message %u was begun after %d ms", i + 1, (int)at);
    }
}

/* The domain is left alone for a quarter of an hour; then all of it is sent, and nobody is given up. */
static void test_policy_pauses_the_domain(void **state)
{
    Bench *bench = *state;
    const GArray *begins;

    bench->relay->connections = 1;
    bench->relay->policy_pause = 15 * CLOCK_MINUTE;
    fake_relay("relay")->clock = &bench->clock;
    bench_plan(bench, "la:1 a:400");
    bench_run_to(bench, CONDUCTOR_DONE);
    bench_assert_messages(bench, MESSAGE_ACCEPTED, 401);
    bench_assert_state(bench, "la-1@x.example", MESSAGE_ACCEPTED, 2);
    assert_non_null(bench->trouble); /* it says what it waits for */
    assert_non_null(strstr(bench->trouble, "domain x.example is paused for "));
    begins = fake_relay("relay")->begins;
    assert_true(g_array_index(begins, int64_t, begins->len - 1) - g_array_index(begins, int64_t, 0) >=
                15 * CLOCK_MINUTE);
    assert_int_equal(bench_number(bench, "SELECT count(*) FROM pause"), 0);
}

static void test_pause_is_kept(void **state)
{
    Bench *bench = *state;

    bench->patience = CLOCK_SECOND;
    bench->speed = 1;
    bench->relay->connections = 1;
    bench->relay->policy_pause = 15 * CLOCK_MINUTE;
    bench_plan(bench, "l:1 a:400");
    bench_run_to(bench, CONDUCTOR_WAITING);
    assert_int_equal(bench_number(bench, "SELECT count(*) FROM pause WHERE scope = 'domain' AND name = 'x.example'"),
                     1);
    assert_true(fake_relay("relay")->begun < 400);
    bench_run_to(bench, CONDUCTOR_WAITING);
    assert_int_equal(bench_number(bench, "SELECT count(*) FROM pause WHERE scope = 'domain'"), 1);
    assert_false(bench->result.is_held);
}

/* A relay that refuses whomever it is given is the one in trouble: it rests, and no domain is blamed. */
static void test_gateway_refuses_all(void **state)
{
    Bench *bench = *state;

    bench->patience = CLOCK_SECOND;
    bench->speed = 1;
    bench->relay->connections = 1;
    bench->relay->policy_pause = 15 * CLOCK_MINUTE;
    bench_plan(bench, "l@:210"); /* more than are claimed at a time, however late the answers are looked at */
    bench_run_to(bench, CONDUCTOR_WAITING);
    assert_non_null(bench->result.trouble);
    assert_non_null(strstr(bench->result.trouble, "refuses one domain after another"));
    assert_int_equal(bench_number(bench, "SELECT count(*) FROM pause WHERE scope = 'domain'"), 0);
    assert_true(fake_relay("relay")->begun < 210);
}

static void test_gateway_that_refused_all(void **state)
{
    Bench *bench = *state;

    bench->relay->policy_pause = 15 * CLOCK_MINUTE;
    bench->speed = BENCH_FAST * 5;
    bench_plan(bench, "la@:12");
    bench_run_to(bench, CONDUCTOR_DONE);
    bench_assert_messages(bench, MESSAGE_ACCEPTED, 12);
    assert_int_equal(bench_number(bench, "SELECT count(*) FROM pause"), 0);
}

/* Some domains refuse us and others do not: these domains are paused, and the relay works on. */
static void test_some_domains_refuse(void **state)
{
    Bench *bench = *state;

    bench->patience = CLOCK_SECOND;
    bench->speed = 1;
    bench->relay->connections = 1;
    bench->relay->policy_pause = 15 * CLOCK_MINUTE;
    bench_plan(bench, "l@:4 a:50");
    bench_run_to(bench, CONDUCTOR_WAITING);
    bench_assert_messages(bench, MESSAGE_ACCEPTED, 50);
    assert_int_equal(bench_number(bench, "SELECT count(*) FROM pause WHERE scope = 'domain'"), 4);
    assert_int_equal(bench_number(bench, "SELECT count(*) FROM pause"), 4);
}

static void test_quiet_hours(void **state)
{
    Bench *bench = *state;
    g_autoptr(QuietHours) quiet = g_new0(QuietHours, 1);
    int minutes = (int)(bench->fixture->now / CLOCK_MINUTE % (24 * 60));

    quiet->zone = quiet_hours_zone("Z");
    quiet->from = (minutes + 24 * 60 - 10) % (24 * 60);
    quiet->to = (minutes + 10) % (24 * 60);
    bench->quiet_hours = quiet;
    bench->patience = CLOCK_MINUTE;
    bench->speed = 1;
    bench_plan(bench, "a:20");
    bench_run_to(bench, CONDUCTOR_WAITING);
    assert_int_equal(fake_relay("relay")->begun, 0);
    assert_non_null(strstr(bench->result.trouble, "quiet hours until"));
    bench->patience = CLOCK_HOUR;
    bench->speed = BENCH_FAST * 5;
    bench_run_to(bench, CONDUCTOR_DONE);
    bench_assert_messages(bench, MESSAGE_ACCEPTED, 20);
}

static void test_first_wave(void **state)
{
    Bench *bench = *state;

    bench->limit = 100;
    bench_plan(bench, "p:7 a:493");
    bench_run_to(bench, CONDUCTOR_WAVE);
    assert_int_equal(bench->result.wave.answered, 100);
    assert_int_equal(bench->result.wave.refused, 7);
    assert_true(wave_exceeds(&bench->result.wave));
    assert_int_equal(fake_relay("relay")->begun, 100);
    /* the hold is there by now, for whoever is killed next does not set it any more */
    assert_int_equal(bench_number(bench, "SELECT count(*) FROM hold WHERE scope = 'everything' AND who = 'breach'"), 1);
    ask(bench, HOLD_EVERYTHING, "", true);
    bench_run_to(bench, CONDUCTOR_WAVE);
    assert_int_equal(bench_number(bench, "SELECT count(*) FROM hold"), 0);
    assert_false(wave_exceeds(&bench->result.wave));
    assert_int_equal(fake_relay("relay")->begun, 200);
    bench->limit = 1000;
    bench_run_to(bench, CONDUCTOR_DONE);
    bench_assert_messages(bench, MESSAGE_ACCEPTED, 493);
}

/* A relay that says that it has too much is given less, and all of it in the end. */
static void test_throttle(void **state)
{
    Bench *bench = *state;

    bench->speed = 50;
    bench_plan(bench, "na:4 a:300");
    bench_run_to(bench, CONDUCTOR_DONE);
    bench_assert_messages(bench, MESSAGE_ACCEPTED, 304);
    assert_int_equal(bench_number(bench, "SELECT count(*) FROM pause WHERE scope = 'gateway'"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BENCH_TEST(test_hold_while_running),  BENCH_TEST(test_lift_while_waiting),
        BENCH_TEST(test_hold_on_a_part),      BENCH_TEST(test_many_are_moved),
        BENCH_TEST(test_domain_rate),         BENCH_TEST(test_policy_pauses_the_domain),
        BENCH_TEST(test_pause_is_kept),       BENCH_TEST(test_quiet_hours),
        BENCH_TEST(test_first_wave),          BENCH_TEST(test_throttle),
        BENCH_TEST(test_gateway_refuses_all), BENCH_TEST(test_gateway_that_refused_all),
        BENCH_TEST(test_some_domains_refuse),
    };

    return cmocka_run_group_tests_name("conductor, braked", tests, NULL, NULL);
}
