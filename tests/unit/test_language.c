/* The language is chosen from what was asked or the environment; texts, errors and findings follow it, English stays.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <glib.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/finding.h"
#include "base/language.h"
#include "base/text.h"

#define CATALOGUES BREACH_BUILD_DIR "/locale"

static void set_environment(const char *all, const char *messages, const char *lang)
{
    g_setenv("LC_ALL", all, TRUE);
    g_setenv("LC_MESSAGES", messages, TRUE);
    g_setenv("LANG", lang, TRUE);
}

static bool is_chinese(void)
{
    return strcmp(_("error: "), "错误：") == 0;
}

static int set_up(void **state)
{
    (void)state;
    set_environment("", "", "");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    language_choose("en", CATALOGUES);
    return 0;
}

static void test_asked(void **state)
{
    static const char *const chinese[] = {"zh-CN", "zh_CN.UTF-8", "zh", "zh-cn", "ZH_CN"};
    static const char *const english[] = {"en", "en-GB", "en_US.UTF-8", "C", "C.UTF-8", "POSIX"};
    static const char *const unknown[] = {"fr", "", "zhx", "english", "-", "z"};

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(chinese); i++) {
        assert_true(language_is_spoken(chinese[i]));
        assert_true(language_choose("en", CATALOGUES));
        assert_false(is_chinese());
        assert_true(language_choose(chinese[i], CATALOGUES));
        assert_true(is_chinese());
    }
    for (size_t i = 0; i < G_N_ELEMENTS(english); i++) {
        assert_true(language_choose("zh-CN", CATALOGUES));
        assert_true(language_choose(english[i], CATALOGUES));
        assert_false(is_chinese());
    }
    language_choose("zh-CN", CATALOGUES);
    for (size_t i = 0; i < G_N_ELEMENTS(unknown); i++) {
        assert_false(language_is_spoken(unknown[i]));
        assert_false(language_choose(unknown[i], CATALOGUES));
        assert_true(is_chinese()); /* as it was */
    }
}

/* POSIX: LC_ALL before LC_MESSAGES before LANG, and an empty one is none. */
static void test_environment(void **state)
{
    static const struct {
        const char *all, *messages, *lang;
        bool chinese;
    } cases[] = {
        {"", "", "", false},
        {"", "", "zh_CN.UTF-8", true},
        {"", "zh_CN.UTF-8", "en_US.UTF-8", true},
        {"zh_CN", "en_US.UTF-8", "en_US.UTF-8", true},
        {"C.UTF-8", "zh_CN.UTF-8", "zh_CN.UTF-8", false},
        {"", "en_GB.UTF-8", "zh_CN.UTF-8", false},
        {"fr_FR.UTF-8", "", "", false},
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        set_environment(cases[i].all, cases[i].messages, cases[i].lang);
        assert_true(language_choose(NULL, CATALOGUES));
        assert_int_equal(is_chinese(), cases[i].chinese);
    }
}

static void test_missing_catalogue(void **state)
{
    (void)state;
    assert_true(language_choose("zh-CN", "/nonexistent"));
    assert_string_equal(_("error: "), "error: ");
    assert_string_equal(_(""), "");
}

static void test_errors_have_both(void **state)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GError) copy = NULL;

    (void)state;
    language_choose("zh-CN", CATALOGUES);
    error_set(&error, BREACH_ERROR_INPUT, "file-unreadable", "cannot read %s: %s", "a.yaml", "no");
    assert_true(g_error_matches(error, BREACH_ERROR, BREACH_ERROR_INPUT));
    assert_string_equal(error->message, "无法读取 a.yaml：no [BR-FILE-001]");
    assert_string_equal(error_english(error), "cannot read a.yaml: no [BR-FILE-001]");
    error_prefix(&error, "gateway %s: ", "x");
    assert_string_equal(error->message, "网关 x：无法读取 a.yaml：no [BR-FILE-001]");
    assert_string_equal(error_english(error), "gateway x: cannot read a.yaml: no [BR-FILE-001]");
    copy = g_error_copy(error);
    assert_string_equal(error_english(copy), error_english(error));
    g_clear_error(&error);
    error_set(&error, BREACH_ERROR_INPUT, NULL, "not in any catalogue %d", 7);
    assert_string_equal(error->message, "not in any catalogue 7");
    assert_string_equal(error_english(error), "not in any catalogue 7");
    error_set(NULL, BREACH_ERROR_INPUT, NULL, "nobody listens");
    error_prefix(NULL, "nobody");
}

static void test_errors_of_others(void **state)
{
    g_autoptr(GError) error = g_error_new(G_FILE_ERROR, G_FILE_ERROR_IO, "their words");

    (void)state;
    language_choose("zh-CN", CATALOGUES);
    error_prefix(&error, "gateway %s: ", "x");
    assert_string_equal(error->message, "网关 x：their words");
    assert_string_equal(error_english(error), "网关 x：their words");
}

static void test_findings(void **state)
{
    g_autoptr(Findings) findings = findings_new();
    g_autoptr(GError) error = NULL;
    g_autofree char *line = NULL;
    g_autofree char *quoting = NULL;

    (void)state;
    language_choose("zh-CN", CATALOGUES);
    findings_error(findings, FINDING_SEND, "yaml-empty", position_make("p.yaml", 1, 1), "the file is empty");
    line = finding_format(findings_get(findings, 0));
    assert_string_equal(line, "p.yaml:1:1: 错误：文件是空的 [BR-YAML-005]");
    error_set(&error, BREACH_ERROR_INPUT, "file-unreadable", "cannot read %s: %s", "a", "b");
    findings_warning(findings, FINDING_SEND, "yaml-unreadable", position_make("q.yaml", 0, 0), "%s", error->message);
    quoting = finding_format(findings_get(findings, 1));
    assert_string_equal(quoting, "q.yaml: 警告：无法读取 a：b [BR-YAML-001]"); /* one code, not two */
    assert_string_equal(finding_code(findings_get(findings, 1)), "BR-YAML-001");
}

static void test_plural(void **state)
{
    (void)state;
    language_choose("en", CATALOGUES);
    assert_string_equal(language_plural("%s person:", "%s people:", 1), "%s person:");
    assert_string_equal(language_plural("%s person:", "%s people:", 0), "%s people:");
    assert_string_equal(language_plural("%s person:", "%s people:", 1000001), "%s people:");
    language_choose("zh-CN", CATALOGUES);
    assert_string_equal(language_plural("%s person:", "%s people:", 1), "%s 人：");
    assert_string_equal(language_plural("%s person:", "%s people:", 2), "%s 人：");
}

/* What stands in the ledger is looked up by the formats that it was made with. */
static void test_phrases(void **state)
{
    static const char *const formats[] = {N_("no usable %s address"), N_("no longer in the people file"),
                                          N_("first wave: %s of %s were refused (%s %%, more than %s %%)"), NULL};
    static const struct {
        const char *text, *words;
    } cases[] = {
        {"no usable email address", "没有可用的 email 地址"},
        {"no longer in the people file", "已不在人员文件里"},
        {"no usable address", "no usable address"},
        {"first wave: 7 of 20 were refused (35.0 %, more than 5 %)",
         "首批：被拒绝 7 条，共 20 条（35.0%，高于 5%）"},
        {"first wave: 7 of 20 were refused", "first wave: 7 of 20 were refused"},
        {"somebody typed this", "somebody typed this"},
        {"", ""},
    };

    (void)state;
    language_choose("zh-CN", CATALOGUES);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *words = language_phrase(cases[i].text, formats);

        assert_string_equal(words, cases[i].words);
    }
}

static void test_spans_and_columns(void **state)
{
    g_autofree char *span = NULL;
    g_autofree char *padded = NULL;
    g_autofree char *wide = NULL;

    (void)state;
    language_choose("zh-CN", CATALOGUES);
    span = clock_format_span(72 * CLOCK_MINUTE);
    assert_string_equal(span, "1 小时 12 分钟");
    assert_int_equal(text_columns("待发 a"), 6);
    padded = text_padded("待发", 6);
    assert_string_equal(padded, "待发  ");
    wide = text_padded("待发", 2);
    assert_string_equal(wide, "待发");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_asked, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_environment, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_missing_catalogue, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_errors_have_both, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_errors_of_others, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_findings, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_plural, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_phrases, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_spans_and_columns, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
