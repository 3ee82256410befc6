#include "cli/link_hosts.h"

#include <string.h>

/* Where the authority of a URL ends (RFC 3986 3.2), or the text around it begins. */
#define AUTHORITY_END "/?#\\\"'<>()[]{} \t\r\n,;|`"

/* The punctuation of Chinese and the quotes of print end a link as well; no host name can hold them (RFC 5892). */
static bool ends_link(gunichar character)
{
    return character >= 0x80 && (g_unichar_ispunct(character) || g_unichar_isspace(character));
}

static size_t authority_length(const char *authority)
{
    size_t length = strcspn(authority, AUTHORITY_END);
    const char *at = authority;

    while (at < authority + length && !ends_link(g_utf8_get_char(at)))
        at = g_utf8_next_char(at);
    return (size_t)(at - authority);
}

static void add_host(const char *authority, GHashTable *hosts)
{
    size_t length = authority_length(authority);
    const char *user = g_strrstr_len(authority, (gssize)length, "@");
    const char *host = user ? user + 1 : authority;
    size_t size = (size_t)(authority + length - host);
    const char *port = memchr(host, ':', size);

    if (strncmp(authority + length, "{{", 2) == 0) {
        g_hash_table_add(hosts, g_strdup("{{"));
        return;
    }
    size = port ? (size_t)(port - host) : size;
    while (size > 0 && host[size - 1] == '.') /* the end of a sentence, or of a name */
        size--;
    if (size > 0)
        g_hash_table_add(hosts, g_ascii_strdown(host, (gssize)size));
}

static void find_in_text(const char *text, GHashTable *hosts)
{
    for (const char *at = strstr(text, "://"); at; at = strstr(at + 3, "://")) {
        bool is_web = (at - text >= 4 && g_ascii_strncasecmp(at - 4, "http", 4) == 0) ||
                      (at - text >= 5 && g_ascii_strncasecmp(at - 5, "https", 5) == 0);

        if (is_web)
            add_host(at + 3, hosts);
    }
}

void link_hosts_find(const json_t *value, GHashTable *hosts)
{
    const char *key;
    json_t *member;
    size_t index;

    if (json_is_string(value))
        find_in_text(json_string_value(value), hosts);
    json_object_foreach((json_t *)value, key, member) link_hosts_find(member, hosts);
    json_array_foreach(value, index, member) link_hosts_find(member, hosts);
}

bool link_hosts_is_own(const char *host, const GPtrArray *domains)
{
    size_t length = strlen(host);

    for (guint i = 0; i < domains->len; i++) {
        const char *own = g_ptr_array_index(domains, i);
        size_t tail = strlen(own);

        if (length >= tail && strcmp(host + length - tail, own) == 0 &&
            (length == tail || host[length - tail - 1] == '.'))
            return true;
    }
    return false;
}
