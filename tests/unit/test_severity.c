/* model/severity on the shipped scales, and the mistakes of a scale of one's own. */
#include "load_expect.h"

#include "load/load_severity.h"

static const char data[] = BREACH_SOURCE_DIR;

typedef struct Given { /* one variable; NULL ends the list */
    const char *name, *lower, *likely, *upper;
} Given;

static bool given_lookup(const char *name, RegimeValue *value, void *user)
{
    for (const Given *row = user; row->name; row++)
        if (strcmp(row->name, name) == 0) {
            *value = (RegimeValue){row->lower, row->likely, row->upper};
            return true;
        }
    return false;
}

static SeverityScale *load(const char *id)
{
    g_autoptr(Findings) findings = findings_new();
    SeverityScale *scale = load_severity(id, position_make(NULL, 0, 0), NULL, data, findings);

    expect_print(findings);
    assert_int_equal(findings_count(findings), 0);
    return scale;
}

/* The level of one exact value. */
static int level_of(const SeverityScale *scale, const char *variable, const char *value)
{
    Given given[] = {{variable, value, value, value}, {0}};
    g_autoptr(SeverityProposal) proposal = severity_propose(scale, given_lookup, given);

    assert_int_equal(proposal->lower, proposal->level);
    assert_int_equal(proposal->likely, proposal->level);
    assert_false(proposal->may_reach);
    return proposal->level;
}

/* Each number includes itself: one below, at, one above. */
static void test_thresholds(void **state)
{
    static const struct {
        const char *scale, *variable, *below, *at, *above;
        int level; /* at and above; one less below */
    } rows[] = {
        {"cn-incident-2025", "affected", "999999", "1000000", "1000001", 2},
        {"cn-incident-2025", "affected", "9999999", "10000000", "10000001", 3},
        {"cn-incident-2025", "affected", "99999999", "100000000", "100000001", 4},
        {"cn-incident-2025", "loss_cny", "4999999", "5000000", "5000001", 2},
        {"cn-incident-2025", "loss_cny", "19999999", "20000000", "20000001", 3},
        {"cn-incident-2025", "loss_cny", "99999999", "100000000", "100000001", 4},
        {"cn-incident-2025", "cii_total_outage", "PT9M59S", "PT10M", "PT10M1S", 2},
        {"cn-incident-2025", "cii_total_outage", "PT59M", "PT1H", "PT61M", 3},
        {"cn-incident-2025", "cii_total_outage", "PT5H59M", "PT6H", "PT7H", 4},
        {"cn-incident-2025", "cii_main_outage", "PT29M", "PT30M", "PT31M", 2},
        {"cn-incident-2025", "cii_main_outage", "PT2H59M", "PT3H", "PT4H", 3},
        {"cn-incident-2025", "cii_main_outage", "PT23H", "PT24H", "P2D", 4},
        {"cn-incident-2025", "prefecture_share", "29", "30", "31", 2},
        {"cn-incident-2025", "prefecture_share", "49", "50", "51", 3},
        {"cn-incident-2025", "population", "99999", "100000", "100001", 2},
        {"cn-incident-2025", "population", "999999", "1000000", "1000001", 3},
        {"cn-incident-2025", "population", "9999999", "10000000", "10000001", 4},
        {"cn-incident-2025", "portal_province_outage", "PT1H", "PT2H", "PT3H", 2},
        {"cn-incident-2025", "portal_prefecture_outage", "PT5H", "PT6H", "PT24H", 3},
        {"cn-incident-2025", "home_page_defaced", "PT5H", "PT6H", "PT7H", 4},
        {"cn-incident-2025", "other_page_defaced", "PT11H", "PT12H", "PT13H", 3},
        {"cn-incident-2025", "reposts", "999", "1000", "1001", 2},
        {"cn-incident-2025", "views", "99999", "100000", "100001", 3},
        {"cn-miit-internet-2017", "affected", "999999", "1000000", "1000001", 2},
        {"cn-miit-internet-2017", "affected", "99999999", "100000000", "100000001", 4},
        {"cn-miit-data-2024", "affected_sensitive", "99999", "100000", "100001", 2},
        {"cn-miit-data-2024", "affected_sensitive", "999999", "1000000", "1000001", 3},
        {"cn-miit-data-2024", "affected_sensitive", "9999999", "10000000", "10000001", 4},
        {"cn-miit-data-2024", "loss_cny", "999999999", "1000000000", "1000000001", 4},
        {"cn-miit-data-2024", "telecom_outage", "PT7H59M", "PT8H", "PT9H", 2},
        {"cn-miit-data-2024", "telecom_outage", "PT11H", "PT12H", "PT13H", 3},
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(SeverityScale) scale = load(rows[i].scale);

        assert_int_equal(level_of(scale, rows[i].variable, rows[i].below), rows[i].level - 1);
        assert_int_equal(level_of(scale, rows[i].variable, rows[i].at), rows[i].level);
        assert_int_equal(level_of(scale, rows[i].variable, rows[i].above), rows[i].level);
    }
}

static void test_range_crosses(void **state)
{
    g_autoptr(SeverityScale) scale = load("cn-incident-2025");
    Given given[] = {{"affected", "11000", "20000", "2000000"}, {0}};
    g_autoptr(SeverityProposal) proposal = severity_propose(scale, given_lookup, given);
    const SeverityReason *reason = g_ptr_array_index(proposal->reasons, 0);

    (void)state;
    assert_int_equal(proposal->level, 2);
    assert_int_equal(proposal->likely, 1);
    assert_int_equal(proposal->lower, 1);
    assert_true(proposal->may_reach);
    assert_false(proposal->needs_judgement);
    assert_false(proposal->is_unverified);
    assert_string_equal(proposal->question, "may reach 较大 (level 2): report now?");
    assert_string_equal(reason->text, "people whose personal information leaked: 11,000 to 2,000,000, likely 20,000; "
                                      "1,000,000 and more is 较大 (level 2)");
}

/* A number that nobody read in the law is marked, wherever it makes a level or is said to be missed. */
static void test_unverified_numbers(void **state)
{
    static const struct {
        const char *variable, *value;
        bool is_unverified, is_marked;
    } rows[] = {
        {"affected", "1000000", false, false},    {"loss_cny", "5000000", true, true},
        {"loss_cny", "100000000", false, false},  {"loss_cny", "4999999", false, true},
        {"cii_total_outage", "PT1H", true, true}, {"cii_total_outage", "PT6H", false, false},
    };
    g_autoptr(SeverityScale) scale = load("cn-incident-2025");

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        Given given[] = {{rows[i].variable, rows[i].value, rows[i].value, rows[i].value}, {0}};
        g_autoptr(SeverityProposal) proposal = severity_propose(scale, given_lookup, given);
        const SeverityReason *reason = g_ptr_array_index(proposal->reasons, 0);

        assert_int_equal(proposal->is_unverified, rows[i].is_unverified);
        assert_int_equal(g_str_has_suffix(reason->text, " [unverified]"), rows[i].is_marked);
    }
}

/* Below every number there is still the clause without a number: a person is asked, and may answer. */
static void test_clause(void **state)
{
    g_autoptr(SeverityScale) scale = load("cn-incident-2025");
    Given asked[] = {{"affected", "900000", "900000", "999999"}, {0}};
    Given met[] = {{"affected", "900000", "900000", "999999"}, {"clause_level", "2", "2", "2"}, {0}};
    Given unmet[] = {{"affected", "900000", "900000", "999999"}, {"clause_level", "1", "1", "1"}, {0}};
    Given absurd[] = {{"affected", "900000", "900000", "999999"}, {"clause_level", "7", "7", "7"}, {0}};
    g_autoptr(SeverityProposal) first = severity_propose(scale, given_lookup, asked);
    g_autoptr(SeverityProposal) second = severity_propose(scale, given_lookup, met);
    g_autoptr(SeverityProposal) third = severity_propose(scale, given_lookup, unmet);
    g_autoptr(SeverityProposal) fourth = severity_propose(scale, given_lookup, absurd);

    (void)state;
    assert_int_equal(first->level, 1);
    assert_true(first->needs_judgement);
    assert_non_null(strstr(first->question, "较大量"));
    assert_non_null(strstr(first->question, "clause_level: 2"));
    assert_int_equal(second->level, 2);
    assert_false(second->needs_judgement);
    assert_null(second->question);
    assert_int_equal(third->level, 1);
    assert_false(third->needs_judgement);
    assert_true(fourth->needs_judgement); /* a level that there is not answers nothing */
}

static void test_nothing_known(void **state)
{
    static const char *const scales[] = {"cn-incident-2025", "cn-plan-2017", "cn-miit-internet-2017",
                                         "cn-miit-data-2024"};
    Given nothing[] = {{0}};
    Given empty[] = {{"affected", NULL, "", NULL}, {"loss_cny", "many", NULL, NULL}, {0}};

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(scales); i++) {
        g_autoptr(SeverityScale) scale = load(scales[i]);
        g_autoptr(SeverityProposal) proposal = severity_propose(scale, given_lookup, nothing);
        g_autoptr(SeverityProposal) other = severity_propose(scale, given_lookup, empty);

        assert_int_equal(proposal->level, 0);
        assert_true(proposal->needs_judgement);
        assert_non_null(proposal->question);
        assert_int_equal(other->level, 0);
        assert_int_equal(other->reasons->len, 0);
    }
}

/* The worst criterion makes the level, and comes first; one estimate stands for those that are missing. */
static void test_several_criteria(void **state)
{
    g_autoptr(SeverityScale) scale = load("cn-incident-2025");
    Given given[] = {{"affected", NULL, "500", NULL},
                     {"loss_cny", NULL, NULL, "21000000"},
                     {"cii_main_outage", "PT31M", NULL, NULL},
                     {0}};
    g_autoptr(SeverityProposal) proposal = severity_propose(scale, given_lookup, given);
    const SeverityReason *worst = g_ptr_array_index(proposal->reasons, 0);

    (void)state;
    assert_int_equal(proposal->reasons->len, 3);
    assert_int_equal(proposal->level, 3);
    assert_int_equal(proposal->lower, 3);
    assert_string_equal(worst->criterion->id, "loss");
    assert_true(proposal->is_unverified); /* the loss of level 3 is from secondary sources */
    assert_false(proposal->needs_judgement);
}

/* More people are never a lower level; the three levels keep their order. */
static void test_monotone(void **state)
{
    g_autoptr(SeverityScale) scale = load("cn-incident-2025");
    g_autoptr(GRand) random = g_rand_new_with_seed(20251101);
    int before = 0;

    (void)state;
    for (int64_t people = 1; people < INT64_C(200000000); people = people * 13 / 10 + 1) {
        g_autofree char *upper = g_strdup_printf("%" G_GINT64_FORMAT, people);
        g_autofree char *likely =
            g_strdup_printf("%" G_GINT64_FORMAT, (int64_t)((double)people * g_rand_double(random)));
        Given given[] = {{"affected", "0", likely, upper}, {0}};
        g_autoptr(SeverityProposal) proposal = severity_propose(scale, given_lookup, given);

        assert_true(proposal->lower <= proposal->likely && proposal->likely <= proposal->level);
        assert_true(proposal->level >= before);
        assert_int_equal(proposal->may_reach, proposal->level > proposal->lower);
        before = proposal->level;
    }
    assert_int_equal(before, 4);
}

static void test_level_text(void **state)
{
    g_autoptr(SeverityScale) scale = load("cn-incident-2025");
    g_autofree char *known = severity_level_text(scale, 4);
    g_autofree char *unknown = severity_level_text(scale, 7);
    g_autofree const char **ids = severity_variable_ids(scale);

    (void)state;
    assert_string_equal(known, "特别重大 (level 4)");
    assert_string_equal(unknown, "level 7");
    assert_null(severity_level(scale, 0));
    assert_true(g_strv_contains(ids, "affected"));
    assert_true(g_strv_contains(ids, "clause_level"));
}

static void test_mistakes(void **state)
{
    g_autoptr(Findings) findings = findings_new();
    g_autofree char *path = expect_text(expect_home, "mine.yaml",
                                        "version: 1\n"
                                        "id: other\n"
                                        "name: My levels\n"
                                        "citation: contract\n"
                                        "confidence: sure\n"
                                        "levels:\n"
                                        "  - {level: 2, name: high}\n"
                                        "  - {level: 2, name: higher}\n"
                                        "criteria:\n"
                                        "  - id: people\n"
                                        "    text: people\n"
                                        "    variable: affected\n"
                                        "    unit: persons\n"
                                        "    thresholds: [{level: 2, least: many}, {level: 3, least: \"5\"}]\n"
                                        "  - {id: loss, text: loss, variable: loss_cny, unit: cny}\n"
                                        "  - id: hours\n"
                                        "    text: hours\n"
                                        "    variable: hours\n"
                                        "    unit: duration\n"
                                        "    thresholds: [{level: 2, least: PT6H}, {level: 1, least: PT7H}]\n");
    g_autoptr(SeverityScale) scale = load_severity_file(path, findings);

    (void)state;
    assert_non_null(scale);
    EXPECT(findings, {2, 5, "law-file-id", "rename the file to other.yaml"}, {5, 13, "law-value", "sure"},
           {8, 5, "law-twice", "level 2 is there twice"}, {10, 5, "law-value", "least of level 2"},
           {10, 5, "law-value", "level 3, which is not among levels"}, {13, 11, "law-value", "persons"},
           {15, 5, "law-missing-key", "thresholds"}, {16, 5, "law-value", "do not rise"},
           {16, 5, "law-value", "level 1, which is not among levels"});
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_unverified_numbers), cmocka_unit_test(test_thresholds),
        cmocka_unit_test(test_range_crosses),      cmocka_unit_test(test_clause),
        cmocka_unit_test(test_nothing_known),      cmocka_unit_test(test_several_criteria),
        cmocka_unit_test(test_monotone),           cmocka_unit_test(test_level_text),
        cmocka_unit_test(test_mistakes),
    };

    return cmocka_run_group_tests(tests, expect_make_home, expect_remove_home);
}
