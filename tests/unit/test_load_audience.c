/* The playbook's audiences and borders. */
#include "load_expect.h"

#include "load/load_audience.h"
#include "load/load_playbook.h"

/* A playbook with these audiences from line 10 on, and one more line behind it. */
static Playbook *load(const char *audiences, const char *more, Findings *findings)
{
    g_autofree char *text =
        g_strconcat("version: 1\n"
                    "incident: {id: leak, status: exercise}\n"
                    "organization: {name: Example, contact: {email: help@example.com}}\n"
                    "facts: {what_happened: Somebody copied data, data_kinds: [email]}\n"
                    "impact: [Fake messages]\n"
                    "measures: {taken: [Keys replaced]}\n"
                    "advice: [Change your password]\n"
                    "remedies: [We help]\n"
                    "people: people.csv\n"
                    "audiences: ",
                    audiences, "\ngateways: {email: relay, sms: short, push: app}\n", more, "\n", NULL);
    g_autofree char *path = expect_text(expect_home, "p.yaml", text);

    return load_playbook(path, findings);
}

static const Audience *audience_at(const Playbook *playbook, guint index)
{
    assert_true(index < playbook->audiences->len);
    return g_ptr_array_index(playbook->audiences, index);
}

static void test_all_keys(void **state)
{
    g_autoptr(Findings) findings = findings_new();
    g_autoptr(Playbook) playbook =
        load("[{id: a, template: t, ladder: [email, sms], capacity: guardian, controller: joint,"
             " instruction: {by: B, date: 2026-11-20, evidence: ticket 7}, deadline: 2026-11-23T00:00Z,"
             " facts: {what_happened: Other, cause: Known}, impact: [One, Two], measures: {planned: [P]}, advice: [A],"
             " remedies: [R]}, {id: b, template: t, ladder: [push], also: true}]",
             "", findings);
    const Audience *audience;

    (void)state;
    expect_findings(findings, NULL, 0);
    audience = audience_at(playbook, 0);
    assert_int_equal(audience->capacity, CAPACITY_GUARDIAN);
    assert_int_equal(audience->controller, CONTROLLER_JOINT);
    assert_string_equal(audience->instruction.by, "B");
    assert_string_equal(audience->instruction.date, "2026-11-20");
    assert_string_equal(audience->instruction.evidence, "ticket 7");
    assert_true(audience->deadline.known);
    assert_string_equal(locale_text_get(playbook_fact(audience->own, "what_happened")->text, "en"), "Other");
    assert_non_null(playbook_fact(audience->own, "cause"));
    assert_int_equal(audience->own->impact->len, 2);
    assert_int_equal(audience->own->measures_taken->len, 0);
    assert_int_equal(audience->own->measures_planned->len, 1);
    assert_int_equal(audience->own->advice->len, 1);
    assert_int_equal(audience->own->remedies->len, 1);
    assert_int_equal(playbook->impact->len, 1);
    audience = audience_at(playbook, 1);
    assert_int_equal(audience->capacity, CAPACITY_SELF);
    assert_int_equal(audience->controller, CONTROLLER_US);
    assert_null(audience->own);
    assert_false(audience->deadline.known);
}

static void test_wrong_audiences(void **state)
{
    static const struct {
        const char *audiences;
        Expected expected;
    } rows[] = {
        {"[{id: a, template: t, ladder: [email], controller: customer}]",
         {10, 13, "audience-instruction", "audience a is a customer's people"}},
        {"[{id: a, template: t, ladder: [email], controller: customer, instruction: {by: B}}]",
         {10, 86, "playbook-missing-key", "date"}},
        {"[{id: a, template: t, ladder: [email], instruction: {by: B, date: 2026-11-20, evidence: e}}]",
         {10, 64, "playbook-value", "an instruction belongs to controller: customer"}},
        {"[{id: a, template: t, ladder: [email], controller: them}]",
         {10, 63, "playbook-value", "controller cannot be \"them\""}},
        {"[{id: a, template: t, ladder: [email, push], capacity: guardian}]",
         {10, 42, "playbook-value", "a guardian cannot be reached by push"}},
        {"[{id: a, template: t, ladder: [email], facts: {data_kinds: [email]}}]",
         {10, 71, "playbook-value", "an audience has no data_kinds of its own"}},
        {"[{id: a, template: t, ladder: [email], facts: {affected: {likely: 3}}}]",
         {10, 69, "playbook-value", "an audience has no affected of its own"}},
        {"[{id: a, template: t, ladder: [email], deadline: 2026-11-23}]", {10, 61, "playbook-value", "deadline"}},
        {"[{id: a, template: t, ladder: [email], advice: Change it}]",
         {10, 59, "playbook-type", "advice must be a list"}},
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(Findings) findings = findings_new();
        bool is_found = false;

        playbook_free(load(rows[i].audiences, "", findings));
        for (size_t j = 0; j < findings_count(findings); j++) {
            const Finding *finding = findings_get(findings, j);

            is_found = is_found ||
                       (finding->at.line == rows[i].expected.line && strcmp(finding->id, rows[i].expected.id) == 0 &&
                        strstr(finding->text, rows[i].expected.words));
        }
        if (!is_found) {
            expect_print(findings);
            fail_msg("row %zu: %s is missing", i, rows[i].expected.id);
        }
    }
}

static void test_contact_needs_no_instruction(void **state)
{
    g_autoptr(Findings) findings = findings_new();
    g_autoptr(Playbook) playbook =
        load("[{id: a, template: t, ladder: [email], controller: customer, capacity: organization}]", "", findings);

    (void)state;
    expect_findings(findings, NULL, 0);
    assert_int_equal(audience_at(playbook, 0)->capacity, CAPACITY_ORGANIZATION);
}

#define PEOPLE "[{id: a, template: t, ladder: [email]}]"
#define WHY    "basis: b, purpose: p, recipient: r, safeguards: s, risks: k"

static void test_borders(void **state)
{
    g_autoptr(Findings) findings = findings_new();
    g_autoptr(Playbook) one = load(PEOPLE, "cross_border: {pair: [CN, eu], " WHY ", consent: agreed}", findings);
    g_autoptr(Playbook) two =
        load(PEOPLE, "cross_border: [{pair: [cn, eu], " WHY "}, {pair: [eu, us], " WHY "}]", findings);
    const CrossBorder *border;

    (void)state;
    expect_findings(findings, NULL, 0);
    border = playbook_border(one, "cn", "de");
    assert_non_null(border);
    assert_string_equal(border->from, "cn");
    assert_string_equal(border->consent, "agreed");
    assert_string_equal(border->risks, "k");
    assert_int_equal(two->cross_border->len, 2);
    assert_non_null(playbook_border(two, "fr", "us"));
    assert_null(playbook_border(two, "us", "fr"));
    assert_null(((const CrossBorder *)g_ptr_array_index(two->cross_border, 0))->consent);
}

static void test_wrong_borders(void **state)
{
    g_autoptr(Findings) findings = findings_new();
    g_autoptr(Playbook) playbook = load(PEOPLE,
                                        "cross_border:\n"
                                        "  - {pair: [cn], " WHY "}\n"
                                        "  - {pair: cn, " WHY "}\n"
                                        "  - {pair: [cn, 欧盟], " WHY "}\n"
                                        "  - {pair: [cn, eu], basis: b, purpose: p, recipient: r, safeguards: s}\n"
                                        "  - {" WHY "}\n",
                                        findings);

    (void)state;
    EXPECT(findings, {13, 12, "playbook-type", "pair: expected two regions"},
           {14, 12, "playbook-type", "pair: expected two regions"}, {15, 17, "playbook-value", "\"欧盟\" is no region"},
           {16, 5, "playbook-missing-key", "risks"}, {17, 5, "playbook-missing-key", "pair"});
    assert_int_equal(playbook->cross_border->len, 1);
}

static void test_deadline(void **state)
{
    g_autoptr(Findings) findings = findings_new();
    g_autoptr(Playbook) playbook =
        load("[{id: a, template: t, ladder: [email], deadline: 2026-11-23T00:00Z}]", "", findings);
    int64_t deadline = audience_at(playbook, 0)->deadline.at;

    (void)state;
    load_audience_deadlines(playbook, deadline, findings);
    expect_findings(findings, NULL, 0);
    load_audience_deadlines(playbook, deadline + 1, findings);
    EXPECT(findings, {10, 13, "audience-deadline", "audience a was to be told by 2026-11-23T00:00"});
}

static void test_instruction_of_tomorrow(void **state)
{
    g_autoptr(Findings) findings = findings_new();
    g_autoptr(Playbook) playbook =
        load("[{id: a, template: t, ladder: [email], controller: customer,"
             " deadline: 2026-11-30T00:00Z, instruction: {by: B, date: 2026-11-23, evidence: e}}]",
             "", findings);
    int64_t day = audience_at(playbook, 0)->deadline.at - 7 * INT64_C(86400000); /* where it begins at Greenwich */

    (void)state;
    load_audience_deadlines(playbook, day - 14 * INT64_C(3600000), findings); /* and where it begins first */
    expect_findings(findings, NULL, 0);
    load_audience_deadlines(playbook, day - 14 * INT64_C(3600000) - 1, findings);
    EXPECT(findings, {10, 13, "playbook-time-future", "the instruction of 2026-11-23 lies in the future"});
}

static void test_escalation(void **state)
{
    g_autoptr(Findings) findings = findings_new();
    g_autoptr(Playbook) playbook =
        load("[{id: a, template: t, ladder: [email, sms], every: true, order: deadline}, {id: b, template: t, ladder: "
             "[push],"
             " also: true, order: {by: plan, first: [gold, silver]}}]",
             "escalation: {after: {email: PT2H}, confirm_over: 7.5%, unreachable: none}", findings);
    const SendOrder *order = audience_at(playbook, 1)->order;

    (void)state;
    assert_int_equal(findings_errors(findings, FINDING_SEND), 0);
    assert_true(audience_at(playbook, 0)->every);
    assert_string_equal(audience_at(playbook, 0)->order->column, "deadline");
    assert_string_equal(order->column, "plan");
    assert_int_equal(order->first, SEND_LISTED);
    assert_int_equal(order->listed->len, 2);
    assert_int_equal(escalation_wait(&playbook->escalation, "email"), 2 * 3600 * 1000);
    assert_int_equal(escalation_wait(&playbook->escalation, "sms"), ESCALATION_AFTER);
    assert_int_equal((int)(playbook->escalation.confirm_over * 10), 75);
    assert_int_equal(playbook->escalation.end, ESCALATION_NONE);
}

static void test_wrong_escalation(void **state)
{
    static const char *const wrong[] = {"{after: {mail: PT2H}}",  "{after: {email: soon}}", "{after: {email: PT1S}}",
                                        "{confirm_over: 5}",      "{confirm_over: 101%}",   "{unreachable: letter}",
                                        "{before: {email: PT1H}}"};

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++) {
        g_autofree char *more = g_strconcat("escalation: ", wrong[i], NULL);
        g_autoptr(Findings) findings = findings_new();

        playbook_free(load("[{id: a, template: t, ladder: [email]}]", more, findings));
        if (findings_errors(findings, FINDING_SEND) != 1)
            fail_msg("%s: %d errors", wrong[i], (int)findings_errors(findings, FINDING_SEND));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_keys),
        cmocka_unit_test(test_wrong_audiences),
        cmocka_unit_test(test_contact_needs_no_instruction),
        cmocka_unit_test(test_escalation),
        cmocka_unit_test(test_wrong_escalation),
        cmocka_unit_test(test_borders),
        cmocka_unit_test(test_wrong_borders),
        cmocka_unit_test(test_deadline),
        cmocka_unit_test(test_instruction_of_tomorrow),
    };

    return cmocka_run_group_tests(tests, expect_make_home, expect_remove_home);
}
