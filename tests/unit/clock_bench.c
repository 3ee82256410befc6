#include "clock_bench.h"

#include "load/load_calendar.h"
#include "load/load_regime.h"
#include "model/law.h"

#include "load_expect.h"

typedef struct BenchTime {
    const char *name; /* interned */
    RegimeTime time;
} BenchTime;

typedef struct BenchValue {
    const char *name, *lower, *likely, *upper; /* interned */
} BenchValue;

static void free_calendar(void *calendar)
{
    calendar_free(calendar);
}

ClockBench *clock_bench_new(void)
{
    ClockBench *bench = g_new0(ClockBench, 1);

    bench->anchors = g_array_new(FALSE, FALSE, sizeof(BenchTime));
    bench->filings = g_array_new(FALSE, FALSE, sizeof(BenchTime));
    bench->variables = g_array_new(FALSE, FALSE, sizeof(BenchValue));
    bench->calendars = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_calendar);
    return bench;
}

void clock_bench_free(ClockBench *bench)
{
    g_array_unref(bench->anchors);
    g_array_unref(bench->filings);
    g_array_unref(bench->variables);
    g_hash_table_unref(bench->calendars);
    g_free(bench);
}

RegimeTime clock_bench_time(const char *text)
{
    g_autoptr(GError) error = NULL;
    RegimeTime time;

    if (!law_time_parse(text, &time, &error))
        fail_msg("%s: %s", text, error->message);
    return time;
}

void clock_bench_anchor(ClockBench *bench, const char *name, RegimeTime time)
{
    BenchTime added = {g_intern_string(name), time};

    for (guint i = 0; i < bench->anchors->len; i++)
        if (g_array_index(bench->anchors, BenchTime, i).name == added.name) {
            g_array_index(bench->anchors, BenchTime, i) = added;
            return;
        }
    g_array_append_val(bench->anchors, added);
}

void clock_bench_file(ClockBench *bench, const char *id, RegimeTime time)
{
    BenchTime added = {g_intern_string(id), time};

    g_array_append_val(bench->filings, added);
}

void clock_bench_set(ClockBench *bench, const char *name, const char *lower, const char *likely, const char *upper)
{
    BenchValue added = {g_intern_string(name), g_intern_string(lower), g_intern_string(likely), g_intern_string(upper)};

    for (guint i = 0; i < bench->variables->len; i++)
        if (g_array_index(bench->variables, BenchValue, i).name == added.name) {
            g_array_index(bench->variables, BenchValue, i) = added;
            return;
        }
    g_array_append_val(bench->variables, added);
}

static bool find_anchor(const char *name, RegimeTime *time, void *user)
{
    const ClockBench *bench = user;

    for (guint i = 0; i < bench->anchors->len; i++)
        if (strcmp(g_array_index(bench->anchors, BenchTime, i).name, name) == 0) {
            *time = g_array_index(bench->anchors, BenchTime, i).time;
            return true;
        }
    return false;
}

static bool find_filing(const char *id, size_t index, RegimeTime *time, void *user)
{
    const ClockBench *bench = user;

    for (guint i = 0; i < bench->filings->len; i++)
        if (strcmp(g_array_index(bench->filings, BenchTime, i).name, id) == 0 && index-- == 0) {
            *time = g_array_index(bench->filings, BenchTime, i).time;
            return true;
        }
    return false;
}

static bool find_variable(const char *name, RegimeValue *value, void *user)
{
    const ClockBench *bench = user;

    for (guint i = 0; i < bench->variables->len; i++) {
        const BenchValue *found = &g_array_index(bench->variables, BenchValue, i);

        if (strcmp(found->name, name) == 0) {
            *value = (RegimeValue){found->lower, found->likely, found->upper};
            return found->upper != NULL;
        }
    }
    return false;
}

static const Calendar *find_calendar(const char *id, void *user)
{
    ClockBench *bench = user;
    g_autoptr(Findings) findings = findings_new();

    if (!g_hash_table_contains(bench->calendars, id)) {
        Calendar *calendar = load_calendar(id, position_make(NULL, 0, 0), NULL, BREACH_SOURCE_DIR, findings);

        g_hash_table_insert(bench->calendars, g_strdup(id), calendar);
    }
    return g_hash_table_lookup(bench->calendars, id);
}

RegimeClockRequest clock_bench_request(ClockBench *bench, const Regime *regime, const char *id, int64_t now)
{
    return (RegimeClockRequest){.regime = regime,
                                .id = id,
                                .anchor = find_anchor,
                                .filing = find_filing,
                                .variable = find_variable,
                                .find_calendar = find_calendar,
                                .user = bench,
                                .now = now};
}

RegimeClockResult *clock_bench_at(ClockBench *bench, const Regime *regime, const char *id, int64_t now)
{
    RegimeClockRequest request = clock_bench_request(bench, regime, id, now);

    return regime_clock(&request);
}

Regime *clock_bench_regime(const char *id)
{
    g_autoptr(Findings) findings = findings_new();
    Regime *regime = load_regime(id, position_make(NULL, 0, 0), NULL, BREACH_SOURCE_DIR, findings);

    if (findings_count(findings) > 0) {
        expect_print(findings);
        fail_msg("%s does not load without a finding", id);
    }
    assert_non_null(regime);
    return regime;
}

Regime *clock_bench_text(const char *steps, const char *head)
{
    char *folder = expect_folder();
    g_autofree char *text = g_strdup_printf("version: 1\nid: test\nname: A test\njurisdiction: contract\n"
                                            "status: in_force\nenabled: true\ncitation: clause 1\n"
                                            "clock_starts: awareness\nconfidence: confirmed\n%s\nsteps:\n%s\n",
                                            head, steps);
    g_autofree char *path = expect_text(folder, "test.yaml", text);
    g_autoptr(Findings) findings = findings_new();
    Regime *regime = load_regime_file(path, findings);

    if (findings_count(findings) > 0) {
        expect_print(findings);
        fail_msg("the test's own regime has mistakes:\n%s", text);
    }
    expect_remove(folder);
    return regime;
}

bool clock_bench_has(const GPtrArray *lines, const char *words)
{
    for (guint i = 0; i < lines->len; i++)
        if (strstr(g_ptr_array_index(lines, i), words))
            return true;
    return false;
}
