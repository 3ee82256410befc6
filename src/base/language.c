#include "base/language.h"

#include <libintl.h>
#include <locale.h>
#include <stddef.h>
#include <string.h>

#include <glib.h>

#include "base/text.h"

#define DOMAIN "breach"

/* The languages that breach speaks: how a locale may begin, and the catalogue. */
static const struct {
    const char *prefix;
    const char *catalogue;
} spoken[] = {
    {"en", "en"},
    {"C", "en"},
    {"POSIX", "en"},
    {"zh", "zh_CN"},
};

static const char *chosen = "en"; /* a catalogue */

static const char *catalogue_of(const char *locale)
{
    for (size_t i = 0; i < G_N_ELEMENTS(spoken); i++) {
        size_t length = strlen(spoken[i].prefix);

        if (g_ascii_strncasecmp(locale, spoken[i].prefix, length) == 0 && !g_ascii_isalnum(locale[length]))
            return spoken[i].catalogue;
    }
    return NULL;
}

/* POSIX: the first of these that is set and not empty decides. */
static const char *locale_of_environment(void)
{
    static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        const char *value = g_getenv(names[i]);

        if (value && *value)
            return value;
    }
    return "C";
}

bool language_choose(const char *asked, const char *catalogues)
{
    const char *catalogue = catalogue_of(asked ? asked : locale_of_environment());

    if (!catalogue && asked)
        return false;
    chosen = catalogue ? catalogue : "en";
    /* gettext looks at LANGUAGE in any locale but C and POSIX, and C.UTF-8 is on every Debian. What it has found before
     * is forgotten only when the locale changes. */
    g_setenv("LANGUAGE", catalogue ? catalogue : "en", TRUE);
    setlocale(LC_MESSAGES, "C");
    setlocale(LC_MESSAGES, "C.UTF-8");
    /* the words of libc and other libraries come in the charset of LC_CTYPE, ours are UTF-8 */
    if (strcmp(chosen, "en") != 0 && !g_get_charset(NULL))
        setlocale(LC_CTYPE, "C.UTF-8");
    bindtextdomain(DOMAIN, catalogues);
    bind_textdomain_codeset(DOMAIN, "UTF-8");
    return true;
}

bool language_is_spoken(const char *asked)
{
    return catalogue_of(asked) != NULL;
}

const char *language_text(const char *english)
{
    return *english ? dgettext(DOMAIN, english) : english;
}

const char *language_name(void)
{
    return strcmp(chosen, "zh_CN") == 0 ? "zh-CN" : "en";
}

const char *language_plural(const char *one, const char *many, int64_t number)
{
    return dngettext(DOMAIN, one, many, (unsigned long)(number < 0 ? -number : number));
}

/* What stands around the %s of a format, as it is printed. */
static char **split_format(const char *format)
{
    char **around = g_strsplit(format, "%s", -1);

    for (char **text = around; *text; text++) {
        g_auto(GStrv) parts = g_strsplit(*text, "%%", -1);

        g_free(*text);
        *text = g_strjoinv("%", parts);
    }
    return around;
}

/* What stands at each %s of `format` in `text`; NULL when the two do not fit together. */
static char **pieces_of(const char *text, const char *format)
{
    g_auto(GStrv) around = split_format(format);
    guint count = g_strv_length(around);
    g_autoptr(GStrvBuilder) pieces = g_strv_builder_new();

    if (!g_str_has_prefix(text, around[0]) || (count == 1 && strcmp(text, around[0]) != 0))
        return NULL;
    text += strlen(around[0]);
    for (guint i = 1; i < count; i++) {
        size_t length = strlen(text), behind = strlen(around[i]);
        const char *end = i + 1 < count ? strstr(text, around[i]) : text + length - MIN(behind, length);
        g_autofree char *piece = NULL;

        if (!end || strncmp(end, around[i], behind) != 0)
            return NULL;
        piece = g_strndup(text, (gsize)(end - text));
        g_strv_builder_add(pieces, piece);
        text = end + behind;
    }
    return g_strv_builder_end(pieces);
}

/* A translation keeps the order of the %s; one that has fewer leaves some out. */
static char *fill(const char *format, char **pieces)
{
    g_auto(GStrv) around = split_format(format);
    GString *text = g_string_new(around[0]);

    for (guint i = 1; around[i]; i++) {
        if (*pieces)
            g_string_append(text, *pieces++);
        g_string_append(text, around[i]);
    }
    return g_string_free(text, FALSE);
}

char *language_phrase_each(const char *text, const char *const *formats,
                           char *(*say)(const char *piece, const void *user), const void *user)
{
    for (; *formats; formats++) {
        g_auto(GStrv) pieces = pieces_of(text, *formats);

        for (char **piece = pieces; say && piece && *piece; piece++) {
            char *said = say(*piece, user);

            g_free(*piece);
            *piece = said;
        }
        if (pieces)
            return fill(dgettext(DOMAIN, *formats), pieces);
    }
    return g_strdup(text);
}

char *language_phrase(const char *text, const char *const *formats)
{
    return language_phrase_each(text, formats, NULL, NULL);
}
