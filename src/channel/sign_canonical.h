/* sign_canonical - the parts of a request in the one form in which both sides hash them.
 *
 * Pure; threads: safe. Everything returned is newly allocated. */
#ifndef BREACH_CHANNEL_SIGN_CANONICAL_H
#define BREACH_CHANNEL_SIGN_CANONICAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>

#include "channel/sign.h"

typedef struct SignUrl {
    char *host;  /* owned; lower case, with the port unless it is that of the scheme: as the Host header has it */
    char *path;  /* owned; as in the URL; "/" when there is none */
    char *query; /* owned; as in the URL, without "?"; "" when there is none */
} SignUrl;

/* sign_url_split: false when `url` is no absolute http or https URL. */
bool sign_url_split(const char *url, SignUrl *parts);
void sign_url_clear(SignUrl *parts);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SignUrl, sign_url_clear)

/* sign_url_with: the URL with one more parameter in its query. */
char *sign_url_with(const char *url, const char *name, const char *value);

/* sign_encoded: percent-encoded but for the unreserved characters of RFC 3986 2.3, and for "/" with `keep_slash`. */
char *sign_encoded(const char *text, size_t size, bool keep_slash);

/* sign_decoded: what is percent-encoded decoded, anything else as it is, up to the first NUL. */
char *sign_decoded(const char *text, size_t size);

/* sign_canonical_path: decoded and encoded again, so that both sides agree about what needs no encoding; with `twice`
 * encoded once more (AWS: all services but S3). */
char *sign_canonical_path(const char *path, bool twice);

/* sign_canonical_query: each name and value decoded, encoded, sorted by name and then value (AWS, ACS3). */
char *sign_canonical_query(const char *query);

/* sign_pairs: a query or a form, decoded: name -> value, of several of one name the last ("+" is a blank there: WHATWG
 * URL 5.1). */
GHashTable *sign_pairs(const char *text);

/* SignHeaders: the headers that are signed, sorted, lower case, several of one name joined by commas. */
typedef struct SignHeaders {
    char *lines; /* owned; "name:value\n" … */
    char *names; /* owned; "name;name" */
} SignHeaders;

/* sign_canonical_headers: `host` and those of the request for whose lower-case name `wanted` is true. */
void sign_canonical_headers(const SignRequest *request, const char *host, bool (*wanted)(const char *name),
                            SignHeaders *headers);
void sign_headers_clear(SignHeaders *headers);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SignHeaders, sign_headers_clear)

/* sign_sha256_hex: lower case. sign_body_hash: of the request's body. */
char *sign_sha256_hex(const void *data, size_t size);
char *sign_body_hash(const SignRequest *request);

/* sign_base64url: RFC 4648 5 without padding (RFC 7515 2). */
char *sign_base64url(const void *data, size_t size);

/* sign_time: UTC in the given form of strftime. */
char *sign_time(int64_t now, const char *form);

#endif
