/* returned_again - mails about an attempt that came back before: a message that was refused because of us is tried
 * again, and a second mail about the first attempt (another copy, another server's words) says nothing of the second.
 *
 * A mail is about the attempt whose Date its returned headers have, to the second; one that returns none is about the
 * latest, as far as anybody can tell, unless it is the very mail of an event. Threads: one. Errors: as ledger.h. */
#ifndef BREACH_TRACK_RETURNED_AGAIN_H
#define BREACH_TRACK_RETURNED_AGAIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>

#include "ledger/ledger.h"

/* One bounce. */
typedef struct ReturnedAbout {
    int64_t message;    /* number; 0: not asked */
    int attempt;        /* the latest of that message; one below 2 is not asked */
    int64_t date;       /* of what the mail returns, ms; -1: it does not say */
    const char *digest; /* of the mail; borrowed */
    bool is_again;      /* the answer */
} ReturnedAbout;

/* returned_again_find: one pass over the events for all of them, and none where nothing was tried twice. */
bool returned_again_find(Ledger *ledger, ReturnedAbout *abouts, size_t count, GError **error);

#endif
