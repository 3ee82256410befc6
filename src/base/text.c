#include "base/text.h"

#include <string.h>

#include <glib.h>

#define WORD_MAX 64

/* Insertions, deletions, substitutions and swaps of neighbours (optimal string alignment): "emial" is one away from
 * "email". Words longer than WORD_MAX are nobody's typing mistake. */
static size_t edit_distance(const char *a, const char *b)
{
    size_t length_a = strlen(a);
    size_t length_b = strlen(b);
    uint8_t cost[WORD_MAX + 1][WORD_MAX + 1];

    if (length_a > WORD_MAX || length_b > WORD_MAX)
        return SIZE_MAX;
    for (size_t i = 0; i <= length_a; i++)
        cost[i][0] = (uint8_t)i;
    for (size_t j = 0; j <= length_b; j++)
        cost[0][j] = (uint8_t)j;
    for (size_t i = 1; i <= length_a; i++) {
        for (size_t j = 1; j <= length_b; j++) {
            int best = cost[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);

            best = MIN(best, MIN(cost[i - 1][j], cost[i][j - 1]) + 1);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                best = MIN(best, cost[i - 2][j - 2] + 1);
            cost[i][j] = (uint8_t)best;
        }
    }
    return cost[length_a][length_b];
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

/* RFC 8259 7 */
void text_append_json(GString *output, const char *text)
{
    const char *plain = text;

    g_string_append_c(output, '"');
    for (; *text; text++) {
        unsigned char byte = (unsigned char)*text;
        const char *known;

        if (byte >= 0x20 && byte != '"' && byte != '\\')
            continue;
        known = strchr("\"\"\\\\\bb\ff\nn\rr\tt", byte);
        g_string_append_len(output, plain, text - plain);
        plain = text + 1;
        if (byte < 0x20 && !known)
            g_string_append_printf(output, "\\u%04X", byte);
        else
            g_string_append_printf(output, "\\%c", known[1]);
    }
    g_string_append_len(output, plain, text - plain);
    g_string_append_c(output, '"');
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

char *text_shell_word(const char *path)
{
    g_autofree char *plain = *path == '-' ? g_strconcat("./", path, NULL) : g_strdup(path);
    const char *at = plain;

    while (g_ascii_isalnum(*at) || (*at && strchr("/._-+,:@%", *at)) || (unsigned char)*at >= 0x80)
        at++;
    return *at || at == plain ? g_shell_quote(plain) : g_steal_pointer(&plain);
}

int text_columns(const char *text)
{
    int columns = 0;

    for (; *text; text = g_utf8_next_char(text)) {
        gunichar character = g_utf8_get_char(text);

        if (!g_unichar_iszerowidth(character))
            columns += g_unichar_iswide(character) ? 2 : 1;
    }
    return columns;
}

char *text_padded(const char *text, int columns)
{
    return g_strdup_printf("%s%*s", text, MAX(columns - text_columns(text), 0), "");
}
