/* Every shape that a gateway file can give a request, and every place with its own escaping. */
#include "load_expect.h"

#include <jansson.h>

#include "channel/http_request.h"
#include "load/load_gateway.h"

static const char head[] = "version: 1\n"
                           "name: sms-test\n"
                           "kind: http\n"
                           "sends: sms\n"
                           "in_doubt: hold\n"
                           "answer: {rules: [{status: 200, means: accepted}]}\n";

static const ChannelField one[] = {{"text", "Say \"hi\" & \\ 你好\n"},
                                   {"number", "1234"},
                                   {"locale", "en"},
                                   {"title", ""},
                                   {"person.name", "Zoë"},
                                   {NULL, NULL}};
static const ChannelField other[] = {{"text", "Say \"hi\" & \\ 你好\n"},
                                     {"number", "5678"},
                                     {"locale", "en"},
                                     {"title", "T"},
                                     {"person.name", "A/B"},
                                     {NULL, NULL}};
static const ChannelField third[] = {{"text", "something else"}, {"number", "9"}, {"locale", "en"}, {"title", "T"},
                                     {"person.name", "A/B"},     {NULL, NULL}};

static ChannelMessage messages[] = {
    {.id = "aaaaaaaaaaaaaaaaaaaaaaaaaa", .recipient = "+8613800138000", .locale = "en", .fields = one},
    {.id = "bbbbbbbbbbbbbbbbbbbbbbbbbb", .recipient = "+4915112345678", .locale = "en", .fields = other},
    {.id = "cccccccccccccccccccccccccc", .recipient = "+4915112345679", .locale = "en", .fields = third},
};
static const ChannelMessage *const both[] = {&messages[0], &messages[1]};

static Gateway *load(const char *rest)
{
    char *folder = expect_folder();
    g_autofree char *text = g_strconcat(head, rest, NULL);
    g_autofree char *path = expect_text(folder, "sms-test.yaml", text);
    g_autoptr(Findings) findings = findings_new();
    Gateway *gateway = load_gateway_file(path, NULL, findings);

    expect_findings(findings, NULL, 0);
    expect_remove(folder);
    assert_non_null(gateway);
    return gateway;
}

static void build(const char *rest, size_t count, SignRequest *request)
{
    g_autoptr(Gateway) gateway = load(rest);
    g_autoptr(GError) error = NULL;

    if (!http_request_build(gateway, gateway->http->request, both, count, "secret", request, &error))
        fail_msg("%s", error->message);
    request->method = NULL; /* it was the gateway's */
}

static void expect_body(const char *rest, size_t count, const char *expected)
{
    g_auto(SignRequest) request = {0};

    build(rest, count, &request);
    assert_string_equal(request.body, expected);
    assert_int_equal(request.size, strlen(expected));
}

#define JSON(node) "request: {method: POST, url: \"https://sms.example.com/send\", json: " node "}\n"

static void test_json(void **state)
{
    (void)state;
    expect_body(JSON("{to: \"{{endpoint}}\", n: {$number: \"{{number}}\"}, yes: true, f: 1.5, l: [a, \"{{locale}}\"]}"),
                1, "{\"to\":\"+8613800138000\",\"n\":1234,\"yes\":true,\"f\":1.5,\"l\":[\"a\",\"en\"]}");
    expect_body(JSON("{text: \"{{text}}\"}"), 1, "{\"text\":\"Say \\\"hi\\\" & \\\\ 你好\\n\"}");
    expect_body(
        JSON("{a: {$optional: \"{{title}}\"}, b: {$optional: \"{{number}}\"}, c: [{$optional: \"{{title}}\"}]}"), 1,
        "{\"b\":\"1234\",\"c\":[]}");
    expect_body(JSON("{inner: {$json: {n: \"{{person.name}}\", q: \"\\\"\"}}}"), 1,
                "{\"inner\":\"{\\\"n\\\":\\\"Zoë\\\",\\\"q\\\":\\\"\\\\\\\"\\\"}\"}");
    expect_body(JSON("{digits: \"{{endpoint_digits}}\", home: \"{{endpoint_cn}}\"}"), 1,
                "{\"digits\":\"8613800138000\",\"home\":\"13800138000\"}");
}

/* Names in sections, and beside them: fields, what follows from them, secrets, each message's own. */
static void test_sections(void **state)
{
    static const char each[] = "limits: {batch: 2}\n" JSON("{all: {$each: \"{{#title}}{{.}}: {{/title}}{{person.name}} "
                                                           "{{endpoint_digits}}{{^title}} {{number}}{{/title}}\"}}");

    (void)state;
    expect_body(each, 2, "{\"all\":[\"Zoë 8613800138000 1234\",\"T: A/B 4915112345678\"]}");
    expect_body(JSON("{to: \"{{#number}}{{id}}{{/number}}\", by: \"{{#receipt_token}}{{receipt_token}}"
                     "{{/receipt_token}}\", template: \"{{^template_id}}none{{/template_id}}{{sign}}\"}"),
                1, "{\"to\":\"aaaaaaaaaaaaaaaaaaaaaaaaaa\",\"by\":\"secret\",\"template\":\"none\"}");
    expect_body(JSON("{by: \"{{receipt_token}}\", template: \"{{template_id}}{{sign}}\"}"), 1,
                "{\"by\":\"secret\",\"template\":\"\"}");
}

static void test_batches(void **state)
{
    static const char each[] = "limits: {batch: 2}\n" JSON("{all: {$each: {to: \"{{endpoint}}\", n: \"{{number}}\"}}}");
    static const char map[] = "limits: {batch: 2}\n" JSON("{all: {$each_map: {\"{{endpoint}}\": \"{{number}}\"}}}");
    static const char join[] = "limits: {batch: 2}\n" JSON("{to: {$each: \"{{endpoint}}\", $join: \",\"}}");

    (void)state;
    expect_body(each, 2,
                "{\"all\":[{\"to\":\"+8613800138000\",\"n\":\"1234\"},{\"to\":\"+4915112345678\",\"n\":\"5678\"}]}");
    expect_body(map, 2, "{\"all\":{\"+8613800138000\":\"1234\",\"+4915112345678\":\"5678\"}}");
    expect_body(join, 2, "{\"to\":\"+8613800138000,+4915112345678\"}");
}

/* What stands outside $each is said once, so it must be the same for all. */
static void test_may_share(void **state)
{
    static const char outside[] =
        "limits: {batch: 2}\n" JSON("{text: \"{{text}}\", all: {$each: {to: \"{{endpoint}}\", n: \"{{number}}\"}}}");
    g_autoptr(Gateway) gateway = load(outside);

    (void)state;
    assert_true(http_request_may_share(gateway->http, &messages[0], &messages[1]));
    assert_false(http_request_may_share(gateway->http, &messages[0], &messages[2]));
    messages[1].text_no = 2;
    assert_false(http_request_may_share(gateway->http, &messages[0], &messages[1]));
    messages[1].text_no = 0;
}

static void test_places(void **state)
{
    static const char rest[] = "request:\n"
                               "  method: POST\n"
                               "  url: \"https://sms.example.com/a/{{endpoint}}/{{person.name}}\"\n"
                               "  headers: {X-Number: \"{{number}}\"}\n"
                               "  query: {\"q q\": \"{{text}}\", none: {$optional: \"{{title}}\"}}\n"
                               "  form: {to: \"{{endpoint}}\", text: \"{{text}}\"}\n";
    g_auto(SignRequest) request = {0};

    (void)state;
    build(rest, 1, &request);
    assert_string_equal(request.url,
                        "https://sms.example.com/a/%2B8613800138000/Zo%C3%AB?q%20q=Say%20%22hi%22%20%26%20%5C%20"
                        "%E4%BD%A0%E5%A5%BD%0A");
    assert_string_equal(request.body, "to=%2B8613800138000&text=Say%20%22hi%22%20%26%20%5C%20%E4%BD%A0%E5%A5%BD%0A");
    assert_string_equal(sign_request_has(&request, "x-number"), "1234");
    assert_string_equal(sign_request_has(&request, "Content-Type"), "application/x-www-form-urlencoded");
}

/* A rehearsal's gateway leads inside with every request, whatever its file says. */
static void test_reroute(void **state)
{
    g_autoptr(Gateway) gateway = load(JSON("{to: \"{{endpoint}}\"}"));
    g_auto(SignRequest) request = {0};

    (void)state;
    gateway->reroute = g_strdup("http://127.0.0.1:4711");
    assert_true(http_request_build(gateway, gateway->http->request, both, 1, NULL, &request, NULL));
    assert_string_equal(request.url, "http://127.0.0.1:4711/send");
}

static void expect_refused(const char *rest, const ChannelField *fields, const char *words)
{
    g_autoptr(Gateway) gateway = load(rest);
    g_autoptr(GError) error = NULL;
    ChannelMessage message = messages[0];
    const ChannelMessage *list = &message;
    SignRequest request = {0};

    message.fields = fields;
    message.channel = "sms";
    assert_false(http_request_build(gateway, gateway->http->request, &list, 1, NULL, &request, &error));
    assert_non_null(strstr(error->message, words));
    assert_null(request.url);
    assert_null(request.body);
}

static void test_refused(void **state)
{
    static const ChannelField word[] = {{"number", "many"}, {NULL, NULL}};
    static const ChannelField nothing[] = {{NULL, NULL}};
    static const ChannelField longer[] = {{"text", "你好吗你好"}, {NULL, NULL}};
    static const ChannelField wide[] = {
        {"text", "Łukasz, there is an important notice for you. Open our app to read it: 5508 4494"}, {NULL, NULL}};

    (void)state;
    expect_refused(JSON("{n: {$number: \"{{number}}\"}}"), word, "has to be a number");
    expect_refused(JSON("{n: \"{{number}}\"}"), nothing, "number");
    expect_refused("limits: {text: 4}\n" JSON("{t: \"{{text}}\"}"), longer, "more characters");
    expect_refused("limits: {segments: 1}\n" JSON("{t: \"{{text}}\"}"), wide, "more segments");
    expect_body("limits: {segments: 1}\n" JSON("{t: \"{{number}}\"}"), 1, "{\"t\":\"1234\"}");
    expect_refused("approved_only: true\napproved: []\n" JSON("{t: \"{{text}}\"}"), longer, "approved");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_json),      cmocka_unit_test(test_sections), cmocka_unit_test(test_batches),
        cmocka_unit_test(test_may_share), cmocka_unit_test(test_places),   cmocka_unit_test(test_reroute),
        cmocka_unit_test(test_refused),
    };

    return cmocka_run_group_tests_name("http request", tests, NULL, NULL);
}
