/* Signatures agree with the examples that the providers and the RFCs publish; each says where it stands. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include "base/clock.h"
#include "base/error.h"
#include "channel/sign.h"
#include "channel/sign_canonical.h"
#include "channel/sign_jwt.h"
#include "channel/sign_token.h"

#define NONCE "3156853299f313e23d1673dc12e1703d"

/* RFC 7515 A.2.1 and A.3.1: the keys, from JWK into PEM. The third is of another curve, for a refusal. */
static const char rsa_pem[] = "-----BEGIN PRIVATE KEY-----\n"
                              "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQCh+BYK4uPJtGXO\n"
                              "jS1lYmM2K5J9vinh8CR3/BYlzJChNuOL2TSXxbbqY913EeZ8dCn5VrD7io8ImtxL\n"
                              "aYk8wTM/U+3QGbh3hCUv7JFP5IV3aVlL6kKA0ywPVb9ilE8TA5a8bpvfbr3SvaNn\n"
                              "juygxmj3AbONv/s4yDQs4v5tJ/reSlpIdJed1LnPmt7Ex1sFhSwsD174pcF1A5L5\n"
                              "ROjtZMEQxrZHYJqkeDrrnGya11UxMFBji4NmXG9veoKjlnAqH2QbgtPr8jkiGUkf\n"
                              "toaHLFcW9Qr4NY2ai50Xw0Byj3+H2JoY2PyrZ62EWQwuz3WTOTY8BwNNb2BvniHg\n"
                              "VFbK5emhAgMBAAECggEAEq5xpGnNCivDflJsRQBXHx1hdR1k6Ulwe2JZD50LpXyW\n"
                              "PEAeP88vLNO97IjlA7/GQ5sLKMgvfTeXZx9SE+7YwVol2NXOoAJe46sui395IW/G\n"
                              "O+pWJ1O0BkTGoVEn2bKVRUCgu+GjBVaYLU6f3l9kJfFNS3E0QbVdxzubSu3Mkqzj\n"
                              "kn439X0M/V51gfpRLI9JYanrC4D4qAdGcopV/0ZHHzQlBjudU2QvXt4ehNYTCBr6\n"
                              "XCLQUShb1juUO1ZdiYoFaFQT5Tw8bGUl/x/jTj3ccPDVZFD9pIuhLhBOneufuBiB\n"
                              "4cS98l2SR/RQyGWSeWjnczT0QU91p1DhOVRuOopznQKBgQDgHMQQ60imZV1URk0K\n"
                              "pLttoLhyt3SmqdEf/kgHePDdtzEafpAu+cS191R2JiuoF2yzWXnwFDcqGigp5BNr\n"
                              "0AHQfD8/Lk8l1Mk09jxxCfui5nYooNyac8YFjm3vItzVCVDnEd3BbVWG8qf6deqE\n"
                              "lMGAg+C2V0L4oNXnP7LZcPAZRwKBgQC5A8R+CZW2MvRTLLHzwZkUXV866cff7tx6\n"
                              "kqa0finGG0KgeqlaZPxgCZnFp7AeAcCMtiynVlJ7vMVgePsLq6XtON4tB5kP9jAP\n"
                              "rq3rbAOal78eUH5OcED6eNuCV8ixEu1eWcPNCS/l1OW1EnXUEoEHKl54Xrrz2uNw\n"
                              "kgMTP1FZ1wKBgAcCn1dwJKufzBWQxWQp1vsM5fggqPN1qGb5y0MAk3g7/Ls5bkUp\n"
                              "5u9SN0Ai3Ya6hNnvWJMb7sXQX6U/zyO2M/hTip7tUeh7CXgwo59dkpN75gJLVds2\n"
                              "9+DAncu3KXU4f2Fa+7bLNrur53k8KwPOq2bbuTG69QtV7Jr5MR0AHWKNAoGBAIf/\n"
                              "evpitUf+4JYbLpvNXWcY052Mpz22aR84mY3nh3F2LF2mjMJDpTg7FmuyPcVw6EcG\n"
                              "yoAe9fa65iNqCq+jdw6PVNGo2hxfjSiZ8IIzHdsPXI89//pMjZcQK9r+CCoRjaZj\n"
                              "OYiIDktVWZzmevJuv6WywUqd57LE3Zar3dLSIkx1AoGAIYd7DHOhrWvxkwPQsRM2\n"
                              "tOgrjbcrfvtQJipd+DlcxyVuuM9sQLdgjVk2oy26F0EmpScGLq2MowX7fhd/QJQ3\n"
                              "ydy5cY7YIBi87w93IKLEdfnbJtoOPLUW0ITrJReOgo1cq9SbsxYawBgfp/gh6A56\n"
                              "03k2+ZQwVK0JKSHuLFkuQ3U=\n"
                              "-----END PRIVATE KEY-----\n";

static const char ec_pem[] = "-----BEGIN PRIVATE KEY-----\n"
                             "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgjpsQnnGQmL+YBIff\n"
                             "H1136cspYG6+0iY7X1fCE9+E9LKhRANCAAR/zc4ncPbEXUGDy+5v20t7WAczNXvp\n"
                             "7xO6z248e9FURcfxRM0bvZt+hyzf7bnuufSzaV1uqQskrYpGIyiFiOWt\n"
                             "-----END PRIVATE KEY-----\n";

static const char ec384_pem[] = "-----BEGIN PRIVATE KEY-----\n"
                                "MIG2AgEAMBAGByqGSM49AgEGBSuBBAAiBIGeMIGbAgEBBDB4NHQBIXjxj/NORbem\n"
                                "Gx4+G5yEB2AMaRE1AuzHwuzUY8Qh5JZoLE99kG9WLoVxzxWhZANiAATMQi6PbuXp\n"
                                "dacApwwlGFgcvXZCpeSqgSFMqgJdbC7IlLtWhFoJyio1BiohR+P6+f64r6itquB3\n"
                                "GzE8XAINM1aI19sg4q/vlj8DVXkMM5a/Q9ALM5S1rde4N2wt7tNWXx8=\n"
                                "-----END PRIVATE KEY-----\n";

/* RFC 7515 A.2.1 */
static const char rfc_payload[] = "{\"iss\":\"joe\",\r\n \"exp\":1300819380,\r\n \"http://example.com/is_root\":true}";
static const char rfc_rs256[] =
    "eyJhbGciOiJSUzI1NiJ9."
    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ."
    "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_"
    "O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcA"
    "cQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-"
    "eOkHWE"
    "sqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw";

/* A request and who signs it -------------------------------------------------------------------------------------- */

static void put(char **field, const char *value)
{
    g_free(*field);
    *field = g_strdup(value);
}

static SignRequest request_of(const char *method, const char *url, const char *body)
{
    return (SignRequest){.method = method,
                         .url = g_strdup(url),
                         .headers = g_ptr_array_new_with_free_func(g_free),
                         .body = g_strdup(body),
                         .size = body ? strlen(body) : 0};
}

static GatewayAuth auth_of(GatewayAuthKind kind, const char *user, const char *secret)
{
    GatewayAuth auth;

    gateway_auth_init(&auth);
    auth.kind = kind;
    auth.user = g_strdup(user);
    auth.secret = g_strdup("env:BREACH_TEST_SIGN");
    if (secret)
        assert_true(g_setenv("BREACH_TEST_SIGN", secret, TRUE));
    return auth;
}

static Signer *open_signer(const GatewayAuth *auth)
{
    g_autoptr(GError) error = NULL;
    Signer *signer = sign_open(auth, "/", false, &error);

    if (!signer)
        fail_msg("%s", error->message);
    return signer;
}

/* Signs with what `auth` says, and frees it. */
static void sign(GatewayAuth *auth, SignRequest *request, int64_t seconds)
{
    Signer *signer = open_signer(auth);
    g_autoptr(GError) error = NULL;

    if (!sign_request(signer, request, seconds * CLOCK_SECOND, NONCE, &error))
        fail_msg("%s", error->message);
    sign_close(signer);
    gateway_auth_clear(auth);
}

static void assert_header(const SignRequest *request, const char *name, const char *value)
{
    const char *got = sign_request_has(request, name);

    assert_non_null(got);
    assert_string_equal(got, value);
}

/* HMAC ------------------------------------------------------------------------------------------------------------ */

/* RFC 4231 4.3, 4.7 (a key longer than a block). */
static void test_hmac(void **state)
{
    unsigned char digest[SIGN_DIGEST], key[131];
    g_autofree char *short_key = NULL, *long_key = NULL;
    const char *text = "Test Using Larger Than Block-Size Key - Hash Key First";

    (void)state;
    sign_hmac("Jefe", 4, "what do ya want for nothing?", 28, digest);
    short_key = sign_hex(digest, sizeof digest);
    assert_string_equal(short_key, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    memset(key, 0xaa, sizeof key);
    sign_hmac(key, sizeof key, text, strlen(text), digest);
    long_key = sign_hex(digest, sizeof digest);
    assert_string_equal(long_key, "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

/* Twilio, "Validating requests": URL and sorted form under HMAC-SHA1, in Base64; the token is 12345. */
static void test_hmac_of_a_form(void **state)
{
    GatewayHmac hmac;
    const char *body =
        "Digits=1234&To=%2B18005551212&From=%2B14158675309&Caller=%2B14158675309&CallSid=CA1234567890ABCDE";
    SignParts parts = {.method = "POST",
                       .url = "https://mycompany.com/myapp.php?foo=1&bar=2",
                       .path = "/myapp.php",
                       .query = "foo=1&bar=2",
                       .timestamp = "",
                       .nonce = "",
                       .body = body,
                       .size = strlen(body)};
    g_autofree char *signature = NULL;

    (void)state;
    gateway_hmac_init(&hmac);
    hmac.hash = GATEWAY_HASH_SHA1;
    hmac.encoding = GATEWAY_ENCODING_BASE64;
    hmac.over[0] = GATEWAY_PART_URL;
    hmac.over[1] = GATEWAY_PART_FORM;
    hmac.over_count = 2;
    signature = sign_parts(&hmac, "12345", &parts);
    assert_string_equal(signature, "RSOYDt4T1cUTdK1PDd93/VVr8B8=");
    gateway_hmac_clear(&hmac);
}

static void test_hmac_in_headers(void **state)
{
    GatewayAuth auth = auth_of(GATEWAY_AUTH_HMAC, NULL, "Jefe");
    g_auto(SignRequest) request = request_of("POST", "https://hooks.example/v1/in?x=1", "what do ya want for nothing?");

    (void)state;
    put(&auth.hmac.header, "X-Signature");
    put(&auth.hmac.prefix, "sha256=");
    put(&auth.hmac.separator, "");
    auth.hmac.over[0] = GATEWAY_PART_BODY;
    auth.hmac.over_count = 1;
    sign(&auth, &request, 1);
    assert_header(&request, "X-Signature", "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    assert_null(sign_request_has(&request, "X-Timestamp"));
}

/* The same as: printf 'POST\n/v1/in\nx=1\n1700000000\nNONCE\nhello' | openssl dgst -sha512 -hmac key -binary | base64
 */
static void test_hmac_of_all_parts(void **state)
{
    static const GatewayPart over[] = {GATEWAY_PART_METHOD,    GATEWAY_PART_PATH,  GATEWAY_PART_QUERY,
                                       GATEWAY_PART_TIMESTAMP, GATEWAY_PART_NONCE, GATEWAY_PART_BODY};
    GatewayAuth auth = auth_of(GATEWAY_AUTH_HMAC, NULL, "key");
    g_auto(SignRequest) request = request_of("POST", "https://hooks.example/v1/in?x=1", "hello");
    g_autofree char *wanted = NULL;
    const char *text = "POST\n/v1/in\nx=1\n1700000000\n" NONCE "\nhello";
    unsigned char digest[EVP_MAX_MD_SIZE];
    size_t size = 0;

    (void)state;
    put(&auth.hmac.header, "X-Signature");
    put(&auth.hmac.prefix, "");
    put(&auth.hmac.separator, "\n");
    put(&auth.hmac.timestamp_header, "X-Time");
    put(&auth.hmac.nonce_header, "X-Nonce");
    auth.hmac.hash = GATEWAY_HASH_SHA512;
    auth.hmac.encoding = GATEWAY_ENCODING_BASE64;
    memcpy(auth.hmac.over, over, sizeof over);
    auth.hmac.over_count = G_N_ELEMENTS(over);
    sign(&auth, &request, 1700000000);
    assert_non_null(EVP_Q_mac(NULL, "HMAC", NULL, "SHA512", NULL, "key", 3, (const unsigned char *)text, strlen(text),
                              digest, sizeof digest, &size));
    wanted = g_base64_encode(digest, size);
    assert_header(&request, "X-Signature", wanted);
    assert_header(&request, "X-Time", "1700000000");
    assert_header(&request, "X-Nonce", NONCE);
}

static void test_equal(void **state)
{
    (void)state;
    assert_true(sign_is_equal("", ""));
    assert_true(sign_is_equal("abc", "abc"));
    assert_false(sign_is_equal("abc", "abd"));
    assert_false(sign_is_equal("abc", "ab"));
    assert_false(sign_is_equal("", "a"));
}

/* Clouds ---------------------------------------------------------------------------------------------------------- */

/* help.aliyun.com, "V3 request structure and signature", the example with fixed parameters. */
static void test_acs3(void **state)
{
    GatewayAuth auth = auth_of(GATEWAY_AUTH_ALIBABA_ACS3, "YourAccessKeyId", "YourAccessKeySecret");
    g_auto(SignRequest) request = request_of("POST",
                                             "https://ecs.cn-shanghai.aliyuncs.com/?RegionId=cn-shanghai&ImageId="
                                             "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd",
                                             NULL);

    (void)state;
    put(&auth.action, "RunInstances");
    put(&auth.version, "2014-05-26");
    sign(&auth, &request, 1698315752); /* 2023-10-26T10:22:32Z */
    assert_header(
        &request, "Authorization",
        "ACS3-HMAC-SHA256 Credential=YourAccessKeyId,SignedHeaders=host;x-acs-action;x-acs-content-sha256;x-acs-"
        "date;x-acs-signature-nonce;x-acs-version,Signature="
        "06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0");
    assert_header(&request, "x-acs-date", "2023-10-26T10:22:32Z");
}

/* A look-up has an action of its own, and it is signed. */
static void test_acs3_other_action(void **state)
{
    GatewayAuth auth = auth_of(GATEWAY_AUTH_ALIBABA_ACS3, "id", "secret");
    GatewayAuth same = auth_of(GATEWAY_AUTH_ALIBABA_ACS3, "id", "secret");
    g_auto(SignRequest) request = request_of("POST", "https://dysmsapi.aliyuncs.com/", "a=b");
    g_auto(SignRequest) other = request_of("POST", "https://dysmsapi.aliyuncs.com/", "a=b");

    (void)state;
    put(&auth.action, "SendSms");
    put(&same.action, "SendSms");
    other.action = "QuerySendDetails";
    sign(&auth, &request, 1);
    sign(&same, &other, 1);
    assert_header(&request, "x-acs-action", "SendSms");
    assert_header(&other, "x-acs-action", "QuerySendDetails");
    assert_string_not_equal(sign_request_has(&request, "Authorization"), sign_request_has(&other, "Authorization"));
}

/* cloud.tencent.com, "Signature method v3": POST with JSON, and the older page's GET with a query. */
static void test_tc3(void **state)
{
    GatewayAuth auth =
        auth_of(GATEWAY_AUTH_TENCENT_TC3, "AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE", "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE");
    g_auto(SignRequest) request = request_of(
        "POST", "https://cvm.tencentcloudapi.com",
        "{\"Limit\": 1, \"Filters\": [{\"Values\": [\"\\u672a\\u547d\\u540d\"], \"Name\": \"instance-name\"}]}");

    (void)state;
    put(&auth.service, "cvm");
    put(&auth.action, "DescribeInstances");
    put(&auth.version, "2017-03-12");
    put(&auth.region, "ap-guangzhou");
    sign_request_header(&request, "Content-Type", "application/json; charset=utf-8");
    sign(&auth, &request, 1551113065);
    assert_header(&request, "Authorization",
                  "TC3-HMAC-SHA256 Credential=AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE/2019-02-25/cvm/tc3_request, "
                  "SignedHeaders=content-type;host, "
                  "Signature=72e494ea809ad7a8c8f7a4507b9bddcbaa8e581f516e8da2f66e2c5a96525168");
    assert_header(&request, "X-TC-Timestamp", "1551113065");
    assert_header(&request, "X-TC-Action", "DescribeInstances");
    assert_header(&request, "X-TC-Region", "ap-guangzhou");
}

static void test_tc3_query(void **state)
{
    GatewayAuth auth =
        auth_of(GATEWAY_AUTH_TENCENT_TC3, "AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE", "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE");
    g_auto(SignRequest) request = request_of("GET", "https://cvm.tencentcloudapi.com/?Limit=10&Offset=0", NULL);

    (void)state;
    put(&auth.service, "cvm");
    sign_request_header(&request, "Content-Type", "application/x-www-form-urlencoded");
    sign(&auth, &request, 1539084154);
    assert_non_null(strstr(sign_request_has(&request, "Authorization"),
                           "/2018-10-09/cvm/tc3_request, SignedHeaders=content-type;host, "
                           "Signature=5da7a33f6993f0614b047e5df4582db9e9bf4672ba50567dba16c6ccf174c474"));
}

/* AWS Signature Version 4 test suite: names of its cases, and what it expects. All at 20150830T123600Z. */
static const struct {
    const char *name, *method, *url, *header, *body, *names, *signature;
} aws_suite[] = {
    {"get-vanilla", "GET", "https://example.amazonaws.com/", NULL, NULL, "host;x-amz-date",
     "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"},
    {"post-vanilla", "POST", "https://example.amazonaws.com/", NULL, NULL, "host;x-amz-date",
     "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"},
    {"get-vanilla-query-order-key-case", "GET", "https://example.amazonaws.com/?Param2=value2&Param1=value1", NULL,
     NULL, "host;x-amz-date", "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"},
    {"get-utf8", "GET", "https://example.amazonaws.com/\xe1\x88\xb4", NULL, NULL, "host;x-amz-date",
     "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85"},
    {"get-header-value-order", "GET", "https://example.amazonaws.com/", "My-Header1:value4,value1,value3,value2", NULL,
     "host;my-header1;x-amz-date", "08c7e5a9acfcfeb3ab6b2185e75ce8b1deb5e634ec47601a50643f830c755c01"},
    {"post-x-www-form-urlencoded", "POST", "https://example.amazonaws.com/",
     "Content-Type:application/x-www-form-urlencoded", "Param1=value1", "content-type;host;x-amz-date",
     "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a"},
    {"post-x-www-form-urlencoded-parameters", "POST", "https://example.amazonaws.com/",
     "Content-Type: application/x-www-form-urlencoded;  charset=utf8 ", "Param1=value1", "content-type;host;x-amz-date",
     "1a72ec8f64bd914b0e42e42607c7fbce7fb2c7465f63e3092b3b0d39fa77a6fe"},
};

static void test_sigv4_suite(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(aws_suite); i++) {
        GatewayAuth auth = auth_of(GATEWAY_AUTH_AWS_SIGV4, "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY");
        g_auto(SignRequest) request = request_of(aws_suite[i].method, aws_suite[i].url, aws_suite[i].body);
        g_autofree char *wanted =
            g_strdup_printf("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, "
                            "SignedHeaders=%s, Signature=%s",
                            aws_suite[i].names, aws_suite[i].signature);

        put(&auth.region, "us-east-1");
        put(&auth.service, "service");
        if (aws_suite[i].header)
            g_ptr_array_add(request.headers, g_strdup(aws_suite[i].header));
        sign(&auth, &request, 1440938160);
        if (strcmp(sign_request_has(&request, "Authorization"), wanted) != 0)
            fail_msg("%s: %s", aws_suite[i].name, sign_request_has(&request, "Authorization"));
    }
}

/* docs.aws.amazon.com, S3 "Authenticating Requests: Using the Authorization Header": PUT Object and List Objects. */
static void test_sigv4_s3(void **state)
{
    GatewayAuth auth =
        auth_of(GATEWAY_AUTH_AWS_SIGV4, "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY");
    GatewayAuth same =
        auth_of(GATEWAY_AUTH_AWS_SIGV4, "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY");
    g_auto(SignRequest) put_object =
        request_of("PUT", "https://examplebucket.s3.amazonaws.com/test$file.text", "Welcome to Amazon S3.");
    g_auto(SignRequest) list = request_of("GET", "https://examplebucket.s3.amazonaws.com/?max-keys=2&prefix=J", NULL);

    (void)state;
    put(&auth.region, "us-east-1");
    put(&auth.service, "s3");
    put(&same.region, "us-east-1");
    put(&same.service, "s3");
    sign_request_header(&put_object, "Date", "Fri, 24 May 2013 00:00:00 GMT");
    sign_request_header(&put_object, "x-amz-storage-class", "REDUCED_REDUNDANCY");
    sign(&auth, &put_object, 1369353600);
    sign(&same, &list, 1369353600);
    assert_header(&put_object, "Authorization",
                  "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, "
                  "SignedHeaders=date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class, "
                  "Signature=98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd");
    assert_header(&put_object, "x-amz-content-sha256",
                  "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072");
    assert_non_null(strstr(sign_request_has(&list, "Authorization"),
                           "Signature=34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"));
}

/* JWT ------------------------------------------------------------------------------------------------------------- */

/* RFC 7515 A.2: RSASSA-PKCS1-v1_5 has one signature for a text. */
static void test_rs256(void **state)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(SignKey) key = sign_jwt_key(rsa_pem, "RS256", &error);
    g_autofree char *token = NULL;

    (void)state;
    assert_non_null(key);
    token = sign_jwt(key, "{\"alg\":\"RS256\"}", rfc_payload, &error);
    assert_non_null(token);
    assert_string_equal(token, rfc_rs256);
}

static unsigned char *unbase64url(const char *text, size_t length, size_t *size)
{
    GString *padded = g_string_new_len(text, (gssize)length);
    unsigned char *octets;

    g_strdelimit(padded->str, "-", '+');
    g_strdelimit(padded->str, "_", '/');
    while (padded->len % 4 != 0)
        g_string_append_c(padded, '=');
    octets = g_base64_decode(padded->str, size);
    g_string_free(padded, TRUE);
    return octets;
}

/* Whether OpenSSL, asked by itself, takes the signature of an ES256 token for that of `pem`'s key. */
static bool is_signed(const char *pem, const char *token)
{
    const char *dot = strrchr(token, '.');
    size_t size, der_size;
    g_autofree unsigned char *pair = unbase64url(dot + 1, strlen(dot + 1), &size);
    ECDSA_SIG *signature = ECDSA_SIG_new();
    unsigned char *der = NULL;
    BIO *input = BIO_new_mem_buf(pem, -1);
    EVP_PKEY *key = PEM_read_bio_PrivateKey(input, NULL, NULL, NULL);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    int result;

    assert_int_equal(size, 64);
    ECDSA_SIG_set0(signature, BN_bin2bn(pair, 32, NULL), BN_bin2bn(pair + 32, 32, NULL));
    der_size = (size_t)i2d_ECDSA_SIG(signature, &der);
    assert_int_equal(EVP_DigestVerifyInit(context, NULL, EVP_sha256(), NULL, key), 1);
    result = EVP_DigestVerify(context, der, der_size, (const unsigned char *)token, (size_t)(dot - token));
    EVP_MD_CTX_free(context);
    EVP_PKEY_free(key);
    BIO_free(input);
    OPENSSL_free(der);
    ECDSA_SIG_free(signature);
    return result == 1;
}

/* RFC 7515 A.3: every ECDSA signature is another one, so its own is verified with the same eyes as ours. */
static void test_es256(void **state)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(SignKey) key = sign_jwt_key(ec_pem, "ES256", &error);
    const char *rfc =
        "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19"
        "yb290Ijp0cnVlfQ."
        "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
    const char *last = strrchr(rfc, '.');

    (void)state;
    assert_non_null(key);
    assert_true(is_signed(ec_pem, rfc));
    for (int i = 0; i < 50; i++) { /* one in 128 has a number with a leading zero octet, which must stay */
        g_autofree char *token = sign_jwt(key, "{\"alg\":\"ES256\"}", rfc_payload, &error);

        assert_non_null(token);
        assert_memory_equal(token, rfc, (size_t)(last - rfc));
        assert_true(is_signed(ec_pem, token));
    }
}

static void assert_key_refused(const char *pem, const char *algorithm)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(SignKey) key = sign_jwt_key(pem, algorithm, &error);

    assert_null(key);
    assert_true(g_error_matches(error, BREACH_ERROR, BREACH_ERROR_CONFIG));
    assert_null(strstr(error->message, "BEGIN"));
}

static void test_keys_refused(void **state)
{
    (void)state;
    assert_key_refused("", "RS256");
    assert_key_refused("not a key", "ES256");
    assert_key_refused(rsa_pem, "ES256");
    assert_key_refused(ec_pem, "RS256");
    assert_key_refused(ec384_pem, "ES256");
}

/* The parts of a JWT as JSON. */
static json_t *jwt_part(const char *token, int part)
{
    g_auto(GStrv) parts = g_strsplit(token, ".", 3);
    size_t size;
    g_autofree unsigned char *octets = unbase64url(parts[part], strlen(parts[part]), &size);
    json_t *value = json_loadb((const char *)octets, size, 0, NULL);

    assert_non_null(value);
    return value;
}

/* Apple, "Establishing a token-based connection to APNs": alg, kid; iss, iat; one for 20 to 60 minutes. No published
 * token has a key beside it, so the signature is verified by OpenSSL itself. */
static void test_apns_token(void **state)
{
    GatewayAuth auth = auth_of(GATEWAY_AUTH_JWT_ES256, "DEF123GHIJ", ec_pem);
    Signer *signer;
    char *tokens[5] = {NULL};
    static const int64_t minutes[] = {0, 39, 41, 50, 50};
    json_t *header, *claims;

    (void)state;
    put(&auth.key_id, "ABC123DEFG");
    signer = open_signer(&auth);
    for (int i = 0; i < 5; i++) {
        g_auto(SignRequest) request = request_of("POST", "https://api.push.apple.com/3/device/00", "{}");

        if (i == 4)
            sign_forget_token(signer, minutes[i] * CLOCK_MINUTE);
        assert_false(sign_wants_token(signer, minutes[i] * CLOCK_MINUTE));
        assert_true(sign_request(signer, &request, minutes[i] * CLOCK_MINUTE, NONCE, NULL));
        assert_true(g_str_has_prefix(sign_request_has(&request, "authorization"), "Bearer "));
        tokens[i] = g_strdup(sign_request_has(&request, "authorization") + strlen("Bearer "));
        assert_true(is_signed(ec_pem, tokens[i]));
    }
    assert_string_equal(tokens[0], tokens[1]);
    assert_string_not_equal(tokens[1], tokens[2]);
    assert_string_equal(tokens[2], tokens[3]);
    assert_string_equal(tokens[3], tokens[4]); /* too young for a new one, whatever APNs says */
    header = jwt_part(tokens[2], 0);
    claims = jwt_part(tokens[2], 1);
    assert_string_equal(json_string_value(json_object_get(header, "alg")), "ES256");
    assert_string_equal(json_string_value(json_object_get(header, "kid")), "ABC123DEFG");
    assert_string_equal(json_string_value(json_object_get(claims, "iss")), "DEF123GHIJ");
    assert_int_equal(json_integer_value(json_object_get(claims, "iat")), 41 * 60);
    json_decref(header);
    json_decref(claims);
    for (int i = 0; i < 5; i++)
        g_free(tokens[i]);
    sign_close(signer);
    gateway_auth_clear(&auth);
}

/* Tokens that are given ------------------------------------------------------------------------------------------- */

/* developers.google.com, "Using OAuth 2.0 for server to server applications": the claims, the grant. */
static void test_fcm_assertion(void **state)
{
    g_autofree char *escaped = g_strescape(rsa_pem, NULL);
    g_autofree char *file = g_strdup_printf("{\"private_key\": \"%s\"}", escaped);
    GatewayAuth auth = auth_of(GATEWAY_AUTH_JWT_RS256, "fcm@project.iam.gserviceaccount.com", file);
    Signer *signer;
    g_auto(SignRequest) request = {.url = NULL};
    g_auto(GStrv) pairs = NULL;
    json_t *claims;

    (void)state;
    put(&auth.secret_member, "/private_key");
    put(&auth.scope, "https://www.googleapis.com/auth/firebase.messaging");
    put(&auth.token.origin, "https://oauth2.googleapis.com");
    put(&auth.token.path, "/token");
    signer = open_signer(&auth);
    assert_true(sign_wants_token(signer, 1000));
    assert_true(sign_token_request(signer, 1700000000 * CLOCK_SECOND, &request, NULL));
    assert_string_equal(request.method, "POST");
    assert_string_equal(request.url, "https://oauth2.googleapis.com/token");
    assert_header(&request, "content-type", "application/x-www-form-urlencoded");
    assert_true(
        g_str_has_prefix(request.body, "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion="));
    pairs = g_strsplit(request.body, "assertion=", 2);
    claims = jwt_part(pairs[1], 1);
    assert_string_equal(json_string_value(json_object_get(claims, "iss")), "fcm@project.iam.gserviceaccount.com");
    assert_string_equal(json_string_value(json_object_get(claims, "aud")), "https://oauth2.googleapis.com/token");
    assert_string_equal(json_string_value(json_object_get(claims, "scope")),
                        "https://www.googleapis.com/auth/firebase.messaging");
    assert_int_equal(json_integer_value(json_object_get(claims, "iat")), 1700000000);
    assert_int_equal(json_integer_value(json_object_get(claims, "exp")), 1700003600);
    json_decref(claims);
    sign_close(signer);
    gateway_auth_clear(&auth);
}

static void take(Signer *signer, const char *answer, int64_t now)
{
    g_autoptr(GError) error = NULL;

    if (!sign_token_answer(signer, 200, answer, strlen(answer), now, &error))
        fail_msg("%s", error->message);
}

static void test_token_life(void **state)
{
    GatewayAuth auth = auth_of(GATEWAY_AUTH_OAUTH2_CLIENT, "client", "pass word&");
    Signer *signer = open_signer(&auth);
    g_auto(SignRequest) ask = {.url = NULL}, early = request_of("POST", "https://api.example/send", "{}"),
                        late = request_of("POST", "https://api.example/send", "{}");
    g_autoptr(GError) error = NULL;

    (void)state;
    put(&auth.token.origin, "https://login.example");
    put(&auth.token.path, "/oauth/token");
    put(&auth.scope, "send");
    assert_false(sign_request(signer, &early, 1000, NONCE, &error));
    assert_true(g_error_matches(error, BREACH_ERROR, BREACH_ERROR_TEMPORARY));
    assert_true(sign_token_request(signer, 1000, &ask, NULL));
    assert_string_equal(ask.body,
                        "grant_type=client_credentials&scope=send&client_id=client&client_secret=pass%20word%26");
    assert_int_equal(ask.size, strlen(ask.body));
    take(signer, "{\"access_token\":\"abc\",\"token_type\":\"bearer\",\"expires_in\":3600}", 1000);
    assert_false(sign_wants_token(signer, 1000 + 58 * CLOCK_MINUTE));
    assert_true(sign_wants_token(signer, 1000 + 59 * CLOCK_MINUTE));
    assert_true(sign_request(signer, &late, 2000, NONCE, NULL));
    assert_header(&late, "Authorization", "Bearer abc");
    take(signer, "{\"access_token\":\"short\",\"expires_in\":40}", 5000);
    assert_false(sign_wants_token(signer, 5000 + 19 * CLOCK_SECOND));
    assert_true(sign_wants_token(signer, 5000 + 20 * CLOCK_SECOND));
    sign_forget_token(signer, 5000);
    assert_true(sign_wants_token(signer, 5000));
    sign_close(signer);
    gateway_auth_clear(&auth);
}

/* WeChat, "stable_token": JSON, and the token goes into the query of every call. */
static void test_token_in_query(void **state)
{
    GatewayAuth auth = auth_of(GATEWAY_AUTH_OAUTH2_CLIENT, "wx1", "s3");
    Signer *signer = open_signer(&auth);
    g_auto(SignRequest) ask = {.url = NULL},
                        request = request_of("POST", "https://api.weixin.qq.com/cgi-bin/x?lang=zh", "{}");

    (void)state;
    auth.token.style = GATEWAY_TOKEN_JSON;
    put(&auth.token.origin, "https://api.weixin.qq.com");
    put(&auth.token.path, "/cgi-bin/stable_token");
    put(&auth.name, "access_token");
    auth.in_query = true;
    assert_true(sign_token_request(signer, 0, &ask, NULL));
    assert_string_equal(ask.body, "{\"appid\":\"wx1\",\"grant_type\":\"client_credential\",\"secret\":\"s3\"}");
    take(signer, "{\"access_token\":\"a+b\",\"expires_in\":7200}", 0);
    assert_true(sign_request(signer, &request, 0, NONCE, NULL));
    assert_string_equal(request.url, "https://api.weixin.qq.com/cgi-bin/x?lang=zh&access_token=a%2Bb");
    assert_int_equal(request.headers->len, 0);
    sign_close(signer);
    gateway_auth_clear(&auth);
}

static void test_token_basic(void **state)
{
    GatewayAuth auth = auth_of(GATEWAY_AUTH_OAUTH2_CLIENT, "Aladdin", "open sesame");
    Signer *signer = open_signer(&auth);
    g_auto(SignRequest) ask = {.url = NULL};

    (void)state;
    auth.token.style = GATEWAY_TOKEN_BASIC;
    assert_true(sign_token_request(signer, 0, &ask, NULL));
    assert_header(&ask, "Authorization", "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="); /* RFC 7617 2 */
    assert_string_equal(ask.body, "grant_type=client_credentials");
    sign_close(signer);
    gateway_auth_clear(&auth);
}

static void test_token_refused(void **state)
{
    static const struct {
        int status;
        const char *body;
        BreachError code;
        const char *words;
    } answers[] = {
        {401, "{\"error\":\"invalid_client\",\"error_description\":\"no such\\nclient\"}", BREACH_ERROR_CONFIG,
         "no such client"},
        {400, "{\"error\":\"invalid_grant\"}", BREACH_ERROR_CONFIG, "invalid_grant"},
        {200, "{\"errcode\":40125,\"errmsg\":\"invalid appsecret\"}", BREACH_ERROR_CONFIG, "invalid appsecret"},
        {200, "{\"errcode\":-1,\"errmsg\":\"system error\"}", BREACH_ERROR_TEMPORARY, "system error"},
        {503, "busy", BREACH_ERROR_TEMPORARY, "503"},
        {200, "{", BREACH_ERROR_TEMPORARY, "200"},
        {200, "[]", BREACH_ERROR_TEMPORARY, "200"},
        {200, "{\"access_token\":\"a\\r\\nX: y\"}", BREACH_ERROR_TEMPORARY, "200"},
        {200, "{\"access_token\":\"\"}", BREACH_ERROR_TEMPORARY, "200"},
        {302, "{\"access_token\":\"a\"}", BREACH_ERROR_TEMPORARY, "302"},
    };
    GatewayAuth auth = auth_of(GATEWAY_AUTH_OAUTH2_CLIENT, "client", "secret");
    Signer *signer = open_signer(&auth);

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(answers); i++) {
        g_autoptr(GError) error = NULL;

        assert_false(sign_token_answer(signer, answers[i].status, answers[i].body, strlen(answers[i].body), 0, &error));
        assert_int_equal(error->code, answers[i].code);
        assert_non_null(strstr(error->message, answers[i].words));
        assert_null(strchr(error->message, '\n'));
        assert_true(sign_wants_token(signer, 0));
    }
    assert_false(sign_token_answer(signer, 500, NULL, 0, 0, NULL));
    sign_close(signer);
    gateway_auth_clear(&auth);
}

/* Plain secrets --------------------------------------------------------------------------------------------------- */

static void test_plain(void **state)
{
    GatewayAuth basic = auth_of(GATEWAY_AUTH_BASIC, "Aladdin", "open sesame");
    GatewayAuth bearer = auth_of(GATEWAY_AUTH_BEARER, NULL, NULL);
    GatewayAuth header = auth_of(GATEWAY_AUTH_API_KEY, NULL, NULL);
    GatewayAuth query = auth_of(GATEWAY_AUTH_API_KEY, NULL, NULL);
    GatewayAuth none = auth_of(GATEWAY_AUTH_NONE, NULL, NULL);
    SignRequest requests[5] = {
        request_of("POST", "https://x.example/a", ""), request_of("POST", "https://x.example/a", ""),
        request_of("POST", "https://x.example/a", ""), request_of("POST", "https://x.example/a#b", ""),
        request_of("POST", "https://x.example/a", "")};

    (void)state;
    sign(&basic, &requests[0], 0);
    assert_header(&requests[0], "Authorization", "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
    assert_true(g_setenv("BREACH_TEST_SIGN", "k 1", TRUE));
    sign(&bearer, &requests[1], 0);
    assert_header(&requests[1], "Authorization", "Bearer k 1");
    put(&header.name, "Authorization");
    put(&header.prefix, "OAuth ");
    sign(&header, &requests[2], 0);
    assert_header(&requests[2], "Authorization", "OAuth k 1");
    put(&query.name, "key");
    query.in_query = true;
    sign(&query, &requests[3], 0);
    assert_string_equal(requests[3].url, "https://x.example/a?key=k%201#b");
    sign(&none, &requests[4], 0);
    assert_int_equal(requests[4].headers->len, 0);
    for (size_t i = 0; i < G_N_ELEMENTS(requests); i++)
        sign_request_clear(&requests[i]);
}

static void test_bad_set_up(void **state)
{
    GatewayAuth auth = auth_of(GATEWAY_AUTH_JWT_RS256, "x", "{\"key\": 1}");
    GatewayAuth missing = auth_of(GATEWAY_AUTH_BEARER, NULL, NULL);
    GatewayAuth bearer = auth_of(GATEWAY_AUTH_BEARER, NULL, "k");
    g_autoptr(GError) error = NULL, gone = NULL, no_url = NULL;
    g_auto(SignRequest) request = request_of("GET", "ftp://x.example/", NULL);
    Signer *signer;

    (void)state;
    put(&auth.secret_member, "/none");
    assert_true(g_setenv("BREACH_TEST_SIGN", "{\"key\": 1}", TRUE));
    assert_null(sign_open(&auth, "/", false, &error));
    assert_non_null(strstr(error->message, "/none"));
    put(&missing.secret, "env:BREACH_TEST_SIGN_NOT_SET");
    assert_null(sign_open(&missing, "/", false, &gone));
    assert_true(g_error_matches(gone, BREACH_ERROR, BREACH_ERROR_CONFIG));
    signer = open_signer(&bearer);
    assert_false(sign_request(signer, &request, 0, NONCE, &no_url));
    assert_true(g_error_matches(no_url, BREACH_ERROR, BREACH_ERROR_CONFIG));
    sign_close(signer);
    gateway_auth_clear(&auth);
    gateway_auth_clear(&missing);
    gateway_auth_clear(&bearer);
}

/* Nothing real is read, and every kind works all the same. */
static void test_exercise(void **state)
{
    (void)state;
    for (int kind = GATEWAY_AUTH_NONE; kind <= GATEWAY_AUTH_JWT_ES256; kind++) {
        GatewayAuth auth = auth_of((GatewayAuthKind)kind, "user", NULL);
        g_auto(SignRequest) request = request_of("POST", "http://127.0.0.1:1/x", "{}");
        g_auto(SignRequest) ask = {.url = NULL};
        g_autoptr(GError) error = NULL;
        Signer *signer;

        put(&auth.secret, "file:/dev/null/no-such-secret");
        put(&auth.session_token, "env:BREACH_TEST_SIGN_NOT_SET");
        put(&auth.name, "X-Key");
        put(&auth.hmac.header, "X-Signature");
        put(&auth.service, "s");
        put(&auth.region, "r");
        signer = sign_open(&auth, "/", true, &error);
        assert_non_null(signer);
        if (sign_wants_token(signer, 0)) {
            assert_true(sign_token_request(signer, 0, &ask, NULL));
            take(signer, "{\"access_token\":\"t\"}", 0);
        }
        assert_true(sign_request(signer, &request, 0, NONCE, NULL));
        assert_true(request.headers->len > 0 || kind == GATEWAY_AUTH_NONE);
        sign_close(signer);
        gateway_auth_clear(&auth);
    }
}

static void test_urls(void **state)
{
    static const struct {
        const char *url, *host, *path, *query;
    } good[] = {
        {"https://A.example", "a.example", "/", ""},
        {"https://a.example:443/x", "a.example", "/x", ""},
        {"http://127.0.0.1:80/x?y=z#q", "127.0.0.1", "/x", "y=z"},
        {"https://a.example:8443?y", "a.example:8443", "/", "y"},
        {"https://user:pass@a.example/", "a.example", "/", ""},
    };
    static const char *const bad[] = {"", "https://", "ftp://a.example/", "a.example/x", "http:///x"};

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(good); i++) {
        g_auto(SignUrl) url = {.host = NULL};

        assert_true(sign_url_split(good[i].url, &url));
        assert_string_equal(url.host, good[i].host);
        assert_string_equal(url.path, good[i].path);
        assert_string_equal(url.query, good[i].query);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_auto(SignUrl) url = {.host = NULL};

        assert_false(sign_url_split(bad[i], &url));
    }
}

static void test_canonical_query(void **state)
{
    g_autofree char *query = sign_canonical_query("b=2&a=x+y&a=%2b&c=&&d&a-b=1&a=%E4%B8%AD");

    (void)state;
    assert_string_equal(query, "a=%2B&a=%E4%B8%AD&a=x%2By&a-b=1&b=2&c=&d=");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hmac),
        cmocka_unit_test(test_hmac_of_a_form),
        cmocka_unit_test(test_hmac_in_headers),
        cmocka_unit_test(test_hmac_of_all_parts),
        cmocka_unit_test(test_equal),
        cmocka_unit_test(test_acs3),
        cmocka_unit_test(test_acs3_other_action),
        cmocka_unit_test(test_tc3),
        cmocka_unit_test(test_tc3_query),
        cmocka_unit_test(test_sigv4_suite),
        cmocka_unit_test(test_sigv4_s3),
        cmocka_unit_test(test_rs256),
        cmocka_unit_test(test_es256),
        cmocka_unit_test(test_keys_refused),
        cmocka_unit_test(test_apns_token),
        cmocka_unit_test(test_fcm_assertion),
        cmocka_unit_test(test_token_life),
        cmocka_unit_test(test_token_in_query),
        cmocka_unit_test(test_token_basic),
        cmocka_unit_test(test_token_refused),
        cmocka_unit_test(test_plain),
        cmocka_unit_test(test_bad_set_up),
        cmocka_unit_test(test_exercise),
        cmocka_unit_test(test_urls),
        cmocka_unit_test(test_canonical_query),
    };

    return cmocka_run_group_tests_name("sign", tests, NULL, NULL);
}
