#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <glib.h>

#include "model/escalation.h"
#include "model/send_order.h"

#define MOST INT64_C(1000000000000)

static void test_waits(void **state)
{
    Escalation escalation = {.after = g_array_new(FALSE, FALSE, sizeof(EscalationAfter))};
    const EscalationAfter after = {.channel = g_strdup("sms"), .wait = 60000};

    (void)state;
    g_array_append_val(escalation.after, after);
    assert_int_equal(escalation_wait(&escalation, "sms"), 60000);
    assert_int_equal(escalation_wait(&escalation, "email"), ESCALATION_AFTER);
    assert_int_equal(escalation_wait(&escalation, "letter"), ESCALATION_AFTER_HANDS);
    escalation_clear(&escalation);
    assert_null(escalation.after);
}

static void test_named_orders(void **state)
{
    static const struct {
        const char *name, *column;
        SendFirst first;
    } rows[] = {{"risk", "risk", SEND_HIGHEST},
                {"deadline", "deadline", SEND_LOWEST},
                {"recent-activity", "last_active", SEND_HIGHEST}};

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        SendOrder *order = send_order_named(rows[i].name);

        assert_non_null(order);
        assert_string_equal(order->column, rows[i].column);
        assert_int_equal(order->first, rows[i].first);
        send_order_free(order);
    }
    assert_null(send_order_named("alphabet"));
}

/* Each value comes before the next one. */
static void assert_ascending(SendFirst first, const char *const *values)
{
    SendOrder *order = send_order_new();
    int64_t before = -1;

    order->first = first;
    g_ptr_array_add(order->listed, g_strdup("gold"));
    g_ptr_array_add(order->listed, g_strdup("silver"));
    for (; *values; values++) {
        int64_t rank = send_order_rank(order, *values, MOST);

        if (rank <= before || rank > MOST)
            fail_msg("%s has rank %lld after %lld", *values, (long long)rank, (long long)before);
        before = rank;
    }
    assert_int_equal(send_order_rank(order, "", MOST), MOST);
    assert_int_equal(send_order_rank(order, NULL, MOST), MOST);
    send_order_free(order);
}

static void test_ranks(void **state)
{
    (void)state;
    assert_ascending(SEND_HIGHEST, (const char *const[]){"1e6", "10", "9.5", "9", "0", "-3", "what?", NULL});
    assert_ascending(SEND_LOWEST, (const char *const[]){"-1e300", "-3", "0", "9", "9.5", "1e6", "inf", NULL});
    assert_ascending(SEND_HIGHEST, (const char *const[]){"critical", "High", "medium", "low", "none", NULL});
    assert_ascending(SEND_LOWEST, (const char *const[]){"1969-12-31", "2026-11-22", "2026-11-22T09:30",
                                                        "2026-11-22 10:00:00", "2026-11-23", "2026-02-30", NULL});
    assert_ascending(SEND_LISTED, (const char *const[]){"gold", "silver", "tin", NULL});
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_waits), cmocka_unit_test(test_named_orders),
                                       cmocka_unit_test(test_ranks)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
