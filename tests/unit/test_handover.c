#include "ledger_fixture.h"

#include <string.h>
#include <time.h>

#include <jansson.h>

#include "base/clock.h"
#include "ledger/hold.h"
#include "ledger/pause.h"
#include "report/decided.h"
#include "report/handover.h"

static Handover *made(Fixture *fixture, bool is_running)
{
    g_autoptr(GError) error = NULL;
    const StatusRequest status = {
        .ledger = fixture->ledger, .playbook = "p.yaml", .options = "", .is_running = is_running, .now = fixture->now};
    const HandoverRequest request = {.incident = "leak", .mode = INCIDENT_ACTUAL, .status = &status, .since = 0};
    Handover *handover = handover_collect(&request, &error);

    if (!handover)
        fail_msg("%s", error->message);
    return handover;
}

static const HandoverItem *item_of(const GPtrArray *items, const char *kind)
{
    for (guint i = 0; i < items->len; i++) {
        const HandoverItem *item = g_ptr_array_index(items, i);

        if (strcmp(item->kind, kind) == 0)
            return item;
    }
    return NULL;
}

static void assert_says(const char *text, const char *words)
{
    if (!strstr(text, words))
        fail_msg("\"%s\" is not in\n%s", words, text);
}

static void begin(Fixture *fixture)
{
    static const char *const people[] = {"p1 all=a@x.example", "p2 all=b@x.example", "p3 all=c@x.example",
                                         "p4 all!quarantined:age-missing", NULL};

    fixture_plan(fixture, people);
    fixture_start(fixture, BOOT);
    fixture_claim_all(fixture);
}

static void hold(Fixture *fixture, HoldScope scope, const char *name, const char *reason)
{
    bool changed;

    assert_true(ledger_begin(fixture->ledger, NULL));
    assert_true(hold_set(fixture->ledger,
                         &(Hold){.scope = scope,
                                 .name = (char *)name,
                                 .by = (char *)"ann@host",
                                 .reason = (char *)reason,
                                 .at = fixture->now},
                         &changed, NULL));
    assert_true(ledger_commit(fixture->ledger, NULL));
}

static void pause_domain(Fixture *fixture, const char *reason)
{
    assert_true(ledger_begin(fixture->ledger, NULL));
    assert_true(pause_put(fixture->ledger,
                          &(Pause){.scope = PAUSE_DOMAIN,
                                   .name = (char *)"x.example",
                                   .until = fixture->now + CLOCK_HOUR,
                                   .reason = (char *)reason,
                                   .at = fixture->now,
                                   .times = 1},
                          NULL));
    assert_true(ledger_commit(fixture->ledger, NULL));
}

/* Before there is a plan somebody takes over, too. */
static void test_nothing_planned(void **state)
{
    Fixture empty = {.now = 1000};
    g_autoptr(Handover) handover = made(&empty, false);
    g_autofree char *page = handover_markdown(handover);
    json_auto_t *document = handover_json(handover);

    (void)state;
    assert_null(handover->status);
    assert_string_equal(handover->next, "breach plan p.yaml");
    assert_says(page, "nothing is planned yet");
    assert_true(json_is_null(json_object_get(document, "people")));
}

static void test_what_waits(void **state)
{
    Fixture *fixture = *state;
    const LedgerClaim *claim;
    g_autoptr(Handover) handover = NULL;

    begin(fixture);
    fixture_end(fixture, "a@x.example", EVENT_ACCEPTED);
    fixture_end(fixture, "b@x.example", EVENT_FAILED);
    claim = fixture_claimed(fixture, "c@x.example");
    assert_true(ledger_begin(fixture->ledger, NULL));
    assert_true(ledger_record(fixture->ledger,
                              &(LedgerOutcome){.message = claim->no,
                                               .attempt = claim->attempt,
                                               .event = EVENT_DOUBTED,
                                               .reply = "no reply",
                                               .at = fixture->now,
                                               .due = -1,
                                               .by_relay = true},
                              NULL));
    assert_true(ledger_commit(fixture->ledger, NULL));
    handover = made(fixture, false);
    assert_says(item_of(handover->open, "doubts")->english, ": 1");
    assert_string_equal(item_of(handover->open, "doubts")->command, "breach resolve p.yaml");
    assert_says(item_of(handover->open, "quarantined")->english, ": 1");
    assert_string_equal(item_of(handover->open, "unreachable")->command, "breach status p.yaml --list unreachable");
    assert_null(item_of(handover->open, "unsent"));
}

/* What a running notify does needs nobody; without it the same needs somebody. */
static void test_who_sends(void **state)
{
    Fixture *fixture = *state;
    g_autoptr(Handover) runs = NULL, rests = NULL;

    begin(fixture);
    runs = made(fixture, true);
    assert_non_null(item_of(runs->by_itself, "sending"));
    assert_null(item_of(runs->open, "unsent"));
    rests = made(fixture, false);
    assert_null(item_of(rests->by_itself, "sending"));
    assert_says(item_of(rests->open, "unsent")->english, ": 3");
    assert_string_equal(item_of(rests->open, "unsent")->command, "breach notify p.yaml");
}

/* A notify that runs while everything is held sends nothing: whoever takes over must not wait for it. */
static void test_held(void **state)
{
    Fixture *fixture = *state;
    g_autoptr(Handover) handover = NULL;

    begin(fixture);
    hold(fixture, HOLD_EVERYTHING, "", "a mistake");
    handover = made(fixture, true);
    assert_non_null(item_of(handover->open, "hold"));
    assert_says(item_of(handover->by_itself, "sending")->english, "another breach is at work");
}

static void test_brakes(void **state)
{
    Fixture *fixture = *state;
    g_autoptr(Handover) handover = NULL;
    const HandoverItem *held, *paused;

    begin(fixture);
    hold(fixture, HOLD_DOMAIN, "x.example", "ask b@x.example first");
    pause_domain(fixture, "user b is refused");
    handover = made(fixture, true);
    held = item_of(handover->open, "hold");
    assert_string_equal(held->english, "domain x.example is held: ask ***@x.example first");
    assert_string_equal(held->owner, "ann@host");
    assert_string_equal(held->command, "breach lift p.yaml --domain x.example --reason TEXT");
    paused = item_of(handover->by_itself, "pause");
    assert_string_equal(paused->english,
                        "domain x.example refuses us by policy and is tried later: breach status has its words");
    assert_int_equal(paused->due, fixture->now + CLOCK_HOUR);
}

static void decide(Fixture *fixture, const char *person, MessageEvent event, const char *reason)
{
    const InboxEntry entry = {.event = event, .person = person, .reply = reason, .by = "ann@host"};
    int applied = 0;

    assert_true(inbox_append(fixture->ledger, &entry, fixture->now, NULL));
    assert_true(ledger_begin(fixture->ledger, NULL));
    assert_true(inbox_apply(fixture->ledger, 10, fixture->now, &applied, NULL));
    assert_true(ledger_commit(fixture->ledger, NULL));
    assert_int_equal(applied, 1);
}

static const Decided *decided_of(const GPtrArray *list, const char *kind, const char *words)
{
    for (guint i = 0; i < list->len; i++) {
        const Decided *one = g_ptr_array_index(list, i);

        if (strcmp(one->kind, kind) == 0 && strstr(one->english, words))
            return one;
    }
    return NULL;
}

/* Decisions about people are counted by who took them and why, and name nobody. */
static void test_decisions(void **state)
{
    Fixture *fixture = *state;
    g_autoptr(GPtrArray) all = NULL, late = NULL;
    const Decided *one;

    begin(fixture);
    fixture->now += CLOCK_MINUTE;
    decide(fixture, "p1", EVENT_WITHHELD, "they asked for it");
    decide(fixture, "p2", EVENT_WITHHELD, "they asked for it");
    fixture->now += CLOCK_MINUTE;
    decide(fixture, "p3", EVENT_WITHHELD, "told by hand, 13800138000");
    hold(fixture, HOLD_PERSON, "p4", "p4 is abroad");
    hold(fixture, HOLD_EVERYTHING, "", "a mistake");
    all = decided_list(fixture->ledger, NULL, 0, NULL);
    one = decided_of(all, "decided", "they asked for it");
    assert_string_equal(one->english, "decided not to tell people: 2 (they asked for it)");
    assert_string_equal(one->by, "ann@host");
    assert_non_null(decided_of(all, "decided", "not to tell one person (why is not shown here)"));
    assert_non_null(decided_of(all, "held", "held person ID: not shown here"));
    assert_non_null(decided_of(all, "held", "held everything: a mistake"));
    assert_non_null(decided_of(all, "planned", "edition 1 was planned"));
    for (guint i = 1; i < all->len; i++)
        assert_true(((const Decided *)g_ptr_array_index(all, i - 1))->at <=
                    ((const Decided *)g_ptr_array_index(all, i))->at);
    late = decided_list(fixture->ledger, NULL, fixture->now, NULL);
    assert_null(decided_of(late, "decided", "they asked for it"));
    assert_int_equal(late->len, 3);
}

static CaseEvent *event(int64_t no, CaseKind kind, json_t *body)
{
    return case_event_new(no, no * CLOCK_MINUTE, "ops@host", kind, body);
}

static void test_case_record(void **state)
{
    static const struct {
        const char *kind, *english, *by;
    } wanted[] = {
        {"playbook", "values that were taken from the playbook for the first time: 1", "ops@host"},
        {"level", "level is 2 now: the counts", "ops@host"},
        {"affected", "affected people: at least 1,000, likely 2,000, at most 3,000", "ops@host"},
        {"filing", "filed eu-gdpr authority_72h (web)", "Li Lei"},
        {"decision", "decision 1: delay, us-hipaa, everybody", "Ann"},
        {"inquiry", "inquiry 7: received", "ops@host"},
        {"response", "response step contain: done", "Li Lei"},
        {"closed", "closed the case: all done", "Ann"},
    };
    g_autoptr(GPtrArray) events = case_events_new();
    g_autoptr(CaseState) folded = NULL;
    g_autoptr(GPtrArray) list = NULL;

    (void)state;
    g_ptr_array_add(events, event(1, CASE_VARIABLE,
                                  json_pack("{s:s, s:n, s:{s:s}, s:s, s:s}", "name", "cii", "old", "new", "likely",
                                            "false", "why", "playbook", "source", "playbook")));
    g_ptr_array_add(events, event(2, CASE_LEVEL,
                                  json_pack("{s:s, s:i, s:i, s:s, s:s}", "name", "level", "old", 3, "new", 2, "why",
                                            "the counts", "source", "record")));
    g_ptr_array_add(events,
                    event(3, CASE_AFFECTED,
                          json_pack("{s:s, s:n, s:{s:i, s:i, s:i}, s:s, s:s}", "name", "affected", "old", "new",
                                    "lower", 1000, "likely", 2000, "upper", 3000, "why", "logs", "source", "record")));
    g_ptr_array_add(events, event(4, CASE_FILING,
                                  json_pack("{s:s, s:s, s:s, s:s, s:s}", "regime", "eu-gdpr", "step", "authority_72h",
                                            "at", "2026-11-22T10:00+01:00", "by", "Li Lei", "channel", "web")));
    g_ptr_array_add(events, event(5, CASE_DECISION,
                                  json_pack("{s:s, s:s, s:s, s:s, s:s}", "id", "1", "decision", "delay", "regime",
                                            "us-hipaa", "scope", "everybody", "by", "Ann")));
    g_ptr_array_add(events, event(6, CASE_INQUIRY, json_pack("{s:s, s:s}", "id", "7", "outcome", "received")));
    g_ptr_array_add(events, event(7, CASE_RESPONSE,
                                  json_pack("{s:s, s:s, s:s}", "step", "contain", "outcome", "done", "by", "Li Lei")));
    g_ptr_array_add(events, event(8, CASE_CLOSED,
                                  json_pack("{s:s, s:s, s:s}", "state", "closed", "by", "Ann", "reason", "all done")));
    g_ptr_array_add(events, event(9, CASE_WARNING, json_pack("{s:s}", "obligation", "eu-gdpr/authority_72h")));
    folded = case_state_fold(g_steal_pointer(&events));
    list = decided_list(NULL, folded, 0, NULL);
    assert_int_equal(list->len, G_N_ELEMENTS(wanted));
    for (guint i = 0; i < list->len; i++) {
        const Decided *one = g_ptr_array_index(list, i);

        assert_string_equal(one->kind, wanted[i].kind);
        assert_string_equal(one->english, wanted[i].english);
        assert_string_equal(one->by, wanted[i].by);
    }
}

/* What somebody typed is no markup on the page, and the page stays a page however long the night was. */
static void test_page(void **state)
{
    Fixture *fixture = *state;
    g_autoptr(Handover) handover = NULL;
    g_autofree char *page = NULL;
    json_auto_t *document = NULL;

    begin(fixture);
    fixture->now += CLOCK_MINUTE;
    for (int i = 0; i < 30; i++) {
        g_autofree char *name = g_strdup_printf("d%d.example", i);

        hold(fixture, HOLD_DOMAIN, name, "<b>*look* [here](x) `rm` a|b\n# all clear\r\xe2\x80\xae &amp; in_doubt");
    }
    handover = made(fixture, false);
    page = handover_markdown(handover);
    assert_says(page, "# Handover: ACTUAL, leak, 2026-11-21");
    assert_says(page, "\\<b\\>\\*look\\* \\[here\\](x) \\`rm\\` a\\|b \\# all clear ??? \\&amp; in_doubt");
    assert_null(strstr(page, "\n# all clear"));
    assert_says(page, "- 11 earlier ones are in breach status --handover --json\n");
    assert_says(page, "| pending | 3 |");
    document = handover_json(handover);
    assert_int_equal(json_array_size(json_object_get(document, "decided")), 31);
    assert_int_equal(json_array_size(json_object_get(document, "open")), handover->open->len);
    assert_string_equal(json_string_value(json_object_get(document, "schema")), "breach.handover/1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nothing_planned),
        cmocka_unit_test(test_what_waits),
        cmocka_unit_test(test_who_sends),
        cmocka_unit_test(test_held),
        cmocka_unit_test(test_brakes),
        cmocka_unit_test(test_decisions),
        cmocka_unit_test(test_case_record),
        cmocka_unit_test(test_page),
    };

    g_setenv("TZ", "Asia/Shanghai", TRUE);
    tzset();
    return FIXTURE_MAIN("handover", tests);
}
