/* What an edition brings to one person. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>

#include "dispatch/edition.h"

/* A playbook of edition 3 with the audiences all, staff and vip. */
static Playbook *playbook_of(UpdateKind kind, const char *match)
{
    static const char *const ids[] = {"all", "staff", "vip"};
    Playbook *playbook = playbook_new();

    playbook->incident.edition = 3;
    playbook->update = playbook_update_new();
    playbook->update->kind = kind;
    if (match)
        playbook->update->match = condition_parse(match, NULL, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(ids); i++) {
        Audience *audience = audience_new();

        audience->id = g_strdup(ids[i]);
        g_ptr_array_add(playbook->audiences, audience);
    }
    return playbook;
}

static void add_notice(PlanDecision *decision, size_t audience, const char *endpoint)
{
    PlanNotice *notice = &decision->notices[decision->count++];

    memset(notice, 0, sizeof *notice);
    notice->audience = audience;
    notice->channel = "email";
    notice->locale = "en";
    if (endpoint)
        notice->endpoints[notice->count++] = g_strdup(endpoint);
    else
        notice->aside = TOLD_UNREACHABLE;
}

static const char *const names[] = {"id", "region", NULL};
static PersonColumns columns = {.count = 2};

static Person person_in(const char *region)
{
    static const char *values[2];

    columns.names = (char **)(void *)names;
    values[0] = "p1";
    values[1] = region;
    return (Person){.columns = &columns, .values = values};
}

static void test_standing(void **unused)
{
    static const LedgerPlanTold told[] = {{"all", 1}, {"vip", 3}};
    g_autoptr(Playbook) playbook = playbook_of(UPDATE_NEWS, NULL);
    EditionStanding standing[PLAN_AUDIENCES_MAX] = {0};
    PlanDecision decision = {.count = 0};

    (void)unused;
    add_notice(&decision, 0, "a@x");
    add_notice(&decision, 1, "b@x");
    add_notice(&decision, 2, "c@x");
    edition_sort(playbook, &decision, told, 2, standing);
    assert_int_equal(standing[0], EDITION_TOLD_BEFORE);
    assert_int_equal(standing[1], EDITION_NOT_TOLD);
    assert_int_equal(standing[2], EDITION_TOLD_NOW);
    plan_decision_clear(&decision);
}

/* Told as one of all, and now one of staff: told all the same, but once. */
static void test_left_audience(void **unused)
{
    static const LedgerPlanTold told[] = {{"all", 2}};
    g_autoptr(Playbook) playbook = playbook_of(UPDATE_NEWS, NULL);
    EditionStanding standing[PLAN_AUDIENCES_MAX] = {0};
    PlanDecision decision = {.count = 0};

    (void)unused;
    add_notice(&decision, 1, "a@x");
    add_notice(&decision, 2, "b@x");
    edition_sort(playbook, &decision, told, 1, standing);
    assert_int_equal(standing[1], EDITION_TOLD_BEFORE);
    assert_int_equal(standing[2], EDITION_NOT_TOLD);
    plan_decision_clear(&decision);
}

/* For people without an audience there is nothing to look up. */
static void test_no_audience(void **unused)
{
    static const LedgerPlanTold told[] = {{"all", 2}};
    g_autoptr(Playbook) playbook = playbook_of(UPDATE_NEWS, NULL);
    EditionStanding standing[PLAN_AUDIENCES_MAX] = {0};
    PlanDecision decision = {.count = 0};
    Person person = person_in("");

    (void)unused;
    add_notice(&decision, PLAN_AUDIENCES_MAX, NULL);
    edition_sort(playbook, &decision, told, 1, standing);
    for (size_t i = 0; i < PLAN_AUDIENCES_MAX; i++)
        assert_int_equal(standing[i], EDITION_NOT_TOLD);
    edition_apply(playbook, &person, standing, &decision);
    assert_int_equal(decision.count, 1);
    plan_decision_clear(&decision);
}

static void test_match(void **unused)
{
    static const struct {
        const char *region;
        size_t notices; /* that are left of two: one told before, one not */
        Told aside;     /* of the first, when it has no message */
    } cases[] = {{"CN", 2, TOLD_STATES}, {"DE", 1, TOLD_STATES}, {"", 2, TOLD_QUARANTINED}};
    g_autoptr(Playbook) playbook = playbook_of(UPDATE_CORRECTION, "region == 'CN'");
    const EditionStanding standing[PLAN_AUDIENCES_MAX] = {EDITION_TOLD_BEFORE, EDITION_NOT_TOLD};

    (void)unused;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        PlanDecision decision = {.count = 0};
        Person person = person_in(cases[i].region);

        add_notice(&decision, 0, "a@x");
        add_notice(&decision, 1, "b@x");
        edition_apply(playbook, &person, standing, &decision);
        assert_int_equal(decision.count, cases[i].notices);
        assert_int_equal(decision.notices[decision.count - 1].audience, 1);
        assert_string_equal(decision.notices[decision.count - 1].endpoints[0], "b@x");
        if (cases[i].aside != TOLD_STATES) {
            assert_int_equal(decision.notices[0].count, 0);
            assert_int_equal(decision.notices[0].aside, cases[i].aside);
            assert_string_equal(decision.notices[0].reason, "region missing: it decides who gets this edition");
        }
        plan_decision_clear(&decision);
    }
}

static void test_withdrawal(void **unused)
{
    g_autoptr(Playbook) playbook = playbook_of(UPDATE_WITHDRAWAL, NULL);
    const EditionStanding standing[PLAN_AUDIENCES_MAX] = {EDITION_TOLD_BEFORE, EDITION_NOT_TOLD};
    PlanDecision decision = {.count = 0};
    Person person = person_in("CN");

    (void)unused;
    add_notice(&decision, 0, "a@x");
    add_notice(&decision, 1, "b@x");
    add_notice(&decision, 2, NULL); /* no address: that it is withdrawn counts more */
    edition_apply(playbook, &person, standing, &decision);
    assert_int_equal(decision.count, 3);
    assert_int_equal(decision.notices[0].count, 1);
    for (size_t i = 1; i < 3; i++) {
        assert_int_equal(decision.notices[i].count, 0);
        assert_int_equal(decision.notices[i].aside, TOLD_WITHHELD);
        assert_string_equal(decision.notices[i].reason, "withdrawn before they were told");
    }
    plan_decision_clear(&decision);
}

static void test_nothing_left(void **unused)
{
    g_autoptr(Playbook) playbook = playbook_of(UPDATE_NEWS, "region == 'CN'");
    const EditionStanding standing[PLAN_AUDIENCES_MAX] = {EDITION_TOLD_BEFORE, EDITION_TOLD_BEFORE};
    PlanDecision decision = {.count = 0};
    Person person = person_in("DE");

    (void)unused;
    add_notice(&decision, 0, "a@x");
    add_notice(&decision, 1, "b@x");
    edition_apply(playbook, &person, standing, &decision);
    assert_int_equal(decision.count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_standing), cmocka_unit_test(test_left_audience), cmocka_unit_test(test_no_audience),
        cmocka_unit_test(test_match),    cmocka_unit_test(test_withdrawal),    cmocka_unit_test(test_nothing_left),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
