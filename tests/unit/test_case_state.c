/* What holds in a case, from its events: values from the playbook and from people, filings, subjects. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "model/case_state.h"
#include "model/playbook.h"

#define NOW INT64_C(1795270800000)

static void add(GPtrArray *events, CaseKind kind, const char *json)
{
    json_t *body = json_loads(json, 0, NULL);

    assert_non_null(body);
    g_ptr_array_add(events,
                    case_event_new((int64_t)events->len + 1, NOW + (int64_t)events->len, "me@here", kind, body));
}

static Moment moment(const char *text)
{
    Moment result;

    assert_true(moment_parse(text, &result, NULL));
    return result;
}

/* A playbook that names one regime and became aware at `aware`. */
static Playbook *playbook_of(const char *aware, int64_t upper)
{
    Playbook *playbook = playbook_new();
    LawRegime *regime = law_regime_new();

    regime->id = g_strdup("eu-gdpr");
    g_ptr_array_add(playbook->law->regimes, regime);
    if (aware)
        playbook->incident.detected_at = moment(aware);
    playbook->affected = (Affected){.lower = 1, .likely = upper, .upper = upper, .given = upper > 0};
    return playbook;
}

/* The events and what `playbook` changes, folded; *changed says how many values that were. Takes the events over. */
static CaseState *after(GPtrArray *events, const Playbook *playbook, guint *changed)
{
    g_autoptr(CaseState) state = case_state_fold(g_ptr_array_ref(events));
    g_autoptr(GPtrArray) changes = case_state_changes(state, playbook, NOW, "me@here", NULL);

    *changed = changes->len;
    for (guint i = 0; i < changes->len; i++) {
        CaseEvent *change = g_ptr_array_index(changes, i);

        g_ptr_array_add(events, case_event_new((int64_t)events->len + 1, change->at, change->by, change->kind,
                                               json_incref(change->body)));
    }
    return case_state_fold(events);
}

static void test_playbook_and_record(void **unused)
{
    g_autoptr(Playbook) first = playbook_of("2026-11-21T22:10+08:00", 20000);
    g_autoptr(Playbook) second = playbook_of("2026-11-21T23:10+08:00", 20000);
    GPtrArray *events = case_events_new();
    g_autoptr(CaseState) state = NULL;
    const CaseEvent *set_by = NULL;
    RegimeTime time;
    guint changed;

    (void)unused;
    case_state_free(after(g_ptr_array_ref(events), first, &changed));
    assert_int_equal(changed, 4); /* awareness, discovery, affected, regimes */
    case_state_free(after(g_ptr_array_ref(events), first, &changed));
    assert_int_equal(changed, 0); /* nothing is recorded twice */

    add(events, CASE_ANCHOR,
        "{\"name\": \"awareness\", \"old\": null, \"new\": {\"at\": \"2026-11-21T21:00:00+08:00\"},"
        " \"why\": \"mail found\", \"source\": \"record\"}");
    state = after(g_ptr_array_ref(events), first, &changed);
    assert_int_equal(changed, 0); /* what a person records later holds, and the playbook has not changed */
    assert_true(case_state_anchor(state, "eu-gdpr", "awareness", &time, &set_by));
    assert_int_equal(time.moment.at, moment("2026-11-21T21:00+08:00").at);
    assert_string_equal(case_event_text(set_by, "why"), "mail found");
    g_clear_pointer(&state, case_state_free);

    state = after(events, second, &changed);
    assert_int_equal(changed, 2); /* awareness and discovery: the playbook is edited again, and holds */
    assert_true(case_state_anchor(state, NULL, "awareness", &time, &set_by));
    assert_int_equal(time.moment.at, moment("2026-11-21T23:10+08:00").at);
    assert_string_equal(case_event_text(set_by, "why"), "playbook edited");
    assert_string_equal(json_string_value(json_object_get(json_object_get(set_by->body, "old"), "at")),
                        "2026-11-21T21:00:00+08:00"); /* old is what held, not what the playbook said before */
    assert_int_equal(case_state_value(state, CASE_ANCHOR, "awareness")->history->len, 3);
}

static void test_taken_away(void **unused)
{
    g_autoptr(Playbook) first = playbook_of("2026-11-21T22:10+08:00", 20000);
    g_autoptr(Playbook) empty = playbook_of(NULL, 0);
    GPtrArray *events = case_events_new();
    g_autoptr(CaseState) state = NULL;
    RegimeTime time;
    int64_t lower, likely, upper;
    guint changed;

    (void)unused;
    case_state_free(after(g_ptr_array_ref(events), first, &changed));
    state = after(events, empty, &changed);
    assert_int_equal(changed, 3);
    assert_false(case_state_anchor(state, NULL, "awareness", &time, NULL));
    assert_false(case_state_affected(state, &lower, &likely, &upper));
    assert_non_null(case_state_value(state, CASE_AFFECTED, "affected")); /* its history stays */
}

static void test_own_of_a_regime(void **unused)
{
    GPtrArray *events = case_events_new();
    g_autoptr(CaseState) state = NULL;
    RegimeValue value;
    RegimeTime time;

    (void)unused;
    add(events, CASE_ANCHOR, "{\"name\": \"awareness\", \"new\": {\"at\": \"2026-11-20\"}}");
    add(events, CASE_ANCHOR, "{\"name\": \"eu-gdpr/awareness\", \"new\": {\"at\": \"2026-11-21T10:00:00+01:00\"}}");
    add(events, CASE_VARIABLE,
        "{\"name\": \"risk\", \"new\": {\"lower\": \"risk\", \"likely\": \"risk\", \"upper\": \"high\"}}");
    add(events, CASE_VARIABLE, "{\"name\": \"eu-gdpr/risk\", \"new\": null}");
    state = case_state_fold(events);
    assert_true(case_state_anchor(state, "eu-gdpr", "awareness", &time, NULL));
    assert_false(time.is_day);
    assert_true(case_state_anchor(state, "cn-pipl", "awareness", &time, NULL));
    assert_true(time.is_day);
    assert_true(case_state_variable(state, "eu-gdpr", "risk", &value)); /* its own was taken away: the general one */
    assert_string_equal(value.upper, "high");
    assert_false(case_state_variable(state, NULL, "cii", &value));
}

static void test_filings(void **unused)
{
    GPtrArray *events = case_events_new();
    g_autoptr(CaseState) state = NULL;

    (void)unused;
    add(events, CASE_FILING, "{\"regime\": \"a\", \"step\": \"s\", \"at\": \"2026-11-22T10:00:00+08:00\"}");
    add(events, CASE_FILING,
        "{\"regime\": \"a\", \"step\": \"s\", \"at\": \"2026-11-22T09:00:00+08:00\"}"); /* recorded later */
    add(events, CASE_FILING, "{\"regime\": \"b\", \"step\": \"s\", \"at\": \"2026-11-22T08:00:00+08:00\"}");
    add(events, CASE_FILING, "{\"regime\": \"a\", \"step\": \"s\", \"at\": \"yesterday\"}"); /* has no effect */
    add(events, CASE_FILING, "{\"regime\": \"a\"}");
    state = case_state_fold(events);
    assert_int_equal(state->filings->len, 3);
    assert_int_equal(state->events->len, 5);
    assert_int_equal(case_state_filing(state, "a", "s", 0)->event->no, 2);
    assert_int_equal(case_state_filing(state, "a", "s", 1)->event->no, 1);
    assert_null(case_state_filing(state, "a", "s", 2));
    assert_null(case_state_filing(state, "a", "t", 0));
}

static void test_subjects(void **unused)
{
    GPtrArray *events = case_events_new();
    g_autoptr(CaseState) state = NULL;

    (void)unused;
    add(events, CASE_DECISION, "{\"id\": \"d1\"}");
    add(events, CASE_INQUIRY, "{\"id\": \"i1\"}");
    add(events, CASE_DECISION, "{\"id\": \"d1\"}");
    add(events, CASE_RESPONSE, "{\"step\": \"contain\", \"outcome\": \"started\"}");
    add(events, CASE_DECISION, "{\"nothing\": 1}");
    add(events, CASE_CLOSED, "{}");
    state = case_state_fold(events);
    assert_int_equal(state->decisions->len, 1);
    assert_int_equal(case_state_subject(state->decisions, "d1")->events->len, 2);
    assert_null(case_state_subject(state->inquiries, "d1"));
    assert_int_equal(case_state_subject(state->responses, "contain")->events->len, 1);
    assert_int_equal(state->closed->no, 6);
}

/* Against a plain oracle: the last event of a name holds, unless it says null. */
static void test_random(void **unused)
{
    static const char *const names[] = {"awareness", "discovery", "handling_end"};
    const uint32_t seed = g_test_verbose() ? g_random_int() : 20261121;
    g_autoptr(GRand) random = g_rand_new_with_seed(seed);

    (void)unused;
    print_message("# seed %u\n", seed);
    for (int round = 0; round < 300; round++) {
        GPtrArray *events = case_events_new();
        g_autoptr(CaseState) state = NULL;
        int held[G_N_ELEMENTS(names)] = {0};
        int steps = g_rand_int_range(random, 0, 40);

        for (int i = 0; i < steps; i++) {
            int name = g_rand_int_range(random, 0, G_N_ELEMENTS(names));
            int day = g_rand_int_range(random, 0, 29); /* 0: taken away */
            g_autofree char *at = g_strdup_printf("{\"at\": \"2026-11-%02d\"}", day);
            g_autofree char *body = g_strdup_printf("{\"name\": \"%s\", \"new\": %s}", names[name], day ? at : "null");

            held[name] = day;
            add(events, CASE_ANCHOR, body);
        }
        state = case_state_fold(events);
        for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
            RegimeTime time;
            bool known = case_state_anchor(state, "any", names[i], &time, NULL);

            assert_int_equal(known, held[i] != 0);
            if (known)
                assert_int_equal(time.day, civil_day_make(2026, 11, held[i]));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_playbook_and_record),
        cmocka_unit_test(test_taken_away),
        cmocka_unit_test(test_own_of_a_regime),
        cmocka_unit_test(test_filings),
        cmocka_unit_test(test_subjects),
        cmocka_unit_test(test_random),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
