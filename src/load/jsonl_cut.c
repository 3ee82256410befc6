#include "load/jsonl_cut.h"

#include <string.h>

#include <glib.h>

#define CUTS_MAX 64

static char *skip_space(char *p)
{
    while (*p == ' ' || *p == '\t')
        p++;
    return p;
}

/* The closing quote of a string without escapes and controls, or NULL. */
static char *plain_end(char *p)
{
    while ((unsigned char)*p >= 0x20 && *p != '"' && *p != '\\' && *p != 0x7f)
        p++;
    return *p == '"' ? p : NULL;
}

/* What stands behind a value that is no string: the cell, and its end in *end; NULL: not so simple. */
static const char *plain_word(const char *p, size_t *size)
{
    static const char *const words[][2] = {{"true", "true"}, {"false", "false"}, {"null", ""}};
    size_t digits = strspn(p + (*p == '-'), "0123456789");

    for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
        if (g_str_has_prefix(p, words[i][0])) {
            *size = strlen(words[i][0]);
            return words[i][1];
        }
    *size = digits + (*p == '-');
    /* RFC 8259 6: no zeros in front; up to 18 digits are exact in 64 bits; -0 is for the general parser */
    return digits == 0 || digits > 18 || (p[*size - digits] == '0' && *size > 1) || strchr(".eE", p[*size]) ? NULL : p;
}

typedef struct Cut {
    char *end; /* the byte that becomes NUL */
    const char *cell;
    int column;
} Cut;

/* One key and its value; the byte behind them, or NULL. */
static char *cut_member(const JsonlKeys *keys, size_t field_max, char *p, size_t guess, Cut *cut)
{
    char *key = p + 1;
    char *close = *p == '"' ? plain_end(key) : NULL;
    size_t size = 0;

    if (!close)
        return NULL;
    cut->column = jsonl_keys_find(keys, key, (size_t)(close - key), guess);
    p = skip_space(close + 1);
    if (cut->column < 0 || *p != ':')
        return NULL;
    p = skip_space(p + 1);
    if (*p == '"') {
        cut->cell = p + 1;
        cut->end = plain_end(p + 1);
        return cut->end && (size_t)(cut->end - cut->cell) <= field_max ? cut->end + 1 : NULL;
    }
    cut->cell = plain_word(p, &size);
    cut->end = p + size;
    return cut->cell ? p + size : NULL;
}

bool jsonl_cut(const JsonlKeys *keys, size_t field_max, char *line, size_t size, const char **values, bool *is_given)
{
    Cut cuts[CUTS_MAX];
    char *stop = line + size;
    char after = *stop;
    char *p;
    size_t count = 0;
    bool is_whole = false;

    *stop = '\0';
    p = skip_space(line);
    if (*p != '{') {
        *stop = after;
        return false;
    }
    do {
        size_t guess = count > 0 ? (size_t)cuts[count - 1].column + 1 : 0;

        p = cut_member(keys, field_max, skip_space(p + 1), guess, &cuts[count]);
        if (!p || is_given[cuts[count].column])
            break; /* a key twice: the general parser says so */
        is_given[cuts[count++].column] = true;
        p = skip_space(p);
        is_whole = *p == '}' && skip_space(p + 1) == stop;
    } while (*p == ',' && count < CUTS_MAX);
    *stop = after;
    for (size_t i = 0; i < count; i++) {
        is_given[cuts[i].column] = false;
        if (!is_whole)
            continue;
        values[cuts[i].column] = cuts[i].cell;
        *cuts[i].end = '\0';
    }
    return is_whole;
}
