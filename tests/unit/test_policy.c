/* model/policy and load/load_policy: the shipped policies, the choice of a deadline for answers, and mistakes. */
#include "load_expect.h"

#include "load/load_policy.h"

static const char data[] = BREACH_SOURCE_DIR;

static Policy *load(const char *id)
{
    g_autoptr(Findings) findings = findings_new();
    Policy *policy = load_policy(id, position_make(NULL, 0, 0), NULL, data, findings);

    expect_print(findings);
    assert_int_equal(findings_count(findings), 0);
    assert_non_null(policy);
    return policy;
}

/* Every policy that is shipped can be read, says itself in English and Chinese, and promises something. */
static void test_shipped(void **state)
{
    g_auto(GStrv) names = load_policy_names(NULL, data);

    (void)state;
    assert_int_equal(g_strv_length(names), 5);
    for (char **name = names; *name; name++) {
        g_autoptr(Policy) policy = load(*name);

        assert_true(policy->promises->len >= 5);
        assert_non_null(locale_text_get(policy->name, "en"));
        for (guint i = 0; i < policy->promises->len; i++) {
            const PolicyPromise *promise = g_ptr_array_index(policy->promises, i);

            assert_non_null(locale_text_get(promise->text, "en"));
            assert_non_null(locale_text_get(promise->text, "zh-CN"));
            assert_ptr_equal(policy_promise(policy, promise->id), promise);
            assert_true(policy_has(policy, promise->kind));
        }
    }
}

/* What the policies were found to promise, and what they do not. */
static void test_what_is_promised(void **state)
{
    g_autoptr(Policy) services = load("cloud-services-cn");
    g_autoptr(Policy) account = load("cloud-account");
    g_autoptr(Policy) erp = load("erp-cloud-cn");
    const PolicyPromise *ways = policy_promise(account, "ways");

    (void)state;
    assert_true(policy_promise(services, "contain")->has_gate);
    assert_int_equal(policy_promise(services, "contain")->gate, RESPONSE_CONTAIN);
    assert_false(policy_promise(services, "plan")->has_gate);
    assert_false(services->customer_data);
    assert_false(policy_has(services, POLICY_ANNOUNCEMENT));
    assert_true(ways->is_open);
    assert_true(g_strv_contains((const char *const *)ways->list, "formal-letter"));
    assert_int_equal(policy_promise(account, "announcement")->when, POLICY_WHEN_HARD);
    assert_int_equal(policy_promise(account, "complaint")->authorities->len, 4);
    assert_false(policy_has(erp, POLICY_CONTENT));
    assert_false(policy_has(erp, POLICY_WAYS));
    assert_null(policy_promise(erp, "ways"));
}

static void test_kinds_have_names(void **state)
{
    (void)state;
    for (int kind = 0; kind < POLICY_KINDS; kind++) {
        assert_string_equal(policy_kind_names()[kind], policy_kind_name((PolicyKind)kind));
        assert_true(*policy_kind_words((PolicyKind)kind));
    }
    assert_null(policy_kind_names()[POLICY_KINDS]);
}

/* Of several policies the one that answers soonest: 15 days before 15 working days before 30 days. */
static void test_inquiries(void **state)
{
    g_autoptr(Policy) services = load("cloud-services-cn");
    g_autoptr(Policy) account = load("cloud-account");
    g_autoptr(Policy) saas = load("saas-enterprise-cn");
    g_autoptr(Policy) minimal = load("minimal-cn");
    g_autoptr(GPtrArray) policies = g_ptr_array_new();
    const Policy *whose = NULL;

    (void)state;
    assert_null(policy_inquiries(policies, &whose));
    g_ptr_array_add(policies, minimal);
    g_ptr_array_add(policies, NULL);
    assert_null(policy_inquiries(policies, &whose));
    assert_null(whose);
    g_ptr_array_add(policies, services);
    assert_int_equal(policy_inquiries(policies, &whose)->days, 30);
    assert_int_equal(policy_inquiries(policies, NULL)->from, INQUIRY_FROM_VERIFIED);
    g_ptr_array_add(policies, saas);
    assert_int_equal(policy_inquiries(policies, &whose)->count, INQUIRY_BUSINESS_DAYS);
    assert_ptr_equal(whose, saas);
    g_ptr_array_add(policies, account);
    assert_int_equal(policy_inquiries(policies, &whose)->days, 15);
    assert_ptr_equal(whose, account);
}

static void test_answers_sooner(void **state)
{
    const InquiryRule base = {.days = 15, .from = INQUIRY_FROM_RECEIVED, .count = INQUIRY_BUSINESS_DAYS};
    InquiryRule rule = base;

    (void)state;
    assert_true(policy_answers_sooner(&rule, &base));
    rule.days = 16;
    assert_false(policy_answers_sooner(&rule, &base));
    rule = base;
    rule.count = INQUIRY_CALENDAR_DAYS;
    assert_true(policy_answers_sooner(&rule, &base));
    assert_false(policy_answers_sooner(&base, &rule));
    rule = base;
    rule.from = INQUIRY_FROM_VERIFIED;
    assert_false(policy_answers_sooner(&rule, &base));
    assert_true(policy_answers_sooner(&base, &rule));
    rule = base;
    rule.extension = 1;
    assert_false(policy_answers_sooner(&rule, &base));
    rule.days = 0; /* no rule at all */
    assert_false(policy_answers_sooner(&rule, &base));
    assert_true(policy_answers_sooner(&base, &rule));
}

static void test_mistakes(void **state)
{
    static const char text[] = "version: 1\n"
                               "id: ours\n"
                               "name: ours\n"
                               "applies_to: {capacities: [self], customer_data: false}\n"
                               "promises:\n"
                               "  - {id: one, kind: content, text: a, content: [advise]}\n"
                               "  - {id: two, kind: ways, text: a, named: [email], region: cn}\n"
                               "  - {id: three, kind: announcement, text: a}\n"
                               "  - {id: four, kind: response, text: a}\n"
                               "  - {id: five, kind: languages, text: a, languages: [chinese]}\n"
                               "  - {id: six, kind: guardians, text: a}\n"
                               "  - {id: six, kind: customers, text: a}\n";
    static const Expected expected[] = {
        {6, 48, "law-value", "did you mean advice?"},
        {7, 52, "law-unknown-key", "a promise of the kind ways has no region"},
        {8, 5, "law-missing-key", "a promise of the kind announcement needs when"},
        {9, 5, "law-missing-key", "needs steps, or gate, or both"},
        {10, 53, "law-value", "languages cannot be \"chinese\""},
        {12, 5, "law-value", "two promises of the id six"},
    };
    g_autofree char *path G_GNUC_UNUSED = expect_text(expect_home, "policies/ours.yaml", text);
    g_autoptr(Findings) findings = findings_new();
    g_autoptr(Policy) policy = load_policy("ours", position_make(NULL, 0, 0), expect_home, NULL, findings);

    (void)state;
    expect_findings(findings, expected, G_N_ELEMENTS(expected));
    assert_int_equal(policy->promises->len, 1); /* what can be judged only by half would count as kept */
    assert_string_equal(((const PolicyPromise *)g_ptr_array_index(policy->promises, 0))->id, "six");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shipped),          cmocka_unit_test(test_what_is_promised),
        cmocka_unit_test(test_kinds_have_names), cmocka_unit_test(test_inquiries),
        cmocka_unit_test(test_answers_sooner),   cmocka_unit_test(test_mistakes),
    };

    return cmocka_run_group_tests(tests, expect_make_home, expect_remove_home);
}
