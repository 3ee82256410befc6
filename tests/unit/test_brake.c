/* The brake against a ledger: which lane is stopped, which queue is shut, and what a refusal by policy leads to. */
#include "ledger_fixture.h"

#include <limits.h>
#include <string.h>

#include "base/clock.h"
#include "dispatch/brake.h"

#define NOW INT64_C(1000000)

static const char *const people[] = {"p1 all=a@x.example", "p2 all=b@y.example", NULL};

typedef struct Trial {
    Fixture *fixture;
    Brake *brake;
    Gateway *gateway;
} Trial;

static void must(bool done, GError *const *error)
{
    if (!done)
        fail_msg("%s", *error ? (*error)->message : "it failed without saying why");
}

static Trial begin(Fixture *fixture, const QuietHours *quiet)
{
    Trial trial = {.fixture = fixture, .gateway = gateway_new()};
    g_autoptr(GError) error = NULL;

    if (!fixture->ledger)
        fixture_plan(fixture, people);
    trial.gateway->name = g_strdup("relay");
    gateway_add_domain_rate(trial.gateway, "slow.example", 2);
    trial.brake = brake_new(fixture->ledger, quiet);
    must(brake_begin(trial.brake, (const Gateway *const[]){trial.gateway}, 1, NOW, &error), &error);
    return trial;
}

static void end(Trial *trial)
{
    brake_free(trial->brake);
    gateway_free(trial->gateway);
}

static void hold(Trial *trial, HoldScope scope, const char *name, bool lift)
{
    const Hold wish = {.scope = scope, .name = (char *)name, .reason = (char *)"why", .by = (char *)"me@here", .at = 1};
    g_autoptr(GError) error = NULL;
    bool changed = false;

    must(ledger_begin(trial->fixture->ledger, &error), &error);
    must((lift ? hold_lift : hold_set)(trial->fixture->ledger, &wish, &changed, &error), &error);
    assert_true(changed);
    must(brake_reload(trial->brake, &changed, &error), &error);
    assert_true(changed);
    must(brake_reload(trial->brake, &changed, &error), &error);
    assert_false(changed);
    must(ledger_commit(trial->fixture->ledger, &error), &error);
}

static void save(Trial *trial)
{
    g_autoptr(GError) error = NULL;

    must(ledger_begin(trial->fixture->ledger, &error), &error);
    must(brake_save(trial->brake, &error), &error);
    must(ledger_commit(trial->fixture->ledger, &error), &error);
}

static int64_t stopped(Trial *trial, const char *gateway, const char *channel)
{
    g_autofree char *why = NULL;
    int64_t until = brake_lane(trial->brake, gateway, channel, NOW, &why);

    assert_int_equal(until != 0, why != NULL);
    return until;
}

static const Queue *queue_of(Trial *trial, QueueKind kind, const char *name)
{
    const GPtrArray *queues = brake_queues(trial->brake);

    for (guint i = 0; i < queues->len; i++) {
        const Queue *queue = g_ptr_array_index(queues, i);

        if (queue->kind == kind && strcmp(queue->name, name) == 0)
            return queue;
    }
    return NULL;
}

static int64_t shut(Trial *trial, const Queue *queue, int64_t now, int *most)
{
    const Hold *found;

    return brake_queue(trial->brake, queue, now, most, &found);
}

static int64_t place(Trial *trial, const char *endpoint, const char *audience, const char *person)
{
    const char *ids[] = {person, NULL};

    return brake_place(trial->brake, trial->gateway,
                       &(QueueCandidate){.endpoint = endpoint, .audience = audience, .people = ids}, NOW);
}

static int64_t answer(Trial *trial, const char *endpoint, int64_t no, int attempt, ChannelResult result, int64_t now)
{
    return brake_answered(trial->brake, &(BrakeAnswer){.gateway = trial->gateway,
                                                       .endpoint = endpoint,
                                                       .message = no,
                                                       .attempt = attempt,
                                                       .result = result,
                                                       .reply = "550 5.7.1 no",
                                                       .now = now});
}

static void test_lanes(void **state)
{
    Trial trial = begin(*state, NULL);

    assert_int_equal(stopped(&trial, "relay", "email"), 0);
    hold(&trial, HOLD_GATEWAY, "relay", false);
    assert_int_equal(stopped(&trial, "relay", "email"), BRAKE_FOR_EVER);
    assert_int_equal(stopped(&trial, "other", "email"), 0);
    hold(&trial, HOLD_GATEWAY, "relay", true);
    hold(&trial, HOLD_CHANNEL, "email", false);
    assert_int_equal(stopped(&trial, "other", "email"), BRAKE_FOR_EVER);
    assert_int_equal(stopped(&trial, "other", "sms"), 0);
    hold(&trial, HOLD_EVERYTHING, "", false);
    assert_int_equal(stopped(&trial, "other", "sms"), BRAKE_FOR_EVER);
    end(&trial);
}

static void test_quiet_hours(void **state)
{
    g_autoptr(QuietHours) quiet = g_new0(QuietHours, 1);
    Trial trial;

    quiet->zone = quiet_hours_zone("Z");
    quiet->to = 60; /* the first hour of 1970 */
    trial = begin(*state, quiet);
    assert_int_equal(stopped(&trial, "relay", "email"), CLOCK_HOUR);
    hold(&trial, HOLD_EVERYTHING, "", false);
    assert_int_equal(stopped(&trial, "relay", "email"), BRAKE_FOR_EVER);
    end(&trial);
}

static void test_places(void **state)
{
    Trial trial = begin(*state, NULL);
    const Queue *slow = queue_of(&trial, QUEUE_DOMAIN, "slow.example");
    int most;

    assert_non_null(slow);
    assert_true(brake_sorts(trial.brake, trial.gateway));
    assert_int_equal(shut(&trial, slow, NOW, &most), 0);
    assert_int_equal(most, INT_MAX);
    assert_int_equal(place(&trial, "a@x.example", "all", "p1"), QUEUE_MAIN);
    assert_int_equal(place(&trial, "A@Slow.Example", "all", "p1"), slow->no);
    assert_int_equal(place(&trial, "+8613800000000", "all", "p1"), QUEUE_MAIN);
    assert_false(brake_wants_people(trial.brake));
    hold(&trial, HOLD_DOMAIN, "x.example", false);
    assert_int_equal(place(&trial, "a@x.example", "all", "p1"), queue_of(&trial, QUEUE_DOMAIN, "x.example")->no);
    hold(&trial, HOLD_AUDIENCE, "all", false);
    assert_int_equal(place(&trial, "a@x.example", "all", "p1"), queue_of(&trial, QUEUE_AUDIENCE, "all")->no);
    hold(&trial, HOLD_PERSON, "p1", false);
    assert_true(brake_wants_people(trial.brake));
    assert_int_equal(place(&trial, "a@x.example", "all", "p1"), queue_of(&trial, QUEUE_PERSON, "p1")->no);
    assert_int_equal(place(&trial, "b@y.example", "few", "p2"), QUEUE_MAIN);
    assert_int_equal(shut(&trial, queue_of(&trial, QUEUE_PERSON, "p1"), NOW, &most), BRAKE_FOR_EVER);
    hold(&trial, HOLD_PERSON, "p1", true);
    assert_int_equal(shut(&trial, queue_of(&trial, QUEUE_PERSON, "p1"), NOW, &most), 0);
    assert_int_equal(place(&trial, "a@x.example", "all", "p1"), queue_of(&trial, QUEUE_AUDIENCE, "all")->no);
    end(&trial);
}

/* Sets a hold that follows from a decision and ends by itself at `until`. */
static void delay(Trial *trial, HoldScope scope, const char *name, int64_t until)
{
    const Hold wish = {.scope = scope,
                       .name = (char *)name,
                       .reason = (char *)"the police",
                       .by = (char *)"me@here",
                       .at = 1,
                       .cause = (char *)"decision 1",
                       .until = until};
    g_autoptr(GError) error = NULL;
    bool changed = false;

    must(ledger_begin(trial->fixture->ledger, &error), &error);
    must(hold_set(trial->fixture->ledger, &wish, &changed, &error), &error);
    assert_true(changed);
    must(brake_reload(trial->brake, &changed, &error) && ledger_commit(trial->fixture->ledger, &error), &error);
    assert_true(changed);
}

/* A hold that ends by itself stops until then and no longer; a person's own on the same thing goes on. */
static void test_delays_end(void **state)
{
    Trial trial = begin(*state, NULL);
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) left = NULL;
    const Queue *queue;
    int most;

    delay(&trial, HOLD_EVERYTHING, "", NOW + 10);
    assert_int_equal(stopped(&trial, "relay", "email"), NOW + 10);
    assert_non_null(brake_lane_hold(trial.brake, "relay", "email", NOW + 9));
    assert_null(brake_lane_hold(trial.brake, "relay", "email", NOW + 10));
    delay(&trial, HOLD_AUDIENCE, "all", NOW + 20);
    queue = queue_of(&trial, QUEUE_AUDIENCE, "all");
    assert_int_equal(shut(&trial, queue, NOW, &most), NOW + 20);
    assert_int_equal(shut(&trial, queue, NOW + 20, &most), 0);
    hold(&trial, HOLD_AUDIENCE, "all", false);
    assert_int_equal(shut(&trial, queue_of(&trial, QUEUE_AUDIENCE, "all"), NOW, &most), BRAKE_FOR_EVER);
    hold(&trial, HOLD_AUDIENCE, "all", true);
    assert_int_equal(shut(&trial, queue_of(&trial, QUEUE_AUDIENCE, "all"), NOW, &most), NOW + 20);
    brake_free(trial.brake); /* the next run forgets what has ended */
    trial.brake = brake_new(trial.fixture->ledger, NULL);
    must(brake_begin(trial.brake, (const Gateway *const[]){trial.gateway}, 1, NOW + 15, &error), &error);
    left = hold_list(trial.fixture->ledger, &error);
    assert_int_equal(left->len, 1);
    assert_int_equal(((const Hold *)g_ptr_array_index(left, 0))->scope, HOLD_AUDIENCE);
    end(&trial);
}

/* Of several people whom a message serves one is enough; a group of countries holds each of them. */
static void test_regions(void **state)
{
    Trial trial = begin(*state, NULL);
    static const struct {
        const char *regions[3];
        bool held;
    } cases[] = {{{NULL}, false}, {{"us", NULL}, false}, {{"de", NULL}, true}, {{"us", "de", NULL}, true}, {{"de-be", NULL}, true}};

    assert_false(brake_wants_regions(trial.brake));
    delay(&trial, HOLD_REGION, "de", NOW + 10);
    assert_true(brake_wants_regions(trial.brake));
    assert_true(brake_sorts(trial.brake, trial.gateway));
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        int64_t placed = brake_place(trial.brake, trial.gateway,
                                     &(QueueCandidate){.endpoint = "a@x.example", .audience = "all", .regions = cases[i].regions}, NOW);

        assert_int_equal(placed, cases[i].held ? queue_of(&trial, QUEUE_REGION, "de")->no : QUEUE_MAIN);
    }
    end(&trial);
}

/* A delay that is decided again gets its new end in place, so that what it holds is never free in between. */
static void test_delay_again(void **state)
{
    static const int ends[] = {10, 20, 5};
    Trial trial = begin(*state, NULL);
    int most;

    for (size_t i = 0; i < G_N_ELEMENTS(ends); i++) {
        g_autoptr(GPtrArray) holds = NULL;
        g_autoptr(GError) error = NULL;

        delay(&trial, HOLD_REGION, "de", NOW + ends[i]);
        assert_int_equal(shut(&trial, queue_of(&trial, QUEUE_REGION, "de"), NOW, &most), NOW + ends[i]);
        holds = hold_list(trial.fixture->ledger, &error);
        assert_non_null(holds);
        assert_int_equal(holds->len, 1);
    }
    end(&trial);
}

/* What waited for one delay goes on waiting for another one that lasts longer, whichever is looked for first. */
static void test_delay_behind_delay(void **state)
{
    static const char *const regions[] = {"de", NULL};
    const QueueCandidate candidate = {.endpoint = "a@x.example", .audience = "all", .regions = regions};
    Trial trial = begin(*state, NULL);

    delay(&trial, HOLD_AUDIENCE, "all", NOW + 10);
    delay(&trial, HOLD_REGION, "eu", NOW + 20);
    delay(&trial, HOLD_REGION, "de", NOW + 30);
    assert_int_equal(brake_place(trial.brake, trial.gateway, &candidate, NOW + 9),
                     queue_of(&trial, QUEUE_AUDIENCE, "all")->no);
    assert_int_not_equal(brake_place(trial.brake, trial.gateway, &candidate, NOW + 10), QUEUE_MAIN);
    assert_int_not_equal(brake_place(trial.brake, trial.gateway, &candidate, NOW + 10),
                         queue_of(&trial, QUEUE_AUDIENCE, "all")->no);
    assert_int_equal(brake_place(trial.brake, trial.gateway, &candidate, NOW + 20),
                     queue_of(&trial, QUEUE_REGION, "de")->no);
    assert_int_equal(brake_place(trial.brake, trial.gateway, &candidate, NOW + 30), QUEUE_MAIN);
    end(&trial);
}

static void test_nothing_to_sort(void **state)
{
    Trial trial = begin(*state, NULL);
    g_autoptr(Gateway) plain = gateway_new();

    assert_false(brake_sorts(trial.brake, plain));
    assert_int_equal(answer(&trial, "a@x.example", 1, 1, CHANNEL_ACCEPTED, NOW), 0);
    assert_false(brake_sorts(trial.brake, plain));
    end(&trial);
}

/* 15 minutes, 30, an hour … four hours; one message goes first each time. */
static void test_policy_doubles(void **state)
{
    static const int minutes[] = {15, 30, 60, 120, 240, 240};
    Trial trial = begin(*state, NULL);
    const Queue *queue;
    int64_t now = NOW;
    int most;

    for (size_t i = 0; i < G_N_ELEMENTS(minutes); i++) {
        int64_t until = answer(&trial, "a@x.example", 7, (int)i + 1, CHANNEL_POLICY, now);

        assert_int_equal(until, now + minutes[i] * CLOCK_MINUTE);
        save(&trial);
        queue = queue_of(&trial, QUEUE_DOMAIN, "x.example");
        assert_int_equal(shut(&trial, queue, until - 1, &most), until);
        assert_int_equal(shut(&trial, queue, until, &most), 0);
        assert_int_equal(most, 1);
        brake_probe(trial.brake, queue, 7);
        assert_true(shut(&trial, queue, until, &most) > until);
        assert_int_equal(place(&trial, "b@x.example", "all", "p9"), queue->no);
        now = until;
    }
    answer(&trial, "a@x.example", 7, 7, CHANNEL_ACCEPTED, now);
    save(&trial);
    assert_int_equal(shut(&trial, queue_of(&trial, QUEUE_DOMAIN, "x.example"), now, &most), 0);
    assert_int_equal(most, INT_MAX);
    assert_int_equal(place(&trial, "b@x.example", "all", "p9"), QUEUE_MAIN);
    end(&trial);
}

/* What was on its way when the pause began adds nothing to it; one that comes back unsent frees the way for another. */
static void test_policy_in_flight(void **state)
{
    Trial trial = begin(*state, NULL);
    int64_t until = answer(&trial, "a@x.example", 1, 1, CHANNEL_POLICY, NOW);
    const Queue *queue;
    int most;

    assert_true(answer(&trial, "b@x.example", 2, 1, CHANNEL_POLICY, NOW + 50) >= until);
    assert_int_equal(answer(&trial, "c@x.example", 3, 1, CHANNEL_ACCEPTED, NOW + 60), 0);
    save(&trial);
    queue = queue_of(&trial, QUEUE_DOMAIN, "x.example");
    assert_int_equal(shut(&trial, queue, NOW + 70, &most), until);
    brake_probe(trial.brake, queue, 4);
    assert_int_equal(answer(&trial, "d@x.example", 4, 1, CHANNEL_NOT_SENT, until), 0);
    assert_int_equal(shut(&trial, queue, until, &most), 0);
    end(&trial);
}

/* One mailbox that goes on refusing while its domain takes the others' messages waits alone. */
static void test_policy_of_one_mailbox(void **state)
{
    Trial trial = begin(*state, NULL);
    int64_t until = answer(&trial, "a@x.example", 1, 1, CHANNEL_POLICY, NOW);
    const Queue *queue;
    int most;

    save(&trial);
    queue = queue_of(&trial, QUEUE_DOMAIN, "x.example");
    brake_probe(trial.brake, queue, 2);
    answer(&trial, "b@x.example", 2, 1, CHANNEL_ACCEPTED, until);
    assert_int_equal(answer(&trial, "a@x.example", 1, 2, CHANNEL_POLICY, until), until + 15 * CLOCK_MINUTE);
    save(&trial);
    assert_int_equal(shut(&trial, queue_of(&trial, QUEUE_DOMAIN, "x.example"), until, &most), 0);
    assert_int_equal(most, INT_MAX);
    end(&trial);
}

/* breach lift ends a pause, too; a lift of anything else does not. */
static void test_lifted_pause(void **state)
{
    Trial trial = begin(*state, NULL);
    const Hold wish = {
        .scope = HOLD_DOMAIN, .name = (char *)"x.example", .reason = (char *)"they know us", .by = (char *)"me@here"};
    g_autoptr(GError) error = NULL;
    bool changed;
    int most;

    answer(&trial, "a@x.example", 1, 1, CHANNEL_POLICY, NOW);
    save(&trial);
    hold(&trial, HOLD_PERSON, "p1", false);
    assert_true(shut(&trial, queue_of(&trial, QUEUE_DOMAIN, "x.example"), NOW + 1, &most) > 0);
    must(ledger_begin(trial.fixture->ledger, &error), &error);
    must(hold_lift(trial.fixture->ledger, &wish, &changed, &error), &error);
    assert_true(changed);
    must(brake_reload(trial.brake, &changed, &error), &error);
    assert_true(changed);
    must(ledger_commit(trial.fixture->ledger, &error), &error);
    assert_int_equal(shut(&trial, queue_of(&trial, QUEUE_DOMAIN, "x.example"), NOW + 1, &most), 0);
    assert_int_equal(place(&trial, "b@x.example", "all", "p9"), QUEUE_MAIN);
    end(&trial);
}

/* A new run keeps to the pause of a domain, and forgets that a gateway rested. */
static void test_next_run(void **state)
{
    Trial trial = begin(*state, NULL);
    int64_t until = answer(&trial, "a@x.example", 1, 1, CHANNEL_POLICY, NOW);
    g_autoptr(GPtrArray) before = NULL;
    g_autoptr(GPtrArray) after = NULL;
    int most;

    brake_note(trial.brake, PAUSE_GATEWAY, "relay", NOW + 5000, "refused", NOW);
    brake_note(trial.brake, PAUSE_RATE, "relay", 0, "slowed down", NOW);
    save(&trial);
    before = pause_list(trial.fixture->ledger, NULL);
    assert_int_equal(before->len, 3);
    end(&trial);
    trial = begin(*state, NULL);
    after = pause_list(trial.fixture->ledger, NULL);
    assert_int_equal(after->len, 1);
    assert_int_equal(shut(&trial, queue_of(&trial, QUEUE_DOMAIN, "x.example"), NOW + 1, &most), until);
    assert_int_equal(answer(&trial, "b@x.example", 2, 1, CHANNEL_PERMANENT, NOW + 1), 0);
    brake_forget(trial.brake, PAUSE_GATEWAY, "relay");
    save(&trial);
    end(&trial);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lanes),
        cmocka_unit_test(test_quiet_hours),
        cmocka_unit_test(test_places),
        cmocka_unit_test(test_delays_end),
        cmocka_unit_test(test_regions),
        cmocka_unit_test(test_delay_again),
        cmocka_unit_test(test_delay_behind_delay),
        cmocka_unit_test(test_nothing_to_sort),
        cmocka_unit_test(test_policy_doubles),
        cmocka_unit_test(test_policy_in_flight),
        cmocka_unit_test(test_policy_of_one_mailbox),
        cmocka_unit_test(test_next_run),
        cmocka_unit_test(test_lifted_pause),
    };

    return FIXTURE_MAIN("brake", tests);
}
