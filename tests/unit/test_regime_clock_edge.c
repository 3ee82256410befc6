/* Where a duty must not disappear: laws that came into force between the incident and its discovery, times that nobody
 * knows, repetition around the end of the incident, and words that are misspelt. */
#include "clock_bench.h"

#include "base/clock.h"

static int64_t at(const char *text)
{
    return clock_bench_time(text).moment.at;
}

static void anchor(ClockBench *bench, const char *name, const char *text)
{
    clock_bench_anchor(bench, name, clock_bench_time(text));
}

static void file(ClockBench *bench, const char *id, const char *text)
{
    clock_bench_file(bench, id, clock_bench_time(text));
}

static void expect_words(const GPtrArray *lines, const char *words)
{
    if (!clock_bench_has(lines, words))
        fail_msg("no line holds \"%s\"", words);
}

/* cn-ndsr is in force from 2025-01-01 and counts from the occurrence, which may be found out much later. */
static void test_found_under_a_later_law(void **state)
{
    static const struct {
        const char *occurrence, *discovery, *awareness, *now;
        RegimeState state;
        bool is_said;
    } rows[] = {
        {"2024-11-20", NULL, "2026-11-21T10:00+08:00", "2026-11-21T11:00+08:00", REGIME_DUE, true},
        {"2024-11-20", "2024-12-20", "2025-01-01", "2026-11-21T11:00+08:00", REGIME_DUE, true},
        {"2024-11-20", "2024-12-31", NULL, "2026-11-21T11:00+08:00", REGIME_NOT_APPLICABLE, false},
        {"2024-11-20", NULL, NULL, "2026-11-21T11:00+08:00", REGIME_DUE, true},
        {"2024-11-20", NULL, NULL, "2024-12-31T23:59:59+08:00", REGIME_NOT_APPLICABLE, false},
        {"2025-01-01", NULL, NULL, "2026-11-21T11:00+08:00", REGIME_DUE, false},
    };
    g_autoptr(Regime) regime = clock_bench_regime("cn-ndsr");

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(ClockBench) bench = clock_bench_new();
        g_autoptr(RegimeClockResult) result = NULL;

        anchor(bench, "occurrence", rows[i].occurrence);
        if (rows[i].discovery)
            anchor(bench, "discovery", rows[i].discovery);
        if (rows[i].awareness)
            anchor(bench, "awareness", rows[i].awareness);
        result = clock_bench_at(bench, regime, "report", at(rows[i].now));
        assert_int_equal(result->state, rows[i].state);
        assert_int_equal(clock_bench_has(result->remarks, "before cn-ndsr was in force"), rows[i].is_said);
        if (rows[i].state == REGIME_NOT_APPLICABLE)
            expect_words(result->why, "what bound before is not in this data");
    }
}

/* What counts from knowing is decided by that day alone. */
static void test_known_before_the_law(void **state)
{
    g_autoptr(Regime) regime = clock_bench_regime("us-ca");
    g_autoptr(ClockBench) bench = clock_bench_new();
    g_autoptr(RegimeClockResult) result = NULL;

    (void)state;
    anchor(bench, "discovery", "2025-12-31");
    result = clock_bench_at(bench, regime, "individuals_30d", at("2026-01-10T00:00:00Z"));
    assert_int_equal(result->state, REGIME_NOT_APPLICABLE);
    expect_words(result->why, "what bound before is not in this data");
}

static void test_at_once_without_the_occurrence(void **state)
{
    g_autoptr(Regime) regime = clock_bench_regime("cn-pipl");
    g_autoptr(ClockBench) bench = clock_bench_new();
    g_autoptr(RegimeClockResult) missing = NULL;
    g_autoptr(RegimeClockResult) running = NULL;
    int64_t since;

    (void)state;
    missing = clock_bench_at(bench, regime, "authority", at("2026-11-21T22:20:00+08:00"));
    assert_int_equal(missing->state, REGIME_ANCHOR_MISSING);
    assert_string_equal(missing->missing_anchor, "occurrence");
    anchor(bench, "awareness", "2026-11-21T22:15:00+08:00");
    anchor(bench, "discovery", "2026-11-21T22:10:00+08:00");
    running = clock_bench_at(bench, regime, "authority", at("2026-11-21T22:20:00+08:00"));
    assert_int_equal(running->state, REGIME_DUE);
    assert_false(running->has_due);
    since = running->elapsed;
    assert_int_equal(since, 10 * CLOCK_MINUTE);
    expect_words(running->why, "since discovery at the latest");
}

/* A number is counted from the occurrence itself, or not at all. */
static void test_a_number_waits_for_the_occurrence(void **state)
{
    g_autoptr(Regime) regime = clock_bench_regime("cn-plan-2017");
    g_autoptr(ClockBench) bench = clock_bench_new();
    g_autoptr(RegimeClockResult) result = NULL;

    (void)state;
    clock_bench_set(bench, "level", "3", "3", "3");
    anchor(bench, "awareness", "2026-11-21T22:15:00+08:00");
    result = clock_bench_at(bench, regime, "summary", at("2026-11-21T22:20:00+08:00"));
    assert_int_equal(result->state, REGIME_ANCHOR_MISSING);
    assert_false(result->has_due);
}

/* What does not apply lacks nothing: its last reason is the condition. */
static void test_the_reason_is_the_condition(void **state)
{
    g_autoptr(Regime) regime = clock_bench_regime("cn-cac-incident-2025");
    g_autoptr(ClockBench) bench = clock_bench_new();
    g_autoptr(RegimeClockResult) result = NULL;

    (void)state;
    clock_bench_set(bench, "level", "1", "1", "1");
    result = clock_bench_at(bench, regime, "final_30d", at("2026-11-21T22:20:00+08:00"));
    assert_int_equal(result->state, REGIME_NOT_APPLICABLE);
    expect_words(result->why, "condition is not met");
    assert_false(clock_bench_has(result->why, "handling_end is not known"));
}

/* An assessment ends with its result, at its time; a result that is to come has ended nothing. */
static void test_what_ends_with_an_anchor(void **state)
{
    g_autoptr(Regime) regime = clock_bench_regime("us-sec-8k");
    g_autoptr(ClockBench) bench = clock_bench_new();
    g_autoptr(RegimeClockResult) before = NULL;
    g_autoptr(RegimeClockResult) after = NULL;

    (void)state;
    anchor(bench, "discovery", "2026-11-02T10:00:00Z");
    anchor(bench, "materiality_determination", "2026-11-05T10:00:00Z");
    before = clock_bench_at(bench, regime, "determine", at("2026-11-05T09:00:00Z"));
    assert_int_equal(before->state, REGIME_DUE);
    after = clock_bench_at(bench, regime, "determine", at("2026-11-06T10:00:00Z"));
    assert_int_equal(after->state, REGIME_FILED);
    assert_int_equal(after->filed.at, at("2026-11-05T10:00:00Z"));
    expect_words(after->why, "done with materiality_determination");
}

static void test_repetition_and_the_end(void **state)
{
    static const struct {
        const char *filed, *end, *now;
        RegimeState state;
    } rows[] = {
        {NULL, "2026-11-22T15:00:00+08:00", "2026-11-21T13:00:00+08:00", REGIME_DUE},     /* an end that is to come */
        {NULL, "2026-11-22T15:00:00+08:00", "2026-11-21T13:31:00+08:00", REGIME_OVERDUE}, /* and its report is late */
        {NULL, "2026-11-21T13:00:00+08:00", "2026-11-21T14:00:00+08:00", REGIME_NOT_APPLICABLE},
        {NULL, "2026-11-21T13:30:00+08:00", "2026-11-21T14:00:00+08:00", REGIME_NOT_APPLICABLE}, /* at the end */
        {NULL, "2026-11-21T13:30:01+08:00", "2026-11-21T14:00:00+08:00", REGIME_OVERDUE},        /* owed before it */
        {"2026-11-21T13:20:00+08:00", "2026-11-21T15:00:00+08:00", "2026-11-21T18:00:00+08:00", REGIME_FILED},
        {"2026-11-21T13:20:00+08:00", "2026-11-21T16:00:00+08:00", "2026-11-21T18:00:00+08:00", REGIME_OVERDUE},
    };
    g_autoptr(Regime) regime = clock_bench_regime("cn-nfra-data-2024");

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(ClockBench) bench = clock_bench_new();
        g_autoptr(RegimeClockResult) result = NULL;

        clock_bench_set(bench, "level", "4", "4", "4");
        anchor(bench, "awareness", "2026-11-21T10:00:00+08:00");
        anchor(bench, "handling_end", rows[i].end);
        file(bench, "first_2h", "2026-11-21T11:30:00+08:00");
        if (rows[i].filed)
            file(bench, "rolling_2h", rows[i].filed);
        result = clock_bench_at(bench, regime, "rolling_2h", at(rows[i].now));
        if (result->state != rows[i].state)
            fail_msg("row %zu: %s", i, regime_state_name(result->state));
    }
}

/* A relief that a misspelt word would give is not counted on. */
static void test_relief_by_name_only(void **state)
{
    static const struct {
        const char *entity_class, *due, *said;
    } rows[] = {
        {"other", "2026-08-10T12:00:00+02:00", "it rolls to noon"},
        {"ccp", "2026-08-08T11:00:00+00:00", "no relief"},
        {"nca_withdrawn", "2026-08-08T11:00:00+00:00", "no relief"},
        {"credit-institution", "2026-08-08T11:00:00+00:00", "is no class that eu-dora names"},
        {"Other", "2026-08-08T11:00:00+00:00", "is no class that eu-dora names"},
    };
    g_autoptr(Regime) regime = clock_bench_regime("eu-dora");

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(ClockBench) bench = clock_bench_new();
        g_autoptr(RegimeClockResult) result = NULL;
        g_autofree char *due = NULL;

        clock_bench_set(bench, "entity_class", rows[i].entity_class, rows[i].entity_class, rows[i].entity_class);
        file(bench, "initial", "2026-08-05T11:00:00Z");
        result = clock_bench_at(bench, regime, "intermediate_72h", at("2026-08-06T00:00:00Z"));
        due = moment_format_rfc3339(result->due);
        assert_string_equal(due, rows[i].due);
        assert_true(clock_bench_has(result->why, rows[i].said) || clock_bench_has(result->remarks, rows[i].said));
        /* a day that a calendar moved is as sure as the calendar */
        assert_int_equal(clock_bench_has(result->remarks, "calendar eu is unverified for 2026"), i == 0);
    }
}

/* Whoever filed within 72 hours is not told that it was late for a trust service provider, before somebody says that it
 * is one. */
static void test_which_limb_is_open(void **state)
{
    g_autoptr(Regime) regime = clock_bench_regime("eu-nis2");
    g_autoptr(ClockBench) bench = clock_bench_new();
    g_autoptr(RegimeClockResult) limb = NULL;
    g_autoptr(RegimeClockResult) group = NULL;
    g_autoptr(RegimeClockResult) provider = NULL;

    (void)state;
    anchor(bench, "awareness", "2026-11-18T10:00:00Z");
    file(bench, "notify_72h", "2026-11-20T10:00:00Z");
    limb = clock_bench_at(bench, regime, "notify_24h_tsp", at("2026-11-20T12:00:00Z"));
    assert_int_equal(limb->state, REGIME_SCOPE_UNKNOWN);
    assert_string_equal(limb->unknown, "entity_class");
    group = clock_bench_at(bench, regime, "notification", at("2026-11-20T12:00:00Z"));
    assert_int_equal(group->state, REGIME_FILED);
    assert_true(group->late == 0);
    clock_bench_set(bench, "entity_class", "trust_service_provider", "trust_service_provider",
                    "trust_service_provider");
    provider = clock_bench_at(bench, regime, "notify_24h_tsp", at("2026-11-20T12:00:00Z"));
    assert_int_equal(provider->state, REGIME_FILED);
    assert_true(provider->late == CLOCK_DAY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_found_under_a_later_law),
        cmocka_unit_test(test_known_before_the_law),
        cmocka_unit_test(test_at_once_without_the_occurrence),
        cmocka_unit_test(test_a_number_waits_for_the_occurrence),
        cmocka_unit_test(test_the_reason_is_the_condition),
        cmocka_unit_test(test_what_ends_with_an_anchor),
        cmocka_unit_test(test_repetition_and_the_end),
        cmocka_unit_test(test_relief_by_name_only),
        cmocka_unit_test(test_which_limb_is_open),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
