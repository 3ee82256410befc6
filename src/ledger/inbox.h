/* inbox - how a process that does not hold the lock tells the one that does: short, durable entries that the holder
 * applies between two batches, in order, each once.
 *
 * An entry is JSON: {"event": NAME, "message": ID, "attempt": N or 0 for the latest, "code", "enhanced", "reply", "by", "evidence",
 * "reason", "note"}, or, for a decision about a person (ledger/decision.h), "person": ID in place of "message" and what belongs to it.
 * An entry that cannot be applied (unknown message, impossible transition) becomes an event that says so: nothing is
 * dropped in silence; but the same receipt of the same attempt again, which counts once. A message that came back because of
 * us (bounce_reason_is_ours) is due again, an hour later and the longer the more often: no dead address, so nobody
 * climbs; behind the fifth attempt it stays back. Threads and errors: as ledger.h. */
#ifndef BREACH_LEDGER_INBOX_H
#define BREACH_LEDGER_INBOX_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "ledger/hold.h"
#include "ledger/ledger.h"

typedef struct InboxEntry {
    MessageEvent event;
    const char *message;  /* id; borrowed; NULL with `person` */
    const char *person;   /* id; borrowed; NULL with `message`: WITHHELD or RELEASED is decided about this person */
    const char *gateway;  /* with `provider_id`, in place of `message`: the gateway that calls the message that; borrowed */
    const char *provider_id; /* see LedgerOutcome.provider_id; borrowed; or NULL */
    int attempt;          /* 0: whatever attempt is the latest */
    int code;             /* 0: none */
    const char *enhanced; /* or NULL; borrowed */
    const char *reply;    /* the receipt's words, or the person's reason; borrowed; never NULL */
    const char *by;       /* who decided it, "login@host"; or NULL: no person did; borrowed */
    const char *evidence; /* see LedgerOutcome.evidence; borrowed; or NULL */
    const char *reason;   /* of a mail that came back: a name of model/bounce_reason.h; borrowed; or NULL */
    const char *note;     /* what the event is to say besides; borrowed; or NULL */
    const char *mail;     /* the kind of a mail that changes nothing ("complaint"): it becomes an event `mail`, and `event`
                             is not looked at; borrowed; or NULL */
} InboxEntry;

/* inbox_append: durable when it returns true; a transaction of its own. May be called while another process holds the
 * lock. */
bool inbox_append(Ledger *ledger, const InboxEntry *entry, int64_t at, GError **error);

/* inbox_append_all: the same for `count` entries in one transaction: all of them or none. Keep it short (INBOX_TOGETHER
 * at most), so that a running notify need not wait. */
#define INBOX_TOGETHER 500
bool inbox_append_all(Ledger *ledger, const InboxEntry *entries, size_t count, int64_t at, GError **error);

/* inbox_append_hold: asks for a hold, or to lift one; as inbox_append(). */
bool inbox_append_hold(Ledger *ledger, const Hold *hold, bool lift, GError **error);

/* inbox_hold_asked: what the last entry that waits asks for on the same thing, by a person; INBOX_HOLD_NONE: none does.
 * Reads the whole inbox. */
typedef enum InboxHold { INBOX_HOLD_NONE, INBOX_HOLD_HOLD, INBOX_HOLD_LIFT } InboxHold;
bool inbox_hold_asked(Ledger *ledger, const Hold *hold, InboxHold *asked, GError **error);

/* inbox_apply: in a batch: applies and removes what is there, at most `limit` entries; *applied how many. */
bool inbox_apply(Ledger *ledger, int limit, int64_t now, int *applied, GError **error);

#endif
