#include "model/gateway_auth.h"

#include "base/clock.h"

void gateway_hmac_init(GatewayHmac *hmac)
{
    *hmac = (GatewayHmac){.separator = g_strdup(""), .prefix = g_strdup(""), .skew = 5 * CLOCK_MINUTE};
}

void gateway_hmac_clear(GatewayHmac *hmac)
{
    g_free(hmac->separator);
    g_free(hmac->header);
    g_free(hmac->prefix);
    g_free(hmac->timestamp_header);
    g_free(hmac->nonce_header);
    *hmac = (GatewayHmac){0};
}

void gateway_auth_init(GatewayAuth *auth)
{
    *auth = (GatewayAuth){.prefix = g_strdup("")};
    gateway_hmac_init(&auth->hmac);
}

void gateway_auth_clear(GatewayAuth *auth)
{
    char *const strings[] = {auth->user,    auth->secret, auth->secret_member, auth->session_token, auth->name,
                             auth->prefix,  auth->key_id, auth->scope,         auth->service,       auth->action,
                             auth->version, auth->region, auth->token.origin,  auth->token.path};

    for (size_t i = 0; i < G_N_ELEMENTS(strings); i++)
        g_free(strings[i]);
    gateway_hmac_clear(&auth->hmac);
    *auth = (GatewayAuth){0};
}

const char *gateway_auth_name(GatewayAuthKind kind)
{
    static const char *const names[] = {
        [GATEWAY_AUTH_NONE] = "none",
        [GATEWAY_AUTH_BASIC] = "basic",
        [GATEWAY_AUTH_BEARER] = "bearer",
        [GATEWAY_AUTH_API_KEY] = "api-key",
        [GATEWAY_AUTH_HMAC] = "hmac",
        [GATEWAY_AUTH_ALIBABA_ACS3] = "alibaba-acs3",
        [GATEWAY_AUTH_TENCENT_TC3] = "tencent-tc3",
        [GATEWAY_AUTH_AWS_SIGV4] = "aws-sigv4",
        [GATEWAY_AUTH_OAUTH2_CLIENT] = "oauth2-client",
        [GATEWAY_AUTH_JWT_RS256] = "jwt-rs256",
        [GATEWAY_AUTH_JWT_ES256] = "jwt-es256",
    };

    return names[kind];
}
