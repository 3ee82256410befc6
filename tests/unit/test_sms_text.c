/* Lengths of text messages: 3GPP TS 23.038 and 23.040. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <glib.h>
#include <string.h>

#include "model/sms_text.h"

static char *times(const char *text, int count, const char *behind)
{
    GString *all = g_string_new(NULL);

    for (int i = 0; i < count; i++)
        g_string_append(all, text);
    g_string_append(all, behind);
    return g_string_free(all, FALSE);
}

static void test_segments(void **state)
{
    static const struct {
        const char *text;
        int count;
        const char *behind;
        SmsEncoding encoding;
        int units, segments;
    } rows[] = {
        {"", 0, "", SMS_GSM7, 0, 0},
        {"a", 1, "", SMS_GSM7, 1, 1},
        {"a", 160, "", SMS_GSM7, 160, 1},
        {"a", 161, "", SMS_GSM7, 161, 2},
        {"a", 306, "", SMS_GSM7, 306, 2},
        {"a", 307, "", SMS_GSM7, 307, 3},
        {"€", 80, "", SMS_GSM7, 160, 1},
        {"€", 81, "", SMS_GSM7, 162, 2},
        {"€", 152, "", SMS_GSM7, 304, 2}, /* 76 pairs in each part: the 153rd septet stays empty */
        {"€", 153, "", SMS_GSM7, 306, 3},
        {"{", 80, "", SMS_GSM7, 160, 1},
        {"a", 152, "[12345678", SMS_GSM7, 162, 2}, /* the escape pair moves to the second part as a whole */
        {"a", 304, "{", SMS_GSM7, 306, 2},
        {"a", 305, "{", SMS_GSM7, 307, 3},
        {"演", 70, "", SMS_UCS2, 70, 1},
        {"演", 71, "", SMS_UCS2, 71, 2},
        {"演", 134, "", SMS_UCS2, 134, 2},
        {"演", 135, "", SMS_UCS2, 135, 3},
        {"a", 70, "演", SMS_UCS2, 71, 2}, /* one character turns all of it */
        {"😀", 35, "", SMS_UCS2, 70, 1},
        {"😀", 66, "", SMS_UCS2, 132, 2}, /* 33 pairs in each part: the 67th unit stays empty */
        {"😀", 67, "", SMS_UCS2, 134, 3},
        {"a", 66, "😀aaa", SMS_UCS2, 71, 2},
        {"`", 1, "", SMS_UCS2, 1, 1},
        {"ç", 1, "", SMS_UCS2, 1, 1}, /* only the capital one is in the alphabet */
        {"Ç", 1, "", SMS_GSM7, 1, 1},
        {"\t", 1, "", SMS_UCS2, 1, 1},
        {"\f", 1, "", SMS_GSM7, 2, 1},
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *text = times(rows[i].text, rows[i].count, rows[i].behind);
        SmsMeasure measure = sms_text_measure(text, SMS_BY_ALPHABET);

        if (measure.encoding != rows[i].encoding || measure.units != rows[i].units ||
            measure.segments != rows[i].segments)
            fail_msg("row %zu: %s, %d units, %d segments", i, sms_text_encoding_name(measure.encoding), measure.units,
                     measure.segments);
    }
}

/* All 128 positions but the escape itself: 127 characters of one septet, ASCII and others. */
static void test_alphabet(void **state)
{
    static const char alphabet[] = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
                                   "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
    SmsMeasure measure = sms_text_measure(alphabet, SMS_BY_ALPHABET);

    (void)state;
    assert_int_equal(g_utf8_strlen(alphabet, -1), 127);
    assert_int_equal(measure.encoding, SMS_GSM7);
    assert_int_equal(measure.units, 127);
    measure = sms_text_measure("^{}\\[~]|€", SMS_BY_ALPHABET);
    assert_int_equal(measure.encoding, SMS_GSM7);
    assert_int_equal(measure.units, 18);
    measure = sms_text_measure("it’s", SMS_BY_ALPHABET);
    assert_int_equal(measure.cause, 0x2019);
    assert_int_equal(measure.encoding, SMS_UCS2);
}

static void test_by_character(void **state)
{
    g_autofree char *plain = times("a", 71, "");
    g_autofree char *long_one = times("字", 160, "");

    (void)state;
    assert_int_equal(sms_text_counting("cn"), SMS_BY_CHARACTER);
    assert_int_equal(sms_text_counting("hk"), SMS_BY_ALPHABET);
    assert_int_equal(sms_text_counting(NULL), SMS_BY_ALPHABET);
    assert_int_equal(sms_text_measure(plain, SMS_BY_CHARACTER).segments, 2);
    assert_int_equal(sms_text_measure(long_one, SMS_BY_CHARACTER).segments, 3);
    assert_int_equal(sms_text_measure("😀", SMS_BY_CHARACTER).units, 1);
}

static void assert_sign(const char *text, const char *sign)
{
    g_autofree char *found = sms_text_sign(text);

    if (g_strcmp0(found, sign) != 0)
        fail_msg("\"%s\" has the sign %s", text, found ? found : "none");
}

static void test_signs(void **state)
{
    g_autofree char *added = sms_text_signed("您好", "示例云");
    g_autofree char *there = sms_text_signed("【示例云】您好", "示例云");
    g_autofree char *none = sms_text_signed("hello", NULL);

    (void)state;
    assert_sign("【示例云】您好", "示例云");
    assert_sign("您好【示例云】", NULL);
    assert_sign("【示例云", NULL);
    assert_sign("", NULL);
    assert_string_equal(added, "【示例云】您好");
    assert_string_equal(there, "【示例云】您好");
    assert_string_equal(none, "hello");
    assert_int_equal(sms_text_signs("【甲】【乙】"), 2);
    assert_int_equal(sms_text_signs("【甲"), 0);
    assert_int_equal(sms_text_signs("甲"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_segments),
        cmocka_unit_test(test_alphabet),
        cmocka_unit_test(test_by_character),
        cmocka_unit_test(test_signs),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
