/* The embedded provider answers as every shipped preset says, and misbehaves as told; asked by the engine that asks
 * real ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <jansson.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/file.h"
#include "base/finding.h"
#include "channel/announce.h"
#include "channel/http.h"
#include "channel/http_engine.h"
#include "drill/http_sink.h"
#include "expect_folder.h"
#include "load/load_gateway.h"

#define MESSAGES 3

/* A gateway, its provider, and a session --------------------------------------------------------------------------- */

typedef struct Bench {
    char *folder;
    Gateway *gateway;
    GPtrArray *rules;
    HttpSink *sink;
    const char *endpoint; /* without its last digit */
    int given, handed, replied, count;
    bool asks; /* look-ups */
    char *ids[MESSAGES], *endpoints[MESSAGES];
    ChannelField fields[MESSAGES][40];
    ChannelMessage messages[MESSAGES];
    ChannelResult results[MESSAGES];
    ChannelFate fates[MESSAGES];
    int64_t retry_after;
    char *provider_ids[MESSAGES];
} Bench;

static Gateway *load(const char *folder, const char *yaml)
{
    g_autofree char *path = g_build_filename(folder, "sink.yaml", NULL);
    g_autoptr(Findings) findings = findings_new();
    Gateway *gateway;

    assert_true(file_write(path, yaml, strlen(yaml), 0600, NULL));
    gateway = load_gateway_file(path, BREACH_SOURCE_DIR, findings);
    for (size_t i = 0; i < findings_count(findings); i++) {
        const Finding *finding = findings_get(findings, i);

        if (finding->severity == FINDING_ERROR)
            fail_msg("%s: %s", yaml, finding->text);
    }
    assert_non_null(gateway);
    return gateway;
}

static void free_rule(gpointer rule)
{
    http_sink_rule_free(rule);
}

static void open_bench(Bench *bench, const char *yaml, const char *const *rules)
{
    g_autoptr(GError) error = NULL;
    HttpSinkOptions options = {.remember = true};
    g_autofree char *kept = NULL;

    *bench = (Bench){.folder = expect_folder(), .endpoint = "+861380013800", .count = MESSAGES};
    bench->gateway = load(bench->folder, yaml);
    bench->rules = g_ptr_array_new_with_free_func(free_rule);
    for (; rules && *rules; rules++) {
        HttpSinkRule *rule = http_sink_parse_rule(*rules, &error);

        if (!rule)
            fail_msg("%s", error->message);
        g_ptr_array_add(bench->rules, rule);
    }
    kept = g_build_filename(bench->folder, "kept", NULL);
    options.gateway = bench->gateway;
    options.rules = bench->rules;
    options.keep_folder = kept;
    options.keep_most = 2;
    bench->sink = http_sink_start(&options, &error);
    if (!bench->sink)
        fail_msg("%s", error->message);
    bench->gateway->reroute = g_strdup_printf("http://127.0.0.1:%d", http_sink_port(bench->sink));
    bench->gateway->connections = 1;
}

static void close_bench(Bench *bench)
{
    http_sink_stop(bench->sink);
    g_ptr_array_unref(bench->rules);
    gateway_free(bench->gateway);
    expect_remove(bench->folder);
    for (int i = 0; i < MESSAGES; i++) {
        for (ChannelField *field = bench->fields[i]; field->name; field++)
            g_free((char *)(uintptr_t)field->value);
        g_free(bench->ids[i]);
        g_free(bench->endpoints[i]);
        g_free(bench->provider_ids[i]);
    }
}

static char *value_for(const char *name, const char *endpoint)
{
    if (strcmp(name, "endpoint") == 0)
        return g_strdup(endpoint);
    if (strcmp(name, "number") == 0)
        return g_strdup("1234 5678 9012 3452");
    if (strcmp(name, "sent_day") == 0)
        return g_strdup("20261121");
    if (g_str_has_suffix(name, "_unix"))
        return g_strdup("1763683200");
    return g_strdup_printf("%s é 中 &\"x", name);
}

static void make_message(Bench *bench, int i, char **names)
{
    static const char *const own_names[] = {"provider_id",     "id",          "uuid", /* the engine makes these */
                                            "endpoint_digits", "endpoint_cn", NULL};
    size_t count = 0;

    g_free(bench->ids[i]);
    bench->ids[i] = g_strdup_printf("abcdefghijklmnopqrstuvwxy%c", 'a' + i);
    g_free(bench->endpoints[i]);
    bench->endpoints[i] = g_strdup_printf("%s%d", bench->endpoint, i);
    for (ChannelField *field = bench->fields[i]; field->name; field++)
        g_free((char *)(uintptr_t)field->value);
    for (char **name = names; *name; name++)
        if (!g_strv_contains(own_names, *name) && count < 39)
            bench->fields[i][count++] = (ChannelField){g_intern_string(*name), value_for(*name, bench->endpoints[i])};
    bench->fields[i][count] = (ChannelField){NULL, NULL};
    bench->messages[i] = (ChannelMessage){.id = bench->ids[i],
                                          .recipient = bench->endpoints[i],
                                          .channel = bench->gateway->channel,
                                          .locale = "en",
                                          .template_name = "individual",
                                          .audience = "people",
                                          .title = "title é",
                                          .text = "text 中 & \"quoted\"",
                                          .fields = bench->fields[i],
                                          .text_no = 1,
                                          .is_look_up = bench->asks,
                                          .provider_id = bench->provider_ids[i]};
}

static ChannelMessage *next_message(void *user, bool wait)
{
    Bench *bench = user;

    (void)wait;
    return bench->given < bench->count ? &bench->messages[bench->given++] : NULL;
}

static bool handing_over(void *user, ChannelMessage *message)
{
    Bench *bench = user;

    (void)message;
    bench->handed++;
    return true;
}

static void replied(void *user, ChannelMessage *message, const ChannelOutcome *outcome)
{
    Bench *bench = user;
    size_t i = (size_t)(message - bench->messages);

    bench->results[i] = outcome->result;
    bench->fates[i] = outcome->fate;
    bench->retry_after = MAX(bench->retry_after, outcome->retry_after);
    if (outcome->provider_id) {
        g_free(bench->provider_ids[i]);
        bench->provider_ids[i] = g_strdup(outcome->provider_id);
    }
    bench->replied++;
}

/* One session with three messages. */
static void run(Bench *bench, bool asks)
{
    void *kept = NULL;
    ChannelCalls calls = {.next = next_message,
                          .handing_over = handing_over,
                          .replied = replied,
                          .user = bench,
                          .clock = clock_system(),
                          .state = &kept};
    g_auto(GStrv) names = gateway_http_names(bench->gateway->http);

    bench->given = bench->handed = bench->replied = 0;
    bench->asks = asks;
    for (int i = 0; i < bench->count; i++)
        make_message(bench, i, names);
    while (bench->given < bench->count) { /* a session may end early: the next one goes on */
        int before = bench->given;

        if (asks)
            http_engine()->look_up(bench->gateway, &calls, NULL);
        else
            http_engine()->run_session(bench->gateway, &calls, NULL);
        assert_true(bench->given > before);
    }
    if (http_engine()->release)
        http_engine()->release(kept);
    assert_int_equal(bench->replied, bench->count);
}

/* Presets --------------------------------------------------------------------------------------------------------- */

#define APPROVED                                                                                                       \
    "approved:\n- {template: individual, locale: en, id: T1, sign: Example, text: 'a ${number} b', "                   \
    "params: {number: '{{number}}'}, state: approved, checked_at: 2026-11-01T00:00:00Z}\n"

static const struct {
    const char *preset, *more, *endpoint;
} presets[] = {
    {"twilio",
     "params: {account: AC1, from: '+15005550006'}\nauth: {secret: 'env:X'}\nreceipt: {url: "
     "'https://r.example/receipts/sink', secret: 'env:X'}\n",
     NULL},
    {"vonage",
     "params: {api_key: abcd, from: Example, receipt: 'https://r.example/receipts/sink'}\nauth: {secret: "
     "'env:X'}\nreceipt: {token: {secret: 'env:X'}}\n",
     NULL},
    {"kannel",
     "params: {username: u, from: '1', receipt: 'http://127.0.0.1:8077/receipts/sink'}\nauth: {secret: "
     "'env:X'}\nreceipt: {token: {secret: 'env:X'}}\n",
     NULL},
    {"aws-sns", "params: {access_key_id: AKIA, region: eu-central-1}\nauth: {secret: 'env:X'}\n", NULL},
    {"tencent-sms",
     "params: {secret_id: AKID, app_id: '1'}\nauth: {secret: 'env:X'}\n"
     "approved:\n- {template: individual, locale: en, id: T1, sign: Example, text: 'a {1} b', "
     "params: {'1': '{{number}}'}, state: approved, checked_at: 2026-11-01T00:00:00Z}\n",
     NULL},
    {"alibaba-sms", "params: {access_key_id: LTAI}\nauth: {secret: 'env:X'}\n" APPROVED, NULL},
    {"jpush", "params: {app_key: k}\nauth: {secret: 'env:X'}\n", "1a0018970af89f3b"},
    {"fcm-v1", "params: {project: my-app, client_email: fcm@my-app.iam.gserviceaccount.com}\nauth: {secret: 'env:X'}\n",
     "token-"},
    {"apns", "params: {topic: com.example.app, team: ABCDE12345, key: FGHIJ67890}\nauth: {secret: 'env:X'}\n",
     "00fc13ad"},
    {"ntfy", "params: {origin: 'https://ntfy.example.com'}\nauth: {secret: 'env:X'}\n", "topic"},
    {"webhook", "params: {url: 'https://app.example.com/hooks/notices'}\nauth: {secret: 'env:X'}\n", "account-"},
    {"wechat-template",
     "params: {app_id: wx1, url: 'https://www.example.com/notice'}\nauth: {secret: 'env:X'}\n"
     "approved:\n- {template: individual, locale: en, id: T1, text: 'a {{number.DATA}} b', "
     "params: {number: '{{number}}'}, state: approved, checked_at: 2026-11-01T00:00:00Z}\n",
     "oAbc-"},
};

static char *yaml_of(size_t i)
{
    return g_strdup_printf("version: 1\nname: sink\npreset: %s\n%s", presets[i].preset, presets[i].more);
}

/* Every preset: a good answer is taken for one, its id is found, and what was sent can be read back from the request.
 */
static void test_presets_accept(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(presets); i++) {
        g_autofree char *yaml = yaml_of(i);
        Bench bench;

        open_bench(&bench, yaml, NULL);
        if (presets[i].endpoint)
            bench.endpoint = presets[i].endpoint;
        run(&bench, false);
        print_message("# %s\n", presets[i].preset);
        for (int m = 0; m < MESSAGES; m++)
            assert_string_equal(channel_result_name(bench.results[m]), "accepted");
        assert_int_equal(http_sink_strange(bench.sink), 0);
        assert_int_equal(http_sink_accepted(bench.sink), MESSAGES);
        assert_int_equal(http_sink_repeated(bench.sink), 0);
        if (bench.gateway->http->answer.provider_id || bench.gateway->http->answer.provider_id_header)
            assert_non_null(bench.provider_ids[0]);
        close_bench(&bench);
    }
}

/* A look-up of every preset that has one finds what was sent. */
static void test_presets_look_up(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(presets); i++) {
        g_autofree char *yaml = yaml_of(i);
        Bench bench;

        open_bench(&bench, yaml, NULL);
        if (presets[i].endpoint)
            bench.endpoint = presets[i].endpoint;
        if (bench.gateway->http->lookup.request) {
            print_message("# %s\n", presets[i].preset);
            run(&bench, false);
            run(&bench, true);
            assert_int_equal(http_sink_strange(bench.sink), 0);
            for (int m = 0; m < MESSAGES; m++) {
                assert_string_equal(channel_result_name(bench.results[m]), "looked_up");
                assert_string_equal(channel_fate_name(bench.fates[m]), "delivered");
            }
        }
        close_bench(&bench);
    }
}

/* What every preset knows of refusals is said in its own words, and understood. */
static void test_presets_refuse(void **state)
{
    static const struct {
        const char *rule;
        ChannelResult result;
    } cases[] = {
        {"request answer throttled retry-after=7", CHANNEL_TEMPORARY},
        {"request answer policy", CHANNEL_POLICY},
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(presets); i++)
        for (size_t c = 0; c < G_N_ELEMENTS(cases); c++) {
            g_autofree char *yaml = yaml_of(i);
            Bench bench;

            open_bench(&bench, yaml, (const char *const[]){cases[c].rule, NULL});
            bench.count = 1;
            run(&bench, false);
            print_message("# %s, %s\n", presets[i].preset, cases[c].rule);
            assert_string_equal(channel_result_name(bench.results[0]), channel_result_name(cases[c].result));
            assert_int_equal(http_sink_accepted(bench.sink), 0);
            if (c == 0)
                assert_int_equal(bench.retry_after, 7000);
            close_bench(&bench);
        }
}

/* Misbehaviour ---------------------------------------------------------------------------------------------------- */

#define PLAIN                                                                                                          \
    "version: 1\nname: sink\nkind: http\nsends: sms\nrequest: {method: POST, url: 'https://sms.example/v1/send', "     \
    "json: {id: '{{id}}', to: '{{endpoint}}', text: '{{text}}'}}\nauth: {type: bearer, secret: 'env:X'}\n"             \
    "answer: {rules: [{status: 200, at: /ok, is: 1, means: accepted}, {status: 400, at: /error, is: number, means: "   \
    "permanent}, {status: 429, means: throttled}, {status: 500-599, means: temporary}, {status: 400, means: "          \
    "policy}], "                                                                                                       \
    "provider_id: /ref}\n"                                                                                             \
    "in_doubt: query\nlookup: {request: {method: GET, url: 'https://sms.example/v1/find/{{id}}'}, answer: {rules: "    \
    "[{status: 200, at: /state, is: done, means: delivered}, {status: 200, at: /state, is: lost, means: bounced}, "    \
    "{status: 404, means: not-found}, {status: 100-599, means: unknown}]}}\n"

static const struct {
    const char *rule;
    ChannelResult result;
    int accepted;
} troubles[] = {
    {"request reply \"429 retry-after=3 {}\"", CHANNEL_TEMPORARY, 0},
    {"request reply \"503 busy\"", CHANNEL_TEMPORARY, 0},
    {"request answer permanent", CHANNEL_PERMANENT, 0},
    {"request hang-up", CHANNEL_IN_DOUBT, 0},
    {"request accept-and-die", CHANNEL_IN_DOUBT, 1},
    {"request garbage", CHANNEL_IN_DOUBT, 1},
    {"request huge", CHANNEL_IN_DOUBT, 1},
    {"request close", CHANNEL_ACCEPTED, 1},
    {"request delay 10ms", CHANNEL_ACCEPTED, 1},
    {"request report bounced", CHANNEL_ACCEPTED, 1},
};

static void test_troubles(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(troubles); i++) {
        Bench bench;

        open_bench(&bench, PLAIN, (const char *const[]){troubles[i].rule, NULL});
        bench.count = 1;
        run(&bench, false);
        print_message("# %s\n", troubles[i].rule);
        assert_string_equal(channel_result_name(bench.results[0]), channel_result_name(troubles[i].result));
        assert_int_equal(bench.handed, 1);
        assert_int_equal(http_sink_accepted(bench.sink), troubles[i].accepted);
        close_bench(&bench);
    }
}

/* A connection that is closed behind an answer must cost no message, and must not send one twice. */
static void test_closed_connection(void **state)
{
    Bench bench;
    int doubts = 0;

    (void)state;
    open_bench(&bench, PLAIN, (const char *const[]){"request close", NULL});
    run(&bench, false);
    for (int i = 0; i < MESSAGES; i++)
        doubts += bench.results[i] == CHANNEL_IN_DOUBT;
    assert_int_equal(http_sink_repeated(bench.sink), 0);
    assert_true(http_sink_accepted(bench.sink) + doubts >= MESSAGES);
    close_bench(&bench);
}

static void test_conditions(void **state)
{
    Bench bench;

    (void)state;
    open_bench(&bench, PLAIN, (const char *const[]){"request to=*1 answer permanent", NULL});
    run(&bench, false);
    assert_int_equal(bench.results[0], CHANNEL_ACCEPTED);
    assert_int_equal(bench.results[1], CHANNEL_PERMANENT);
    assert_int_equal(bench.results[2], CHANNEL_ACCEPTED);
    close_bench(&bench);
}

static void test_look_up(void **state)
{
    Bench bench;

    (void)state;
    open_bench(&bench, PLAIN, (const char *const[]){"request to=*0 report bounced", "request to=*1 hang-up", NULL});
    run(&bench, false);
    run(&bench, true);
    assert_string_equal(channel_fate_name(bench.fates[0]), "bounced");
    assert_string_equal(channel_fate_name(bench.fates[1]), "not_found");
    assert_string_equal(channel_fate_name(bench.fates[2]), "delivered");
    close_bench(&bench);
}

/* The same message again is a repeat. */
static void test_repeats(void **state)
{
    Bench bench;

    (void)state;
    open_bench(&bench, PLAIN, NULL);
    run(&bench, false);
    run(&bench, false);
    assert_int_equal(http_sink_accepted(bench.sink), 2 * MESSAGES);
    assert_int_equal(http_sink_repeated(bench.sink), MESSAGES);
    close_bench(&bench);
}

static void test_samples(void **state)
{
    Bench bench;
    g_autofree char *path = NULL, *third = NULL, *text = NULL;

    (void)state;
    open_bench(&bench, PLAIN, NULL);
    run(&bench, false);
    path = g_build_filename(bench.folder, "kept", "000001.txt", NULL);
    third = g_build_filename(bench.folder, "kept", "000003.txt", NULL);
    assert_true(g_file_get_contents(path, &text, NULL, NULL));
    assert_true(g_str_has_prefix(text, "to: +8613800138000\nid: abcdefghijklmnopqrstuvwxya\n"));
    assert_non_null(strstr(text, "text: text é 中 &\"x\n"));
    assert_non_null(strstr(text, "POST /v1/send\n"));
    assert_null(strstr(text, "Bearer"));
    assert_false(g_file_test(third, G_FILE_TEST_EXISTS));
    close_bench(&bench);
}

/* Batches --------------------------------------------------------------------------------------------------------- */

#define BATCH                                                                                                          \
    "version: 1\nname: sink\nkind: http\nsends: sms\nrequest: {method: POST, url: 'https://sms.example/batch', json: " \
    "{text: '{{text}}', list: {$each: {id: '{{id}}', to: '{{endpoint}}'}}}}\n"                                         \
    "answer: {rules: [{status: 200, means: accepted}, {status: 503, means: temporary}], items: {list: /results, key: " \
    "/to, equals: endpoint}, item_rules: [{at: /code, is: ok, means: accepted}, {at: /code, is: bad, means: "          \
    "permanent}], provider_id: /ref}\nlimits: {batch: 10}\nin_doubt: hold\n"

static void test_batch(void **state)
{
    Bench bench;

    (void)state;
    open_bench(&bench, BATCH, NULL);
    run(&bench, false);
    for (int i = 0; i < MESSAGES; i++) {
        assert_string_equal(channel_result_name(bench.results[i]), "accepted");
        assert_non_null(bench.provider_ids[i]);
    }
    assert_string_not_equal(bench.provider_ids[0], bench.provider_ids[1]);
    assert_int_equal(http_sink_accepted(bench.sink), MESSAGES);
    close_bench(&bench);
}

/* Rules ----------------------------------------------------------------------------------------------------------- */

static void test_rules(void **state)
{
    static const struct {
        const char *line, *words;
    } bad[] = {
        {"", "empty"},
        {"request", "does nothing"},
        {"requests hang-up", "did you mean \"request\""},
        {"request hangup", "did you mean \"hang-up\""},
        {"request answer", "needs a word"},
        {"request answer delivered", "unknown meaning"},
        {"lookup answer throttled", "unknown meaning"},
        {"request reply busy", "no HTTP status"},
        {"request reply \"99 x\"", "no HTTP status"},
        {"request reply \"429 retry-after=x\"", "no number of seconds"},
        {"request delay soon", "no duration"},
        {"request hang-up twice", "one word too many"},
        {"request hang-up each=0", "no number from 1"},
        {"request hang-up share=2", "no share"},
        {"request hang-up what=1", "unknown condition"},
        {"request hang-up times=1 times=2", "given twice"},
        {"request hang-up retry-after=1", "answer and reply only"},
        {"token answer account", "not for token"},
        {"lookup report bounced", "not for lookup"},
        {"token hang-up to=*", "has no address"},
        {"request reply \"200", "not closed"},
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(GError) error = NULL;
        HttpSinkRule *rule = http_sink_parse_rule(bad[i].line, &error);

        assert_null(rule);
        assert_true(g_error_matches(error, BREACH_ERROR, BREACH_ERROR_INPUT));
        if (!strstr(error->message, bad[i].words))
            fail_msg("%s", error->message);
    }
}

static void test_rule(void **state)
{
    g_autoptr(GError) error = NULL;
    HttpSinkRule *rule = http_sink_parse_rule(
        "request to=+86* reply \"429 retry-after=5 slow down\" skip=1 times=2 each=3 share=0.5", &error);

    (void)state;
    assert_non_null(rule);
    assert_int_equal(rule->at, HTTP_SINK_AT_REQUEST);
    assert_int_equal(rule->action, HTTP_SINK_REPLY);
    assert_int_equal(rule->status, 429);
    assert_int_equal(rule->retry_after, 5);
    assert_string_equal(rule->body, "slow down");
    assert_string_equal(rule->conditions.pattern, "+86*");
    assert_int_equal(rule->conditions.skip, 1);
    assert_int_equal(rule->conditions.times, 2);
    assert_int_equal(rule->conditions.each, 3);
    http_sink_rule_free(rule);
}

/* Announcements ---------------------------------------------------------------------------------------------------- */

static const struct {
    const char *preset, *more;
} places[] = {
    {"statuspage", "params: {page: abcdefghijkl}\nauth: {secret: 'env:X'}\n"},
    {"wordpress", "params: {origin: 'https://www.example.com', user: notices}\nauth: {secret: 'env:X'}\n"},
    {"webdav", "params: {base: 'https://www.example.com/notices', user: notices}\nauth: {secret: 'env:X'}\n"},
    {"s3", "params: {access_key_id: AKIA, bucket: notices-example, region: eu-central-1, public: "
           "'https://notices.example.com'}\nauth: {secret: 'env:X'}\n"},
};

static AnnounceItem item_with(const char *text, const char *item)
{
    return (AnnounceItem){.id = "abcdefghijklmnopqrstuvwxyz",
                          .slug = "leak-en",
                          .incident = "leak",
                          .locale = "en",
                          .kind = "first",
                          .edition = 1,
                          .organization = "Example",
                          .title = "Title & more",
                          .text = text,
                          .html = text,
                          .page = text,
                          .digest = "",
                          .item = item};
}

static void asks(const Bench *bench, void *self, int act, const char *text, const char *wanted, char **item)
{
    const AnnounceEngine *engine = announce_engine(bench->gateway);
    AnnounceItem what = item_with(text, *item);
    AnnounceAnswer answer = {.result = ANNOUNCE_UNSENT};

    if (act < 0)
        engine->read(self, &what, &answer);
    else
        engine->put(self, (AnnounceAct)act, &what, &answer);
    if (strcmp(announce_result_name(answer.result), wanted) != 0)
        fail_msg("%s, act %d: %s: %s", bench->gateway->name, act, announce_result_name(answer.result), answer.words);
    if (answer.item) {
        g_free(*item);
        *item = g_strdup(answer.item);
    }
    announce_answer_clear(&answer);
}

/* Every place of the presets keeps what it is given, replaces it, finds it again, and gives it back as it was. */
static void test_announcements(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(places); i++) {
        g_autofree char *yaml =
            g_strdup_printf("version: 1\nname: sink\npreset: %s\n%s", places[i].preset, places[i].more);
        g_autoptr(GError) error = NULL;
        AnnounceAnswer found = {.result = ANNOUNCE_UNSENT};
        char *item = g_strdup("");
        AnnounceItem what;
        Bench bench;
        void *self;

        print_message("# %s\n", places[i].preset);
        open_bench(&bench, yaml, NULL);
        self = announce_engine(bench.gateway)->open(bench.gateway, clock_system(), &error);
        assert_non_null(self);
        asks(&bench, self, ANNOUNCE_CREATE, "one <b>first</b> text", "taken", &item);
        asks(&bench, self, -1, "one <b>first</b> text", "same", &item);
        asks(&bench, self, -1, "another text", "different", &item);
        asks(&bench, self, ANNOUNCE_UPDATE, "another text", "taken", &item);
        asks(&bench, self, -1, "another text", "same", &item);
        what = item_with("another text", "");
        announce_engine(bench.gateway)->find(self, &what, &found);
        assert_true(found.result == ANNOUNCE_TAKEN || found.result == ANNOUNCE_UNKNOWN);
        if (found.result == ANNOUNCE_TAKEN && found.item)
            assert_string_equal(found.item, item);
        announce_answer_clear(&found);
        asks(&bench, self, ANNOUNCE_WITHDRAW, "it was wrong", "taken", &item);
        asks(&bench, self, -1, "it was wrong", "same", &item);
        assert_int_equal(http_sink_strange(bench.sink), 0);
        announce_engine(bench.gateway)->close(self);
        g_free(item);
        close_bench(&bench);
    }
}

static int set_up(void **state)
{
    (void)state;
    http_initialize();
    return g_setenv("X", "secret", TRUE) ? 0 : -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rules),           cmocka_unit_test(test_rule),
        cmocka_unit_test(test_troubles),        cmocka_unit_test(test_closed_connection),
        cmocka_unit_test(test_conditions),      cmocka_unit_test(test_look_up),
        cmocka_unit_test(test_repeats),         cmocka_unit_test(test_samples),
        cmocka_unit_test(test_batch),           cmocka_unit_test(test_presets_accept),
        cmocka_unit_test(test_presets_look_up), cmocka_unit_test(test_presets_refuse),
        cmocka_unit_test(test_announcements),
    };

    return cmocka_run_group_tests_name("http_sink", tests, set_up, NULL);
}
