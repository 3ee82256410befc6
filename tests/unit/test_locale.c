#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "model/locale.h"

static void test_normalize(void **state)
{
    static const struct {
        const char *text, *expected;
    } rows[] = {
        {"zh_cn", "zh-CN"},
        {"ZH-hant-hk", "zh-Hant-HK"},
        {"en", "en"},
        {"EN", "en"},
        {"yue-hk", "yue-HK"},
        {"sr-LATN", "sr-Latn"},
        {"es-419", "es-419"},
        {"zh_Hans_sg", "zh-Hans-SG"},
        {"", NULL},
        {"z", NULL},
        {"chinese", NULL},
        {"zh-", NULL},
        {"-CN", NULL},
        {"zh--CN", NULL},
        {"zh-C", NULL},
        {"zh-CHN", NULL},
        {"zh-CN-", NULL},
        {"zh-CN-Hans", NULL},
        {"zh-Hant-HK-x", NULL},
        {"zh CN", NULL},
        {"zh_CN.UTF-8", "zh-CN"},
        {"en_US.utf8", "en-US"},
        {"zh_CN.", NULL},
        {".UTF-8", NULL},
        {"zho", "zh"},
        {"CHI-Hant", "zh-Hant"},
        {"cmn-Hans-CN", "zh-Hans-CN"},
        {"eng", "en"},
        {" zh", NULL},
        {"es-41", NULL},
        {"es-4199", NULL},
        {"en-GB-oxendict", NULL},
        {"\xe4\xb8\xad\xe6\x96\x87", NULL},
        {"zh-H\xc3\xa4nt", NULL},
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *normalized = locale_normalize(rows[i].text);

        if (g_strcmp0(normalized, rows[i].expected) != 0)
            fail_msg("\"%s\" became %s", rows[i].text, normalized ? normalized : "(null)");
    }
}

static void test_chain(void **state)
{
    static const struct {
        const char *locale, *expected;
    } rows[] = {
        {"zh-HK", "zh-HK zh-Hant zh-TW zh"},
        {"zh-MO", "zh-MO zh-Hant zh-TW zh"},
        {"zh-TW", "zh-TW zh-Hant zh"},
        {"zh-Hant", "zh-Hant zh-TW zh"},
        {"zh-Hant-HK", "zh-Hant-HK zh-HK zh-Hant zh-TW zh"},
        {"zh-Hant-CN", "zh-Hant-CN zh-Hant zh-TW zh"},
        {"zh-CN", "zh-CN zh-Hans zh"},
        {"zh-SG", "zh-SG zh-Hans zh-CN zh"},
        {"zh-MY", "zh-MY zh-Hans zh-CN zh"},
        {"zh-Hans", "zh-Hans zh-CN zh"},
        {"zh-Hans-CN", "zh-Hans-CN zh-CN zh-Hans zh"},
        {"zh-Hans-HK", "zh-Hans-HK zh-Hans zh-CN zh"},
        {"zh", "zh zh-Hans zh-CN"},
        {"zh-US", "zh-US zh zh-Hans zh-CN"},
        {"zh-Latn", "zh-Latn zh"},
        {"en-GB", "en-GB en"},
        {"en", "en"},
        {"sr-Latn-RS", "sr-Latn-RS sr-Latn sr"},
        {"yue-HK", "yue-HK yue"},
        {"not a tag", "not a tag"},
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_auto(GStrv) chain = locale_chain(rows[i].locale);
        g_autofree char *joined = g_strjoinv(" ", chain);

        if (!g_str_equal(joined, rows[i].expected))
            fail_msg("%s: expected <%s>, got <%s>", rows[i].locale, rows[i].expected, joined);
    }
}

/* Whatever the region, a reader of one script is never handed the other. */
static void test_chain_keeps_script(void **state)
{
    static const char *const traditional[] = {"zh-TW", "zh-HK", "zh-MO", "zh-Hant", "zh-Hant-CN", "zh-Hant-SG"};
    static const char *const simplified[] = {"zh-CN", "zh-SG", "zh-MY", "zh-Hans", "zh-Hans-HK", "zh-Hans-TW"};

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(traditional); i++) {
        g_auto(GStrv) chain = locale_chain(traditional[i]);

        assert_false(g_strv_contains((const char *const *)chain, "zh-Hans"));
        assert_false(g_strv_contains((const char *const *)chain, "zh-CN"));
        assert_true(g_strv_contains((const char *const *)chain, "zh-TW"));
    }
    for (size_t i = 0; i < G_N_ELEMENTS(simplified); i++) {
        g_auto(GStrv) chain = locale_chain(simplified[i]);

        assert_false(g_strv_contains((const char *const *)chain, "zh-Hant"));
        assert_false(g_strv_contains((const char *const *)chain, "zh-TW"));
        assert_true(g_strv_contains((const char *const *)chain, "zh-CN"));
    }
}

static void test_pick(void **state)
{
    static const char *const shipped[] = {"en", "zh-CN", "zh-TW", NULL};
    static const char *const english[] = {"en-GB", "en", NULL};
    static const char *const none[] = {NULL};

    (void)state;
    assert_string_equal(locale_pick("zh-HK", shipped, "en"), "zh-TW");
    assert_string_equal(locale_pick("zh-SG", shipped, "en"), "zh-CN");
    assert_string_equal(locale_pick("zh", shipped, "en"), "zh-CN");
    assert_string_equal(locale_pick("en-GB", shipped, "zh-CN"), "en");
    assert_string_equal(locale_pick("en-GB", english, NULL), "en-GB");
    assert_string_equal(locale_pick("fr", shipped, "zh-Hant"), "zh-TW");
    assert_string_equal(locale_pick(NULL, shipped, "en-US"), "en");
    assert_string_equal(locale_pick("", shipped, "en"), "en");
    assert_null(locale_pick("fr", shipped, NULL));
    assert_null(locale_pick("fr", shipped, "de"));
    assert_null(locale_pick("en", none, "en"));
    assert_ptr_equal(locale_pick("zh-MO", shipped, NULL), shipped[2]);
}

static void test_text_plain(void **state)
{
    g_autoptr(LocaleText) text = locale_text_plain("same", position_make("p.yaml", 3, 7));
    g_autofree const char **locales = locale_text_locales(text);

    (void)state;
    assert_true(locale_text_is_plain(text));
    assert_string_equal(locale_text_get(text, "zh-TW"), "same");
    assert_string_equal(locale_text_get(text, ""), "same");
    assert_null(locales[0]);
    assert_int_equal(locale_text_at(text).line, 3);
    assert_int_equal(locale_text_at(text).column, 7);
    assert_false(locale_text_add(text, "en", "other", position_make("p.yaml", 4, 1)));
    assert_string_equal(locale_text_get(text, "en"), "same");
}

static void test_text_map(void **state)
{
    Position at = position_make("p.yaml", 1, 1);
    g_autoptr(LocaleText) text = locale_text_map(at);

    (void)state;
    assert_false(locale_text_is_plain(text));
    assert_null(locale_text_get(text, "en"));
    assert_true(locale_text_add(text, "zh-TW", "台", at));
    assert_true(locale_text_add(text, "en", "E", at));
    assert_true(locale_text_add(text, "zh-CN", "中", at));
    assert_false(locale_text_add(text, "en", "again", at));

    g_autofree const char **locales = locale_text_locales(text);
    g_autofree char *joined = g_strjoinv(" ", (char **)locales);
    assert_string_equal(joined, "en zh-CN zh-TW");
    assert_string_equal(locale_text_get(text, "en-GB"), "E");
    assert_string_equal(locale_text_get(text, "zh-HK"), "台");
    assert_string_equal(locale_text_get(text, "zh"), "中");
    assert_null(locale_text_get(text, "fr"));
    assert_null(locale_text_get(text, ""));
    assert_null(locale_text_get(text, NULL));
}

static void test_text_never_changes_language(void **state)
{
    Position at = position_make("p.yaml", 1, 1);
    g_autoptr(LocaleText) text = locale_text_map(at);

    (void)state;
    assert_true(locale_text_add(text, "zh-CN", "中", at));
    assert_null(locale_text_get(text, "zh-TW"));
    assert_null(locale_text_get(text, "en"));
    assert_string_equal(locale_text_get(text, "zh-SG"), "中");
    locale_text_free(NULL);
}

/* No sequence of bytes may lead out of the text, and what is accepted is stable. */
static void test_random_bytes(void **state)
{
    static const char alphabet[] = "zhENtw-_419\x80\xff .";
    uint32_t seed = 1;

    (void)state;
    for (int i = 0; i < 20000; i++) {
        char text[16] = "";
        size_t length = (size_t)i % sizeof text;

        for (size_t j = 0; j < length; j++) {
            seed = seed * 1664525u + 1013904223u;
            text[j] = alphabet[(seed >> 16) % (sizeof alphabet - 1)];
        }
        text[sizeof text - 1] = '\0';
        g_autofree char *exact = g_strdup(text); /* so that ASan sees a step behind the end */
        g_autofree char *once = locale_normalize(exact);
        g_auto(GStrv) chain = locale_chain(exact);

        assert_non_null(chain[0]);
        if (once) {
            g_autofree char *twice = locale_normalize(once);

            assert_string_equal(once, twice);
            assert_true(strlen(once) <= LOCALE_MAX);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_normalize),
        cmocka_unit_test(test_chain),
        cmocka_unit_test(test_chain_keeps_script),
        cmocka_unit_test(test_pick),
        cmocka_unit_test(test_text_plain),
        cmocka_unit_test(test_text_map),
        cmocka_unit_test(test_text_never_changes_language),
        cmocka_unit_test(test_random_bytes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
