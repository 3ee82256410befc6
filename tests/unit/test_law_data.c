/* The law data that is shipped: every file loads without a finding, what it names is there, and what it says agrees
 * with itself. Whether it agrees with the collected facts is tests/cli/test_regimes.sh. */
#include "load_expect.h"

#include "load/load_calendar.h"
#include "load/load_regime.h"
#include "load/load_severity.h"
#include "model/regime_names.h"
#include "model/report_source.h"

static const char data[] = BREACH_SOURCE_DIR;

static void expect_nothing(Findings *findings, const char *id)
{
    if (findings_count(findings) > 0)
        print_error("%s:\n", id);
    expect_print(findings);
    assert_int_equal(findings_count(findings), 0);
}

/* Calendars and scales that a regime names. */
static void expect_named(const Regime *regime, Findings *findings)
{
    const Position nowhere = position_make(NULL, 0, 0);

    if (regime->calendar)
        calendar_free(load_calendar(regime->calendar, nowhere, NULL, data, findings));
    if (regime->severity_scale)
        severity_scale_free(load_severity(regime->severity_scale, nowhere, NULL, data, findings));
    for (guint i = 0; i < regime->steps->len; i++) {
        const RegimeStep *step = g_ptr_array_index(regime->steps, i);

        if (step->calendar)
            calendar_free(load_calendar(step->calendar, nowhere, NULL, data, findings));
    }
}

static void expect_field(const Regime *regime, const RegimeField *field)
{
    g_autoptr(GPtrArray) uses = report_source_parse(field->source, NULL);
    bool is_confidential = false;

    assert_non_null(uses);
    for (guint i = 0; i < uses->len; i++)
        if (report_source_is_confidential(((const ReportSourceUse *)g_ptr_array_index(uses, i))->name))
            is_confidential = true;
    if (is_confidential != field->is_confidential)
        print_error("%s: %s: confidential does not follow from its source\n", regime->id, field->id);
    assert_int_equal(is_confidential, field->is_confidential);
}

/* A step that is told by its neighbours alone (submission:X) must be able to start; texts have an English form. */
static void expect_texts(const Regime *regime)
{
    assert_true(*regime_text(regime->name, "en") != '\0');
    assert_non_null(locale_text_get(regime->name, "en"));
    assert_true(regime->citation && regime->authority && regime->trigger);
    for (guint i = 0; i < regime->steps->len; i++) {
        const RegimeStep *step = g_ptr_array_index(regime->steps, i);

        assert_non_null(locale_text_get(step->name, "en"));
        assert_non_null(step->when);
        assert_true(step->due == 0 || step->count != REGIME_COUNT_NONE);
        assert_true(step->due > 0 || step->standard);
    }
}

static void test_every_regime_loads(void **state)
{
    g_auto(GStrv) names = load_regime_names(NULL, data);
    size_t enabled = 0;

    (void)state;
    assert_int_equal(g_strv_length(names), 37);
    for (char **name = names; *name; name++) {
        g_autoptr(Findings) findings = findings_new();
        g_autoptr(Regime) regime = load_regime(*name, position_make(NULL, 0, 0), NULL, data, findings);

        expect_nothing(findings, *name);
        assert_non_null(regime);
        expect_named(regime, findings);
        expect_nothing(findings, *name);
        expect_texts(regime);
        for (guint i = 0; i < regime->regulator_fields->len; i++)
            expect_field(regime, g_ptr_array_index(regime->regulator_fields, i));
        if (regime->is_enabled)
            enabled++;
        assert_int_equal(regime->is_enabled, regime->status <= REGIME_IN_FORCE_BY_NATIONAL_LAW);
    }
    assert_int_equal(enabled, 34);
}

static void test_every_calendar_loads(void **state)
{
    g_auto(GStrv) names = load_calendar_names(NULL, data);

    (void)state;
    assert_true(g_strv_length(names) >= 30);
    for (char **name = names; *name; name++) {
        g_autoptr(Findings) findings = findings_new();
        g_autoptr(Calendar) calendar = load_calendar(*name, position_make(NULL, 0, 0), NULL, data, findings);

        expect_nothing(findings, *name);
        assert_non_null(calendar);
    }
}

static void test_every_scale_loads(void **state)
{
    g_auto(GStrv) names = load_severity_names(NULL, data);

    (void)state;
    assert_int_equal(g_strv_length(names), 4);
    for (char **name = names; *name; name++) {
        g_autoptr(Findings) findings = findings_new();
        g_autoptr(SeverityScale) scale = load_severity(*name, position_make(NULL, 0, 0), NULL, data, findings);

        expect_nothing(findings, *name);
        assert_non_null(scale);
        assert_int_equal(scale->levels->len, 4);
    }
}

/* Closed days: what governments have published, written down here apart from the rules. */
static const struct {
    const char *calendar, *day;
    bool is_workday;
} days[] = {
    /* make-up workdays and rests of the State Council's notices */
    {"cn", "2024-02-04", true},
    {"cn", "2024-02-09", true},
    {"cn", "2024-02-12", false},
    {"cn", "2024-10-12", true},
    {"cn", "2025-01-26", true},
    {"cn", "2025-01-27", true},
    {"cn", "2025-02-04", false},
    {"cn", "2025-10-08", false},
    {"cn", "2025-10-11", true},
    {"cn", "2026-01-04", true},
    {"cn", "2026-02-14", true},
    {"cn", "2026-02-23", false},
    {"cn", "2026-02-24", true},
    {"cn", "2026-05-09", true},
    {"cn", "2026-09-20", true},
    {"cn", "2026-10-07", false},
    {"cn", "2026-10-10", true},
    {"cn", "2026-10-11", false},
    /* federal holidays, with those observed on a neighbouring day */
    {"us-federal", "2024-01-15", false},
    {"us-federal", "2024-05-27", false},
    {"us-federal", "2024-11-28", false},
    {"us-federal", "2025-06-19", false},
    {"us-federal", "2025-11-27", false},
    {"us-federal", "2026-07-03", false},
    {"us-federal", "2026-07-06", true},
    {"us-federal", "2026-10-12", false},
    {"us-federal", "2027-06-18", false},
    {"us-federal", "2027-07-05", false},
    {"us-federal", "2027-12-24", false},
    {"us-federal", "2027-12-31", false},
    {"us-federal", "2027-12-27", true},
    {"us-federal", "2024-04-01", true},
    /* Easter and what hangs on it */
    {"de", "2024-04-01", false},
    {"de", "2024-05-09", false},
    {"de", "2025-04-18", false},
    {"de", "2026-05-25", false},
    {"de", "2026-10-03", false},
    {"de", "2027-05-06", false},
    {"de", "2027-05-27", true},
    {"fr", "2024-05-08", false},
    {"fr", "2025-06-09", false},
    {"fr", "2026-04-03", true},
    {"fr", "2026-07-14", false},
    {"nl", "2026-04-27", false},
    {"nl", "2026-05-14", false},
    {"ie", "2026-02-02", false},
    {"ie", "2026-10-26", false},
    {"ie", "2026-04-03", true},
    {"se", "2025-06-20", false},
    {"se", "2026-06-19", false},
    {"se", "2026-10-31", false},
    {"fi", "2025-06-20", false},
    {"es", "2026-10-12", false},
    {"it", "2026-06-02", false},
    {"it", "2027-10-04", false},
    {"pl", "2024-12-24", true},
    {"pl", "2025-12-24", false},
    {"pl", "2026-06-04", false},
    {"pt", "2026-06-10", false},
    {"gr", "2024-05-06", false},
    {"gr", "2026-02-23", false},
    {"ro", "2026-04-13", false},
    {"bg", "2026-05-25", false},
    {"bg", "2027-05-03", false},
    {"cy", "2026-06-01", false},
    {"dk", "2024-04-26", true},
    {"dk", "2026-04-02", false},
    {"eu", "2026-12-25", false},
    {"eu", "2026-04-06", true},
    {"eu-institutions", "2026-12-31", false},
    {"eu-institutions", "2026-05-15", false},
    {"at", "2026-10-26", false},
    {"be", "2026-07-21", false},
    {"lu", "2026-06-23", false},
    {"cz", "2026-11-17", false},
    {"hu", "2026-10-23", false},
    /* bank holidays of England and Wales */
    {"uk", "2024-05-06", false},
    {"uk", "2025-08-25", false},
    {"uk", "2026-12-28", false},
    {"uk", "2026-12-29", true},
    {"uk", "2027-12-27", false},
    {"uk", "2027-12-28", false},
    {"uk", "2027-12-29", true},
    {"uk", "2026-05-25", false},
    /* substitute holidays, the day between two holidays and the closure around New Year */
    {"jp", "2024-02-12", false},
    {"jp", "2024-09-23", false},
    {"jp", "2025-05-06", false},
    {"jp", "2025-11-24", false},
    {"jp", "2026-05-06", false},
    {"jp", "2026-05-07", true},
    {"jp", "2026-09-22", false},
    {"jp", "2026-09-24", true},
    {"jp", "2026-12-28", true},
    {"jp", "2026-12-29", false},
    {"jp", "2027-01-01", false},
    {"jp", "2027-01-04", true},
    {"jp", "2027-03-22", false},
    {"ch", "2026-05-14", false},
    {"ch", "2026-08-01", false},
    {"br", "2024-11-20", false},
    {"br", "2026-04-21", false},
    {"br", "2026-02-17", true},
    {"br", "2026-12-25", false},
};

static void test_known_days(void **state)
{
    size_t wrong = 0;

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(days); i++) {
        g_autoptr(Findings) findings = findings_new();
        g_autoptr(Calendar) calendar = load_calendar(days[i].calendar, position_make(NULL, 0, 0), NULL, data, findings);
        CivilDay day = CIVIL_DAY_NONE;

        assert_non_null(calendar);
        assert_true(civil_day_parse(days[i].day, &day));
        if (calendar_day(calendar, day) == (days[i].is_workday ? CALENDAR_WORKDAY : CALENDAR_REST))
            continue;
        print_error("%s %s\n", days[i].calendar, days[i].day);
        wrong++;
    }
    assert_int_equal(wrong, 0);
}

/* The next year of a calendar that is made by notices is not guessed. */
static void test_unknown_year(void **state)
{
    g_autoptr(Findings) findings = findings_new();
    g_autoptr(Calendar) calendar = load_calendar("cn", position_make(NULL, 0, 0), NULL, data, findings);
    int missing = 0;

    (void)state;
    assert_int_equal(calendar_day(calendar, civil_day_make(2027, 1, 4)), CALENDAR_NO_DATA);
    assert_int_equal(calendar_add_workdays(calendar, civil_day_make(2026, 12, 30), 5, &missing), CIVIL_DAY_NONE);
    assert_int_equal(missing, 2027);
}

/* The Chinese notice has eight facts: six of the PIPL, two more of the regulations (measures are there twice). */
static void test_chinese_facts(void **state)
{
    static const char *const wanted[] = {"data_kinds", "cause",   "harm",          "measures",
                                         "advice",     "contact", "what_happened", "measures_taken"};
    static const char *const regimes[] = {"cn-pipl", "cn-ndsr"};
    g_autoptr(GHashTable) found = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(regimes); i++) {
        g_autoptr(Findings) findings = findings_new();
        g_autoptr(Regime) regime = load_regime(regimes[i], position_make(NULL, 0, 0), NULL, data, findings);

        for (guint k = 0; k < regime->notice_fields->len; k++) {
            const RegimeField *field = g_ptr_array_index(regime->notice_fields, k);

            assert_int_equal(field->need, REGIME_NEED_MUST);
            assert_non_null(locale_text_get(field->text, "zh-CN"));
            for (char **content = field->content; *content; content++)
                g_hash_table_add(found, g_strdup(*content));
        }
    }
    for (size_t i = 0; i < G_N_ELEMENTS(wanted); i++)
        assert_true(g_hash_table_contains(found, wanted[i]));
    assert_int_equal(g_hash_table_size(found), G_N_ELEMENTS(wanted));
}

/* Whether a Chinese reader sees English instead; a text without languages is English. */
static size_t untranslated(const char *regime, const char *where, const LocaleText *text)
{
    if (!text || (!locale_text_is_plain(text) && locale_text_get(text, "zh-CN")))
        return 0;
    print_error("%s: %s has no Chinese text: \"%s\"\n", regime, where, regime_text(text, "en"));
    return 1;
}

static size_t untranslated_step(const char *regime, const RegimeStep *step)
{
    const LocaleText *texts[] = {step->name, step->authority, step->late, step->note, step->confidence_note};
    size_t missing = 0;

    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
        missing += untranslated(regime, step->id, texts[i]);
    if (strcmp(regime_text(step->when, "en"), "always") != 0) /* which is never printed */
        missing += untranslated(regime, step->id, step->when);
    for (guint i = 0; i < step->readings->len; i++)
        missing += untranslated(regime, step->id, ((const RegimeReading *)g_ptr_array_index(step->readings, i))->text);
    return missing;
}

static size_t untranslated_fields(const char *regime, const GPtrArray *fields)
{
    size_t missing = 0;

    for (guint i = 0; i < fields->len; i++) {
        const RegimeField *field = g_ptr_array_index(fields, i);

        missing += untranslated(regime, field->id, field->text) + untranslated(regime, field->id, field->if_text);
    }
    return missing;
}

/* What clock, obligations, check, record and the forms print of a regime. */
static void test_shown_in_chinese(void **state)
{
    g_auto(GStrv) names = load_regime_names(NULL, data);
    size_t missing = 0;

    (void)state;
    for (char **name = names; *name; name++) {
        g_autoptr(Findings) findings = findings_new();
        g_autoptr(Regime) regime = load_regime(*name, position_make(NULL, 0, 0), NULL, data, findings);

        assert_non_null(regime);
        missing += untranslated(*name, "name", regime->name) + untranslated(*name, "citation", regime->citation) +
                   untranslated(*name, "authority", regime->authority) +
                   untranslated(*name, "channel", regime->channel);
        for (guint i = 0; i < regime->steps->len; i++)
            missing += untranslated_step(*name, g_ptr_array_index(regime->steps, i));
        missing += untranslated_fields(*name, regime->regulator_fields);
        missing += untranslated_fields(*name, regime->notice_fields);
        for (guint i = 0; i < regime->lawful_delay->len; i++) {
            const RegimeDelay *delay = g_ptr_array_index(regime->lawful_delay, i);

            missing += untranslated(*name, delay->id, delay->ground);
        }
        for (guint i = 0; i < regime->forwarding->len; i++) {
            const RegimeForwarding *row = g_ptr_array_index(regime->forwarding, i);

            missing += untranslated(*name, "forwarding", row->by) + untranslated(*name, "forwarding", row->to);
        }
    }
    assert_int_equal(missing, 0);
}

/* The days that are not counted are printed with why. */
static void test_holidays_in_chinese(void **state)
{
    g_auto(GStrv) names = load_calendar_names(NULL, data);
    size_t missing = 0;

    (void)state;
    for (char **name = names; *name; name++) {
        g_autoptr(Findings) findings = findings_new();
        g_autoptr(Calendar) calendar = load_calendar(*name, position_make(NULL, 0, 0), NULL, data, findings);

        assert_non_null(calendar);
        for (guint i = 0; i < calendar->rules->len; i++)
            missing +=
                untranslated(*name, "a holiday", ((const CalendarRule *)g_ptr_array_index(calendar->rules, i))->name);
    }
    assert_int_equal(missing, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_regime_loads), cmocka_unit_test(test_every_calendar_loads),
        cmocka_unit_test(test_every_scale_loads),  cmocka_unit_test(test_known_days),
        cmocka_unit_test(test_unknown_year),       cmocka_unit_test(test_chinese_facts),
        cmocka_unit_test(test_shown_in_chinese),   cmocka_unit_test(test_holidays_in_chinese),
    };

    return cmocka_run_group_tests(tests, expect_make_home, expect_remove_home);
}
