#include "base/diagnostic_private.h"

#include <glib.h>

#include "base/language.h"

/* What comes back. A new row takes the next number of its area. */
static const Diagnostic rows[] = {
    /* TRACK */
    {"BR-TRACK-001", "track-no-maildir", N_("a folder is no Maildir"),
     N_("A Maildir has the folders cur and new. Nothing in this folder was read."),
     N_("Check the path. Files that are mails can be named one by one: breach track --explain FOLDER/*.eml.")},
    {"BR-TRACK-002", "track-mailbox", N_("a mailbox cannot be read"),
     N_("The IMAP server does not answer, or not as expected. Mails that were taken before are kept; the others are still there."),
     N_("Check host, port, tls and folder of the gateway's mailbox, then type breach track again.")},
    {"BR-TRACK-003", "track-mailbox-login", N_("a mailbox refuses user or password"),
     N_("The IMAP server does not let us in. What came back since is not known; no mail is lost."),
     N_("Correct user and password of the gateway's mailbox, then type breach track again.")},
    {"BR-TRACK-004", "track-mailbox-mail", N_("a mail cannot be fetched"),
     N_("The IMAP server lists a mail and does not give it to us. Those behind it are taken, and read again each time."),
     N_("Open it in a mail program and move it out of the folder, then type breach track again.")},
};

const DiagnosticTable diagnostic_track = {rows, G_N_ELEMENTS(rows)};
