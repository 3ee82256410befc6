/* evidence - papers that are kept with a case: a copy in the state folder under their SHA-256, so that what a decision
 * or a filing rests on is still there, and is still the same, when somebody asks.
 *
 * Threads: one. */
#ifndef BREACH_CLI_EVIDENCE_H
#define BREACH_CLI_EVIDENCE_H

#include <stdbool.h>

#include <glib.h>

#define EVIDENCE_MOST (INT64_C(64) * 1024 * 1024) /* bytes of one paper */

typedef struct Evidence {
    char *name;   /* owned; the file's own name, without folders */
    char *digest; /* owned; SHA-256, lower-case hexadecimal */
    char *path;   /* owned; of the copy: evidence/DIGEST, from the state folder on */
} Evidence;

/* evidence_keep: copies `path` into the state folder `folder`, which exists; the same paper twice is kept once. Error:
 * BREACH_ERROR_INPUT (cannot be read, larger than EVIDENCE_MOST, a name that is no plain text), BREACH_ERROR_CREATE. */
bool evidence_keep(const char *folder, const char *path, Evidence *evidence, GError **error);
void evidence_clear(Evidence *evidence);

#endif
