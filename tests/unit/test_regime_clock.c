/* The arithmetic of deadlines: the vectors of the collected facts on the shipped regimes, and each rule by itself on
 * regimes of the test's own. */
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

static void set(ClockBench *bench, const char *name, const char *value)
{
    clock_bench_set(bench, name, value, value, value);
}

static void file(ClockBench *bench, const char *id, const char *text)
{
    clock_bench_file(bench, id, clock_bench_time(text));
}

static void print(const RegimeClockResult *result)
{
    g_autofree char *due = moment_format_rfc3339(result->due);

    print_error("%s: %s, due %s\n", result->id, regime_state_name(result->state), result->has_due ? due : "none");
    for (guint i = 0; i < result->why->len; i++)
        print_error("  %s\n", (const char *)g_ptr_array_index(result->why, i));
}

static void expect_due(const RegimeClockResult *result, RegimeState state, const char *due, const char *day)
{
    g_autofree char *shown = result->has_due ? moment_format_rfc3339(result->due) : g_strdup("none");
    g_autofree char *shown_day = result->has_due ? civil_day_format(result->due_day) : g_strdup("none");

    if (result->state != state || (due && strcmp(shown, due) != 0) || (day && strcmp(shown_day, day) != 0)) {
        print(result);
        fail_msg("expected %s, due %s on %s; got %s, %s on %s", regime_state_name(state), due ? due : "-",
                 day ? day : "-", regime_state_name(result->state), shown, shown_day);
    }
}

static void expect_words(const GPtrArray *lines, const char *words)
{
    if (!clock_bench_has(lines, words))
        fail_msg("no line holds \"%s\"", words);
}

static const char long_ago[] = "2000-01-01T00:00Z";

/* The vectors of the facts ------------------------------------------------------------------------------------------
 */

static void test_vector_gdpr(void **state)
{
    g_autoptr(Regime) regime = clock_bench_regime("eu-gdpr");
    g_autoptr(ClockBench) bench = clock_bench_new();
    g_autoptr(RegimeClockResult) result = NULL;

    (void)state;
    anchor(bench, "awareness", "2020-12-22T12:17:00+01:00");
    set(bench, "risk", "high");
    result = clock_bench_at(bench, regime, "authority_72h", at(long_ago));
    expect_due(result, REGIME_DUE, "2020-12-25T12:17:00+01:00", "2020-12-25");
    expect_words(result->remarks, "2020-12-25T13:00:00+01:00");
}

/* What the regulation itself gives as an example: the same hour for 12:00, 12:17 and 12:59. */
static void test_rounded_hour(void **state)
{
    static const char *const times[] = {"2020-12-22T12:00:00+01:00", "2020-12-22T12:17:00+01:00",
                                        "2020-12-22T12:59:59.999+01:00"};
    g_autoptr(Regime) regime = clock_bench_regime("eu-gdpr");

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(times); i++) {
        g_autoptr(ClockBench) bench = clock_bench_new();
        g_autoptr(RegimeClockResult) result = NULL;

        anchor(bench, "awareness", times[i]);
        set(bench, "risk", "high");
        result = clock_bench_at(bench, regime, "authority_72h", at(long_ago));
        expect_words(result->remarks, "2020-12-25T13:00:00+01:00");
        assert_int_equal(result->last, at(times[i]) + 72 * CLOCK_HOUR);
    }
}

static void test_vector_dora_late_classification(void **state)
{
    g_autoptr(Regime) regime = clock_bench_regime("eu-dora");
    g_autoptr(ClockBench) bench = clock_bench_new();
    g_autoptr(RegimeClockResult) result = NULL;
    g_autoptr(RegimeClockResult) limb = NULL;

    (void)state;
    anchor(bench, "awareness", "2026-08-03T09:00:00Z");
    anchor(bench, "classification_major", "2026-08-04T12:00:00Z");
    set(bench, "entity_class", "other");
    result = clock_bench_at(bench, regime, "initial", at("2026-08-04T12:10:00Z"));
    expect_due(result, REGIME_DUE, "2026-08-04T16:00:00+00:00", "2026-08-04");
    limb = clock_bench_at(bench, regime, "initial_24h", at("2026-08-04T12:10:00Z"));
    expect_due(limb, REGIME_NOT_APPLICABLE, NULL, NULL);
}

static void test_dora_early_limb(void **state)
{
    static const struct {
        const char *classified, *due;
    } rows[] = {
        {"2026-08-03T10:00:00Z", "2026-08-03T14:00:00+00:00"}, /* 4 h are earlier */
        {"2026-08-04T05:00:00Z", "2026-08-04T09:00:00+00:00"}, /* both at once */
        {"2026-08-04T07:00:00Z", "2026-08-04T09:00:00+00:00"}, /* 24 h are earlier */
        {"2026-08-04T09:00:00Z", "2026-08-04T09:00:00+00:00"}, /* exactly 24 h after: not more than 24 h */
        {"2026-08-04T09:00:00.001Z", "2026-08-04T13:00:00.001+00:00"},
    };
    g_autoptr(Regime) regime = clock_bench_regime("eu-dora");

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(ClockBench) bench = clock_bench_new();
        g_autoptr(RegimeClockResult) result = NULL;

        anchor(bench, "awareness", "2026-08-03T09:00:00Z");
        anchor(bench, "classification_major", rows[i].classified);
        set(bench, "entity_class", "other");
        result = clock_bench_at(bench, regime, "initial", at(long_ago));
        expect_due(result, REGIME_DUE, rows[i].due, NULL);
    }
}

/* Before anything is classified the outer limit runs; once it has passed it cannot bind any more. */
static void test_dora_not_yet_classified(void **state)
{
    g_autoptr(Regime) regime = clock_bench_regime("eu-dora");
    g_autoptr(ClockBench) bench = clock_bench_new();
    g_autoptr(RegimeClockResult) before = NULL;
    g_autoptr(RegimeClockResult) after = NULL;

    (void)state;
    anchor(bench, "awareness", "2026-08-03T09:00:00Z");
    before = clock_bench_at(bench, regime, "initial", at("2026-08-04T08:00:00Z"));
    expect_due(before, REGIME_DUE, "2026-08-04T09:00:00+00:00", NULL);
    after = clock_bench_at(bench, regime, "initial", at("2026-08-04T09:00:00.001Z"));
    expect_due(after, REGIME_ANCHOR_MISSING, NULL, NULL);
    assert_string_equal(after->missing_anchor, "classification_major");
}

/* A filing in time by the limb that counts is in time, although the limb that was dropped has long ended. */
static void test_dora_filed_after_late_classification(void **state)
{
    g_autoptr(Regime) regime = clock_bench_regime("eu-dora");
    g_autoptr(ClockBench) bench = clock_bench_new();
    g_autoptr(RegimeClockResult) result = NULL;

    (void)state;
    anchor(bench, "awareness", "2026-08-03T09:00:00Z");
    anchor(bench, "classification_major", "2026-08-04T12:00:00Z");
    set(bench, "entity_class", "other");
    file(bench, "initial", "2026-08-04T15:59:00Z");
    result = clock_bench_at(bench, regime, "initial", at("2026-08-10T12:10:00Z"));
    assert_int_equal(result->state, REGIME_FILED);
    assert_int_equal(result->late, 0);
}

static void test_vector_dora_intermediate(void **state)
{
    g_autoptr(Regime) regime = clock_bench_regime("eu-dora");
    g_autoptr(ClockBench) bench = clock_bench_new();
    g_autoptr(RegimeClockResult) result = NULL;

    (void)state;
    set(bench, "entity_class", "credit_institution");
    file(bench, "initial", "2026-08-05T11:00:00Z");
    result = clock_bench_at(bench, regime, "intermediate_72h", at("2026-08-05T11:00:00Z"));
    expect_due(result, REGIME_DUE, "2026-08-08T11:00:00+00:00", "2026-08-08"); /* a Saturday, and no relief */
}

static void test_dora_noon(void **state)
{
    static const struct {
        const char *entity_class, *calendar, *filed, *due;
    } rows[] = {
        {"other", "de", "2026-08-05T11:00:00Z", "2026-08-10T12:00:00+02:00"},              /* on a Saturday */
        {"other", "de", "2026-12-22T11:00:00Z", "2026-12-28T12:00:00+01:00"},              /* on Christmas Day */
        {"other", "de", "2026-08-06T23:00:00Z", "2026-08-09T23:00:00+00:00"},              /* Monday in Brussels */
        {"credit_institution", "de", "2026-08-05T11:00:00Z", "2026-08-08T11:00:00+00:00"}, /* no relief */
        {NULL, "de", "2026-08-05T11:00:00Z", "2026-08-08T11:00:00+00:00"},         /* not known: none is counted on */
        {"other", "de", "2026-08-04T11:00:00Z", "2026-08-07T11:00:00+00:00"},      /* on a Friday */
        {"other", "nowhere", "2026-08-05T11:00:00Z", "2026-08-08T11:00:00+00:00"}, /* no calendar: the earlier time */
    };
    g_autoptr(Regime) regime = clock_bench_regime("eu-dora");

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(ClockBench) bench = clock_bench_new();
        g_autoptr(RegimeClockResult) result = NULL;
        RegimeClockRequest request = clock_bench_request(bench, regime, "intermediate_72h", at(long_ago));

        clock_bench_set(bench, "entity_class", rows[i].entity_class, rows[i].entity_class, rows[i].entity_class);
        file(bench, "initial", rows[i].filed);
        request.calendar = rows[i].calendar;
        result = regime_clock(&request);
        expect_due(result, REGIME_DUE, rows[i].due, NULL);
    }
}

/* The final report keeps the relief for everybody, and runs from the last intermediate report. */
static void test_dora_final(void **state)
{
    g_autoptr(Regime) regime = clock_bench_regime("eu-dora");
    g_autoptr(ClockBench) bench = clock_bench_new();
    g_autoptr(RegimeClockResult) result = NULL;
    RegimeClockRequest request;

    (void)state;
    set(bench, "entity_class", "credit_institution");
    file(bench, "intermediate_72h", "2026-08-05T11:00:00Z");
    file(bench, "intermediate_update", "2026-08-22T11:00:00Z");
    request = clock_bench_request(bench, regime, "final_1m", at(long_ago));
    request.calendar = "de";
    result = regime_clock(&request);
    expect_due(result, REGIME_DUE, "2026-09-22T23:59:59+02:00", "2026-09-22");
    file(bench, "intermediate", "2026-08-26T11:00:00Z"); /* 26 September 2026 is a Saturday */
    regime_clock_result_free(result);
    result = regime_clock(&request);
    expect_due(result, REGIME_DUE, "2026-09-28T12:00:00+02:00", "2026-09-28");
}

static void test_vector_8k(void **state)
{
    static const struct {
        const char *determined, *day;
    } rows[] = {{"2026-07-06", "2026-07-10"},           {"2026-07-11", "2026-07-16"},
                {"2026-07-10", "2026-07-16"},           {"2026-07-10T23:30:00-04:00", "2026-07-16"},
                {"2026-07-11T03:30:00Z", "2026-07-16"}, {"2026-12-23", "2026-12-30"},
                {"2026-12-31", "2027-01-07"},           {"2027-12-27", "2028-01-03"}};
    g_autoptr(Regime) regime = clock_bench_regime("us-sec-8k");

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(ClockBench) bench = clock_bench_new();
        g_autoptr(RegimeClockResult) result = NULL;

        anchor(bench, "materiality_determination", rows[i].determined);
        result = clock_bench_at(bench, regime, "file_4bd", at(long_ago));
        expect_due(result, REGIME_DUE, NULL, rows[i].day);
    }
}

static void test_8k_closes_at_half_past_five(void **state)
{
    g_autoptr(Regime) regime = clock_bench_regime("us-sec-8k");
    g_autoptr(ClockBench) bench = clock_bench_new();
    g_autoptr(RegimeClockResult) in_time = NULL;
    g_autoptr(RegimeClockResult) late = NULL;

    (void)state;
    anchor(bench, "materiality_determination", "2026-07-06");
    in_time = clock_bench_at(bench, regime, "file_4bd", at("2026-07-10T17:30:00-04:00"));
    expect_due(in_time, REGIME_DUE, "2026-07-10T17:30:00-04:00", NULL);
    late = clock_bench_at(bench, regime, "file_4bd", at("2026-07-10T17:30:00.001-04:00"));
    assert_int_equal(late->state, REGIME_OVERDUE);
    assert_int_equal(late->late, 1);
}

static void test_vector_makeup_workday(void **state)
{
    g_autoptr(Regime) regime = clock_bench_regime("cn-nfra-data-2024");
    g_autoptr(ClockBench) bench = clock_bench_new();
    g_autoptr(RegimeClockResult) result = NULL;

    (void)state;
    anchor(bench, "handling_end", "2026-09-30");
    result = clock_bench_at(bench, regime, "final_5bd", at(long_ago));
    expect_due(result, REGIME_DUE, "2026-10-13T23:59:59+08:00", "2026-10-13");
    expect_words(result->why, "2026-10-10 (make-up workday)");
}

static void test_missing_year(void **state)
{
    g_autoptr(Regime) regime = clock_bench_regime("cn-nfra-data-2024");
    g_autoptr(ClockBench) bench = clock_bench_new();
    g_autoptr(RegimeClockResult) result = NULL;

    (void)state;
    anchor(bench, "handling_end", "2126-12-29");
    result = clock_bench_at(bench, regime, "final_5bd", at(long_ago));
    assert_false(result->has_due);
    assert_string_equal(result->missing_calendar, "cn");
    assert_int_equal(result->missing_year, 2126);
}

static void test_vector_hipaa_year_end(void **state)
{
    static const struct {
        const char *discovery, *day;
    } rows[] = {{"2026-05-05", "2027-03-01"}, {"2027-12-31", "2028-02-29"}, {"2027-01-01", "2028-02-29"}};
    g_autoptr(Regime) regime = clock_bench_regime("us-hipaa");

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(ClockBench) bench = clock_bench_new();
        g_autoptr(RegimeClockResult) result = NULL;

        anchor(bench, "discovery", rows[i].discovery);
        set(bench, "affected", "499");
        result = clock_bench_at(bench, regime, "hhs_annual", at(long_ago));
        expect_due(result, REGIME_DUE, NULL, rows[i].day);
    }
}

static void test_vector_california(void **state)
{
    g_autoptr(Regime) regime = clock_bench_regime("us-ca");
    g_autoptr(ClockBench) bench = clock_bench_new();
    g_autoptr(RegimeClockResult) result = NULL;
    g_autoptr(RegimeClockResult) attorney = NULL;

    (void)state;
    anchor(bench, "discovery", "2026-01-15");
    result = clock_bench_at(bench, regime, "individuals_30d", at(long_ago));
    expect_due(result, REGIME_DUE, "2026-02-14T23:59:59-08:00", "2026-02-14");
    expect_words(result->remarks, "Saturday");
    /* the 15 days run from the real notice */
    set(bench, "affected_state", "501");
    file(bench, "individuals_30d", "2026-01-20T10:00:00-08:00");
    attorney = clock_bench_at(bench, regime, "ag_15d", at(long_ago));
    expect_due(attorney, REGIME_DUE, NULL, "2026-02-04");
}

static void test_vector_japan(void **state)
{
    g_autoptr(Regime) regime = clock_bench_regime("jp-appi");
    g_autoptr(ClockBench) bench = clock_bench_new();
    g_autoptr(RegimeClockResult) result = NULL;
    g_autoptr(RegimeClockResult) rolled = NULL;

    (void)state;
    set(bench, "malicious", "false");
    anchor(bench, "awareness", "2026-11-02");
    result = clock_bench_at(bench, regime, "final_30d", at(long_ago));
    expect_due(result, REGIME_DUE, NULL, "2026-12-01");
    anchor(bench, "awareness", "2026-11-30"); /* day 30 is 29 December, from which on the PPC is closed */
    rolled = clock_bench_at(bench, regime, "final_30d", at(long_ago));
    expect_due(rolled, REGIME_DUE, NULL, "2027-01-04");
}

/* Rules by themselves -----------------------------------------------------------------------------------------------
 */

static Regime *one_step(const char *count, const char *due, const char *more)
{
    g_autofree char *step =
        g_strdup_printf("  - {id: step, name: x, to: regulator, due: %s, from: awareness, count: %s, "
                        "confidence: confirmed%s%s}",
                        due, count, *more ? ", " : "", more);

    return clock_bench_text(step, "zone: Europe/Berlin\ncalendar: de");
}

static void test_months_and_leap_years(void **state)
{
    static const struct {
        const char *from, *due, *day;
    } rows[] = {
        {"2026-08-31", "P1M", "2026-09-30"},  {"2027-01-31", "P1M", "2027-02-28"}, {"2028-01-31", "P1M", "2028-02-29"},
        {"2028-02-29", "P12M", "2029-02-28"}, {"2026-12-15", "P1M", "2027-01-15"}, {"2026-01-30", "P13M", "2027-02-28"},
        {"2026-12-31", "P2M", "2027-02-28"},  {"2026-11-30", "P3M", "2027-02-28"}, {"2100-01-31", "P1M", "2100-02-28"},
        {"2026-01-31", "P2M", "2026-03-31"},
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(Regime) regime = one_step("months", rows[i].due, "");
        g_autoptr(ClockBench) bench = clock_bench_new();
        g_autoptr(RegimeClockResult) result = NULL;

        anchor(bench, "awareness", rows[i].from);
        result = clock_bench_at(bench, regime, "step", at(long_ago));
        expect_due(result, REGIME_DUE, NULL, rows[i].day);
    }
}

static void test_calendar_days(void **state)
{
    static const struct {
        const char *from, *due, *more, *day;
    } rows[] = {
        {"2026-12-25", "P10D", "", "2027-01-04"},
        {"2026-12-25", "P10D", "day_one: inclusive", "2027-01-03"},
        {"2028-02-28", "P1D", "", "2028-02-29"},
        {"2027-02-28", "P1D", "", "2027-03-01"},
        {"2026-12-24", "P1D", "roll: next_working_day", "2026-12-28"}, /* Friday 25 is Christmas; 26, 27 weekend */
        {"2026-12-22", "P1D", "roll: next_working_day", "2026-12-23"},
        {"2026-12-24", "P1D", "roll: unknown", "2026-12-25"},
        {"2026-12-24", "P1D", "roll: none", "2026-12-25"},
        {"2026-12-21", "P1D", "day_one: inclusive", "2026-12-21"},
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(Regime) regime = one_step("calendar", rows[i].due, rows[i].more);
        g_autoptr(ClockBench) bench = clock_bench_new();
        g_autoptr(RegimeClockResult) result = NULL;

        anchor(bench, "awareness", rows[i].from);
        result = clock_bench_at(bench, regime, "step", at(long_ago));
        expect_due(result, REGIME_DUE, NULL, rows[i].day);
    }
}

static void test_business_days(void **state)
{
    static const struct {
        const char *from, *due, *more, *day;
    } rows[] = {
        {"2026-12-23", "P3BD", "", "2026-12-29"}, /* 24, 28, 29 */
        {"2026-12-23", "P3BD", "day_one: inclusive", "2026-12-28"},
        {"2026-12-26", "P1BD", "", "2026-12-28"},
        {"2026-12-26", "P1BD", "day_one: inclusive", "2026-12-28"}, /* no working day is not day 1 */
        {"2026-12-21", "P1BD", "day_one: inclusive", "2026-12-21"},
        {"2026-12-30", "P2BD", "", "2027-01-04"},
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(Regime) regime = one_step("business", rows[i].due, rows[i].more);
        g_autoptr(ClockBench) bench = clock_bench_new();
        g_autoptr(RegimeClockResult) result = NULL;

        anchor(bench, "awareness", rows[i].from);
        result = clock_bench_at(bench, regime, "step", at(long_ago));
        expect_due(result, REGIME_DUE, NULL, rows[i].day);
    }
}

/* Hours are elapsed time, days end at the zone's midnight: across summer time the two differ. */
static void test_summer_time(void **state)
{
    static const struct {
        const char *zone, *from, *hours, *days;
    } rows[] = {
        /* Europe goes forward on 29 March 2026 and back on 25 October; the US on 8 March and 1 November */
        {"Europe/Berlin", "2026-03-28T12:00:00+01:00", "2026-03-31T13:00:00+02:00", "2026-03-31T23:59:59+02:00"},
        {"Europe/Berlin", "2026-10-24T12:00:00+02:00", "2026-10-27T11:00:00+01:00", "2026-10-27T23:59:59+01:00"},
        {"America/New_York", "2026-03-07T12:00:00-05:00", "2026-03-10T13:00:00-04:00", "2026-03-10T23:59:59-04:00"},
        {"America/New_York", "2026-10-31T12:00:00-04:00", "2026-11-03T11:00:00-05:00", "2026-11-03T23:59:59-05:00"},
        {"America/New_York", "2026-03-08T03:00:00Z", "2026-03-11T03:00:00+00:00", "2026-03-10T23:59:59-04:00"},
        {"Asia/Shanghai", "2026-03-28T12:00:00+08:00", "2026-03-31T12:00:00+08:00", "2026-03-31T23:59:59+08:00"},
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *head = g_strdup_printf("zone: %s", rows[i].zone);
        g_autoptr(Regime) regime = clock_bench_text(
            "  - {id: hours, name: x, to: regulator, due: PT72H, from: awareness, count: hours, confidence: "
            "confirmed}\n"
            "  - {id: days, name: x, to: regulator, due: P3D, from: awareness, count: calendar, confidence: confirmed}",
            head);
        g_autoptr(ClockBench) bench = clock_bench_new();
        g_autoptr(RegimeClockResult) hours = NULL;
        g_autoptr(RegimeClockResult) days = NULL;

        anchor(bench, "awareness", rows[i].from);
        hours = clock_bench_at(bench, regime, "hours", at(long_ago));
        days = clock_bench_at(bench, regime, "days", at(long_ago));
        expect_due(hours, REGIME_DUE, rows[i].hours, NULL);
        expect_due(days, REGIME_DUE, rows[i].days, NULL);
        assert_int_equal(hours->last - at(rows[i].from), 72 * CLOCK_HOUR);
    }
}

/* A day of 23 or 25 hours ends when it ends. */
static void test_last_moment_of_a_short_day(void **state)
{
    g_autoptr(Regime) regime = one_step("calendar", "P1D", "");
    g_autoptr(ClockBench) bench = clock_bench_new();
    g_autoptr(RegimeClockResult) result = NULL;

    (void)state;
    anchor(bench, "awareness", "2026-03-28");
    result = clock_bench_at(bench, regime, "step", at("2026-03-29T21:59:59.999Z"));
    expect_due(result, REGIME_DUE, "2026-03-29T23:59:59+02:00", "2026-03-29");
    regime_clock_result_free(result);
    result = clock_bench_at(bench, regime, "step", at("2026-03-29T22:00:00Z"));
    assert_int_equal(result->state, REGIME_OVERDUE);
    assert_int_equal(result->late, 1);
}

/* Chains ------------------------------------------------------------------------------------------------------------
 */

static Regime *chain(void)
{
    return clock_bench_text(
        "  - {id: first, name: x, to: regulator, due: PT24H, from: awareness, count: hours, confidence: confirmed}\n"
        "  - {id: second, name: x, to: regulator, due: PT72H, from: \"submission:first\", count: hours, confidence: "
        "confirmed}\n"
        "  - {id: rolling, name: x, to: regulator, due: PT2H, repeat: true, from: \"submission:first\", count: hours,"
        " confidence: confirmed}\n"
        "  - {id: told, name: x, to: individuals, due: P3BD, from: awareness, count: business, confidence: confirmed}\n"
        "  - {id: declared, name: x, to: regulator, due: P3BD, from: \"deadline:told\", count: business,"
        " confidence: confirmed}\n"
        "  - {id: warned, name: x, to: regulator, from: \"deadline:any\", standard: before, confidence: confirmed}\n"
        "  - {id: after, name: x, to: regulator, due: P15D, from: individuals_notified, count: calendar,"
        " confidence: confirmed}",
        "zone: Europe/Berlin\ncalendar: de");
}

static void test_chain_runs_from_the_submission(void **state)
{
    g_autoptr(Regime) regime = chain();
    g_autoptr(ClockBench) bench = clock_bench_new();
    g_autoptr(RegimeClockResult) before = NULL;
    g_autoptr(RegimeClockResult) early = NULL;

    (void)state;
    anchor(bench, "awareness", "2026-11-02T10:00:00+01:00");
    before = clock_bench_at(bench, regime, "second", at("2026-11-20T10:00:00Z"));
    assert_int_equal(before->state, REGIME_NOT_STARTED);
    assert_string_equal(before->missing_filing, "first");
    file(bench, "first", "2026-11-02T12:00:00+01:00");
    early = clock_bench_at(bench, regime, "second", at("2026-11-03T10:00:00Z"));
    expect_due(early, REGIME_DUE, "2026-11-05T12:00:00+01:00", NULL);
}

static void test_repetition_runs_from_the_last(void **state)
{
    g_autoptr(Regime) regime = chain();
    g_autoptr(ClockBench) bench = clock_bench_new();
    g_autoptr(RegimeClockResult) first = NULL;
    g_autoptr(RegimeClockResult) second = NULL;
    g_autoptr(RegimeClockResult) ended = NULL;

    (void)state;
    file(bench, "first", "2026-11-02T12:00:00+01:00");
    first = clock_bench_at(bench, regime, "rolling", at("2026-11-02T11:30:00Z"));
    expect_due(first, REGIME_DUE, "2026-11-02T14:00:00+01:00", NULL);
    file(bench, "rolling", "2026-11-02T13:40:00+01:00");
    file(bench, "rolling", "2026-11-02T15:10:00+01:00");
    second = clock_bench_at(bench, regime, "rolling", at("2026-11-02T17:10:00.001+01:00"));
    expect_due(second, REGIME_OVERDUE, "2026-11-02T17:10:00+01:00", NULL);
    anchor(bench, "handling_end", "2026-11-02T16:00:00+01:00");
    ended = clock_bench_at(bench, regime, "rolling", at("2026-11-03T17:10:00+01:00"));
    assert_int_equal(ended->state, REGIME_FILED);
}

static void test_deadline_of_a_deadline(void **state)
{
    g_autoptr(Regime) regime = chain();
    g_autoptr(ClockBench) bench = clock_bench_new();
    g_autoptr(RegimeClockResult) missing = clock_bench_at(bench, regime, "declared", at(long_ago));
    g_autoptr(RegimeClockResult) result = NULL;

    (void)state;
    assert_int_equal(missing->state, REGIME_ANCHOR_MISSING);
    assert_string_equal(missing->missing_anchor, "awareness");
    anchor(bench, "awareness", "2026-12-21T10:00:00+01:00"); /* told by 24 December; 28, 29, 30 */
    result = clock_bench_at(bench, regime, "declared", at(long_ago));
    expect_due(result, REGIME_DUE, NULL, "2026-12-30");
}

static void test_any_deadline(void **state)
{
    g_autoptr(Regime) regime = chain();
    g_autoptr(ClockBench) bench = clock_bench_new();
    g_autoptr(RegimeClockResult) none = clock_bench_at(bench, regime, "warned", at(long_ago));
    g_autoptr(RegimeClockResult) some = NULL;

    (void)state;
    assert_int_equal(none->state, REGIME_NOT_STARTED);
    anchor(bench, "awareness", "2026-12-21T10:00:00+01:00");
    some = clock_bench_at(bench, regime, "warned", at("2026-12-21T11:00:00+01:00"));
    assert_int_equal(some->state, REGIME_DUE);
    assert_false(some->has_due);
    expect_words(some->why, "first, 2026-12-22T10:00:00+01:00");
}

static void test_notices_start_a_clock(void **state)
{
    g_autoptr(Regime) regime = chain();
    g_autoptr(ClockBench) bench = clock_bench_new();
    g_autoptr(RegimeClockResult) none = clock_bench_at(bench, regime, "after", at(long_ago));
    g_autoptr(RegimeClockResult) derived = NULL;
    g_autoptr(RegimeClockResult) entered = NULL;

    (void)state;
    assert_int_equal(none->state, REGIME_ANCHOR_MISSING);
    assert_string_equal(none->missing_anchor, "individuals_notified");
    file(bench, "told", "2026-11-10T10:00:00+01:00");
    derived = clock_bench_at(bench, regime, "after", at(long_ago));
    expect_due(derived, REGIME_DUE, NULL, "2026-11-25");
    anchor(bench, "individuals_notified", "2026-11-12");
    entered = clock_bench_at(bench, regime, "after", at(long_ago));
    expect_due(entered, REGIME_DUE, NULL, "2026-11-27");
}

/* What decides ------------------------------------------------------------------------------------------------------
 */

static void test_ranges(void **state)
{
    static const struct {
        const char *lower, *likely, *upper;
        RegimeState state;
        bool may_reach;
    } rows[] = {
        {"400", "450", "499", REGIME_NOT_APPLICABLE, false},
        {"400", "450", "500", REGIME_DUE, true},
        {"400", "500", "600", REGIME_DUE, true},
        {"500", "500", "500", REGIME_DUE, false},
        {NULL, NULL, NULL, REGIME_SCOPE_UNKNOWN, false},
    };
    g_autoptr(Regime) regime = one_step("hours", "PT72H", "cond: affected >= 500");

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(ClockBench) bench = clock_bench_new();
        g_autoptr(RegimeClockResult) result = NULL;

        anchor(bench, "awareness", "2026-11-02T10:00:00Z");
        clock_bench_set(bench, "affected", rows[i].lower, rows[i].likely, rows[i].upper);
        result = clock_bench_at(bench, regime, "step", at("2026-11-02T10:00:00Z"));
        assert_int_equal(result->state, rows[i].state);
        assert_int_equal(result->may_reach, rows[i].may_reach);
        /* while it is open, it is said until when */
        assert_int_equal(result->has_due, rows[i].state != REGIME_NOT_APPLICABLE);
        if (rows[i].state == REGIME_SCOPE_UNKNOWN)
            assert_string_equal(result->unknown, "affected");
    }
}

static void test_level_nought_is_unknown(void **state)
{
    g_autoptr(Regime) regime = one_step("hours", "PT4H", "cond: level >= 2");
    g_autoptr(ClockBench) bench = clock_bench_new();
    g_autoptr(RegimeClockResult) result = NULL;

    (void)state;
    anchor(bench, "awareness", "2026-11-02T10:00:00Z");
    set(bench, "level", "0");
    result = clock_bench_at(bench, regime, "step", at(long_ago));
    assert_int_equal(result->state, REGIME_SCOPE_UNKNOWN);
    assert_string_equal(result->unknown, "level");
}

static void test_doubled(void **state)
{
    static const struct {
        const char *value, *day;
    } rows[] = {{"true", "2026-11-10"}, {"false", "2026-11-05"}, {NULL, "2026-11-05"}};
    g_autoptr(Regime) regime = one_step("business", "P3BD", "double_if: small_agent == 'true'");

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(ClockBench) bench = clock_bench_new();
        g_autoptr(RegimeClockResult) result = NULL;

        anchor(bench, "awareness", "2026-11-02");
        clock_bench_set(bench, "small_agent", rows[i].value, rows[i].value, rows[i].value);
        result = clock_bench_at(bench, regime, "step", at(long_ago));
        expect_due(result, REGIME_DUE, NULL, rows[i].day);
    }
}

static void test_in_force(void **state)
{
    static const struct {
        const char *awareness;
        RegimeState state;
    } rows[] = {{"2025-12-31T23:59:59.999+01:00", REGIME_NOT_APPLICABLE},
                {"2026-01-01T00:00:00+01:00", REGIME_DUE},
                {"2026-06-30T23:59:59.999+02:00", REGIME_DUE},
                {"2026-07-01T00:00:00+02:00", REGIME_NOT_APPLICABLE}};
    g_autoptr(Regime) regime = clock_bench_text(
        "  - {id: step, name: x, to: regulator, due: PT72H, from: awareness, count: hours, confidence: confirmed}",
        "zone: Europe/Berlin\neffective_from: \"2026-01-01\"\neffective_to: \"2026-06-30\"");

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(ClockBench) bench = clock_bench_new();
        g_autoptr(RegimeClockResult) result = NULL;

        anchor(bench, "awareness", rows[i].awareness);
        result = clock_bench_at(bench, regime, "step", at(long_ago));
        expect_due(result, rows[i].state, NULL, NULL);
    }
}

static void test_day_where_hours_count(void **state)
{
    g_autoptr(Regime) regime = one_step("hours", "PT72H", "");
    g_autoptr(ClockBench) bench = clock_bench_new();
    g_autoptr(RegimeClockResult) result = NULL;

    (void)state;
    anchor(bench, "awareness", "2026-11-02");
    result = clock_bench_at(bench, regime, "step", at(long_ago));
    assert_int_equal(result->state, REGIME_ANCHOR_MISSING);
    assert_false(result->has_due);
    expect_words(result->why, "only a day");
}

static void test_no_number(void **state)
{
    g_autoptr(Regime) regime = clock_bench_regime("cn-pipl");
    g_autoptr(ClockBench) bench = clock_bench_new();
    g_autoptr(RegimeClockResult) result = NULL;
    int64_t since;

    (void)state;
    anchor(bench, "occurrence", "2026-11-02T10:00:00+08:00");
    result = clock_bench_at(bench, regime, "authority", at("2026-11-02T13:00:00+08:00"));
    assert_int_equal(result->state, REGIME_DUE);
    assert_false(result->has_due);
    since = result->elapsed;
    assert_int_equal(since, 3 * CLOCK_HOUR);
}

/* The Chinese hours can be read from awareness or from knowing the level: the earlier end governs, both are shown. */
static void test_readings(void **state)
{
    g_autoptr(Regime) regime = clock_bench_regime("cn-cac-incident-2025");
    g_autoptr(ClockBench) bench = clock_bench_new();
    g_autoptr(RegimeClockResult) main = NULL;
    g_autoptr(RegimeClockResult) both = NULL;
    guint governing = 0;

    (void)state;
    set(bench, "cii", "false");
    set(bench, "central_org", "false");
    set(bench, "level", "2");
    anchor(bench, "classification_major", "2026-11-21T23:00:00+08:00");
    main = clock_bench_at(bench, regime, "other_4h", at("2026-11-21T23:00:00+08:00"));
    assert_int_equal(main->state, REGIME_ANCHOR_MISSING); /* the strict one cannot be known without awareness */
    assert_string_equal(main->missing_anchor, "awareness");
    anchor(bench, "awareness", "2026-11-21T22:10:00+08:00");
    both = clock_bench_at(bench, regime, "other_4h", at("2026-11-21T23:00:00+08:00"));
    expect_due(both, REGIME_DUE, "2026-11-22T02:10:00+08:00", "2026-11-22");
    assert_true(both->readings->len >= 2);
    for (guint i = 0; i < both->readings->len; i++)
        governing += ((const RegimeReadingResult *)g_ptr_array_index(both->readings, i))->governs ? 1 : 0;
    assert_int_equal(governing, 1);
    expect_words(both->remarks, "2026-11-22T03:00:00+08:00");
}

/* Filings -----------------------------------------------------------------------------------------------------------
 */

static void test_lateness(void **state)
{
    static const struct {
        const char *filed;
        int64_t late;
    } rows[] = {{"2026-11-05T10:00:00Z", 0},
                {"2026-11-05T10:00:00.001Z", 1},
                {"2026-11-05T13:30:00Z", 3 * CLOCK_HOUR + 30 * CLOCK_MINUTE}};
    g_autoptr(Regime) regime = one_step("hours", "PT72H", "late: with reasons");

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(ClockBench) bench = clock_bench_new();
        g_autoptr(RegimeClockResult) result = NULL;

        anchor(bench, "awareness", "2026-11-02T10:00:00Z");
        file(bench, "step", rows[i].filed);
        result = clock_bench_at(bench, regime, "step", at("2026-12-01T10:00:00Z"));
        assert_int_equal(result->state, REGIME_FILED);
        assert_int_equal(result->late, rows[i].late);
        if (rows[i].late > 0)
            expect_words(result->remarks, "with reasons");
    }
}

/* A day alone is late only when it is a later day. */
static void test_filed_on_a_day(void **state)
{
    static const struct {
        const char *filed;
        bool is_late;
    } rows[] = {{"2026-11-05", false}, {"2026-11-06", true}};
    g_autoptr(Regime) regime = one_step("calendar", "P3D", "");

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(ClockBench) bench = clock_bench_new();
        g_autoptr(RegimeClockResult) result = NULL;

        anchor(bench, "awareness", "2026-11-02");
        file(bench, "step", rows[i].filed);
        result = clock_bench_at(bench, regime, "step", at("2026-12-01T10:00:00Z"));
        assert_int_equal(result->state, REGIME_FILED);
        assert_int_equal(result->late > 0, rows[i].is_late);
    }
}

/* What does not apply to this organisation was not filed with what does. */
static void test_limbs_of_other_entities(void **state)
{
    g_autoptr(Regime) regime = clock_bench_regime("eu-nis2");
    g_autoptr(ClockBench) bench = clock_bench_new();
    g_autoptr(RegimeClockResult) group = NULL;
    g_autoptr(RegimeClockResult) provider = NULL;
    g_autoptr(RegimeClockResult) final = NULL;

    (void)state;
    set(bench, "entity_class", "essential");
    anchor(bench, "awareness", "2026-11-02T10:00:00Z");
    file(bench, "notify_72h", "2026-11-04T10:00:00Z");
    group = clock_bench_at(bench, regime, "notification", at("2026-11-20T10:00:00Z"));
    assert_int_equal(group->state, REGIME_FILED);
    assert_int_equal(group->late, 0);
    provider = clock_bench_at(bench, regime, "notify_24h_tsp", at("2026-11-20T10:00:00Z"));
    assert_int_equal(provider->state, REGIME_NOT_APPLICABLE);
    set(bench, "ongoing_at_final", "false");
    final = clock_bench_at(bench, regime, "final_1m", at("2026-11-20T10:00:00Z"));
    expect_due(final, REGIME_DUE, NULL, "2026-12-04");
}

static void test_order(void **state)
{
    const RegimeClockResult overdue = {.id = "a", .state = REGIME_OVERDUE, .has_due = true, .last = 50};
    const RegimeClockResult later = {.id = "b", .state = REGIME_DUE, .has_due = true, .last = 200};
    const RegimeClockResult sooner = {.id = "c", .state = REGIME_DUE, .has_due = true, .last = 100};
    const RegimeClockResult old = {.id = "d", .state = REGIME_DUE, .elapsed = 9};
    const RegimeClockResult young = {.id = "e", .state = REGIME_DUE, .elapsed = 3};
    const RegimeClockResult bound = {.id = "f", .state = REGIME_SCOPE_UNKNOWN, .has_due = true, .last = 10};
    const RegimeClockResult open = {.id = "f", .state = REGIME_SCOPE_UNKNOWN};
    const RegimeClockResult filed = {.id = "g", .state = REGIME_FILED};
    const RegimeClockResult *const order[] = {&overdue, &sooner, &later, &bound, &old, &young, &open, &filed};

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(order); i++)
        for (size_t j = 0; j < G_N_ELEMENTS(order); j++) {
            int compared = regime_clock_compare(order[i], order[j]);

            assert_int_equal(i < j, compared < 0);
            assert_int_equal(i == j, compared == 0);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_vector_gdpr),
        cmocka_unit_test(test_rounded_hour),
        cmocka_unit_test(test_vector_dora_late_classification),
        cmocka_unit_test(test_dora_early_limb),
        cmocka_unit_test(test_dora_not_yet_classified),
        cmocka_unit_test(test_dora_filed_after_late_classification),
        cmocka_unit_test(test_vector_dora_intermediate),
        cmocka_unit_test(test_dora_noon),
        cmocka_unit_test(test_dora_final),
        cmocka_unit_test(test_vector_8k),
        cmocka_unit_test(test_8k_closes_at_half_past_five),
        cmocka_unit_test(test_vector_makeup_workday),
        cmocka_unit_test(test_missing_year),
        cmocka_unit_test(test_vector_hipaa_year_end),
        cmocka_unit_test(test_vector_california),
        cmocka_unit_test(test_vector_japan),
        cmocka_unit_test(test_months_and_leap_years),
        cmocka_unit_test(test_calendar_days),
        cmocka_unit_test(test_business_days),
        cmocka_unit_test(test_summer_time),
        cmocka_unit_test(test_last_moment_of_a_short_day),
        cmocka_unit_test(test_chain_runs_from_the_submission),
        cmocka_unit_test(test_repetition_runs_from_the_last),
        cmocka_unit_test(test_deadline_of_a_deadline),
        cmocka_unit_test(test_any_deadline),
        cmocka_unit_test(test_notices_start_a_clock),
        cmocka_unit_test(test_ranges),
        cmocka_unit_test(test_level_nought_is_unknown),
        cmocka_unit_test(test_doubled),
        cmocka_unit_test(test_in_force),
        cmocka_unit_test(test_day_where_hours_count),
        cmocka_unit_test(test_no_number),
        cmocka_unit_test(test_readings),
        cmocka_unit_test(test_lateness),
        cmocka_unit_test(test_filed_on_a_day),
        cmocka_unit_test(test_limbs_of_other_entities),
        cmocka_unit_test(test_order),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
