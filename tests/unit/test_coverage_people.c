/* What of the people decides about the law of their notices: whom a regime protects, and which kinds of data stand
 * together. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>

#include "dispatch/coverage_people.h"
#include "model/condition.h"
#include "model/law.h"

static void add_regime(Playbook *playbook, const char *id, const char *people)
{
    LawRegime *regime = law_regime_new();

    regime->id = g_strdup(id);
    regime->people = people ? condition_parse(people, NULL, NULL) : NULL;
    g_ptr_array_add(playbook->law->regimes, regime);
}

/* Two audiences; one law for all, one for a region, one for nobody here. */
static Playbook *make_playbook(void)
{
    Playbook *playbook = playbook_new();

    for (int i = 0; i < 2; i++)
        g_ptr_array_add(playbook->audiences, audience_new());
    add_regime(playbook, "all", NULL);
    add_regime(playbook, "de", "region == 'DE'");
    add_regime(playbook, "fr", "region == 'FR'");
    return playbook;
}

static void note_notice(CoveragePeople *people, const PlanNotice *notice, const char *region, const char *kinds)
{
    char region_name[] = "region", kinds_name[] = "data_kinds";
    char *names[] = {region_name, kinds_name, NULL};
    const char *values[] = {region, kinds};
    const PersonColumns columns = {.names = names, .count = G_N_ELEMENTS(values)};
    const Person person = {.columns = &columns, .values = values};
    PlanDecision decision = {.count = 1};

    decision.notices[0] = *notice;
    coverage_people_note(people, &person, &decision);
}

static void note(CoveragePeople *people, size_t audience, const char *region, const char *kinds)
{
    note_notice(people, &(PlanNotice){.audience = audience, .count = 1}, region, kinds);
}

static void note_age(CoveragePeople *people, size_t audience, const char *age)
{
    char age_name[] = "age";
    char *names[] = {age_name, NULL};
    const PersonColumns columns = {.names = names, .count = 1};
    const Person person = {.columns = &columns, .values = &age};
    PlanDecision decision = {.count = 1};

    decision.notices[0] = (PlanNotice){.audience = audience, .count = 1};
    coverage_people_note(people, &person, &decision);
}

static void test_minors(void **state)
{
    g_autoptr(Playbook) playbook = make_playbook();
    g_autoptr(CoveragePeople) people = coverage_people_new(playbook);

    (void)state;
    ((Audience *)g_ptr_array_index(playbook->audiences, 1))->capacity = CAPACITY_GUARDIAN;
    note_age(people, 1, "13"); /* the guardian is told */
    note_age(people, 0, "14");
    note_age(people, 0, "17.0");
    note_age(people, 0, "18");
    note_age(people, 0, "");
    assert_int_equal(coverage_people_minors(people, 0, 18), 2);
    assert_int_equal(coverage_people_minors(people, 0, 14), 0);
    assert_int_equal(coverage_people_minors(people, 0, 0), 0);
    assert_int_equal(coverage_people_minors(people, 1, 18), 2); /* nobody knows where they live */
}

/* A regime's minors are those whom it protects. */
static void test_minors_of_a_region(void **state)
{
    char age_name[] = "age", region_name[] = "region";
    char *names[] = {age_name, region_name, NULL};
    const char *values[] = {"16", "DE"};
    const PersonColumns columns = {.names = names, .count = G_N_ELEMENTS(values)};
    const Person person = {.columns = &columns, .values = values};
    g_autoptr(Playbook) playbook = make_playbook();
    g_autoptr(CoveragePeople) people = coverage_people_new(playbook);
    g_autoptr(GPtrArray) regions = NULL;
    PlanDecision decision = {.count = 1};

    (void)state;
    decision.notices[0] = (PlanNotice){.audience = 0, .count = 1};
    coverage_people_note(people, &person, &decision);
    assert_int_equal(coverage_people_minors(people, 1, 18), 1);
    assert_int_equal(coverage_people_minors(people, 2, 18), 0);
    regions = coverage_people_regions(people);
    assert_int_equal(regions->len, 1);
    assert_int_equal(((const CoverageRegion *)g_ptr_array_index(regions, 0))->ages[16], 1);
}

/* Who lives where, and which regimes protect them, is counted; contacts are told of other people. */
static void test_regions(void **state)
{
    g_autoptr(Playbook) playbook = make_playbook();
    g_autoptr(CoveragePeople) people = coverage_people_new(playbook);
    g_autoptr(GPtrArray) regions = NULL;
    const CoverageRegion *first, *second;

    (void)state;
    ((Audience *)g_ptr_array_index(playbook->audiences, 1))->capacity = CAPACITY_ORGANIZATION;
    note(people, 1, "JP", "");
    assert_false(coverage_people_nobody(people, 1)); /* nobody has been seen */
    note(people, 0, "de ", "");
    note(people, 0, "DE", "");
    note(people, 0, "DE", "");
    note(people, 0, "", "");
    regions = coverage_people_regions(people);
    assert_int_equal(regions->len, 2); /* "de " is the same region, and the condition does not know it */
    first = g_ptr_array_index(regions, 0);
    second = g_ptr_array_index(regions, 1);
    assert_string_equal(first->region, "de");
    assert_int_equal(first->named, 1);
    assert_int_equal(second->named, 3);
    assert_int_equal(second->people, 2);
    assert_int_equal(coverage_people_under(people, 1), 2); /* the one without a region only may be */
    assert_int_equal(coverage_people_under(people, 0), 4);
    assert_false(coverage_people_nobody(people, 2));
}

static void test_nobody(void **state)
{
    g_autoptr(Playbook) playbook = make_playbook();
    g_autoptr(CoveragePeople) people = coverage_people_new(playbook);

    (void)state;
    note(people, 0, "DE", "");
    assert_true(coverage_people_nobody(people, 2));
    assert_false(coverage_people_nobody(people, 1));
    assert_false(coverage_people_nobody(people, 99));
}

static void test_protects(void **state)
{
    g_autoptr(Playbook) playbook = make_playbook();
    g_autoptr(CoveragePeople) people = coverage_people_new(playbook);

    (void)state;
    assert_true(coverage_people_protects(people, 0, 2)); /* nobody has been seen: nobody is left out */
    note(people, 0, "CN", "");
    assert_true(coverage_people_protects(people, 0, 0));
    assert_false(coverage_people_protects(people, 0, 1));
    note(people, 0, "DE", "");
    assert_true(coverage_people_protects(people, 0, 1));
    assert_false(coverage_people_protects(people, 0, 2));
    assert_true(coverage_people_protects(people, 1, 2));
    note(people, 1, "", ""); /* nobody knows where: the law may protect them */
    assert_true(coverage_people_protects(people, 1, 2));
}

/* Who is left with the announcement is protected, too; who is owed nothing is not. */
static void test_unreachable(void **state)
{
    g_autoptr(Playbook) playbook = make_playbook();
    g_autoptr(CoveragePeople) people = coverage_people_new(playbook);

    (void)state;
    note(people, 0, "CN", "");
    note_notice(people, &(PlanNotice){.audience = 0, .aside = TOLD_WITHHELD}, "FR", "");
    note_notice(people, &(PlanNotice){.audience = 0, .aside = TOLD_UNREACHABLE}, "DE", "");
    assert_true(coverage_people_protects(people, 0, 1));
    assert_false(coverage_people_protects(people, 0, 2));
}

static void test_kinds(void **state)
{
    g_autoptr(Playbook) playbook = make_playbook();
    g_autoptr(CoveragePeople) people = coverage_people_new(playbook);
    const GPtrArray *kinds;

    (void)state;
    note(people, 0, "CN", "name; email");
    note(people, 0, "CN", "email;name;email");
    note(people, 0, "CN", "");
    note(people, 0, "CN", " ; ");
    note(people, 0, "CN", "bank_card");
    kinds = coverage_people_kinds(people, 0);
    assert_int_equal(kinds->len, 2);
    assert_string_equal(g_ptr_array_index(kinds, 0), "bank_card");
    assert_string_equal(g_ptr_array_index(kinds, 1), "email;name");
    assert_int_equal(coverage_people_kinds(people, 1)->len, 0);
}

static void test_limit(void **state)
{
    g_autoptr(Playbook) playbook = make_playbook();
    g_autoptr(CoveragePeople) people = coverage_people_new(playbook);

    (void)state;
    for (int i = 0; i < 3 * COVERAGE_COMBINATIONS_MAX; i++) {
        g_autofree char *cell = g_strdup_printf("k%d;name", i);

        note(people, 0, "CN", cell);
    }
    assert_int_equal(coverage_people_kinds(people, 0)->len, COVERAGE_COMBINATIONS_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_minors), cmocka_unit_test(test_minors_of_a_region), cmocka_unit_test(test_regions),
        cmocka_unit_test(test_nobody),
        cmocka_unit_test(test_protects),
        cmocka_unit_test(test_unreachable),
        cmocka_unit_test(test_kinds),
        cmocka_unit_test(test_limit),
    };

    return cmocka_run_group_tests_name("coverage_people", tests, NULL, NULL);
}
