#include "ledger_fixture.h"

#include <string.h>

#include <jansson.h>

#include "base/clock.h"
#include "ledger/hold.h"
#include "ledger/ledger_log.h"
#include "ledger/pause.h"
#include "report/discreet.h"
#include "report/live.h"

static json_t *reading(Fixture *fixture, LiveHistory *history)
{
    g_autoptr(GError) error = NULL;
    const StatusRequest request = {
        .ledger = fixture->ledger, .playbook = "p.yaml", .options = "", .is_running = true, .now = fixture->now};
    json_t *document = live_collect(&request, history, NULL, &error);

    if (!document)
        fail_msg("%s", error->message);
    return document;
}

static json_t *one(Fixture *fixture)
{
    g_autoptr(LiveHistory) history = live_history_new();

    return reading(fixture, history);
}

/* `count` people at pN@x.example, each with a message, all of them on their way. */
static void begin(Fixture *fixture, int count)
{
    g_autoptr(GPtrArray) people = g_ptr_array_new_with_free_func(g_free);

    for (int i = 1; i <= count; i++)
        g_ptr_array_add(people, g_strdup_printf("p%d all=p%d@x.example", i, i));
    g_ptr_array_add(people, NULL);
    fixture_plan(fixture, (const char *const *)people->pdata);
    fixture_start(fixture, BOOT);
    fixture_claim_all(fixture);
}

static void end(Fixture *fixture, int first, int last, MessageEvent event)
{
    for (int i = first; i <= last; i++) {
        g_autofree char *endpoint = g_strdup_printf("p%d@x.example", i);

        fixture_end(fixture, endpoint, event);
    }
}

static double number(const json_t *document, const char *object, const char *member)
{
    return json_number_value(json_object_get(json_object_get(document, object), member));
}

static bool is_null(const json_t *document, const char *object, const char *member)
{
    return json_is_null(json_object_get(json_object_get(document, object), member));
}

/* What it takes over from status is what status says. */
static void test_numbers_of_status(void **state)
{
    Fixture *fixture = *state;
    g_autoptr(Status) status = NULL;
    json_auto_t *document = NULL, *plain = NULL;
    static const char *const same[] = {"people",   "messages", "audiences", "channels",
                                       "complete", "digest",   "next",      NULL};

    begin(fixture, 4);
    end(fixture, 1, 2, EVENT_ACCEPTED);
    document = one(fixture);
    status = status_collect(
        &(StatusRequest){
            .ledger = fixture->ledger, .playbook = "p.yaml", .options = "", .is_running = true, .now = fixture->now},
        NULL);
    plain = status_json(status);
    for (const char *const *member = same; *member; member++)
        assert_true(json_equal(json_object_get(document, *member), json_object_get(plain, *member)));
    assert_string_equal(json_string_value(json_object_get(document, "schema")), "breach.live/1");
    assert_null(json_object_get(document, "reasons"));
    assert_int_equal(number(document, "pace", "done"), 2);
    assert_int_equal(number(document, "pace", "left"), 2);
    assert_int_equal(number(document, "pace", "total"), 4);
}

static void test_no_rate_at_first(void **state)
{
    json_auto_t *document = NULL;

    begin(*state, 2);
    document = one(*state);
    assert_true(is_null(document, "pace", "rate_10s"));
    assert_true(is_null(document, "pace", "rate_60s"));
    assert_true(is_null(document, "pace", "eta"));
}

/* 10 in the first ten seconds, 20 in the second ten: the short window sees the last one alone. */
static void test_rates(void **state)
{
    Fixture *fixture = *state;
    g_autoptr(LiveHistory) history = live_history_new();
    json_auto_t *document = NULL;
    json_t *way;

    begin(fixture, 60);
    json_decref(reading(fixture, history));
    fixture->now += 10 * CLOCK_SECOND;
    end(fixture, 1, 10, EVENT_ACCEPTED);
    json_decref(reading(fixture, history));
    fixture->now += 10 * CLOCK_SECOND;
    end(fixture, 11, 30, EVENT_ACCEPTED);
    document = reading(fixture, history);
    assert_float_equal(number(document, "pace", "rate_10s"), 2, 0.001);
    assert_float_equal(number(document, "pace", "rate_60s"), 1.5, 0.001);
    assert_int_equal(number(document, "pace", "left"), 30);
    assert_int_equal(number(document, "pace", "eta_ms"), 20 * CLOCK_SECOND);
    way = json_array_get(json_object_get(document, "ways"), 0);
    assert_string_equal(json_string_value(json_object_get(way, "channel")), "email");
    assert_float_equal(json_number_value(json_object_get(way, "rate_60s")), 1.5, 0.001);
}

/* What moved in the last minute and has stopped has no end that is known, nor has what nobody sends any more. */
static void test_no_end_while_nothing_moves(void **state)
{
    Fixture *fixture = *state;
    g_autoptr(LiveHistory) history = live_history_new();
    g_autoptr(GError) error = NULL;
    json_auto_t *moving = NULL, *stopped = NULL, *again = NULL, *left_alone = NULL;
    StatusRequest request;

    begin(fixture, 60);
    json_decref(reading(fixture, history));
    fixture->now += 10 * CLOCK_SECOND;
    end(fixture, 1, 10, EVENT_ACCEPTED);
    moving = reading(fixture, history);
    assert_false(is_null(moving, "pace", "eta"));
    fixture->now += 10 * CLOCK_SECOND;
    stopped = reading(fixture, history);
    assert_float_equal(number(stopped, "pace", "rate_60s"), 0.5, 0.001);
    assert_true(is_null(stopped, "pace", "eta"));
    assert_true(json_is_null(json_object_get(json_array_get(json_object_get(stopped, "ways"), 0), "eta_ms")));
    fixture->now += 10 * CLOCK_SECOND;
    end(fixture, 11, 20, EVENT_ACCEPTED);
    again = reading(fixture, history);
    assert_false(is_null(again, "pace", "eta"));
    fixture->now += CLOCK_SECOND;
    request = (StatusRequest){.ledger = fixture->ledger, .playbook = "p.yaml", .options = "", .now = fixture->now};
    left_alone = live_collect(&request, history, NULL, &error);
    assert_non_null(left_alone);
    assert_true(number(left_alone, "pace", "rate_10s") > 0);
    assert_true(is_null(left_alone, "pace", "eta"));
}

/* What happened before the long window is forgotten. */
static void test_window_moves(void **state)
{
    Fixture *fixture = *state;
    g_autoptr(LiveHistory) history = live_history_new();
    json_auto_t *document = NULL;

    begin(fixture, 40);
    json_decref(reading(fixture, history));
    end(fixture, 1, 30, EVENT_ACCEPTED);
    for (int i = 0; i < 200; i++) {
        fixture->now += CLOCK_SECOND;
        json_decref(reading(fixture, history));
    }
    document = reading(fixture, history);
    assert_float_equal(number(document, "pace", "rate_60s"), 0, 0.001);
    assert_true(is_null(document, "pace", "eta"));
}

static void test_clock_set_back(void **state)
{
    Fixture *fixture = *state;
    g_autoptr(LiveHistory) history = live_history_new();
    json_auto_t *at_once = NULL, *later = NULL;

    begin(fixture, 4);
    json_decref(reading(fixture, history));
    fixture->now -= CLOCK_HOUR;
    end(fixture, 1, 2, EVENT_ACCEPTED);
    at_once = reading(fixture, history);
    assert_true(is_null(at_once, "pace", "rate_60s"));
    fixture->now += 2 * CLOCK_SECOND;
    end(fixture, 3, 4, EVENT_ACCEPTED);
    later = reading(fixture, history);
    assert_float_equal(number(later, "pace", "rate_60s"), 1, 0.001);
}

/* Another plan counts other messages: no rate is made of the difference. */
static void test_planned_again(void **state)
{
    static const char *const people[] = {"p1 all=p1@x.example", "p2 all=p2@x.example", "p3 all=p3@x.example", NULL};
    Fixture *fixture = *state;
    g_autoptr(LiveHistory) history = live_history_new();
    json_auto_t *document = NULL;

    begin(fixture, 2);
    end(fixture, 1, 2, EVENT_ACCEPTED);
    json_decref(reading(fixture, history));
    fixture->now += 5 * CLOCK_SECOND;
    fixture->sha256 = "f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1";
    fixture_plan(fixture, people);
    document = reading(fixture, history);
    assert_true(is_null(document, "pace", "rate_60s"));
    assert_int_equal(number(document, "people", "total"), 3);
}

/* Errors ---------------------------------------------------------------------------------------------------------- */

static void refuse(Fixture *fixture, const char *endpoint, MessageEvent event, int code, const char *enhanced,
                   const char *reply)
{
    const LedgerClaim *claim = fixture_claimed(fixture, endpoint);
    const LedgerOutcome outcome = {.message = claim->no,
                                   .attempt = claim->attempt,
                                   .event = event,
                                   .code = code,
                                   .enhanced = enhanced,
                                   .reply = reply,
                                   .at = fixture->now,
                                   .due = fixture->now + CLOCK_HOUR};

    assert_true(ledger_begin(fixture->ledger, NULL));
    assert_true(ledger_record(fixture->ledger, &outcome, NULL));
    assert_true(ledger_commit(fixture->ledger, NULL));
}

static void test_errors(void **state)
{
    Fixture *fixture = *state;
    g_autoptr(LiveHistory) history = live_history_new();
    json_auto_t *first = NULL, *document = NULL;
    json_t *errors, *latest;

    begin(fixture, 6);
    refuse(fixture, "p1@x.example", EVENT_DEFERRED, 451, "4.7.1", "p1 is greylisted");
    refuse(fixture, "p2@x.example", EVENT_DEFERRED, 451, "4.7.1", "p2 is greylisted");
    first = reading(fixture, history);
    assert_int_equal(json_array_size(json_object_get(first, "errors")), 1);
    fixture->now += 5 * CLOCK_SECOND;
    refuse(fixture, "p3@x.example", EVENT_DEFERRED, 451, "4.7.1", "\\\"event\\\":\\\"accepted\\\"");
    fixture->now += CLOCK_SECOND;
    refuse(fixture, "p4@x.example", EVENT_FAILED, 550, "5.1.1", "no p4 here, \"event\":\"accepted\"");
    refuse(fixture, "p5@x.example", EVENT_ACCEPTED, 250, NULL, "ok");
    document = reading(fixture, history);
    errors = json_object_get(document, "errors");
    assert_int_equal(json_array_size(errors), 2);
    latest = json_array_get(errors, 0);
    assert_string_equal(json_string_value(json_object_get(latest, "event")), "failed");
    assert_string_equal(json_string_value(json_object_get(latest, "words")), "no such mailbox");
    assert_string_equal(json_string_value(json_object_get(latest, "gateway")), "relay");
    assert_int_equal(json_integer_value(json_object_get(latest, "count")), 1);
    assert_int_equal(json_integer_value(json_object_get(json_array_get(errors, 1), "count")), 3);
}

/* An error that has not come again for long is no news. */
static void test_old_errors(void **state)
{
    Fixture *fixture = *state;
    g_autoptr(LiveHistory) history = live_history_new();
    json_auto_t *document = NULL;

    begin(fixture, 2);
    refuse(fixture, "p1@x.example", EVENT_DEFERRED, 451, "4.7.1", "later");
    json_decref(reading(fixture, history));
    fixture->now += CLOCK_HOUR;
    document = reading(fixture, history);
    assert_int_equal(json_array_size(json_object_get(document, "errors")), 0);
}

/* A rehearsal that begins afresh has a ledger of its own, of the same plan: errors and rates of the one before are
 * over. */
static void test_another_ledger(void **state)
{
    Fixture *fixture = *state;
    g_autoptr(LiveHistory) history = live_history_new();
    json_auto_t *document = NULL;
    void *other = NULL;

    begin(fixture, 2);
    refuse(fixture, "p1@x.example", EVENT_DEFERRED, 451, "4.7.1", "later");
    end(fixture, 2, 2, EVENT_ACCEPTED);
    json_decref(reading(fixture, history));
    assert_int_equal(fixture_setup(&other), 0);
    begin(other, 2);
    end(other, 1, 2, EVENT_ACCEPTED);
    ((Fixture *)other)->now = fixture->now + 5 * CLOCK_SECOND;
    document = reading(other, history);
    assert_int_equal(json_array_size(json_object_get(document, "errors")), 0);
    assert_true(is_null(document, "pace", "rate_60s"));
    assert_int_equal(fixture_teardown(&other), 0);
}

/* In one reading an error is counted once, whoever reads how often. */
static void test_place_moves_on(void **state)
{
    Fixture *fixture = *state;
    LedgerLogPlace place = {0};
    g_autoptr(GPtrArray) first = NULL, again = NULL;

    begin(fixture, 2);
    refuse(fixture, "p1@x.example", EVENT_DEFERRED, 451, "4.7.1", "later");
    first = ledger_log_troubles(fixture->ledger, &place, NULL);
    again = ledger_log_troubles(fixture->ledger, &place, NULL);
    assert_int_equal(first->len, 1);
    assert_int_equal(again->len, 0);
    assert_true(place.since > 0);
}

/* What may be shown ----------------------------------------------------------------------------------------------- */

static void assert_absent(const json_t *document, const char *words)
{
    char *text = json_dumps(document, JSON_COMPACT);

    if (strstr(text, words))
        fail_msg("\"%s\" stands in %s", words, text);
    free(text);
}

static void test_nobody_is_named(void **state)
{
    static const char *const secrets[] = {"anna-77", "anna", "anna@", "13800138000", "88001234", NULL};
    Fixture *fixture = *state;
    static const char *const people[] = {"anna-77 all=anna@x.example", "p2 all=bert@x.example", NULL};
    json_auto_t *document = NULL;
    bool changed;

    fixture_plan(fixture, people);
    fixture_start(fixture, BOOT);
    fixture_claim_all(fixture);
    refuse(fixture, "anna@x.example", EVENT_DEFERRED, 550, "5.7.1", "user anna refused, call +86 13800138000");
    assert_true(ledger_begin(fixture->ledger, NULL));
    assert_true(hold_set(fixture->ledger,
                         &(Hold){.scope = HOLD_PERSON,
                                 .name = (char *)"anna-77",
                                 .by = (char *)"ops@host",
                                 .reason = (char *)"asked by anna@x.example, 13800138000",
                                 .at = fixture->now},
                         &changed, NULL));
    assert_true(pause_put(fixture->ledger,
                          &(Pause){.scope = PAUSE_DOMAIN,
                                   .name = (char *)"x.example",
                                   .times = 1,
                                   .at = fixture->now,
                                   .until = fixture->now + CLOCK_HOUR,
                                   .reason = (char *)"user anna refused, account 88001234"},
                          NULL));
    assert_true(ledger_commit(fixture->ledger, NULL));
    document = one(fixture);
    for (const char *const *secret = secrets; *secret; secret++)
        if (strcmp(*secret, "anna") != 0)
            assert_absent(document, *secret);
    json_object_del(document, "holds"); /* what a person typed is theirs, but for addresses and numbers */
    json_object_del(document, "verdict");
    assert_absent(document, "anna");
}

static void test_reasons(void **state)
{
    static const char *const texts[][2] = {
        {"slowed down to 12/s", "slowed down to 12/s"},
        {"user anna is blocked", "breach status has its words"},
        {"relay: too many from anna [BR-WATCH-001]", "--interval is no number of seconds [BR-WATCH-001]"},
        {"relay: anna [BR-NOTHING-999]", "breach status has its words"},
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autofree char *text = discreet_own(texts[i][0]);

        assert_string_equal(text, texts[i][1]);
    }
}

static void test_typed(void **state)
{
    g_autofree char *text = discreet_typed("ann@x.example asked, 13800138000 and 1234567, at 04:52, 100 %");

    (void)state;
    assert_string_equal(text, "***@x.example asked, *** and ***, at 04:52, 100 %");
}

/* Brakes ---------------------------------------------------------------------------------------------------------- */

static void test_brake_of_a_way(void **state)
{
    Fixture *fixture = *state;
    g_autoptr(LiveHistory) history = live_history_new();
    json_auto_t *document = NULL;
    json_t *way;
    bool changed;

    begin(fixture, 4);
    json_decref(reading(fixture, history));
    fixture->now += 4 * CLOCK_SECOND;
    end(fixture, 1, 2, EVENT_ACCEPTED);
    assert_true(ledger_begin(fixture->ledger, NULL));
    assert_true(hold_set(fixture->ledger,
                         &(Hold){.scope = HOLD_CHANNEL,
                                 .name = (char *)"email",
                                 .by = (char *)"ops@host",
                                 .reason = (char *)"a typo",
                                 .at = fixture->now},
                         &changed, NULL));
    assert_true(ledger_commit(fixture->ledger, NULL));
    document = reading(fixture, history);
    way = json_array_get(json_object_get(document, "ways"), 0);
    assert_string_equal(json_string_value(json_object_get(json_object_get(way, "brake"), "kind")), "held");
    assert_string_equal(json_string_value(json_object_get(json_object_get(way, "brake"), "why")), "a typo");
    assert_true(json_is_null(json_object_get(way, "eta"))); /* what is held has no end that is known */
    assert_true(is_null(document, "pace", "eta"));
}

/* What people did ------------------------------------------------------------------------------------------------- */

static void test_notes(void **state)
{
    Fixture *fixture = *state;
    g_autoptr(GPtrArray) notes = NULL, later = NULL;
    const LedgerNote *held;
    bool changed;

    begin(fixture, 3);
    fixture->now += CLOCK_MINUTE;
    assert_true(ledger_begin(fixture->ledger, NULL));
    assert_true(hold_set(fixture->ledger,
                         &(Hold){.scope = HOLD_EVERYTHING,
                                 .name = (char *)"",
                                 .by = (char *)"ops@host",
                                 .reason = (char *)"wait",
                                 .at = fixture->now},
                         &changed, NULL));
    assert_true(ledger_commit(fixture->ledger, NULL));
    end(fixture, 1, 2, EVENT_DOUBTED);
    fixture_inbox_entry(
        fixture, "p1@x.example",
        (InboxEntry){.event = EVENT_ACCEPTED, .by = "ann@host", .reply = "it is in the log"});
    fixture_inbox_entry(
        fixture, "p2@x.example",
        (InboxEntry){.event = EVENT_ACCEPTED, .by = "ann@host", .reply = "it is in the log"});
    notes = ledger_log_notes(fixture->ledger, 0, NULL);
    assert_int_equal(notes->len, 3);
    assert_string_equal(json_string_value(json_object_get(((LedgerNote *)g_ptr_array_index(notes, 0))->body, "event")),
                        "planned");
    later = ledger_log_notes(fixture->ledger, fixture->now, NULL);
    assert_int_equal(later->len, 2);
    held = g_ptr_array_index(later, 0);
    if (held->count != 1)
        held = g_ptr_array_index(later, 1);
    assert_string_equal(json_string_value(json_object_get(held->body, "reason")), "wait");
    for (guint i = 0; i < later->len; i++) {
        const LedgerNote *note = g_ptr_array_index(later, i);

        if (note != held)
            assert_int_equal(note->count, 2);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers_of_status),
        cmocka_unit_test(test_no_rate_at_first),
        cmocka_unit_test(test_rates),
        cmocka_unit_test(test_no_end_while_nothing_moves),
        cmocka_unit_test(test_window_moves),
        cmocka_unit_test(test_clock_set_back),
        cmocka_unit_test(test_planned_again),
        cmocka_unit_test(test_errors),
        cmocka_unit_test(test_old_errors),
        cmocka_unit_test(test_another_ledger),
        cmocka_unit_test(test_place_moves_on),
        cmocka_unit_test(test_nobody_is_named),
        cmocka_unit_test(test_reasons),
        cmocka_unit_test(test_typed),
        cmocka_unit_test(test_brake_of_a_way),
        cmocka_unit_test(test_notes),
    };

    return FIXTURE_MAIN("live", tests);
}
