#include <string.h>

#include "model/gateway_answer.h"

/* Whether JSON text nests deeper than allowed: jansson itself would go 2048 deep. Brackets in strings do not count. */
static bool is_too_deep(const char *data, size_t size)
{
    int depth = 0;
    bool is_string = false;

    for (size_t i = 0; i < size; i++) {
        if (is_string && data[i] == '\\')
            i++;
        else if (data[i] == '"')
            is_string = !is_string;
        else if (!is_string && (data[i] == '{' || data[i] == '['))
            depth++;
        else if (!is_string && (data[i] == '}' || data[i] == ']'))
            depth--;
        if (depth > ANSWER_DEPTH_MAX)
            return true;
    }
    return false;
}

typedef struct XmlLevel {
    json_t *members; /* owned; of the element */
    GString *text;   /* owned; between them */
} XmlLevel;

typedef struct Xml {
    XmlLevel levels[ANSWER_DEPTH_MAX + 1]; /* 0: around the root element */
    int depth;
} Xml;

static void push(Xml *xml)
{
    xml->levels[xml->depth].members = json_object();
    xml->levels[xml->depth].text = g_string_new(NULL);
    xml->depth++;
}

/* The value of the innermost level, which ends: an object, or the text of an element without elements. */
static json_t *pop(Xml *xml)
{
    XmlLevel *level = &xml->levels[--xml->depth];
    json_t *value;

    if (json_object_size(level->members) > 0) {
        value = json_incref(level->members);
    } else {
        g_strstrip(level->text->str);
        value = json_string(level->text->str);
    }
    json_decref(level->members);
    g_string_free(level->text, TRUE);
    return value;
}

static const char *local_name(const char *name)
{
    const char *colon = strchr(name, ':');

    return colon ? colon + 1 : name;
}

static void on_start(GMarkupParseContext *context, const char *name, const char **attributes, const char **values,
                     gpointer user, GError **error)
{
    Xml *xml = user;

    (void)context;
    (void)name;
    (void)attributes;
    (void)values;
    if (xml->depth > ANSWER_DEPTH_MAX)
        g_set_error_literal(error, G_MARKUP_ERROR, G_MARKUP_ERROR_INVALID_CONTENT, "nested too deeply");
    else
        push(xml);
}

static void on_end(GMarkupParseContext *context, const char *name, gpointer user, GError **error)
{
    Xml *xml = user;
    json_t *value = pop(xml);
    json_t *parent = xml->levels[xml->depth - 1].members;
    json_t *earlier = json_object_get(parent, local_name(name));

    (void)context;
    (void)error;
    if (json_is_array(earlier)) {
        (void)json_array_append_new(earlier, value);
    } else if (earlier) {
        json_t *list = json_array();

        (void)json_array_append(list, earlier);
        (void)json_array_append_new(list, value);
        (void)json_object_set_new(parent, local_name(name), list);
    } else {
        (void)json_object_set_new(parent, local_name(name), value);
    }
}

static void on_text(GMarkupParseContext *context, const char *text, gsize size, gpointer user, GError **error)
{
    Xml *xml = user;

    (void)context;
    (void)error;
    g_string_append_len(xml->levels[xml->depth - 1].text, text, (gssize)size);
}

static json_t *parse_xml(const char *data, size_t size)
{
    static const GMarkupParser parser = {.start_element = on_start, .end_element = on_end, .text = on_text};
    Xml xml = {.depth = 0};
    GMarkupParseContext *context = g_markup_parse_context_new(&parser, G_MARKUP_TREAT_CDATA_AS_TEXT, &xml, NULL);
    json_t *root = NULL;
    bool is_whole;

    push(&xml);
    is_whole = g_markup_parse_context_parse(context, data, (gssize)size, NULL) &&
               g_markup_parse_context_end_parse(context, NULL);
    while (xml.depth > 0) {
        json_decref(root);
        root = pop(&xml);
    }
    g_markup_parse_context_free(context);
    if (is_whole && json_is_object(root))
        return root;
    json_decref(root);
    return NULL;
}

static json_t *parse_text(const char *data, size_t size)
{
    g_autofree char *text = g_strndup(data, size);

    g_strstrip(text);
    return json_string(text);
}

json_t *answer_body_parse(GatewayFormat format, const char *data, size_t size)
{
    if (!g_utf8_validate_len(data, size, NULL))
        return NULL;
    switch (format) {
    case GATEWAY_FORMAT_XML:
        return parse_xml(data, size);
    case GATEWAY_FORMAT_TEXT:
        return parse_text(data, size);
    case GATEWAY_FORMAT_JSON:
        break;
    }
    return is_too_deep(data, size) ? NULL : json_loadb(data, size, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, NULL);
}
