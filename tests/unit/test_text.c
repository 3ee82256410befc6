/* Small things about strings. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>
#include <jansson.h>

#include "base/text.h"

static void test_nearest(void **unused)
{
    static const char *const candidates[] = {"email", "ladder", "template", "id", "measures", "measure", NULL};
    static const struct {
        const char *word, *nearest;
    } rows[] = {
        {"email", "email"},
        {"emial", "email"},
        {"emai", "email"},
        {"emails", "email"},
        {"e-mail", "email"},
        {"xmail", "email"},
        {"emixl", NULL},
        {"laddder", "ladder"},
        {"laddre", "ladder"},
        {"leader", "ladder"},
        {"templates", "template"},
        {"tmplate", "template"},
        {"ix", "id"},
        {"di", "id"},
        {"xy", NULL},
        {"measures", "measures"},
        {"measure", "measure"},
        {"measurez", "measures"},
        {"Email", "email"},
        {"zzzzzz", NULL},
        {"temp", "template"}, /* the rest was not typed */
        {"meas", NULL},       /* of which? */
        {"tem", NULL},
    };
    static const char *const none[] = {NULL};
    g_autofree char *longest = g_strnfill(64, 'a');
    g_autofree char *longer = g_strnfill(65, 'a');
    const char *const long_ones[] = {longest, NULL};

    (void)unused;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        const char *nearest = text_nearest(rows[i].word, candidates);

        if (g_strcmp0(nearest, rows[i].nearest) != 0)
            fail_msg("%s is nearest to %s", rows[i].word, nearest ? nearest : "nothing");
    }
    assert_null(text_nearest("email", none));
    assert_ptr_equal(text_nearest(longest, long_ones), longest);
    assert_null(text_nearest(longer, long_ones));
}

static void test_controls(void **unused)
{
    (void)unused;
    for (int byte = 0; byte < 256; byte++) {
        const char text[] = {'a', (char)byte, 'b'};

        assert_int_equal(text_has_controls(text, sizeof text), byte < 0x20 || byte == 0x7f);
    }
    assert_false(text_has_controls("a\n", 1));
    assert_false(text_has_controls("", 0));
}

static void test_one_line(void **unused)
{
    static const char *const breaks[] = {"\n", "\r", "\x1b", "\x7f", "\xc2\x85", "\xc2\x9b", "\u2028", "\u2029"};

    (void)unused;
    assert_true(text_is_one_line(""));
    assert_true(text_is_one_line("Jürgen 示例\u00a0\u202e \U0001F600"));
    for (size_t i = 0; i < G_N_ELEMENTS(breaks); i++) {
        g_autofree char *text = g_strconcat("é", breaks[i], "b", NULL);

        assert_false(text_is_one_line(text));
    }
}

static void test_tame(void **unused)
{
    static const struct {
        const char *text, *tamed;
    } rows[] = {
        {"", ""},
        {"plain, 中文, \xc3\x9b, \xc2\xa0, \xe2\x80\x94", NULL},
        {"a\nb\tc\x7f", "a?b?c?"},
        {"\033[2J", "?[2J"},
        {"\xc2\x9b"
         "2J",
         "??2J"},
        {"\xc2\x80\xc2\x9f", "????"},
        {"\xe2\x80\xaa"
         "a\xe2\x80\xae"
         "b",
         "???a???b"},
        {"\xe2\x81\xa6"
         "a\xe2\x81\xa9",
         "???a???"},
        {"\xe2\x81\xa5"
         "a\xe2\x80\xaf",
         NULL},
    };

    (void)unused;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *text = g_strdup(rows[i].text);
        const char *wanted = rows[i].tamed ? rows[i].tamed : rows[i].text;

        assert_int_equal(text_is_tame(text), strcmp(wanted, text) == 0);
        text_tame(text);
        assert_string_equal(text, wanted);
        assert_true(text_is_tame(text));
    }
}

static void test_characters(void **unused)
{
    (void)unused;
    assert_int_equal(text_characters("", 0), 0);
    assert_int_equal(text_characters("abc", 3), 3);
    assert_int_equal(text_characters("张伟", 6), 2);
    assert_int_equal(text_characters("é😀x", 7), 3);
    assert_int_equal(text_characters("张伟", 3), 1);
}

static char *canonical(const char *source)
{
    json_t *value = json_loads(source, JSON_DECODE_ANY, NULL);
    char *text;

    assert_non_null(value);
    text = text_canonical_json(value);
    json_decref(value);
    return text;
}

static void test_canonical_json(void **unused)
{
    static const struct {
        const char *source, *expected;
    } rows[] = {
        {"{\"b\": 1, \"a\": [true, null, 1.5], \"张\": {\"d\": {}, \"c\": \"x\"}}",
         "{\"a\":[true,null,1.5],\"b\":1,\"张\":{\"c\":\"x\",\"d\":{}}}"},
        {"\"a\\u00e9\\n\\\"\"", "\"aé\\n\\\"\""},
        {"[]", "[]"},
        {"-7", "-7"},
    };

    (void)unused;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *text = canonical(rows[i].source);
        g_autofree char *again = canonical(text);

        assert_string_equal(text, rows[i].expected);
        assert_string_equal(again, text);
    }
}

/* What is written by hand must equal what jansson writes, for every character that may need an escape. */
static void test_append_json(void **unused)
{
    GString *output = g_string_new("before ");

    (void)unused;
    text_append_json(output, "");
    assert_string_equal(output->str, "before \"\"");
    for (int byte = 1; byte < 0x80; byte++) {
        const char text[] = {'a', (char)byte, (char)byte, 'z', '\0'};
        json_t *value = json_string(text);
        g_autofree char *expected = text_canonical_json(value);

        g_string_truncate(output, 0);
        text_append_json(output, text);
        assert_string_equal(output->str, expected);
        json_decref(value);
    }
    g_string_truncate(output, 0);
    text_append_json(output, "张\"伟\\😀");
    assert_string_equal(output->str, "\"张\\\"伟\\\\😀\"");
    g_string_free(output, TRUE);
}

static void test_grouped(void **unused)
{
    static const struct {
        int64_t number;
        const char *text;
    } rows[] = {
        {0, "0"},
        {7, "7"},
        {999, "999"},
        {1000, "1,000"},
        {12034, "12,034"},
        {2000000, "2,000,000"},
        {-1, "-1"},
        {-100, "-100"},
        {-1000, "-1,000"},
        {INT64_MAX, "9,223,372,036,854,775,807"},
        {INT64_MIN, "-9,223,372,036,854,775,808"},
    };

    (void)unused;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *text = text_grouped(rows[i].number);

        assert_string_equal(text, rows[i].text);
    }
}

static void test_is_name(void **unused)
{
    static const char *const good[] = {"a", "0", "smtp-main", "2026-11-token-leak", "a-"};
    static const char *const bad[] = {"", "-a", "A", "a_b", "a b", "a/b", "..", "a.b", "ä", "a\n"};
    g_autofree char *longest = g_strnfill(64, 'a');
    g_autofree char *longer = g_strnfill(65, 'a');

    (void)unused;
    for (size_t i = 0; i < G_N_ELEMENTS(good); i++)
        assert_true(text_is_name(good[i]));
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++)
        assert_false(text_is_name(bad[i]));
    assert_true(text_is_name(longest));
    assert_false(text_is_name(longer));
}

static void test_shell_word(void **unused)
{
    static const char *const rows[][2] = {
        {"a/b.yaml", "a/b.yaml"}, {"-a", "./-a"},         {"", "''"},     {"my file", "'my file'"},
        {"泄露/x", "泄露/x"},     {"it's", "'it'\\''s'"}, {"$x", "'$x'"}, {"a;b", "'a;b'"},
    };

    (void)unused;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *word = text_shell_word(rows[i][0]);

        assert_string_equal(word, rows[i][1]);
    }
}

static void test_tags(void **unused)
{
    static const char page[] = "<!-- body --><BODYGUARD><Body title='a>b' class=\"c\">text</body><p>";

    (void)unused;
    assert_ptr_equal(text_find_tag(page, "body"), strstr(page, "<Body "));
    assert_ptr_equal(text_behind_tag(strstr(page, "<Body ")), strstr(page, "text"));
    assert_ptr_equal(text_find_tag(page, "/body"), strstr(page, "</body>"));
    assert_null(text_find_tag(page, "h1"));
    assert_null(text_find_tag("<p", "body"));
    assert_null(text_behind_tag("<body title=\"a>b"));
    assert_null(text_behind_tag("<body"));
}

static void test_order(void **unused)
{
    const char *texts[] = {"b", "\xc3\xa4", "B", "ba", ""};

    (void)unused;
    qsort(texts, G_N_ELEMENTS(texts), sizeof *texts, text_order);
    assert_string_equal(texts[0], "");
    assert_string_equal(texts[1], "B");
    assert_string_equal(texts[2], "b");
    assert_string_equal(texts[3], "ba");
    assert_string_equal(texts[4], "\xc3\xa4"); /* bytes have no sign */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nearest),        cmocka_unit_test(test_controls),    cmocka_unit_test(test_characters),
        cmocka_unit_test(test_canonical_json), cmocka_unit_test(test_append_json), cmocka_unit_test(test_grouped),
        cmocka_unit_test(test_is_name),        cmocka_unit_test(test_shell_word),  cmocka_unit_test(test_tags),
        cmocka_unit_test(test_one_line),
        cmocka_unit_test(test_tame),           cmocka_unit_test(test_order),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
