/* What of a notice counts as said: words and not tags, marks and not their absence, headings as the law gives them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>

#include "model/coverage.h"

static void test_table(void **state)
{
    size_t count = 0;
    const CoverageContent *contents = coverage_contents(&count);
    CoverageSet all = 0;

    (void)state;
    assert_true(count > 20 && count <= 64);
    for (size_t i = 0; i < count; i++) {
        assert_ptr_equal(coverage_content(contents[i].id), &contents[i]);
        assert_int_equal(all & coverage_bit(contents[i].id), 0);
        all |= coverage_bit(contents[i].id);
        assert_true(contents[i].label[0] && contents[i].write[0]);
    }
    assert_null(coverage_content("causes"));
    assert_int_equal(coverage_bit("causes"), 0);
    assert_string_equal(coverage_nearest("causes"), "cause");
    assert_null(coverage_nearest("zebra"));
}

static bool has_words(const char *text, bool is_html)
{
    return coverage_has_words(text, strlen(text), is_html);
}

static void test_words(void **state)
{
    (void)state;
    assert_true(has_words("x", false));
    assert_true(has_words("• 已完成", false));
    assert_true(has_words("7", true));
    assert_true(has_words("<p class=\"a\">Yes</p>", true));
    assert_true(has_words("&lt;x&gt;", true));
    assert_false(has_words("", false));
    assert_false(has_words(" \n\t• —：。", false));
    assert_false(has_words("<ul style=\"x\">\n</ul>", true));
    assert_false(has_words("<p>&nbsp;&#160;</p>", true));
    assert_true(has_words("<p>", false)); /* plain text has no tags */
}

static CoverageRequirement *one(GPtrArray *list, const char *first, const char *second)
{
    return coverage_require(list, "house", "field", "what it is", "art 1", (const char *const[]){first, second, NULL});
}

static void test_judge(void **state)
{
    g_autoptr(GPtrArray) list = coverage_list_new();
    CoverageRequirement *asked = one(list, "cause", "harm");
    CoverageSet cause = coverage_bit("cause"), harm = coverage_bit("harm");
    CoverageText text = {.marked = cause | harm, .covered = cause | harm};
    CoverageSet lacking = 1;

    (void)state;
    assert_int_equal(coverage_judge(asked, &text, NULL, &lacking), COVERAGE_MET);
    assert_int_equal(lacking, 0);
    text.unknown = cause;
    assert_int_equal(coverage_judge(asked, &text, NULL, &lacking), COVERAGE_UNKNOWN);
    assert_int_equal(lacking, cause);
    asked->allows_unknown = true;
    assert_int_equal(coverage_judge(asked, &text, NULL, &lacking), COVERAGE_MET);
    text.covered = cause;
    assert_int_equal(coverage_judge(asked, &text, NULL, &lacking), COVERAGE_EMPTY);
    assert_int_equal(lacking, harm);
    text.marked = cause;
    assert_int_equal(coverage_judge(asked, &text, NULL, &lacking), COVERAGE_MISSING);
}

/* Asked for if it is known: nobody can say what they do not know, but what they know they must. */
static void test_if_known(void **state)
{
    g_autoptr(GPtrArray) list = coverage_list_new();
    CoverageRequirement *asked = one(list, "when", NULL);
    CoverageText text = {0};

    (void)state;
    asked->may_be_empty = true;
    assert_int_equal(coverage_judge(asked, &text, NULL, NULL), COVERAGE_MET);
    text.known = coverage_bit("when");
    assert_int_equal(coverage_judge(asked, &text, NULL, NULL), COVERAGE_MISSING);
    text.covered = text.marked = coverage_bit("when");
    assert_int_equal(coverage_judge(asked, &text, NULL, NULL), COVERAGE_MET);
}

static void test_headings(void **state)
{
    static const char *const right[] = {"Notice of Data Breach", "",  "# What Happened", "It did.",
                                        "What You Can Do",       NULL};
    static const char *const swapped[] = {"What You Can Do", "What Happened", NULL};
    static const char *const within[] = {"What Happened to us", "and What Happened", "what happened", NULL};
    g_autoptr(GPtrArray) list = coverage_list_new();
    CoverageRequirement *first = one(list, NULL, NULL), *second = one(list, NULL, NULL);
    const CoverageText text = {0};
    const char *late = NULL;

    (void)state;
    first->exact = g_strdup("What Happened");
    second->exact = g_strdup("What You Can Do");
    assert_int_equal(coverage_judge(first, &text, right, NULL), COVERAGE_MET);
    assert_int_equal(coverage_judge(first, &text, within, NULL), COVERAGE_HEADING);
    assert_int_equal(coverage_judge(second, &text, right, NULL), COVERAGE_MET);
    assert_true(coverage_headings_in_order(list, "house", right, &late));
    assert_true(coverage_headings_in_order(list, "other", swapped, &late));
    assert_true(coverage_headings_in_order(list, "house", within, &late)); /* what is missing is said elsewhere */
    assert_false(coverage_headings_in_order(list, "house", swapped, &late));
    assert_string_equal(late, "What You Can Do");
}

static void test_sentences(void **state)
{
    g_autofree char *labels = coverage_labels(coverage_bit("cause") | coverage_bit("harm"));
    g_autofree char *write = coverage_write(coverage_bit("harm") | coverage_bit("advice"));

    (void)state;
    assert_string_equal(labels, "the cause, what it may mean for the reader");
    assert_string_equal(write, "write impact; write advice");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_table),    cmocka_unit_test(test_words),    cmocka_unit_test(test_judge),
        cmocka_unit_test(test_if_known), cmocka_unit_test(test_headings), cmocka_unit_test(test_sentences),
    };

    return cmocka_run_group_tests_name("coverage", tests, NULL, NULL);
}
