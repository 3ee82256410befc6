#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <glib.h>

#include "base/clock.h"
#include "dispatch/retry.h"

#define ID  "abcdefghijklmnopqrstuvwxyz"
#define NOW INT64_C(1795269000123)

static Gateway gateway = {.in_doubt = GATEWAY_DOUBT_RESEND, .retry_after = 5 * CLOCK_MINUTE, .give_up = 2 * CLOCK_DAY};

static RetryRequest request(ChannelResult result, int attempt)
{
    return (RetryRequest){
        .gateway = &gateway, .result = result, .id = ID, .attempt = attempt, .first_at = NOW - CLOCK_HOUR, .now = NOW};
}

static void test_events(void **state)
{
    static const struct {
        ChannelResult result;
        MessageEvent event;
        bool is_due;
    } rows[] = {
        {CHANNEL_ACCEPTED, EVENT_ACCEPTED, false}, {CHANNEL_TEMPORARY, EVENT_DEFERRED, true},
        {CHANNEL_PERMANENT, EVENT_FAILED, false},  {CHANNEL_POLICY, EVENT_DEFERRED, true},
        {CHANNEL_IN_DOUBT, EVENT_DOUBTED, true},   {CHANNEL_NOT_SENT, EVENT_RETURNED, true},
        {CHANNEL_UNFIT, EVENT_QUARANTINED, false},
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        RetryRequest asked = request(rows[i].result, 1);
        RetryVerdict verdict = retry_decide(&asked);

        assert_int_equal(verdict.event, rows[i].event);
        assert_int_equal(verdict.due >= NOW, rows[i].is_due);
        assert_true(rows[i].is_due || verdict.due == -1);
        assert_false(verdict.gave_up);
    }
}

static void test_back_off(void **state)
{
    (void)state;
    for (int attempt = 1; attempt <= 40; attempt++) {
        RetryRequest asked = request(CHANNEL_TEMPORARY, attempt);
        int64_t delay = retry_decide(&asked).due - NOW;
        int64_t middle = MIN(5 * CLOCK_MINUTE << MIN(attempt - 1, 20), (int64_t)RETRY_DELAY_MAX);

        if (delay < middle * 80 / 100 || delay > middle * 120 / 100)
            fail_msg("%d s after attempt %d", (int)(delay / 1000), attempt);
    }
}

/* A gateway may ask for more than our longest delay. */
static void test_long_first_delay(void **state)
{
    Gateway slow = gateway;
    RetryRequest asked = request(CHANNEL_TEMPORARY, 3);

    (void)state;
    slow.retry_after = 8 * CLOCK_HOUR;
    asked.gateway = &slow;
    assert_true(retry_decide(&asked).due - NOW >= 8 * CLOCK_HOUR * 80 / 100);
}

/* The jitter spreads messages, and is the same in every run. */
static void test_jitter(void **state)
{
    g_autoptr(GHashTable) delays = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    int64_t low = INT64_MAX;
    int64_t high = 0;

    (void)state;
    for (int i = 0; i < 500; i++) {
        g_autofree char *id = g_strdup_printf("%026d", i);
        RetryRequest asked = request(CHANNEL_TEMPORARY, 1);
        int64_t delay;

        asked.id = id;
        delay = retry_decide(&asked).due - NOW;
        assert_int_equal(delay, retry_decide(&asked).due - NOW);
        low = MIN(low, delay);
        high = MAX(high, delay);
        g_hash_table_add(delays, g_memdup2(&delay, sizeof delay));
    }
    assert_true(g_hash_table_size(delays) > 30);
    assert_true(low < 5 * CLOCK_MINUTE * 85 / 100);
    assert_true(high > 5 * CLOCK_MINUTE * 115 / 100);
}

static void test_giving_up(void **state)
{
    RetryRequest asked = request(CHANNEL_TEMPORARY, 4);
    RetryVerdict verdict;

    (void)state;
    asked.first_at = NOW - 2 * CLOCK_DAY + CLOCK_HOUR;
    assert_int_equal(retry_decide(&asked).event, EVENT_DEFERRED);
    asked.first_at = NOW - 2 * CLOCK_DAY + CLOCK_MINUTE;
    assert_int_equal(retry_decide(&asked).event, EVENT_DEFERRED);
    assert_int_equal(retry_decide(&asked).due, NOW + CLOCK_MINUTE); /* the last try, sooner than the back-off says */
    asked.first_at = NOW - 2 * CLOCK_DAY;
    verdict = retry_decide(&asked);
    assert_int_equal(verdict.event, EVENT_FAILED);
    assert_true(verdict.gave_up);
    assert_int_equal(verdict.due, -1);
    asked.result = CHANNEL_POLICY;
    assert_true(retry_decide(&asked).gave_up);
    asked.result = CHANNEL_PERMANENT;
    assert_false(retry_decide(&asked).gave_up);
    asked.result = CHANNEL_NOT_SENT;
    assert_int_equal(retry_decide(&asked).event, EVENT_RETURNED);
}

static void test_doubts(void **state)
{
    (void)state;
    for (int doubts = 0; doubts < 5; doubts++) {
        RetryRequest asked = request(CHANNEL_IN_DOUBT, doubts + 1);
        RetryVerdict verdict;

        asked.relay_doubts = doubts;
        verdict = retry_decide(&asked);
        assert_int_equal(verdict.event, EVENT_DOUBTED);
        assert_int_equal(verdict.due, doubts < RETRY_RESENDS_MAX ? NOW : -1);
    }
}

static void test_doubts_are_held(void **state)
{
    Gateway careful = gateway;
    RetryRequest asked = request(CHANNEL_IN_DOUBT, 1);

    (void)state;
    careful.in_doubt = GATEWAY_DOUBT_HOLD;
    asked.gateway = &careful;
    assert_int_equal(retry_decide(&asked).due, -1);
}

/* Only a message on which sessions break has to wait; the others are as they were. */
static void test_at_fault(void **state)
{
    (void)state;
    for (int attempt = 1; attempt <= 6; attempt++) {
        RetryRequest asked = request(CHANNEL_NOT_SENT, attempt);

        assert_int_equal(retry_decide(&asked).event, EVENT_RETURNED);
        assert_int_equal(retry_decide(&asked).due, NOW);
        asked.at_fault = true;
        assert_int_equal(retry_decide(&asked).event, attempt > RETRY_BROKEN_MAX ? EVENT_DEFERRED : EVENT_RETURNED);
    }
}

/* Too much at once is no fault of the message: it comes back soon, and never before the gateway wants it. */
static void test_load(void **state)
{
    RetryRequest asked = request(CHANNEL_TEMPORARY, 1);

    (void)state;
    asked.is_load = true;
    assert_in_range(retry_decide(&asked).due - NOW, RETRY_LOAD_FIRST * 8 / 10, RETRY_LOAD_FIRST * 12 / 10);
    asked.attempt = 4;
    assert_in_range(retry_decide(&asked).due - NOW, RETRY_LOAD_FIRST * 8 * 8 / 10, RETRY_LOAD_FIRST * 8 * 12 / 10);
    asked.retry_after = CLOCK_HOUR;
    assert_int_equal(retry_decide(&asked).due - NOW, CLOCK_HOUR);
    asked.is_load = false;
    asked.attempt = 1;
    assert_int_equal(retry_decide(&asked).due - NOW, CLOCK_HOUR);
}

static void test_query(void **state)
{
    Gateway asking = gateway;
    RetryRequest asked = request(CHANNEL_IN_DOUBT, 1);

    (void)state;
    asking.in_doubt = GATEWAY_DOUBT_QUERY;
    asking.lookup_after = 7 * CLOCK_MINUTE;
    asked.gateway = &asking;
    assert_int_equal(retry_decide(&asked).event, EVENT_DOUBTED);
    assert_int_equal(retry_decide(&asked).due, NOW + 7 * CLOCK_MINUTE);
    asked.relay_doubts = 10; /* asking sends no copies, so there is no most */
    assert_int_equal(retry_decide(&asked).due, NOW + 7 * CLOCK_MINUTE);
    asked.first_at = NOW - asking.give_up;
    assert_int_equal(retry_decide(&asked).due, -1);
    assert_int_equal(retry_recovered(&asking, NOW), NOW + 7 * CLOCK_MINUTE);
    assert_int_equal(retry_recovered(&gateway, NOW), NOW);
    asking.in_doubt = GATEWAY_DOUBT_HOLD;
    assert_int_equal(retry_recovered(&asking, NOW), -1);
}

static void test_looked_up(void **state)
{
    static const struct {
        ChannelFate fate;
        MessageEvent event;
        int64_t due;
    } rows[] = {
        {CHANNEL_FATE_ACCEPTED, EVENT_ACCEPTED, -1},   {CHANNEL_FATE_DELIVERED, EVENT_DELIVERED, -1},
        {CHANNEL_FATE_FAILED, EVENT_FAILED, -1},       {CHANNEL_FATE_BOUNCED, EVENT_BOUNCED, -1},
        {CHANNEL_FATE_NOT_FOUND, EVENT_RETURNED, NOW},
    };
    RetryRequest asked = request(CHANNEL_LOOKED_UP, 1);

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        asked.fate = rows[i].fate;
        assert_int_equal(retry_looked_up(&asked).event, rows[i].event);
        assert_int_equal(retry_looked_up(&asked).due, rows[i].due);
    }
    asked.fate = CHANNEL_FATE_UNKNOWN;
    assert_int_equal(retry_looked_up(&asked).event, EVENT_DOUBTED);
    assert_int_equal(retry_looked_up(&asked).due, NOW + CLOCK_HOUR / 2);
    asked.first_at = NOW - CLOCK_SECOND;
    assert_int_equal(retry_looked_up(&asked).due, NOW + RETRY_LOOK_MIN);
    asked.first_at = NOW - CLOCK_DAY;
    assert_int_equal(retry_looked_up(&asked).due, NOW + RETRY_LOOK_MAX);
    asked.first_at = NOW - gateway.give_up;
    assert_int_equal(retry_looked_up(&asked).due, -1);
    asked.result = CHANNEL_NOT_SENT; /* it could not be asked: nothing is known */
    asked.fate = CHANNEL_FATE_NOT_FOUND;
    asked.first_at = NOW;
    assert_int_equal(retry_looked_up(&asked).event, EVENT_DOUBTED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_events),
        cmocka_unit_test(test_back_off),
        cmocka_unit_test(test_long_first_delay),
        cmocka_unit_test(test_jitter),
        cmocka_unit_test(test_giving_up),
        cmocka_unit_test(test_doubts),
        cmocka_unit_test(test_doubts_are_held),
        cmocka_unit_test(test_at_fault),
        cmocka_unit_test(test_load),
        cmocka_unit_test(test_query),
        cmocka_unit_test(test_looked_up),
    };

    return cmocka_run_group_tests_name("retry", tests, NULL, NULL);
}
