/* error - the error codes of breach, carried by GError.
 *
 * Convention: a function that can fail takes `GError **error` last and leaves it untouched on success. Context is
 * added with error_prefix(), never replaced. Messages are lower case, have no full stop and say what to do.
 * Threads: safe. */
#ifndef BREACH_BASE_ERROR_H
#define BREACH_BASE_ERROR_H

#include <stdarg.h>

#include <glib.h>

typedef enum BreachError {
    BREACH_ERROR_INPUT,     /* the user's data is wrong: exit 65 */
    BREACH_ERROR_CONFIG,    /* the set-up is wrong: exit 78 */
    BREACH_ERROR_CREATE,    /* a file or folder cannot be created or locked: exit 73 */
    BREACH_ERROR_TEMPORARY, /* trying again later may help: exit 75 */
    BREACH_ERROR_PERMANENT, /* trying again will not help */
    BREACH_ERROR_IN_DOUBT,  /* it may or may not have happened */
    BREACH_ERROR_INTERNAL,  /* our bug: exit 70 */
} BreachError;

#define BREACH_ERROR (error_quark())

/* error_quark: the domain of all errors above. */
GQuark error_quark(void);

/* error_set: sets `error` (NULL is allowed) with the text in the chosen language and the code of base/diagnostic that
 * `id` stands for: "no such file [BR-FILE-001]". `id` is a string literal, of a row in the table of diagnostics; NULL for
 * an error that is always quoted by a finding, which has a code of its own. `format` is looked up in the catalogue. */
void error_set(GError **error, BreachError code, const char *id, const char *format, ...) G_GNUC_PRINTF(4, 5);

/* error_set_va: the same for a function of the caller's own that takes a format (marked N_ where it is written), behind
 * "prefix: " unless that is NULL. error_make: the same as a new error. error_prefix: puts `format` (no ": " is added)
 * before an error that is there; NULL and no error are allowed. */
void error_set_va(GError **error, BreachError code, const char *id, const char *prefix, const char *format,
                  va_list arguments) G_GNUC_PRINTF(5, 0);
GError *error_make(BreachError code, const char *id, const char *format, ...) G_GNUC_PRINTF(3, 4);
void error_prefix(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* error_english: the message in English whatever the language, for the ledger and for logs; borrowed from `error`. */
const char *error_english(const GError *error);

#endif
