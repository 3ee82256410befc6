/* What the page says beside the numbers, and what it keeps to itself: nothing that somebody typed about somebody. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>

#include "ledger/ledger.h"
#include "serve/room.h"

static void test_reasons(void **state)
{
    static const struct {
        const char *reason, *kind, *code;
    } rows[] = {
        {"no usable email or letter address", "no-address", NULL},
        {"no usable address of a guardian for Petra Privat", "no-guardian", NULL},
        {"the incident made this email address unsafe", "unsafe-address", NULL},
        {"the sms gateway is in another region, and the person has not consented", "region", NULL},
        {"age missing: it decides who gets what", "missing", NULL},
        {"deceased: next of kin are told by post, by a person", "deceased", NULL},
        {"no such mailbox (550 5.1.1)", "refused", "550 5.1.1"},
        {"refused (421)", "refused", "421"},
        {"no such mailbox (550 <petra@example.org>)", "other", NULL},
        {"email came back; sms refused", "ladder", NULL},
        {"Petra asked to wait (her wedding, petra@example.org)", "decision", NULL},
        {"she told us by phone +8613800000001", "other", NULL},
        {"", "other", NULL},
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        LedgerReason reason = {.told = TOLD_UNREACHABLE, .reason = (char *)(uintptr_t)rows[i].reason, .people = 3};
        g_autoptr(GPtrArray) reasons = g_ptr_array_new();
        json_auto_t *document = NULL;
        json_t *one;
        g_autofree char *text = NULL;

        g_ptr_array_add(reasons, &reason);
        document = room_json(NULL, reasons, NULL);
        one = json_array_get(json_object_get(document, "reasons"), 0);
        assert_string_equal(json_string_value(json_object_get(one, "kind")), rows[i].kind);
        if (rows[i].code)
            assert_string_equal(json_string_value(json_object_get(one, "code")), rows[i].code);
        else
            assert_true(json_is_null(json_object_get(one, "code")));
        assert_int_equal(json_integer_value(json_object_get(one, "notices")), 3);
        text = json_dumps(document, 0);
        assert_null(strstr(text, "etra"));
        assert_null(strstr(text, "138"));
    }
}

static void test_alike_together(void **state)
{
    LedgerReason all[] = {
        {.told = TOLD_UNREACHABLE, .reason = (char *)(uintptr_t) "x (550 5.1.1)", .people = 2},
        {.told = TOLD_UNREACHABLE, .reason = (char *)(uintptr_t) "y (550 5.1.1)", .people = 3},
        {.told = TOLD_UNREACHABLE, .reason = (char *)(uintptr_t) "y (550 5.1.2)", .people = 4},
        {.told = TOLD_WITHHELD, .reason = (char *)(uintptr_t) "what a person typed", .people = 5},
        {.told = TOLD_WITHHELD, .reason = (char *)(uintptr_t) "what another typed", .people = 6},
    };
    static const int64_t wanted[] = {5, 4, 11};
    g_autoptr(GPtrArray) reasons = g_ptr_array_new();
    json_auto_t *document = NULL;
    json_t *list;

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(all); i++)
        g_ptr_array_add(reasons, &all[i]);
    document = room_json(NULL, reasons, NULL);
    list = json_object_get(document, "reasons");
    assert_int_equal(json_array_size(list), G_N_ELEMENTS(wanted));
    for (size_t i = 0; i < G_N_ELEMENTS(wanted); i++)
        assert_int_equal(json_integer_value(json_object_get(json_array_get(list, i), "notices")), wanted[i]);
}

static void test_nothing(void **state)
{
    json_auto_t *document = room_json(NULL, NULL, NULL);

    (void)state;
    assert_string_equal(json_string_value(json_object_get(document, "schema")), "breach.room/1");
    assert_int_equal(json_array_size(json_object_get(document, "reasons")), 0);
    assert_int_equal(json_array_size(json_object_get(document, "response")), 0);
    assert_true(json_is_false(json_object_get(document, "closed")));
    assert_true(json_is_false(json_object_get(document, "law")));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {cmocka_unit_test(test_reasons), cmocka_unit_test(test_alike_together),
                                              cmocka_unit_test(test_nothing)};

    return cmocka_run_group_tests_name("room", tests, NULL, NULL);
}
