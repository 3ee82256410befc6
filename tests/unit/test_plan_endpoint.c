/* What one person can be reached at: columns by capacity, unsafe ones, borders, consent, and the parsers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <glib.h>
#include <string.h>

#include "model/plan.h"

static const char *const names[] = {"id",     "email",       "phone",  "push",           "webhook",       "address",
                                    "region", "compromised", "agreed", "guardian_email", "guardian_phone"};
static const PersonColumns columns = {.names = (char **)names, .count = G_N_ELEMENTS(names)};

typedef struct Bench {
    Playbook *playbook;
    PlanRules rules;
    Audience *audience;
    const char *region; /* of every gateway */
    PlanEndpoints endpoints;
} Bench;

static const char *region_of(const char *channel, void *user)
{
    assert_non_null(plan_channel(channel));
    return ((Bench *)user)->region;
}

static int setup(void **state)
{
    Bench *bench = g_new0(Bench, 1);

    bench->playbook = playbook_new();
    bench->audience = audience_new();
    bench->rules = (PlanRules){.playbook = bench->playbook, .region = region_of, .user = bench};
    *state = bench;
    return 0;
}

static int teardown(void **state)
{
    Bench *bench = *state;

    plan_endpoints_clear(&bench->endpoints);
    audience_free(bench->audience);
    playbook_free(bench->playbook);
    g_free(bench);
    return 0;
}

static const PlanEndpoints *look(Bench *bench, const char *channel, const char *values)
{
    g_auto(GStrv) parts = g_strsplit(values, ",", -1);
    const Person person = {.row = 1, .columns = &columns, .values = (const char **)parts};

    assert_int_equal(g_strv_length(parts), G_N_ELEMENTS(names));
    plan_endpoints_clear(&bench->endpoints);
    plan_endpoints(&bench->rules, &person, bench->audience, plan_channel(channel), &bench->endpoints, NULL, NULL);
    assert_true((bench->endpoints.usable == PLAN_USABLE) == (bench->endpoints.count > 0));
    return &bench->endpoints;
}

#define ALL "p1,a@x.example;b@x.example,+4930123456,token-1,acc 7,Road 1|12345 Town,,,,g@x.example,+4930123457"

static void test_columns(void **state)
{
    static const struct {
        const char *channel, *first;
        size_t count;
    } rows[] = {{"email", "a@x.example", 2},         {"sms", "+4930123456", 1}, {"voice", "+4930123456", 1},
                {"phone", "+4930123456", 1},         {"push", "token-1", 1},    {"im", NULL, 0},
                {"letter", "Road 1\n12345 Town", 1}, {"webhook", "acc 7", 1}};
    static const struct {
        const char *channel, *first;
    } guardians[] = {{"email", "g@x.example"}, {"sms", "+4930123457"}, {"phone", "+4930123457"},
                     {"push", NULL},           {"letter", NULL},       {"webhook", NULL}};
    Bench *bench = *state;

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        const PlanEndpoints *endpoints = look(bench, rows[i].channel, ALL);

        if (endpoints->count != rows[i].count || (rows[i].first && strcmp(endpoints->items[0], rows[i].first) != 0))
            fail_msg("%s: %zu endpoints", rows[i].channel, endpoints->count);
    }
    bench->audience->capacity = CAPACITY_GUARDIAN;
    for (size_t i = 0; i < G_N_ELEMENTS(guardians); i++) {
        const PlanEndpoints *endpoints = look(bench, guardians[i].channel, ALL);

        if (endpoints->count != (guardians[i].first ? 1 : 0) ||
            (guardians[i].first && strcmp(endpoints->items[0], guardians[i].first) != 0))
            fail_msg("guardian by %s: %zu endpoints", guardians[i].channel, endpoints->count);
    }
}

static void test_account_by_id(void **state)
{
    Bench *bench = *state;

    assert_string_equal(look(bench, "webhook", "u;1,,,,,,,,,,")->items[0], "u;1");
    assert_int_equal(look(bench, "webhook", "u1,,,,,,,webhook,,,")->usable, PLAN_UNSAFE);
}

static void test_unsafe(void **state)
{
    Bench *bench = *state;

    assert_int_equal(look(bench, "email", "p1,a@x.example,,,,,,phone; email,,,")->usable, PLAN_UNSAFE);
    assert_int_equal(look(bench, "sms", "p1,,+4930123456,,,,,phone,,,")->usable, PLAN_UNSAFE);
    assert_int_equal(look(bench, "sms", "p1,,+4930123456,,,,,email,,,")->usable, PLAN_USABLE);
    assert_int_equal(look(bench, "email", "p1,,,,,,,email,,,")->usable, PLAN_NONE); /* there is nothing to be unsafe */
    assert_int_equal(look(bench, "email", "p1,nobody,,,,,,,,,")->usable, PLAN_NONE);
    bench->audience->capacity = CAPACITY_GUARDIAN;
    assert_int_equal(look(bench, "email", "p1,,,,,,,email,,g@x.example,")->usable, PLAN_USABLE);
    assert_int_equal(look(bench, "email", "p1,,,,,,,guardian_email,,g@x.example,")->usable, PLAN_UNSAFE);
    /* The child's mailbox is the guardian's too. */
    assert_int_equal(look(bench, "email", "p1,k@x.example,,,,,,email,,k@x.example,")->usable, PLAN_UNSAFE);
    assert_int_equal(look(bench, "sms", "p1,,+4930123456,,,,,phone,,,+4930123456")->usable, PLAN_UNSAFE);
    assert_int_equal(look(bench, "email", "p1,k@x.example,,,,,,phone,,k@x.example,")->usable, PLAN_USABLE);
    assert_int_equal(look(bench, "email", "p1,k@x.example,,,,,,email,,k@X.EXAMPLE;g@x.example,")->count, 1);
    assert_string_equal(bench->endpoints.items[0], "g@x.example");
    /* Nor does another case of its name make the mailbox another one. */
    assert_int_equal(look(bench, "email", "p1,K@x.example,,,,,,email,,k@x.example,")->usable, PLAN_UNSAFE);
}

static void test_case(void **state)
{
    Bench *bench = *state;

    assert_int_equal(look(bench, "email", "p1,Ann@x.example;ann@X.example;b@x.example,,,,,,,,,")->count, 2);
    assert_string_equal(bench->endpoints.items[0], "Ann@x.example");
    assert_string_equal(bench->endpoints.items[1], "b@x.example");
    /* Tokens are not mailboxes. */
    assert_int_equal(look(bench, "push", "p1,,,Token-1234;token-1234,,,,,,,")->count, 2);
}

static void allow(Bench *bench, const char *from, const char *to, const char *consent)
{
    CrossBorder *border = g_new0(CrossBorder, 1);

    border->from = g_strdup(from);
    border->to = g_strdup(to);
    border->consent = g_strdup(consent);
    g_ptr_array_add(bench->playbook->cross_border, border);
}

static PlanUsable crosses(Bench *bench, const char *region, const char *agreed)
{
    g_autofree char *values = g_strdup_printf("p1,a@x.example,,,,,%s,,%s,,", region, agreed);

    return look(bench, "email", values)->usable;
}

static void test_borders(void **state)
{
    Bench *bench = *state;

    assert_int_equal(crosses(bench, "eu", ""), PLAN_USABLE); /* the gateway does not say where it is */
    bench->region = "cn";
    assert_int_equal(crosses(bench, "CN", ""), PLAN_USABLE);
    assert_int_equal(crosses(bench, "", ""), PLAN_USABLE);
    assert_int_equal(crosses(bench, "eu", ""), PLAN_ABROAD);
    assert_int_equal(crosses(bench, "hk", ""), PLAN_ABROAD);
    assert_int_equal(bench->endpoints.count, 0);
    allow(bench, "eu", "cn", "agreed");
    assert_int_equal(crosses(bench, "eu", "yes"), PLAN_USABLE);
    assert_true(bench->endpoints.crosses);
    assert_int_equal(crosses(bench, "de", "yes"), PLAN_USABLE);
    assert_int_equal(crosses(bench, "de", ""), PLAN_NO_CONSENT);
    assert_int_equal(crosses(bench, "de", "perhaps"), PLAN_NO_CONSENT);
    assert_int_equal(crosses(bench, "hk", "yes"), PLAN_ABROAD);
    assert_int_equal(crosses(bench, "cn", ""), PLAN_USABLE);
    assert_false(bench->endpoints.crosses);
    allow(bench, "hk", "cn", NULL);
    assert_int_equal(crosses(bench, "hk", ""), PLAN_USABLE);
}

static void test_addresses(void **state)
{
    g_autofree char *lines = plan_parse_address(" Road 1 \n\n 12345  Town |Country", NULL);
    g_autofree char *nothing = plan_parse_address(" | ", NULL);
    g_autofree char *many = plan_parse_address("1|2|3|4|5|6|7|8|9", NULL);
    g_autofree char *token = plan_parse_token("aZ09:_-=", NULL);
    g_autofree char *blank = plan_parse_token("a b c d", NULL);
    g_autofree char *brief = plan_parse_token("abc", NULL);
    g_autofree char *foreign = plan_parse_token("令牌令牌", NULL);
    g_autofree char *account = plan_parse_account("用户 7", NULL);
    g_autofree char *empty = plan_parse_account("", NULL);

    (void)state;
    assert_string_equal(lines, "Road 1\n12345  Town\nCountry");
    assert_null(nothing);
    assert_null(many);
    assert_string_equal(token, "aZ09:_-=");
    assert_null(blank);
    assert_null(brief);
    assert_null(foreign);
    assert_string_equal(account, "用户 7");
    assert_null(empty);
}

static void test_reasons(void **state)
{
    g_autofree char *missing = plan_endpoints_reason(plan_channel("sms"), CAPACITY_SELF, PLAN_NONE);
    g_autofree char *unsafe = plan_endpoints_reason(plan_channel("email"), CAPACITY_GUARDIAN, PLAN_UNSAFE);

    (void)state;
    assert_string_equal(missing, "no usable sms address");
    assert_string_equal(unsafe, "the incident made this guardian email address unsafe");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_columns), TEST(test_account_by_id),         TEST(test_unsafe), TEST(test_case),
        TEST(test_borders), cmocka_unit_test(test_addresses), cmocka_unit_test(test_reasons),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
