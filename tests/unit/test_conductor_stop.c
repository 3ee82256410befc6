/* Runs that are stopped, abandoned or broken off, and what the next run makes of them. */
#include "conductor_bench.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"
#include "dispatch/lane.h"
#include "dispatch/retry.h"

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
    bench_plan(bench, "a:900");
    bench_run_to(bench, CONDUCTOR_STOPPED);
    accepted = fixture_counts(bench->fixture).messages[MESSAGE_ACCEPTED];
    assert_in_range(accepted, 1, 899);
    bench_assert_messages(bench, MESSAGE_PLANNED, 900 - accepted);
    assert_int_equal(relay->begun, accepted);
    bench->stop = 0;
    bench->watch = NULL;
    relay->delay = 0;
    bench_run_to(bench, CONDUCTOR_DONE);
    bench_assert_messages(bench, MESSAGE_ACCEPTED, 900);
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
    bench_plan(bench, "h:1 a:20");
    bench_run_to(bench, CONDUCTOR_STOPPED);
    assert_true(bench->looks > 1000);
    bench_assert_messages(bench, MESSAGE_ACCEPTED, 21);
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
    bench_plan(bench, "a:30");
    bench_run_to(bench, CONDUCTOR_STOPPED);
    bench_assert_messages(bench, MESSAGE_PLANNED, 30);
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
    bench_plan(bench, "h:600 +a:700");
    bench_run_to(bench, CONDUCTOR_DONE);
    bench_assert_messages(bench, MESSAGE_ACCEPTED, 1300);
    assert_in_range(bench->most_claimed, 16, LANE_SLOTS);
}

/* Crashes and failures: in a process of their own, which ends as a killed one does ---------------------------------- */

typedef struct Ending {
    ConductorEnd end;
    bool started;
    bool has_threads;
    int looks; /* of bench->watch */
    int code;  /* of the error, or -1 */
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
        ending.end = bench_run(bench);
        ending.started = bench->started;
        ending.has_threads = bench->result.has_threads;
        ending.looks = bench->looks;
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
    bench_plan(bench, "h:1 a:30");
    ending = run_in_child(bench, NULL);
    assert_int_equal(ending.end, CONDUCTOR_ABANDONED);
    assert_true(ending.has_threads);
    bench_assert_messages(bench, MESSAGE_ATTEMPTING, 1);
    bench->watch = NULL;
    fake_release();
    bench_run_to(bench, CONDUCTOR_DONE);
    assert_int_equal(bench->result.recovery.doubted, 1);
    bench_assert_messages(bench, MESSAGE_ACCEPTED, 31);
    bench_assert_state(bench, "h-1@x.example", MESSAGE_ACCEPTED, 2);
    assert_true(bench_history(bench, "h-1@x.example").was_in_doubt);
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
    bench_plan(bench, "a:20");
    ending = run_in_child(bench, NULL);
    assert_int_equal(ending.end, CONDUCTOR_DONE);
    assert_true(ending.has_threads);
    assert_true(ending.looks < 50);
    assert_false(bench_has_slots(bench));
    bench_assert_messages(bench, MESSAGE_ACCEPTED, 20);
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
        if (GPOINTER_TO_INT(times) > 1 && !bench_history(bench, recipient).was_in_doubt)
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
    bench_plan(bench, "a:300");
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
    bench_run_to(bench, CONDUCTOR_DONE);
    bench_assert_messages(bench, MESSAGE_ACCEPTED, 300);
    assert_told_once(bench, log, 300);
    assert_int_equal(bench->result.recovery.doubted, 0);
}

static void test_slots_cannot_be_made(void **state)
{
    Bench *bench = *state;
    Ending ending;

    bench_plan(bench, "a:5");
    ending = run_in_child(bench, "slots_create");
    assert_false(ending.started);
    assert_int_equal(ending.code, BREACH_ERROR_CREATE);
    bench_assert_messages(bench, MESSAGE_PLANNED, 5);
    assert_int_equal(bench_number(bench, "SELECT sum(attempt) FROM message"), 0);
    assert_false(bench_has_slots(bench));
    bench_run_to(bench, CONDUCTOR_DONE);
    bench_assert_messages(bench, MESSAGE_ACCEPTED, 5);
}

/* Slots that cannot be written stop everything; the answers to what was on the wire are recorded, so nothing of it is
 * in doubt afterwards. */
static void test_slots_cannot_be_written(void **state)
{
    Bench *bench = *state;
    g_autofree char *log = g_build_filename(bench->fixture->folder, "taken.log", NULL);
    Ending ending;

    fake_relay("relay")->log = log;
    fake_relay("sms")->log = log;
    fake_relay("sms")->delay = 20;
    bench_plan(bench, "a:50 +a:50");
    ending = run_in_child(bench, "slots_write:9");
    assert_true(ending.started);
    assert_int_equal(ending.end, CONDUCTOR_BROKEN);
    assert_int_equal(ending.code, BREACH_ERROR_CREATE);
    bench_assert_messages(bench, MESSAGE_ATTEMPTING, 0);
    bench_assert_messages(bench, MESSAGE_ACCEPTED, 8);
    bench_assert_messages(bench, MESSAGE_PLANNED, 92);
    assert_false(bench_has_slots(bench));
    bench_run_to(bench, CONDUCTOR_DONE);
    bench_assert_messages(bench, MESSAGE_ACCEPTED, 100);
    bench_assert_messages(bench, MESSAGE_IN_DOUBT, 0);
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
    LedgerHistory found = bench_history(bench, endpoint);
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
    bench_run_to(bench, CONDUCTOR_DONE);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        BENCH_TEST(test_stop_and_go_on),
        BENCH_TEST(test_stop_waits_for_the_wire),
        BENCH_TEST(test_stop_while_resting),
        BENCH_TEST(test_slots_are_shared_out),
        BENCH_TEST(test_abandon),
        BENCH_TEST(test_connection_that_does_not_end),
        BENCH_TEST(test_ledger_fails),
        BENCH_TEST(test_slots_cannot_be_made),
        BENCH_TEST(test_slots_cannot_be_written),
        BENCH_TEST(test_nobody_is_lost),
    };

    return cmocka_run_group_tests_name("conductor, stopped", tests, NULL, NULL);
}
