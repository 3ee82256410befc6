/* mime - writes one notice as a complete RFC 5322 message, deterministically.
 *
 * multipart/alternative (text/plain, text/html), UTF-8, base64 bodies, RFC 2047 headers, CRLF, no line over 78
 * characters outside what cannot be folded. Pure: the boundary and everything else follow from the input; equal input
 * gives equal bytes. Threads: safe. */
#ifndef BREACH_CHANNEL_MIME_H
#define BREACH_CHANNEL_MIME_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

typedef struct MimeNotice {
    const char *message_id; /* ID_MESSAGE_LENGTH characters; becomes <id@domain of from> and the boundary */
    const char *from_name;  /* UTF-8 display name, or NULL */
    const char *from;       /* validated address */
    const char *to;         /* validated address in wire form */
    const char *reply_to;   /* validated address, or NULL */
    const char *subject;    /* UTF-8, one line */
    const char *text;       /* UTF-8, LF line ends */
    const char *html;       /* UTF-8, LF line ends; NULL: text/plain alone */
    const char *locale;     /* for Content-Language; or NULL */
    int64_t date;           /* ms since 1970; written as UTC (+0000), independent of the process's locale */
} MimeNotice;

/* mime_write: appends the message to `output`. Headers: Date, Message-ID, From, To, Reply-To, Subject,
 * Auto-Submitted: auto-generated (RFC 3834 5), Content-Language, MIME-Version. No List-Unsubscribe: nobody can opt out
 * of this. Error: BREACH_ERROR_INPUT when a header value has CR, LF, NUL or another control, or is no UTF-8; `output`
 * is then untouched. */
bool mime_write(const MimeNotice *notice, GString *output, GError **error);

#endif
