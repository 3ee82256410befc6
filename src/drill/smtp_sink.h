/* smtp_sink - the embedded relay of dry runs, drills and tests: a real SMTP server on loopback that keeps nothing unless
 * asked, and misbehaves by rules.
 *
 * Threads: smtp_sink_start() makes its own; the other functions may be called from any thread. */
#ifndef BREACH_DRILL_SMTP_SINK_H
#define BREACH_DRILL_SMTP_SINK_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

/* Where in a session a rule strikes. AT_DOT is the reply after the final dot or BDAT LAST. */
typedef enum SmtpSinkAt {
    SMTP_SINK_AT_CONNECT, SMTP_SINK_AT_EHLO, SMTP_SINK_AT_STARTTLS, SMTP_SINK_AT_AUTH, SMTP_SINK_AT_MAIL,
    SMTP_SINK_AT_RCPT, SMTP_SINK_AT_DATA, SMTP_SINK_AT_DOT, SMTP_SINK_AT_NOOP, SMTP_SINK_AT_RSET, SMTP_SINK_AT_QUIT
} SmtpSinkAt;

typedef enum SmtpSinkAction {
    SMTP_SINK_REPLY,         /* answer with `reply` instead (4xx, 5xx, multi-line) */
    SMTP_SINK_DELAY,         /* wait `delay_ms`, then go on as usual */
    SMTP_SINK_HANG_UP,       /* close without an answer */
    SMTP_SINK_ACCEPT_AND_DIE,/* at DOT: take the message (it counts as accepted), then close without an answer */
    SMTP_SINK_GARBAGE        /* answer with bytes that are no SMTP reply */
} SmtpSinkAction;

typedef struct SmtpSinkRule {
    SmtpSinkAt at;
    char *pattern;          /* glob over the recipient (at MAIL over the sender); NULL: always */
    SmtpSinkAction action;
    char *reply;            /* "451 4.7.1 greylisted", without CRLF */
    int64_t delay_ms;
    int skip;               /* leave the first N matches alone */
    int times;              /* strike at most so often; 0 = always */
    int times_per_address;  /* strike at most so often per recipient; 0 = no such limit: greylisting is 1 */
    double share;           /* strike this share of addresses, chosen by a hash of the recipient; 0 or 1 = all */
} SmtpSinkRule;

typedef struct SmtpSinkOptions {
    int port;               /* 0: any free one */
    bool starttls;          /* with a certificate of our own making, for localhost and 127.0.0.1 */
    bool no_chunking, no_pipelining; /* leave the extension out of the EHLO reply */
    const char *user, *password;     /* AUTH PLAIN and LOGIN are offered and required when not NULL */
    const char *keep_folder;         /* accepted messages are written here as NUMBER.eml; NULL: none */
    int64_t keep_most;               /* at most so many; 0: all */
    const char *log_path;            /* one line a message is appended, by one write(2), BEFORE the 250 is sent:
                                        "accepted ENVID RCPT SIZE"; NULL: no log */
    GPtrArray *rules;                /* of SmtpSinkRule *, first match strikes; borrowed until stop; NULL: none */
} SmtpSinkOptions;

typedef struct SmtpSink SmtpSink;

/* smtp_sink_start: listens on 127.0.0.1. Error: BREACH_ERROR_CREATE. */
SmtpSink *smtp_sink_start(const SmtpSinkOptions *options, GError **error);

int smtp_sink_port(const SmtpSink *sink);

/* smtp_sink_certificate: the PEM of the certificate, to be trusted by the client; NULL without starttls. Borrowed. */
const char *smtp_sink_certificate(const SmtpSink *sink);

/* smtp_sink_accepted: messages answered with 250 (or accepted before dying). */
int64_t smtp_sink_accepted(const SmtpSink *sink);

/* smtp_sink_stop: closes everything, waits for its threads, frees. NULL is allowed. */
void smtp_sink_stop(SmtpSink *sink);

/* smtp_sink_parse_rule: one rule from a line of text, for scripts and tests:
 *   AT [to=GLOB] ACTION [skip=N] [times=N] [each=N] [share=0.05]
 *   where ACTION is  reply "451 4.7.1 greylisted" | delay 500ms | hang-up | accept-and-die | garbage
 * Example: rcpt to=*@slow.example reply "451 4.7.1 greylisted" each=1
 * Error: BREACH_ERROR_INPUT. Newly allocated; smtp_sink_rule_free(). */
SmtpSinkRule *smtp_sink_parse_rule(const char *line, GError **error);
void smtp_sink_rule_free(SmtpSinkRule *rule);

#endif
