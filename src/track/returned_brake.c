#include "track/returned_brake.h"

#include "ledger/inbox.h"
#include "ledger/ledger_select.h"
#include "model/address.h"

#define REFUSALS_ENOUGH 10         /* messages to one domain, in the mails of one run */
#define HELD_FOR        CLOCK_HOUR /* as long as what was refused waits by itself */
#define PAGE            1000       /* messages at a time */
#define SHARE_LEAST     20         /* one in so many of what was tried since the first of them */

/* What one domain has refused, as the mails say. */
typedef struct Refusals {
    GHashTable *messages; /* owned; a set of ids */
    guint looked;         /* how many there were when the ledger was asked last */
    BounceReason reason;  /* the latest */
    bool is_held;
} Refusals;

struct ReturnedBrake {
    Ledger *ledger;
    const Clock *clock;
    GHashTable *domains; /* owned; lower case -> Refusals */
};

static void free_refusals(gpointer data)
{
    Refusals *refusals = data;

    g_hash_table_unref(refusals->messages);
    g_free(refusals);
}

ReturnedBrake *returned_brake_new(Ledger *ledger, const Clock *clock)
{
    ReturnedBrake *brake = g_new0(ReturnedBrake, 1);

    brake->ledger = ledger;
    brake->clock = clock;
    brake->domains = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_refusals);
    return brake;
}

void returned_brake_free(ReturnedBrake *brake)
{
    if (!brake)
        return;
    g_hash_table_unref(brake->domains);
    g_free(brake);
}

void returned_brake_note(ReturnedBrake *brake, const char *message, const BounceRecipient *recipient)
{
    g_autofree char *domain = address_domain_of(recipient->recipient);
    Refusals *refusals;

    if (!domain || !*domain || recipient->kind != BOUNCE_KIND_BOUNCE || !bounce_reason_is_ours(recipient->reason))
        return;
    refusals = g_hash_table_lookup(brake->domains, domain);
    if (!refusals) {
        refusals = g_new0(Refusals, 1);
        refusals->messages = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        g_hash_table_insert(brake->domains, g_steal_pointer(&domain), refusals);
    }
    g_hash_table_add(refusals->messages, g_strdup(message));
    refusals->reason = recipient->reason;
}

/* What the ledger knows of the messages to one domain. */
typedef struct There {
    int refused;      /* of those that the mails name */
    int64_t earliest; /* ms; when the first of these was tried first */
    int64_t since;    /* messages that were tried since then */
} There;

static void look_at(const LedgerMatch *match, const Refusals *refusals, int64_t earliest, There *there)
{
    if (match->attempt < 1)
        return;
    there->since += match->first_at >= earliest;
    if (!g_hash_table_contains(refusals->messages, match->id))
        return;
    there->refused++;
    there->earliest = MIN(there->earliest, match->first_at);
}

/* Whatever their state is by now: a breach notify that is running has put what was refused back already. */
static bool look_there(ReturnedBrake *brake, const char *domain, const Refusals *refusals, int64_t earliest,
                       There *there, GError **error)
{
    const LedgerFilter filter = {.states = UINT32_MAX, .domain = domain};
    int64_t after = 0;
    bool is_more = true;

    *there = (There){.earliest = INT64_MAX};
    while (is_more) {
        g_autoptr(GPtrArray) page = ledger_select(brake->ledger, &filter, after, PAGE, error);

        if (!page)
            return false;
        is_more = page->len == PAGE;
        for (guint i = 0; i < page->len; i++) {
            const LedgerMatch *match = g_ptr_array_index(page, i);

            look_at(match, refusals, earliest, there);
            after = match->no;
        }
    }
    return true;
}

static bool hold_domain(ReturnedBrake *brake, const char *domain, Refusals *refusals, int count, GError **error)
{
    int64_t now = clock_now(brake->clock);
    g_autofree char *name = g_strdup(domain);
    g_autofree char *reason =
        g_strdup_printf("it returned %d messages because of us (%s): ask its postmaster, then lift it", count,
                        bounce_reason_name(refusals->reason));
    char by[] = "breach track";
    const Hold hold = {
        .scope = HOLD_DOMAIN, .name = name, .reason = reason, .by = by, .at = now, .until = now + HELD_FOR};

    refusals->is_held = true;
    return inbox_append_hold(brake->ledger, &hold, false, error);
}

/* The ledger is asked when there is enough for the first time, and whenever there is twice as much: it takes a pass
 * over all messages, and another where there is enough. */
static bool settle_domain(ReturnedBrake *brake, const char *domain, Refusals *refusals, GError **error)
{
    guint noted = g_hash_table_size(refusals->messages);
    There there, of_all;

    if (refusals->is_held || noted < REFUSALS_ENOUGH || noted < 2 * refusals->looked)
        return true;
    refusals->looked = noted;
    if (!look_there(brake, domain, refusals, INT64_MAX, &there, error))
        return false;
    if (there.refused < REFUSALS_ENOUGH)
        return true;
    if (!look_there(brake, domain, refusals, there.earliest, &of_all, error))
        return false;
    return (int64_t)there.refused * SHARE_LEAST < of_all.since ||
           hold_domain(brake, domain, refusals, there.refused, error);
}

bool returned_brake_settle(ReturnedBrake *brake, GError **error)
{
    GHashTableIter iterator;
    gpointer domain, refusals;

    g_hash_table_iter_init(&iterator, brake->domains);
    while (g_hash_table_iter_next(&iterator, &domain, &refusals))
        if (!settle_domain(brake, domain, refusals, error))
            return false;
    return true;
}
