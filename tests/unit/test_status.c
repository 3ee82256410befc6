#include "ledger_fixture.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include <jansson.h>

#include "base/clock.h"
#include "ledger/hold.h"
#include "ledger/pause.h"
#include "ledger/queue.h"
#include "report/status.h"

static Status *collect(Fixture *fixture, StatusRequest request)
{
    g_autoptr(GError) error = NULL;
    Status *status;

    request.ledger = fixture->ledger;
    request.playbook = "p.yaml";
    request.options = request.options ? request.options : "";
    request.now = fixture->now;
    status = status_collect(&request, &error);
    if (!status)
        fail_msg("%s", error->message);
    return status;
}

static Status *plain(Fixture *fixture)
{
    return collect(fixture, (StatusRequest){0});
}

static void assert_says(const char *text, const char *words)
{
    if (!strstr(text, words))
        fail_msg("\"%s\" does not say \"%s\"", text, words);
}

static void assert_silent(const char *text, const char *words)
{
    if (strstr(text, words))
        fail_msg("\"%s\" says \"%s\"", text, words);
}

/* Plans two people with a message each and one who is left out, starts a run and claims all. */
static void begin(Fixture *fixture)
{
    static const char *const people[] = {"p1 all=a@x.example", "p2 all=b@x.example", NULL};

    fixture_plan(fixture, people);
    fixture_start(fixture, BOOT);
    fixture_claim_all(fixture);
}

/* Verdicts ------------------------------------------------------------------------------------------------------ */

static void test_planned(void **state)
{
    static const char *const people[] = {"p1 all=a@x.example", "p2 all=b@x.example", NULL};
    g_autoptr(Status) status = NULL;

    fixture_plan(*state, people);
    status = plain(*state);
    assert_true(g_str_has_prefix(status->verdict, "NEEDS YOU: 2 people: 0 told, 2 pending"));
    assert_false(status->complete);
    assert_string_equal(status->next, "breach notify p.yaml");
}

static void test_one_person(void **state)
{
    static const char *const people[] = {"p1 all=a@x.example", NULL};
    g_autoptr(Status) status = NULL;

    fixture_plan(*state, people);
    status = plain(*state);
    assert_says(status->verdict, "1 person: 0 told, 1 pending");
}

static void test_running(void **state)
{
    g_autoptr(Status) status = NULL;

    begin(*state);
    status = collect(*state, (StatusRequest){.is_running = true, .options = " --state s"});
    assert_string_equal(status->verdict, "2 people: 0 told, 2 pending, running, nothing needs you");
    assert_string_equal(status->next, "breach status p.yaml --state s");
}

static void test_complete(void **state)
{
    g_autoptr(Status) status = NULL;

    begin(*state);
    fixture_end(*state, "a@x.example", EVENT_ACCEPTED);
    fixture_end(*state, "b@x.example", EVENT_ACCEPTED);
    status = plain(*state);
    assert_string_equal(status->verdict, "2 people: 2 told, complete, nothing needs you");
    assert_true(status->complete);
    assert_string_equal(status->next, "breach status p.yaml");
}

/* A list in a folder is not yet a call. */
static void test_calls_to_make(void **state)
{
    static const char *const people[] = {"p1 all=a@x.example", "p2 all=b@x.example", NULL};
    Fixture *fixture = *state;
    g_autoptr(Status) status = NULL;
    g_autoptr(Status) called = NULL;

    fixture->channel = "phone";
    fixture_plan(fixture, people);
    fixture_start(fixture, BOOT);
    fixture_claim_all(fixture);
    fixture_end(fixture, "a@x.example", EVENT_ACCEPTED);
    fixture_end(fixture, "b@x.example", EVENT_ACCEPTED);
    status = plain(fixture);
    assert_false(status->complete);
    assert_int_equal(status->calls, 2);
    assert_true(g_str_has_prefix(status->verdict, "NEEDS YOU: 2 calls to make, counted as told until then: breach record "
                                                  "p.yaml phone ID --outcome …; 2 people: 2 told"));
    assert_silent(status->verdict, "complete");
    assert_string_equal(status->next, "breach record p.yaml phone --from FILE");
    fixture_inbox(fixture, "a@x.example", 1, EVENT_DELIVERED);
    fixture_inbox(fixture, "b@x.example", 1, EVENT_DELIVERED);
    called = plain(fixture);
    assert_true(called->complete);
    assert_string_equal(called->verdict, "2 people: 2 told, complete, nothing needs you");
}

static void test_somebody_unreachable(void **state)
{
    g_autoptr(Status) status = NULL;

    begin(*state);
    fixture_end(*state, "a@x.example", EVENT_ACCEPTED);
    fixture_end(*state, "b@x.example", EVENT_FAILED);
    status = plain(*state);
    assert_true(status->complete);
    assert_says(status->verdict, "2 people: 1 told, 1 unreachable");
    assert_silent(status->verdict, "complete, nothing");
    assert_silent(status->verdict, "NEEDS YOU");
    assert_says(status->verdict, "not everybody");
}

static void test_deferred(void **state)
{
    Fixture *fixture = *state;
    g_autoptr(Status) status = NULL;

    begin(fixture);
    fixture_end(fixture, "a@x.example", EVENT_ACCEPTED);
    fixture_end(fixture, "b@x.example", EVENT_DEFERRED);
    status = plain(fixture);
    assert_false(status->complete);
    assert_says(status->verdict, "next try at ");
    assert_says(status->verdict, "(in 1 h 0 min)");
    assert_string_equal(status->next, "breach notify p.yaml");
}

static void test_held(void **state)
{
    Fixture *fixture = *state;
    g_autoptr(Status) status = NULL;
    g_autoptr(GError) error = NULL;
    const LedgerClaim *claim;

    begin(fixture);
    fixture_end(fixture, "a@x.example", EVENT_ACCEPTED);
    claim = fixture_claimed(fixture, "b@x.example");
    assert_true(ledger_begin(fixture->ledger, &error));
    assert_true(ledger_record(fixture->ledger,
                              &(LedgerOutcome){.message = claim->no, .attempt = claim->attempt,
                                               .event = EVENT_DOUBTED, .reply = "no reply", .at = fixture->now,
                                               .due = -1, .by_relay = true},
                              &error));
    assert_true(ledger_commit(fixture->ledger, &error));
    status = plain(fixture);
    assert_true(g_str_has_prefix(status->verdict, "NEEDS YOU: 2 people: 1 told, 1 in doubt"));
    assert_says(status->verdict, "1 message is held in doubt");
    assert_false(status->complete);
}

static void test_quarantined(void **state)
{
    static const char *const people[] = {"p1 all=a@x.example", "p2 all!quarantined:name-missing", NULL};
    Fixture *fixture = *state;
    g_autoptr(Status) status = NULL;

    fixture_plan(fixture, people);
    fixture_start(fixture, BOOT);
    fixture_claim_all(fixture);
    fixture_end(fixture, "a@x.example", EVENT_ACCEPTED);
    status = plain(fixture);
    assert_true(g_str_has_prefix(status->verdict, "NEEDS YOU: "));
    assert_says(status->verdict, "1 quarantined");
    assert_false(status->complete);
    assert_string_equal(status->next, "breach check p.yaml");
}

static void test_trouble(void **state)
{
    static const char *const people[] = {"p1 all=a@x.example", NULL};
    g_autoptr(Status) status = NULL;

    fixture_plan(*state, people);
    status = collect(*state, (StatusRequest){.trouble = "relay rests for 5 min: cannot connect"});
    assert_true(g_str_has_prefix(status->verdict, "NEEDS YOU: "));
    assert_says(status->verdict, "relay rests for 5 min: cannot connect");
}

/* Holds and pauses ---------------------------------------------------------------------------------------------- */

/* Puts whatever is at x.example into the queue of that domain, and lets a brake act on it. */
static void set_apart(Fixture *fixture, const Pause *pause, const Hold *hold)
{
    g_autoptr(GError) error = NULL;
    bool changed;

    assert_true(ledger_begin(fixture->ledger, &error));
    assert_true(queue_number(fixture->ledger, QUEUE_DOMAIN, "x.example", &error) == 1);
    if (pause)
        assert_true(pause_put(fixture->ledger, pause, &error));
    if (hold)
        assert_true(hold_set(fixture->ledger, hold, &changed, &error));
    assert_true(ledger_commit(fixture->ledger, &error));
    assert_int_equal(0, fixture_raw(fixture, "UPDATE message SET queue = 1 WHERE endpoint LIKE '%@x.example'"));
}

static void test_paused_domain(void **state)
{
    static const char *const people[] = {"p1 all=a@x.example", "p2 all=b@x.example", NULL};
    Fixture *fixture = *state;
    g_autoptr(Status) status = NULL;
    json_auto_t *document = NULL;
    const Pause pause = {.scope = PAUSE_DOMAIN,
                         .name = (char *)"x.example",
                         .until = fixture->now + 15 * CLOCK_MINUTE,
                         .reason = (char *)"blocked",
                         .at = fixture->now,
                         .times = 1};

    fixture_plan(fixture, people);
    set_apart(fixture, &pause, NULL);
    status = plain(fixture);
    assert_silent(status->verdict, "due now");
    assert_says(status->verdict, "next try at ");
    assert_says(status->verdict, "(in 15 min); domain x.example is paused until ");
    assert_says(status->verdict, "it refuses us by policy: blocked");
    assert_string_equal(status->next, "breach notify p.yaml");
    document = status_json(status);
    assert_string_equal(json_string_value(json_object_get(document, "next_due")), "2026-11-21T14:05:00.123Z");
}

/* Somebody else is due at once: that is what counts. */
static void test_paused_in_part(void **state)
{
    static const char *const people[] = {"p1 all=a@x.example", "p2 all=b@y.example", NULL};
    Fixture *fixture = *state;
    g_autoptr(Status) status = NULL;
    const Pause pause = {.scope = PAUSE_DOMAIN,
                         .name = (char *)"x.example",
                         .until = fixture->now + 15 * CLOCK_MINUTE,
                         .reason = (char *)"blocked",
                         .at = fixture->now,
                         .times = 1};

    fixture_plan(fixture, people);
    set_apart(fixture, &pause, NULL);
    status = plain(fixture);
    assert_says(status->verdict, "due now, and nobody is sending");
    assert_silent(status->verdict, "is paused");
}

static void test_held_domain(void **state)
{
    static const char *const people[] = {"p1 all=a@x.example", "p2 all=b@y.example", NULL};
    Fixture *fixture = *state;
    const Hold hold = {.scope = HOLD_DOMAIN,
                       .name = (char *)"x.example",
                       .reason = (char *)"a mistake",
                       .by = (char *)"me@here",
                       .at = fixture->now};
    g_autoptr(Status) before = NULL;
    g_autoptr(Status) after = NULL;
    g_autoptr(Status) running = NULL;

    fixture_plan(fixture, people);
    set_apart(fixture, NULL, &hold);
    before = plain(fixture);
    assert_says(before->verdict, "domain x.example is held by me@here: a mistake");
    assert_string_equal(before->next, "breach notify p.yaml"); /* the other one can be sent */
    fixture_start(fixture, BOOT);
    fixture_claim_all(fixture);
    fixture_end(fixture, "b@y.example", EVENT_ACCEPTED);
    after = plain(fixture);
    assert_silent(after->verdict, "due now");
    assert_string_equal(after->next, "breach lift p.yaml --domain x.example --reason TEXT");
    running = collect(fixture, (StatusRequest){.is_running = true});
    assert_string_equal(running->next, after->next);
}

/* Documents ----------------------------------------------------------------------------------------------------- */

static void test_json(void **state)
{
    static const char *const people[] = {"p1 all=a@x.example", "p2 all=b@x.example", "p3 all!withheld:deceased", NULL};
    Fixture *fixture = *state;
    g_autoptr(Status) status = NULL;
    json_auto_t *document = NULL;
    const json_t *part, *reason;
    const char *due;

    fixture_plan(fixture, people);
    fixture_start(fixture, BOOT);
    fixture_claim_all(fixture);
    fixture_end(fixture, "a@x.example", EVENT_ACCEPTED);
    fixture_end(fixture, "b@x.example", EVENT_DEFERRED);
    status = plain(fixture);
    document = status_json(status);
    assert_non_null(document);
    assert_string_equal(json_string_value(json_object_get(document, "schema")), "breach.status/1");
    assert_string_equal(json_string_value(json_object_get(document, "incident")), "acme-2026");
    assert_string_equal(json_string_value(json_object_get(document, "status")), "actual");
    assert_int_equal(strlen(json_string_value(json_object_get(document, "digest"))), 64);
    part = json_object_get(document, "people");
    assert_int_equal(json_integer_value(json_object_get(part, "total")), 3);
    assert_int_equal(json_integer_value(json_object_get(part, "accepted")), 1);
    assert_int_equal(json_integer_value(json_object_get(part, "pending")), 1);
    assert_int_equal(json_integer_value(json_object_get(part, "withheld")), 1);
    assert_int_equal(json_object_size(part), TOLD_STATES + 1);
    part = json_object_get(document, "messages");
    assert_int_equal(json_integer_value(json_object_get(part, "deferred")), 1);
    assert_int_equal(json_object_size(part), MESSAGE_STATES);
    part = json_object_get(json_object_get(document, "channels"), "email");
    assert_int_equal(json_integer_value(json_object_get(part, "accepted")), 1);
    part = json_object_get(json_object_get(document, "audiences"), "all");
    assert_int_equal(json_integer_value(json_object_get(part, "withheld")), 1);
    reason = json_array_get(json_object_get(document, "reasons"), 0);
    assert_string_equal(json_string_value(json_object_get(reason, "reason")), "deceased");
    assert_true(json_is_false(json_object_get(document, "complete")));
    due = json_string_value(json_object_get(document, "next_due"));
    assert_string_equal(due, "2026-11-21T14:50:00.123Z");
    assert_string_equal(json_string_value(json_object_get(document, "verdict")), status->verdict);
    assert_string_equal(json_string_value(json_object_get(document, "next")), status->next);
}

static void test_json_when_nothing_is_due(void **state)
{
    g_autoptr(Status) status = NULL;
    json_auto_t *document = NULL;

    begin(*state);
    fixture_end(*state, "a@x.example", EVENT_ACCEPTED);
    fixture_end(*state, "b@x.example", EVENT_ACCEPTED);
    status = plain(*state);
    document = status_json(status);
    assert_true(json_is_null(json_object_get(document, "next_due")));
    assert_true(json_is_true(json_object_get(document, "complete")));
}

static void test_text(void **state)
{
    static const char *const people[] = {"p1 all=a@x.example", "p2 all!unreachable:no-address", NULL};
    Fixture *fixture = *state;
    g_autoptr(Status) status = NULL;
    g_autofree char *text = NULL;

    fixture_plan(fixture, people);
    status = plain(fixture);
    text = status_text(status);
    assert_says(text, "acme-2026, ACTUAL, edition 1, plan ");
    assert_says(text, "people                  2");
    assert_says(text, "pending                 1");
    assert_says(text, "unreachable             1");
    assert_says(text, "delivered               0");
    assert_says(text, "channel email: planned 1\n");
    assert_says(text, "audience all: pending 1 unreachable 1\n");
    assert_says(text, "unreachable: 1: no-address\n");
    assert_silent(text, "sent again");
    assert_silent(text, "twice");
}

static void test_text_after_doubts(void **state)
{
    Fixture *fixture = *state;
    g_autoptr(Status) status = NULL;
    g_autofree char *text = NULL;

    begin(fixture);
    fixture_end(fixture, "a@x.example", EVENT_DOUBTED);
    fixture_end(fixture, "b@x.example", EVENT_ACCEPTED);
    fixture->now += 2 * CLOCK_HOUR;
    fixture_claim_all(fixture);
    fixture_end(fixture, "a@x.example", EVENT_ACCEPTED);
    fixture_end_attempt(fixture, "a@x.example", 1, EVENT_ACCEPTED);
    status = plain(fixture);
    text = status_text(status);
    assert_says(text, "sent again while in doubt: 1\n");
    assert_says(text, "known to have been accepted twice: 1\n");
}

/* Times --------------------------------------------------------------------------------------------------------- */

static void test_times(void **state)
{
    const int64_t now = INT64_C(1795269000123); /* 2026-11-21T13:50:00.123Z */
    static const struct {
        int64_t ahead;
        const char *text;
    } rows[] = {
        {0, "21:50 +08:00"},
        {2 * CLOCK_HOUR, "23:50 +08:00"},
        {3 * CLOCK_HOUR, "2026-11-22 00:50 +08:00"},
        {-22 * CLOCK_HOUR, "2026-11-20 23:50 +08:00"},
        {365 * CLOCK_DAY, "2027-11-21 21:50 +08:00"},
    };

    (void)state;
    g_setenv("TZ", "UTC-8", TRUE);
    tzset();
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *text = status_time(now + rows[i].ahead, now);

        assert_string_equal(text, rows[i].text);
    }
}

/* Several ways --------------------------------------------------------------------------------------------------- */

/* One letter by email and one text message, each by a gateway of its own. */
static void begin_two_ways(Fixture *fixture)
{
    static const char *const people[] = {"p1 all=a@x.example", "p2 all=+8613800138000", NULL};

    fixture_plan(fixture, people);
    fixture_close(fixture);
    assert_int_equal(fixture_raw(fixture, "UPDATE header SET value = '[{\"channel\":\"email\",\"name\":\"relay\"},"
                                          "{\"channel\":\"sms\",\"name\":\"sms\"}]' WHERE key = 'gateways'"),
                     0);
    fixture_open(fixture);
}

/* A hold on one channel keeps nothing of another back. */
static void test_hold_on_one_channel(void **state)
{
    Fixture *fixture = *state;
    const Hold hold = {.scope = HOLD_CHANNEL, .name = (char *)"sms", .reason = (char *)"why", .by = (char *)"me@here"};
    g_autoptr(GError) error = NULL;
    bool changed;
    Status *status;

    begin_two_ways(fixture);
    assert_true(ledger_begin(fixture->ledger, &error));
    assert_true(hold_set(fixture->ledger, &hold, &changed, &error));
    assert_true(ledger_commit(fixture->ledger, &error));
    status = plain(fixture);
    assert_true(status->due.first <= fixture->now);
    assert_int_equal(status->due.hold->scope, HOLD_CHANNEL);
    assert_says(status->next, "breach notify p.yaml");
    status_free(status);
}

/* What points to the announcement waits for it, and is not due by itself. */
static void test_announcement(void **state)
{
    static const char *const locales[] = {"en", NULL};
    Fixture *fixture = *state;
    g_autoptr(Announcement) announcement = announcement_new();
    const AnnouncementNeed need = {.announcement = announcement, .locales = locales, .fallback = "en"};
    const Publication row = {.gateway = (char *)"site",
                             .locale = (char *)"en",
                             .kind = (char *)"first",
                             .edition = 1,
                             .state = PUBLICATION_PUBLISHED,
                             .item = (char *)"i",
                             .url = (char *)"https://example.com/i",
                             .digest = (char *)"d",
                             .words = (char *)"",
                             .by = (char *)"me@here",
                             .at = fixture->now};
    g_autoptr(GError) error = NULL;
    g_autofree char *text = NULL;
    json_auto_t *document = NULL;
    Status *status;

    announcement_add_place(announcement, "site", (Position){0});
    begin_two_ways(fixture);
    fixture_start(fixture, BOOT);
    assert_int_equal(fixture_claim_all(fixture), 2);
    fixture_end(fixture, "a@x.example", EVENT_ACCEPTED);
    fixture_end(fixture, "+8613800138000", EVENT_RETURNED);
    assert_int_equal(fixture_raw(fixture, "INSERT INTO queue(no, kind, name) VALUES (7, 3, 'en');"
                                          "UPDATE message SET queue = 7 WHERE state = 0"),
                     0);
    status = collect(fixture, (StatusRequest){.announcement = &need});
    assert_false(status->complete);
    assert_int_equal(status->due.first, INT64_MAX);
    assert_says(status->verdict, "NEEDS YOU: ");
    assert_says(status->verdict, "it is not published in en, and 1 message waits for it");
    assert_string_equal(status->next, "breach announce p.yaml");
    text = status_text(status);
    assert_says(text, "1 message waits for the announcement in en");
    document = status_json(status);
    assert_int_equal(json_integer_value(json_object_get(
                         json_object_get(json_object_get(document, "announcement"), "waiting"), "en")),
                     1);
    status_free(status);
    assert_true(publication_put(fixture->ledger, &row, &error));
    status = collect(fixture, (StatusRequest){.announcement = &need});
    assert_silent(status->verdict, "announcement");
    assert_string_equal(status->next, "breach notify p.yaml");
    status_free(status);
}

/* Whoever cannot be reached makes it due; until it is published the incident is not complete. */
static void test_announcement_for_the_unreachable(void **state)
{
    static const char *const people[] = {"p1 all!unreachable:no-address", NULL};
    static const char *const locales[] = {"en", "zh-CN", NULL};
    Fixture *fixture = *state;
    g_autoptr(Announcement) announcement = announcement_new();
    const AnnouncementNeed need = {.announcement = announcement, .locales = locales, .fallback = "en"};
    Status *status;

    announcement->when = ANNOUNCEMENT_UNREACHABLE;
    announcement_add_place(announcement, "site", (Position){0});
    fixture_plan(fixture, people);
    status = collect(fixture, (StatusRequest){.announcement = &need});
    assert_false(status->complete);
    assert_says(status->verdict, "the announcement is due, 1 person is unreachable: it is not published in en, zh-CN");
    assert_string_equal(status->next, "breach announce p.yaml");
    status_free(status);
    status = plain(fixture);
    assert_true(status->complete);
    status_free(status);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_planned),
        cmocka_unit_test(test_hold_on_one_channel),
        cmocka_unit_test(test_announcement),
        cmocka_unit_test(test_announcement_for_the_unreachable),
        cmocka_unit_test(test_one_person),
        cmocka_unit_test(test_running),
        cmocka_unit_test(test_complete),
        cmocka_unit_test(test_calls_to_make),
        cmocka_unit_test(test_somebody_unreachable),
        cmocka_unit_test(test_deferred),
        cmocka_unit_test(test_held),
        cmocka_unit_test(test_quarantined),
        cmocka_unit_test(test_trouble),
        cmocka_unit_test(test_paused_domain),
        cmocka_unit_test(test_paused_in_part),
        cmocka_unit_test(test_held_domain),
        cmocka_unit_test(test_json),
        cmocka_unit_test(test_json_when_nothing_is_due),
        cmocka_unit_test(test_text),
        cmocka_unit_test(test_text_after_doubts),
        cmocka_unit_test(test_times),
    };

    return FIXTURE_MAIN("status", tests);
}
