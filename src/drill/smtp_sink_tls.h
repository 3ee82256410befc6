/* smtp_sink_tls - TLS for the sink, with a key and a certificate that nobody keeps.
 *
 * Threads: one SmtpSinkTls serves many; a SmtpSinkTlsLink belongs to one thread at a time. */
#ifndef BREACH_DRILL_SMTP_SINK_TLS_H
#define BREACH_DRILL_SMTP_SINK_TLS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include <glib.h>

typedef struct SmtpSinkTls SmtpSinkTls;
typedef struct ssl_st SmtpSinkTlsLink;

/* smtp_sink_tls_new: a new P-256 key and a self-signed certificate for localhost and 127.0.0.1. Error:
 * BREACH_ERROR_INTERNAL. */
SmtpSinkTls *smtp_sink_tls_new(GError **error);

/* smtp_sink_tls_certificate: its PEM. Borrowed. */
const char *smtp_sink_tls_certificate(const SmtpSinkTls *tls);

void smtp_sink_tls_free(SmtpSinkTls *tls);

/* smtp_sink_tls_accept: shakes hands on a connected, blocking socket, which stays the caller's; NULL: refused. Freed
 * with smtp_sink_tls_close(). */
SmtpSinkTlsLink *smtp_sink_tls_accept(SmtpSinkTls *tls, int fd);

/* smtp_sink_tls_read: octets received; 0 or less: it is over. */
ssize_t smtp_sink_tls_read(SmtpSinkTlsLink *link, char *bytes, size_t size);

/* smtp_sink_tls_write: whether all was sent. */
bool smtp_sink_tls_write(SmtpSinkTlsLink *link, const char *bytes, size_t size);

/* smtp_sink_tls_close: with `polite` says good-bye first (close_notify). NULL is allowed. */
void smtp_sink_tls_close(SmtpSinkTlsLink *link, bool polite);

#endif
