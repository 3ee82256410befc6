/* mail_file - mails one after another from a file: a single mail, an mbox (RFC 4155), a Maildir, or standard input.
 *
 * Reads only: nothing is locked, marked, moved or deleted. Of each mail at most BOUNCE_MAIL_MOST + 1 octets are kept,
 * whatever the file's size, so that a caller sees that there was more. Threads: safe. */
#ifndef BREACH_TRACK_MAIL_FILE_H
#define BREACH_TRACK_MAIL_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include <glib.h>

/* Takes one mail; all arguments are valid during the call. `file` is the path (in a Maildir that of the mail), "-" for
 * standard input, `number` counts from 1 within it. false: stop, without an error. */
typedef bool (*MailFileTake)(const char *file, int number, const char *bytes, size_t size, void *data);

/* mail_file_read: all mails of `path`, in their order, a Maildir's by name, new after cur. "-": standard input. An
 * empty file has none. Error: BREACH_ERROR_INPUT when something cannot be read, or is a folder and no Maildir. */
bool mail_file_read(const char *path, MailFileTake take, void *data, GError **error);

#endif
