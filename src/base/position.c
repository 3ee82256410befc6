#include "base/position.h"

#include <glib.h>

Position position_make(const char *file, int line, int column)
{
    return (Position){.file = file ? g_intern_string(file) : NULL, .line = line, .column = column};
}

char *position_format(Position at)
{
    const char *file = at.file ? at.file : "(no file)";

    if (at.line <= 0)
        return g_strdup(file);
    if (at.column <= 0)
        return g_strdup_printf("%s:%d", file, at.line);
    return g_strdup_printf("%s:%d:%d", file, at.line, at.column);
}

int position_compare(Position a, Position b)
{
    int by_file = g_strcmp0(a.file, b.file);

    if (by_file != 0)
        return by_file;
    if (a.line != b.line)
        return a.line < b.line ? -1 : 1;
    if (a.column != b.column)
        return a.column < b.column ? -1 : 1;
    return 0;
}
