/* The page of breach serve over real connections: who may read it, in which language, what is said about what it may
 * load, and events: to many, to one that takes nothing, and to one that is gone. */
#include "web_talk.h"

#include <stdatomic.h>
#include <stdint.h>
#include <poll.h>
#include <string.h>

#include "serve/door.h"
#include "serve/page.h"

#define TOKEN    "correct-horse-battery-staple"
#define RECEIVES 4096 /* octets */

static _Atomic int64_t steady;

static int64_t read_steady(void *self)
{
    (void)self;
    return atomic_load(&steady);
}

static const Clock test_clock = {.now = read_steady, .steady = read_steady};

static ReceiptsCounts no_receipts(const void *user)
{
    (void)user;
    return (ReceiptsCounts){.recorded = 4};
}

typedef struct Site {
    Page page;
    ServerRoute route;
    ServerRoutes routes;
    Listener *server;
} Site;

static void begin(Site *site, const char *token)
{
    g_autoptr(GError) error = NULL;

    atomic_store(&steady, 1000);
    site->page = (Page){
        .stream = stream_new("epoch"), .token = token, .version = "1.2.3", .receipts = no_receipts, .user = NULL};
    site->route = (ServerRoute){PAGE_PATH, "GET HEAD", page_handle, &site->page};
    site->routes = (ServerRoutes){&site->route, 1};
    site->server = server_start("127.0.0.1", 0, &site->routes, &test_clock, &error);
    assert_non_null(site->server);
}

static void end(Site *site)
{
    listener_stop(site->server);
    assert_int_equal(stream_counts(site->page.stream).watchers, 0);
    stream_free(site->page.stream);
}

/* The whole answer to GET `path` with those headers ("Name: value\r\n…"). Newly allocated. */
static char *get(const Site *site, const char *path, const char *headers)
{
    g_autofree char *request = g_strdup_printf("GET %s HTTP/1.1\r\nConnection: close\r\n%s\r\n", path, headers);
    int fd = web_connect(site->server, RECEIVES);
    char *text;

    web_say(fd, request);
    text = web_hear(fd, NULL);
    close(fd);
    return text;
}

static int status_of(const char *answer)
{
    return g_str_has_prefix(answer, "HTTP/1.1 ") ? (int)g_ascii_strtoll(answer + 9, NULL, 10) : 0;
}

static void assert_status(const Site *site, const char *path, const char *headers, int status)
{
    g_autofree char *answer = get(site, path, headers);

    if (status_of(answer) != status)
        fail_msg("%s with %s gives %d, not %d", path, headers, status_of(answer), status);
}

/* Who may read ---------------------------------------------------------------------------------------------------- */

static void test_own_hosts(void **state)
{
    static const char *const own[] = {"localhost",   "LOCALHOST:8077", "127.0.0.1",  "127.0.0.1:8077",
                                      "127.1.2.3:1", "[::1]",          "[::1]:8077", "localhost:"};
    static const char *const others[] = {"",
                                         "example.com",
                                         "127.0.0.1.example.com",
                                         "localhost.example.com",
                                         "10.0.0.1:8",
                                         "[::2]",
                                         "127.0.0.1.evil.test:80",
                                         "127.0.0.1:80:x",
                                         "127.evil.test:1",
                                         "evil.test#127.0.0.1",
                                         "evil.test:127"};

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(own); i++)
        assert_true(door_host_is_own(own[i]));
    for (size_t i = 0; i < G_N_ELEMENTS(others); i++)
        if (door_host_is_own(others[i]))
            fail_msg("%s is taken for one of ours", others[i]);
    assert_false(door_host_is_own(NULL));
}

static void test_without_token(void **state)
{
    static const char *const numbers[] = {"/state.json", "/metrics"};
    static const char *const frames[] = {"/", "/assets/page.css", "/assets/page.js"};
    Site site;

    (void)state;
    begin(&site, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++) {
        assert_status(&site, numbers[i], "Host: localhost:1\r\n", 200);
        assert_status(&site, numbers[i], "Host: rebound.example\r\n", 421);
        assert_status(&site, numbers[i], "Host: localhost\r\nX-Forwarded-For: 203.0.113.7\r\n", 421);
        assert_status(&site, numbers[i], "Host: localhost\r\nVia: 1.1 proxy\r\n", 421);
        assert_status(&site, numbers[i], "Host: localhost\r\nSec-Fetch-Site: same-origin\r\n", 200);
        assert_status(&site, numbers[i], "Host: localhost\r\nSec-Fetch-Site: cross-site\r\n", 403);
        assert_status(&site, numbers[i], "Host: localhost\r\nSec-Fetch-Site: same-site\r\n", 403);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(frames); i++) {
        assert_status(&site, frames[i], "Host: 127.0.0.1\r\nSec-Fetch-Site: cross-site\r\n", 200); /* a link to it */
        assert_status(&site, frames[i], "Host: rebound.example\r\n", 421);
    }
    assert_status(&site, "/assets/index.html", "Host: localhost\r\n", 404);
    assert_status(&site, "/assets/../page.css", "Host: localhost\r\n", 404);
    assert_status(&site, "/assets/", "Host: localhost\r\n", 404);
    assert_status(&site, "/state.json/", "Host: localhost\r\n", 404);
    assert_status(&site, "/index.html", "Host: localhost\r\n", 404);
    end(&site);
}

static void test_with_token(void **state)
{
    static const char *const paths[] = {"/state.json", "/metrics", "/events"};
    Site site;
    g_autofree char *refusal = NULL;

    (void)state;
    begin(&site, TOKEN);
    for (size_t i = 0; i < G_N_ELEMENTS(paths); i++) {
        assert_status(&site, paths[i], "Host: x\r\n", 401);
        assert_status(&site, paths[i], "Host: x\r\nAuthorization: Bearer \r\n", 401);
        assert_status(&site, paths[i], "Host: x\r\nAuthorization: Bearer " TOKEN "x\r\n", 401);
        assert_status(&site, paths[i], "Host: x\r\nAuthorization: Basic " TOKEN "\r\n", 401);
        assert_status(&site, paths[i], "Host: x\r\nAuthorization: " TOKEN "\r\n", 401);
        assert_status(&site, paths[i], "Host: x\r\nCookie: token=" TOKEN "\r\n", 401);
    }
    assert_status(&site, "/state.json?token=" TOKEN, "Host: x\r\n", 401);
    assert_status(&site, "/state.json", "Host: x\r\nAuthorization: Bearer " TOKEN "\r\n", 200);
    assert_status(&site, "/metrics", "Host: x\r\nAuthorization: bearer " TOKEN "\r\n", 200);
    assert_status(&site, "/", "Host: anywhere.example\r\nX-Forwarded-For: 203.0.113.7\r\n", 200);
    refusal = get(&site, "/state.json", "Host: x\r\n");
    assert_non_null(strstr(refusal, "WWW-Authenticate: Bearer realm=\"breach\""));
    end(&site);
}

static void test_headers(void **state)
{
    static const char *const paths[] = {"/", "/assets/page.js", "/state.json", "/metrics", "/nowhere"};
    static const char *const headers[] = {
        "Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';",
        "frame-ancestors 'none'",
        "X-Content-Type-Options: nosniff",
        "Referrer-Policy: no-referrer",
        "Cache-Control: no-store",
        "Cross-Origin-Resource-Policy: same-origin"};
    Site site;

    (void)state;
    begin(&site, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(paths); i++) {
        g_autofree char *answer = get(&site, paths[i], "Host: localhost\r\n");

        for (size_t h = 0; h < G_N_ELEMENTS(headers); h++)
            if (!strstr(answer, headers[h]))
                fail_msg("%s without %s", paths[i], headers[h]);
        assert_null(strstr(answer, "Set-Cookie"));
        assert_null(strstr(answer, "Access-Control"));
    }
    end(&site);
}

/* Language -------------------------------------------------------------------------------------------------------- */

static void test_languages(void **state)
{
    static const struct {
        const char *query, *accept, *language;
    } rows[] = {
        {"", NULL, "en"},
        {"", "", "en"},
        {"", "zh-CN,zh;q=0.9,en;q=0.8", "zh-CN"},
        {"", "zh-TW,zh;q=0.9,en;q=0.8", "zh-TW"},
        {"", "zh-HK", "zh-TW"},
        {"", "zh-Hant", "zh-TW"},
        {"", "zh-SG", "zh-CN"},
        {"", "zh", "zh-CN"},
        {"", "en-GB,zh-CN;q=0.5", "en"},
        {"", "de, zh-TW;q=0.3, en;q=0.2", "zh-TW"},
        {"", "de,fr;q=0.5", "en"},
        {"", "zh-CN;q=0, en;q=0.1", "en"},
        {"", "*", "en"},
        {"", ";;;,,,q=1;zh", "en"},
        {"", "zh-CN;q=1e300, en;q=0.1", "en"},
        {"", "zh-CN;q=nan, zh-TW;q=-1, en;q=0.1", "en"},
        {"lang=zh-TW", "en", "zh-TW"},
        {"lang=zh_cn", "en", "zh-CN"},
        {"lang=xx", "zh-CN", "zh-CN"},
        {"lang=%3Cscript%3E", NULL, "en"},
        {"x=1&lang=en", "zh-CN", "en"},
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        assert_string_equal(page_language(rows[i].query, rows[i].accept), rows[i].language);
}

static void test_page_in_chinese(void **state)
{
    g_autofree char *answer = NULL;
    Site site;

    (void)state;
    begin(&site, NULL);
    answer = get(&site, "/", "Host: localhost\r\nAccept-Language: zh-CN\r\n");
    assert_non_null(strstr(answer, "<html lang=\"zh-CN\">"));
    assert_non_null(strstr(answer, "Content-Language: zh-CN"));
    assert_null(strstr(answer, "{{"));
    assert_null(strstr(answer, "http://"));
    assert_null(strstr(answer, "https://"));
    end(&site);
}

/* Events ---------------------------------------------------------------------------------------------------------- */

static int watch(const Site *site)
{
    int fd = web_connect(site->server, RECEIVES);
    g_autofree char *head = NULL;

    web_say(fd, "GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n");
    head = web_hear(fd, "retry: 2000\n\n");
    assert_int_equal(status_of(head), 200);
    assert_non_null(strstr(head, "Content-Type: text/event-stream"));
    return fd;
}

static void assert_hears(int fd, const char *wanted)
{
    g_autofree char *text = web_hear(fd, wanted);

    assert_true(g_str_has_suffix(text, wanted));
}

static void publish(Site *site, const char *json)
{
    stream_publish(site->page.stream, STREAM_STATE, json);
    listener_wake(site->server);
}

static void test_events(void **state)
{
    int fds[STREAM_WATCHERS_MOST];
    Site site;

    (void)state;
    begin(&site, NULL);
    for (int i = 0; i < STREAM_WATCHERS_MOST; i++)
        fds[i] = watch(&site);
    assert_status(&site, "/events", "Host: localhost\r\n", 503);
    for (int round = 0; round < 3; round++) {
        g_autofree char *json = g_strdup_printf("{\"round\":%d}", round);

        publish(&site, json);
        for (int i = 0; i < STREAM_WATCHERS_MOST; i++)
            assert_hears(fds[i], json);
    }
    assert_status(&site, "/state.json", "Host: localhost\r\n", 200); /* who watches keeps nobody else out */
    for (int i = 0; i < STREAM_WATCHERS_MOST / 2; i++)
        close(fds[i]);
    listener_stop(site.server); /* with those that are asleep */
    for (int i = STREAM_WATCHERS_MOST / 2; i < STREAM_WATCHERS_MOST; i++) {
        g_autofree char *rest = web_hear(fds[i], NULL);

        assert_null(strstr(rest, "data"));
        close(fds[i]);
    }
    site.server = NULL;
    end(&site);
}

static bool is_left(const Site *site, int64_t watchers)
{
    for (int i = 0; i < 6000; i++) {
        if (stream_counts(site->page.stream).watchers == watchers)
            return true;
        listener_tend(site->server);
        poll(NULL, 0, 10);
    }
    return false;
}

static void test_gone(void **state)
{
    Site site;
    int stays, goes;

    (void)state;
    begin(&site, NULL);
    stays = watch(&site);
    goes = watch(&site);
    assert_true(is_left(&site, 2));
    close(goes);
    assert_true(is_left(&site, 1));
    publish(&site, "1");
    assert_hears(stays, "data: 1\n\n");
    close(stays);
    end(&site);
}

/* One that takes nothing holds up nobody, and is dropped once its time is over. */
static void test_slow(void **state)
{
    g_autofree char *large = g_strnfill(1000000, 'x');
    Site site;
    int slow, quick;

    (void)state;
    begin(&site, NULL);
    publish(&site, large);
    slow = watch(&site); /* its first event is the large one */
    publish(&site, "\"small\"");
    quick = watch(&site);
    assert_hears(quick, "data: \"small\"\n\n");
    for (int i = 0; i < 50; i++) {
        g_autofree char *json = g_strdup_printf("%d", i);
        g_autofree char *wanted = g_strdup_printf("data: %d\n\n", i);

        publish(&site, json);
        assert_hears(quick, wanted);
    }
    assert_status(&site, "/metrics", "Host: localhost\r\n", 200);
    assert_int_equal(stream_counts(site.page.stream).watchers, 2);
    atomic_fetch_add(&steady, SERVER_REQUEST_MOST / 2 * CLOCK_SECOND);
    publish(&site, "\"again\"");
    assert_hears(quick, "data: \"again\"\n\n");
    atomic_fetch_add(&steady, (SERVER_REQUEST_MOST / 2 + 1) * CLOCK_SECOND);
    publish(&site, "\"now\"");
    assert_hears(quick, "data: \"now\"\n\n");
    assert_true(is_left(&site, 1));
    publish(&site, "\"end\"");
    assert_hears(quick, "data: \"end\"\n\n");
    close(slow);
    close(quick);
    end(&site);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_own_hosts), cmocka_unit_test(test_without_token), cmocka_unit_test(test_with_token),
        cmocka_unit_test(test_headers),   cmocka_unit_test(test_languages),     cmocka_unit_test(test_page_in_chinese),
        cmocka_unit_test(test_events),    cmocka_unit_test(test_gone),          cmocka_unit_test(test_slow),
    };

    return cmocka_run_group_tests_name("page", tests, NULL, NULL);
}
