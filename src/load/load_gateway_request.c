#include <string.h>

#include "base/language.h"
#include "base/text.h"
#include "load/load_gateway_private.h"

#define STAGE LOAD_GATEWAY_STAGE

/* What an HTTP token may consist of besides letters and digits (RFC 9110 5.6.2). */
#define TOKEN_MARKS "!#$%&'*+-.^_`|~"

typedef struct HoleCheck {
    const SchemaCheck *check;
    const YamlNode *node;
} HoleCheck;

static void report_hole(Position at, const char *text, void *user)
{
    const HoleCheck *hole = user;

    (void)at; /* within the value: its place in the file is that of the value */
    findings_error(hole->check->findings, STAGE, "provider-hole", hole->node->at, "%s", text);
}

static bool is_known(const char *name, const char *const *more)
{
    return g_strv_contains(gateway_request_names(), name) || (more && g_strv_contains(more, name)) ||
           (g_str_has_prefix(name, "person.") && name[7] && !strchr(name + 7, '.'));
}

static void check_name(const SchemaCheck *check, const YamlNode *node, const char *name, const char *const *more)
{
    static const char *const later[] = {"provider_id", "sent_day", "sent_unix", NULL};
    g_autofree char *shown = schema_shown(name);
    const char *near = text_nearest(name, gateway_request_names());

    if (g_strv_contains(later, name) && (!more || !g_strv_contains(more, name)))
        findings_error(check->findings, STAGE, "provider-hole", node->at,
                       "{{%s}} is not known yet when a message is handed over: only later requests may use it", shown);
    else if (!is_known(name, more) && near)
        findings_error(check->findings, STAGE, "provider-hole", node->at, "{{%s}}: did you mean {{%s}}?", shown, near);
    else if (!is_known(name, more))
        findings_error(check->findings, STAGE, "provider-hole", node->at,
                       "{{%s}} is no name that a request may use: write one such as {{endpoint}}, {{text}} or "
                       "{{person.name}}",
                       shown);
}

Template *load_gateway_template(const SchemaCheck *check, const YamlNode *node, const char *text, TemplateEscape escape,
                                const char *const *names)
{
    HoleCheck hole = {check, node};
    Template *template = template_compile(node->at.file, text, (TemplateOptions){.escape = escape, .strict = true},
                                          NULL, NULL, report_hole, &hole);
    size_t count = 0;
    const TemplateName *uses = template ? template_names(template, &count) : NULL;

    for (size_t i = 0; i < count; i++)
        if (strcmp(uses[i].name, ".") != 0)
            check_name(check, node, uses[i].name, names);
    return template;
}

static GatewayNode *node_of(const SchemaCheck *check, const YamlNode *yaml, const char *const *names);

/* A number, true, false or null that is not in quotes; NULL: a text. */
static json_t *literal_of(const YamlNode *yaml)
{
    return yaml->is_plain ? json_loads(yaml->text, JSON_DECODE_ANY, NULL) : NULL;
}

static GatewayNode *text_node(const SchemaCheck *check, const YamlNode *yaml, GatewayNodeKind kind,
                              TemplateEscape escape, const char *const *names)
{
    g_autoptr(GatewayNode) node = gateway_node_new(kind);

    if (yaml->kind != YAML_NODE_SCALAR) {
        schema_report(check, STAGE, SCHEMA_WRONG_TYPE, yaml->at,
                      "a text is expected here: for JSON within a text write {$json: …}");
        return NULL;
    }
    node->template = load_gateway_template(check, yaml, yaml->text, escape, names);
    return node->template ? g_steal_pointer(&node) : NULL;
}

static GatewayNode *around(const SchemaCheck *check, GatewayNodeKind kind, const YamlNode *yaml,
                           const char *const *names)
{
    g_autoptr(GatewayNode) node = gateway_node_new(kind);
    GatewayNode *inner = node_of(check, yaml, names);

    if (!inner)
        return NULL;
    g_ptr_array_add(node->members, inner);
    return g_steal_pointer(&node);
}

static GatewayNode *number_node(const SchemaCheck *check, const YamlNode *yaml, const char *const *names)
{
    return text_node(check, yaml, GATEWAY_NODE_NUMBER, TEMPLATE_ESCAPE_NONE, names);
}

static GatewayNode *each_node(const SchemaCheck *check, const YamlNode *yaml, const char *const *names)
{
    return around(check, GATEWAY_NODE_EACH, yaml, names);
}

static GatewayNode *json_node(const SchemaCheck *check, const YamlNode *yaml, const char *const *names)
{
    return around(check, GATEWAY_NODE_ENCODED, yaml, names);
}

static GatewayNode *optional_node(const SchemaCheck *check, const YamlNode *yaml, const char *const *names)
{
    return around(check, GATEWAY_NODE_OPTIONAL, yaml, names);
}

static GatewayNode *each_map_node(const SchemaCheck *check, const YamlNode *yaml, const char *const *names)
{
    const YamlEntry *entry =
        yaml->kind == YAML_NODE_MAP && yaml->entries->len == 1 ? g_ptr_array_index(yaml->entries, 0) : NULL;
    g_autoptr(GatewayNode) node = NULL;

    if (!entry) {
        schema_report(check, STAGE, SCHEMA_WRONG_TYPE, yaml->at,
                      "$each_map must be a map with one entry: {\"{{endpoint}}\": …}");
        return NULL;
    }
    node = around(check, GATEWAY_NODE_EACH_MAP, entry->value, names);
    if (!node)
        return NULL;
    node->template = load_gateway_template(check, yaml, entry->key, TEMPLATE_ESCAPE_NONE, names);
    return node->template ? g_steal_pointer(&node) : NULL;
}

static GatewayNode *params_node(const SchemaCheck *check, const YamlNode *yaml, const char *const *names)
{
    static const char *const shapes[] = {"object", "list", "values", NULL}; /* as GatewayParamsShape */
    static const SchemaField shape = {"$params", SCHEMA_CHOICE, STAGE, .words = shapes};
    GatewayNode *node = gateway_node_new(GATEWAY_NODE_PARAMS);
    int index = 0;

    (void)names;
    schema_value(check, &shape, yaml, &index);
    node->shape = (GatewayParamsShape)index;
    return node;
}

static const struct {
    const char *key;
    GatewayNode *(*make)(const SchemaCheck *check, const YamlNode *yaml, const char *const *names);
} specials[] = {
    {"$number", number_node}, {"$each", each_node},         {"$each_map", each_map_node},
    {"$json", json_node},     {"$optional", optional_node}, {"$params", params_node},
};

static GatewayNode *special_node(const SchemaCheck *check, const YamlNode *yaml, const char *const *names)
{
    const YamlEntry *first = g_ptr_array_index(yaml->entries, 0);
    const YamlNode *join = yaml_get(yaml, "$join");
    guint allowed = join && strcmp(first->key, "$each") == 0 ? 2 : 1;

    for (size_t i = 0; i < G_N_ELEMENTS(specials); i++) {
        GatewayNode *node;

        if (strcmp(specials[i].key, first->key) != 0)
            continue;
        if (yaml->entries->len != allowed) {
            schema_report(check, STAGE, SCHEMA_WRONG_VALUE, yaml->at, "%s must stand alone in its map", first->key);
            return NULL;
        }
        node = specials[i].make(check, first->value, names);
        if (node && allowed == 2 && join->kind == YAML_NODE_SCALAR) {
            node->kind = GATEWAY_NODE_JOIN;
            node->separator = g_strdup(join->text);
        }
        return node;
    }
    schema_report(check, STAGE, SCHEMA_UNKNOWN_KEY, first->at,
                  "\"%s\" is not known: expected one of $each, $each_map, $json, $number, $optional, $params",
                  first->key);
    return NULL;
}

static GatewayNode *container_node(const SchemaCheck *check, const YamlNode *yaml, const char *const *names)
{
    bool is_list = yaml->kind == YAML_NODE_LIST;
    guint count = is_list ? yaml->items->len : yaml->entries->len;
    GatewayNode *node = gateway_node_new(is_list ? GATEWAY_NODE_LIST : GATEWAY_NODE_OBJECT);

    for (guint i = 0; i < count; i++) {
        const YamlEntry *entry = is_list ? NULL : g_ptr_array_index(yaml->entries, i);
        GatewayNode *member = node_of(check, is_list ? g_ptr_array_index(yaml->items, i) : entry->value, names);

        if (!member)
            continue; /* reported */
        member->name = entry ? g_strdup(entry->key) : NULL;
        g_ptr_array_add(node->members, member);
    }
    return node;
}

/* Recursion is as deep as the file: YAML_DEPTH_MAX. */
static GatewayNode *node_of(const SchemaCheck *check, const YamlNode *yaml, const char *const *names)
{
    json_t *literal;
    GatewayNode *node;

    if (yaml->is_refused)
        return NULL;
    if (yaml->kind == YAML_NODE_MAP && yaml->entries->len > 0 &&
        ((YamlEntry *)g_ptr_array_index(yaml->entries, 0))->key[0] == '$')
        return special_node(check, yaml, names);
    if (yaml->kind != YAML_NODE_SCALAR)
        return container_node(check, yaml, names);
    literal = literal_of(yaml);
    if (!literal)
        return text_node(check, yaml, GATEWAY_NODE_TEXT, TEMPLATE_ESCAPE_NONE, names);
    node = gateway_node_new(GATEWAY_NODE_LITERAL);
    node->literal = literal;
    return node;
}

/* A value of a query, a form or a header: one text in the end. */
static GatewayNode *flat_node(const SchemaCheck *check, const YamlNode *yaml, TemplateEscape escape,
                              const char *const *names)
{
    g_autoptr(GatewayNode) node = NULL;
    const GatewayNode *inner;

    if (yaml->is_refused)
        return NULL;
    if (yaml->kind != YAML_NODE_MAP || yaml->entries->len == 0)
        return text_node(check, yaml, GATEWAY_NODE_TEXT, escape, names);
    node = node_of(check, yaml, names);
    if (!node)
        return NULL;
    inner = node->kind == GATEWAY_NODE_OPTIONAL ? g_ptr_array_index(node->members, 0) : node;
    if (inner->kind == GATEWAY_NODE_TEXT || inner->kind == GATEWAY_NODE_JOIN || inner->kind == GATEWAY_NODE_ENCODED)
        return g_steal_pointer(&node);
    schema_report(check, STAGE, SCHEMA_WRONG_TYPE, yaml->at,
                  "only one text can stand here: for JSON within a text write {$json: …}, for a list "
                  "{$each: …, $join: \",\"}");
    return NULL;
}

/* What the HTTP library or the request's own keys decide. */
static bool is_reserved(const char *name)
{
    static const char *const reserved[] = {
        "host", "content-length", "transfer-encoding", "connection", "expect", "content-type", "upgrade",
        "te",   "trailer",        "authorization",     NULL};
    g_autofree char *lower = g_ascii_strdown(name, -1);

    return g_strv_contains(reserved, lower);
}

static bool is_token(const char *text)
{
    for (const char *p = text; *p; p++)
        if (!g_ascii_isalnum(*p) && !strchr(TOKEN_MARKS, *p))
            return false;
    return *text != '\0';
}

static bool is_pair_name(const SchemaCheck *check, const YamlEntry *entry, bool is_header)
{
    g_autofree char *shown = schema_shown(entry->key);

    if (is_header && !is_token(entry->key))
        schema_report(check, STAGE, SCHEMA_WRONG_VALUE, entry->at, "\"%s\" is no name of a header", shown);
    else if (is_header && is_reserved(entry->key))
        schema_report(check, STAGE, SCHEMA_WRONG_VALUE, entry->at,
                      "the header %s is set by breach: use auth for proofs, and json, form or text for the body",
                      shown);
    else if (!*entry->key || text_has_controls(entry->key, strlen(entry->key)))
        schema_report(check, STAGE, SCHEMA_WRONG_VALUE, entry->at, "\"%s\" is no name", shown);
    else
        return true;
    return false;
}

static void add_pairs(const SchemaCheck *check, const char *key, const YamlNode *map, const char *const *names,
                      GPtrArray *pairs)
{
    bool is_header = strcmp(key, "headers") == 0;

    if (!map)
        return;
    if (map->kind != YAML_NODE_MAP) {
        schema_report(check, STAGE, SCHEMA_WRONG_TYPE, map->at, "%s must be a map from name to value", key);
        return;
    }
    for (guint i = 0; i < map->entries->len; i++) {
        const YamlEntry *entry = g_ptr_array_index(map->entries, i);
        GatewayNode *node;

        if (!is_pair_name(check, entry, is_header))
            continue;
        node = flat_node(check, entry->value, is_header ? TEMPLATE_ESCAPE_HEADER : TEMPLATE_ESCAPE_NONE, names);
        if (!node)
            continue;
        node->name = g_strdup(entry->key);
        g_ptr_array_add(pairs, node);
    }
}

static bool is_web_host(const char *host)
{
    return *host && strspn(host, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-") == strlen(host) &&
           g_ascii_isalnum(*host) && !strstr(host, "..");
}

/* What is wrong with scheme://host[:port], or NULL. */
static const char *origin_problem(const char *origin)
{
    bool is_plain = g_str_has_prefix(origin, "http://");
    const char *rest = is_plain ? origin + 7 : origin + 8;
    g_autofree char *host = NULL;
    const char *port;

    if (!is_plain && !g_str_has_prefix(origin, "https://"))
        return N_("a URL must begin with https://");
    if (strstr(origin, "{{"))
        return N_("host and port must stand there as they are: no {{…}} may decide where messages go");
    host = g_strndup(rest, strcspn(rest, ":"));
    port = strchr(rest, ':');
    if (strchr(rest, '@') || !is_web_host(host))
        return N_(
            "there is no host in this URL that can be used: expected https://HOST/PATH, without a user or password");
    if (port && (strspn(port + 1, "0123456789") != strlen(port + 1) || strlen(port + 1) > 5 ||
                 g_ascii_strtoull(port + 1, NULL, 10) < 1 || g_ascii_strtoull(port + 1, NULL, 10) > 65535))
        return N_("the port of this URL is no number from 1 to 65535");
    if (is_plain && !gateway_is_loopback(host))
        return N_("http:// is allowed only for this machine (127.0.0.1, localhost): write https://");
    return NULL;
}

bool load_gateway_url(const SchemaCheck *check, const YamlNode *node, const char *text, char **origin, char **path)
{
    const char *start = strstr(text, "://");
    size_t length = start ? (size_t)(start - text) + 3 + strcspn(start + 3, "/?#") : 0;
    g_autofree char *found = g_strndup(text, length);
    const char *problem = origin_problem(found);

    if (!problem && strpbrk(text + length, "?#"))
        problem = N_("a URL here ends with its path: write what follows the ? under query");
    for (const char *p = text; !problem && *p; p++)
        if ((unsigned char)*p <= ' ' || (unsigned char)*p >= 0x7f)
            problem = N_("a URL has no spaces and no characters beyond ASCII: encode them as %XX");
    if (problem) {
        findings_error(check->findings, STAGE, "provider-url", node->at, "%s", _(problem));
        return false;
    }
    *origin = g_ascii_strdown(found, -1);
    *path = text[length] ? g_strdup(text + length) : g_strdup("/");
    return true;
}

typedef struct RequestKeys {
    char *method;
    char *content_type;
    const YamlNode *url, *headers, *query, *form, *json, *text;
} RequestKeys;

static void keep(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    (void)check;
    (void)field;
    *(const YamlNode **)target = value;
}

static const char *const methods[] = {"GET", "POST", "PUT", "PATCH", "DELETE", NULL};
static const SchemaField request_fields[] = {
    {"method", SCHEMA_WORD, STAGE, .is_required = true, .offset = offsetof(RequestKeys, method), .words = methods,
     .hint = "method: POST"},
    {"url", SCHEMA_CUSTOM, STAGE, .is_required = true, .offset = offsetof(RequestKeys, url), .set = keep,
     .hint = "url: \"https://sms.example.com/send\""},
    {"headers", SCHEMA_CUSTOM, STAGE, .offset = offsetof(RequestKeys, headers), .set = keep},
    {"query", SCHEMA_CUSTOM, STAGE, .offset = offsetof(RequestKeys, query), .set = keep},
    {"form", SCHEMA_CUSTOM, STAGE, .offset = offsetof(RequestKeys, form), .set = keep},
    {"json", SCHEMA_CUSTOM, STAGE, .offset = offsetof(RequestKeys, json), .set = keep},
    {"text", SCHEMA_CUSTOM, STAGE, .offset = offsetof(RequestKeys, text), .set = keep},
    {"content_type", SCHEMA_TEXT, STAGE, .offset = offsetof(RequestKeys, content_type)},
    {.key = NULL},
};
static const SchemaTable request_table = {N_("a request"), STAGE, request_fields, NULL};

static void set_url(const SchemaCheck *check, const RequestKeys *keys, const char *const *names,
                    GatewayRequest *request)
{
    const char *text = keys->url ? schema_scalar(check, STAGE, keys->url, N_("a URL")) : NULL;
    g_autofree char *path = NULL;

    if (text && load_gateway_url(check, keys->url, text, &request->origin, &path))
        request->path = load_gateway_template(check, keys->url, path, TEMPLATE_ESCAPE_URL, names);
}

static void set_body(const SchemaCheck *check, const YamlNode *node, const RequestKeys *keys, const char *const *names,
                     GatewayRequest *request)
{
    int bodies = (keys->form != NULL) + (keys->json != NULL) + (keys->text != NULL);

    if (bodies > 1)
        schema_report(check, STAGE, SCHEMA_WRONG_VALUE, node->at,
                      "a request has one body: keep one of form, json and text");
    if (bodies > 0 && strcmp(request->method, "GET") == 0)
        schema_report(check, STAGE, SCHEMA_WRONG_VALUE, node->at, "a GET has no body: write query in place of it");
    if (keys->content_type && !keys->text)
        schema_report(check, STAGE, SCHEMA_WRONG_VALUE, yaml_get(node, "content_type")->at,
                      "content_type belongs to text: form and json have their own");
    if (keys->form) {
        request->body = GATEWAY_BODY_FORM;
        add_pairs(check, "form", keys->form, names, request->form);
    } else if (keys->json) {
        request->body = GATEWAY_BODY_JSON;
        request->body_node = node_of(check, keys->json, names);
    } else if (keys->text) {
        request->body = GATEWAY_BODY_TEXT;
        request->body_node = text_node(check, keys->text, GATEWAY_NODE_TEXT, TEMPLATE_ESCAPE_NONE, names);
        request->content_type = g_strdup(keys->content_type ? keys->content_type : "text/plain; charset=utf-8");
    }
}

GatewayRequest *load_gateway_request(const SchemaCheck *check, const YamlNode *node, const char *const *names)
{
    g_autoptr(GatewayRequest) request = gateway_request_new();
    RequestKeys keys = {.method = NULL};
    bool is_whole;

    schema_check(check, &request_table, node, &keys);
    request->method = keys.method;
    set_url(check, &keys, names, request);
    add_pairs(check, "headers", keys.headers, names, request->headers);
    add_pairs(check, "query", keys.query, names, request->query);
    if (request->method)
        set_body(check, node, &keys, names, request);
    g_free(keys.content_type);
    is_whole = request->method && request->path &&
               (request->body == GATEWAY_BODY_NONE || request->body == GATEWAY_BODY_FORM || request->body_node);
    return is_whole ? g_steal_pointer(&request) : NULL;
}
