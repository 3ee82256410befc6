#include "listen/listener.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <pthread.h>
#include <string.h>
#include <sys/socket.h>

#include <microhttpd.h>

#include "listen/listener_stream.h"

#define BACKLOG 1024 /* connections that wait to be accepted */

struct Listener {
    struct MHD_Daemon *daemon;
    ListenerOptions options; /* its host is not used any more */
    int port;
    pthread_mutex_t lock; /* guards the guests */
    GHashTable *guests;   /* owned; a set of Guest *, which it owns; empty without a clock */
    ListenerStreams streams;
};

/* One connection. */
typedef struct Guest {
    int fd;        /* open for as long as the guest is in the set */
    int64_t since; /* steady ms: when it came, or its latest request was done with */
} Guest;

typedef union Address {
    struct sockaddr any;
    struct sockaddr_in four;
    struct sockaddr_in6 six;
} Address;

/* One request on its way in. */
typedef struct Exchange {
    char *target; /* owned; path and query as they came */
    GString *body;
    GHashTable *headers;
    bool has_head;
    bool is_ambiguous; /* where it ends, or for whom it is, may be read in two ways */
    bool is_huge;
    bool close_after;
} Exchange;

void listener_reply_header(ListenerReply *reply, const char *name, const char *value)
{
    if (!reply->headers)
        reply->headers = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(reply->headers, g_strdup(name));
    g_ptr_array_add(reply->headers, g_strdup(value));
}

/* Addresses ------------------------------------------------------------------------------------------------------- */

static bool read_port(const char *text, int *port)
{
    guint64 number;

    if (!g_ascii_string_to_unsigned(text, 10, 0, 65535, &number, NULL))
        return false;
    *port = (int)number;
    return true;
}

static bool read_address(const char *host, int port, Address *address)
{
    *address = (Address){.four = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)}};
    if (inet_pton(AF_INET, host, &address->four.sin_addr) == 1)
        return true;
    *address = (Address){.six = {.sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port)}};
    return inet_pton(AF_INET6, host, &address->six.sin6_addr) == 1;
}

bool listener_parse_address(const char *text, char **host, int *port)
{
    const char *colon = strrchr(text, ':');
    g_autofree char *name = colon ? g_strndup(text, (size_t)(colon - text)) : NULL;
    size_t size = name ? strlen(name) : 0;
    Address address;

    if (!colon || !read_port(colon + 1, port))
        return false;
    if (size == 0 || strcmp(name, "localhost") == 0) {
        *host = g_strdup("127.0.0.1");
        return true;
    }
    *host = name[0] == '[' && name[size - 1] == ']' ? g_strndup(name + 1, size - 2) : g_strdup(name);
    if (read_address(*host, *port, &address))
        return true;
    g_clear_pointer(host, g_free);
    return false;
}

bool listener_is_loopback(const char *host)
{
    return g_str_has_prefix(host, "127.") || strcmp(host, "::1") == 0;
}

/* Connections ----------------------------------------------------------------------------------------------------- */

/* Called before the socket of a connection that ends is closed. */
static void note_connection(void *data, struct MHD_Connection *connection, void **slot,
                            enum MHD_ConnectionNotificationCode code)
{
    Listener *listener = data;
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    Guest *guest = *slot;

    if (!listener->options.clock)
        return;
    pthread_mutex_lock(&listener->lock);
    if (code == MHD_CONNECTION_NOTIFY_STARTED && info) {
        guest = g_new0(Guest, 1);
        *guest = (Guest){.fd = info->connect_fd, .since = clock_steady(listener->options.clock)};
        g_hash_table_add(listener->guests, guest);
        *slot = guest;
    } else if (guest) {
        g_hash_table_remove(listener->guests, guest);
        *slot = NULL;
    }
    pthread_mutex_unlock(&listener->lock);
}

/* Its time begins again: a request is done with, or a reader took all of a stream. */
static void note_done(void *user, struct MHD_Connection *connection)
{
    Listener *listener = user;
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    Guest *guest = info ? info->socket_context : NULL;

    pthread_mutex_lock(&listener->lock);
    if (guest)
        guest->since = clock_steady(listener->options.clock);
    pthread_mutex_unlock(&listener->lock);
}

void listener_tend(Listener *listener)
{
    int64_t least = clock_steady(listener->options.clock) - listener->options.request_most * CLOCK_SECOND;
    GHashTableIter iterator;
    gpointer key;

    listener_streams_tend(&listener->streams);
    pthread_mutex_lock(&listener->lock);
    g_hash_table_iter_init(&iterator, listener->guests);
    while (g_hash_table_iter_next(&iterator, &key, NULL)) {
        const Guest *guest = key;

        if (guest->since < least)
            shutdown(guest->fd, SHUT_RDWR);
    }
    pthread_mutex_unlock(&listener->lock);
}

void listener_wake(Listener *listener)
{
    listener_streams_wake(&listener->streams);
}

/* Requests -------------------------------------------------------------------------------------------------------- */

static void *begin_exchange(void *data, const char *target, struct MHD_Connection *connection)
{
    const Listener *listener = data;
    size_t most = listener->options.target_most;
    Exchange *exchange = g_new0(Exchange, 1);

    (void)connection;
    exchange->is_huge = most > 0 && strlen(target) > most;
    exchange->target = exchange->is_huge ? g_strndup(target, most) : g_strdup(target);
    exchange->body = g_string_new(NULL);
    exchange->headers = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    return exchange;
}

static void end_exchange(void *data, struct MHD_Connection *connection, void **state,
                         enum MHD_RequestTerminationCode code)
{
    Exchange *exchange = *state;

    (void)code;
    note_done(data, connection);
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

/* Of these there is one (RFC 9112 3.2 and 6.3, RFC 9110 11.6.2): a proxy in front of us may go by the other. */
static const char *const single[] = {"host", "content-length", "transfer-encoding", "authorization", NULL};

static enum MHD_Result note_header(void *data, enum MHD_ValueKind kind, const char *name, const char *value)
{
    Exchange *exchange = data;
    g_autofree char *folded = g_ascii_strdown(name, -1);

    (void)kind;
    if (g_hash_table_contains(exchange->headers, folded) && g_strv_contains(single, folded))
        exchange->is_ambiguous = true;
    g_hash_table_replace(exchange->headers, g_steal_pointer(&folded), g_strdup(value ? value : ""));
    return MHD_YES;
}

static void take_head(Exchange *exchange, struct MHD_Connection *connection)
{
    MHD_get_connection_values(connection, MHD_HEADER_KIND, note_header, exchange);
    if (g_hash_table_contains(exchange->headers, "content-length") &&
        g_hash_table_contains(exchange->headers, "transfer-encoding"))
        exchange->is_ambiguous = true;
}

static enum MHD_Result send_reply(Listener *listener, struct MHD_Connection *connection, const ListenerReply *reply)
{
    struct MHD_Response *response =
        reply->stream.self ? listener_stream_response(&listener->streams, connection, &reply->stream)
                           : MHD_create_response_from_buffer(reply->size, reply->body ? reply->body : (char *)"",
                                                             MHD_RESPMEM_MUST_COPY);
    enum MHD_Result result;

    if (!response)
        return MHD_NO;
    for (guint i = 0; reply->headers && i < reply->headers->len; i += 2)
        MHD_add_response_header(response, reply->headers->pdata[i], reply->headers->pdata[i + 1]);
    result = MHD_queue_response(connection, (unsigned)reply->status, response);
    MHD_destroy_response(response);
    return result;
}

static enum MHD_Result serve(Listener *listener, struct MHD_Connection *connection, const char *method,
                             Exchange *exchange)
{
    size_t path = strcspn(exchange->target, "?");
    g_autofree char *only_path = g_strndup(exchange->target, path);
    ListenerReply reply = {.status = 0};
    enum MHD_Result result;

    listener->options.handle(listener->options.user,
                             &(ListenerRequest){.method = method,
                                                .path = only_path,
                                                .query = exchange->target[path] ? exchange->target + path + 1 : "",
                                                .headers = exchange->headers,
                                                .body = exchange->body->str,
                                                .size = exchange->body->len,
                                                .is_huge = exchange->is_huge},
                             &reply);
    exchange->close_after = reply.close_after;
    result = reply.hang_up ? MHD_NO : send_reply(listener, connection, &reply);
    g_free(reply.body);
    g_clear_pointer(&reply.headers, g_ptr_array_unref);
    return result;
}

/* What follows on this connection may be the rest of it. */
static enum MHD_Result refuse(Listener *listener, struct MHD_Connection *connection)
{
    static char words[] = "this has two meanings\n";
    ListenerReply reply = {.status = 400, .body = words, .size = strlen(words)};
    enum MHD_Result result;

    listener_reply_header(&reply, "Content-Type", "text/plain; charset=utf-8");
    listener_reply_header(&reply, "Connection", "close");
    result = send_reply(listener, connection, &reply);
    g_ptr_array_unref(reply.headers);
    return result;
}

/* Called once with the headers, then for each piece of the body, then once without one. */
static enum MHD_Result take(void *data, struct MHD_Connection *connection, const char *url, const char *method,
                            const char *version, const char *upload, size_t *size, void **state)
{
    Listener *listener = data;
    Exchange *exchange = *state;

    (void)url;
    (void)version;
    if (!exchange->has_head) {
        exchange->has_head = true;
        take_head(exchange, connection);
        return exchange->is_ambiguous ? refuse(listener, connection) : MHD_YES;
    }
    if (*size > 0) {
        exchange->is_huge = exchange->is_huge || *size > listener->options.body_most - exchange->body->len;
        if (!exchange->is_huge)
            g_string_append_len(exchange->body, upload, (gssize)*size);
        *size = 0;
        return MHD_YES;
    }
    return serve(listener, connection, method, exchange);
}

/* The listener ---------------------------------------------------------------------------------------------------- */

static bool listen_at(Listener *listener, Address *address)
{
    const ListenerOptions *options = &listener->options;
    unsigned flags = MHD_USE_INTERNAL_POLLING_THREAD;
    const union MHD_DaemonInfo *info;

    flags |= options->thread_each ? MHD_USE_THREAD_PER_CONNECTION : MHD_USE_EPOLL;
    flags |= options->has_streams ? MHD_ALLOW_SUSPEND_RESUME : 0;
    flags |= address->any.sa_family == AF_INET6 ? MHD_USE_IPv6 : 0;
    listener->daemon = MHD_start_daemon(flags, (uint16_t)options->port, NULL, NULL, take, listener,
                                        MHD_OPTION_SOCK_ADDR, &address->any, MHD_OPTION_CONNECTION_LIMIT,
                                        options->connections_most, MHD_OPTION_LISTEN_BACKLOG_SIZE, (unsigned)BACKLOG,
                                        MHD_OPTION_CONNECTION_TIMEOUT, options->idle_most, MHD_OPTION_URI_LOG_CALLBACK,
                                        begin_exchange, listener, MHD_OPTION_NOTIFY_COMPLETED, end_exchange, listener,
                                        MHD_OPTION_NOTIFY_CONNECTION, note_connection, listener, MHD_OPTION_END);
    info = listener->daemon ? MHD_get_daemon_info(listener->daemon, MHD_DAEMON_INFO_BIND_PORT) : NULL;
    listener->port = info ? info->port : 0;
    return info;
}

Listener *listener_start(const ListenerOptions *options)
{
    Listener *listener = g_new0(Listener, 1);
    Address address;
    int problem;

    listener->options = *options;
    listener->guests = g_hash_table_new_full(NULL, NULL, g_free, NULL);
    pthread_mutex_init(&listener->lock, NULL);
    listener->streams = (ListenerStreams){.alive = note_done, .user = listener};
    listener_streams_begin(&listener->streams);
    errno = EINVAL;
    if (read_address(options->host, options->port, &address) && listen_at(listener, &address))
        return listener;
    problem = errno;
    listener_stop(listener);
    errno = problem;
    return NULL;
}

int listener_port(const Listener *listener)
{
    return listener->port;
}

void listener_stop(Listener *listener)
{
    if (!listener)
        return;
    listener_streams_stop(&listener->streams);
    if (listener->daemon)
        MHD_stop_daemon(listener->daemon);
    listener_streams_end(&listener->streams);
    g_hash_table_unref(listener->guests);
    pthread_mutex_destroy(&listener->lock);
    g_free(listener);
}
