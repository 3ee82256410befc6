/* smtp_sink_grammar - the arguments of EHLO, MAIL, RCPT and BDAT, read as the RFCs write them and no other way.
 *
 * Pure; threads: safe. Refusals are replies without CRLF, static. */
#ifndef BREACH_DRILL_SMTP_SINK_GRAMMAR_H
#define BREACH_DRILL_SMTP_SINK_GRAMMAR_H

#include <stdbool.h>
#include <stdint.h>

#define SMTP_SINK_ADDRESS_MOST 254 /* RFC 5321 4.5.3.1.3 without the angle brackets */
#define SMTP_SINK_ENVID_MOST 100   /* RFC 3461 4.4, as xtext */

/* What MAIL or RCPT says. */
typedef struct SmtpSinkEnvelope {
    char address[SMTP_SINK_ADDRESS_MOST + 1]; /* without angle brackets; "" is the null sender */
    char envid[SMTP_SINK_ENVID_MOST + 1];     /* as sent (xtext); "" when absent */
    bool eight_bit;                           /* BODY=8BITMIME */
} SmtpSinkEnvelope;

/* smtp_sink_grammar_is_host: a domain or an address literal (RFC 5321 4.1.2, 4.1.3). */
bool smtp_sink_grammar_is_host(const char *text);

/* smtp_sink_grammar_mail: "FROM:<...> parameters"; with `extended` SIZE, BODY, RET, ENVID and AUTH are known, without
 * (after HELO) none is. Cuts `argument` up. NULL, or the refusal. */
const char *smtp_sink_grammar_mail(char *argument, bool extended, SmtpSinkEnvelope *envelope);

/* smtp_sink_grammar_rcpt: "TO:<...> parameters"; with `extended` NOTIFY and ORCPT are known. */
const char *smtp_sink_grammar_rcpt(char *argument, bool extended, SmtpSinkEnvelope *envelope);

/* smtp_sink_grammar_bdat: "SIZE" or "SIZE LAST" (RFC 3030 2). */
bool smtp_sink_grammar_bdat(const char *argument, int64_t *size, bool *last);

/* smtp_sink_grammar_base64: whether `text` is base64 with its padding (RFC 4648 4). */
bool smtp_sink_grammar_base64(const char *text);

#endif
