/* Planning again: whoever was told keeps it and hears nothing twice, whoever was not is planned anew. */
#include "ledger_fixture.h"

#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define HOUR INT64_C(3600000)

#define PLAN(fixture, ...) fixture_plan((fixture), (const char *const[]){__VA_ARGS__, NULL})

static LedgerPlanResult plan_again(Fixture *fixture, const char *const *people)
{
    LedgerPlanResult result;

    fixture->now += 1000;
    result = fixture_plan(fixture, people);
    fixture_counts(fixture); /* audited */
    fixture_start(fixture, BOOT);
    return result;
}
#define AGAIN(fixture, ...) plan_again((fixture), (const char *const[]){__VA_ARGS__, NULL})

static void start(Fixture *fixture)
{
    fixture_start(fixture, BOOT);
    fixture_claim_all(fixture);
}

static void test_nothing_tried(void **state)
{
    Fixture *fixture = *state;
    LedgerPlanResult result;

    PLAN(fixture, "p1 all=a@x", "p2 all=b@x staff=c@x", "p3 all=d@x", "p4 all=d@x");
    fixture->body = "{\"subject\":\"two\"}";
    result = AGAIN(fixture, "p1 all=a2@x", "p3 all=d@x", "p5 all=d@x", "p6 staff=f@x");
    assert_int_equal(result.people, 6);
    assert_int_equal(result.removed_people, 2);
    assert_int_equal(result.kept_messages, 0);
    assert_int_equal(ledger_header(fixture->ledger)->people, 6);
    assert_int_equal(ledger_header(fixture->ledger)->generation, 2);
    assert_told(fixture, [TOLD_PENDING] = 4, [TOLD_WITHHELD] = 2);
    assert_int_equal(fixture_claim_all(fixture), 3);
    fixture_claimed(fixture, "a2@x");
    fixture_end(fixture, "d@x", EVENT_ACCEPTED);
    assert_told(fixture, [TOLD_PENDING] = 2, [TOLD_WITHHELD] = 2, [TOLD_ACCEPTED] = 2);
}

static void test_told_stay_told(void **state)
{
    Fixture *fixture = *state;
    LedgerPlanResult result;

    PLAN(fixture, "p1 all=a@x", "p2 all=b@x", "p3 all=c@x");
    start(fixture);
    fixture_end(fixture, "a@x", EVENT_ACCEPTED);
    fixture_end(fixture, "b@x", EVENT_DEFERRED);
    fixture_end(fixture, "c@x", EVENT_FAILED);
    /* p1's address changed after being told, p2's before that, p3's after failing */
    result = AGAIN(fixture, "p1 all=a2@x", "p2 all=b2@x", "p3 all=c2@x", "p4 all=d@x");
    assert_int_equal(result.kept_messages, 3);
    assert_told(fixture, [TOLD_ACCEPTED] = 1, [TOLD_PENDING] = 3);
    assert_int_equal(fixture_claim_all(fixture), 2);
    fixture_claimed(fixture, "c2@x");
    fixture_claimed(fixture, "d@x");
    fixture_end(fixture, "c2@x", EVENT_ACCEPTED);
    fixture->now += HOUR;
    assert_int_equal(fixture_claim_all(fixture), 1);
    assert_int_equal(fixture_claimed(fixture, "b@x")->attempt, 2);
}

static void test_same_address_after_failure(void **state)
{
    Fixture *fixture = *state;

    PLAN(fixture, "p1 all=a@x");
    start(fixture);
    fixture_end(fixture, "a@x", EVENT_FAILED);
    AGAIN(fixture, "p1 all=a@x");
    assert_told(fixture, [TOLD_UNREACHABLE] = 1);
    assert_int_equal(fixture_claim_all(fixture), 0);
}

static void test_removed(void **state)
{
    Fixture *fixture = *state;
    g_autoptr(GPtrArray) reasons = NULL;
    LedgerPlanResult result;

    PLAN(fixture, "p1 all=a@x", "p2 all=b@x", "p3 all=c@x", "p4 all=d@x", "p5 all=e@x");
    start(fixture);
    fixture_end(fixture, "a@x", EVENT_ACCEPTED);
    fixture_end(fixture, "b@x", EVENT_DEFERRED);
    fixture_end(fixture, "c@x", EVENT_DOUBTED);
    fixture_end(fixture, "d@x", EVENT_FAILED);
    fixture_end(fixture, "e@x", EVENT_RETURNED);
    result = AGAIN(fixture, "p9 all=z@x");
    assert_int_equal(result.people, 6);
    assert_int_equal(result.removed_people, 5);
    assert_told(fixture, [TOLD_ACCEPTED] = 1, [TOLD_WITHHELD] = 2, [TOLD_IN_DOUBT] = 1, [TOLD_UNREACHABLE] = 1,
                [TOLD_PENDING] = 1);
    assert_int_equal(fixture_counts(fixture).held, 1); /* whether p3 was told is for a person to find out */
    reasons = ledger_reasons(fixture->ledger, NULL);
    assert_string_equal(((LedgerReason *)g_ptr_array_index(reasons, 0))->reason, "no longer in the people file");
    assert_int_equal(((LedgerReason *)g_ptr_array_index(reasons, 0))->people, 2);
    fixture->now += HOUR;
    assert_int_equal(fixture_claim_all(fixture), 1);
    fixture_claimed(fixture, "z@x");
}

static void test_back_again(void **state)
{
    Fixture *fixture = *state;

    PLAN(fixture, "p1 all=a@x", "p2 all=b@x", "p3 all=c@x", "p4 all=d@x");
    start(fixture);
    fixture_end(fixture, "a@x", EVENT_DEFERRED);
    fixture_end(fixture, "b@x", EVENT_DEFERRED);
    fixture_end(fixture, "c@x", EVENT_DEFERRED);
    fixture_inbox(fixture, "c@x", 0, EVENT_WITHHELD); /* by a person: that stays */
    fixture_end(fixture, "d@x", EVENT_ACCEPTED);
    AGAIN(fixture, "p9 all=z@x");
    assert_told(fixture, [TOLD_ACCEPTED] = 1, [TOLD_WITHHELD] = 3, [TOLD_PENDING] = 1);
    AGAIN(fixture, "p1 all=a@x", "p2 all=b2@x", "p3 all=c@x", "p4 all=d@x", "p9 all=z@x");
    assert_told(fixture, [TOLD_ACCEPTED] = 1, [TOLD_WITHHELD] = 1, [TOLD_PENDING] = 3);
    assert_int_equal(fixture_claim_all(fixture), 3);
    assert_int_equal(fixture_claimed(fixture, "a@x")->attempt, 2);
    fixture_claimed(fixture, "b2@x");
    fixture_claimed(fixture, "z@x");
}

/* The new plan says not to tell somebody whose message waits for its second attempt. */
static void test_stopped_by_plan(void **state)
{
    Fixture *fixture = *state;

    PLAN(fixture, "p1 all=a@x", "p2 all=b@x", "p3 all=b@x");
    start(fixture);
    fixture_end(fixture, "a@x", EVENT_DEFERRED);
    fixture_end(fixture, "b@x", EVENT_DEFERRED);
    AGAIN(fixture, "p1 all!withheld:deceased", "p2 all!withheld:deceased", "p3 all=b@x");
    assert_told(fixture, [TOLD_WITHHELD] = 1, [TOLD_PENDING] = 2); /* p3 shares the mailbox and is to be told */
    AGAIN(fixture, "p1 all=a@x", "p2 all!withheld:deceased", "p3 all!withheld:deceased");
    assert_told(fixture, [TOLD_WITHHELD] = 2, [TOLD_PENDING] = 1);
}

/* What could not be rendered for somebody who is not to be told any more needs nobody to mend it. */
static void test_stopped_in_quarantine(void **state)
{
    Fixture *fixture = *state;

    PLAN(fixture, "p1 all=a@x", "p2 all=b@x");
    start(fixture);
    fixture_end(fixture, "a@x", EVENT_QUARANTINED);
    fixture_end(fixture, "b@x", EVENT_QUARANTINED);
    assert_told(fixture, [TOLD_QUARANTINED] = 2);
    AGAIN(fixture, "p2 all!withheld:deceased");
    assert_told(fixture, [TOLD_WITHHELD] = 2);
    AGAIN(fixture, "p1 all=a@x", "p2 all=b@x");
    assert_told(fixture, [TOLD_PENDING] = 2);
    assert_int_equal(fixture_claim_all(fixture), 2);
}

static void test_moved_audience(void **state)
{
    Fixture *fixture = *state;

    PLAN(fixture, "p1 all=a@x", "p2 all=b@x", "p3 all=c@x staff=c2@x", "p4 all=d@x");
    start(fixture);
    fixture_end(fixture, "a@x", EVENT_ACCEPTED);
    fixture_end(fixture, "b@x", EVENT_FAILED);
    fixture_end(fixture, "c@x", EVENT_ACCEPTED);
    fixture_end(fixture, "c2@x", EVENT_ACCEPTED);
    fixture_end(fixture, "d@x", EVENT_QUARANTINED);
    AGAIN(fixture, "p1 vip=a@x", "p2 vip=b@x", "p3 vip=c@x staff=c2@x", "p4 vip=d@x");
    /* no second notice for p1 and p3; p2 and p4 have had none yet */
    assert_told(fixture, [TOLD_ACCEPTED] = 2, [TOLD_PENDING] = 2);
    assert_int_equal(fixture_claim_all(fixture), 2);
    fixture_end(fixture, "b@x", EVENT_ACCEPTED);
    fixture_end(fixture, "d@x", EVENT_ACCEPTED);
    assert_told(fixture, [TOLD_ACCEPTED] = 4);
}

/* A duty that was there before and is still unmet is not lost when another one moves. */
static void test_moved_beside_untried(void **state)
{
    Fixture *fixture = *state;
    g_autoptr(GPtrArray) first = NULL;

    PLAN(fixture, "p1 all=a@x staff=s@x");
    fixture_start(fixture, BOOT);
    first = fixture_claim(fixture, "relay", 1);
    fixture_end(fixture, "a@x", EVENT_ACCEPTED);
    AGAIN(fixture, "p1 vip=a@x staff=s@x");
    assert_told(fixture, [TOLD_PENDING] = 1);
    assert_int_equal(fixture_claim_all(fixture), 1);
    fixture_end(fixture, "s@x", EVENT_ACCEPTED);
    assert_told(fixture, [TOLD_ACCEPTED] = 1);
}

static void test_further_audience(void **state)
{
    Fixture *fixture = *state;

    PLAN(fixture, "p1 all=a@x");
    start(fixture);
    fixture_end(fixture, "a@x", EVENT_ACCEPTED);
    AGAIN(fixture, "p1 all=a@x staff=s@x"); /* a new duty beside the old one */
    assert_told(fixture, [TOLD_PENDING] = 1);
    assert_int_equal(fixture_claim_all(fixture), 1);
    fixture_end(fixture, "s@x", EVENT_ACCEPTED);
    assert_told(fixture, [TOLD_ACCEPTED] = 1);
}

static void test_shared_mailbox(void **state)
{
    Fixture *fixture = *state;
    g_autoptr(GPtrArray) reasons = NULL;

    PLAN(fixture, "p1 all=a@x");
    start(fixture);
    fixture_end(fixture, "a@x", EVENT_ACCEPTED);
    AGAIN(fixture, "p1 all=a@x", "p2 all=a@x");
    assert_told(fixture, [TOLD_ACCEPTED] = 1, [TOLD_QUARANTINED] = 1);
    assert_int_equal(fixture_claim_all(fixture), 0);
    reasons = ledger_reasons(fixture->ledger, NULL);
    assert_non_null(strstr(((LedgerReason *)g_ptr_array_index(reasons, 0))->reason, "was tried before"));
    AGAIN(fixture, "p1 all=a@x", "p2 all=b@x");
    assert_told(fixture, [TOLD_ACCEPTED] = 1, [TOLD_PENDING] = 1);
}

/* Messages that were never tried stay planned beside one that was: the same plan changes nothing. */
static void test_same_plan(void **state)
{
    static const char *const people[] = {"p1 all=a@x,b@x,+1", "p2 all=c@x staff=d@x", "p3 all=e@x", "p4 all=e@x",
                                         "p5 all!withheld:why", "p6 all=f@x,e@x", "- !quarantined:no-id", NULL};
    static const MessageEvent outcomes[] = {EVENT_DEFERRED, EVENT_ACCEPTED, EVENT_FAILED};
    Fixture *fixture = *state;
    g_autoptr(GPtrArray) first = NULL;
    LedgerCounts before, after;

    fixture_plan(fixture, people);
    fixture_start(fixture, BOOT);
    first = fixture_claim(fixture, "relay", 3);
    assert_int_equal(first->len, G_N_ELEMENTS(outcomes));
    for (size_t i = 0; i < G_N_ELEMENTS(outcomes); i++)
        fixture_end(fixture, ((LedgerClaim *)g_ptr_array_index(first, i))->endpoint, outcomes[i]);
    before = fixture_counts(fixture);
    for (int i = 0; i < 3; i++) {
        plan_again(fixture, people);
        after = fixture_counts(fixture);
        assert_memory_equal(&before, &after, sizeof before);
    }
    assert_int_equal(ledger_header(fixture->ledger)->generation, 4);
    assert_int_equal(fixture_claim_all(fixture), 4); /* +1, d, e, f */
}

static void test_mended(void **state)
{
    Fixture *fixture = *state;
    g_autofree char *body = NULL;

    PLAN(fixture, "p1 all=a@x", "p2 all=b@x");
    start(fixture);
    fixture_end(fixture, "a@x", EVENT_QUARANTINED);
    fixture_end(fixture, "b@x", EVENT_DEFERRED);
    fixture->body = "{\"subject\":\"mended\"}";
    fixture->gateway = "relay-2";
    AGAIN(fixture, "p1 all=a@x", "p2 all=b@x");
    assert_told(fixture, [TOLD_PENDING] = 2);
    assert_int_equal(fixture_claim_all(fixture), 1);
    body = ledger_text(fixture->ledger, fixture_claimed(fixture, "a@x")->text, NULL);
    assert_string_equal(body, fixture->body);
    assert_int_equal(fixture_claimed(fixture, "a@x")->attempt, 2);
    fixture->now += HOUR;
    assert_int_equal(fixture_claim_all(fixture), 1); /* by the gateway of the new plan, and with its text */
    g_free(body);
    body = ledger_text(fixture->ledger, fixture_claimed(fixture, "b@x")->text, NULL);
    assert_string_equal(body, fixture->body);
}

/* A gateway that is replaced takes nobody with it: doubts that are due again and messages whose address has changed since
 * go on by the one that their channel has now. */
static void test_replaced_gateway(void **state)
{
    Fixture *fixture = *state;

    PLAN(fixture, "p1 all=a@x", "p2 all=b@x");
    start(fixture);
    fixture_end(fixture, "a@x", EVENT_DOUBTED);
    fixture_end(fixture, "b@x", EVENT_DEFERRED);
    fixture->gateway = "relay-2";
    AGAIN(fixture, "p1 all=a@x", "p2 all=c@x");
    fixture->now += HOUR;
    assert_int_equal(fixture_claim_all(fixture), 2);
    assert_true(fixture_claimed(fixture, "a@x")->was_in_doubt);
    assert_non_null(fixture_claimed(fixture, "b@x"));
}

/* Two notices of one audience, say for oneself and as a guardian. */
static void test_two_of_one_audience(void **state)
{
    Fixture *fixture = *state;

    PLAN(fixture, "p1 all=a@x all=b@x");
    start(fixture);
    fixture_end(fixture, "a@x", EVENT_ACCEPTED);
    fixture_end(fixture, "b@x", EVENT_FAILED);
    AGAIN(fixture, "p1 all=a@x all=c@x");
    assert_told(fixture, [TOLD_PENDING] = 1);
    assert_int_equal(fixture_claim_all(fixture), 1);
    fixture_end(fixture, "c@x", EVENT_ACCEPTED);
    assert_told(fixture, [TOLD_ACCEPTED] = 1);
}

static void test_becomes_duplicate(void **state)
{
    Fixture *fixture = *state;

    PLAN(fixture, "p1 all=a@x", "- all=q@x");
    start(fixture);
    fixture_end(fixture, "a@x", EVENT_ACCEPTED);
    fixture_end(fixture, "q@x", EVENT_ACCEPTED);
    AGAIN(fixture, "p1 all=b@x", "p1 all=c@x");
    assert_told(fixture, [TOLD_ACCEPTED] = 2, [TOLD_QUARANTINED] = 2);
    assert_int_equal(fixture_claim_all(fixture), 0);
}

/* Events name messages by number; a number that has one is not given again. */
static void test_numbers(void **state)
{
    Fixture *fixture = *state;
    g_autoptr(GPtrArray) shared = NULL;

    PLAN(fixture, "p1 all=a@x", "p2 all=b@x");
    start(fixture);
    fixture_end(fixture, "a@x", EVENT_ACCEPTED);
    fixture_end(fixture, "b@x", EVENT_RETURNED);
    assert_int_equal(fixture_raw(fixture, "UPDATE message SET attempt = 0 WHERE state = 0"), 0);
    AGAIN(fixture, "p1 all=a@x"); /* the highest number goes ... */
    AGAIN(fixture, "p1 all=a@x", "p2 all=c@x"); /* ... and must not come back */
    fixture_claim_all(fixture);
    fixture_end(fixture, "c@x", EVENT_ACCEPTED);
    shared = fixture_column(fixture, "SELECT count(DISTINCT json_extract(body, '$.message')) FROM event"
                                     " WHERE message IS NOT NULL GROUP BY message");
    assert_int_equal(shared->len, 3);
    for (guint i = 0; i < shared->len; i++)
        assert_string_equal(g_ptr_array_index(shared, i), "1");
}

static void test_events_are_canonical(void **state)
{
    Fixture *fixture = *state;
    g_autoptr(GPtrArray) events = NULL;

    PLAN(fixture, "p1 all=a@x", "p2 all=b@x");
    start(fixture);
    fixture_end(fixture, "a@x", EVENT_DEFERRED);
    fixture_end(fixture, "b@x", EVENT_QUARANTINED);
    AGAIN(fixture, "p2 all=b@x");
    AGAIN(fixture, "p1 all=a@x", "p2 all=b@x");
    events = fixture_column(fixture, "SELECT body FROM event WHERE body LIKE '%\"released\"%' OR body LIKE '%withheld%'");
    assert_int_equal(events->len, 3);
    for (guint i = 0; i < events->len; i++) {
        const char *body = g_ptr_array_index(events, i);
        json_auto_t *parsed = json_loads(body, 0, NULL);
        char *again = json_dumps(parsed, JSON_SORT_KEYS | JSON_COMPACT);

        assert_string_equal(body, again);
        free(again);
    }
}

/* Plans in a process of its own, which dies at its `n`-th fault point; true when it was through before. */
static bool plan_and_die(Fixture *fixture, int n, const char *const *people)
{
    g_autofree char *count = g_strdup_printf("%d", n);
    int status = 0;
    pid_t child;

    fixture_close(fixture);
    child = fork();
    if (child == 0) {
        g_setenv("BREACH_FAULT_DIE", count, TRUE);
        fixture_plan(fixture, people);
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    fixture_open(fixture);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* Whenever planning again is killed, there is the old plan or the new one, and nothing in between. */
static void test_killed(void **state)
{
    static const char *const people[] = {"p1 all=a@x", "p2 all=b2@x", "p4 all=d@x", NULL};
    Fixture *fixture = *state;
    int kills = 0;
    bool done = false;

    PLAN(fixture, "p1 all=a@x", "p2 all=b@x", "p3 all=c@x");
    start(fixture);
    fixture_end(fixture, "a@x", EVENT_ACCEPTED);
    fixture_end(fixture, "b@x", EVENT_FAILED);
    while (!done) {
        done = plan_and_die(fixture, kills + 1, people);
        if (ledger_header(fixture->ledger)->generation == 1)
            assert_told(fixture, [TOLD_ACCEPTED] = 1, [TOLD_UNREACHABLE] = 1, [TOLD_PENDING] = 1);
        else
            assert_told(fixture, [TOLD_ACCEPTED] = 1, [TOLD_PENDING] = 3);
        kills += done ? 0 : 1;
        assert_true(kills < 100);
    }
    assert_true(kills > 10);
    fixture_start(fixture, BOOT); /* settles c@x, which was on its way, as in doubt */
    assert_told(fixture, [TOLD_ACCEPTED] = 1, [TOLD_PENDING] = 2, [TOLD_IN_DOUBT] = 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nothing_tried),        cmocka_unit_test(test_told_stay_told),
        cmocka_unit_test(test_same_address_after_failure),
        cmocka_unit_test(test_removed),              cmocka_unit_test(test_back_again),
        cmocka_unit_test(test_stopped_by_plan),
        cmocka_unit_test(test_stopped_in_quarantine),      cmocka_unit_test(test_moved_audience),
        cmocka_unit_test(test_moved_beside_untried), cmocka_unit_test(test_further_audience),
        cmocka_unit_test(test_shared_mailbox),       cmocka_unit_test(test_same_plan),
        cmocka_unit_test(test_mended),               cmocka_unit_test(test_two_of_one_audience),
        cmocka_unit_test(test_replaced_gateway),               cmocka_unit_test(test_two_of_one_audience),
        cmocka_unit_test(test_becomes_duplicate),    cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_events_are_canonical), cmocka_unit_test(test_killed),
    };

    return FIXTURE_MAIN("planning again", tests);
}
