#include "serve/stream.h"

#include <inttypes.h>
#include <pthread.h>
#include <string.h>

#define RETRY "retry: 2000\n\n" /* ms until a browser tries again by itself */
#define BEAT  ": here\n\n"

typedef struct Told {
    char *json;      /* owned */
    GBytes *frame;   /* owned; as it is sent */
    int64_t version; /* 0: never published */
} Told;

struct Stream {
    pthread_mutex_t lock; /* guards all of it */
    char *epoch;          /* owned */
    Told topics[STREAM_TOPICS];
    int64_t version; /* of what was published last */
    int64_t beat;
    StreamCounts counts;
};

typedef struct Watcher {
    Stream *stream;
    GBytes *frame; /* owned; what it is getting, or NULL */
    size_t sent;   /* octets of it */
    int64_t seen[STREAM_TOPICS];
    int64_t beat;
} Watcher;

static const char *const topic_names[STREAM_TOPICS] = {"state", "room", "history"};

Stream *stream_new(const char *epoch)
{
    Stream *stream = g_new0(Stream, 1);

    stream->epoch = g_strdup(epoch);
    pthread_mutex_init(&stream->lock, NULL);
    return stream;
}

void stream_free(Stream *stream)
{
    if (!stream)
        return;
    for (int i = 0; i < STREAM_TOPICS; i++) {
        g_free(stream->topics[i].json);
        g_clear_pointer(&stream->topics[i].frame, g_bytes_unref);
    }
    pthread_mutex_destroy(&stream->lock);
    g_free(stream->epoch);
    g_free(stream);
}

/* Publishing ------------------------------------------------------------------------------------------------------ */

void stream_publish(Stream *stream, StreamTopic topic, const char *json)
{
    Told *told = &stream->topics[topic];
    char *frame;

    pthread_mutex_lock(&stream->lock);
    told->version = ++stream->version;
    frame = g_strdup_printf("id: %s-%" PRId64 "\nevent: %s\ndata: %s\n\n", stream->epoch, told->version,
                            topic_names[topic], json);
    g_free(told->json);
    told->json = g_strdup(json);
    g_clear_pointer(&told->frame, g_bytes_unref);
    told->frame = g_bytes_new_take(frame, strlen(frame));
    pthread_mutex_unlock(&stream->lock);
}

void stream_read(Stream *stream, int64_t at)
{
    pthread_mutex_lock(&stream->lock);
    stream->counts.read_at = at;
    pthread_mutex_unlock(&stream->lock);
}

void stream_beat(Stream *stream)
{
    pthread_mutex_lock(&stream->lock);
    stream->beat++;
    pthread_mutex_unlock(&stream->lock);
}

char *stream_topic(Stream *stream, StreamTopic topic)
{
    char *json;

    pthread_mutex_lock(&stream->lock);
    json = g_strdup(stream->topics[topic].json);
    pthread_mutex_unlock(&stream->lock);
    return json;
}

char *stream_snapshot(Stream *stream)
{
    GString *text = g_string_new("{\"schema\":\"breach.page/1\",");

    pthread_mutex_lock(&stream->lock);
    for (int i = 0; i < STREAM_TOPICS; i++)
        g_string_append_printf(text, "\"%s\":%s,", topic_names[i],
                               stream->topics[i].json ? stream->topics[i].json : "null");
    g_string_append_printf(text, "\"id\":\"%s-%" PRId64 "\"}\n", stream->epoch, stream->version);
    pthread_mutex_unlock(&stream->lock);
    return g_string_free(text, FALSE);
}

StreamCounts stream_counts(Stream *stream)
{
    StreamCounts counts;

    pthread_mutex_lock(&stream->lock);
    counts = stream->counts;
    pthread_mutex_unlock(&stream->lock);
    return counts;
}

/* Watching -------------------------------------------------------------------------------------------------------- */

/* Takes its reference on the frame over. */
static void begin_frame(Watcher *watcher, GBytes *frame)
{
    watcher->frame = frame;
    watcher->sent = 0;
}

/* With the lock held. False: there is nothing that this watcher does not know. */
static bool next_frame(Watcher *watcher)
{
    Stream *stream = watcher->stream;

    for (int i = 0; i < STREAM_TOPICS; i++) {
        const Told *told = &stream->topics[i];

        if (told->version > watcher->seen[i]) {
            watcher->seen[i] = told->version;
            watcher->beat = stream->beat;
            begin_frame(watcher, g_bytes_ref(told->frame));
            return true;
        }
    }
    if (watcher->beat == stream->beat)
        return false;
    watcher->beat = stream->beat;
    begin_frame(watcher, g_bytes_new_static(BEAT, strlen(BEAT)));
    return true;
}

static size_t read_watcher(void *self, char *buffer, size_t most)
{
    Watcher *watcher = self;
    Stream *stream = watcher->stream;
    bool has_more = true;
    size_t size, part;
    const char *octets;

    if (!watcher->frame) {
        pthread_mutex_lock(&stream->lock);
        has_more = next_frame(watcher);
        pthread_mutex_unlock(&stream->lock);
    }
    if (!has_more)
        return 0;
    octets = g_bytes_get_data(watcher->frame, &size);
    part = MIN(most, size - watcher->sent);
    memcpy(buffer, octets + watcher->sent, part);
    watcher->sent += part;
    if (watcher->sent == size)
        g_clear_pointer(&watcher->frame, g_bytes_unref);
    return part;
}

static void end_watcher(void *self)
{
    Watcher *watcher = self;

    pthread_mutex_lock(&watcher->stream->lock);
    watcher->stream->counts.watchers--;
    pthread_mutex_unlock(&watcher->stream->lock);
    g_clear_pointer(&watcher->frame, g_bytes_unref);
    g_free(watcher);
}

/* The version in an id of ours; 0: it is of another process, or none. */
static int64_t version_of(const Stream *stream, const char *last)
{
    size_t size = strlen(stream->epoch);
    gint64 version;

    if (!last || strncmp(last, stream->epoch, size) != 0 || last[size] != '-' ||
        !g_ascii_string_to_signed(last + size + 1, 10, 0, stream->version, &version, NULL))
        return 0;
    return version;
}

bool stream_watch(Stream *stream, const char *last, ListenerStream *told)
{
    Watcher *watcher = NULL;

    pthread_mutex_lock(&stream->lock);
    if (stream->counts.watchers < STREAM_WATCHERS_MOST) {
        watcher = g_new0(Watcher, 1);
        watcher->stream = stream;
        watcher->beat = stream->beat;
        for (int i = 0; i < STREAM_TOPICS; i++)
            watcher->seen[i] = version_of(stream, last);
        begin_frame(watcher, g_bytes_new_static(RETRY, strlen(RETRY)));
        stream->counts.watchers++;
    } else {
        stream->counts.refused++;
    }
    pthread_mutex_unlock(&stream->lock);
    *told = (ListenerStream){.read = read_watcher, .end = end_watcher, .self = watcher};
    return watcher;
}
