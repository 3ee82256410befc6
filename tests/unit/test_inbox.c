/* The inbox: what other processes append, and what the holder of the lock makes of it. */
#include "ledger_fixture.h"

#include <pthread.h>
#include <string.h>

#include "base/error.h"

#define HOUR INT64_C(3600000)

static void start(Fixture *fixture, const char *const *people)
{
    fixture_plan(fixture, people);
    fixture_start(fixture, BOOT);
}

static void test_receipts(void **state)
{
    Fixture *fixture = *state;

    start(fixture, (const char *const[]){"p1 all=a@x", "p2 all=b@x", NULL});
    fixture_claim_all(fixture);
    fixture_end(fixture, "a@x", EVENT_ACCEPTED);
    fixture_inbox(fixture, "a@x", 0, EVENT_DELIVERED);
    assert_told(fixture, [TOLD_DELIVERED] = 1, [TOLD_PENDING] = 1);
    fixture_inbox(fixture, "a@x", 1, EVENT_BOUNCED);
    assert_told(fixture, [TOLD_UNREACHABLE] = 1, [TOLD_PENDING] = 1);
    fixture_inbox(fixture, "b@x", 0, EVENT_DELIVERED); /* the receipt is faster than the reply */
    assert_told(fixture, [TOLD_UNREACHABLE] = 1, [TOLD_DELIVERED] = 1);
    fixture_end(fixture, "b@x", EVENT_ACCEPTED);
    assert_told(fixture, [TOLD_UNREACHABLE] = 1, [TOLD_DELIVERED] = 1);
    assert_int_equal(fixture_counts(fixture).twice, 0);
}

static char *last_event(Fixture *fixture)
{
    g_autoptr(GPtrArray) events = fixture_column(fixture, "SELECT body FROM event ORDER BY no DESC LIMIT 1");

    return g_strdup(g_ptr_array_index(events, 0));
}

static void assert_refused(Fixture *fixture, const char *why)
{
    g_autofree char *event = last_event(fixture);

    if (!strstr(event, "\"event\":\"inbox_refused\"") || !strstr(event, why))
        fail_msg("%s", event);
}

static void test_inbox_refuses(void **state)
{
    static const MessageEvent not_theirs[] = {EVENT_CLAIMED, EVENT_RETURNED, EVENT_DOUBTED,    EVENT_DEFERRED,
                                              EVENT_FAILED,  EVENT_RELEASED, EVENT_QUARANTINED};
    Fixture *fixture = *state;
    g_autoptr(GError) error = NULL;
    int applied;

    start(fixture, (const char *const[]){"p1 all=a@x", "p2 all=b@x", NULL});
    fixture_claim_all(fixture);
    for (size_t i = 0; i < G_N_ELEMENTS(not_theirs); i++) { /* it is on its way: only receipts count */
        fixture_inbox(fixture, "a@x", 0, not_theirs[i]);
        assert_refused(fixture, "attempting");
    }
    fixture_inbox(fixture, "a@x", 9, EVENT_DELIVERED);
    assert_refused(fixture, "no such attempt");
    fixture_end(fixture, "a@x", EVENT_ACCEPTED);
    fixture_inbox(fixture, "a@x", 0, EVENT_RELEASED);
    assert_refused(fixture, "\"why\":\"accepted\"");
    assert_int_equal(fixture_raw(fixture, "INSERT INTO inbox(at, body) VALUES (1, 'not json'), (2, '{\"event\":1}'),"
                                          " (3, '{\"event\":\"bounced\",\"message\":\"nobody\",\"reply\":\"\"}')"),
                     0);
    assert_true(ledger_begin(fixture->ledger, &error));
    assert_true(inbox_apply(fixture->ledger, 2, fixture->now, &applied, &error));
    assert_true(ledger_commit(fixture->ledger, &error));
    assert_int_equal(applied, 2);
    assert_refused(fixture, "not complete");
    assert_true(ledger_begin(fixture->ledger, &error));
    assert_true(inbox_apply(fixture->ledger, 10, fixture->now, &applied, &error));
    assert_true(ledger_commit(fixture->ledger, &error));
    assert_int_equal(applied, 1);
    assert_refused(fixture, "no such message");
    assert_told(fixture, [TOLD_ACCEPTED] = 1, [TOLD_PENDING] = 1);
}

/* A stale bounce must not take the due time away: nobody would ever be tried again. */
static void test_due_survives(void **state)
{
    Fixture *fixture = *state;

    start(fixture, (const char *const[]){"p1 all=a@x", "p2 all=b@x", NULL});
    fixture_claim_all(fixture);
    fixture_end(fixture, "b@x", EVENT_DEFERRED);
    fixture_inbox(fixture, "b@x", 1, EVENT_RETURNED);
    assert_int_equal(fixture_claim_all(fixture), 0); /* it still waits for its hour */
    fixture_end(fixture, "a@x", EVENT_RETURNED);
    fixture_inbox(fixture, "a@x", 1, EVENT_BOUNCED);
    fixture_inbox(fixture, "a@x", 1, EVENT_DOUBTED);
    assert_int_equal(fixture_state(fixture, "a@x"), MESSAGE_PLANNED);
    fixture->now += HOUR;
    assert_int_equal(fixture_claim_all(fixture), 2);
}

static void test_inbox_settles_doubts(void **state)
{
    Fixture *fixture = *state;

    start(fixture, (const char *const[]){"p1 all=a@x", "p2 all=b@x", "p3 all=c@x", NULL});
    fixture_claim_all(fixture);
    fixture_end(fixture, "a@x", EVENT_DOUBTED);
    fixture_inbox(fixture, "a@x", 0, EVENT_ACCEPTED);
    assert_int_equal(fixture_state(fixture, "a@x"), MESSAGE_ACCEPTED);
    fixture_end(fixture, "b@x", EVENT_FAILED);
    fixture_end(fixture, "c@x", EVENT_DOUBTED);
    fixture->now += HOUR;
    fixture_claim_all(fixture);
    fixture_end(fixture, "c@x", EVENT_FAILED);
    fixture_inbox(fixture, "c@x", 1, EVENT_DELIVERED); /* the first attempt had arrived after all */
    assert_int_equal(fixture_state(fixture, "c@x"), MESSAGE_DELIVERED);
    assert_int_equal(fixture_counts(fixture).twice, 0);
    assert_told(fixture, [TOLD_ACCEPTED] = 1, [TOLD_UNREACHABLE] = 1, [TOLD_DELIVERED] = 1);
}

static void test_inbox_waits(void **state)
{
    Fixture *fixture = *state;
    InboxEntry entry = {.event = EVENT_WITHHELD, .reply = "on request"};
    g_autoptr(GError) error = NULL;
    int applied = 0;
    Ledger *other;

    start(fixture, (const char *const[]){"p1 all=a@x", NULL});
    fixture_claim_all(fixture);
    fixture_end(fixture, "a@x", EVENT_DEFERRED);
    entry.message = fixture_claimed(fixture, "a@x")->id;
    other = ledger_open(fixture->backend, fixture->folder, &error);
    assert_true(ledger_begin(fixture->ledger, &error));
    assert_true(ledger_note(fixture->ledger, "tested", fixture->now, NULL, &error));
    assert_false(inbox_append(fixture->ledger, &entry, fixture->now, &error)); /* not inside a batch */
    g_clear_error(&error);
    assert_true(ledger_commit(fixture->ledger, &error));
    assert_true(inbox_append(other, &entry, fixture->now, &error));
    ledger_close(other);
    fixture_open(fixture); /* durable: whoever opens it next applies it */
    assert_true(ledger_begin(fixture->ledger, &error));
    assert_true(inbox_apply(fixture->ledger, 10, fixture->now, &applied, &error));
    assert_true(ledger_commit(fixture->ledger, &error));
    assert_int_equal(applied, 1);
    assert_told(fixture, [TOLD_WITHHELD] = 1);
}

static void *append_beside(void *data)
{
    Fixture *fixture = data;
    const InboxEntry entry = {
        .event = EVENT_DELIVERED, .message = fixture_claimed(fixture, "a@x")->id, .reply = "from another handle"};
    Ledger *other = ledger_open(fixture->backend, fixture->folder, NULL);
    bool appended = other && inbox_append(other, &entry, fixture->now, NULL);

    ledger_close(other);
    return appended ? fixture : NULL;
}

static void test_inbox_beside_a_batch(void **state)
{
    Fixture *fixture = *state;
    g_autoptr(GError) error = NULL;
    void *appended = NULL;
    pthread_t thread;
    int applied;

    start(fixture, (const char *const[]){"p1 all=a@x", NULL});
    fixture_claim_all(fixture);
    assert_true(ledger_begin(fixture->ledger, &error));
    assert_true(ledger_note(fixture->ledger, "tested", fixture->now, NULL, &error));
    assert_int_equal(pthread_create(&thread, NULL, append_beside, fixture), 0);
    g_usleep(50000); /* the other handle is waiting now, or will find the batch closed: either way it must succeed */
    assert_true(ledger_commit(fixture->ledger, &error));
    pthread_join(thread, &appended);
    assert_ptr_equal(appended, fixture);
    assert_true(ledger_begin(fixture->ledger, &error));
    assert_true(inbox_apply(fixture->ledger, 10, fixture->now, &applied, &error));
    assert_true(ledger_commit(fixture->ledger, &error));
    assert_int_equal(applied, 1);
    assert_told(fixture, [TOLD_DELIVERED] = 1);
}

static void test_not_utf8(void **state)
{
    Fixture *fixture = *state;
    InboxEntry entry = {.event = EVENT_DELIVERED, .reply = "\xff"};
    g_autoptr(GError) error = NULL;

    start(fixture, (const char *const[]){"p1 all=a@x", NULL});
    fixture_claim_all(fixture);
    entry.message = fixture_claimed(fixture, "a@x")->id;
    assert_false(inbox_append(fixture->ledger, &entry, fixture->now, &error));
    assert_true(g_error_matches(error, BREACH_ERROR, BREACH_ERROR_INPUT));
}

static void assert_events(Fixture *fixture, const char *event, const char *count)
{
    g_autofree char *query =
        g_strdup_printf("SELECT count(*) FROM event WHERE json_extract(body, '$.event') = '%s'", event);
    g_autoptr(GPtrArray) counted = fixture_column(fixture, query);

    assert_string_equal(g_ptr_array_index(counted, 0), count);
}

static void refuse_us(Fixture *fixture)
{
    fixture_inbox_entry(
        fixture, "a@x",
        (InboxEntry){.event = EVENT_BOUNCED, .code = 554, .reply = "5.7.1 blocked", .reason = "blocked"});
}

/* A block of us is no dead address: it is tried again, later each time; in the end it stays back. */
static void test_refused_us(void **state)
{
    static const int hours[] = {1, 4, 12, 24};
    Fixture *fixture = *state;
    g_autofree char *event = NULL;
    LedgerReturned returned;

    start(fixture, (const char *const[]){"p1 all=a@x", NULL});
    for (size_t i = 0; i < G_N_ELEMENTS(hours); i++) {
        assert_int_equal(fixture_claim_all(fixture), 1);
        fixture_end(fixture, "a@x", EVENT_ACCEPTED);
        refuse_us(fixture);
        assert_told(fixture, [TOLD_PENDING] = 1);
        fixture->now += hours[i] * HOUR - 1;
        assert_int_equal(fixture_claim_all(fixture), 0);
        fixture->now += 1;
    }
    assert_int_equal(fixture_claim_all(fixture), 1);
    fixture_end(fixture, "a@x", EVENT_ACCEPTED);
    refuse_us(fixture);
    assert_told(fixture, [TOLD_UNREACHABLE] = 1);
    event = last_event(fixture);
    assert_non_null(strstr(event, "{\"about_us\":true,\"at\":"));
    assert_non_null(strstr(event, "\"reason\":\"blocked\",\"reply\":"));
    assert_true(ledger_returned(fixture->ledger, &returned, NULL));
    assert_int_equal(returned.reasons[BOUNCE_BLOCKED], 5);
    assert_int_equal(fixture_counts(fixture).resent_in_doubt, 0);
    assert_int_equal(fixture_counts(fixture).twice, 0);
    assert_true(ledger_audit(fixture->ledger, NULL));
}

/* The mail may be faster than the reply: then it waits for it, or the reply would have the last word. */
static void test_refused_us_early(void **state)
{
    Fixture *fixture = *state;
    g_autoptr(GError) error = NULL;
    InboxEntry entry = {.event = EVENT_BOUNCED, .reply = "5.7.1 blocked", .reason = "blocked"};
    int applied = 0;

    start(fixture, (const char *const[]){"p1 all=a@x", NULL});
    fixture_claim_all(fixture);
    entry.message = fixture_claimed(fixture, "a@x")->id;
    assert_true(inbox_append(fixture->ledger, &entry, fixture->now, &error));
    for (int i = 0; i < 2; i++) {
        assert_true(ledger_begin(fixture->ledger, &error));
        assert_true(inbox_apply(fixture->ledger, 10, fixture->now, &applied, &error));
        assert_true(ledger_commit(fixture->ledger, &error));
        assert_int_equal(applied, i);
        fixture->now += 1000;
        if (i == 0)
            fixture_end(fixture, "a@x", EVENT_ACCEPTED);
    }
    assert_int_equal(fixture_state(fixture, "a@x"), MESSAGE_PLANNED);
    assert_told(fixture, [TOLD_PENDING] = 1);
}

/* Whoever was withheld meanwhile is not written to again for that. */
static void test_refused_us_withheld(void **state)
{
    Fixture *fixture = *state;
    g_autoptr(GError) error = NULL;
    const InboxEntry decision = {.event = EVENT_WITHHELD, .person = "p1", .reply = "on request", .by = "li@soc"};
    int applied = 0;

    start(fixture, (const char *const[]){"p1 all=a@x", NULL});
    fixture_claim_all(fixture);
    fixture_end(fixture, "a@x", EVENT_ACCEPTED);
    assert_true(inbox_append(fixture->ledger, &decision, fixture->now, &error));
    assert_true(ledger_begin(fixture->ledger, &error));
    assert_true(inbox_apply(fixture->ledger, 10, fixture->now, &applied, &error));
    assert_true(ledger_commit(fixture->ledger, &error));
    refuse_us(fixture);
    assert_int_equal(fixture_state(fixture, "a@x"), MESSAGE_BOUNCED);
    fixture->now += 48 * HOUR;
    assert_int_equal(fixture_claim_all(fixture), 0);
}

/* What the address is to blame for is no refusal of us. The same receipt again is no second event; a mail is. */
static void test_told_twice(void **state)
{
    Fixture *fixture = *state;
    const InboxEntry full = {.event = EVENT_BOUNCED, .reply = "5.2.2", .reason = "mailbox-full", .evidence = "00"};
    LedgerReturned returned;

    start(fixture, (const char *const[]){"p1 all=a@x", "p2 all=b@x", NULL});
    fixture_claim_all(fixture);
    fixture_end(fixture, "a@x", EVENT_ACCEPTED);
    fixture_end(fixture, "b@x", EVENT_ACCEPTED);
    for (int i = 0; i < 2; i++) {
        fixture_inbox(fixture, "a@x", 1, EVENT_DELIVERED);
        fixture_inbox_entry(fixture, "b@x", full);
        fixture_inbox_entry(fixture, "a@x", (InboxEntry){.mail = "complaint", .reply = "spam"});
        fixture_inbox_entry(fixture, "a@x", (InboxEntry){.mail = "auto-reply", .reply = "away"});
    }
    assert_told(fixture, [TOLD_DELIVERED] = 1, [TOLD_UNREACHABLE] = 1);
    assert_events(fixture, "delivered", "1");
    assert_events(fixture, "bounced", "2");
    assert_true(ledger_returned(fixture->ledger, &returned, NULL));
    assert_int_equal(returned.reasons[BOUNCE_FULL], 1);
    assert_int_equal(returned.mails[LEDGER_MAIL_COMPLAINT], 2);
    assert_int_equal(returned.mails[LEDGER_MAIL_ANSWER], 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_receipts),
        cmocka_unit_test(test_inbox_refuses),
        cmocka_unit_test(test_due_survives),
        cmocka_unit_test(test_inbox_settles_doubts),
        cmocka_unit_test(test_inbox_waits),
        cmocka_unit_test(test_inbox_beside_a_batch),
        cmocka_unit_test(test_not_utf8),
        cmocka_unit_test(test_refused_us),
        cmocka_unit_test(test_refused_us_early),
        cmocka_unit_test(test_refused_us_withheld),
        cmocka_unit_test(test_told_twice),
    };

    return FIXTURE_MAIN("inbox", tests);
}
