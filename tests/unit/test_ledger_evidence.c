/* What the ledger holds about single people: the same counts as the counters', everything about their messages, and
 * nothing about others; and samples, which anybody can draw again. */
#include "ledger_fixture.h"

#include <string.h>

#include "ledger/ledger_account.h"
#include "ledger/ledger_evidence.h"
#include "report/evidence_sample.h"

static const char *const people[] = {"p1 all=a@x",
                                     "p2 all=b@x",
                                     "p3 all=shared@x few=c@x",
                                     "p4 all=shared@x",
                                     "p5 all!withheld:no-consent",
                                     "p6 all!unreachable:no-address",
                                     "p7 all!quarantined:bad-row",
                                     "p8 all=h@x>",
                                     "- all=i@x",
                                     NULL};

/* p1 delivered, p2 in doubt, p3 and p4 told together, p8 failed with a rung to go on to, the last one pending. */
static void start(Fixture *fixture)
{
    fixture_plan(fixture, people);
    fixture_start(fixture, BOOT);
    fixture_claim_all(fixture);
    fixture_end(fixture, "a@x", EVENT_ACCEPTED);
    fixture_inbox(fixture, "a@x", 0, EVENT_DELIVERED);
    fixture_end(fixture, "b@x", EVENT_DOUBTED);
    fixture_end(fixture, "shared@x", EVENT_ACCEPTED);
    fixture_end(fixture, "c@x", EVENT_FAILED);
    fixture_end(fixture, "h@x", EVENT_FAILED);
    fixture_end(fixture, "i@x", EVENT_DEFERRED);
}

static bool add_number(int64_t no, void *user)
{
    g_array_append_val((GArray *)user, no);
    return true;
}

static GPtrArray *everybody(Fixture *fixture)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GArray) numbers = g_array_new(FALSE, FALSE, sizeof(int64_t));
    GPtrArray *all;

    assert_true(ledger_evidence_numbers(fixture->ledger, add_number, numbers, &error));
    all = ledger_evidence_people(fixture->ledger, numbers, &error);
    assert_non_null(all);
    assert_int_equal(all->len, numbers->len);
    for (guint i = 0; i < all->len; i++)
        assert_int_equal(((EvidencePerson *)g_ptr_array_index(all, i))->no, g_array_index(numbers, int64_t, i));
    return all;
}

static void test_counts_agree(void **state)
{
    Fixture *fixture = *state;
    LedgerCounts counts;
    int64_t told[TOLD_STATES] = {0};
    g_autoptr(GPtrArray) all = NULL;

    start(fixture);
    all = everybody(fixture);
    counts = fixture_counts(fixture);
    for (guint i = 0; i < all->len; i++)
        told[((const EvidencePerson *)g_ptr_array_index(all, i))->told]++;
    assert_int_equal(all->len, counts.people);
    for (int i = 0; i < TOLD_STATES; i++)
        assert_int_equal(told[i], counts.told[i]);
    assert_int_equal(counts.told[TOLD_UNREACHABLE], 2); /* p6, and p3, of whom one notice came to nothing */
}

static int64_t number_of(Fixture *fixture, const char *id)
{
    g_autoptr(GError) error = NULL;
    int64_t no = -1;

    assert_true(ledger_evidence_find(fixture->ledger, id, &no, &error));
    return no;
}

static EvidencePerson *person_of(Fixture *fixture, const char *id)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GArray) numbers = g_array_new(FALSE, FALSE, sizeof(int64_t));
    g_autoptr(GPtrArray) found = NULL;
    int64_t no = number_of(fixture, id);

    g_array_append_val(numbers, no);
    found = ledger_evidence_people(fixture->ledger, numbers, &error);
    assert_non_null(found);
    return g_ptr_array_steal_index(found, 0);
}

static void test_person(void **state)
{
    Fixture *fixture = *state;
    EvidencePerson *person;
    const EvidenceMessage *message;
    g_auto(EvidenceServed) served = {0};
    g_autoptr(GError) error = NULL;

    start(fixture);
    assert_int_equal(number_of(fixture, "nobody"), 0);
    person = person_of(fixture, "p3");
    assert_string_equal(person->id, "p3");
    assert_int_equal(person->row, 3);
    assert_int_equal(person->notices->len, 2);
    assert_int_equal(person->messages->len, 2);
    message = g_ptr_array_index(person->messages, 0);
    assert_string_equal(message->endpoint, "shared@x");
    assert_string_equal(message->audience, "all");
    assert_string_equal(message->channel, "email");
    assert_int_equal(message->state, MESSAGE_ACCEPTED);
    assert_int_equal(message->attempt, 1);
    assert_true(ledger_evidence_served(fixture->ledger, message->no, person->no, 1, &served, &error));
    assert_int_equal(g_strv_length(served.people), 2);
    assert_int_equal(served.count, 2);
    assert_string_equal(served.own, served.people[0]);
    evidence_person_free(person);
    person = person_of(fixture, "p5");
    assert_int_equal(person->told, TOLD_WITHHELD);
    assert_int_equal(person->messages->len, 0);
    assert_string_equal(((const EvidenceNotice *)g_ptr_array_index(person->notices, 0))->reason, "no-consent");
    evidence_person_free(person);
    person = person_of(fixture, "p8");
    assert_int_equal(person->told, TOLD_PENDING); /* another channel is left */
    evidence_person_free(person);
}

static char *own_at(Fixture *fixture, const char *id, int64_t at)
{
    g_autoptr(GError) error = NULL;
    EvidencePerson *person = person_of(fixture, id);
    const EvidenceMessage *message = g_ptr_array_index(person->messages, 0);
    g_auto(EvidenceServed) served = {0};

    assert_true(ledger_evidence_served(fixture->ledger, message->no, person->no, at, &served, &error));
    evidence_person_free(person);
    return g_steal_pointer(&served.own);
}

/* What a plan replaces of somebody who was told is kept, since a message can be made again of it alone; also in a ledger of the
 * version before. */
static void test_replaced(void **state)
{
    Fixture *fixture = *state;
    g_autofree char *then = NULL, *now = NULL, *unchanged = NULL;
    int64_t planned_at;

    fixture_plan(fixture, people);
    fixture_start(fixture, BOOT);
    g_ptr_array_unref(fixture_claim(fixture, "relay", 1)); /* p1's */
    fixture_end(fixture, "a@x", EVENT_ACCEPTED);
    assert_int_equal(fixture_raw(fixture, "DROP TABLE person_past; PRAGMA user_version = 4;"
                                          "UPDATE person SET data = '{\"id\":\"p1\",\"name\":\"Old\"}' WHERE id = 'p1';"
                                          "UPDATE person SET data = '{\"id\":\"p2\",\"name\":\"Old\"}' WHERE id = 'p2'"),
                     0);
    fixture_close(fixture);
    fixture_open(fixture);
    fixture->now += 1000;
    planned_at = fixture->now;
    fixture_plan(fixture, people);
    then = own_at(fixture, "p1", planned_at - 1);
    assert_string_equal(then, "{\"id\":\"p1\",\"name\":\"Old\"}");
    now = own_at(fixture, "p1", planned_at + 1);
    assert_string_equal(now, "{\"id\":\"p1\"}");
    unchanged = own_at(fixture, "p2", planned_at - 1); /* never tried: nothing was made of it */
    assert_string_equal(unchanged, "{\"id\":\"p2\"}");
}

typedef struct Seen {
    int own, notes, others;
    int64_t message;
} Seen;

static void see(int64_t no, int64_t at, int64_t message, const char *body, void *user)
{
    Seen *seen = user;

    assert_true(no > 0 && at > 0);
    assert_non_null(strstr(body, "\"event\":"));
    seen->own += message == seen->message ? 1 : 0;
    seen->notes += message == 0 ? 1 : 0;
    seen->others += message != 0 && message != seen->message ? 1 : 0;
}

static void test_events(void **state)
{
    Fixture *fixture = *state;
    g_autoptr(GArray) messages = g_array_new(FALSE, FALSE, sizeof(int64_t));
    g_autoptr(GError) error = NULL;
    Seen seen = {0};
    EvidencePerson *person;

    start(fixture);
    person = person_of(fixture, "p1");
    seen.message = ((const EvidenceMessage *)g_ptr_array_index(person->messages, 0))->no;
    g_array_append_val(messages, seen.message);
    assert_true(ledger_snapshot(fixture->ledger, &error));
    assert_true(ledger_evidence_events(fixture->ledger, messages, false, see, &seen, &error));
    assert_int_equal(seen.own, 2);
    assert_int_equal(seen.notes + seen.others, 0);
    assert_true(ledger_evidence_events(fixture->ledger, messages, true, see, &seen, &error));
    ledger_snapshot_end(fixture->ledger);
    assert_int_equal(seen.own, 4);
    assert_true(seen.notes > 0);
    assert_int_equal(seen.others, 0);
    evidence_person_free(person);
    assert_true(ledger_begin(fixture->ledger, &error)); /* nothing is left open */
    ledger_rollback(fixture->ledger);
}

/* What was handed over stands in the event of its outcome. */
static void test_handed(void **state)
{
    Fixture *fixture = *state;
    const Handed handed = {.made = INT64_C(1795269000123), .octets = {0xab}};
    g_autoptr(GPtrArray) found = NULL;
    g_autoptr(GError) error = NULL;
    const LedgerClaim *claim;

    fixture_plan(fixture, people);
    fixture_start(fixture, BOOT);
    fixture_claim_all(fixture);
    claim = fixture_claimed(fixture, "a@x");
    assert_true(ledger_begin(fixture->ledger, &error));
    assert_true(ledger_record(fixture->ledger,
                              &(LedgerOutcome){.message = claim->no,
                                               .attempt = 1,
                                               .event = EVENT_ACCEPTED,
                                               .reply = "",
                                               .at = fixture->now,
                                               .due = -1,
                                               .handed = &handed},
                              &error));
    assert_true(ledger_commit(fixture->ledger, &error));
    found =
        fixture_column(fixture, "SELECT json_extract(body, '$.made') || substr(json_extract(body, '$.sha256'), 1, 4)"
                                " FROM event WHERE json_extract(body, '$.event') = 'accepted'");
    assert_int_equal(found->len, 1);
    assert_string_equal(g_ptr_array_index(found, 0), "2026-11-21T13:50:00.123Zab00");
}

/* Samples --------------------------------------------------------------------------------------------------------- */

/* printf 7 | openssl dgst -sha256 -hmac audit-2026 */
static void test_rank(void **state)
{
    uint8_t rank[DIGEST_SIZE], again[DIGEST_SIZE];
    g_autofree char *wanted = g_compute_hmac_for_string(G_CHECKSUM_SHA256, (const guchar *)"audit-2026", 10, "7", -1);
    char hex[DIGEST_HEX_SIZE];

    (void)state;
    evidence_sample_rank("audit-2026", 7, rank);
    digest_hex(rank, hex);
    assert_string_equal(hex, wanted);
    evidence_sample_rank("audit-2026", 8, again);
    assert_memory_not_equal(rank, again, DIGEST_SIZE);
}

static EvidenceSample *draw(Fixture *fixture, const char *seed, size_t size)
{
    g_autoptr(GError) error = NULL;
    EvidenceSample *sample = evidence_sample_draw(fixture->ledger, seed, size, &error);

    if (!sample)
        fail_msg("%s", error->message);
    return sample;
}

/* A smaller sample is the beginning of a larger one, everybody is in the largest, and each is there once. */
static void test_sample(void **state)
{
    Fixture *fixture = *state;
    g_autoptr(EvidenceSample) four = NULL, all = NULL;
    LedgerCounts counts;
    uint32_t seen = 0;

    start(fixture);
    counts = fixture_counts(fixture);
    four = draw(fixture, "s", 4);
    all = draw(fixture, "s", EVIDENCE_SAMPLE_MOST);
    assert_int_equal(four->people->len, 4);
    assert_int_equal(all->people->len, counts.people);
    assert_int_equal(all->population, counts.people);
    for (guint i = 0; i < all->people->len; i++) {
        const EvidencePerson *person = g_ptr_array_index(all->people, i);

        assert_false(seen & UINT32_C(1) << person->no);
        seen |= UINT32_C(1) << person->no;
        if (i < 4)
            assert_int_equal(((const EvidencePerson *)g_ptr_array_index(four->people, i))->no, person->no);
    }
    for (int told = 0; told < TOLD_STATES; told++) {
        assert_int_equal(all->drawn[told], counts.told[told]);
        assert_int_equal(all->strata[told], counts.told[told]);
    }
}

/* What stands in the people file may look like a formula to whoever opens the list. */
static void test_csv(void **state)
{
    Fixture *fixture = *state;
    g_autoptr(EvidenceSample) sample = NULL;
    g_autofree char *csv = NULL, *again = NULL;

    fixture_plan(fixture, (const char *const[]){"=cmd() all=a@x.example", "p2 all!withheld:no-consent", NULL});
    sample = draw(fixture, "=seed", 2);
    csv = evidence_sample_csv(sample, ledger_header(fixture->ledger));
    assert_non_null(strstr(csv, "\"'=cmd()\""));
    assert_null(strstr(csv, "\"=cmd()\""));
    assert_null(strstr(csv, "a@x.example"));
    assert_non_null(strstr(csv, "\"# seed: =seed\"\r\n"));
    assert_non_null(strstr(csv, "\"# stratum withheld: 1 of 1\"\r\n"));
    assert_non_null(strstr(csv, "\"no-consent\",,,,,,,,,,\r\n"));
    again = evidence_sample_csv(sample, ledger_header(fixture->ledger));
    assert_string_equal(csv, again);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_counts_agree), cmocka_unit_test(test_person), cmocka_unit_test(test_replaced), cmocka_unit_test(test_events),
        cmocka_unit_test(test_handed),       cmocka_unit_test(test_rank),   cmocka_unit_test(test_sample),
        cmocka_unit_test(test_csv),
    };

    return FIXTURE_MAIN("ledger evidence", tests);
}
