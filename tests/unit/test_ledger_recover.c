/* Recovery after a kill: what each kind of evidence leads to; and folders that were copied. */
#include "ledger_fixture.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "base/error.h"
#include "base/file.h"

#define OTHER_BOOT "99999999-2222-3333-4444-555555555555"

static const char *const three[] = {"p1 all=a@x", "p2 all=b@x", "p3 all=c@x", NULL};

/* Claims everything with a slot file, as a run that is about to die does. */
static Slots *claim_with_slots(Fixture *fixture, const char *const *people)
{
    g_autoptr(GError) error = NULL;
    Slots *slots;

    fixture_plan(fixture, people);
    fixture_start(fixture, BOOT);
    slots = slots_create(fixture->folder, fixture_run(fixture), BOOT, 8, &error);
    assert_non_null(slots);
    fixture_claim_all(fixture);
    return slots;
}

static void write_slot(Fixture *fixture, Slots *slots, int index, const char *endpoint, Slot slot)
{
    const LedgerClaim *claim = fixture_claimed(fixture, endpoint);

    g_strlcpy(slot.message, claim->id, sizeof slot.message);
    slot.attempt = claim->attempt;
    assert_true(slots_write(slots, index, &slot));
}

static bool has_slots(Fixture *fixture)
{
    g_autofree char *path = g_strdup_printf("%s/slots-%s", fixture->folder, fixture_run(fixture));

    return g_file_test(path, G_FILE_TEST_EXISTS);
}

static LedgerRecovery recover(Fixture *fixture, const char *boot)
{
    g_autoptr(GError) error = NULL;
    LedgerRecovery recovery;

    fixture_open(fixture);
    if (!ledger_recover(fixture->ledger, boot, -1, fixture->now + 5, &recovery, &error))
        fail_msg("%s", error->message);
    assert_false(has_slots(fixture));
    fixture_counts(fixture);
    return recovery;
}

static void assert_recovered(LedgerRecovery recovery, int settled, int returned, int doubted)
{
    assert_int_equal(recovery.settled, settled);
    assert_int_equal(recovery.returned, returned);
    assert_int_equal(recovery.doubted, doubted);
}

static void test_each_phase(void **state)
{
    Fixture *fixture = *state;
    g_autoptr(Slots) slots = claim_with_slots(fixture, three);
    g_autoptr(GPtrArray) events = NULL;

    write_slot(fixture, slots, 0, "a@x",
               (Slot){.phase = SLOT_REPLIED, .event = EVENT_ACCEPTED, .code = 250, .at = 77, .due = -1, .text = "2.0.0 ok"});
    write_slot(fixture, slots, 1, "b@x", (Slot){.phase = SLOT_HANDING_OVER});
    assert_recovered(recover(fixture, BOOT), 1, 1, 1);
    assert_int_equal(fixture_state(fixture, "a@x"), MESSAGE_ACCEPTED);
    assert_int_equal(fixture_state(fixture, "b@x"), MESSAGE_IN_DOUBT);
    assert_int_equal(fixture_state(fixture, "c@x"), MESSAGE_PLANNED);
    assert_true(fixture_history(fixture, "b@x").was_in_doubt);
    assert_false(fixture_history(fixture, "c@x").was_in_doubt);
    assert_int_equal(fixture_counts(fixture).held, 1);
    events = fixture_column(fixture, "SELECT body FROM event WHERE body LIKE '%recovered%' ORDER BY message");
    assert_int_equal(events->len, 3);
    assert_non_null(strstr(g_ptr_array_index(events, 0), "\"reply\":\"2.0.0 ok\""));
    assert_non_null(strstr(g_ptr_array_index(events, 0), "\"at\":\"1970-01-01T00:00:00.077Z\""));
    assert_non_null(strstr(g_ptr_array_index(events, 0), fixture_run(fixture)));
    assert_recovered(recover(fixture, BOOT), 0, 0, 0); /* again, and nothing changes */
    assert_told(fixture, [TOLD_ACCEPTED] = 1, [TOLD_IN_DOUBT] = 1, [TOLD_PENDING] = 1);
    fixture->now += 10;
    fixture_start(fixture, BOOT);
    assert_int_equal(fixture_claim_all(fixture), 1);
    assert_int_equal(fixture_claimed(fixture, "c@x")->attempt, 2);
}

static void test_every_reply(void **state)
{
    static const MessageEvent events[] = {EVENT_DEFERRED, EVENT_FAILED, EVENT_DOUBTED};
    static const MessageState states[] = {MESSAGE_DEFERRED, MESSAGE_FAILED, MESSAGE_IN_DOUBT};
    static const char *const endpoints[] = {"a@x", "b@x", "c@x"};
    Fixture *fixture = *state;
    g_autoptr(Slots) slots = claim_with_slots(fixture, three);

    for (int i = 0; i < 3; i++)
        write_slot(fixture, slots, i, endpoints[i],
                   (Slot){.phase = SLOT_REPLIED, .event = events[i], .code = 451, .enhanced = "4.7.1",
                          .due = fixture->now + 9, .at = fixture->now});
    assert_recovered(recover(fixture, BOOT), 2, 0, 1);
    for (int i = 0; i < 3; i++)
        assert_int_equal(fixture_state(fixture, endpoints[i]), states[i]);
    assert_int_equal(fixture_counts(fixture).due_first, fixture->now + 9);
    assert_int_equal(fixture_history(fixture, "c@x").relay_doubts, 1);
    assert_int_equal(fixture_counts(fixture).held, 0);
}

/* What a message was, as its slot says, is in the event that recovery writes: of an answer as of a doubt. */
static void test_handed_is_kept(void **state)
{
    const Handed handed = {.made = INT64_C(1795269000123), .octets = {0xcd}, .content = {0xef}};
    Fixture *fixture = *state;
    g_autoptr(Slots) slots = claim_with_slots(fixture, three);
    g_autoptr(GPtrArray) found = NULL;

    write_slot(fixture, slots, 0, "a@x", (Slot){.phase = SLOT_REPLIED, .event = EVENT_ACCEPTED, .handed = handed});
    write_slot(fixture, slots, 1, "b@x", (Slot){.phase = SLOT_HANDING_OVER, .handed = handed});
    assert_recovered(recover(fixture, BOOT), 1, 1, 1);
    found = fixture_column(fixture, "SELECT json_extract(body, '$.event') || substr(json_extract(body, '$.sha256'), 1, 2) ||"
                                    " substr(json_extract(body, '$.content'), 1, 2) || json_extract(body, '$.made')"
                                    " FROM event WHERE message > 0 AND body LIKE '%sha256%' ORDER BY 1");
    assert_int_equal(found->len, 2);
    assert_string_equal(g_ptr_array_index(found, 0), "acceptedcdef2026-11-21T13:50:00.123Z");
    assert_string_equal(g_ptr_array_index(found, 1), "doubtedcdef2026-11-21T13:50:00.123Z");
}

/* What the gateway calls a message is in the slot with its reply: the receipts that name it by that wait, however long it
 * takes until somebody settles the run, and are about it then. What is still unknown then is nobody's. */
static void test_provider_id(void **state)
{
    Fixture *fixture = *state;
    g_autoptr(Slots) slots = claim_with_slots(fixture, three);
    g_autoptr(GPtrArray) refused = NULL;
    const InboxEntry receipts[] = {
        {.event = EVENT_BOUNCED, .gateway = "relay", .provider_id = "SM-1", .reply = "UNDELIV"},
        {.event = EVENT_DELIVERED, .gateway = "relay", .provider_id = "SM-2", .reply = "DELIVRD"},
        {.event = EVENT_DELIVERED, .gateway = "relay", .provider_id = "another's", .reply = "DELIVRD"}};
    g_autoptr(GError) error = NULL;

    write_slot(fixture, slots, 0, "a@x",
               (Slot){.phase = SLOT_REPLIED, .event = EVENT_ACCEPTED, .provider_id = "SM-1", .text = "ok"});
    write_slot(fixture, slots, 1, "b@x",
               (Slot){.phase = SLOT_REPLIED, .event = EVENT_ACCEPTED, .provider_id = "SM-2"});
    fixture_open(fixture); /* another process, which only applies */
    assert_true(inbox_append_all(fixture->ledger, receipts, G_N_ELEMENTS(receipts), fixture->now, &error));
    fixture->now += 3600000;
    assert_int_equal(fixture_apply(fixture), 0);
    assert_recovered(recover(fixture, BOOT), 2, 1, 0);
    fixture->now += 1000;
    assert_int_equal(fixture_apply(fixture), 3);
    assert_int_equal(fixture_state(fixture, "a@x"), MESSAGE_BOUNCED);
    assert_int_equal(fixture_state(fixture, "b@x"), MESSAGE_DELIVERED);
    refused = fixture_column(fixture, "SELECT body FROM event WHERE body LIKE '%inbox_refused%'");
    assert_int_equal(refused->len, 1);
    assert_non_null(strstr(g_ptr_array_index(refused, 0), "another's"));
}

static void test_impossible_reply(void **state)
{
    Fixture *fixture = *state;
    g_autoptr(Slots) slots = claim_with_slots(fixture, three);

    write_slot(fixture, slots, 0, "a@x", (Slot){.phase = SLOT_REPLIED, .event = EVENT_RELEASED});
    assert_recovered(recover(fixture, BOOT), 0, 2, 1);
    assert_int_equal(fixture_state(fixture, "a@x"), MESSAGE_IN_DOUBT);
}

static void test_slot_of_another_attempt(void **state)
{
    Fixture *fixture = *state;
    g_autoptr(Slots) slots = claim_with_slots(fixture, three);
    Slot slot = {.phase = SLOT_REPLIED, .event = EVENT_ACCEPTED, .attempt = 7};

    g_strlcpy(slot.message, fixture_claimed(fixture, "a@x")->id, sizeof slot.message);
    assert_true(slots_write(slots, 0, &slot));
    assert_recovered(recover(fixture, BOOT), 0, 3, 0);
}

static void damage(Fixture *fixture, off_t at)
{
    g_autofree char *path = g_strdup_printf("%s/slots-%s", fixture->folder, fixture_run(fixture));
    int fd = open(path, O_RDWR);

    assert_true(fd >= 0);
    assert_int_equal(pwrite(fd, "\x5a\xa5", 2, at), 2);
    close(fd);
}

static void test_damaged_slot(void **state)
{
    Fixture *fixture = *state;
    g_autoptr(Slots) slots = claim_with_slots(fixture, three);

    write_slot(fixture, slots, 0, "a@x", (Slot){.phase = SLOT_REPLIED, .event = EVENT_ACCEPTED});
    write_slot(fixture, slots, 1, "b@x", (Slot){.phase = SLOT_HANDING_OVER});
    damage(fixture, 2 * SLOTS_SIZE + 70);
    /* the whole slot of a@x still speaks; the torn one may have been anybody's */
    assert_recovered(recover(fixture, BOOT), 1, 0, 2);
    assert_int_equal(fixture_state(fixture, "a@x"), MESSAGE_ACCEPTED);
}

static void test_damaged_header(void **state)
{
    Fixture *fixture = *state;
    g_autoptr(Slots) slots = claim_with_slots(fixture, three);

    write_slot(fixture, slots, 0, "a@x", (Slot){.phase = SLOT_REPLIED, .event = EVENT_ACCEPTED});
    damage(fixture, 3);
    assert_recovered(recover(fixture, BOOT), 0, 0, 3);
}

static void test_lost_file(void **state)
{
    Fixture *fixture = *state;
    Slots *slots = claim_with_slots(fixture, three);

    slots_close(slots);
    slots_remove(fixture->folder, fixture_run(fixture));
    assert_recovered(recover(fixture, BOOT), 0, 0, 3);
    assert_recovered(recover(fixture, BOOT), 0, 0, 0);
}

static void test_other_boot(void **state)
{
    Fixture *fixture = *state;
    g_autoptr(Slots) slots = claim_with_slots(fixture, three);

    write_slot(fixture, slots, 0, "a@x", (Slot){.phase = SLOT_REPLIED, .event = EVENT_ACCEPTED});
    assert_recovered(recover(fixture, OTHER_BOOT), 0, 0, 3);
}

static void test_unknown_boot(void **state)
{
    Fixture *fixture = *state;
    g_autoptr(Slots) slots = NULL;
    g_autoptr(GError) error = NULL;

    fixture_plan(fixture, three);
    fixture_start(fixture, "");
    slots = slots_create(fixture->folder, fixture_run(fixture), "", 4, &error);
    assert_non_null(slots);
    fixture_claim_all(fixture);
    assert_recovered(recover(fixture, ""), 0, 0, 3); /* two empty boot ids prove nothing */
}

/* The first of three doubts is settled late, while the second attempt is under way and dies. */
static void test_accepted_before(void **state)
{
    Fixture *fixture = *state;
    g_autoptr(GError) error = NULL;
    g_autoptr(Slots) slots = NULL;

    fixture_plan(fixture, (const char *const[]){"p1 all=a@x", NULL});
    fixture_start(fixture, BOOT);
    fixture_claim_all(fixture);
    fixture_end(fixture, "a@x", EVENT_DOUBTED);
    slots = slots_create(fixture->folder, fixture_run(fixture), BOOT, 4, &error);
    fixture->now += 3600000;
    fixture_claim_all(fixture);
    fixture_end_attempt(fixture, "a@x", 1, EVENT_ACCEPTED);
    recover(fixture, BOOT);
    assert_int_equal(fixture_state(fixture, "a@x"), MESSAGE_ACCEPTED); /* not sent a third time */
    assert_int_equal(fixture_counts(fixture).twice, 0);
}

static void test_several_runs(void **state)
{
    Fixture *fixture = *state;
    Slots *slots = claim_with_slots(fixture, three);
    g_autoptr(GError) error = NULL;
    g_autofree char *first = g_strdup(fixture_run(fixture));
    g_autofree char *path = g_strdup_printf("%s/slots-%s", fixture->folder, first);
    LedgerRecovery recovery;

    slots_close(slots);
    fixture_end(fixture, "a@x", EVENT_RETURNED);
    fixture_open(fixture);
    fixture->runs++; /* another run starts without recovering, claims and dies */
    assert_true(ledger_start_run(fixture->ledger, fixture_run(fixture), BOOT, fixture->now, &error));
    fixture->now += 3600000;
    fixture_claim_all(fixture);
    recovery = recover(fixture, BOOT);
    assert_recovered(recovery, 0, 2, 1); /* a@x: the second run has no slot file */
    assert_int_equal(fixture_state(fixture, "a@x"), MESSAGE_IN_DOUBT);
    assert_false(g_file_test(path, G_FILE_TEST_EXISTS));
}

static void test_many(void **state)
{
    Fixture *fixture = *state;
    g_autoptr(GPtrArray) people = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(Slots) slots = NULL;
    LedgerRecovery recovery;

    for (int i = 0; i < 1203; i++)
        g_ptr_array_add(people, g_strdup_printf("p%d all=%d@x", i, i));
    g_ptr_array_add(people, NULL);
    slots = claim_with_slots(fixture, (const char *const *)people->pdata);
    fixture_claim_all(fixture);
    write_slot(fixture, slots, 0, "7@x", (Slot){.phase = SLOT_HANDING_OVER});
    recovery = recover(fixture, BOOT);
    assert_recovered(recovery, 0, 1202, 1);
}

/* Copies -------------------------------------------------------------------------------------------------------- */

static void copy_file(const char *from, const char *to, const char *name)
{
    g_autofree char *source = g_build_filename(from, name, NULL);
    g_autofree char *target = g_build_filename(to, name, NULL);
    g_autofree char *bytes = NULL;
    gsize size = 0;

    if (g_file_get_contents(source, &bytes, &size, NULL))
        assert_true(g_file_set_contents(target, bytes, (gssize)size, NULL));
}

static void test_copy(void **state)
{
    Fixture *fixture = *state;
    Fixture *copy = fixture_new(fixture->backend);
    g_autoptr(Slots) slots = claim_with_slots(fixture, three);
    g_autoptr(GError) error = NULL;
    g_autofree char *name = g_strdup_printf("slots-%s", fixture_run(fixture));

    fixture_end(fixture, "a@x", EVENT_ACCEPTED);
    write_slot(fixture, slots, 1, "b@x", (Slot){.phase = SLOT_REPLIED, .event = EVENT_ACCEPTED});
    assert_false(ledger_is_copy(fixture->ledger));
    fixture_close(fixture);
    copy_file(fixture->folder, copy->folder, "ledger.db");
    copy_file(fixture->folder, copy->folder, name);
    fixture_open(copy);
    assert_true(ledger_is_copy(copy->ledger));
    assert_true(ledger_adopt(copy->ledger, copy->now, &error));
    assert_false(ledger_is_copy(copy->ledger));
    fixture_open(copy);
    assert_false(ledger_is_copy(copy->ledger));
    assert_told(copy, [TOLD_ACCEPTED] = 1, [TOLD_IN_DOUBT] = 2);
    assert_int_equal(fixture_counts(copy).held, 2);
    fixture_free(copy);
    fixture_open(fixture);
    assert_false(ledger_is_copy(fixture->ledger));
}

static void test_moved(void **state)
{
    Fixture *fixture = *state;
    g_autofree char *moved = g_strconcat(fixture->folder, "-moved", NULL);

    fixture_plan(fixture, three);
    fixture_close(fixture);
    assert_int_equal(g_rename(fixture->folder, moved), 0);
    g_free(fixture->folder);
    fixture->folder = g_steal_pointer(&moved);
    fixture_open(fixture);
    assert_false(ledger_is_copy(fixture->ledger));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_phase),       cmocka_unit_test(test_every_reply),
        cmocka_unit_test(test_handed_is_kept),   cmocka_unit_test(test_provider_id),
        cmocka_unit_test(test_impossible_reply), cmocka_unit_test(test_slot_of_another_attempt),
        cmocka_unit_test(test_damaged_slot),     cmocka_unit_test(test_damaged_header),
        cmocka_unit_test(test_lost_file),        cmocka_unit_test(test_other_boot),
        cmocka_unit_test(test_unknown_boot),     cmocka_unit_test(test_accepted_before),
        cmocka_unit_test(test_several_runs),     cmocka_unit_test(test_many),
        cmocka_unit_test(test_copy),             cmocka_unit_test(test_moved),
    };

    return FIXTURE_MAIN("ledger recovery", tests);
}
