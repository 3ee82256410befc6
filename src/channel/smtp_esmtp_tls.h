/* smtp_esmtp_tls - the TLS of one session: a context of our own, and the checks that libESMTP leaves out.
 *
 * The certificate must be valid for the *configured* name or address and come from a CA of `ca_file` or of the system;
 * TLS 1.2 is the minimum; SNI is sent; no client certificate is offered, whatever lies in libESMTP's folder, for
 * libESMTP frees it twice. Threads: one SmtpEsmtpTls belongs to one session. */
#ifndef BREACH_CHANNEL_SMTP_ESMTP_TLS_H
#define BREACH_CHANNEL_SMTP_ESMTP_TLS_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>
#include <openssl/types.h>

#include "model/gateway.h"

typedef struct SmtpEsmtpTls SmtpEsmtpTls;

typedef struct SmtpEsmtpTlsCalls {
    void (*started)(void *user, int fd); /* before the first octet of the handshake; fd is the session's socket */
    bool (*may_trust)(void *user);       /* asked for each certificate; false refuses the handshake */
    void *user;
} SmtpEsmtpTlsCalls;

/* smtp_esmtp_tls_new: `gateway` and `calls` are borrowed until smtp_esmtp_tls_free(). Error: BREACH_ERROR_CONFIG when
 * the CA file cannot be used. */
SmtpEsmtpTls *smtp_esmtp_tls_new(const Gateway *gateway, const SmtpEsmtpTlsCalls *calls, GError **error);

/* smtp_esmtp_tls_context: for smtp_starttls_set_ctx(); borrowed. */
SSL_CTX *smtp_esmtp_tls_context(SmtpEsmtpTls *tls);

/* smtp_esmtp_tls_drain: sends NOOP and reads the reply, and with it the session tickets of TLS 1.3. libESMTP would take
 * them for a reply, read before it has written EHLO, and wait for its whole timeout. `timeout` in ms for each step.
 * false: no reply, or more than one. */
bool smtp_esmtp_tls_drain(SSL *ssl, int64_t timeout);

/* smtp_esmtp_tls_explain: sets the error of a handshake that failed: BREACH_ERROR_CONFIG for a certificate that is
 * refused and for versions that do not match, BREACH_ERROR_TEMPORARY for a connection that was lost. To be called on
 * the thread of the handshake. */
void smtp_esmtp_tls_explain(const SmtpEsmtpTls *tls, GError **error);

void smtp_esmtp_tls_free(SmtpEsmtpTls *tls);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SmtpEsmtpTls, smtp_esmtp_tls_free)

#endif
