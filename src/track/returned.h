/* returned - mails that came back, matched with messages of a ledger and put into its inbox.
 *
 * A mail counts when it carries the id of a message (bounce_clues.h) that went out by mail, whatever gateway it went
 * by: nobody else can know an id, so that a forged or foreign bounce changes nothing. One that names no id at all may
 * still count by its address (returned_guess.h); an address alone proves nothing, and is only counted. A bounce becomes
 * EVENT_BOUNCED with its reason, a report of delivery EVENT_DELIVERED; everything else is kept as an event that changes
 * nothing.
 *
 * The mail itself is evidence: STATE/mail/SHA256.eml, on disk before the inbox entry that names it. A mail whose
 * evidence is there was taken before, and is passed over; a crash in between is repeated and harmless. Mails are taken
 * in groups, with one wait for the disk and one commit each.
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
    int64_t mails;        /* that were read */
    int64_t bounced;      /* put into the inbox */
    int64_t about_us;     /* of these: refused because of us, no dead address */
    int64_t delivered;    /* put into the inbox */
    int64_t delays;       /* kept, and nothing follows, as the next three */
    int64_t complaints;   /* a recipient called it spam or wants no more of it */
    int64_t auto_replies; /* absence notes, readers' receipts */
    int64_t others;       /* answers of people, relayed reports; bounces of an attempt that came back before */
    int64_t by_address; /* bounces and delays of the above that no id matched, but their address and what they return */
    int64_t repeated;   /* taken before */
    int64_t unmatched;  /* carry no id of this incident: not kept */
    int64_t address_only; /* of these: bounces that name an address of this incident, and prove nothing */
} ReturnedCounts;

typedef struct Returned Returned;

/* returned_new: the arguments are borrowed until returned_free(). NULL is allowed there. */
Returned *returned_new(Ledger *ledger, const char *state_folder, const Clock *clock);
void returned_free(Returned *returned);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Returned, returned_free)

/* returned_take: one mail; what it says is durable when returned_settle() has returned true, which is called here as
 * well whenever a group is full. */
bool returned_take(Returned *returned, const char *bytes, size_t size, GError **error);
bool returned_settle(Returned *returned, GError **error);

/* returned_finish: after the last mail, or before all so far are called taken: settles, and looks at those that name
 * nothing but an address. */
bool returned_finish(Returned *returned, GError **error);

/* returned_counts: so far. */
ReturnedCounts returned_counts(const Returned *returned);

#endif
