/* sink_store - what every embedded gateway keeps of the messages that it takes: a count, a log, and numbered files.
 *
 * Threads: safe. */
#ifndef BREACH_DRILL_SINK_STORE_H
#define BREACH_DRILL_SINK_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>

typedef struct SinkStoreOptions {
    const char *folder;   /* files go there; made if need be; NULL: none are kept */
    const char *suffix;   /* of their names: ".eml"; a literal */
    int64_t keep_most;    /* at most so many files; 0: all */
    const char *log_path; /* lines are appended there; NULL: no log */
} SinkStoreOptions;

typedef struct SinkStore SinkStore;

/* sink_store_new: opens the log and makes the folder; nothing of the options is borrowed. Error: BREACH_ERROR_CREATE.
 */
SinkStore *sink_store_new(const SinkStoreOptions *options, GError **error);
void sink_store_free(SinkStore *store); /* NULL is allowed */

/* sink_store_wants: whether one more file is wanted, so that its content is worth collecting. */
bool sink_store_wants(SinkStore *store);

/* sink_store_keep: writes 000001.eml and so on, 0600, the next free number; true without a file when none is wanted.
 * *path: the new file, also when it could not be written to its end; NULL: there is none. Newly allocated. False: it
 * could not be written. */
bool sink_store_keep(SinkStore *store, const void *content, size_t size, char **path);

/* sink_store_log: appends whole lines by one write(2); true without a log. */
bool sink_store_log(const SinkStore *store, const GString *lines);

/* sink_store_append_word: appends to a line what may hold anything; what would break the line apart, and the
 * characters of `reserved`, become \xHH. */
void sink_store_append_word(GString *line, const char *word, const char *reserved);

/* sink_store_count: so many more are accepted. */
void sink_store_count(SinkStore *store, int64_t messages);
int64_t sink_store_accepted(const SinkStore *store);

#endif
