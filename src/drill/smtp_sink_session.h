/* smtp_sink_session - one SMTP session, from the greeting to the end of the connection.
 *
 * It follows RFC 5321 with PIPELINING (2920), CHUNKING (3030), 8BITMIME (6152), SIZE (1870), DSN (3461), STARTTLS
 * (3207), AUTH (4954) and ENHANCEDSTATUSCODES (2034), and takes a client at its word: what the RFCs forbid is refused,
 * not repaired. Threads: each session has its own. */
#ifndef BREACH_DRILL_SMTP_SINK_SESSION_H
#define BREACH_DRILL_SMTP_SINK_SESSION_H

#include "drill/smtp_sink_halt.h"
#include "drill/smtp_sink_rule.h"
#include "drill/smtp_sink_store.h"
#include "drill/smtp_sink_tls.h"

/* What the sessions of a sink have in common; all owned by the sink. */
typedef struct SmtpSinkShared {
    bool chunking, pipelining;
    char *user, *password; /* NULL: no AUTH */
    SmtpSinkTls *tls;      /* NULL: no STARTTLS */
    SmtpSinkRuleBook *rules;
    SinkStore *store;
    SmtpSinkHalt halt;
} SmtpSinkShared;

/* smtp_sink_session_run: serves the connected, blocking socket, which stays the caller's, until one side has enough. */
void smtp_sink_session_run(int fd, SmtpSinkShared *shared);

#endif
