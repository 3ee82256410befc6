/* Arbitrary bytes as a regime and as a calendar: whatever cannot be used has an error, every finding can be shown, and
 * whatever was read can be computed with: nothing is due before it starts, and nothing without a start. */
#include "fuzz.h"

#include <string.h>

#include <glib.h>

#include "base/text.h"
#include "load/load_calendar.h"
#include "load/load_regime.h"
#include "model/regime_clock.h"

static const int64_t start = INT64_C(1795000000000); /* in November 2026 */

static void show(Findings *findings)
{
    for (size_t i = 0; i < findings_count(findings); i++) {
        g_autofree char *text = finding_format(findings_get(findings, i));

        fuzz_require(g_utf8_validate(text, -1, NULL));
        fuzz_require(!text_has_controls(text, strlen(text)));
    }
}

static bool find_anchor(const char *name, RegimeTime *time, void *user)
{
    (void)user;
    *time = (RegimeTime){.moment = {.at = start, .offset = 60, .known = true}};
    return strcmp(name, "awareness") == 0 || strcmp(name, "discovery") == 0;
}

static bool find_filing(const char *id, size_t index, RegimeTime *time, void *user)
{
    (void)user;
    *time = (RegimeTime){.moment = {.at = start, .offset = 60, .known = true}};
    return index == 0 && strlen(id) % 2 == 0;
}

static bool find_variable(const char *name, RegimeValue *value, void *user)
{
    (void)user;
    *value = (RegimeValue){"1", "2", "true"};
    return strlen(name) % 2 == 0;
}

static const Calendar *find_calendar(const char *id, void *user)
{
    (void)id;
    return user;
}

static void compute(const Regime *regime, Calendar *calendar)
{
    g_autofree const char **ids = regime_step_ids(regime);

    for (const char **id = ids; *id; id++) {
        const RegimeClockRequest request = {.regime = regime,
                                            .id = *id,
                                            .anchor = find_anchor,
                                            .filing = find_filing,
                                            .variable = find_variable,
                                            .find_calendar = find_calendar,
                                            .user = calendar,
                                            .now = start};
        g_autoptr(RegimeClockResult) result = regime_clock(&request);

        fuzz_require(!result->has_due || (result->has_start && result->last >= result->start.at));
        fuzz_require(result->why->len > 0);
        fuzz_require(result->state != REGIME_OVERDUE || result->late > 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *path = fuzz_file(data, size);
    g_autoptr(Findings) findings = findings_new();
    g_autoptr(Findings) others = findings_new();
    g_autoptr(Regime) regime = load_regime_file(path, findings);
    g_autoptr(Calendar) calendar = load_calendar_file(path, others);

    fuzz_require(regime || findings_errors(findings, FINDING_SEND) > 0);
    fuzz_require(calendar || findings_errors(others, FINDING_SEND) > 0);
    show(findings);
    show(others);
    if (regime)
        compute(regime, NULL);
    for (CivilDay day = civil_day_make(2026, 11, 1); calendar && day < civil_day_make(2027, 2, 1); day++) {
        int missing = 0;
        CivilDay next = calendar_next_workday(calendar, day, &missing);

        fuzz_require(next == CIVIL_DAY_NONE ? missing > 0 : next >= day);
    }
    return 0;
}
