#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "model/playbook.h"

static void test_empty(void **state)
{
    g_autoptr(Playbook) playbook = playbook_new();

    (void)state;
    assert_int_equal(playbook->incident.edition, 1);
    assert_int_equal(playbook->incident.status, INCIDENT_EXERCISE);
    assert_string_equal(playbook->default_locale, "en");
    assert_int_equal(playbook->audiences->len, 0);
    assert_false(playbook->affected.given);
    assert_int_equal(playbook->affected.likely, -1);
    assert_null(playbook_gateway(playbook, "email"));
}

static void add_gateway(Playbook *playbook, const char *channel, const char *name)
{
    ChannelGateway *entry = g_new0(ChannelGateway, 1);

    entry->channel = g_strdup(channel);
    entry->gateway = g_strdup(name);
    g_ptr_array_add(playbook->gateways, entry);
}

static void test_gateways(void **state)
{
    g_autoptr(Playbook) playbook = playbook_new();

    (void)state;
    add_gateway(playbook, "email", "relay");
    add_gateway(playbook, "sms", "provider");
    assert_string_equal(playbook_gateway(playbook, "email"), "relay");
    assert_string_equal(playbook_gateway(playbook, "sms"), "provider");
    assert_null(playbook_gateway(playbook, "letter"));
    assert_null(playbook_gateway(playbook, "Email"));
}

/* Everything that a playbook owns goes with it: for the address sanitizer. */
static void test_owns_its_parts(void **state)
{
    g_autoptr(Playbook) playbook = playbook_new();
    Audience *audience = audience_new();
    Fact *fact = g_new0(Fact, 1);

    (void)state;
    audience->id = g_strdup("people");
    audience->match = condition_parse("age > 3", &(size_t){0}, NULL);
    g_ptr_array_add(audience->ladder, g_strdup("email"));
    g_ptr_array_add(playbook->audiences, audience);
    fact->name = g_strdup("cause");
    fact->text = locale_text_plain("unknown", position_make("p.yaml", 1, 1));
    g_ptr_array_add(playbook->facts, fact);
    g_ptr_array_add(playbook->advice, locale_text_plain("wait", position_make("p.yaml", 2, 1)));
    g_ptr_array_add(playbook->organization.domains, g_strdup("example.com"));
    playbook->organization.name = locale_text_plain("Example", position_make("p.yaml", 3, 1));
    playbook_free(NULL);
    audience_free(NULL);
}

/* Part of every message id and of the ledger: never to be changed. */
static void test_status_names(void **state)
{
    (void)state;
    assert_string_equal(playbook_status_name(INCIDENT_ACTUAL), "actual");
    assert_string_equal(playbook_status_name(INCIDENT_EXERCISE), "exercise");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_empty),
        cmocka_unit_test(test_gateways),
        cmocka_unit_test(test_owns_its_parts),
        cmocka_unit_test(test_status_names),
    };

    return cmocka_run_group_tests_name("playbook", tests, NULL, NULL);
}
