/* mailbox - mails from a folder of an IMAP account (RFC 3501), through libcurl.
 *
 * Nothing is deleted or moved. Each mail is fetched once: STATE/mailbox/GATEWAY remembers the UIDVALIDITY of the folder
 * and the last UID that was taken; where the folder has been made anew, all of it is read again. Mails that were taken
 * get the keyword BreachTaken, for people who look into the folder; a server that keeps no keywords is left alone.
 * (Fetching marks a mail as seen.) Threads: one; http_initialize() or another initialisation of libcurl comes first. */
#ifndef BREACH_TRACK_MAILBOX_H
#define BREACH_TRACK_MAILBOX_H

#include <stdbool.h>

#include <glib.h>

#include "model/gateway.h"
#include "track/mail_file.h"

/* mailbox_fetch: hands every mail that was not taken before to `take`, with the gateway's name and the UID; of a mail
 * at most BOUNCE_MAIL_MOST + 1 octets. A mail for which `take` returned true is not fetched again. `gateway` has a
 * mailbox. Error: BREACH_ERROR_CONFIG (secret, login), BREACH_ERROR_TEMPORARY (network, server), BREACH_ERROR_CREATE.
 */
bool mailbox_fetch(const Gateway *gateway, const char *state_folder, MailFileTake take, void *data, GError **error);

#endif
