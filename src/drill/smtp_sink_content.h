/* smtp_sink_content - looks at a message as it arrives and finds what RFC 5321 forbids in it.
 *
 * A relay in the field repairs a bare LF or an overlong line; the sink refuses it, so that our own mistakes are seen.
 * Pure; one thread at a time per SmtpSinkContent. */
#ifndef BREACH_DRILL_SMTP_SINK_CONTENT_H
#define BREACH_DRILL_SMTP_SINK_CONTENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>

/* What the SIZE extension announces (RFC 1870). */
#define SMTP_SINK_CONTENT_MOST 52428800

typedef struct SmtpSinkContent {
    int64_t size;      /* octets so far, dot-unstuffed */
    size_t line;       /* octets of the line that is being received */
    char last;         /* the last octet; '\n' before the first */
    bool line_start;   /* at the very start, or directly behind CRLF: only here a dot can end the message */
    bool eight_bit;    /* octets over 127 were declared (RFC 6152) */
    const char *fault; /* the reply that the first mistake deserves; NULL: none. Static */
    GByteArray *copy;  /* owned; what has arrived, if `keep` */
    bool keep;
} SmtpSinkContent;

/* smtp_sink_content_init: makes an empty one, to be used for many messages. */
void smtp_sink_content_init(SmtpSinkContent *content);

/* smtp_sink_content_begin: a new message; with `keep` its octets are collected in `copy`. */
void smtp_sink_content_begin(SmtpSinkContent *content, bool eight_bit, bool keep);

/* smtp_sink_content_add: the next octets, cut anywhere. */
void smtp_sink_content_add(SmtpSinkContent *content, const char *bytes, size_t size);

/* smtp_sink_content_blame: notes a mistake that was seen outside; the first one counts. `reply` is static. */
void smtp_sink_content_blame(SmtpSinkContent *content, const char *reply);

/* smtp_sink_content_end: NULL when the message is in order, or the reply that refuses it. Static. */
const char *smtp_sink_content_end(SmtpSinkContent *content);

void smtp_sink_content_clear(SmtpSinkContent *content);

#endif
