/* The language of audiences: what parses, what it means with and without values, and where mistakes are. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>

#include "base/error.h"
#include "model/condition.h"

/* `user` is "name=value name=value". The value of the last name that was asked for lives in a buffer. */
static const char *lookup(const char *name, void *user)
{
    static char value[64];
    g_auto(GStrv) pairs = g_strsplit(user, " ", -1);

    for (size_t i = 0; pairs[i]; i++) {
        size_t length = strlen(name);

        if (strncmp(pairs[i], name, length) == 0 && pairs[i][length] == '=') {
            g_strlcpy(value, pairs[i] + length + 1, sizeof value);
            return value;
        }
    }
    return NULL;
}

/* '1', '0' or '?'. */
static char evaluate(const char *text, const char *values, const char **unknown)
{
    static const char letters[] = {[CONDITION_FALSE] = '0', [CONDITION_TRUE] = '1', [CONDITION_UNKNOWN] = '?'};
    size_t offset = 0;
    g_autoptr(GError) error = NULL;
    g_autoptr(Condition) condition = condition_parse(text, &offset, &error);
    const char *missing = NULL;
    char letter;

    if (!condition)
        fail_msg("%s: %zu: %s", text, offset, error->message);
    letter = letters[condition_evaluate(condition, lookup, (char *)values, &missing)];
    if (unknown)
        *unknown = g_intern_string(missing);
    return letter;
}

typedef struct Row {
    const char *text;
    const char *values;
    char result;
} Row;

static void check_rows(const Row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char result = evaluate(rows[i].text, rows[i].values, NULL);

        if (result != rows[i].result)
            fail_msg("%s with %s is %c", rows[i].text, rows[i].values, result);
    }
}

static void test_comparisons(void **unused)
{
    static const Row rows[] = {
        {"age < 14", "age=13", '1'},
        {"age < 14", "age=14", '0'},
        {"age <= 14", "age=14", '1'},
        {"age > 14", "age=14", '0'},
        {"age > 14", "age=14.5", '1'},
        {"age >= 14", "age=14", '1'},
        {"age == 14", "age=14", '1'},
        {"age == 14", "age=014", '1'},
        {"age == 14", "age=14.0", '1'},
        {"age != 14", "age=14", '0'},
        {"age != 14", "age=15", '1'},
        {"14 > age", "age=13", '1'},
        {"14 >= age", "age=14", '1'},
        {"14 < age", "age=13", '0'},
        {"14 <= age", "age=14", '1'},
        {"14 == age", "age=14", '1'},
        {"score == -1.5", "score=-1.5", '1'},
        {"score < -1", "score=-2", '1'},
        {"score > -1", "score=0", '1'},
        {"score>-1", "score=0", '1'},
        {"score == 0", "score=-0", '1'},
        {"score == 0.1", "score=0.1", '1'},
        {"score == 0.3", "score=0.30000000000000004", '0'},
        {"score < 999999999999999", "score=999999999999998", '1'},
        {"score == 999999999999999", "score=123456789012345678901234567890", '0'},
        {"score > 1", "score=123456789012345678901234567890", '1'},
        {"region == 'CN'", "region=CN", '1'},
        {"region == \"CN\"", "region=CN", '1'},
        {"'CN' == region", "region=CN", '1'},
        {"region == 'CN'", "region=cn", '0'},
        {"region == 'CN'", "region=CNX", '0'},
        {"region == 'CN'", "region=C", '0'},
        {"region != 'CN'", "region=TW", '1'},
        {"region != 'CN'", "region=CN", '0'},
        {"region == '广东'", "region=广东", '1'},
        {"地区 == '广东'", "地区=广东", '1'},
        {"a.b-c_1 == 'x'", "a.b-c_1=x", '1'},
        {"zip == '0123'", "zip=123", '0'},
        {"name == \"O'Neil\"", "name=O'Neil", '1'},
        {"and == 'x'", "and=x", '1'}, /* a column may be called so */
        {"not != 'x'", "not=y", '1'},
        {"\t age\n<\r\n14 ", "age=13", '1'},
    };

    (void)unused;
    check_rows(rows, G_N_ELEMENTS(rows));
}

static void test_what_is_no_number_is_unknown(void **unused)
{
    static const char *const values[] = {"",    "abc",  "14y", "1e3", "1.38E+10", "+14",   ".5",
                                         "14.", "0x10", "nan", "inf", "-",        "1,000", "１４"};

    (void)unused;
    for (size_t i = 0; i < G_N_ELEMENTS(values); i++) {
        g_autofree char *pair = g_strconcat("age=", values[i], NULL);

        if (evaluate("age < 14", pair, NULL) != '?' || evaluate("age != 14", pair, NULL) != '?')
            fail_msg("\"%s\" compares", values[i]);
    }
    assert_int_equal(evaluate("age < 14", "", NULL), '?');
    assert_int_equal(evaluate("region != 'CN'", "", NULL), '?');
    assert_int_equal(evaluate("region != 'CN'", "region=", NULL), '?');
}

static void test_precedence(void **unused)
{
    static const Row rows[] = {
        {"a == 1 || b == 1 && c == 1", "a=1 b=0 c=0", '1'},
        {"(a == 1 || b == 1) && c == 1", "a=1 b=0 c=0", '0'},
        {"a == 1 && b == 1 || c == 1", "a=0 b=0 c=1", '1'},
        {"a == 1 && (b == 1 || c == 1)", "a=0 b=0 c=1", '0'},
        {"!a == 1", "a=0", '1'}, /* ! takes the comparison */
        {"!a == 1 && b == 1", "a=0 b=0", '0'},
        {"!(a == 1 && b == 1)", "a=0 b=0", '1'},
        {"!(a == 1 || b == 1)", "a=0 b=1", '0'},
        {"!!a == 1", "a=1", '1'},
        {"!!!a == 1", "a=1", '0'},
        {"!(!(a == 1))", "a=1", '1'},
        {"!!(a == 1 || b == 1)", "a=0 b=1", '1'},
        {"((a == 1))", "a=1", '1'},
        {"a == 1 && b == 1 && c == 1", "a=1 b=1 c=0", '0'},
        {"a == 1 || b == 1 || c == 1", "a=0 b=0 c=1", '1'},
    };

    (void)unused;
    check_rows(rows, G_N_ELEMENTS(rows));
}

/* Kleene's tables (Introduction to Metamathematics, section 64), all of them. */
static void test_three_values(void **unused)
{
    static const char *const value_of[] = {"=0", "=1", "="};
    static const char and_table[3][4] = {"000", "01?", "0??"};
    static const char or_table[3][4] = {"01?", "111", "?1?"};
    static const char not_table[4] = "10?";

    (void)unused;
    for (int left = 0; left < 3; left++) {
        for (int right = 0; right < 3; right++) {
            g_autofree char *values = g_strconcat("a", value_of[left], " b", value_of[right], NULL);
            char both = and_table[left][right];
            char any = or_table[left][right];

            assert_int_equal(evaluate("a == 1 && b == 1", values, NULL), both);
            assert_int_equal(evaluate("a == 1 || b == 1", values, NULL), any);
            assert_int_equal(evaluate("!(a == 1 || b == 1)", values, NULL), not_table[any == '?' ? 2 : any - '0']);
            assert_int_equal(evaluate("!(a == 1 && b == 1)", values, NULL), not_table[both == '?' ? 2 : both - '0']);
            assert_int_equal(evaluate("!a == 1 || !b == 1", values, NULL), not_table[both == '?' ? 2 : both - '0']);
        }
        g_autofree char *single = g_strconcat("a", value_of[left], NULL);

        assert_int_equal(evaluate("!a == 1", single, NULL), not_table[left]);
    }
}

static void test_unknown_name(void **unused)
{
    static const struct {
        const char *text, *values, *unknown;
    } rows[] = {
        {"age < 14", "", "age"},
        {"age < 14", "age=old", "age"},
        {"age < 14 && region == 'CN'", "age=13", "region"},
        {"age < 14 && region == 'CN'", "", "age"},
        {"(a == 1 || b == 1) && c == 1", "b=1", "c"}, /* a is missing, too, and does not matter */
        {"(a == 1 && b == 1) || c == 1", "b=0", "c"},
        {"a == 1 || !(b == 1)", "a=0", "b"},
    };
    const char *unknown = "untouched";
    size_t offset;
    g_autoptr(Condition) condition = condition_parse("age < 14 || region == 'CN'", &offset, NULL);

    (void)unused;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        const char *missing = NULL;

        assert_int_equal(evaluate(rows[i].text, rows[i].values, &missing), '?');
        assert_string_equal(missing, rows[i].unknown);
    }
    assert_int_equal(condition_evaluate(condition, lookup, (char *)"region=CN", &unknown), CONDITION_TRUE);
    assert_string_equal(unknown, "untouched");
    assert_int_equal(condition_evaluate(condition, lookup, (char *)"region=TW", NULL), CONDITION_UNKNOWN);
}

static void test_names(void **unused)
{
    size_t offset = 7;
    g_autoptr(Condition) condition =
        condition_parse("region == 'CN' && (age < 14 || !role == 'x') || age > 3", &offset, NULL);
    const char *const *names = condition_names(condition);

    (void)unused;
    assert_int_equal(offset, 7);
    assert_string_equal(names[0], "age");
    assert_string_equal(names[1], "region");
    assert_string_equal(names[2], "role");
    assert_null(names[3]);
    assert_ptr_equal(names[0], g_intern_string("age"));
}

static void test_mistakes(void **unused)
{
    static const struct {
        const char *text;
        size_t offset;
        const char *message;
    } rows[] = {
        {"", 0, "a condition is missing here"},
        {"   ", 3, "a condition is missing here"},
        {"age", 0, "a name alone is no condition: write what it is compared with, such as age == 'yes'"},
        {"age < 14 && deceased", 12, "such as deceased == 'yes'"},
        {"(deceased)", 1, "such as deceased == 'yes'"},
        {"deceased and age < 3", 0, "such as deceased == 'yes'"},
        {"true", 0, "a name alone"},
        {"14", 0, "a value alone"},
        {"'x'", 0, "a value alone"},
        {"age = 14", 4, "write == instead of ="},
        {"age === 14", 4, "write == instead of ==="},
        {"age !== 14", 4, "write != instead of !=="},
        {"age <> 14", 4, "write != instead of <>"},
        {"age => 14", 4, "write >= instead of =>"},
        {"age =< 14", 4, "write <= instead of =<"},
        {"age ≤ 14", 4, "write <= instead of ≤"},
        {"age＝14", 3, "write == instead of ＝"},
        {"（age < 14）", 0, "write ( instead of （"},
        {"region == ‘CN’", 10, "write ' instead of ‘"},
        {"region == “CN”", 10, "write \" instead of “"},
        {"age < 14 and age > 3", 9, "write && instead of and"},
        {"age < 14 AND age > 3", 9, "write && instead of AND"},
        {"(age < 14) or age > 3", 11, "write || instead of or"},
        {"not age < 14", 0, "write ! instead of not"},
        {"not (age < 14)", 0, "write ! instead of not"},
        {"age < 14 & age > 3", 9, "write && instead of &"},
        {"age < 14 | age > 3", 9, "write || instead of |"},
        {"age < 14 &&", 11, "a condition is missing here"},
        {"age < 14 && || age > 3", 12, "expected a name"},
        {"&& age < 14", 0, "expected a name"},
        {"age <", 5, "expected a name, a number or a text"},
        {"age < < 14", 6, "expected a name, a number or a text"},
        {"< 14", 0, "expected a name"},
        {"3 < age < 14", 8, "comparisons cannot be chained"},
        {"age == age2 == 3", 7, "in quotes: 'age2'"},
        {"(age < 14) == 1", 11, "what stands in parentheses is true or false"},
        {"age < 14 age > 3", 9, "expected && or ||"},
        {"age is 14", 4, "a comparison is missing here"},
        {"age 14", 4, "a comparison is missing here"},
        {"(age < 14", 0, "this ( is never closed"},
        {"age < 14)", 8, "this ) closes nothing"},
        {"(age < 14 region == 'CN')", 10, "expected &&, || or )"},
        {"()", 1, "expected a name"},
        {"region == CN", 10, "compare with a number or with a text in quotes: 'CN'"},
        {"1 == 1", 0, "one side must be the name of a column"},
        {"'a' == 'a'", 0, "one side must be the name of a column"},
        {"age < '14'", 4, "texts compare only with == and !="},
        {"region == ''", 10, "an empty text"},
        {"region == 'CN", 10, "this quote is never closed"},
        {"region == \"CN'", 10, "this quote is never closed"},
        {"region == 'C\nN'", 10, "on one line"},
        {"age < 14岁", 8, "a number is written with digits"},
        {"age < 14y", 8, "a number is written with digits"},
        {"age < 1.2.3", 9, "a number is written with digits"},
        {"age < 14.", 8, "a number is written with digits"},
        {"age < .5", 6, ". has no meaning here"},
        {"age < +5", 6, "+ has no meaning here"},
        {"age < 1e5", 7, "a number is written with digits"},
        {"age < 1234567890123456", 6, "at most 15 digits"},
        {"age ~ 14", 4, "~ has no meaning here"},
        {"age < 14; drop", 8, "; has no meaning here"},
        {"年龄 < 14 或", 8, "expected && or ||"}, /* characters, not bytes */
        {"年龄 = 14", 3, "write == instead of ="},
        {"age < 14 \x01", 9, "a control character"},
        {"age < 14 \xff", 9, "this is not UTF-8"},
    };

    (void)unused;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        size_t offset = 9999;
        g_autoptr(GError) error = NULL;
        g_autoptr(Condition) condition = condition_parse(rows[i].text, &offset, &error);

        if (condition)
            fail_msg("parses: %s", rows[i].text);
        assert_true(g_error_matches(error, BREACH_ERROR, BREACH_ERROR_INPUT));
        if (!strstr(error->message, rows[i].message) || offset != rows[i].offset)
            fail_msg("%s: %zu: %s", rows[i].text, offset, error->message);
    }
}

static char *nested(int levels)
{
    GString *text = g_string_new(NULL);

    for (int i = 0; i < levels; i++)
        g_string_append_c(text, '(');
    g_string_append(text, "a==1");
    for (int i = 0; i < levels; i++)
        g_string_append_c(text, ')');
    return g_string_free(text, FALSE);
}

static void test_limits(void **unused)
{
    g_autofree char *deepest = nested(64);
    g_autofree char *too_deep = nested(65);
    g_autofree char *denials = g_strnfill(4092, '!');
    g_autofree char *longest = g_strconcat(denials, "a==1", NULL);
    g_autofree char *too_long = g_strconcat(longest, " ", NULL);
    GString *chain = g_string_new("a==1");
    size_t offset = 0;

    (void)unused;
    while (chain->len + 8 <= 4096)
        g_string_append(chain, "&&!!a==1");
    assert_int_equal(evaluate(deepest, "a=1", NULL), '1');
    assert_null(condition_parse(too_deep, &offset, NULL));
    assert_int_equal(offset, 64);
    assert_int_equal(evaluate(longest, "a=1", NULL), '1');
    assert_null(condition_parse(too_long, &offset, NULL));
    assert_int_equal(evaluate(chain->str, "a=1", NULL), '1');
    assert_int_equal(evaluate(chain->str, "a=2", NULL), '0');
    g_string_free(chain, TRUE);
}

/* Random texts of the language's own pieces: either a condition or a mistake with a position in the text. */
static void test_random_texts(void **unused)
{
    static const char *const pieces[] = {"age", "14", "'x'", "==", "<",  "&&", "||", "!", "(",  ")",
                                         " ",   "-",  "'",   "年", "1.", "=",  "\"", "&", "not"};
    GRand *random = g_rand_new_with_seed(7);
    int parsed = 0;

    (void)unused;
    for (int round = 0; round < 50000; round++) {
        GString *text = g_string_new(g_rand_boolean(random) ? "age<14" : NULL);
        size_t offset = SIZE_MAX;
        g_autoptr(GError) error = NULL;
        g_autoptr(Condition) condition = NULL;

        for (int i = g_rand_int_range(random, 0, 8); i > 0; i--)
            g_string_append(text, pieces[g_rand_int_range(random, 0, G_N_ELEMENTS(pieces))]);
        condition = condition_parse(text->str, &offset, &error);
        assert_true((condition != NULL) == (error == NULL));
        if (condition)
            parsed++;
        else
            assert_true(offset <= (size_t)g_utf8_strlen(text->str, -1));
        g_string_free(text, TRUE);
    }
    assert_true(parsed > 100);
    g_rand_free(random);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_comparisons),  cmocka_unit_test(test_what_is_no_number_is_unknown),
        cmocka_unit_test(test_precedence),   cmocka_unit_test(test_three_values),
        cmocka_unit_test(test_unknown_name), cmocka_unit_test(test_names),
        cmocka_unit_test(test_mistakes),     cmocka_unit_test(test_limits),
        cmocka_unit_test(test_random_texts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
