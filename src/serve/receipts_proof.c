#include "serve/receipts_proof.h"

#include <string.h>

#include "base/clock.h"
#include "channel/sign.h"
#include "channel/sign_canonical.h"
#include "channel/sign_token.h"

static const char *header_of(const ListenerRequest *request, const char *name)
{
    g_autofree char *folded = name ? g_ascii_strdown(name, -1) : NULL;
    const char *value = folded ? g_hash_table_lookup(request->headers, folded) : NULL;

    return value ? value : "";
}

static bool has_token(const GatewayReceipt *receipt, const char *secret, const ListenerRequest *request,
                      GHashTable *query)
{
    const char *given =
        receipt->in_query ? g_hash_table_lookup(query, receipt->name) : header_of(request, receipt->name);

    return given && sign_is_equal(given, secret);
}

static bool is_fresh(const GatewayHmac *hmac, const char *timestamp, int64_t now)
{
    gint64 seconds;

    if (!hmac->timestamp_header)
        return true;
    return g_ascii_string_to_signed(timestamp, 10, 0, INT64_MAX / CLOCK_SECOND, &seconds, NULL) &&
           ABS(now - seconds * CLOCK_SECOND) <= hmac->skew;
}

static bool has_signature(const GatewayReceipt *receipt, const char *secret, const ListenerRequest *request,
                          int64_t now)
{
    const GatewayHmac *hmac = &receipt->hmac;
    const char *timestamp = header_of(request, hmac->timestamp_header);
    const char *given = header_of(request, hmac->header);
    const char *prefix = hmac->prefix ? hmac->prefix : "";
    SignParts parts = {.method = request->method,
                       .url = receipt->url ? receipt->url : "",
                       .path = request->path,
                       .query = request->query,
                       .timestamp = timestamp,
                       .nonce = header_of(request, hmac->nonce_header),
                       .body = request->body,
                       .size = request->size};
    g_autofree char *wanted = sign_parts(hmac, secret, &parts);

    return is_fresh(hmac, timestamp, now) && g_str_has_prefix(given, prefix) &&
           sign_is_equal(given + strlen(prefix), wanted);
}

bool receipts_is_proven(const GatewayReceipt *receipt, const char *secret, const ListenerRequest *request,
                        GHashTable *query, int64_t now)
{
    g_autofree char *basic = NULL;

    switch (receipt->proof) {
    case GATEWAY_RECEIPT_TOKEN:
        return has_token(receipt, secret, request, query);
    case GATEWAY_RECEIPT_HMAC:
        return has_signature(receipt, secret, request, now);
    case GATEWAY_RECEIPT_BASIC:
        basic = sign_basic_value(receipt->user ? receipt->user : "", secret);
        return sign_is_equal(header_of(request, "authorization"), basic);
    }
    return false;
}
