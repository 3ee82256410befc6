/* The playbook's keys response and inquiries. */
#include "load_expect.h"

#include "load/load_playbook.h"
#include "model/response.h"

/* A playbook that ends with `keys`, from line 12 on. */
static Playbook *load(const char *keys, Findings *findings)
{
    g_autofree char *text = g_strconcat("version: 1\n"
                                        "incident: {id: leak, status: exercise}\n"
                                        "organization: {name: Example, contact: {email: help@example.com}}\n"
                                        "facts: {what_happened: Somebody copied data, data_kinds: [email]}\n"
                                        "impact: [Fake messages]\n"
                                        "measures: {taken: [Keys replaced]}\n"
                                        "advice: [Change your password]\n"
                                        "remedies: [We help]\n"
                                        "people: people.csv\n"
                                        "audiences: [{id: a, template: t, ladder: [email]}]\n"
                                        "gateways: {email: relay}\n",
                                        keys, "\n", NULL);
    g_autofree char *path = expect_text(expect_home, "p.yaml", text);

    return load_playbook(path, findings);
}

static void test_all_keys(void **state)
{
    g_autoptr(Findings) findings = findings_new();
    g_autoptr(Playbook) playbook =
        load("response:\n"
             "  - {id: contain, kind: contain, owner: on-call, gate: true, title: {en: Stop it, zh-CN: 处置}}\n"
             "  - {id: exchange, kind: exchange-disclosure, owner: board}\n"
             "inquiries: {deadline: P15D, extension: P30D, from: verified, count: business, calendar: cn}",
             findings);
    const ResponseStep *step;

    (void)state;
    assert_int_equal(findings_count(findings), 0);
    assert_int_equal(playbook->response->steps->len, 2);
    step = response_step(playbook->response, "contain");
    assert_true(step->gate);
    assert_int_equal(step->kind, RESPONSE_CONTAIN);
    assert_string_equal(step->owner, "on-call");
    assert_string_equal(response_step_title(step, "zh-CN"), "处置");
    step = response_step(playbook->response, "exchange");
    assert_int_equal(step->kind, RESPONSE_DISCLOSE);
    assert_false(step->gate);
    assert_string_equal(response_step_title(step, "en"), "disclose it to the stock exchange");
    assert_null(response_step(playbook->response, "none"));
    assert_int_equal(playbook->response->inquiries.days, 15);
    assert_int_equal(playbook->response->inquiries.extension, 30);
    assert_int_equal(playbook->response->inquiries.from, INQUIRY_FROM_VERIFIED);
    assert_int_equal(playbook->response->inquiries.count, INQUIRY_BUSINESS_DAYS);
    assert_string_equal(playbook->response->inquiries.calendar, "cn");
}

static void test_without(void **state)
{
    g_autoptr(Findings) findings = findings_new();
    g_autoptr(Playbook) playbook = load("", findings);

    (void)state;
    assert_null(playbook->response);
    assert_null(response_step(playbook->response, "contain"));
}

static void test_defaults(void **state)
{
    g_autoptr(Findings) findings = findings_new();
    g_autoptr(Playbook) playbook = load("inquiries: {deadline: P30D}", findings);
    const InquiryRule *rule = &playbook->response->inquiries;

    (void)state;
    assert_int_equal(findings_count(findings), 0);
    assert_int_equal(rule->days, 30);
    assert_int_equal(rule->extension, 0);
    assert_int_equal(rule->from, INQUIRY_FROM_RECEIVED);
    assert_int_equal(rule->count, INQUIRY_CALENDAR_DAYS);
}

static void test_mistakes(void **state)
{
    static const struct {
        const char *keys, *id, *words;
    } cases[] = {
        {"response: [{id: a, kind: contain}]", "playbook-missing-key", "owner"},
        {"response: [{id: a, owner: x}]", "playbook-missing-key", "kind"},
        {"response: [{id: a, kind: mend, owner: x}]", "playbook-value", "start"},
        {"response: [{id: a, kind: start, owner: x}, {id: a, kind: tell, owner: y}]", "playbook-value",
         "two response steps"},
        {"response: [{id: a, kind: start, owner: x, gates: true}]", "playbook-unknown-key", "gate"},
        {"response: {id: a}", "playbook-type", "list"},
        {"inquiries: {from: received}", "playbook-missing-key", "deadline"},
        {"inquiries: {deadline: PT4H}", "playbook-value", "P15D"},
        {"inquiries: {deadline: P0D}", "playbook-value", "P15D"},
        {"inquiries: {deadline: P366D}", "playbook-value", "P365D"},
        {"inquiries: {deadline: P15D, count: business}", "playbook-missing-key", "calendar"},
        {"inquiries: {deadline: P15D, from: asked}", "playbook-value", "received"},
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(Findings) findings = findings_new();
        g_autoptr(Playbook) playbook G_GNUC_UNUSED = load(cases[i].keys, findings);
        const Finding *finding;

        if (findings_count(findings) == 0)
            fail_msg("%s: no finding", cases[i].keys);
        finding = findings_get(findings, 0);
        assert_int_equal(finding->at.line, 12);
        assert_int_equal(finding->stage, FINDING_REPORT);
        assert_string_equal(finding->id, cases[i].id);
        if (!strstr(finding->text, cases[i].words))
            fail_msg("%s: \"%s\" lacks \"%s\"", cases[i].keys, finding->text, cases[i].words);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_keys),
        cmocka_unit_test(test_without),
        cmocka_unit_test(test_defaults),
        cmocka_unit_test(test_mistakes),
    };

    return cmocka_run_group_tests_name("load_response", tests, expect_make_home, expect_remove_home);
}
