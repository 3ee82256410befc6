/* What is owed: the state of every step from playbook and record, in order, with what would decide it; and the clocks
 * made of that: line, verdict, calendar. */
#include "load_expect.h"

#include "base/clock.h"
#include "load/load_regime.h"
#include "model/obligation.h"
#include "report/clocks.h"
#include "report/clocks_ics.h"

static const char regime_text_en[] =
    "version: 1\n"
    "id: own\n"
    "name: Own\n"
    "jurisdiction: XX\n"
    "status: in_force\n"
    "enabled: true\n"
    "effective_from: \"2020-01-01\"\n"
    "citation: Contract, clause 7\n"
    "authority: the customer\n"
    "channel: email\n"
    "trigger: an incident\n"
    "clock_starts: awareness\n"
    "zone: Asia/Shanghai\n"
    "confidence: {level: confirmed}\n"
    "steps:\n"
    "  - {id: tight, name: tight, to: regulator, due: PT24H, from: awareness, count: hours, reference: 7.1,"
    " confidence: confirmed}\n"
    "  - {id: wide, name: wide, to: regulator, due: PT72H, from: awareness, count: hours, confidence: memory}\n"
    "  - {id: many, name: many, to: regulator, due: PT1H, from: awareness, count: hours, cond: affected >= 1000,"
    " confidence: confirmed}\n"
    "  - {id: risky, name: risky, to: regulator, due: PT48H, from: awareness, count: hours, cond: risk == 'high',"
    " confidence: confirmed}\n"
    "  - {id: processor, name: processor, to: controller, due: PT2H, from: awareness, count: hours,"
    " cond: role == 'processor', confidence: confirmed}\n"
    "  - {id: final, name: final, to: regulator, due: P30D, from: handling_end, count: calendar, confidence: "
    "confirmed}\n"
    "  - {id: next, name: next, to: regulator, due: P1D, from: 'submission:tight', count: calendar,"
    " confidence: confirmed}\n"
    "  - {id: follow, name: follow, to: regulator, due: null, standard: promptly, from: info_available, count: none,"
    " confidence: confirmed}\n"
    "  - {id: soon, name: soon, to: individuals, due: null, standard: without_undue_delay, from: awareness, count: "
    "none,"
    " confidence: confirmed}\n";

static char *home;

typedef struct World {
    Playbook *playbook;
    Regime *regime;
    GArray *regimes;
    CaseState *state;
    GPtrArray *obligations;
} World;

static Moment moment(const char *text)
{
    Moment result;

    assert_true(moment_parse(text, &result, NULL));
    return result;
}

static const Calendar *no_calendar(const char *id, void *user)
{
    (void)id;
    (void)user;
    return NULL;
}

static void world_make(World *world)
{
    g_autoptr(Findings) findings = findings_new();
    g_autofree char *path = expect_text(home, "own.yaml", regime_text_en);
    LawRegime *entry = law_regime_new();
    ObligationRegime row;

    *world = (World){.playbook = playbook_new()};
    world->regime = load_regime_file(path, findings);
    expect_print(findings);
    assert_int_equal(findings_count(findings), 0);
    entry->id = g_strdup("own");
    g_ptr_array_add(world->playbook->law->regimes, entry);
    world->playbook->organization.role = g_strdup("controller");
    world->playbook->incident.detected_at = moment("2026-11-21T22:10+08:00");
    row = (ObligationRegime){.regime = world->regime, .entry = entry};
    world->regimes = g_array_new(FALSE, FALSE, sizeof row);
    g_array_append_val(world->regimes, row);
}

/* With what the playbook says, and one more event (NULL: none). */
static void world_look(World *world, const char *now, const char *filed)
{
    GPtrArray *events = case_events_new();
    g_autoptr(CaseState) empty = case_state_fold(g_ptr_array_new());
    GPtrArray *changes = case_state_changes(empty, world->playbook, 0, "me@here", NULL);
    ObligationRequest request = {
        .playbook = world->playbook, .regimes = world->regimes, .find_calendar = no_calendar, .now = moment(now).at};

    g_ptr_array_set_free_func(changes, NULL);
    g_ptr_array_extend_and_steal(events, changes);
    if (filed)
        g_ptr_array_add(events,
                        case_event_new(99, 0, "me@here", CASE_FILING,
                                       json_pack("{s:s, s:s, s:s}", "regime", "own", "step", "tight", "at", filed)));
    g_clear_pointer(&world->obligations, g_ptr_array_unref);
    g_clear_pointer(&world->state, case_state_free);
    world->state = case_state_fold(events);
    request.state = world->state;
    world->obligations = obligations_of(&request);
}

static void world_clear(World *world)
{
    g_clear_pointer(&world->obligations, g_ptr_array_unref);
    g_clear_pointer(&world->state, case_state_free);
    g_array_unref(world->regimes);
    regime_free(world->regime);
    playbook_free(world->playbook);
}

/* "tight=overdue wide=due …", in the order of the list. */
static char *states_of(const World *world)
{
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < world->obligations->len; i++) {
        const Obligation *obligation = g_ptr_array_index(world->obligations, i);

        g_string_append_printf(text, "%s%s=%s", i > 0 ? " " : "", obligation->clock->id,
                               regime_state_name(obligation->clock->state));
    }
    return g_string_free(text, FALSE);
}

static void expect_states(const World *world, const char *expected)
{
    g_autofree char *states = states_of(world);

    assert_string_equal(states, expected);
}

static const Obligation *find(const World *world, const char *id)
{
    bool several;
    const Obligation *found = obligation_find(world->obligations, id, &several);

    assert_non_null(found);
    return found;
}

static void test_states(void **state)
{
    World world;

    (void)state;
    world_make(&world);
    world_look(&world, "2026-11-21T22:20+08:00", NULL);
    expect_states(&world, "tight=due wide=due many=scope-unknown risky=scope-unknown soon=due final=anchor-missing"
                          " follow=anchor-missing next=not-started processor=not-applicable");
    world_look(&world, "2026-11-22T22:10+08:00", NULL); /* the last moment */
    assert_int_equal(find(&world, "tight")->clock->state, REGIME_DUE);
    world_look(&world, "2026-11-22T22:10:01+08:00", NULL);
    assert_int_equal(find(&world, "tight")->clock->state, REGIME_OVERDUE);
    world_look(&world, "2026-11-22T23:10+08:00", "2026-11-22T22:40+08:00");
    assert_int_equal(find(&world, "tight")->clock->state, REGIME_FILED);
    assert_int_equal(find(&world, "tight")->clock->late, 30 * CLOCK_MINUTE);
    assert_int_equal(find(&world, "next")->clock->state, REGIME_DUE); /* counted from the filing */
    world_clear(&world);
}

static void test_counts(void **state)
{
    static const struct {
        int64_t lower, likely, upper;
        RegimeState state;
        bool may_reach;
    } rows[] = {
        {-1, 999, -1, REGIME_NOT_APPLICABLE, false},   {-1, 1000, -1, REGIME_OVERDUE, false},
        {500, 800, 999, REGIME_NOT_APPLICABLE, false}, {500, 800, 1000, REGIME_OVERDUE, true},
        {1000, 1500, 2000, REGIME_OVERDUE, false},
        {999, -1, -1, REGIME_SCOPE_UNKNOWN, true}, /* at least so many: it may be more */
        {1000, -1, -1, REGIME_OVERDUE, false},     {-1, -1, 999, REGIME_NOT_APPLICABLE, false},
    };
    World world;

    (void)state;
    world_make(&world);
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        world.playbook->affected = (Affected){rows[i].lower, rows[i].likely, rows[i].upper, .given = true};
        world_look(&world, "2026-11-22T00:00+08:00", NULL);
        assert_int_equal(find(&world, "many")->clock->state, rows[i].state);
        assert_int_equal(find(&world, "many")->clock->may_reach, rows[i].may_reach);
    }
    world_clear(&world);
}

static void test_words(void **state)
{
    World world;
    bool several;

    (void)state;
    world_make(&world);
    world_look(&world, "2026-11-21T22:20+08:00", NULL);
    assert_string_equal(find(&world, "own/tight")->id, "own/tight");
    assert_non_null(strstr(find(&world, "risky")->decides, "variables: {risk: VALUE}"));
    assert_non_null(strstr(find(&world, "many")->decides, "facts: {affected:"));
    assert_non_null(strstr(find(&world, "final")->decides, "anchors: {handling_end: TIME}"));
    assert_non_null(find(&world, "tight")->set_by);
    assert_null(find(&world, "final")->set_by);
    assert_null(obligation_find(world.obligations, "tigth", &several));
    assert_false(several);
    assert_true(obligation_is_open(find(&world, "final")));
    assert_false(obligation_is_open(find(&world, "processor")));
    world_clear(&world);
}

static void add_event(GPtrArray *events, int64_t no, CaseKind kind, const char *body)
{
    json_t *json = json_loads(body, 0, NULL);

    assert_non_null(json);
    g_ptr_array_add(events,
                    case_event_new(no, moment("2026-11-21T22:00+08:00").at + no * CLOCK_MINUTE, "me@here", kind, json));
}

/* What is news after a report has to follow it, and a follow-up tells only what was known before it. */
static void test_news(void **state)
{
    static const struct {
        CaseKind kind;
        const char *body;
        RegimeState follow;
    } story[] = {
        {CASE_AFFECTED, "{\"name\": \"affected\", \"old\": null, \"new\": {\"likely\": 20}}", REGIME_ANCHOR_MISSING},
        {CASE_AFFECTED, "{\"name\": \"affected\", \"old\": {\"likely\": 20}, \"new\": {\"likely\": 30}}",
         REGIME_ANCHOR_MISSING},
        {CASE_FILING, "{\"regime\": \"own\", \"step\": \"tight\", \"at\": \"2026-11-21T22:40+08:00\"}",
         REGIME_ANCHOR_MISSING},
        {CASE_FILING, "{\"regime\": \"other\", \"step\": \"tight\", \"at\": \"2026-11-21T22:41+08:00\"}",
         REGIME_ANCHOR_MISSING},
        {CASE_AFFECTED, "{\"name\": \"affected\", \"old\": {\"likely\": 30}, \"new\": {\"likely\": 9000}}", REGIME_DUE},
        {CASE_FILING, "{\"regime\": \"own\", \"step\": \"follow\", \"at\": \"2026-11-21T23:40+08:00\"}", REGIME_FILED},
        {CASE_VARIABLE, "{\"name\": \"risk\", \"old\": null, \"new\": {\"upper\": \"high\"}}", REGIME_FILED},
        {CASE_LEVEL, "{\"name\": \"level\", \"old\": null, \"new\": 2}", REGIME_DUE},
    };
    World world;

    (void)state;
    world_make(&world);
    for (size_t count = 1; count <= G_N_ELEMENTS(story); count++) {
        GPtrArray *events = case_events_new();
        ObligationRequest request = {.playbook = world.playbook,
                                     .regimes = world.regimes,
                                     .find_calendar = no_calendar,
                                     .now = moment("2026-11-22T03:00+08:00").at};

        for (size_t i = 0; i < count; i++)
            add_event(events, (int64_t)i + 1, story[i].kind, story[i].body);
        g_clear_pointer(&world.obligations, g_ptr_array_unref);
        g_clear_pointer(&world.state, case_state_free);
        world.state = case_state_fold(events);
        request.state = world.state;
        world.obligations = obligations_of(&request);
        assert_int_equal(find(&world, "follow")->clock->state, story[count - 1].follow);
    }
    world_clear(&world);
}

static void test_promise(void **state)
{
    World world;
    Fact *fact = g_new0(Fact, 1);

    (void)state;
    world_make(&world);
    fact->name = g_strdup("cause");
    fact->as_of = moment("2026-11-21T22:00+08:00");
    fact->next_update = moment("2026-11-22T12:00+08:00");
    g_ptr_array_add(world.playbook->facts, fact);
    world_look(&world, "2026-11-22T11:00+08:00", NULL);
    assert_int_equal(find(&world, "facts/cause")->clock->state, REGIME_DUE);
    world_look(&world, "2026-11-22T12:00:01+08:00", NULL);
    assert_int_equal(find(&world, "facts/cause")->clock->state, REGIME_OVERDUE);
    assert_ptr_equal(g_ptr_array_index(world.obligations, 0), find(&world, "facts/cause"));
    world_clear(&world);
}

static void test_line(void **state)
{
    World world;
    g_autofree char *early = NULL, *late = NULL, *kept = NULL, *verdict = NULL, *again = NULL, *exercise = NULL;

    (void)state;
    world_make(&world);
    world.playbook->affected = (Affected){1, 1, 1, .given = true};
    world_look(&world, "2026-11-22T20:00+08:00", NULL);
    early = clocks_verdict("3 people", world.obligations);
    assert_string_equal(early, "3 people; tightest clock: own tight in 2 h 10 min (2026-11-22 22:10 +08:00)");
    g_ptr_array_add(world.obligations, obligation_new("decision/1", "decide again", (Moment){.known = false}, 0));
    again = clocks_verdict("3 people, complete, nothing needs you", world.obligations);
    assert_string_equal(again, "NEEDS YOU: decide again (decision/1); 3 people, complete; "
                               "tightest clock: own tight in 2 h 10 min (2026-11-22 22:10 +08:00)");
    world_look(&world, "2026-11-23T00:10+08:00", NULL);
    late = clocks_verdict("NEEDS YOU: something", world.obligations);
    assert_string_equal(late, "NEEDS YOU: overdue: own tight, 2 h 0 min late; something");
    exercise = clocks_verdict("EXERCISE: NEEDS YOU: something", world.obligations);
    assert_string_equal(exercise, "NEEDS YOU: overdue: own tight, 2 h 0 min late; EXERCISE: something");
    g_ptr_array_set_size(world.obligations, 0);
    kept = clocks_line(world.obligations);
    assert_null(kept);
    verdict = clocks_verdict("3 people", world.obligations);
    assert_string_equal(verdict, "3 people");
    world_clear(&world);
}

/* Every line ends with CRLF and has at most 75 octets; no character is cut; what may not stand in a text is escaped. */
static void check_lines(const char *file)
{
    g_auto(GStrv) lines = g_strsplit(file, "\r\n", -1);
    g_autofree char *joined = g_strjoinv("", lines);

    assert_null(strpbrk(joined, "\r\n"));
    for (size_t i = 0; lines[i]; i++) {
        assert_true(strlen(lines[i]) <= 75);
        assert_true(g_utf8_validate(lines[i], -1, NULL));
    }
}

static size_t count_of(const char *file, const char *word)
{
    size_t count = 0;

    for (const char *at = strstr(file, word); at; at = strstr(at + 1, word))
        count++;
    return count;
}

static void test_calendar(void **state)
{
    World world;
    g_autofree char *first = NULL, *second = NULL, *title = NULL;

    (void)state;
    world_make(&world);
    world_look(&world, "2026-11-21T22:20+08:00", NULL);
    g_free(((Obligation *)find(&world, "tight"))->title);
    title = g_strconcat("报告, 第一；", "很长的标题很长的标题很长的标题很长的标题很长的标题很长的标题; end\\", NULL);
    ((Obligation *)find(&world, "tight"))->title = g_strdup(title);
    first = clocks_ics(world.obligations, "leak", moment("2026-11-21T22:20+08:00").at);
    check_lines(first);
    assert_int_equal(count_of(first, "BEGIN:VEVENT"), 4); /* tight, wide; many and risky perhaps */
    assert_int_equal(count_of(first, "STATUS:TENTATIVE"), 2);
    assert_int_equal(count_of(first, "UID:leak/own/tight@breach\r\n"), 1);
    assert_non_null(strstr(first, "DTSTART:20261122T141000Z\r\n"));
    assert_non_null(strstr(first, "TRIGGER:-PT43200S\r\n")); /* half of 24 hours */
    assert_non_null(strstr(first, "TRIGGER:-PT21600S\r\n"));
    assert_non_null(strstr(first, "TRIGGER:-PT3600S\r\n"));
    assert_int_equal(count_of(first, "BEGIN:VALARM"), count_of(first, "END:VALARM"));
    assert_non_null(strstr(first, "\\, 第一"));
    world.playbook->incident.detected_at = moment("2026-11-21T23:10+08:00");
    world_look(&world, "2026-11-22T01:00+08:00", "2026-11-22T00:30+08:00");
    second = clocks_ics(world.obligations, "leak", moment("2026-11-22T01:00+08:00").at);
    assert_int_equal(count_of(second, "UID:leak/own/tight@breach\r\n"), 1); /* the same entry, moved */
    assert_non_null(strstr(second, "STATUS:CANCELLED"));
    world_clear(&world);
}

/* What is left when each warning is due, in minutes; -1: there is none of this kind. */
static void test_warnings(void **state)
{
    static const struct {
        int whole;
        int left[CLOCKS_BEFORES];
    } rows[] = {
        {72 * 60, {36 * 60, 18 * 60, 60, 0}},
        {4 * 60, {120, -1, 60, 0}}, /* a quarter is the hour */
        {2 * 60, {-1, 30, 60, 0}},  /* half is the hour */
        {60, {30, 15, -1, 0}},
        {30, {15, 7, -1, 0}},
        {0, {-1, -1, 60, 0}}, /* nobody knows since when it runs */
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        RegimeClockResult clock = {.has_start = rows[i].whole > 0, .has_due = true};

        clock.start.at = moment("2026-11-21T22:10+08:00").at;
        clock.last = clock.start.at + rows[i].whole * CLOCK_MINUTE;
        for (int before = 0; before < CLOCKS_BEFORES; before++) {
            int64_t left = clocks_before_left(&clock, (ClocksBefore)before);

            assert_int_equal(left < 0 ? -1 : left / CLOCK_MINUTE, rows[i].left[before]);
            clock.has_due = false;
            assert_true(clocks_before_left(&clock, (ClocksBefore)before) < 0);
            clock.has_due = true;
        }
    }
}

/* An hour that runs out is never announced as one that is left. */
static void test_short_calendar(void **state)
{
    World world;
    g_autofree char *file = NULL;
    const char *event;
    g_autofree char *one = NULL;

    (void)state;
    world_make(&world);
    world.playbook->affected = (Affected){1000, 1000, 1000, .given = true};
    world_look(&world, "2026-11-21T22:20+08:00", NULL);
    file = clocks_ics(world.obligations, "leak", moment("2026-11-21T22:20+08:00").at);
    event = strstr(file, "UID:leak/own/many@breach");
    assert_non_null(event);
    one = g_strndup(event, (size_t)(strstr(event, "END:VEVENT") - event));
    assert_non_null(strstr(one, "TRIGGER:-PT1800S\r\nDESCRIPTION:many: half of the time is left"));
    assert_non_null(strstr(one, "TRIGGER:-PT900S\r\nDESCRIPTION:many: a quarter of the time is left"));
    assert_null(strstr(one, "one hour"));
    world_clear(&world);
}

/* A count and a level that are entered after the variable of that name hold, but for a regime that has its own. */
static void test_outdated_variable(void **state)
{
    static const struct {
        CaseKind kind;
        const char *name, *value; /* JSON */
        RegimeState many;
    } story[] = {
        {CASE_VARIABLE, "affected", "{\"lower\": \"5\", \"likely\": \"5\", \"upper\": \"5\"}", REGIME_NOT_APPLICABLE},
        {CASE_AFFECTED, "affected", "{\"lower\": 1, \"likely\": 2000, \"upper\": 2000000}", REGIME_OVERDUE},
        {CASE_VARIABLE, "affected", "{\"lower\": \"7\", \"likely\": \"7\", \"upper\": \"7\"}", REGIME_NOT_APPLICABLE},
        {CASE_AFFECTED, "affected", "{\"lower\": 1, \"likely\": 2000, \"upper\": 3000000}", REGIME_OVERDUE},
        {CASE_VARIABLE, "own/affected", "{\"lower\": \"9\", \"likely\": \"9\", \"upper\": \"9\"}",
         REGIME_NOT_APPLICABLE},
        {CASE_AFFECTED, "affected", "{\"lower\": 1, \"likely\": 2000, \"upper\": 4000000}", REGIME_NOT_APPLICABLE},
    };
    World world;

    (void)state;
    world_make(&world);
    world_look(&world, "2026-11-22T03:00+08:00", NULL);
    for (size_t count = 1; count <= G_N_ELEMENTS(story); count++) {
        GPtrArray *events = case_events_new();
        ObligationRequest request = {.playbook = world.playbook,
                                     .regimes = world.regimes,
                                     .find_calendar = no_calendar,
                                     .now = moment("2026-11-22T03:00+08:00").at};

        add_event(events, 1, CASE_ANCHOR,
                  "{\"name\": \"awareness\", \"new\": {\"at\": \"2026-11-21T22:10:00+08:00\"}}");
        for (size_t i = 0; i < count; i++) {
            g_autofree char *body = g_strdup_printf("{\"name\": \"%s\", \"new\": %s}", story[i].name, story[i].value);

            add_event(events, 0, story[i].kind, body); /* what is not recorded yet has no number */
        }
        g_clear_pointer(&world.obligations, g_ptr_array_unref);
        g_clear_pointer(&world.state, case_state_free);
        world.state = case_state_fold(events);
        request.state = world.state;
        world.obligations = obligations_of(&request);
        assert_int_equal(find(&world, "many")->clock->state, story[count - 1].many);
    }
    world_clear(&world);
}

/* Whatever the times are, the list is ordered, and its first running clock is the tightest. */
static void test_random(void **state)
{
    const uint32_t seed = 20261121;
    g_autoptr(GRand) random = g_rand_new_with_seed(seed);
    World world;

    (void)state;
    print_message("# seed %u\n", seed);
    world_make(&world);
    for (int round = 0; round < 200; round++) {
        g_autofree char *now = g_strdup_printf("2026-11-%02dT%02d:00+08:00", g_rand_int_range(random, 21, 30),
                                               g_rand_int_range(random, 0, 24));
        g_autofree char *filed = g_strdup_printf("2026-11-%02dT12:00:00+08:00", g_rand_int_range(random, 22, 30));
        const Obligation *tightest;

        world.playbook->affected =
            (Affected){g_rand_int_range(random, 0, 2000), 2000, g_rand_int_range(random, 2000, 4000), .given = true};
        world_look(&world, now, g_rand_boolean(random) ? filed : NULL);
        tightest = clocks_tightest(world.obligations);
        for (guint i = 1; i < world.obligations->len; i++)
            assert_true(obligation_compare(g_ptr_array_index(world.obligations, i - 1),
                                           g_ptr_array_index(world.obligations, i)) < 0);
        for (guint i = 0; i < world.obligations->len; i++) {
            const Obligation *other = g_ptr_array_index(world.obligations, i);

            if (other->clock->state == REGIME_OVERDUE)
                assert_int_equal(tightest->clock->state, REGIME_OVERDUE);
            if (other->clock->state == tightest->clock->state && other->clock->has_due)
                assert_true(tightest->clock->last <= other->clock->last);
        }
    }
    world_clear(&world);
}

static int make_home(void **state)
{
    (void)state;
    home = expect_folder();
    return 0;
}

static int remove_home(void **state)
{
    (void)state;
    expect_remove(home);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_states),
        cmocka_unit_test(test_counts),
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_promise),
        cmocka_unit_test(test_line),
        cmocka_unit_test(test_calendar),
        cmocka_unit_test(test_random),
        cmocka_unit_test(test_news),
        cmocka_unit_test(test_warnings),
        cmocka_unit_test(test_short_calendar),
        cmocka_unit_test(test_outdated_variable),
    };

    return cmocka_run_group_tests(tests, make_home, remove_home);
}
