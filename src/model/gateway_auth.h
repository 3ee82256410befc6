/* gateway_auth - how requests prove to a provider that they are ours.
 *
 * Secrets are references (env:NAME, file:PATH), never the secrets. What the file gives as a plain text (a key's id, a
 * user) may be a reference too: base/secret tells them apart by their beginning. Owned strings; immutable after
 * loading. Threads: reading is safe. */
#ifndef BREACH_MODEL_GATEWAY_AUTH_H
#define BREACH_MODEL_GATEWAY_AUTH_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

typedef enum GatewayAuthKind {
    GATEWAY_AUTH_NONE,
    GATEWAY_AUTH_BASIC,         /* user, secret */
    GATEWAY_AUTH_BEARER,        /* secret */
    GATEWAY_AUTH_API_KEY,       /* secret in the header or query parameter `name`, behind `prefix` */
    GATEWAY_AUTH_HMAC,          /* secret, `hmac` */
    GATEWAY_AUTH_ALIBABA_ACS3,  /* user (AccessKeyId), secret, action, version */
    GATEWAY_AUTH_TENCENT_TC3,   /* user (SecretId), secret, service, action, version, region */
    GATEWAY_AUTH_AWS_SIGV4,     /* user (access key id), secret, service, region, session_token or NULL */
    GATEWAY_AUTH_OAUTH2_CLIENT, /* user (client id), secret, `token`, scope: RFC 6749 4.4 */
    GATEWAY_AUTH_JWT_RS256, /* user (iss), secret (PEM), key_id or NULL, scope, `token`: RFC 7523 2.1, as FCM has it */
    GATEWAY_AUTH_JWT_ES256, /* user (iss, the team), secret (PEM), key_id; the JWT itself is the bearer token (APNs) */
} GatewayAuthKind;

typedef enum GatewayHash { GATEWAY_HASH_SHA256, GATEWAY_HASH_SHA1, GATEWAY_HASH_SHA512 } GatewayHash;
typedef enum GatewayEncoding { GATEWAY_ENCODING_HEX, GATEWAY_ENCODING_BASE64 } GatewayEncoding;

/* GatewayPart: what an HMAC is made over, in this order, with `separator` between. */
typedef enum GatewayPart {
    GATEWAY_PART_METHOD,
    GATEWAY_PART_URL,       /* whole, as it goes out; of a receipt: as the provider was told (receipt.url) */
    GATEWAY_PART_PATH,      /* without the query */
    GATEWAY_PART_QUERY,     /* as it goes out, without "?" */
    GATEWAY_PART_TIMESTAMP, /* seconds since 1970, as in the header `timestamp_header` */
    GATEWAY_PART_NONCE,     /* as in the header `nonce_header` */
    GATEWAY_PART_BODY,
    GATEWAY_PART_FORM, /* the form's pairs sorted by name, name and value decoded, nothing between (Twilio) */
} GatewayPart;

#define GATEWAY_PARTS_MAX 8

typedef struct GatewayHmac {
    GatewayHash hash;
    GatewayEncoding encoding;
    GatewayPart over[GATEWAY_PARTS_MAX];
    int over_count;
    char *separator;        /* owned; "" unless given */
    char *header;           /* owned; where the signature stands */
    char *prefix;           /* owned; before it: "sha256="; "" unless given */
    char *timestamp_header; /* owned, or NULL: none is sent or expected */
    char *nonce_header;     /* owned, or NULL */
    int64_t skew;           /* ms: a receipt whose timestamp is further away is forged; default 5 min */
} GatewayHmac;

typedef enum GatewayTokenStyle {
    GATEWAY_TOKEN_FORM,  /* client_id and client_secret in the form */
    GATEWAY_TOKEN_BASIC, /* in an Authorization: Basic header */
    GATEWAY_TOKEN_JSON, /* {"grant_type": "client_credential", "appid": user, "secret": secret} (WeChat stable_token) */
} GatewayTokenStyle;

typedef struct GatewayToken {
    GatewayTokenStyle style;
    char *origin; /* owned; "https://oauth2.googleapis.com" */
    char *path;   /* owned; "/token" */
} GatewayToken;

typedef struct GatewayAuth {
    GatewayAuthKind kind;
    char *user;   /* owned, or NULL; plain or a reference */
    char *secret; /* owned, or NULL; a reference */
    char *
        secret_member; /* owned, or NULL; a JSON pointer: the secret is a JSON file, and this is where the key stands */
    char *session_token; /* owned, or NULL; a reference */
    char *name;          /* owned, or NULL; header or query parameter of an API key or of a token */
    bool in_query;       /* `name` is a query parameter */
    char *prefix;        /* owned; before an API key or token: "Bearer "; "" unless given */
    char *key_id;        /* owned, or NULL; plain */
    char *scope;         /* owned, or NULL */
    char *service, *action, *version, *region; /* owned, or NULL; of the clouds' signatures */
    GatewayHmac hmac;
    GatewayToken token; /* token.origin NULL: there is none */
} GatewayAuth;

void gateway_auth_init(GatewayAuth *auth);
void gateway_auth_clear(GatewayAuth *auth);
void gateway_hmac_init(GatewayHmac *hmac);
void gateway_hmac_clear(GatewayHmac *hmac);

/* gateway_auth_name: "none", "basic" … as in the file. */
const char *gateway_auth_name(GatewayAuthKind kind);

#endif
