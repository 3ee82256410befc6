#include "channel/http_request.h"

#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/error.h"
#include "base/text.h"
#include "model/sms_text.h"

/* What one request is made in. */
typedef struct Making {
    const GatewayHttp *http;
    const ChannelMessage *const *messages;
    size_t count;
    const char *receipt_token; /* or NULL */
    GString *scratch;
    GError **error;
} Making;

/* Values -------------------------------------------------------------------------------------------------------- */

static char *digits_of(const char *text)
{
    GString *digits = g_string_new(NULL);

    for (; *text; text++)
        if (g_ascii_isdigit(*text))
            g_string_append_c(digits, *text);
    return g_string_free(digits, FALSE);
}

char *http_request_value(const ChannelMessage *message, const char *name)
{
    const char *given = channel_field(message->fields, name);
    char uuid[GATEWAY_UUID_SIZE];

    if (given)
        return g_strdup(given);
    if (strcmp(name, "id") == 0)
        return g_strdup(message->id);
    if (strcmp(name, "endpoint") == 0)
        return g_strdup(message->recipient);
    if (strcmp(name, "endpoint_digits") == 0)
        return digits_of(message->recipient);
    if (strcmp(name, "endpoint_cn") == 0)
        return digits_of(message->recipient + (g_str_has_prefix(message->recipient, "+86") ? strlen("+86") : 0));
    if (strcmp(name, "provider_id") == 0)
        return g_strdup(message->provider_id);
    if (strcmp(name, "uuid") != 0)
        return NULL;
    gateway_request_uuid(message->id, uuid);
    return g_strdup(uuid);
}

static const GatewayApproved *approved_of(const GatewayHttp *http, const ChannelMessage *message)
{
    if (!message->template_name || !message->locale)
        return NULL;
    return gateway_http_approved(http, message->template_name, message->audience, message->locale);
}

/* What a template asks for, and of which message. */
typedef struct Asking {
    const Making *making;
    size_t message;
    char *made; /* owned; the last value that had to be made */
} Asking;

static const char *approved_value(const Asking *asking, bool is_sign)
{
    const GatewayApproved *approved = approved_of(asking->making->http, asking->making->messages[asking->message]);
    const char *value = approved && is_sign ? approved->sign : approved ? approved->id : NULL;

    return value ? value : "";
}

/* What the provider is to be told first, then the fields, then what follows from them. */
static const char *value_of(const char *name, void *user)
{
    Asking *asking = user;
    const ChannelMessage *message = asking->making->messages[asking->message];
    const char *value;

    if (asking->making->receipt_token && strcmp(name, "receipt_token") == 0)
        return asking->making->receipt_token;
    if (strcmp(name, "template_id") == 0 || strcmp(name, "sign") == 0)
        return approved_value(asking, *name == 's');
    value = channel_field(message->fields, name);
    if (value)
        return value;
    g_free(asking->made);
    asking->made = http_request_value(message, name);
    return asking->made;
}

/* "person.name" lies in the object person. */
static void put_value(json_t *context, const char *name, const char *value)
{
    const char *dot = strchr(name, '.');
    g_autofree char *outer = dot ? g_strndup(name, (gsize)(dot - name)) : NULL;
    json_t *object;

    if (!dot) {
        json_object_set_new(context, name, json_string(value));
        return;
    }
    object = json_object_get(context, outer);
    if (!object) {
        object = json_object();
        json_object_set_new(context, outer, object);
    }
    json_object_set_new(object, dot + 1, json_string(value));
}

/* Sections look for their names in JSON. */
static bool render_sections(Asking *asking, const Template *template, GString *output, GError **error)
{
    json_auto_t *context = json_object();
    const json_t *contexts[1] = {context};
    size_t count = 0;
    const TemplateName *names = template_names(template, &count);

    for (size_t i = 0; i < count; i++) {
        const char *value = strcmp(names[i].name, ".") == 0 ? NULL : value_of(names[i].name, asking);

        if (value)
            put_value(context, names[i].name, value);
    }
    return template_render(template, contexts, 1, output, error);
}

/* Into making->scratch, which is emptied before. */
static bool render(Making *making, const Template *template, size_t message)
{
    Asking asking = {.making = making, .message = message};
    bool rendered;

    g_string_truncate(making->scratch, 0);
    if (template_is_plain(template))
        rendered = template_render_plain(template, value_of, &asking, making->scratch, making->error);
    else
        rendered = render_sections(&asking, template, making->scratch, making->error);
    g_free(asking.made);
    return rendered;
}

/* JSON ---------------------------------------------------------------------------------------------------------- */

/* Written by hand: a tree of jansson's made and dumped for each message costs more than all the rest of it. Equal to
 * json_dumps() with JSON_COMPACT. */
static bool write_node(Making *making, const GatewayNode *node, size_t message, GString *output);

static bool check_utf8(Making *making, const GString *text)
{
    if (g_utf8_validate_len(text->str, text->len, NULL))
        return true;
    error_set(making->error, BREACH_ERROR_INPUT, "message-encoding", "the text is no valid UTF-8");
    return false;
}

static bool write_text(Making *making, const GatewayNode *node, size_t message, GString *output)
{
    if (!render(making, node->template, message) || !check_utf8(making, making->scratch))
        return false;
    text_append_json(output, making->scratch->str);
    return true;
}

static bool write_number(Making *making, const GatewayNode *node, size_t message, GString *output)
{
    json_auto_t *value = NULL;

    if (!render(making, node->template, message))
        return false;
    value = json_loads(making->scratch->str, JSON_DECODE_ANY, NULL);
    if (!json_is_number(value)) {
        error_set(making->error, BREACH_ERROR_INPUT, "http-number", "%s has to be a number",
                  node->name ? node->name : "$number");
        return false;
    }
    g_string_append(output, g_strstrip(making->scratch->str));
    return true;
}

static bool write_literal(const GatewayNode *node, GString *output)
{
    char *dumped = json_dumps(node->literal, JSON_COMPACT | JSON_ENCODE_ANY);

    g_string_append(output, dumped);
    free(dumped);
    return true;
}

/* Behind `start`, the member that was just written: optional ones that are empty are taken back. */
static bool is_left_out(const GatewayNode *member, const GString *output, gsize start)
{
    return member->kind == GATEWAY_NODE_OPTIONAL && strcmp(output->str + start, "\"\"") == 0;
}

static bool write_members(Making *making, const GatewayNode *node, size_t message, GString *output)
{
    bool is_object = node->kind == GATEWAY_NODE_OBJECT;
    gsize first;

    g_string_append_c(output, is_object ? '{' : '[');
    first = output->len;
    for (guint i = 0; i < node->members->len; i++) {
        const GatewayNode *member = g_ptr_array_index(node->members, i);
        gsize before = output->len;
        gsize start;

        if (before > first)
            g_string_append_c(output, ',');
        if (is_object) {
            text_append_json(output, member->name);
            g_string_append_c(output, ':');
        }
        start = output->len;
        if (!write_node(making, member, message, output))
            return false;
        if (is_left_out(member, output, start))
            g_string_truncate(output, before);
    }
    g_string_append_c(output, is_object ? '}' : ']');
    return true;
}

static bool write_each(Making *making, const GatewayNode *node, GString *output)
{
    const GatewayNode *inner = g_ptr_array_index(node->members, 0);
    bool is_map = node->kind == GATEWAY_NODE_EACH_MAP;

    g_string_append_c(output, is_map ? '{' : '[');
    for (size_t i = 0; i < making->count; i++) {
        if (i > 0)
            g_string_append_c(output, ',');
        if (is_map && !write_text(making, node, i, output))
            return false;
        if (is_map)
            g_string_append_c(output, ':');
        if (!write_node(making, inner, i, output))
            return false;
    }
    g_string_append_c(output, is_map ? '}' : ']');
    return true;
}

/* The text that a JSON string stands for. */
static char *unquoted(const char *json)
{
    json_auto_t *value = json_loads(json, JSON_DECODE_ANY, NULL);

    return g_strdup(json_is_string(value) ? json_string_value(value) : json);
}

static bool write_join(Making *making, const GatewayNode *node, GString *output)
{
    const GatewayNode *inner = g_ptr_array_index(node->members, 0);
    g_autoptr(GString) joined = g_string_new(NULL);
    g_autoptr(GString) one = g_string_new(NULL);

    for (size_t i = 0; i < making->count; i++) {
        g_autofree char *text = NULL;

        g_string_truncate(one, 0);
        if (!write_node(making, inner, i, one))
            return false;
        text = unquoted(one->str);
        g_string_append(joined, i > 0 ? node->separator : "");
        g_string_append(joined, text);
    }
    text_append_json(output, joined->str);
    return true;
}

static bool write_encoded(Making *making, const GatewayNode *node, size_t message, GString *output)
{
    g_autoptr(GString) inner = g_string_new(NULL);

    if (!write_node(making, g_ptr_array_index(node->members, 0), message, inner))
        return false;
    text_append_json(output, inner->str);
    return true;
}

static bool write_params(Making *making, const GatewayNode *node, size_t message, GString *output)
{
    const GatewayApproved *approved = approved_of(making->http, making->messages[message]);
    bool is_list = node->shape == GATEWAY_PARAMS_LIST;

    g_string_append_c(output, is_list ? '[' : '{');
    for (guint i = 0; approved && i < approved->params->len; i++) {
        const GatewayParam *param = g_ptr_array_index(approved->params, i);

        g_string_append(output, i > 0 ? "," : "");
        if (!is_list) {
            text_append_json(output, param->name);
            g_string_append(output, node->shape == GATEWAY_PARAMS_VALUES ? ":{\"value\":" : ":");
        }
        if (!render(making, param->template, message) || !check_utf8(making, making->scratch))
            return false;
        text_append_json(output, making->scratch->str);
        g_string_append(output, node->shape == GATEWAY_PARAMS_VALUES ? "}" : "");
    }
    g_string_append_c(output, is_list ? ']' : '}');
    return true;
}

static bool write_node(Making *making, const GatewayNode *node, size_t message, GString *output)
{
    switch (node->kind) {
    case GATEWAY_NODE_TEXT:
        return write_text(making, node, message, output);
    case GATEWAY_NODE_NUMBER:
        return write_number(making, node, message, output);
    case GATEWAY_NODE_LITERAL:
        return write_literal(node, output);
    case GATEWAY_NODE_OBJECT:
    case GATEWAY_NODE_LIST:
        return write_members(making, node, message, output);
    case GATEWAY_NODE_EACH:
    case GATEWAY_NODE_EACH_MAP:
        return write_each(making, node, output);
    case GATEWAY_NODE_JOIN:
        return write_join(making, node, output);
    case GATEWAY_NODE_ENCODED:
        return write_encoded(making, node, message, output);
    case GATEWAY_NODE_OPTIONAL:
        return write_node(making, g_ptr_array_index(node->members, 0), message, output);
    case GATEWAY_NODE_PARAMS:
        return write_params(making, node, message, output);
    }
    g_return_val_if_reached(false);
}

/* The text that a node gives in a place that is no JSON; *text NULL where it is left out. */
static bool text_of(Making *making, const GatewayNode *node, char **text)
{
    g_autoptr(GString) json = NULL;

    *text = NULL;
    if (node->kind == GATEWAY_NODE_TEXT) {
        if (!render(making, node->template, 0))
            return false;
        *text = g_strdup(making->scratch->str);
        return true;
    }
    json = g_string_new(NULL);
    if (!write_node(making, node, 0, json))
        return false;
    if (!is_left_out(node, json, 0))
        *text = unquoted(json->str);
    return true;
}

/* Places -------------------------------------------------------------------------------------------------------- */

static void append_encoded(GString *output, const char *text)
{
    static const char unreserved[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";

    for (; *text; text++) {
        if (strchr(unreserved, *text))
            g_string_append_c(output, *text);
        else
            g_string_append_printf(output, "%%%02X", (unsigned char)*text);
    }
}

/* name=value&…, behind what is there. */
static bool append_pairs(Making *making, const GPtrArray *nodes, GString *output, char first)
{
    for (guint i = 0; i < nodes->len; i++) {
        const GatewayNode *node = g_ptr_array_index(nodes, i);
        g_autofree char *value = NULL;

        if (!text_of(making, node, &value))
            return false;
        if (!value)
            continue;
        if (first)
            g_string_append_c(output, first);
        first = '&';
        append_encoded(output, node->name);
        g_string_append_c(output, '=');
        append_encoded(output, value);
    }
    return true;
}

/* A gateway that leads inside goes there with every request; the path stays as it is. */
static bool make_url(Making *making, const Gateway *gateway, const GatewayRequest *request, SignRequest *output)
{
    g_autoptr(GString) url = g_string_new(gateway->reroute ? gateway->reroute : request->origin);

    if (!render(making, request->path, 0))
        return false;
    g_string_append_len(url, making->scratch->str, (gssize)making->scratch->len);
    if (!append_pairs(making, request->query, url, strchr(url->str, '?') ? '&' : '?'))
        return false;
    output->url = g_string_free(g_steal_pointer(&url), FALSE);
    return true;
}

static bool make_headers(Making *making, const GatewayRequest *request, SignRequest *output)
{
    for (guint i = 0; i < request->headers->len; i++) {
        const GatewayNode *node = g_ptr_array_index(request->headers, i);
        g_autofree char *value = NULL;

        if (!text_of(making, node, &value))
            return false;
        if (value && text_has_controls(value, strlen(value))) {
            error_set(making->error, BREACH_ERROR_INPUT, "message-header",
                      "a control character stands in the value of the header %s", node->name);
            return false;
        }
        if (value)
            sign_request_header(output, node->name, value);
    }
    return true;
}

static bool make_body(Making *making, const GatewayRequest *request, SignRequest *output)
{
    g_autoptr(GString) form = NULL;
    g_autoptr(GString) json = NULL;
    g_autofree char *text = NULL;
    const char *type = request->content_type;

    switch (request->body) {
    case GATEWAY_BODY_NONE:
        return true;
    case GATEWAY_BODY_FORM:
        form = g_string_new(NULL);
        if (!append_pairs(making, request->form, form, '\0'))
            return false;
        output->body = g_string_free(g_steal_pointer(&form), FALSE);
        type = "application/x-www-form-urlencoded";
        break;
    case GATEWAY_BODY_JSON:
        json = g_string_sized_new(1024);
        if (!write_node(making, request->body_node, 0, json))
            return false;
        output->body = g_string_free(g_steal_pointer(&json), FALSE);
        type = "application/json; charset=utf-8";
        break;
    case GATEWAY_BODY_TEXT:
        if (!text_of(making, request->body_node, &text))
            return false;
        output->body = g_strdup(text ? text : "");
        break;
    }
    output->size = strlen(output->body);
    if (!sign_request_has(output, "Content-Type"))
        sign_request_header(output, "Content-Type", type);
    return true;
}

/* What the provider would cut. */
static bool check_length(const Gateway *gateway, const ChannelMessage *message, GError **error)
{
    const GatewayLimits *limits = &gateway->http->limits;
    const char *text = channel_field(message->fields, "text");
    bool is_sms = g_strcmp0(message->channel, "sms") == 0;

    if (limits->text_max > 0 && text && text_characters(text, strlen(text)) > (size_t)limits->text_max) {
        error_set(error, BREACH_ERROR_INPUT, "http-text-length",
                  "the text has more characters than the provider takes (%d)", limits->text_max);
        return false;
    }
    if (limits->segments_max > 0 && text && is_sms &&
        sms_text_measure(text, sms_text_counting(gateway->region)).segments > limits->segments_max) {
        error_set(error, BREACH_ERROR_INPUT, "http-text-length",
                  "the text needs more segments than the provider takes (%d)", limits->segments_max);
        return false;
    }
    return true;
}

/* What the provider would refuse, or cut. */
static bool check_message(const Gateway *gateway, const GatewayRequest *request, const ChannelMessage *message,
                          GError **error)
{
    const GatewayHttp *http = gateway->http;
    bool needs_approved = http->needs_approval || gateway_request_has_params(request);
    const GatewayApproved *approved = needs_approved ? approved_of(http, message) : NULL;

    if (!check_length(gateway, message, error))
        return false;
    if (!needs_approved || (approved && approved->state == GATEWAY_APPROVED))
        return true;
    error_set(error, BREACH_ERROR_INPUT, "http-not-approved",
              approved ? "the provider has not approved this text (%s)"
                       : "the gateway file names no text that the provider has approved for this template (%s)",
              message->locale ? message->locale : "");
    return false;
}

static bool make_all(Making *making, const Gateway *gateway, const GatewayRequest *request, SignRequest *output)
{
    if (request == making->http->request)
        for (size_t i = 0; i < making->count; i++)
            if (!check_message(gateway, request, making->messages[i], making->error))
                return false;
    output->method = request->method;
    output->headers = g_ptr_array_new_with_free_func(g_free);
    return make_url(making, gateway, request, output) && make_headers(making, request, output) &&
           make_body(making, request, output);
}

bool http_request_build(const Gateway *gateway, const GatewayRequest *request, const ChannelMessage *const *messages,
                        size_t count, const char *receipt_token, SignRequest *output, GError **error)
{
    g_autoptr(GString) scratch = g_string_sized_new(512);
    Making making = {.http = gateway->http,
                     .messages = messages,
                     .count = count,
                     .receipt_token = receipt_token,
                     .scratch = scratch,
                     .error = error};

    if (make_all(&making, gateway, request, output))
        return true;
    sign_request_clear(output);
    return false;
}

/* Batches ------------------------------------------------------------------------------------------------------- */

static bool is_equal_in(const GHashTable *names, const ChannelMessage *left, const ChannelMessage *right)
{
    GHashTableIter iterator;
    gpointer name;

    g_hash_table_iter_init(&iterator, (GHashTable *)names);
    while (g_hash_table_iter_next(&iterator, &name, NULL)) {
        g_autofree char *one = NULL;
        g_autofree char *other = NULL;

        if (g_str_has_prefix(name, "now"))
            continue; /* a batch has one time */
        one = http_request_value(left, name);
        other = http_request_value(right, name);
        if (g_strcmp0(one, other) != 0)
            return false;
    }
    return true;
}

/* The names that stand outside $each. */
static void add_outside(const GatewayNode *node, GHashTable *names)
{
    size_t count = 0;
    const TemplateName *used = NULL;

    if (node->kind == GATEWAY_NODE_EACH || node->kind == GATEWAY_NODE_EACH_MAP || node->kind == GATEWAY_NODE_JOIN)
        return;
    if (node->template)
        used = template_names(node->template, &count);
    for (size_t i = 0; i < count; i++)
        g_hash_table_add(names, g_strdup(used[i].name));
    for (guint i = 0; node->members && i < node->members->len; i++)
        add_outside(g_ptr_array_index(node->members, i), names);
}

static void add_all_outside(const GPtrArray *nodes, GHashTable *names)
{
    for (guint i = 0; i < nodes->len; i++)
        add_outside(g_ptr_array_index(nodes, i), names);
}

bool http_request_may_share(const GatewayHttp *http, const ChannelMessage *left, const ChannelMessage *right)
{
    g_autoptr(GHashTable) names = NULL;
    const TemplateName *used;
    size_t count = 0;

    if (left->text_no != right->text_no)
        return false;
    names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    used = template_names(http->request->path, &count);
    for (size_t i = 0; i < count; i++)
        g_hash_table_add(names, g_strdup(used[i].name));
    add_all_outside(http->request->headers, names);
    add_all_outside(http->request->query, names);
    add_all_outside(http->request->form, names);
    if (http->request->body_node)
        add_outside(http->request->body_node, names);
    return is_equal_in(names, left, right);
}
