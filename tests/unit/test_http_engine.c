#include "load_expect.h"

#include <stdlib.h>

#include <openssl/ssl.h>

#include "base/clock.h"
#include "base/error.h"
#include "channel/http_engine.h"
#include "http_script.h"
#include "load/load_gateway.h"
#include "smtp_box.h"
#include "smtp_script_pki.h"

/* Answers. A body of known length, so that the connection may stay open. */
#define HEAD(status, length)                                                                                           \
    "HTTP/1.1 " status "\r\nContent-Type: application/json\r\nContent-Length: " length "\r\n\r\n"
#define OK_ONE          HEAD("200 OK", "30") "{\"status\":\"ok\",\"sid\":\"P-0001\"}"
#define NO_BODY(status) HEAD(status, "0")

static const char plain[] = "version: 1\n"
                            "name: sms-test\n"
                            "kind: http\n"
                            "sends: sms\n"
                            "request:\n"
                            "  method: POST\n"
                            "  url: \"%s/send/{{id}}\"\n"
                            "  headers: {X-Number: \"{{number}}\"}\n"
                            "  query: {k: \"a b&c\"}\n"
                            "  json: {to: \"{{endpoint}}\", text: \"{{text}}\"}\n"
                            "answer:\n"
                            "  rules:\n"
                            "    - {status: 200, at: /status, is: ok, means: accepted}\n"
                            "    - {status: 200, at: /status, is: bad, means: permanent}\n"
                            "    - {status: 503, means: temporary}\n"
                            "  provider_id: /sid\n"
                            "  words: [/message]\n"
                            "lookup:\n"
                            "  request: {method: GET, url: \"%s/state/{{id}}\"}\n"
                            "  answer:\n"
                            "    rules:\n"
                            "      - {status: 404, means: not-found}\n"
                            "      - {status: 200, at: /state, is: sent, means: accepted}\n"
                            "      - {status: 200, at: /state, is: arrived, means: delivered}\n"
                            "in_doubt: query\n"
                            "connections: 1\n";

static const char batched[] = "version: 1\n"
                              "name: sms-test\n"
                              "kind: http\n"
                              "sends: sms\n"
                              "request:\n"
                              "  method: POST\n"
                              "  url: \"%s/batch\"\n"
                              "  json: {to: {$each: {number: \"{{endpoint}}\", text: \"{{text}}\"}}}\n"
                              "answer:\n"
                              "  rules: [{status: 200, means: accepted}]\n"
                              "  items: {list: /results, key: /to, equals: endpoint}\n"
                              "  item_rules:\n"
                              "    - {at: /code, is: \"0\", means: accepted}\n"
                              "    - {at: /code, is: \"1\", means: permanent}\n"
                              "    - {at: /code, is: \"2\", means: throttled}\n"
                              "  provider_id: /sid\n"
                              "limits: {batch: 3}\n"
                              "in_doubt: hold\n"
                              "connections: 1\n";

static const char steady[] = "version: 1\n"
                             "name: sms-test\n"
                             "kind: http\n"
                             "sends: sms\n"
                             "request: {method: POST, url: \"%s/send\", json: {text: \"{{text}}\"}}\n"
                             "answer: {rules: [{status: 200, at: /status, is: ok, means: accepted}]}\n"
                             "in_doubt: hold\n"
                             "connections: 1\n";

static const ChannelField fields[] = {
    {"text", "Grüße, \"{{name}}\"\n2"}, {"number", "1234 5678 9012 3456"}, {NULL, NULL}};

typedef struct Bench {
    HttpScript *script;
    Gateway *gateway;
    Box *box;
    GError *error;
    void *state;
} Bench;

static Gateway *load(const char *text, const char *origin)
{
    char *folder = expect_folder();
    g_autofree char *path = g_build_filename(folder, "sms-test.yaml", NULL);
    g_autoptr(GString) filled = g_string_new(text);
    g_autoptr(Findings) findings = findings_new();
    Gateway *gateway;

    g_string_replace(filled, "%s", origin, 0);
    assert_true(g_file_set_contents(path, filled->str, -1, NULL));
    gateway = load_gateway_file(path, NULL, findings);
    expect_findings(findings, NULL, 0);
    assert_non_null(gateway);
    expect_remove(folder);
    return gateway;
}

static void begin_at(Bench *bench, const char *text, const char *origin, size_t messages)
{
    bench->gateway = load(text, origin);
    bench->box = box_new(messages, 0);
    for (size_t i = 0; i < messages; i++)
        bench->box->messages[i].fields = fields;
}

static void begin(Bench *bench, const char *text, const char *const *answers, size_t messages)
{
    g_autofree char *origin = NULL;

    *bench = (Bench){.script = http_script_new(answers, NULL)};
    origin = g_strdup_printf("http://127.0.0.1:%d", http_script_port(bench->script));
    begin_at(bench, text, origin, messages);
}

static bool run(Bench *bench)
{
    ChannelCalls calls = box_calls(bench->box);

    calls.state = &bench->state;
    return http_engine()->run_session(bench->gateway, &calls, &bench->error);
}

static void assert_results(Bench *bench, const char *expected)
{
    g_autofree char *results = box_results(bench->box);

    assert_string_equal(results, expected);
}

static void end(Bench *bench)
{
    http_engine()->release(bench->state);
    if (bench->script)
        http_script_free(bench->script);
    gateway_free(bench->gateway);
    box_free(bench->box);
    g_clear_error(&bench->error);
}

/* One answer to one message, and what it means. */
static void expect_one(const char *answer, const char *result, bool is_session)
{
    const char *answers[] = {answer, NULL};
    Bench bench;

    begin(&bench, plain, answers, 1);
    if (strcmp(answer, "!silent") == 0)
        bench.gateway->http->limits.timeout = 1500; /* enough to hand it over on a busy machine */
    bench.gateway->http->limits.answer_max = 4096;
    assert_int_equal(run(&bench), is_session);
    assert_results(&bench, result);
    assert_true(bench.box->handed[0]);
    assert_int_equal(http_script_requests(bench.script), 1);
    end(&bench);
}

static void test_sent(void **state)
{
    static const char *const answers[] = {OK_ONE, NULL};
    Bench bench;
    const char *request;

    (void)state;
    begin(&bench, plain, answers, 3);
    assert_true(run(&bench));
    assert_results(&bench, "accepted accepted accepted");
    assert_string_equal(bench.box->outcomes[1].provider_id, "P-0001");
    assert_int_equal(bench.box->outcomes[1].status.code, 200);
    assert_int_equal(http_script_connections(bench.script), 1);
    request = http_script_request(bench.script, 0);
    assert_true(g_str_has_prefix(request, "POST /send/abcdefghijklmnopqrstuv0000?k=a%20b%26c HTTP/1.1\r\n"));
    assert_non_null(strstr(request, "\r\nX-Number: 1234 5678 9012 3456\r\n"));
    assert_non_null(strstr(request, "\r\nContent-Type: application/json; charset=utf-8\r\n"));
    assert_non_null(strstr(request, "{\"to\":\"person0@example.org\",\"text\":\"Grüße, \\\"{{name}}\\\"\\n2\"}"));
    assert_null(strstr(request, "Expect:"));
    end(&bench);
}

static void test_connection_is_used_again(void **state)
{
    static const char *const answers[] = {OK_ONE, NULL};
    Bench bench;

    (void)state;
    begin(&bench, plain, answers, 1);
    assert_true(run(&bench));
    box_free(bench.box);
    bench.box = box_new(1, 0);
    bench.box->messages[0].fields = fields;
    assert_true(run(&bench));
    assert_int_equal(http_script_requests(bench.script), 2);
    assert_int_equal(http_script_connections(bench.script), 1);
    end(&bench);
}

static void test_answers(void **state)
{
    (void)state;
    expect_one(HEAD("200 OK", "16") "{\"status\":\"bad\"}", "permanent", true);
    expect_one(NO_BODY("503 Busy"), "temporary", true);
    /* no rule fits */
    expect_one(HEAD("200 OK", "18") "{\"status\":\"other\"}", "in_doubt", true);
    expect_one(NO_BODY("204 No Content"), "in_doubt", true);
    expect_one(NO_BODY("500 Oops"), "in_doubt", true);
    expect_one(NO_BODY("502 Bad Gateway"), "in_doubt", true);
    expect_one(NO_BODY("400 Bad Request"), "policy", true);
    expect_one(NO_BODY("404 Not Found"), "policy", true);
    expect_one(NO_BODY("408 Request Timeout"), "temporary", true);
    expect_one(NO_BODY("429 Too Many"), "temporary", true);
    /* ours: the session breaks, and the message is nobody's loss */
    expect_one(NO_BODY("401 Unauthorized"), "not_sent", false);
    expect_one(NO_BODY("403 Forbidden"), "not_sent", false);
}

static void test_redirects_are_not_followed(void **state)
{
    (void)state;
    expect_one("HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n", "in_doubt", true);
    expect_one("HTTP/1.1 303 See Other\r\nLocation: file:///etc/passwd\r\nContent-Length: 0\r\n\r\n", "in_doubt", true);
    expect_one("HTTP/1.1 307 Temporary\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n", "not_sent", false);
}

static void test_unbelievable_answers(void **state)
{
    (void)state;
    expect_one("!close", "in_doubt", true);
    expect_one("!reset", "in_doubt", true);
    expect_one("!silent", "in_doubt", true);
    expect_one("!then-close " HEAD("200 OK", "999") "{\"status\":\"ok\"", "in_doubt", true);
    expect_one("!then-close garbage that is no HTTP\r\n\r\n", "in_doubt", true);
    expect_one("!endless HTTP/1.1 200 OK\r\n\r\n{\"status\":\"ok\"}", "in_doubt", true);
    expect_one("!endless HTTP/1.1 200 OK\r\nX-Long: ", "in_doubt", true);
    expect_one(HEAD("200 OK", "15") "{\"status\":\"ok\",", "in_doubt", true);
    expect_one(HEAD("200 OK", "14") "{\"status\":\"ok\"", "in_doubt", true);
}

static void test_deep_json(void **state)
{
    g_autoptr(GString) body = g_string_new("{\"status\":\"ok\",\"x\":");
    g_autofree char *answer = NULL;

    (void)state;
    for (int i = 0; i < 500; i++)
        g_string_append_c(body, '[');
    for (int i = 0; i < 500; i++)
        g_string_append_c(body, ']');
    g_string_append_c(body, '}');
    answer = g_strdup_printf("HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n%s", body->len, body->str);
    expect_one(answer, "in_doubt", true);
}

/* A provider that closes a connection that was to stay open: libcurl itself would send the request once more. */
static void test_never_twice(void **state)
{
    static const char *const answers[] = {OK_ONE, "!close", OK_ONE, "!reset", OK_ONE, NULL};
    Bench bench;

    (void)state;
    begin(&bench, plain, answers, 5);
    assert_true(run(&bench));
    assert_results(&bench, "accepted in_doubt accepted in_doubt accepted");
    assert_int_equal(http_script_requests(bench.script), 5);
    for (int i = 0; i < 5; i++) {
        g_autofree char *id = g_strdup_printf("abcdefghijklmnopqrstuv%04d", i);

        assert_int_equal(http_script_times(bench.script, id), 1);
    }
    end(&bench);
}

/* The same with a body that is too long for one write, to one URL, so that the handle is told nothing new. */
static void test_never_twice_at_length(void **state)
{
    static const char *const answers[] = {OK_ONE, OK_ONE, "!close", OK_ONE, OK_ONE, "!reset", OK_ONE, NULL};
    g_autofree char *text = g_strnfill(300000, 'x');
    ChannelField long_fields[7][2] = {{{NULL, NULL}}};
    g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
    Bench bench;

    (void)state;
    begin(&bench, steady, answers, 7);
    for (size_t i = 0; i < 7; i++) {
        g_ptr_array_add(texts, g_strdup_printf("[%zu]%s", i, text));
        long_fields[i][0] = (ChannelField){"text", g_ptr_array_index(texts, i)};
        bench.box->messages[i].fields = long_fields[i];
    }
    assert_true(run(&bench));
    assert_results(&bench, "accepted accepted in_doubt accepted accepted in_doubt accepted");
    assert_int_equal(http_script_requests(bench.script), 7);
    for (int i = 0; i < 7; i++) {
        g_autofree char *mark = g_strdup_printf("[%d]", i);

        assert_int_equal(http_script_times(bench.script, mark), 1);
        assert_true(g_str_has_suffix(http_script_request(bench.script, i), "x\"}"));
    }
    end(&bench);
}

static void assert_request(Bench *bench, int i, const char *line, const char *words)
{
    const char *request = http_script_request(bench->script, i);

    assert_non_null(request);
    if (!g_str_has_prefix(request, line) || !strstr(request, words))
        fail_msg("request %d: %s", i, request);
}

/* One handle, and each time another URL, header, method and body: nothing of the one before is left. */
static void test_handle_is_told_what_changed(void **state)
{
    static const char *const answers[] = {OK_ONE, OK_ONE, OK_ONE, HEAD("200 OK", "16") "{\"state\":\"sent\"}",
                                          OK_ONE, NULL};
    static const ChannelField others[] = {{"text", "b"}, {"number", "2"}, {NULL, NULL}};
    Bench bench;
    ChannelCalls calls;

    (void)state;
    begin(&bench, plain, answers, 3);
    bench.box->messages[1].fields = others;
    assert_true(run(&bench));
    assert_request(&bench, 0, "POST /send/abcdefghijklmnopqrstuv0000?", "\r\nX-Number: 1234 5678 9012 3456\r\n");
    assert_request(&bench, 1, "POST /send/abcdefghijklmnopqrstuv0001?", "\r\nX-Number: 2\r\n");
    assert_request(&bench, 1, "POST ", "{\"to\":\"person1@example.org\",\"text\":\"b\"}");
    assert_request(&bench, 2, "POST /send/abcdefghijklmnopqrstuv0002?", "\r\nX-Number: 1234 5678 9012 3456\r\n");
    box_free(bench.box);
    bench.box = box_new(1, 0);
    calls = box_calls(bench.box);
    calls.state = &bench.state;
    assert_true(http_engine()->look_up(bench.gateway, &calls, &bench.error));
    assert_request(&bench, 3, "GET /state/abcdefghijklmnopqrstuv0000 HTTP/1.1\r\n", "\r\n\r\n");
    assert_null(strstr(http_script_request(bench.script, 3), "Content-Length"));
    assert_null(strstr(http_script_request(bench.script, 3), "X-Number"));
    box_free(bench.box);
    bench.box = box_new(1, 0);
    bench.box->messages[0].fields = others;
    assert_true(run(&bench));
    assert_request(&bench, 4, "POST /send/abcdefghijklmnopqrstuv0000?", "\r\nX-Number: 2\r\n");
    assert_request(&bench, 4, "POST ", "{\"to\":\"person0@example.org\",\"text\":\"b\"}");
    end(&bench);
}

/* The connection ends behind an answer that promised more: the next message begins on a new one, and is sent once. */
static void test_closed_keep_alive(void **state)
{
    static const char *const answers[] = {"!then-close " OK_ONE, NULL};
    Bench bench;

    (void)state;
    begin(&bench, plain, answers, 20);
    run(&bench);
    for (size_t i = 0; i < 20; i++) {
        g_autofree char *id = g_strdup_printf("abcdefghijklmnopqrstuv%04zu", i);

        assert_true(bench.box->outcomes[i].result == CHANNEL_ACCEPTED ||
                    bench.box->outcomes[i].result == CHANNEL_IN_DOUBT);
        assert_true(http_script_times(bench.script, id) <= 1);
        if (bench.box->outcomes[i].result == CHANNEL_ACCEPTED)
            assert_int_equal(http_script_times(bench.script, id), 1);
    }
    end(&bench);
}

static void expect_retry_after(const char *value, int64_t allowed, int64_t least, int64_t most)
{
    g_autofree char *answer =
        g_strdup_printf("HTTP/1.1 429 Too Many\r\nRetry-After: %s\r\nContent-Length: 0\r\n\r\n", value);
    const char *answers[] = {answer, NULL};
    Bench bench;

    begin(&bench, plain, answers, 1);
    bench.gateway->http->limits.retry_after_max = allowed;
    assert_true(run(&bench));
    assert_results(&bench, "temporary");
    assert_true(bench.box->outcomes[0].is_load);
    assert_in_range(bench.box->outcomes[0].retry_after, least, most);
    end(&bench);
}

static void test_retry_after(void **state)
{
    g_autoptr(GDateTime) now = g_date_time_new_now_utc();
    g_autoptr(GDateTime) later = g_date_time_add_seconds(now, 1000);
    g_autofree char *date = g_date_time_format(later, "%a, %d %b %Y %H:%M:%S GMT");

    (void)state;
    expect_retry_after("7", CLOCK_HOUR, 7000, 7000);
    expect_retry_after(date, CLOCK_HOUR, 800 * 1000, 1001 * 1000);
    expect_retry_after("999999999", CLOCK_HOUR, CLOCK_HOUR, CLOCK_HOUR);
    expect_retry_after("Fri, 31 Dec 2999 23:59:59 GMT", CLOCK_HOUR, CLOCK_HOUR, CLOCK_HOUR);
    expect_retry_after("20000", CLOCK_DAY, 20000 * 1000, 20000 * 1000);
    expect_retry_after("999999999", CLOCK_DAY, CLOCK_DAY, CLOCK_DAY);
    expect_retry_after("-5", CLOCK_HOUR, 0, 0);
    expect_retry_after("soon", CLOCK_HOUR, 0, 0);
    expect_retry_after("Mon, 01 Jan 1990 00:00:00 GMT", CLOCK_HOUR, 0, 0);
}

/* A rule says "temporary" of 503, and the provider says how long it is away: that is about everybody. */
static void test_unavailable(void **state)
{
    static const char *const answers[] = {"HTTP/1.1 503 Away\r\nRetry-After: 30\r\nContent-Length: 0\r\n\r\n",
                                          NO_BODY("503 Away"), NULL};
    Bench bench;

    (void)state;
    begin(&bench, plain, answers, 2);
    assert_true(run(&bench));
    assert_results(&bench, "temporary temporary");
    assert_true(bench.box->outcomes[0].is_load);
    assert_int_equal(bench.box->outcomes[0].retry_after, 30000);
    assert_false(bench.box->outcomes[1].is_load);
    end(&bench);
}

static void test_batch(void **state)
{
    static const char body[] = "{\"results\":[{\"to\":\"person2@example.org\",\"code\":\"1\",\"sid\":\"c\"},"
                               "{\"to\":\"person0@example.org\",\"code\":\"0\",\"sid\":\"a\"}]}";
    static const char second[] = "{\"results\":[{\"to\":\"person3@example.org\",\"code\":\"2\"}]}";
    g_autofree char *first_answer =
        g_strdup_printf("HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n%s", strlen(body), body);
    g_autofree char *second_answer =
        g_strdup_printf("HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n%s", strlen(second), second);
    const char *answers[] = {first_answer, second_answer, "!close", NULL};
    Bench bench;

    (void)state;
    begin(&bench, batched, answers, 6);
    bench.box->messages[4].text_no = bench.box->messages[5].text_no = 2; /* another text: not in the same request */
    assert_true(run(&bench));
    assert_results(&bench, "accepted in_doubt permanent temporary in_doubt in_doubt");
    assert_string_equal(bench.box->outcomes[0].provider_id, "a");
    assert_true(bench.box->outcomes[3].is_load);
    assert_int_equal(http_script_requests(bench.script), 3);
    for (size_t i = 0; i < 6; i++)
        assert_true(bench.box->handed[i]);
    end(&bench);
}

/* Two people at one number: the provider's word about the one is not its word about the other. */
static void test_batch_of_one_number(void **state)
{
    static const char *const answers[] = {
        HEAD("200 OK", "63") "{\"results\":[{\"to\":\"person0@example.org\",\"code\":\"0\",\"sid\":\"a\"}]}",
        HEAD("200 OK", "63") "{\"results\":[{\"to\":\"person0@example.org\",\"code\":\"1\",\"sid\":\"b\"}]}", NULL};
    Bench bench;

    (void)state;
    begin(&bench, batched, answers, 2);
    g_free((char *)bench.box->messages[1].recipient);
    bench.box->messages[1].recipient = g_strdup("PERSON0@example.org");
    assert_true(run(&bench));
    assert_results(&bench, "accepted permanent");
    assert_string_equal(bench.box->outcomes[1].provider_id, "b");
    assert_int_equal(http_script_requests(bench.script), 2);
    end(&bench);
}

/* What is wrong with one message of a batch is not wrong with the others. */
static void test_unfit_in_a_batch(void **state)
{
    static const char body[] = "{\"results\":[{\"to\":\"person1@example.org\",\"code\":\"0\"}]}";
    static const ChannelField wide[] = {{"text", "Dear Somebody with a very long name"}, {NULL, NULL}};
    static const ChannelField narrow[] = {{"text", "Dear A"}, {NULL, NULL}};
    g_autofree char *answer = g_strdup_printf("HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n%s", strlen(body), body);
    const char *answers[] = {answer, NULL};
    Bench bench;

    (void)state;
    begin(&bench, batched, answers, 3);
    bench.gateway->http->limits.text_max = 20;
    for (size_t i = 0; i < 3; i++)
        bench.box->messages[i].fields = i == 1 ? narrow : wide;
    assert_true(run(&bench));
    assert_results(&bench, "unfit accepted unfit");
    assert_int_equal(http_script_requests(bench.script), 1);
    assert_false(bench.box->handed[0]);
    assert_true(bench.box->handed[1]);
    end(&bench);
}

/* One slot that cannot be written, and nothing of the whole request may leave. */
static void test_not_noted(void **state)
{
    static const char *const answers[] = {OK_ONE, NULL};
    Bench bench;

    (void)state;
    begin(&bench, batched, answers, 3);
    bench.box->refuse = 1;
    assert_false(run(&bench));
    assert_results(&bench, "not_sent not_sent not_sent");
    assert_int_equal(http_script_requests(bench.script), 0);
    assert_true(bench.box->handed[0]);
    assert_false(bench.box->handed[2]);
    end(&bench);
}

static void test_refused_connection(void **state)
{
    static const char *const answers[] = {OK_ONE, NULL};
    Bench bench;

    (void)state;
    begin(&bench, plain, answers, 4);
    http_script_stop(bench.script);
    assert_false(run(&bench));
    assert_int_equal(bench.error->code, BREACH_ERROR_TEMPORARY);
    assert_results(&bench, "not_sent - - -");
    assert_false(bench.box->handed[0]);
    end(&bench);
}

/* Tokens -------------------------------------------------------------------------------------------------------- */

#define GIVES(length, token) HEAD("200 OK", length) "{\"access_token\":\"" token "\",\"expires_in\":3600}"

static void begin_with_token(Bench *bench, const char *const *answers, size_t messages)
{
    static const char auth[] = "auth: {type: oauth2-client, user: \"a b\", secret: \"env:BREACH_TEST_TOKEN_SECRET\", "
                               "token_url: \"%s/token\", token_style: form, scope: \"sms send\"}\n";
    g_autofree char *text = g_strconcat(plain, auth, NULL);

    g_setenv("BREACH_TEST_TOKEN_SECRET", "geheim&", TRUE);
    begin(bench, text, answers, messages);
}

/* One token for all messages, and a new one when the provider takes the old one no more: RFC 6749 4.4, 6750 2.1. */
static void test_token(void **state)
{
    static const char *const answers[] = {GIVES("42", "first"),  OK_ONE, NO_BODY("401 Unauthorized"),
                                          GIVES("43", "second"), OK_ONE, NULL};
    Bench bench;

    (void)state;
    begin_with_token(&bench, answers, 3);
    assert_false(run(&bench));
    assert_int_equal(bench.error->code, BREACH_ERROR_CONFIG);
    assert_results(&bench, "accepted not_sent -");
    g_clear_error(&bench.error);
    box_free(bench.box);
    bench.box = box_new(1, 0);
    bench.box->messages[0].fields = fields;
    assert_true(run(&bench));
    assert_results(&bench, "accepted");
    assert_int_equal(http_script_requests(bench.script), 5);
    assert_true(g_str_has_prefix(http_script_request(bench.script, 0), "POST /token HTTP/1.1\r\n"));
    assert_non_null(strstr(http_script_request(bench.script, 0),
                           "\r\n\r\ngrant_type=client_credentials&scope=sms%20send&client_id=a%20b&"
                           "client_secret=geheim%26"));
    assert_int_equal(http_script_times(bench.script, "geheim"), 2); /* only where tokens are asked for */
    assert_int_equal(http_script_times(bench.script, "\r\nAuthorization: Bearer first\r\n"), 2);
    assert_non_null(strstr(http_script_request(bench.script, 4), "\r\nAuthorization: Bearer second\r\n"));
    assert_int_equal(http_script_connections(bench.script), 1);
    end(&bench);
}

/* Without a token nothing leaves, and nothing is held against the message. */
static void test_token_is_refused(void **state)
{
    static const struct {
        const char *answer;
        int code;
    } rows[] = {
        {HEAD("401 Unauthorized", "48") "{\"error\":\"invalid_client\",\"access_token\":\"none\"}",
         BREACH_ERROR_CONFIG},
        {NO_BODY("503 Busy"), BREACH_ERROR_TEMPORARY},
        {HEAD("200 OK", "9") "no JSON {", BREACH_ERROR_TEMPORARY},
        {"!close", BREACH_ERROR_TEMPORARY},
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        const char *const answers[] = {rows[i].answer, NULL};
        Bench bench;

        begin_with_token(&bench, answers, 2);
        assert_false(run(&bench));
        assert_int_equal(bench.error->code, rows[i].code);
        assert_null(strstr(bench.error->message, "geheim"));
        assert_results(&bench, "not_sent -");
        assert_false(bench.box->handed[0]);
        assert_int_equal(http_script_requests(bench.script), 1);
        end(&bench);
    }
}

/* What stands in the request is checked before anything leaves. */
static void test_unfit(void **state)
{
    static const char *const answers[] = {OK_ONE, NULL};
    static const ChannelField broken[] = {{"text", "x"}, {"number", "1\r\nX-Evil: yes"}, {NULL, NULL}};
    Bench bench;

    (void)state;
    begin(&bench, plain, answers, 3);
    bench.box->messages[1].fields = broken;
    assert_true(run(&bench));
    assert_results(&bench, "accepted unfit accepted");
    assert_int_equal(http_script_requests(bench.script), 2);
    assert_false(bench.box->handed[1]);
    end(&bench);
}

static void test_look_up(void **state)
{
    static const char *const answers[] = {HEAD("200 OK", "16") "{\"state\":\"sent\"}",
                                          HEAD("200 OK", "19") "{\"state\":\"arrived\"}",
                                          NO_BODY("404 Not Found"),
                                          NO_BODY("500 Oops"),
                                          "!close",
                                          "!then-close " HEAD("200 OK", "99") "{",
                                          NULL};
    static const ChannelFate fates[] = {CHANNEL_FATE_ACCEPTED, CHANNEL_FATE_DELIVERED, CHANNEL_FATE_NOT_FOUND,
                                        CHANNEL_FATE_UNKNOWN,  CHANNEL_FATE_UNKNOWN,   CHANNEL_FATE_UNKNOWN};
    ChannelCalls calls;
    Bench bench;

    (void)state;
    begin(&bench, plain, answers, 6);
    calls = box_calls(bench.box);
    calls.state = &bench.state;
    assert_true(http_engine()->look_up(bench.gateway, &calls, &bench.error));
    assert_results(&bench, "looked_up looked_up looked_up looked_up looked_up looked_up");
    for (size_t i = 0; i < 6; i++) {
        assert_int_equal(bench.box->outcomes[i].fate, fates[i]);
        assert_false(bench.box->handed[i]);
    }
    assert_int_equal(http_script_requests(bench.script), 6);
    assert_int_equal(http_script_times(bench.script, "GET /state/abcdefghijklmnopqrstuv0003 "), 1);
    end(&bench);
}

/* TLS ----------------------------------------------------------------------------------------------------------- */

static void expect_tls(const char *names, int days, bool is_trusted, const char *result)
{
    static const char *const answers[] = {OK_ONE, NULL};
    g_autoptr(ScriptPki) pki = script_pki_new();
    SSL_CTX *server = script_pki_server(pki, names, days);
    g_autofree char *origin = NULL;
    Bench bench = {.script = http_script_new(answers, server)};

    origin = g_strdup_printf("https://localhost:%d", http_script_port(bench.script));
    begin_at(&bench, plain, origin, 1);
    g_free(bench.gateway->ca_file);
    bench.gateway->ca_file = is_trusted ? g_strdup(script_pki_ca_file(pki)) : NULL;
    assert_int_equal(run(&bench), strcmp(result, "accepted") == 0);
    assert_results(&bench, result);
    if (strcmp(result, "accepted") != 0) {
        assert_int_equal(bench.error->code, BREACH_ERROR_CONFIG);
        assert_int_equal(http_script_requests(bench.script), 0);
        assert_false(bench.box->handed[0]);
    }
    end(&bench);
    SSL_CTX_free(server);
}

static void test_tls(void **state)
{
    (void)state;
    expect_tls("DNS:localhost", 1, true, "accepted");
    expect_tls("DNS:other.example", 1, true, "not_sent");
    expect_tls("DNS:localhost", -1, true, "not_sent");
    expect_tls("DNS:localhost", 1, false, "not_sent");
}

/* Proxies of the environment would see every request to a provider without TLS, and decide where it goes. */
static void test_proxies_are_ignored(void **state)
{
    static const char *const names[] = {"http_proxy", "HTTP_PROXY", "https_proxy", "all_proxy", "ALL_PROXY"};
    static const char *const answers[] = {OK_ONE, NULL};
    Bench bench;

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        g_setenv(names[i], "http://127.0.0.1:1", TRUE);
    begin(&bench, plain, answers, 1);
    assert_true(run(&bench));
    assert_results(&bench, "accepted");
    end(&bench);
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        g_unsetenv(names[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sent),
        cmocka_unit_test(test_connection_is_used_again),
        cmocka_unit_test(test_answers),
        cmocka_unit_test(test_redirects_are_not_followed),
        cmocka_unit_test(test_unbelievable_answers),
        cmocka_unit_test(test_deep_json),
        cmocka_unit_test(test_never_twice),
        cmocka_unit_test(test_never_twice_at_length),
        cmocka_unit_test(test_handle_is_told_what_changed),
        cmocka_unit_test(test_closed_keep_alive),
        cmocka_unit_test(test_retry_after),
        cmocka_unit_test(test_unavailable),
        cmocka_unit_test(test_batch),
        cmocka_unit_test(test_batch_of_one_number),
        cmocka_unit_test(test_unfit_in_a_batch),
        cmocka_unit_test(test_not_noted),
        cmocka_unit_test(test_refused_connection),
        cmocka_unit_test(test_token),
        cmocka_unit_test(test_token_is_refused),
        cmocka_unit_test(test_unfit),
        cmocka_unit_test(test_look_up),
        cmocka_unit_test(test_tls),
        cmocka_unit_test(test_proxies_are_ignored),
    };

    return cmocka_run_group_tests_name("http engine", tests, NULL, NULL);
}
