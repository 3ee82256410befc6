#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "model/gateway.h"
#include "model/gateway_answer.h"

static GatewayRule *rule(int from, int to, GatewayTest test, const char *pointer, const char *value,
                         GatewayMeaning means)
{
    GatewayRule *made = gateway_rule_new();

    made->status_from = from;
    made->status_to = to;
    made->test = test;
    made->pointer = pointer ? answer_pointer_parse(pointer) : NULL;
    made->means = means;
    if (value) {
        made->values = g_ptr_array_new_with_free_func(g_free);
        g_ptr_array_add(made->values, g_strdup(value));
    }
    return made;
}

static void free_rule(gpointer data)
{
    gateway_rule_free(data);
}

static json_t *parse(const char *text)
{
    json_t *body = answer_body_parse(GATEWAY_FORMAT_JSON, text, strlen(text));

    assert_non_null(body);
    return body;
}

static void test_first_rule_counts(void **state)
{
    static const struct {
        int status;
        const char *body; /* NULL: none that could be parsed */
        GatewayMeaning means;
    } cases[] = {
        {200, "{\"ok\": true}", GATEWAY_MEANS_ACCEPTED},
        {200, "{\"ok\": \"true\"}", GATEWAY_MEANS_ACCEPTED}, /* true and "true" are the same to a rule */
        {200, "{\"ok\": false}", GATEWAY_MEANS_NOTHING},
        {200, "{\"ok\": true, \"error\": \"E12: full\"}", GATEWAY_MEANS_TEMPORARY},
        {200, "{\"error\": \"F\"}", GATEWAY_MEANS_NOTHING},
        {404, "{}", GATEWAY_MEANS_PERMANENT},
        {404, "{\"gone\": []}", GATEWAY_MEANS_PERMANENT},
        {404, "{\"gone\": [1]}", GATEWAY_MEANS_POLICY},
        {404, NULL, GATEWAY_MEANS_NOTHING}, /* what cannot be read lacks everything, and proves nothing */
        {599, NULL, GATEWAY_MEANS_THROTTLED},
        {199, NULL, GATEWAY_MEANS_NOTHING},
    };
    g_autoptr(GPtrArray) rules = g_ptr_array_new_with_free_func(free_rule);

    (void)state;
    g_ptr_array_add(rules, rule(0, 0, GATEWAY_TEST_STARTS, "/error", "E12", GATEWAY_MEANS_TEMPORARY));
    g_ptr_array_add(rules, rule(200, 299, GATEWAY_TEST_IN, "/ok", "true", GATEWAY_MEANS_ACCEPTED));
    g_ptr_array_add(rules, rule(404, 404, GATEWAY_TEST_EXISTS, "/gone", NULL, GATEWAY_MEANS_POLICY));
    g_ptr_array_add(rules, rule(404, 404, GATEWAY_TEST_MISSING, "/gone", NULL, GATEWAY_MEANS_PERMANENT));
    g_ptr_array_add(rules, rule(500, 599, GATEWAY_TEST_NONE, NULL, NULL, GATEWAY_MEANS_THROTTLED));
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        json_auto_t *body = cases[i].body ? parse(cases[i].body) : NULL;

        assert_int_equal(gateway_rules_apply(rules, cases[i].status, body), cases[i].means);
    }
}

typedef struct Batch {
    const char *equals, *key;
    const char *body;
    const char *value;
    size_t position;
    GatewayMeaning means;
    const char *id, *words;
} Batch;

static void check_batch(const Batch *batch)
{
    json_auto_t *body = parse(batch->body);
    GatewayAnswer answer;
    json_t *item = NULL;
    g_autofree char *id = NULL;
    g_autofree char *words = NULL;

    gateway_answer_init(&answer);
    answer.items.list = answer_pointer_parse("/l");
    answer.items.key = batch->key ? answer_pointer_parse(batch->key) : NULL;
    answer.items.equals = g_strdup(batch->equals);
    answer.missing = GATEWAY_MEANS_UNKNOWN;
    answer.provider_id = answer_pointer_parse("/id");
    g_ptr_array_add(answer.words, answer_pointer_parse("/why"));
    g_ptr_array_add(answer.words, answer_pointer_parse("/message"));
    g_ptr_array_add(answer.rules, rule(200, 200, GATEWAY_TEST_NONE, NULL, NULL, GATEWAY_MEANS_ACCEPTED));
    g_ptr_array_add(answer.rules, rule(400, 499, GATEWAY_TEST_NONE, NULL, NULL, GATEWAY_MEANS_POLICY));
    g_ptr_array_add(answer.item_rules, rule(0, 0, GATEWAY_TEST_IN, "/s", "0", GATEWAY_MEANS_ACCEPTED));
    g_ptr_array_add(answer.item_rules, rule(0, 0, GATEWAY_TEST_IN, "/s", "1", GATEWAY_MEANS_PERMANENT));

    assert_int_equal(gateway_answer_apply(&answer, 200, body, batch->value, batch->position, &item), batch->means);
    id = gateway_answer_id(&answer, item);
    words = gateway_answer_words(&answer, item, body);
    assert_int_equal(g_strcmp0(id, batch->id), 0);
    assert_int_equal(g_strcmp0(words, batch->words), 0);
    assert_int_equal(gateway_answer_apply(&answer, 400, body, batch->value, batch->position, &item),
                     GATEWAY_MEANS_POLICY);
    assert_ptr_equal(item, body);
    gateway_answer_clear(&answer);
}

static void test_items(void **state)
{
#define LIST                                                                                                           \
    "{\"message\": \"all\", \"l\": [{\"k\": \"A\", \"s\": 0, \"id\": 7}, {\"k\": \"b\", \"s\": 1, \"why\": \"no\"}]}"
    static const Batch batches[] = {
        {"id", "/k", LIST, "a", 1, GATEWAY_MEANS_ACCEPTED, "7", "all"}, /* as base32 is: in any case */
        {"id", "/k", LIST, "b", 0, GATEWAY_MEANS_PERMANENT, NULL, "no"},
        {"id", "/k", LIST, "c", 0, GATEWAY_MEANS_UNKNOWN, NULL, "all"},
        {"id", "/k", LIST, NULL, 0, GATEWAY_MEANS_UNKNOWN, NULL, "all"},
        {NULL, NULL, LIST, "b", 0, GATEWAY_MEANS_ACCEPTED, "7", "all"}, /* by position */
        {NULL, NULL, LIST, "b", 2, GATEWAY_MEANS_UNKNOWN, NULL, "all"},
        {"endpoint", NULL, "{\"l\": {\"t1\": {\"s\": 1}, \"t2\": {\"s\": 5}}}", "t1", 0, GATEWAY_MEANS_PERMANENT, NULL,
         NULL},
        {"endpoint", NULL, "{\"l\": {\"t1\": {\"s\": 1}, \"t2\": {\"s\": 5}}}", "t2", 0, GATEWAY_MEANS_NOTHING, NULL,
         NULL},
        {"endpoint", NULL, "{\"l\": 5}", "t1", 0, GATEWAY_MEANS_UNKNOWN, NULL, NULL},
        {"endpoint", NULL, "{}", "t1", 0, GATEWAY_MEANS_UNKNOWN, NULL, NULL},
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(batches); i++)
        check_batch(&batches[i]);
}

/* Computed apart: SHA-256 of "breach message " and the id, 16 octets, with version and variant set. */
static void test_uuid(void **state)
{
    char uuid[GATEWAY_UUID_SIZE];

    (void)state;
    gateway_request_uuid("abcdefghijklmnopqrstuvwxyz", uuid);
    assert_string_equal(uuid, "0151dc6b-6e03-80ef-a6c4-78af0f1ff94b");
}

/* A copy shares the description, and has everything else of its own. */
static void test_copies(void **state)
{
    g_autoptr(Gateway) gateway = gateway_new();
    g_autoptr(Gateway) copy = NULL;
    g_auto(GStrv) secrets = NULL;

    (void)state;
    gateway->http = gateway_http_new();
    gateway->http->auth.secret = g_strdup("env:A");
    gateway->http->receipt.is_there = true;
    gateway->http->receipt.secret = g_strdup("env:A");
    gateway->password = g_strdup("file:b");
    gateway->reroute = g_strdup("http://127.0.0.1:1");
    gateway->quiet_hours = g_new0(QuietHours, 1);
    gateway->quiet_hours->channels = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(gateway->quiet_hours->channels, g_strdup("sms"));
    gateway->quiet_hours->zone_name = g_strdup("Z");
    gateway->quiet_hours->zone = quiet_hours_zone("Z");
    copy = gateway_copy(gateway);
    g_clear_pointer(&gateway, gateway_free);
    assert_string_equal(copy->http->auth.secret, "env:A");
    assert_string_equal(copy->reroute, "http://127.0.0.1:1");
    assert_string_equal(g_ptr_array_index(copy->quiet_hours->channels, 0), "sms");
    secrets = gateway_secrets(copy);
    assert_int_equal(g_strv_length(secrets), 2);
    assert_string_equal(secrets[0], "file:b");
    assert_string_equal(secrets[1], "env:A");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_first_rule_counts),
        cmocka_unit_test(test_items),
        cmocka_unit_test(test_uuid),
        cmocka_unit_test(test_copies),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
