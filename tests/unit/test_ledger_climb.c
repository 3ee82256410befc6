/* The ladder in the ledger: who climbs, when, what that counts as, and what a later plan makes of it. */
#include "ledger_fixture.h"

#include <string.h>

#include "ledger/decision.h"
#include "ledger/ledger_climb.h"

#define HOUR INT64_C(3600000)

/* Rungs --------------------------------------------------------------------------------------------------------- */

static void test_rungs_text(void **state)
{
    static const char *const wrong[] = {
        "sms", ":en", "sms:", "sms:en:first", "sms:en letter", "a:b a:b a:b a:b a:b a:b a:b a:b a:b"};
    LedgerRung rungs[LEDGER_RUNGS_MAX];
    size_t count = 9;

    (void)state;
    assert_true(ledger_rungs_parse(NULL, rungs, &count));
    assert_int_equal(count, 0);
    assert_true(ledger_rungs_parse("sms:zh-CN letter:zh-CN:update", rungs, &count));
    assert_int_equal(count, 2);
    assert_string_equal(rungs[0].channel, "sms");
    assert_false(rungs[0].is_update);
    assert_string_equal(rungs[1].locale, "zh-CN");
    assert_true(rungs[1].is_update);
    g_autofree char *all = ledger_rungs_text(rungs, count, 0);
    g_autofree char *last = ledger_rungs_text(rungs, count, 1);
    assert_string_equal(all, "sms:zh-CN letter:zh-CN:update");
    assert_string_equal(last, "letter:zh-CN:update");
    assert_null(ledger_rungs_text(rungs, count, 2));
    for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++)
        assert_false(ledger_rungs_parse(wrong[i], rungs, &count));
}

/* Steps --------------------------------------------------------------------------------------------------------- */

static void plan(Fixture *fixture, const char *const *people)
{
    fixture_plan(fixture, people);
    fixture_start(fixture, BOOT);
}

static void finish(Fixture *fixture, const char *endpoint, MessageEvent event)
{
    fixture_claim_all(fixture);
    fixture_end(fixture, endpoint, event);
}

static int64_t next_climb(Fixture *fixture)
{
    g_autoptr(GError) error = NULL;
    int64_t due = 0;

    assert_true(ledger_climb_next_due(fixture->ledger, &due, &error));
    return due;
}

static void assert_reason(Fixture *fixture, const char *expected)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) reasons = ledger_reasons(fixture->ledger, &error);

    assert_non_null(reasons);
    for (guint i = 0; i < reasons->len; i++)
        if (strcmp(((const LedgerReason *)g_ptr_array_index(reasons, i))->reason, expected) == 0)
            return;
    fail_msg("nobody has the reason %s", expected);
}

static void assert_events(Fixture *fixture, const char *event, const char *count)
{
    g_autofree char *sql =
        g_strdup_printf("SELECT count(*) FROM event WHERE json_extract(body, '$.event') = '%s'", event);
    g_autoptr(GPtrArray) values = fixture_column(fixture, sql);

    assert_string_equal(g_ptr_array_index(values, 0), count);
}

/* Who climbs ---------------------------------------------------------------------------------------------------- */

static void test_failed_climbs_at_once(void **state)
{
    Fixture *fixture = *state;
    LedgerCounts counts;

    plan(fixture, (const char *const[]){"p1 all=e1>", "p2 all=e2>", "p3 all=e3", NULL});
    fixture_claim_all(fixture);
    fixture_end(fixture, "e1", EVENT_FAILED);
    fixture_end(fixture, "e2", EVENT_ACCEPTED);
    fixture_end(fixture, "e3", EVENT_FAILED);
    assert_told(fixture, [TOLD_PENDING] = 1, [TOLD_ACCEPTED] = 1, [TOLD_UNREACHABLE] = 1);
    assert_int_equal(fixture_counts(fixture).climbing, 1);
    assert_int_equal(next_climb(fixture), fixture->now);
    assert_int_equal(fixture_climb(fixture, NULL), 1);
    counts = fixture_counts(fixture);
    assert_int_equal(counts.climbing, 0);
    assert_int_equal(counts.climbed, 1);
    assert_int_equal(counts.open, 1);
    assert_int_equal(next_climb(fixture), INT64_MAX);
    assert_told(fixture, [TOLD_PENDING] = 1, [TOLD_ACCEPTED] = 1, [TOLD_UNREACHABLE] = 1);
    finish(fixture, "+p1", EVENT_ACCEPTED);
    assert_told(fixture, [TOLD_ACCEPTED] = 2, [TOLD_UNREACHABLE] = 1);
    assert_events(fixture, "climbed", "1");
}

static void test_end_of_the_ladder(void **state)
{
    Fixture *fixture = *state;

    plan(fixture, (const char *const[]){"p1 all=e1>", "p2 all=e2>", NULL});
    fixture_claim_all(fixture);
    fixture_end(fixture, "e1", EVENT_FAILED);
    fixture_end(fixture, "e2", EVENT_FAILED);
    assert_int_equal(fixture_climb(fixture, NULL), 2);
    fixture_claim_all(fixture);
    fixture_end(fixture, "+p1", EVENT_FAILED);
    fixture_end(fixture, "+p2", EVENT_ACCEPTED);
    assert_told(fixture, [TOLD_ACCEPTED] = 1, [TOLD_UNREACHABLE] = 1);
    assert_int_equal(fixture_counts(fixture).climbing, 0);
    assert_reason(fixture, "email refused; sms refused");
}

static void test_bounce_climbs(void **state)
{
    Fixture *fixture = *state;

    plan(fixture, (const char *const[]){"p1 all=e1>", NULL});
    finish(fixture, "e1", EVENT_ACCEPTED);
    assert_int_equal(fixture_counts(fixture).climbing, 0);
    fixture_inbox(fixture, "e1", 0, EVENT_BOUNCED);
    assert_told(fixture, [TOLD_PENDING] = 1);
    assert_int_equal(fixture_climb(fixture, NULL), 1);
    finish(fixture, "+p1", EVENT_ACCEPTED);
    assert_told(fixture, [TOLD_ACCEPTED] = 1);
}

static void test_doubt_is_waited_for(void **state)
{
    Fixture *fixture = *state;

    fixture->escalation = "{\"after\":{\"email\":7200000}}";
    plan(fixture, (const char *const[]){"p1 all=e1>", "p2 all=e2>", NULL});
    fixture_claim_all(fixture);
    fixture_end(fixture, "e1", EVENT_DOUBTED);
    fixture_end(fixture, "e2", EVENT_DOUBTED);
    assert_int_equal(next_climb(fixture), fixture->now + 2 * HOUR);
    assert_int_equal(fixture_climb(fixture, NULL), 0);
    assert_told(fixture, [TOLD_IN_DOUBT] = 2);
    fixture_inbox(fixture, "e2", 0, EVENT_ACCEPTED);
    assert_int_equal(fixture_counts(fixture).climbing, 1);
    fixture->now += 2 * HOUR;
    assert_int_equal(fixture_climb(fixture, NULL), 1);
    assert_told(fixture, [TOLD_IN_DOUBT] = 1, [TOLD_ACCEPTED] = 1);
    finish(fixture, "+p1", EVENT_ACCEPTED);
    assert_told(fixture, [TOLD_ACCEPTED] = 2);
}

/* Silence moves nobody, unless the gateway of the channel reports what arrives and says so. */
static void test_silence(void **state)
{
    Fixture *fixture = *state;

    plan(fixture, (const char *const[]){"p1 all=e1>", NULL});
    finish(fixture, "e1", EVENT_ACCEPTED);
    fixture->now += 1000 * HOUR;
    assert_int_equal(fixture_climb(fixture, NULL), 0);
    assert_int_equal(next_climb(fixture), INT64_MAX);
}

static void test_silence_that_counts(void **state)
{
    Fixture *fixture = *state;

    fixture->escalation = "{\"silence\":{\"email\":3600000}}";
    plan(fixture, (const char *const[]){"p1 all=e1>", "p2 all=e2>", NULL});
    fixture_claim_all(fixture);
    fixture_end(fixture, "e1", EVENT_ACCEPTED);
    fixture_end(fixture, "e2", EVENT_ACCEPTED);
    assert_int_equal(fixture_counts(fixture).climbing, 2);
    fixture_inbox(fixture, "e2", 0, EVENT_DELIVERED);
    assert_int_equal(fixture_counts(fixture).climbing, 1);
    assert_told(fixture, [TOLD_ACCEPTED] = 1, [TOLD_DELIVERED] = 1);
    fixture->now += HOUR;
    assert_int_equal(fixture_climb(fixture, NULL), 1);
    finish(fixture, "+p1", EVENT_FAILED);
    assert_told(fixture, [TOLD_ACCEPTED] = 1, [TOLD_DELIVERED] = 1);
}

/* A later plan decides anew whether silence counts, also of what was accepted before. */
static void test_planned_silence(void **state)
{
    static const char *const people[] = {"p1 all=e1>", "p2 all=e2>", NULL};
    Fixture *fixture = *state;

    plan(fixture, people);
    fixture_claim_all(fixture);
    fixture_end(fixture, "e1", EVENT_ACCEPTED);
    fixture_end(fixture, "e2", EVENT_ACCEPTED);
    assert_int_equal(fixture_counts(fixture).climbing, 0);
    fixture->escalation = "{\"silence\":{\"email\":3600000}}";
    plan(fixture, people);
    assert_int_equal(fixture_counts(fixture).climbing, 2);
    assert_int_equal(next_climb(fixture), fixture->now + HOUR);
    fixture_inbox(fixture, "e2", 0, EVENT_DELIVERED);
    assert_int_equal(fixture_counts(fixture).climbing, 1);
    fixture->escalation = "{\"silence\":{}}";
    plan(fixture, people);
    assert_int_equal(fixture_counts(fixture).climbing, 0);
    fixture->now += HOUR;
    assert_int_equal(fixture_climb(fixture, NULL), 0);
}

/* A ladder that a later plan brings waits for a doubt as long as that plan says. */
static void test_planned_doubt(void **state)
{
    Fixture *fixture = *state;

    plan(fixture, (const char *const[]){"p1 all=e1", NULL});
    fixture_claim_all(fixture);
    fixture_end(fixture, "e1", EVENT_DOUBTED);
    fixture->escalation = "{\"after\":{\"email\":7200000}}";
    plan(fixture, (const char *const[]){"p1 all=e1>", NULL});
    assert_int_equal(next_climb(fixture), fixture->now + 2 * HOUR);
}

/* Retried by a person before it climbs. */
static void test_retry_takes_it_back(void **state)
{
    Fixture *fixture = *state;

    plan(fixture, (const char *const[]){"p1 all=e1>", NULL});
    finish(fixture, "e1", EVENT_FAILED);
    assert_int_equal(fixture_counts(fixture).climbing, 1);
    fixture_inbox(fixture, "e1", 0, EVENT_RELEASED);
    assert_int_equal(fixture_counts(fixture).climbing, 0);
    finish(fixture, "e1", EVENT_FAILED);
    assert_int_equal(fixture_counts(fixture).climbing, 1);
}

/* Of two addresses one is still under way: nobody climbs before it has failed too. */
static void test_waits_for_all_addresses(void **state)
{
    Fixture *fixture = *state;

    plan(fixture, (const char *const[]){"p1 all=e1,e2>", NULL});
    fixture_claim_all(fixture);
    fixture_end(fixture, "e1", EVENT_FAILED);
    assert_int_equal(fixture_counts(fixture).climbing, 0);
    fixture_end(fixture, "e2", EVENT_FAILED);
    assert_int_equal(fixture_counts(fixture).climbing, 1);
    assert_int_equal(fixture_climb(fixture, NULL), 1);
    assert_int_equal(fixture_counts(fixture).people, 1);
}

static const char *one_number(const char *person)
{
    (void)person;
    return "0";
}

static void test_shared_number(void **state)
{
    Fixture *fixture = *state;

    plan(fixture, (const char *const[]){"p1 all=e1>", "p2 all=e2>", "p3 all=e3>", NULL});
    fixture_claim_all(fixture);
    fixture_end(fixture, "e1", EVENT_FAILED);
    fixture_end(fixture, "e2", EVENT_FAILED);
    assert_int_equal(fixture_climb(fixture, one_number), 2);
    assert_int_equal(fixture_counts(fixture).open, 1);
    finish(fixture, "+0", EVENT_ACCEPTED);
    assert_told(fixture, [TOLD_ACCEPTED] = 2, [TOLD_PENDING] = 1);
    fixture_end(fixture, "e3", EVENT_FAILED); /* what went out did not speak of p3 */
    assert_int_equal(fixture_climb(fixture, one_number), 0);
    assert_told(fixture, [TOLD_ACCEPTED] = 2, [TOLD_UNREACHABLE] = 1);
    assert_reason(fixture, "email refused; sms: no usable address");
}

static void test_every(void **state)
{
    Fixture *fixture = *state;

    plan(fixture, (const char *const[]){"p1 all=e1,+1&", NULL});
    fixture_claim_all(fixture);
    fixture_end(fixture, "e1", EVENT_ACCEPTED);
    assert_told(fixture, [TOLD_PENDING] = 1);
    fixture_end(fixture, "+1", EVENT_FAILED);
    assert_told(fixture, [TOLD_ACCEPTED] = 1);
    assert_int_equal(fixture_counts(fixture).climbing, 0);
}

/* People decide ------------------------------------------------------------------------------------------------- */

static void withhold(Fixture *fixture, const char *person)
{
    const Decision decision = {
        .person = person, .withhold = true, .reason = "asked for it", .by = "me@here", .at = fixture->now};
    g_autoptr(GError) error = NULL;
    bool is_known = false;

    assert_true(ledger_begin(fixture->ledger, &error));
    assert_true(decision_apply(fixture->ledger, &decision, &is_known, &error));
    assert_true(ledger_commit(fixture->ledger, &error));
    assert_true(is_known);
}

static void test_who_is_withheld_does_not_climb(void **state)
{
    Fixture *fixture = *state;
    static const char *const people[] = {"p1 all=e1>", "p2 all=e2>", NULL};

    plan(fixture, people);
    fixture_claim_all(fixture);
    fixture_end(fixture, "e1", EVENT_FAILED);
    withhold(fixture, "p1");
    assert_told(fixture, [TOLD_UNREACHABLE] = 1, [TOLD_PENDING] = 1);
    assert_int_equal(fixture_climb(fixture, NULL), 0);
    fixture_end(fixture, "e2", EVENT_ACCEPTED);
    plan(fixture, people);
    assert_told(fixture, [TOLD_UNREACHABLE] = 1, [TOLD_ACCEPTED] = 1);
    assert_int_equal(fixture_climb(fixture, NULL), 0);
}

static void test_permission(void **state)
{
    Fixture *fixture = *state;
    g_autoptr(GError) error = NULL;
    int64_t allowed = -1;

    plan(fixture, (const char *const[]){"p1 all=e1>", NULL});
    assert_true(ledger_climb_allowed(fixture->ledger, &allowed, &error));
    assert_int_equal(allowed, 0);
    assert_true(ledger_climb_allow(fixture->ledger, 42, "me@here", fixture->now, &error));
    fixture_open(fixture);
    assert_true(ledger_climb_allowed(fixture->ledger, &allowed, &error));
    assert_int_equal(allowed, 42);
    assert_events(fixture, "climb_allowed", "1");
}

/* Planning again ------------------------------------------------------------------------------------------------ */

static void test_same_plan_changes_nothing(void **state)
{
    Fixture *fixture = *state;
    static const char *const people[] = {"p1 all=e1>", "p2 all=e2>", "p3 all=e3>", "p4 all=e4>", NULL};
    LedgerCounts before, after;

    plan(fixture, people);
    fixture_claim_all(fixture);
    fixture_end(fixture, "e1", EVENT_FAILED);
    fixture_end(fixture, "e2", EVENT_FAILED);
    fixture_end(fixture, "e3", EVENT_ACCEPTED);
    fixture_end(fixture, "e4", EVENT_DOUBTED);
    assert_int_equal(fixture_climb(fixture, NULL), 2);
    finish(fixture, "+p1", EVENT_FAILED); /* at the end of the ladder; p2's text message is on its way */
    fixture_end(fixture, "+p2", EVENT_RETURNED);
    before = fixture_counts(fixture);
    plan(fixture, people);
    after = fixture_counts(fixture);
    assert_memory_equal(&before, &after, sizeof before);
    assert_int_equal(fixture_climb(fixture, NULL), 0);
    finish(fixture, "+p2", EVENT_ACCEPTED);
    assert_told(fixture, [TOLD_UNREACHABLE] = 1, [TOLD_ACCEPTED] = 2, [TOLD_IN_DOUBT] = 1);
}

/* What was climbed to and never tried is no message of the new plan, and stays; with its text. */
static void test_climbed_and_untried_stays(void **state)
{
    Fixture *fixture = *state;
    static const char *const people[] = {"p1 all=e1>", NULL};
    g_autoptr(GPtrArray) text = NULL;

    plan(fixture, people);
    finish(fixture, "e1", EVENT_FAILED);
    assert_int_equal(fixture_climb(fixture, NULL), 1);
    fixture->body = "{\"subject\":\"two\"}";
    plan(fixture, people);
    assert_told(fixture, [TOLD_PENDING] = 1);
    assert_int_equal(fixture_counts(fixture).open, 1);
    text =
        fixture_column(fixture, "SELECT t.body FROM message m JOIN text t ON t.no = m.text WHERE m.endpoint = '+p1'");
    assert_string_equal(g_ptr_array_index(text, 0), "{\"subject\":\"two\"}");
    finish(fixture, "+p1", EVENT_ACCEPTED);
    assert_told(fixture, [TOLD_ACCEPTED] = 1);
}

static void test_a_ladder_that_grows(void **state)
{
    Fixture *fixture = *state;

    plan(fixture, (const char *const[]){"p1 all=e1", NULL});
    finish(fixture, "e1", EVENT_FAILED);
    assert_told(fixture, [TOLD_UNREACHABLE] = 1);
    plan(fixture, (const char *const[]){"p1 all=e1>", NULL});
    assert_told(fixture, [TOLD_PENDING] = 1);
    assert_int_equal(fixture_climb(fixture, NULL), 1);
    finish(fixture, "+p1", EVENT_ACCEPTED);
    assert_told(fixture, [TOLD_ACCEPTED] = 1);
}

static void test_who_is_gone_does_not_climb(void **state)
{
    Fixture *fixture = *state;

    plan(fixture, (const char *const[]){"p1 all=e1>", "p2 all=e2>", NULL});
    fixture_claim_all(fixture);
    fixture_end(fixture, "e1", EVENT_FAILED);
    fixture_end(fixture, "e2", EVENT_ACCEPTED);
    plan(fixture, (const char *const[]){"p2 all=e2>", NULL});
    assert_int_equal(fixture_counts(fixture).climbing, 0);
    assert_int_equal(fixture_climb(fixture, NULL), 0);
    assert_told(fixture, [TOLD_UNREACHABLE] = 1, [TOLD_ACCEPTED] = 1);
}

/* A dead address is not tried again in a later edition: they go on to the next channel with its text. */
static void test_next_edition(void **state)
{
    Fixture *fixture = *state;
    static const char *const people[] = {"p1 all=e1>", "p2 all=e2>", "p3 all=e3>", NULL};
    g_autoptr(GPtrArray) texts = NULL;

    plan(fixture, people);
    fixture_claim_all(fixture);
    fixture_end(fixture, "e1", EVENT_FAILED);
    fixture_end(fixture, "e2", EVENT_FAILED);
    fixture_end(fixture, "e3", EVENT_ACCEPTED);
    assert_int_equal(fixture_climb(fixture, NULL), 2);
    finish(fixture, "+p2", EVENT_ACCEPTED);
    fixture_end(fixture, "+p1", EVENT_RETURNED);
    fixture->edition = 2;
    fixture->body = "{\"subject\":\"two\"}";
    plan(fixture, people);
    assert_int_equal(fixture_climb(fixture, NULL), 2); /* p1 by a first notice, p2 by an update */
    texts =
        fixture_column(fixture, "SELECT t.is_update FROM message m JOIN text t ON t.no = m.text WHERE t.edition = 2 AND"
                                " m.endpoint LIKE '+%' ORDER BY m.endpoint");
    assert_int_equal(texts->len, 2);
    assert_string_equal(g_ptr_array_index(texts, 0), "0");
    assert_string_equal(g_ptr_array_index(texts, 1), "1");
    fixture_claim_all(fixture);
    fixture_end(fixture, "+p1", EVENT_ACCEPTED);
    fixture_end(fixture, "+p2", EVENT_ACCEPTED);
    fixture_end(fixture, "e3", EVENT_ACCEPTED);
    assert_told(fixture, [TOLD_ACCEPTED] = 3);
}

/* What an earlier edition still had to send is cancelled, and hides nothing of what became of the rest. */
static void test_end_after_an_edition(void **state)
{
    static const char *const people[] = {"p1 all=e1>", NULL};
    Fixture *fixture = *state;

    plan(fixture, people);
    finish(fixture, "e1", EVENT_DEFERRED);
    fixture->edition = 2;
    fixture->body = "{\"subject\":\"two\"}";
    plan(fixture, people);
    finish(fixture, "e1", EVENT_FAILED);
    assert_int_equal(fixture_climb(fixture, NULL), 1);
    finish(fixture, "+p1", EVENT_FAILED);
    assert_told(fixture, [TOLD_UNREACHABLE] = 1);
    assert_reason(fixture, "email refused; sms refused");
}

/* Receipts by the provider's own id ------------------------------------------------------------------------------ */

static void post(Fixture *fixture, const char *provider_id, int64_t at)
{
    const InboxEntry entry = {
        .event = EVENT_DELIVERED, .gateway = "relay", .provider_id = provider_id, .reply = "DELIVRD"};
    g_autoptr(GError) error = NULL;

    assert_true(inbox_append(fixture->ledger, &entry, at, &error));
}

static void test_provider_id(void **state)
{
    Fixture *fixture = *state;
    g_autoptr(GError) error = NULL;

    plan(fixture, (const char *const[]){"p1 all=e1", NULL});
    fixture_claim_all(fixture);
    post(fixture, "prov-1", fixture->now); /* it overtakes the answer */
    assert_int_equal(fixture_apply(fixture), 0);
    assert_true(ledger_begin(fixture->ledger, &error));
    assert_true(ledger_record(fixture->ledger,
                              &(LedgerOutcome){.message = fixture_claimed(fixture, "e1")->no,
                                               .attempt = 1,
                                               .event = EVENT_ACCEPTED,
                                               .reply = "ok",
                                               .at = fixture->now,
                                               .due = -1,
                                               .provider_id = "prov-1"},
                              &error));
    assert_true(ledger_commit(fixture->ledger, &error));
    assert_int_equal(fixture_apply(fixture), 1);
    assert_told(fixture, [TOLD_DELIVERED] = 1);
}

static void test_unknown_provider_id(void **state)
{
    Fixture *fixture = *state;

    plan(fixture, (const char *const[]){"p1 all=e1", NULL});
    post(fixture, "nobody's", fixture->now);
    assert_int_equal(fixture_apply(fixture), 0);
    fixture->now += HOUR;
    assert_int_equal(fixture_apply(fixture), 1);
    assert_events(fixture, "inbox_refused", "1");
}

static LedgerOutcome accepted_as(Fixture *fixture, const char *endpoint, const char *provider_id)
{
    return (LedgerOutcome){.message = fixture_claimed(fixture, endpoint)->no,
                           .attempt = 1,
                           .event = EVENT_ACCEPTED,
                           .reply = "ok",
                           .at = fixture->now,
                           .due = -1,
                           .provider_id = provider_id};
}

/* Many that nobody here has sent are not looked at in every turn, and hold up none behind them. */
static void test_many_unknown(void **state)
{
    Fixture *fixture = *state;
    g_autoptr(GError) error = NULL;
    LedgerOutcome outcome;

    plan(fixture, (const char *const[]){"p1 all=e1", "p2 all=e2", NULL});
    fixture_claim_all(fixture);
    outcome = accepted_as(fixture, "e2", "known");
    assert_true(ledger_begin(fixture->ledger, &error));
    assert_true(ledger_record(fixture->ledger, &outcome, &error));
    assert_true(ledger_commit(fixture->ledger, &error));
    for (int i = 0; i < 400; i++) {
        g_autofree char *name = g_strdup_printf("other-%d", i);

        post(fixture, name, fixture->now);
    }
    assert_int_equal(fixture_apply(fixture), 0);
    post(fixture, "known", fixture->now);
    assert_int_equal(fixture_apply(fixture), 1);
    outcome = accepted_as(fixture, "e1", "other-7");
    assert_true(ledger_begin(fixture->ledger, &error));
    assert_true(ledger_record(fixture->ledger, &outcome, &error));
    assert_true(ledger_commit(fixture->ledger, &error));
    assert_int_equal(fixture_apply(fixture), 0);
    fixture->now += 100;
    assert_int_equal(fixture_apply(fixture), 1);
    assert_told(fixture, [TOLD_DELIVERED] = 2);
    fixture->now += HOUR;
    while (fixture_apply(fixture) > 0)
        ;
    assert_events(fixture, "inbox_refused", "399");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rungs_text),
        cmocka_unit_test(test_failed_climbs_at_once),
        cmocka_unit_test(test_end_of_the_ladder),
        cmocka_unit_test(test_bounce_climbs),
        cmocka_unit_test(test_doubt_is_waited_for),
        cmocka_unit_test(test_silence),
        cmocka_unit_test(test_silence_that_counts),
        cmocka_unit_test(test_retry_takes_it_back),
        cmocka_unit_test(test_waits_for_all_addresses),
        cmocka_unit_test(test_shared_number),
        cmocka_unit_test(test_every),
        cmocka_unit_test(test_who_is_withheld_does_not_climb),
        cmocka_unit_test(test_permission),
        cmocka_unit_test(test_same_plan_changes_nothing),
        cmocka_unit_test(test_climbed_and_untried_stays),
        cmocka_unit_test(test_a_ladder_that_grows),
        cmocka_unit_test(test_who_is_gone_does_not_climb),
        cmocka_unit_test(test_next_edition),
        cmocka_unit_test(test_end_after_an_edition),
        cmocka_unit_test(test_provider_id),
        cmocka_unit_test(test_unknown_provider_id),
        cmocka_unit_test(test_many_unknown),
        cmocka_unit_test(test_planned_silence),
        cmocka_unit_test(test_planned_doubt),
    };

    return FIXTURE_MAIN("ledger climb", tests);
}
