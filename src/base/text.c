#include "base/text.h"

#include <string.h>

#include <glib.h>

#define WORD_MAX    64
#define BEGUN_LEAST 4 /* characters; fewer begin too many words */

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

/* The only candidate that begins with the word: the rest was not known, or not typed. */
static const char *begun(const char *word, const char *const *candidates)
{
    const char *found = NULL;

    for (; strlen(word) >= BEGUN_LEAST && *candidates; candidates++) {
        if (!g_str_has_prefix(*candidates, word))
            continue;
        if (found)
            return NULL;
        found = *candidates;
    }
    return found;
}

const char *text_nearest(const char *word, const char *const *candidates)
{
    size_t limit = MAX(strlen(word) / 3, (size_t)1);
    const char *const *first = candidates;
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
    return nearest ? nearest : begun(word, first);
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

bool text_is_one_line(const char *text)
{
    for (; *text; text = g_utf8_next_char(text)) {
        GUnicodeType type;

        if ((unsigned char)*text >= 0x20 && (unsigned char)*text < 0x7f)
            continue;
        type = g_unichar_type(g_utf8_get_char(text));
        if (type == G_UNICODE_CONTROL || type == G_UNICODE_LINE_SEPARATOR || type == G_UNICODE_PARAGRAPH_SEPARATOR)
            return false;
    }
    return true;
}

/* How many octets the control or the mark of direction at the beginning takes; 0: there is none. */
static size_t wild_length(const char *text)
{
    bool is_c1 = text[0] == '\xc2' && (text[1] & '\xe0') == '\x80';
    bool is_embedding = text[0] == '\xe2' && text[1] == '\x80' && text[2] >= '\xaa' && text[2] <= '\xae';
    bool is_isolate = text[0] == '\xe2' && text[1] == '\x81' && text[2] >= '\xa6' && text[2] <= '\xa9';

    if (is_embedding || is_isolate)
        return 3;
    return is_c1 ? 2 : g_ascii_iscntrl(*text) ? 1 : 0;
}

bool text_is_tame(const char *text)
{
    while (*text && wild_length(text) == 0)
        text++;
    return !*text;
}

void text_tame(char *text)
{
    while (*text) {
        size_t length = wild_length(text);

        memset(text, '?', length);
        text += MAX(length, 1);
    }
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

/* How many octets from the beginning stand in JSON as they are (RFC 8259 7). */
static size_t plain_length(const char *text)
{
    const char *at = text;

    while ((unsigned char)*at >= ' ' && *at != '"' && *at != '\\')
        at++;
    return (size_t)(at - text);
}

void text_append_json(GString *output, const char *text)
{
    g_string_append_c(output, '"');
    while (true) {
        size_t plain = plain_length(text);
        const char *known;

        g_string_append_len(output, text, (gssize)plain);
        text += plain;
        if (!*text)
            break;
        known = strchr("\"\"\\\\\bb\ff\nn\rr\tt", *text);
        if (known)
            g_string_append_printf(output, "\\%c", known[1]);
        else
            g_string_append_printf(output, "\\u%04X", (unsigned)*text);
        text++;
    }
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

bool text_is_to_fill(const char *text, const char **mark)
{
    static const char *const marks[] = {"FILL IN", "待填写"};

    for (size_t i = 0; text && i < G_N_ELEMENTS(marks); i++) {
        if (!strstr(text, marks[i]))
            continue;
        if (mark)
            *mark = marks[i];
        return true;
    }
    return false;
}

char *text_shell_word(const char *path)
{
    g_autofree char *plain = *path == '-' ? g_strconcat("./", path, NULL) : g_strdup(path);
    const char *at = plain;

    while (g_ascii_isalnum(*at) || (*at && strchr("/._-+,:@%", *at)) || (unsigned char)*at >= 0x80)
        at++;
    return *at || at == plain ? g_shell_quote(plain) : g_steal_pointer(&plain);
}

int text_order(const void *left, const void *right)
{
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

static int columns_of(gunichar character)
{
    return g_unichar_iszerowidth(character) ? 0 : g_unichar_iswide(character) ? 2 : 1;
}

int text_columns(const char *text)
{
    int columns = 0;

    for (; *text; text = g_utf8_next_char(text))
        columns += columns_of(g_utf8_get_char(text));
    return columns;
}

size_t text_fitting(const char *text, int columns)
{
    const char *at = text;

    while (*at && columns_of(g_utf8_get_char(at)) <= columns) {
        columns -= columns_of(g_utf8_get_char(at));
        at = g_utf8_next_char(at);
    }
    return (size_t)(at - text);
}

char *text_cut(const char *text, int columns)
{
    size_t length = text_fitting(text, columns);

    if (!text[length])
        return g_strdup(text);
    if (columns < 1)
        return g_strdup("");
    length = text_fitting(text, columns - 1);
    return g_strdup_printf("%.*s…", (int)length, text);
}

char *text_padded(const char *text, int columns)
{
    return g_strdup_printf("%s%*s", text, MAX(columns - text_columns(text), 0), "");
}

const char *text_find_tag(const char *html, const char *name)
{
    size_t length = strlen(name);

    for (const char *at = strchr(html, '<'); at; at = strchr(at + 1, '<'))
        if (g_ascii_strncasecmp(at + 1, name, length) == 0 && !g_ascii_isalnum(at[1 + length]))
            return at;
    return NULL;
}

const char *text_behind_tag(const char *tag)
{
    char quote = '\0';

    for (const char *at = tag; *at; at++) {
        if (quote == '\0' && *at == '>')
            return at + 1;
        if (quote == '\0' && (*at == '"' || *at == '\''))
            quote = *at;
        else if (*at == quote)
            quote = '\0';
    }
    return NULL;
}

/* CommonMark 2.4: a backslash before punctuation shows it; 6.2: an underscore inside a word is no mark. What begins a
 * block only at the start of a line is treated alike everywhere. No text of ours has several lines. */
static void append_markdown(GString *out, const char *text)
{
    for (const char *at = text; *at; at++) {
        bool is_inside = *at == '_' && at > text && g_ascii_isalnum(at[-1]) && g_ascii_isalnum(at[1]);

        if (strchr("\\`*_{}[]<>#|!~&", *at) && !is_inside)
            g_string_append_c(out, '\\');
        g_string_append_c(out, *at);
    }
}

char *text_markdown(const char *text)
{
    g_autofree char *tame = g_strdelimit(g_strdup(text), "\t\r\n", ' ');
    GString *out = g_string_new(NULL);

    text_tame(tame);
    if (*tame && strchr("-+=", *tame)) /* what would begin a list, a quotation, a rule or a heading */
        g_string_append_c(out, '\\');
    append_markdown(out, tame);
    return g_string_free(out, FALSE);
}
