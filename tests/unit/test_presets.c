/* Every preset of contacts/presets: it loads with nothing but what an account knows, makes the request that the
 * provider documents, and takes the provider's documented answers, good and bad, for what they mean. */
#include "load_expect.h"

#include "base/error.h"
#include "channel/http_request.h"
#include "load/load_gateway.h"
#include "preset_rows.h"

static const char data[] = BREACH_SOURCE_DIR;

static const struct {
    const char *name, *value;
} values[] = {
    {"endpoint", NULL},
    {"endpoint_digits", "8613800138000"},
    {"endpoint_cn", "13800138000"},
    {"id", PRESET_ID},
    {"number", "A-12"},
    {"title", "标题"},
    {"text", "a & 文\n\"b\""},
    {"html", "<p>文</p>"},
    {"locale", "zh-CN"},
    {"incident", "leak"},
    {"edition", "1"},
    {"slug", "leak-zh-cn"},
    {"receipt_url", ""},
    {"sent_day", "20261121"},
    {"sent_unix", "1795255200"},
    {"provider_id", "42"},
};

static Gateway *load(const Preset *preset)
{
    g_autoptr(Findings) findings = findings_new();
    g_autofree char *text =
        g_strdup_printf("version: 1\nname: t\nkind: http\npreset: %s\n%s", preset->name, preset->more);
    g_autofree char *path = expect_text(expect_home, "t.yaml", text);
    g_autoptr(Gateway) gateway = load_gateway_file(path, data, findings);

    if (findings_count(findings) > 0) {
        print_error("%s:\n", preset->name);
        expect_print(findings);
    }
    assert_int_equal(findings_count(findings), 0);
    assert_non_null(gateway);
    return g_steal_pointer(&gateway);
}

/* The message has exactly the fields that the gateway names. */
static void fill_fields(const Preset *preset, const Gateway *gateway, ChannelField *fields, size_t most)
{
    g_auto(GStrv) names = gateway_http_names(gateway->http);
    size_t count = 0;

    for (size_t i = 0; names[i]; i++) {
        for (size_t j = 0; j < G_N_ELEMENTS(values); j++) {
            if (strcmp(values[j].name, names[i]) != 0)
                continue;
            assert_true(count + 1 < most);
            fields[count].name = values[j].name;
            fields[count++].value = values[j].value ? values[j].value : preset->endpoint;
        }
        if (strcmp(names[i], "alphabet") == 0) /* 文 is in no other */
            fields[count++] = (ChannelField){"alphabet", gateway->http->alphabet.ucs2};
    }
    fields[count] = (ChannelField){.name = NULL};
}

static void build(const Preset *preset, const Gateway *gateway, const GatewayRequest *request, SignRequest *output)
{
    ChannelField fields[32];
    const ChannelMessage message = {.id = PRESET_ID,
                                    .recipient = preset->endpoint,
                                    .channel = preset->channel,
                                    .locale = "zh-CN",
                                    .title = "标题",
                                    .text = "a & 文\n\"b\"",
                                    .html = "<p>文</p>",
                                    .template_name = "individual",
                                    .audience = "people",
                                    .provider_id = "42",
                                    .fields = fields};
    const ChannelMessage *const messages[] = {&message};
    g_autoptr(GError) error = NULL;

    fill_fields(preset, gateway, fields, G_N_ELEMENTS(fields));
    if (!http_request_build(gateway, request, messages, 1, "receipt-token", output, &error)) {
        print_error("%s: %s\n", preset->name, error->message);
        fail();
    }
}

static void expect_same(const char *name, const char *what, const char *actual, const char *expected)
{
    if (g_strcmp0(actual, expected) != 0)
        print_error("%s: %s is\n  %s\nand not\n  %s\n", name, what, actual, expected);
    assert_int_equal(g_strcmp0(actual, expected), 0);
}

static char *joined_headers(const SignRequest *request)
{
    GString *lines = g_string_new(NULL);

    for (guint i = 0; request->headers && i < request->headers->len; i++)
        g_string_append_printf(lines, "%s\n", (const char *)g_ptr_array_index(request->headers, i));
    return g_string_free(lines, FALSE);
}

static void test_requests(void **state)
{
    (void)state;
    for (size_t i = 0; i < preset_row_count; i++) {
        const Preset *preset = &preset_rows[i];
        g_autoptr(Gateway) gateway = load(preset);
        g_auto(GStrv) names = gateway_http_names(gateway->http);
        g_autofree char *list = g_strjoinv(" ", names);
        g_auto(SignRequest) request = {0};
        g_autofree char *headers = NULL;

        build(preset, gateway, gateway->http->request, &request);
        headers = joined_headers(&request);
        expect_same(preset->name, "the URL", request.url, preset->url);
        expect_same(preset->name, "the method", request.method, preset->method);
        expect_same(preset->name, "the body", request.size > 0 ? request.body : NULL, preset->body);
        expect_same(preset->name, "the list of headers", headers, preset->headers);
        expect_same(preset->name, "the channel", gateway->channel, preset->channel);
        expect_same(preset->name, "the list of names", list, preset->names);
        if (gateway->in_doubt != preset->in_doubt || gateway->receipts != preset->receipts)
            print_error("%s: in_doubt %d, receipts %d\n", preset->name, (int)gateway->in_doubt, (int)gateway->receipts);
        assert_int_equal(gateway->in_doubt, preset->in_doubt);
        assert_int_equal(gateway->receipts, preset->receipts);
    }
}

static void expect_answer(const Preset *preset, const GatewayAnswer *rules, const Answer *answer)
{
    json_auto_t *body = answer_body_parse(rules->format, answer->body, strlen(answer->body));
    const char *equals = rules->items.equals;
    const char *value = g_strcmp0(equals, "id") == 0            ? PRESET_ID
                        : g_strcmp0(equals, "provider_id") == 0 ? "42"
                                                                : preset->endpoint;
    json_t *item = NULL;
    GatewayMeaning means = gateway_answer_apply(rules, answer->status, body, value, 0, &item);
    g_autofree char *id = gateway_answer_id(rules, item);

    if (means != answer->means)
        print_error("%s: %d %s means %s and not %s\n", preset->name, answer->status, answer->body,
                    gateway_meaning_name(means), gateway_meaning_name(answer->means));
    assert_int_equal(means, answer->means);
    if (answer->id)
        expect_same(preset->name, "the provider's id", id, answer->id);
}

static void test_answers(void **state)
{
    (void)state;
    for (size_t i = 0; i < preset_row_count; i++) {
        g_autoptr(Gateway) gateway = load(&preset_rows[i]);

        for (size_t j = 0; j < ANSWERS_MAX && preset_rows[i].answers[j].body; j++)
            expect_answer(&preset_rows[i], &gateway->http->answer, &preset_rows[i].answers[j]);
        assert_non_null(preset_rows[i].answers[0].body);
    }
}

static void test_lookups(void **state)
{
    (void)state;
    for (size_t i = 0; i < preset_row_count; i++) {
        g_autoptr(Gateway) gateway = load(&preset_rows[i]);
        const GatewayLookup *lookup = &gateway->http->lookup;
        g_auto(SignRequest) request = {0};
        g_autofree char *shown = NULL;

        assert_int_equal(lookup->request != NULL, preset_rows[i].lookup != NULL);
        if (!lookup->request)
            continue;
        build(&preset_rows[i], gateway, lookup->request, &request);
        shown = g_strconcat(request.url, request.size > 0 ? " " : "", request.size > 0 ? request.body : "", NULL);
        expect_same(preset_rows[i].name, "the look-up", shown, preset_rows[i].lookup);
        assert_non_null(preset_rows[i].lookups[0].body);
        for (size_t j = 0; j < ANSWERS_MAX && preset_rows[i].lookups[j].body; j++)
            expect_answer(&preset_rows[i], &lookup->answer, &preset_rows[i].lookups[j]);
    }
}

static const struct {
    const char *preset;
    const char *update, *withdraw, *find, *read; /* method, URL and body; NULL: there is none */
    const char *public_url;                      /* of the template, or NULL */
    const char *list;                            /* an answer to `find` that has the item, or NULL */
} publications[] = {
    {"statuspage",
     "PATCH https://api.statuspage.io/v1/pages/abcd/incidents/42 {\"incident\":{\"name\":\"标题\",\"status\":"
     "\"identified\",\"body\":\"a & 文\\n\\\"b\\\"\"}}",
     "PATCH https://api.statuspage.io/v1/pages/abcd/incidents/42 {\"incident\":{\"name\":\"标题\",\"status\":"
     "\"resolved\",\"body\":\"a & 文\\n\\\"b\\\"\"}}",
     "GET https://api.statuspage.io/v1/pages/abcd/incidents?limit=100",
     "GET https://api.statuspage.io/v1/pages/abcd/incidents/42", NULL,
     "[{\"id\":\"x\",\"metadata\":{}},{\"id\":\"42\",\"metadata\":{\"breach\":{\"slug\":\"leak-zh-cn\"}}}]"},
    {"wordpress",
     "POST https://www.example.com/wp-json/wp/v2/posts/42 "
     "{\"title\":\"标题\",\"content\":\"<p>文</p>\",\"status\":\"publish\"}",
     NULL, "GET https://www.example.com/wp-json/wp/v2/posts?slug=leak-zh-cn&status=publish%2Cdraft%2Cprivate",
     "GET https://www.example.com/wp-json/wp/v2/posts/42?context=edit", NULL, "[{\"id\":42,\"slug\":\"leak-zh-cn\"}]"},
    {"webdav", NULL, NULL, NULL, "GET https://www.example.com/notices/leak-zh-cn.html",
     "https://www.example.com/notices/leak-zh-cn.html", NULL},
    {"s3", NULL, NULL, NULL, "GET https://notices-example.s3.eu-central-1.amazonaws.com/leak-zh-cn.html",
     "https://notices.example.com/leak-zh-cn.html", NULL},
};

static void expect_request(const Preset *preset, const Gateway *gateway, const GatewayRequest *request,
                           const char *expected)
{
    g_auto(SignRequest) built = {0};
    g_autofree char *shown = NULL;

    if (!request || !expected) {
        assert_int_equal(request != NULL, expected != NULL);
        return;
    }
    build(preset, gateway, request, &built);
    shown =
        g_strconcat(built.method, " ", built.url, built.size > 0 ? " " : "", built.size > 0 ? built.body : "", NULL);
    expect_same(preset->name, "a request", shown, expected);
}

static void expect_found(const GatewayAnswer *found, const char *list)
{
    json_auto_t *body = answer_body_parse(GATEWAY_FORMAT_JSON, list, strlen(list));
    json_auto_t *none = json_array();
    json_t *item = NULL;
    g_autofree char *id = NULL;

    assert_int_equal(gateway_answer_apply(found, 200, body, "leak-zh-cn", 0, &item), GATEWAY_MEANS_ACCEPTED);
    id = gateway_answer_id(found, item);
    assert_string_equal(id, "42");
    assert_int_equal(gateway_answer_apply(found, 200, none, "leak-zh-cn", 0, &item), GATEWAY_MEANS_NOT_FOUND);
    assert_int_equal(gateway_answer_apply(found, 500, none, "leak-zh-cn", 0, &item), GATEWAY_MEANS_UNKNOWN);
}

static const Preset *row_of(const char *name)
{
    for (size_t i = 0; i < preset_row_count; i++)
        if (strcmp(preset_rows[i].name, name) == 0)
            return &preset_rows[i];
    fail();
    return NULL;
}

static void test_publications(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(publications); i++) {
        const Preset *preset = row_of(publications[i].preset);
        g_autoptr(Gateway) gateway = load(preset);
        const GatewayPublication *publication = &gateway->http->publication;
        json_auto_t *slug = json_pack("{s:s}", "slug", "leak-zh-cn");
        const json_t *contexts[] = {slug};
        g_autoptr(GString) url = g_string_new(NULL);

        expect_request(preset, gateway, publication->update, publications[i].update);
        expect_request(preset, gateway, publication->withdraw, publications[i].withdraw);
        expect_request(preset, gateway, publication->find, publications[i].find);
        expect_request(preset, gateway, publication->read, publications[i].read);
        if (publications[i].list)
            expect_found(&publication->found, publications[i].list);
        if (!publications[i].public_url)
            continue;
        assert_true(template_render(publication->url_template, contexts, 1, url, NULL));
        assert_string_equal(url->str, publications[i].public_url);
        assert_true(publication->is_exact);
    }
}

/* Delivery reports as the providers document them, seen as breach serve sees them. */
static void test_receipts(void **state)
{
    static const struct {
        const char *preset, *body;
        GatewayMeaning means;
        const char *id, *provider_id;
    } reports[] = {
        {"twilio", "{\"MessageSid\":\"SM1\",\"MessageStatus\":\"delivered\"}", GATEWAY_MEANS_DELIVERED, NULL, "SM1"},
        {"twilio", "{\"MessageSid\":\"SM1\",\"MessageStatus\":\"undelivered\",\"ErrorCode\":\"30005\"}",
         GATEWAY_MEANS_BOUNCED, NULL, "SM1"},
        {"twilio", "{\"MessageSid\":\"SM1\",\"MessageStatus\":\"failed\"}", GATEWAY_MEANS_FAILED, NULL, "SM1"},
        {"twilio", "{\"MessageSid\":\"SM1\",\"MessageStatus\":\"sent\"}", GATEWAY_MEANS_IGNORED, NULL, "SM1"},
        {"vonage", "{\"messageId\":\"0C\",\"status\":\"delivered\",\"err-code\":\"0\",\"client-ref\":\"abc\"}",
         GATEWAY_MEANS_DELIVERED, "abc", "0C"},
        {"vonage", "{\"messageId\":\"0C\",\"status\":\"expired\",\"client-ref\":\"abc\"}", GATEWAY_MEANS_BOUNCED, "abc",
         "0C"},
        {"vonage", "{\"messageId\":\"0C\",\"status\":\"buffered\",\"client-ref\":\"abc\"}", GATEWAY_MEANS_IGNORED,
         "abc", "0C"},
        {"kannel", "{\"token\":\"t\",\"id\":\"abc\",\"status\":\"1\"}", GATEWAY_MEANS_DELIVERED, "abc", NULL},
        {"kannel", "{\"id\":\"abc\",\"status\":\"2\"}", GATEWAY_MEANS_BOUNCED, "abc", NULL},
        {"kannel", "{\"id\":\"abc\",\"status\":\"16\"}", GATEWAY_MEANS_BOUNCED, "abc", NULL},
        {"kannel", "{\"id\":\"abc\",\"status\":\"8\"}", GATEWAY_MEANS_IGNORED, "abc", NULL},
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(reports); i++) {
        g_autoptr(Gateway) gateway = load(row_of(reports[i].preset));
        const GatewayReceipt *receipt = &gateway->http->receipt;
        json_auto_t *body = answer_body_parse(GATEWAY_FORMAT_JSON, reports[i].body, strlen(reports[i].body));
        g_autofree char *id = answer_pointer_text(receipt->id, body);
        g_autofree char *provider_id = answer_pointer_text(receipt->provider_id, body);

        assert_int_equal(gateway_rules_apply(receipt->rules, 0, body), reports[i].means);
        expect_same(reports[i].preset, "the id in a report", id, reports[i].id);
        expect_same(reports[i].preset, "the provider's id in a report", provider_id, reports[i].provider_id);
    }
}

/* No preset is left out, and none asks for a column of the people file. */
static void test_all_are_tested(void **state)
{
    g_autofree char *path = g_build_filename(data, "contacts", "presets", NULL);
    g_autoptr(GDir) entries = g_dir_open(path, 0, NULL);
    const char *entry;
    size_t count = 0;

    (void)state;
    assert_non_null(entries);
    while ((entry = g_dir_read_name(entries)) != NULL) {
        bool is_there = false;

        for (size_t i = 0; i < preset_row_count; i++)
            is_there = is_there || (g_str_has_prefix(entry, preset_rows[i].name) &&
                                    strcmp(entry + strlen(preset_rows[i].name), ".yaml") == 0);
        if (!is_there)
            print_error("%s is not tested\n", entry);
        assert_true(is_there);
        count++;
    }
    assert_int_equal(count, preset_row_count);
    for (size_t i = 0; i < preset_row_count; i++)
        assert_null(strstr(preset_rows[i].names, "person."));
}

/* The samples of contacts/gateways load without a finding. */
static void test_samples(void **state)
{
    g_autofree char *path = g_build_filename(data, "contacts", "gateways", NULL);
    g_autoptr(GDir) entries = g_dir_open(path, 0, NULL);
    const char *entry;
    int count = 0;

    (void)state;
    assert_non_null(entries);
    while ((entry = g_dir_read_name(entries)) != NULL) {
        g_autoptr(Findings) findings = findings_new();
        g_autofree char *file = g_build_filename(path, entry, NULL);
        g_autoptr(Gateway) gateway = load_gateway_file(file, data, findings);

        expect_findings(findings, NULL, 0);
        assert_non_null(gateway);
        assert_non_null(gateway->channel);
        count++;
    }
    assert_true(count >= 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_requests),     cmocka_unit_test(test_answers),  cmocka_unit_test(test_lookups),
        cmocka_unit_test(test_publications), cmocka_unit_test(test_receipts), cmocka_unit_test(test_all_are_tested),
        cmocka_unit_test(test_samples),
    };

    return cmocka_run_group_tests(tests, expect_make_home, expect_remove_home);
}
