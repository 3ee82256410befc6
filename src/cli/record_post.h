/* record_post - which message a row is about, what follows from it for the ledger, and the way there.
 *
 * The same row twice counts once. A RecordPost owns its lists. Threads: one. */
#ifndef BREACH_CLI_RECORD_POST_H
#define BREACH_CLI_RECORD_POST_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "cli/record_rows.h"
#include "ledger/ledger.h"

typedef struct RecordPost RecordPost;

/* record_post_new: reads the messages of the channel once. `who` is who types ("login@host"); borrowed, as is the
 * ledger. Error: BREACH_ERROR_INPUT when there is none. */
RecordPost *record_post_new(Ledger *ledger, const char *kind, const char *who, GError **error);
void record_post_free(RecordPost *post);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RecordPost, record_post_free)

/* record_post_add: rows in order of time. What cannot be is added to `findings`. */
void record_post_add(RecordPost *post, const RecordRow *row, Findings *findings);

/* record_post_send: everything into the inbox. */
bool record_post_send(RecordPost *post, int64_t now, GError **error);

typedef struct RecordTotals {
    int64_t told;  /* delivered, reached */
    int64_t lost;  /* came back, or nobody there: the ladder goes on */
    int64_t again; /* calls that nobody answered and that are still to be made */
    int64_t known; /* rows that were recorded before, or are older than what is known */
} RecordTotals;
const RecordTotals *record_post_totals(const RecordPost *post);

#endif
