/* The table of codes: found by code and by id however they are typed; every row is complete and in order. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <glib.h>
#include <stdlib.h>
#include <string.h>

#include "base/diagnostic.h"

static void test_find(void **state)
{
    static const char *const same[] = {"BR-FILE-001", "br-file-001",     "FILE-001",       "file-1",
                                       "Br-File-01",  "file-unreadable", "FILE-UNREADABLE"};
    static const char *const none[] = {"",        "BR-",       "FILE", "file-",       "file-0",
                                       "file-1x", "file-0001", "-1",   "BR-FILE-999", "file-unreadabl"};
    const Diagnostic *row = diagnostic_of("file-unreadable");

    (void)state;
    assert_non_null(row);
    assert_string_equal(row->code, "BR-FILE-001");
    for (size_t i = 0; i < G_N_ELEMENTS(same); i++)
        assert_ptr_equal(diagnostic_find(same[i]), row);
    for (size_t i = 0; i < G_N_ELEMENTS(none); i++)
        if (diagnostic_find(none[i]))
            fail_msg("\"%s\" is taken for %s", none[i], diagnostic_find(none[i])->code);
    assert_null(diagnostic_of("FILE-UNREADABLE")); /* the source spells ids as they are */
    assert_null(diagnostic_of("no-such-id"));
}

static void must_be_sentences(const Diagnostic *row, const char *text)
{
    size_t length = strlen(text);

    if (length < 10 || text[length - 1] != '.')
        fail_msg("%s: \"%s\" is no sentence", row->code, text);
    if (strstr(text, "  ") || g_ascii_isspace(*text))
        fail_msg("%s: \"%s\" has too many spaces", row->code, text);
}

static void test_rows(void **state)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    const Diagnostic *row;
    size_t count = 0;

    (void)state;
    for (; (row = diagnostic_at(count)) != NULL; count++) {
        assert_true(g_hash_table_add(seen, (gpointer)row->code));
        assert_true(g_hash_table_add(seen, (gpointer)row->id));
        assert_ptr_equal(diagnostic_find(row->code), row);
        assert_ptr_equal(diagnostic_of(row->id), row);
        if (row->title[strlen(row->title) - 1] == '.' || strchr(row->title, '%'))
            fail_msg("%s: a title has no full stop and no placeholder: \"%s\"", row->code, row->title);
        must_be_sentences(row, row->meaning);
        must_be_sentences(row, row->remedy);
    }
    assert_true(count > 100);
    assert_null(diagnostic_at(count + 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_find),
        cmocka_unit_test(test_rows),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
