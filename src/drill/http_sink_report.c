#include "drill/http_sink_report.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "channel/http.h"
#include "channel/sign.h"
#include "channel/sign_canonical.h"
#include "channel/sign_token.h"
#include "drill/smtp_sink_halt.h"

#define TRY_FOR   (10 * CLOCK_SECOND)
#define TRY_AGAIN 50 /* ms */

struct HttpSinkReport {
    const Gateway *gateway;
    const Clock *clock;
    char *url;          /* owned */
    char *secret;       /* owned */
    HttpClient *client; /* owned; the thread's */
    SmtpSinkHalt never; /* for waits; never raised */
    pthread_t thread;
    bool has_thread;
    pthread_mutex_t lock; /* guards the rest */
    pthread_cond_t changed;
    GQueue *queue; /* owned; of json_t * */
    bool is_ending;
    _Atomic int64_t sent;
};

static bool uses_form(const GatewayReceipt *receipt)
{
    for (int i = 0; i < receipt->hmac.over_count; i++)
        if (receipt->proof == GATEWAY_RECEIPT_HMAC && receipt->hmac.over[i] == GATEWAY_PART_FORM)
            return true;
    return false;
}

static char *form_of(json_t *report)
{
    GString *form = g_string_new(NULL);
    const char *name;
    json_t *value;

    json_object_foreach(report, name, value)
    {
        g_autofree char *text = answer_pointer_scalar(value);
        g_autofree char *encoded = sign_encoded(text ? text : "", text ? strlen(text) : 0, false);

        g_string_append_printf(form, "%s%s=%s", form->len > 0 ? "&" : "", name, encoded);
    }
    return g_string_free(form, FALSE);
}

static void prove_by_hmac(const HttpSinkReport *reports, SignRequest *request)
{
    const GatewayReceipt *receipt = &reports->gateway->http->receipt;
    g_auto(SignUrl) url = {.host = NULL};
    g_autofree char *timestamp = g_strdup_printf("%" PRId64, clock_now(reports->clock) / CLOCK_SECOND);
    SignParts parts = {.method = request->method,
                       .url = receipt->url ? receipt->url : request->url,
                       .timestamp = timestamp,
                       .nonce = timestamp,
                       .body = request->body,
                       .size = request->size};
    g_autofree char *signature = NULL, *value = NULL;

    sign_url_split(request->url, &url);
    parts.path = url.path ? url.path : "/";
    parts.query = url.query ? url.query : "";
    signature = sign_parts(&receipt->hmac, reports->secret, &parts);
    value = g_strconcat(receipt->hmac.prefix ? receipt->hmac.prefix : "", signature, NULL);
    sign_request_header(request, receipt->hmac.header, value);
    if (receipt->hmac.timestamp_header)
        sign_request_header(request, receipt->hmac.timestamp_header, timestamp);
    if (receipt->hmac.nonce_header)
        sign_request_header(request, receipt->hmac.nonce_header, timestamp);
}

static void prove(const HttpSinkReport *reports, SignRequest *request)
{
    const GatewayReceipt *receipt = &reports->gateway->http->receipt;
    g_autofree char *basic = NULL;
    char *url;

    switch (receipt->proof) {
    case GATEWAY_RECEIPT_TOKEN:
        if (!receipt->in_query) {
            sign_request_header(request, receipt->name, reports->secret);
            break;
        }
        url = sign_url_with(request->url, receipt->name, reports->secret);
        g_free(request->url);
        request->url = url;
        break;
    case GATEWAY_RECEIPT_HMAC:
        prove_by_hmac(reports, request);
        break;
    case GATEWAY_RECEIPT_BASIC:
        basic = sign_basic_value(receipt->user ? receipt->user : "", reports->secret);
        sign_request_header(request, "Authorization", basic);
        break;
    }
}

static bool send_once(HttpSinkReport *reports, json_t *report)
{
    bool is_form = uses_form(&reports->gateway->http->receipt);
    char *json = is_form ? NULL : json_dumps(report, JSON_COMPACT);
    g_auto(SignRequest) request = {.method = "POST",
                                   .url = g_strdup(reports->url),
                                   .headers = g_ptr_array_new_with_free_func(g_free),
                                   .body = is_form ? form_of(report) : g_strdup(json)};
    HttpAnswer answer = {.end = HTTP_UNSENT};
    bool done;

    free(json);
    request.size = strlen(request.body);
    sign_request_header(&request, "Content-Type", is_form ? "application/x-www-form-urlencoded" : "application/json");
    prove(reports, &request);
    done = http_exchange(reports->client, &request, NULL, NULL, &answer, NULL) && answer.code == 200;
    http_answer_clear(&answer);
    return done;
}

/* Providers try again for a while; so do we. */
static void send_report(HttpSinkReport *reports, json_t *report)
{
    int64_t until = clock_steady(reports->clock) + TRY_FOR;

    while (!send_once(reports, report)) {
        if (clock_steady(reports->clock) >= until)
            return;
        smtp_sink_halt_wait(&reports->never, TRY_AGAIN);
    }
    atomic_fetch_add(&reports->sent, 1);
}

static void *send_all(void *data)
{
    HttpSinkReport *reports = data;

    for (;;) {
        json_t *report;

        pthread_mutex_lock(&reports->lock);
        while (g_queue_is_empty(reports->queue) && !reports->is_ending)
            pthread_cond_wait(&reports->changed, &reports->lock);
        report = g_queue_pop_head(reports->queue);
        pthread_mutex_unlock(&reports->lock);
        if (!report)
            return NULL;
        send_report(reports, report);
        json_decref(report);
    }
}

HttpSinkReport *http_sink_report_new(const HttpSinkOptions *options, GError **error)
{
    HttpSinkReport *reports = g_new0(HttpSinkReport, 1);
    int failure;

    reports->gateway = options->gateway;
    reports->clock = options->clock;
    reports->url = g_strdup(options->reports_to);
    reports->secret = g_strdup(options->report_secret ? options->report_secret : "");
    reports->queue = g_queue_new();
    pthread_mutex_init(&reports->lock, NULL);
    pthread_cond_init(&reports->changed, NULL);
    smtp_sink_halt_init(&reports->never);
    reports->client = http_client_new(&(HttpOptions){.connections = 1, .timeout = TRY_FOR}, error);
    if (!reports->client) {
        http_sink_report_free(reports);
        return NULL;
    }
    failure = pthread_create(&reports->thread, NULL, send_all, reports);
    reports->has_thread = failure == 0;
    if (reports->has_thread)
        return reports;
    error_set(error, BREACH_ERROR_CREATE, "system-threads", "cannot start a thread: %s", g_strerror(failure));
    http_sink_report_free(reports);
    return NULL;
}

void http_sink_report_add(HttpSinkReport *reports, json_t *report)
{
    pthread_mutex_lock(&reports->lock);
    g_queue_push_tail(reports->queue, report);
    pthread_cond_signal(&reports->changed);
    pthread_mutex_unlock(&reports->lock);
}

void http_sink_report_end(HttpSinkReport *reports)
{
    if (!reports->has_thread)
        return;
    pthread_mutex_lock(&reports->lock);
    reports->is_ending = true;
    pthread_cond_signal(&reports->changed);
    pthread_mutex_unlock(&reports->lock);
    pthread_join(reports->thread, NULL);
    reports->has_thread = false;
}

int64_t http_sink_report_sent(const HttpSinkReport *reports)
{
    return atomic_load(&reports->sent);
}

static void free_report(gpointer data)
{
    json_decref(data);
}

void http_sink_report_free(HttpSinkReport *reports)
{
    if (!reports)
        return;
    http_sink_report_end(reports);
    http_client_free(reports->client);
    g_queue_free_full(reports->queue, free_report);
    smtp_sink_halt_clear(&reports->never);
    pthread_cond_destroy(&reports->changed);
    pthread_mutex_destroy(&reports->lock);
    g_free(reports->url);
    g_free(reports->secret);
    g_free(reports);
}
