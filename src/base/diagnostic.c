#include "base/diagnostic.h"

#include <string.h>

#include <glib.h>

#include "base/language.h"

/* One row a code. Areas and numbers are in order; a new row takes the next number of its area. */
static const Diagnostic table[] = {
    {"BR-FILE-001", "file-unreadable", N_("a file cannot be read"),
     N_("The file is missing, is a folder, or this user may not read it. Nothing was changed."),
     N_("Check the path and its permissions with ls -l, then type the command again.")},
};

const Diagnostic *diagnostic_of(const char *id)
{
    for (size_t i = 0; i < G_N_ELEMENTS(table); i++)
        if (strcmp(table[i].id, id) == 0)
            return &table[i];
    return NULL;
}

const Diagnostic *diagnostic_find(const char *code)
{
    for (size_t i = 0; i < G_N_ELEMENTS(table); i++)
        if (g_ascii_strcasecmp(table[i].code, code) == 0)
            return &table[i];
    return NULL;
}

const Diagnostic *diagnostic_at(size_t index)
{
    return index < G_N_ELEMENTS(table) ? &table[index] : NULL;
}
