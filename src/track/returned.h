/* returned - mails that came back, matched with messages of a ledger and put into its inbox.
 *
 * A mail counts only when it carries the id of a message (bounce_clues.h) that one of our mail gateways has sent:
 * nobody else can know an id, so that a forged or foreign bounce changes nothing. An address alone proves nothing and
 * matches nothing. A bounce becomes EVENT_BOUNCED, a report of delivery EVENT_DELIVERED; everything else is kept as an
 * event that changes nothing.
 *
 * The mail itself is evidence: STATE/mail/SHA256.eml, written before the inbox entry that names it. A mail whose
 * evidence is there was taken before, and is passed over; a crash in between is repeated and harmless.
 *
 * Threads: one. Errors: as ledger.h. */
#ifndef BREACH_TRACK_RETURNED_H
#define BREACH_TRACK_RETURNED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>

#include "base/clock.h"
#include "ledger/ledger.h"

typedef struct ReturnedCounts {
    int64_t mails;     /* that were read */
    int64_t bounced;   /* put into the inbox */
    int64_t delivered; /* likewise */
    int64_t noted;     /* delays, complaints, automatic answers: kept, and nothing follows */
    int64_t repeated;  /* taken before */
    int64_t unmatched; /* carry no id of this incident: not kept */
} ReturnedCounts;

typedef struct Returned Returned;

/* returned_new: `gateways` are the names of those that send mail, NULL-terminated; all arguments are borrowed until
 * returned_free(). NULL is allowed there. */
Returned *returned_new(Ledger *ledger, const char *state_folder, const char *const *gateways, const Clock *clock);
void returned_free(Returned *returned);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Returned, returned_free)

/* returned_take: one mail; what it says is durable when it returns true. */
bool returned_take(Returned *returned, const char *bytes, size_t size, GError **error);

/* returned_counts: so far. */
ReturnedCounts returned_counts(const Returned *returned);

#endif
