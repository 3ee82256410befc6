#include "load/place.h"

#include <string.h>

#include "base/text.h"

Position place_after(Position start, const char *text, size_t size)
{
    Position at = start;
    const char *line = text;
    const char *end = text + size;
    const char *next;

    while ((next = memchr(line, '\n', (size_t)(end - line)))) {
        line = next + 1;
        at.line++;
        at.column = 1;
    }
    at.column += (int)text_characters(line, (size_t)(end - line));
    return at;
}
