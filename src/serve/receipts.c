#include "serve/receipts.h"

#include <pthread.h>
#include <string.h>

#include <jansson.h>

#include "base/error.h"
#include "base/id.h"
#include "base/log.h"
#include "base/secret.h"
#include "base/text.h"
#include "channel/sign_canonical.h"
#include "ledger/inbox.h"
#include "model/answer_pointer.h"
#include "serve/receipts_proof.h"

#define RECENT_MOST                                                                                                    \
    65536 /* reports by which a repeat is recognised; a forgotten one is recorded again, which is harmless */
#define WORDS_MOST 400
#define ID_MOST    200

typedef struct Source {
    const Gateway *gateway;
    Secret *secret; /* owned */
} Source;

struct Receipts {
    Ledger *ledger;
    const Clock *clock;
    GHashTable *sources;  /* owned; name -> Source * */
    GHashTable *recent;   /* owned; a set of "gateway id attempt event" */
    pthread_mutex_t lock; /* guards the counts */
    ReceiptsCounts counts;
};

/* One receipt that is to be recorded; its strings live in Batch.strings. */
typedef struct Batch {
    GArray *entries;    /* of InboxEntry */
    GPtrArray *strings; /* owned */
    GPtrArray *marks;   /* of char *, owned by `strings`: what to remember of them */
    ReceiptsCounts counts;
} Batch;

static void free_source(gpointer data)
{
    Source *source = data;

    secret_free(source->secret);
    g_free(source);
}

Receipts *receipts_new(Ledger *ledger, const Clock *clock)
{
    Receipts *receipts = g_new0(Receipts, 1);

    receipts->ledger = ledger;
    receipts->clock = clock;
    receipts->sources = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, free_source);
    receipts->recent = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    pthread_mutex_init(&receipts->lock, NULL);
    return receipts;
}

void receipts_use(Receipts *receipts, Ledger *ledger)
{
    receipts->ledger = ledger;
    g_hash_table_remove_all(receipts->recent);
}

bool receipts_add(Receipts *receipts, const Gateway *gateway, GError **error)
{
    Secret *secret = secret_load(gateway->http->receipt.secret, gateway->folder, error);
    Source *source;

    if (!secret)
        return false;
    source = g_new0(Source, 1);
    source->gateway = gateway;
    source->secret = secret;
    g_hash_table_replace(receipts->sources, gateway->name, source);
    return true;
}

void receipts_free(Receipts *receipts)
{
    if (!receipts)
        return;
    g_hash_table_unref(receipts->sources);
    g_hash_table_unref(receipts->recent);
    pthread_mutex_destroy(&receipts->lock);
    g_free(receipts);
}

static void count(Receipts *receipts, const ReceiptsCounts *more)
{
    pthread_mutex_lock(&receipts->lock);
    receipts->counts.recorded += more->recorded;
    receipts->counts.repeated += more->repeated;
    receipts->counts.ignored += more->ignored;
    receipts->counts.unknown += more->unknown;
    receipts->counts.forged += more->forged;
    receipts->counts.broken += more->broken;
    pthread_mutex_unlock(&receipts->lock);
}

ReceiptsCounts receipts_counts(const Receipts *receipts)
{
    pthread_mutex_t *lock = (pthread_mutex_t *)(uintptr_t)&receipts->lock;
    ReceiptsCounts counts;

    pthread_mutex_lock(lock);
    counts = receipts->counts;
    pthread_mutex_unlock(lock);
    return counts;
}

/* Reading --------------------------------------------------------------------------------------------------------- */

static void add_pairs(json_t *object, GHashTable *pairs)
{
    GHashTableIter iterator;
    gpointer name, value;

    g_hash_table_iter_init(&iterator, pairs);
    while (g_hash_table_iter_next(&iterator, &name, &value))
        if (!json_object_get(object, name) && g_utf8_validate(name, -1, NULL) && g_utf8_validate(value, -1, NULL))
            json_object_set_new(object, name, json_string(value));
}

static bool is_json(const ListenerRequest *request)
{
    const char *type = g_hash_table_lookup(request->headers, "content-type");
    size_t blank = strspn(request->body, " \t\r\n");

    return (type && strstr(type, "json")) || request->body[blank] == '{' || request->body[blank] == '[';
}

/* The report as one document: a new reference; NULL when it cannot be read. */
static json_t *document_of(const ListenerRequest *request, GHashTable *query)
{
    json_t *document;

    if (request->size > 0 && is_json(request))
        return answer_body_parse(GATEWAY_FORMAT_JSON, request->body, request->size);
    if (memchr(request->body, '\0', request->size))
        return NULL;
    document = json_object();
    if (request->size > 0) {
        g_autoptr(GHashTable) form = sign_pairs(request->body);

        add_pairs(document, form);
    }
    add_pairs(document, query);
    return document;
}

static bool event_of(GatewayMeaning meaning, MessageEvent *event)
{
    switch (meaning) {
    case GATEWAY_MEANS_ACCEPTED:
        *event = EVENT_ACCEPTED;
        return true;
    case GATEWAY_MEANS_DELIVERED:
        *event = EVENT_DELIVERED;
        return true;
    case GATEWAY_MEANS_BOUNCED:
    case GATEWAY_MEANS_FAILED: /* whoever reports has taken it: what it refuses then has come back (as in poll) */
        *event = EVENT_BOUNCED;
        return true;
    default:
        return false;
    }
}

/* The provider's words: the first that there are, as one line; newly allocated. */
static char *words_of(const GatewayReceipt *receipt, json_t *report)
{
    for (guint i = 0; receipt->words && i < receipt->words->len; i++) {
        g_autofree char *text = answer_pointer_text(g_ptr_array_index(receipt->words, i), report);
        char *line;

        if (!text || !*text)
            continue;
        line = g_utf8_substring(text, 0, MIN(g_utf8_strlen(text, -1), WORDS_MOST));
        for (char *c = line; *c; c++)
            if (g_ascii_iscntrl(*c))
                *c = ' ';
        return line;
    }
    return g_strdup("");
}

/* An id of ours, or what the provider calls the message; newly allocated; NULL: the report names none. */
static char *name_of(const GatewayReceipt *receipt, json_t *report, bool *is_ours)
{
    g_autofree char *own = receipt->id ? answer_pointer_text(receipt->id, report) : NULL;
    g_autofree char *theirs = receipt->provider_id ? answer_pointer_text(receipt->provider_id, report) : NULL;

    *is_ours = own && id_is_message(own);
    if (*is_ours)
        return g_steal_pointer(&own);
    if ((!theirs || !*theirs) && own && g_uuid_string_is_valid(own)) { /* ours, which it calls the message by */
        g_free(theirs);
        theirs = g_steal_pointer(&own);
    }
    if (!theirs || !*theirs || strlen(theirs) > ID_MOST || text_has_controls(theirs, strlen(theirs)))
        return NULL;
    return g_steal_pointer(&theirs);
}

static char *hold_string(Batch *batch, char *text)
{
    g_ptr_array_add(batch->strings, text);
    return text;
}

/* One report into the batch. False: the ledger cannot be asked. */
static bool add_report(Receipts *receipts, const Source *source, json_t *report, Batch *batch, GError **error)
{
    const GatewayReceipt *receipt = &source->gateway->http->receipt;
    InboxEntry entry = {.reply = ""};
    char *name, *mark;
    bool is_ours;
    int attempt = -1;

    if (!event_of(gateway_rules_apply(receipt->rules, 0, report), &entry.event)) {
        batch->counts.ignored++;
        return true;
    }
    name = name_of(receipt, report, &is_ours);
    if (name)
        hold_string(batch, name);
    if (name && !ledger_reported(receipts->ledger, source->gateway->name, is_ours ? name : NULL, name, &attempt, error))
        return false;
    if (attempt < 0) {
        batch->counts.unknown++;
        return true;
    }
    mark = hold_string(batch, g_strdup_printf("%s %s %d %d", source->gateway->name, name, attempt, (int)entry.event));
    if (g_hash_table_contains(receipts->recent, mark)) {
        batch->counts.repeated++;
        return true;
    }
    g_ptr_array_add(batch->marks, mark);
    entry.message = is_ours ? name : NULL;
    entry.gateway = is_ours ? NULL : source->gateway->name;
    entry.provider_id = is_ours ? NULL : name;
    entry.reply = hold_string(batch, words_of(receipt, report));
    g_array_append_val(batch->entries, entry);
    batch->counts.recorded++;
    return true;
}

static bool add_reports(Receipts *receipts, const Source *source, json_t *document, Batch *batch, GError **error)
{
    const JsonPointer *pointer = source->gateway->http->receipt.list;
    json_t *list = pointer ? answer_pointer_get(pointer, document) : NULL;
    json_t *report;
    size_t index;

    if (!pointer)
        return add_report(receipts, source, document, batch, error);
    json_array_foreach(list, index, report) if (!add_report(receipts, source, report, batch, error)) return false;
    if (!json_is_array(list))
        batch->counts.ignored++;
    return true;
}

/* Recording ------------------------------------------------------------------------------------------------------- */

static bool append(Receipts *receipts, const Batch *batch, GError **error)
{
    const InboxEntry *entries = (const InboxEntry *)(void *)batch->entries->data;
    int64_t now = clock_now(receipts->clock);

    for (size_t done = 0; done < batch->entries->len; done += INBOX_TOGETHER)
        if (!inbox_append_all(receipts->ledger, entries + done, MIN(batch->entries->len - done, INBOX_TOGETHER), now,
                              error))
            return false;
    return true;
}

static void remember(Receipts *receipts, const Batch *batch)
{
    if (g_hash_table_size(receipts->recent) + batch->marks->len > RECENT_MOST)
        g_hash_table_remove_all(receipts->recent);
    for (guint i = 0; i < batch->marks->len; i++)
        g_hash_table_add(receipts->recent, g_strdup(g_ptr_array_index(batch->marks, i)));
}

/* True: all of it is durable, or there was nothing to record. */
static bool record(Receipts *receipts, const Source *source, json_t *document, GError **error)
{
    Batch batch = {.entries = g_array_new(FALSE, TRUE, sizeof(InboxEntry)),
                   .strings = g_ptr_array_new_with_free_func(g_free),
                   .marks = g_ptr_array_new()};
    bool done = add_reports(receipts, source, document, &batch, error) && append(receipts, &batch, error);

    if (done) {
        remember(receipts, &batch);
        count(receipts, &batch.counts);
    }
    g_array_unref(batch.entries);
    g_ptr_array_unref(batch.strings);
    g_ptr_array_unref(batch.marks);
    return done;
}

static void take(Receipts *receipts, const Source *source, const ListenerRequest *request, GHashTable *query,
                 ListenerReply *reply)
{
    const GatewayReceipt *receipt = &source->gateway->http->receipt;
    g_autoptr(GError) error = NULL;
    json_t *document = document_of(request, query);

    if (!document) {
        count(receipts, &(ReceiptsCounts){.broken = 1});
        server_reply(reply, 400, NULL, "this cannot be read\n");
        return;
    }
    if (record(receipts, source, document, &error))
        server_reply(reply, 200, receipt->reply_type, receipt->reply ? receipt->reply : "");
    else {
        log_event(LOG_AT_ERROR, "receipt-lost", "gateway %s: %s", source->gateway->name, error_english(error));
        server_reply(reply, 503, NULL, "try again\n");
    }
    json_decref(document);
}

void receipts_handle(void *user, const ListenerRequest *request, ListenerReply *reply)
{
    Receipts *receipts = user;
    const Source *source = g_hash_table_lookup(receipts->sources, request->path + strlen(RECEIPTS_PATH));
    g_autoptr(GHashTable) query = sign_pairs(request->query);

    if (!source) {
        server_reply(reply, 404, NULL, "no such gateway\n");
        return;
    }
    if (!receipts_is_proven(&source->gateway->http->receipt, secret_text(source->secret), request, query,
                            clock_now(receipts->clock))) {
        count(receipts, &(ReceiptsCounts){.forged = 1});
        server_reply(reply, 403, NULL, "not proven\n");
        return;
    }
    take(receipts, source, request, query, reply);
}
