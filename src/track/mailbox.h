/* mailbox - mails from a folder of an IMAP account (RFC 3501), through libcurl.
 *
 * Nothing is deleted or moved. Each mail is fetched once: STATE/mailbox/GATEWAY remembers which folder of which account
 * it was, its UIDVALIDITY, and the last UID before which nothing is missing; of another folder, or one that has been
 * made anew, all is read again. A mail that the server does not give us keeps nothing behind it waiting. Mails that
 * were taken get the keyword BreachTaken, for people who look into the folder; a server that keeps no keywords is left
 * alone. (Fetching marks a mail as seen.) Threads: one; http_initialize() or another initialisation of libcurl comes
 * first. */
#ifndef BREACH_TRACK_MAILBOX_H
#define BREACH_TRACK_MAILBOX_H

#include <stdbool.h>

#include <glib.h>

#include "model/gateway.h"
#include "track/mail_file.h"

/* Makes durable what was taken; `data` as that of MailFileTake. false: stop, without an error. */
typedef bool (*MailboxSettle)(void *data);

/* mailbox_fetch: hands every mail that was not taken before to `take`, with the gateway's name and the UID; of a mail
 * at most BOUNCE_MAIL_MOST + 1 octets. A mail for which `take` returned true, and `settle` after it, is not fetched
 * again: only then it is marked and remembered. `gateway` has a mailbox. Error: BREACH_ERROR_CONFIG (secret, login),
 * BREACH_ERROR_TEMPORARY (network, server, a mail that it does not give us), BREACH_ERROR_CREATE.
 */
bool mailbox_fetch(const Gateway *gateway, const char *state_folder, MailFileTake take, MailboxSettle settle,
                   void *data, GError **error);

#endif
