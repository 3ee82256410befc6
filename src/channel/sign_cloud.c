#include "channel/sign_cloud.h"

#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "channel/sign_canonical.h"

static bool split(const SignRequest *request, SignUrl *url, GError **error)
{
    if (sign_url_split(request->url, url))
        return true;
    error_set(error, BREACH_ERROR_CONFIG, "sign-url", "the request has no URL with http:// or https://");
    return false;
}

/* What is hashed: RFC-like lines, one for each part of the request. */
static char *canonical_request(const SignRequest *request, const char *path, const char *query,
                               const SignHeaders *headers, const char *body_hash)
{
    g_autofree char *text = g_strdup_printf("%s\n%s\n%s\n%s\n%s\n%s", request->method, path, query, headers->lines,
                                            headers->names, body_hash);

    return sign_sha256_hex(text, strlen(text));
}

/* The chain of keys: each step is a key for the next. */
static void derive(unsigned char key[SIGN_DIGEST], const char *const *steps)
{
    for (; *steps; steps++) {
        unsigned char before[SIGN_DIGEST];

        memcpy(before, key, sizeof before);
        sign_hmac(before, sizeof before, *steps, strlen(*steps), key);
        memset(before, 0, sizeof before);
    }
}

static char *signature(const unsigned char *key, size_t key_size, const char *text)
{
    unsigned char digest[SIGN_DIGEST];

    sign_hmac(key, key_size, text, strlen(text), digest);
    return sign_hex(digest, sizeof digest);
}

/* ACS3 ------------------------------------------------------------------------------------------------------------ */

static bool acs3_signs(const char *name)
{
    return strcmp(name, "content-type") == 0 || g_str_has_prefix(name, "x-acs-");
}

bool sign_cloud_acs3(const SignCloudKey *key, SignRequest *request, int64_t now, const char *nonce, GError **error)
{
    g_auto(SignUrl) url = {.host = NULL};
    g_auto(SignHeaders) headers = {.lines = NULL};
    g_autofree char *body_hash = sign_body_hash(request);
    g_autofree char *date = sign_time(now, "%Y-%m-%dT%H:%M:%SZ");
    g_autofree char *path = NULL, *query = NULL, *hash = NULL, *text = NULL, *result = NULL, *line = NULL;

    if (!split(request, &url, error))
        return false;
    sign_request_header(request, "x-acs-date", date);
    sign_request_header(request, "x-acs-signature-nonce", nonce);
    sign_request_header(request, "x-acs-content-sha256", body_hash);
    if (key->token)
        sign_request_header(request, "x-acs-security-token", key->token);
    sign_canonical_headers(request, url.host, acs3_signs, &headers);
    path = sign_canonical_path(url.path, false);
    query = sign_canonical_query(url.query);
    hash = canonical_request(request, path, query, &headers, body_hash);
    text = g_strdup_printf("ACS3-HMAC-SHA256\n%s", hash);
    result = signature((const unsigned char *)key->secret, strlen(key->secret), text);
    line =
        g_strdup_printf("ACS3-HMAC-SHA256 Credential=%s,SignedHeaders=%s,Signature=%s", key->id, headers.names, result);
    sign_request_header(request, "Authorization", line);
    return true;
}

/* TC3 ------------------------------------------------------------------------------------------------------------- */

static bool tc3_signs(const char *name)
{
    return strcmp(name, "content-type") == 0;
}

bool sign_cloud_tc3(const SignCloudKey *key, SignRequest *request, int64_t now, GError **error)
{
    g_auto(SignUrl) url = {.host = NULL};
    g_auto(SignHeaders) headers = {.lines = NULL};
    g_autofree char *body_hash = sign_body_hash(request);
    g_autofree char *date = sign_time(now, "%Y-%m-%d");
    g_autofree char *timestamp = g_strdup_printf("%" PRId64, now / CLOCK_SECOND);
    g_autofree char *secret = g_strconcat("TC3", key->secret, NULL);
    g_autofree char *hash = NULL, *text = NULL, *result = NULL, *line = NULL;
    unsigned char derived[SIGN_DIGEST];

    if (!split(request, &url, error))
        return false;
    sign_request_header(request, "X-TC-Timestamp", timestamp);
    if (key->token)
        sign_request_header(request, "X-TC-Token", key->token);
    sign_canonical_headers(request, url.host, tc3_signs, &headers);
    hash = canonical_request(request, "/", url.query, &headers, body_hash);
    text = g_strdup_printf("TC3-HMAC-SHA256\n%s\n%s/%s/tc3_request\n%s", timestamp, date, key->service, hash);
    sign_hmac(secret, strlen(secret), date, strlen(date), derived);
    derive(derived, (const char *const[]){key->service, "tc3_request", NULL});
    result = signature(derived, sizeof derived, text);
    line = g_strdup_printf("TC3-HMAC-SHA256 Credential=%s/%s/%s/tc3_request, SignedHeaders=%s, Signature=%s", key->id,
                           date, key->service, headers.names, result);
    sign_request_header(request, "Authorization", line);
    memset(secret, 0, strlen(secret));
    return true;
}

/* SigV4 ----------------------------------------------------------------------------------------------------------- */

/* Everything but what a proxy or the library may change on the way. */
static bool sigv4_signs(const char *name)
{
    static const char *const unsigned_names[] = {"authorization", "connection",      "content-length",    "expect",
                                                 "user-agent",    "x-amzn-trace-id", "transfer-encoding", NULL};

    return !g_strv_contains(unsigned_names, name);
}

bool sign_cloud_sigv4(const SignCloudKey *key, SignRequest *request, int64_t now, GError **error)
{
    bool is_s3 = strcmp(key->service, "s3") == 0;
    g_auto(SignUrl) url = {.host = NULL};
    g_auto(SignHeaders) headers = {.lines = NULL};
    g_autofree char *body_hash = sign_body_hash(request);
    g_autofree char *time = sign_time(now, "%Y%m%dT%H%M%SZ");
    g_autofree char *date = g_strndup(time, 8);
    g_autofree char *secret = g_strconcat("AWS4", key->secret, NULL);
    g_autofree char *path = NULL, *query = NULL, *hash = NULL, *text = NULL, *result = NULL, *line = NULL;
    unsigned char derived[SIGN_DIGEST];

    if (!split(request, &url, error))
        return false;
    sign_request_header(request, "X-Amz-Date", time);
    if (is_s3)
        sign_request_header(request, "x-amz-content-sha256", body_hash);
    if (key->token)
        sign_request_header(request, "X-Amz-Security-Token", key->token);
    sign_canonical_headers(request, url.host, sigv4_signs, &headers);
    path = sign_canonical_path(url.path, !is_s3);
    query = sign_canonical_query(url.query);
    hash = canonical_request(request, path, query, &headers, body_hash);
    text =
        g_strdup_printf("AWS4-HMAC-SHA256\n%s\n%s/%s/%s/aws4_request\n%s", time, date, key->region, key->service, hash);
    sign_hmac(secret, strlen(secret), date, strlen(date), derived);
    derive(derived, (const char *const[]){key->region, key->service, "aws4_request", NULL});
    result = signature(derived, sizeof derived, text);
    line = g_strdup_printf("AWS4-HMAC-SHA256 Credential=%s/%s/%s/%s/aws4_request, SignedHeaders=%s, Signature=%s",
                           key->id, date, key->region, key->service, headers.names, result);
    sign_request_header(request, "Authorization", line);
    memset(secret, 0, strlen(secret));
    return true;
}
