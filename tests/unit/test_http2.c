/* HTTP/2 (RFC 9113) against a server that knows just enough of it to count: one connection carries every request, each
 * is sent once, and a connection that dies leaves doubts and no second copy. */
#include "load_expect.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>

#include <openssl/ssl.h>

#include "channel/http_engine.h"
#include "load/load_gateway.h"
#include "smtp_box.h"
#include "smtp_script_pki.h"

enum { FRAME_DATA, FRAME_HEADERS, FRAME_RESET = 3, FRAME_SETTINGS, FRAME_PING = 6, FRAME_GOAWAY };
enum { ERROR_NONE, ERROR_REFUSED_STREAM = 7, ERROR_HTTP_1_1_REQUIRED = 13 };
enum { FLAG_END = 1, FLAG_ACK = 1, FLAG_END_HEADERS = 4 };

static const char preface[] = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
static const char body[] = "{\"status\":\"ok\"}";

static const char provider[] = "version: 1\n"
                               "name: push-test\n"
                               "kind: http\n"
                               "sends: push\n"
                               "http2: true\n"
                               "request: {method: POST, url: \"https://localhost:%d/3/device/{{endpoint}}\","
                               " json: {text: \"{{text}}\"}}\n"
                               "answer: {rules: [{status: 200, at: /status, is: ok, means: accepted}]}\n"
                               "in_doubt: hold\n"
                               "connections: 8\n";

static const ChannelField fields[] = {{"text", "hello"}, {NULL, NULL}};

typedef struct Server {
    SSL_CTX *tls;
    int listener, port;
    int die_after;   /* streams, then the connection ends without an answer; 0: never */
    int reset_after; /* streams, then each is reset with `reset_why`; 0: never */
    uint32_t reset_why;
    int go_after; /* streams, then the server says that it took none of them, and closes; 0: never */
    pthread_t thread;
    int connections;
    pthread_mutex_t mutex;
    int streams, at_once, most_at_once; /* under mutex; of all connections */
} Server;

static bool read_exactly(SSL *ssl, unsigned char *octets, size_t size)
{
    for (size_t at = 0; at < size;) {
        int n = SSL_read(ssl, octets + at, (int)(size - at));

        if (n <= 0)
            return false;
        at += (size_t)n;
    }
    return true;
}

static void send_frame(SSL *ssl, unsigned char type, unsigned char flags, uint32_t stream, const void *data,
                       size_t size)
{
    unsigned char frame[9 + 64];
    const uint32_t number = htonl(stream);

    g_assert(size <= 64);
    frame[0] = 0;
    frame[1] = (unsigned char)(size >> 8);
    frame[2] = (unsigned char)size;
    frame[3] = type;
    frame[4] = flags;
    memcpy(frame + 5, &number, sizeof number);
    if (size > 0)
        memcpy(frame + 9, data, size);
    SSL_write(ssl, frame, (int)(9 + size));
}

/* One more stream, or (-1) one that is over. Returns how many there have been. */
static int count_streams(Server *server, int change)
{
    int streams;

    pthread_mutex_lock(&server->mutex);
    server->streams += MAX(change, 0);
    server->at_once += change;
    server->most_at_once = MAX(server->most_at_once, server->at_once);
    streams = server->streams;
    pthread_mutex_unlock(&server->mutex);
    return streams;
}

static void answer(Server *server, SSL *ssl, uint32_t stream)
{
    static const unsigned char status_200 = 0x88; /* HPACK, static table (RFC 7541 A) */

    count_streams(server, -1);
    send_frame(ssl, FRAME_HEADERS, FLAG_END_HEADERS, stream, &status_200, 1);
    send_frame(ssl, FRAME_DATA, FLAG_END, stream, body, strlen(body));
}

/* Says no to a whole request in a way that leaves it to the client to send it again (RFC 9113 8.7). */
static void reset(Server *server, SSL *ssl, uint32_t stream)
{
    const uint32_t why = htonl(server->reset_why);

    count_streams(server, -1);
    send_frame(ssl, FRAME_RESET, 0, stream, &why, sizeof why);
}

/* RFC 9113 6.8: the last stream that was or may be acted upon is 0. */
static void go_away(SSL *ssl)
{
    const uint32_t none[2] = {0, htonl(ERROR_NONE)};

    send_frame(ssl, FRAME_GOAWAY, 0, 0, none, sizeof none);
}

/* A whole request. false: the connection is over. */
static bool serve_request(Server *server, SSL *ssl, uint32_t stream)
{
    int streams = count_streams(server, 0);
    bool goes = server->go_after > 0 && streams >= server->go_after;

    if (goes)
        go_away(ssl);
    if (goes || (server->die_after > 0 && streams >= server->die_after))
        return false;
    if (server->reset_after > 0 && streams > server->reset_after)
        reset(server, ssl, stream);
    else
        answer(server, ssl, stream);
    return true;
}

/* One frame; false: the connection is over. */
static bool serve_frame(Server *server, SSL *ssl)
{
    unsigned char payload[1 << 14]; /* no frame is larger (RFC 9113 4.2) */
    unsigned char head[9];
    size_t size;
    uint32_t stream;

    if (!read_exactly(ssl, head, sizeof head))
        return false;
    size = (size_t)head[0] << 16 | (size_t)head[1] << 8 | head[2];
    if (size > sizeof payload || !read_exactly(ssl, payload, size))
        return false;
    memcpy(&stream, head + 5, sizeof stream);
    stream = ntohl(stream);
    if (head[3] == FRAME_SETTINGS && !(head[4] & FLAG_ACK))
        send_frame(ssl, FRAME_SETTINGS, FLAG_ACK, 0, NULL, 0);
    if (head[3] == FRAME_PING && !(head[4] & FLAG_ACK))
        send_frame(ssl, FRAME_PING, FLAG_ACK, 0, payload, size);
    if (head[3] == FRAME_HEADERS)
        count_streams(server, 1);
    if ((head[3] == FRAME_HEADERS || head[3] == FRAME_DATA) && (head[4] & FLAG_END))
        return serve_request(server, ssl, stream);
    return true;
}

static void serve(Server *server, SSL *ssl)
{
    unsigned char start[sizeof preface - 1];

    if (SSL_accept(ssl) != 1 || !read_exactly(ssl, start, sizeof start) || memcmp(start, preface, sizeof start) != 0)
        return;
    send_frame(ssl, FRAME_SETTINGS, 0, 0, NULL, 0);
    while (serve_frame(server, ssl))
        continue;
}

typedef struct Guest {
    Server *server;
    int fd;
    pthread_t thread;
} Guest;

static void *guest_main(void *data)
{
    Guest *guest = data;
    SSL *ssl = SSL_new(guest->server->tls);

    SSL_set_fd(ssl, guest->fd);
    serve(guest->server, ssl);
    SSL_free(ssl);
    close(guest->fd);
    return NULL;
}

/* A thread for each connection: a client that will not send again on one may open another beside it. */
static void *server_main(void *data)
{
    Server *server = data;
    g_autoptr(GPtrArray) guests = g_ptr_array_new_with_free_func(g_free);
    int fd;

    while ((fd = accept4(server->listener, NULL, NULL, SOCK_CLOEXEC)) >= 0) {
        Guest *guest = g_new0(Guest, 1);

        server->connections++;
        *guest = (Guest){.server = server, .fd = fd};
        g_ptr_array_add(guests, guest);
        assert_int_equal(pthread_create(&guest->thread, NULL, guest_main, guest), 0);
    }
    for (guint i = 0; i < guests->len; i++)
        pthread_join(((Guest *)g_ptr_array_index(guests, i))->thread, NULL);
    return NULL;
}

static int choose_h2(SSL *ssl, const unsigned char **chosen, unsigned char *length, const unsigned char *offered,
                     unsigned int size, void *user)
{
    static const unsigned char wanted[] = "\x02h2";

    (void)ssl, (void)user;
    return SSL_select_next_proto((unsigned char **)chosen, length, wanted, 3, offered, size) == OPENSSL_NPN_NEGOTIATED
               ? SSL_TLSEXT_ERR_OK
               : SSL_TLSEXT_ERR_ALERT_FATAL;
}

static void server_start(Server *server, const ScriptPki *pki)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;

    signal(SIGPIPE, SIG_IGN);
    pthread_mutex_init(&server->mutex, NULL);
    server->tls = script_pki_server(pki, "DNS:localhost", 1);
    SSL_CTX_set_alpn_select_cb(server->tls, choose_h2, NULL);
    server->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(server->listener, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(server->listener, 16), 0);
    assert_int_equal(getsockname(server->listener, (struct sockaddr *)&address, &length), 0);
    server->port = ntohs(address.sin_port);
    assert_int_equal(pthread_create(&server->thread, NULL, server_main, server), 0);
}

static void server_stop(Server *server)
{
    shutdown(server->listener, SHUT_RDWR);
    pthread_join(server->thread, NULL);
    close(server->listener);
    SSL_CTX_free(server->tls);
    pthread_mutex_destroy(&server->mutex);
}

static Gateway *load(const Server *server, const ScriptPki *pki)
{
    char *folder = expect_folder();
    g_autofree char *number = g_strdup_printf("%d", server->port);
    g_autoptr(GString) text = g_string_new(provider);
    g_autofree char *path = NULL;
    g_autoptr(Findings) findings = findings_new();
    Gateway *gateway;

    g_string_replace(text, "%d", number, 0);
    path = expect_text(folder, "push-test.yaml", text->str);
    gateway = load_gateway_file(path, NULL, findings);
    expect_findings(findings, NULL, 0);
    expect_remove(folder);
    assert_non_null(gateway);
    gateway->ca_file = g_strdup(script_pki_ca_file(pki));
    return gateway;
}

/* Sends `count` messages; how many were accepted, in doubt, and not sent. */
static void send_all(Server *server, size_t count, size_t results[3])
{
    g_autoptr(ScriptPki) pki = script_pki_new();
    g_autoptr(Box) box = box_new(count, 0);
    g_autoptr(Gateway) gateway = NULL;
    g_autoptr(GError) error = NULL;
    ChannelCalls calls = box_calls(box);
    void *connections = NULL;

    server_start(server, pki);
    gateway = load(server, pki);
    for (size_t i = 0; i < count; i++)
        box->messages[i].fields = fields;
    calls.state = &connections;
    http_engine()->run_session(gateway, &calls, &error);
    http_engine()->release(connections); /* closed, or the server would wait for more */
    server_stop(server);
    for (size_t i = 0; i < count; i++) {
        results[0] += box->outcomes[i].result == CHANNEL_ACCEPTED && box->replies[i] == 1 ? 1 : 0;
        results[1] += box->outcomes[i].result == CHANNEL_IN_DOUBT && box->replies[i] == 1 ? 1 : 0;
        results[2] += box->replies[i] == 1 ? 0 : 1;
    }
}

static void test_one_connection(void **state)
{
    Server server = {0};
    size_t results[3] = {0};

    (void)state;
    send_all(&server, 60, results);
    assert_int_equal(results[0], 60);
    assert_int_equal(server.connections, 1);
    assert_int_equal(server.streams, 60);
    assert_true(server.most_at_once <= 8);
}

/* Each connection ends when its third request has come. What was on it may have been taken, and is not sent again. */
static void test_lost_connections(void **state)
{
    Server server = {.die_after = 3};
    size_t results[3] = {0};

    (void)state;
    send_all(&server, 3, results);
    assert_true(results[1] > 0);
    assert_int_equal(results[0] + results[1], 3);
    assert_true(server.streams <= 3);
}

/* What the provider says that it never acted upon is what libcurl sends again by itself: it is not for libcurl to say
 * whether that can be believed. Every request comes once. */
static void expect_no_copies(Server *server, size_t count)
{
    size_t results[3] = {0};

    send_all(server, count, results);
    assert_true(results[1] > 0);
    assert_int_equal(results[0] + results[1], count);
    assert_true(server->streams <= (int)count);
}

static void test_refused_streams(void **state)
{
    (void)state;
    expect_no_copies(&(Server){.reset_after = 2, .reset_why = ERROR_REFUSED_STREAM}, 12);
    expect_no_copies(&(Server){.reset_after = 2, .reset_why = ERROR_HTTP_1_1_REQUIRED}, 12);
}

static void test_go_away(void **state)
{
    (void)state;
    expect_no_copies(&(Server){.go_after = 3}, 3);
    expect_no_copies(&(Server){.go_after = 1}, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_connection),
        cmocka_unit_test(test_lost_connections),
        cmocka_unit_test(test_refused_streams),
        cmocka_unit_test(test_go_away),
    };

    return cmocka_run_group_tests_name("http/2", tests, NULL, NULL);
}
