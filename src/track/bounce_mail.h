/* bounce_mail - one mail that came back, taken apart into texts: what its top headers say, what a person would read,
 * the machine-readable reports (RFC 3464, RFC 5965), and what it returns of the original.
 *
 * The only user of GMime. It knows no meaning. Everything is UTF-8, whatever the mail was: bytes that are none are
 * replaced. Limits, so that no mail can take more than a fixed share of memory and time: BOUNCE_MAIL_MOST bytes are
 * looked at, BOUNCE_MAIL_PARTS parts, BOUNCE_MAIL_DEEP levels, BOUNCE_MAIL_TEXT bytes of each text; what is behind
 * them does not exist. Threads: safe after the first call has returned. */
#ifndef BREACH_TRACK_BOUNCE_MAIL_H
#define BREACH_TRACK_BOUNCE_MAIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>

#define BOUNCE_MAIL_MOST  (1024 * 1024)
#define BOUNCE_MAIL_PARTS 100
#define BOUNCE_MAIL_DEEP  8
#define BOUNCE_MAIL_TEXT  (128 * 1024)

typedef struct BounceHeader {
    char *name;  /* owned; as written */
    char *value; /* owned; unfolded, decoded (RFC 2047) */
} BounceHeader;

typedef struct BounceMail {
    GPtrArray *headers;   /* BounceHeader; owned */
    char *type;           /* owned; "multipart/report", lower case */
    char *report_type;    /* owned; the parameter report-type, lower case; or NULL */
    GString *notice;      /* owned; what a person would read, parts parted by empty lines; HTML only where there is no
                             plain text; of a mail that is one text it still has the original behind it */
    GString *report;      /* owned; all message/delivery-status parts, parted by empty lines; "" when there is none */
    GString *feedback;    /* owned; all message/feedback-report parts (RFC 5965) */
    GString *disposition; /* owned; all message/disposition-notification parts (RFC 8098) */
    GString *returned;    /* owned; headers of what is returned, or the beginning of it */
    bool is_cut;          /* a limit was met */
} BounceMail;

/* bounce_mail_read: `size` bytes of one mail without an mbox line. Never fails: what is no mail has no headers and a
 * notice of what there is. */
BounceMail *bounce_mail_read(const char *bytes, size_t size);
void bounce_mail_free(BounceMail *mail);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(BounceMail, bounce_mail_free)

/* bounce_mail_date: a Date (RFC 5322 3.3) in ms since 1970; -1: it is none. */
int64_t bounce_mail_date(const char *value);

/* bounce_mail_header: the value of the first header of this name, in any case; "" when there is none. Borrowed. */
const char *bounce_mail_header(const BounceMail *mail, const char *name);

#endif
