/* Regimes and calendars as people write them: what is right, and every mistake with its line and column. */
#include "load_expect.h"

#include "load/load_calendar.h"
#include "load/load_regime.h"

static const char head[] =
    "version: 1\nid: own\nname: Clause 7\njurisdiction: contract\nstatus: in_force\nenabled: true\n"
    "citation: contract of 2026, clause 7\nclock_starts: awareness\nzone: Europe/Berlin\n"
    "confidence: confirmed\n"; /* 10 lines */

static Regime *load(const char *text, Findings *findings)
{
    g_autofree char *path = expect_text(expect_home, "regimes/own.yaml", text);

    return load_regime_file(path, findings);
}

static Regime *load_steps(const char *steps, Findings *findings)
{
    g_autofree char *text = g_strconcat(head, "steps:\n", steps, NULL);

    return load(text, findings);
}

static void test_own_clause(void **state)
{
    g_autoptr(Findings) findings = findings_new();
    g_autoptr(Regime) regime =
        load_steps("  - id: tell_24h\n    name: {en: tell the customer, zh-CN: 告知客户}\n    to: controller\n"
                   "    due: PT24H\n    from: request\n    count: hours\n    cond: plan == 'gold' && affected > 10\n"
                   "    confidence: {level: secondary, note: as we read it}\n"
                   "anchors:\n  - {id: request, text: the customer asked}\n"
                   "variables:\n  - {id: plan, text: the customer's plan}\n",
                   findings);
    const RegimeStep *step;

    (void)state;
    EXPECT(findings);
    assert_non_null(regime);
    step = regime_step(regime, "tell_24h");
    assert_non_null(step);
    assert_int_equal(step->due, 24 * 3600 * 1000);
    assert_string_equal(step->from.name, "request");
    assert_string_equal(regime_text(step->name, "zh-CN"), "告知客户");
    assert_string_equal(regime_text(step->name, "fr"), "tell the customer");
    assert_string_equal(regime_text(step->confidence_note, "zh-CN"), "as we read it");
    assert_true(regime_step_is_unverified(regime, step));
    assert_false(regime_step_is_unverified(regime, NULL));
    assert_null(regime_step(regime, "tell"));
}

static void test_everything_is_missing(void **state)
{
    g_autoptr(Findings) findings = findings_new();
    g_autoptr(Regime) regime = load("id: own\n", findings);

    (void)state;
    assert_null(regime);
    EXPECT(findings, {1, 1, "law-missing-key", "version"}, {1, 1, "law-missing-key", "name"},
           {1, 1, "law-missing-key", "jurisdiction"}, {1, 1, "law-missing-key", "status"},
           {1, 1, "law-missing-key", "enabled"}, {1, 1, "law-missing-key", "citation"},
           {1, 1, "law-missing-key", "clock_starts"}, {1, 1, "law-missing-key", "zone"},
           {1, 1, "law-missing-key", "confidence"}, {1, 1, "law-missing-key", "steps"});
}

/* Eleven mistakes, eleven findings. */
static void test_mistakes_of_one_file(void **state)
{
    g_autoptr(Findings) findings = findings_new();
    g_autoptr(Regime) regime G_GNUC_UNUSED =
        load("version: 1\nid: own\nname: x\njurisdiction: contract\nstatus: inforce\nenabled: yes\n"
             "effective_from: \"2026-02-30\"\ncitation: x\nclock_starts: awarenes\nzone: Europe/Berlni\n"
             "confidence: sure\nchanel: letter\nsteps:\n"
             "  - {id: a, name: x, to: regulator, due: 72h, from: awareness, count: hours, confidence: memory}\n"
             "  - {id: b, name: x, to: regulator, due: P3D, from: awareness, count: hours, confidence: memory}\n"
             "  - {id: c, name: x, to: regulator, from: \"submission:d\", confidence: memory}\n"
             "  - {id: a, name: x, to: regulator, from: awareness, cond: afected >= 1, confidence: memory}\n",
             findings);

    (void)state;
    EXPECT(findings, {5, 9, "law-value", "in_force"}, {6, 10, "law-value", "true or false"},
           {7, 17, "law-value", "2026-02-30"}, {9, 15, "law-unknown-name", "awareness"},
           {10, 7, "law-value", "Europe/Berlni"}, {11, 13, "law-value", "confirmed"},
           {12, 1, "law-unknown-key", "channel"}, {14, 42, "law-value", "PT72H"},
           {15, 71, "law-value", "counted as calendar"}, {16, 5, "law-unknown-name", "no step d"},
           {17, 5, "law-twice", "the step a"}, {17, 5, "law-unknown-name", "affected"});
}

/* Keys that say something only together. */
static void test_contradictions(void **state)
{
    static const struct {
        const char *step, *id, *words;
    } rows[] = {
        {"due: PT2H, count: hours, day_one: inclusive", "law-value", "day_one"},
        {"due: PT2H, count: hours, roll: next_working_day, calendar: de", "law-value", "does not roll"},
        {"due: P2BD, count: business", "law-value", "need a calendar"},
        {"due: P2D, count: calendar, roll: next_working_day", "law-value", "need a calendar"},
        {"due: P2BD, count: business, calendar: de, roll: unknown", "law-value", "end on a working day"},
        {"due: PT2H, count: hours, roll_denied: [bank]", "law-value", "roll_denied"},
        {"due: PT2H, count: hours, group_rule: late_classification", "law-value", "needs a group"},
        {"due: PT2H, count: hours, latest: true", "law-value", "latest"},
        {"due: PT2H, count: hours, repeat: true", "law-value", "repeat"},
        {"double_if: affected > 1", "law-value", "double_if"},
        {"readings: [{id: r, from: discovery, text: x}]", "law-value", "readings"},
        {"count: hours", "law-value", "no due"},
        {"due: PT2H", "law-missing-key", "needs count"},
        {"due: P0D, count: calendar", "law-value", "P30D"},
        {"due: P99999D, count: calendar", "law-value", "P30D"},
        {"due: P1Y, count: months", "law-value", "P1M"},
        {"due: PT0S, count: hours", "law-value", "PT72H"},
        {"cond: affected =", "law-value", "cond"},
        {"cond: cii", "law-value", "cond"},
        {"group: step", "law-twice", "a step and a group"},
        {"calendar: ../de", "law-value", "calendar"},
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(Findings) findings = findings_new();
        g_autofree char *step = g_strdup_printf(
            "  - {id: step, name: x, to: regulator, from: awareness, confidence: confirmed, %s}\n", rows[i].step);
        g_autoptr(Regime) regime G_GNUC_UNUSED = load_steps(step, findings);

        if (findings_count(findings) != 1 || strcmp(findings_get(findings, 0)->id, rows[i].id) != 0 ||
            !strstr(findings_get(findings, 0)->text, rows[i].words)) {
            expect_print(findings);
            fail_msg("%s: expected one %s \"%s\"", rows[i].step, rows[i].id, rows[i].words);
        }
        assert_int_equal(findings_get(findings, 0)->at.line, 12);
        assert_int_equal(findings_get(findings, 0)->stage, FINDING_REPORT);
    }
}

static void test_circle(void **state)
{
    g_autoptr(Findings) findings = findings_new();
    g_autoptr(Regime) regime G_GNUC_UNUSED = load_steps(
        "  - {id: a, name: x, to: y, due: P1D, from: \"deadline:b\", count: calendar, confidence: confirmed}\n"
        "  - {id: b, name: x, to: y, due: P1D, from: \"deadline:a\", count: calendar, confidence: confirmed}\n",
        findings);

    (void)state;
    EXPECT(findings, {12, 5, "law-circle", "deadline of a"}, {13, 5, "law-circle", "deadline of b"});
}

static void test_fields(void **state)
{
    g_autoptr(Findings) findings = findings_new();
    g_autoptr(Regime) regime = load_steps(
        "  - {id: a, name: x, to: y, from: awareness, confidence: confirmed}\n"
        "regulator_fields:\n"
        "  - {id: cause, text: {en: cause, zh-CN: 原因}, item: 4, need: must, defer: true, stage: [initial, "
        "supplement]}\n"
        "  - {id: ransom, text: amount, need: if, if: ransomware, confidential: true, source: confidential.traces}\n"
        "  - {id: cause, text: again, need: must}\n"
        "  - {id: late, text: why late, need: if}\n"
        "notice_fields:\n"
        "  - {id: title, text: title, need: must, exact: Notice of Data Breach, content: [title]}\n"
        "notice_channels: [email, letter, pigeon]\n",
        findings);
    const RegimeField *field;

    (void)state;
    EXPECT(findings, {16, 5, "law-twice", "cause"}, {17, 5, "law-missing-key", "need: if"},
           {20, 18, "law-value", "pigeon"});
    assert_int_equal(regime->regulator_fields->len, 3);
    field = g_ptr_array_index(regime->regulator_fields, 0);
    assert_int_equal(field->item, 4);
    assert_true(field->may_defer);
    assert_string_equal(field->stage[1], "supplement");
    field = g_ptr_array_index(regime->regulator_fields, 1);
    assert_true(field->is_confidential);
    assert_int_equal(field->need, REGIME_NEED_IF);
    field = g_ptr_array_index(regime->notice_fields, 0);
    assert_string_equal(field->exact, "Notice of Data Breach");
    assert_string_equal(field->content[0], "title");
}

static void test_where_it_is_looked_for(void **state)
{
    g_autoptr(Findings) findings = findings_new();
    g_autoptr(Findings) missing = findings_new();
    g_autofree char *text =
        g_strconcat(head, "steps:\n  - {id: a, name: x, to: y, from: awareness, confidence: confirmed}\n", NULL);
    g_autofree char *beside G_GNUC_UNUSED = expect_text(expect_home, "case/regimes/own.yaml", text);
    g_autofree char *folder = g_build_filename(expect_home, "case", NULL);
    g_autoptr(Regime) own = load_regime("own", position_make(NULL, 0, 0), folder, BREACH_SOURCE_DIR, findings);
    g_autoptr(Regime) shipped = load_regime("eu-gdpr", position_make(NULL, 0, 0), folder, BREACH_SOURCE_DIR, findings);
    g_autoptr(Regime) typo = load_regime("eu-gpdr", position_make("p.yaml", 3, 4), folder, BREACH_SOURCE_DIR, missing);
    g_autoptr(Regime) path = load_regime("../own", position_make("p.yaml", 5, 6), folder, BREACH_SOURCE_DIR, missing);
    g_auto(GStrv) names = load_regime_names(folder, BREACH_SOURCE_DIR);

    (void)state;
    EXPECT(findings);
    assert_non_null(own);
    assert_non_null(shipped);
    assert_null(typo);
    assert_null(path);
    EXPECT(missing, {3, 4, "law-file-not-found", "did you mean eu-gdpr"}, {5, 6, "law-file-not-found", "../own"});
    assert_true(g_strv_contains((const char *const *)names, "own"));
    assert_true(g_strv_contains((const char *const *)names, "cn-pipl"));
}

static void test_id_is_the_name_of_the_file(void **state)
{
    g_autoptr(Findings) findings = findings_new();
    g_autofree char *text =
        g_strconcat(head, "steps:\n  - {id: a, name: x, to: y, from: awareness, confidence: confirmed}\n", NULL);
    g_autofree char *path = expect_text(expect_home, "case/regimes/other.yaml", text);
    g_autofree char *folder = g_build_filename(expect_home, "case", NULL);
    g_autoptr(Regime) regime G_GNUC_UNUSED = load_regime("other", position_make(NULL, 0, 0), folder, NULL, findings);

    (void)state;
    EXPECT(findings, {0, 0, "law-file-id", "id: other"});
    assert_int_equal(unlink(path), 0);
}

/* Calendars ---------------------------------------------------------------------------------------------------------
 */

static Calendar *load_own_calendar(const char *text, Findings *findings)
{
    g_autofree char *path = expect_text(expect_home, "calendars/own.yaml", text);

    return load_calendar_file(path, findings);
}

static void test_calendar_mistakes(void **state)
{
    g_autoptr(Findings) findings = findings_new();
    g_autoptr(Calendar) calendar G_GNUC_UNUSED =
        load_own_calendar("version: 1\nid: own\nname: Ours\nconfidence: confirmed\nbasis: "
                          "rules\nfrom: 2020\nweekend: [freitag]\nholidays:\n"
                          "  - {name: a, date: \"13-01\"}\n"
                          "  - {name: b, nth: 6, weekday: monday, month: 1}\n"
                          "  - {name: c, nth: 2, weekday: monday}\n"
                          "  - {name: d, date: \"01-01\", easter: 1}\n"
                          "  - {name: e}\n"
                          "years:\n"
                          "  \"26\": {}\n"
                          "  \"2026\":\n"
                          "    rest_days: [\"2027-01-01\", {start: \"2026-03-03\", end: "
                          "\"2026-03-01\"}, {start: \"2026-05-01\", end: \"2026-05-03\"}]\n"
                          "    work_days: [\"2026-05-02\"]\n",
                          findings);

    (void)state;
    EXPECT(findings, {7, 11, "law-value", "friday"}, {9, 5, "law-value", "a holiday is one of"},
           {9, 21, "law-value", "13-01"}, {10, 5, "law-value", "a holiday is one of"}, {10, 20, "law-value", "nth"},
           {11, 5, "law-value", "a holiday is one of"}, {12, 5, "law-value", "a holiday is one of"},
           {13, 5, "law-value", "a holiday is one of"}, {15, 3, "law-value", "26"}, {16, 3, "law-value", "2026-05-02"},
           {17, 17, "law-value", "2026"}, {17, 31, "law-value", "2026"});
}

static void test_calendar_keys_together(void **state)
{
    static const struct {
        const char *text, *id, *words;
    } rows[] = {
        {"basis: rules\n", "law-missing-key", "from"},
        {"basis: years\n", "law-missing-key", "years"},
        {"basis: rules\nfrom: 2030\nto: 2020\n", "law-value", "behind"},
        {"basis: guesses\nfrom: 2020\n", "law-value", "basis"},
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(Findings) findings = findings_new();
        g_autofree char *text =
            g_strconcat("version: 1\nid: own\nname: Ours\nconfidence: confirmed\n", rows[i].text, NULL);
        g_autoptr(Calendar) calendar G_GNUC_UNUSED = load_own_calendar(text, findings);

        if (findings_count(findings) != 1 || strcmp(findings_get(findings, 0)->id, rows[i].id) != 0 ||
            !strstr(findings_get(findings, 0)->text, rows[i].words)) {
            expect_print(findings);
            fail_msg("%s: expected one %s", rows[i].text, rows[i].id);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_own_clause),
        cmocka_unit_test(test_everything_is_missing),
        cmocka_unit_test(test_mistakes_of_one_file),
        cmocka_unit_test(test_contradictions),
        cmocka_unit_test(test_circle),
        cmocka_unit_test(test_fields),
        cmocka_unit_test(test_where_it_is_looked_for),
        cmocka_unit_test(test_id_is_the_name_of_the_file),
        cmocka_unit_test(test_calendar_mistakes),
        cmocka_unit_test(test_calendar_keys_together),
    };

    return cmocka_run_group_tests(tests, expect_make_home, expect_remove_home);
}
