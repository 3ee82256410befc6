#include "base/text.h"

#include <string.h>

#include <glib.h>

#define WORD_MAX 64

/* Levenshtein's distance with one row; words longer than WORD_MAX are nobody's typing mistake. */
static size_t edit_distance(const char *a, const char *b)
{
    size_t length_a = strlen(a);
    size_t length_b = strlen(b);
    size_t row[WORD_MAX + 1];

    if (length_a > WORD_MAX || length_b > WORD_MAX)
        return SIZE_MAX;
    for (size_t j = 0; j <= length_b; j++)
        row[j] = j;
    for (size_t i = 1; i <= length_a; i++) {
        size_t diagonal = row[0];

        row[0] = i;
        for (size_t j = 1; j <= length_b; j++) {
            size_t substituted = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);

            diagonal = row[j];
            row[j] = MIN(substituted, MIN(row[j], row[j - 1]) + 1);
        }
    }
    return row[length_b];
}

const char *text_nearest(const char *word, const char *const *candidates)
{
    size_t limit = MAX(strlen(word) / 3, (size_t)1);
    const char *nearest = NULL;

    for (; *candidates; candidates++) {
        size_t distance = edit_distance(word, *candidates);

        if (distance <= limit) {
            nearest = *candidates;
            if (distance == 0)
                break;
            limit = distance - 1;
        }
    }
    return nearest;
}

bool text_has_controls(const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        unsigned char byte = (unsigned char)text[i];

        if (byte < 0x20 || byte == 0x7f)
            return true;
    }
    return false;
}

size_t text_characters(const char *text, size_t size)
{
    size_t count = 0;

    for (size_t i = 0; i < size; i++)
        if (((unsigned char)text[i] & 0xc0) != 0x80)
            count++;
    return count;
}

char *text_canonical_json(const json_t *value)
{
    char *dumped = json_dumps(value, JSON_SORT_KEYS | JSON_COMPACT | JSON_ENCODE_ANY);
    char *copy = g_strdup(dumped);

    free(dumped);
    return copy;
}

char *text_grouped(int64_t number)
{
    g_autofree char *digits = g_strdup_printf("%" G_GINT64_FORMAT, number);
    size_t length = strlen(digits);
    GString *grouped = g_string_sized_new(length + length / 3 + 1);

    for (size_t i = 0; i < length; i++) {
        g_string_append_c(grouped, digits[i]);
        if (g_ascii_isdigit(digits[i]) && i + 1 < length && (length - i - 1) % 3 == 0)
            g_string_append_c(grouped, ',');
    }
    return g_string_free(grouped, FALSE);
}

bool text_is_name(const char *text)
{
    size_t length = strlen(text);

    return length > 0 && length <= 64 && text[0] != '-' &&
           strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-") == length;
}
