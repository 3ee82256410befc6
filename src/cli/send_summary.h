/* send_summary - what an actual send is about to do, for the question before it: who, what, how many, until when.
 *
 * Threads: the main one. */
#ifndef BREACH_CLI_SEND_SUMMARY_H
#define BREACH_CLI_SEND_SUMMARY_H

#include <stdbool.h>

#include <glib.h>

#include "cli/workspace.h"
#include "ledger/confirmation.h"
#include "ledger/ledger.h"

/* send_summary_print: on stderr. `last` is what was confirmed before (all zero: nothing). Error: BREACH_ERROR_INTERNAL or
 * _CREATE when the ledger cannot be read. */
bool send_summary_print(const Workspace *workspace, Ledger *ledger, const LedgerCounts *counts, const Confirmation *last,
                        GError **error);

/* send_summary_has_grown: whether there are so many more people than at the last confirmation that their number has to be
 * confirmed, too. */
bool send_summary_has_grown(int64_t people, const Confirmation *last);

#endif
