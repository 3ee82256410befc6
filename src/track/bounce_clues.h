/* bounce_clues - what in a mail that came back may name a message of ours. Nothing here says that it does: an id is
 * only believed when the ledger knows it.
 *
 * Pure; threads: safe. */
#ifndef BREACH_TRACK_BOUNCE_CLUES_H
#define BREACH_TRACK_BOUNCE_CLUES_H

#include <glib.h>

#include "track/bounce_mail.h"

#define BOUNCE_CLUES 50 /* at most so many of one mail */

/* bounce_clues: see Bounce.tokens; `original` is the returned message where the mail is one text. char *; owned by the
 * array. */
GPtrArray *bounce_clues(const BounceMail *mail, const char *original);

#endif
