#include "drill/http_sink.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include <microhttpd.h>

#include "base/error.h"
#include "drill/http_sink_desk.h"
#include "drill/smtp_sink_halt.h"

#define CONNECTIONS_MOST 256
#define BODY_MOST        ((size_t)4 * 1024 * 1024)
#define IDLE_MOST        120 /* s */

struct HttpSink {
    struct MHD_Daemon *daemon; /* NULL once it is closed */
    HttpSinkDesk *desk;        /* owned */
    SmtpSinkHalt halt;
    int port;
};

/* One request on its way in. */
typedef struct Exchange {
    char *target;        /* owned; path and query as they came */
    GString *body;       /* owned */
    GHashTable *headers; /* owned */
    bool has_head;
    bool is_huge;
    bool close_after;
} Exchange;

static void *begin_exchange(void *data, const char *target, struct MHD_Connection *connection)
{
    Exchange *exchange = g_new0(Exchange, 1);

    (void)data;
    (void)connection;
    exchange->target = g_strdup(target);
    exchange->body = g_string_new(NULL);
    exchange->headers = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    return exchange;
}

static void end_exchange(void *data, struct MHD_Connection *connection, void **state,
                         enum MHD_RequestTerminationCode code)
{
    Exchange *exchange = *state;

    (void)data;
    (void)code;
    if (!exchange)
        return;
    if (exchange->close_after) {
        const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);

        if (info)
            shutdown(info->connect_fd, SHUT_RDWR);
    }
    g_free(exchange->target);
    g_string_free(exchange->body, TRUE);
    g_hash_table_unref(exchange->headers);
    g_free(exchange);
    *state = NULL;
}

static enum MHD_Result note_header(void *data, enum MHD_ValueKind kind, const char *name, const char *value)
{
    GHashTable *headers = data;

    (void)kind;
    g_hash_table_replace(headers, g_ascii_strdown(name, -1), g_strdup(value ? value : ""));
    return MHD_YES;
}

static enum MHD_Result answer_with(struct MHD_Connection *connection, const HttpSinkVerdict *verdict)
{
    const HttpSinkAnswer *answer = &verdict->answer;
    struct MHD_Response *response =
        MHD_create_response_from_buffer(answer->size, answer->body ? answer->body : (char *)"", MHD_RESPMEM_MUST_COPY);
    enum MHD_Result result;

    if (!response)
        return MHD_NO;
    if (answer->type)
        MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, answer->type);
    if (answer->header_name)
        MHD_add_response_header(response, answer->header_name, answer->header_value);
    if (verdict->retry_after > 0) {
        g_autofree char *seconds = g_strdup_printf("%" G_GINT64_FORMAT, verdict->retry_after);

        MHD_add_response_header(response, MHD_HTTP_HEADER_RETRY_AFTER, seconds);
    }
    result = MHD_queue_response(connection, (unsigned)answer->status, response);
    MHD_destroy_response(response);
    return result;
}

static enum MHD_Result serve(HttpSink *sink, struct MHD_Connection *connection, const char *method, Exchange *exchange)
{
    size_t path = strcspn(exchange->target, "?");
    g_autofree char *only_path = g_strndup(exchange->target, path);
    HttpSinkRaw raw = {.method = method,
                       .path = only_path,
                       .query = exchange->target[path] ? exchange->target + path + 1 : "",
                       .headers = exchange->headers,
                       .body = exchange->body->str,
                       .size = exchange->body->len};
    HttpSinkVerdict verdict = {.retry_after = 0};
    enum MHD_Result result;

    MHD_get_connection_values(connection, MHD_HEADER_KIND, note_header, exchange->headers);
    if (exchange->is_huge)
        verdict.answer.status = MHD_HTTP_CONTENT_TOO_LARGE;
    else
        http_sink_desk_serve(sink->desk, &raw, &verdict);
    exchange->close_after = verdict.close_after;
    result = verdict.hang_up ? MHD_NO : answer_with(connection, &verdict);
    http_sink_verdict_clear(&verdict);
    return result;
}

/* Called once with the headers, then for each piece of the body, then once without one. */
static enum MHD_Result take(void *data, struct MHD_Connection *connection, const char *url, const char *method,
                            const char *version, const char *upload, size_t *size, void **state)
{
    Exchange *exchange = *state;

    (void)url;
    (void)version;
    if (!exchange->has_head) {
        exchange->has_head = true;
        return MHD_YES;
    }
    if (*size > 0) {
        exchange->is_huge = exchange->is_huge || *size > BODY_MOST - exchange->body->len;
        if (!exchange->is_huge)
            g_string_append_len(exchange->body, upload, (gssize)*size);
        *size = 0;
        return MHD_YES;
    }
    return serve(data, connection, method, exchange);
}

static bool wait_for(void *user, int64_t duration)
{
    HttpSink *sink = user;

    return smtp_sink_halt_wait(&sink->halt, duration);
}

static bool listen_at(HttpSink *sink, int port, GError **error)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    const union MHD_DaemonInfo *info;

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    sink->daemon = MHD_start_daemon(MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_THREAD_PER_CONNECTION, (uint16_t)port,
                                    NULL, NULL, take, sink, MHD_OPTION_SOCK_ADDR, &address, MHD_OPTION_CONNECTION_LIMIT,
                                    (unsigned)CONNECTIONS_MOST, MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_MOST,
                                    MHD_OPTION_URI_LOG_CALLBACK, begin_exchange, NULL, MHD_OPTION_NOTIFY_COMPLETED,
                                    end_exchange, NULL, MHD_OPTION_END);
    info = sink->daemon ? MHD_get_daemon_info(sink->daemon, MHD_DAEMON_INFO_BIND_PORT) : NULL;
    if (!info) {
        error_set(error, BREACH_ERROR_CREATE, "sink-listen", "cannot listen on 127.0.0.1: %s", g_strerror(errno));
        return false;
    }
    sink->port = info->port;
    return true;
}

HttpSink *http_sink_start(const HttpSinkOptions *options, GError **error)
{
    HttpSink *sink = g_new0(HttpSink, 1);

    smtp_sink_halt_init(&sink->halt);
    sink->desk = http_sink_desk_new(options, wait_for, sink, error);
    if (sink->desk && listen_at(sink, options->port, error))
        return sink;
    http_sink_stop(sink);
    return NULL;
}

int http_sink_port(const HttpSink *sink)
{
    return sink->port;
}

int64_t http_sink_accepted(const HttpSink *sink)
{
    return http_sink_desk_accepted(sink->desk);
}

int64_t http_sink_repeated(const HttpSink *sink)
{
    return http_sink_desk_repeated(sink->desk);
}

int64_t http_sink_reported(const HttpSink *sink)
{
    return http_sink_desk_reported(sink->desk);
}

int64_t http_sink_strange(const HttpSink *sink)
{
    return http_sink_desk_strange(sink->desk);
}

void http_sink_close(HttpSink *sink)
{
    if (!sink->daemon)
        return;
    smtp_sink_halt_raise(&sink->halt);
    MHD_stop_daemon(sink->daemon);
    sink->daemon = NULL;
    http_sink_desk_end(sink->desk);
}

void http_sink_stop(HttpSink *sink)
{
    if (!sink)
        return;
    http_sink_close(sink);
    http_sink_desk_free(sink->desk);
    smtp_sink_halt_clear(&sink->halt);
    g_free(sink);
}
