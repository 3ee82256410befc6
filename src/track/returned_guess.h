/* returned_guess - bounces that name no message by an id, and the addresses that they name.
 *
 * An address is no secret: who knows one could call it dead. So such a bounce counts for a message only when all of
 * this holds, and else changes nothing:
 *   - it names one recipient, and no id at all, neither ours nor somebody else's (a newsletter that came back names its
 * own);
 *   - it returns headers, and their From is the address from which our gateway sends;
 *   - their Date is that of the octets that were handed over, to the second (of a ledger that does not say when they
 *     were made: the time of an attempt, a minute more or less);
 *   - no other of the mails that are read together names the address with another Date, as somebody does who tries
 * them;
 *   - exactly one message of this incident went to that address;
 *   - that message is accepted, and nothing settled it.
 * The rest is counted: a person may want to look at it.
 *
 * Addresses lie behind the seal, so that looking them up is one pass over the messages, for all of a run together.
 * Threads: one. Errors: as ledger.h. */
#ifndef BREACH_TRACK_RETURNED_GUESS_H
#define BREACH_TRACK_RETURNED_GUESS_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "ledger/ledger.h"
#include "track/bounce.h"
#include "track/returned_keep.h"

typedef struct ReturnedGuess ReturnedGuess;

/* returned_guess_new: `ledger` is borrowed until returned_guess_free(). NULL is allowed there. */
ReturnedGuess *returned_guess_new(Ledger *ledger);
void returned_guess_free(ReturnedGuess *guess);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ReturnedGuess, returned_guess_free)

/* returned_guess_add: remembers a mail that no id matches; the mail itself only where it may count. Mails beyond a
 * bound are not looked at. returned_guess_has: whether it remembers the mail of this digest. */
bool returned_guess_has(const ReturnedGuess *guess, const char *digest);
void returned_guess_add(ReturnedGuess *guess, const Bounce *bounce, const char *bytes, size_t size, const char *digest);

typedef struct ReturnedGuessed {
    int64_t bounced;      /* went into `keep` */
    int64_t about_us;     /* of these */
    int64_t delays;       /* went into `keep` */
    int64_t address_only; /* name an address of this incident, and prove nothing */
} ReturnedGuessed;

/* returned_guess_settle: looks them up, and forgets them; `keep` is not settled by it. */
bool returned_guess_settle(ReturnedGuess *guess, ReturnedKeep *keep, ReturnedGuessed *guessed, GError **error);

#endif
