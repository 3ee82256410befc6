/* selection - the messages that a person names on the command line, checked: what does not exist is an error, not an
 * empty choice.
 *
 * A Selection owns what its filter borrows, but for the options. Threads: one. */
#ifndef BREACH_CLI_SELECTION_H
#define BREACH_CLI_SELECTION_H

#include <glib.h>

#include "cli/workspace.h"
#include "ledger/ledger_select.h"

typedef struct Selection {
    LedgerFilter filter; /* from --outcome, --audience, --channel, --gateway, --domain, --person and --code */
    char *domain;        /* owned */
} Selection;

/* selection_words: whether --outcome and --code say something, which is known before anything is opened. */
bool selection_words(const Options *options, GError **error);

/* selection_new: NULL with BREACH_ERROR_INPUT and a did-you-mean. Without --outcome: failed and bounced ones. */
Selection *selection_new(const Workspace *workspace, Ledger *ledger, GError **error);
void selection_free(Selection *selection);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Selection, selection_free)

/* selection_person: whether the ledger knows a person of this id; if not, the error names one that is like it. */
bool selection_person(Ledger *ledger, const char *person, GError **error);

#endif
