#include "channel/sign.h"

#include <inttypes.h>
#include <string.h>

#include <jansson.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/secret.h"
#include "base/text.h"
#include "channel/sign_canonical.h"
#include "channel/sign_cloud.h"
#include "channel/sign_jwt.h"
#include "channel/sign_token.h"
#include "model/answer_pointer.h"

#define EXERCISE_SECRET "exercise"

struct Signer {
    const GatewayAuth *auth;
    bool is_exercise;
    char *user;       /* owned, or NULL */
    char *secret;     /* owned, or NULL; wiped */
    Secret *locked;   /* owned, or NULL: `secret` is in it, unless a member of a JSON file was wanted */
    char *session;    /* owned, or NULL; wiped */
    SignKey *key;     /* owned; of the JWT kinds */
    SignToken *token; /* owned; of the kinds that have one */
};

/* Requests -------------------------------------------------------------------------------------------------------- */

void sign_request_clear(SignRequest *request)
{
    g_clear_pointer(&request->url, g_free);
    g_clear_pointer(&request->headers, g_ptr_array_unref);
    g_clear_pointer(&request->body, g_free);
    request->method = NULL;
    request->action = NULL;
    request->size = 0;
}

void sign_request_header(SignRequest *request, const char *name, const char *value)
{
    g_ptr_array_add(request->headers, g_strconcat(name, ": ", value, NULL));
}

const char *sign_request_has(const SignRequest *request, const char *name)
{
    size_t size = strlen(name);

    for (guint i = 0; i < request->headers->len; i++) {
        const char *line = g_ptr_array_index(request->headers, i);

        if (g_ascii_strncasecmp(line, name, size) == 0 && line[size] == ':')
            return line + size + 1 + strspn(line + size + 1, " \t");
    }
    return NULL;
}

/* Secrets --------------------------------------------------------------------------------------------------------- */

static void wipe(char *text)
{
    if (text)
        explicit_bzero(text, strlen(text));
    g_free(text);
}

/* A plain text, or what a reference names; newly allocated. */
static bool load_text(const Signer *signer, const char *text, const char *folder, char **result, GError **error)
{
    g_autoptr(Secret) secret = NULL;

    if (!text)
        return true;
    if (!secret_is_reference(text) || signer->is_exercise) {
        *result = g_strdup(secret_is_reference(text) ? EXERCISE_SECRET : text);
        return true;
    }
    secret = secret_load(text, folder, error);
    if (secret)
        *result = g_strdup(secret_text(secret));
    return secret != NULL;
}

/* The member of a JSON file that is the secret: the private key in a service account's file. */
static char *member_of(const char *document, const char *place, GError **error)
{
    g_autoptr(JsonPointer) pointer = answer_pointer_parse(place);
    json_t *root = json_loads(document, 0, NULL);
    char *text = answer_pointer_text(pointer, root);

    json_decref(root);
    if (!text)
        error_set(error, BREACH_ERROR_CONFIG, "sign-member", "the secret's file is no JSON with a text at %s", place);
    return text;
}

static bool load_secret(Signer *signer, const char *folder, GError **error)
{
    const GatewayAuth *auth = signer->auth;

    if (!auth->secret)
        return true;
    if (signer->is_exercise) {
        signer->secret = g_strdup(EXERCISE_SECRET);
        return true;
    }
    signer->locked = secret_load(auth->secret, folder, error);
    if (!signer->locked || !auth->secret_member)
        return signer->locked != NULL;
    signer->secret = member_of(secret_text(signer->locked), auth->secret_member, error);
    g_clear_pointer(&signer->locked, secret_free);
    return signer->secret != NULL;
}

static const char *secret_of(const Signer *signer)
{
    return signer->secret ? signer->secret : signer->locked ? secret_text(signer->locked) : "";
}

static bool load_key(Signer *signer, GError **error)
{
    GatewayAuthKind kind = signer->auth->kind;
    const char *algorithm = kind == GATEWAY_AUTH_JWT_RS256 ? "RS256" : "ES256";

    if (kind != GATEWAY_AUTH_JWT_RS256 && kind != GATEWAY_AUTH_JWT_ES256)
        return true;
    signer->key =
        signer->is_exercise ? sign_jwt_key_new(algorithm, error) : sign_jwt_key(secret_of(signer), algorithm, error);
    return signer->key != NULL;
}

Signer *sign_open(const GatewayAuth *auth, const char *folder, bool is_exercise, GError **error)
{
    g_autoptr(Signer) signer = g_new0(Signer, 1);

    signer->auth = auth;
    signer->is_exercise = is_exercise;
    if (!load_text(signer, auth->user, folder, &signer->user, error) || !load_secret(signer, folder, error) ||
        !load_text(signer, auth->session_token, folder, &signer->session, error) || !load_key(signer, error))
        return NULL;
    signer->token = sign_token_new(auth, signer->user ? signer->user : "", secret_of(signer), signer->key);
    return g_steal_pointer(&signer);
}

void sign_close(Signer *signer)
{
    if (!signer)
        return;
    sign_token_free(signer->token);
    sign_jwt_key_free(signer->key);
    secret_free(signer->locked);
    wipe(signer->secret);
    wipe(signer->session);
    g_free(signer->user);
    g_free(signer);
}

/* Signatures ------------------------------------------------------------------------------------------------------ */

void sign_hmac(const void *key, size_t key_size, const void *data, size_t size, unsigned char digest[SIGN_DIGEST])
{
    GHmac *hmac = g_hmac_new(G_CHECKSUM_SHA256, key, key_size);
    gsize length = SIGN_DIGEST;

    g_hmac_update(hmac, data, (gssize)size);
    g_hmac_get_digest(hmac, digest, &length);
    g_hmac_unref(hmac);
}

char *sign_hex(const unsigned char *octets, size_t size)
{
    static const char digits[] = "0123456789abcdef";
    char *text = g_malloc(2 * size + 1);

    for (size_t i = 0; i < size; i++) {
        text[2 * i] = digits[octets[i] >> 4];
        text[2 * i + 1] = digits[octets[i] & 15];
    }
    text[2 * size] = '\0';
    return text;
}

bool sign_is_equal(const char *left, const char *right)
{
    size_t size = strlen(left);
    unsigned char difference = 0;

    if (strlen(right) != size)
        return false;
    for (size_t i = 0; i < size; i++)
        difference |= (unsigned char)(left[i] ^ right[i]);
    return difference == 0;
}

static void sign_with_hmac(const Signer *signer, SignRequest *request, const SignUrl *url, int64_t now,
                           const char *nonce)
{
    const GatewayHmac *hmac = &signer->auth->hmac;
    g_autofree char *timestamp = g_strdup_printf("%" PRId64, now / CLOCK_SECOND);
    SignParts parts = {.method = request->method,
                       .url = request->url,
                       .path = url->path,
                       .query = url->query,
                       .timestamp = timestamp,
                       .nonce = nonce,
                       .body = request->body ? request->body : "",
                       .size = request->size};
    g_autofree char *signature = sign_parts(hmac, secret_of(signer), &parts);
    g_autofree char *value = g_strconcat(hmac->prefix ? hmac->prefix : "", signature, NULL);

    if (hmac->timestamp_header)
        sign_request_header(request, hmac->timestamp_header, timestamp);
    if (hmac->nonce_header)
        sign_request_header(request, hmac->nonce_header, nonce);
    sign_request_header(request, hmac->header, value);
}

/* A key or token where the gateway file wants it; without a name, RFC 6750 2.1. */
static void carry(const GatewayAuth *auth, SignRequest *request, const char *value)
{
    g_autofree char *text = g_strconcat(auth->name ? (auth->prefix ? auth->prefix : "") : "Bearer ", value, NULL);

    if (auth->name && auth->in_query) {
        char *url = sign_url_with(request->url, auth->name, text);

        g_free(request->url);
        request->url = url;
        return;
    }
    sign_request_header(request, auth->name ? auth->name : "Authorization", text);
}

static void add_cloud_header(SignRequest *request, const char *name, const char *value)
{
    if (value && *value)
        sign_request_header(request, name, value);
}

static bool sign_for_cloud(const Signer *signer, SignRequest *request, int64_t now, const char *nonce, GError **error)
{
    const GatewayAuth *auth = signer->auth;
    const char *action = request->action ? request->action : auth->action;
    SignCloudKey key = {.id = signer->user ? signer->user : "",
                        .secret = secret_of(signer),
                        .token = signer->session,
                        .service = auth->service ? auth->service : "",
                        .region = auth->region ? auth->region : ""};

    if (auth->kind == GATEWAY_AUTH_AWS_SIGV4)
        return sign_cloud_sigv4(&key, request, now, error);
    if (auth->kind == GATEWAY_AUTH_ALIBABA_ACS3) {
        add_cloud_header(request, "x-acs-action", action);
        add_cloud_header(request, "x-acs-version", auth->version);
        return sign_cloud_acs3(&key, request, now, nonce, error);
    }
    add_cloud_header(request, "X-TC-Action", action);
    add_cloud_header(request, "X-TC-Version", auth->version);
    add_cloud_header(request, "X-TC-Region", auth->region);
    return sign_cloud_tc3(&key, request, now, error);
}

static bool sign_with_token(Signer *signer, SignRequest *request, int64_t now, GError **error)
{
    const char *token = sign_token_text(signer->token, now, error);

    if (token)
        carry(signer->auth, request, token);
    return token != NULL;
}

static void sign_basic(const Signer *signer, SignRequest *request)
{
    g_autofree char *value = sign_basic_value(signer->user ? signer->user : "", secret_of(signer));

    sign_request_header(request, "Authorization", value);
}

bool sign_request(Signer *signer, SignRequest *request, int64_t now, const char *nonce, GError **error)
{
    g_auto(SignUrl) url = {.host = NULL};

    if (signer->auth->kind == GATEWAY_AUTH_NONE)
        return true;
    if (!sign_url_split(request->url, &url)) {
        error_set(error, BREACH_ERROR_CONFIG, "sign-url", "the request has no URL with http:// or https://");
        return false;
    }
    switch (signer->auth->kind) {
    case GATEWAY_AUTH_NONE:
        return true;
    case GATEWAY_AUTH_BASIC:
        sign_basic(signer, request);
        return true;
    case GATEWAY_AUTH_BEARER:
    case GATEWAY_AUTH_API_KEY:
        carry(signer->auth, request, secret_of(signer));
        return true;
    case GATEWAY_AUTH_HMAC:
        sign_with_hmac(signer, request, &url, now, nonce);
        return true;
    case GATEWAY_AUTH_ALIBABA_ACS3:
    case GATEWAY_AUTH_TENCENT_TC3:
    case GATEWAY_AUTH_AWS_SIGV4:
        return sign_for_cloud(signer, request, now, nonce, error);
    case GATEWAY_AUTH_OAUTH2_CLIENT:
    case GATEWAY_AUTH_JWT_RS256:
    case GATEWAY_AUTH_JWT_ES256:
        return sign_with_token(signer, request, now, error);
    }
    return true;
}

bool sign_wants_nonce(const Signer *signer)
{
    return signer->auth->kind == GATEWAY_AUTH_HMAC || signer->auth->kind == GATEWAY_AUTH_ALIBABA_ACS3;
}

/* Tokens ---------------------------------------------------------------------------------------------------------- */

bool sign_wants_token(const Signer *signer, int64_t now)
{
    return sign_token_is_wanted(signer->token, now);
}

bool sign_token_request(Signer *signer, int64_t now, SignRequest *request, GError **error)
{
    return sign_token_ask(signer->token, now, request, error);
}

bool sign_token_answer(Signer *signer, int status, const char *body, size_t size, int64_t now, GError **error)
{
    return sign_token_take(signer->token, status, body, size, now, error);
}

void sign_forget_token(Signer *signer, int64_t now)
{
    sign_token_forget(signer->token, now);
}
