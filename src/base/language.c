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
    /* gettext looks at LANGUAGE in any locale but C and POSIX, and C.UTF-8 is on every Debian. */
    g_setenv("LANGUAGE", catalogue ? catalogue : "en", TRUE);
    setlocale(LC_MESSAGES, "C.UTF-8");
    bindtextdomain(DOMAIN, catalogues);
    bind_textdomain_codeset(DOMAIN, "UTF-8");
    return true;
}

const char *language_text(const char *english)
{
    return *english ? dgettext(DOMAIN, english) : english;
}
