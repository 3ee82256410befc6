/* Dispatching on a ledger: claims, outcomes, counters and notes, and what is refused. */
#include "ledger_fixture.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"

#define HOUR INT64_C(3600000)

static void start(Fixture *fixture, const char *const *people)
{
    fixture_plan(fixture, people);
    fixture_start(fixture, BOOT);
}

/* Opening ------------------------------------------------------------------------------------------------------- */

static void test_nothing_there(void **state)
{
    Fixture *fixture = *state;
    g_autoptr(GError) error = NULL;

    assert_false(ledger_exists(fixture->backend, fixture->folder));
    assert_null(ledger_open(fixture->backend, fixture->folder, &error));
    assert_true(g_error_matches(error, BREACH_ERROR, BREACH_ERROR_INPUT));
    assert_non_null(strstr(error->message, "breach plan"));
}

static void refuse_to_open(Fixture *fixture, const char *sql, const char *expected)
{
    g_autoptr(GError) error = NULL;

    fixture_close(fixture);
    assert_int_equal(fixture_raw(fixture, sql), 0);
    assert_null(ledger_open(fixture->backend, fixture->folder, &error));
    assert_true(g_error_matches(error, BREACH_ERROR, BREACH_ERROR_INPUT));
    if (!strstr(error->message, expected))
        fail_msg("\"%s\" does not say \"%s\"", error->message, expected);
}

static void test_refused(void **state)
{
    Fixture *fixture = *state;

    fixture_plan(fixture, (const char *const[]){"p1 all=a@x", NULL});
    refuse_to_open(fixture, "PRAGMA user_version = 99", "version 99");
    refuse_to_open(fixture, "PRAGMA user_version = 3; UPDATE header SET value = 'real' WHERE key = 'status'", "status");
    refuse_to_open(fixture, "UPDATE header SET value = 'actual' WHERE key = 'status';"
                            "UPDATE header SET value = 'zz' WHERE key = 'secret'", "secret");
    refuse_to_open(fixture, "DELETE FROM header WHERE key = 'digest'", "digest");
    refuse_to_open(fixture, "PRAGMA application_id = 7", "not a ledger");
}

static void test_no_database(void **state)
{
    Fixture *fixture = *state;
    g_autofree char *path = NULL;
    g_autofree char *noise = g_strnfill(8192, 'x');
    g_autoptr(GError) error = NULL;

    fixture_plan(fixture, (const char *const[]){"p1 all=a@x", NULL});
    fixture_close(fixture);
    path = g_build_filename(fixture->folder, "ledger.db", NULL);
    assert_true(g_file_set_contents(path, noise, -1, NULL));
    assert_null(ledger_open(fixture->backend, fixture->folder, &error));
    assert_true(g_error_matches(error, BREACH_ERROR, BREACH_ERROR_INPUT));
}

static void test_header(void **state)
{
    Fixture *fixture = *state;
    const LedgerHeader *header;

    fixture_plan(fixture, (const char *const[]){"p1 all=a@x", "p2 all=b@x", NULL});
    header = ledger_header(fixture->ledger);
    assert_string_equal(header->incident, "acme-2026");
    assert_int_equal(header->status, INCIDENT_ACTUAL);
    assert_int_equal(header->edition, 1);
    assert_int_equal(header->people, 2);
    assert_int_equal(header->generation, 1);
    assert_int_equal(header->planned_at, fixture->now);
    assert_string_equal(header->path, fixture->folder);
    assert_string_equal(header->host, g_get_host_name());
    assert_int_equal(strlen(header->digest), 64);
    assert_true(ledger_exists(fixture->backend, fixture->folder));
}

static void test_texts(void **state)
{
    Fixture *fixture = *state;
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) texts = NULL;
    g_autofree char *body = NULL;
    const LedgerTextInfo *info;

    fixture_plan(fixture, (const char *const[]){"p1 all=a@x", "p2 all=b@x,+49", NULL});
    texts = ledger_texts(fixture->ledger, &error);
    assert_int_equal(texts->len, 2);
    info = g_ptr_array_index(texts, 0);
    assert_string_equal(info->audience, "all");
    assert_string_equal(info->channel, "email");
    assert_string_equal(info->locale, "en");
    assert_int_equal(info->messages, 2);
    body = ledger_text(fixture->ledger, info->no, &error);
    assert_string_equal(body, fixture->body);
    assert_null(ledger_text(fixture->ledger, 99, &error));
    assert_true(g_error_matches(error, BREACH_ERROR, BREACH_ERROR_INTERNAL));
    g_clear_error(&error);
    assert_int_equal(ledger_gateway(fixture->ledger, "pigeon", &error), 0);
    assert_null(error);
}

/* Claims -------------------------------------------------------------------------------------------------------- */

static void test_claims(void **state)
{
    Fixture *fixture = *state;
    g_autoptr(GPtrArray) first = NULL;
    g_autoptr(GPtrArray) second = NULL;
    g_autoptr(GPtrArray) third = NULL;
    const LedgerClaim *claim;
    LedgerCounts counts;

    start(fixture, (const char *const[]){"p1 all=a@x", "p2 all=b@x", "p3 all=c@x", "p4 all=+49", NULL});
    first = fixture_claim(fixture, "relay", 2);
    assert_int_equal(first->len, 2);
    claim = g_ptr_array_index(first, 0);
    assert_string_equal(claim->endpoint, "a@x");
    assert_int_equal(claim->attempt, 1);
    assert_false(claim->was_in_doubt);
    assert_true(id_is_message(claim->id));
    assert_string_equal(claim->people[0], "{\"id\":\"p1\"}");
    assert_null(claim->people[1]);
    claim = g_ptr_array_index(first, 1);
    assert_string_equal(claim->endpoint, "b@x");
    counts = fixture_counts(fixture);
    assert_int_equal(counts.messages[MESSAGE_ATTEMPTING], 2);
    assert_int_equal(counts.messages[MESSAGE_PLANNED], 2);
    assert_int_equal(counts.open, 2);
    second = fixture_claim(fixture, "relay", 10);
    assert_int_equal(second->len, 1);
    third = fixture_claim(fixture, "relay", 10);
    assert_int_equal(third->len, 0);
    assert_int_equal(fixture_history(fixture, "a@x").first_at, fixture->now);
}

static void test_due(void **state)
{
    Fixture *fixture = *state;
    g_autoptr(GPtrArray) early = NULL;
    g_autoptr(GPtrArray) late = NULL;
    g_autoptr(GError) error = NULL;
    int64_t gateway, due;

    start(fixture, (const char *const[]){"p1 all=a@x", "p2 all=b@x", NULL});
    gateway = ledger_gateway(fixture->ledger, "relay", &error);
    assert_true(queue_next_due(fixture->ledger, gateway, QUEUE_ANY, &due, &error));
    assert_int_equal(due, 0);
    fixture_claim_all(fixture);
    assert_true(queue_next_due(fixture->ledger, gateway, QUEUE_ANY, &due, &error));
    assert_true(due == INT64_MAX);
    assert_true(fixture_counts(fixture).due_first == INT64_MAX);
    fixture_end(fixture, "b@x", EVENT_DEFERRED);
    fixture->now += 10;
    fixture_end(fixture, "a@x", EVENT_DEFERRED);
    assert_true(queue_next_due(fixture->ledger, gateway, QUEUE_ANY, &due, &error));
    assert_int_equal(due, fixture->now - 10 + HOUR);
    assert_int_equal(fixture_counts(fixture).due_first, due);
    assert_true(queue_next_due(fixture->ledger, ledger_gateway(fixture->ledger, "sms", &error), QUEUE_ANY, &due, &error));
    assert_true(due == INT64_MAX);
    fixture->now += HOUR - 11;
    early = fixture_claim(fixture, "relay", 10);
    assert_int_equal(early->len, 0);
    fixture->now += 20;
    late = fixture_claim(fixture, "relay", 10);
    assert_int_equal(late->len, 2);
    assert_string_equal(((LedgerClaim *)g_ptr_array_index(late, 0))->endpoint, "b@x"); /* it was due first */
    assert_int_equal(((LedgerClaim *)g_ptr_array_index(late, 0))->attempt, 2);
}

static void test_claim_needs_a_run(void **state)
{
    Fixture *fixture = *state;
    g_autoptr(GPtrArray) claims = g_ptr_array_new();
    g_autoptr(GError) error = NULL;

    fixture_plan(fixture, (const char *const[]){"p1 all=a@x", NULL});
    assert_true(ledger_begin(fixture->ledger, &error));
    assert_false(fixture_claim_main(fixture->ledger, 1, fixture->now, 1, claims, &error));
    assert_true(g_error_matches(error, BREACH_ERROR, BREACH_ERROR_INTERNAL));
    ledger_rollback(fixture->ledger);
    assert_int_equal(fixture_counts(fixture).messages[MESSAGE_PLANNED], 1);
}

static void test_rollback(void **state)
{
    Fixture *fixture = *state;
    g_autoptr(GPtrArray) claims = g_ptr_array_new_with_free_func((GDestroyNotify)(void (*)(void))ledger_claim_free);
    g_autoptr(GError) error = NULL;

    start(fixture, (const char *const[]){"p1 all=a@x", "p2 all=b@x", NULL});
    assert_true(ledger_begin(fixture->ledger, &error));
    assert_false(ledger_begin(fixture->ledger, &error)); /* one batch at a time, and the open one is unharmed */
    g_clear_error(&error);
    assert_true(fixture_claim_main(fixture->ledger, 1, fixture->now, 2, claims, &error));
    ledger_rollback(fixture->ledger);
    assert_told(fixture, [TOLD_PENDING] = 2);
    assert_int_equal(fixture_counts(fixture).messages[MESSAGE_PLANNED], 2);
    assert_int_equal(fixture_claim_all(fixture), 2);
    assert_int_equal(fixture_claimed(fixture, "a@x")->attempt, 1);
}

static void test_end_run(void **state)
{
    Fixture *fixture = *state;
    g_autoptr(GError) error = NULL;

    start(fixture, (const char *const[]){"p1 all=a@x", NULL});
    fixture_claim_all(fixture);
    assert_false(ledger_end_run(fixture->ledger, fixture->now, &error));
    g_clear_error(&error);
    fixture_end(fixture, "a@x", EVENT_ACCEPTED);
    assert_true(ledger_end_run(fixture->ledger, fixture->now, &error));
    assert_null(error);
}

/* Outcomes ------------------------------------------------------------------------------------------------------ */

static void test_outcomes(void **state)
{
    static const struct {
        MessageEvent event;
        MessageState to;
        Told told;
    } rows[] = {
        {EVENT_RETURNED, MESSAGE_PLANNED, TOLD_PENDING},   {EVENT_ACCEPTED, MESSAGE_ACCEPTED, TOLD_ACCEPTED},
        {EVENT_DEFERRED, MESSAGE_DEFERRED, TOLD_PENDING},  {EVENT_FAILED, MESSAGE_FAILED, TOLD_UNREACHABLE},
        {EVENT_DOUBTED, MESSAGE_IN_DOUBT, TOLD_IN_DOUBT},  {EVENT_QUARANTINED, MESSAGE_QUARANTINED, TOLD_QUARANTINED},
    };
    Fixture *fixture = *state;

    start(fixture, (const char *const[]){"p0 all=0@x", "p1 all=1@x", "p2 all=2@x", "p3 all=3@x", "p4 all=4@x",
                                         "p5 all=5@x", NULL});
    fixture_claim_all(fixture);
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        char endpoint[] = {(char)('0' + i), '@', 'x', '\0'};
        LedgerCounts before = fixture_counts(fixture);
        LedgerCounts after;

        fixture_end(fixture, endpoint, rows[i].event);
        assert_int_equal(fixture_state(fixture, endpoint), rows[i].to);
        after = fixture_counts(fixture);
        assert_int_equal(after.messages[rows[i].to], before.messages[rows[i].to] + 1);
        assert_int_equal(after.told[rows[i].told], before.told[rows[i].told] + (rows[i].told == TOLD_PENDING ? 0 : 1));
        /* told twice, counts once */
        fixture_end(fixture, endpoint, rows[i].event);
        assert_int_equal(fixture_counts(fixture).messages[rows[i].to], after.messages[rows[i].to]);
        assert_int_equal(fixture_counts(fixture).twice, 0);
    }
}

static void test_unknown_attempts(void **state)
{
    Fixture *fixture = *state;
    static const int attempts[] = {0, -1, 2};

    start(fixture, (const char *const[]){"p1 all=a@x", NULL});
    fixture_claim_all(fixture);
    for (size_t i = 0; i < G_N_ELEMENTS(attempts); i++) {
        g_autoptr(GError) error = NULL;
        const LedgerOutcome outcome = {.message = fixture_claimed(fixture, "a@x")->no,
                                       .attempt = attempts[i],
                                       .event = EVENT_ACCEPTED,
                                       .reply = ""};

        assert_true(ledger_begin(fixture->ledger, &error));
        assert_false(ledger_record(fixture->ledger, &outcome, &error));
        assert_true(g_error_matches(error, BREACH_ERROR, BREACH_ERROR_INTERNAL));
        ledger_rollback(fixture->ledger);
    }
    assert_int_equal(fixture_state(fixture, "a@x"), MESSAGE_ATTEMPTING);
}

/* Leaves the message in doubt and claims it again. */
static void doubt_and_claim(Fixture *fixture, const char *endpoint)
{
    fixture_end(fixture, endpoint, EVENT_DOUBTED);
    fixture->now += HOUR;
    fixture_claim_all(fixture);
}

static void test_late_settles_doubt(void **state)
{
    static const MessageEvent events[] = {EVENT_ACCEPTED, EVENT_FAILED, EVENT_DEFERRED, EVENT_RETURNED};
    static const MessageState states[] = {MESSAGE_ACCEPTED, MESSAGE_FAILED, MESSAGE_DEFERRED, MESSAGE_PLANNED};
    Fixture *fixture = *state;

    start(fixture, (const char *const[]){"p0 all=0@x", "p1 all=1@x", "p2 all=2@x", "p3 all=3@x", NULL});
    fixture_claim_all(fixture);
    for (size_t i = 0; i < G_N_ELEMENTS(events); i++) {
        char endpoint[] = {(char)('0' + i), '@', 'x', '\0'};

        fixture_end(fixture, endpoint, EVENT_DOUBTED);
        assert_int_equal(fixture_counts(fixture).told[TOLD_IN_DOUBT], 1);
        fixture_end(fixture, endpoint, events[i]);
        assert_int_equal(fixture_state(fixture, endpoint), states[i]);
        assert_true(fixture_history(fixture, endpoint).was_in_doubt);
        assert_int_equal(fixture_counts(fixture).told[TOLD_IN_DOUBT], 0);
    }
    assert_int_equal(fixture_counts(fixture).twice, 0);
}

static void test_twice(void **state)
{
    Fixture *fixture = *state;

    start(fixture, (const char *const[]){"p1 all=a@x", NULL});
    fixture_claim_all(fixture);
    doubt_and_claim(fixture, "a@x");
    assert_true(fixture_claimed(fixture, "a@x")->was_in_doubt);
    assert_int_equal(fixture_counts(fixture).resent_in_doubt, 1);
    fixture_end(fixture, "a@x", EVENT_RETURNED); /* nothing of it had left */
    assert_int_equal(fixture_counts(fixture).resent_in_doubt, 0);
    fixture->now += HOUR;
    assert_int_equal(fixture_claim_all(fixture), 1);
    assert_int_equal(fixture_counts(fixture).resent_in_doubt, 1);
    fixture_end(fixture, "a@x", EVENT_ACCEPTED);
    assert_int_equal(fixture_counts(fixture).twice, 0);
    fixture_end_attempt(fixture, "a@x", 1, EVENT_ACCEPTED);
    assert_int_equal(fixture_counts(fixture).twice, 1);
    fixture_end_attempt(fixture, "a@x", 1, EVENT_ACCEPTED);
    assert_int_equal(fixture_counts(fixture).twice, 1);
    assert_true(fixture_history(fixture, "a@x").twice);
    assert_told(fixture, [TOLD_ACCEPTED] = 1);
}

/* give_up is counted from the first attempt that was answered: an outage of the gateway does not eat it up. */
static void test_first_attempt_counts_from_an_answer(void **state)
{
    Fixture *fixture = *state;

    start(fixture, (const char *const[]){"p0 all=a@x", NULL});
    fixture_claim_all(fixture);
    fixture_end(fixture, "a@x", EVENT_RETURNED);
    assert_int_equal(fixture_history(fixture, "a@x").first_at, -1);
    fixture->now += HOUR;
    fixture_claim_all(fixture);
    fixture_end(fixture, "a@x", EVENT_DEFERRED);
    assert_int_equal(fixture_history(fixture, "a@x").first_at, fixture->now);
    fixture->now += HOUR;
    fixture_claim_all(fixture);
    assert_int_equal(fixture_history(fixture, "a@x").first_at, fixture->now - HOUR);
}

/* A resend of which nothing left proves nothing about the attempt before it: the doubt stays, and is due again. */
static void test_doubt_survives_a_return(void **state)
{
    Fixture *fixture = *state;

    start(fixture, (const char *const[]){"p0 all=a@x", NULL});
    fixture_claim_all(fixture);
    fixture_end(fixture, "a@x", EVENT_DOUBTED);
    fixture->now += HOUR;
    assert_int_equal(fixture_claim_all(fixture), 1);
    fixture_end(fixture, "a@x", EVENT_RETURNED);
    assert_int_equal(fixture_state(fixture, "a@x"), MESSAGE_IN_DOUBT);
    assert_told(fixture, [TOLD_IN_DOUBT] = 1);
    fixture->now += HOUR;
    assert_int_equal(fixture_claim_all(fixture), 1);
    assert_int_equal(fixture_history(fixture, "a@x").relay_doubts, 0);
}

/* While the second attempt is under way the first turns out to be accepted: it is accepted, whatever comes of the
 * second. */
static void test_accepted_before(void **state)
{
    static const MessageEvent seconds[] = {EVENT_ACCEPTED, EVENT_FAILED, EVENT_DEFERRED, EVENT_DOUBTED, EVENT_RETURNED};
    Fixture *fixture = *state;

    start(fixture, (const char *const[]){"p0 all=0@x", "p1 all=1@x", "p2 all=2@x", "p3 all=3@x", "p4 all=4@x", NULL});
    fixture_claim_all(fixture);
    for (int i = 0; i < 5; i++)
        fixture_end(fixture, (char[]){(char)('0' + i), '@', 'x', '\0'}, EVENT_DOUBTED);
    fixture->now += HOUR;
    fixture_claim_all(fixture);
    for (size_t i = 0; i < G_N_ELEMENTS(seconds); i++) {
        char endpoint[] = {(char)('0' + i), '@', 'x', '\0'};

        fixture_end_attempt(fixture, endpoint, 1, EVENT_ACCEPTED);
        assert_int_equal(fixture_state(fixture, endpoint), MESSAGE_ATTEMPTING);
        fixture_open(fixture); /* it is remembered in the row */
        fixture_end_attempt(fixture, endpoint, 2, seconds[i]);
        assert_int_equal(fixture_state(fixture, endpoint), MESSAGE_ACCEPTED);
        assert_int_equal(fixture_history(fixture, endpoint).twice, seconds[i] == EVENT_ACCEPTED);
        assert_int_equal(fixture_counts(fixture).twice, 1);
    }
}

static void test_stale_failure(void **state)
{
    Fixture *fixture = *state;
    g_autoptr(GPtrArray) events = NULL;

    start(fixture, (const char *const[]){"p1 all=a@x", NULL});
    fixture_claim_all(fixture);
    doubt_and_claim(fixture, "a@x");
    fixture_end(fixture, "a@x", EVENT_ACCEPTED);
    fixture_end_attempt(fixture, "a@x", 1, EVENT_FAILED); /* says nothing about the second */
    assert_int_equal(fixture_state(fixture, "a@x"), MESSAGE_ACCEPTED);
    events = fixture_column(fixture, "SELECT body FROM event ORDER BY no DESC LIMIT 1");
    assert_non_null(strstr(g_ptr_array_index(events, 0), "\"attempt\":1,"));
    assert_non_null(strstr(g_ptr_array_index(events, 0), "\"event\":\"failed\""));
    assert_non_null(strstr(g_ptr_array_index(events, 0), "\"note\":\"late\""));
}

static void test_relay_doubts(void **state)
{
    Fixture *fixture = *state;
    g_autoptr(GError) error = NULL;
    LedgerOutcome outcome = {.event = EVENT_DOUBTED, .reply = "silence", .due = -1, .by_relay = true};

    start(fixture, (const char *const[]){"p1 all=a@x", NULL});
    fixture_claim_all(fixture);
    outcome.message = fixture_claimed(fixture, "a@x")->no;
    outcome.attempt = 1;
    outcome.at = fixture->now;
    assert_true(ledger_begin(fixture->ledger, &error));
    assert_true(ledger_record(fixture->ledger, &outcome, &error));
    assert_true(ledger_commit(fixture->ledger, &error));
    assert_int_equal(fixture_history(fixture, "a@x").relay_doubts, 1);
    assert_int_equal(fixture_counts(fixture).held, 1);
    assert_int_equal(fixture_counts(fixture).open, 0);
    fixture->now += HOUR;
    assert_int_equal(fixture_claim_all(fixture), 0); /* a person decides */
    fixture_inbox(fixture, "a@x", 0, EVENT_RELEASED);
    assert_int_equal(fixture_counts(fixture).held, 0);
    assert_int_equal(fixture_claim_all(fixture), 1);
    assert_true(fixture_claimed(fixture, "a@x")->was_in_doubt);
    assert_int_equal(fixture_counts(fixture).resent_in_doubt, 1);
}

/* Counting ------------------------------------------------------------------------------------------------------ */

static void test_shared_people(void **state)
{
    Fixture *fixture = *state;

    start(fixture, (const char *const[]){"p1 all=a@x,b@x staff=c@x", "p2 all=a@x", "p3 all=d@x", NULL});
    assert_told(fixture, [TOLD_PENDING] = 3);
    assert_int_equal(fixture_claim_all(fixture), 4);
    assert_non_null(fixture_claimed(fixture, "a@x")->people[0]);
    assert_non_null(fixture_claimed(fixture, "a@x")->people[1]);
    assert_null(fixture_claimed(fixture, "a@x")->people[2]);
    fixture_end(fixture, "a@x", EVENT_ACCEPTED);
    assert_told(fixture, [TOLD_PENDING] = 2, [TOLD_ACCEPTED] = 1); /* p2; p1 still has staff to hear */
    fixture_end(fixture, "c@x", EVENT_DOUBTED);
    assert_told(fixture, [TOLD_PENDING] = 1, [TOLD_ACCEPTED] = 1, [TOLD_IN_DOUBT] = 1);
    fixture_end(fixture, "c@x", EVENT_FAILED);
    assert_told(fixture, [TOLD_PENDING] = 1, [TOLD_ACCEPTED] = 1, [TOLD_UNREACHABLE] = 1);
    fixture_end(fixture, "b@x", EVENT_FAILED);
    fixture_end(fixture, "d@x", EVENT_FAILED);
    assert_told(fixture, [TOLD_ACCEPTED] = 1, [TOLD_UNREACHABLE] = 2);
}

static void test_tallies(void **state)
{
    Fixture *fixture = *state;
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) audiences = NULL;
    g_autoptr(GPtrArray) channels = NULL;
    const LedgerTally *tally;

    start(fixture, (const char *const[]){"p1 staff=a@x", "p2 all=b@x", "p3 all=+49", "p4 all!withheld:deceased",
                                         "p5 !unreachable:no-address", NULL});
    fixture_claim_all(fixture);
    fixture_end(fixture, "a@x", EVENT_ACCEPTED);
    audiences = ledger_tallies(fixture->ledger, LEDGER_BY_AUDIENCE, &error);
    assert_int_equal(audiences->len, 3);
    tally = g_ptr_array_index(audiences, 0);
    assert_string_equal(tally->name, "");
    assert_int_equal(tally->counts[TOLD_UNREACHABLE], 1);
    tally = g_ptr_array_index(audiences, 1);
    assert_string_equal(tally->name, "all");
    assert_int_equal(tally->counts[TOLD_PENDING], 2);
    assert_int_equal(tally->counts[TOLD_WITHHELD], 1);
    tally = g_ptr_array_index(audiences, 2);
    assert_string_equal(tally->name, "staff");
    assert_int_equal(tally->counts[TOLD_ACCEPTED], 1);
    channels = ledger_tallies(fixture->ledger, LEDGER_BY_CHANNEL, &error);
    assert_int_equal(channels->len, 2);
    tally = g_ptr_array_index(channels, 0);
    assert_string_equal(tally->name, "email");
    assert_int_equal(tally->counts[MESSAGE_ACCEPTED], 1);
    assert_int_equal(tally->counts[MESSAGE_ATTEMPTING], 1);
    assert_string_equal(((LedgerTally *)g_ptr_array_index(channels, 1))->name, "sms");
}

static void test_reasons(void **state)
{
    Fixture *fixture = *state;
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) reasons = NULL;
    const LedgerReason *reason;

    start(fixture, (const char *const[]){"p1 all=a@x", "p2 all!withheld:deceased", "p3 all!withheld:deceased",
                                         "p4 !unreachable:no-address", NULL});
    fixture_claim_all(fixture);
    fixture_end(fixture, "a@x", EVENT_FAILED);
    reasons = ledger_reasons(fixture->ledger, &error);
    assert_int_equal(reasons->len, 3);
    reason = g_ptr_array_index(reasons, 0);
    assert_int_equal(reason->told, TOLD_WITHHELD);
    assert_string_equal(reason->reason, "deceased");
    assert_int_equal(reason->people, 2);
    for (guint i = 1; i < 3; i++) {
        reason = g_ptr_array_index(reasons, i);
        assert_int_equal(reason->told, TOLD_UNREACHABLE);
        assert_true(strstr(reason->reason, "(550 5.1.1)") || strcmp(reason->reason, "no-address") == 0);
    }
}

static void test_broken_counters(void **state)
{
    Fixture *fixture = *state;
    g_autoptr(GError) error = NULL;
    LedgerCounts counts;

    start(fixture, (const char *const[]){"p1 all=a@x", "p2 all=b@x", NULL});
    assert_int_equal(fixture_raw(fixture, "UPDATE counter SET n = n + 1 WHERE kind = 3"), 0);
    assert_true(ledger_counts(fixture->ledger, &counts, &error)); /* people still add up */
    assert_false(ledger_audit(fixture->ledger, &error));
    assert_true(g_error_matches(error, BREACH_ERROR, BREACH_ERROR_INTERNAL));
    g_clear_error(&error);
    assert_int_equal(fixture_raw(fixture, "UPDATE counter SET n = n - 1 WHERE kind IN (1, 3)"), 0);
    assert_false(ledger_counts(fixture->ledger, &counts, &error));
    assert_true(g_error_matches(error, BREACH_ERROR, BREACH_ERROR_INTERNAL));
    assert_non_null(strstr(error->message, "identity"));
}

static void test_damaged_state(void **state)
{
    Fixture *fixture = *state;
    g_autoptr(GPtrArray) claims = g_ptr_array_new();
    g_autoptr(GError) error = NULL;

    start(fixture, (const char *const[]){"p1 all=a@x", NULL});
    assert_int_equal(fixture_raw(fixture, "UPDATE message SET state = 77"), 0);
    assert_true(ledger_begin(fixture->ledger, &error));
    assert_false(fixture_claim_main(fixture->ledger, 1, fixture->now, 1, claims, &error));
    assert_true(g_error_matches(error, BREACH_ERROR, BREACH_ERROR_INPUT));
    ledger_rollback(fixture->ledger);
    g_clear_error(&error);
    assert_false(ledger_audit(fixture->ledger, &error));
}

/* Events -------------------------------------------------------------------------------------------------------- */

static void test_events(void **state)
{
    Fixture *fixture = *state;
    json_auto_t *details = json_pack("{s:s, s:i}", "why", "a test \x01 \"q\" \\ \n", "n", 7);
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) events = NULL;

    start(fixture, (const char *const[]){"p1 all=a@x", "p2 all=b@x", NULL});
    fixture_claim_all(fixture);
    fixture_end(fixture, "a@x", EVENT_ACCEPTED);
    fixture_end(fixture, "b@x", EVENT_FAILED);
    assert_true(ledger_begin(fixture->ledger, &error));
    assert_true(ledger_note(fixture->ledger, "tested", fixture->now, details, &error));
    assert_true(ledger_note(fixture->ledger, "tested", fixture->now, NULL, &error));
    assert_true(ledger_commit(fixture->ledger, &error));
    assert_int_not_equal(fixture_raw(fixture, "UPDATE event SET body = ''"), 0);
    assert_int_not_equal(fixture_raw(fixture, "DELETE FROM event"), 0);
    events = fixture_column(fixture, "SELECT body FROM event ORDER BY no");
    assert_int_equal(events->len, 6); /* planned, run_started, two outcomes, two notes */
    for (guint i = 0; i < events->len; i++) {
        const char *body = g_ptr_array_index(events, i);
        json_auto_t *parsed = json_loads(body, 0, NULL);
        char *again = json_dumps(parsed, JSON_SORT_KEYS | JSON_COMPACT);

        assert_string_equal(body, again);
        free(again);
    }
    assert_non_null(strstr(g_ptr_array_index(events, 2), "\"reply\":\"said the gateway\""));
    assert_non_null(strstr(g_ptr_array_index(events, 3), "\"code\":550,\"enhanced\":\"5.1.1\""));
}

/* The full disk ------------------------------------------------------------------------------------------------- */

static bool try_notes(Fixture *fixture, GError **error)
{
    g_autofree char *words = g_strnfill(20000, 'w');
    json_auto_t *details = json_pack("{s:s}", "words", words);
    bool done = ledger_begin(fixture->ledger, error);

    for (int i = 0; done && i < 20; i++)
        done = ledger_note(fixture->ledger, "tested", fixture->now, details, error);
    done = done && ledger_commit(fixture->ledger, error);
    if (!done)
        ledger_rollback(fixture->ledger);
    return done;
}

static void test_full_disk(void **state)
{
    Fixture *fixture = *state;
    g_autoptr(GError) error = NULL;

    start(fixture, (const char *const[]){"p1 all=a@x", "p2 all=b@x", NULL});
    fixture_claim_all(fixture);
    g_setenv("BREACH_FAULT_FAIL", "ledger_full", TRUE);
    assert_false(try_notes(fixture, &error));
    g_unsetenv("BREACH_FAULT_FAIL");
    assert_true(g_error_matches(error, BREACH_ERROR, BREACH_ERROR_CREATE));
    assert_non_null(strstr(error->message, "the disk is full"));
    g_clear_error(&error);
    assert_told(fixture, [TOLD_PENDING] = 2);
    fixture_open(fixture); /* room again */
    assert_true(try_notes(fixture, &error));
    fixture_end(fixture, "a@x", EVENT_ACCEPTED);
    assert_told(fixture, [TOLD_PENDING] = 1, [TOLD_ACCEPTED] = 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nothing_there),      cmocka_unit_test(test_refused),
        cmocka_unit_test(test_no_database),        cmocka_unit_test(test_header),
        cmocka_unit_test(test_texts),              cmocka_unit_test(test_claims),
        cmocka_unit_test(test_due),                cmocka_unit_test(test_claim_needs_a_run),
        cmocka_unit_test(test_rollback),           cmocka_unit_test(test_end_run),
        cmocka_unit_test(test_outcomes),           cmocka_unit_test(test_unknown_attempts),
        cmocka_unit_test(test_late_settles_doubt), cmocka_unit_test(test_twice),
        cmocka_unit_test(test_doubt_survives_a_return),    cmocka_unit_test(test_stale_failure),
        cmocka_unit_test(test_first_attempt_counts_from_an_answer),    cmocka_unit_test(test_stale_failure),
        cmocka_unit_test(test_accepted_before),    cmocka_unit_test(test_stale_failure),
        cmocka_unit_test(test_relay_doubts),       cmocka_unit_test(test_shared_people),
        cmocka_unit_test(test_tallies),            cmocka_unit_test(test_reasons),
        cmocka_unit_test(test_broken_counters),    cmocka_unit_test(test_damaged_state),
        cmocka_unit_test(test_events),             cmocka_unit_test(test_full_disk),
    };

    return FIXTURE_MAIN("ledger", tests);
}
