#include "serve/server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <pthread.h>
#include <string.h>
#include <sys/socket.h>

#include <microhttpd.h>

#include "base/error.h"

#define TARGET_MOST ((size_t)16 * 1024)
#define BACKLOG     1024 /* connections that wait to be accepted */

struct Server {
    struct MHD_Daemon *daemon;
    const ServerRoute *routes;
    size_t count;
    const Clock *clock;
    int port;
    pthread_mutex_t lock; /* guards the guests */
    GHashTable *guests;   /* owned; a set of Guest *, which it owns */
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
    bool is_huge;
} Exchange;

void server_reply(ServerReply *reply, int status, const char *type, const char *body)
{
    reply->status = status;
    g_free(reply->type);
    g_free(reply->body);
    reply->type = g_strdup(type);
    reply->body = g_strdup(body);
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

bool server_parse_address(const char *text, char **host, int *port)
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

bool server_is_loopback(const char *host)
{
    return g_str_has_prefix(host, "127.") || strcmp(host, "::1") == 0;
}

/* Connections ----------------------------------------------------------------------------------------------------- */

/* Called before the socket of a connection that ends is closed. */
static void note_connection(void *data, struct MHD_Connection *connection, void **slot,
                            enum MHD_ConnectionNotificationCode code)
{
    Server *server = data;
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    Guest *guest = *slot;

    pthread_mutex_lock(&server->lock);
    if (code == MHD_CONNECTION_NOTIFY_STARTED && info) {
        guest = g_new0(Guest, 1);
        *guest = (Guest){.fd = info->connect_fd, .since = clock_steady(server->clock)};
        g_hash_table_add(server->guests, guest);
        *slot = guest;
    } else if (guest) {
        g_hash_table_remove(server->guests, guest);
        *slot = NULL;
    }
    pthread_mutex_unlock(&server->lock);
}

static void note_done(Server *server, struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    Guest *guest = info ? info->socket_context : NULL;

    pthread_mutex_lock(&server->lock);
    if (guest)
        guest->since = clock_steady(server->clock);
    pthread_mutex_unlock(&server->lock);
}

void server_tend(Server *server)
{
    int64_t least = clock_steady(server->clock) - SERVER_REQUEST_MOST * CLOCK_SECOND;
    GHashTableIter iterator;
    gpointer key;

    pthread_mutex_lock(&server->lock);
    g_hash_table_iter_init(&iterator, server->guests);
    while (g_hash_table_iter_next(&iterator, &key, NULL)) {
        const Guest *guest = key;

        if (guest->since < least)
            shutdown(guest->fd, SHUT_RDWR);
    }
    pthread_mutex_unlock(&server->lock);
}

/* Requests -------------------------------------------------------------------------------------------------------- */

static void *begin_exchange(void *data, const char *target, struct MHD_Connection *connection)
{
    Exchange *exchange = g_new0(Exchange, 1);

    (void)data;
    (void)connection;
    exchange->is_huge = strlen(target) > TARGET_MOST;
    exchange->target = g_strndup(target, TARGET_MOST);
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
    g_free(exchange->target);
    g_string_free(exchange->body, TRUE);
    g_hash_table_unref(exchange->headers);
    g_free(exchange);
    *state = NULL;
}

static enum MHD_Result note_header(void *data, enum MHD_ValueKind kind, const char *name, const char *value)
{
    (void)kind;
    g_hash_table_replace(data, g_ascii_strdown(name, -1), g_strdup(value ? value : ""));
    return MHD_YES;
}

static bool fits(const ServerRoute *route, const char *path)
{
    return g_str_has_suffix(route->path, "/") ? g_str_has_prefix(path, route->path) : strcmp(path, route->path) == 0;
}

static const ServerRoute *route_of(const Server *server, const char *path)
{
    const ServerRoute *best = NULL;

    for (size_t i = 0; i < server->count; i++)
        if (fits(&server->routes[i], path) && (!best || strlen(server->routes[i].path) > strlen(best->path)))
            best = &server->routes[i];
    return best;
}

static bool takes(const ServerRoute *route, const char *method)
{
    g_auto(GStrv) methods = g_strsplit(route->methods, " ", -1);

    return g_strv_contains((const char *const *)methods, method);
}

static enum MHD_Result send_reply(struct MHD_Connection *connection, const ServerReply *reply)
{
    const char *body = reply->body ? reply->body : "";
    struct MHD_Response *response =
        MHD_create_response_from_buffer(strlen(body), (void *)(uintptr_t)body, MHD_RESPMEM_MUST_COPY);
    enum MHD_Result result;

    if (!response)
        return MHD_NO;
    MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE,
                            reply->type ? reply->type : "text/plain; charset=utf-8");
    MHD_add_response_header(response, "Cache-Control", "no-store");
    MHD_add_response_header(response, "X-Content-Type-Options", "nosniff");
    result = MHD_queue_response(connection, (unsigned)reply->status, response);
    MHD_destroy_response(response);
    return result;
}

static enum MHD_Result serve(const Server *server, struct MHD_Connection *connection, const char *method,
                             Exchange *exchange)
{
    size_t path = strcspn(exchange->target, "?");
    g_autofree char *only_path = g_strndup(exchange->target, path);
    const ServerRoute *route = route_of(server, only_path);
    ServerReply reply = {.status = 0};
    enum MHD_Result result;

    MHD_get_connection_values(connection, MHD_HEADER_KIND, note_header, exchange->headers);
    if (exchange->is_huge)
        server_reply(&reply, MHD_HTTP_CONTENT_TOO_LARGE, NULL, "too large\n");
    else if (!route)
        server_reply(&reply, MHD_HTTP_NOT_FOUND, NULL, "not found\n");
    else if (!takes(route, method))
        server_reply(&reply, MHD_HTTP_METHOD_NOT_ALLOWED, NULL, "method not allowed\n");
    else
        route->handle(route->user,
                      &(ServerRequest){.method = method,
                                       .path = only_path,
                                       .query = exchange->target[path] ? exchange->target + path + 1 : "",
                                       .headers = exchange->headers,
                                       .body = exchange->body->str,
                                       .size = exchange->body->len},
                      &reply);
    result = send_reply(connection, &reply);
    g_free(reply.type);
    g_free(reply.body);
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
        exchange->is_huge = exchange->is_huge || *size > SERVER_BODY_MOST - exchange->body->len;
        if (!exchange->is_huge)
            g_string_append_len(exchange->body, upload, (gssize)*size);
        *size = 0;
        return MHD_YES;
    }
    return serve(data, connection, method, exchange);
}

/* The server ------------------------------------------------------------------------------------------------------ */

Server *server_start(const char *host, int port, const ServerRoute *routes, size_t count, const Clock *clock,
                     GError **error)
{
    Server *server = g_new0(Server, 1);
    const union MHD_DaemonInfo *info;
    unsigned flags = MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_EPOLL;
    Address address;

    server->routes = routes;
    server->count = count;
    server->clock = clock;
    server->guests = g_hash_table_new_full(NULL, NULL, g_free, NULL);
    pthread_mutex_init(&server->lock, NULL);
    if (read_address(host, port, &address)) {
        flags |= address.any.sa_family == AF_INET6 ? MHD_USE_IPv6 : 0;
        server->daemon = MHD_start_daemon(
            flags, (uint16_t)port, NULL, NULL, take, server, MHD_OPTION_SOCK_ADDR, &address.any,
            MHD_OPTION_CONNECTION_LIMIT, (unsigned)SERVER_CONNECTIONS_MOST, MHD_OPTION_LISTEN_BACKLOG_SIZE,
            (unsigned)BACKLOG, MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)SERVER_IDLE_MOST, MHD_OPTION_URI_LOG_CALLBACK,
            begin_exchange, NULL, MHD_OPTION_NOTIFY_COMPLETED, end_exchange, server, MHD_OPTION_NOTIFY_CONNECTION,
            note_connection, server, MHD_OPTION_END);
    }
    info = server->daemon ? MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_BIND_PORT) : NULL;
    if (!info) {
        error_set(error, BREACH_ERROR_CREATE, "serve-listen", "cannot listen on %s port %d: %s", host, port,
                  g_strerror(errno));
        server_stop(server);
        return NULL;
    }
    server->port = info->port;
    return server;
}

int server_port(const Server *server)
{
    return server->port;
}

void server_stop(Server *server)
{
    if (!server)
        return;
    if (server->daemon)
        MHD_stop_daemon(server->daemon);
    g_hash_table_unref(server->guests);
    pthread_mutex_destroy(&server->lock);
    g_free(server);
}
