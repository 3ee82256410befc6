#include "drill/smtp_sink_stream.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <glib.h>

#define IN_SIZE        65536
#define OUT_SIZE       16384
#define FINISH_SECONDS 1
#define FINISH_READS   64

struct SmtpSinkStream {
    int fd;
    SmtpSinkTlsLink *link; /* owned; NULL: in the clear */
    bool over;             /* reading or writing failed: nothing more will come */
    size_t start, end;     /* what is unread in `in` */
    size_t unsent;
    char in[IN_SIZE];
    char out[OUT_SIZE];
};

SmtpSinkStream *smtp_sink_stream_new(int fd)
{
    SmtpSinkStream *stream = g_new(SmtpSinkStream, 1);

    stream->fd = fd;
    stream->link = NULL;
    stream->over = false;
    stream->start = stream->end = stream->unsent = 0;
    return stream;
}

void smtp_sink_stream_free(SmtpSinkStream *stream)
{
    if (!stream)
        return;
    smtp_sink_tls_close(stream->link, false);
    g_free(stream);
}

static bool send_all(int fd, const char *bytes, size_t size)
{
    while (size > 0) {
        ssize_t done = send(fd, bytes, size, MSG_NOSIGNAL);

        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0)
            return false;
        bytes += done;
        size -= (size_t)done;
    }
    return true;
}

static void send_out(SmtpSinkStream *stream, const char *bytes, size_t size)
{
    if (stream->over)
        return;
    stream->over = stream->link ? !smtp_sink_tls_write(stream->link, bytes, size) : !send_all(stream->fd, bytes, size);
}

void smtp_sink_stream_flush(SmtpSinkStream *stream)
{
    if (stream->unsent > 0)
        send_out(stream, stream->out, stream->unsent);
    stream->unsent = 0;
}

void smtp_sink_stream_write(SmtpSinkStream *stream, const char *bytes, size_t size)
{
    if (size > OUT_SIZE - stream->unsent)
        smtp_sink_stream_flush(stream);
    if (size > OUT_SIZE) {
        send_out(stream, bytes, size);
        return;
    }
    memcpy(stream->out + stream->unsent, bytes, size);
    stream->unsent += size;
}

bool smtp_sink_stream_unsent(const SmtpSinkStream *stream)
{
    return stream->unsent > 0;
}

bool smtp_sink_stream_unread(const SmtpSinkStream *stream)
{
    return stream->start < stream->end;
}

static ssize_t receive(SmtpSinkStream *stream, char *bytes, size_t size)
{
    ssize_t got;

    if (stream->link)
        return smtp_sink_tls_read(stream->link, bytes, size);
    do
        got = recv(stream->fd, bytes, size, 0);
    while (got < 0 && errno == EINTR);
    return got;
}

/* Waits for more input; there must be room for it. */
static bool fill(SmtpSinkStream *stream)
{
    ssize_t got;

    smtp_sink_stream_flush(stream);
    if (stream->over)
        return false;
    if (stream->start > 0) {
        memmove(stream->in, stream->in + stream->start, stream->end - stream->start);
        stream->end -= stream->start;
        stream->start = 0;
    }
    got = receive(stream, stream->in + stream->end, IN_SIZE - stream->end);
    stream->over = got <= 0;
    if (got > 0)
        stream->end += (size_t)got;
    return got > 0;
}

static char *take(SmtpSinkStream *stream, size_t size)
{
    char *bytes = stream->in + stream->start;

    stream->start += size;
    return bytes;
}

char *smtp_sink_stream_line(SmtpSinkStream *stream, size_t *size)
{
    size_t searched = 0;

    for (;;) {
        size_t unread = stream->end - stream->start;
        const char *from = stream->in + stream->start;
        const char *end = memchr(from + searched, '\n', unread - searched);

        if (end) {
            *size = (size_t)(end - from) + 1;
            return take(stream, *size);
        }
        if (unread == IN_SIZE) {
            *size = unread;
            return take(stream, unread);
        }
        searched = unread;
        if (!fill(stream))
            return NULL;
    }
}

char *smtp_sink_stream_octets(SmtpSinkStream *stream, size_t most, size_t *size)
{
    if (!smtp_sink_stream_unread(stream) && !fill(stream))
        return NULL;
    *size = MIN(most, stream->end - stream->start);
    return take(stream, *size);
}

bool smtp_sink_stream_start_tls(SmtpSinkStream *stream, SmtpSinkTls *tls)
{
    smtp_sink_stream_flush(stream);
    stream->start = stream->end = 0;
    if (!stream->over)
        stream->link = smtp_sink_tls_accept(tls, stream->fd);
    stream->over = !stream->link;
    return !stream->over;
}

void smtp_sink_stream_finish(SmtpSinkStream *stream)
{
    const struct timeval patience = {.tv_sec = FINISH_SECONDS};

    smtp_sink_stream_flush(stream);
    smtp_sink_tls_close(stream->link, !stream->over);
    stream->link = NULL;
    if (stream->over || shutdown(stream->fd, SHUT_WR) != 0)
        return;
    setsockopt(stream->fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    for (int i = 0; i < FINISH_READS; i++)
        if (recv(stream->fd, stream->in, IN_SIZE, 0) <= 0)
            break;
}
