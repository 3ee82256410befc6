#include "channel/announce.h"

#include <string.h>

void announce_answer_clear(AnnounceAnswer *answer)
{
    g_free(answer->item);
    g_free(answer->url);
    g_free(answer->words);
    memset(answer, 0, sizeof *answer);
}

const AnnounceEngine *announce_engine(const Gateway *gateway)
{
    const AnnounceEngine *const engines[] = {announce_folder_engine(), announce_http_engine()};

    if (g_strcmp0(gateway->channel, "announcement") != 0)
        return NULL;
    for (size_t i = 0; i < G_N_ELEMENTS(engines); i++)
        if (strcmp(engines[i]->kind, gateway->kind) == 0)
            return engines[i];
    return NULL;
}

const char *announce_result_name(AnnounceResult result)
{
    static const char *const names[] = {
        [ANNOUNCE_TAKEN] = "taken",         [ANNOUNCE_REFUSED] = "refused",     [ANNOUNCE_UNSENT] = "unsent",
        [ANNOUNCE_IN_DOUBT] = "in_doubt",   [ANNOUNCE_NOT_FOUND] = "not_found", [ANNOUNCE_SAME] = "same",
        [ANNOUNCE_DIFFERENT] = "different", [ANNOUNCE_UNKNOWN] = "unknown",
    };

    return names[result];
}

/* Words ---------------------------------------------------------------------------------------------------------- */

/* One character reference at `at` ("&amp;", "&#8217;", "&#x2019;") into `output`; returns what follows it, or NULL when
 * it is none. */
static const char *take_reference(const char *at, GString *output)
{
    static const struct {
        const char *name;
        gunichar character;
    } names[] = {{"amp;", '&'},      {"lt;", '<'},       {"gt;", '>'},        {"quot;", '"'},     {"apos;", '\''},
                 {"nbsp;", ' '},     {"rsquo;", 0x2019}, {"lsquo;", 0x2018},  {"rdquo;", 0x201d}, {"ldquo;", 0x201c},
                 {"ndash;", 0x2013}, {"mdash;", 0x2014}, {"hellip;", 0x2026}, {"middot;", 0xb7}};
    char *end = NULL;
    guint64 number;

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        if (g_str_has_prefix(at + 1, names[i].name)) {
            g_string_append_unichar(output, names[i].character);
            return at + 1 + strlen(names[i].name);
        }
    if (at[1] != '#')
        return NULL;
    number = at[2] == 'x' || at[2] == 'X' ? g_ascii_strtoull(at + 3, &end, 16) : g_ascii_strtoull(at + 2, &end, 10);
    if (!end || *end != ';' || number == 0 || number > 0x10ffff || !g_unichar_validate((gunichar)number))
        return NULL;
    g_string_append_unichar(output, (gunichar)number);
    return end + 1;
}

/* Publishing systems make print's quotes of typewriters' and the like: both compare as the plain ones. */
static gunichar plain_character(gunichar character)
{
    switch (character) {
    case 0x2018:
    case 0x2019:
        return '\'';
    case 0x201c:
    case 0x201d:
        return '"';
    case 0x2013:
    case 0x2014:
        return '-';
    default:
        return g_unichar_isspace(character) || character == 0xa0 ? ' ' : character;
    }
}

static char *without_markup(const char *html)
{
    GString *output = g_string_new(NULL);
    const char *at = html;

    while (*at) {
        const char *behind = *at == '&' ? take_reference(at, output) : NULL;

        if (behind) {
            at = behind;
        } else if (*at == '<' && (g_ascii_isalpha(at[1]) || at[1] == '/' || at[1] == '!')) {
            at += strcspn(at, ">");
            at += *at ? 1 : 0;
            g_string_append_c(output, ' ');
        } else {
            g_string_append_c(output, *at++);
        }
    }
    return g_string_free(output, FALSE);
}

char *announce_plain(const char *html)
{
    g_autofree char *text = without_markup(html);
    g_autofree char *valid = g_utf8_make_valid(text, -1);
    GString *plain = g_string_new(NULL);

    for (const char *at = valid; *at; at = g_utf8_next_char(at)) {
        gunichar character = plain_character(g_utf8_get_char(at));

        if (character != ' ')
            g_string_append_unichar(plain, character);
        else if (plain->len > 0 && plain->str[plain->len - 1] != ' ')
            g_string_append_c(plain, ' ');
    }
    while (plain->len > 0 && plain->str[plain->len - 1] == ' ')
        g_string_truncate(plain, plain->len - 1);
    return g_string_free(plain, FALSE);
}
