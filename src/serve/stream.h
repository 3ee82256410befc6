/* stream - the newest documents on several topics, for any number of watchers up to a limit, by server-sent events
 * (WHATWG HTML, section 9.2).
 *
 * A watcher gets what is newest when it is ready for more, never what was in between: a slow one delays nobody and
 * costs no more memory than a pointer. Each event has the id EPOCH-VERSION; a watcher that comes back with it
 * (Last-Event-ID) gets only what has changed since. Threads: every function is safe from any thread. */
#ifndef BREACH_SERVE_STREAM_H
#define BREACH_SERVE_STREAM_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "listen/listener.h"

#define STREAM_WATCHERS_MOST 64

/* The order is that in which they are told. */
typedef enum StreamTopic { STREAM_STATE, STREAM_ROOM, STREAM_HISTORY, STREAM_TOPICS } StreamTopic;

typedef struct StreamCounts {
    int64_t watchers; /* now */
    int64_t refused;  /* so far, since there were too many */
    int64_t read_at;  /* ms; when what is published was read last; 0: never */
} StreamCounts;

typedef struct Stream Stream;

/* stream_new: `epoch` ([A-Za-z0-9]+, copied) tells this process from an earlier one. stream_free: after the listener
 * was stopped, so that no watcher is left; NULL is allowed. */
Stream *stream_new(const char *epoch);
void stream_free(Stream *stream);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Stream, stream_free)

/* stream_read: what is published was found to be true at this time (ms), changed or not. */
void stream_read(Stream *stream, int64_t at);

/* stream_publish: from now on this is what the topic says: JSON on one line, copied. The listener has to be woken then.
 * stream_beat: every watcher is told that we are still there, which is how those who left are noticed. */
void stream_publish(Stream *stream, StreamTopic topic, const char *json);
void stream_beat(Stream *stream);

/* stream_watch: makes *told a watcher's stream; `last` is its Last-Event-ID or NULL. False: there are too many. */
bool stream_watch(Stream *stream, const char *last, ListenerStream *told);

/* stream_snapshot: schema breach.page/1 (docs/schema/page.json): {"state":…,"room":…,"history":…}, null for what was
 * never published, and the id of all of it; newly allocated. stream_topic: one topic; NULL: never published; newly
 * allocated. */
char *stream_snapshot(Stream *stream);
char *stream_topic(Stream *stream, StreamTopic topic);

StreamCounts stream_counts(Stream *stream);

#endif
