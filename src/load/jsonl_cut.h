/* jsonl_cut - the quick way through a line of JSON Lines: a flat object of plain texts, whole numbers, true, false and null,
 * which is most of what exports write, is cut in place, without a general parser. Pure; threads: safe. */
#ifndef BREACH_LOAD_JSONL_CUT_H
#define BREACH_LOAD_JSONL_CUT_H

#include <stdbool.h>
#include <stddef.h>

#include "load/jsonl_keys.h"

/* jsonl_cut: fills `values`, one for each key, with cells that point into `line`, whose bytes change. False: the line is
 * not that simple (escapes, fractions, lists, a key twice, over 64 members, a value over `field_max` bytes), and nothing
 * has been changed. `line` is ASCII or valid UTF-8; line[size] may be written and is restored. `is_given`: one for each
 * key, all false before and after. */
bool jsonl_cut(const JsonlKeys *keys, size_t field_max, char *line, size_t size, const char **values, bool *is_given);

#endif
