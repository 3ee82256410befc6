/* member - what a JSON object says, where nothing is an answer, too.
 *
 * Pure; threads: safe. What is returned is borrowed from the object, which may be NULL. */
#ifndef BREACH_BASE_MEMBER_H
#define BREACH_BASE_MEMBER_H

#include <stdint.h>

#include <jansson.h>

/* member_text: "" where there is none, or one that is no text. */
const char *member_text(const json_t *object, const char *name);

/* member_count: an integer; -1 where there is none, which means that it is not known. */
int64_t member_count(const json_t *object, const char *name);

#endif
