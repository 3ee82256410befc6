/* smtp_probe_wire - one SMTP connection, spoken to line by line: what smtp_probe needs of sockets and TLS.
 *
 * Every call ends within the patience given, however slowly the other side trickles. Threads: one wire belongs to one
 * thread. SIGPIPE must be ignored (smtp_esmtp_initialize). */
#ifndef BREACH_CHANNEL_SMTP_PROBE_WIRE_H
#define BREACH_CHANNEL_SMTP_PROBE_WIRE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include <glib.h>

#include "base/clock.h"
#include "model/gateway.h"

#define SMTP_PROBE_REPLY_MAX 16384 /* octets of a reply with all its lines */

typedef struct SmtpProbeWire SmtpProbeWire;

/* smtp_probe_wire_new: `gateway` and `clock` are borrowed until smtp_probe_wire_free(); `patience` in ms, for each
 * call. */
SmtpProbeWire *smtp_probe_wire_new(const Gateway *gateway, const Clock *clock, int64_t patience);
void smtp_probe_wire_free(SmtpProbeWire *wire);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SmtpProbeWire, smtp_probe_wire_free)

/* smtp_probe_wire_connect: 0, or the errno (ETIMEDOUT: no answer in time). May be called again after a failure. */
int smtp_probe_wire_connect(SmtpProbeWire *wire, const struct sockaddr *address, socklen_t size);

/* smtp_probe_wire_write: `line` and CRLF. Secret lines are not traced. false: the connection is gone. */
bool smtp_probe_wire_write(SmtpProbeWire *wire, const char *line);

/* smtp_probe_wire_reply: a whole reply: its code (0: none that makes sense) and its lines without codes, joined by LF;
 * newly allocated. NULL: the connection was lost, or no answer came in time (*timed_out). */
char *smtp_probe_wire_reply(SmtpProbeWire *wire, int *code, bool *timed_out);

/* smtp_probe_wire_has_more: octets that nobody asked for have come; in front of TLS, somebody tampers (RFC 3207 4.2). */
bool smtp_probe_wire_has_more(const SmtpProbeWire *wire);

/* smtp_probe_wire_secure: the TLS handshake, with the checks of smtp_esmtp_tls. Error: as smtp_esmtp_tls_explain(). */
bool smtp_probe_wire_secure(SmtpProbeWire *wire, GError **error);

/* smtp_probe_wire_protocol: "TLSv1.3"; static. smtp_probe_wire_certificate_end: when the certificate ends, ms; 0: there
 * is none. */
const char *smtp_probe_wire_protocol(const SmtpProbeWire *wire);
int64_t smtp_probe_wire_certificate_end(const SmtpProbeWire *wire);

#endif
