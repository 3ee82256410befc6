/* clock-check: compares the arithmetic of model/regime_clock with cases that another program has worked out.
 *
 * Standard input, one case a line, parted by tabs: count, amount, exclusive or inclusive, roll, computation, zone,
 * calendar or -, start (a day, or RFC 3339), and what was expected: the last millisecond since 1970 that is in time,
 * the day, or "missing" and the year. Prints how many cases there were; every difference is a line on stderr and ends
 * it with 1. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "load/load_calendar.h"
#include "model/law.h"
#include "model/quiet_hours.h"
#include "model/regime_clock.h"

enum { COUNT, AMOUNT, DAY_ONE, ROLL, COMPUTATION, ZONE, CALENDAR, START, LAST, DAY, FIELDS };

typedef struct Case {
    char **fields;
    RegimeTime start;
    GHashTable *calendars; /* id to Calendar * */
} Case;

static int index_of(const char *word, const char *const *words)
{
    for (int i = 0; words[i]; i++)
        if (strcmp(words[i], word) == 0)
            return i;
    fprintf(stderr, "clock-check: \"%s\" means nothing\n", word);
    exit(2);
}

static bool find_anchor(const char *name, RegimeTime *time, void *user)
{
    (void)name;
    *time = ((const Case *)user)->start;
    return true;
}

static bool find_filing(const char *id, size_t index, RegimeTime *time, void *user)
{
    (void)id;
    (void)index;
    (void)time;
    (void)user;
    return false;
}

static bool find_variable(const char *name, RegimeValue *value, void *user)
{
    (void)name;
    (void)value;
    (void)user;
    return false;
}

static const Calendar *find_calendar(const char *id, void *user)
{
    Case *one = user;
    g_autoptr(Findings) findings = findings_new();

    if (!g_hash_table_contains(one->calendars, id))
        g_hash_table_insert(
            one->calendars, g_strdup(id),
            load_calendar(id, position_make(NULL, 0, 0), NULL, g_getenv("BREACH_SOURCE_DIR"), findings));
    return g_hash_table_lookup(one->calendars, id);
}

static RegimeStep *make_step(char **fields)
{
    static const char *const counts[] = {"none", "hours", "calendar", "business", "months", NULL};
    static const char *const rolls[] = {"none", "next_working_day", "noon_next_working_day", "unknown", NULL};
    RegimeStep *step = g_new0(RegimeStep, 1);

    step->id = g_strdup("step");
    step->to = g_strdup("regulator");
    step->from.name = g_strdup("awareness");
    step->due_text = g_strdup(fields[AMOUNT]);
    step->due = g_ascii_strtoll(fields[AMOUNT], NULL, 10);
    step->count = (RegimeCount)index_of(fields[COUNT], counts);
    step->roll = (RegimeRoll)index_of(fields[ROLL], rolls);
    step->is_inclusive = strcmp(fields[DAY_ONE], "inclusive") == 0;
    step->readings = g_ptr_array_new();
    return step;
}

static Regime *make_regime(char **fields)
{
    static const char *const computations[] = {"plain",          "eu-1182-71",        "cn-civil-code",
                                               "us-sec-form-8k", "dora-rts-2025-301", NULL};
    Regime *regime = regime_new();

    regime->id = g_strdup("test");
    regime->clock_starts = g_strdup("awareness");
    regime->zone = quiet_hours_zone(fields[ZONE]);
    regime->computation = (RegimeComputation)index_of(fields[COMPUTATION], computations);
    regime->calendar = strcmp(fields[CALENDAR], "-") == 0 ? NULL : g_strdup(fields[CALENDAR]);
    g_ptr_array_add(regime->steps, make_step(fields));
    return regime;
}

static char *answer(const RegimeClockResult *result)
{
    g_autofree char *day = result->has_due ? civil_day_format(result->due_day) : NULL;

    if (!result->has_due)
        return g_strdup_printf("missing\t%d", result->missing_year);
    return g_strdup_printf("%" PRId64 "\t%s", result->last, day);
}

static bool check(Case *one, const char *line)
{
    g_autoptr(Regime) regime = make_regime(one->fields);
    RegimeClockRequest request = {.regime = regime,
                                  .id = "step",
                                  .anchor = find_anchor,
                                  .filing = find_filing,
                                  .variable = find_variable,
                                  .find_calendar = find_calendar,
                                  .user = one};
    g_autoptr(RegimeClockResult) result = NULL;
    g_autofree char *expected = g_strdup_printf("%s\t%s", one->fields[LAST], one->fields[DAY]);
    g_autofree char *got = NULL;

    if (!regime->zone || !law_time_parse(one->fields[START], &one->start, NULL)) {
        fprintf(stderr, "clock-check: cannot read: %s\n", line);
        exit(2);
    }
    result = regime_clock(&request);
    got = answer(result);
    if (strcmp(got, expected) == 0)
        return true;
    fprintf(stderr, "%s: got %s\n", line, got);
    return false;
}

static void free_calendar(void *calendar)
{
    calendar_free(calendar);
}

int main(void)
{
    Case one = {.calendars = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_calendar)};
    char *line = NULL;
    size_t size = 0;
    long count = 0;
    long wrong = 0;

    for (ssize_t length; (length = getline(&line, &size, stdin)) > 0; count++) {
        g_strchomp(line);
        one.fields = g_strsplit(line, "\t", 0);
        if (g_strv_length(one.fields) != FIELDS) {
            fprintf(stderr, "clock-check: %d fields are needed: %s\n", FIELDS, line);
            return 2;
        }
        wrong += check(&one, line) ? 0 : 1;
        g_strfreev(one.fields);
    }
    free(line);
    g_hash_table_unref(one.calendars);
    printf("%ld cases, %ld differ\n", count, wrong);
    return wrong > 0 ? 1 : 0;
}
