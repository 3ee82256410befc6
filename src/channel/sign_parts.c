#include "channel/sign.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "channel/sign_canonical.h"

#define DIGEST_MOST 64 /* octets of SHA-512 */

/* "+" is a blank in a form (WHATWG URL 5.1). */
static char *form_decoded(const char *text, size_t size)
{
    g_autofree char *copy = g_strndup(text, size);

    g_strdelimit(copy, "+", ' ');
    return sign_decoded(copy, strlen(copy));
}

/* The pairs of a form sorted by their names, name and value with nothing between, as Twilio hashes them. */
static void append_form(GString *text, const char *body, size_t size)
{
    g_autofree char *form = g_strndup(body, size);
    g_auto(GStrv) pairs = g_strsplit(form, "&", -1);
    g_autoptr(GPtrArray) sorted = g_ptr_array_new_with_free_func(g_free);

    for (char **pair = pairs; *pair; pair++) {
        size_t name = strcspn(*pair, "=");
        g_autofree char *left = form_decoded(*pair, name);
        g_autofree char *right =
            (*pair)[name] ? form_decoded(*pair + name + 1, strlen(*pair + name + 1)) : g_strdup("");

        if (**pair)
            g_ptr_array_add(sorted, g_strconcat(left, "\001", right, NULL));
    }
    if (sorted->len > 0)
        qsort(sorted->pdata, sorted->len, sizeof *sorted->pdata, text_order);
    for (guint i = 0; i < sorted->len; i++) {
        const char *pair = g_ptr_array_index(sorted, i);
        const char *joint = strchr(pair, '\001');

        g_string_append_len(text, pair, joint - pair);
        g_string_append(text, joint + 1);
    }
}

static void append_part(GString *text, GatewayPart part, const SignParts *parts)
{
    switch (part) {
    case GATEWAY_PART_METHOD:
        g_string_append(text, parts->method);
        break;
    case GATEWAY_PART_URL:
        g_string_append(text, parts->url);
        break;
    case GATEWAY_PART_PATH:
        g_string_append(text, parts->path);
        break;
    case GATEWAY_PART_QUERY:
        g_string_append(text, parts->query);
        break;
    case GATEWAY_PART_TIMESTAMP:
        g_string_append(text, parts->timestamp);
        break;
    case GATEWAY_PART_NONCE:
        g_string_append(text, parts->nonce);
        break;
    case GATEWAY_PART_BODY:
        g_string_append_len(text, parts->body, (gssize)parts->size);
        break;
    case GATEWAY_PART_FORM:
        append_form(text, parts->body, parts->size);
        break;
    }
}

char *sign_parts(const GatewayHmac *hmac, const char *secret, const SignParts *parts)
{
    static const GChecksumType types[] = {[GATEWAY_HASH_SHA256] = G_CHECKSUM_SHA256,
                                          [GATEWAY_HASH_SHA1] = G_CHECKSUM_SHA1,
                                          [GATEWAY_HASH_SHA512] = G_CHECKSUM_SHA512};
    GString *text = g_string_new(NULL);
    unsigned char digest[DIGEST_MOST];
    gsize size = sizeof digest;
    GHmac *state = g_hmac_new(types[hmac->hash], (const unsigned char *)secret, strlen(secret));

    for (int i = 0; i < hmac->over_count; i++) {
        if (i > 0 && hmac->separator)
            g_string_append(text, hmac->separator);
        append_part(text, hmac->over[i], parts);
    }
    g_hmac_update(state, (const unsigned char *)text->str, (gssize)text->len);
    g_hmac_get_digest(state, digest, &size);
    g_hmac_unref(state);
    g_string_free(text, TRUE);
    return hmac->encoding == GATEWAY_ENCODING_HEX ? sign_hex(digest, size) : g_base64_encode(digest, size);
}
