/* phone - telephone numbers as people write them at home, into E.164, and never by guessing.
 *
 * A number with a plus sign stands for itself. One without needs the country it belongs to: its digits must then be as
 * many as that country's numbers have, with the trunk prefix (0, or 1 in North America) that is dialled inside the
 * country, or without it where no shorter local number can be meant. Pure; threads: safe. */
#ifndef BREACH_MODEL_PHONE_H
#define BREACH_MODEL_PHONE_H

#include <stdbool.h>

#include <glib.h>

/* phone_is_country: whether `country` is an ISO 3166-1 code of two capital letters that has a calling code. */
bool phone_is_country(const char *country);

/* phone_normalize: `text` in E.164 ("+8613800138000"), newly allocated. `country`: of numbers without a plus sign, or
 * NULL. Spaces, dots, hyphens and parentheses between digits are dropped; nothing else is repaired. Error:
 * BREACH_ERROR_INPUT: what is wrong and what was expected, with at most 60 characters of the number. */
char *phone_normalize(const char *text, const char *country, GError **error);

#endif
