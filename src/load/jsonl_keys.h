/* jsonl_keys - the keys of a file of JSON Lines, and a scan that knows at a glance when a line has no new one.
 *
 * Threads: one. */
#ifndef BREACH_LOAD_JSONL_KEYS_H
#define BREACH_LOAD_JSONL_KEYS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/position.h"

typedef struct JsonlKeys JsonlKeys;

/* jsonl_keys_new: room for `most` keys. */
JsonlKeys *jsonl_keys_new(size_t most);
void jsonl_keys_free(JsonlKeys *keys);

/* jsonl_keys_knows_all: whether every key of the object in `line` is known. It parses nothing but strings and brackets:
 * true says nothing about whether the line is valid; false means that it must be parsed to know. */
bool jsonl_keys_knows_all(JsonlKeys *keys, const char *line, size_t size);

/* jsonl_keys_add: adds a key unless it is there; false when there is no room. */
bool jsonl_keys_add(JsonlKeys *keys, const char *key, Position at);

/* jsonl_keys_find: the index of a key, or -1; `guess` is where it probably is. */
int jsonl_keys_find(const JsonlKeys *keys, const char *key, size_t size, size_t guess);

size_t jsonl_keys_count(const JsonlKeys *keys);
const char *jsonl_keys_name(const JsonlKeys *keys, size_t index);
Position jsonl_keys_at(const JsonlKeys *keys, size_t index);

#endif
