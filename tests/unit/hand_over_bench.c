#include "hand_over_bench.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "expect_folder.h"

static ChannelMessage *next(void *user, bool wait)
{
    HandOverBench *bench = user;

    (void)wait;
    return bench->given < bench->count ? &bench->messages[bench->given++].message : NULL;
}

static bool handing_over(void *user, ChannelMessage *message)
{
    HandOverBench *bench = user;
    BenchMessage *of = message->owner;

    of->handed_over++;
    return (size_t)(of - bench->messages) < bench->refuse_at;
}

static void replied(void *user, ChannelMessage *message, const ChannelOutcome *outcome)
{
    BenchMessage *of = message->owner;

    (void)user;
    of->replies++;
    of->outcome = *outcome;
    g_strlcpy(of->text, outcome->text, sizeof of->text);
    of->outcome.text = of->text;
}

void bench_open(HandOverBench *bench, const char *kind, BenchMessage *messages, size_t count)
{
    signal(SIGPIPE, SIG_IGN);
    *bench = (HandOverBench){.messages = messages, .count = count, .refuse_at = count, .gateway = gateway_new()};
    bench->folder = expect_folder();
    bench->gateway->name = g_strdup("print-room");
    bench->gateway->kind = g_strdup(kind);
    bench->gateway->print = gateway_print_new();
    bench->gateway->print->folder = g_build_filename(bench->folder, "out", NULL);
}

void bench_run(HandOverBench *bench, const ChannelEngine *engine)
{
    const ChannelCalls calls = {.next = next, .handing_over = handing_over, .replied = replied, .user = bench};

    g_clear_error(&bench->error);
    bench->given = 0;
    for (size_t i = 0; i < bench->count; i++) {
        bench->messages[i].message.owner = &bench->messages[i];
        bench->messages[i].replies = bench->messages[i].handed_over = 0;
    }
    bench->succeeded = engine->run_session(bench->gateway, &calls, &bench->error);
}

void bench_close(HandOverBench *bench)
{
    g_clear_error(&bench->error);
    expect_remove(bench->folder);
    gateway_free(bench->gateway);
}

char *bench_path(const HandOverBench *bench, const char *name)
{
    return g_build_filename(bench->gateway->print->folder, name, NULL);
}

char *bench_read(const HandOverBench *bench, const char *name, size_t *size)
{
    g_autofree char *path = bench_path(bench, name);

    return file_read(path, 64 << 20, size, NULL);
}

int bench_entries(const HandOverBench *bench)
{
    GDir *entries = g_dir_open(bench->gateway->print->folder, 0, NULL);
    int count = 0;

    while (entries && g_dir_read_name(entries))
        count++;
    if (entries)
        g_dir_close(entries);
    return count;
}

char *bench_tool(const char *const *arguments)
{
    char *output = NULL;
    int status = 0;

    if (!g_spawn_sync(NULL, (char **)arguments, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL,
                      &output, NULL, &status, NULL) ||
        status != 0)
        g_clear_pointer(&output, g_free);
    return output;
}
