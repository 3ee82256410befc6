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

/* What stands at the %s of `format` in `text`; NULL when the two do not fit together. */
static char *piece_of(const char *text, const char *format)
{
    const char *hole = strstr(format, "%s");
    size_t before, behind, length = strlen(text);

    if (!hole)
        return strcmp(text, format) == 0 ? g_strdup("") : NULL;
    before = (size_t)(hole - format);
    behind = strlen(hole + 2);
    if (length < before + behind || strncmp(text, format, before) != 0 || strcmp(text + length - behind, hole + 2) != 0)
        return NULL;
    return g_strndup(text + before, length - before - behind);
}

char *language_phrase(const char *text, const char *const *formats)
{
    for (; *formats; formats++) {
        g_autofree char *piece = piece_of(text, *formats);
        const char *hole;
        const char *translation;

        if (!piece)
            continue;
        translation = dgettext(DOMAIN, *formats);
        hole = strstr(translation, "%s");
        return hole ? g_strdup_printf("%.*s%s%s", (int)(hole - translation), translation, piece, hole + 2)
                    : g_strdup(translation);
    }
    return g_strdup(text);
}
