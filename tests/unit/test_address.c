/* Email addresses and phone numbers: what goes on the wire, and what is refused with which words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>

#include "base/error.h"
#include "model/address.h"

#define TEN      "abcdefghij"
#define SIXTY    TEN TEN TEN TEN TEN TEN
#define LOCAL_64 SIXTY "abcd"
#define LABEL_63 SIXTY "abc"

static void test_good(void **unused)
{
    static const struct {
        const char *text, *wire;
    } rows[] = {
        {"zhang.wei@example.com", "zhang.wei@example.com"},
        {"a@b.cn", "a@b.cn"},
        {"Zhang.Wei@EXAMPLE.Com", "Zhang.Wei@example.com"},
        {"o'neil+news@mail.example.co.uk", "o'neil+news@mail.example.co.uk"},
        {"!#$%&'*+-/=?^_`{|}~@example.com", "!#$%&'*+-/=?^_`{|}~@example.com"},
        {"10000@qq.com", "10000@qq.com"},
        {"a@163.com", "a@163.com"},
        {"a@123.456.museum", "a@123.456.museum"},
        {"a@1-2.x1", "a@1-2.x1"},
        {"a@r3---sn.example.com", "a@r3---sn.example.com"},
        {"-a-@example.com", "-a-@example.com"},
        {LOCAL_64 "@example.com", LOCAL_64 "@example.com"},
        {"a@" LABEL_63 ".com", "a@" LABEL_63 ".com"},
        /* international domain names */
        {"a@straße.de", "a@xn--strae-oqa.de"},
        {"a@Exämple.ORG", "a@xn--exmple-cua.org"},
        {"a@例え.テスト", "a@xn--r8jz45g.xn--zckzah"},
        {"a@公司.cn", "a@xn--55qx5d.cn"},
        {"a@公司。cn", "a@xn--55qx5d.cn"},
        {"a@ＥＸＡＭＰＬＥ．com", "a@example.com"},
        {"a@xn--strae-oqa.de", "a@xn--strae-oqa.de"},
        {"a@XN--STRAE-OQA.de", "a@xn--strae-oqa.de"},
        {"a@mail.xn--55qx5d.cn", "a@mail.xn--55qx5d.cn"},
        {"a@例え.xn--55qx5d.cn", "a@xn--r8jz45g.xn--55qx5d.cn"},
        {"a@\u0646\u0627\u0645\u0647\u200c\u0627\u06cc.com", "a@xn--mgba3gch31f060k.com"},
    };

    (void)unused;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *address = address_parse_email(rows[i].text, &error);

        if (!address)
            fail_msg("%s", error->message);
        assert_string_equal(address, rows[i].wire);
    }
}

static void test_bad(void **unused)
{
    static const struct {
        const char *text, *message;
    } rows[] = {
        {"", "email \"\" is empty (expected name@example.com)"},
        {"@", "has nothing before the @"},
        {"@example.com", "has nothing before the @"},
        {"a@", "has nothing behind the @"},
        {"example.com", "email \"example.com\" has no @ (expected name@example.com)"},
        {"a@b@example.com", "has more than one @"},
        {"a@@example.com", "has more than one @"},
        {"a＠example.com", "has a full-width ＠: write @"},
        {"a@b＠example.com", "has more than one @"},
        {"a@example.com;b@example.com", "holds several addresses: separate them with ;"},
        {"a@example.com,b@example.com", "holds several addresses: separate them with ;"},
        {"a@example.com, b@example.com", "holds several addresses: separate them with ;"},
        {"a@example.com b@example.com", "holds several addresses: separate them with ;"},
        {"a@example.com；b@example.com", "holds several addresses: separate them with ;"},
        {"Ann Lee <a@example.com>", "has angle brackets: write only the address"},
        {" a@example.com", "contains a space"},
        {"a@example.com ", "contains a space"},
        {"a b@example.com", "contains a space"},
        {"a@exam ple.com", "contains a space"},
        {"a@exam\u00a0ple.com", "contains a space"},
        {"a@example.com\u3000", "contains a space"},
        {"a@x.org>\r\nRCPT TO:<victim@x.org", "contains a line break"},
        {"a@x.org\n", "contains a line break"},
        {"a\r@x.org", "contains a line break"},
        {"a@x\u2028.org", "contains a space"},
        {"a\t@x.org", "contains a control character"},
        {"a@x.org\x7f", "contains a control character"},
        {"a@x\xc2\x85.org", "contains a control character"},
        {"a@x\u200b.org", "contains an invisible character"},
        {"a@ex\u00adample.com", "contains an invisible character"},
        {"\ufeff"
         "a@example.com",
         "contains an invisible character"},
        {"a@example.com\xff", "is not UTF-8"},
        {"<a@example.com>", "has angle brackets"},
        {"Zhang<a@example.com>", "has angle brackets"},
        {"mailto:a@example.com", "starts with mailto:"},
        {"\"a\"@example.com", "has a quoted local part"},
        {"\"a@b\"@example.com", "has a quoted local part"},
        {"a\"b@example.com", "has a character before the @ that is not allowed there"},
        {"a(x)@example.com", "has a character before the @ that is not allowed there"},
        {"a,b@example.com", "has a character before the @ that is not allowed there"},
        {"a:b@example.com", "has a character before the @ that is not allowed there"},
        {"a\\b@example.com", "has a character before the @ that is not allowed there"},
        {".a@example.com", "has a dot at the start or the end"},
        {"a.@example.com", "has a dot at the start or the end"},
        {".@example.com", "has a dot at the start or the end"},
        {"a..b@example.com", "has two dots in a row"},
        {"张伟@example.com", "needs SMTPUTF8"},
        {"ａ@example.com", "needs SMTPUTF8"},
        {LOCAL_64 "e@example.com", "has more than 64 bytes before the @"},
        {"a@localhost", "has a domain without a dot"},
        {"a@公司", "has a domain without a dot"},
        {"a@[127.0.0.1]", "has an IP address for a domain"},
        {"a@[IPv6:::1]", "has an IP address for a domain"},
        {"a@127.0.0.1", "has an IP address for a domain"},
        {"a@example.123", "has an IP address for a domain"},
        {"a@example.com.", "has an empty part between the dots"},
        {"a@.example.com", "has an empty part between the dots"},
        {"a@example..com", "has an empty part between the dots"},
        {"a@公司..cn", "has an empty part between the dots"},
        {"a@-example.com", "has a hyphen at the start or the end"},
        {"a@example-.com", "has a hyphen at the start or the end"},
        {"a@example.-com", "has a hyphen at the start or the end"},
        {"a@exam_ple.com", "has a character in its domain that is not allowed there"},
        {"a@example.com/x", "has a character in its domain that is not allowed there"},
        {"a@exam+ple.com", "has a character in its domain that is not allowed there"},
        {"a@example,com", "has a character in its domain that is not allowed there"},
        {"a@" LABEL_63 "d.com", "has a part of more than 63 bytes"},
        /* what libidn2 alone makes another domain of */
        {"a@é_b.com", "has a character in its domain that is not allowed there"},
        {"a@é/b.com", "has a character in its domain that is not allowed there"},
        {"a@℀x.com", "has a character in its domain that is not allowed there"},
        {"a@ｅ_x.com", "has a character in its domain that is not allowed there"},
        {"a@xn--zzzzzzzzzzz.com", "is no valid international domain name"},
        {"a@xn--a.com", "is no valid international domain name"},
        {"a@xn--.com", "has a hyphen at the start or the end"},
        {"a@mail.xn--n3h.com", "is no valid international domain name"},
        {"a@☃.com", "is no valid international domain name"},
        {"a@a\u200db.com", "is no valid international domain name"},
        {LOCAL_64 "@" LABEL_63 "." LABEL_63 "." LABEL_63 ".com", "is longer than 254 bytes"},
        {"a@" LABEL_63 "." LABEL_63 "." LABEL_63 "." LABEL_63 "." LABEL_63, "has a domain of more than 255 bytes"},
    };

    (void)unused;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *address = address_parse_email(rows[i].text, &error);

        if (address)
            fail_msg("%s is taken for %s", rows[i].text, address);
        assert_true(g_error_matches(error, BREACH_ERROR, BREACH_ERROR_INPUT));
        if (!strstr(error->message, rows[i].message))
            fail_msg("%s", error->message);
        assert_true(g_utf8_validate(error->message, -1, NULL));
        assert_null(strpbrk(error->message, "\r\n\t\x7f"));
    }
}

static void test_long_address(void **unused)
{
    g_autofree char *local = g_strnfill(300, 'x');
    g_autofree char *address = g_strconcat(local, "@example.com", NULL);
    g_autofree char *label = g_strnfill(61, 'd');
    g_autofree char *fits = g_strdup_printf(LOCAL_64 "@%.61s.%.61s.%.61s.abc", label, label, label);
    g_autofree char *one_more = g_strdup_printf(LOCAL_64 "@%.61s.%.61s.%.61s.abcd", label, label, label);
    g_autofree char *parsed = NULL;
    g_autoptr(GError) error = NULL;

    (void)unused;
    assert_null(address_parse_email(address, &error));
    local[60] = '\0';
    assert_non_null(strstr(error->message, local));
    local[60] = 'x';
    local[61] = '\0';
    assert_null(strstr(error->message, local));
    assert_non_null(strstr(error->message, "x…\" has more than 64 bytes"));

    assert_int_equal(strlen(fits), ADDRESS_MAX);
    parsed = address_parse_email(fits, NULL);
    assert_string_equal(parsed, fits);
    assert_null(address_parse_email(one_more, NULL));
}

/* Whatever is done to an address, what comes out can neither end a command nor start another one. */
static void test_random_bytes(void **unused)
{
    static const char bytes[] = "abZ09.-_@@..\"<>() \r\n\t;,[]:=+\xc3\xa9\xe2\x80\x8b\xef\xbc\xa0\xff\x01xn--";
    GRand *random = g_rand_new_with_seed(3);
    int accepted = 0;
    int refused = 0;

    (void)unused;
    for (int round = 0; round < 20000; round++) {
        char text[] = "zhang@mail.example.com";
        g_autofree char *address = NULL;

        for (int i = g_rand_int_range(random, 0, 4); i > 0; i--)
            text[g_rand_int_range(random, 0, sizeof text - 1)] = bytes[g_rand_int_range(random, 0, sizeof bytes - 1)];
        address = address_parse_email(text, NULL);
        if (!address) {
            refused++;
            continue;
        }
        accepted++;
        for (const char *at = address; *at; at++)
            assert_true(*at > ' ' && *at < 0x7f && !strchr("<>\"(),:;[\\]", *at));
        assert_ptr_equal(strchr(address, '@'), strrchr(address, '@'));
    }
    assert_true(accepted > 1000 && refused > 1000);
    g_rand_free(random);
}

static void test_domain(void **unused)
{
    (void)unused;
    assert_string_equal(address_domain("a@example.com"), "example.com");
    assert_string_equal(address_domain("a@b@example.com"), "example.com");
    assert_string_equal(address_domain("nothing"), "");
}

static void test_verp(void **unused)
{
    static const char token[] = "abcdefghijklmnopqrstuvwxyz";
    g_autofree char *plain = address_verp("bounce@example.com", token);
    g_autofree char *longest = address_verp(TEN TEN TEN "abcdefg@example.com", token); /* 37 + 1 + 26 = 64 */
    g_autofree char *label = g_strnfill(61, 'd');
    g_autofree char *path = g_strdup_printf(TEN TEN TEN "abcdefg@%.61s.%.61s.%.61s.abc", label, label, label);
    g_autofree char *too_long = g_strdup_printf("%sd", path);
    g_autofree char *whole = address_verp(path, token);

    (void)unused;
    assert_string_equal(plain, "bounce+abcdefghijklmnopqrstuvwxyz@example.com");
    assert_non_null(longest);
    assert_null(address_verp(TEN TEN TEN "abcdefgh@example.com", token));
    assert_int_equal(strlen(whole), ADDRESS_MAX);
    assert_null(address_verp(too_long, token));
    assert_null(address_verp("nothing", token));
}

static void test_phone_good(void **unused)
{
    static const struct {
        const char *text, *wire;
    } rows[] = {
        {"+8613800138000", "+8613800138000"},     {"+86 138 0013 8000", "+8613800138000"},
        {"+86-138-0013-8000", "+8613800138000"},  {"+1 (415) 555-2671", "+14155552671"},
        {"+1.415.555.2671", "+14155552671"},      {"+1234567", "+1234567"},
        {"+123456789012345", "+123456789012345"},
    };

    (void)unused;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *phone = address_parse_phone(rows[i].text, NULL);

        assert_string_equal(phone, rows[i].wire);
    }
}

static void test_phone_bad(void **unused)
{
    static const struct {
        const char *text, *message;
    } rows[] = {
        {"", "is empty"},
        {"13800", "phone \"13800\" is not E.164 (expected +<country><number>)"},
        {"13800138000", "is not E.164"},
        {"008613800138000", "starts with 00: write +"},
        {"1.38E+10", "was rounded by a spreadsheet and its digits are lost"},
        {"+8.61E+12", "was rounded by a spreadsheet"},
        {"8,61e12", "was rounded by a spreadsheet"},
        {"＋8613800138000", "full-width ＋"},
        {"+86１38００138000", "has a character that is no digit"},
        {"+0138001380", "starts with 0"},
        {"+44 (0)20 7946 0958", "has a (0)"},
        {"+123456", "has fewer than 7 digits"},
        {"+", "has fewer than 7 digits"},
        {"+1234567890123456", "has more than 15 digits"},
        {"+86 138 0013 8000 ", "starts or ends with something"},
        {"+ 8613800138000", "starts or ends with something"},
        {"+(86)13800138000", "starts or ends with something"},
        {"+8613800138000-", "starts or ends with something"},
        {"+8613800138000x12", "has a character that is no digit"},
        {"+8613800138000;+1", "has a character that is no digit"},
        {"++8613800138000", "has a character that is no digit"},
        {"+86\r\n13800138000", "has a character that is no digit"},
        {" +8613800138000", "is not E.164"},
    };

    (void)unused;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *phone = address_parse_phone(rows[i].text, &error);

        if (phone)
            fail_msg("%s is taken for %s", rows[i].text, phone);
        assert_true(g_error_matches(error, BREACH_ERROR, BREACH_ERROR_INPUT));
        if (!strstr(error->message, rows[i].message))
            fail_msg("%s", error->message);
        assert_null(strpbrk(error->message, "\r\n"));
    }
}

static void test_mask(void **unused)
{
    static const struct {
        const char *address, *masked;
    } rows[] = {
        {"zhang.wei@example.com", "zh***@example.com"},
        {"abc@example.com", "ab***@example.com"},
        {"ab@example.com", "a***@example.com"},
        {"a@example.com", "***@example.com"},
        {"张伟明@example.com", "张伟***@example.com"},
        {"张@example.com", "***@example.com"},
        {"nothing", "***"},
    };

    (void)unused;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *masked = address_mask_email(rows[i].address);

        assert_string_equal(masked, rows[i].masked);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good),         cmocka_unit_test(test_bad),       cmocka_unit_test(test_long_address),
        cmocka_unit_test(test_random_bytes), cmocka_unit_test(test_domain),    cmocka_unit_test(test_verp),
        cmocka_unit_test(test_phone_good),   cmocka_unit_test(test_phone_bad), cmocka_unit_test(test_mask),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
