#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <glib.h>
#include <string.h>

#include "base/error.h"
#include "model/phone.h"

typedef struct Good {
    const char *country, *text, *phone;
} Good;

typedef struct Bad {
    const char *country, *text, *words;
} Bad;

static void test_read(void **state)
{
    static const Good cases[] = {
        {NULL, "+8613800138000", "+8613800138000"},
        {NULL, "+86 138 0013 8000", "+8613800138000"},
        {"US", "+86 10 0000 0145", "+861000000145"}, /* a plus sign wins over the country */
        {NULL, "+1 (202) 555-0161", "+12025550161"},
        {NULL, "+39 06 698 12345", "+390669812345"}, /* Italy keeps its 0 */
        {NULL, "+852 0000 0008", "+85200000008"},    /* no trunk prefix there to be left out */
        {"CN", "13800138000", "+8613800138000"},
        {"CN", "(010) 8888-0002", "+861088880002"},
        {"CN", "0755-28880046", "+8675528880046"},
        {"CN", "013800138000", "+8613800138000"},
        {"TW", "0912 345 678", "+886912345678"},
        {"TW", "02-2345-6789", "+886223456789"},
        {"TW", "912345678", "+886912345678"}, /* a spreadsheet took the 0 */
        {"HK", "2345 6789", "+85223456789"},
        {"MO", "6612 3456", "+85366123456"},
        {"JP", "03-1234-5678", "+81312345678"},
        {"JP", "090-1234-5678", "+819012345678"},
        {"KR", "02-123-4567", "+8221234567"},
        {"KR", "010-1234-5678", "+821012345678"},
        {"SG", "8123 4567", "+6581234567"},
        {"US", "(202) 555-0161", "+12025550161"},
        {"US", "1-202-555-0161", "+12025550161"},
        {"CA", "613-555-0161", "+16135550161"},
        {"GB", "07911 123456", "+447911123456"},
        {"GB", "020 7946 0048", "+442079460048"},
        {"DE", "030 123456", "+4930123456"},
        {"FR", "01 23 45 67 89", "+33123456789"},
        {"AU", "0412 345 678", "+61412345678"},
        {"IN", "098765 43210", "+919876543210"},
        {"IN", "98765 43210", "+919876543210"},
        {"NL", "612345678", "+31612345678"},
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *phone = phone_normalize(cases[i].text, cases[i].country, &error);

        if (!phone)
            fail_msg("%s: %s", cases[i].text, error->message);
        assert_string_equal(phone, cases[i].phone);
    }
}

static void test_refused(void **state)
{
    static const Bad cases[] = {
        {NULL, "13800", "phone \"13800\" is not E.164 (expected +<country><number>)"},
        {NULL, "13800138000", "is not E.164 (expected +<country><number>, or default_country under people"},
        {NULL, "", "is empty"},
        {"CN", "", "is empty"},
        {"CN", "13800", "is no complete number of CN and not E.164 (expected +<country><number>)"},
        {"CN", "88880002", "is no complete number of CN"},   /* whose area is not there */
        {"CN", "1088880002", "is no complete number of CN"}, /* whose 0 is lost: 10 may be a mobile cut short */
        {"CN", "400-000-0062", "is no complete number of CN"},
        {"DE", "30 123456", "is no complete number of DE"}, /* may be a local number */
        {"HK", "12345678", "is no complete number of HK"},
        {"US", "555-0161", "is no complete number of US"},
        {"NL", "0612345678", "cannot be read as a number of NL: write it as +31<number>"},
        {"CN", "0086 13800138000", "starts with 00"},
        {"GB", "+44 (0)20 7946 0048", "has a (0)"},
        {NULL, "+44 020 7946 0048", "has a 0 after +44, which is dialled only inside the country: leave it out"},
        {NULL, "+86 1380013", "has 7 digits after +86, expected 10 to 11"},
        {NULL, "+1 202 555", "has 6 digits after +1, expected 10"},
        {NULL, "+1 202 555 01", "has 8 digits after +1, expected 10"},
        {"CN", "1.38E+10", "was rounded by a spreadsheet"},
        {"ES", "612345678.0", "was written as a decimal number"}, /* and not +346123456780 */
        {"JP", "312345678.0", "was written as a decimal number"},
        {NULL, "+34612345678.0", "was written as a decimal number"},
        {"CN", "13800138000 ext 5", "is not E.164"},
        {"CN", "１３８００１３８０００", "is not E.164"},
        {"CN", "13800138000123456789", "is no complete number of CN"},
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *phone = phone_normalize(cases[i].text, cases[i].country, &error);

        if (phone || !strstr(error->message, cases[i].words))
            fail_msg("%s: %s", cases[i].text, phone ? phone : error->message);
        assert_true(g_error_matches(error, BREACH_ERROR, BREACH_ERROR_INPUT));
    }
}

static void test_long_text(void **state)
{
    g_autofree char *text = g_strnfill(5000, '7');
    g_autoptr(GError) error = NULL;

    (void)state;
    assert_null(phone_normalize(text, "CN", &error));
    assert_true(strlen(error->message) < 200);
    assert_non_null(strstr(error->message, "…"));
}

static void test_countries(void **state)
{
    static const char *const known[] = {"CN", "TW", "HK", "MO", "JP", "KR", "SG", "US", "CA",
                                        "GB", "DE", "FR", "AU", "IN", "AD", "ZW", "XK"};
    static const char *const unknown[] = {"cn", "UK", "EU", "", "C", "CHN", "86", "AA", "ZZ"};

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(known); i++)
        assert_true(phone_is_country(known[i]));
    for (size_t i = 0; i < G_N_ELEMENTS(unknown); i++)
        assert_false(phone_is_country(unknown[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_read),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_long_text),
        cmocka_unit_test(test_countries),
    };

    return cmocka_run_group_tests_name("phone", tests, NULL, NULL);
}
