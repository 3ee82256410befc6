#include "channel/sign_canonical.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"

/* URLs ------------------------------------------------------------------------------------------------------------ */

static char *host_of(const char *authority, size_t size, const char *scheme_port)
{
    g_autofree char *text = g_ascii_strdown(authority, (gssize)size);
    const char *at = strrchr(text, '@');
    char *host = g_strdup(at ? at + 1 : text);
    char *colon = strrchr(host, ':');

    if (colon && strcmp(colon + 1, scheme_port) == 0)
        *colon = '\0';
    return host;
}

bool sign_url_split(const char *url, SignUrl *parts)
{
    bool is_secure = g_ascii_strncasecmp(url, "https://", 8) == 0;
    const char *authority = url + (is_secure ? 8 : 7);
    size_t size, path;

    *parts = (SignUrl){.host = NULL};
    if (!is_secure && g_ascii_strncasecmp(url, "http://", 7) != 0)
        return false;
    size = strcspn(authority, "/?#");
    if (size == 0)
        return false;
    parts->host = host_of(authority, size, is_secure ? "443" : "80");
    path = strcspn(authority + size, "?#");
    parts->path = path > 0 ? g_strndup(authority + size, path) : g_strdup("/");
    if (authority[size + path] == '?')
        parts->query = g_strndup(authority + size + path + 1, strcspn(authority + size + path + 1, "#"));
    else
        parts->query = g_strdup("");
    return true;
}

void sign_url_clear(SignUrl *parts)
{
    g_clear_pointer(&parts->host, g_free);
    g_clear_pointer(&parts->path, g_free);
    g_clear_pointer(&parts->query, g_free);
}

char *sign_url_with(const char *url, const char *name, const char *value)
{
    g_autofree char *encoded_name = sign_encoded(name, strlen(name), false);
    g_autofree char *encoded_value = sign_encoded(value, strlen(value), false);
    size_t end = strcspn(url, "#");
    const char *mark = memchr(url, '?', end);
    const char *joint = !mark ? "?" : mark + 1 == url + end ? "" : "&";

    return g_strdup_printf("%.*s%s%s=%s%s", (int)end, url, joint, encoded_name, encoded_value, url + end);
}

/* Encoding -------------------------------------------------------------------------------------------------------- */

static bool is_unreserved(char c)
{
    return g_ascii_isalnum(c) || c == '-' || c == '.' || c == '_' || c == '~';
}

char *sign_encoded(const char *text, size_t size, bool keep_slash)
{
    GString *output = g_string_sized_new(size + 16);

    for (size_t i = 0; i < size; i++)
        if (is_unreserved(text[i]) || (keep_slash && text[i] == '/'))
            g_string_append_c(output, text[i]);
        else
            g_string_append_printf(output, "%%%02X", (unsigned char)text[i]);
    return g_string_free(output, FALSE);
}

/* What is percent-encoded decoded; anything else as it is. The octets may hold a NUL. */
static GString *decoded(const char *text, size_t size)
{
    GString *output = g_string_sized_new(size);

    for (size_t i = 0; i < size; i++)
        if (text[i] == '%' && i + 2 < size && g_ascii_isxdigit(text[i + 1]) && g_ascii_isxdigit(text[i + 2])) {
            g_string_append_c(output,
                              (char)(g_ascii_xdigit_value(text[i + 1]) * 16 + g_ascii_xdigit_value(text[i + 2])));
            i += 2;
        } else
            g_string_append_c(output, text[i]);
    return output;
}

char *sign_decoded(const char *text, size_t size)
{
    return g_string_free(decoded(text, size), FALSE);
}

static char *recoded(const char *text, size_t size, bool keep_slash)
{
    GString *plain = decoded(text, size);
    char *result = sign_encoded(plain->str, plain->len, keep_slash);

    g_string_free(plain, TRUE);
    return result;
}

char *sign_canonical_path(const char *path, bool twice)
{
    return twice ? sign_encoded(path, strlen(path), true) : recoded(path, strlen(path), true);
}

/* A name and its value, parted by the one octet that sorts before every other one that may stand in either. */
static char *canonical_parameter(const char *text)
{
    size_t name = strcspn(text, "=");
    g_autofree char *encoded_name = recoded(text, name, false);
    g_autofree char *encoded_value =
        text[name] == '=' ? recoded(text + name + 1, strlen(text + name + 1), false) : NULL;

    return g_strdup_printf("%s\001%s", encoded_name, encoded_value ? encoded_value : "");
}

char *sign_canonical_query(const char *query)
{
    g_auto(GStrv) parts = g_strsplit(query, "&", -1);
    g_autoptr(GPtrArray) sorted = g_ptr_array_new_with_free_func(g_free);
    GString *output = g_string_new(NULL);

    for (char **part = parts; *part; part++)
        if (**part)
            g_ptr_array_add(sorted, canonical_parameter(*part));
    if (sorted->len > 0)
        qsort(sorted->pdata, sorted->len, sizeof *sorted->pdata, text_order);
    for (guint i = 0; i < sorted->len; i++) {
        char *text = g_ptr_array_index(sorted, i);

        *strchr(text, '\001') = '=';
        g_string_append_printf(output, "%s%s", i > 0 ? "&" : "", text);
    }
    return g_string_free(output, FALSE);
}

GHashTable *sign_pairs(const char *text)
{
    GHashTable *pairs = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    g_auto(GStrv) parts = g_strsplit(text, "&", -1);

    for (char **part = parts; *part; part++) {
        size_t name = strcspn(*part, "=");
        const char *value = (*part)[name] ? *part + name + 1 : "";

        if (!**part)
            continue;
        g_strdelimit(*part, "+", ' ');
        g_hash_table_replace(pairs, sign_decoded(*part, name), sign_decoded(value, strlen(value)));
    }
    return pairs;
}

/* Headers --------------------------------------------------------------------------------------------------------- */

/* Without spaces at the ends, and with one space where several stand together. */
static char *canonical_value(const char *text)
{
    GString *output = g_string_new(NULL);

    for (; *text; text++)
        if (*text != ' ' && *text != '\t')
            g_string_append_c(output, *text);
        else if (output->len > 0 && output->str[output->len - 1] != ' ')
            g_string_append_c(output, ' ');
    if (output->len > 0 && output->str[output->len - 1] == ' ')
        g_string_truncate(output, output->len - 1);
    return g_string_free(output, FALSE);
}

static void add_header(GTree *tree, const char *name, const char *value)
{
    g_autofree char *trimmed = canonical_value(value);
    const char *before = g_tree_lookup(tree, name);

    g_tree_replace(tree, g_strdup(name), before ? g_strconcat(before, ",", trimmed, NULL) : g_strdup(trimmed));
}

typedef struct Lists {
    GString *lines, *names;
} Lists;

static gboolean list_header(gpointer key, gpointer value, gpointer data)
{
    Lists *lists = data;

    g_string_append_printf(lists->lines, "%s:%s\n", (const char *)key, (const char *)value);
    g_string_append_printf(lists->names, "%s%s", lists->names->len > 0 ? ";" : "", (const char *)key);
    return FALSE;
}

static int compare_keys(const void *left, const void *right, void *unused)
{
    (void)unused;
    return strcmp(left, right);
}

void sign_canonical_headers(const SignRequest *request, const char *host, bool (*wanted)(const char *name),
                            SignHeaders *headers)
{
    g_autoptr(GTree) tree = g_tree_new_full(compare_keys, NULL, g_free, g_free);
    Lists lists = {g_string_new(NULL), g_string_new(NULL)};

    add_header(tree, "host", host);
    for (guint i = 0; i < request->headers->len; i++) {
        const char *line = g_ptr_array_index(request->headers, i);
        size_t size = strcspn(line, ":");
        g_autofree char *name = g_ascii_strdown(line, (gssize)size);

        if (line[size] == ':' && strcmp(name, "host") != 0 && wanted(name))
            add_header(tree, name, line + size + 1);
    }
    g_tree_foreach(tree, list_header, &lists);
    headers->lines = g_string_free(lists.lines, FALSE);
    headers->names = g_string_free(lists.names, FALSE);
}

void sign_headers_clear(SignHeaders *headers)
{
    g_clear_pointer(&headers->lines, g_free);
    g_clear_pointer(&headers->names, g_free);
}

/* Hashes and times ------------------------------------------------------------------------------------------------ */

char *sign_sha256_hex(const void *data, size_t size)
{
    return g_compute_checksum_for_data(G_CHECKSUM_SHA256, data, size);
}

char *sign_body_hash(const SignRequest *request)
{
    return sign_sha256_hex(request->body ? request->body : "", request->body ? request->size : 0);
}

char *sign_base64url(const void *data, size_t size)
{
    char *text = g_base64_encode(data, size);

    for (char *c = text; *c; c++)
        if (*c == '+')
            *c = '-';
        else if (*c == '/')
            *c = '_';
        else if (*c == '=')
            *c = '\0';
    return text;
}

char *sign_time(int64_t now, const char *form)
{
    g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc(now / CLOCK_SECOND);

    return g_date_time_format(time, form);
}
