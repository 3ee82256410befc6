/* Queues, holds and pauses in the ledger, and the inbox entries that ask for them. */
#include "ledger_fixture.h"

#include <string.h>

#include "ledger/hold.h"
#include "ledger/queue.h"

static const char *const people[] = {"p1 all=a@x.example", "p2 all=b@y.example", "p3 all=c@x.example",
                                     "p4 few=d@y.example", "p5 all=e@x.example", NULL};

/* Messages to x.example belong into a queue of their own, and p4's audience into another. */
typedef struct Sorting {
    int64_t domain, audience;
    int asked;
    bool has_people;
} Sorting;

static int64_t sort(const QueueCandidate *candidate, void *user)
{
    Sorting *sorting = user;

    sorting->asked++;
    sorting->has_people = candidate->people && candidate->people[0] && candidate->people[0][0] == 'p';
    if (strcmp(candidate->audience, "few") == 0)
        return sorting->audience;
    return strstr(candidate->endpoint, "@x.example") ? sorting->domain : QUEUE_MAIN;
}

static void must(bool done, GError *const *error)
{
    if (!done)
        fail_msg("%s", *error ? (*error)->message : "it failed without saying why");
}

static Sorting queues(Fixture *fixture)
{
    g_autoptr(GError) error = NULL;
    Sorting sorting = {0};

    must(ledger_begin(fixture->ledger, &error), &error);
    sorting.domain = queue_number(fixture->ledger, QUEUE_DOMAIN, "x.example", &error);
    sorting.audience = queue_number(fixture->ledger, QUEUE_AUDIENCE, "few", &error);
    assert_int_equal(queue_number(fixture->ledger, QUEUE_DOMAIN, "x.example", &error), sorting.domain);
    must(ledger_commit(fixture->ledger, &error), &error);
    assert_true(sorting.domain > 0 && sorting.audience > 0 && sorting.domain != sorting.audience);
    return sorting;
}

/* How many of a queue could be claimed; *moved how many went elsewhere. */
static guint claim(Fixture *fixture, int64_t queue, Sorting *sorting, int limit, int moves, int *moved)
{
    g_autoptr(GPtrArray) claims = g_ptr_array_new_with_free_func((GDestroyNotify)ledger_claim_free);
    g_autoptr(GError) error = NULL;
    int64_t gateway = ledger_gateway(fixture->ledger, "relay", &error);

    must(ledger_begin(fixture->ledger, &error), &error);
    must(queue_claim(fixture->ledger,
                     &(QueueClaim){.gateway = gateway,
                                   .queue = queue,
                                   .now = fixture->now,
                                   .limit = limit,
                                   .sort = sorting ? sort : NULL,
                                   .wants_people = true,
                                   .moves = moves,
                                   .user = sorting},
                     claims, moved, &error),
         &error);
    must(ledger_commit(fixture->ledger, &error), &error);
    for (guint i = 0; i < claims->len; i++) {
        const LedgerClaim *made = g_ptr_array_index(claims, i);

        assert_non_null(made->people[0]);
        assert_true(made->is_first);
        assert_int_equal(made->attempt, 1);
    }
    return claims->len;
}

static int64_t due(Fixture *fixture, int64_t queue)
{
    g_autoptr(GError) error = NULL;
    int64_t gateway = ledger_gateway(fixture->ledger, "relay", &error);
    int64_t first = 0;

    must(queue_next_due(fixture->ledger, gateway, queue, &first, &error), &error);
    return first;
}

static void test_moved_once(void **state)
{
    Fixture *fixture = *state;
    Sorting sorting;
    int moved = 0;

    fixture_plan(fixture, people);
    fixture_start(fixture, BOOT);
    sorting = queues(fixture);
    assert_int_equal(due(fixture, sorting.domain), INT64_MAX);
    assert_int_equal(claim(fixture, QUEUE_MAIN, &sorting, 10, 100, &moved), 1);
    assert_int_equal(moved, 4);
    assert_int_equal(sorting.asked, 5);
    assert_true(sorting.has_people);
    assert_int_equal(due(fixture, QUEUE_MAIN), INT64_MAX);
    assert_int_equal(claim(fixture, QUEUE_MAIN, &sorting, 10, 100, &moved), 0);
    assert_int_equal(sorting.asked, 5); /* nothing is looked at again */
    assert_true(due(fixture, sorting.domain) <= fixture->now && due(fixture, QUEUE_ANY) <= fixture->now);
    assert_told(fixture, [TOLD_PENDING] = 5);
    assert_int_equal(claim(fixture, sorting.audience, &sorting, 10, 100, &moved), 1);
    assert_int_equal(claim(fixture, sorting.domain, &sorting, 2, 100, &moved), 2);
    assert_int_equal(moved, 0);
    assert_int_equal(claim(fixture, sorting.domain, NULL, 2, 0, &moved), 1);
    assert_int_equal(due(fixture, QUEUE_ANY), INT64_MAX);
}

/* A turn moves no more than it may, and the rest is found by the next. */
static void test_moves_are_bounded(void **state)
{
    Fixture *fixture = *state;
    Sorting sorting;
    int moved = 0;

    fixture_plan(fixture, people);
    fixture_start(fixture, BOOT);
    sorting = queues(fixture);
    assert_int_equal(claim(fixture, QUEUE_MAIN, &sorting, 1, 1, &moved), 0);
    assert_int_equal(moved, 1);
    assert_int_equal(claim(fixture, QUEUE_MAIN, &sorting, 1, 100, &moved), 1);
    assert_int_equal(claim(fixture, QUEUE_MAIN, &sorting, 5, 100, &moved), 0);
    assert_int_equal(moved, 3);
}

/* What waits in a queue and then belongs elsewhere goes there: two holds on one message. */
static void test_moved_on(void **state)
{
    Fixture *fixture = *state;
    Sorting sorting;
    int moved = 0;

    fixture_plan(fixture, people);
    fixture_start(fixture, BOOT);
    sorting = queues(fixture);
    claim(fixture, QUEUE_MAIN, &sorting, 10, 100, &moved);
    sorting.domain = sorting.audience;
    assert_int_equal(claim(fixture, 1, &sorting, 10, 100, &moved), 0);
    assert_int_equal(moved, 3);
    assert_int_equal(claim(fixture, sorting.audience, &sorting, 10, 100, &moved), 4);
}

static void test_queue_survives(void **state)
{
    Fixture *fixture = *state;
    Sorting sorting;
    int moved = 0;

    fixture_plan(fixture, people);
    fixture_start(fixture, BOOT);
    sorting = queues(fixture);
    assert_int_equal(claim(fixture, QUEUE_MAIN, &sorting, 1, 1, &moved), 0);
    assert_int_equal(moved, 1);
    fixture_plan(fixture, people);
    fixture_start(fixture, BOOT);
    assert_int_equal(claim(fixture, QUEUE_MAIN, NULL, 10, 100, &moved) +
                         claim(fixture, sorting.domain, NULL, 10, 100, &moved) +
                         claim(fixture, sorting.audience, NULL, 10, 100, &moved),
                     5);
}

/* Holds --------------------------------------------------------------------------------------------------------- */

static Hold hold_of(HoldScope scope, const char *name)
{
    return (Hold){
        .scope = scope, .name = (char *)name, .reason = (char *)"a mistake", .by = (char *)"me@here", .at = 5000};
}

static void ask(Fixture *fixture, Hold hold, bool lift)
{
    g_autoptr(GError) error = NULL;

    must(inbox_append_hold(fixture->ledger, &hold, lift, &error), &error);
    assert_int_equal(fixture_apply(fixture), 1);
}

static guint events(Fixture *fixture, const char *name)
{
    g_autofree char *sql = g_strdup_printf("SELECT body FROM event WHERE json_extract(body, '$.event') = '%s'", name);
    g_autoptr(GPtrArray) rows = fixture_column(fixture, sql);

    return rows->len;
}

static void test_holds(void **state)
{
    Fixture *fixture = *state;
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) holds = NULL;
    g_autoptr(GPtrArray) fewer = NULL;
    const Hold *found;

    fixture_plan(fixture, people);
    ask(fixture, hold_of(HOLD_DOMAIN, "x.example"), false);
    ask(fixture, hold_of(HOLD_EVERYTHING, ""), false);
    ask(fixture, hold_of(HOLD_EVERYTHING, ""), false);
    ask(fixture, hold_of(HOLD_PERSON, "p1"), true);
    holds = hold_list(fixture->ledger, &error);
    assert_int_equal(holds->len, 2);
    assert_int_equal(((const Hold *)g_ptr_array_index(holds, 0))->scope, HOLD_EVERYTHING);
    found = hold_find(holds, HOLD_DOMAIN, "x.example", 0);
    assert_string_equal(found->reason, "a mistake");
    assert_string_equal(found->by, "me@here");
    assert_int_equal(found->at, 5000);
    assert_null(hold_find(holds, HOLD_PERSON, "p1", 0));
    assert_int_equal(events(fixture, "held"), 2);
    assert_int_equal(events(fixture, "inbox_refused"), 2);
    ask(fixture, hold_of(HOLD_EVERYTHING, ""), true);
    fixture_plan(fixture, people); /* a hold survives planning again */
    fewer = hold_list(fixture->ledger, &error);
    assert_int_equal(fewer->len, 1);
    assert_int_equal(events(fixture, "lifted"), 1);
}

/* A decision's hold stands beside a person's own on the same thing, and each is lifted by itself. */
static void test_causes(void **state)
{
    Fixture *fixture = *state;
    Hold decided = hold_of(HOLD_REGION, "de");
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) holds = NULL;
    g_autoptr(GPtrArray) left = NULL;
    const Hold *found;

    decided.cause = (char *)"decision 4";
    decided.until = 9000;
    fixture_plan(fixture, people);
    ask(fixture, hold_of(HOLD_REGION, "de"), false);
    ask(fixture, decided, false);
    fixture_plan(fixture, people);
    holds = hold_list(fixture->ledger, &error);
    assert_int_equal(holds->len, 2);
    found = hold_find_own(holds, HOLD_REGION, "de", "decision 4");
    assert_int_equal(found->until, 9000);
    assert_false(hold_is_over(found, 8999));
    assert_true(hold_is_over(found, 9000));
    assert_ptr_equal(hold_find(holds, HOLD_REGION, "de", 0), hold_find_own(holds, HOLD_REGION, "de", NULL));
    ask(fixture, hold_of(HOLD_REGION, "de"), true);
    left = hold_list(fixture->ledger, &error);
    assert_int_equal(left->len, 1);
    assert_non_null(hold_find(left, HOLD_REGION, "de", 8999));
    assert_null(hold_find(left, HOLD_REGION, "de", 9000));
    must(ledger_begin(fixture->ledger, &error) && hold_expire(fixture->ledger, 9000, &error) &&
             ledger_commit(fixture->ledger, &error),
         &error);
    assert_int_equal(events(fixture, "lifted"), 2);
}

/* A ledger that the breach before this one has made goes on, with what was held. */
static void test_older_ledger(void **state)
{
    Fixture *fixture = *state;
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) holds = NULL;
    const Hold *found;

    fixture_plan(fixture, people);
    assert_int_equal(fixture_raw(fixture, "DROP TABLE hold; DROP TABLE person_past;"
                                          "CREATE TABLE hold(scope TEXT NOT NULL, name TEXT NOT NULL, reason TEXT NOT NULL,"
                                          " who TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY(scope, name)) WITHOUT ROWID;"
                                          "INSERT INTO hold VALUES ('person', 'p1', 'a lawyer wrote', 'me@here', 5000);"
                                          "PRAGMA user_version = 3"),
                     0);
    fixture_close(fixture);
    fixture_open(fixture);
    holds = hold_list(fixture->ledger, &error);
    assert_int_equal(holds->len, 1);
    found = hold_find_own(holds, HOLD_PERSON, "p1", NULL);
    assert_string_equal(found->reason, "a lawyer wrote");
    assert_int_equal(found->at, 5000);
    assert_int_equal(found->until, 0);
    fixture_close(fixture);
    fixture_open(fixture); /* once is enough */
}

/* What is no hold becomes an event, and nothing is held by it. */
static void test_damaged_entries(void **state)
{
    Fixture *fixture = *state;
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) holds = NULL;

    fixture_plan(fixture, people);
    assert_int_equal(fixture_raw(fixture, "INSERT INTO inbox(at, body) VALUES (1, '{\"event\":\"hold\"}'),"
                                          " (2, '{\"event\":\"hold\",\"scope\":\"all\",\"name\":\"\",\"reason\":\"\","
                                          "\"by\":\"\"}'), (3, '{\"event\":\"lift\",\"scope\":7}')"),
                     0);
    assert_int_equal(fixture_apply(fixture), 3);
    assert_int_equal(events(fixture, "inbox_refused"), 3);
    holds = hold_list(fixture->ledger, &error);
    assert_int_equal(holds->len, 0);
}

static void test_pauses(void **state)
{
    Fixture *fixture = *state;
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) pauses = NULL;
    g_autoptr(GPtrArray) none = NULL;
    Pause pause = {.scope = PAUSE_DOMAIN,
                   .name = (char *)"x.example",
                   .until = 9000,
                   .reason = (char *)"550 5.7.1 no",
                   .at = 100,
                   .times = 1};
    const Pause *found;

    fixture_plan(fixture, people);
    must(ledger_begin(fixture->ledger, &error) && pause_put(fixture->ledger, &pause, &error), &error);
    pause.times = 2;
    must(pause_put(fixture->ledger, &pause, &error) && ledger_commit(fixture->ledger, &error), &error);
    fixture_open(fixture);
    pauses = pause_list(fixture->ledger, &error);
    assert_int_equal(pauses->len, 1);
    found = g_ptr_array_index(pauses, 0);
    assert_int_equal(found->times, 2);
    assert_int_equal(found->until, 9000);
    assert_int_equal(found->scope, PAUSE_DOMAIN);
    must(ledger_begin(fixture->ledger, &error) && pause_drop(fixture->ledger, PAUSE_DOMAIN, "x.example", &error) &&
             ledger_commit(fixture->ledger, &error),
         &error);
    none = pause_list(fixture->ledger, &error);
    assert_int_equal(none->len, 0);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_moved_once), cmocka_unit_test(test_moves_are_bounded),
        cmocka_unit_test(test_moved_on),   cmocka_unit_test(test_queue_survives),
        cmocka_unit_test(test_holds),      cmocka_unit_test(test_damaged_entries),
        cmocka_unit_test(test_pauses),
        cmocka_unit_test(test_causes),     cmocka_unit_test(test_older_ledger),
    };

    return FIXTURE_MAIN("queue", tests);
}
