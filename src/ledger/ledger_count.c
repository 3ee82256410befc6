/* The counters: reading them, and counting everything again to check them. */
#include "ledger/ledger.h"

#include <inttypes.h>
#include <string.h>

#include "base/error.h"
#include "ledger/backend.h"
#include "ledger/ledger_private.h"
#include "ledger/queue.h"

/* A counter of a state that does not exist is left out: then the identity does not hold, and says so. */
static bool is_state(LedgerCounterKind kind, int state)
{
    return state >= 0 && state < (kind == COUNTER_CHANNEL ? (int)MESSAGE_STATES : (int)TOLD_STATES);
}

static void take_returned(LedgerCounterKind kind, const char *name, int state, int64_t n, void *user)
{
    LedgerReturned *returned = user;

    (void)name;
    if (kind == COUNTER_RETURNED && state >= 0 && state < (int)BOUNCE_REASONS)
        returned->reasons[state] += n;
    else if (kind == COUNTER_MAIL && state >= 0 && state < (int)LEDGER_MAILS)
        returned->mails[state] += n;
}

bool ledger_returned(Ledger *ledger, LedgerReturned *returned, GError **error)
{
    memset(returned, 0, sizeof *returned);
    return ledger->backend->counters(ledger->store, take_returned, returned, error);
}

static void take_count(LedgerCounterKind kind, const char *name, int state, int64_t n, void *user)
{
    LedgerCounts *counts = user;

    (void)name;
    if (kind == COUNTER_PERSON && is_state(kind, state))
        counts->told[state] += n;
    else if (kind == COUNTER_CHANNEL && is_state(kind, state))
        counts->messages[state] += n;
    else if (kind == COUNTER_RESENT)
        counts->resent_in_doubt += n;
    else if (kind == COUNTER_TWICE)
        counts->twice += n;
    else if (kind == COUNTER_CLIMB)
        *(state == 0 ? &counts->climbing : &counts->climbed) += n;
}

bool ledger_counts(Ledger *ledger, LedgerCounts *counts, GError **error)
{
    const LedgerBackend *backend = ledger->backend;

    memset(counts, 0, sizeof *counts);
    counts->people = ledger->header.people;
    if (!backend->counters(ledger->store, take_count, counts, error) ||
        !backend->count_held(ledger->store, &counts->held, error) ||
        !backend->next_due(ledger->store, 0, QUEUE_ANY, &counts->due_first, error))
        return false;
    counts->open = counts->messages[MESSAGE_PLANNED] + counts->messages[MESSAGE_DEFERRED] +
                   counts->messages[MESSAGE_IN_DOUBT] - counts->held;
    if (identity_holds(counts->people, counts->told))
        return true;
    error_set(error, BREACH_ERROR_INTERNAL, "ledger-identity",
              "the identity is broken: %" PRId64 " people do not add up; send nothing and keep %s as it is",
              counts->people, ledger->folder);
    return false;
}

typedef struct TallyRequest {
    LedgerCounterKind kind;
    GPtrArray *tallies;
} TallyRequest;

static void tally_free(gpointer data)
{
    LedgerTally *tally = data;

    g_free(tally->name);
    g_free(tally);
}

static void take_tally(LedgerCounterKind kind, const char *name, int state, int64_t n, void *user)
{
    const TallyRequest *request = user;
    LedgerTally *tally = NULL;

    if (kind != request->kind || !is_state(kind, state))
        return;
    for (guint i = 0; i < request->tallies->len; i++)
        if (strcmp(((LedgerTally *)g_ptr_array_index(request->tallies, i))->name, name) == 0)
            tally = g_ptr_array_index(request->tallies, i);
    if (!tally) {
        tally = g_new0(LedgerTally, 1);
        tally->name = g_strdup(name);
        g_ptr_array_add(request->tallies, tally);
    }
    tally->counts[state] += n;
}

static int by_name(gconstpointer left, gconstpointer right)
{
    return strcmp((*(LedgerTally *const *)left)->name, (*(LedgerTally *const *)right)->name);
}

static int by_number(gconstpointer left, gconstpointer right)
{
    int64_t a = g_ascii_strtoll((*(LedgerTally *const *)left)->name, NULL, 10);
    int64_t b = g_ascii_strtoll((*(LedgerTally *const *)right)->name, NULL, 10);

    return (a > b) - (a < b);
}

GPtrArray *ledger_tallies(Ledger *ledger, LedgerTallyKind kind, GError **error)
{
    static const LedgerCounterKind kinds[] = {[LEDGER_BY_AUDIENCE] = COUNTER_AUDIENCE,
                                              [LEDGER_BY_CHANNEL] = COUNTER_CHANNEL,
                                              [LEDGER_BY_EDITION] = COUNTER_EDITION};
    TallyRequest request = {.kind = kinds[kind],
                            .tallies = g_ptr_array_new_with_free_func(tally_free)};

    if (!ledger->backend->counters(ledger->store, take_tally, &request, error)) {
        g_ptr_array_unref(request.tallies);
        return NULL;
    }
    g_ptr_array_sort(request.tallies, kind == LEDGER_BY_EDITION ? by_number : by_name);
    return request.tallies;
}

/* "kind name state" -> n */
static void take_entry(LedgerCounterKind kind, const char *name, int state, int64_t n, void *user)
{
    GHashTable *entries = user;
    char *key;
    int64_t *sum;

    if (n == 0 || kind == COUNTER_RESENT || kind == COUNTER_TWICE || kind == COUNTER_RETURNED || kind == COUNTER_MAIL)
        return; /* what has happened, and no row says */
    key = g_strdup_printf("%d %s %d", (int)kind, name, state);
    sum = g_hash_table_lookup(entries, key);
    if (sum) {
        *sum += n;
        g_free(key);
        return;
    }
    g_hash_table_insert(entries, key, g_memdup2(&n, sizeof n));
}

static const char *first_difference(GHashTable *a, GHashTable *b)
{
    GHashTableIter iterator;
    gpointer key, value;

    g_hash_table_iter_init(&iterator, a);
    while (g_hash_table_iter_next(&iterator, &key, &value)) {
        const int64_t *other = g_hash_table_lookup(b, key);

        if (!other || *other != *(const int64_t *)value)
            return key;
    }
    return NULL;
}

bool ledger_audit(Ledger *ledger, GError **error)
{
    g_autoptr(GHashTable) kept = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    g_autoptr(GHashTable) counted = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    const char *difference;

    if (!ledger->backend->counters(ledger->store, take_entry, kept, error) ||
        !ledger->backend->recount(ledger->store, take_entry, counted, error))
        return false;
    difference = first_difference(kept, counted);
    if (!difference)
        difference = first_difference(counted, kept);
    if (!difference)
        return true;
    error_set(error, BREACH_ERROR_INTERNAL, "ledger-counter", "a counter differs from the rows: %s", difference);
    return false;
}

bool ledger_people_in_file(Ledger *ledger, int64_t *people, GError **error)
{
    return ledger->backend->people_in_file(ledger->store, people, error);
}

bool ledger_first_told(Ledger *ledger, int64_t *at, GError **error)
{
    return ledger->backend->first_told(ledger->store, at, error);
}

GPtrArray *ledger_reasons(Ledger *ledger, GError **error)
{
    return ledger->backend->reasons(ledger->store, error);
}

GPtrArray *ledger_texts(Ledger *ledger, GError **error)
{
    return ledger->backend->texts(ledger->store, error);
}
