/* came_back - what came back of the messages, and why, for the on-call: dead addresses apart from full mailboxes, and
 * from what refused us. Counts only.
 *
 * Threads: one. Errors: as ledger.h. */
#ifndef BREACH_REPORT_CAME_BACK_H
#define BREACH_REPORT_CAME_BACK_H

#include <glib.h>
#include <jansson.h>

#include "ledger/ledger.h"

/* came_back_json: the member "came_back" of breach.status/1; a new reference. came_back_text: a line for each, or "";
 * newly allocated. */
json_t *came_back_json(const LedgerReturned *returned);
char *came_back_text(const LedgerReturned *returned);

/* came_back_words: a reason in plain words, translated; static. */
const char *came_back_words(BounceReason reason);

#endif
