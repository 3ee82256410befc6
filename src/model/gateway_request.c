#include "model/gateway_request.h"

#include <string.h>

const char *const *gateway_request_names(void)
{
    static const char *const names[] = {
        "endpoint", "endpoint_digits", "id",          "uuid",          "number",      "title",       "text",
        "html",     "locale",          "audience",    "channel",       "incident",    "edition",     "organization",
        "now",      "now_unix",        "template_id", "sign",          "receipt_url", "provider_id", "sent_day",
        "slug",     "endpoint_cn",     "sent_unix",   "receipt_token", "alphabet",    NULL,
    };

    return names;
}

void gateway_request_uuid(const char *message_id, char uuid[GATEWAY_UUID_SIZE])
{
    static const char domain[] = "breach message ";
    g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);
    guint8 octets[32];
    gsize size = sizeof octets;

    g_checksum_update(checksum, (const guchar *)domain, sizeof domain - 1);
    g_checksum_update(checksum, (const guchar *)message_id, (gssize)strlen(message_id));
    g_checksum_get_digest(checksum, octets, &size);
    octets[6] = (guint8)((octets[6] & 0x0f) | 0x80); /* version 8: RFC 9562 5.8 */
    octets[8] = (guint8)((octets[8] & 0x3f) | 0x80); /* its variant: 4.1 */
    for (size_t i = 0, at = 0; i < 16; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            uuid[at++] = '-';
        uuid[at++] = "0123456789abcdef"[octets[i] >> 4];
        uuid[at++] = "0123456789abcdef"[octets[i] & 0x0f];
    }
    uuid[GATEWAY_UUID_SIZE - 1] = '\0';
}

static void free_node(gpointer data)
{
    gateway_node_free(data);
}

GatewayNode *gateway_node_new(GatewayNodeKind kind)
{
    GatewayNode *node = g_new0(GatewayNode, 1);

    node->kind = kind;
    if (kind != GATEWAY_NODE_TEXT && kind != GATEWAY_NODE_NUMBER && kind != GATEWAY_NODE_LITERAL)
        node->members = g_ptr_array_new_with_free_func(free_node);
    return node;
}

/* Recursion is as deep as the file that the node was read from. */
void gateway_node_free(GatewayNode *node)
{
    if (!node)
        return;
    g_free(node->name);
    template_free(node->template);
    json_decref(node->literal);
    if (node->members)
        g_ptr_array_unref(node->members);
    g_free(node->separator);
    g_free(node);
}

GatewayRequest *gateway_request_new(void)
{
    GatewayRequest *request = g_new0(GatewayRequest, 1);

    request->headers = g_ptr_array_new_with_free_func(free_node);
    request->query = g_ptr_array_new_with_free_func(free_node);
    request->form = g_ptr_array_new_with_free_func(free_node);
    return request;
}

void gateway_request_free(GatewayRequest *request)
{
    if (!request)
        return;
    g_free(request->method);
    g_free(request->origin);
    template_free(request->path);
    g_ptr_array_unref(request->headers);
    g_ptr_array_unref(request->query);
    g_ptr_array_unref(request->form);
    gateway_node_free(request->body_node);
    g_free(request->content_type);
    g_free(request);
}

static void add_template_names(const Template *template, GHashTable *names)
{
    size_t count = 0;
    const TemplateName *uses = template ? template_names(template, &count) : NULL;

    for (size_t i = 0; i < count; i++)
        g_hash_table_add(names, g_strdup(uses[i].name));
}

static void add_node_names(const GatewayNode *node, GHashTable *names)
{
    if (!node)
        return;
    add_template_names(node->template, names);
    for (guint i = 0; node->members && i < node->members->len; i++)
        add_node_names(g_ptr_array_index(node->members, i), names);
}

static void add_list_names(const GPtrArray *nodes, GHashTable *names)
{
    for (guint i = 0; i < nodes->len; i++)
        add_node_names(g_ptr_array_index(nodes, i), names);
}

void gateway_request_add_names(const GatewayRequest *request, GHashTable *names)
{
    add_template_names(request->path, names);
    add_list_names(request->headers, names);
    add_list_names(request->query, names);
    add_list_names(request->form, names);
    add_node_names(request->body_node, names);
}

bool gateway_request_uses(const GatewayRequest *request, const char *name)
{
    g_autoptr(GHashTable) names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    gateway_request_add_names(request, names);
    return g_hash_table_contains(names, name);
}

static bool node_has_params(const GatewayNode *node)
{
    if (!node)
        return false;
    if (node->kind == GATEWAY_NODE_PARAMS)
        return true;
    for (guint i = 0; node->members && i < node->members->len; i++)
        if (node_has_params(g_ptr_array_index(node->members, i)))
            return true;
    return false;
}

static bool list_has_params(const GPtrArray *nodes)
{
    for (guint i = 0; i < nodes->len; i++)
        if (node_has_params(g_ptr_array_index(nodes, i)))
            return true;
    return false;
}

bool gateway_request_has_params(const GatewayRequest *request)
{
    return list_has_params(request->query) || list_has_params(request->form) || list_has_params(request->headers) ||
           node_has_params(request->body_node);
}
