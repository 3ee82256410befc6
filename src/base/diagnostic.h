/* diagnostic - every error and warning that breach gives, with a code that never changes its meaning.
 *
 * A code is BR-AREA-NNN. It stands behind the message on the terminal, in --json and in docs/codes.md; `breach explain
 * CODE` shows its page. Codes are never given twice: a row that is no longer used stays, marked as gone.
 * Threads: safe; everything is static. */
#ifndef BREACH_BASE_DIAGNOSTIC_H
#define BREACH_BASE_DIAGNOSTIC_H

#include <stddef.h>

#define DIAGNOSTIC_PREFIX "BR-"

typedef struct Diagnostic {
    const char *code;    /* "BR-PEOPLE-012" */
    const char *id;      /* "people-duplicate-id": what the source calls it */
    const char *title;   /* N_(): one line, what is wrong, no placeholders */
    const char *meaning; /* N_(): why it matters and what was not done: one to four sentences */
    const char *remedy;  /* N_(): what to type or to change */
} Diagnostic;

/* diagnostic_of: the row of an id; NULL when there is none. */
const Diagnostic *diagnostic_of(const char *id);

/* diagnostic_find: the row of a code or an id, whatever its case, with or without "BR-"
 * and leading zeros; NULL when there is none. */
const Diagnostic *diagnostic_find(const char *code);

/* diagnostic_at: all rows, areas together and numbers in order; NULL past the end. */
const Diagnostic *diagnostic_at(size_t index);

#endif
