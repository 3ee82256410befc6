#include "model/region.h"

#include <string.h>

#include <glib.h>

#define CODE_MIN 2
#define CODE_MAX 16

/* The members of the European Economic Area, in which the GDPR holds (EEA Joint Committee Decision 154/2018). */
static const char *const members[] = {"at", "be", "bg", "cy", "cz", "de", "dk", "ee", "es", "fi", "fr",
                                      "gr", "hr", "hu", "ie", "is", "it", "li", "lt", "lu", "lv", "mt",
                                      "nl", "no", "pl", "pt", "ro", "se", "si", "sk", NULL};

char *region_normalize(const char *text)
{
    g_autofree char *code = g_strstrip(g_ascii_strdown(text, -1));
    size_t length = strlen(code);

    if (length < CODE_MIN || length > CODE_MAX || !g_ascii_isalpha(code[0]) ||
        strspn(code, "abcdefghijklmnopqrstuvwxyz0123456789-") != length)
        return NULL;
    return g_steal_pointer(&code);
}

/* Parts of China with a code of their own within CN (ISO 3166-2:CN), which are regions of their own here, and what
 * Brussels and London write in place of ISO 3166's code. */
static const struct {
    const char *part, *region;
} apart[] = {{"cn-hk", "hk"}, {"cn-mo", "mo"}, {"cn-tw", "tw"}, {"uk", "gb"}, {"el", "gr"}};

/* The shorter of two codes that mean the same. */
static const char *plain_code(const char *code)
{
    for (size_t i = 0; i < G_N_ELEMENTS(apart); i++)
        if (strcmp(apart[i].part, code) == 0)
            return apart[i].region;
    return strcmp(code, "eea") == 0 ? "eu" : code;
}

/* The country of a part of it ("cn-11", "us-ca"), or the region itself; newly allocated. */
static char *country_of(const char *region)
{
    const char *code = plain_code(region);

    return code[2] == '-' ? g_strndup(code, 2) : g_strdup(code);
}

static const char *group_of(const char *country)
{
    return g_strv_contains(members, country) ? "eu" : country;
}

bool region_same(const char *one, const char *other)
{
    g_autofree char *left = country_of(one);
    g_autofree char *right = country_of(other);

    return strcmp(group_of(left), group_of(right)) == 0;
}

bool region_of_pair(const char *pair, const char *region)
{
    g_autofree char *country = country_of(region);
    const char *code = plain_code(pair);

    return strcmp(code, region) == 0 || strcmp(code, country) == 0 || strcmp(code, group_of(country)) == 0;
}
