/* place - counts lines and columns, for messages of the form path:line:column. Pure; threads: safe. */
#ifndef BREACH_LOAD_PLACE_H
#define BREACH_LOAD_PLACE_H

#include <stddef.h>

#include "base/position.h"

/* place_after: where the character after the first `size` bytes of `text` stands, when `text` begins at `start` (line
 * and column from 1). Columns count characters; a byte order mark is none of `text`. */
Position place_after(Position start, const char *text, size_t size);

#endif
