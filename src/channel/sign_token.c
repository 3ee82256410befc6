#include "channel/sign_token.h"

#include <inttypes.h>
#include <string.h>

#include <jansson.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/text.h"
#include "channel/sign_canonical.h"

#define LIFE_UNSAID    300.0        /* s; of a token whose answer does not say how long it lives (RFC 6749 5.1) */
#define LIFE_MOST      86400.0      /* s */
#define EARLY          CLOCK_MINUTE /* a token is replaced so long before its end, or after half a shorter life */
#define ASSERTION_LIFE CLOCK_HOUR   /* of the JWT that asks for a token: the longest that Google takes */
#define OWN_LIFE       (40 * CLOCK_MINUTE) /* APNs refuses tokens over an hour old, */
#define OWN_LEAST      (20 * CLOCK_MINUTE) /* and new ones more often than every 20 minutes */
#define WORDS_MOST     200

struct SignToken {
    const GatewayAuth *auth;
    const char *user, *secret;
    const SignKey *key;
    char *text;    /* owned, or NULL: there is none */
    int64_t since; /* ms; when it was made or given */
    int64_t until; /* ms; its end */
};

SignToken *sign_token_new(const GatewayAuth *auth, const char *user, const char *secret, const SignKey *key)
{
    SignToken *token = g_new0(SignToken, 1);

    token->auth = auth;
    token->user = user;
    token->secret = secret;
    token->key = key;
    return token;
}

static void drop(SignToken *token)
{
    if (token->text)
        explicit_bzero(token->text, strlen(token->text));
    g_clear_pointer(&token->text, g_free);
}

void sign_token_free(SignToken *token)
{
    if (!token)
        return;
    drop(token);
    g_free(token);
}

char *sign_basic_value(const char *user, const char *secret)
{
    g_autofree char *pair = g_strconcat(user, ":", secret, NULL);
    g_autofree char *encoded = g_base64_encode((const unsigned char *)pair, strlen(pair));
    char *value = g_strconcat("Basic ", encoded, NULL);

    explicit_bzero(pair, strlen(pair));
    return value;
}

/* Our own JWTs ---------------------------------------------------------------------------------------------------- */

static json_t *jwt_header(const GatewayAuth *auth)
{
    json_t *header = json_pack("{s:s}", "alg", auth->kind == GATEWAY_AUTH_JWT_RS256 ? "RS256" : "ES256");

    if (auth->kind == GATEWAY_AUTH_JWT_RS256)
        json_object_set_new(header, "typ", json_string("JWT"));
    if (auth->key_id)
        json_object_set_new(header, "kid", json_string(auth->key_id));
    return header;
}

static char *make_jwt(const SignToken *token, json_t *claims, GError **error)
{
    json_t *header = jwt_header(token->auth);
    g_autofree char *head = text_canonical_json(header);
    g_autofree char *body = text_canonical_json(claims);

    json_decref(header);
    json_decref(claims);
    return sign_jwt(token->key, head, body, error);
}

/* The assertion that Google's token endpoint takes (RFC 7523 3). */
static char *make_assertion(const SignToken *token, const char *audience, int64_t now, GError **error)
{
    json_t *claims =
        json_pack("{s:s, s:s, s:I, s:I}", "iss", token->user, "aud", audience, "iat", (json_int_t)(now / CLOCK_SECOND),
                  "exp", (json_int_t)((now + ASSERTION_LIFE) / CLOCK_SECOND));

    if (token->auth->scope)
        json_object_set_new(claims, "scope", json_string(token->auth->scope));
    return make_jwt(token, claims, error);
}

static const char *own_token(SignToken *token, int64_t now, GError **error)
{
    if (token->text && now >= token->since && now - token->since < OWN_LIFE)
        return token->text;
    drop(token);
    token->text =
        make_jwt(token, json_pack("{s:s, s:I}", "iss", token->user, "iat", (json_int_t)(now / CLOCK_SECOND)), error);
    token->since = now;
    return token->text;
}

const char *sign_token_text(SignToken *token, int64_t now, GError **error)
{
    if (token->auth->kind == GATEWAY_AUTH_JWT_ES256)
        return own_token(token, now, error);
    if (token->text)
        return token->text;
    error_set(error, BREACH_ERROR_TEMPORARY, "sign-token-first", "there is no token of the provider's yet");
    return NULL;
}

/* Those that are given -------------------------------------------------------------------------------------------- */

bool sign_token_is_wanted(const SignToken *token, int64_t now)
{
    GatewayAuthKind kind = token->auth->kind;
    int64_t early = MIN(EARLY, (token->until - token->since) / 2);

    return (kind == GATEWAY_AUTH_OAUTH2_CLIENT || kind == GATEWAY_AUTH_JWT_RS256) &&
           (!token->text || now < token->since || now >= token->until - early);
}

static void add_pair(GString *form, const char *name, const char *value)
{
    g_autofree char *encoded = sign_encoded(value, strlen(value), false);

    g_string_append_printf(form, "%s%s=%s", form->len > 0 ? "&" : "", name, encoded);
}

static bool ask_form(const SignToken *token, int64_t now, SignRequest *request, GError **error)
{
    const GatewayAuth *auth = token->auth;
    GString *form = g_string_new(NULL);

    if (auth->kind == GATEWAY_AUTH_JWT_RS256) {
        g_autofree char *assertion = make_assertion(token, request->url, now, error);

        if (!assertion) {
            g_string_free(form, TRUE);
            return false;
        }
        add_pair(form, "grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer");
        add_pair(form, "assertion", assertion);
    } else {
        add_pair(form, "grant_type", "client_credentials");
        if (auth->scope)
            add_pair(form, "scope", auth->scope);
        if (auth->token.style == GATEWAY_TOKEN_FORM) {
            add_pair(form, "client_id", token->user);
            add_pair(form, "client_secret", token->secret);
        } else {
            g_autofree char *value = sign_basic_value(token->user, token->secret);

            sign_request_header(request, "Authorization", value);
        }
    }
    sign_request_header(request, "Content-Type", "application/x-www-form-urlencoded");
    request->size = form->len;
    request->body = g_string_free(form, FALSE);
    return true;
}

static bool ask_json(const SignToken *token, SignRequest *request)
{
    json_t *body =
        json_pack("{s:s, s:s, s:s}", "grant_type", "client_credential", "appid", token->user, "secret", token->secret);

    sign_request_header(request, "Content-Type", "application/json; charset=utf-8");
    request->body = text_canonical_json(body);
    request->size = strlen(request->body);
    json_decref(body);
    return true;
}

bool sign_token_ask(SignToken *token, int64_t now, SignRequest *request, GError **error)
{
    const GatewayToken *at = &token->auth->token;

    sign_request_clear(request);
    request->method = "POST";
    request->url = g_strconcat(at->origin ? at->origin : "", at->path ? at->path : "", NULL);
    request->headers = g_ptr_array_new_with_free_func(g_free);
    sign_request_header(request, "Accept", "application/json");
    if (token->auth->kind == GATEWAY_AUTH_OAUTH2_CLIENT && at->style == GATEWAY_TOKEN_JSON)
        return ask_json(token, request);
    return ask_form(token, now, request, error);
}

/* The provider's reason, as far as it can be shown: one line without control characters. */
static char *words_of(json_t *answer)
{
    static const char *const names[] = {"error_description", "error", "errmsg", "message", NULL};

    for (int i = 0; names[i]; i++) {
        const char *text = json_string_value(json_object_get(answer, names[i]));

        if (text && *text) {
            char *line = g_utf8_substring(text, 0, MIN(g_utf8_strlen(text, -1), WORDS_MOST));

            for (char *c = line; *c; c++)
                if (g_ascii_iscntrl(*c))
                    *c = ' ';
            return line;
        }
    }
    return g_strdup("-");
}

/* WeChat answers 200 to everything; its -1 is "busy, try again". */
static bool is_refusal(int status, json_t *answer)
{
    json_t *code = json_object_get(answer, "errcode");

    if (status >= 200 && status <= 299)
        return json_object_get(answer, "error") || (json_integer_value(code) != 0 && json_integer_value(code) != -1);
    return status == 400 || status == 401 || status == 403;
}

static bool take(SignToken *token, int status, json_t *answer, int64_t now, GError **error)
{
    const char *text = json_string_value(json_object_get(answer, "access_token"));
    json_t *life = json_object_get(answer, "expires_in");
    double seconds = json_is_number(life) ? json_number_value(life) : LIFE_UNSAID;

    if (status < 200 || status > 299 || !text || !*text || text_has_controls(text, strlen(text))) {
        g_autofree char *words = words_of(answer);

        if (is_refusal(status, answer))
            error_set(error, BREACH_ERROR_CONFIG, "sign-token-refused",
                      "the provider refuses us a token (HTTP %d): %s; check user and secret in the gateway file",
                      status, words);
        else
            error_set(error, BREACH_ERROR_TEMPORARY, "sign-token-missing", "the provider gave no token (HTTP %d): %s",
                      status, words);
        return false;
    }
    drop(token);
    token->text = g_strdup(text);
    token->since = now;
    token->until = now + (int64_t)(CLAMP(seconds, 0.0, LIFE_MOST) * (double)CLOCK_SECOND);
    return true;
}

bool sign_token_take(SignToken *token, int status, const char *body, size_t size, int64_t now, GError **error)
{
    json_t *answer = json_loadb(body ? body : "", body ? size : 0, 0, NULL);
    bool done = take(token, status, answer, now, error);

    json_decref(answer);
    return done;
}

void sign_token_forget(SignToken *token, int64_t now)
{
    if (token->auth->kind != GATEWAY_AUTH_JWT_ES256 || now < token->since || now - token->since >= OWN_LEAST)
        drop(token);
}
