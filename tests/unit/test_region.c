/* Regions, and what cross_border allows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <glib.h>
#include <string.h>

#include "model/playbook.h"
#include "model/region.h"

static void test_normalize(void **state)
{
    static const char *const none[] = {"", " ", "c", "1cn", "中国", "eu; cn", "a-region-too-long", "c n"};
    g_autofree char *upper = region_normalize(" CN ");
    g_autofree char *part = region_normalize("us-ca");

    (void)state;
    assert_string_equal(upper, "cn");
    assert_string_equal(part, "us-ca");
    for (size_t i = 0; i < G_N_ELEMENTS(none); i++)
        if (region_normalize(none[i]))
            fail_msg("\"%s\" is taken for a region", none[i]);
}

static void test_same(void **state)
{
    (void)state;
    assert_true(region_same("cn", "cn"));
    assert_true(region_same("de", "eu"));
    assert_true(region_same("eu", "fr"));
    assert_true(region_same("de", "fr")); /* one law, and no border for data */
    assert_true(region_same("no", "eea"));
    assert_false(region_same("de", "cn"));
    assert_false(region_same("cn", "hk"));
    assert_false(region_same("gb", "eu"));
    assert_false(region_same("ch", "eu"));
    assert_true(region_same("cn-11", "cn"));
    assert_true(region_same("de-by", "fr"));
    assert_false(region_same("cn-hk", "cn"));
    assert_true(region_same("cn-hk", "hk"));
    assert_false(region_same("us-ca", "cn"));
    assert_true(region_of_pair("eu", "de"));
    assert_true(region_of_pair("eu", "de-by"));
    assert_true(region_of_pair("hk", "cn-hk"));
    assert_false(region_of_pair("cn", "cn-tw"));
    assert_true(region_of_pair("de", "de"));
    assert_true(region_of_pair("cn-hk", "hk")); /* two codes of one region */
    assert_true(region_of_pair("uk", "gb")); /* what many write in place of ISO 3166's code */
    assert_true(region_of_pair("gb", "uk"));
    assert_true(region_same("el", "de"));
    assert_true(region_of_pair("eea", "no"));
    assert_true(region_of_pair("eea", "eu"));
    assert_false(region_of_pair("us-ca", "us-ny"));
    assert_false(region_of_pair("de", "eu")); /* what holds for Germany does not hold for all of them */
}

static void allow(Playbook *playbook, const char *from, const char *to)
{
    CrossBorder *border = g_new0(CrossBorder, 1);

    border->from = g_strdup(from);
    border->to = g_strdup(to);
    g_ptr_array_add(playbook->cross_border, border);
}

static void test_border(void **state)
{
    g_autoptr(Playbook) playbook = playbook_new();

    (void)state;
    assert_null(playbook_border(playbook, "cn", "eu"));
    allow(playbook, "cn", "eu");
    allow(playbook, "eu", "us");
    assert_ptr_equal(playbook_border(playbook, "cn", "eu"), g_ptr_array_index(playbook->cross_border, 0));
    assert_ptr_equal(playbook_border(playbook, "cn", "de"), g_ptr_array_index(playbook->cross_border, 0));
    assert_ptr_equal(playbook_border(playbook, "fr", "us"), g_ptr_array_index(playbook->cross_border, 1));
    assert_null(playbook_border(playbook, "eu", "cn")); /* one direction only */
    assert_null(playbook_border(playbook, "us", "eu"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_normalize),
        cmocka_unit_test(test_same),
        cmocka_unit_test(test_border),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
