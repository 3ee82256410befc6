#include "drill/http_sink_read.h"

#include <stdlib.h>
#include <string.h>

#include "channel/sign_canonical.h"
#include "model/template.h"

/* Shape: a template as the texts between its holes, learnt by rendering it with a mark for each name. There is one text
 * more than there are holes. */
typedef struct Shape {
    GPtrArray *texts; /* owned; of char * */
    GPtrArray *names; /* owned; of char * */
} Shape;

struct HttpSinkReader {
    const GatewayRequest *request;
    const char *action;
    GHashTable *shapes; /* owned; const Template * -> Shape * */
};

/* Shapes ---------------------------------------------------------------------------------------------------------- */

#define MARK_FORM "Zq%04uqZ" /* no escaping changes it */
#define MARK_SIZE 8

static void free_shape(gpointer data)
{
    Shape *shape = data;

    g_ptr_array_unref(shape->texts);
    g_ptr_array_unref(shape->names);
    g_free(shape);
}

/* Puts `value` at the dotted `name`. */
static void put_dotted(json_t *root, const char *name, const char *value)
{
    g_auto(GStrv) parts = g_strsplit(name, ".", -1);
    json_t *at = root;
    size_t last = g_strv_length(parts) - 1;

    for (size_t i = 0; i < last; i++) {
        json_t *next = json_object_get(at, parts[i]);

        if (!json_is_object(next)) {
            next = json_object();
            json_object_set_new(at, parts[i], next);
        }
        at = next;
    }
    json_object_set_new(at, parts[last], json_string(value));
}

static char *render_marked(const Template *template)
{
    GString *output = g_string_new(NULL);
    json_t *context = json_object();
    const json_t *contexts[] = {context};
    size_t count;
    const TemplateName *names = template_names(template, &count);

    for (size_t i = 0; i < count; i++) {
        g_autofree char *mark = g_strdup_printf(MARK_FORM, (unsigned)i);

        put_dotted(context, names[i].name, mark);
    }
    if (!template_render(template, contexts, 1, output, NULL))
        g_string_truncate(output, 0);
    json_decref(context);
    return g_string_free(output, FALSE);
}

/* The number of the mark at `text`, or -1. */
static long mark_at(const char *text)
{
    if (strncmp(text, "Zq", 2) != 0 || strspn(text + 2, "0123456789") != 4 || strncmp(text + 6, "qZ", 2) != 0)
        return -1;
    return strtol(text + 2, NULL, 10);
}

static Shape *shape_of(const Template *template)
{
    g_autofree char *marked = render_marked(template);
    Shape *shape = g_new0(Shape, 1);
    size_t count;
    const TemplateName *names = template_names(template, &count);
    const char *begin = marked;

    shape->texts = g_ptr_array_new_with_free_func(g_free);
    shape->names = g_ptr_array_new_with_free_func(g_free);
    for (const char *at = marked; *at; at++) {
        long mark = mark_at(at);

        if (mark < 0 || (size_t)mark >= count)
            continue;
        g_ptr_array_add(shape->texts, g_strndup(begin, (size_t)(at - begin)));
        g_ptr_array_add(shape->names, g_strdup(names[mark].name));
        begin = at + MARK_SIZE;
        at = begin - 1;
    }
    g_ptr_array_add(shape->texts, g_strdup(begin));
    return shape;
}

static void note(GHashTable *values, const char *name, const char *text, size_t size, bool is_encoded)
{
    char *value = is_encoded ? sign_decoded(text, size) : g_strndup(text, size);

    g_hash_table_replace(values, g_strdup(name), value);
}

/* Whether `text` has the shape; what fills its holes goes into `values`. */
static bool fits(const Shape *shape, const char *text, bool is_encoded, GHashTable *values)
{
    for (guint i = 0; i < shape->names->len; i++) {
        const char *before = g_ptr_array_index(shape->texts, i);
        const char *after = g_ptr_array_index(shape->texts, i + 1);
        bool is_last = i + 1 == shape->names->len;
        const char *end;

        if (!g_str_has_prefix(text, before))
            return false;
        text += strlen(before);
        if (is_last && !g_str_has_suffix(text, after))
            return false;
        end = is_last ? text + strlen(text) - strlen(after) : strstr(text, after);
        if (!end)
            return false;
        if (*after || is_last) /* of two holes side by side nobody can tell where one ends */
            note(values, g_ptr_array_index(shape->names, i), text, (size_t)(end - text), is_encoded);
        text = end;
    }
    return strcmp(text, g_ptr_array_index(shape->texts, shape->names->len)) == 0;
}

/* The reader ------------------------------------------------------------------------------------------------------ */

static void learn(GHashTable *shapes, const Template *template)
{
    if (template)
        g_hash_table_insert(shapes, (void *)template, shape_of(template));
}

static void learn_nodes(GHashTable *shapes, const GPtrArray *nodes);

static void learn_node(GHashTable *shapes, const GatewayNode *node)
{
    learn(shapes, node->template);
    learn_nodes(shapes, node->members);
}

static void learn_nodes(GHashTable *shapes, const GPtrArray *nodes)
{
    for (guint i = 0; nodes && i < nodes->len; i++)
        learn_node(shapes, g_ptr_array_index(nodes, i));
}

HttpSinkReader *http_sink_reader_new(const GatewayRequest *request, const char *action)
{
    HttpSinkReader *reader = g_new0(HttpSinkReader, 1);

    reader->request = request;
    reader->action = action;
    reader->shapes = g_hash_table_new_full(NULL, NULL, NULL, free_shape);
    learn(reader->shapes, request->path);
    learn_nodes(reader->shapes, request->headers);
    learn_nodes(reader->shapes, request->query);
    learn_nodes(reader->shapes, request->form);
    if (request->body_node)
        learn_node(reader->shapes, request->body_node);
    return reader;
}

void http_sink_reader_free(HttpSinkReader *reader)
{
    if (!reader)
        return;
    g_hash_table_unref(reader->shapes);
    g_free(reader);
}

/* Values ---------------------------------------------------------------------------------------------------------- */

typedef struct Reading {
    const HttpSinkReader *reader;
    GHashTable *shared;  /* what is said once for all messages */
    GPtrArray *messages; /* of GHashTable * */
} Reading;

static void free_table(gpointer data)
{
    g_hash_table_unref(data);
}

static GHashTable *new_table(void)
{
    return g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
}

static GHashTable *message_at(Reading *reading, size_t index)
{
    while (reading->messages->len <= index)
        g_ptr_array_add(reading->messages, new_table());
    return g_ptr_array_index(reading->messages, index);
}

static bool read_node(Reading *reading, const GatewayNode *node, json_t *value, GHashTable *values);

static bool read_scalar(Reading *reading, const Template *template, json_t *value, GHashTable *values)
{
    const Shape *shape = g_hash_table_lookup(reading->reader->shapes, template);
    g_autofree char *text = answer_pointer_scalar(value);

    return text && fits(shape, text, false, values);
}

static bool may_be_missing(const GatewayNode *node)
{
    return node->kind == GATEWAY_NODE_OPTIONAL;
}

static bool read_object(Reading *reading, const GatewayNode *node, json_t *value, GHashTable *values)
{
    for (guint i = 0; i < node->members->len; i++) {
        const GatewayNode *member = g_ptr_array_index(node->members, i);
        json_t *child = json_object_get(value, member->name);

        if (!child && may_be_missing(member))
            continue;
        if (!child || !read_node(reading, member, child, values))
            return false;
    }
    return json_is_object(value);
}

static bool read_list(Reading *reading, const GatewayNode *node, json_t *value, GHashTable *values)
{
    if (json_array_size(value) != node->members->len)
        return false;
    for (guint i = 0; i < node->members->len; i++)
        if (!read_node(reading, g_ptr_array_index(node->members, i), json_array_get(value, i), values))
            return false;
    return true;
}

static bool read_each(Reading *reading, const GatewayNode *node, json_t *value)
{
    for (size_t i = 0; i < json_array_size(value); i++)
        if (!read_node(reading, g_ptr_array_index(node->members, 0), json_array_get(value, i), message_at(reading, i)))
            return false;
    return json_is_array(value);
}

static bool read_each_map(Reading *reading, const GatewayNode *node, json_t *value)
{
    const Shape *shape = g_hash_table_lookup(reading->reader->shapes, node->template);
    const char *key;
    json_t *child;
    size_t index = 0;

    json_object_foreach(value, key, child)
    {
        GHashTable *message = message_at(reading, index++);

        if (!fits(shape, key, false, message) ||
            !read_node(reading, g_ptr_array_index(node->members, 0), child, message))
            return false;
    }
    return json_is_object(value);
}

static bool read_join(Reading *reading, const GatewayNode *node, json_t *value)
{
    g_auto(GStrv) parts = g_strsplit(json_is_string(value) ? json_string_value(value) : "", node->separator, -1);
    bool done = json_is_string(value);

    for (size_t i = 0; done && parts[i]; i++) {
        json_t *part = json_string(parts[i]);

        done = read_node(reading, g_ptr_array_index(node->members, 0), part, message_at(reading, i));
        json_decref(part);
    }
    return done;
}

static bool read_encoded(Reading *reading, const GatewayNode *node, json_t *value, GHashTable *values)
{
    json_t *inner = json_is_string(value) ? json_loads(json_string_value(value), JSON_DECODE_ANY, NULL) : NULL;
    bool done = inner && read_node(reading, g_ptr_array_index(node->members, 0), inner, values);

    json_decref(inner);
    return done;
}

static bool read_node(Reading *reading, const GatewayNode *node, json_t *value, GHashTable *values)
{
    switch (node->kind) {
    case GATEWAY_NODE_TEXT:
    case GATEWAY_NODE_NUMBER:
        return read_scalar(reading, node->template, value, values);
    case GATEWAY_NODE_LITERAL: {
        g_autofree char *text = answer_pointer_scalar(node->literal);
        g_autofree char *got = answer_pointer_scalar(value); /* in a form everything is text */

        return g_strcmp0(text, got) == 0;
    }
    case GATEWAY_NODE_OBJECT:
        return read_object(reading, node, value, values);
    case GATEWAY_NODE_LIST:
        return read_list(reading, node, value, values);
    case GATEWAY_NODE_EACH:
        return read_each(reading, node, value);
    case GATEWAY_NODE_EACH_MAP:
        return read_each_map(reading, node, value);
    case GATEWAY_NODE_JOIN:
        return read_join(reading, node, value);
    case GATEWAY_NODE_ENCODED:
        return read_encoded(reading, node, value, values);
    case GATEWAY_NODE_OPTIONAL:
        return read_node(reading, g_ptr_array_index(node->members, 0), value, values);
    case GATEWAY_NODE_PARAMS:
        return true; /* whatever the approved text takes */
    }
    return false;
}

/* Parts ----------------------------------------------------------------------------------------------------------- */

/* Whether each of the described pairs is there and fits. */
static bool read_pairs(Reading *reading, const GPtrArray *nodes, GHashTable *pairs)
{
    for (guint i = 0; nodes && i < nodes->len; i++) {
        const GatewayNode *node = g_ptr_array_index(nodes, i);
        const char *text = g_hash_table_lookup(pairs, node->name);
        json_t *value;
        bool done;

        if (!text && may_be_missing(node))
            continue;
        value = text ? json_string(text) : NULL;
        done = value && read_node(reading, node, value, reading->shared);
        json_decref(value);
        if (!done)
            return false;
    }
    return true;
}

static bool read_headers(Reading *reading, const GPtrArray *nodes, GHashTable *headers)
{
    for (guint i = 0; nodes && i < nodes->len; i++) {
        const GatewayNode *node = g_ptr_array_index(nodes, i);
        g_autofree char *name = g_ascii_strdown(node->name, -1);
        const char *text = g_hash_table_lookup(headers, name);
        json_t *value = text ? json_string(text) : NULL;
        bool done = value ? read_node(reading, node, value, reading->shared) : may_be_missing(node);

        json_decref(value);
        if (!done)
            return false;
    }
    return true;
}

static bool read_body(Reading *reading, const ListenerRequest *raw)
{
    const GatewayRequest *request = reading->reader->request;

    if (request->body == GATEWAY_BODY_FORM) {
        g_autoptr(GHashTable) pairs = sign_pairs(raw->body);

        return read_pairs(reading, request->form, pairs);
    }
    if (request->body == GATEWAY_BODY_JSON) {
        json_t *body = json_loadb(raw->body, raw->size, JSON_DECODE_ANY, NULL);
        bool done = body && read_node(reading, request->body_node, body, reading->shared);

        json_decref(body);
        return done;
    }
    if (request->body == GATEWAY_BODY_TEXT) {
        const Shape *shape = g_hash_table_lookup(reading->reader->shapes, request->body_node->template);

        return shape && fits(shape, raw->body, false, reading->shared);
    }
    return true;
}

static bool has_action(const HttpSinkReader *reader, GHashTable *headers)
{
    const char *action = g_hash_table_lookup(headers, "x-acs-action");

    if (!reader->action)
        return true;
    if (!action)
        action = g_hash_table_lookup(headers, "x-tc-action");
    return action && strcmp(action, reader->action) == 0;
}

/* What is said once goes to every message. */
static void share(Reading *reading)
{
    GHashTableIter iterator;
    gpointer name, value;

    message_at(reading, 0);
    for (guint i = 0; i < reading->messages->len; i++) {
        GHashTable *message = g_ptr_array_index(reading->messages, i);

        g_hash_table_iter_init(&iterator, reading->shared);
        while (g_hash_table_iter_next(&iterator, &name, &value))
            if (!g_hash_table_contains(message, name))
                g_hash_table_insert(message, g_strdup(name), g_strdup(value));
    }
}

GPtrArray *http_sink_read(const HttpSinkReader *reader, const ListenerRequest *raw)
{
    g_autoptr(GHashTable) shared = new_table();
    g_autoptr(GPtrArray) messages = g_ptr_array_new_with_free_func(free_table);
    g_autoptr(GHashTable) query = sign_pairs(raw->query);
    Reading reading = {reader, shared, messages};
    const GatewayRequest *request = reader->request;

    if (strcmp(raw->method, request->method) != 0 || !has_action(reader, raw->headers) ||
        !fits(g_hash_table_lookup(reader->shapes, request->path), raw->path, true, shared) ||
        !read_pairs(&reading, request->query, query) || !read_headers(&reading, request->headers, raw->headers) ||
        !read_body(&reading, raw))
        return NULL;
    share(&reading);
    return g_steal_pointer(&messages);
}
