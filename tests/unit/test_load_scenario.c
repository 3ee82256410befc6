/* Scenarios and participants from their files. */
#include "load_expect.h"

#include "base/clock.h"
#include "load/load_participants.h"
#include "load/load_scenario.h"
#include "model/regime.h"

#define HEAD                                                                                                           \
    "version: 1\n"                                                                                                     \
    "name: night\n"                                                                                                    \
    "title: at night\n"

static Scenario *load(const char *text, Findings *findings)
{
    g_autofree char *path = expect_text(expect_home, "night.yaml", text);

    return load_scenario(path, NULL, NULL, findings);
}

static void test_everything(void **state)
{
    g_autoptr(Findings) findings = findings_new();
    g_autoptr(Scenario) scenario =
        load(HEAD "story: it is dark\n"
                  "starts: \"02:10\"\n"
                  "lasts: PT48H\n"
                  "people: 200\n"
                  "track: PT10M\n"
                  "targets: {first_notice: PT2H, told: {share: 95%, within: PT24H}, clocks: met, identity: held,\n"
                  "  unreachable: 2%, mistaken: 0.5%}\n"
                  "steps:\n"
                  "  - {at: PT2H, do: notify, by: lead, says: now}\n"
                  "  - {at: PT0S, do: dead, share: 20%, comes_back: PT10M}\n"
                  "  - {at: PT1H, do: throttle, rate: 120/min, for: PT1H, channel: sms}\n"
                  "  - {at: PT1H, do: absent, role: lead, for: PT6H, deputy: PT30M}\n"
                  "  - {at: PT3H, do: run, command: hold --reason \"two words\"}\n",
             findings);
    const ScenarioStep *step;

    (void)state;
    expect_print(findings);
    assert_int_equal(findings_count(findings), 0);
    assert_int_equal(scenario->starts_at, 130);
    assert_int_equal(scenario->lasts, 48 * CLOCK_HOUR);
    assert_int_equal(scenario->people, 200);
    assert_int_equal(scenario->track, 10 * CLOCK_MINUTE);
    for (size_t i = 0; i < SCENARIO_TARGETS; i++)
        assert_true(scenario->targets[i].is_given);
    assert_true(scenario->targets[SCENARIO_TOLD].share > 0.949 && scenario->targets[SCENARIO_TOLD].share < 0.951);
    assert_true(scenario->targets[SCENARIO_TOLD].most == (double)(24 * CLOCK_HOUR));
    assert_true(scenario->targets[SCENARIO_MISTAKEN].most > 0.0049 &&
                scenario->targets[SCENARIO_MISTAKEN].most < 0.0051);
    assert_int_equal(scenario->steps->len, 5);
    step = g_ptr_array_index(scenario->steps, 0); /* by time */
    assert_int_equal(step->what, SCENARIO_DEAD);
    assert_true(step->bounces);
    assert_int_equal(step->comes_back, 10 * CLOCK_MINUTE);
    step = g_ptr_array_index(scenario->steps, 1);
    assert_int_equal(step->what, SCENARIO_THROTTLE);
    assert_true(step->rate > 1.99 && step->rate < 2.01);
    assert_string_equal(step->channel, "sms");
    step = g_ptr_array_index(scenario->steps, 2); /* equal times in the order of the file */
    assert_string_equal(step->role, "lead");
    assert_int_equal(step->deputy, 30 * CLOCK_MINUTE);
    step = g_ptr_array_index(scenario->steps, 4);
    assert_string_equal(step->command[0], "hold");
    assert_string_equal(step->command[2], "two words");
    assert_null(step->command[3]);
}

static void test_decision(void **state)
{
    g_autoptr(Findings) findings = findings_new();
    g_autoptr(Scenario) scenario = load(HEAD "targets: {identity: held}\n"
                                             "steps:\n"
                                             "  - at: PT1H\n"
                                             "    do: ask\n"
                                             "    role: lead\n"
                                             "    default: wait\n"
                                             "    choices:\n"
                                             "      - {id: wait, says: wait}\n"
                                             "      - id: go\n"
                                             "        says: go on\n"
                                             "        then: [{at: PT5M, do: notify}, {do: relay-up}]\n",
                                        findings);
    const ScenarioStep *ask;
    const ScenarioChoice *go;

    (void)state;
    expect_print(findings);
    assert_int_equal(findings_count(findings), 0);
    ask = g_ptr_array_index(scenario->steps, 0);
    assert_int_equal(ask->choices->len, 2);
    go = scenario_choice(ask, "go");
    assert_string_equal(regime_text(go->says, "en"), "go on");
    assert_int_equal(go->steps->len, 2);
    assert_int_equal(((const ScenarioStep *)g_ptr_array_index(go->steps, 0))->what, SCENARIO_RELAY_UP);
    assert_int_equal(scenario_choice(ask, "wait")->steps->len, 0);
    assert_null(scenario_choice(ask, "none"));
}

/* All at once, each where it stands. */
static void test_mistakes(void **state)
{
    g_autoptr(Findings) findings = findings_new();
    g_autoptr(Scenario) scenario =
        load(HEAD "starts: \"25:10\"\n"
                  "targets: {first_notice: soon, unreachable: 120%, clocks: kept, speed: 1, told: {share: 0%, "
                  "within: PT1H}}\n"
                  "steps:\n"
                  "  - {at: PT1H, do: sleep}\n"
                  "  - {at: PT1H, do: notify, share: 20%}\n"
                  "  - {at: PT1H, do: throttle}\n"
                  "  - {at: PT1H, do: relay-down, channel: letter}\n"
                  "  - {at: PT1H, do: dead, share: 5%, comes_back: PT1M, channel: sms}\n"
                  "  - {at: PT1H, do: edit, key: facts.cause, find: a}\n"
                  "  - {at: PT1H, do: absent, role: lead}\n"
                  "  - {at: PT1H, do: run, comand: plan}\n"
                  "  - {at: PT1H, do: run, command: \"hold 'x\"}\n"
                  "  - {at: PT99H, do: stop}\n"
                  "  - {at: PT1H, do: ask, role: lead, default: never, choices: [{id: a, says: b}]}\n"
                  "  - {at: PT1H, do: dead, share: 0%}\n"
                  "  - {at: PT1H, do: throttle, rate: 59/h}\n"
                  "  - {at: PT1H, do: throttle, rate: 1/min}\n",
             findings);

    (void)state;
    assert_non_null(scenario);
    EXPECT(
        findings, {4, 9, "scenario-value", "25:10 is no time of day"}, {5, 25, "scenario-value", "soon"},
        {5, 44, "scenario-value", "\"120%\" is no share"}, {5, 58, "scenario-value", "kept"},
        {5, 64, "scenario-unknown-key", "speed"}, {5, 80, "scenario-value", "nobody is no target"},
        {7, 20, "scenario-value", "sleep"}, {8, 28, "scenario-unknown-key", "do: notify has no key share"},
        {9, 5, "scenario-missing-key", "do: throttle needs the key rate"},
        {10, 5, "scenario-value", "letter has no provider"}, {11, 5, "scenario-value", "comes_back is for email only"},
        {12, 5, "scenario-missing-key", "key and value, or find and replace"},
        {13, 5, "scenario-missing-key", "for: PT4H"}, {14, 5, "scenario-missing-key", "do: run needs the key command"},
        {14, 25, "scenario-unknown-key", "did you mean command?"}, {15, 34, "scenario-value", "quotes"},
        {16, 5, "scenario-value", "the story is over before this step"},
        {17, 5, "scenario-value", "two choices at least"}, {17, 5, "scenario-value", "default: never is none"},
        {18, 5, "scenario-value", "nobody is no part"}, {19, 5, "scenario-value", "less than one a minute"});
}

/* Texts are one line for everybody, or a map from language to line. */
static void test_languages(void **state)
{
    g_autoptr(Findings) findings = findings_new();
    g_autoptr(Scenario) scenario = load("version: 1\n"
                                        "name: night\n"
                                        "title: {en: at night, zh-CN: 夜里}\n"
                                        "story: {zh-CN: 天黑了}\n"
                                        "roles: [{id: lead, text: {en: the lead, zh-CN: 负责人}}]\n"
                                        "targets: {identity: held}\n"
                                        "steps: [{at: PT1H, do: notify, by: lead, says: {en: now, zh-CN: 现在}}]\n",
                                        findings);
    const ScenarioStep *step;

    (void)state;
    expect_print(findings);
    assert_int_equal(findings_count(findings), 0);
    step = g_ptr_array_index(scenario->steps, 0);
    assert_string_equal(regime_text(scenario->title, "zh-CN"), "夜里");
    assert_string_equal(regime_text(scenario->title, "de"), "at night");
    assert_string_equal(regime_text(scenario->story, "en"), "天黑了");
    assert_string_equal(regime_text(step->says, "zh-CN"), "现在");
    assert_string_equal(regime_text(regime_own_name(scenario->roles, "lead")->text, "zh-CN"), "负责人");
}

static void test_wrong_languages(void **state)
{
    g_autoptr(Findings) findings = findings_new();
    g_autoptr(Scenario) scenario = load("version: 1\n"
                                        "name: night\n"
                                        "title: {en: at night, chinese: 夜里}\n"
                                        "story: [it, is, dark]\n"
                                        "roles: [{id: leed, text: x}, {id: lead}, {id: boss, text: a}, {id: boss, text: b}]\n"
                                        "targets: {identity: held}\n"
                                        "steps:\n"
                                        "  - {at: PT1H, do: notify, by: lead, says: {en: now, en-: 现在}}\n"
                                        "  - {at: PT2H, do: stop, by: boss, says: {}}\n"
                                        "  - at: PT3H\n"
                                        "    do: ask\n"
                                        "    role: lead\n"
                                        "    default: a\n"
                                        "    choices: [{id: a, says: {en: a, zh-CN: [b]}}, {id: b}]\n",
                                        findings);

    (void)state;
    assert_non_null(scenario);
    EXPECT(findings, {3, 23, "scenario-value", "chinese"}, {4, 8, "scenario-type", ""},
           {5, 26, "scenario-value", "no step of this story has the role leed"},
           {5, 30, "scenario-missing-key", "text"}, {5, 63, "scenario-value", "the role boss has two names"},
           {8, 54, "scenario-value", "en-"}, {9, 42, "scenario-value", "{en: …, zh-CN: …}"},
           {14, 44, "scenario-type", "a text"}, {14, 51, "scenario-missing-key", "says"});
}

static void check_told(const LocaleText *text, const char *path)
{
    if (text && (!locale_text_get(text, "en") || !locale_text_get(text, "zh-CN") || locale_text_is_plain(text)))
        fail_msg("%s:%d: this text is not in both languages", path, locale_text_at(text).line);
}

static void check_steps(const GPtrArray *steps, const char *path)
{
    for (guint i = 0; i < steps->len; i++) {
        const ScenarioStep *step = g_ptr_array_index(steps, i);

        check_told(step->says, path);
        for (guint j = 0; j < step->choices->len; j++) {
            const ScenarioChoice *choice = g_ptr_array_index(step->choices, j);

            check_told(choice->says, path);
            check_steps(choice->steps, path);
        }
    }
}

/* Those that come with breach are for teams of both languages. */
static void test_shipped(void **state)
{
    g_auto(GStrv) names = load_scenario_names(NULL, BREACH_SOURCE_DIR);

    (void)state;
    assert_int_equal(g_strv_length(names), 3);
    for (char **name = names; *name; name++) {
        g_autoptr(Findings) findings = findings_new();
        g_autoptr(Scenario) scenario = load_scenario(*name, NULL, BREACH_SOURCE_DIR, findings);
        g_autoptr(GPtrArray) roles = scenario_roles(scenario);

        expect_print(findings);
        assert_int_equal(findings_count(findings), 0);
        assert_non_null(scenario->story);
        check_told(scenario->title, scenario->path);
        check_told(scenario->story, scenario->path);
        check_steps(scenario->steps, scenario->path);
        for (guint i = 0; i + 1 < roles->len; i++) {
            const RegimeName *role = regime_own_name(scenario->roles, g_ptr_array_index(roles, i));

            assert_non_null(role);
            check_told(role->text, scenario->path);
        }
    }
}

static void test_nothing(void **state)
{
    g_autoptr(Findings) findings = findings_new();
    g_autoptr(Scenario) scenario = load(HEAD "targets: {}\nsteps: [{at: PT1M, do: stop}]\n", findings);

    (void)state;
    assert_non_null(scenario);
    EXPECT(findings, {1, 1, "scenario-missing-key", "nothing is ever sent"},
           {4, 10, "scenario-missing-key", "nothing to score"});
}

/* By its name: beside the playbook, else among those that are shipped. */
static void test_names(void **state)
{
    g_autofree char *beside = expect_text(expect_home, "book/scenarios/mine.yaml",
                                          HEAD "targets: {identity: held}\nsteps: [{at: PT1M, do: notify}]\n");
    g_autofree char *shipped = expect_text(expect_home, "data/playbooks/scenarios/theirs.yaml",
                                           HEAD "targets: {identity: held}\nsteps: [{at: PT1M, do: notify}]\n");
    g_autofree char *folder = g_build_filename(expect_home, "book", NULL);
    g_autofree char *data = g_build_filename(expect_home, "data", NULL);
    g_auto(GStrv) names = load_scenario_names(folder, data);
    g_autoptr(Findings) findings = findings_new();
    g_autoptr(Scenario) mine = load_scenario("mine", folder, data, findings);
    g_autoptr(Scenario) theirs = load_scenario("theirs", folder, data, findings);

    (void)state;
    assert_int_equal(findings_count(findings), 0);
    assert_string_equal(mine->path, beside);
    assert_string_equal(theirs->path, shipped);
    assert_int_equal(g_strv_length(names), 2);
    assert_string_equal(names[0], "mine");
    assert_null(load_scenario("thiers", folder, data, findings));
    EXPECT(findings, {0, 0, "scenario-none", "did you mean theirs?"});
}

static void test_participants(void **state)
{
    g_autofree char *good = expect_text(expect_home, "who.yaml",
                                        "version: 1\nparticipants:\n  - {name: Li Wei, role: on-call}\n"
                                        "  - {name: Wang Fang, role: lead}\n");
    g_autofree char *bad = expect_text(expect_home, "twice.yaml",
                                       "version: 1\nparticipants:\n  - {name: Li Wei, role: lead}\n"
                                       "  - {name: Wang Fang, role: lead}\n  - {role: lead, age: 3}\n");
    g_autoptr(Findings) findings = findings_new();
    g_autoptr(GPtrArray) participants = load_participants(good, findings);
    g_autoptr(GPtrArray) others = NULL;

    (void)state;
    assert_int_equal(findings_count(findings), 0);
    assert_int_equal(participants->len, 2);
    assert_string_equal(load_participants_name(participants, "lead"), "Wang Fang");
    assert_null(load_participants_name(participants, "board"));
    assert_null(load_participants_name(NULL, "lead"));
    assert_null(load_participants_name(participants, NULL));
    others = load_participants(bad, findings);
    assert_int_equal(others->len, 1);
    EXPECT(findings, {4, 5, "scenario-value", "played by two"}, {5, 5, "scenario-missing-key", "name"},
           {5, 18, "scenario-unknown-key", "age"});
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_everything), cmocka_unit_test(test_decision), cmocka_unit_test(test_mistakes),
        cmocka_unit_test(test_nothing),    cmocka_unit_test(test_names),    cmocka_unit_test(test_participants),
        cmocka_unit_test(test_languages),  cmocka_unit_test(test_shipped),  cmocka_unit_test(test_wrong_languages),
    };

    return cmocka_run_group_tests(tests, expect_make_home, expect_remove_home);
}
