/* inbox - how a process that does not hold the lock tells the one that does: short, durable entries that the holder
 * applies between two batches, in order, each once.
 *
 * An entry is JSON: {"event": NAME, "message": ID, "attempt": N or 0 for the latest, "code", "enhanced", "reply", "by"}.
 * An entry that cannot be applied (unknown message, impossible transition) becomes an event that says so: nothing is
 * dropped in silence. Threads and errors: as ledger.h. */
#ifndef BREACH_LEDGER_INBOX_H
#define BREACH_LEDGER_INBOX_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "ledger/ledger.h"

typedef struct InboxEntry {
    MessageEvent event;
    const char *message;  /* id; borrowed */
    int attempt;          /* 0: whatever attempt is the latest */
    int code;             /* 0: none */
    const char *enhanced; /* or NULL; borrowed */
    const char *reply;    /* the receipt's words, or the person's reason; borrowed; never NULL */
} InboxEntry;

/* inbox_append: durable when it returns true; a transaction of its own. May be called while another process holds the
 * lock. */
bool inbox_append(Ledger *ledger, const InboxEntry *entry, int64_t at, GError **error);

/* inbox_apply: in a batch: applies and removes what is there, at most `limit` entries; *applied how many. */
bool inbox_apply(Ledger *ledger, int limit, int64_t now, int *applied, GError **error);

#endif
