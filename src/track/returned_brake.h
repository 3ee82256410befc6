/* returned_brake - a domain that returns one message after another because of us: what is still to go there waits an
 * hour, as it does when the domain refuses us at once, so that a block is not made worse. A relay of ours takes what is
 * sent, and the refusals come back as mails, of which a gateway's own brake sees nothing.
 *
 * A domain at which a few of many are refused, by rules of single recipients, does not refuse us: the refused ones have
 * to be one in twenty of what was tried since the first of them.
 *
 * Whoever got one message knows its id, and could write any number of such mails, with any domain in them. So messages
 * are counted, not mails, and only those that went to the domain of which the mail speaks.
 *
 * It is a hold (ledger/hold.h) that ends by itself, so that every process obeys it, status shows it, and a person can
 * lift it. Threads: one. Errors: as ledger.h. */
#ifndef BREACH_TRACK_RETURNED_BRAKE_H
#define BREACH_TRACK_RETURNED_BRAKE_H

#include <stdbool.h>

#include <glib.h>

#include "base/clock.h"
#include "ledger/ledger.h"
#include "track/bounce.h"

typedef struct ReturnedBrake ReturnedBrake;

/* returned_brake_new: the arguments are borrowed until returned_brake_free(). NULL is allowed there. */
ReturnedBrake *returned_brake_new(Ledger *ledger, const Clock *clock);
void returned_brake_free(ReturnedBrake *brake);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ReturnedBrake, returned_brake_free)

/* returned_brake_note: the message of that id came back; only what is about us counts. returned_brake_settle: holds the
 * domains that have refused us often enough, each once. */
void returned_brake_note(ReturnedBrake *brake, const char *message, const BounceRecipient *recipient);
bool returned_brake_settle(ReturnedBrake *brake, GError **error);

#endif
