/* condition - the small language of audiences and regimes: names, numbers, quoted strings, == != < <= > >=, && || !,
 * parentheses. Example: age < 14 && region == 'CN'
 *
 *   condition  = all *( "||" all )
 *   all        = one *( "&&" one )
 *   one        = *"!" ( "(" condition ")" / comparison )
 *   comparison = name operator literal / literal operator name
 *   name       = letter or "_", then letters, digits, "_", "." and "-" (letters of any script)
 *   literal    = [ "-" ] digits [ "." digits ] (at most 15 digits), or '…' or "…" without escapes, not empty
 *
 * Three values: where a name has no value the comparison is *unknown*, and && || ! follow Kleene's strong logic
 * (false && unknown is false, true || unknown is true). A number compares with a value that reads as a number (as a
 * literal does: no spaces, no exponent); a value that does not is unknown too. Strings compare by bytes, only with ==
 * and !=.
 * A Condition is immutable after parsing. Pure; threads: reading is safe. */
#ifndef BREACH_MODEL_CONDITION_H
#define BREACH_MODEL_CONDITION_H

#include <stdbool.h>
#include <stddef.h>

#include <glib.h>

#include "base/position.h"

typedef struct Condition Condition;
typedef enum ConditionValue { CONDITION_FALSE, CONDITION_TRUE, CONDITION_UNKNOWN } ConditionValue;

/* ConditionLookup: the value of a name, or NULL or "" when it has none. Borrowed during the evaluation. `name` is the
 * pointer that condition_names() has and that g_intern_string() gives, so pointers may be compared. */
typedef const char *ConditionLookup(const char *name, void *user);

/* condition_parse: compiles `text`. Error: BREACH_ERROR_INPUT without the position, which the caller knows: *offset is
 * then the 0-based character of the mistake in `text` (untouched on success). Limits: 4,096 bytes, 64 levels of
 * parentheses. */
Condition *condition_parse(const char *text, size_t *offset, GError **error);

/* condition_names: every name used, each once, sorted, NULL-terminated; borrowed from the condition. */
const char *const *condition_names(const Condition *condition);

/* condition_evaluate: with `unknown` not NULL and an unknown result, *unknown is a name whose missing value made it so
 * (borrowed from the condition). It allocates nothing. */
ConditionValue condition_evaluate(const Condition *condition, ConditionLookup *lookup, void *user,
                                  const char **unknown);

void condition_free(Condition *condition);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Condition, condition_free)

#endif
