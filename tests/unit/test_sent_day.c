#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <glib.h>

#include "base/clock.h"
#include "dispatch/sent_day.h"

#define NOON  INT64_C(1795262400000) /* 2026-11-21 12:00 UTC */
#define NIGHT (NOON + 12 * CLOCK_HOUR - 30 * CLOCK_SECOND)

typedef struct Fixture {
    GatewayHttp *http;
    Gateway gateway;
} Fixture;

static int setup(void **state)
{
    Fixture *fixture = g_new0(Fixture, 1);

    fixture->http = gateway_http_new();
    fixture->gateway = (Gateway){.http = fixture->http, .give_up = 2 * CLOCK_DAY};
    *state = fixture;
    return 0;
}

static int teardown(void **state)
{
    Fixture *fixture = *state;

    gateway_http_unref(fixture->http);
    g_free(fixture);
    return 0;
}

static SentDay asked(void **state, int64_t first_at, int attempt, int64_t now)
{
    return (SentDay){&((Fixture *)*state)->gateway, first_at, attempt, now};
}

/* That day alone is asked about, whenever. */
static void assert_one_day(const SentDay *request, const char *expected)
{
    SentDay at = *request;

    for (int i = 0; i < 100; i++, at.now += 37 * CLOCK_MINUTE) {
        g_autofree char *day = sent_day_text(&at);

        assert_string_equal(day, expected);
    }
}

/* Which of the four days from 2026-11-21 on are asked about, also in a rhythm of whole hours: "1100". */
static void assert_days(const SentDay *request, int64_t step, const char *expected)
{
    static const char *const days[] = {"20261121", "20261122", "20261123", "20261124"};
    SentDay at = *request;
    char seen[] = "0000";

    for (int i = 0; i < 200; i++, at.now += step) {
        g_autofree char *day = sent_day_text(&at);
        bool is_known = false;

        for (size_t j = 0; j < G_N_ELEMENTS(days); j++)
            if (g_str_equal(day, days[j])) {
                seen[j] = '1';
                is_known = true;
            }
        assert_true(is_known);
    }
    assert_string_equal(seen, expected);
}

static void test_first_attempt(void **state)
{
    SentDay request = asked(state, NOON, 1, NOON);

    assert_one_day(&request, "20261121");
    request = asked(state, 0, 1, NOON); /* not tried yet */
    assert_int_equal(sent_day_proves(&request), 1);
    g_free(((Fixture *)*state)->http->zone);
    ((Fixture *)*state)->http->zone = g_strdup("+13:00");
    request = asked(state, NOON, 1, NOON);
    assert_one_day(&request, "20261122");
}

/* Handed over before midnight, taken behind it. */
static void test_midnight(void **state)
{
    SentDay request = asked(state, NIGHT, 1, NIGHT + CLOCK_HOUR);

    assert_days(&request, CLOCK_HOUR, "1100");
}

static void test_later_attempts(void **state)
{
    SentDay request = asked(state, NOON, 3, NOON + 30 * CLOCK_DAY);

    assert_days(&request, CLOCK_HOUR, "1110");
    assert_days(&request, CLOCK_DAY, "1110");
    request.now = NOON + CLOCK_DAY; /* no later than now */
    assert_days(&request, CLOCK_SECOND, "1100");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_first_attempt, setup, teardown),
        cmocka_unit_test_setup_teardown(test_midnight, setup, teardown),
        cmocka_unit_test_setup_teardown(test_later_attempts, setup, teardown),
    };

    return cmocka_run_group_tests_name("sent day", tests, NULL, NULL);
}
