#include "drill/http_sink.h"

#include <errno.h>

#include "base/error.h"
#include "drill/http_sink_desk.h"
#include "drill/smtp_sink_halt.h"
#include "listen/listener.h"

#define CONNECTIONS_MOST 256
#define BODY_MOST        ((size_t)4 * 1024 * 1024)
#define IDLE_MOST        120 /* s */

struct HttpSink {
    Listener *listener; /* NULL once it is closed */
    HttpSinkDesk *desk; /* owned */
    SmtpSinkHalt halt;
    int port;
};

static void serve(void *user, const ListenerRequest *request, ListenerReply *reply)
{
    HttpSink *sink = user;
    HttpSinkVerdict verdict = {.retry_after = 0};
    HttpSinkAnswer *answer = &verdict.answer;

    if (request->is_huge)
        answer->status = 413;
    else
        http_sink_desk_serve(sink->desk, request, &verdict);
    *reply = (ListenerReply){.status = answer->status,
                             .body = g_steal_pointer(&answer->body),
                             .size = answer->size,
                             .hang_up = verdict.hang_up,
                             .close_after = verdict.close_after};
    if (answer->type)
        listener_reply_header(reply, "Content-Type", answer->type);
    if (answer->header_name)
        listener_reply_header(reply, answer->header_name, answer->header_value);
    if (verdict.retry_after > 0) {
        g_autofree char *seconds = g_strdup_printf("%" G_GINT64_FORMAT, verdict.retry_after);

        listener_reply_header(reply, "Retry-After", seconds);
    }
    http_sink_verdict_clear(&verdict);
}

static bool wait_for(void *user, int64_t duration)
{
    HttpSink *sink = user;

    return smtp_sink_halt_wait(&sink->halt, duration);
}

static bool listen_at(HttpSink *sink, int port, GError **error)
{
    sink->listener = listener_start(&(ListenerOptions){.host = "127.0.0.1",
                                                       .port = port,
                                                       .thread_each = true,
                                                       .connections_most = CONNECTIONS_MOST,
                                                       .idle_most = IDLE_MOST,
                                                       .body_most = BODY_MOST,
                                                       .handle = serve,
                                                       .user = sink});
    if (!sink->listener) {
        error_set(error, BREACH_ERROR_CREATE, "sink-listen", "cannot listen on 127.0.0.1: %s", g_strerror(errno));
        return false;
    }
    sink->port = listener_port(sink->listener);
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
    if (!sink->listener)
        return;
    smtp_sink_halt_raise(&sink->halt);
    g_clear_pointer(&sink->listener, listener_stop);
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
