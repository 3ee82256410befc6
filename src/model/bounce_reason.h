/* bounce_reason - why a message came back, as one table: its name, whether the address is dead, whether it is said
 * about us, and the enhanced status code (RFC 3463) that stands for it when the mail names none.
 *
 * Pure; threads: safe. */
#ifndef BREACH_MODEL_BOUNCE_REASON_H
#define BREACH_MODEL_BOUNCE_REASON_H

#include <stdbool.h>

/* Counters of the ledger hold these numbers: new ones come last. */
typedef enum BounceReason {
    BOUNCE_NO_REASON, /* nothing in the mail says why */
    /* the address is dead */
    BOUNCE_NO_USER,       /* no such mailbox */
    BOUNCE_NO_HOST,       /* no such domain, or one without a way to it */
    BOUNCE_MOVED,         /* the mailbox has moved, or has a new owner */
    BOUNCE_TAKES_NO_MAIL, /* the domain takes no mail (null MX, RFC 7505) */
    /* the address lives, or may live again */
    BOUNCE_FULL,     /* mailbox over quota */
    BOUNCE_DISABLED, /* the account is suspended */
    BOUNCE_FILTERED, /* a filter of the recipient; also "no such user" behind the content, which is mostly that */
    BOUNCE_TOO_BIG,  /* larger than the recipient or the system takes */
    BOUNCE_EXPIRED,  /* not delivered in time */
    BOUNCE_NETWORK,  /* no connection, routing loop, name server */
    BOUNCE_SYSTEM,   /* trouble at the other mail system */
    BOUNCE_GREYLISTED,
    BOUNCE_RELAYED, /* handed to a system that reports nothing back */
    /* said about us: no dead address */
    BOUNCE_SENDER,         /* our sender address or our right to write to this list */
    BOUNCE_POLICY,         /* a rule of the other side, not named further */
    BOUNCE_BLOCKED,        /* our host or network is on a list */
    BOUNCE_REPUTATION,     /* our reputation */
    BOUNCE_AUTHENTICATION, /* SPF, DKIM, DMARC, ARC */
    BOUNCE_REVERSE_DNS,    /* our host has no name, or the wrong one */
    BOUNCE_SPAM,           /* the content was taken for spam */
    BOUNCE_VIRUS,
    BOUNCE_CONTENT,  /* another complaint about the content or its form */
    BOUNCE_RATE,     /* too much at once */
    BOUNCE_RELAYING, /* our relay would not, or was not allowed to, pass it on */
    BOUNCE_PROTOCOL, /* the two mail systems did not understand each other */
    BOUNCE_REASONS
} BounceReason;

/* bounce_reason_name: "no-such-user", …; static. */
const char *bounce_reason_name(BounceReason reason);

/* bounce_reason_parse: the way back; false when no reason is called so. */
bool bounce_reason_parse(const char *name, BounceReason *reason);

/* bounce_reason_is_hard: whether the address is dead: no later attempt can reach it. */
bool bounce_reason_is_hard(BounceReason reason);

/* bounce_reason_is_ours: whether it is said about us, so that the address is as good as before. */
bool bounce_reason_is_ours(BounceReason reason);

/* bounce_reason_codes: subject and detail of the enhanced status code that stands for it. */
void bounce_reason_codes(BounceReason reason, int *subject, int *detail);

/* bounce_reason_of_codes: what an enhanced status code by itself says; BOUNCE_NO_REASON when it says nothing (X.0.0).
 */
BounceReason bounce_reason_of_codes(int status_class, int subject, int detail);

#endif
