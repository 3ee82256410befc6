/* The whole of dispatch against a real ledger and relays that answer by script (fake_relay.h). */
#include "ledger_fixture.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"
#include "dispatch/conductor.h"
#include "dispatch/retry.h"
#include "fake_relay.h"

#define FAST 1000 /* times as fast as the wall clock */

typedef struct Bench Bench;
typedef void Watch(Bench *bench, const ConductorProgress *progress);

/* Two gateways, "relay" for email and "sms" for text messages, and a conductor that runs on them. */
struct Bench {
    Fixture *fixture;
    Gateway *relay, *sms;
    FakeClock fake;
    Clock clock;
    int64_t speed;
    int64_t patience;
    volatile sig_atomic_t stop;
    Watch *watch;
    int looks;         /* how often the watch was called */
    char *trouble;     /* owned; the first that was shown */
    int most_claimed;  /* attempting at a time, of one gateway */
    GError *error;
    ConductorResult result;
    bool started;
};

static int setup(void **state)
{
    Bench *bench = g_new0(Bench, 1);

    bench->fixture = fixture_new(fixture_backends[0]());
    bench->fixture->body = fake_body();
    bench->relay = fake_gateway("relay", 4);
    bench->sms = fake_gateway("sms", 4);
    bench->speed = FAST;
    bench->patience = 10 * CLOCK_HOUR;
    *state = bench;
    return 0;
}

static int teardown(void **state)
{
    Bench *bench = *state;

    fake_forget();
    conductor_result_clear(&bench->result);
    g_clear_error(&bench->error);
    g_free(bench->trouble);
    gateway_free(bench->relay);
    gateway_free(bench->sms);
    fixture_free(bench->fixture);
    g_free(bench);
    return 0;
}

/* Plans people: each word is "SCRIPT:COUNT". */
static void plan(Bench *bench, const char *spec)
{
    g_auto(GStrv) words = g_strsplit(spec, " ", -1);
    g_autoptr(GPtrArray) people = g_ptr_array_new_with_free_func(g_free);

    for (char **word = words; *word; word++) {
        g_auto(GStrv) parts = g_strsplit(*word, ":", 2);

        for (int i = 1; i <= atol(parts[1]); i++)
            g_ptr_array_add(people, g_strdup_printf("%s-%d all=%s-%d@x.example", parts[0], i, parts[0], i));
    }
    g_ptr_array_add(people, NULL);
    fixture_plan(bench->fixture, (const char *const *)people->pdata);
}

static void count_claimed(Bench *bench)
{
    g_autoptr(GPtrArray) tallies = ledger_tallies(bench->fixture->ledger, LEDGER_BY_CHANNEL, NULL);

    for (guint i = 0; tallies && i < tallies->len; i++) {
        const LedgerTally *tally = g_ptr_array_index(tallies, i);

        bench->most_claimed = MAX(bench->most_claimed, (int)tally->counts[MESSAGE_ATTEMPTING]);
    }
}

static void look(const ConductorProgress *progress, void *user)
{
    Bench *bench = user;

    bench->looks++;
    if (progress->trouble && !bench->trouble)
        bench->trouble = g_strdup(progress->trouble);
    count_claimed(bench);
    if (bench->watch)
        bench->watch(bench, progress);
}

/* One run, as one breach notify makes it. */
static ConductorEnd run(Bench *bench)
{
    const ConductorGateway gateways[] = {{.gateway = bench->relay, .engine = fake_engine()},
                                         {.gateway = bench->sms, .engine = fake_engine()}};

    conductor_result_clear(&bench->result);
    g_clear_error(&bench->error);
    bench->clock = fake_clock(&bench->fake, bench->fixture->now, bench->speed);
    bench->started = conductor_run(&(ConductorOptions){.ledger = bench->fixture->ledger,
                                                       .folder = bench->fixture->folder,
                                                       .boot = BOOT,
                                                       .clock = &bench->clock,
                                                       .gateways = gateways,
                                                       .gateway_count = G_N_ELEMENTS(gateways),
                                                       .patience = bench->patience,
                                                       .stop = &bench->stop,
                                                       .progress = look,
                                                       .user = bench},
                                   &bench->result, &bench->error);
    bench->fixture->now = clock_now(&bench->clock);
    return bench->result.end;
}

static bool has_slots(const Bench *bench)
{
    g_autoptr(GDir) entries = g_dir_open(bench->fixture->folder, 0, NULL);
    const char *name;

    while ((name = g_dir_read_name(entries)))
        if (g_str_has_prefix(name, "slots-"))
            return true;
    return false;
}

/* A run that ended as it should: everything recorded, nothing left lying about. */
static void run_to(Bench *bench, ConductorEnd expected)
{
    ConductorEnd end = run(bench);

    if (bench->error)
        fail_msg("%s", bench->error->message);
    assert_true(bench->started);
    assert_int_equal(end, expected);
    assert_false(bench->result.has_threads);
    assert_int_equal(fixture_counts(bench->fixture).messages[MESSAGE_ATTEMPTING], 0);
    assert_false(has_slots(bench));
}

static int64_t number(Bench *bench, const char *sql)
{
    g_autoptr(GPtrArray) column = fixture_column(bench->fixture, sql);

    assert_int_equal(column->len, 1);
    return g_ascii_strtoll(g_ptr_array_index(column, 0), NULL, 10);
}

static LedgerHistory history(Bench *bench, const char *endpoint)
{
    g_autofree char *sql = g_strdup_printf("SELECT no FROM message WHERE endpoint = '%s'", endpoint);
    g_autoptr(GError) error = NULL;
    LedgerHistory found;

    if (!ledger_history(bench->fixture->ledger, number(bench, sql), &found, &error))
        fail_msg("%s", error->message);
    return found;
}

static void assert_state(Bench *bench, const char *endpoint, MessageState state, int attempt)
{
    LedgerHistory found = history(bench, endpoint);

    if (found.state != state || found.attempt != attempt)
        fail_msg("%s is %s after %d attempts, expected %s after %d", endpoint, message_state_name(found.state),
                 found.attempt, message_state_name(state), attempt);
}

static void assert_messages(Bench *bench, MessageState state, int64_t count)
{
    LedgerCounts counts = fixture_counts(bench->fixture);

    if (counts.messages[state] != count)
        fail_msg("%d messages are %s, expected %d", (int)counts.messages[state], message_state_name(state), (int)count);
}

/* Outcomes ------------------------------------------------------------------------------------------------------ */

static void test_every_outcome(void **state)
{
    Bench *bench = *state;

    plan(bench, "a:3 p:1 ta:1 la:1 da:1 na:1 +a:2 xa:1");
    run_to(bench, CONDUCTOR_DONE);
    assert_state(bench, "a-1@x.example", MESSAGE_ACCEPTED, 1);
    assert_state(bench, "p-1@x.example", MESSAGE_FAILED, 1);
    assert_state(bench, "ta-1@x.example", MESSAGE_ACCEPTED, 2);
    assert_state(bench, "la-1@x.example", MESSAGE_ACCEPTED, 2);
    assert_state(bench, "+a-2@x.example", MESSAGE_ACCEPTED, 1);
    assert_int_equal(history(bench, "da-1@x.example").state, MESSAGE_ACCEPTED);
    assert_true(history(bench, "da-1@x.example").was_in_doubt);
    assert_int_equal(history(bench, "da-1@x.example").relay_doubts, 1);
    assert_int_equal(history(bench, "na-1@x.example").state, MESSAGE_ACCEPTED);
    assert_false(history(bench, "na-1@x.example").was_in_doubt);
    assert_int_equal(history(bench, "xa-1@x.example").state, MESSAGE_ACCEPTED);
    assert_int_equal(bench->result.answered, 13); /* each has one, and those refused for now two */
    assert_int_equal(fixture_counts(bench->fixture).told[TOLD_ACCEPTED], 10);
    assert_int_equal(fixture_counts(bench->fixture).told[TOLD_UNREACHABLE], 1);
}

static void test_nothing_to_do(void **state)
{
    Bench *bench = *state;

    plan(bench, "a:1");
    run_to(bench, CONDUCTOR_DONE);
    run_to(bench, CONDUCTOR_DONE);
    assert_int_equal(bench->result.answered, 0);
    assert_int_equal(fake_relay("relay")->begun, 1);
    assert_null(bench->result.trouble);
}

static void test_slot_comes_first(void **state)
{
    Bench *bench = *state;
    FakeRelay *relay = fake_relay("relay");

    relay->folder = bench->fixture->folder;
    relay->ahead = 2;
    plan(bench, "a:60 da:2");
    run_to(bench, CONDUCTOR_DONE);
    assert_int_equal(relay->without_slot, 0);
    assert_int_equal(relay->begun, 64);
}

/* What the relay leaves in doubt is sent again twice, then a person decides. */
static void test_doubts_are_held(void **state)
{
    Bench *bench = *state;

    plan(bench, "d:2 a:5");
    run_to(bench, CONDUCTOR_DONE);
    for (int i = 1; i <= 2; i++) {
        g_autofree char *endpoint = g_strdup_printf("d-%d@x.example", i);

        assert_int_equal(history(bench, endpoint).state, MESSAGE_IN_DOUBT);
        assert_int_equal(history(bench, endpoint).relay_doubts, 1 + RETRY_RESENDS_MAX);
        assert_int_equal(fake_times(fake_relay("relay")->tries, endpoint), 1 + RETRY_RESENDS_MAX);
    }
    assert_int_equal(fixture_counts(bench->fixture).held, 2);
    assert_messages(bench, MESSAGE_ACCEPTED, 5);
    run_to(bench, CONDUCTOR_DONE);
    assert_int_equal(fake_times(fake_relay("relay")->tries, "d-1@x.example"), 1 + RETRY_RESENDS_MAX);
}

static void test_doubts_are_held_at_once(void **state)
{
    Bench *bench = *state;

    bench->relay->in_doubt = GATEWAY_DOUBT_HOLD;
    plan(bench, "d:1 a:3");
    run_to(bench, CONDUCTOR_DONE);
    assert_state(bench, "d-1@x.example", MESSAGE_IN_DOUBT, 1);
    assert_int_equal(fixture_counts(bench->fixture).held, 1);
}

static void test_quarantine_stops_nobody(void **state)
{
    Bench *bench = *state;
    static const char *const people[] = {"p1 all=a-1@x.example", "p\"2 all=a-2@x.example", "p3 all=a-3@x.example", NULL};

    fixture_plan(bench->fixture, people);
    run_to(bench, CONDUCTOR_DONE);
    assert_state(bench, "a-2@x.example", MESSAGE_QUARANTINED, 1);
    assert_messages(bench, MESSAGE_ACCEPTED, 2);
    assert_int_equal(fixture_counts(bench->fixture).told[TOLD_QUARANTINED], 1);
}

/* A gateway that the plan does not use is left alone. */
static void test_unused_gateway(void **state)
{
    Bench *bench = *state;

    g_free(bench->sms->name);
    bench->sms->name = g_strdup("other");
    plan(bench, "a:5");
    run_to(bench, CONDUCTOR_DONE);
    assert_messages(bench, MESSAGE_ACCEPTED, 5);
}

/* Waiting ------------------------------------------------------------------------------------------------------- */

static void test_deferred_come_due(void **state)
{
    Bench *bench = *state;

    bench->relay->retry_after = 5 * CLOCK_MINUTE;
    plan(bench, "ta:3 a:3");
    run_to(bench, CONDUCTOR_DONE);
    assert_messages(bench, MESSAGE_ACCEPTED, 6);
    assert_true(bench->result.elapsed >= 4 * CLOCK_MINUTE); /* of the injected clock; 20 % jitter */
}

static void test_due_beyond_patience(void **state)
{
    Bench *bench = *state;

    bench->speed = 1;
    bench->relay->retry_after = 5 * CLOCK_MINUTE;
    bench->patience = CLOCK_MINUTE;
    plan(bench, "ta:2 a:3");
    run_to(bench, CONDUCTOR_WAITING);
    assert_messages(bench, MESSAGE_DEFERRED, 2);
    assert_messages(bench, MESSAGE_ACCEPTED, 3);
    assert_null(bench->result.trouble);
    bench->fixture->now += 6 * CLOCK_MINUTE;
    run_to(bench, CONDUCTOR_DONE);
    assert_messages(bench, MESSAGE_ACCEPTED, 5);
}

/* A rate makes no wait that patience is for. */
static void test_no_patience_and_a_rate(void **state)
{
    Bench *bench = *state;

    bench->speed = 10;
    bench->relay->rate = 20;
    bench->patience = 0;
    plan(bench, "a:10");
    run_to(bench, CONDUCTOR_DONE);
    assert_messages(bench, MESSAGE_ACCEPTED, 10);
}

/* Up to any moment no more have been begun than the rate allows; and all of them are in the end. */
static void test_rate(void **state)
{
    Bench *bench = *state;
    FakeRelay *relay = fake_relay("relay");
    const double rate = 100;

    bench->speed = 4;
    bench->relay->rate = rate;
    relay->clock = &bench->clock;
    relay->ahead = 2;
    plan(bench, "a:120 +a:200");
    run_to(bench, CONDUCTOR_DONE);
    assert_int_equal(relay->begins->len, 120);
    for (guint i = 0; i < relay->begins->len; i++) {
        int64_t at = g_array_index(relay->begins, int64_t, i) - 5000;

        if (i + 1 > rate / 10 + rate * (double)(at + 2) / 1000)
            fail_msg("message %u was begun after %d ms", i + 1, (int)at);
    }
    assert_int_equal(fake_relay("sms")->begun, 200);
}

/* Trouble ------------------------------------------------------------------------------------------------------- */

static void test_refused_sessions_back_off(void **state)
{
    Bench *bench = *state;
    FakeRelay *relay = fake_relay("relay");

    relay->refuse = -1;
    relay->ahead = 2;
    bench->patience = 20 * CLOCK_SECOND;
    bench->speed = 10;
    plan(bench, "a:300 +a:300");
    run_to(bench, CONDUCTOR_WAITING);
    assert_messages(bench, MESSAGE_ACCEPTED, 300);
    assert_messages(bench, MESSAGE_PLANNED, 300);
    assert_int_equal(fake_relay("sms")->begun, 300);
    assert_non_null(bench->result.trouble);
    assert_non_null(strstr(bench->result.trouble, "relay rests for"));
    assert_non_null(strstr(bench->result.trouble, "too many connections"));
    assert_non_null(bench->trouble);
    assert_in_range(relay->refused, 2, 4 + 5); /* pauses of 1, 2, 4, … s: not more than five fit into the patience */
    relay->refuse = 0;
    run_to(bench, CONDUCTOR_DONE);
    assert_messages(bench, MESSAGE_ACCEPTED, 600);
    assert_null(bench->result.trouble);
}

static void test_relay_comes_back(void **state)
{
    Bench *bench = *state;
    FakeRelay *relay = fake_relay("relay");

    bench->speed = 10;
    relay->refuse = 4;
    plan(bench, "a:100");
    run_to(bench, CONDUCTOR_DONE);
    assert_messages(bench, MESSAGE_ACCEPTED, 100);
    assert_int_equal(relay->refused, 4);
    assert_int_equal(relay->begun, 100);
}

/* A relay that serves half of the connections is not disturbed by the other half. */
static void test_limit_of_connections(void **state)
{
    Bench *bench = *state;
    FakeRelay *relay = fake_relay("relay");

    bench->relay->connections = 8;
    bench->speed = 1;
    relay->limit = 4;
    relay->ahead = 2;
    relay->delay = 1;
    plan(bench, "a:600");
    run_to(bench, CONDUCTOR_DONE);
    assert_messages(bench, MESSAGE_ACCEPTED, 600);
    assert_true(relay->sessions < 100);
    assert_true(number(bench, "SELECT sum(attempt) FROM message") < 900);
}

/* 421 at every MAIL: the run ends within its patience, with every message where it can be taken up again. */
static void test_breaks_on_every_message(void **state)
{
    Bench *bench = *state;
    FakeRelay *relay = fake_relay("relay");

    relay->ahead = 2;
    bench->patience = 60 * CLOCK_SECOND;
    bench->relay->retry_after = 5 * CLOCK_MINUTE;
    bench->speed = 200;
    plan(bench, "n:6");
    run_to(bench, CONDUCTOR_WAITING);
    assert_int_equal(bench->result.answered, 0);
    assert_non_null(bench->result.trouble);
    assert_true(relay->begun <= 4 + 8);
    assert_int_equal(fixture_counts(bench->fixture).told[TOLD_PENDING], 6);
    assert_int_equal(fixture_counts(bench->fixture).open, 6);
}

/* One message on which every session breaks does not keep the others from theirs. */
static void test_one_message_breaks_sessions(void **state)
{
    Bench *bench = *state;

    bench->relay->connections = 1;
    bench->relay->retry_after = CLOCK_HOUR;
    bench->relay->give_up = CLOCK_DAY;
    bench->patience = 10 * CLOCK_MINUTE;
    bench->speed = 50;
    plan(bench, "n:1 a:20");
    run_to(bench, CONDUCTOR_WAITING);
    assert_messages(bench, MESSAGE_ACCEPTED, 20);
    assert_messages(bench, MESSAGE_DEFERRED, 1);
    assert_int_equal(fake_times(fake_relay("relay")->tries, "n-1@x.example"), 1 + RETRY_BROKEN_MAX);
}

/* With one connection one doubt opens the breaker: each further message waits for its pause. */
static void test_breaker(void **state)
{
    Bench *bench = *state;
    FakeRelay *relay = fake_relay("relay");

    bench->relay->connections = 1;
    bench->speed = 10;
    bench->patience = 15 * CLOCK_SECOND;
    relay->doubts = -1;
    relay->clock = &bench->clock;
    plan(bench, "a:50 +a:50");
    run_to(bench, CONDUCTOR_WAITING);
    assert_messages(bench, MESSAGE_ACCEPTED, 50);
    assert_in_range(relay->begun, 3, 4);
    for (guint i = 1; i < relay->begins->len; i++) {
        int64_t gap = g_array_index(relay->begins, int64_t, i) - g_array_index(relay->begins, int64_t, i - 1);

        assert_true(gap >= CLOCK_SECOND << (i - 1));
    }
    assert_non_null(strstr(bench->result.trouble, "does not say what became of them"));
}

/* As many doubts in a row as there are connections; answers in between keep it shut. */
static void test_breaker_counts_in_a_row(void **state)
{
    Bench *bench = *state;

    bench->relay->connections = 2;
    bench->speed = 50;
    plan(bench, "qa:1 a:30");
    run_to(bench, CONDUCTOR_DONE);
    assert_messages(bench, MESSAGE_ACCEPTED, 31);
    assert_null(bench->trouble);
}

/* Probing goes one at a time, and a message without an answer does not keep the probe from going. */
static void watch_probing(Bench *bench, const ConductorProgress *progress)
{
    FakeRelay *relay = fake_relay("relay");

    (void)bench;
    if (!progress->trouble)
        return;
    fake_look();
    if (relay->at_work == 1)
        relay->most_at_work = 1; /* the hanging one; from here on one more may be at work */
    fake_unlook();
    if (progress->elapsed > 8 * CLOCK_SECOND)
        fake_release();
}

static void test_probing_with_one_that_hangs(void **state)
{
    Bench *bench = *state;
    FakeRelay *relay = fake_relay("relay");

    bench->speed = 20;
    bench->patience = 20 * CLOCK_SECOND;
    bench->watch = watch_probing;
    bench->relay->session = 1;
    plan(bench, "h:1 n:5");
    run_to(bench, CONDUCTOR_WAITING);
    assert_messages(bench, MESSAGE_ACCEPTED, 1);
    assert_true(relay->most_at_work <= 2);
    assert_true(relay->begun > 1 + 3 + 2); /* probes went while the first hung */
}

/* Stopping ------------------------------------------------------------------------------------------------------ */

static void stop_at_once(Bench *bench, const ConductorProgress *progress)
{
    if (progress->answered > 0)
        bench->stop = 1;
}

static void test_stop_and_go_on(void **state)
{
    Bench *bench = *state;
    FakeRelay *relay = fake_relay("relay");
    int64_t accepted;

    relay->delay = 2;
    relay->ahead = 2;
    bench->watch = stop_at_once;
    plan(bench, "a:900");
    run_to(bench, CONDUCTOR_STOPPED);
    accepted = fixture_counts(bench->fixture).messages[MESSAGE_ACCEPTED];
    assert_in_range(accepted, 1, 899);
    assert_messages(bench, MESSAGE_PLANNED, 900 - accepted);
    assert_int_equal(relay->begun, accepted);
    bench->stop = 0;
    bench->watch = NULL;
    relay->delay = 0;
    run_to(bench, CONDUCTOR_DONE);
    assert_messages(bench, MESSAGE_ACCEPTED, 900);
    assert_int_equal(relay->begun, 900);
}

/* One Ctrl-C waits for the answer to what is on the wire, and says so. */
static void stop_then_release(Bench *bench, const ConductorProgress *progress)
{
    bench->stop = progress->answered == 20 ? 1 : 0;
    if (bench->stop == 0 || !progress->stopping)
        return;
    assert_int_equal(progress->in_flight, 1);
    if (bench->looks > 1000)
        return;
    bench->looks = 1001;
    fake_release();
}

static void test_stop_waits_for_the_wire(void **state)
{
    Bench *bench = *state;

    bench->watch = stop_then_release;
    bench->speed = 20;
    plan(bench, "h:1 a:20");
    run_to(bench, CONDUCTOR_STOPPED);
    assert_true(bench->looks > 1000);
    assert_messages(bench, MESSAGE_ACCEPTED, 21);
}

/* Stopping while a gateway rests does not wait for the end of the pause. */
static void stop_in_trouble(Bench *bench, const ConductorProgress *progress)
{
    if (progress->trouble)
        bench->stop = 1;
}

static void test_stop_while_resting(void **state)
{
    Bench *bench = *state;

    bench->speed = 1;
    bench->patience = CLOCK_HOUR;
    bench->watch = stop_in_trouble;
    fake_relay("relay")->refuse = -1;
    plan(bench, "a:30");
    run_to(bench, CONDUCTOR_STOPPED);
    assert_messages(bench, MESSAGE_PLANNED, 30);
}

/* Never more claimed than there are slots for a gateway, and one that hangs takes nothing from the other. */
static void release_when_other_is_done(Bench *bench, const ConductorProgress *progress)
{
    FakeRelay *sms = fake_relay("sms");
    bool is_done;

    (void)bench;
    (void)progress;
    fake_look();
    is_done = g_hash_table_size(sms->taken) == 700;
    fake_unlook();
    if (is_done)
        fake_release();
}

static void test_slots_are_shared_out(void **state)
{
    Bench *bench = *state;

    bench->relay->connections = 16;
    fake_relay("relay")->ahead = 2;
    fake_relay("sms")->ahead = 2;
    bench->watch = release_when_other_is_done;
    plan(bench, "h:600 +a:700");
    run_to(bench, CONDUCTOR_DONE);
    assert_messages(bench, MESSAGE_ACCEPTED, 1300);
    assert_in_range(bench->most_claimed, 16, CONDUCTOR_SLOTS);
}

/* Crashes and failures: in a process of their own, which ends as a killed one does ------------------------------------ */

typedef struct Ending {
    ConductorEnd end;
    bool started;
    bool has_threads;
    int code; /* of the error, or -1 */
} Ending;

/* Runs in a child, with BREACH_FAULT_FAIL=`fault` unless NULL, and kills it when the run has returned. */
static Ending run_in_child(Bench *bench, const char *fault)
{
    Ending ending;
    int ends[2];
    pid_t child;

    assert_int_equal(pipe(ends), 0);
    fixture_close(bench->fixture);
    child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        if (fault)
            g_setenv("BREACH_FAULT_FAIL", fault, TRUE);
        fixture_open(bench->fixture);
        ending.end = run(bench);
        ending.started = bench->started;
        ending.has_threads = bench->result.has_threads;
        ending.code = bench->error ? bench->error->code : -1;
        if (write(ends[1], &ending, sizeof ending) == sizeof ending)
            kill(getpid(), SIGKILL);
        _exit(1);
    }
    close(ends[1]);
    assert_int_equal(read(ends[0], &ending, sizeof ending), sizeof ending);
    close(ends[0]);
    assert_int_equal(waitpid(child, NULL, 0), child);
    fixture_open(bench->fixture);
    return ending;
}

static void stop_twice(Bench *bench, const ConductorProgress *progress)
{
    if (progress->in_flight == 1 && progress->answered == 30)
        bench->stop = bench->stop == 0 ? 1 : 2;
}

/* A second Ctrl-C does not wait; the next run sorts out what was on the wire. */
static void test_abandon(void **state)
{
    Bench *bench = *state;
    Ending ending;

    bench->watch = stop_twice;
    bench->speed = 20;
    plan(bench, "h:1 a:30");
    ending = run_in_child(bench, NULL);
    assert_int_equal(ending.end, CONDUCTOR_ABANDONED);
    assert_true(ending.has_threads);
    assert_messages(bench, MESSAGE_ATTEMPTING, 1);
    bench->watch = NULL;
    fake_release();
    run_to(bench, CONDUCTOR_DONE);
    assert_int_equal(bench->result.recovery.doubted, 1);
    assert_messages(bench, MESSAGE_ACCEPTED, 31);
    assert_state(bench, "h-1@x.example", MESSAGE_ACCEPTED, 2);
    assert_true(history(bench, "h-1@x.example").was_in_doubt);
    assert_int_equal(fake_relay("relay")->begun, 1);
}

/* A connection that does not end after all is done: the run is complete, and a Ctrl-C is enough not to wait for it. */
static void stop_when_done(Bench *bench, const ConductorProgress *progress)
{
    if (progress->answered == 20 && progress->in_flight == 0)
        bench->stop = 2;
}

static void test_connection_that_does_not_end(void **state)
{
    Bench *bench = *state;
    Ending ending;

    bench->watch = stop_when_done;
    fake_relay("relay")->hangs_at_end = true;
    plan(bench, "a:20");
    ending = run_in_child(bench, NULL);
    assert_int_equal(ending.end, CONDUCTOR_DONE);
    assert_true(ending.has_threads);
    assert_false(has_slots(bench));
    assert_messages(bench, MESSAGE_ACCEPTED, 20);
}

static GHashTable *read_log(const char *path)
{
    GHashTable *taken = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autofree char *text = NULL;
    g_auto(GStrv) lines = NULL;

    if (!g_file_get_contents(path, &text, NULL, NULL))
        return taken;
    lines = g_strsplit(text, "\n", -1);
    for (char **line = lines; **line; line++)
        g_hash_table_replace(taken, g_strdup(*line), GINT_TO_POINTER(fake_times(taken, *line) + 1));
    return taken;
}

/* Everybody was told, and twice only who had been in doubt. */
static void assert_told_once(Bench *bench, const char *path, guint people)
{
    g_autoptr(GHashTable) taken = read_log(path);
    GHashTableIter iterator;
    gpointer recipient, times;

    assert_int_equal(g_hash_table_size(taken), people);
    g_hash_table_iter_init(&iterator, taken);
    while (g_hash_table_iter_next(&iterator, &recipient, &times))
        if (GPOINTER_TO_INT(times) > 1 && !history(bench, recipient).was_in_doubt)
            fail_msg("%s was told %d times and never in doubt", (char *)recipient, GPOINTER_TO_INT(times));
}

/* The disk is full at the N-th write of the ledger, for many N. */
static void test_ledger_fails(void **state)
{
    Bench *bench = *state;
    g_autofree char *log = g_build_filename(bench->fixture->folder, "taken.log", NULL);
    int broken = 0;

    fake_relay("relay")->log = log;
    fake_relay("relay")->ahead = 2;
    plan(bench, "a:300");
    for (int n = 1; n <= 13; n++) {
        g_autofree char *fault = g_strdup_printf("ledger_full:%d", n);
        Ending ending = run_in_child(bench, fault);

        assert_false(ending.has_threads);
        assert_true(ending.started || ending.code >= 0);
        if (ending.end == CONDUCTOR_BROKEN) {
            assert_int_equal(ending.code, BREACH_ERROR_CREATE);
            broken++;
        }
        fixture_counts(bench->fixture);
    }
    assert_true(broken > 3);
    run_to(bench, CONDUCTOR_DONE);
    assert_messages(bench, MESSAGE_ACCEPTED, 300);
    assert_told_once(bench, log, 300);
    assert_int_equal(bench->result.recovery.doubted, 0);
}

static void test_slots_cannot_be_made(void **state)
{
    Bench *bench = *state;
    Ending ending;

    plan(bench, "a:5");
    ending = run_in_child(bench, "slots_create");
    assert_false(ending.started);
    assert_int_equal(ending.code, BREACH_ERROR_CREATE);
    assert_messages(bench, MESSAGE_PLANNED, 5);
    assert_int_equal(number(bench, "SELECT sum(attempt) FROM message"), 0);
    assert_false(has_slots(bench));
    run_to(bench, CONDUCTOR_DONE);
    assert_messages(bench, MESSAGE_ACCEPTED, 5);
}

/* Slots that cannot be written stop everything; the answers to what was on the wire are recorded, so nothing of it is in
 * doubt afterwards. */
static void test_slots_cannot_be_written(void **state)
{
    Bench *bench = *state;
    g_autofree char *log = g_build_filename(bench->fixture->folder, "taken.log", NULL);
    Ending ending;

    fake_relay("relay")->log = log;
    fake_relay("sms")->log = log;
    fake_relay("sms")->delay = 20;
    plan(bench, "a:50 +a:50");
    ending = run_in_child(bench, "slots_write:9");
    assert_true(ending.started);
    assert_int_equal(ending.end, CONDUCTOR_BROKEN);
    assert_int_equal(ending.code, BREACH_ERROR_CREATE);
    assert_messages(bench, MESSAGE_ATTEMPTING, 0);
    assert_messages(bench, MESSAGE_ACCEPTED, 8);
    assert_messages(bench, MESSAGE_PLANNED, 92);
    assert_false(has_slots(bench));
    run_to(bench, CONDUCTOR_DONE);
    assert_messages(bench, MESSAGE_ACCEPTED, 100);
    assert_messages(bench, MESSAGE_IN_DOUBT, 0);
    assert_int_equal(bench->result.recovery.doubted, 0);
    assert_told_once(bench, log, 100);
}

/* Nobody is lost ------------------------------------------------------------------------------------------------ */

#define MANY 5000

static char *random_script(GRand *random)
{
    GString *script = g_string_new(NULL);

    while (g_rand_int_range(random, 0, 100) < 8 && script->len < 3)
        g_string_append_c(script, "tttlldqn"[g_rand_int_range(random, 0, 8)]);
    g_string_append_c(script, g_rand_int_range(random, 0, 20) == 0 ? 'p' : 'a');
    return g_string_free(script, FALSE);
}

static void plan_many(Bench *bench)
{
    g_autoptr(GRand) random = g_rand_new_with_seed(20261121);
    g_autoptr(GPtrArray) people = g_ptr_array_new_with_free_func(g_free);

    for (int i = 1; i <= MANY; i++) {
        g_autofree char *script = random_script(random);

        g_ptr_array_add(people, g_strdup_printf("u%d all=%s%s-%d@x.example", i, i % 5 == 0 ? "+" : "", script, i));
    }
    g_ptr_array_add(people, NULL);
    fixture_plan(bench->fixture, (const char *const *)people->pdata);
}

/* How often a relay took a recipient must be what the ledger says of it. */
static void assert_matches(Bench *bench, const char *endpoint)
{
    FakeRelay *relay = fake_relay(endpoint[0] == '+' ? "sms" : "relay");
    const char *script = endpoint[0] == '+' ? endpoint + 1 : endpoint;
    bool is_refused = script[strcspn(script, "-") - 1] == 'p';
    LedgerHistory found = history(bench, endpoint);
    int taken = fake_times(relay->taken, endpoint);

    if (found.state == MESSAGE_IN_DOUBT) {
        assert_int_equal(found.relay_doubts, 1 + RETRY_RESENDS_MAX);
        assert_int_equal(taken, 0);
    } else if (found.state != (is_refused ? MESSAGE_FAILED : MESSAGE_ACCEPTED) || taken != (is_refused ? 0 : 1)) {
        fail_msg("%s is %s and was taken %d times", endpoint, message_state_name(found.state), taken);
    }
}

static void test_nobody_is_lost(void **state)
{
    Bench *bench = *state;
    g_autoptr(GPtrArray) endpoints = NULL;

    bench->relay->connections = 8;
    fake_relay("relay")->ahead = 2;
    fake_relay("sms")->ahead = 2;
    plan_many(bench);
    run_to(bench, CONDUCTOR_DONE);
    endpoints = fixture_column(bench->fixture, "SELECT endpoint FROM message");
    assert_int_equal(endpoints->len, MANY);
    for (guint i = 0; i < endpoints->len; i += 7)
        assert_matches(bench, g_ptr_array_index(endpoints, i));
    assert_int_equal(fixture_counts(bench->fixture).messages[MESSAGE_PLANNED], 0);
    assert_int_equal(fixture_counts(bench->fixture).messages[MESSAGE_DEFERRED], 0);
    assert_int_equal(fixture_counts(bench->fixture).told[TOLD_PENDING], 0);
    assert_int_equal(g_hash_table_size(fake_relay("relay")->taken) + g_hash_table_size(fake_relay("sms")->taken),
                     fixture_counts(bench->fixture).messages[MESSAGE_ACCEPTED]);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_every_outcome),
        TEST(test_nothing_to_do),
        TEST(test_slot_comes_first),
        TEST(test_doubts_are_held),
        TEST(test_doubts_are_held_at_once),
        TEST(test_quarantine_stops_nobody),
        TEST(test_unused_gateway),
        TEST(test_deferred_come_due),
        TEST(test_due_beyond_patience),
        TEST(test_no_patience_and_a_rate),
        TEST(test_rate),
        TEST(test_refused_sessions_back_off),
        TEST(test_relay_comes_back),
        TEST(test_limit_of_connections),
        TEST(test_breaks_on_every_message),
        TEST(test_one_message_breaks_sessions),
        TEST(test_breaker),
        TEST(test_breaker_counts_in_a_row),
        TEST(test_probing_with_one_that_hangs),
        TEST(test_stop_and_go_on),
        TEST(test_stop_waits_for_the_wire),
        TEST(test_stop_while_resting),
        TEST(test_slots_are_shared_out),
        TEST(test_abandon),
        TEST(test_connection_that_does_not_end),
        TEST(test_ledger_fails),
        TEST(test_slots_cannot_be_made),
        TEST(test_slots_cannot_be_written),
        TEST(test_nobody_is_lost),
    };

    return cmocka_run_group_tests_name("conductor", tests, NULL, NULL);
}
