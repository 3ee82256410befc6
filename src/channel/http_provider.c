#include "channel/http_provider.h"

#include <string.h>

#include "base/error.h"
#include "base/id.h"
#include "base/secret.h"
#include "channel/http_request.h"

#define TOKEN_TRIES  3
#define NONCE_LENGTH 32

struct HttpProvider {
    const Gateway *gateway; /* borrowed */
    const Clock *clock;     /* borrowed */
    HttpClient *client;     /* owned */
    Signer *signer;         /* owned */
    Signer *looker;         /* owned; NULL: look-ups are signed as everything else */
    GatewayAuth look_auth;  /* borrows everything; for `looker` */
    Secret *token;          /* owned; {{receipt_token}}; NULL: no request has it, or it is an exercise */
};

/* A relative CA file starts at the gateway file's folder. */
static char *ca_path(const Gateway *gateway)
{
    if (!gateway->ca_file || g_path_is_absolute(gateway->ca_file))
        return g_strdup(gateway->ca_file);
    return g_build_filename(gateway->folder ? gateway->folder : ".", gateway->ca_file, NULL);
}

static HttpClient *open_client(const Gateway *gateway, GError **error)
{
    const GatewayHttp *http = gateway->http;
    g_autofree char *ca_file = ca_path(gateway);

    return http_client_new(&(HttpOptions){.ca_file = ca_file,
                                          .http2 = http->is_http2 && !gateway->reroute,
                                          .connections = gateway->connections,
                                          .connect_timeout = http->limits.connect,
                                          .timeout = http->limits.timeout,
                                          .answer_max = (size_t)http->limits.answer_max,
                                          .header = http->answer.provider_id_header},
                           error);
}

static bool open_signers(HttpProvider *provider, GError **error)
{
    const Gateway *gateway = provider->gateway;
    bool is_exercise = gateway->reroute != NULL;

    provider->signer = sign_open(&gateway->http->auth, gateway->folder, is_exercise, error);
    if (!provider->signer || !gateway->http->lookup.action)
        return provider->signer != NULL;
    provider->look_auth = gateway->http->auth;
    provider->look_auth.action = gateway->http->lookup.action;
    provider->looker = sign_open(&provider->look_auth, gateway->folder, is_exercise, error);
    return provider->looker != NULL;
}

/* Providers that are told with each message where its reports go are told the secret as well. */
static bool open_token(HttpProvider *provider, GError **error)
{
    const Gateway *gateway = provider->gateway;

    if (gateway->reroute || !gateway->http->receipt.secret ||
        !gateway_request_uses(gateway->http->request, "receipt_token"))
        return true;
    provider->token = secret_load(gateway->http->receipt.secret, gateway->folder, error);
    return provider->token != NULL;
}

HttpProvider *http_provider_open(const Gateway *gateway, const Clock *clock, GError **error)
{
    HttpProvider *provider = g_new0(HttpProvider, 1);

    provider->gateway = gateway;
    provider->clock = clock;
    provider->client = open_client(gateway, error);
    if (provider->client && open_signers(provider, error) && open_token(provider, error))
        return provider;
    error_prefix(error, "%s: ", gateway->name);
    http_provider_close(provider);
    return NULL;
}

void http_provider_close(HttpProvider *provider)
{
    if (!provider)
        return;
    http_client_free(provider->client);
    sign_close(provider->signer);
    sign_close(provider->looker);
    secret_free(provider->token);
    g_free(provider);
}

const Gateway *http_provider_gateway(const HttpProvider *provider)
{
    return provider->gateway;
}

HttpClient *http_provider_client(HttpProvider *provider)
{
    return provider->client;
}

/* Tokens -------------------------------------------------------------------------------------------------------- */

/* Tokens come from where the gateway leads, too. */
static void reroute(const Gateway *gateway, SignRequest *request)
{
    const char *host = strstr(request->url, "://");
    const char *path = host ? strpbrk(host + 3, "/?") : NULL;
    char *url;

    if (!gateway->reroute)
        return;
    url = g_strconcat(gateway->reroute, path ? path : "/", NULL);
    g_free(request->url);
    request->url = url;
}

static bool fetch_token(HttpProvider *provider, Signer *signer, GError **error)
{
    g_auto(SignRequest) request = {0};
    HttpAnswer answer;
    bool taken;

    if (!sign_token_request(signer, clock_now(provider->clock), &request, error))
        return false;
    reroute(provider->gateway, &request);
    if (!http_exchange(provider->client, &request, NULL, NULL, &answer, error)) {
        http_answer_clear(&answer);
        return false;
    }
    taken = sign_token_answer(signer, answer.code, answer.body, answer.size, clock_now(provider->clock), error);
    http_answer_clear(&answer);
    return taken;
}

bool http_provider_build(HttpProvider *provider, const GatewayRequest *request, const ChannelMessage *const *messages,
                         size_t count, SignRequest *output, GError **error)
{
    const char *token = provider->token ? secret_text(provider->token) : "exercise";

    return http_request_build(provider->gateway, request, messages, count, token, output, error);
}

bool http_provider_sign(HttpProvider *provider, SignRequest *request, bool is_look_up, GError **error)
{
    Signer *signer = is_look_up && provider->looker ? provider->looker : provider->signer;
    char nonce[NONCE_LENGTH + 1] = "";

    for (int tries = 0; sign_wants_token(signer, clock_now(provider->clock)); tries++) {
        if (tries == TOKEN_TRIES) {
            error_set(error, BREACH_ERROR_TEMPORARY, "http-token",
                      "the provider gives out tokens that have ended already; check this machine's clock with date");
            return false;
        }
        if (!fetch_token(provider, signer, error))
            return false;
    }
    if (sign_wants_nonce(signer))
        id_random(nonce, NONCE_LENGTH);
    return sign_request(signer, request, clock_now(provider->clock), nonce, error);
}

void http_provider_refused(HttpProvider *provider)
{
    int64_t now = clock_now(provider->clock);

    sign_forget_token(provider->signer, now);
    if (provider->looker)
        sign_forget_token(provider->looker, now);
}

bool http_provider_ask(HttpProvider *provider, const GatewayRequest *request, const ChannelMessage *message,
                       HttpBefore *before, void *user, HttpAnswer *answer, GError **error)
{
    g_auto(SignRequest) built = {0};

    *answer = (HttpAnswer){.end = HTTP_UNSENT};
    return http_provider_build(provider, request, &message, 1, &built, error) &&
           http_provider_sign(provider, &built, false, error) &&
           http_exchange(provider->client, &built, before, user, answer, error);
}
