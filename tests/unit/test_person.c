#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <glib.h>

#include "model/person.h"

static const char *const names[] = {"id", "email", "plan"};
static const PersonColumns columns = {.names = (char **)names, .count = G_N_ELEMENTS(names), .email = 1};

static void test_columns(void **state)
{
    (void)state;
    assert_int_equal(person_column(&columns, "id"), 0);
    assert_int_equal(person_column(&columns, "plan"), 2);
    assert_int_equal(person_column(&columns, "Plan"), -1);
    assert_int_equal(person_column(&columns, "pla"), -1);
    assert_int_equal(person_column(&columns, ""), -1);
}

static void test_values(void **state)
{
    const char *values[] = {"p1", "", "free"};
    const Person person = {.columns = &columns, .values = values};

    (void)state;
    assert_string_equal(person_value(&person, "plan"), "free");
    assert_string_equal(person_value(&person, "email"), "");
    assert_null(person_value(&person, "phone"));
}

static void test_known(void **state)
{
    static const char *const must[] = {"id", "name", "locale", "email", "phone", "compromised", "deceased"};
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(must); i++)
        assert_true(person_is_known_column(must[i]));
    assert_false(person_is_known_column("plan"));
    assert_false(person_is_known_column("Email"));
    assert_false(person_is_known_column(""));
    for (const char *const *known = person_known_columns(); *known; known++) {
        assert_true(person_is_known_column(*known));
        assert_true(g_hash_table_add(seen, (gpointer)*known));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_columns),
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_known),
    };

    return cmocka_run_group_tests_name("person", tests, NULL, NULL);
}
