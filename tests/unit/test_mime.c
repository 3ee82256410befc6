/* What we write, GMime reads. */
#include "channel/mime.h"

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <gmime/gmime.h>

#include "base/error.h"

G_DEFINE_AUTOPTR_CLEANUP_FUNC(GMimeStream, g_object_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GMimeParser, g_object_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GMimeMessage, g_object_unref)

#define ID "abcdefghijklmnopqrstuvwxyz"

static MimeNotice notice_of(const char *subject, const char *text)
{
    return (MimeNotice){.message_id = ID,
                        .from = "security@example.com",
                        .to = "person@example.org",
                        .subject = subject,
                        .text = text,
                        .locale = "zh-CN",
                        .date = INT64_C(1795270200123)}; /* 2026-11-21T14:10:00.123Z */
}

static GMimeMessage *parse(const GString *bytes)
{
    g_autoptr(GMimeStream) stream = g_mime_stream_mem_new_with_buffer(bytes->str, bytes->len);
    g_autoptr(GMimeParser) parser = g_mime_parser_new_with_stream(stream);

    return g_mime_parser_construct_message(parser, NULL);
}

/* Every line: CRLF, and not too long (RFC 5322 2.1.1, RFC 2047 2). */
static void assert_lines(const GString *bytes, size_t longest)
{
    const char *at = bytes->str;

    assert_int_equal(strlen(bytes->str), bytes->len);
    while (*at) {
        const char *end = strstr(at, "\r\n");

        assert_non_null(end);
        assert_null(memchr(at, '\n', (size_t)(end - at)));
        assert_null(memchr(at, '\r', (size_t)(end - at)));
        if ((size_t)(end - at) > longest)
            fail_msg("%zu octets: %.*s", (size_t)(end - at), (int)(end - at), at);
        if (strstr(at, "=?UTF-8?") && strstr(at, "=?UTF-8?") < end)
            assert_in_range((size_t)(end - at), 1, 76);
        for (const char *c = at; c < end; c++)
            assert_in_range((unsigned char)*c, ' ', '~');
        at = end + 2;
    }
}

/* Each encoded word has at most 75 characters and is valid UTF-8 by itself. */
static void assert_words(const char *header)
{
    while ((header = strstr(header, "=?UTF-8?B?"))) {
        const char *start = header + strlen("=?UTF-8?B?");
        const char *end = strstr(start, "?=");
        g_autofree char *base64 = g_strndup(start, (size_t)(end - start));
        gsize size = 0;
        g_autofree guchar *octets = g_base64_decode(base64, &size);

        assert_in_range((size_t)(end + 2 - header), 12, 75);
        assert_true(g_utf8_validate((char *)octets, (gssize)size, NULL));
        header = end + 2;
    }
}

static GString *write_notice(const MimeNotice *notice)
{
    GString *output = g_string_new(NULL);
    g_autoptr(GError) error = NULL;

    if (!mime_write(notice, output, &error))
        fail_msg("%s", error->message);
    return output;
}

static char *with_crlf(const char *text)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

    return g_strjoinv("\r\n", lines);
}

static void assert_part(GMimeObject *object, const char *subtype, const char *text)
{
    g_autoptr(GMimeStream) memory = g_mime_stream_mem_new();
    g_autofree char *expected = with_crlf(text);
    GByteArray *bytes;

    assert_true(GMIME_IS_TEXT_PART(object));
    assert_true(g_mime_content_type_is_type(g_mime_object_get_content_type(object), "text", subtype));
    assert_string_equal(g_mime_object_get_content_type_parameter(object, "charset"), "utf-8");
    assert_int_equal(g_mime_part_get_content_encoding(GMIME_PART(object)), GMIME_CONTENT_ENCODING_BASE64);
    g_mime_data_wrapper_write_to_stream(g_mime_part_get_content(GMIME_PART(object)), memory);
    bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(memory));
    assert_int_equal(bytes->len, strlen(expected));
    assert_memory_equal(bytes->data, expected, bytes->len);
}

static const char *const texts[] = {
    "",
    "a",
    "\n",
    "one line\n",
    "no end",
    ".\n..\n--\n--=_" ID "\n--=_" ID "--\nFrom here\n",
    "示例云：您的账号信息发生泄露，请更换密码。\n\n\n請變更密碼\n",
    "emoji 👩‍👩‍👧‍👦 and combining e\xcc\x81, right to left \xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d\n",
    "55 octets and a line end fall upon the end of a line xx\nyy\n",
    "56 octets and a line end fall upon the end of a line xxx\nyy\n",
    "57 octets and a line end fall upon the end of a line xxxx\nyy\n",
};

static const char *const subjects[] = {
    "",
    "Notice",
    "Example Cloud: data breach affecting your account",
    "示例云：您的账号信息发生泄露，请更换密码",
    "示例雲：您的個人資料外洩通知，請變更密碼，以及很長很長很長很長很長很長很長很長很長很長很長很長很長很長的其餘部分",
    "=?UTF-8?B?aGk=?= is no encoded word here",
    "ends with a space ",
    " begins with one",
    "two  in a  row",
    "Example Cloud：您的账号信息发生泄露，请更换密码，并请留意可疑的电话和短信",
    "A云云云云云云云云云云云云云云云云云云云云云云云云云云云云云云",
    "tschüß, a word and ascii and "
    "👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍"
    "👦"
    " "
    "families",
    ("a subject of ascii words that is so long that it has to be folded at least twice before it comes to its end, as "
     "some people cannot be brief even when they write about the loss of your data"),
    "averylongwordthathasnospaceatwhichitcouldbefoldedandthereforehastobeencodedalthoughitisplainascii",
    "x: y, <z@example.org> (w) \"v\" \\u",
};

static const char *const names[] = {
    NULL,
    "Example Cloud",
    "示例云",
    "示例雲股份有限公司資訊安全辦公室個人資料保護小組與其他很長的部門名稱",
    "Quotes \"and\" back\\slashes, commas; <angles> (parens) @",
    "=?UTF-8?Q?x?=",
    "A name of plain ascii words that is much too long for one line of a header, really, it is",
    "Müller & Söhne",
};

static void assert_headers(GMimeMessage *message, const MimeNotice *notice)
{
    InternetAddressMailbox *from =
        INTERNET_ADDRESS_MAILBOX(internet_address_list_get_address(g_mime_message_get_from(message), 0));
    InternetAddressMailbox *to =
        INTERNET_ADDRESS_MAILBOX(internet_address_list_get_address(g_mime_message_get_to(message), 0));
    GDateTime *date = g_mime_message_get_date(message);

    assert_string_equal(g_mime_message_get_subject(message), notice->subject);
    assert_string_equal(internet_address_mailbox_get_addr(from), notice->from);
    assert_string_equal(internet_address_mailbox_get_addr(to), notice->to);
    if (notice->from_name)
        assert_string_equal(internet_address_get_name(INTERNET_ADDRESS(from)), notice->from_name);
    else
        assert_true(!internet_address_get_name(INTERNET_ADDRESS(from)) ||
                    !*internet_address_get_name(INTERNET_ADDRESS(from)));
    assert_string_equal(g_mime_message_get_message_id(message), ID "@example.com");
    assert_int_equal(g_date_time_to_unix(date), notice->date / 1000);
    assert_int_equal(g_date_time_get_utc_offset(date), 0);
}

static void assert_read_back(const MimeNotice *notice)
{
    g_autoptr(GString) bytes = write_notice(notice);
    g_autoptr(GMimeMessage) message = parse(bytes);
    GMimeObject *body = g_mime_message_get_mime_part(message);

    assert_lines(bytes, 78);
    assert_words(bytes->str);
    assert_headers(message, notice);
    if (!notice->html) {
        assert_part(body, "plain", notice->text);
        return;
    }
    assert_true(GMIME_IS_MULTIPART(body));
    assert_true(g_mime_content_type_is_type(g_mime_object_get_content_type(body), "multipart", "alternative"));
    assert_int_equal(g_mime_multipart_get_count(GMIME_MULTIPART(body)), 2);
    assert_part(g_mime_multipart_get_part(GMIME_MULTIPART(body), 0), "plain", notice->text);
    assert_part(g_mime_multipart_get_part(GMIME_MULTIPART(body), 1), "html", notice->html);
}

static void reads_back_the_same(void **state)
{
    (void)state;
    for (size_t s = 0; s < G_N_ELEMENTS(subjects); s++) {
        for (size_t t = 0; t < G_N_ELEMENTS(texts); t++) {
            MimeNotice notice = notice_of(subjects[s], texts[t]);

            assert_read_back(&notice);
            notice.html = texts[(t + 1) % G_N_ELEMENTS(texts)];
            assert_read_back(&notice);
        }
    }
    for (size_t n = 0; n < G_N_ELEMENTS(names); n++) {
        MimeNotice notice = notice_of("x", "y\n");

        notice.from_name = names[n];
        assert_read_back(&notice);
    }
}

/* Every length of subject, name and body, with characters of one to four octets. */
static void splits_at_any_length(void **state)
{
    static const char *const characters[] = {"a", "é", "云", "👩"};

    (void)state;
    for (size_t width = 0; width < G_N_ELEMENTS(characters); width++) {
        g_autoptr(GString) text = g_string_new(NULL);

        for (size_t length = 1; length < 130; length++) {
            MimeNotice notice = notice_of("", "");

            g_string_append(text, characters[(length * 7 + width) % (width + 1)]);
            notice.subject = text->str;
            notice.from_name = text->str;
            notice.text = text->str;
            notice.html = text->str;
            assert_read_back(&notice);
        }
    }
}

static void writes_the_headers(void **state)
{
    MimeNotice notice = notice_of("Notice", "text\n");
    g_autoptr(GString) bytes = NULL;

    (void)state;
    notice.from_name = "Example \"Cloud\"";
    notice.reply_to = "help@example.com";
    notice.html = "<p>html</p>\n";
    bytes = write_notice(&notice);
    assert_string_equal(bytes->str, "Date: Sat, 21 Nov 2026 14:10:00 +0000\r\n"
                                    "Message-ID: <" ID "@example.com>\r\n"
                                    "From: \"Example \\\"Cloud\\\"\" <security@example.com>\r\n"
                                    "To: person@example.org\r\n"
                                    "Reply-To: help@example.com\r\n"
                                    "Subject: Notice\r\n"
                                    "Auto-Submitted: auto-generated\r\n"
                                    "Content-Language: zh-CN\r\n"
                                    "MIME-Version: 1.0\r\n"
                                    "Content-Type: multipart/alternative;\r\n boundary=\"=_" ID "\"\r\n\r\n"
                                    "--=_" ID "\r\n"
                                    "Content-Type: text/plain; charset=utf-8\r\n"
                                    "Content-Transfer-Encoding: base64\r\n\r\n"
                                    "dGV4dA0K\r\n"
                                    "--=_" ID "\r\n"
                                    "Content-Type: text/html; charset=utf-8\r\n"
                                    "Content-Transfer-Encoding: base64\r\n\r\n"
                                    "PHA+aHRtbDwvcD4NCg==\r\n"
                                    "--=_" ID "--\r\n");
}

static void appends_equal_bytes_for_equal_input(void **state)
{
    MimeNotice notice = notice_of(subjects[4], texts[6]);
    g_autoptr(GString) first = g_string_new("before");
    g_autoptr(GString) second = NULL;

    (void)state;
    notice.html = texts[7];
    assert_true(mime_write(&notice, first, NULL));
    second = write_notice(&notice);
    assert_true(g_str_has_prefix(first->str, "before"));
    assert_string_equal(first->str + strlen("before"), second->str);
}

static void knows_every_day(void **state)
{
    static const struct {
        int64_t date;
        const char *text;
    } rows[] = {
        {0, "Date: Thu, 1 Jan 1970 00:00:00 +0000\r\n"},
        {INT64_C(1709164800000), "Date: Thu, 29 Feb 2024 00:00:00 +0000\r\n"},
        {INT64_C(1767225599999), "Date: Wed, 31 Dec 2025 23:59:59 +0000\r\n"},
        {INT64_C(1772323200000), "Date: Sun, 1 Mar 2026 00:00:00 +0000\r\n"},
    };

    (void)state;
    setlocale(LC_ALL, "zh_CN.UTF-8"); /* where it is installed */
    setenv("TZ", "Asia/Shanghai", 1);
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        MimeNotice notice = notice_of("x", "y");
        g_autoptr(GString) bytes = NULL;

        notice.date = rows[i].date;
        bytes = write_notice(&notice);
        assert_true(g_str_has_prefix(bytes->str, rows[i].text));
    }
    setlocale(LC_ALL, "C");
    unsetenv("TZ");
}

static void keeps_crlf_that_is_there(void **state)
{
    MimeNotice notice = notice_of("x", "a\r\nb\nc\r\n");
    g_autoptr(GString) bytes = write_notice(&notice);

    (void)state;
    assert_true(g_str_has_suffix(bytes->str, "\r\n\r\nYQ0KYg0KYw0K\r\n"));
}

static void refuses_what_would_be_a_header(void **state)
{
    static const char *const bad[] = {
        "a\nBcc: victim@example.org",
        "a\r\nb",
        "a\rb",
        "a\tb",
        "a\033[2J",
        "a\x7f",
        "a\xff",
        "a\xc2\x85"
        "b",
        "a\xe2\x80\xa8"
        "b",
    };
    static const char *const bad_addresses[] = {"",          "nobody",           "a@x>",
                                                "a b@x.org", "a@x.org, b@x.org", "\xc3\xa4@x.org"};

    (void)state;
    for (size_t i = 0; i < 9 * G_N_ELEMENTS(bad); i++) {
        const char *value = bad[i / 9];
        MimeNotice notice = notice_of("x", "y");
        const char **fields[] = {&notice.subject, &notice.from_name,  &notice.from,    &notice.to, &notice.reply_to,
                                 &notice.locale,  &notice.message_id, &notice.subject, &notice.to};
        g_autoptr(GString) output = g_string_new("untouched");
        g_autoptr(GError) error = NULL;

        *fields[i % 9] = value;
        assert_false(mime_write(&notice, output, &error));
        assert_true(g_error_matches(error, BREACH_ERROR, BREACH_ERROR_INPUT));
        assert_string_equal(output->str, "untouched");
    }
    for (size_t i = 0; i < 3 * G_N_ELEMENTS(bad_addresses); i++) {
        MimeNotice notice = notice_of("x", "y");
        const char **fields[] = {&notice.from, &notice.to, &notice.reply_to};
        g_autoptr(GString) output = g_string_new("untouched");

        *fields[i % 3] = bad_addresses[i / 3];
        assert_false(mime_write(&notice, output, NULL));
        assert_string_equal(output->str, "untouched");
    }
}

static void refuses_bodies_and_dates_it_cannot_write(void **state)
{
    MimeNotice notices[] = {notice_of("x", "bad \xff"), notice_of("x", "y"), notice_of("x", "y"), notice_of("x", "y")};

    (void)state;
    notices[1].html = "bad \xc3";
    notices[2].date = INT64_MAX;
    notices[3].date = INT64_MIN;
    for (size_t i = 0; i < G_N_ELEMENTS(notices); i++) {
        g_autoptr(GString) output = g_string_new("untouched");
        g_autoptr(GError) error = NULL;

        assert_false(mime_write(&notices[i], output, &error));
        assert_true(g_error_matches(error, BREACH_ERROR, BREACH_ERROR_INPUT));
        assert_string_equal(output->str, "untouched");
    }
}

static int set_up(void **state)
{
    (void)state;
    g_mime_init();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    g_mime_shutdown();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_back_the_same),
        cmocka_unit_test(splits_at_any_length),
        cmocka_unit_test(writes_the_headers),
        cmocka_unit_test(appends_equal_bytes_for_equal_input),
        cmocka_unit_test(knows_every_day),
        cmocka_unit_test(keeps_crlf_that_is_there),
        cmocka_unit_test(refuses_what_would_be_a_header),
        cmocka_unit_test(refuses_bodies_and_dates_it_cannot_write),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
