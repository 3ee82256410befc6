/* Members of JSON objects, and what stands for those that are not there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/member.h"

static void test_text(void **state)
{
    json_auto_t *object = json_pack("{s:s, s:s, s:i, s:n}", "name", "breach", "empty", "", "count", 3, "nothing");

    (void)state;
    assert_string_equal(member_text(object, "name"), "breach");
    assert_string_equal(member_text(object, "empty"), "");
    assert_string_equal(member_text(object, "count"), "");
    assert_string_equal(member_text(object, "nothing"), "");
    assert_string_equal(member_text(object, "missing"), "");
    assert_string_equal(member_text(NULL, "name"), "");
}

/* 0 is a number; what is not known is none. */
static void test_count(void **state)
{
    json_auto_t *object = json_pack("{s:i, s:I, s:f, s:s, s:n}", "none", 0, "many", INT64_C(5000000000), "part", 0.5,
                                    "text", "7", "null");

    (void)state;
    assert_int_equal(member_count(object, "none"), 0);
    assert_true(member_count(object, "many") == INT64_C(5000000000));
    assert_int_equal(member_count(object, "part"), -1);
    assert_int_equal(member_count(object, "text"), -1);
    assert_int_equal(member_count(object, "null"), -1);
    assert_int_equal(member_count(object, "missing"), -1);
    assert_int_equal(member_count(NULL, "none"), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_text), cmocka_unit_test(test_count)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
