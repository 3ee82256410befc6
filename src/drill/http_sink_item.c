#include "drill/http_sink_item.h"

#include <pthread.h>
#include <string.h>

#include "drill/http_sink_store.h"
#include "model/answer_pointer.h"

#define PUBLIC_URL "https://status.example.com/"

/* One item that was published. */
typedef struct Record {
    GHashTable *values; /* owned; what the request that made it said, and "endpoint": its slug */
    char *id;           /* owned; what we call it */
    char *path;         /* owned; where a PUT put it; NULL of other requests */
    char *text;         /* owned */
} Record;

struct HttpSinkItems {
    const GatewayHttp *http;
    HttpSinkReader *update, *withdraw, *find, *read; /* owned; NULL: there is none */
    pthread_mutex_t lock;                            /* guards the rest */
    GPtrArray *records;                              /* owned; of Record * */
};

static void free_record(gpointer data)
{
    Record *record = data;

    g_hash_table_unref(record->values);
    g_free(record->id);
    g_free(record->path);
    g_free(record->text);
    g_free(record);
}

static HttpSinkReader *reader_of(const GatewayRequest *request)
{
    return request ? http_sink_reader_new(request, NULL) : NULL;
}

HttpSinkItems *http_sink_items_new(const GatewayHttp *http)
{
    HttpSinkItems *items = g_new0(HttpSinkItems, 1);

    items->http = http;
    items->update = reader_of(http->publication.update);
    items->withdraw = reader_of(http->publication.withdraw);
    items->find = reader_of(http->publication.find);
    items->read = reader_of(http->publication.read);
    items->records = g_ptr_array_new_with_free_func(free_record);
    pthread_mutex_init(&items->lock, NULL);
    return items;
}

void http_sink_items_free(HttpSinkItems *items)
{
    if (!items)
        return;
    http_sink_reader_free(items->update);
    http_sink_reader_free(items->withdraw);
    http_sink_reader_free(items->find);
    http_sink_reader_free(items->read);
    g_ptr_array_unref(items->records);
    pthread_mutex_destroy(&items->lock);
    g_free(items);
}

static GHashTable *copy_of(GHashTable *values)
{
    GHashTable *copy = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    GHashTableIter iterator;
    gpointer name, value;

    g_hash_table_iter_init(&iterator, values);
    while (g_hash_table_iter_next(&iterator, &name, &value))
        g_hash_table_insert(copy, g_strdup(name), g_strdup(value));
    if (!g_hash_table_contains(copy, "endpoint") && g_hash_table_contains(copy, "slug"))
        g_hash_table_insert(copy, g_strdup("endpoint"), g_strdup(g_hash_table_lookup(copy, "slug")));
    return copy;
}

static bool is_same(const char *left, const char *right)
{
    return left && right && strcmp(left, right) == 0;
}

/* The item that a request means: by our id for it, its slug, or the path where it lies; NULL: none. */
static Record *record_of(const HttpSinkItems *items, GHashTable *values, const ListenerRequest *raw)
{
    for (guint i = 0; i < items->records->len; i++) {
        Record *record = g_ptr_array_index(items->records, i);

        if (is_same(record->id, g_hash_table_lookup(values, "provider_id")) || is_same(record->path, raw->path) ||
            is_same(g_hash_table_lookup(record->values, "slug"), g_hash_table_lookup(values, "slug")))
            return record;
    }
    return NULL;
}

static Record *new_record(HttpSinkItems *items, GHashTable *values, const ListenerRequest *raw)
{
    Record *record = g_new0(Record, 1);

    record->values = copy_of(values);
    record->id = http_sink_store_id(values);
    record->path = strcmp(raw->method, "PUT") == 0 ? g_strdup(raw->path) : NULL;
    g_ptr_array_add(items->records, record);
    return record;
}

/* What it is called; newly allocated. */
static char *put(HttpSinkItems *items, GHashTable *values, const ListenerRequest *raw)
{
    const char *content = items->http->publication.content ? items->http->publication.content : "html";
    const char *text = g_hash_table_lookup(values, content);
    Record *record;
    char *id;

    pthread_mutex_lock(&items->lock);
    record = record_of(items, values, raw);
    if (!record)
        record = new_record(items, values, raw);
    g_free(record->text);
    record->text = g_strdup(text ? text : raw->body);
    id = g_strdup(record->id);
    pthread_mutex_unlock(&items->lock);
    return id;
}

static GHashTable *extra_of(const HttpSinkItems *items, const char *id)
{
    GHashTable *extra = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);

    if (items->http->publication.url)
        g_hash_table_insert(extra, g_strdup(answer_pointer_shown(items->http->publication.url)),
                            g_strconcat(PUBLIC_URL, id, NULL));
    return extra;
}

GHashTable *http_sink_items_put(HttpSinkItems *items, GHashTable *values, const ListenerRequest *raw)
{
    g_autofree char *id = put(items, values, raw);

    return extra_of(items, id);
}

/* Newly allocated; NULL: it is not there. */
static char *text_of(HttpSinkItems *items, GHashTable *values, const ListenerRequest *raw)
{
    const Record *record;
    char *copy;

    pthread_mutex_lock(&items->lock);
    record = record_of(items, values, raw);
    copy = record ? g_strdup(record->text) : NULL;
    pthread_mutex_unlock(&items->lock);
    return copy;
}

static void plain(HttpSinkAnswer *answer, int status, const char *type, char *body)
{
    *answer = (HttpSinkAnswer){.status = status, .type = type, .body = body, .size = strlen(body)};
}

static void serve_read(HttpSinkItems *items, GHashTable *values, const ListenerRequest *raw, HttpSinkAnswer *answer)
{
    const GatewayPublication *publication = &items->http->publication;
    char *text = text_of(items, values, raw);
    g_autoptr(GHashTable) extra = NULL;

    if (!text || !publication->read_text) {
        plain(answer, text ? 200 : 404, "text/html; charset=utf-8", text ? text : g_strdup("not found"));
        return;
    }
    extra = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    g_hash_table_insert(extra, g_strdup(answer_pointer_shown(publication->read_text)), text);
    http_sink_answer_make(&items->http->answer, NULL, 0, extra, answer);
    answer->status = 200;
}

/* The items that a question may mean: all of them where it names none. */
static void serve_find(HttpSinkItems *items, GHashTable *values, const ListenerRequest *raw, HttpSinkAnswer *answer)
{
    bool names_one = g_hash_table_contains(values, "slug") || g_hash_table_contains(values, "provider_id");
    g_autoptr(GArray) found = g_array_new(FALSE, TRUE, sizeof(HttpSinkItem));
    const Record *wanted;

    pthread_mutex_lock(&items->lock);
    wanted = record_of(items, values, raw);
    for (guint i = 0; i < items->records->len; i++) {
        Record *record = g_ptr_array_index(items->records, i);
        HttpSinkItem item = {.meaning = GATEWAY_MEANS_ACCEPTED, .values = record->values, .id = record->id};

        if (!names_one || record == wanted)
            g_array_append_val(found, item);
    }
    if (found->len == 0) {
        HttpSinkItem none = {.meaning = GATEWAY_MEANS_NOT_FOUND, .values = values};

        g_array_append_val(found, none);
    }
    http_sink_answer_make(&items->http->publication.found, (const HttpSinkItem *)(void *)found->data, found->len, NULL,
                          answer);
    pthread_mutex_unlock(&items->lock);
}

static void serve_change(HttpSinkItems *items, GHashTable *values, const ListenerRequest *raw, HttpSinkAnswer *answer)
{
    g_autofree char *id = put(items, values, raw);
    g_autoptr(GHashTable) extra = extra_of(items, id);

    http_sink_answer_make(&items->http->answer,
                          &(HttpSinkItem){.meaning = GATEWAY_MEANS_ACCEPTED, .values = values, .id = id}, 1, extra,
                          answer);
}

bool http_sink_items_serve(HttpSinkItems *items, const ListenerRequest *raw, HttpSinkAnswer *answer)
{
    static void (*const serves[])(HttpSinkItems *, GHashTable *, const ListenerRequest *,
                                  HttpSinkAnswer *) = {serve_read, serve_find, serve_change, serve_change};
    const HttpSinkReader *const readers[] = {items->read, items->find, items->update, items->withdraw};

    for (size_t i = 0; i < G_N_ELEMENTS(readers); i++) {
        g_autoptr(GPtrArray) messages = readers[i] ? http_sink_read(readers[i], raw) : NULL;

        if (messages) {
            serves[i](items, g_ptr_array_index(messages, 0), raw, answer);
            return true;
        }
    }
    return false;
}
