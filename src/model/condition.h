/* condition - the small language of audiences and regimes: names, numbers, quoted strings, == != < <= > >=, && || !,
 * parentheses. Example: age < 14 && region == 'CN'
 *
 * Three values: where a name has no value the comparison is *unknown*, and && || ! follow Kleene's strong logic
 * (false && unknown is false, true || unknown is true). A number compares with a value that reads as a number; a value
 * that does not is unknown too. Strings compare by bytes, only with == and !=.
 * A Condition is immutable after parsing. Pure; threads: reading is safe. */
#ifndef BREACH_MODEL_CONDITION_H
#define BREACH_MODEL_CONDITION_H

#include <stdbool.h>
#include <stddef.h>

#include <glib.h>

#include "base/position.h"

typedef struct Condition Condition;
typedef enum ConditionValue { CONDITION_FALSE, CONDITION_TRUE, CONDITION_UNKNOWN } ConditionValue;

/* ConditionLookup: the value of a name, or NULL or "" when it has none. Borrowed during the evaluation. */
typedef const char *ConditionLookup(const char *name, void *user);

/* condition_parse: `at` is where the text starts in its file; it is the base of the positions in messages. Error:
 * BREACH_ERROR_INPUT, "file:line:column: …" left to the caller: *offset is the 0-based character of the mistake.
 * Limits: 4,096 bytes, 64 levels of parentheses. */
Condition *condition_parse(const char *text, size_t *offset, GError **error);

/* condition_names: every name used, each once, sorted, NULL-terminated; borrowed from the condition. */
const char *const *condition_names(const Condition *condition);

/* condition_evaluate: with `unknown` not NULL and an unknown result, *unknown is a name whose missing value made it so
 * (borrowed from the condition). */
ConditionValue condition_evaluate(const Condition *condition, ConditionLookup *lookup, void *user,
                                  const char **unknown);

void condition_free(Condition *condition);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Condition, condition_free)

#endif
