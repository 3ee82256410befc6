/* Texts that a provider approved, against ours: the marks of providers, and where two texts begin to differ. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <glib.h>
#include <jansson.h>
#include <string.h>

#include "dispatch/approved.h"

static void assert_differs(const char *ours, const char *theirs, int place, const char *wanted)
{
    json_auto_t *values = json_pack("{s:s, s:s, s:s}", "number", "0000 1111", "1", "one", "keyword1", "word");
    g_autofree char *filled = NULL;
    int found = approved_differs(ours, theirs, values, &filled);

    if (found != place || strcmp(filled, wanted) != 0)
        fail_msg("\"%s\" and \"%s\": %d, \"%s\"", ours, theirs, found, filled);
}

static void test_marks(void **state)
{
    (void)state;
    assert_differs("Number: 0000 1111.", "Number: ${number}.", 0, "Number: 0000 1111.");
    assert_differs("Number: one.", "Number: {1}.", 0, "Number: one.");
    assert_differs("Number: word.", "Number: {{keyword1.DATA}}.", 0, "Number: word.");
    assert_differs("one and one", "{1} and {1}", 0, "one and one");
    assert_differs("编号：0000 1111", "编号：${number}", 0, "编号：0000 1111");
    assert_differs("100 $ {x y} {}", "100 $ {x y} {}", 0, "100 $ {x y} {}"); /* none of these is a mark */
    assert_differs("", "", 0, "");
}

static void test_places(void **state)
{
    (void)state;
    assert_differs("编号：1", "编号:1", 3, "编号:1"); /* a full-width colon is another character */
    assert_differs("Hello", "Hello ", 6, "Hello ");
    assert_differs("Hello ", "Hello", 6, "Hello");
    assert_differs("A 0000 1111 b", "A ${number} c", 13, "A 0000 1111 c");
    assert_differs("A x", "A ${unknown}", 3, "A ${unknown}"); /* nothing fills it */
    assert_differs("A", "B", 1, "B");
    assert_differs("it’s", "it's", 3, "it's");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_marks),
        cmocka_unit_test(test_places),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
