/* reply - what an SMTP reply means: its code (RFC 5321 4.2), its enhanced status code (RFC 3463, IANA registry), and
 * what follows for the message.
 *
 * Pure; threads: safe. */
#ifndef BREACH_MODEL_REPLY_H
#define BREACH_MODEL_REPLY_H

#include <stdbool.h>
#include <stddef.h>

typedef enum ReplyClass {
    REPLY_ACCEPTED,  /* 2xx */
    REPLY_TEMPORARY, /* 4xx: the same message later (greylisting, mailbox busy or full for now) */
    REPLY_PERMANENT, /* 5xx: this address will not take it (no such user, no such domain) */
    REPLY_POLICY,    /* 5xx about us, not about the address (5.7.x, blocked, content): no dead address; try later */
    REPLY_SESSION,   /* about the connection, not about the message: 421, 530, 535, 538, 534, bad sequence, no sense,
                        3xx (never an outcome), no reply */
} ReplyClass;

/* Where in a session the reply came. */
typedef enum ReplyStage { REPLY_AT_CONNECT, REPLY_AT_MAIL, REPLY_AT_RCPT, REPLY_AT_DATA, REPLY_AT_END } ReplyStage;

typedef struct ReplyStatus {
    int code;            /* 200-599; 0 = no reply */
    int status_class;    /* enhanced: 2, 4, 5; 0 = absent */
    int subject;         /* 0-999 */
    int detail;          /* 0-999 */
} ReplyStatus;

/* reply_parse: reads "550 5.1.1 text", also a multi-line reply joined by CRLF; *text points behind the codes of the
 * first line (borrowed; `text` may be NULL). "550 #5.1.1 text" and "550 5.1.1: text", which are in use, are read too.
 * false: no SMTP reply. */
bool reply_parse(const char *line, ReplyStatus *status, const char **text);

/* reply_classify: what the reply means where it came. At CONNECT everything but 2xx is about the session. At MAIL, 5xx
 * are about the sender or the session, never about the recipient: they are REPLY_SESSION, unless the enhanced code says
 * policy. A 5xx whose enhanced class is 4 counts as temporary, and vice versa the reply code wins (RFC 3463 2). Where it
 * is uncertain whether the address or we are meant, the answer is REPLY_POLICY: that costs time, while calling a living
 * address dead costs a person their notice. */
ReplyClass reply_classify(ReplyStatus status, ReplyStage stage);

/* reply_class_name: "accepted", "temporary", "permanent", "policy", "session". */
const char *reply_class_name(ReplyClass reply_class);

/* reply_is_no_address: the address or its domain does not exist, or moved away for good: trying again is of no use. */
bool reply_is_no_address(ReplyStatus status);

/* reply_meaning: plain words for an enhanced code (5.1.1 -> "no such mailbox"), or for the reply code when it is
 * absent; never NULL. Static. */
const char *reply_meaning(ReplyStatus status);

#endif
