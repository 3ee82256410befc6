#include "listen/listener_stream.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#define BLOCK       ((size_t)16 * 1024)
#define SEND_MOST   (64 * 1024) /* octets that wait in the kernel for a reader that takes nothing */
#define SILENT_MOST 30000       /* ms without an acknowledgement, after which a machine that is gone is given up */

typedef struct Stream {
    ListenerStreams *streams;
    struct MHD_Connection *connection;
    ListenerStream told; /* its `self` is owned: end() frees it */
    int fd;
    bool is_gone; /* the reader closed the connection */
} Stream;

void listener_streams_begin(ListenerStreams *streams)
{
    streams->asleep = g_hash_table_new(NULL, NULL);
    pthread_mutex_init(&streams->lock, NULL);
}

void listener_streams_end(ListenerStreams *streams)
{
    g_hash_table_unref(streams->asleep);
    pthread_mutex_destroy(&streams->lock);
}

/* With the lock held between the look for news and falling asleep, so that no waking is lost. */
static ssize_t read_or_sleep(Stream *stream, char *buffer, size_t most)
{
    ListenerStreams *streams = stream->streams;
    size_t size;

    if (streams->is_ending)
        return MHD_CONTENT_READER_END_OF_STREAM;
    if (stream->is_gone)
        return MHD_CONTENT_READER_END_WITH_ERROR;
    size = stream->told.read(stream->told.self, buffer, most);
    if (size == LISTENER_STREAM_OVER)
        return MHD_CONTENT_READER_END_OF_STREAM;
    if (size > 0)
        return (ssize_t)size;
    g_hash_table_add(streams->asleep, stream);
    MHD_suspend_connection(stream->connection);
    return 0;
}

/* Asked for more only when everything before has left. */
static ssize_t read_stream(void *self, uint64_t position, char *buffer, size_t most)
{
    Stream *stream = self;
    ssize_t size;

    (void)position;
    stream->streams->alive(stream->streams->user, stream->connection);
    pthread_mutex_lock(&stream->streams->lock);
    size = read_or_sleep(stream, buffer, most);
    pthread_mutex_unlock(&stream->streams->lock);
    return size;
}

static void end_stream(void *self)
{
    Stream *stream = self;

    stream->told.end(stream->told.self);
    g_free(stream);
}

static void limit_socket(int fd)
{
    setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &(int){SEND_MOST}, sizeof(int));
    setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &(unsigned){SILENT_MOST}, sizeof(unsigned));
}

struct MHD_Response *listener_stream_response(ListenerStreams *streams, struct MHD_Connection *connection,
                                              const ListenerStream *told)
{
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    Stream *stream = g_new0(Stream, 1);
    struct MHD_Response *response;

    *stream = (Stream){.streams = streams, .connection = connection, .told = *told, .fd = info ? info->connect_fd : -1};
    limit_socket(stream->fd);
    response = MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, BLOCK, read_stream, stream, end_stream);
    if (!response)
        end_stream(stream);
    return response;
}

/* A suspended connection is never ended by libmicrohttpd itself, so each that is in the set is there. */
static void resume(ListenerStreams *streams, Stream *stream)
{
    streams->alive(streams->user, stream->connection);
    MHD_resume_connection(stream->connection);
}

static void wake_all(ListenerStreams *streams)
{
    GHashTableIter iterator;
    gpointer key;

    g_hash_table_iter_init(&iterator, streams->asleep);
    while (g_hash_table_iter_next(&iterator, &key, NULL)) {
        g_hash_table_iter_remove(&iterator);
        resume(streams, key);
    }
}

void listener_streams_wake(ListenerStreams *streams)
{
    pthread_mutex_lock(&streams->lock);
    wake_all(streams);
    pthread_mutex_unlock(&streams->lock);
}

void listener_streams_tend(ListenerStreams *streams)
{
    GHashTableIter iterator;
    gpointer key;

    pthread_mutex_lock(&streams->lock);
    g_hash_table_iter_init(&iterator, streams->asleep);
    while (g_hash_table_iter_next(&iterator, &key, NULL)) {
        Stream *stream = key;

        /* Whatever it reports is an end: nothing more is expected from a reader */
        if (poll(&(struct pollfd){.fd = stream->fd, .events = POLLRDHUP}, 1, 0) <= 0)
            continue;
        stream->is_gone = true;
        g_hash_table_iter_remove(&iterator);
        resume(streams, stream);
    }
    pthread_mutex_unlock(&streams->lock);
}

void listener_streams_stop(ListenerStreams *streams)
{
    pthread_mutex_lock(&streams->lock);
    streams->is_ending = true;
    wake_all(streams);
    pthread_mutex_unlock(&streams->lock);
}
