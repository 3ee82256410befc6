/* Building and sealing a plan: merging, quarantine, digest, and what an unsealed one is worth. */
#include "ledger_fixture.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"

static void test_kinds_of_people(void **state)
{
    Fixture *fixture = *state;
    LedgerPlanResult result;
    LedgerCounts counts;

    result = fixture_plan(fixture, (const char *const[]){"p1 all=a@x", "p2 all=b@x,+49 staff=b2@x", "p3 all=c@x",
                                                         "p4 all=c@x", "p5 all=c@x", "- !quarantined:no-id",
                                                         "p6 all!withheld:deceased staff=f@x", NULL});
    assert_int_equal(result.people, 7);
    assert_int_equal(result.merged_messages, 1);
    assert_int_equal(result.duplicate_rows, 0);
    assert_int_equal(result.removed_people, 0);
    assert_int_equal(result.kept_messages, 0);
    counts = fixture_counts(fixture);
    assert_int_equal(counts.messages[MESSAGE_PLANNED], 6);
    assert_int_equal(counts.people, 7);
    assert_told(fixture, [TOLD_PENDING] = 6, [TOLD_QUARANTINED] = 1);
    fixture_start(fixture, BOOT);
    assert_int_equal(fixture_claim_all(fixture), 6);
    assert_int_equal(g_strv_length(fixture_claimed(fixture, "c@x")->people), 3);
    fixture_end(fixture, "c@x", EVENT_ACCEPTED);
    assert_told(fixture, [TOLD_PENDING] = 3, [TOLD_QUARANTINED] = 1, [TOLD_ACCEPTED] = 3);
    fixture_end(fixture, "f@x", EVENT_ACCEPTED);
    assert_told(fixture, [TOLD_PENDING] = 2, [TOLD_QUARANTINED] = 1, [TOLD_ACCEPTED] = 3, [TOLD_WITHHELD] = 1);
}

static void test_nobody(void **state)
{
    Fixture *fixture = *state;

    fixture_plan(fixture, (const char *const[]){NULL});
    assert_told(fixture, 0);
    fixture_start(fixture, BOOT);
    assert_int_equal(fixture_claim_all(fixture), 0);
}

typedef struct Reported {
    int count;
    int64_t rows;
    char ids[64];
} Reported;

static void report(int64_t row, const char *id, void *user)
{
    Reported *reported = user;

    reported->count++;
    reported->rows = reported->rows * 10 + row;
    g_strlcat(reported->ids, id, sizeof reported->ids);
}

static void test_duplicate_ids(void **state)
{
    Fixture *fixture = *state;
    LedgerPlan *plan = fixture_build(fixture, (const char *const[]){"p1 all=a@x", "p2 all=b@x", "p1 all=c@x staff=c2@x",
                                                                    "- !quarantined:no-id", "- !quarantined:no-id",
                                                                    "p1 all=b@x", NULL});
    const LedgerPlanHeader header = {.incident = "acme", .edition = 1, .inputs = "[]", .gateways = "[]", .now = 5};
    Reported reported = {0};
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) check = NULL;
    LedgerPlanResult result;

    assert_true(ledger_plan_seal(plan, &header, report, &reported, &result, &error));
    assert_int_equal(result.duplicate_rows, 3);
    assert_int_equal(reported.count, 3);
    assert_int_equal(reported.rows, 136);
    assert_string_equal(reported.ids, "p1p1p1");
    assert_int_equal(result.merged_messages, 0);
    fixture_open(fixture);
    assert_told(fixture, [TOLD_PENDING] = 1, [TOLD_QUARANTINED] = 5);
    fixture_start(fixture, BOOT);
    assert_int_equal(fixture_claim_all(fixture), 1);
    fixture_claimed(fixture, "b@x");
    check = fixture_column(fixture, "PRAGMA integrity_check");
    assert_string_equal(g_ptr_array_index(check, 0), "ok");
}

static void test_duplicates_and_shared(void **state)
{
    Fixture *fixture = *state;
    g_autoptr(GPtrArray) check = NULL;
    LedgerPlanResult result;

    result = fixture_plan(fixture, (const char *const[]){"p1 all=a@x", "p2 all=a@x", "p3 all=a@x", "p3 all=z@x",
                                                         "p4 all=d@x staff=d@x", "p5 all=d@x", NULL});
    assert_int_equal(result.duplicate_rows, 2);
    assert_int_equal(result.merged_messages, 2);
    assert_told(fixture, [TOLD_PENDING] = 4, [TOLD_QUARANTINED] = 2);
    fixture_start(fixture, BOOT);
    assert_int_equal(fixture_claim_all(fixture), 3); /* a@x; d@x for all, d@x for staff */
    check = fixture_column(fixture, "PRAGMA integrity_check");
    assert_string_equal(g_ptr_array_index(check, 0), "ok");
}

/* Digest -------------------------------------------------------------------------------------------------------- */

static char *digest_of(Fixture *fixture, const char *const *people)
{
    fixture_plan(fixture, people);
    return g_strdup(ledger_header(fixture->ledger)->digest);
}

static const char *const some[] = {"p1 all=a@x", "p2 all=b@x,c@x staff=d@x", "p3 all!withheld:why", NULL};

static void test_digest_is_stable(void **state)
{
    Fixture *fixture = *state;
    g_autofree char *first = digest_of(fixture, some);
    g_autofree char *second = NULL;

    fixture->now += 1000;
    second = digest_of(fixture, some);
    assert_string_equal(first, second);
    assert_int_equal(ledger_header(fixture->ledger)->generation, 2);
}

static void test_digest_sees_changes(void **state)
{
    static const char *const others[][4] = {
        {"p1 all=a@x", "p2 all=b@x,c@x staff=d@x", NULL},
        {"p1 all=a2@x", "p2 all=b@x,c@x staff=d@x", "p3 all!withheld:why", NULL},
        {"p1 all=a@x", "p2 all=c@x,b@x staff=d@x", "p3 all!withheld:why", NULL},
        {"p1 staff=a@x", "p2 all=b@x,c@x staff=d@x", "p3 all!withheld:why", NULL},
        {"p1 all=a@x", "p2 all=b@x,c@x staff=d@x", "p3 all!quarantined:why", NULL},
        {"p1 all=a@x", "p2 all=b@x,c@x staff=d@x", "p3 all!withheld:not", NULL},
        {"p1 all=a@x", "p2 all=b@x all=c@x staff=d@x", "p3 all!withheld:why", NULL},
        {"p2 all=b@x,c@x staff=d@x", "p1 all=a@x", "p3 all!withheld:why", NULL},
    };
    Fixture *fixture = *state;
    g_autofree char *first = digest_of(fixture, some);
    g_autofree char *other = NULL;

    for (size_t i = 0; i < G_N_ELEMENTS(others); i++) {
        g_free(other);
        other = digest_of(fixture, others[i]);
        if (strcmp(first, other) == 0)
            fail_msg("change %zu is not in the digest", i);
    }
}

static void test_digest_sees_the_rest(void **state)
{
    Fixture *fixture = *state;
    g_autofree char *first = digest_of(fixture, some);
    g_autofree char *text = NULL, *gateway = NULL, *input = NULL, *edition = NULL;

    fixture->body = "{\"subject\":\"two\"}";
    text = digest_of(fixture, some);
    assert_string_not_equal(first, text);
    fixture->gateway = "relay-2";
    gateway = digest_of(fixture, some);
    assert_string_not_equal(text, gateway);
    fixture->sha256 = "01";
    input = digest_of(fixture, some);
    assert_string_not_equal(gateway, input);
    fixture->edition = 2;
    edition = digest_of(fixture, some);
    assert_string_not_equal(input, edition);
}

/* One message by the first or the second of two gateways. */
static char *digest_by_gateway(Fixture *fixture, int number)
{
    LedgerPlan *plan = fixture_build(fixture, (const char *const[]){NULL});
    g_autoptr(GError) error = NULL;
    LedgerPlannedMessage message = {.id = "abcdefghijklmnopqrstuvwxyz", .endpoint = "a@x", .gateway = number, .text = 1};
    const LedgerPlannedNotice notice = {.audience = "all", .messages = &message, .count = 1};
    const LedgerPlannedPerson person = {.row = 1, .id = "p1", .data = "{}", .notices = &notice, .count = 1};
    LedgerPlanResult result;

    assert_int_equal(ledger_plan_text(
                         plan, &(LedgerPlannedText){.audience = "all", .channel = "email", .locale = "en", .body = "{}"},
                         &error), 1);
    assert_true(ledger_plan_person(plan, &person, &error));
    assert_true(fixture_seal(fixture, plan, &result, &error));
    fixture_open(fixture);
    return g_strdup(ledger_header(fixture->ledger)->digest);
}

static void test_digest_sees_gateways(void **state)
{
    Fixture *fixture = *state;
    g_autofree char *first = digest_by_gateway(fixture, 1);
    g_autofree char *second = digest_by_gateway(fixture, 2);

    assert_string_not_equal(first, second);
}

/* Not sealed ---------------------------------------------------------------------------------------------------- */

static guint files_in(const char *folder)
{
    GDir *dir = g_dir_open(folder, 0, NULL);
    guint count = 0;

    while (g_dir_read_name(dir))
        count++;
    g_dir_close(dir);
    return count;
}

static void test_unsealed(void **state)
{
    Fixture *fixture = *state;
    g_autofree char *left = g_build_filename(fixture->folder, "ledger.db.new", NULL);
    LedgerPlan *plan = fixture_build(fixture, some);

    assert_false(ledger_exists(fixture->backend, fixture->folder));
    ledger_plan_abandon(plan);
    ledger_plan_abandon(NULL);
    assert_int_equal(files_in(fixture->folder), 0);
    assert_true(g_file_set_contents(left, "what a killed plan left behind", -1, NULL));
    fixture_plan(fixture, some);
    assert_false(g_file_test(left, G_FILE_TEST_EXISTS));
    assert_told(fixture, [TOLD_PENDING] = 2, [TOLD_WITHHELD] = 1);
    plan = fixture_build(fixture, (const char *const[]){"p9 all=z@x", NULL});
    ledger_plan_abandon(plan);
    fixture_open(fixture);
    assert_told(fixture, [TOLD_PENDING] = 2, [TOLD_WITHHELD] = 1);
}

static void test_secret_stays(void **state)
{
    Fixture *fixture = *state;
    uint8_t secret[ID_SECRET_SIZE];
    LedgerPlan *plan;

    fixture_plan(fixture, some);
    memcpy(secret, ledger_header(fixture->ledger)->secret, sizeof secret);
    plan = fixture_build(fixture, some);
    assert_memory_equal(secret, ledger_plan_secret(plan), sizeof secret);
    ledger_plan_abandon(plan);
}

/* Somebody removed ledger.db alone: its write-ahead log must not be played into the next one. */
static void test_stray_journal(void **state)
{
    Fixture *fixture = *state;
    g_autofree char *path = g_build_filename(fixture->folder, "ledger.db", NULL);
    g_autofree char *wal = g_build_filename(fixture->folder, "ledger.db-wal", NULL);
    g_autofree char *log = NULL;
    gsize size = 0;

    fixture_plan(fixture, (const char *const[]){"old1 all=a@x", "old2 all=b@x", NULL});
    fixture_start(fixture, BOOT);
    fixture_claim_all(fixture);
    assert_true(g_file_get_contents(wal, &log, &size, NULL));
    assert_true(size > 0);
    fixture_close(fixture);
    assert_int_equal(unlink(path), 0);
    assert_true(g_file_set_contents(wal, log, (gssize)size, NULL));
    fixture_plan(fixture, (const char *const[]){"new all=n@x", NULL});
    assert_told(fixture, [TOLD_PENDING] = 1);
    assert_int_equal(fixture_counts(fixture).messages[MESSAGE_PLANNED], 1);
}

static void test_full_disk(void **state)
{
    Fixture *fixture = *state;
    g_autoptr(GError) error = NULL;
    g_autofree char *data = g_strnfill(9000, 'd');
    const LedgerPlannedNotice notice = {.audience = "all", .aside = TOLD_WITHHELD, .reason = "why"};
    LedgerPlannedPerson person = {.row = 1, .data = data, .notices = &notice, .count = 1};
    LedgerPlan *plan;
    bool added = true;

    fixture_plan(fixture, some);
    g_setenv("BREACH_FAULT_FAIL", "plan_full", TRUE);
    plan = fixture_build(fixture, some);
    g_unsetenv("BREACH_FAULT_FAIL");
    while (added && person.row++ < 1000)
        added = ledger_plan_person(plan, &person, &error);
    assert_false(added);
    assert_true(g_error_matches(error, BREACH_ERROR, BREACH_ERROR_CREATE));
    assert_non_null(strstr(error->message, "the disk is full"));
    ledger_plan_abandon(plan);
    fixture_open(fixture);
    assert_told(fixture, [TOLD_PENDING] = 2, [TOLD_WITHHELD] = 1);
}

static void test_bad_inputs(void **state)
{
    static const char *const inputs[] = {"", "{}", "[{\"path\":\"x\"}]"};
    Fixture *fixture = *state;

    for (size_t i = 0; i < G_N_ELEMENTS(inputs); i++) {
        const LedgerPlanHeader header = {.incident = "acme", .edition = 1, .inputs = inputs[i], .gateways = "[]"};
        g_autoptr(GError) error = NULL;
        LedgerPlanResult result;

        assert_false(ledger_plan_seal(fixture_build(fixture, some), &header, NULL, NULL, &result, &error));
        assert_true(g_error_matches(error, BREACH_ERROR, BREACH_ERROR_INTERNAL));
        assert_false(ledger_exists(fixture->backend, fixture->folder));
    }
}

static void test_no_folder(void **state)
{
    Fixture *fixture = *state;
    g_autoptr(GError) error = NULL;

    assert_null(ledger_plan_begin(fixture->backend, "/nonexistent/folder", 1, &error));
    assert_true(g_error_matches(error, BREACH_ERROR, BREACH_ERROR_CREATE));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kinds_of_people),       cmocka_unit_test(test_nobody),
        cmocka_unit_test(test_duplicate_ids),         cmocka_unit_test(test_duplicates_and_shared),
        cmocka_unit_test(test_digest_is_stable),      cmocka_unit_test(test_digest_sees_changes),
        cmocka_unit_test(test_digest_sees_the_rest),  cmocka_unit_test(test_digest_sees_gateways),
        cmocka_unit_test(test_unsealed),
        cmocka_unit_test(test_secret_stays),          cmocka_unit_test(test_stray_journal),
        cmocka_unit_test(test_full_disk),             cmocka_unit_test(test_bad_inputs),
        cmocka_unit_test(test_no_folder),
    };

    return FIXTURE_MAIN("ledger plan", tests);
}
