#include "serve/door.h"

#include <string.h>

#include "channel/sign.h"

#define SCHEME "Bearer "

static const char *header_of(const ListenerRequest *request, const char *name)
{
    return g_hash_table_lookup(request->headers, name);
}

static bool is_address(const char *name)
{
    for (const char *c = name; *c; c++)
        if (!g_ascii_isdigit(*c) && *c != '.')
            return false;
    return true;
}

bool door_host_is_own(const char *host)
{
    const char *colon = host ? strrchr(host, ':') : NULL;
    g_autofree char *name = NULL;

    if (!host)
        return false;
    if (colon && colon[strspn(colon + 1, "0123456789") + 1] == '\0')
        name = g_strndup(host, (size_t)(colon - host));
    else
        name = g_strdup(host);
    if (g_ascii_strcasecmp(name, "localhost") == 0 || strcmp(name, "[::1]") == 0)
        return true;
    return g_str_has_prefix(name, "127.") && is_address(name);
}

/* What proxies add about whom they speak for: whoever asks is not on this machine, whatever the Host says. */
static bool is_forwarded(const ListenerRequest *request)
{
    static const char *const marks[] = {"forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via"};

    for (size_t i = 0; i < G_N_ELEMENTS(marks); i++)
        if (header_of(request, marks[i]))
            return true;
    return false;
}

DoorAnswer door_ask_frame(const char *token, const ListenerRequest *request)
{
    bool is_own = door_host_is_own(header_of(request, "host")) && !is_forwarded(request);

    return token || is_own ? DOOR_OPEN : DOOR_OTHER_HOST;
}

static bool has_token(const char *token, const ListenerRequest *request)
{
    const char *given = header_of(request, "authorization");

    return given && g_ascii_strncasecmp(given, SCHEME, strlen(SCHEME)) == 0 &&
           sign_is_equal(given + strlen(SCHEME), token);
}

DoorAnswer door_ask(const char *token, const ListenerRequest *request)
{
    const char *site = header_of(request, "sec-fetch-site");
    DoorAnswer answer = door_ask_frame(token, request);

    if (answer != DOOR_OPEN)
        return answer;
    if (site && (strcmp(site, "cross-site") == 0 || strcmp(site, "same-site") == 0))
        return DOOR_OTHER_SITE;
    return !token || has_token(token, request) ? DOOR_OPEN : DOOR_NO_TOKEN;
}
