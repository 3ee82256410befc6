/* The text of a letter, taken apart; words and dates in its language. */
#include "channel/letter_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void assert_block(const GPtrArray *blocks, guint at, LetterBlockKind kind, const char *marker, const char *text)
{
    const LetterBlock *block;

    assert_in_range(at, 0, blocks->len - 1);
    block = g_ptr_array_index(blocks, at);
    assert_int_equal(block->kind, kind);
    assert_string_equal(block->text, text);
    if (marker)
        assert_string_equal(block->marker, marker);
    else
        assert_null(block->marker);
}

static void test_blocks(void **state)
{
    g_autoptr(GPtrArray) blocks =
        letter_text_parse("\n\nDear Ann,\n\n# What happened\nSomebody copied data.\nAll of it.\n\n"
                          "1. Change it.\n2. Look\n   again.\n12. Ask.\n\n- one\n• two\n123. no\n");

    (void)state;
    assert_int_equal(blocks->len, 8);
    assert_block(blocks, 0, LETTER_PARAGRAPH, NULL, "Dear Ann,");
    assert_block(blocks, 1, LETTER_HEADING, NULL, "What happened");
    assert_block(blocks, 2, LETTER_PARAGRAPH, NULL, "Somebody copied data.\nAll of it.");
    assert_block(blocks, 3, LETTER_ITEM, "1.", "Change it.");
    assert_block(blocks, 4, LETTER_ITEM, "2.", "Look\n   again.");
    assert_block(blocks, 5, LETTER_ITEM, "12.", "Ask.");
    assert_block(blocks, 6, LETTER_ITEM, "•", "one");
    assert_block(blocks, 7, LETTER_ITEM, "•", "two\n123. no");
}

static void test_seal(void **state)
{
    g_autoptr(GPtrArray) blocks = letter_text_parse("贵公司：\n\n特此函告。\n\n示例云\n\n（盖章）\n2026年11月21日\n");

    (void)state;
    assert_int_equal(blocks->len, 3);
    assert_block(blocks, 1, LETTER_PARAGRAPH, NULL, "特此函告。");
    assert_block(blocks, 2, LETTER_SEAL, NULL, "示例云\n（盖章）\n2026年11月21日");
}

static void test_named_seal(void **state)
{
    g_autoptr(GPtrArray) blocks = letter_text_parse("贵公司：\n\n特此函告。\n\n示例云（盖章）\n");

    (void)state;
    assert_int_equal(blocks->len, 3);
    assert_block(blocks, 1, LETTER_PARAGRAPH, NULL, "特此函告。");
    assert_block(blocks, 2, LETTER_SEAL, NULL, "示例云（盖章）");
}

static void test_empty(void **state)
{
    g_autoptr(GPtrArray) blocks = letter_text_parse("");

    (void)state;
    assert_int_equal(blocks->len, 0);
}

static void test_words(void **state)
{
    static const struct {
        const char *locale, *language, *number;
    } cases[] = {
        {"en-GB", "en", "Notice number"}, {"de-AT", "de", "Mitteilungsnummer"}, {"zh-CN", "zh-hans", "通知编号"},
        {"zh-SG", "zh-hans", "通知编号"}, {"zh-TW", "zh-hant", "通知編號"},     {"zh-HK", "zh-hk", "通知編號"},
        {"zh-MO", "zh-hant", "通知編號"}, {"zh", "zh-hans", "通知编号"},        {"fr", NULL, "No."},
        {NULL, "en", "Notice number"},
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        const LetterWords *words = letter_words(cases[i].locale);

        assert_string_equal(words->number, cases[i].number);
        if (cases[i].language)
            assert_string_equal(words->language, cases[i].language);
        else
            assert_null(words->language);
    }
}

static void test_dates(void **state)
{
    static const struct {
        const char *now, *locale, *wanted;
    } cases[] = {
        {"2026-11-21T22:10:00Z", "en", "21 November 2026"},
        {"2026-03-01T22:10:00Z", "de", "1. März 2026"},
        {"2026-11-21T22:10:00+08:00", "zh-CN", "2026年11月21日"},
        {"2026-11-21T22:10:00+08:00", "zh-TW", "2026年11月21日"},
        {"2026-11-21T22:10:00Z", "fr", "2026-11-21"},
        {"soon", "en", ""},
        {NULL, "en", ""},
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *date = letter_date(cases[i].now, cases[i].locale);

        assert_string_equal(date, cases[i].wanted);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_blocks), cmocka_unit_test(test_seal),  cmocka_unit_test(test_named_seal),
        cmocka_unit_test(test_empty),  cmocka_unit_test(test_words), cmocka_unit_test(test_dates),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
