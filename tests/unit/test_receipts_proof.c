/* A delivery report is believed when it is proven, and never otherwise. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "channel/sign.h"
#include "channel/sign_canonical.h"
#include "serve/receipts_proof.h"

#define NOW (INT64_C(1700000000) * CLOCK_SECOND)

typedef struct Report {
    GatewayReceipt receipt;
    ListenerRequest request;
    GHashTable *headers;
} Report;

static void set(char **field, const char *value)
{
    g_free(*field);
    *field = g_strdup(value);
}

static void open_report(Report *report, GatewayReceiptProof proof, const char *body)
{
    memset(report, 0, sizeof *report);
    gateway_hmac_init(&report->receipt.hmac);
    report->receipt.proof = proof;
    report->headers = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    report->request = (ListenerRequest){.method = "POST",
                                      .path = "/receipts/texts",
                                      .query = "",
                                      .headers = report->headers,
                                      .body = body,
                                      .size = strlen(body)};
}

static void close_report(Report *report)
{
    g_hash_table_unref(report->headers);
    gateway_hmac_clear(&report->receipt.hmac);
    g_free(report->receipt.name);
    g_free(report->receipt.user);
    g_free(report->receipt.url);
}

static void header(Report *report, const char *name, const char *value)
{
    g_hash_table_replace(report->headers, g_strdup(name), g_strdup(value));
}

static bool is_proven_at(const Report *report, const char *secret, int64_t now)
{
    g_autoptr(GHashTable) query = sign_pairs(report->request.query);

    return receipts_is_proven(&report->receipt, secret, &report->request, query, now);
}

static bool is_proven(const Report *report, const char *secret)
{
    return is_proven_at(report, secret, NOW);
}

static void test_token(void **state)
{
    Report report;

    (void)state;
    open_report(&report, GATEWAY_RECEIPT_TOKEN, "{}");
    set(&report.receipt.name, "X-Token");
    assert_false(is_proven(&report, "secret"));
    header(&report, "x-token", "secre");
    assert_false(is_proven(&report, "secret"));
    header(&report, "x-token", "secret");
    assert_true(is_proven(&report, "secret"));
    report.receipt.in_query = true;
    assert_false(is_proven(&report, "secret"));
    report.request.query = "a=b&X-Token=se%63ret";
    assert_true(is_proven(&report, "secret"));
    report.request.query = "a=b&x-token=secret";
    assert_false(is_proven(&report, "secret"));
    close_report(&report);
}

/* RFC 7617 2 */
static void test_basic(void **state)
{
    Report report;

    (void)state;
    open_report(&report, GATEWAY_RECEIPT_BASIC, "");
    set(&report.receipt.user, "Aladdin");
    assert_false(is_proven(&report, "open sesame"));
    header(&report, "authorization", "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
    assert_true(is_proven(&report, "open sesame"));
    assert_false(is_proven(&report, "open sesam"));
    close_report(&report);
}

/* Twilio, "Validating requests": the published example; the URL is the one that the provider was told. */
static void test_twilio(void **state)
{
    Report report;

    (void)state;
    open_report(&report, GATEWAY_RECEIPT_HMAC,
                "CallSid=CA1234567890ABCDE&Caller=%2B14158675309&Digits=1234&From=%2B14158675309&To=%2B18005551212");
    set(&report.receipt.url, "https://mycompany.com/myapp.php?foo=1&bar=2");
    set(&report.receipt.hmac.header, "X-Twilio-Signature");
    report.receipt.hmac.hash = GATEWAY_HASH_SHA1;
    report.receipt.hmac.encoding = GATEWAY_ENCODING_BASE64;
    report.receipt.hmac.over[0] = GATEWAY_PART_URL;
    report.receipt.hmac.over[1] = GATEWAY_PART_FORM;
    report.receipt.hmac.over_count = 2;
    assert_false(is_proven(&report, "12345"));
    header(&report, "x-twilio-signature", "RSOYDt4T1cUTdK1PDd93/VVr8B8=");
    assert_true(is_proven(&report, "12345"));
    assert_false(is_proven(&report, "12346"));
    report.request.body =
        "CallSid=CA1234567890ABCDE&Caller=%2B14158675309&Digits=1235&From=%2B14158675309&To=%2B18005551212";
    assert_false(is_proven(&report, "12345"));
    close_report(&report);
}

static void sign_body(Report *report, const char *secret, const char *timestamp)
{
    SignParts parts = {.method = "POST",
                       .url = "",
                       .path = report->request.path,
                       .query = "",
                       .timestamp = timestamp,
                       .nonce = "",
                       .body = report->request.body,
                       .size = report->request.size};
    g_autofree char *signature = sign_parts(&report->receipt.hmac, secret, &parts);
    char *value = g_strconcat(report->receipt.hmac.prefix, signature, NULL);

    header(report, "x-time", timestamp);
    g_hash_table_replace(report->headers, g_strdup("x-signature"), value);
}

/* A signature is worth something for a while only. */
static void test_timestamp(void **state)
{
    Report report;

    (void)state;
    open_report(&report, GATEWAY_RECEIPT_HMAC, "{\"id\":1}");
    set(&report.receipt.hmac.header, "X-Signature");
    set(&report.receipt.hmac.prefix, "sha256=");
    set(&report.receipt.hmac.timestamp_header, "X-Time");
    report.receipt.hmac.over[0] = GATEWAY_PART_TIMESTAMP;
    report.receipt.hmac.over[1] = GATEWAY_PART_BODY;
    report.receipt.hmac.over_count = 2;
    report.receipt.hmac.skew = 5 * CLOCK_MINUTE;
    sign_body(&report, "secret", "1700000000");
    assert_true(is_proven(&report, "secret"));
    assert_true(is_proven_at(&report, "secret", NOW + 5 * CLOCK_MINUTE));
    assert_false(is_proven_at(&report, "secret", NOW + 5 * CLOCK_MINUTE + 1000));
    assert_false(is_proven_at(&report, "secret", NOW - 6 * CLOCK_MINUTE));
    header(&report, "x-time", "1700000001"); /* not the one that was signed */
    assert_false(is_proven(&report, "secret"));
    sign_body(&report, "secret", "soon");
    assert_false(is_proven(&report, "secret"));
    sign_body(&report, "secret", "1700000000");
    set(&report.receipt.hmac.prefix, "v1=");
    assert_false(is_proven(&report, "secret"));
    close_report(&report);
}

static void test_address(void **state)
{
    static const struct {
        const char *text, *host;
        int port;
    } good[] = {{"127.0.0.1:8077", "127.0.0.1", 8077},
                {":0", "127.0.0.1", 0},
                {"localhost:1", "127.0.0.1", 1},
                {"[::1]:65535", "::1", 65535},
                {"0.0.0.0:80", "0.0.0.0", 80}};
    static const char *const bad[] = {"",           "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "example.com:80",
                                      "127.0.0.1:x"};

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(good); i++) {
        g_autofree char *host = NULL;
        int port;

        assert_true(listener_parse_address(good[i].text, &host, &port));
        assert_string_equal(host, good[i].host);
        assert_int_equal(port, good[i].port);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autofree char *host = NULL;
        int port;

        assert_false(listener_parse_address(bad[i], &host, &port));
        assert_null(host);
    }
    assert_true(listener_is_loopback("127.0.0.53"));
    assert_true(listener_is_loopback("::1"));
    assert_false(listener_is_loopback("0.0.0.0"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_token),     cmocka_unit_test(test_basic),   cmocka_unit_test(test_twilio),
        cmocka_unit_test(test_timestamp), cmocka_unit_test(test_address),
    };

    return cmocka_run_group_tests_name("receipts_proof", tests, NULL, NULL);
}
