/* track_mail - breach track --mail: what came back by mail, into the inbox of the ledger. */
#ifndef BREACH_CLI_TRACK_MAIL_H
#define BREACH_CLI_TRACK_MAIL_H

#include <stdbool.h>

#include <glib.h>
#include <jansson.h>

#include "cli/workspace.h"
#include "ledger/ledger.h"
#include "track/returned.h"

/* track_mail: reads the mails of `path` (a mail, an mbox, a Maildir, -). Those that name a message of the ledger are
 * kept and put into the inbox, also while another process holds the lock. What was taken before an error counts and
 * stays. Errors: as mail_file_read() and returned_take(). */
bool track_mail(const Workspace *workspace, Ledger *ledger, const char *path, ReturnedCounts *counts, GError **error);

/* track_mailboxes: the same from the mailboxes of the gateways that have one; adds to *counts; *are_there whether there
 * is one. One that cannot be read now is a message and is read the next time. http_initialize() comes first. Errors: as
 * ledger.h. */
bool track_mailboxes(const Workspace *workspace, Ledger *ledger, ReturnedCounts *counts, bool *are_there,
                     GError **error);

/* track_mail_print: one line to standard output. track_mail_json: the member "mail" of breach track --json; a new
 * reference. */
void track_mail_print(const ReturnedCounts *counts);
json_t *track_mail_json(const ReturnedCounts *counts);

#endif
