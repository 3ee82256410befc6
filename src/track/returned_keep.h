/* returned_keep - mails and what they say of messages, made durable in groups: first the mails, as files under a name
 * that says that the entry may be missing, then all entries in one commit, then the files get their names.
 * Several processes may do so with the same mails: each mail is taken by one of them.
 *
 * Threads: one. Errors: as ledger.h. */
#ifndef BREACH_TRACK_RETURNED_KEEP_H
#define BREACH_TRACK_RETURNED_KEEP_H

#include <stdbool.h>
#include <stddef.h>

#include <glib.h>

#include "base/clock.h"
#include "ledger/ledger.h"
#include "track/bounce.h"

/* One mail about one message. Everything is borrowed; returned_keep_add() copies what it needs. A bounce of an attempt
 * that came back before (returned_again.h) is kept as a mail that changes nothing. */
typedef struct ReturnedMail {
    const char *bytes;
    size_t size;
    const char *digest; /* SHA-256 */
    const BounceRecipient *recipient;
    const char *message; /* id */
    const char *note;    /* of the event, or NULL */
    int64_t no;          /* of the message; 0: it is not asked whether the mail is about an earlier attempt */
    int attempt;         /* its latest */
    int64_t date;        /* of what the mail returns, ms; -1: it does not say */
} ReturnedMail;

typedef struct ReturnedKeep ReturnedKeep;

/* returned_keep_new: the arguments are borrowed until returned_keep_free(). NULL is allowed there: what was not settled
 * is thrown away. */
ReturnedKeep *returned_keep_new(Ledger *ledger, const char *state_folder, const Clock *clock);
void returned_keep_free(ReturnedKeep *keep);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ReturnedKeep, returned_keep_free)

/* returned_keep_has: whether the mail of this digest was kept before, or is in the group. */
bool returned_keep_has(const ReturnedKeep *keep, const char *digest);

/* returned_keep_add: into the group, which is settled when it is full. returned_keep_settle: makes it durable. */
bool returned_keep_add(ReturnedKeep *keep, const ReturnedMail *mail, GError **error);
bool returned_keep_settle(ReturnedKeep *keep, GError **error);

/* ReturnedAgain, returned_keep_again: bounces of attempts that had come back before, so far. */
typedef struct ReturnedAgain {
    int64_t bounced;
    int64_t about_us; /* of these */
} ReturnedAgain;
ReturnedAgain returned_keep_again(const ReturnedKeep *keep);

#endif
