#include "model/gateway_answer.h"

#include <string.h>

const char *gateway_meaning_name(GatewayMeaning meaning)
{
    static const char *const names[] = {
        [GATEWAY_MEANS_NOTHING] = "nothing",     [GATEWAY_MEANS_ACCEPTED] = "accepted",
        [GATEWAY_MEANS_TEMPORARY] = "temporary", [GATEWAY_MEANS_THROTTLED] = "throttled",
        [GATEWAY_MEANS_PERMANENT] = "permanent", [GATEWAY_MEANS_POLICY] = "policy",
        [GATEWAY_MEANS_ACCOUNT] = "account",     [GATEWAY_MEANS_DELIVERED] = "delivered",
        [GATEWAY_MEANS_BOUNCED] = "bounced",     [GATEWAY_MEANS_FAILED] = "failed",
        [GATEWAY_MEANS_UNKNOWN] = "unknown",     [GATEWAY_MEANS_NOT_FOUND] = "not-found",
        [GATEWAY_MEANS_IGNORED] = "ignored",
    };

    return names[meaning];
}

static void free_rule(gpointer data)
{
    gateway_rule_free(data);
}

static void free_pointer(gpointer data)
{
    answer_pointer_free(data);
}

void gateway_answer_init(GatewayAnswer *answer)
{
    *answer = (GatewayAnswer){.rules = g_ptr_array_new_with_free_func(free_rule),
                              .item_rules = g_ptr_array_new_with_free_func(free_rule),
                              .words = g_ptr_array_new_with_free_func(free_pointer)};
}

void gateway_answer_clear(GatewayAnswer *answer)
{
    g_clear_pointer(&answer->rules, g_ptr_array_unref);
    g_clear_pointer(&answer->item_rules, g_ptr_array_unref);
    g_clear_pointer(&answer->words, g_ptr_array_unref);
    g_clear_pointer(&answer->items.list, answer_pointer_free);
    g_clear_pointer(&answer->items.key, answer_pointer_free);
    g_clear_pointer(&answer->items.equals, g_free);
    g_clear_pointer(&answer->provider_id, answer_pointer_free);
    g_clear_pointer(&answer->provider_id_header, g_free);
}

GatewayRule *gateway_rule_new(void)
{
    return g_new0(GatewayRule, 1);
}

void gateway_rule_free(GatewayRule *rule)
{
    if (!rule)
        return;
    answer_pointer_free(rule->pointer);
    if (rule->values)
        g_ptr_array_unref(rule->values);
    g_free(rule);
}

static bool is_something(const json_t *value)
{
    if (!value || json_is_null(value))
        return false;
    if (json_is_string(value))
        return json_string_length(value) > 0;
    return !json_is_array(value) || json_array_size(value) > 0;
}

static bool has_value(const GatewayRule *rule, json_t *body)
{
    const json_t *found = answer_pointer_get(rule->pointer, body);
    g_autofree char *made = json_is_string(found) ? NULL : answer_pointer_scalar(found);
    const char *text = made ? made : json_string_value(found);

    for (guint i = 0; text && i < rule->values->len; i++) {
        const char *value = g_ptr_array_index(rule->values, i);

        if (rule->test == GATEWAY_TEST_IN ? strcmp(text, value) == 0 : g_str_has_prefix(text, value))
            return true;
    }
    return false;
}

static bool fits(const GatewayRule *rule, int status, json_t *body)
{
    if (rule->status_to != 0 && (status < rule->status_from || status > rule->status_to))
        return false;
    switch (rule->test) {
    case GATEWAY_TEST_IN:
    case GATEWAY_TEST_STARTS:
        return has_value(rule, body);
    case GATEWAY_TEST_EXISTS:
        return is_something(answer_pointer_get(rule->pointer, body));
    case GATEWAY_TEST_MISSING:
        return body && !is_something(answer_pointer_get(rule->pointer, body)); /* garbage lacks everything: no proof */
    case GATEWAY_TEST_NONE:
        break;
    }
    return true;
}

GatewayMeaning gateway_rules_apply(const GPtrArray *rules, int status, json_t *body)
{
    for (guint i = 0; i < rules->len; i++) {
        const GatewayRule *rule = g_ptr_array_index(rules, i);

        if (fits(rule, status, body))
            return rule->means;
    }
    return GATEWAY_MEANS_NOTHING;
}

/* A number "13800138000" that the provider wrote with or without "+" is the same number: `equals` chose the form. */
static bool is_key(const GatewayItems *items, json_t *item, const char *name, const char *value)
{
    g_autofree char *text = items->key ? answer_pointer_text(items->key, item) : g_strdup(name);

    return text && g_ascii_strcasecmp(text, value) == 0;
}

json_t *gateway_items_find(const GatewayItems *items, json_t *body, const char *value, size_t position)
{
    json_t *list = items->list ? answer_pointer_get(items->list, body) : NULL;
    const char *name;
    json_t *item;
    size_t index;

    if (!items->equals)
        return json_is_array(list) ? json_array_get(list, position) : NULL;
    if (!value)
        return NULL;
    json_array_foreach(list, index, item) if (is_key(items, item, NULL, value)) return item;
    json_object_foreach(list, name, item) if (is_key(items, item, name, value)) return item;
    return NULL;
}

GatewayMeaning gateway_answer_apply(const GatewayAnswer *answer, int status, json_t *body, const char *value,
                                    size_t position, json_t **item)
{
    GatewayMeaning whole = gateway_rules_apply(answer->rules, status, body);

    *item = body;
    if (whole != GATEWAY_MEANS_ACCEPTED || !answer->items.list)
        return whole;
    *item = gateway_items_find(&answer->items, body, value, position);
    return *item ? gateway_rules_apply(answer->item_rules, 0, *item) : answer->missing;
}

char *gateway_answer_id(const GatewayAnswer *answer, json_t *item)
{
    return answer_pointer_text(answer->provider_id, item);
}

char *gateway_answer_words(const GatewayAnswer *answer, json_t *item, json_t *body)
{
    json_t *const places[] = {item, body};

    for (size_t i = 0; i < G_N_ELEMENTS(places); i++) {
        for (guint j = 0; j < answer->words->len; j++) {
            char *words = answer_pointer_text(g_ptr_array_index(answer->words, j), places[i]);

            if (words && *words)
                return words;
            g_free(words);
        }
    }
    return NULL;
}
