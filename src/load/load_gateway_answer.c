#include <string.h>

#include "base/language.h"
#include "base/text.h"
#include "load/load_gateway_private.h"

#define STAGE LOAD_GATEWAY_STAGE

JsonPointer *load_gateway_pointer(const SchemaCheck *check, const char *key, const YamlNode *node)
{
    const char *text = schema_scalar(check, STAGE, node, N_("a JSON pointer such as /data/id"));
    JsonPointer *pointer = text ? answer_pointer_parse(text) : NULL;
    g_autofree char *shown = text ? schema_shown(text) : NULL;

    if (text && !pointer)
        schema_report(check, STAGE, SCHEMA_WRONG_VALUE, node->at,
                      "%s: \"%s\" is no JSON pointer: write one such as /data/0/id (RFC 6901)", key, shown);
    return pointer;
}

void load_gateway_pointers(const SchemaCheck *check, const char *key, const YamlNode *node, GPtrArray *pointers)
{
    guint count = node->kind == YAML_NODE_LIST ? node->items->len : 1;

    for (guint i = 0; i < count; i++) {
        const YamlNode *item = node->kind == YAML_NODE_LIST ? g_ptr_array_index(node->items, i) : node;
        JsonPointer *pointer = load_gateway_pointer(check, key, item);

        if (pointer)
            g_ptr_array_add(pointers, pointer);
    }
}

typedef struct RuleKeys {
    const YamlNode *status, *at, *is, *in, *starts;
    char *means;
    bool exists;
    bool has_exists;
} RuleKeys;

static void keep(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    (void)check;
    (void)field;
    *(const YamlNode **)target = value;
}

static void set_exists(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    static const SchemaField exists = {"exists", SCHEMA_BOOL, STAGE, .offset = offsetof(RuleKeys, exists)};

    (void)field;
    schema_value(check, &exists, value, target);
    ((RuleKeys *)target)->has_exists = true;
}

static const SchemaField rule_fields[] = {
    {"status", SCHEMA_CUSTOM, STAGE, .offset = offsetof(RuleKeys, status), .set = keep},
    {"at", SCHEMA_CUSTOM, STAGE, .offset = offsetof(RuleKeys, at), .set = keep},
    {"is", SCHEMA_CUSTOM, STAGE, .offset = offsetof(RuleKeys, is), .set = keep},
    {"in", SCHEMA_CUSTOM, STAGE, .offset = offsetof(RuleKeys, in), .set = keep},
    {"starts", SCHEMA_CUSTOM, STAGE, .offset = offsetof(RuleKeys, starts), .set = keep},
    {"exists", SCHEMA_CUSTOM, STAGE, .set = set_exists},
    {"means", SCHEMA_TEXT, STAGE, .is_required = true, .offset = offsetof(RuleKeys, means), .hint = "means: accepted"},
    {.key = NULL},
};
static const SchemaTable rule_table = {N_("a rule"), STAGE, rule_fields, NULL};

/* "200" or "200-299". */
static bool read_status(const char *text, int *from, int *to)
{
    size_t first = strspn(text, "0123456789");
    const char *rest = text + first;
    uint64_t low = g_ascii_strtoull(text, NULL, 10);
    uint64_t high = *rest == '-' ? g_ascii_strtoull(rest + 1, NULL, 10) : low;
    bool is_right = first == 3 && (*rest == '\0' || (*rest == '-' && strspn(rest + 1, "0123456789") == 3 && !rest[4]));

    if (!is_right || low < 100 || high > 599 || low > high)
        return false;
    *from = (int)low;
    *to = (int)high;
    return true;
}

static void set_status(const SchemaCheck *check, const YamlNode *node, bool has_status, GatewayRule *rule)
{
    const char *text = schema_scalar(check, STAGE, node, N_("a status such as 200 or 200-299"));
    g_autofree char *shown = text ? schema_shown(text) : NULL;

    if (!has_status)
        schema_report(check, STAGE, SCHEMA_WRONG_VALUE, node->at, "there is no status to ask for here: use at");
    else if (text && !read_status(text, &rule->status_from, &rule->status_to))
        schema_report(check, STAGE, SCHEMA_WRONG_VALUE, node->at,
                      "status cannot be \"%s\": expected one from 100 to 599, or a range such as 200-299", shown);
}

static void add_value(const SchemaCheck *check, const YamlNode *node, GPtrArray *values)
{
    const char *text = schema_scalar(check, STAGE, node, N_("a text or a number"));

    if (text)
        g_ptr_array_add(values, g_strdup(text));
}

static void set_test(const SchemaCheck *check, const YamlNode *node, const RuleKeys *keys, GatewayRule *rule)
{
    const YamlNode *values = keys->is ? keys->is : keys->in ? keys->in : keys->starts;
    int tests = (keys->is != NULL) + (keys->in != NULL) + (keys->starts != NULL) + keys->has_exists;

    if (tests > 1 || (keys->at == NULL) != (tests == 0)) {
        schema_report(check, STAGE, SCHEMA_WRONG_VALUE, node->at,
                      "a rule that looks into the body has at, and one of is, in, starts and exists");
        return;
    }
    if (!keys->at)
        return;
    rule->pointer = load_gateway_pointer(check, "at", keys->at);
    if (keys->has_exists) {
        rule->test = keys->exists ? GATEWAY_TEST_EXISTS : GATEWAY_TEST_MISSING;
        return;
    }
    rule->test = keys->starts ? GATEWAY_TEST_STARTS : GATEWAY_TEST_IN;
    rule->values = g_ptr_array_new_with_free_func(g_free);
    if (values->kind == YAML_NODE_LIST && !keys->is)
        for (guint i = 0; i < values->items->len; i++)
            add_value(check, g_ptr_array_index(values->items, i), rule->values);
    else
        add_value(check, values, rule->values);
}

/* `node`: where the word stands. */
static void set_meaning(const SchemaCheck *check, const char *key, const YamlNode *node, const char *text,
                        const GatewayMeaning *meanings, GatewayMeaning *means)
{
    const char *words[GATEWAY_MEANS_IGNORED + 2] = {NULL};
    g_autofree char *list = NULL;
    g_autofree char *shown = text ? schema_shown(text) : NULL;
    const char *near;

    if (!text)
        return; /* reported */
    for (size_t i = 0; meanings[i] != GATEWAY_MEANS_NOTHING; i++) {
        words[i] = gateway_meaning_name(meanings[i]);
        if (strcmp(words[i], text) == 0) {
            *means = meanings[i];
            return;
        }
    }
    near = text_nearest(text, words);
    list = g_strjoinv(", ", (char **)words);
    if (near)
        schema_report(check, STAGE, SCHEMA_WRONG_VALUE, node->at, "%s: did you mean \"%s\"? (one of: %s)", key, near,
                      list);
    else
        schema_report(check, STAGE, SCHEMA_WRONG_VALUE, node->at, "%s cannot be \"%s\": expected one of %s", key, shown,
                      list);
}

static bool covers_status(const GatewayRule *early, const GatewayRule *late)
{
    if (early->status_to == 0)
        return true;
    return late->status_to != 0 && early->status_from <= late->status_from && late->status_to <= early->status_to;
}

static bool covers_values(const GatewayRule *early, const GatewayRule *late)
{
    for (guint i = 0; i < late->values->len; i++)
        if (!g_ptr_array_find_with_equal_func(early->values, g_ptr_array_index(late->values, i), g_str_equal, NULL))
            return false;
    return true;
}

/* Whether whatever fits `late` has fitted `early` before. */
static bool covers(const GatewayRule *early, const GatewayRule *late)
{
    if (!covers_status(early, late))
        return false;
    if (early->test == GATEWAY_TEST_NONE)
        return true;
    if (early->test != late->test || !early->pointer || !late->pointer ||
        strcmp(answer_pointer_shown(early->pointer), answer_pointer_shown(late->pointer)) != 0)
        return false;
    return !early->values || covers_values(early, late);
}

static void check_effect(const SchemaCheck *check, const YamlNode *node, const GPtrArray *rules,
                         const GatewayRule *rule)
{
    for (guint i = 0; i < rules->len; i++)
        if (covers(g_ptr_array_index(rules, i), rule)) {
            findings_error(check->findings, STAGE, "provider-rule", node->at,
                           "this rule can never count: rule %u before it fits whatever fits it", i + 1);
            return;
        }
}

/* What is not asked for must not count as sent. */
static void check_acceptance(const SchemaCheck *check, const YamlNode *node, bool has_status, const GatewayRule *rule)
{
    bool is_good = rule->means == GATEWAY_MEANS_ACCEPTED || rule->means == GATEWAY_MEANS_DELIVERED;

    if (!is_good)
        return;
    if (rule->test == GATEWAY_TEST_NONE && rule->status_to == 0)
        findings_error(check->findings, STAGE, "provider-rule", node->at,
                       "a rule that means %s must say of which answer: add status or at",
                       gateway_meaning_name(rule->means));
    else if (has_status && rule->test == GATEWAY_TEST_NONE && (rule->status_from < 200 || rule->status_to > 299))
        findings_error(check->findings, STAGE, "provider-rule", node->at,
                       "only a status from 200 to 299 can mean %s by itself", gateway_meaning_name(rule->means));
}

static void add_rule(const SchemaCheck *check, const YamlNode *node, const GatewayMeaning *meanings, bool has_status,
                     GPtrArray *rules)
{
    RuleKeys keys = {.status = NULL};
    GatewayRule *rule;

    if (node->is_refused)
        return;
    rule = gateway_rule_new();
    schema_check(check, &rule_table, node, &keys);
    if (keys.status)
        set_status(check, keys.status, has_status, rule);
    if (node->kind == YAML_NODE_MAP) {
        set_test(check, node, &keys, rule);
        set_meaning(check, "means", yaml_get(node, "means"), keys.means, meanings, &rule->means);
    }
    g_free(keys.means);
    if (rule->means == GATEWAY_MEANS_NOTHING || (rule->test != GATEWAY_TEST_NONE && !rule->pointer) ||
        (keys.status && rule->status_to == 0) || (keys.at && rule->test == GATEWAY_TEST_NONE)) { /* reported */
        gateway_rule_free(rule);
        return;
    }
    check_acceptance(check, node, has_status, rule);
    check_effect(check, node, rules, rule);
    g_ptr_array_add(rules, rule);
}

void load_gateway_rules(const SchemaCheck *check, const char *key, const YamlNode *node, const GatewayMeaning *meanings,
                        bool has_status, GPtrArray *rules)
{
    if (node->kind != YAML_NODE_LIST) {
        schema_report(check, STAGE, SCHEMA_WRONG_TYPE, node->at, "%s must be a list: write - before each item", key);
        return;
    }
    for (guint i = 0; i < node->items->len; i++)
        add_rule(check, g_ptr_array_index(node->items, i), meanings, has_status, rules);
}

typedef struct AnswerKeys {
    const YamlNode *rules, *items, *item_rules, *provider_id, *words;
    int format;
    char *provider_id_header;
} AnswerKeys;

static const char *const formats[] = {"json", "xml", "text", NULL}; /* as GatewayFormat */
static const SchemaField answer_fields[] = {
    {"format", SCHEMA_CHOICE, STAGE, .offset = offsetof(AnswerKeys, format), .words = formats},
    {"rules", SCHEMA_CUSTOM, STAGE, .is_required = true, .offset = offsetof(AnswerKeys, rules), .set = keep,
     .hint = "rules: [{status: 200-299, means: accepted}]"},
    {"items", SCHEMA_CUSTOM, STAGE, .offset = offsetof(AnswerKeys, items), .set = keep},
    {"item_rules", SCHEMA_CUSTOM, STAGE, .offset = offsetof(AnswerKeys, item_rules), .set = keep},
    {"provider_id", SCHEMA_CUSTOM, STAGE, .offset = offsetof(AnswerKeys, provider_id), .set = keep},
    {"provider_id_header", SCHEMA_TEXT, STAGE, .offset = offsetof(AnswerKeys, provider_id_header)},
    {"words", SCHEMA_CUSTOM, STAGE, .offset = offsetof(AnswerKeys, words), .set = keep},
    {.key = NULL},
};
static const SchemaTable answer_table = {N_("an answer"), STAGE, answer_fields, NULL};

typedef struct ItemsKeys {
    const YamlNode *list, *key, *missing;
    char *equals;
} ItemsKeys;

static const char *const equals_words[] = {"id",          "uuid",        "endpoint", "endpoint_digits",
                                           "endpoint_cn", "provider_id", NULL};
static const SchemaField items_fields[] = {
    {"list", SCHEMA_CUSTOM, STAGE, .is_required = true, .offset = offsetof(ItemsKeys, list), .set = keep,
     .hint = "list: /results"},
    {"key", SCHEMA_CUSTOM, STAGE, .offset = offsetof(ItemsKeys, key), .set = keep},
    {"equals", SCHEMA_WORD, STAGE, .offset = offsetof(ItemsKeys, equals), .words = equals_words},
    {"missing", SCHEMA_CUSTOM, STAGE, .offset = offsetof(ItemsKeys, missing), .set = keep},
    {.key = NULL},
};
static const SchemaTable items_table = {"items", STAGE, items_fields, NULL};

static void set_items(const SchemaCheck *check, const YamlNode *node, const GatewayMeaning *meanings,
                      GatewayAnswer *answer)
{
    GatewayItems *items = &answer->items;
    ItemsKeys keys = {.list = NULL};
    const char *missing;

    schema_check(check, &items_table, node, &keys);
    items->equals = keys.equals;
    missing = keys.missing ? schema_scalar(check, STAGE, keys.missing, N_("a word")) : NULL;
    set_meaning(check, "missing", keys.missing, missing, meanings, &answer->missing);
    if (keys.list)
        items->list = load_gateway_pointer(check, "list", keys.list);
    if (keys.key)
        items->key = load_gateway_pointer(check, "key", keys.key);
    if (keys.key && !keys.equals)
        schema_report(check, STAGE, SCHEMA_MISSING_KEY, node->at,
                      "items lacks the key equals: add equals: endpoint, or what else the key is");
}

static bool can_mean(const GPtrArray *rules, GatewayMeaning meaning)
{
    for (guint i = 0; i < rules->len; i++)
        if (((const GatewayRule *)g_ptr_array_index(rules, i))->means == meaning)
            return true;
    return false;
}

void load_gateway_answer(const SchemaCheck *check, const YamlNode *node, const GatewayMeaning *meanings,
                         GatewayAnswer *answer)
{
    AnswerKeys keys = {.rules = NULL};

    schema_check(check, &answer_table, node, &keys);
    answer->format = (GatewayFormat)keys.format;
    answer->provider_id_header = keys.provider_id_header;
    if (keys.rules)
        load_gateway_rules(check, "rules", keys.rules, meanings, true, answer->rules);
    if (keys.items)
        set_items(check, keys.items, meanings, answer);
    if (keys.item_rules)
        load_gateway_rules(check, "item_rules", keys.item_rules, meanings, false, answer->item_rules);
    if (keys.provider_id)
        answer->provider_id = load_gateway_pointer(check, "provider_id", keys.provider_id);
    if (keys.words)
        load_gateway_pointers(check, "words", keys.words, answer->words);
    if ((keys.items != NULL) != (keys.item_rules != NULL))
        schema_report(check, STAGE, SCHEMA_MISSING_KEY, node->at,
                      "items and item_rules belong together: add the other");
    if (keys.rules && answer->rules->len > 0 && !can_mean(answer->rules, GATEWAY_MEANS_ACCEPTED) &&
        !can_mean(answer->rules, GATEWAY_MEANS_DELIVERED))
        findings_error(check->findings, STAGE, "provider-rule", keys.rules->at,
                       "no rule means accepted, so nothing could ever count as sent: add one");
}
