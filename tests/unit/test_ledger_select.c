/* Selecting messages, and what a person decides: retry's releases, a doubt settled, a person withheld for good. */
#include "ledger_fixture.h"

#include <string.h>

#include "ledger/ledger_select.h"

#define HOUR INT64_C(3600000)
#define ANY  UINT32_MAX

/* Ends the latest attempt at an endpoint with a reply. */
static void answer(Fixture *fixture, const char *endpoint, MessageEvent event, int code, const char *enhanced)
{
    const LedgerClaim *claim = fixture_claimed(fixture, endpoint);
    g_autoptr(GError) error = NULL;

    assert_true(ledger_begin(fixture->ledger, &error));
    assert_true(ledger_record(fixture->ledger,
                              &(LedgerOutcome){.message = claim->no,
                                               .attempt = claim->attempt,
                                               .event = event,
                                               .code = code,
                                               .enhanced = enhanced,
                                               .reply = "as the relay says",
                                               .at = fixture->now,
                                               .due = -1,
                                               .by_relay = true},
                              &error));
    assert_true(ledger_commit(fixture->ledger, &error));
}

/* Four people: p1 told, p2 and p3 refused, p4 in doubt; p3 and p4 at another domain. */
static void start(Fixture *fixture)
{
    fixture_plan(fixture, (const char *const[]){"p1 all=a@x.example", "p2 all=b@x.example", "p3 few=c@y.example",
                                                "p4 few=d@y.example", NULL});
    fixture_start(fixture, BOOT);
    fixture_claim_all(fixture);
    answer(fixture, "a@x.example", EVENT_ACCEPTED, 250, "2.0.0");
    answer(fixture, "b@x.example", EVENT_FAILED, 550, "5.1.1");
    answer(fixture, "c@y.example", EVENT_FAILED, 554, "5.7.1");
    answer(fixture, "d@y.example", EVENT_DOUBTED, 0, NULL);
}

/* The endpoints of what a filter chooses, joined. */
static char *chosen(Fixture *fixture, LedgerFilter filter)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) matches = ledger_select(fixture->ledger, &filter, 0, 100, &error);
    GString *text = g_string_new(NULL);

    assert_null(error);
    for (guint i = 0; i < matches->len; i++)
        g_string_append_printf(text, "%s%s", i > 0 ? " " : "",
                               ((const LedgerMatch *)g_ptr_array_index(matches, i))->endpoint);
    return g_string_free(text, FALSE);
}

static void assert_chosen(Fixture *fixture, LedgerFilter filter, const char *wanted)
{
    g_autofree char *got = chosen(fixture, filter);

    assert_string_equal(got, wanted);
}

static void test_filters(void **state)
{
    Fixture *fixture = *state;
    const uint32_t failed = SELECT_STATE(MESSAGE_FAILED);

    start(fixture);
    assert_chosen(fixture, (LedgerFilter){.states = failed}, "b@x.example c@y.example");
    assert_chosen(fixture, (LedgerFilter){.states = SELECT_STATE(MESSAGE_BOUNCED)}, "");
    assert_chosen(fixture, (LedgerFilter){.states = failed, .audience = "few"}, "c@y.example");
    assert_chosen(fixture, (LedgerFilter){.states = failed, .channel = "sms"}, "");
    assert_chosen(fixture, (LedgerFilter){.states = failed, .gateway = "relay"}, "b@x.example c@y.example");
    assert_chosen(fixture, (LedgerFilter){.states = ANY, .domain = "y.example"}, "c@y.example d@y.example");
    assert_chosen(fixture, (LedgerFilter){.states = ANY, .domain = "example"}, "");
    assert_chosen(fixture, (LedgerFilter){.states = ANY, .person = "p3"}, "c@y.example");
    assert_chosen(fixture, (LedgerFilter){.states = ANY, .person = "p9"}, "");
    assert_chosen(fixture, (LedgerFilter){.states = ANY, .row = 4}, "d@y.example");
    assert_chosen(fixture, (LedgerFilter){.states = ANY, .row = 5}, "");
    assert_chosen(fixture, (LedgerFilter){.states = ANY, .code = 550}, "b@x.example");
    assert_chosen(fixture, (LedgerFilter){.states = ANY, .enhanced = "5.1"}, "b@x.example");
    assert_chosen(fixture, (LedgerFilter){.states = ANY, .enhanced = "5"}, "b@x.example c@y.example");
    assert_chosen(fixture, (LedgerFilter){.states = ANY, .enhanced = "5.1.10"}, "");
    assert_chosen(fixture, (LedgerFilter){.states = ANY, .message = fixture_claimed(fixture, "d@y.example")->id},
                  "d@y.example");
    assert_chosen(fixture, (LedgerFilter){.states = ANY, .held = true},
                  "a@x.example b@x.example c@y.example d@y.example"); /* it only narrows those in doubt */
}

static void test_pages_and_groups(void **state)
{
    Fixture *fixture = *state;
    const LedgerFilter failed = {.states = SELECT_STATE(MESSAGE_FAILED)};
    g_autoptr(GPtrArray) first = NULL;
    g_autoptr(GPtrArray) second = NULL;
    g_autoptr(GPtrArray) groups = NULL;
    const LedgerMatch *match;
    const LedgerGroup *group;

    start(fixture);
    first = ledger_select(fixture->ledger, &failed, 0, 1, NULL);
    assert_int_equal(first->len, 1);
    match = g_ptr_array_index(first, 0);
    second = ledger_select(fixture->ledger, &failed, match->no, 1, NULL);
    assert_int_equal(second->len, 1);
    assert_string_equal(((const LedgerMatch *)g_ptr_array_index(second, 0))->endpoint, "c@y.example");
    groups = ledger_select_groups(fixture->ledger, &(LedgerFilter){.states = ANY}, NULL);
    assert_int_equal(groups->len, 4);
    group = g_ptr_array_index(groups, 0); /* equal numbers: by state, then by code */
    assert_int_equal(group->state, MESSAGE_ACCEPTED);
    group = g_ptr_array_index(groups, 1);
    assert_int_equal(group->code, 550);
    assert_string_equal(group->enhanced, "5.1.1");
    assert_string_equal(group->sample, fixture_claimed(fixture, "b@x.example")->id);
}

static void test_details(void **state)
{
    Fixture *fixture = *state;
    const LedgerFilter doubts = {.states = SELECT_STATE(MESSAGE_IN_DOUBT), .held = true};
    g_autoptr(GPtrArray) matches = NULL;
    const LedgerMatch *match;

    start(fixture);
    matches = ledger_select(fixture->ledger, &doubts, 0, 10, NULL);
    assert_int_equal(matches->len, 1);
    assert_true(ledger_select_details(fixture->ledger, matches, NULL));
    match = g_ptr_array_index(matches, 0);
    assert_true(match->held);
    assert_int_equal(match->doubts, 1);
    assert_int_equal(match->relay_doubts, 1);
    assert_int_equal(match->changed_at, fixture->now);
    assert_string_equal(match->reply, "as the relay says");
    assert_string_equal(match->person, "p4");
    assert_int_equal(match->people, 1);
    assert_int_equal(match->row, 4);
    assert_false(match->gone);
}

/* Entries -------------------------------------------------------------------------------------------------------- */

static void decide(Fixture *fixture, MessageEvent event, const char *endpoint)
{
    const LedgerClaim *claim = fixture_claimed(fixture, endpoint);
    const InboxEntry entry = {
        .event = event, .message = claim->id, .attempt = claim->attempt, .reply = "because", .by = "who@here"};

    assert_true(inbox_append(fixture->ledger, &entry, fixture->now, NULL));
    fixture_apply(fixture);
}

static void decide_person(Fixture *fixture, MessageEvent event, const char *person, const char *reason)
{
    const InboxEntry entry = {.event = event, .person = person, .reply = reason, .by = "who@here"};

    assert_true(inbox_append(fixture->ledger, &entry, fixture->now, NULL));
    fixture_apply(fixture);
}

static void assert_last_event(Fixture *fixture, const char *part)
{
    g_autoptr(GPtrArray) events = fixture_column(fixture, "SELECT body FROM event ORDER BY no DESC LIMIT 1");
    const char *body = g_ptr_array_index(events, 0);

    if (!strstr(body, part))
        fail_msg("%s is not in %s", part, body);
}

/* What is tried again has its whole give_up before it, and goes on counting its attempts. */
static void test_released(void **state)
{
    Fixture *fixture = *state;
    LedgerHistory history;

    start(fixture);
    fixture->now += 100 * HOUR;
    decide(fixture, EVENT_RELEASED, "b@x.example");
    assert_last_event(fixture, "\"by\":\"who@here\"");
    history = fixture_history(fixture, "b@x.example");
    assert_int_equal(history.state, MESSAGE_PLANNED);
    assert_int_equal(history.first_at, -1);
    assert_int_equal(fixture_claim_all(fixture), 1);
    history = fixture_history(fixture, "b@x.example");
    assert_int_equal(history.attempt, 2);
    assert_int_equal(history.first_at, fixture->now);
    fixture_end(fixture, "b@x.example", EVENT_ACCEPTED);
    assert_told(fixture, [TOLD_ACCEPTED] = 2, [TOLD_UNREACHABLE] = 1, [TOLD_IN_DOUBT] = 1);
}

static void test_doubt_settled(void **state)
{
    Fixture *fixture = *state;

    start(fixture);
    assert_int_equal(fixture_counts(fixture).held, 1);
    decide(fixture, EVENT_ACCEPTED, "d@y.example"); /* the relay's log knows it */
    assert_int_equal(fixture_state(fixture, "d@y.example"), MESSAGE_ACCEPTED);
    assert_true(fixture_history(fixture, "d@y.example").was_in_doubt);
    assert_int_equal(fixture_counts(fixture).held, 0);
    assert_int_equal(fixture_claim_all(fixture), 0);
    assert_last_event(fixture, "\"by\":\"who@here\"");
    decide(fixture, EVENT_RELEASED, "d@y.example");
    assert_last_event(fixture, "inbox_refused"); /* whoever was told is not told again */
}

static void test_doubt_resent(void **state)
{
    Fixture *fixture = *state;

    start(fixture);
    for (int round = 2; round < 6; round++) { /* however often the relay has left it in doubt */
        decide(fixture, EVENT_RELEASED, "d@y.example");
        assert_int_equal(fixture_claim_all(fixture), 1);
        answer(fixture, "d@y.example", EVENT_DOUBTED, 0, NULL);
        assert_int_equal(fixture_history(fixture, "d@y.example").relay_doubts, round);
        assert_int_equal(fixture_counts(fixture).held, 1);
    }
    decide(fixture, EVENT_RETURNED, "d@y.example");
    assert_int_equal(fixture_state(fixture, "d@y.example"), MESSAGE_PLANNED);
    assert_int_equal(fixture_claim_all(fixture), 1);
}

/* A person knows that it was not sent, or wants it sent all the same: what breaks off before anything has left does not
 * bring the doubt back. */
static void test_decision_stands(void **state)
{
    static const MessageEvent decisions[] = {EVENT_RETURNED, EVENT_RELEASED};
    Fixture *fixture = *state;

    start(fixture);
    for (size_t i = 0; i < G_N_ELEMENTS(decisions); i++) {
        decide(fixture, decisions[i], "d@y.example");
        assert_int_equal(fixture_claim_all(fixture), 1);
        fixture_end(fixture, "d@y.example", EVENT_RETURNED);
        assert_int_equal(fixture_state(fixture, "d@y.example"), MESSAGE_PLANNED);
        assert_true(fixture_history(fixture, "d@y.example").was_in_doubt);
        fixture->now += 2 * HOUR;
        assert_int_equal(fixture_claim_all(fixture), 1);
        answer(fixture, "d@y.example", EVENT_DOUBTED, 0, NULL);
        assert_int_equal(fixture_counts(fixture).held, 1);
    }
}

/* A doubt that nobody has settled outlasts a refusal for now, and a try that breaks off. */
static void test_doubt_outlasts(void **state)
{
    Fixture *fixture = *state;

    fixture_plan(fixture, (const char *const[]){"p1 all=a@x", NULL});
    fixture_start(fixture, BOOT);
    fixture_claim_all(fixture);
    fixture_end(fixture, "a@x", EVENT_DOUBTED); /* due again in an hour */
    fixture->now += 2 * HOUR;
    assert_int_equal(fixture_claim_all(fixture), 1);
    fixture_end(fixture, "a@x", EVENT_DEFERRED);
    fixture->now += 2 * HOUR;
    assert_int_equal(fixture_claim_all(fixture), 1);
    fixture_end(fixture, "a@x", EVENT_RETURNED);
    assert_int_equal(fixture_state(fixture, "a@x"), MESSAGE_IN_DOUBT);
}

/* Decisions ------------------------------------------------------------------------------------------------------- */

static const char *const with_quarantined[] = {"p1 all=a@x", "p2 all!quarantined:name_missing",
                                               "p3 all=c@x few!quarantined:age", "- all!quarantined:no_id", NULL};

static void assert_reason(Fixture *fixture, Told told, const char *reason, int64_t people)
{
    g_autoptr(GPtrArray) reasons = ledger_reasons(fixture->ledger, NULL);
    int64_t found = 0;

    for (guint i = 0; i < reasons->len; i++) {
        const LedgerReason *each = g_ptr_array_index(reasons, i);

        if (each->told == told && strcmp(each->reason, reason) == 0)
            found += each->people;
    }
    assert_int_equal(found, people);
}

static void test_person_withheld(void **state)
{
    Fixture *fixture = *state;
    g_autofree char *decided = NULL;
    g_autofree char *no_id = NULL;
    g_autoptr(GPtrArray) aside = NULL;
    bool is_known;

    fixture_plan(fixture, with_quarantined);
    assert_told(fixture, [TOLD_PENDING] = 2, [TOLD_QUARANTINED] = 2);
    aside = ledger_select_aside(fixture->ledger, TOLD_QUARANTINED, NULL, 0, 0, 10, NULL);
    assert_int_equal(aside->len, 3);
    assert_string_equal(((const LedgerAside *)g_ptr_array_index(aside, 0))->person, "p2");
    assert_null(((const LedgerAside *)g_ptr_array_index(aside, 2))->person);
    decide_person(fixture, EVENT_WITHHELD, "p2", "a court asked for it");
    assert_last_event(fixture, "\"decision\":\"withheld\"");
    assert_told(fixture, [TOLD_PENDING] = 2, [TOLD_QUARANTINED] = 1, [TOLD_WITHHELD] = 1);
    assert_reason(fixture, TOLD_WITHHELD, "a court asked for it", 1);
    decided = ledger_decided(fixture->ledger, "p2", NULL);
    assert_string_equal(decided, "a court asked for it");
    decide_person(fixture, EVENT_WITHHELD, "nobody", "a typing mistake");
    assert_last_event(fixture, "no such person");
    no_id = ledger_person_at(fixture->ledger, 4, &is_known, NULL);
    assert_null(no_id);
    assert_true(is_known);
}

/* A person with a second notice, whose message is still to be sent, stays pending: only the message's own entry ends
 * it. */
static void test_several_notices(void **state)
{
    Fixture *fixture = *state;

    fixture_plan(fixture, with_quarantined);
    decide_person(fixture, EVENT_WITHHELD, "p3", "on request");
    assert_told(fixture, [TOLD_PENDING] = 2, [TOLD_QUARANTINED] = 2);
    fixture_start(fixture, BOOT);
    fixture_claim_all(fixture);
    fixture_end(fixture, "c@x", EVENT_QUARANTINED);
    decide(fixture, EVENT_WITHHELD, "c@x");
    decide_person(fixture, EVENT_WITHHELD, "p3", "on request");
    fixture_end(fixture, "a@x", EVENT_ACCEPTED);
    assert_told(fixture, [TOLD_ACCEPTED] = 1, [TOLD_QUARANTINED] = 2, [TOLD_WITHHELD] = 1);
    assert_reason(fixture, TOLD_WITHHELD, "on request", 2);
}

static void test_plan_keeps_decisions(void **state)
{
    static const char *const mended[] = {"p1 all=a@x", "p2 all=b@x", "p3 all=c@x", NULL};
    Fixture *fixture = *state;

    fixture_plan(fixture, with_quarantined);
    decide_person(fixture, EVENT_WITHHELD, "p2", "a court asked for it");
    fixture_plan(fixture, with_quarantined);
    assert_told(fixture, [TOLD_PENDING] = 2, [TOLD_QUARANTINED] = 1, [TOLD_WITHHELD] = 1);
    fixture_plan(fixture, mended); /* p2's row is whole now, and the decision stands */
    assert_told(fixture, [TOLD_PENDING] = 2, [TOLD_WITHHELD] = 1);
    assert_reason(fixture, TOLD_WITHHELD, "a court asked for it", 1);
    fixture_plan(fixture, mended);
    assert_told(fixture, [TOLD_PENDING] = 2, [TOLD_WITHHELD] = 1);
    fixture_start(fixture, BOOT);
    assert_int_equal(fixture_claim_all(fixture), 2);
}

static void test_decision_taken_back(void **state)
{
    static const char *const mended[] = {"p1 all=a@x", "p2 all=b@x", NULL};
    Fixture *fixture = *state;
    g_autofree char *decided = NULL;
    g_autoptr(GPtrArray) matches = NULL;
    const LedgerFilter filter = {.states = SELECT_STATE(MESSAGE_WITHHELD), .by_person = true, .person = "p2"};
    const LedgerMatch *match;

    fixture_plan(fixture, with_quarantined);
    decide_person(fixture, EVENT_WITHHELD, "p2", "a court asked for it");
    decide_person(fixture, EVENT_RELEASED, "p2", "the court changed its mind");
    assert_told(fixture, [TOLD_PENDING] = 2, [TOLD_QUARANTINED] = 2);
    decided = ledger_decided(fixture->ledger, "p2", NULL);
    assert_null(decided);
    decide_person(fixture, EVENT_WITHHELD, "p2", "once more");
    fixture_plan(fixture, mended);
    matches = ledger_select(fixture->ledger, &filter, 0, 10, NULL);
    assert_int_equal(matches->len, 1);
    match = g_ptr_array_index(matches, 0);
    assert_true(inbox_append(fixture->ledger,
                             &(InboxEntry){.event = EVENT_RELEASED, .message = match->id, .reply = "no"}, fixture->now,
                             NULL));
    decide_person(fixture, EVENT_RELEASED, "p2", "the court changed its mind");
    assert_told(fixture, [TOLD_PENDING] = 2, [TOLD_WITHHELD] = 1); /* p3 is gone from the file */
    assert_reason(fixture, TOLD_WITHHELD, "once more", 0);
}

static void test_still_wanted(void **state)
{
    Fixture *fixture = *state;
    LedgerFilter filter = {.states = SELECT_STATE(MESSAGE_FAILED)};

    start(fixture);
    fixture_plan(fixture,
                 (const char *const[]){"p1 all=a@x.example", "p3 few=c@y.example", "p4 few=d@y.example", NULL});
    assert_chosen(fixture, filter, "b@x.example c@y.example");
    filter.still_wanted = true;
    assert_chosen(fixture, filter, "c@y.example"); /* p2 is gone */
    decide_person(fixture, EVENT_WITHHELD, "p3", "on request");
    assert_chosen(fixture, filter, "");
}

/* Somebody with two addresses is told once one of them takes it; with two people at one address, one who was not
 * counts. */
static void test_told_otherwise(void **state)
{
    static const char *const people[] = {"p1 all=a@x,b@x", "p2 all=c@x", "p3 all=c@x", NULL};
    Fixture *fixture = *state;
    LedgerFilter filter = {.states = SELECT_STATE(MESSAGE_FAILED)};

    fixture_plan(fixture, people);
    fixture_start(fixture, BOOT);
    fixture_claim_all(fixture);
    answer(fixture, "a@x", EVENT_FAILED, 550, "5.1.1");
    answer(fixture, "b@x", EVENT_ACCEPTED, 250, "2.0.0");
    answer(fixture, "c@x", EVENT_FAILED, 550, "5.1.1");
    assert_chosen(fixture, filter, "a@x c@x");
    filter.still_wanted = true;
    assert_chosen(fixture, filter, "c@x");
    decide_person(fixture, EVENT_WITHHELD, "p2", "on request");
    assert_chosen(fixture, filter, "c@x"); /* p3 still wants it */
    decide_person(fixture, EVENT_WITHHELD, "p3", "on request");
    assert_chosen(fixture, filter, "");
}

/* Whom a later plan withholds is not tried again, and is once a plan wants them told. */
static void test_unwanted(void **state)
{
    static const char *const wanted[] = {"p1 all=a@x.example", "p2 all=b@x.example", "p3 few=c@y.example",
                                         "p4 few=d@y.example", NULL};
    Fixture *fixture = *state;
    const LedgerFilter failed = {.states = SELECT_STATE(MESSAGE_FAILED), .still_wanted = true};
    const LedgerFilter doubts = {.states = SELECT_STATE(MESSAGE_IN_DOUBT)};
    g_autoptr(GPtrArray) found = NULL;

    start(fixture);
    fixture_plan(fixture, (const char *const[]){"p1 all=a@x.example", "p2 all!withheld:excluded", "p3 few=c@y.example",
                                                "p4 few!withheld:excluded", NULL});
    assert_chosen(fixture, failed, "c@y.example");
    found = ledger_select(fixture->ledger, &doubts, 0, 10, NULL);
    assert_int_equal(found->len, 1);
    assert_true(((const LedgerMatch *)g_ptr_array_index(found, 0))->unwanted);
    assert_false(((const LedgerMatch *)g_ptr_array_index(found, 0))->gone);
    decide(fixture, EVENT_RETURNED, "d@y.example"); /* it was not sent, and is not to be: what resolve says then */
    decide(fixture, EVENT_WITHHELD, "d@y.example");
    assert_told(fixture, [TOLD_ACCEPTED] = 1, [TOLD_UNREACHABLE] = 2, [TOLD_WITHHELD] = 1);
    fixture_plan(fixture, wanted);
    assert_chosen(fixture, failed, "b@x.example c@y.example");
    assert_int_equal(fixture_state(fixture, "d@y.example"), MESSAGE_PLANNED);
    assert_told(fixture, [TOLD_ACCEPTED] = 1, [TOLD_UNREACHABLE] = 2, [TOLD_PENDING] = 1);
}

/* Whom somebody decided not to tell is not sent a doubt again, by this plan or the next. */
static void test_decided_in_doubt(void **state)
{
    static const char *const people[] = {"p1 all=a@x", "p2 all=b@x", NULL};
    const LedgerFilter doubts = {.states = SELECT_STATE(MESSAGE_IN_DOUBT)};
    Fixture *fixture = *state;
    g_autoptr(GPtrArray) found = NULL;

    fixture_plan(fixture, people);
    fixture_start(fixture, BOOT);
    fixture_claim_all(fixture);
    decide_person(fixture, EVENT_WITHHELD, "p2", "on request"); /* while it is on its way */
    fixture_end(fixture, "a@x", EVENT_DOUBTED); /* due again in an hour */
    fixture_end(fixture, "b@x", EVENT_DOUBTED);
    decide_person(fixture, EVENT_WITHHELD, "p1", "on request");
    assert_int_equal(fixture_counts(fixture).held, 1);
    found = ledger_select(fixture->ledger, &doubts, 0, 10, NULL);
    assert_int_equal(found->len, 2);
    assert_true(((const LedgerMatch *)g_ptr_array_index(found, 0))->unwanted);
    fixture_plan(fixture, people);
    assert_int_equal(fixture_counts(fixture).held, 2);
    fixture->now += 2 * HOUR;
    fixture_start(fixture, BOOT);
    assert_int_equal(fixture_claim_all(fixture), 0);
}

/* Whose address was mended has a new message: trying the old one again as well would tell them twice. */
static void test_mended_address(void **state)
{
    Fixture *fixture = *state;
    const LedgerFilter filter = {.states = SELECT_STATE(MESSAGE_FAILED), .still_wanted = true};

    start(fixture);
    fixture_plan(fixture, (const char *const[]){"p1 all=a@x.example", "p2 all=new@x.example", "p3 few=c@y.example",
                                                "p4 few=d@y.example", NULL});
    assert_chosen(fixture, filter, "c@y.example");
    fixture_start(fixture, BOOT);
    assert_int_equal(fixture_claim_all(fixture), 1);
    assert_chosen(fixture, filter, "c@y.example");
    answer(fixture, "new@x.example", EVENT_FAILED, 550, "5.1.1");
    assert_chosen(fixture, filter, "b@x.example c@y.example new@x.example");
}

static void test_append_all(void **state)
{
    Fixture *fixture = *state;
    InboxEntry entries[2] = {{.event = EVENT_RELEASED, .reply = "again"}, {.event = EVENT_RELEASED, .reply = "\xff"}};
    g_autoptr(GPtrArray) waiting = NULL;

    start(fixture);
    entries[0].message = fixture_claimed(fixture, "b@x.example")->id;
    entries[1].message = fixture_claimed(fixture, "c@y.example")->id;
    assert_false(inbox_append_all(fixture->ledger, entries, 2, fixture->now, NULL)); /* all of them or none */
    waiting = fixture_column(fixture, "SELECT no FROM inbox");
    assert_int_equal(waiting->len, 0);
    entries[1].reply = "again";
    assert_true(inbox_append_all(fixture->ledger, entries, 2, fixture->now, NULL));
    fixture_apply(fixture);
    assert_int_equal(fixture_claim_all(fixture), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_filters),
        cmocka_unit_test(test_pages_and_groups),
        cmocka_unit_test(test_details),
        cmocka_unit_test(test_released),
        cmocka_unit_test(test_doubt_settled),
        cmocka_unit_test(test_doubt_resent),
        cmocka_unit_test(test_decision_stands),
        cmocka_unit_test(test_doubt_outlasts),
        cmocka_unit_test(test_person_withheld),
        cmocka_unit_test(test_several_notices),
        cmocka_unit_test(test_plan_keeps_decisions),
        cmocka_unit_test(test_decision_taken_back),
        cmocka_unit_test(test_still_wanted),
        cmocka_unit_test(test_told_otherwise),
        cmocka_unit_test(test_unwanted),
        cmocka_unit_test(test_decided_in_doubt),
        cmocka_unit_test(test_mended_address),
        cmocka_unit_test(test_append_all),
    };

    return FIXTURE_MAIN("ledger_select", tests);
}
