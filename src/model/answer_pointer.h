/* answer_pointer - RFC 6901: where a value stands in an answer, "/Messages/0/Status".
 *
 * A JsonPointer is immutable; any number of threads may use it. "" is the whole document. An array index is a decimal
 * number without leading zeros; "-" (the element behind the last) finds nothing. */
#ifndef BREACH_MODEL_ANSWER_POINTER_H
#define BREACH_MODEL_ANSWER_POINTER_H

#include <stdbool.h>

#include <glib.h>
#include <jansson.h>

typedef struct JsonPointer JsonPointer;

/* answer_pointer_parse: NULL when `text` is none: it must be empty or begin with "/", and "~" is followed by 0 or 1. */
JsonPointer *answer_pointer_parse(const char *text);
void answer_pointer_free(JsonPointer *pointer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(JsonPointer, answer_pointer_free)

/* answer_pointer_get: the value, borrowed from `root`; NULL when it is not there, or `root` is NULL. */
json_t *answer_pointer_get(const JsonPointer *pointer, json_t *root);

/* answer_pointer_text: the scalar there as text ("true", "42", a string as it is), newly allocated; NULL when it is not
 * there, null, a list or an object. A NULL pointer finds nothing. */
char *answer_pointer_text(const JsonPointer *pointer, json_t *root);

/* answer_pointer_shown: as it was written; borrowed. */
const char *answer_pointer_shown(const JsonPointer *pointer);

/* answer_pointer_scalar: a scalar as text, as above; NULL for null, a list and an object. */
char *answer_pointer_scalar(const json_t *value);

#endif
