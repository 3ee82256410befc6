/* position - where in an input something stands, for messages of the form path:line:column.
 *
 * A Position is a value; `file` is interned and lives as long as the process. Threads: safe. */
#ifndef BREACH_BASE_POSITION_H
#define BREACH_BASE_POSITION_H

#include <stdbool.h>

typedef struct Position {
    const char *file; /* interned, or NULL when unknown */
    int line;         /* from 1; 0 = the file as a whole */
    int column;       /* from 1, in characters; 0 = the line as a whole */
} Position;

/* position_make: a Position in `file` (copied by interning). */
Position position_make(const char *file, int line, int column);

/* position_format: "file:line:column", without the parts that are 0; newly allocated. */
char *position_format(Position at);

/* position_compare: <0, 0 or >0 by file name, then line, then column. */
int position_compare(Position a, Position b);

#endif
