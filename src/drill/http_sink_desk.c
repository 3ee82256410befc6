#include "drill/http_sink_desk.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "base/error.h"
#include "drill/http_sink_item.h"
#include "drill/http_sink_report.h"
#include "drill/http_sink_rule.h"
#include "drill/http_sink_store.h"

#define HUGE_SIZE    ((size_t)8 * 1024 * 1024)
#define TOKEN_ANSWER "{\"access_token\":\"exercise-token\",\"token_type\":\"Bearer\",\"expires_in\":3600}"
#define JSON_TYPE    "application/json; charset=utf-8"

struct HttpSinkDesk {
    const Gateway *gateway;
    HttpSinkReader *request, *lookup; /* owned; lookup may be NULL */
    HttpSinkItems *items;             /* owned; announcements only */
    HttpSinkRuleBook *book;           /* owned */
    HttpSinkStore *store;             /* owned */
    HttpSinkReport *reports;          /* owned; NULL: none are sent */
    HttpSinkWait *wait;
    void *user;
    _Atomic int64_t strange;
};

void http_sink_verdict_clear(HttpSinkVerdict *verdict)
{
    http_sink_answer_clear(&verdict->answer);
    *verdict = (HttpSinkVerdict){.retry_after = 0};
}

static bool start_reports(HttpSinkDesk *desk, const HttpSinkOptions *options, GError **error)
{
    if (!options->reports_to || !desk->gateway->http->receipt.is_there)
        return true;
    desk->reports = http_sink_report_new(options, error);
    return desk->reports != NULL;
}

HttpSinkDesk *http_sink_desk_new(const HttpSinkOptions *options, HttpSinkWait *wait, void *user, GError **error)
{
    HttpSinkDesk *desk = g_new0(HttpSinkDesk, 1);
    const GatewayHttp *http = options->gateway->http;

    desk->gateway = options->gateway;
    desk->wait = wait;
    desk->user = user;
    desk->request = http_sink_reader_new(http->request, NULL);
    if (http->lookup.request)
        desk->lookup = http_sink_reader_new(http->lookup.request, http->lookup.action);
    if (g_strcmp0(options->gateway->channel, "announcement") == 0)
        desk->items = http_sink_items_new(http);
    desk->book = http_sink_rule_book_new(options->rules, error);
    if (desk->book)
        desk->store = http_sink_store_new(options, error);
    if (desk->store && start_reports(desk, options, error))
        return desk;
    http_sink_desk_free(desk);
    return NULL;
}

void http_sink_desk_end(HttpSinkDesk *desk)
{
    if (desk->reports)
        http_sink_report_end(desk->reports);
}

void http_sink_desk_free(HttpSinkDesk *desk)
{
    if (!desk)
        return;
    http_sink_report_free(desk->reports);
    http_sink_reader_free(desk->request);
    http_sink_reader_free(desk->lookup);
    http_sink_items_free(desk->items);
    http_sink_rule_book_free(desk->book);
    http_sink_store_free(desk->store);
    g_free(desk);
}

/* Answers --------------------------------------------------------------------------------------------------------- */

static void say(HttpSinkVerdict *verdict, int status, const char *type, const char *body)
{
    http_sink_answer_clear(&verdict->answer);
    verdict->answer.status = status;
    verdict->answer.type = type;
    verdict->answer.body = g_strdup(body);
    verdict->answer.size = strlen(body);
}

static void say_huge(HttpSinkVerdict *verdict)
{
    char *body = g_malloc(HUGE_SIZE + 1);

    memset(body, ' ', HUGE_SIZE);
    body[0] = '[';
    body[HUGE_SIZE] = '\0';
    http_sink_answer_clear(&verdict->answer);
    verdict->answer.status = 200;
    verdict->answer.type = JSON_TYPE;
    verdict->answer.body = body;
    verdict->answer.size = HUGE_SIZE;
}

/* Says `meaning` of all messages of a request, or what the store knows of each with MEANS_NOTHING. */
static void say_meaning(HttpSinkDesk *desk, const GatewayAnswer *description, const GPtrArray *messages,
                        GatewayMeaning meaning, GHashTable *extra, HttpSinkVerdict *verdict)
{
    g_autofree HttpSinkItem *items = g_new0(HttpSinkItem, messages->len);
    g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func(g_free);

    for (guint i = 0; i < messages->len; i++) {
        GHashTable *values = g_ptr_array_index(messages, i);
        GatewayMeaning said = meaning == GATEWAY_MEANS_NOTHING ? http_sink_store_find(desk->store, values) : meaning;
        char *id = http_sink_store_id(values);

        g_ptr_array_add(ids, id);
        items[i] = (HttpSinkItem){.meaning = said, .values = values, .id = id};
    }
    http_sink_answer_clear(&verdict->answer);
    http_sink_answer_make(description, items, messages->len, extra, &verdict->answer);
}

static void report(HttpSinkDesk *desk, const GPtrArray *messages, GatewayMeaning meaning)
{
    for (guint i = 0; i < messages->len; i++) {
        GHashTable *values = g_ptr_array_index(messages, i);
        g_autofree char *id = http_sink_store_id(values);
        json_t *document = NULL;

        http_sink_store_report(desk->store, values, meaning);
        if (desk->reports)
            document = http_sink_report_make(&desk->gateway->http->receipt,
                                             &(HttpSinkItem){.meaning = meaning, .values = values, .id = id});
        if (document)
            http_sink_report_add(desk->reports, document);
    }
}

/* Rules ----------------------------------------------------------------------------------------------------------- */

static const HttpSinkRule *strike(HttpSinkDesk *desk, HttpSinkAt at, const GPtrArray *messages)
{
    g_autofree const char **endpoints = g_new0(const char *, messages->len + 1);
    size_t count = 0;

    for (guint i = 0; i < messages->len; i++) {
        GHashTable *values = g_ptr_array_index(messages, i);
        const char *endpoint = g_hash_table_lookup(values, "endpoint");

        if (!endpoint)
            endpoint = g_hash_table_lookup(values, "endpoint_digits");
        if (endpoint)
            endpoints[count++] = endpoint;
    }
    return http_sink_rule_book_strike(desk->book, at, endpoints, count);
}

/* What a rule does in place of the usual. True: the request is dealt with, and nothing was taken. */
static bool turn_away(HttpSinkDesk *desk, const HttpSinkRule *rule, const GatewayAnswer *description,
                      const GPtrArray *messages, HttpSinkVerdict *verdict)
{
    if (!rule)
        return false;
    verdict->retry_after = rule->retry_after;
    switch (rule->action) {
    case HTTP_SINK_ANSWER:
        say_meaning(desk, description, messages, rule->meaning, NULL, verdict);
        return true;
    case HTTP_SINK_REPLY:
        say(verdict, rule->status, JSON_TYPE, rule->body);
        return true;
    case HTTP_SINK_HANG_UP:
        verdict->hang_up = true;
        return true;
    case HTTP_SINK_DELAY:
        verdict->hang_up = !desk->wait(desk->user, rule->delay_ms);
        return verdict->hang_up;
    default:
        return false;
    }
}

/* What a rule does once the request was taken and answered. */
static void spoil(const HttpSinkRule *rule, HttpSinkVerdict *verdict)
{
    if (!rule)
        return;
    switch (rule->action) {
    case HTTP_SINK_ACCEPT_AND_DIE:
        verdict->hang_up = true;
        break;
    case HTTP_SINK_CLOSE:
        verdict->close_after = true;
        break;
    case HTTP_SINK_GARBAGE:
        say(verdict, 200, JSON_TYPE, "{\"Code\":\"O");
        break;
    case HTTP_SINK_HUGE:
        say_huge(verdict);
        break;
    default:
        break;
    }
}

/* Requests -------------------------------------------------------------------------------------------------------- */

static void serve_lookup(HttpSinkDesk *desk, const GPtrArray *messages, HttpSinkVerdict *verdict)
{
    const GatewayAnswer *description = &desk->gateway->http->lookup.answer;
    const HttpSinkRule *rule = strike(desk, HTTP_SINK_AT_LOOKUP, messages);

    if (turn_away(desk, rule, description, messages, verdict))
        return;
    say_meaning(desk, description, messages, GATEWAY_MEANS_NOTHING, NULL, verdict);
    spoil(rule, verdict);
}

static void serve_messages(HttpSinkDesk *desk, const GPtrArray *messages, const ListenerRequest *raw,
                           HttpSinkVerdict *verdict)
{
    const GatewayAnswer *description = &desk->gateway->http->answer;
    const HttpSinkRule *rule = strike(desk, HTTP_SINK_AT_REQUEST, messages);
    g_autoptr(GHashTable) extra = NULL;

    if (turn_away(desk, rule, description, messages, verdict))
        return;
    if (!http_sink_store_take(desk->store, messages, raw)) {
        say(verdict, 500, "text/plain", "cannot keep it");
        return;
    }
    if (desk->items)
        extra = http_sink_items_put(desk->items, g_ptr_array_index(messages, 0), raw);
    say_meaning(desk, description, messages, GATEWAY_MEANS_ACCEPTED, extra, verdict);
    report(desk, messages, rule && rule->action == HTTP_SINK_REPORT ? rule->meaning : GATEWAY_MEANS_DELIVERED);
    spoil(rule, verdict);
}

static bool is_token_request(const HttpSinkDesk *desk, const ListenerRequest *raw)
{
    const GatewayToken *token = &desk->gateway->http->auth.token;

    return token->origin && token->path && strcmp(raw->method, "POST") == 0 && strcmp(raw->path, token->path) == 0;
}

static void serve_token(HttpSinkDesk *desk, HttpSinkVerdict *verdict)
{
    g_autoptr(GPtrArray) nobody = g_ptr_array_new();
    const HttpSinkRule *rule = strike(desk, HTTP_SINK_AT_TOKEN, nobody);

    if (turn_away(desk, rule, NULL, nobody, verdict))
        return;
    say(verdict, 200, JSON_TYPE, TOKEN_ANSWER);
    spoil(rule, verdict);
}

void http_sink_desk_serve(HttpSinkDesk *desk, const ListenerRequest *raw, HttpSinkVerdict *verdict)
{
    g_autoptr(GPtrArray) messages = NULL;

    *verdict = (HttpSinkVerdict){.retry_after = 0};
    if (is_token_request(desk, raw)) {
        serve_token(desk, verdict);
        return;
    }
    if (desk->items && http_sink_items_serve(desk->items, raw, &verdict->answer))
        return;
    messages = desk->lookup ? http_sink_read(desk->lookup, raw) : NULL;
    if (messages) {
        serve_lookup(desk, messages, verdict);
        return;
    }
    messages = http_sink_read(desk->request, raw);
    if (messages) {
        serve_messages(desk, messages, raw, verdict);
        return;
    }
    atomic_fetch_add(&desk->strange, 1);
    say(verdict, 404, "text/plain", "the gateway file describes no such request");
}

int64_t http_sink_desk_accepted(const HttpSinkDesk *desk)
{
    return http_sink_store_accepted(desk->store);
}

int64_t http_sink_desk_repeated(const HttpSinkDesk *desk)
{
    return http_sink_store_repeated(desk->store);
}

int64_t http_sink_desk_reported(const HttpSinkDesk *desk)
{
    return desk->reports ? http_sink_report_sent(desk->reports) : 0;
}

int64_t http_sink_desk_strange(const HttpSinkDesk *desk)
{
    return atomic_load(&desk->strange);
}
