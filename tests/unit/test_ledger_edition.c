/* Editions: whoever was told before gets the update, whoever was not gets a first notice in the newest text, nobody both. */
#include "ledger_fixture.h"

#include <stdlib.h>
#include <string.h>

#define HOUR INT64_C(3600000)

#define PLAN(fixture, ...) fixture_plan((fixture), (const char *const[]){__VA_ARGS__, NULL})

/* Plans edition `edition` with a text of its own; audited. */
static LedgerPlanResult plan_edition(Fixture *fixture, int edition, const char *body, const char *const *people)
{
    LedgerPlanResult result;

    fixture->now += 1000;
    fixture->edition = edition;
    fixture->body = body;
    result = fixture_plan(fixture, people);
    fixture_counts(fixture); /* audited */
    fixture_start(fixture, BOOT);
    g_hash_table_remove_all(fixture->claims);
    return result;
}
#define EDITION(fixture, edition, body, ...)                                                                            \
    plan_edition((fixture), (edition), (body), (const char *const[]){__VA_ARGS__, NULL})

static void start(Fixture *fixture)
{
    fixture_start(fixture, BOOT);
    fixture_claim_all(fixture);
}

/* "edition kind body" of what was claimed for an endpoint. */
static char *claimed_text(Fixture *fixture, const char *endpoint)
{
    g_autofree char *sql = g_strdup_printf("SELECT edition || CASE is_update WHEN 1 THEN ' update ' ELSE ' first ' END || body"
                                           " FROM text WHERE no = %d",
                                           (int)fixture_claimed(fixture, endpoint)->text);
    g_autoptr(GPtrArray) column = fixture_column(fixture, sql);

    assert_int_equal(column->len, 1);
    return g_strdup(g_ptr_array_index(column, 0));
}

static void assert_text(Fixture *fixture, const char *endpoint, const char *expected)
{
    g_autofree char *text = claimed_text(fixture, endpoint);

    assert_string_equal(text, expected);
}

/* How many people of an edition are told what. */
static void assert_edition(Fixture *fixture, const char *edition, Told told, int64_t expected)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) tallies = ledger_tallies(fixture->ledger, LEDGER_BY_EDITION, &error);
    int64_t found = 0;

    assert_non_null(tallies);
    for (guint i = 0; i < tallies->len; i++) {
        const LedgerTally *tally = g_ptr_array_index(tallies, i);

        if (strcmp(tally->name, edition) == 0)
            found = tally->counts[told];
    }
    assert_int_equal(found, expected);
}

static int64_t number(Fixture *fixture, const char *sql)
{
    g_autoptr(GPtrArray) column = fixture_column(fixture, sql);

    assert_true(column->len > 0);
    return g_ascii_strtoll(g_ptr_array_index(column, 0), NULL, 10);
}

static void test_told_and_not(void **state)
{
    Fixture *fixture = *state;
    LedgerPlanResult result;

    PLAN(fixture, "told all=a@x", "deferred all=b@x", "failed all=c@x", "gone all=d@x", "delivered all=g@x");
    start(fixture);
    fixture_end(fixture, "a@x", EVENT_ACCEPTED);
    fixture_end(fixture, "b@x", EVENT_DEFERRED);
    fixture_end(fixture, "c@x", EVENT_FAILED);
    fixture_end(fixture, "d@x", EVENT_ACCEPTED);
    fixture_end(fixture, "g@x", EVENT_ACCEPTED);
    fixture_inbox(fixture, "g@x", 0, EVENT_DELIVERED);
    result = EDITION(fixture, 2, "two", "told all=a@x", "deferred all=b@x", "failed all=c@x", "new all=e@x",
                     "delivered all=g@x");
    assert_int_equal(result.edition_before, 1);
    assert_int_equal(result.updates, 2);
    assert_int_equal(result.first_notices, 2);
    assert_int_equal(result.added_people, 1);
    assert_int_equal(result.gone_people, 1);
    assert_int_equal(result.cancelled_messages, 1);
    assert_int_equal(result.new_texts, 2);
    assert_told(fixture, [TOLD_PENDING] = 4, [TOLD_ACCEPTED] = 1, [TOLD_UNREACHABLE] = 1);
    assert_edition(fixture, "1", TOLD_ACCEPTED, 2);
    assert_edition(fixture, "1", TOLD_DELIVERED, 1);
    assert_edition(fixture, "2", TOLD_PENDING, 4);
    assert_edition(fixture, "2", TOLD_UNREACHABLE, 1);
    assert_int_equal(fixture_claim_all(fixture), 4);
    assert_text(fixture, "a@x", "2 update two");
    assert_text(fixture, "g@x", "2 update two");
    assert_text(fixture, "b@x", "2 first two");
    assert_text(fixture, "e@x", "2 first two");
    fixture_end(fixture, "a@x", EVENT_ACCEPTED);
    fixture_end(fixture, "b@x", EVENT_ACCEPTED);
    fixture_end(fixture, "e@x", EVENT_FAILED);
    fixture_end(fixture, "g@x", EVENT_DEFERRED);
    assert_told(fixture, [TOLD_ACCEPTED] = 3, [TOLD_UNREACHABLE] = 2, [TOLD_PENDING] = 1);
    assert_edition(fixture, "2", TOLD_ACCEPTED, 2);
    fixture->now += HOUR; /* nothing of edition 1 is left */
    assert_int_equal(fixture_claim_all(fixture), 1);
    assert_text(fixture, "g@x", "2 update two");
}

static void test_same_edition_again(void **state)
{
    static const char *const people[] = {"p1 all=a@x", "p2 all=b@x", "p3 all=c@x", "p4 all=d@x", "p5 all=e@x,f@x", NULL};
    Fixture *fixture = *state;
    g_autoptr(GPtrArray) claims = NULL;
    LedgerCounts before, after;

    fixture_plan(fixture, people);
    start(fixture);
    fixture_end(fixture, "a@x", EVENT_ACCEPTED);
    fixture_end(fixture, "b@x", EVENT_ACCEPTED);
    fixture_end(fixture, "c@x", EVENT_DEFERRED);
    fixture_end(fixture, "d@x", EVENT_FAILED);
    fixture_end(fixture, "e@x", EVENT_ACCEPTED);
    fixture_end(fixture, "f@x", EVENT_DOUBTED);
    plan_edition(fixture, 2, "two", people);
    claims = fixture_claim(fixture, "relay", 3); /* a, b and c */
    fixture_end(fixture, "a@x", EVENT_ACCEPTED);
    fixture_end(fixture, "b@x", EVENT_DEFERRED);
    fixture_end(fixture, "c@x", EVENT_ACCEPTED);
    before = fixture_counts(fixture);
    for (int i = 0; i < 3; i++) {
        plan_edition(fixture, 2, "two", people);
        after = fixture_counts(fixture);
        assert_memory_equal(&before, &after, sizeof before);
    }
    fixture->now += HOUR;
    assert_int_equal(fixture_claim_all(fixture), 3); /* b again; e and f, for p5 */
    assert_text(fixture, "b@x", "2 update two");
    assert_text(fixture, "e@x", "2 update two");
    assert_text(fixture, "f@x", "2 update two");
}

static void test_newest_text(void **state)
{
    Fixture *fixture = *state;
    LedgerPlanResult result;

    PLAN(fixture, "p1 all=a@x", "p2 all=b@x", "p3 all=c@x", "p4 all=d@x", "p5 all=e@x");
    start(fixture);
    fixture_end(fixture, "a@x", EVENT_DEFERRED);
    fixture_end(fixture, "b@x", EVENT_FAILED);
    fixture_end(fixture, "c@x", EVENT_DOUBTED);
    fixture_end(fixture, "d@x", EVENT_ACCEPTED);
    fixture_end(fixture, "e@x", EVENT_ACCEPTED);
    fixture_inbox(fixture, "e@x", 0, EVENT_BOUNCED);
    result = EDITION(fixture, 1, "mended", "p1 all=a@x", "p2 all=b@x", "p3 all=c@x", "p4 all=d@x", "p5 all=e@x");
    assert_int_equal(result.renewed_messages, 3);
    fixture->now += HOUR;
    assert_int_equal(fixture_claim_all(fixture), 2);
    assert_text(fixture, "a@x", "1 first mended");
    assert_text(fixture, "c@x", "1 first {\"subject\":\"one\"}"); /* the one that may have arrived */
    assert_int_equal(number(fixture, "SELECT count(*) FROM message m JOIN text t ON t.no = m.text WHERE t.body = 'mended'"),
                     3);
}

static void test_doubt(void **state)
{
    Fixture *fixture = *state;
    LedgerPlanResult result;
    LedgerCounts counts;

    PLAN(fixture, "p1 all=a@x", "p2 all=b@x");
    start(fixture);
    fixture_end(fixture, "a@x", EVENT_DOUBTED);
    fixture_end(fixture, "b@x", EVENT_ACCEPTED);
    result = EDITION(fixture, 2, "two", "p1 all=a@x", "p2 all=b@x");
    assert_int_equal(result.replaced_doubts, 1);
    EDITION(fixture, 2, "two", "p1 all=a@x", "p2 all=b@x"); /* planning sends nothing, however often */
    counts = fixture_counts(fixture);
    assert_int_equal(counts.resent_in_doubt, 0);
    assert_int_equal(counts.messages[MESSAGE_CANCELLED], 1);
    assert_told(fixture, [TOLD_PENDING] = 2);
    assert_int_equal(number(fixture, "SELECT count(*) FROM message WHERE state = 9 AND flags & 2"), 1);
    assert_int_equal(number(fixture, "SELECT count(*) FROM event WHERE json_extract(body, '$.event') = 'cancelled' AND"
                                     " json_extract(body, '$.from') = 'in_doubt' AND json_extract(body, '$.reply') ="
                                     " 'superseded by edition 2'"),
                     1);
    assert_int_equal(fixture_claim_all(fixture), 2);
    assert_text(fixture, "a@x", "2 first two");
    assert_int_equal(fixture_counts(fixture).resent_in_doubt, 1);
    fixture_end(fixture, "a@x", EVENT_ACCEPTED);
    fixture_end(fixture, "b@x", EVENT_ACCEPTED);
    assert_told(fixture, [TOLD_ACCEPTED] = 2);
}

/* The doubt turns out to have been an acceptance, after the first notice of edition 2 was planned. */
static void test_late_acceptance(void **state)
{
    Fixture *fixture = *state;

    PLAN(fixture, "p1 all=a@x", "p2 all=b@x");
    start(fixture);
    fixture_end(fixture, "a@x", EVENT_DOUBTED);
    fixture_end(fixture, "b@x", EVENT_ACCEPTED);
    fixture->edition = 2;
    fixture->body = "two";
    PLAN(fixture, "p1 all=a@x", "p2 all=b@x");
    fixture_start(fixture, BOOT);
    fixture_end_attempt(fixture, "a@x", 1, EVENT_ACCEPTED);
    assert_told(fixture, [TOLD_PENDING] = 1, [TOLD_ACCEPTED] = 1);
    EDITION(fixture, 2, "two", "p1 all=a@x", "p2 all=b@x");
    assert_int_equal(fixture_claim_all(fixture), 2);
    assert_text(fixture, "a@x", "2 update two");
    fixture_end(fixture, "a@x", EVENT_ACCEPTED);
    fixture_end(fixture, "b@x", EVENT_ACCEPTED);
    assert_told(fixture, [TOLD_ACCEPTED] = 2);
}

static void test_second_endpoint(void **state)
{
    Fixture *fixture = *state;
    g_autoptr(GPtrArray) first = NULL;
    LedgerPlanResult result;

    PLAN(fixture, "p1 all=a@x,b@x,c@x", "p2 all=d@x");
    fixture_start(fixture, BOOT);
    first = fixture_claim(fixture, "relay", 2);
    fixture_end(fixture, "a@x", EVENT_ACCEPTED);
    fixture_end(fixture, "b@x", EVENT_DEFERRED);
    result = EDITION(fixture, 2, "two", "p1 all=a@x", "p2 all=d@x");
    assert_int_equal(result.cancelled_messages, 2); /* b and c: nobody is to get the old text */
    fixture->now += HOUR;
    assert_int_equal(fixture_claim_all(fixture), 2);
    assert_text(fixture, "a@x", "2 update two");
    assert_text(fixture, "d@x", "2 first two");
    fixture_end(fixture, "a@x", EVENT_ACCEPTED);
    fixture_end(fixture, "d@x", EVENT_ACCEPTED);
    assert_told(fixture, [TOLD_ACCEPTED] = 2);
}

static void test_subset(void **state)
{
    Fixture *fixture = *state;

    PLAN(fixture, "p1 all=a@x", "p2 all=b@x", "p3 all=c@x");
    start(fixture);
    fixture_end(fixture, "a@x", EVENT_ACCEPTED);
    fixture_end(fixture, "b@x", EVENT_ACCEPTED);
    fixture_end(fixture, "c@x", EVENT_DEFERRED);
    EDITION(fixture, 2, "two", "p1 all=a@x", "p2", "p3 all=c@x");
    assert_told(fixture, [TOLD_ACCEPTED] = 1, [TOLD_PENDING] = 2);
    assert_int_equal(fixture_claim_all(fixture), 2);
    fixture_end(fixture, "a@x", EVENT_DEFERRED);
    fixture_end(fixture, "c@x", EVENT_ACCEPTED);
    EDITION(fixture, 2, "two", "p1", "p2", "p3 all=c@x"); /* narrower: what was tried is taken back */
    assert_told(fixture, [TOLD_ACCEPTED] = 3);
    fixture->now += HOUR;
    assert_int_equal(fixture_claim_all(fixture), 0);
    EDITION(fixture, 2, "two", "p1 all=a@x", "p2 all=b@x", "p3 all=c@x"); /* and wider again */
    assert_told(fixture, [TOLD_ACCEPTED] = 1, [TOLD_PENDING] = 2);
    assert_int_equal(fixture_claim_all(fixture), 2);
    assert_text(fixture, "a@x", "2 update two");
    fixture_end(fixture, "a@x", EVENT_ACCEPTED);
    fixture_end(fixture, "b@x", EVENT_ACCEPTED);
    assert_told(fixture, [TOLD_ACCEPTED] = 3);
}

static void test_narrower_in_doubt(void **state)
{
    Fixture *fixture = *state;

    PLAN(fixture, "p1 all=a@x");
    start(fixture);
    fixture_end(fixture, "a@x", EVENT_ACCEPTED);
    EDITION(fixture, 2, "two", "p1 all=a@x");
    fixture_claim_all(fixture);
    fixture_end(fixture, "a@x", EVENT_DOUBTED);
    EDITION(fixture, 2, "two", "p1");
    assert_told(fixture, [TOLD_IN_DOUBT] = 1);
    assert_int_equal(fixture_counts(fixture).held, 1);
}

static void test_third_edition(void **state)
{
    Fixture *fixture = *state;
    LedgerPlanResult result;

    PLAN(fixture, "p1 all=a@x", "p2 all=b@x", "p3 all=c@x", "p4 all=d@x");
    start(fixture);
    fixture_end(fixture, "a@x", EVENT_ACCEPTED);
    fixture_end(fixture, "b@x", EVENT_ACCEPTED);
    fixture_end(fixture, "c@x", EVENT_ACCEPTED);
    fixture_end(fixture, "d@x", EVENT_DEFERRED);
    EDITION(fixture, 2, "two", "p1 all=a@x", "p2 all=b@x", "p3 all=c@x", "p4 all=d@x");
    g_ptr_array_unref(fixture_claim(fixture, "relay", 2));
    fixture_end(fixture, "a@x", EVENT_ACCEPTED);
    fixture_end(fixture, "b@x", EVENT_DEFERRED);
    result = EDITION(fixture, 3, "three", "p1 all=a@x", "p2 all=b@x", "p3 all=c@x", "p4 all=d@x");
    assert_int_equal(result.edition_before, 2);
    assert_int_equal(result.cancelled_messages, 1);
    assert_int_equal(result.updates, 3);
    assert_int_equal(result.first_notices, 1);
    fixture->now += HOUR;
    assert_int_equal(fixture_claim_all(fixture), 4); /* one each: nothing of editions 1 and 2 */
    assert_text(fixture, "a@x", "3 update three");
    assert_text(fixture, "b@x", "3 update three");
    assert_text(fixture, "c@x", "3 update three");
    assert_text(fixture, "d@x", "3 first three");
    fixture_end(fixture, "a@x", EVENT_ACCEPTED);
    fixture_end(fixture, "b@x", EVENT_ACCEPTED);
    fixture_end(fixture, "c@x", EVENT_ACCEPTED);
    fixture_end(fixture, "d@x", EVENT_ACCEPTED);
    assert_told(fixture, [TOLD_ACCEPTED] = 4);
    assert_edition(fixture, "1", TOLD_ACCEPTED, 3);
    assert_edition(fixture, "2", TOLD_ACCEPTED, 1);
    assert_edition(fixture, "3", TOLD_ACCEPTED, 4);
}

/* A first notice that came back is not told: the person gets a first notice of the new edition, at a new address only. */
static void test_bounced(void **state)
{
    Fixture *fixture = *state;

    PLAN(fixture, "p1 all=a@x", "p2 all=b@x");
    start(fixture);
    fixture_end(fixture, "a@x", EVENT_ACCEPTED);
    fixture_end(fixture, "b@x", EVENT_ACCEPTED);
    fixture_inbox(fixture, "a@x", 0, EVENT_BOUNCED);
    fixture_inbox(fixture, "b@x", 0, EVENT_BOUNCED);
    EDITION(fixture, 2, "two", "p1 all=a@x", "p2 all=b2@x");
    assert_told(fixture, [TOLD_UNREACHABLE] = 1, [TOLD_PENDING] = 1);
    assert_int_equal(fixture_claim_all(fixture), 1);
    assert_text(fixture, "b2@x", "2 first two");
}

/* It comes back after the update was planned, and after the update has failed: one duty, not two. */
static void test_bounced_late(void **state)
{
    Fixture *fixture = *state;

    PLAN(fixture, "p1 all=a@x", "p2 all=b@x");
    start(fixture);
    fixture_end(fixture, "a@x", EVENT_ACCEPTED);
    fixture_end(fixture, "b@x", EVENT_ACCEPTED);
    fixture->edition = 2;
    fixture->body = "two";
    PLAN(fixture, "p1 all=a2@x", "p2 all=b@x");
    fixture_start(fixture, BOOT);
    fixture_inbox(fixture, "a@x", 0, EVENT_BOUNCED);
    fixture_claim_all(fixture);
    fixture_end(fixture, "a2@x", EVENT_FAILED);
    fixture_end(fixture, "b@x", EVENT_ACCEPTED);
    EDITION(fixture, 3, "three", "p1 all=a3@x", "p2 all=b@x");
    assert_int_equal(fixture_claim_all(fixture), 2);
    assert_text(fixture, "a3@x", "3 first three");
    assert_text(fixture, "b@x", "3 update three");
    fixture_end(fixture, "a3@x", EVENT_ACCEPTED);
    fixture_end(fixture, "b@x", EVENT_ACCEPTED);
    assert_told(fixture, [TOLD_ACCEPTED] = 2);
}

static void test_withdrawal(void **state)
{
    Fixture *fixture = *state;
    g_autoptr(GPtrArray) reasons = NULL;

    PLAN(fixture, "p1 all=a@x", "p2 all=b@x", "p3 all=c@x", "p4 all=d@x");
    start(fixture);
    fixture_end(fixture, "a@x", EVENT_ACCEPTED);
    fixture_end(fixture, "b@x", EVENT_DEFERRED);
    fixture_end(fixture, "c@x", EVENT_DOUBTED);
    fixture_end(fixture, "d@x", EVENT_RETURNED);
    EDITION(fixture, 2, "sorry", "p1 all=a@x", "p2 all!withheld:withdrawn", "p3 all!withheld:withdrawn",
            "p4 all!withheld:withdrawn", "p5 all!withheld:withdrawn");
    assert_told(fixture, [TOLD_PENDING] = 1, [TOLD_WITHHELD] = 3, [TOLD_IN_DOUBT] = 1);
    assert_int_equal(fixture_counts(fixture).held, 1); /* whether p3 has to be told that it is withdrawn, nobody knows */
    reasons = ledger_reasons(fixture->ledger, NULL);
    assert_string_equal(((LedgerReason *)g_ptr_array_index(reasons, 0))->reason, "withdrawn");
    fixture->now += HOUR;
    assert_int_equal(fixture_claim_all(fixture), 1);
    assert_text(fixture, "a@x", "2 update sorry");
}

static void test_shared_mailbox(void **state)
{
    Fixture *fixture = *state;
    g_autoptr(GPtrArray) reasons = NULL;

    PLAN(fixture, "p1 all=a@x", "p2 all=a@x", "p3 all=c@x");
    start(fixture);
    fixture_end(fixture, "a@x", EVENT_ACCEPTED);
    fixture_end(fixture, "c@x", EVENT_ACCEPTED);
    /* p4 shares with p1 and p2, who get the update together; p5 shares with p3, who gets nothing new */
    EDITION(fixture, 2, "two", "p1 all=a@x", "p2 all=a@x", "p3", "p4 all=a@x", "p5 all=c@x");
    assert_told(fixture, [TOLD_PENDING] = 2, [TOLD_ACCEPTED] = 1, [TOLD_QUARANTINED] = 2);
    reasons = ledger_reasons(fixture->ledger, NULL);
    assert_non_null(strstr(((LedgerReason *)g_ptr_array_index(reasons, 0))->reason, "was tried before"));
    assert_int_equal(fixture_claim_all(fixture), 1);
    assert_text(fixture, "a@x", "2 update two");
    assert_int_equal(g_strv_length(fixture_claimed(fixture, "a@x")->people), 2);
    fixture_end(fixture, "a@x", EVENT_ACCEPTED);
    EDITION(fixture, 2, "two", "p1 all=a@x", "p2 all=a@x", "p3", "p4 all=d@x", "p5 all=e@x");
    assert_told(fixture, [TOLD_PENDING] = 2, [TOLD_ACCEPTED] = 3);
    assert_int_equal(fixture_claim_all(fixture), 2);
    assert_text(fixture, "d@x", "2 first two");
}

/* One of two who shared a message was told before by another address. */
static void test_shared_and_superseded(void **state)
{
    Fixture *fixture = *state;

    PLAN(fixture, "p1 all=s@x", "p2 all=s@x");
    start(fixture);
    fixture_end(fixture, "s@x", EVENT_DEFERRED);
    EDITION(fixture, 2, "two", "p1 all=s@x", "p2 all=b@x");
    fixture->now += HOUR;
    assert_int_equal(fixture_claim_all(fixture), 2);
    assert_text(fixture, "s@x", "2 first two");
    assert_text(fixture, "b@x", "2 first two");
    fixture_end(fixture, "s@x", EVENT_ACCEPTED);
    fixture_end(fixture, "b@x", EVENT_ACCEPTED);
    assert_told(fixture, [TOLD_ACCEPTED] = 2);
}

static void test_quarantined_and_unreachable(void **state)
{
    Fixture *fixture = *state;

    PLAN(fixture, "p1 all=a@x", "p2 all=b@x", "p3 all!unreachable:none", "p4 all=d@x");
    start(fixture);
    fixture_end(fixture, "a@x", EVENT_QUARANTINED);
    fixture_end(fixture, "b@x", EVENT_DEFERRED);
    fixture_end(fixture, "d@x", EVENT_ACCEPTED);
    EDITION(fixture, 2, "two", "p1 all=a@x", "p2 all!unreachable:no-address", "p3 all=c@x", "p4 all!unreachable:no-address");
    assert_told(fixture, [TOLD_PENDING] = 2, [TOLD_UNREACHABLE] = 2);
    assert_int_equal(fixture_claim_all(fixture), 2);
    assert_text(fixture, "a@x", "2 first two");
    assert_text(fixture, "c@x", "2 first two");
}

static void test_other_audience(void **state)
{
    Fixture *fixture = *state;

    PLAN(fixture, "p1 all=a@x staff=s@x", "p2 all=b@x");
    start(fixture);
    fixture_end(fixture, "a@x", EVENT_ACCEPTED);
    fixture_end(fixture, "s@x", EVENT_DEFERRED);
    fixture_end(fixture, "b@x", EVENT_DEFERRED);
    EDITION(fixture, 2, "two", "p1 all=a@x vip=s@x", "p2 vip=b@x");
    fixture->now += HOUR;
    assert_int_equal(fixture_claim_all(fixture), 3);
    assert_text(fixture, "a@x", "2 update two");
    assert_text(fixture, "s@x", "2 first two");
    assert_text(fixture, "b@x", "2 first two");
    fixture_end(fixture, "a@x", EVENT_ACCEPTED);
    fixture_end(fixture, "s@x", EVENT_ACCEPTED);
    fixture_end(fixture, "b@x", EVENT_ACCEPTED);
    assert_told(fixture, [TOLD_ACCEPTED] = 2);
}

static void test_gone_and_back(void **state)
{
    Fixture *fixture = *state;

    PLAN(fixture, "p1 all=a@x", "p2 all=b@x", "p3 all=c@x");
    start(fixture);
    fixture_end(fixture, "a@x", EVENT_ACCEPTED);
    fixture_end(fixture, "b@x", EVENT_DEFERRED);
    fixture_end(fixture, "c@x", EVENT_ACCEPTED);
    EDITION(fixture, 2, "two", "p3 all=c@x");
    assert_told(fixture, [TOLD_ACCEPTED] = 1, [TOLD_WITHHELD] = 1, [TOLD_PENDING] = 1);
    EDITION(fixture, 2, "two", "p1 all=a@x", "p2 all=b@x", "p3 all=c@x");
    assert_int_equal(fixture_claim_all(fixture), 3);
    assert_text(fixture, "a@x", "2 update two");
    assert_text(fixture, "b@x", "2 first two");
    assert_text(fixture, "c@x", "2 update two");
}

static void test_lower_edition(void **state)
{
    Fixture *fixture = *state;
    g_autoptr(GError) error = NULL;

    fixture->edition = 2;
    PLAN(fixture, "p1 all=a@x");
    fixture_close(fixture);
    assert_null(ledger_plan_begin(fixture->backend, fixture->folder, 1, &error));
    assert_non_null(error);
    assert_non_null(strstr(error->message, "edition: 2"));
}

static void test_first_told(void **state)
{
    Fixture *fixture = *state;
    int64_t at = 0;

    PLAN(fixture, "p1 all=a@x", "p2 all=b@x");
    start(fixture);
    assert_true(ledger_first_told(fixture->ledger, &at, NULL));
    assert_int_equal(at, -1);
    fixture_end(fixture, "a@x", EVENT_DEFERRED);
    fixture->now += 5000;
    fixture_end(fixture, "b@x", EVENT_ACCEPTED);
    fixture->now += HOUR;
    fixture_claim_all(fixture);
    fixture_end(fixture, "a@x", EVENT_ACCEPTED);
    assert_true(ledger_first_told(fixture->ledger, &at, NULL));
    assert_int_equal(at, fixture->now - HOUR);
}

/* A look-up may find that what was in doubt has arrived: nothing ever said that it was accepted. */
static void test_first_found(void **state)
{
    Fixture *fixture = *state;
    int64_t at = 0;

    PLAN(fixture, "p1 all=a@x");
    start(fixture);
    fixture_end(fixture, "a@x", EVENT_DOUBTED);
    assert_true(ledger_first_told(fixture->ledger, &at, NULL));
    assert_int_equal(at, -1);
    fixture->now += HOUR;
    fixture_end(fixture, "a@x", EVENT_DELIVERED);
    assert_told(fixture, [TOLD_DELIVERED] = 1);
    assert_true(ledger_first_told(fixture->ledger, &at, NULL));
    assert_int_equal(at, fixture->now);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_told_and_not),          cmocka_unit_test(test_same_edition_again),
        cmocka_unit_test(test_newest_text),           cmocka_unit_test(test_doubt),
        cmocka_unit_test(test_late_acceptance),       cmocka_unit_test(test_second_endpoint),
        cmocka_unit_test(test_subset),                cmocka_unit_test(test_narrower_in_doubt),
        cmocka_unit_test(test_third_edition),         cmocka_unit_test(test_bounced),
        cmocka_unit_test(test_bounced_late),          cmocka_unit_test(test_withdrawal),
        cmocka_unit_test(test_shared_mailbox),        cmocka_unit_test(test_shared_and_superseded),
        cmocka_unit_test(test_quarantined_and_unreachable), cmocka_unit_test(test_other_audience),
        cmocka_unit_test(test_gone_and_back),         cmocka_unit_test(test_lower_edition),
        cmocka_unit_test(test_first_told),            cmocka_unit_test(test_first_found),
    };

    return FIXTURE_MAIN("editions", tests);
}
