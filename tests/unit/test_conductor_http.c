/* The whole of dispatch against a provider over HTTP that answers by script, beside a relay. */
#include "conductor_bench.h"
#include "load_expect.h"

#include <string.h>

#include "channel/http_engine.h"
#include "dispatch/poll.h"
#include "http_script.h"
#include "ledger/inbox.h"
#include "load/load_gateway.h"

#define HEAD(status, length) "HTTP/1.1 " status "\r\nContent-Length: " length "\r\n\r\n"
#define ACCEPTED             HEAD("200 OK", "15") "{\"status\":\"ok\"}"
#define SENT                 HEAD("200 OK", "16") "{\"state\":\"sent\"}"
#define NO_BODY(status)      HEAD(status, "0")

static const char plain[] = "version: 1\n"
                            "name: sms\n"
                            "kind: http\n"
                            "sends: sms\n"
                            "request:\n"
                            "  method: POST\n"
                            "  url: \"http://127.0.0.1:%d/send\"\n"
                            "  json: {to: \"{{endpoint}}\", id: \"{{id}}\", text: \"{{text}}\"}\n"
                            "answer:\n"
                            "  rules: [{status: 200, at: /status, is: ok, means: accepted}]\n"
                            "lookup:\n"
                            "  request: {method: GET, url: \"http://127.0.0.1:%d/state/{{id}}\"}\n"
                            "  answer:\n"
                            "    rules:\n"
                            "      - {status: 404, means: not-found}\n"
                            "      - {status: 200, at: /state, is: sent, means: accepted}\n"
                            "in_doubt: query\n"
                            "connections: 1\n";

typedef struct Http {
    Bench *bench;
    HttpScript *script;
} Http;

/* One that has to be asked what became of what it accepted. */
static const char polling[] = "version: 1\n"
                              "name: sms\n"
                              "kind: http\n"
                              "sends: sms\n"
                              "request:\n"
                              "  method: POST\n"
                              "  url: \"http://127.0.0.1:%d/send\"\n"
                              "  json: {to: \"{{endpoint}}\", text: \"{{text}}\"}\n"
                              "answer:\n"
                              "  rules: [{status: 200, means: accepted}]\n"
                              "  provider_id: /sid\n"
                              "lookup:\n"
                              "  polls: true\n"
                              "  interval: PT10M\n"
                              "  request: {method: GET, url: \"http://127.0.0.1:%d/report/{{provider_id}}\"}\n"
                              "  answer:\n"
                              "    rules:\n"
                              "      - {status: 200, at: /state, is: arrived, means: delivered}\n"
                              "      - {status: 200, at: /state, is: absent, means: bounced}\n"
                              "      - {status: 200, at: /state, is: gone, means: failed}\n"
                              "      - {status: 200, at: /state, is: moving, means: accepted}\n"
                              "in_doubt: hold\n"
                              "connections: 1\n";

static Gateway *load(const char *provider, int port)
{
    char *folder = expect_folder();
    g_autofree char *number = g_strdup_printf("%d", port);
    g_autoptr(GString) text = g_string_new(provider);
    g_autofree char *path = NULL;
    g_autoptr(Findings) findings = findings_new();
    Gateway *gateway;

    g_string_replace(text, "%d", number, 0);
    path = expect_text(folder, "sms.yaml", text->str);
    gateway = load_gateway_file(path, NULL, findings);
    expect_findings(findings, NULL, 0);
    expect_remove(folder);
    assert_non_null(gateway);
    return gateway;
}

static Http begin_at(void **state, const char *provider, const char *const *answers, const char *spec)
{
    Http http = {.bench = *state, .script = http_script_new(answers, NULL)};

    gateway_free(http.bench->sms);
    http.bench->sms = load(provider, http_script_port(http.script));
    http.bench->sms_engine = http_engine();
    bench_plan(http.bench, spec);
    return http;
}

static Http begin(void **state, const char *const *answers, const char *spec)
{
    return begin_at(state, plain, answers, spec);
}

static void end(Http *http)
{
    http_script_free(http->script);
}

static int posts(const Http *http)
{
    return http_script_times(http->script, "POST /send ");
}

static void test_all_are_told_once(void **state)
{
    static const char *const answers[] = {ACCEPTED, NULL};
    Http http = begin(state, answers, "+a:300 a:50");

    http.bench->sms->connections = 8;
    bench_run_to(http.bench, CONDUCTOR_DONE);
    bench_assert_messages(http.bench, MESSAGE_ACCEPTED, 350);
    assert_int_equal(posts(&http), 300);
    for (int i = 1; i <= 300; i++) {
        g_autofree char *endpoint = g_strdup_printf("\"+a-%d@x.example\"", i);

        assert_int_equal(http_script_times(http.script, endpoint), 1);
    }
    assert_true(http_script_connections(http.script) <= 8);
    end(&http);
}

/* A gateway gets what its request names, and nothing else of anybody. */
static void test_only_what_is_named(void **state)
{
    static const char *const answers[] = {ACCEPTED, NULL};
    Http http = begin(state, answers, "+a:1");

    bench_run_to(http.bench, CONDUCTOR_DONE);
    assert_int_equal(http_script_times(http.script, "name"), 0);
    assert_int_equal(http_script_times(http.script, "u1"), 0);
    end(&http);
}

static void test_lost_answer_is_held(void **state)
{
    static const char *const answers[] = {ACCEPTED, "!close", ACCEPTED, NULL};
    Http http = begin(state, answers, "+a:4");

    http.bench->sms->in_doubt = GATEWAY_DOUBT_HOLD;
    bench_run_to(http.bench, CONDUCTOR_DONE);
    bench_assert_messages(http.bench, MESSAGE_ACCEPTED, 3);
    bench_assert_messages(http.bench, MESSAGE_IN_DOUBT, 1);
    assert_int_equal(fixture_counts(http.bench->fixture).held, 1);
    assert_int_equal(posts(&http), 4);
    bench_run_to(http.bench, CONDUCTOR_DONE);
    assert_int_equal(posts(&http), 4);
    end(&http);
}

static void test_lost_answer_is_sent_again(void **state)
{
    static const char *const answers[] = {"!close", ACCEPTED, NULL};
    Http http = begin(state, answers, "+a:1");

    http.bench->sms->in_doubt = GATEWAY_DOUBT_RESEND;
    bench_run_to(http.bench, CONDUCTOR_DONE);
    bench_assert_messages(http.bench, MESSAGE_ACCEPTED, 1);
    assert_int_equal(posts(&http), 2);
    assert_int_equal(fixture_counts(http.bench->fixture).resent_in_doubt, 1);
    end(&http);
}

/* An idempotency key that the provider has forgotten protects nobody. */
static void test_forgotten_key(void **state)
{
    static const char *const answers[] = {"!close", ACCEPTED, NULL};
    Http http = begin(state, answers, "+a:1");

    http.bench->sms->in_doubt = GATEWAY_DOUBT_RESEND;
    http.bench->sms->http->idempotency.is_there = true;
    http.bench->sms->http->idempotency.valid = 0;
    bench_run_to(http.bench, CONDUCTOR_DONE);
    assert_int_equal(fixture_counts(http.bench->fixture).held, 1);
    assert_int_equal(posts(&http), 1);
    end(&http);
}

/* The doubt comes while the key is valid, and its turn when the provider has forgotten it: after a night, a hold, a
 * quota, or a restart. What had been put off meanwhile is no better. */
static void expect_held_too_late(void **state, const char *const *answers, int expected)
{
    Http http = begin(state, answers, "+a:1");

    http.bench->sms->in_doubt = GATEWAY_DOUBT_RESEND;
    http.bench->sms->http->idempotency.is_there = true;
    http.bench->sms->http->idempotency.valid = 10 * CLOCK_MINUTE;
    http.bench->sms->quota = expected;
    http.bench->sms->connections = 2; /* one doubt alone makes no pause */
    http.bench->patience = 0;
    http.bench->speed = 1;
    bench_run_to(http.bench, CONDUCTOR_WAITING);
    assert_int_equal(posts(&http), expected);
    http.bench->fixture->now += CLOCK_DAY;
    bench_run_to(http.bench, CONDUCTOR_DONE);
    assert_int_equal(posts(&http), expected);
    assert_int_equal(fixture_counts(http.bench->fixture).held, 1);
    assert_int_equal(fixture_counts(http.bench->fixture).resent_in_doubt, expected - 1);
    bench_assert_messages(http.bench, MESSAGE_IN_DOUBT, 1);
    bench_run_to(http.bench, CONDUCTOR_DONE);
    assert_int_equal(posts(&http), expected);
    end(&http);
}

static void test_key_ends_before_the_resend(void **state)
{
    static const char *const once[] = {"!close", ACCEPTED, NULL};

    expect_held_too_late(state, once, 1);
}

static void test_key_ends_while_put_off(void **state)
{
    static const char *const answers[] = {"!close", NO_BODY("408 Request Timeout"), ACCEPTED, NULL};

    expect_held_too_late(state, answers, 2);
}

/* Look-ups ------------------------------------------------------------------------------------------------------ */

static void test_look_up_finds_it(void **state)
{
    static const char *const answers[] = {"!close", SENT, NULL};
    Http http = begin(state, answers, "+a:1");

    bench_run_to(http.bench, CONDUCTOR_DONE);
    bench_assert_state(http.bench, "+a-1@x.example", MESSAGE_ACCEPTED, 1);
    assert_true(bench_history(http.bench, "+a-1@x.example").was_in_doubt);
    assert_int_equal(posts(&http), 1);
    assert_int_equal(fixture_counts(http.bench->fixture).resent_in_doubt, 0);
    assert_true(clock_now(&http.bench->clock) - bench_history(http.bench, "+a-1@x.example").first_at >=
                http.bench->sms->lookup_after);
    end(&http);
}

/* The provider never got it: as if nothing had left, and no second copy. */
static void test_look_up_finds_nothing(void **state)
{
    static const char *const answers[] = {"!close", NO_BODY("404 Not Found"), ACCEPTED, NULL};
    Http http = begin(state, answers, "+a:1");

    bench_run_to(http.bench, CONDUCTOR_DONE);
    bench_assert_state(http.bench, "+a-1@x.example", MESSAGE_ACCEPTED, 2);
    assert_int_equal(posts(&http), 2);
    assert_int_equal(fixture_counts(http.bench->fixture).resent_in_doubt, 0);
    end(&http);
}

/* The provider knows a message by the day on which it took it. A second attempt was not made on the first one's day, so
 * that "not found" there is no reason to send a third. */
static void test_look_up_by_day(void **state)
{
    static const char *const answers[] = {NO_BODY("408 Request Timeout"), "!close", NO_BODY("404 Not Found"), NULL};
    g_autofree char *by_day = NULL;
    g_auto(GStrv) parts = g_strsplit(plain, "/state/", 2);
    Http http;

    by_day = g_strjoinv("/state/{{sent_day}}/", parts);
    http = begin_at(state, by_day, answers, "+a:1");
    http.bench->sms->connections = 2; /* one doubt alone makes no pause */
    http.bench->patience = 0;
    http.bench->speed = 1;
    bench_run_to(http.bench, CONDUCTOR_WAITING);
    http.bench->fixture->now += CLOCK_DAY;
    bench_run_to(http.bench, CONDUCTOR_WAITING);
    assert_int_equal(posts(&http), 2);
    for (int i = 0; i < 3; i++) {
        http.bench->fixture->now += CLOCK_HOUR;
        bench_run_to(http.bench, CONDUCTOR_WAITING);
    }
    assert_int_equal(posts(&http), 2);
    assert_int_equal(http_script_times(http.script, "GET /state/2"), 3);
    bench_assert_messages(http.bench, MESSAGE_IN_DOUBT, 1);
    http.bench->fixture->now += 3 * CLOCK_DAY;
    bench_run_to(http.bench, CONDUCTOR_DONE);
    assert_int_equal(posts(&http), 2);
    assert_int_equal(fixture_counts(http.bench->fixture).held, 1);
    end(&http);
}

static void test_look_up_asks_again(void **state)
{
    static const char *const answers[] = {"!close", NO_BODY("500 Oops"), "!close", NO_BODY("429 Slow"), SENT, NULL};
    Http http = begin(state, answers, "+a:1");

    bench_run_to(http.bench, CONDUCTOR_DONE);
    bench_assert_state(http.bench, "+a-1@x.example", MESSAGE_ACCEPTED, 1);
    assert_int_equal(posts(&http), 1);
    assert_int_equal(http_script_requests(http.script), 5);
    end(&http);
}

/* Nobody says what became of it: in the end a person decides. */
static void test_look_up_gives_up(void **state)
{
    static const char *const answers[] = {"!close", NO_BODY("500 Oops"), NULL};
    Http http = begin(state, answers, "+a:1");

    http.bench->sms->give_up = CLOCK_DAY;
    http.bench->speed = 1;
    http.bench->patience = 0;
    bench_run_to(http.bench, CONDUCTOR_WAITING);
    assert_int_equal(http_script_requests(http.script), 1);
    http.bench->fixture->now += http.bench->sms->lookup_after + CLOCK_MINUTE;
    bench_run_to(http.bench, CONDUCTOR_WAITING);
    assert_int_equal(http_script_requests(http.script), 2);
    assert_int_equal(fixture_counts(http.bench->fixture).held, 0);
    http.bench->fixture->now += CLOCK_DAY;
    bench_run_to(http.bench, CONDUCTOR_DONE);
    bench_assert_state(http.bench, "+a-1@x.example", MESSAGE_IN_DOUBT, 1);
    assert_int_equal(fixture_counts(http.bench->fixture).held, 1);
    assert_int_equal(http_script_requests(http.script), 3);
    assert_int_equal(posts(&http), 1);
    end(&http);
}

/* Trouble ------------------------------------------------------------------------------------------------------- */

static void test_throttled(void **state)
{
    static const char *const answers[] = {ACCEPTED, "HTTP/1.1 429 Slow\r\nRetry-After: 60\r\nContent-Length: 0\r\n\r\n",
                                          ACCEPTED, NULL};
    Http http = begin(state, answers, "+a:20");

    bench_run_to(http.bench, CONDUCTOR_DONE);
    bench_assert_messages(http.bench, MESSAGE_ACCEPTED, 20);
    assert_int_equal(posts(&http), 21);
    end(&http);
}

/* A key that is refused is our own trouble: the gateway rests, everybody waits, and nobody has failed. */
static void test_account(void **state)
{
    static const char *const answers[] = {NO_BODY("401 Unauthorized"), NO_BODY("403 Forbidden"), ACCEPTED, NULL};
    Http http = begin(state, answers, "+a:10 a:10");

    bench_run_to(http.bench, CONDUCTOR_DONE);
    bench_assert_messages(http.bench, MESSAGE_ACCEPTED, 20);
    bench_assert_messages(http.bench, MESSAGE_FAILED, 0);
    assert_non_null(http.bench->trouble);
    assert_non_null(strstr(http.bench->trouble, "sms"));
    assert_int_equal(posts(&http), 12);
    end(&http);
}

typedef struct Seen {
    int mails, texts;
} Seen;

static Seen seen;

/* How many text messages had gone when the last mail had; that is all that was to be seen. */
static void look_at_both(Bench *bench, const ConductorProgress *progress)
{
    FakeRelay *relay = fake_relay("relay");

    (void)progress;
    fake_look();
    seen.mails = (int)g_hash_table_size(relay->taken);
    fake_unlook();
    seen.texts = (int)bench_number(bench, "SELECT count(*) FROM message WHERE state = 2 AND endpoint LIKE '+%'");
    bench->stop = seen.mails == 300;
}

/* Ten text messages at one an hour (seconds of real time): three hundred mails must not wait for them. */
static void test_slow_gateway_slows_no_other(void **state)
{
    static const char *const answers[] = {ACCEPTED, NULL};
    Http http = begin(state, answers, "+a:10 a:300");

    seen = (Seen){0, 0};
    http.bench->sms->rate = 1.0 / 3600;
    http.bench->watch = look_at_both;
    bench_run_to(http.bench, CONDUCTOR_STOPPED);
    assert_int_equal(seen.mails, 300);
    assert_true(seen.texts < 10);
    http.bench->sms->rate = 0;
    http.bench->watch = NULL;
    http.bench->stop = 0;
    bench_run_to(http.bench, CONDUCTOR_DONE);
    bench_assert_messages(http.bench, MESSAGE_ACCEPTED, 310);
    end(&http);
}

/* Four a day: ten messages take three days, also when the run is another one. */
static void test_quota(void **state)
{
    static const char *const answers[] = {ACCEPTED, NULL};
    Http http = begin(state, answers, "+a:10 a:20");

    http.bench->sms->quota = 4;
    http.bench->patience = CLOCK_MINUTE;
    http.bench->speed = 1;
    bench_run_to(http.bench, CONDUCTOR_WAITING);
    assert_int_equal(posts(&http), 4);
    bench_assert_messages(http.bench, MESSAGE_ACCEPTED, 24);
    bench_run_to(http.bench, CONDUCTOR_WAITING);
    assert_int_equal(posts(&http), 4);
    assert_non_null(strstr(http.bench->result.trouble, "quota"));
    http.bench->speed = 100 * BENCH_FAST;
    http.bench->patience = 1000 * CLOCK_DAY;
    bench_run_to(http.bench, CONDUCTOR_DONE);
    assert_int_equal(posts(&http), 10);
    assert_true(clock_now(&http.bench->clock) - bench_history(http.bench, "+a-1@x.example").first_at > CLOCK_DAY);
    end(&http);
}

/* The provider's own hours keep nobody else waiting. */
static void test_quiet_hours(void **state)
{
    static const char *const answers[] = {ACCEPTED, NULL};
    Http http = begin(state, answers, "+a:5 a:20");
    int64_t now = http.bench->fixture->now;
    int minute = (int)(now / CLOCK_MINUTE % (24 * 60));
    QuietHours *hours = g_new0(QuietHours, 1);

    hours->from = (minute + 24 * 60 - 60) % (24 * 60);
    hours->to = (minute + 120) % (24 * 60);
    hours->zone_name = g_strdup("Z");
    hours->zone = g_time_zone_new_utc();
    http.bench->sms->quiet_hours = hours;
    http.bench->patience = CLOCK_MINUTE;
    http.bench->speed = 1;
    bench_run_to(http.bench, CONDUCTOR_WAITING);
    assert_int_equal(posts(&http), 0);
    bench_assert_messages(http.bench, MESSAGE_ACCEPTED, 20);
    http.bench->patience = CLOCK_DAY;
    http.bench->speed = 20 * BENCH_FAST;
    bench_run_to(http.bench, CONDUCTOR_DONE);
    assert_int_equal(posts(&http), 5);
    end(&http);
}

#define REPORT(length, state) HEAD("200 OK", length) "{\"state\":\"" state "\"}"
#define GIVEN(sid)            HEAD("200 OK", "12") "{\"sid\":\"" sid "\"}"

/* Asks as breach track does, and applies what came in. */
static PollResult poll(const Http *http, bool is_well)
{
    Ledger *ledger = http->bench->fixture->ledger;
    g_autoptr(GError) error = NULL;
    PollResult result = {0, 0};
    int applied = 0;

    assert_int_equal(poll_gateway(ledger, http->bench->sms, http_engine(), &http->bench->clock, &result, &error),
                     is_well);
    assert_true(ledger_begin(ledger, NULL));
    assert_true(inbox_apply(ledger, 500, clock_now(&http->bench->clock), &applied, NULL));
    assert_true(ledger_commit(ledger, NULL));
    assert_int_equal(applied, result.settled);
    return result;
}

static void test_polling(void **state)
{
    static const char *const answers[] = {GIVEN("p1"),
                                          GIVEN("p2"),
                                          GIVEN("p3"),
                                          GIVEN("p4"),
                                          REPORT("19", "arrived"),
                                          REPORT("18", "absent"),
                                          REPORT("16", "gone"),
                                          REPORT("18", "moving"),
                                          NO_BODY("401 Unauthorized"),
                                          NULL};
    Http http = begin_at(state, polling, answers, "+a:4");

    http.bench->sms->rate = 0.02; /* one after the other */
    bench_run_to(http.bench, CONDUCTOR_DONE);
    http.bench->sms->http->lookup.interval = 0;
    assert_int_equal(poll(&http, true).settled, 3);
    bench_assert_messages(http.bench, MESSAGE_DELIVERED, 1);
    bench_assert_messages(http.bench, MESSAGE_BOUNCED, 2);
    bench_assert_messages(http.bench, MESSAGE_ACCEPTED, 1);
    assert_int_equal(http_script_times(http.script, "GET /report/p1 "), 1);
    /* only what is not settled is asked about, and a refused key settles nothing */
    assert_int_equal(poll(&http, false).settled, 0);
    assert_int_equal(http_script_times(http.script, "GET /report/"), 5);
    assert_int_equal(http_script_times(http.script, "GET /report/p4 "), 2);
    bench_assert_messages(http.bench, MESSAGE_ACCEPTED, 1);
    http.bench->sms->http->lookup.interval = CLOCK_DAY;
    assert_int_equal(poll(&http, true).asked, 0);
    end(&http);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BENCH_TEST(test_all_are_told_once),
        BENCH_TEST(test_only_what_is_named),
        BENCH_TEST(test_lost_answer_is_held),
        BENCH_TEST(test_lost_answer_is_sent_again),
        BENCH_TEST(test_forgotten_key),
        BENCH_TEST(test_key_ends_before_the_resend),
        BENCH_TEST(test_key_ends_while_put_off),
        BENCH_TEST(test_look_up_finds_it),
        BENCH_TEST(test_look_up_finds_nothing),
        BENCH_TEST(test_look_up_by_day),
        BENCH_TEST(test_look_up_asks_again),
        BENCH_TEST(test_look_up_gives_up),
        BENCH_TEST(test_throttled),
        BENCH_TEST(test_account),
        BENCH_TEST(test_slow_gateway_slows_no_other),
        BENCH_TEST(test_quota),
        BENCH_TEST(test_quiet_hours),
        BENCH_TEST(test_polling),
    };

    return cmocka_run_group_tests_name("conductor, http", tests, NULL, NULL);
}
