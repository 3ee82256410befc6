#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "dispatch/duplicate.h"

static void test_nothing(void **state)
{
    g_autoptr(Duplicates) duplicates = duplicate_new();

    (void)state;
    assert_false(duplicate_sift(duplicates));
    assert_false(duplicate_suspects(duplicates, ""));
    assert_false(duplicate_suspects(duplicates, "a"));
}

static void test_all_different(void **state)
{
    g_autoptr(Duplicates) duplicates = duplicate_new();

    (void)state;
    for (int i = 0; i < 100000; i++) {
        g_autofree char *id = g_strdup_printf("U%d", i);

        duplicate_note(duplicates, id);
    }
    assert_false(duplicate_sift(duplicates));
}

static void test_finds_all_and_only_them(void **state)
{
    static const char *const ids[] = {"b", "a", "c", "a", "d", "", "c", "a", "", "A"};
    static const struct {
        const char *id;
        bool is_suspect;
    } cases[] = {{"a", true}, {"c", true}, {"", true}, {"b", false}, {"d", false}, {"A", false}, {"e", false}};
    g_autoptr(Duplicates) duplicates = duplicate_new();

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(ids); i++)
        duplicate_note(duplicates, ids[i]);
    assert_true(duplicate_sift(duplicates));
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
        assert_int_equal(duplicate_suspects(duplicates, cases[i].id), cases[i].is_suspect);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nothing),
        cmocka_unit_test(test_all_different),
        cmocka_unit_test(test_finds_all_and_only_them),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
