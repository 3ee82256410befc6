#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"
#include "model/gateway.h"

/* The timeouts are the minima of RFC 5321 4.5.3.2: a shorter final_dot makes doubts. */
static void test_defaults(void **state)
{
    g_autoptr(Gateway) gateway = gateway_new();

    (void)state;
    assert_int_equal(gateway->tls, GATEWAY_TLS_STARTTLS);
    assert_int_equal(gateway->in_doubt, GATEWAY_DOUBT_RESEND);
    assert_int_equal(gateway->port, 587);
    assert_int_equal(gateway->connections, 8);
    assert_int_equal(gateway->session, 200);
    assert_true(gateway->rate == 0);
    assert_int_equal(gateway->timeouts.greeting, 5 * CLOCK_MINUTE);
    assert_int_equal(gateway->timeouts.envelope, 5 * CLOCK_MINUTE);
    assert_int_equal(gateway->timeouts.data, 2 * CLOCK_MINUTE);
    assert_int_equal(gateway->timeouts.transfer, 3 * CLOCK_MINUTE);
    assert_int_equal(gateway->timeouts.final_dot, 10 * CLOCK_MINUTE);
    assert_int_equal(gateway->retry_after, 5 * CLOCK_MINUTE);
    assert_int_equal(gateway->give_up, 2 * CLOCK_DAY);
}

/* Only there may a message go without TLS. */
static void test_loopback(void **state)
{
    static const char *const here[] = {"localhost", "127.0.0.1", "127.1.2.3", "127.255.255.255"};
    static const char *const there[] = {"localhost.example.com", "127.example.com", "127.0.0.1.example.com",
                                        "128.0.0.1",
                                        "10.0.0.1", "0.0.0.0", "relay.example.com", "", "127."};

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(here); i++)
        assert_true(gateway_is_loopback(here[i]));
    for (size_t i = 0; i < G_N_ELEMENTS(there); i++)
        assert_false(gateway_is_loopback(there[i]));
}

/* Every string of a copy is its own: the sanitizers see one that is shared when both are freed. */
static void test_copy(void **state)
{
    g_autoptr(Gateway) gateway = gateway_new();
    g_autoptr(Gateway) copy = NULL;

    (void)state;
    gateway->folder = g_strdup("/etc/breach/gateways");
    gateway->name = g_strdup("main");
    gateway->kind = g_strdup("smtp");
    gateway->host = g_strdup("relay.example.com");
    gateway->ca_file = g_strdup("ca.pem");
    gateway->user = g_strdup("user");
    gateway->password = g_strdup("env:PASSWORD");
    gateway->helo = g_strdup("here.example.com");
    gateway->from = g_strdup("notice@example.com");
    gateway->from_name = g_strdup("Example");
    gateway->reply_to = g_strdup("privacy@example.com");
    gateway->bounce = g_strdup("bounce@example.com");
    gateway->region = g_strdup("cn");
    gateway->port = 2525;
    copy = gateway_copy(gateway);
    assert_string_equal(copy->host, "relay.example.com");
    assert_string_equal(copy->region, "cn");
    assert_ptr_not_equal(copy->bounce, gateway->bounce);
    assert_int_equal(copy->port, 2525);
    assert_int_equal(copy->timeouts.final_dot, gateway->timeouts.final_dot);
}

static void test_nothing_to_free(void **state)
{
    (void)state;
    gateway_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_defaults),
        cmocka_unit_test(test_loopback),
        cmocka_unit_test(test_copy),
        cmocka_unit_test(test_nothing_to_free),
    };

    return cmocka_run_group_tests_name("gateway", tests, NULL, NULL);
}
