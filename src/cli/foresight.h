/* foresight - when the last notice will have gone, and which deadlines that keeps: for check, the confirmation of a
 * send, and status.
 *
 * Threads: the main one. */
#ifndef BREACH_CLI_FORESIGHT_H
#define BREACH_CLI_FORESIGHT_H

#include <stdbool.h>
#include <stdio.h>

#include <jansson.h>

#include "cli/workspace.h"
#include "dispatch/outlook.h"

/* foresight_of_texts: before there is a plan: by the counts of freeze_check(). foresight_of_ledger: of what is still to
 * be sent; `quiet`: the playbook's quiet hours as far as they are kept, or NULL. NULL with an error. */
Outlook *foresight_of_texts(const Workspace *workspace, const CoveragePeople *people);
Outlook *foresight_of_ledger(const Workspace *workspace, Ledger *ledger, const QuietHours *quiet, GError **error);

/* foresight_check: an error for each deadline that would be missed, a warning where it may be none. */
void foresight_check(const Workspace *workspace, const Outlook *outlook);

/* foresight_print_done: "will be done: about …". foresight_print_deadlines: a line for each deadline, to be read before
 * the send is confirmed, and in status. `indent` begins each line. */
void foresight_print_done(FILE *stream, const Outlook *outlook, const char *indent);
void foresight_print_deadlines(FILE *stream, const Outlook *outlook, const char *indent);

/* foresight_json: the member `forecast`; a new reference. */
json_t *foresight_json(const Outlook *outlook);

#endif
