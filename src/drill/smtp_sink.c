#include "drill/smtp_sink.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/error.h"
#include "drill/smtp_sink_session.h"

#define CONNECTIONS_MOST 256
#define IDLE_SECONDS     300 /* RFC 5321 4.5.3.2.7 */
#define PAUSE_MS         10  /* before accept(2) is tried again when descriptors or threads are short */

typedef enum ConnectionState { CONNECTION_FREE, CONNECTION_OPEN, CONNECTION_OVER } ConnectionState;

typedef struct Connection {
    SmtpSink *sink;
    pthread_t thread;      /* to be joined unless the state is free */
    ConnectionState state; /* guarded by the sink's lock, like `fd` */
    int fd;
} Connection;

struct SmtpSink {
    SmtpSinkShared shared;
    int port;
    int listener;
    int wake; /* eventfd: readable when the sink is to stop */
    bool closed;
    pthread_t acceptor;
    pthread_mutex_t lock;
    Connection connections[CONNECTIONS_MOST];
};

static void *run_connection(void *argument)
{
    Connection *connection = argument;
    SmtpSink *sink = connection->sink;

    smtp_sink_session_run(connection->fd, &sink->shared);
    pthread_mutex_lock(&sink->lock);
    close(connection->fd);
    connection->state = CONNECTION_OVER;
    pthread_mutex_unlock(&sink->lock);
    return NULL;
}

/* A connection that is not in use; NULL: all are. Only the acceptor takes them. */
static Connection *take_connection(SmtpSink *sink)
{
    Connection *found = NULL;

    pthread_mutex_lock(&sink->lock);
    for (size_t i = 0; i < CONNECTIONS_MOST && !found; i++)
        if (sink->connections[i].state != CONNECTION_OPEN)
            found = &sink->connections[i];
    pthread_mutex_unlock(&sink->lock);
    if (found && found->state == CONNECTION_OVER) {
        pthread_join(found->thread, NULL);
        found->state = CONNECTION_FREE;
    }
    return found;
}

static void prepare_socket(int fd)
{
    const int on = 1;
    const struct timeval patience = {.tv_sec = IDLE_SECONDS};

    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
}

static void serve(SmtpSink *sink, int fd)
{
    static const char full[] = "421 4.3.2 too many connections\r\n";
    Connection *connection = take_connection(sink);

    prepare_socket(fd);
    if (connection) {
        connection->fd = fd;
        connection->state = CONNECTION_OPEN;
        if (pthread_create(&connection->thread, NULL, run_connection, connection) == 0)
            return;
        connection->state = CONNECTION_FREE;
    }
    send(fd, full, sizeof full - 1, MSG_NOSIGNAL | MSG_DONTWAIT);
    close(fd);
}

static void *run_acceptor(void *argument)
{
    SmtpSink *sink = argument;
    struct pollfd waits[] = {{.fd = sink->wake, .events = POLLIN}, {.fd = sink->listener, .events = POLLIN}};

    for (;;) {
        int fd;

        poll(waits, G_N_ELEMENTS(waits), -1);
        if (waits[0].revents)
            return NULL;
        fd = accept4(sink->listener, NULL, NULL, SOCK_CLOEXEC);
        if (fd >= 0)
            serve(sink, fd);
        else if (errno != EAGAIN && errno != EINTR && errno != ECONNABORTED)
            poll(waits, 1, PAUSE_MS);
    }
}

static bool listen_on(SmtpSink *sink, int port, GError **error)
{
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    const int on = 1;

    sink->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (sink->listener < 0 || setsockopt(sink->listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
        bind(sink->listener, (const struct sockaddr *)&address, size) != 0 || listen(sink->listener, SOMAXCONN) != 0 ||
        getsockname(sink->listener, (struct sockaddr *)&address, &size) != 0) {
        error_set(error, BREACH_ERROR_CREATE, "sink-listen", "cannot listen on 127.0.0.1 port %d: %s", port,
                  g_strerror(errno));
        return false;
    }
    sink->port = ntohs(address.sin_port);
    return true;
}

/* With all signals blocked: they are the program's, and a closed connection must not end it (SIGPIPE under TLS). */
static bool start_acceptor(SmtpSink *sink, GError **error)
{
    sigset_t all;
    sigset_t before;
    int failure;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    failure = pthread_create(&sink->acceptor, NULL, run_acceptor, sink);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (failure != 0)
        error_set(error, BREACH_ERROR_CREATE, "system-threads", "cannot start a thread: %s", g_strerror(failure));
    return failure == 0;
}

static bool open_wake(SmtpSink *sink, GError **error)
{
    sink->wake = eventfd(0, EFD_CLOEXEC);
    if (sink->wake < 0)
        error_set(error, BREACH_ERROR_CREATE, "system-descriptors", "cannot make an eventfd: %s", g_strerror(errno));
    return sink->wake >= 0;
}

static bool open_shared(SmtpSinkShared *shared, const SmtpSinkOptions *options, GError **error)
{
    SinkStoreOptions keep = {.folder = options->keep_folder,
                             .suffix = ".eml",
                             .keep_most = options->keep_most,
                             .log_path = options->log_path};

    shared->chunking = !options->no_chunking;
    shared->pipelining = !options->no_pipelining;
    if (options->user) {
        shared->user = g_strdup(options->user);
        shared->password = g_strdup(options->password ? options->password : "");
    }
    return (shared->rules = smtp_sink_rule_book_new(options->rules, error)) &&
           (shared->store = sink_store_new(&keep, error)) &&
           (!options->starttls || (shared->tls = smtp_sink_tls_new(error)));
}

/* All threads have ended. */
static void free_sink(SmtpSink *sink)
{
    if (sink->listener >= 0)
        close(sink->listener);
    if (sink->wake >= 0)
        close(sink->wake);
    smtp_sink_rule_book_free(sink->shared.rules);
    sink_store_free(sink->shared.store);
    smtp_sink_tls_free(sink->shared.tls);
    smtp_sink_halt_clear(&sink->shared.halt);
    pthread_mutex_destroy(&sink->lock);
    g_free(sink->shared.user);
    g_free(sink->shared.password);
    g_free(sink);
}

SmtpSink *smtp_sink_start(const SmtpSinkOptions *options, GError **error)
{
    SmtpSink *sink = g_new0(SmtpSink, 1);

    sink->listener = sink->wake = -1;
    smtp_sink_halt_init(&sink->shared.halt);
    pthread_mutex_init(&sink->lock, NULL);
    for (size_t i = 0; i < CONNECTIONS_MOST; i++)
        sink->connections[i].sink = sink;
    if (open_shared(&sink->shared, options, error) && open_wake(sink, error) && listen_on(sink, options->port, error) &&
        start_acceptor(sink, error))
        return sink;
    free_sink(sink);
    return NULL;
}

static void join_connections(SmtpSink *sink)
{
    for (size_t i = 0; i < CONNECTIONS_MOST; i++) {
        bool used;

        pthread_mutex_lock(&sink->lock);
        used = sink->connections[i].state != CONNECTION_FREE;
        pthread_mutex_unlock(&sink->lock);
        if (used)
            pthread_join(sink->connections[i].thread, NULL);
    }
}

void smtp_sink_close(SmtpSink *sink)
{
    const uint64_t one = 1;

    if (sink->closed)
        return;
    while (write(sink->wake, &one, sizeof one) < 0 && errno == EINTR)
        continue;
    pthread_join(sink->acceptor, NULL);
    smtp_sink_halt_raise(&sink->shared.halt);
    pthread_mutex_lock(&sink->lock);
    for (size_t i = 0; i < CONNECTIONS_MOST; i++)
        if (sink->connections[i].state == CONNECTION_OPEN)
            shutdown(sink->connections[i].fd, SHUT_RDWR);
    pthread_mutex_unlock(&sink->lock);
    join_connections(sink);
    close(sink->listener);
    sink->listener = -1;
    sink->closed = true;
}

void smtp_sink_stop(SmtpSink *sink)
{
    if (!sink)
        return;
    smtp_sink_close(sink);
    free_sink(sink);
}

int smtp_sink_port(const SmtpSink *sink)
{
    return sink->port;
}

const char *smtp_sink_certificate(const SmtpSink *sink)
{
    return sink->shared.tls ? smtp_sink_tls_certificate(sink->shared.tls) : NULL;
}

int64_t smtp_sink_accepted(const SmtpSink *sink)
{
    return sink_store_accepted(sink->shared.store);
}

SmtpSinkRule *smtp_sink_parse_rule(const char *line, GError **error)
{
    return smtp_sink_rule_parse(line, error);
}
