/* secret - passwords and tokens, named in files as env:NAME or file:PATH and never written there themselves.
 *
 * A Secret's bytes lie in locked memory (not swapped, not dumped) and are wiped when it is freed. Threads: reading is
 * safe. */
#ifndef BREACH_BASE_SECRET_H
#define BREACH_BASE_SECRET_H

#include <stdbool.h>

#include <glib.h>

typedef struct Secret Secret;

/* secret_is_reference: whether `text` is env:NAME or file:PATH. Anything else must be refused where it is read: it is
 * probably the password itself. */
bool secret_is_reference(const char *text);

/* secret_load: what the reference names. A file must belong to us or root, have no access for group and others
 * (0600 or 0400), and at most 64 KiB; one trailing line end is dropped. A relative path is taken from `folder`.
 * Error: BREACH_ERROR_CONFIG (not set, empty, unreadable, too open), saying what to type. */
Secret *secret_load(const char *reference, const char *folder, GError **error);

/* secret_text: NUL-terminated; borrowed until secret_free(). */
const char *secret_text(const Secret *secret);

void secret_free(Secret *secret);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Secret, secret_free)

#endif
