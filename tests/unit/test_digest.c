/* Digests: the vectors of FIPS 180-4 and RFC 4231; and the canonical content of a message. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>

#include "base/digest.h"
#include "base/text.h"
#include "model/handed.h"

static void assert_hex(const uint8_t digest[DIGEST_SIZE], const char *expected)
{
    char hex[DIGEST_HEX_SIZE];

    digest_hex(digest, hex);
    assert_string_equal(hex, expected);
}

static void test_sha256(void **unused)
{
    uint8_t digest[DIGEST_SIZE];

    (void)unused;
    digest_sha256("abc", 3, digest);
    assert_hex(digest, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    digest_sha256("", 0, digest);
    assert_hex(digest, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

static void test_hmac(void **unused)
{
    uint8_t digest[DIGEST_SIZE];

    (void)unused;
    digest_hmac("Jefe", 4, "what do ya want for nothing?", 28, digest); /* RFC 4231 4.3 */
    assert_hex(digest, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

static void test_is_set(void **unused)
{
    uint8_t digest[DIGEST_SIZE] = {0};

    (void)unused;
    assert_false(digest_is_set(digest));
    digest[DIGEST_SIZE - 1] = 1;
    assert_true(digest_is_set(digest));
}

/* Parts that are not there are left out; what is there stands in one order, whoever made it. */
static void test_content(void **unused)
{
    g_autofree char *some = handed_content(
        &(HandedContent){.message = "id", .channel = "sms", .endpoint = "+8613800000000", .text = "你好"});
    g_autofree char *all = handed_content(&(HandedContent){.message = "id",
                                                           .channel = "letter",
                                                           .locale = "en",
                                                           .endpoint = "Road 1",
                                                           .title = "T",
                                                           .text = "x\"y",
                                                           .html = ""});
    g_autofree char *none = handed_content(&(HandedContent){.message = "id", .text = "\xff"});

    (void)unused;
    assert_string_equal(some,
                        "{\"channel\":\"sms\",\"endpoint\":\"+8613800000000\",\"message\":\"id\",\"text\":\"你好\"}");
    assert_string_equal(all, "{\"channel\":\"letter\",\"endpoint\":\"Road 1\",\"html\":\"\",\"locale\":\"en\","
                             "\"message\":\"id\",\"text\":\"x\\\"y\",\"title\":\"T\"}");
    assert_null(none);
}

/* By a library's reckoning of canonical JSON, with all that must be escaped. */
static void test_content_is_canonical(void **unused)
{
    const char *wild = "\"\\/\b\f\n\r\t\001\037\177 é 你好 \xf0\x9f\x98\x80 \xe2\x80\xa8";
    json_auto_t *object = json_pack("{s:s, s:s, s:s, s:s}", "title", "", "text", wild, "message", "id", "html", wild);
    g_autofree char *canonical = text_canonical_json(object);
    g_autofree char *content =
        handed_content(&(HandedContent){.message = "id", .title = "", .text = wild, .html = wild});
    g_autofree char *empty = handed_content(&(HandedContent){.message = NULL});

    (void)unused;
    assert_string_equal(content, canonical);
    assert_string_equal(empty, "{}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sha256),
        cmocka_unit_test(test_hmac),
        cmocka_unit_test(test_is_set),
        cmocka_unit_test(test_content),
        cmocka_unit_test(test_content_is_canonical),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
