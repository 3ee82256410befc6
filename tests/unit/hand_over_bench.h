/* hand_over_bench - a session of an engine that writes into a folder, without dispatch: messages from a list, outcomes
 * into it, and what lies in the folder afterwards. */
#ifndef BREACH_TESTS_HAND_OVER_BENCH_H
#define BREACH_TESTS_HAND_OVER_BENCH_H

#include <stdbool.h>

#include <glib.h>

#include "channel/channel.h"

typedef struct BenchMessage {
    ChannelMessage message;
    int handed_over; /* how often */
    int replies;
    ChannelOutcome outcome;
    char text[400]; /* of the outcome */
} BenchMessage;

typedef struct HandOverBench {
    char *folder;     /* owned; temporary */
    Gateway *gateway; /* owned; its print->folder is FOLDER/out */
    BenchMessage *messages;
    size_t count, given;
    size_t refuse_at; /* handing_over is refused from this message on; count: never */
    GError *error;
    bool succeeded;
} HandOverBench;

void bench_open(HandOverBench *bench, const char *kind, BenchMessage *messages, size_t count);
void bench_run(HandOverBench *bench, const ChannelEngine *engine);
void bench_close(HandOverBench *bench);

/* bench_path: FOLDER/out/NAME; newly allocated. bench_read: its bytes, NULL when it is not there. bench_entries: how
 * many names are in the folder, hidden ones included. */
char *bench_path(const HandOverBench *bench, const char *name);
char *bench_read(const HandOverBench *bench, const char *name, size_t *size);
int bench_entries(const HandOverBench *bench);

/* bench_tool: what a program prints, arguments ended by NULL; NULL when it fails. */
char *bench_tool(const char *const *arguments);

#endif
