#include "http_script.h"

#include <arpa/inet.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <openssl/ssl.h>

#define WAIT_MS 10000

struct HttpScript {
    const char *const *answers;
    SSL_CTX *tls;
    int listener, port;
    pthread_t acceptor;
    bool is_stopped;
    pthread_mutex_t mutex;
    GPtrArray *threads;  /* of pthread_t *, the acceptor's */
    GPtrArray *requests; /* of char * */
    int connections;
};

typedef struct Peer {
    HttpScript *script;
    int fd;
    SSL *ssl; /* or NULL */
    GString *input;
} Peer;

static bool readable(int fd, int wait)
{
    struct pollfd entry = {.fd = fd, .events = POLLIN};

    return poll(&entry, 1, wait) > 0;
}

static bool read_more(Peer *peer)
{
    char buffer[16384];
    ssize_t n;

    if (peer->ssl) {
        n = SSL_read(peer->ssl, buffer, sizeof buffer);
    } else {
        n = readable(peer->fd, WAIT_MS) ? read(peer->fd, buffer, sizeof buffer) : 0;
    }
    if (n > 0)
        g_string_append_len(peer->input, buffer, n);
    return n > 0;
}

static bool write_all(Peer *peer, const char *text, size_t size)
{
    while (size > 0) {
        ssize_t n = peer->ssl ? SSL_write(peer->ssl, text, (int)size) : send(peer->fd, text, size, MSG_NOSIGNAL);

        if (n <= 0)
            return false;
        text += n;
        size -= (size_t)n;
    }
    return true;
}

/* One whole request, taken from the input; NULL: the client has gone. */
static char *read_request(Peer *peer)
{
    size_t size = 0;

    while (size == 0 || peer->input->len < size) {
        const char *end = strstr(peer->input->str, "\r\n\r\n");

        if (size == 0 && end) {
            g_autofree char *head = g_ascii_strdown(peer->input->str, end + 4 - peer->input->str);
            const char *length = strstr(head, "\r\ncontent-length:");

            size = (size_t)(end + 4 - peer->input->str);
            if (length)
                size += (size_t)g_ascii_strtoull(length + strlen("\r\ncontent-length:"), NULL, 10);
            continue;
        }
        if (!read_more(peer))
            return NULL;
    }
    {
        char *request = g_strndup(peer->input->str, size);

        g_string_erase(peer->input, 0, (gssize)size);
        return request;
    }
}

/* Notes the request and gives its answer. */
static const char *answer_to(HttpScript *script, char *request)
{
    const char *answer;
    guint last = g_strv_length((char **)script->answers) - 1;

    pthread_mutex_lock(&script->mutex);
    answer = script->answers[MIN(script->requests->len, last)];
    g_ptr_array_add(script->requests, request);
    pthread_mutex_unlock(&script->mutex);
    return answer;
}

static void reset(const Peer *peer)
{
    const struct linger now = {.l_onoff = 1, .l_linger = 0};

    setsockopt(peer->fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
}

/* false: the connection is over. */
static bool follow(Peer *peer, const char *answer)
{
    static const char filler[4096] = {'x'};

    if (strcmp(answer, "!close") == 0)
        return false;
    if (strcmp(answer, "!reset") == 0) {
        reset(peer);
        return false;
    }
    if (strcmp(answer, "!silent") == 0) {
        while (read_more(peer))
            continue;
        return false;
    }
    if (g_str_has_prefix(answer, "!then-close ")) {
        answer += strlen("!then-close ");
        write_all(peer, answer, strlen(answer));
        return false;
    }
    if (g_str_has_prefix(answer, "!endless ")) {
        answer += strlen("!endless ");
        for (bool goes = write_all(peer, answer, strlen(answer)); goes;)
            goes = write_all(peer, filler, sizeof filler);
        return false;
    }
    return write_all(peer, answer, strlen(answer));
}

static void serve(Peer *peer)
{
    char *request;

    if (peer->ssl && SSL_accept(peer->ssl) != 1)
        return;
    while ((request = read_request(peer)) != NULL)
        if (!follow(peer, answer_to(peer->script, request)))
            return;
}

static void *peer_main(void *data)
{
    Peer *peer = data;

    serve(peer);
    if (peer->ssl)
        SSL_free(peer->ssl);
    close(peer->fd);
    g_string_free(peer->input, TRUE);
    g_free(peer);
    return NULL;
}

static void take_connection(HttpScript *script, int fd)
{
    pthread_t *thread = g_new0(pthread_t, 1);
    Peer *peer = g_new0(Peer, 1);

    peer->script = script;
    peer->fd = fd;
    peer->input = g_string_new(NULL);
    if (script->tls) {
        peer->ssl = SSL_new(script->tls);
        SSL_set_fd(peer->ssl, fd);
    }
    pthread_mutex_lock(&script->mutex);
    script->connections++;
    pthread_mutex_unlock(&script->mutex);
    if (pthread_create(thread, NULL, peer_main, peer) != 0)
        g_error("no thread");
    g_ptr_array_add(script->threads, thread);
}

static void *acceptor_main(void *data)
{
    HttpScript *script = data;
    int fd;

    while ((fd = accept4(script->listener, NULL, NULL, SOCK_CLOEXEC)) >= 0)
        take_connection(script, fd);
    return NULL;
}

HttpScript *http_script_new(const char *const *answers, SSL_CTX *tls)
{
    HttpScript *script = g_new0(HttpScript, 1);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;

    signal(SIGPIPE, SIG_IGN);
    script->answers = answers;
    script->tls = tls;
    script->threads = g_ptr_array_new_with_free_func(g_free);
    script->requests = g_ptr_array_new_with_free_func(g_free);
    pthread_mutex_init(&script->mutex, NULL);
    script->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (bind(script->listener, (struct sockaddr *)&address, sizeof address) != 0 || listen(script->listener, 64) != 0 ||
        getsockname(script->listener, (struct sockaddr *)&address, &length) != 0)
        g_error("cannot listen");
    script->port = ntohs(address.sin_port);
    if (pthread_create(&script->acceptor, NULL, acceptor_main, script) != 0)
        g_error("no thread");
    return script;
}

int http_script_port(const HttpScript *script)
{
    return script->port;
}

void http_script_stop(HttpScript *script)
{
    if (script->is_stopped)
        return;
    script->is_stopped = true;
    shutdown(script->listener, SHUT_RDWR);
    pthread_join(script->acceptor, NULL);
    close(script->listener);
    for (guint i = 0; i < script->threads->len; i++)
        pthread_join(*(pthread_t *)g_ptr_array_index(script->threads, i), NULL);
}

int http_script_connections(HttpScript *script)
{
    int count;

    pthread_mutex_lock(&script->mutex);
    count = script->connections;
    pthread_mutex_unlock(&script->mutex);
    return count;
}

int http_script_requests(HttpScript *script)
{
    int count;

    pthread_mutex_lock(&script->mutex);
    count = (int)script->requests->len;
    pthread_mutex_unlock(&script->mutex);
    return count;
}

const char *http_script_request(HttpScript *script, int i)
{
    const char *request;

    pthread_mutex_lock(&script->mutex);
    request = (guint)i < script->requests->len ? g_ptr_array_index(script->requests, (guint)i) : NULL;
    pthread_mutex_unlock(&script->mutex);
    return request;
}

int http_script_times(HttpScript *script, const char *words)
{
    int times = 0;

    for (int i = 0; i < http_script_requests(script); i++)
        times += strstr(http_script_request(script, i), words) ? 1 : 0;
    return times;
}

void http_script_free(HttpScript *script)
{
    http_script_stop(script);
    g_ptr_array_unref(script->threads);
    g_ptr_array_unref(script->requests);
    pthread_mutex_destroy(&script->mutex);
    g_free(script);
}
