#include "cli/sample_left.h"

#include <string.h>

#define SAMPLE_PHONE  "861000000000" /* "+86 10 0000 0000" */
#define SAMPLE_DOMAIN "example."     /* RFC 2606: nobody can own example.com, example.net and example.org */

/* "https://www.example.com/notices", "notice@example.com" and "www.example.com": "example.com"; newly allocated, or
 * NULL. */
static char *sample_domain(const char *text)
{
    const char *host = text ? strstr(text, "://") : NULL;
    const char *at = text ? strrchr(text, '@') : NULL;
    const char *found;

    host = host ? host + strlen("://") : at ? at + 1 : text;
    found = host ? strstr(host, SAMPLE_DOMAIN) : NULL;
    if (!found || (found > host && found[-1] != '.') || memchr(host, '/', (size_t)(found - host)))
        return NULL;
    return g_strndup(found,
                     strlen(SAMPLE_DOMAIN) + strspn(found + strlen(SAMPLE_DOMAIN), "abcdefghijklmnopqrstuvwxyz"));
}

static void add(GPtrArray *list, char *text)
{
    if (text && !g_ptr_array_find_with_equal_func(list, text, g_str_equal, NULL))
        g_ptr_array_add(list, text);
    else
        g_free(text);
}

static void add_phone(GPtrArray *list, const char *phone)
{
    g_autoptr(GString) digits = g_string_new(NULL);

    for (const char *c = phone; c && *c; c++)
        if (g_ascii_isdigit(*c))
            g_string_append_c(digits, *c);
    if (strcmp(digits->str, SAMPLE_PHONE) == 0)
        add(list, g_strdup(phone));
}

static void add_announcement(GPtrArray *list, const Announcement *announcement)
{
    g_autofree const char **locales = NULL;

    if (!announcement || !announcement->url)
        return;
    locales = locale_text_locales(announcement->url);
    if (locale_text_is_plain(announcement->url))
        add(list, sample_domain(locale_text_get(announcement->url, "en")));
    for (size_t i = 0; locales[i]; i++)
        add(list, sample_domain(locale_text_get(announcement->url, locales[i])));
}

char *sample_left(const Workspace *workspace)
{
    const Playbook *playbook = material_playbook(workspace->material);
    const Organization *organization = &playbook->organization;
    g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(g_free);

    if (material_status(workspace->material) != INCIDENT_ACTUAL)
        return NULL;
    for (guint i = 0; i < organization->domains->len; i++)
        add(list, sample_domain(g_ptr_array_index(organization->domains, i)));
    add(list, sample_domain(organization->contact_email));
    for (guint i = 0; i < playbook->gateways->len; i++) {
        const ChannelGateway *entry = g_ptr_array_index(playbook->gateways, i);
        const Gateway *gateway = material_gateway(workspace->material, entry->channel);

        if (gateway)
            add(list, sample_domain(gateway->from));
    }
    add_announcement(list, playbook->announcement);
    add_phone(list, organization->contact_phone);
    if (list->len == 0)
        return NULL;
    g_ptr_array_add(list, NULL);
    return g_strjoinv(", ", (char **)list->pdata);
}
