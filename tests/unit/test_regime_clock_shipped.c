/* Every step of every shipped regime: due until its last millisecond and overdue after it, each threshold one below, at
 * and one above its number, and what must hold for any times at all. */
#include "clock_bench.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "load/load_regime.h"
#include "model/condition.h"

#define NAMES_MAX      8
#define CANDIDATES_MAX 24
#define ROUNDS         60

/* What a condition is tried with: values of its names. */
typedef struct Trial {
    const char *const *names;
    const char *values[NAMES_MAX];                     /* the one that is tried now */
    const char *candidates[NAMES_MAX][CANDIDATES_MAX]; /* interned, NULL-terminated */
    size_t count;
} Trial;

static const char *try_value(const char *name, void *user)
{
    const Trial *trial = user;

    for (size_t i = 0; i < trial->count; i++)
        if (strcmp(trial->names[i], name) == 0)
            return trial->values[i];
    return NULL;
}

static void add_candidate(Trial *trial, size_t index, const char *value)
{
    size_t i = 0;

    while (trial->candidates[index][i])
        i++;
    assert_true(i + 1 < CANDIDATES_MAX);
    trial->candidates[index][i] = g_intern_string(value);
}

/* Every literal of the condition for every name: too many values do no harm, one too few would. */
static void fill(Trial *trial, const Condition *condition, const char *text)
{
    g_autoptr(GRegex) literals = g_regex_new("'([^']*)'|([0-9]+)", 0, 0, NULL);
    g_autoptr(GMatchInfo) match = NULL;

    *trial = (Trial){.names = condition_names(condition)};
    while (trial->names[trial->count])
        trial->count++;
    assert_true(trial->count <= NAMES_MAX);
    for (g_regex_match(literals, text, 0, &match); g_match_info_matches(match); g_match_info_next(match, NULL)) {
        g_autofree char *word = g_match_info_fetch(match, 1);
        g_autofree char *number = g_match_info_fetch(match, 2);

        for (size_t i = 0; i < trial->count; i++)
            if (number && *number) {
                for (long step = -1; step <= 1; step++) {
                    g_autofree char *value = g_strdup_printf("%ld", strtol(number, NULL, 10) + step);

                    add_candidate(trial, i, value);
                }
            } else {
                add_candidate(trial, i, word);
                add_candidate(trial, i, "other");
            }
    }
}

/* Goes through all values of the names but `fixed` until `accept` takes them. */
static bool search(Trial *trial, const Condition *condition, size_t index, size_t fixed,
                   bool (*accept)(Trial *trial, const Condition *condition, void *user), void *user)
{
    if (index == trial->count)
        return accept(trial, condition, user);
    if (index == fixed)
        return search(trial, condition, index + 1, fixed, accept, user);
    for (size_t i = 0; trial->candidates[index][i]; i++) {
        trial->values[index] = trial->candidates[index][i];
        if (search(trial, condition, index + 1, fixed, accept, user))
            return true;
    }
    return false;
}

static bool is_met(Trial *trial, const Condition *condition, void *user)
{
    return condition_evaluate(condition, try_value, trial, NULL) == *(const ConditionValue *)user;
}

static void apply(ClockBench *bench, const Trial *trial)
{
    for (size_t i = 0; i < trial->count; i++)
        clock_bench_set(bench, trial->names[i], trial->values[i], trial->values[i], trial->values[i]);
}

/* Makes the step's condition true. */
static void satisfy(ClockBench *bench, const RegimeStep *step)
{
    ConditionValue wanted = CONDITION_TRUE;
    Trial trial;

    if (!step->cond)
        return;
    fill(&trial, step->cond, step->cond_text);
    if (!search(&trial, step->cond, 0, SIZE_MAX, is_met, &wanted))
        fail_msg("no values make %s true", step->cond_text);
    apply(bench, &trial);
}

static CivilDay first_day(const Regime *regime)
{
    CivilDay day = civil_day_make(2026, 9, 28);

    return regime->effective_from != CIVIL_DAY_NONE && regime->effective_from > day ? regime->effective_from + 1 : day;
}

static RegimeTime moment_at(int64_t at)
{
    return (RegimeTime){.moment = {.at = at, .known = true}};
}

/* What would end the step at once: the end of what repeats, the result of an assessment. */
static bool ends_step(const RegimeStep *step, const char *anchor)
{
    return (step->repeats && strcmp(anchor, "handling_end") == 0) ||
           (step->done_by && g_strv_contains((const char *const *)step->done_by, anchor));
}

/* All anchors at `at`, but for what would end the step; filings that the step runs from as well. */
static void start_all(ClockBench *bench, const Regime *regime, const RegimeStep *step, int64_t at)
{
    g_autofree const char **anchors = regime_anchor_ids(regime);

    for (const char **name = anchors; *name; name++)
        if (strcmp(*name, "year_end") != 0 && !ends_step(step, *name))
            clock_bench_anchor(bench, *name, moment_at(at));
    if (step->from.kind == REGIME_FROM_SUBMISSION)
        clock_bench_file(bench, step->from.name, moment_at(at));
}

static void expect_state(const Regime *regime, const RegimeClockResult *result, RegimeState state, const char *when)
{
    if (result->state == state)
        return;
    for (guint i = 0; i < result->why->len; i++)
        print_error("  %s\n", (const char *)g_ptr_array_index(result->why, i));
    fail_msg("%s %s: %s, expected %s (%s)", regime->id, result->id, regime_state_name(result->state),
             regime_state_name(state), when);
}

static void expect_last_moment(ClockBench *bench, const Regime *regime, const RegimeStep *step, int64_t at)
{
    g_autoptr(RegimeClockResult) result = clock_bench_at(bench, regime, step->id, at);

    expect_state(regime, result, REGIME_DUE, "when it started");
    if (!result->has_due)
        fail_msg("%s %s has a number and no end", regime->id, step->id);
    for (int64_t around = -1; around <= 1; around++) {
        g_autoptr(RegimeClockResult) then = clock_bench_at(bench, regime, step->id, result->last + around);

        expect_state(regime, then, around > 0 ? REGIME_OVERDUE : REGIME_DUE, "around its last moment");
        assert_int_equal(then->late, around > 0 ? 1 : 0);
        assert_int_equal(then->last, result->last);
    }
}

typedef void EachStep(const Regime *regime, const RegimeStep *step);

static size_t for_each_step(EachStep *each)
{
    g_auto(GStrv) names = load_regime_names(NULL, BREACH_SOURCE_DIR);
    size_t steps = 0;

    for (char **name = names; *name; name++) {
        g_autoptr(Regime) regime = clock_bench_regime(*name);

        for (guint i = 0; i < regime->steps->len; i++, steps++)
            each(regime, g_ptr_array_index(regime->steps, i));
    }
    return steps;
}

static void check_boundary(const Regime *regime, const RegimeStep *step)
{
    g_autoptr(ClockBench) bench = clock_bench_new();
    int64_t at = civil_day_instant(first_day(regime), 10 * 60, regime->zone);
    g_autoptr(RegimeClockResult) unnumbered = NULL;

    start_all(bench, regime, step, at);
    satisfy(bench, step);
    if (step->due > 0) {
        expect_last_moment(bench, regime, step, at);
        return;
    }
    unnumbered = clock_bench_at(bench, regime, step->id, at + CLOCK_HOUR);
    assert_false(unnumbered->has_due);
    assert_int_equal(unnumbered->late, 0);
    expect_state(regime, unnumbered, REGIME_DUE, "running without a number");
}

static void test_boundary_of_every_step(void **state)
{
    size_t steps = for_each_step(check_boundary);

    (void)state;
    assert_true(steps >= 133);
}

/* A comparison with a number, as it stands in a condition. */
typedef struct Threshold {
    char *name, *relation;
    long number;
} Threshold;

static bool holds(const Threshold *threshold, long value)
{
    if (strcmp(threshold->relation, ">=") == 0)
        return value >= threshold->number;
    if (strcmp(threshold->relation, ">") == 0)
        return value > threshold->number;
    if (strcmp(threshold->relation, "<=") == 0)
        return value <= threshold->number;
    return value < threshold->number;
}

typedef struct Decisive {
    size_t index;
    const char *below, *above;
} Decisive;

/* Whether with these values of the others it is this number alone that decides. */
static bool is_decisive(Trial *trial, const Condition *condition, void *user)
{
    const Decisive *decisive = user;
    ConditionValue low, high;

    trial->values[decisive->index] = decisive->below;
    low = condition_evaluate(condition, try_value, trial, NULL);
    trial->values[decisive->index] = decisive->above;
    high = condition_evaluate(condition, try_value, trial, NULL);
    return low != CONDITION_UNKNOWN && high != CONDITION_UNKNOWN && low != high;
}

static const char *number_text(long number)
{
    g_autofree char *text = g_strdup_printf("%ld", number);

    return g_intern_string(text);
}

static void expect_applies(const Regime *regime, const RegimeStep *step, ClockBench *bench, const Threshold *threshold,
                           long lower, long upper)
{
    const char *low = number_text(lower);
    const char *high = number_text(upper);
    int64_t at = civil_day_instant(first_day(regime), 10 * 60, regime->zone);
    g_autoptr(RegimeClockResult) result = NULL;

    clock_bench_set(bench, threshold->name, low, low, high);
    result = clock_bench_at(bench, regime, step->id, at);
    if ((result->state != REGIME_NOT_APPLICABLE) != holds(threshold, upper))
        fail_msg("%s %s: %s %s %ld is wrong for %ld..%ld: %s", regime->id, step->id, threshold->name,
                 threshold->relation, threshold->number, lower, upper, regime_state_name(result->state));
    if (result->may_reach != (holds(threshold, lower) != holds(threshold, upper)))
        fail_msg("%s %s: \"may reach\" is wrong for %ld..%ld", regime->id, step->id, lower, upper);
}

static void check_threshold(const Regime *regime, const RegimeStep *step, const Threshold *threshold)
{
    g_autoptr(ClockBench) bench = clock_bench_new();
    Decisive decisive = {.below = number_text(threshold->number - 1), .above = number_text(threshold->number + 1)};
    Trial trial;

    fill(&trial, step->cond, step->cond_text);
    while (strcmp(trial.names[decisive.index], threshold->name) != 0)
        decisive.index++;
    if (!search(&trial, step->cond, 0, decisive.index, is_decisive, &decisive))
        fail_msg("%s %s: %s never decides", regime->id, step->id, threshold->name);
    start_all(bench, regime, step, civil_day_instant(first_day(regime), 10 * 60, regime->zone));
    apply(bench, &trial);
    for (long value = threshold->number - 1; value <= threshold->number + 1; value++) {
        if (value < 1 && strcmp(threshold->name, "level") == 0)
            continue; /* 0 says that it is not known */
        expect_applies(regime, step, bench, threshold, value, value);
        expect_applies(regime, step, bench, threshold, threshold->number > 1 ? threshold->number - 1 : 1,
                       MAX(value, threshold->number > 1 ? threshold->number - 1 : 1));
    }
}

static size_t thresholds;

static void check_thresholds(const Regime *regime, const RegimeStep *step)
{
    g_autoptr(GRegex) comparison = g_regex_new("([a-z_]+) *(>=|<=|>|<) *([0-9]+)", 0, 0, NULL);
    g_autoptr(GMatchInfo) match = NULL;

    if (!step->cond)
        return;
    for (g_regex_match(comparison, step->cond_text, 0, &match); g_match_info_matches(match);
         g_match_info_next(match, NULL)) {
        g_autofree char *name = g_match_info_fetch(match, 1);
        g_autofree char *relation = g_match_info_fetch(match, 2);
        g_autofree char *number = g_match_info_fetch(match, 3);
        const Threshold threshold = {name, relation, strtol(number, NULL, 10)};

        check_threshold(regime, step, &threshold);
        thresholds++;
    }
}

static void test_thresholds(void **state)
{
    (void)state;
    for_each_step(check_thresholds);
    assert_true(thresholds >= 15);
}

/* Conditions that compare words: where they are false the step is gone, where nobody said, it may apply. */
static void check_scope(const Regime *regime, const RegimeStep *step)
{
    g_autoptr(ClockBench) bench = clock_bench_new();
    int64_t at = civil_day_instant(first_day(regime), 10 * 60, regime->zone);
    ConditionValue wanted = CONDITION_FALSE;
    g_autoptr(RegimeClockResult) unknown = NULL;
    g_autoptr(RegimeClockResult) never = NULL;
    Trial trial;

    if (!step->cond)
        return;
    start_all(bench, regime, step, at);
    unknown = clock_bench_at(bench, regime, step->id, at);
    expect_state(regime, unknown, REGIME_SCOPE_UNKNOWN, "with nothing known");
    assert_non_null(unknown->unknown);
    assert_int_equal(unknown->has_due, step->due > 0);
    fill(&trial, step->cond, step->cond_text);
    if (!search(&trial, step->cond, 0, SIZE_MAX, is_met, &wanted))
        fail_msg("no values make %s false", step->cond_text);
    apply(bench, &trial);
    never = clock_bench_at(bench, regime, step->id, at);
    expect_state(regime, never, REGIME_NOT_APPLICABLE, "with its condition false");
}

static void test_scope_of_every_condition(void **state)
{
    (void)state;
    for_each_step(check_scope);
}

/* Without a time, nothing is due and what to enter is said. */
static void check_missing(const Regime *regime, const RegimeStep *step)
{
    g_autoptr(ClockBench) bench = clock_bench_new();
    g_autoptr(RegimeClockResult) result = NULL;

    satisfy(bench, step);
    result = clock_bench_at(bench, regime, step->id, 0);
    assert_false(result->has_due);
    assert_false(result->has_start);
    if (step->from.kind == REGIME_FROM_ANCHOR) {
        expect_state(regime, result, REGIME_ANCHOR_MISSING, "without a time");
        assert_non_null(result->missing_anchor);
    } else if (step->from.kind == REGIME_FROM_SUBMISSION) {
        expect_state(regime, result, REGIME_NOT_STARTED, "without a filing");
        assert_string_equal(result->missing_filing, step->from.name);
    }
}

static void test_nothing_is_invented(void **state)
{
    (void)state;
    for_each_step(check_missing);
}

/* Properties --------------------------------------------------------------------------------------------------------
 */

static GRand *chance;

static int64_t random_time(const Regime *regime)
{
    int64_t from = civil_day_instant(first_day(regime) - 60, 0, regime->zone);

    if (regime->effective_from != CIVIL_DAY_NONE && regime->effective_from > first_day(regime) - 60)
        from = civil_day_instant(regime->effective_from, 0, regime->zone);
    return from + (int64_t)(g_rand_double(chance) * 100 * (double)CLOCK_DAY);
}

static RegimeClockResult *due_from(const Regime *regime, const RegimeStep *step, int64_t at)
{
    g_autoptr(ClockBench) bench = clock_bench_new();

    start_all(bench, regime, step, at);
    satisfy(bench, step);
    clock_bench_set(bench, "entity_class", "other", "other", "other");
    if (step->cond)
        satisfy(bench, step);
    return clock_bench_at(bench, regime, step->id, at);
}

static void check_monotone(const Regime *regime, const RegimeStep *step)
{
    /* (EU) 2025/301 art 5(4) moves a Sunday's end to Monday noon, and leaves one of Monday morning where it is */
    int64_t slack = step->roll == REGIME_ROLL_NOON_NEXT_WORKING_DAY ? 12 * CLOCK_HOUR : 0;

    for (int i = 0; step->due > 0 && i < ROUNDS; i++) {
        int64_t a = random_time(regime);
        int64_t b = random_time(regime);
        g_autoptr(RegimeClockResult) first = due_from(regime, step, MIN(a, b));
        g_autoptr(RegimeClockResult) second = due_from(regime, step, MAX(a, b));

        if (!first->has_due || !second->has_due)
            fail_msg("%s %s: no end from %ld or %ld", regime->id, step->id, (long)a, (long)b);
        if (first->last > second->last + slack)
            fail_msg("%s %s: from %ld it ends after from %ld", regime->id, step->id, (long)MIN(a, b), (long)MAX(a, b));
        if (first->last < MIN(a, b) || second->last < MAX(a, b))
            fail_msg("%s %s: it ends before it starts", regime->id, step->id);
    }
}

static void test_later_never_ends_earlier(void **state)
{
    (void)state;
    for_each_step(check_monotone);
}

/* A chain follows the filing, whenever the step before it was due. */
static void check_chain(const Regime *regime, const RegimeStep *step)
{
    for (int i = 0; step->from.kind == REGIME_FROM_SUBMISSION && step->due > 0 && i < ROUNDS; i++) {
        g_autoptr(ClockBench) bench = clock_bench_new();
        g_autoptr(RegimeClockResult) before = NULL;
        g_autoptr(RegimeClockResult) after = NULL;
        int64_t at = random_time(regime);

        start_all(bench, regime, step, at);
        satisfy(bench, step);
        before = clock_bench_at(bench, regime, step->id, at);
        for (size_t j = 0; j < 3; j++)
            clock_bench_anchor(bench, ((const char *[]){"awareness", "classification_major", "occurrence"})[j],
                               moment_at(at - (int64_t)(g_rand_double(chance) * 5 * (double)CLOCK_DAY)));
        after = clock_bench_at(bench, regime, step->id, at);
        if (before->state != REGIME_NOT_APPLICABLE && after->state != REGIME_NOT_APPLICABLE)
            assert_int_equal(before->last, after->last);
        assert_true(!before->has_start || before->start.at == at);
    }
}

static void test_chains_follow_the_filing(void **state)
{
    (void)state;
    for_each_step(check_chain);
}

static bool runs_from(const RegimeStep *step, const RegimeStep *filed)
{
    if (step->from.kind == REGIME_FROM_ANY || step->from.kind == REGIME_FROM_DEADLINE)
        return true;
    if (step->from.kind == REGIME_FROM_SUBMISSION)
        return strcmp(step->from.name, filed->id) == 0 || g_strcmp0(step->from.name, filed->group) == 0 ||
               (step->repeats && step == filed);
    return false;
}

static void check_unrelated(const Regime *regime, const RegimeStep *filed)
{
    for (guint i = 0; i < regime->steps->len; i++) {
        const RegimeStep *step = g_ptr_array_index(regime->steps, i);
        g_autoptr(ClockBench) bench = clock_bench_new();
        g_autoptr(RegimeClockResult) before = NULL;
        g_autoptr(RegimeClockResult) after = NULL;
        int64_t at = random_time(regime);

        if (runs_from(step, filed))
            continue;
        start_all(bench, regime, step, at);
        satisfy(bench, step);
        before = clock_bench_at(bench, regime, step->id, at);
        clock_bench_file(bench, filed->id, moment_at(at + CLOCK_HOUR));
        after = clock_bench_at(bench, regime, step->id, at);
        assert_int_equal(before->has_due, after->has_due);
        if (before->last != after->last)
            fail_msg("%s: filing %s moved %s", regime->id, filed->id, step->id);
        if (step != filed && (!step->group || g_strcmp0(step->group, filed->group) != 0) &&
            after->state != before->state)
            fail_msg("%s: filing %s made %s %s", regime->id, filed->id, step->id, regime_state_name(after->state));
    }
}

static void test_filings_move_nothing_unrelated(void **state)
{
    (void)state;
    for_each_step(check_unrelated);
}

static int seed(void **state)
{
    const char *given = g_getenv("BREACH_TEST_SEED");
    guint32 number = given ? (guint32)strtoul(given, NULL, 10) : g_random_int();

    (void)state;
    printf("# BREACH_TEST_SEED=%u\n", number);
    chance = g_rand_new_with_seed(number);
    return 0;
}

static int unseed(void **state)
{
    (void)state;
    g_rand_free(chance);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_boundary_of_every_step),         cmocka_unit_test(test_thresholds),
        cmocka_unit_test(test_scope_of_every_condition),       cmocka_unit_test(test_nothing_is_invented),
        cmocka_unit_test(test_later_never_ends_earlier),       cmocka_unit_test(test_chains_follow_the_filing),
        cmocka_unit_test(test_filings_move_nothing_unrelated),
    };

    return cmocka_run_group_tests(tests, seed, unseed);
}
