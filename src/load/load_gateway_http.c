#include <string.h>

#include "base/clock.h"
#include "base/language.h"
#include "load/load_gateway_private.h"

#define STAGE LOAD_GATEWAY_STAGE

static const char *const sends[] = {"sms", "push", "im", "webhook", "voice", "announcement", NULL};
static const char *const doubts[] = {"resend", "hold", "query", NULL};    /* as GatewayDoubt */
static const char *const receipts[] = {"none", "failures", "both", NULL}; /* as GatewayReceipts */
static const char *const silences[] = {"none", "next", NULL};             /* as GatewaySilence */
static const char *const suppressions[] = {"bypassed", "reported", NULL}; /* as GatewaySuppression, from 1 */

static const GatewayMeaning answer_meanings[] = {
    GATEWAY_MEANS_ACCEPTED, GATEWAY_MEANS_TEMPORARY, GATEWAY_MEANS_THROTTLED, GATEWAY_MEANS_PERMANENT,
    GATEWAY_MEANS_POLICY,   GATEWAY_MEANS_ACCOUNT,   GATEWAY_MEANS_NOTHING};
static const GatewayMeaning lookup_meanings[] = {
    GATEWAY_MEANS_ACCEPTED, GATEWAY_MEANS_DELIVERED, GATEWAY_MEANS_BOUNCED, GATEWAY_MEANS_FAILED,
    GATEWAY_MEANS_UNKNOWN,  GATEWAY_MEANS_NOT_FOUND, GATEWAY_MEANS_NOTHING};

static GatewayHttp *http_of(void *target)
{
    return ((Gateway *)target)->http;
}

static void set_request(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    (void)field;
    http_of(target)->request = load_gateway_request(check, value, NULL);
}

static void set_auth(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    (void)field;
    load_gateway_auth(check, value, &http_of(target)->auth);
}

static void set_answer(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    (void)field;
    load_gateway_answer(check, value, answer_meanings, &http_of(target)->answer);
}

typedef struct IdempotencyKeys {
    char *header, *field;
    int64_t valid;
} IdempotencyKeys;

static const SchemaField idempotency_fields[] = {
    {"header", SCHEMA_TEXT, STAGE, .offset = offsetof(IdempotencyKeys, header)},
    {"field", SCHEMA_TEXT, STAGE, .offset = offsetof(IdempotencyKeys, field)},
    {"valid", SCHEMA_DURATION, STAGE, .is_required = true, .offset = offsetof(IdempotencyKeys, valid),
     .minimum = CLOCK_MINUTE, .maximum = 365 * CLOCK_DAY,
     .hint = N_("valid: PT24H, as long as the provider remembers")},
    {.key = NULL},
};
static const SchemaTable idempotency_table = {"idempotency", STAGE, idempotency_fields, NULL};

static void set_idempotency(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    GatewayIdempotency *idempotency = &http_of(target)->idempotency;
    IdempotencyKeys keys = {.header = NULL};

    (void)field;
    if (value->kind == YAML_NODE_SCALAR && strcmp(value->text, "none") == 0)
        return;
    schema_check(check, &idempotency_table, value, &keys);
    if (value->kind == YAML_NODE_MAP && (keys.header != NULL) == (keys.field != NULL))
        schema_report(check, STAGE, SCHEMA_MISSING_KEY, value->at,
                      "idempotency says where the message id stands: one of header: NAME and field: NAME");
    idempotency->is_there = (keys.header || keys.field) && keys.valid > 0;
    idempotency->is_header = keys.header != NULL;
    idempotency->name = keys.header ? keys.header : keys.field;
    idempotency->valid = keys.valid;
    if (keys.header)
        g_free(keys.field);
}

typedef struct LookupKeys {
    const YamlNode *request, *answer;
    char *action;
    bool polls;
    int64_t interval;
} LookupKeys;

static void keep(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    (void)check;
    (void)field;
    *(const YamlNode **)target = value;
}

static const SchemaField lookup_fields[] = {
    {"request", SCHEMA_CUSTOM, STAGE, .is_required = true, .offset = offsetof(LookupKeys, request), .set = keep},
    {"answer", SCHEMA_CUSTOM, STAGE, .is_required = true, .offset = offsetof(LookupKeys, answer), .set = keep},
    {"action", SCHEMA_TEXT, STAGE, .offset = offsetof(LookupKeys, action)},
    {"polls", SCHEMA_BOOL, STAGE, .offset = offsetof(LookupKeys, polls)},
    {"interval", SCHEMA_DURATION, STAGE, .offset = offsetof(LookupKeys, interval), .minimum = CLOCK_SECOND,
     .maximum = CLOCK_DAY},
    {.key = NULL},
};
static const SchemaTable lookup_table = {"lookup", STAGE, lookup_fields, NULL};

static void set_lookup(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    static const char *const names[] = {"provider_id", "sent_day", "sent_unix", NULL};
    GatewayLookup *lookup = &http_of(target)->lookup;
    LookupKeys keys = {.interval = lookup->interval};

    (void)field;
    schema_check(check, &lookup_table, value, &keys);
    lookup->action = keys.action;
    lookup->polls = keys.polls;
    lookup->interval = keys.interval;
    if (keys.answer)
        load_gateway_answer(check, keys.answer, lookup_meanings, &lookup->answer);
    if (keys.request)
        lookup->request = load_gateway_request(check, keys.request, names);
    lookup->needs_provider_id = g_strcmp0(lookup->answer.items.equals, "provider_id") == 0 ||
                                (lookup->request && gateway_request_uses(lookup->request, "provider_id"));
}

static void set_receipt(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    (void)field;
    load_gateway_receipt(check, value, &http_of(target)->receipt);
}

static const SchemaField limits_fields[] = {
    {"batch", SCHEMA_INTEGER, STAGE, .offset = offsetof(GatewayLimits, batch), .minimum = 1, .maximum = 1000},
    {"text", SCHEMA_INTEGER, STAGE, .offset = offsetof(GatewayLimits, text_max), .minimum = 1, .maximum = 1000000},
    {"segments", SCHEMA_INTEGER, STAGE, .offset = offsetof(GatewayLimits, segments_max), .minimum = 1, .maximum = 255},
    {"timeout", SCHEMA_DURATION, STAGE, .offset = offsetof(GatewayLimits, timeout), .minimum = CLOCK_SECOND,
     .maximum = CLOCK_HOUR},
    {"connect", SCHEMA_DURATION, STAGE, .offset = offsetof(GatewayLimits, connect), .minimum = CLOCK_SECOND,
     .maximum = 10 * CLOCK_MINUTE},
    {"answer", SCHEMA_COUNT, STAGE, .offset = offsetof(GatewayLimits, answer_max), .minimum = 1024,
     .maximum = 16 * 1024 * 1024},
    {"retry_after", SCHEMA_DURATION, STAGE, .offset = offsetof(GatewayLimits, retry_after_max), .minimum = CLOCK_SECOND,
     .maximum = CLOCK_DAY},
    {.key = NULL},
};
static const SchemaTable limits_table = {"limits", STAGE, limits_fields, NULL};

static void set_limits(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    (void)field;
    schema_check(check, &limits_table, value, &http_of(target)->limits);
}

static void set_approved(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    static const SchemaField list = {"approved", SCHEMA_LIST, STAGE, .offset = offsetof(GatewayHttp, approved),
                                     .set = load_gateway_approved};

    (void)field;
    schema_value(check, &list, value, http_of(target));
}

static void set_publication(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    (void)field;
    load_gateway_publication(check, value, &http_of(target)->publication);
}

static void set_flag(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    SchemaField flag = {field->key, SCHEMA_BOOL, STAGE, .offset = offsetof(GatewayHttp, is_http2)};

    if (strcmp(field->key, "approved_only") == 0)
        flag.offset = offsetof(GatewayHttp, needs_approval);
    schema_value(check, &flag, value, http_of(target));
}

static void set_zone(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    const char *text = schema_scalar(check, field->stage, value, N_("a zone such as \"+08:00\" or Asia/Shanghai"));
    GTimeZone *zone = text ? quiet_hours_zone(text) : NULL;
    g_autofree char *shown = text ? schema_shown(text) : NULL;
    GatewayHttp *http = http_of(target);

    if (zone) {
        g_time_zone_unref(zone);
        g_free(http->zone);
        http->zone = g_strdup(text);
    } else if (text) {
        schema_report(check, field->stage, SCHEMA_WRONG_VALUE, value->at,
                      "the zone \"%s\" is not known here: write an offset such as \"+08:00\"", shown);
    }
}

static const SchemaField alphabet_fields[] = {
    {"gsm7", SCHEMA_TEXT, STAGE, .is_required = true, .offset = offsetof(GatewayAlphabet, gsm7)},
    {"ucs2", SCHEMA_TEXT, STAGE, .is_required = true, .offset = offsetof(GatewayAlphabet, ucs2)},
    {.key = NULL},
};
static const SchemaTable alphabet_table = {"alphabet", STAGE, alphabet_fields, NULL};

static void set_alphabet(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    (void)field;
    schema_check(check, &alphabet_table, value, &http_of(target)->alphabet);
}

static void set_suppression(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    SchemaField word = {field->key, SCHEMA_CHOICE, STAGE, .words = suppressions};
    int index = -1;

    schema_value(check, &word, value, &index);
    ((Gateway *)target)->suppression = (GatewaySuppression)(index + 1);
}

static void ignore(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    static const SchemaField name = {"preset", SCHEMA_NAME, .stage = STAGE};
    GatewayHttp *http = http_of(target);

    (void)field;
    schema_value(check, &name, value, &http->preset);
}

static const SchemaField http_fields[] = {
    LOAD_GATEWAY_FIELDS,
    {"preset", SCHEMA_CUSTOM, STAGE, .set = ignore},
    {"sends", SCHEMA_WORD, STAGE, .is_required = true, .offset = offsetof(Gateway, channel), .words = sends,
     .hint = N_("sends: sms, push, im, webhook, voice or announcement")},
    {"request", SCHEMA_CUSTOM, STAGE, .is_required = true, .set = set_request,
     .hint = "request: {method: POST, url: …}"},
    {"auth", SCHEMA_CUSTOM, STAGE, .set = set_auth},
    {"answer", SCHEMA_CUSTOM, STAGE, .is_required = true, .set = set_answer,
     .hint = "answer: {rules: [{status: 200-299, means: accepted}]}"},
    {"idempotency", SCHEMA_CUSTOM, STAGE, .set = set_idempotency},
    {"lookup", SCHEMA_CUSTOM, STAGE, .set = set_lookup},
    {"receipt", SCHEMA_CUSTOM, STAGE, .set = set_receipt},
    {"limits", SCHEMA_CUSTOM, STAGE, .set = set_limits},
    {"approved", SCHEMA_CUSTOM, STAGE, .set = set_approved},
    {"approved_only", SCHEMA_CUSTOM, STAGE, .set = set_flag},
    {"publication", SCHEMA_CUSTOM, STAGE, .set = set_publication},
    {"http2", SCHEMA_CUSTOM, STAGE, .set = set_flag},
    {"zone", SCHEMA_CUSTOM, STAGE, .set = set_zone},
    {"alphabet", SCHEMA_CUSTOM, STAGE, .set = set_alphabet},
    {"ca_file", SCHEMA_CUSTOM, STAGE, .set = load_gateway_ca_file},
    {"connections", SCHEMA_INTEGER, STAGE, .offset = offsetof(Gateway, connections), .minimum = 1, .maximum = 256},
    {"rate", SCHEMA_RATE, STAGE, .offset = offsetof(Gateway, rate)},
    {"in_doubt", SCHEMA_CHOICE, STAGE, .offset = offsetof(Gateway, in_doubt), .words = doubts},
    {"lookup_after", SCHEMA_DURATION, STAGE, .offset = offsetof(Gateway, lookup_after), .minimum = CLOCK_SECOND,
     .maximum = CLOCK_DAY},
    {"receipts", SCHEMA_CHOICE, STAGE, .offset = offsetof(Gateway, receipts), .words = receipts},
    {"on_silence", SCHEMA_CHOICE, STAGE, .offset = offsetof(Gateway, on_silence), .words = silences},
    {"suppression", SCHEMA_CUSTOM, STAGE, .set = set_suppression},
    {"retry_after", SCHEMA_DURATION, STAGE, .offset = offsetof(Gateway, retry_after), .minimum = CLOCK_SECOND,
     .maximum = CLOCK_DAY},
    {"give_up", SCHEMA_DURATION, STAGE, .offset = offsetof(Gateway, give_up), .minimum = CLOCK_MINUTE,
     .maximum = 30 * CLOCK_DAY},
    {"policy_pause", SCHEMA_DURATION, STAGE, .offset = offsetof(Gateway, policy_pause), .minimum = CLOCK_SECOND,
     .maximum = GATEWAY_POLICY_PAUSE_MAX},
    {.key = NULL},
};
static const SchemaTable http_table = {N_("the gateway"), STAGE, http_fields, NULL};

static Position place_of(const YamlNode *root, const char *key)
{
    const YamlNode *value = yaml_get(root, key);

    return value ? value->at : root->at;
}

static bool is_id(const char *name)
{
    return strcmp(name, "id") == 0 || strcmp(name, "uuid") == 0;
}

/* Whether one of the pairs has that name and is the id, whole. */
static bool has_id_pair(const GPtrArray *pairs, const char *name)
{
    for (guint i = 0; i < pairs->len; i++) {
        const GatewayNode *node = g_ptr_array_index(pairs, i);
        size_t count = 0;
        const TemplateName *uses = node->template ? template_names(node->template, &count) : NULL;

        if (g_ascii_strcasecmp(node->name, name) == 0 && count == 1 && is_id(uses[0].name))
            return true;
    }
    return false;
}

/* Whether the request really carries the message id there. Deep within a JSON body only the id itself is asked for:
 * where a member of that name stands is the provider's affair. `path`: PUT /…/{{id}} is the same thing again. */
static bool carries_id(const GatewayHttp *http)
{
    const GatewayIdempotency *idempotency = &http->idempotency;
    const GatewayRequest *request = http->request;
    bool is_path = strcmp(idempotency->name, "path") == 0;

    if (idempotency->is_header)
        return has_id_pair(request->headers, idempotency->name);
    if (is_path && gateway_request_uses(request, "slug"))
        return true;
    if (is_path || request->body == GATEWAY_BODY_JSON)
        return gateway_request_uses(request, "id") || gateway_request_uses(request, "uuid");
    return has_id_pair(request->query, idempotency->name) || has_id_pair(request->form, idempotency->name);
}

static void check_idempotency(const SchemaCheck *check, const YamlNode *root, const Gateway *gateway)
{
    const GatewayHttp *http = gateway->http;

    if (!http->idempotency.is_there || !http->request || carries_id(http))
        return;
    findings_error(
        check->findings, STAGE, "provider-idempotency", place_of(root, "idempotency"),
        "the request has no %s with {{id}} or {{uuid}}: without it the provider cannot recognise a repetition",
        http->idempotency.name);
}

/* A repeated key that reaches the person twice is worse than a doubt that somebody settles. */
static void set_doubt(const SchemaCheck *check, const YamlNode *root, Gateway *gateway)
{
    const YamlNode *given = yaml_get(root, "in_doubt");

    if (!given)
        gateway->in_doubt = gateway->http->idempotency.is_there ? GATEWAY_DOUBT_RESEND
                            : gateway_knows_query(gateway)      ? GATEWAY_DOUBT_QUERY
                                                                : GATEWAY_DOUBT_HOLD;
    else if (gateway->in_doubt == GATEWAY_DOUBT_QUERY && !gateway->http->lookup.request)
        findings_error(check->findings, STAGE, "provider-doubt", given->at,
                       "in_doubt: query needs a lookup that can be asked: add lookup, or write in_doubt: hold");
    else if (gateway->in_doubt == GATEWAY_DOUBT_QUERY && !gateway_knows_query(gateway))
        findings_error(
            check->findings, STAGE, "provider-doubt", given->at,
            "the lookup goes by the provider's id, which a message in doubt does not have: ask by {{id}}, or "
            "write in_doubt: hold");
    else if (gateway->in_doubt == GATEWAY_DOUBT_RESEND && !gateway->http->idempotency.is_there)
        findings_warning(check->findings, STAGE, "provider-doubt", given->at,
                         "without idempotency a message in doubt that is sent again may reach the person twice: "
                         "in_doubt: hold leaves that to a person");
}

static bool can_say(const GPtrArray *rules, GatewayMeaning first, GatewayMeaning second)
{
    for (guint i = 0; i < rules->len; i++) {
        GatewayMeaning means = ((const GatewayRule *)g_ptr_array_index(rules, i))->means;

        if (means == first || means == second)
            return true;
    }
    return false;
}

/* What comes back at all, from reports and from polling. */
static GatewayReceipts known_receipts(const GatewayHttp *http)
{
    const GPtrArray *const lists[] = {http->receipt.is_there ? http->receipt.rules : NULL,
                                      http->lookup.polls ? http->lookup.answer.rules : NULL,
                                      http->lookup.polls ? http->lookup.answer.item_rules : NULL};
    GatewayReceipts known = GATEWAY_RECEIPTS_NONE;

    for (size_t i = 0; i < G_N_ELEMENTS(lists); i++) {
        if (lists[i] && can_say(lists[i], GATEWAY_MEANS_DELIVERED, GATEWAY_MEANS_DELIVERED))
            return GATEWAY_RECEIPTS_BOTH;
        if (lists[i] && can_say(lists[i], GATEWAY_MEANS_BOUNCED, GATEWAY_MEANS_FAILED))
            known = GATEWAY_RECEIPTS_FAILURES;
    }
    return known;
}

/* What is polled goes by the provider's ids: without one nothing would ever be asked, and silence would say nothing. */
static void check_polls(const SchemaCheck *check, const YamlNode *root, const GatewayHttp *http)
{
    if (http->lookup.polls && !http->answer.provider_id && !http->answer.provider_id_header)
        findings_error(check->findings, STAGE, "provider-receipts", place_of(root, "lookup"),
                       "polls: true asks about messages to which the provider has given an id: add provider_id to "
                       "answer, or write polls: false");
}

static void set_receipts(const SchemaCheck *check, const YamlNode *root, Gateway *gateway)
{
    const YamlNode *given = yaml_get(root, "receipts");
    GatewayReceipts known = known_receipts(gateway->http);

    if (!given)
        gateway->receipts = known;
    else if (gateway->receipts > known)
        findings_error(
            check->findings, STAGE, "provider-receipts", given->at,
            "nothing here brings such receipts: describe them under receipt, or let lookup poll (polls: true)");
    if (gateway->on_silence == GATEWAY_SILENCE_NEXT && gateway->receipts != GATEWAY_RECEIPTS_BOTH)
        findings_error(check->findings, STAGE, "provider-receipts", place_of(root, "on_silence"),
                       "on_silence: next needs receipts: both, or silence says nothing: write on_silence: none");
}

/* What a request may not say for all the messages in it. */
static const char *personal_name(const GatewayNode *node)
{
    static const char *const personal[] = {"endpoint", "endpoint_digits", "endpoint_cn", "id",
                                           "uuid",     "number",          "provider_id", NULL};
    size_t count = 0;
    const TemplateName *uses = node && node->template ? template_names(node->template, &count) : NULL;

    if (!node || node->kind == GATEWAY_NODE_EACH || node->kind == GATEWAY_NODE_EACH_MAP ||
        node->kind == GATEWAY_NODE_JOIN)
        return NULL;
    for (size_t i = 0; i < count; i++)
        if (g_strv_contains(personal, uses[i].name) || g_str_has_prefix(uses[i].name, "person."))
            return uses[i].name;
    for (guint i = 0; node->members && i < node->members->len; i++) {
        const char *name = personal_name(g_ptr_array_index(node->members, i));

        if (name)
            return name;
    }
    return NULL;
}

static const char *personal_in(const GPtrArray *nodes)
{
    for (guint i = 0; i < nodes->len; i++) {
        const char *name = personal_name(g_ptr_array_index(nodes, i));

        if (name)
            return name;
    }
    return NULL;
}

/* One person's number in a request for many would go to all of them. */
static void check_batch(const SchemaCheck *check, const YamlNode *root, const Gateway *gateway)
{
    const GatewayRequest *request = gateway->http->request;
    const char *name;

    if (gateway->http->limits.batch == 1 || !request)
        return;
    name = personal_in(request->headers);
    name = name ? name : personal_in(request->query);
    name = name ? name : personal_in(request->form);
    name = name ? name : personal_name(request->body_node);
    if (name)
        findings_error(check->findings, STAGE, "provider-batch", place_of(root, "limits"),
                       "{{%s}} differs from person to person: with a batch it must stand within $each", name);
    if (gateway->http->idempotency.is_there && gateway->http->idempotency.is_header)
        findings_error(check->findings, STAGE, "provider-batch", place_of(root, "limits"),
                       "one header cannot recognise many messages: write batch: 1, or leave out idempotency");
    if (gateway->http->answer.provider_id_header ||
        (gateway->http->answer.provider_id && !gateway->http->answer.items.list))
        findings_error(check->findings, STAGE, "provider-batch", place_of(root, "limits"),
                       "one provider_id for many messages would settle the wrong person: write batch: 1, or items");
}

static void check_approved(const SchemaCheck *check, const YamlNode *root, const Gateway *gateway)
{
    const GatewayHttp *http = gateway->http;

    if (http->request && http->approved->len == 0 && gateway_request_has_params(http->request) && !http->needs_approval)
        findings_error(check->findings, STAGE, "provider-approved", place_of(root, "request"),
                       "the request sends parameters of approved texts, but none is listed: add approved");
}

static void check_publication(const SchemaCheck *check, const YamlNode *root, const Gateway *gateway)
{
    bool publishes = g_strcmp0(gateway->channel, "announcement") == 0;
    const YamlNode *given = yaml_get(root, "publication");

    if (publishes && !given)
        schema_report(check, STAGE, SCHEMA_MISSING_KEY, root->at,
                      "the gateway lacks the key publication: an announcement has to be read back");
    else if (!publishes && given && gateway->channel)
        schema_report(check, STAGE, SCHEMA_WRONG_VALUE, given->at,
                      "publication has no effect with sends: %s: remove it", gateway->channel);
    else if (publishes && gateway->http->request && !gateway->http->publication.update &&
             !(strcmp(gateway->http->request->method, "PUT") == 0 &&
               gateway_request_uses(gateway->http->request, "slug")))
        schema_report(
            check, STAGE, SCHEMA_MISSING_KEY, given->at,
            "publication lacks the key update: a later edition would stand beside the first; only a PUT to an "
            "address with {{slug}} replaces it by itself");
}

/* The host as people see it, and what holds and probes go by. */
static void set_host(Gateway *gateway)
{
    const char *origin = gateway->http->request ? gateway->http->request->origin : NULL;
    const char *host = origin ? strstr(origin, "://") + 3 : NULL;
    const char *port = host ? strchr(host, ':') : NULL;

    if (!host)
        return;
    gateway->host = g_strndup(host, strcspn(host, ":"));
    gateway->port = port ? (int)g_ascii_strtoll(port + 1, NULL, 10) : g_str_has_prefix(origin, "https://") ? 443 : 80;
}

void load_gateway_http(const SchemaCheck *check, const YamlNode *root, Gateway *gateway)
{
    gateway->http = gateway_http_new();
    g_clear_pointer(&gateway->channel, g_free); /* as `sends` says */
    gateway->tls = GATEWAY_TLS_NONE;
    gateway->port = 0;
    gateway->receipts = GATEWAY_RECEIPTS_NONE;
    schema_check(check, &http_table, root, gateway);
    set_host(gateway);
    check_idempotency(check, root, gateway);
    set_doubt(check, root, gateway);
    check_polls(check, root, gateway->http);
    set_receipts(check, root, gateway);
    check_batch(check, root, gateway);
    check_approved(check, root, gateway);
    check_publication(check, root, gateway);
}
