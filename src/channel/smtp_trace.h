/* smtp_trace - one session's dialogue for --trace: commands and replies, without secrets and without messages.
 *
 * What follows AUTH, and every challenge, is left out; so is whatever stands between the go-ahead to DATA and the reply
 * behind it. Addresses are masked (base/trace). Threads: one SmtpTrace belongs to one session. */
#ifndef BREACH_CHANNEL_SMTP_TRACE_H
#define BREACH_CHANNEL_SMTP_TRACE_H

#include <stdbool.h>
#include <stddef.h>

#define SMTP_TRACE_ADDRESS_MAX 321 /* RFC 5321 4.5.3.1: 64 and 255 octets, @, NUL */

typedef struct SmtpTrace {
    char who[96];  /* gateway and number of the session; "" before smtp_trace_begin() */
    char address[SMTP_TRACE_ADDRESS_MAX]; /* of the last RCPT: relays repeat it in their replies */
    bool is_auth;  /* an AUTH exchange is under way */
    bool is_body;  /* the relay has asked for a message */
} SmtpTrace;

/* smtp_trace_begin: a new connection of `gateway`; does nothing when there is no trace, as all the others. */
void smtp_trace_begin(SmtpTrace *trace, const char *gateway);

/* smtp_trace_wrote, smtp_trace_read: octets to and from the relay, whole lines or not. */
void smtp_trace_wrote(SmtpTrace *trace, const char *bytes, size_t size);
void smtp_trace_read(SmtpTrace *trace, const char *bytes, size_t size);

/* smtp_trace_note: something that is no dialogue ("TLS: the certificate is good"); `address` or NULL. */
void smtp_trace_note(const SmtpTrace *trace, const char *address, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
