/* What was confirmed, and how fast the last run was: kept in the ledger, over planning again. */
#include "ledger_fixture.h"

#include <string.h>

#include "ledger/confirmation.h"

static void plan(Fixture *fixture)
{
    fixture_plan(fixture, (const char *const[]){"p1 all=a@x", "p2 all=b@x", NULL});
}

static void test_nothing_at_first(void **state)
{
    Fixture *fixture = *state;
    Confirmation last = {.at = 1};
    double rate = 1;

    plan(fixture);
    assert_true(confirmation_last(fixture->ledger, &last, NULL));
    assert_int_equal(last.at, 0);
    assert_int_equal(last.people, 0);
    assert_null(last.digest);
    assert_true(confirmation_rate(fixture->ledger, &rate, NULL));
    assert_true(rate == 0);
    confirmation_clear(&last);
}

static void put(Fixture *fixture, int64_t people)
{
    char digest[] = "abc";
    char by[] = "ann@host";
    const Confirmation confirmation = {.at = 5000 + people, .people = people, .open = 2, .digest = digest, .by = by};

    assert_true(confirmation_put(fixture->ledger, &confirmation, NULL));
}

static void test_the_latest_counts(void **state)
{
    Fixture *fixture = *state;
    g_autoptr(GPtrArray) events = NULL;
    Confirmation last;

    plan(fixture);
    put(fixture, 2);
    put(fixture, 3);
    fixture_close(fixture);
    fixture_open(fixture);
    assert_true(confirmation_last(fixture->ledger, &last, NULL));
    assert_int_equal(last.at, 5003);
    assert_int_equal(last.people, 3);
    assert_int_equal(last.open, 2);
    assert_string_equal(last.digest, "abc");
    assert_string_equal(last.by, "ann@host");
    confirmation_clear(&last);
    events = fixture_column(fixture, "SELECT body FROM event WHERE body LIKE '%\"event\":\"confirmed\"%' ORDER BY no");
    assert_int_equal(events->len, 2);
    assert_non_null(strstr(g_ptr_array_index(events, 1), "\"by\":\"ann@host\""));
    assert_non_null(strstr(g_ptr_array_index(events, 1), "\"people\":3"));
}

static void test_planning_again_keeps_it(void **state)
{
    Fixture *fixture = *state;
    Confirmation last;
    double rate = 0;

    plan(fixture);
    put(fixture, 2);
    assert_true(confirmation_put_rate(fixture->ledger, 1234.5, NULL));
    fixture_plan(fixture, (const char *const[]){"p1 all=a@x", "p3 all=c@x", NULL});
    assert_true(confirmation_last(fixture->ledger, &last, NULL));
    assert_int_equal(last.people, 2);
    assert_true(confirmation_rate(fixture->ledger, &rate, NULL));
    assert_true(rate == 1234.5);
    confirmation_clear(&last);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_nothing_at_first, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_the_latest_counts, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_planning_again_keeps_it, fixture_setup, fixture_teardown),
    };

    return FIXTURE_MAIN("confirmation", tests);
}
