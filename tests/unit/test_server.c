/* The HTTP server of breach serve: whoever trickles, or holds a connection open, keeps nobody else out. */
#include "web_talk.h"

#include <stdatomic.h>
#include <poll.h>
#include <string.h>

#include "serve/server.h"

#define BEFORE_IDLE ((SERVER_IDLE_MOST - 5) * 1000) /* ms; before the server would close it as idle */

static _Atomic int64_t steady;

static int64_t read_steady(void *self)
{
    (void)self;
    return atomic_load(&steady);
}

static const Clock test_clock = {.now = read_steady, .steady = read_steady};

static void answer(void *user, const ListenerRequest *request, ListenerReply *reply)
{
    _Atomic int *count = user;

    atomic_fetch_add(count, 1);
    server_reply(reply, 200, NULL, request->size > 0 ? "with a body\n" : "none\n");
}

typedef struct Site {
    _Atomic int count; /* of requests that were handled */
    ServerRoute route;
    ServerRoutes routes;
    Listener *server;
} Site;

static void begin(Site *site)
{
    g_autoptr(GError) error = NULL;

    atomic_store(&steady, 1000);
    atomic_store(&site->count, 0);
    site->route = (ServerRoute){"/here", "GET POST", answer, &site->count};
    site->routes = (ServerRoutes){&site->route, 1};
    site->server = server_start("127.0.0.1", 0, &site->routes, &test_clock, &error);
    assert_non_null(site->server);
}

/* The first line of the next answer, which is read to `end`; "" when the connection was closed in place of one. */
static void assert_heard(int fd, const char *end, const char *line)
{
    g_autofree char *heard = web_hear(fd, end);

    heard[strcspn(heard, "\r\n")] = '\0';
    assert_string_equal(heard, line);
}

/* Once one connection has been answered, those before it are known to the server as well: it takes them in order. */
static void assert_answers(const Site *site)
{
    int fd = web_connect(site->server, 0);

    web_say(fd, "GET /here HTTP/1.1\r\nHost: x\r\n\r\n");
    assert_heard(fd, "none\n", "HTTP/1.1 200 OK");
    close(fd);
}

static void pass(Site *site, int64_t seconds)
{
    atomic_fetch_add(&steady, seconds * CLOCK_SECOND);
    listener_tend(site->server);
}

static void test_trickle(void **state)
{
    static const char *const beginnings[] = {"", "GET /he", "GET /here HTTP/1.1\r\nHost: x\r\nX-",
                                             "POST /here HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nabc"};
    Site site;

    (void)state;
    begin(&site);
    for (size_t i = 0; i < G_N_ELEMENTS(beginnings); i++) {
        int fd = web_connect(site.server, 0);

        if (*beginnings[i])
            web_say(fd, beginnings[i]);
        assert_answers(&site);
        pass(&site, SERVER_REQUEST_MOST + 1);
        assert_int_equal(poll(&(struct pollfd){.fd = fd, .events = POLLIN}, 1, BEFORE_IDLE), 1);
        assert_heard(fd, "\n", "");
        close(fd);
    }
    assert_answers(&site);
    listener_stop(site.server);
}

static void test_kept_open(void **state)
{
    Site site;
    int fd;

    (void)state;
    begin(&site);
    fd = web_connect(site.server, 0);
    for (int i = 0; i < 4; i++) { /* longer in all than one request may take */
        web_say(fd, "POST /here HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc");
        assert_heard(fd, "with a body\n", "HTTP/1.1 200 OK");
        assert_answers(&site); /* the end of the request before it is noted then */
        pass(&site, SERVER_REQUEST_MOST / 2);
    }
    close(fd);
    assert_int_equal(atomic_load(&site.count), 8);
    listener_stop(site.server);
}

/* Where one program may take the body to end elsewhere, or another host to be meant, than the next: RFC 9112 3.2, 6.3
 */
static void test_two_meanings(void **state)
{
    static const char *const heads[] = {
        "Host: x\r\nContent-Length: 0\r\nContent-Length: 35",
        "Host: x\r\nContent-Length: 5\r\ncontent-length: 5",
        "Host: x\r\nContent-Length: 6\r\nTransfer-Encoding: chunked",
        "Host: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 6",
        "Host: x\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: identity",
        "Host: evil.example\r\nHost: localhost",
        "Host: x\r\nAuthorization: Bearer one\r\nAuthorization: Bearer other",
    };
    Site site;

    (void)state;
    begin(&site);
    for (size_t i = 0; i < G_N_ELEMENTS(heads); i++) {
        int fd = web_connect(site.server, 0);
        g_autofree char *text = g_strdup_printf("POST /here HTTP/1.1\r\n%s\r\n\r\n0\r\n\r\n"
                                                "GET /here HTTP/1.1\r\nHost: x\r\n\r\n",
                                                heads[i]);

        web_say(fd, text);
        assert_heard(fd, "two meanings\n", "HTTP/1.1 400 Bad Request");
        assert_heard(fd, "\n", "");
        close(fd);
    }
    assert_int_equal(atomic_load(&site.count), 0);
    assert_answers(&site);
    listener_stop(site.server);
}

static void test_stopped_while_held(void **state)
{
    Site site;
    int idle, half;

    (void)state;
    begin(&site);
    idle = web_connect(site.server, 0);
    half = web_connect(site.server, 0);
    web_say(half, "POST /here HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nabc");
    assert_answers(&site);
    listener_stop(site.server);
    assert_heard(idle, "\n", "");
    assert_heard(half, "\n", "");
    assert_int_equal(atomic_load(&site.count), 1);
    close(idle);
    close(half);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {cmocka_unit_test(test_trickle), cmocka_unit_test(test_kept_open),
                                              cmocka_unit_test(test_two_meanings),
                                              cmocka_unit_test(test_stopped_while_held)};

    return cmocka_run_group_tests_name("server", tests, NULL, NULL);
}
