#include "drill/http_sink_answer.h"

#include <stdlib.h>
#include <string.h>

#include "model/answer_pointer.h"

#define SOMETHING "x" /* a value where any will do */

void http_sink_answer_clear(HttpSinkAnswer *answer)
{
    g_clear_pointer(&answer->body, g_free);
    g_clear_pointer(&answer->header_name, g_free);
    g_clear_pointer(&answer->header_value, g_free);
}

/* Documents ------------------------------------------------------------------------------------------------------- */

static bool is_index(const char *token)
{
    return *token && strspn(token, "0123456789") == strlen(token) && strlen(token) <= 4;
}

static char *unescaped(const char *token)
{
    GString *text = g_string_new(token);

    g_string_replace(text, "~1", "/", 0);
    g_string_replace(text, "~0", "~", 0);
    return g_string_free(text, FALSE);
}

/* Takes `value`. A container of the kind that the token needs takes the place of anything else. */
static void put_child(json_t *at, const char *token, json_t *value)
{
    g_autofree char *name = unescaped(token);

    if (json_is_array(at) && is_index(token)) {
        size_t index = (size_t)g_ascii_strtoull(token, NULL, 10);

        while (json_array_size(at) <= index)
            json_array_append_new(at, json_object());
        json_array_set_new(at, index, value);
    } else
        json_object_set_new(at, name, value);
}

static json_t *child_of(json_t *at, const char *token)
{
    g_autofree char *name = unescaped(token);

    if (json_is_array(at))
        return json_array_get(at, (size_t)g_ascii_strtoull(token, NULL, 10));
    return json_object_get(at, name);
}

/* Puts `value` (taken) where `pointer` points, with all that is missing on the way. */
static void put_at(json_t **root, const char *pointer, json_t *value)
{
    g_auto(GStrv) tokens = *pointer ? g_strsplit(pointer + 1, "/", -1) : NULL;
    json_t *at;

    if (!tokens) {
        json_decref(*root);
        *root = value;
        return;
    }
    if (!json_is_object(*root) && !json_is_array(*root)) {
        json_decref(*root);
        *root = is_index(tokens[0]) ? json_array() : json_object();
    }
    at = *root;
    for (char **token = tokens; token[1]; token++) {
        json_t *next = child_of(at, *token);

        if (!json_is_object(next) && !json_is_array(next)) {
            next = is_index(token[1]) ? json_array() : json_object();
            put_child(at, *token, next);
        }
        at = next;
    }
    put_child(at, tokens[g_strv_length(tokens) - 1], value);
}

/* Makes one rule fit, as far as it can be. */
static void fulfil(const GatewayRule *rule, json_t **document)
{
    const char *pointer = rule->pointer ? answer_pointer_shown(rule->pointer) : "";

    if (rule->test == GATEWAY_TEST_IN || rule->test == GATEWAY_TEST_STARTS)
        put_at(document, pointer, json_string(g_ptr_array_index(rule->values, 0)));
    else if (rule->test == GATEWAY_TEST_EXISTS && !answer_pointer_get(rule->pointer, *document))
        put_at(document, pointer, json_string(SOMETHING));
}

/* A document and a status of which the rules say `meaning`: the first rule with that meaning that no earlier one hides.
 * False: there is none, and nothing is changed. */
static bool make_mean(const GPtrArray *rules, GatewayMeaning meaning, int usual, int *status, json_t **document)
{
    for (guint i = 0; rules && i < rules->len; i++) {
        const GatewayRule *rule = g_ptr_array_index(rules, i);
        int tried = rule->status_from > 0 ? rule->status_from : usual;
        json_t *copy;

        if (rule->means != meaning)
            continue;
        copy = json_deep_copy(*document);
        fulfil(rule, &copy);
        if (gateway_rules_apply(rules, tried, copy) == meaning) {
            json_decref(*document);
            *document = copy;
            *status = tried;
            return true;
        }
        json_decref(copy);
    }
    return false;
}

/* Items ----------------------------------------------------------------------------------------------------------- */

static const char *value_of(const HttpSinkItem *item, const char *name)
{
    const char *value = strcmp(name, "provider_id") == 0 ? item->id : NULL;

    if (!value)
        value = g_hash_table_lookup(item->values, name);
    return value ? value : "";
}

static void put_id(const GatewayAnswer *description, const HttpSinkItem *item, json_t **document)
{
    if (description->provider_id && item->id)
        put_at(document, answer_pointer_shown(description->provider_id), json_string(item->id));
}

static json_t *make_item(const GatewayAnswer *description, const HttpSinkItem *item)
{
    const GatewayItems *items = &description->items;
    json_t *document = json_object();
    int status;

    put_id(description, item, &document);
    make_mean(description->item_rules, item->meaning, 0, &status, &document);
    if (items->key && items->equals)
        put_at(&document, answer_pointer_shown(items->key), json_string(value_of(item, items->equals)));
    return document;
}

/* A list, or an object whose names are the keys, as the description looks for it. */
static void put_items(const GatewayAnswer *description, const HttpSinkItem *items, size_t count, json_t **document)
{
    bool is_map = !description->items.key && description->items.equals;
    json_t *list = is_map ? json_object() : json_array();

    for (size_t i = 0; i < count; i++) {
        json_t *item;

        if (items[i].meaning == GATEWAY_MEANS_NOT_FOUND)
            continue;
        item = make_item(description, &items[i]);
        if (is_map)
            json_object_set_new(list, value_of(&items[i], description->items.equals), item);
        else
            json_array_append_new(list, item);
    }
    put_at(document, answer_pointer_shown(description->items.list), list);
}

/* Bodies ---------------------------------------------------------------------------------------------------------- */

static void append_xml(GString *output, const char *name, json_t *value)
{
    const char *key;
    json_t *child;
    size_t index;

    if (json_is_array(value)) {
        json_array_foreach(value, index, child) append_xml(output, name, child);
        return;
    }
    g_string_append_printf(output, "<%s>", name);
    if (json_is_object(value)) {
        json_object_foreach(value, key, child) append_xml(output, key, child);
    } else {
        g_autofree char *text = answer_pointer_scalar(value);
        g_autofree char *escaped = g_markup_escape_text(text ? text : "", -1);

        g_string_append(output, escaped);
    }
    g_string_append_printf(output, "</%s>", name);
}

static char *written(GatewayFormat format, json_t *document, const char **type)
{
    GString *output = g_string_new(NULL);
    const char *key;
    json_t *child;
    g_autofree char *text = NULL;
    char *json;

    switch (format) {
    case GATEWAY_FORMAT_XML:
        *type = "text/xml; charset=utf-8";
        json_object_foreach(document, key, child) append_xml(output, key, child);
        break;
    case GATEWAY_FORMAT_TEXT:
        *type = "text/plain; charset=utf-8";
        text = answer_pointer_scalar(document);
        g_string_append(output, text ? text : "");
        break;
    case GATEWAY_FORMAT_JSON:
        *type = "application/json; charset=utf-8";
        json = json_dumps(document, JSON_COMPACT | JSON_ENCODE_ANY);
        g_string_append(output, json ? json : "null");
        free(json);
        break;
    }
    return g_string_free(output, FALSE);
}

static int plain_status(GatewayMeaning meaning)
{
    switch (meaning) {
    case GATEWAY_MEANS_TEMPORARY:
        return 503;
    case GATEWAY_MEANS_THROTTLED:
        return 429;
    case GATEWAY_MEANS_PERMANENT:
    case GATEWAY_MEANS_POLICY:
        return 400;
    case GATEWAY_MEANS_ACCOUNT:
        return 403;
    case GATEWAY_MEANS_NOT_FOUND:
        return 404;
    default:
        return 200;
    }
}

static void put_extra(GHashTable *extra, json_t **document)
{
    GHashTableIter iterator;
    gpointer pointer, text;

    if (!extra)
        return;
    g_hash_table_iter_init(&iterator, extra);
    while (g_hash_table_iter_next(&iterator, &pointer, &text))
        put_at(document, pointer, json_string(text));
}

/* Whether the first message's item says what it is to say. */
static bool says(const GatewayAnswer *description, int status, json_t *document, const HttpSinkItem *items,
                 size_t count)
{
    const char *equals = description->items.equals;
    json_t *item;

    return count == 0 || gateway_answer_apply(description, status, document, equals ? value_of(&items[0], equals) : "",
                                              0, &item) == items[0].meaning;
}

void http_sink_answer_make(const GatewayAnswer *description, const HttpSinkItem *items, size_t count, GHashTable *extra,
                           HttpSinkAnswer *answer)
{
    bool has_items = description->items.list != NULL;
    GatewayMeaning meaning = count > 0 ? items[0].meaning : GATEWAY_MEANS_ACCEPTED;
    json_t *document = json_object();

    *answer = (HttpSinkAnswer){.status = plain_status(meaning)};
    put_extra(extra, &document);
    if (has_items)
        put_items(description, items, count, &document);
    else if (count > 0)
        put_id(description, &items[0], &document);
    /* With items the whole is fine and each item says its own, unless no item can say it */
    if (!has_items || !make_mean(description->rules, GATEWAY_MEANS_ACCEPTED, 200, &answer->status, &document) ||
        !says(description, answer->status, document, items, count))
        make_mean(description->rules, meaning, 200, &answer->status, &document);
    answer->body = written(description->format, document, &answer->type);
    answer->size = strlen(answer->body);
    json_decref(document);
    if (description->provider_id_header && count > 0 && items[0].id) {
        answer->header_name = g_strdup(description->provider_id_header);
        answer->header_value = g_strdup(items[0].id);
    }
}

json_t *http_sink_report_make(const GatewayReceipt *description, const HttpSinkItem *item)
{
    json_t *report = json_object();
    json_t *whole = json_object();
    int status;

    if (description->id)
        put_at(&report, answer_pointer_shown(description->id), json_string(value_of(item, "id")));
    if (description->provider_id)
        put_at(&report, answer_pointer_shown(description->provider_id), json_string(value_of(item, "provider_id")));
    if (!make_mean(description->rules, item->meaning, 0, &status, &report)) {
        json_decref(report);
        json_decref(whole);
        return NULL;
    }
    if (!description->list) {
        json_decref(whole);
        return report;
    }
    put_at(&whole, answer_pointer_shown(description->list), json_pack("[o]", report));
    return whole;
}
