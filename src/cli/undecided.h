/* undecided - what only a person can decide: messages in doubt that wait, messages that cannot be rendered, people whom
 * the plan quarantined; with the commands that settle each.
 *
 * An Undecided owns its lists. Threads: one. */
#ifndef BREACH_CLI_UNDECIDED_H
#define BREACH_CLI_UNDECIDED_H

#include <glib.h>
#include <jansson.h>

#include "cli/workspace.h"
#include "ledger/ledger_select.h"

typedef struct Undecided {
    GPtrArray *doubts; /* of LedgerMatch *, with details; as many as were asked for */
    GPtrArray *broken; /* of LedgerMatch *, with details: quarantined messages */
    GPtrArray *people; /* of LedgerAside *: quarantined by the plan */
    int64_t doubts_total, broken_total, people_total;
    int64_t left_behind; /* messages that a run which ended early has left on their way */
} Undecided;

/* undecided_collect: at most `limit` of each kind. */
Undecided *undecided_collect(Ledger *ledger, int limit, GError **error);
void undecided_free(Undecided *undecided);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Undecided, undecided_free)

/* undecided_print: on stdout, with the commands. */
void undecided_print(const Undecided *undecided, const Workspace *workspace);

/* undecided_verdict: one sentence, in English or as it is to be shown; newly allocated. undecided_next: what to type.
 */
char *undecided_verdict(const Undecided *undecided, bool english);
char *undecided_next(const Undecided *undecided, const Workspace *workspace);

/* undecided_json: {"doubts", "quarantined_messages", "quarantined_people"}; a new reference. */
json_t *undecided_json(const Undecided *undecided);

#endif
