/* The score of a drill. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <glib.h>

#include "base/clock.h"
#include "drill/score.h"

static void want(Scenario *scenario, ScenarioTarget target, double most, double share)
{
    scenario->targets[target] = (ScenarioWanted){true, most, share};
}

static Scenario *all_targets(void)
{
    Scenario *scenario = scenario_new();

    want(scenario, SCENARIO_FIRST_NOTICE, 2 * CLOCK_HOUR, 0);
    want(scenario, SCENARIO_TOLD, 24 * CLOCK_HOUR, 0.95);
    want(scenario, SCENARIO_CLOCKS, 0, 0);
    want(scenario, SCENARIO_IDENTITY, 0, 0);
    want(scenario, SCENARIO_UNREACHABLE, 0.02, 0);
    return scenario;
}

static ScoreSeen perfect(void)
{
    return (ScoreSeen){.lasted = 72 * CLOCK_HOUR, .told = 1, .clocks_met = 4, .is_planned = true};
}

static void test_perfect(void **state)
{
    g_autoptr(Scenario) scenario = all_targets();
    ScoreSeen seen = perfect();
    Score score = score_of(scenario, &seen);

    (void)state;
    assert_true(score.is_passed);
    assert_true(score.points == 100);
    assert_false(score.lines[SCENARIO_MISTAKEN].is_given);
    assert_true(score.lines[SCENARIO_TOLD].of == 20);
}

/* Each thing that goes worse costs points, before the target and behind it. */
static void test_worse(void **state)
{
    static const int64_t hours[] = {0, 1, 2, 3, 10, 70};
    static const double shares[] = {0, 0.01, 0.02, 0.03, 0.2, 1};
    g_autoptr(Scenario) scenario = all_targets();
    double by_time = 101, by_share = 101;

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(hours); i++) {
        ScoreSeen seen = perfect();
        Score score;

        seen.first_notice = hours[i] * CLOCK_HOUR;
        score = score_of(scenario, &seen);
        assert_true(score.points < by_time);
        assert_true(score.is_passed == (hours[i] <= 2));
        by_time = score.points;
        seen = perfect();
        seen.unreachable = shares[i];
        score = score_of(scenario, &seen);
        assert_true(score.points < by_share);
        assert_true(score.is_passed == (shares[i] <= 0.02));
        by_share = score.points;
    }
}

static void test_never(void **state)
{
    g_autoptr(Scenario) scenario = all_targets();
    ScoreSeen seen = perfect(), late = perfect();
    Score score, better;

    (void)state;
    seen.told_at = -1;
    seen.told = 0.9;
    score = score_of(scenario, &seen);
    assert_false(score.is_passed);
    assert_true(score.lines[SCENARIO_TOLD].never);
    late.told_at = 72 * CLOCK_HOUR; /* late is better than never */
    better = score_of(scenario, &late);
    assert_true(better.lines[SCENARIO_TOLD].points > score.lines[SCENARIO_TOLD].points);
    seen.first_notice = -1;
    score = score_of(scenario, &seen);
    assert_true(score.lines[SCENARIO_FIRST_NOTICE].points == 0);
    assert_false(score.lines[SCENARIO_FIRST_NOTICE].is_met);
}

/* Who plans nothing has no unreachable people, and no points for it. */
static void test_nothing_planned(void **state)
{
    g_autoptr(Scenario) scenario = all_targets();
    ScoreSeen seen = perfect();
    Score score;
    json_t *lines;
    g_autofree char *got = NULL;

    (void)state;
    seen.is_planned = false;
    score = score_of(scenario, &seen);
    assert_false(score.is_passed);
    assert_true(score.lines[SCENARIO_UNREACHABLE].points == 0);
    lines = score_json(scenario, &score);
    got = score_got(json_array_get(lines, 4));
    assert_string_equal(got, "nothing was planned");
    json_decref(lines);
}

static void test_clocks_and_identity(void **state)
{
    g_autoptr(Scenario) scenario = all_targets();
    ScoreSeen seen = perfect();
    Score score;
    json_t *lines;
    g_autofree char *got = NULL;

    (void)state;
    seen.clocks_missed = 4;
    score = score_of(scenario, &seen);
    assert_true(score.lines[SCENARIO_CLOCKS].points == 10); /* half of them */
    assert_false(score.lines[SCENARIO_CLOCKS].is_met);
    seen.clocks_met = seen.clocks_missed = 0;
    score = score_of(scenario, &seen);
    assert_true(score.is_passed);
    lines = score_json(scenario, &score);
    got = score_got(json_array_get(lines, 2));
    assert_string_equal(got, "none ended in the story"); /* which is no praise */
    json_decref(lines);
    seen.twice = 1;
    score = score_of(scenario, &seen);
    assert_true(score.lines[SCENARIO_IDENTITY].points == 0);
    assert_false(score.is_passed);
}

static void test_words(void **state)
{
    g_autoptr(Scenario) scenario = all_targets();
    ScoreSeen seen = perfect();
    Score score;
    json_t *lines;

    (void)state;
    seen.first_notice = 90 * CLOCK_MINUTE;
    seen.told_at = -1;
    seen.told = 0.878;
    seen.unreachable = 0.122;
    score = score_of(scenario, &seen);
    lines = score_json(scenario, &score);
    assert_int_equal(json_array_size(lines), 5);
    for (size_t i = 0; i < 5; i++) {
        static const char *const wanted[] = {"within 2 h 0 min", "95.0% within 24 h 0 min", "all met",
                                             "holds, nobody told twice", "at most 2.0%"};
        static const char *const got[] = {"after 1 h 30 min", "never: 87.8% in the end", "all met",
                                          "holds, nobody told twice", "12.2%"};
        g_autofree char *left = score_wanted(json_array_get(lines, i));
        g_autofree char *right = score_got(json_array_get(lines, i));

        assert_string_equal(left, wanted[i]);
        assert_string_equal(right, got[i]);
    }
    assert_string_equal(score_title(json_array_get(lines, 4)), "unreachable people");
    assert_true(json_is_null(json_object_get(json_array_get(lines, 1), "got")));
    json_decref(lines);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_perfect), cmocka_unit_test(test_worse),
        cmocka_unit_test(test_never),   cmocka_unit_test(test_clocks_and_identity),
        cmocka_unit_test(test_words),   cmocka_unit_test(test_nothing_planned),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
