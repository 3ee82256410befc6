#include <string.h>

#include "base/language.h"
#include "base/text.h"
#include "load/load_gateway_private.h"

#define STAGE LOAD_GATEWAY_STAGE

static const GatewayMeaning receipt_meanings[] = {GATEWAY_MEANS_DELIVERED, GATEWAY_MEANS_BOUNCED,
                                                  GATEWAY_MEANS_FAILED,    GATEWAY_MEANS_ACCEPTED,
                                                  GATEWAY_MEANS_IGNORED,   GATEWAY_MEANS_NOTHING};

static void set_pointer(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    JsonPointer **slot = target;

    answer_pointer_free(*slot);
    *slot = load_gateway_pointer(check, field->key, value);
}

static void set_rules(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    load_gateway_rules(check, field->key, value, receipt_meanings, false, *(GPtrArray **)target);
}

static void set_words(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    load_gateway_pointers(check, field->key, value, *(GPtrArray **)target);
}

static const SchemaField token_fields[] = {
    {"header", SCHEMA_TEXT, STAGE, .offset = offsetof(GatewayReceipt, name)},
    {"query", SCHEMA_TEXT, STAGE, .offset = offsetof(GatewayReceipt, name)},
    {"secret", SCHEMA_SECRET, STAGE, .is_required = true, .offset = offsetof(GatewayReceipt, secret),
     .hint = "secret: \"env:NAME\""},
    {.key = NULL},
};
static const SchemaTable token_table = {"token", STAGE, token_fields, NULL};

static void set_token(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    GatewayReceipt *receipt = target;

    (void)field;
    schema_check(check, &token_table, value, receipt);
    receipt->proof = GATEWAY_RECEIPT_TOKEN;
    if (value->kind != YAML_NODE_MAP)
        return;
    receipt->in_query = yaml_get(value, "query") != NULL;
    if (receipt->in_query == (yaml_get(value, "header") != NULL))
        schema_report(check, STAGE, SCHEMA_MISSING_KEY, value->at,
                      "token says where it stands: one of header: NAME and query: NAME");
}

static const SchemaField basic_fields[] = {
    {"user", SCHEMA_TEXT, STAGE, .is_required = true, .offset = offsetof(GatewayReceipt, user)},
    {"secret", SCHEMA_SECRET, STAGE, .is_required = true, .offset = offsetof(GatewayReceipt, secret),
     .hint = "secret: \"env:NAME\""},
    {.key = NULL},
};
static const SchemaTable basic_table = {"basic", STAGE, basic_fields, NULL};

static void set_basic(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    (void)field;
    schema_check(check, &basic_table, value, target);
    ((GatewayReceipt *)target)->proof = GATEWAY_RECEIPT_BASIC;
}

static void set_hmac(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    GatewayReceipt *receipt = target;

    (void)field;
    load_gateway_hmac(check, value, &receipt->hmac);
    receipt->proof = GATEWAY_RECEIPT_HMAC;
}

/* The answer that the provider wants to see may be JSON. */
static void set_reply(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    const char *text = schema_scalar(check, field->stage, value, N_("a text"));
    char **slot = target;

    if (!text)
        return;
    g_free(*slot);
    *slot = g_strdup(text);
}

static void set_receipt_url(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    const char *text = schema_scalar(check, field->stage, value, N_("a URL"));
    g_autofree char *origin = NULL;
    g_autofree char *path = NULL;
    GatewayReceipt *receipt = target;

    if (text && load_gateway_url(check, value, text, &origin, &path)) {
        g_free(receipt->url);
        receipt->url = g_strconcat(origin, path, NULL);
    }
}

static const SchemaField receipt_fields[] = {
    {"url", SCHEMA_CUSTOM, STAGE, .set = set_receipt_url},
    {"token", SCHEMA_CUSTOM, STAGE, .set = set_token},
    {"basic", SCHEMA_CUSTOM, STAGE, .set = set_basic},
    {"hmac", SCHEMA_CUSTOM, STAGE, .set = set_hmac},
    {"secret", SCHEMA_SECRET, STAGE, .offset = offsetof(GatewayReceipt, secret)},
    {"list", SCHEMA_CUSTOM, STAGE, .offset = offsetof(GatewayReceipt, list), .set = set_pointer},
    {"id", SCHEMA_CUSTOM, STAGE, .offset = offsetof(GatewayReceipt, id), .set = set_pointer},
    {"provider_id", SCHEMA_CUSTOM, STAGE, .offset = offsetof(GatewayReceipt, provider_id), .set = set_pointer},
    {"rules", SCHEMA_CUSTOM, STAGE, .is_required = true, .offset = offsetof(GatewayReceipt, rules), .set = set_rules,
     .hint = "rules: [{at: /status, is: DELIVERED, means: delivered}]"},
    {"words", SCHEMA_CUSTOM, STAGE, .offset = offsetof(GatewayReceipt, words), .set = set_words},
    {"reply", SCHEMA_CUSTOM, STAGE, .offset = offsetof(GatewayReceipt, reply), .set = set_reply},
    {"reply_type", SCHEMA_TEXT, STAGE, .offset = offsetof(GatewayReceipt, reply_type)},
    {.key = NULL},
};
static const SchemaTable receipt_table = {"receipt", STAGE, receipt_fields, NULL};

/* Without a proof anybody could say that a message has been delivered. */
static void check_proof(const SchemaCheck *check, const YamlNode *node)
{
    const YamlNode *hmac = yaml_get(node, "hmac");
    int proofs = (yaml_get(node, "token") != NULL) + (yaml_get(node, "basic") != NULL) + (hmac != NULL);

    if (proofs != 1)
        schema_report(check, STAGE, SCHEMA_MISSING_KEY, node->at,
                      "receipt needs one proof that reports are the provider's: token, basic or hmac");
    if ((hmac != NULL) != (yaml_get(node, "secret") != NULL))
        schema_report(check, STAGE, SCHEMA_MISSING_KEY, node->at,
                      "hmac and secret belong together in receipt: add the other");
}

void load_gateway_receipt(const SchemaCheck *check, const YamlNode *node, GatewayReceipt *receipt)
{
    receipt->is_there = true;
    schema_check(check, &receipt_table, node, receipt);
    if (node->kind != YAML_NODE_MAP)
        return;
    check_proof(check, node);
    if (!yaml_get(node, "id") && !yaml_get(node, "provider_id"))
        schema_report(check, STAGE, SCHEMA_MISSING_KEY, node->at,
                      "receipt must say which message is meant: add id or provider_id");
}

typedef struct PublicationKeys {
    const YamlNode *update, *withdraw, *find, *found, *read, *read_text, *url, *url_at;
    char *content;
    bool is_exact;
} PublicationKeys;

static void keep(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    (void)check;
    (void)field;
    *(const YamlNode **)target = value;
}

static const char *const contents[] = {"html", "text", NULL};

#define KEPT(name)                                                                                                     \
    {                                                                                                                  \
#name, SCHEMA_CUSTOM, STAGE, .offset = offsetof(PublicationKeys, name), .set = keep                            \
    }
static const SchemaField publication_fields[] = {
    {"content", SCHEMA_WORD, STAGE, .is_required = true, .offset = offsetof(PublicationKeys, content),
     .words = contents, .hint = "content: html"},
    {"exact", SCHEMA_BOOL, STAGE, .offset = offsetof(PublicationKeys, is_exact)},
    {"read", SCHEMA_CUSTOM, STAGE, .is_required = true, .offset = offsetof(PublicationKeys, read), .set = keep,
     .hint = "read: {method: GET, url: …}"},
    KEPT(update),
    KEPT(withdraw),
    KEPT(find),
    KEPT(found),
    KEPT(read_text),
    KEPT(url),
    KEPT(url_at),
    {.key = NULL},
};
static const SchemaTable publication_table = {"publication", STAGE, publication_fields, NULL};

static void set_public_url(const SchemaCheck *check, const YamlNode *node, GatewayPublication *publication)
{
    const char *text = schema_scalar(check, STAGE, node, N_("a URL"));
    g_autofree char *origin = NULL;
    g_autofree char *path = NULL;

    if (text && load_gateway_url(check, node, text, &origin, &path))
        publication->url_template = load_gateway_template(check, node, text, TEMPLATE_ESCAPE_URL, NULL);
}

void load_gateway_publication(const SchemaCheck *check, const YamlNode *node, GatewayPublication *publication)
{
    static const char *const names[] = {"provider_id", NULL};
    static const GatewayMeaning found_meanings[] = {GATEWAY_MEANS_ACCEPTED, GATEWAY_MEANS_NOT_FOUND,
                                                    GATEWAY_MEANS_UNKNOWN, GATEWAY_MEANS_NOTHING};
    PublicationKeys keys = {.update = NULL};

    schema_check(check, &publication_table, node, &keys);
    publication->content = keys.content;
    publication->is_exact = keys.is_exact;
    if (keys.update)
        publication->update = load_gateway_request(check, keys.update, names);
    if (keys.withdraw)
        publication->withdraw = load_gateway_request(check, keys.withdraw, names);
    if (keys.find)
        publication->find = load_gateway_request(check, keys.find, NULL);
    if (keys.found)
        load_gateway_answer(check, keys.found, found_meanings, &publication->found);
    if (keys.read)
        publication->read = load_gateway_request(check, keys.read, names);
    if (keys.read_text)
        publication->read_text = load_gateway_pointer(check, "read_text", keys.read_text);
    if (keys.url)
        set_public_url(check, keys.url, publication);
    if (keys.url_at)
        publication->url = load_gateway_pointer(check, "url_at", keys.url_at);
    if ((keys.find != NULL) != (keys.found != NULL))
        schema_report(check, STAGE, SCHEMA_MISSING_KEY, node->at, "find and found belong together: add the other");
    if (node->kind == YAML_NODE_MAP && (keys.url != NULL) == (keys.url_at != NULL))
        schema_report(check, STAGE, SCHEMA_MISSING_KEY, node->at,
                      "publication must say where the public reads it: one of url and url_at");
}
