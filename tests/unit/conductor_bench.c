#include "conductor_bench.h"

#include <stdio.h>
#include <string.h>

int bench_setup(void **state)
{
    Bench *bench = g_new0(Bench, 1);

    bench->fixture = fixture_new(fixture_backends[0]());
    bench->fixture->body = fake_body();
    bench->relay = fake_gateway("relay", 4);
    bench->sms = fake_gateway("sms", 4);
    bench->speed = BENCH_FAST;
    bench->patience = 100 * CLOCK_DAY; /* hours of real time: no stall of the machine ends a run */
    *state = bench;
    return 0;
}

int bench_teardown(void **state)
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

void bench_plan(Bench *bench, const char *spec)
{
    g_auto(GStrv) words = g_strsplit(spec, " ", -1);
    g_autoptr(GPtrArray) people = g_ptr_array_new_with_free_func(g_free);

    for (char **word = words; *word; word++) {
        g_auto(GStrv) parts = g_strsplit(*word, ":", 2);
        int64_t count = g_ascii_strtoll(parts[1], NULL, 10);

        bool is_apart = g_str_has_suffix(parts[0], "@");

        if (is_apart)
            parts[0][strlen(parts[0]) - 1] = '\0';
        for (int i = 1; i <= count; i++) {
            g_autofree char *domain = is_apart ? g_strdup_printf("x%d.example", i) : g_strdup("x.example");

            g_ptr_array_add(people, g_strdup_printf("%s-%d all=%s-%d@%s", parts[0], i, parts[0], i, domain));
        }
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

static bool idle(int64_t wait, void *user)
{
    Bench *bench = user;

    return bench->idle(wait, bench);
}

ConductorEnd bench_run(Bench *bench)
{
    const ConductorGateway gateways[] = {{.gateway = bench->relay, .engine = fake_engine(), .channel = "email"},
                                         {.gateway = bench->sms,
                                          .engine = bench->sms_engine ? bench->sms_engine : fake_engine(),
                                          .channel = "sms"}};

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
                                                       .limit = bench->limit,
                                                       .stop_over = 5,
                                                       .quiet_hours = bench->quiet_hours,
                                                       .stop = &bench->stop,
                                                       .progress = look,
                                                       .idle = bench->idle ? idle : NULL,
                                                       .user = bench},
                                   &bench->result, &bench->error);
    bench->fixture->now = clock_now(&bench->clock);
    return bench->result.end;
}

bool bench_has_slots(const Bench *bench)
{
    g_autoptr(GDir) entries = g_dir_open(bench->fixture->folder, 0, NULL);
    const char *name;

    while ((name = g_dir_read_name(entries)))
        if (g_str_has_prefix(name, "slots-"))
            return true;
    return false;
}

void bench_run_to(Bench *bench, ConductorEnd expected)
{
    ConductorEnd end = bench_run(bench);

    if (bench->error)
        fail_msg("%s", bench->error->message);
    assert_true(bench->started);
    assert_int_equal(end, expected);
    assert_false(bench->result.has_threads);
    assert_int_equal(fixture_counts(bench->fixture).messages[MESSAGE_ATTEMPTING], 0);
    assert_false(bench_has_slots(bench));
}

int64_t bench_number(Bench *bench, const char *sql)
{
    g_autoptr(GPtrArray) column = fixture_column(bench->fixture, sql);

    assert_int_equal(column->len, 1);
    return g_ascii_strtoll(g_ptr_array_index(column, 0), NULL, 10);
}

LedgerHistory bench_history(Bench *bench, const char *endpoint)
{
    g_autofree char *sql = g_strdup_printf("SELECT no FROM message WHERE endpoint = '%s'", endpoint);
    g_autoptr(GError) error = NULL;
    LedgerHistory found;

    if (!ledger_history(bench->fixture->ledger, bench_number(bench, sql), &found, &error))
        fail_msg("%s", error->message);
    return found;
}

void bench_assert_state(Bench *bench, const char *endpoint, MessageState state, int attempt)
{
    LedgerHistory found = bench_history(bench, endpoint);

    if (found.state != state || found.attempt != attempt)
        fail_msg("%s is %s after %d attempts, expected %s after %d", endpoint, message_state_name(found.state),
                 found.attempt, message_state_name(state), attempt);
}

void bench_assert_messages(Bench *bench, MessageState state, int64_t count)
{
    LedgerCounts counts = fixture_counts(bench->fixture);

    if (counts.messages[state] != count)
        fail_msg("%d messages are %s, expected %d", (int)counts.messages[state], message_state_name(state), (int)count);
}
