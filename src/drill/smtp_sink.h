/* smtp_sink - the embedded relay of dry runs, drills and tests: a real SMTP server on loopback that keeps nothing
 * unless asked, and misbehaves by rules.
 *
 * Threads: smtp_sink_start() makes its own; the other functions may be called from any thread. */
#ifndef BREACH_DRILL_SMTP_SINK_H
#define BREACH_DRILL_SMTP_SINK_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "base/clock.h"

/* Where in a session a rule strikes: once the command is in order and would be obeyed. AT_EHLO leaves HELO alone.
 * AT_AUTH is the reply to the last response. AT_DATA is also the first BDAT of a message. AT_DOT is the reply after the
 * final dot or BDAT LAST, when the message itself is in order. */
typedef enum SmtpSinkAt {
    SMTP_SINK_AT_CONNECT, SMTP_SINK_AT_EHLO, SMTP_SINK_AT_STARTTLS, SMTP_SINK_AT_AUTH, SMTP_SINK_AT_MAIL,
    SMTP_SINK_AT_RCPT, SMTP_SINK_AT_DATA, SMTP_SINK_AT_DOT, SMTP_SINK_AT_NOOP, SMTP_SINK_AT_RSET, SMTP_SINK_AT_QUIT
} SmtpSinkAt;

typedef enum SmtpSinkAction {
    SMTP_SINK_REPLY,         /* answer with `reply` instead. 4xx and 5xx: the command has no effect, and 421 also closes
                                the connection (RFC 5321 3.8); 2xx and 3xx: it has its effect under other words. At
                                CONNECT, after 4xx and 5xx nothing but QUIT is obeyed */
    SMTP_SINK_DELAY,         /* wait `delay_ms`, then go on as usual */
    SMTP_SINK_HANG_UP,       /* close without an answer */
    SMTP_SINK_ACCEPT_AND_DIE,/* at DOT: take the message (it counts as accepted), then close without an answer */
    SMTP_SINK_GARBAGE        /* answer with a line that is no SMTP reply; the command has no effect */
} SmtpSinkAction;

typedef struct SmtpSinkRule {
    SmtpSinkAt at;
    char *pattern;          /* glob (* and ?, no matter the case) over the recipient, at MAIL over the sender, at DATA
                               and DOT over any recipient of the message; NULL: always. This, times_per_address and
                               share are for these four places only */
    SmtpSinkAction action;
    char *reply;            /* "451 4.7.1 greylisted", without CRLF at its end; lines are parted by LF or CRLF */
    int64_t delay_ms;       /* at most a day */
    int skip;               /* leave the first N matches alone */
    int times;              /* strike at most so often; 0 = always */
    int times_per_address;  /* strike at most so often per recipient; 0 = no such limit: greylisting is 1 */
    double share;           /* strike this share of addresses, chosen by a hash of the recipient, so that two sinks
                               choose alike; 0 or 1 = all */
    uint64_t salt;          /* this and the rest: as SinkConditions (sink_rule.h) */
    const Clock *clock;     /* borrowed */
    int64_t from, until, per_minute;
} SmtpSinkRule;

typedef struct SmtpSinkOptions {
    int port;               /* 0: any free one */
    bool starttls;          /* with a certificate of our own making, for localhost and 127.0.0.1; not required */
    bool no_chunking, no_pipelining; /* leave the extension out of the EHLO reply */
    const char *user, *password;     /* AUTH PLAIN and LOGIN are offered and required when not NULL; with starttls
                                        only under TLS (RFC 4954 4) */
    const char *keep_folder;         /* accepted messages are written here as 000001.eml and so on, the next free
                                        number; made if need be; NULL: none */
    int64_t keep_most;               /* at most so many; 0: all */
    const char *log_path;            /* one line a message is appended, by one write(2), BEFORE the 250 is sent:
                                        "accepted ENVID RCPT SIZE". ENVID is xtext as sent, "-" when absent; several
                                        RCPT are parted by commas; SIZE is in octets. NULL: no log */
    GPtrArray *rules;                /* of SmtpSinkRule *, first match strikes; borrowed until stop; NULL: none */
} SmtpSinkOptions;

typedef struct SmtpSink SmtpSink;

/* smtp_sink_start: listens on 127.0.0.1; serves at most 256 connections at a time, and answers more with 421. Of the
 * options only the rules are borrowed. Error: BREACH_ERROR_CREATE; BREACH_ERROR_INPUT for a rule without sense. */
SmtpSink *smtp_sink_start(const SmtpSinkOptions *options, GError **error);

int smtp_sink_port(const SmtpSink *sink);

/* smtp_sink_certificate: the PEM of the certificate, to be trusted by the client; NULL without starttls. Borrowed. */
const char *smtp_sink_certificate(const SmtpSink *sink);

/* smtp_sink_accepted: messages answered with 250 (or accepted before dying). */
int64_t smtp_sink_accepted(const SmtpSink *sink);

/* smtp_sink_close: ends all connections at once, also those that a rule delays, and waits for the threads; from then on
 * smtp_sink_accepted() is final. Not from two threads at a time. */
void smtp_sink_close(SmtpSink *sink);

/* smtp_sink_stop: closes, unless that was done, and frees. NULL is allowed. */
void smtp_sink_stop(SmtpSink *sink);

/* smtp_sink_parse_rule: one rule from a line of text, for scripts and tests:
 *   AT [to=GLOB] ACTION [skip=N] [times=N] [each=N] [share=0.05]
 *   where AT is      connect | ehlo | starttls | auth | mail | rcpt | data | dot | noop | rset | quit
 *   and ACTION is    reply "451 4.7.1 greylisted" | delay 500ms (s, min, h) | hang-up | accept-and-die | garbage
 * "each" is times_per_address. Within quotes \n parts lines, \" and \\ are a quote and a backslash.
 * Example: rcpt to=*@slow.example reply "451 4.7.1 greylisted" each=1
 * Error: BREACH_ERROR_INPUT. Newly allocated; smtp_sink_rule_free(). */
SmtpSinkRule *smtp_sink_parse_rule(const char *line, GError **error);
void smtp_sink_rule_free(SmtpSinkRule *rule);

#endif
