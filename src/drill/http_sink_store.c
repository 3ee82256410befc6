#include "drill/http_sink_store.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "drill/sink_store.h"

#define OWN_ID_LEAST UINT64_C(4000000000000000) /* ids that we give have 16 digits, below 2^53 */

/* A message that was taken. */
typedef struct Known {
    GatewayMeaning meaning;
    char *names[4]; /* owned; see names_of_messages; NULL where the provider is not told it */
} Known;

static const char *const names_of_messages[] = {"id", "uuid", "endpoint", "endpoint_digits"};

struct HttpSinkStore {
    _Atomic int64_t repeated;
    SinkStore *kept;      /* owned */
    pthread_mutex_t lock; /* guards the rest */
    GHashTable *known;    /* owned; each name of a message (id, UUID, endpoint, our id for it) -> Known *; NULL: nothing
                             is remembered */
    GPtrArray *all;       /* owned; of Known * */
};

static void free_known(gpointer data)
{
    Known *known = data;

    for (size_t i = 0; i < G_N_ELEMENTS(known->names); i++)
        g_free(known->names[i]);
    g_free(known);
}

HttpSinkStore *http_sink_store_new(const HttpSinkOptions *options, GError **error)
{
    SinkStore *kept = sink_store_new(&(SinkStoreOptions){.folder = options->keep_folder,
                                                         .suffix = ".txt",
                                                         .keep_most = options->keep_most,
                                                         .log_path = options->log_path},
                                     error);
    HttpSinkStore *store;

    if (!kept)
        return NULL;
    store = g_new0(HttpSinkStore, 1);
    store->kept = kept;
    if (options->remember) {
        store->known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        store->all = g_ptr_array_new_with_free_func(free_known);
    }
    pthread_mutex_init(&store->lock, NULL);
    return store;
}

void http_sink_store_free(HttpSinkStore *store)
{
    if (!store)
        return;
    sink_store_free(store->kept);
    g_clear_pointer(&store->known, g_hash_table_unref);
    g_clear_pointer(&store->all, g_ptr_array_unref);
    pthread_mutex_destroy(&store->lock);
    g_free(store);
}

static const char *first_of(GHashTable *values, const char *const *names)
{
    for (; *names; names++) {
        const char *value = g_hash_table_lookup(values, *names);

        if (value && *value)
            return value;
    }
    return "-";
}

static const char *endpoint_of(GHashTable *values)
{
    return first_of(values, (const char *const[]){"endpoint", "endpoint_digits", NULL});
}

const char *http_sink_store_key(GHashTable *values)
{
    return first_of(values, (const char *const[]){"id", "uuid", "endpoint", "endpoint_digits", "slug", NULL});
}

/* Digits, which every provider's API takes for an id, and the same ones for the same message whenever the sink is
 * started: FNV-1a, cut to what a JSON number holds. */
char *http_sink_store_id(GHashTable *values)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);

    for (const char *key = http_sink_store_key(values); *key; key++)
        hash = (hash ^ (unsigned char)*key) * UINT64_C(0x100000001b3);
    return g_strdup_printf("%" PRIu64, OWN_ID_LEAST + hash % OWN_ID_LEAST);
}

/* Samples --------------------------------------------------------------------------------------------------------- */

static void append_header(gpointer name, gpointer value, gpointer text)
{
    bool is_secret = strcmp(name, "authorization") == 0;

    g_string_append_printf(text, "%s: %s\n", (const char *)name, is_secret ? "…" : (const char *)value);
}

/* First what a person wants to read, then what went over the wire. */
static char *sample_of(GHashTable *values, const ListenerRequest *raw)
{
    static const char *const names[] = {"id", "locale", "number", "title", "text", "html", NULL};
    GString *text = g_string_new(NULL);

    g_string_append_printf(text, "to: %s\n", endpoint_of(values));
    for (int i = 0; names[i]; i++) {
        const char *value = g_hash_table_lookup(values, names[i]);

        if (value && *value)
            g_string_append_printf(text, strchr(value, '\n') ? "%s:\n%s\n" : "%s: %s\n", names[i], value);
    }
    g_string_append_printf(text, "\n---- as it was sent ----\n%s %s%s%s\n", raw->method, raw->path,
                           *raw->query ? "?" : "", raw->query);
    g_hash_table_foreach(raw->headers, append_header, text);
    g_string_append_c(text, '\n');
    g_string_append_len(text, raw->body, (gssize)raw->size);
    g_string_append_c(text, '\n');
    return g_string_free(text, FALSE);
}

static bool keep(HttpSinkStore *store, GHashTable *values, const ListenerRequest *raw)
{
    g_autofree char *text = sink_store_wants(store->kept) ? sample_of(values, raw) : NULL;
    g_autofree char *path = NULL;

    return !text || sink_store_keep(store->kept, text, strlen(text), &path);
}

/* Memory ---------------------------------------------------------------------------------------------------------- */

/* {{endpoint_cn}}: a number of mainland China without its country code, borrowed; NULL of any other. */
static const char *national_of(const char *endpoint)
{
    const char *digits = endpoint[0] == '+' ? endpoint + 1 : endpoint;

    return strlen(digits) == 13 && g_str_has_prefix(digits, "86") ? digits + 2 : NULL;
}

static Known *remember(HttpSinkStore *store, GHashTable *values)
{
    Known *known = g_new0(Known, 1);
    const char *without_country;

    g_ptr_array_add(store->all, known);
    for (size_t i = 0; i < G_N_ELEMENTS(known->names); i++) {
        known->names[i] = g_strdup(g_hash_table_lookup(values, names_of_messages[i]));
        if (known->names[i])
            g_hash_table_replace(store->known, g_strdup(known->names[i]), known);
    }
    g_hash_table_replace(store->known, http_sink_store_id(values), known);
    without_country = national_of(endpoint_of(values));
    if (without_country)
        g_hash_table_replace(store->known, g_strdup(without_country), known);
    return known;
}

/* False when the message was known before. */
static bool learn(HttpSinkStore *store, GHashTable *values, GatewayMeaning meaning)
{
    g_autofree char *id = http_sink_store_id(values);
    Known *known;
    bool is_new;

    if (!store->known)
        return true;
    pthread_mutex_lock(&store->lock);
    known = g_hash_table_lookup(store->known, id);
    is_new = !known;
    if (is_new)
        known = remember(store, values);
    known->meaning = meaning;
    pthread_mutex_unlock(&store->lock);
    return is_new;
}

void http_sink_store_report(HttpSinkStore *store, GHashTable *values, GatewayMeaning meaning)
{
    learn(store, values, meaning);
}

/* By the most exact of the names that it is asked about with: an endpoint may have got an earlier message. */
static const Known *find(const HttpSinkStore *store, GHashTable *values)
{
    static const char *const names[] = {"id",          "uuid", "provider_id", "endpoint", "endpoint_digits",
                                        "endpoint_cn", NULL};

    for (int i = 0; names[i]; i++) {
        const char *value = g_hash_table_lookup(values, names[i]);

        if (value && *value)
            return g_hash_table_lookup(store->known, value);
    }
    return NULL;
}

GatewayMeaning http_sink_store_find(HttpSinkStore *store, GHashTable *values)
{
    GatewayMeaning meaning = GATEWAY_MEANS_NOT_FOUND;
    const Known *known;

    if (!store->known)
        return GATEWAY_MEANS_DELIVERED;
    pthread_mutex_lock(&store->lock);
    known = find(store, values);
    if (known)
        meaning = known->meaning;
    for (size_t i = 0; known && i < G_N_ELEMENTS(known->names); i++)
        if (known->names[i] && !g_hash_table_contains(values, names_of_messages[i]))
            g_hash_table_insert(values, g_strdup(names_of_messages[i]), g_strdup(known->names[i]));
    pthread_mutex_unlock(&store->lock);
    return meaning;
}

/* Taking ---------------------------------------------------------------------------------------------------------- */

bool http_sink_store_take(HttpSinkStore *store, const GPtrArray *messages, const ListenerRequest *raw)
{
    g_autoptr(GString) lines = g_string_new(NULL);
    int64_t repeated = 0;

    for (guint i = 0; i < messages->len; i++) {
        GHashTable *values = g_ptr_array_index(messages, i);
        bool is_new;

        if (!keep(store, values, raw))
            return false;
        is_new = learn(store, values, GATEWAY_MEANS_ACCEPTED);
        repeated += is_new ? 0 : 1;
        g_string_append(lines, is_new ? "accepted " : "repeated ");
        sink_store_append_word(lines, http_sink_store_key(values), "");
        g_string_append_c(lines, ' ');
        sink_store_append_word(lines, endpoint_of(values), "");
        g_string_append_printf(lines, " %zu\n", raw->size);
    }
    if (!sink_store_log(store->kept, lines))
        return false;
    sink_store_count(store->kept, messages->len);
    atomic_fetch_add(&store->repeated, repeated);
    return true;
}

int64_t http_sink_store_accepted(const HttpSinkStore *store)
{
    return sink_store_accepted(store->kept);
}

int64_t http_sink_store_repeated(const HttpSinkStore *store)
{
    return atomic_load(&store->repeated);
}
