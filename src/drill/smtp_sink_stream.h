/* smtp_sink_stream - buffered reading and writing on one connection, in the clear or over TLS.
 *
 * What is written waits until there is nothing left to read (RFC 2920 3.2: replies to a pipelined group go out in one
 * piece). One thread at a time; another may shutdown(2) the socket to end a wait. */
#ifndef BREACH_DRILL_SMTP_SINK_STREAM_H
#define BREACH_DRILL_SMTP_SINK_STREAM_H

#include <stdbool.h>
#include <stddef.h>

#include "drill/smtp_sink_tls.h"

typedef struct SmtpSinkStream SmtpSinkStream;

/* smtp_sink_stream_new: on a connected, blocking socket, which stays the caller's. */
SmtpSinkStream *smtp_sink_stream_new(int fd);

/* smtp_sink_stream_line: the next line with its LF, or, when it is longer than the buffer (64 KiB), a part without
 * one. Writable, borrowed until the next call. NULL: the connection is over. */
char *smtp_sink_stream_line(SmtpSinkStream *stream, size_t *size);

/* smtp_sink_stream_octets: at least one and at most `most` octets, as they come. As above. */
char *smtp_sink_stream_octets(SmtpSinkStream *stream, size_t most, size_t *size);

/* smtp_sink_stream_write: into the buffer. */
void smtp_sink_stream_write(SmtpSinkStream *stream, const char *bytes, size_t size);

/* smtp_sink_stream_flush: what was written is sent. */
void smtp_sink_stream_flush(SmtpSinkStream *stream);

/* smtp_sink_stream_unsent: whether something was written and not sent yet. */
bool smtp_sink_stream_unsent(const SmtpSinkStream *stream);

/* smtp_sink_stream_unread: whether more has been received than was read. */
bool smtp_sink_stream_unread(const SmtpSinkStream *stream);

/* smtp_sink_stream_start_tls: sends what was written, shakes hands, and forgets what came in the clear behind the last
 * line: it is not protected (RFC 3207 4.2). */
bool smtp_sink_stream_start_tls(SmtpSinkStream *stream, SmtpSinkTls *tls);

/* smtp_sink_stream_finish: sends what was written and says good-bye; waits a second at most until the client has
 * closed too, for closing over unread octets would destroy the last reply on its way. */
void smtp_sink_stream_finish(SmtpSinkStream *stream);

void smtp_sink_stream_free(SmtpSinkStream *stream);

#endif
