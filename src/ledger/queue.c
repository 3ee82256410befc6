#include "ledger/queue.h"

#include "base/error.h"
#include "base/fault.h"
#include "base/seal.h"
#include "ledger/backend.h"
#include "ledger/ledger_private.h"
#include "model/region.h"

static void free_queue(gpointer data)
{
    Queue *queue = data;

    g_free(queue->name);
    g_free(queue);
}

static void take_queue(int64_t no, int kind, const char *name, void *user)
{
    Queue *queue = g_new0(Queue, 1);

    queue->no = no;
    queue->kind = (QueueKind)kind;
    queue->name = g_strdup(name);
    g_ptr_array_add(user, queue);
}

GPtrArray *queue_list(Ledger *ledger, GError **error)
{
    g_autoptr(GPtrArray) queues = g_ptr_array_new_with_free_func(free_queue);

    return ledger->backend->queues(ledger->store, take_queue, queues, error) ? g_steal_pointer(&queues) : NULL;
}

int64_t queue_number(Ledger *ledger, QueueKind kind, const char *name, GError **error)
{
    return ledger->backend->queue_no(ledger->store, (int)kind, name, error);
}

bool queue_count(Ledger *ledger, int64_t queue, int64_t *count, GError **error)
{
    return ledger->backend->queue_count(ledger->store, queue, count, error);
}

bool queue_next_due(Ledger *ledger, int64_t gateway, int64_t queue, int64_t *due, GError **error)
{
    return ledger->backend->next_due(ledger->store, gateway, queue, due, error);
}

/* Claiming ------------------------------------------------------------------------------------------------------ */

/* Where the people of a message are, as far as their data says so; NULL on failure. */
static char **regions_of(Ledger *ledger, int64_t no, GError **error)
{
    g_auto(GStrv) stored = ledger->backend->served_people(ledger->store, no, true, error);
    g_autoptr(GPtrArray) regions = g_ptr_array_new_with_free_func(g_free);

    for (char **each = stored; each && *each; each++) {
        g_autofree char *plain = seal_open(*each);
        json_auto_t *data = json_loads(plain, 0, NULL);
        const char *region = json_string_value(json_object_get(data, "region"));
        char *normal = region ? region_normalize(region) : NULL;

        if (normal)
            g_ptr_array_add(regions, normal);
    }
    if (!stored)
        return NULL;
    g_ptr_array_add(regions, NULL);
    return (char **)g_ptr_array_free(g_steal_pointer(&regions), FALSE);
}

/* Where a due message has to wait; QUEUE_MAIN: it may be claimed. -1 on failure. */
static int64_t place_of(Ledger *ledger, const QueueClaim *request, const LedgerRow *row, const LedgerClaim *claim,
                        GError **error)
{
    QueueCandidate candidate = {.endpoint = claim->endpoint};
    g_auto(GStrv) people = NULL;
    g_auto(GStrv) regions = NULL;

    if (!request->sort)
        return QUEUE_MAIN;
    candidate.audience = ledger_audience_of(ledger, row->text, error);
    candidate.locale = candidate.audience ? ledger_locale_of(ledger, row->text, error) : NULL;
    if (!candidate.locale)
        return -1;
    if (request->wants_people) {
        people = ledger->backend->served_people(ledger->store, row->no, false, error);
        if (!people)
            return -1;
        candidate.people = (const char *const *)people;
    }
    if (request->wants_regions) {
        regions = regions_of(ledger, row->no, error);
        if (!regions)
            return -1;
        candidate.regions = (const char *const *)regions;
    }
    return request->sort(&candidate, request->user);
}

/* Whether sending it once more might be a second copy that the gateway would not recognise: it waited for too long. */
static bool is_forgotten(const QueueClaim *request, const LedgerRow *row)
{
    return request->recognised > 0 && row->first_at >= 0 && (row->state == MESSAGE_IN_DOUBT || row->doubt_open) &&
           request->now - row->first_at >= request->recognised;
}

/* As if it had been claimed and had come back: what was in doubt about it still is, and it is not due by itself. */
static bool leave_to_person(Ledger *ledger, LedgerRow *row, LedgerClaim *claim, int64_t now, GError **error)
{
    const LedgerChange change = {.event = EVENT_RETURNED,
                                 .at = now,
                                 .due = -1,
                                 .run = ledger->run_id,
                                 .reply =
                                     "the gateway may have taken it before, and no longer recognises a repetition"};

    return ledger_take(ledger, row, claim, now, error) && ledger_end_attempt(ledger, row, &change, error);
}

/* One due message: claimed, moved, or left to a person. */
static bool settle(Ledger *ledger, const QueueClaim *request, LedgerRow *row, LedgerClaim *claim, GPtrArray *claims,
                   int *moved, GError **error)
{
    int64_t place = place_of(ledger, request, row, claim, error);

    if (place < 0) {
        ledger_claim_free(claim);
        return false;
    }
    if (place != QUEUE_MAIN && place != request->queue) {
        ledger_claim_free(claim);
        (*moved)++;
        fault_point("queue_moved");
        return ledger->backend->row_move(ledger->store, row->no, place, error);
    }
    if (is_forgotten(request, row)) {
        bool left = leave_to_person(ledger, row, claim, request->now, error);

        ledger_claim_free(claim);
        return left;
    }
    g_ptr_array_add(claims, claim);
    if (request->look_again > 0 && row->state == MESSAGE_IN_DOUBT)
        return ledger->backend->claim_people(ledger->store, claim, error) &&
               ledger_look_up(ledger, row, claim, request->now + request->look_again, error);
    return ledger->backend->claim_people(ledger->store, claim, error) &&
           ledger_take(ledger, row, claim, request->now, error);
}

/* One page of due messages. Returns how many there were, -1 on failure. */
static int claim_page(Ledger *ledger, const QueueClaim *request, int limit, GPtrArray *claims, int *moved,
                      GError **error)
{
    g_autofree LedgerRow *rows = g_new0(LedgerRow, (gsize)limit);
    g_autofree LedgerClaim **found = g_new0(LedgerClaim *, (gsize)limit);
    int n = ledger->backend->rows_due(ledger->store, request->gateway, request->queue, request->now, limit, rows, found,
                                      error);
    bool settled = true;

    for (int i = 0; i < n; i++) {
        if (settled)
            settled = settle(ledger, request, &rows[i], found[i], claims, moved, error);
        else
            ledger_claim_free(found[i]);
    }
    return settled ? n : -1;
}

bool queue_claim(Ledger *ledger, const QueueClaim *request, GPtrArray *claims, int *moved, GError **error)
{
    guint before = claims->len;

    *moved = 0;
    if (ledger->run == 0 || !ledger->in_batch) {
        error_set(error, BREACH_ERROR_INTERNAL, "internal-ledger", "messages are claimed by a run, in a batch");
        return false;
    }
    while (true) {
        int left = request->limit - (int)(claims->len - before);
        int n;

        if (left <= 0 || (*moved > 0 && *moved >= request->moves))
            return true;
        n = claim_page(ledger, request, left, claims, moved, error);
        if (n < left)
            return n >= 0;
    }
}
