/* bounce - what a mail that came back means, for each recipient: delivered, delayed or bounced, why, whether the
 * address is dead, and which rule said so; and the clues by which it can be matched with a message of ours.
 *
 * In this order: reports of providers (bounce_notice), abuse reports (RFC 5965), delivery status notifications (RFC
 * 3464, RFC 6522), receipts of readers (RFC 8098), text-only bounces, automatic answers (RFC 3834). A mail is judged by
 * what it says alone: whether it is about a message of ours, and may change anything, is decided by its clues. Threads:
 * safe. */
#ifndef BREACH_TRACK_BOUNCE_H
#define BREACH_TRACK_BOUNCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>

#include "model/reply.h"
#include "model/bounce_reason.h"

typedef enum BounceKind {
    BOUNCE_KIND_BOUNCE, /* nobody tries again */
    BOUNCE_KIND_DELAY,  /* somebody goes on trying */
    BOUNCE_KIND_DELIVERED,
    BOUNCE_KIND_COMPLAINT,  /* the recipient called it spam or wants no more of it */
    BOUNCE_KIND_AUTO_REPLY, /* an absence note, a reader's receipt: it arrived */
    BOUNCE_KIND_OTHER,      /* none of these, or handed on to where nothing is reported */
} BounceKind;

typedef struct BounceRecipient {
    BounceKind kind;
    char *recipient;    /* owned; as the mail has it, the original one where both are known; "" when it names none */
    ReplyStatus status; /* code: the SMTP reply, 0: none; the enhanced code: what the mail says, or what stands for the
                           reason; class 0 where it means nothing (complaint, auto-reply, other) */
    BounceReason reason;
    bool hard;  /* the address is dead */
    char *said; /* owned; the words that were judged, one line, at most BOUNCE_SAID octets; "" when none */
    char *rule; /* owned; "rfc3464/no-user", "text/5.1.1", "arf/abuse", … */
} BounceRecipient;

typedef struct Bounce {
    GPtrArray *recipients; /* BounceRecipient; owned; never empty */
    GPtrArray *tokens;     /* char *; owned; what may name a message of ours, the surest first: what stands behind + in
                              the addresses that the mail came to (VERP), Original-Envelope-Id, local parts of the
                              Message-IDs that it returns or answers */
    char *returned_from;   /* owned; who wrote what it returns: the address in its From; "" when it does not say */
    int64_t returned_date; /* of what it returns, ms; -1: it does not say */
    bool is_cut;           /* it was larger than is looked at */
} Bounce;

#define BOUNCE_SAID 500

/* bounce_read: `size` bytes of one mail, without an mbox line. Never fails: what is nothing of all this is of the kind
 * BOUNCE_KIND_OTHER. */
Bounce *bounce_read(const char *bytes, size_t size);
void bounce_free(Bounce *bounce);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Bounce, bounce_free)

/* bounce_kind_name: "bounce", "delay", "delivered", "complaint", "auto-reply", "other"; static. */
const char *bounce_kind_name(BounceKind kind);

#endif
