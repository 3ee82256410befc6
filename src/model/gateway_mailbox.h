/* gateway_mailbox - where bounces of a mail gateway can be fetched: a folder of an IMAP account.
 *
 * Pure; threads: safe. */
#ifndef BREACH_MODEL_GATEWAY_MAILBOX_H
#define BREACH_MODEL_GATEWAY_MAILBOX_H

#include <glib.h>

typedef enum GatewayMailboxTls { MAILBOX_TLS_IMPLICIT, MAILBOX_TLS_STARTTLS, MAILBOX_TLS_NONE } GatewayMailboxTls;

typedef struct GatewayMailbox {
    char *host;            /* owned */
    int port;              /* 0: 993 with implicit TLS, else 143 */
    GatewayMailboxTls tls; /* none only for this machine */
    char *folder;          /* owned; printable ASCII without " \ % *, or NULL: INBOX */
    char *user;            /* owned */
    char *password;        /* owned; a reference (env:NAME, file:PATH) */
    char *ca_file;         /* owned; PEM of the CAs to trust instead of the system's, or NULL */
} GatewayMailbox;

/* gateway_mailbox_copy: a deep copy; NULL of NULL. gateway_mailbox_free: NULL is allowed. */
GatewayMailbox *gateway_mailbox_copy(const GatewayMailbox *mailbox);
void gateway_mailbox_free(GatewayMailbox *mailbox);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GatewayMailbox, gateway_mailbox_free)

#endif
