/* smtp_esmtp_wire - follows the dialogue as libESMTP's monitor shows it: which command is under way, what the relay
 * answered last, whether AUTH succeeded, and whether anything came that nobody had asked for.
 *
 * It sees nothing of the messages, and nothing at all after the first BDAT: libESMTP switches its monitor off there and
 * never on again. What follows AUTH is not kept. Pure; threads: one SmtpEsmtpWire belongs to one session. */
#ifndef BREACH_CHANNEL_SMTP_ESMTP_WIRE_H
#define BREACH_CHANNEL_SMTP_ESMTP_WIRE_H

#include <stdbool.h>
#include <stddef.h>

#include "channel/smtp_esmtp_reply.h"

typedef struct SmtpEsmtpWire {
    char verb[12];                       /* of the last command, upper case; "" before the first */
    int commands;                        /* lines written */
    int replies;                         /* whole replies read, the greeting among them */
    char answered[12];                   /* the verb of the last whole reply but that to QUIT; "" for the greeting */
    ReplyStatus status;                  /* of that reply */
    char text[SMTP_ESMTP_REPLY_MAX + 1]; /* of its last line */
    int auth_code;                       /* of the last reply to AUTH; 0 = AUTH was not tried */
    bool authenticated;
    bool has_chunking; /* in the last reply to EHLO */
    char line[512];    /* the line that is being read, cut off here */
    size_t length;
} SmtpEsmtpWire;

/* smtp_esmtp_wire_reset: a new connection. */
void smtp_esmtp_wire_reset(SmtpEsmtpWire *wire);

/* smtp_esmtp_wire_wrote, smtp_esmtp_wire_read: the next `size` octets to and from the relay. */
void smtp_esmtp_wire_wrote(SmtpEsmtpWire *wire, const char *bytes, size_t size);
void smtp_esmtp_wire_read(SmtpEsmtpWire *wire, const char *bytes, size_t size);

/* smtp_esmtp_wire_is_even: whether there is exactly one reply for the greeting and for each command, and not a byte
 * more. What was read in plain text beyond that would be taken for the reply to a command inside TLS. */
bool smtp_esmtp_wire_is_even(const SmtpEsmtpWire *wire);

#endif
