/* Findings and the positions that they carry. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <glib.h>

#include "base/finding.h"

static void test_order(void **unused)
{
    g_autoptr(Findings) findings = findings_new();
    static const char *const expected[] = {
        "error: nowhere",                     "a.csv:2: warning: row",
        "b.yaml: error: whole file",          "b.yaml:2:9: error: first of two",
        "b.yaml:2:9: warning: second of two", "b.yaml:10:1: error: after line 2",
    };

    (void)unused;
    findings_error(findings, FINDING_SEND, "x-late", position_make("b.yaml", 10, 1), "after line %d", 2);
    findings_error(findings, FINDING_FACTS, "x-one", position_make("b.yaml", 2, 9), "first of %s", "two");
    findings_warning(findings, FINDING_SEND, "x-two", position_make("b.yaml", 2, 9), "second of two");
    findings_warning(findings, FINDING_SEND, "x-row", position_make("a.csv", 2, 0), "row");
    findings_error(findings, FINDING_REPORT, "x-file", position_make("b.yaml", 0, 0), "whole file");
    findings_error(findings, FINDING_SEND, "x-none", position_make(NULL, 0, 0), "nowhere");
    assert_int_equal(findings_count(findings), G_N_ELEMENTS(expected));
    for (size_t i = 0; i < G_N_ELEMENTS(expected); i++) {
        g_autofree char *line = finding_format(findings_get(findings, i));

        assert_string_equal(line, expected[i]);
    }
    /* Later additions are sorted in as well. */
    findings_error(findings, FINDING_SEND, "x-new", position_make("a.csv", 1, 0), "new");
    assert_string_equal(findings_get(findings, 1)->id, "x-new");
    assert_string_equal(findings_get(findings, 1)->text, "new");
}

/* Findings at one place keep the order in which they were found, however many there are. */
static void test_order_is_stable(void **unused)
{
    g_autoptr(Findings) findings = findings_new();

    (void)unused;
    for (int i = 0; i < 1000; i++)
        findings_error(findings, FINDING_SEND, "x-y", position_make("f", i % 3 + 1, 0), "%d", i);
    for (size_t i = 1; i < findings_count(findings); i++) {
        const Finding *before = findings_get(findings, i - 1);
        const Finding *after = findings_get(findings, i);
        gint64 first = g_ascii_strtoll(before->text, NULL, 10);
        gint64 second = g_ascii_strtoll(after->text, NULL, 10);

        assert_true(before->at.line < after->at.line || (before->at.line == after->at.line && first < second));
    }
}

static void test_counts_by_stage(void **unused)
{
    g_autoptr(Findings) findings = findings_new();
    Position at = position_make("f", 1, 1);

    (void)unused;
    assert_int_equal(findings_errors(findings, FINDING_SEND), 0);
    findings_error(findings, FINDING_SEND, "a-b", at, "x");
    assert_int_equal(findings_errors(findings, FINDING_FACTS), 0);
    assert_int_equal(findings_errors(findings, FINDING_REPORT), 0);
    assert_int_equal(findings_errors(findings, FINDING_SEND), 1);
    findings_error(findings, FINDING_FACTS, "a-b", at, "x");
    findings_error(findings, FINDING_REPORT, "a-b", at, "x");
    findings_warning(findings, FINDING_FACTS, "a-b", at, "x");
    assert_int_equal(findings_errors(findings, FINDING_FACTS), 1);
    assert_int_equal(findings_errors(findings, FINDING_REPORT), 2);
    assert_int_equal(findings_errors(findings, FINDING_SEND), 3);
    assert_int_equal(findings_warnings(findings), 1);
    assert_int_equal(findings_count(findings), 4);
}

static void test_names(void **unused)
{
    (void)unused;
    assert_string_equal(finding_stage_name(FINDING_FACTS), "facts");
    assert_string_equal(finding_stage_name(FINDING_REPORT), "report");
    assert_string_equal(finding_stage_name(FINDING_SEND), "send");
    assert_string_equal(finding_severity_name(FINDING_ERROR), "error");
    assert_string_equal(finding_severity_name(FINDING_WARNING), "warning");
}

/* What a file holds is not to reach a terminal as a command. */
static void test_controls(void **unused)
{
    g_autoptr(Findings) findings = findings_new();

    (void)unused;
    findings_error(findings, FINDING_SEND, "people-x", position_make(NULL, 0, 0), "\"%s\" is not a name",
                   "a\x1b[2J\r\nb\x7f\xc2\x9bH 张\xc2\xa0");
    assert_string_equal(findings_get(findings, 0)->text, "\"a?[2J??b???H 张\xc2\xa0\" is not a name");
}

static void test_position(void **unused)
{
    char name[] = "one";
    Position at = position_make(name, 1, 2);
    g_autofree char *text = NULL;

    (void)unused;
    name[0] = 'X'; /* the name was copied */
    text = position_format(at);
    assert_string_equal(text, "one:1:2");
    assert_true(position_compare(position_make("a", 9, 9), position_make("b", 1, 1)) < 0);
    assert_true(position_compare(position_make("a", 2, 1), position_make("a", 10, 1)) < 0);
    assert_true(position_compare(position_make("a", 1, 10), position_make("a", 1, 9)) > 0);
    assert_true(position_compare(position_make(NULL, 0, 0), position_make("a", 0, 0)) < 0);
    assert_int_equal(position_compare(at, position_make("one", 1, 2)), 0);
}

/* Whoever accepts a judgement is named with it, and it counts for nothing; before it is found or after. */
static void test_accepted(void **unused)
{
    g_autoptr(Findings) findings = findings_new();
    const Position at = position_make("p.yaml", 9, 3);
    g_autofree char *line = NULL;

    (void)unused;
    findings_error(findings, FINDING_SEND, "forecast-late", position_make("p.yaml", 1, 1), "contract is late");
    assert_true(findings_accept(findings, "br-forecast-001", "no other way", "Li", "contract", at));
    findings_error(findings, FINDING_SEND, "forecast-late", position_make("p.yaml", 2, 1), "us-ca is late");
    findings_error(findings, FINDING_SEND, "forecast-late", position_make("p.yaml", 3, 1), "contract too");
    assert_int_equal(findings_errors(findings, FINDING_SEND), 1);
    assert_int_equal(findings_passed(findings), 2);
    assert_int_equal(findings_accepted_count(findings), 1);
    assert_int_equal(findings_accepted(findings, 0)->uses, 2);
    line = finding_format(findings_get(findings, 0));
    assert_string_equal(line, "p.yaml:1:1: accepted: contract is late [BR-FORECAST-001], by Li: no other way");
    assert_null(findings_get(findings, 1)->accepted);
    assert_false(findings_accept(findings, "no-such-finding", "r", "Li", NULL, at));
}

/* A warning of any kind can be accepted; an error only where it is a judgement, and nothing of the facts. */
static void test_refused(void **unused)
{
    g_autoptr(Findings) findings = findings_new();
    const Position at = position_make("p.yaml", 9, 3);
    const Position there = position_make("p.yaml", 1, 1);

    (void)unused;
    assert_true(findings_accept(findings, "playbook-no-gateway", "r", "Li", NULL, at));
    assert_true(findings_accept(findings, "policy-broken", "r", "Li", NULL, at));
    findings_warning(findings, FINDING_SEND, "playbook-no-gateway", there, "only a warning");
    assert_int_equal(findings_warnings(findings), 0);
    findings_error(findings, FINDING_SEND, "playbook-no-gateway", there, "no gateway");
    findings_error(findings, FINDING_SEND, "playbook-no-gateway", there, "nor here");
    assert_int_equal(findings_errors(findings, FINDING_SEND), 3); /* both, and once that it cannot be accepted */
    assert_string_equal(findings_get(findings, 3)->id, "accept-refused");
    findings_error(findings, FINDING_FACTS, "policy-broken", there, "of the facts");
    assert_int_equal(findings_errors(findings, FINDING_FACTS), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order), cmocka_unit_test(test_order_is_stable), cmocka_unit_test(test_counts_by_stage),
        cmocka_unit_test(test_names), cmocka_unit_test(test_controls),        cmocka_unit_test(test_position),
        cmocka_unit_test(test_accepted), cmocka_unit_test(test_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
