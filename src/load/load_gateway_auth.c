#include <string.h>

#include "base/clock.h"
#include "base/language.h"
#include "load/load_gateway_private.h"

#define STAGE LOAD_GATEWAY_STAGE

static const char *const kinds[] = {"none",          "basic",        "bearer",      "api-key",
                                    "hmac",          "alibaba-acs3", "tencent-tc3", "aws-sigv4",
                                    "oauth2-client", "jwt-rs256",    "jwt-es256",   NULL}; /* as GatewayAuthKind */
static const char *const hashes[] = {"sha256", "sha1", "sha512", NULL};
static const char *const encodings[] = {"hex", "base64", NULL};
static const char *const token_styles[] = {"form", "basic", "json", NULL};
static const char *const parts[] = {"method", "url", "path", "query", "timestamp", "nonce", "body", "form", NULL};

/* A user may be kept with the secret. */
static void set_user(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    static const SchemaField plain = {"user", SCHEMA_TEXT, STAGE, .offset = 0};

    (void)field;
    schema_value(check, &plain, value, target);
}

/* "Bearer ": what stands before a key may end with a space, and may be nothing. */
static void set_prefix(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    const char *text = schema_scalar(check, STAGE, value, N_("a text"));
    char **slot = target;

    if (!text)
        return;
    for (const char *p = text; *p; p++)
        if ((unsigned char)*p < ' ' || (unsigned char)*p >= 0x7f) {
            schema_report(check, STAGE, SCHEMA_WRONG_VALUE, value->at, "%s has a character that no header can have",
                          field->key);
            return;
        }
    g_free(*slot);
    *slot = g_strdup(text);
}

/* A separator may be a line break. */
static void set_separator(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    const char *text = schema_scalar(check, field->stage, value, N_("a text"));
    char **slot = target;

    if (!text)
        return;
    g_free(*slot);
    *slot = g_strdup(text);
}

static void add_part(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    static const SchemaField part = {"over", SCHEMA_CHOICE, STAGE, .words = parts};
    GatewayHmac *hmac = target;
    int index = -1;

    (void)field;
    schema_value(check, &part, value, &index);
    if (index < 0)
        return;
    if (hmac->over_count == GATEWAY_PARTS_MAX)
        schema_report(check, STAGE, SCHEMA_WRONG_VALUE, value->at, "over has at most %d parts", GATEWAY_PARTS_MAX);
    else
        hmac->over[hmac->over_count++] = (GatewayPart)index;
}

static const SchemaField hmac_fields[] = {
    {"hash", SCHEMA_CHOICE, STAGE, .offset = offsetof(GatewayHmac, hash), .words = hashes},
    {"encoding", SCHEMA_CHOICE, STAGE, .offset = offsetof(GatewayHmac, encoding), .words = encodings},
    {"over", SCHEMA_LIST, STAGE, .is_required = true, .set = add_part, .hint = "over: [timestamp, body]"},
    {"separator", SCHEMA_CUSTOM, STAGE, .offset = offsetof(GatewayHmac, separator), .set = set_separator},
    {"header", SCHEMA_TEXT, STAGE, .is_required = true, .offset = offsetof(GatewayHmac, header),
     .hint = "header: X-Signature"},
    {"prefix", SCHEMA_CUSTOM, STAGE, .offset = offsetof(GatewayHmac, prefix), .set = set_prefix},
    {"timestamp_header", SCHEMA_TEXT, STAGE, .offset = offsetof(GatewayHmac, timestamp_header)},
    {"nonce_header", SCHEMA_TEXT, STAGE, .offset = offsetof(GatewayHmac, nonce_header)},
    {"skew", SCHEMA_DURATION, STAGE, .offset = offsetof(GatewayHmac, skew), .minimum = CLOCK_SECOND,
     .maximum = CLOCK_DAY},
    {.key = NULL},
};
static const SchemaTable hmac_table = {"hmac", STAGE, hmac_fields, NULL};

static bool is_over(const GatewayHmac *hmac, GatewayPart part)
{
    for (int i = 0; i < hmac->over_count; i++)
        if (hmac->over[i] == part)
            return true;
    return false;
}

void load_gateway_hmac(const SchemaCheck *check, const YamlNode *node, GatewayHmac *hmac)
{
    const struct {
        GatewayPart part;
        const char *header;
        const char *key;
    } sent[] = {{GATEWAY_PART_TIMESTAMP, hmac->timestamp_header, "timestamp_header"},
                {GATEWAY_PART_NONCE, hmac->nonce_header, "nonce_header"}};

    schema_check(check, &hmac_table, node, hmac);
    for (size_t i = 0; i < G_N_ELEMENTS(sent); i++) {
        const char *header = i == 0 ? hmac->timestamp_header : hmac->nonce_header;

        if (is_over(hmac, sent[i].part) != (header != NULL))
            schema_report(check, STAGE, SCHEMA_MISSING_KEY, node->at,
                          "%s and the part %s in over belong together: add the other", sent[i].key,
                          parts[sent[i].part]);
    }
}

static void set_token_url(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    const char *text = schema_scalar(check, field->stage, value, N_("a URL"));
    GatewayToken *token = target;

    if (!text)
        return;
    g_clear_pointer(&token->origin, g_free);
    g_clear_pointer(&token->path, g_free);
    (void)load_gateway_url(check, value, text, &token->origin, &token->path);
}

static void set_query(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    static const SchemaField name = {"query", SCHEMA_TEXT, STAGE, .offset = offsetof(GatewayAuth, name)};
    GatewayAuth *auth = target;

    (void)field;
    schema_value(check, &name, value, auth);
    auth->in_query = true;
}

static void set_hmac(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    (void)field;
    load_gateway_hmac(check, value, target);
}

static void set_member(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    g_autoptr(JsonPointer) pointer = load_gateway_pointer(check, field->key, value);

    if (pointer)
        *(char **)target = g_strdup(answer_pointer_shown(pointer));
}

static const SchemaField auth_fields[] = {
    {"type", SCHEMA_CHOICE, STAGE, .is_required = true, .offset = offsetof(GatewayAuth, kind), .words = kinds,
     .hint = "type: bearer"},
    {"user", SCHEMA_CUSTOM, STAGE, .offset = offsetof(GatewayAuth, user), .set = set_user},
    {"secret", SCHEMA_SECRET, STAGE, .offset = offsetof(GatewayAuth, secret), .hint = "secret: \"env:NAME\""},
    {"secret_member", SCHEMA_CUSTOM, STAGE, .offset = offsetof(GatewayAuth, secret_member), .set = set_member},
    {"session_token", SCHEMA_SECRET, STAGE, .offset = offsetof(GatewayAuth, session_token)},
    {"header", SCHEMA_TEXT, STAGE, .offset = offsetof(GatewayAuth, name)},
    {"query", SCHEMA_CUSTOM, STAGE, .set = set_query},
    {"prefix", SCHEMA_CUSTOM, STAGE, .offset = offsetof(GatewayAuth, prefix), .set = set_prefix},
    {"key_id", SCHEMA_TEXT, STAGE, .offset = offsetof(GatewayAuth, key_id)},
    {"scope", SCHEMA_TEXT, STAGE, .offset = offsetof(GatewayAuth, scope)},
    {"service", SCHEMA_TEXT, STAGE, .offset = offsetof(GatewayAuth, service)},
    {"action", SCHEMA_TEXT, STAGE, .offset = offsetof(GatewayAuth, action)},
    {"version", SCHEMA_TEXT, STAGE, .offset = offsetof(GatewayAuth, version)},
    {"region", SCHEMA_TEXT, STAGE, .offset = offsetof(GatewayAuth, region)},
    {"hmac", SCHEMA_CUSTOM, STAGE, .offset = offsetof(GatewayAuth, hmac), .set = set_hmac},
    {"token_url", SCHEMA_CUSTOM, STAGE, .offset = offsetof(GatewayAuth, token), .set = set_token_url},
    {"token_style", SCHEMA_CHOICE, STAGE, .offset = offsetof(GatewayAuth, token.style), .words = token_styles},
    {.key = NULL},
};
static const SchemaTable auth_table = {"auth", STAGE, auth_fields, NULL};

/* The keys that each kind needs, and those that it may have besides; what is in neither would have no effect. */
static const struct {
    const char *needed, *allowed;
} keys_of[] = {
    [GATEWAY_AUTH_NONE] = {"", ""},
    [GATEWAY_AUTH_BASIC] = {"user secret", ""},
    [GATEWAY_AUTH_BEARER] = {"secret", ""},
    [GATEWAY_AUTH_API_KEY] = {"secret", "header query prefix"},
    [GATEWAY_AUTH_HMAC] = {"secret hmac", ""},
    [GATEWAY_AUTH_ALIBABA_ACS3] = {"user secret action version", ""},
    [GATEWAY_AUTH_TENCENT_TC3] = {"user secret service action version", "region"},
    [GATEWAY_AUTH_AWS_SIGV4] = {"user secret service region", "session_token"},
    [GATEWAY_AUTH_OAUTH2_CLIENT] = {"user secret token_url", "token_style scope header query prefix"},
    [GATEWAY_AUTH_JWT_RS256] = {"user secret token_url scope", "key_id secret_member"},
    [GATEWAY_AUTH_JWT_ES256] = {"user secret key_id", "secret_member"},
};

static bool is_listed(const char *list, const char *key)
{
    g_auto(GStrv) words = g_strsplit(list, " ", -1);

    return g_strv_contains((const char *const *)words, key);
}

static void check_keys(const SchemaCheck *check, const YamlNode *node, const GatewayAuth *auth)
{
    g_auto(GStrv) needed = g_strsplit(keys_of[auth->kind].needed, " ", -1);
    const char *type = gateway_auth_name(auth->kind);

    for (size_t i = 0; needed[i]; i++)
        if (*needed[i] && !yaml_get(node, needed[i]))
            schema_report(check, STAGE, SCHEMA_MISSING_KEY, node->at, "auth of type %s lacks the key %s", type,
                          needed[i]);
    for (guint i = 0; i < node->entries->len; i++) {
        const YamlEntry *entry = g_ptr_array_index(node->entries, i);
        bool is_ours = false;

        for (const SchemaField *field = auth_fields; field->key; field++)
            is_ours = is_ours || strcmp(field->key, entry->key) == 0;
        if (is_ours && strcmp(entry->key, "type") != 0 && !is_listed(keys_of[auth->kind].needed, entry->key) &&
            !is_listed(keys_of[auth->kind].allowed, entry->key))
            schema_report(check, STAGE, SCHEMA_WRONG_VALUE, entry->at, "%s has no effect with type %s: remove it",
                          entry->key, type);
    }
}

void load_gateway_auth(const SchemaCheck *check, const YamlNode *node, GatewayAuth *auth)
{
    schema_check(check, &auth_table, node, auth);
    if (node->kind != YAML_NODE_MAP)
        return;
    if (yaml_get(node, "type"))
        check_keys(check, node, auth);
    if (yaml_get(node, "header") && yaml_get(node, "query"))
        schema_report(check, STAGE, SCHEMA_WRONG_VALUE, yaml_get(node, "query")->at,
                      "a key stands in the header or in the query: remove one of both");
    if (auth->kind == GATEWAY_AUTH_API_KEY && !auth->name)
        schema_report(check, STAGE, SCHEMA_MISSING_KEY, node->at,
                      "auth of type api-key needs to know where the key stands: add header or query");
}
