/* posting - what a person decides about messages, from the question to the ledger: it goes through the inbox, so that
 * it is durable at once and works while breach notify runs in another process.
 *
 * Threads: one. */
#ifndef BREACH_CLI_POSTING_H
#define BREACH_CLI_POSTING_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "cli/workspace.h"
#include "ledger/inbox.h"

/* posting_is_reason: whether a reason for the log is given, and is one line of valid UTF-8. */
bool posting_is_reason(const char *reason);

/* posting_who: "login@host" of whoever types; newly allocated. */
char *posting_who(void);

/* posting_confirm: whether it may be done to `count` messages: the number is typed on a terminal, unless --yes is
 * given; without a terminal it takes --yes and --expect-count. What is about to happen was printed by the caller. When
 * it may not, the reason was printed, and *code is the exit code. */
bool posting_confirm(const Options *options, int64_t count, int *code);

/* Posting: entries on their way into the inbox, INBOX_TOGETHER in a transaction. `at` is the time of all of them. */
typedef struct Posting {
    Ledger *ledger;     /* borrowed */
    int64_t at;         /* ms */
    const char *by;     /* borrowed; of every entry */
    const char *reason; /* borrowed; of every entry */
    GArray *entries;    /* owned; of InboxEntry */
    GPtrArray *strings; /* owned; what the entries borrow */
} Posting;

void posting_begin(Posting *posting, Ledger *ledger, const char *by, const char *reason);

/* posting_add: `event` happens to the attempt of a message. posting_add_person: it is decided about a person. */
bool posting_add(Posting *posting, MessageEvent event, const char *message, int attempt, GError **error);
bool posting_add_person(Posting *posting, MessageEvent event, const char *person, GError **error);

/* posting_end: appends what is left, if `success`; frees. Returns whether everything is in the inbox. */
bool posting_end(Posting *posting, bool success, GError **error);

/* posting_apply: applies the inbox, if nobody else is at work; otherwise the other process does it between two batches.
 * *applied says which. Holds the lock only meanwhile, unless the workspace had it before. */
bool posting_apply(Workspace *workspace, Ledger *ledger, bool *applied, GError **error);

#endif
