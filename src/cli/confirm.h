/* confirm - the question before an actual send: what is about to happen, and what has to be typed.
 *
 * The incident id is typed, and the number of people too when it has grown by more than a fifth since a send was last
 * confirmed. Nothing is sent on Enter alone. */
#ifndef BREACH_CLI_CONFIRM_H
#define BREACH_CLI_CONFIRM_H

#include <stdbool.h>

#include <glib.h>

#include "cli/workspace.h"
#include "ledger/ledger.h"

/* confirm_send: true when sending may begin, which is then an event in the ledger ("confirmed", with who, the digest and
 * the numbers). Without a terminal, or with --yes, it takes --yes and --expect-digest with the digest of the plan, and
 * --expect-people where the number of people would have to be typed. On refusal the reason was printed, and nothing was
 * sent. Error: the ledger cannot be read or written; on refusal there is none. */
bool confirm_send(const Workspace *workspace, Ledger *ledger, GError **error);

/* confirm_announcement: the same question before an actual announcement is published, whose digest is `digest`; what is about to
 * be published was printed by the caller. */
bool confirm_announcement(const Workspace *workspace, const char *digest);

#endif
