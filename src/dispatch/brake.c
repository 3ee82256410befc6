#include "dispatch/brake.h"

#include <limits.h>
#include <string.h>

#include "base/clock.h"
#include "base/language.h"
#include "base/seal.h"
#include "dispatch/pointer.h"
#include "dispatch/wave.h"
#include "model/address.h"
#include "model/region.h"

typedef struct Domain {
    char *name;         /* owned; the key of the table points here */
    int64_t queue;      /* 0: it has none yet */
    const Hold *hold;   /* borrowed from Brake.holds, or NULL */
    Pause *pause;       /* owned, or NULL */
    int64_t probe;      /* number of the message that goes first after a pause; 0: none is on its way */
    bool has_recovered; /* was paused, and took something since */
    bool is_dirty;      /* the pause must be written */
} Domain;

struct Brake {
    Ledger *ledger;          /* borrowed */
    const QuietHours *quiet; /* borrowed, or NULL */
    GPtrArray *holds;        /* owned */
    GPtrArray *queues;       /* owned; of Queue * */
    GHashTable *domains;     /* name -> Domain, owned */
    GHashTable *audiences;   /* id -> queue number (in the pointer) of a hold on it */
    GHashTable *people;      /* id -> the same */
    GHashTable *regions;     /* code -> the same */
    Pointers *pointers;      /* owned; what waits for the announcement */
    GHashTable *notes;       /* "SCOPE NAME" -> Pause, owned: to be written; until -1: to be removed */
    int watched;             /* domains with a pause, or that have recovered, or whose pause must be written */
    int braked;              /* domains with a hold or a pause */
    int version;
};

static void free_domain(gpointer data)
{
    Domain *domain = data;

    pause_free(domain->pause);
    g_free(domain->name);
    g_free(domain);
}

static void free_note(gpointer data)
{
    pause_free(data);
}

Brake *brake_new(Ledger *ledger, const QuietHours *quiet)
{
    Brake *brake = g_new0(Brake, 1);

    brake->ledger = ledger;
    brake->quiet = quiet;
    brake->holds = g_ptr_array_new();
    brake->queues = g_ptr_array_new();
    brake->domains = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, free_domain);
    brake->audiences = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    brake->people = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    brake->regions = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    brake->notes = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_note);
    brake->pointers = pointers_new(NULL);
    return brake;
}

void brake_free(Brake *brake)
{
    if (!brake)
        return;
    g_hash_table_unref(brake->domains);
    g_hash_table_unref(brake->audiences);
    g_hash_table_unref(brake->people);
    g_hash_table_unref(brake->regions);
    g_hash_table_unref(brake->notes);
    pointers_free(brake->pointers);
    g_ptr_array_unref(brake->queues);
    g_ptr_array_unref(brake->holds);
    g_free(brake);
}

void brake_announcement(Brake *brake, const AnnouncementNeed *need)
{
    pointers_free(brake->pointers);
    brake->pointers = pointers_new(need);
}

const GPtrArray *brake_queues(const Brake *brake)
{
    return brake->queues;
}

int brake_version(const Brake *brake)
{
    return brake->version;
}

/* Loading ------------------------------------------------------------------------------------------------------- */

static Domain *domain_of(Brake *brake, const char *name)
{
    Domain *domain = g_hash_table_lookup(brake->domains, name);

    if (domain)
        return domain;
    domain = g_new0(Domain, 1);
    domain->name = g_strdup(name);
    g_hash_table_insert(brake->domains, domain->name, domain);
    return domain;
}

static void count_domains(Brake *brake)
{
    GHashTableIter iterator;
    gpointer value;

    brake->watched = brake->braked = 0;
    g_hash_table_iter_init(&iterator, brake->domains);
    while (g_hash_table_iter_next(&iterator, NULL, &value)) {
        const Domain *domain = value;

        brake->watched += domain->pause || domain->has_recovered || domain->is_dirty ? 1 : 0;
        brake->braked += domain->hold || domain->pause ? 1 : 0;
    }
}

/* What a hold on a part of the messages needs: a queue in which they wait. */
static bool place_hold(Brake *brake, const Hold *hold, GError **error)
{
    static const QueueKind kinds[HOLD_SCOPES] = {[HOLD_AUDIENCE] = QUEUE_AUDIENCE,
                                                 [HOLD_DOMAIN] = QUEUE_DOMAIN,
                                                 [HOLD_PERSON] = QUEUE_PERSON,
                                                 [HOLD_REGION] = QUEUE_REGION};
    GHashTable *const tables[HOLD_SCOPES] = {
        [HOLD_AUDIENCE] = brake->audiences, [HOLD_PERSON] = brake->people, [HOLD_REGION] = brake->regions};
    int64_t no;

    if (hold->scope != HOLD_DOMAIN && !tables[hold->scope])
        return true;
    no = queue_number(brake->ledger, kinds[hold->scope], hold->name, error);
    if (no == 0)
        return false;
    if (tables[hold->scope])
        g_hash_table_insert(tables[hold->scope], g_strdup(hold->name), GSIZE_TO_POINTER((gsize)no));
    if (hold->scope == HOLD_DOMAIN) {
        Domain *domain = domain_of(brake, hold->name);

        domain->queue = no;
        domain->hold = hold;
    }
    return true;
}

static void clear_holds(Brake *brake)
{
    GHashTableIter iterator;
    gpointer value;

    g_hash_table_remove_all(brake->audiences);
    g_hash_table_remove_all(brake->people);
    g_hash_table_remove_all(brake->regions);
    g_hash_table_iter_init(&iterator, brake->domains);
    while (g_hash_table_iter_next(&iterator, NULL, &value))
        ((Domain *)value)->hold = NULL;
}

static bool load_queues(Brake *brake, GError **error)
{
    GPtrArray *queues = queue_list(brake->ledger, error);

    if (!queues)
        return false;
    g_ptr_array_unref(brake->queues);
    brake->queues = queues;
    brake->version++;
    return true;
}

static bool is_same(const GPtrArray *left, const GPtrArray *right)
{
    if (left->len != right->len)
        return false;
    for (guint i = 0; i < left->len; i++) {
        const Hold *a = g_ptr_array_index(left, i);
        const Hold *b = g_ptr_array_index(right, i);

        if (a->scope != b->scope || strcmp(a->name, b->name) != 0 || a->until != b->until)
            return false;
    }
    return true;
}

/* breach lift ends the pause of a domain as well: what the ledger no longer has is over here, too. */
static bool drop_lifted(Brake *brake, bool *changed, GError **error)
{
    g_autoptr(GPtrArray) pauses = pause_list(brake->ledger, error);
    GHashTableIter iterator;
    gpointer value;

    g_hash_table_iter_init(&iterator, brake->domains);
    while (pauses && g_hash_table_iter_next(&iterator, NULL, &value)) {
        Domain *domain = value;

        if (!domain->pause || domain->is_dirty || pause_find(pauses, PAUSE_DOMAIN, domain->name))
            continue;
        g_clear_pointer(&domain->pause, pause_free);
        domain->probe = 0;
        *changed = true;
    }
    return pauses != NULL;
}

bool brake_reload(Brake *brake, bool *changed, GError **error)
{
    GPtrArray *holds = hold_list(brake->ledger, error);

    if (!holds)
        return false;
    *changed = !is_same(holds, brake->holds);
    clear_holds(brake);
    g_ptr_array_unref(brake->holds);
    brake->holds = holds;
    for (guint i = 0; i < holds->len; i++)
        if (!place_hold(brake, g_ptr_array_index(holds, i), error))
            return false;
    if ((brake->watched > 0 && !drop_lifted(brake, changed, error)) ||
        !pointers_load(brake->pointers, brake->ledger, error))
        return false;
    count_domains(brake);
    return load_queues(brake, error);
}

static bool load_pauses(Brake *brake, GError **error)
{
    g_autoptr(GPtrArray) pauses = pause_list(brake->ledger, error);

    for (guint i = 0; pauses && i < pauses->len; i++) {
        Pause *pause = g_ptr_array_index(pauses, i);
        Domain *domain;

        if (pause->scope != PAUSE_DOMAIN) {
            if (!pause_drop(brake->ledger, pause->scope, pause->name, error))
                return false;
            continue;
        }
        domain = domain_of(brake, pause->name);
        domain->queue = queue_number(brake->ledger, QUEUE_DOMAIN, pause->name, error);
        if (domain->queue == 0)
            return false;
        pause_free(domain->pause);
        domain->pause = g_memdup2(pause, sizeof *pause);
        domain->pause->name = g_strdup(pause->name);
        domain->pause->reason = g_strdup(pause->reason);
    }
    return pauses != NULL;
}

static bool load_rates(Brake *brake, const Gateway *gateway, GError **error)
{
    for (guint i = 0; i < gateway->domain_rates->len; i++) {
        const GatewayDomainRate *entry = g_ptr_array_index(gateway->domain_rates, i);
        Domain *domain = domain_of(brake, entry->domain);

        domain->queue = queue_number(brake->ledger, QUEUE_DOMAIN, entry->domain, error);
        if (domain->queue == 0)
            return false;
    }
    return true;
}

static bool load_all(Brake *brake, const Gateway *const *gateways, size_t count, int64_t now, GError **error)
{
    bool changed;

    if (!hold_expire(brake->ledger, now, error))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!load_rates(brake, gateways[i], error))
            return false;
    return load_pauses(brake, error) && brake_reload(brake, &changed, error);
}

bool brake_begin(Brake *brake, const Gateway *const *gateways, size_t count, int64_t now, GError **error)
{
    if (!ledger_begin(brake->ledger, error))
        return false;
    if (load_all(brake, gateways, count, now, error) && ledger_commit(brake->ledger, error))
        return true;
    ledger_rollback(brake->ledger);
    return false;
}

/* Asking -------------------------------------------------------------------------------------------------------- */

char *brake_held(const Hold *hold)
{
    g_autofree char *what = hold_words(hold);
    g_autofree char *why = wave_words(hold->reason);

    return g_strdup_printf(_("%s is held by %s: %s"), what, hold->by, why);
}

const Hold *brake_lane_hold(const Brake *brake, const char *gateway, const char *channel, int64_t now)
{
    const Hold *hold = hold_find(brake->holds, HOLD_EVERYTHING, "", now);

    if (brake->holds->len > 0 && !hold)
        hold = hold_find(brake->holds, HOLD_GATEWAY, gateway, now);
    if (brake->holds->len > 0 && !hold)
        hold = hold_find(brake->holds, HOLD_CHANNEL, channel, now);
    return hold;
}

static int64_t end_of(const Hold *hold)
{
    return hold->until == 0 ? BRAKE_FOR_EVER : hold->until;
}

int64_t brake_lane(const Brake *brake, const char *gateway, const char *channel, int64_t now, char **why)
{
    const Hold *hold = brake_lane_hold(brake, gateway, channel, now);
    g_autofree char *end = NULL;
    int64_t until;

    if (hold) {
        *why = brake_held(hold);
        return end_of(hold);
    }
    until = brake->quiet ? quiet_hours_until(brake->quiet, channel, now) : 0;
    if (until == 0)
        return 0;
    end = quiet_hours_words(brake->quiet, until);
    *why = g_strdup_printf(_("quiet hours until %s"), end);
    return until;
}

static int64_t ask_domain(const Domain *domain, int64_t now, int *most)
{
    if (!domain || !domain->pause)
        return 0;
    if (now < domain->pause->until)
        return domain->pause->until;
    *most = 1;
    return domain->probe == 0 ? 0 : now + CLOCK_SECOND; /* its outcome wakes us */
}

int64_t brake_queue(const Brake *brake, const Queue *queue, int64_t now, int *most, const Hold **hold)
{
    static const HoldScope scopes[QUEUE_KINDS] = {[QUEUE_DOMAIN] = HOLD_DOMAIN,
                                                  [QUEUE_AUDIENCE] = HOLD_AUDIENCE,
                                                  [QUEUE_PERSON] = HOLD_PERSON,
                                                  [QUEUE_REGION] = HOLD_REGION};

    *most = INT_MAX;
    *hold = queue->kind == QUEUE_LOCALE ? NULL : hold_find(brake->holds, scopes[queue->kind], queue->name, now);
    if (*hold)
        return end_of(*hold);
    if (pointers_is_shut(brake->pointers, queue))
        return BRAKE_FOR_EVER;
    return queue->kind == QUEUE_DOMAIN ? ask_domain(g_hash_table_lookup(brake->domains, queue->name), now, most) : 0;
}

char *brake_waits(const Brake *brake, const Queue *queue)
{
    return pointers_is_shut(brake->pointers, queue) ? pointers_why(queue) : NULL;
}

const Pause *brake_pause(const Brake *brake, const Queue *queue, int64_t now)
{
    const Domain *domain = queue->kind == QUEUE_DOMAIN ? g_hash_table_lookup(brake->domains, queue->name) : NULL;

    return domain && domain->pause && now < domain->pause->until ? domain->pause : NULL;
}

bool brake_wants_people(const Brake *brake)
{
    return g_hash_table_size(brake->people) > 0;
}

bool brake_wants_regions(const Brake *brake)
{
    return g_hash_table_size(brake->regions) > 0;
}

bool brake_sorts(const Brake *brake, const Gateway *gateway)
{
    return brake->braked > 0 || gateway->domain_rates->len > 0 || g_hash_table_size(brake->audiences) > 0 ||
           brake_wants_people(brake) || brake_wants_regions(brake) || pointers_waits(brake->pointers, gateway->channel);
}

char *brake_domain(const char *endpoint)
{
    g_autofree char *plain = seal_open(endpoint);

    return address_domain_of(plain);
}

/* The queue of the first region that is held and that somebody of the message is in; 0: nobody is. */
static int64_t place_by_region(const Brake *brake, const QueueCandidate *candidate, int64_t now)
{
    GHashTableIter iterator;
    gpointer code, queue;

    if (!candidate->regions || !*candidate->regions)
        return 0;
    g_hash_table_iter_init(&iterator, brake->regions);
    while (g_hash_table_iter_next(&iterator, &code, &queue))
        for (const char *const *region = candidate->regions; *region; region++)
            if (region_of_pair(code, *region) && hold_find(brake->holds, HOLD_REGION, code, now))
                return (int64_t)GPOINTER_TO_SIZE(queue);
    return 0;
}

/* A hold that has ended by itself is still among the holds, and its queue is open: what waits there may have to go on
 * waiting in another one. */
static int64_t place_by_hold(const Brake *brake, const QueueCandidate *candidate, int64_t now)
{
    gpointer queue;

    for (const char *const *person = candidate->people; person && *person; person++) {
        queue = g_hash_table_lookup(brake->people, *person);
        if (queue && hold_find(brake->holds, HOLD_PERSON, *person, now))
            return (int64_t)GPOINTER_TO_SIZE(queue);
    }
    queue = g_hash_table_lookup(brake->audiences, candidate->audience);
    if (queue && hold_find(brake->holds, HOLD_AUDIENCE, candidate->audience, now))
        return (int64_t)GPOINTER_TO_SIZE(queue);
    return place_by_region(brake, candidate, now);
}

int64_t brake_place(const Brake *brake, const Gateway *gateway, const QueueCandidate *candidate, int64_t now)
{
    g_autofree char *name = NULL;
    const Domain *domain;
    int64_t no = place_by_hold(brake, candidate, now);

    if (no != 0)
        return no;
    no = pointers_place(brake->pointers, gateway->channel, candidate->locale);
    if (no != QUEUE_MAIN)
        return no;
    if (brake->braked == 0 && gateway->domain_rates->len == 0)
        return QUEUE_MAIN;
    name = brake_domain(candidate->endpoint);
    domain = name ? g_hash_table_lookup(brake->domains, name) : NULL;
    if (!domain || (!domain->hold && !domain->pause && gateway_domain_rate(gateway, name) <= 0))
        return QUEUE_MAIN;
    return domain->queue; /* 0 before brake_save(): it may be claimed once more */
}

/* Answers ------------------------------------------------------------------------------------------------------- */

void brake_probe(Brake *brake, const Queue *queue, int64_t no)
{
    Domain *domain = queue->kind == QUEUE_DOMAIN ? g_hash_table_lookup(brake->domains, queue->name) : NULL;

    if (domain && domain->pause)
        domain->probe = no;
}

static int64_t refuse_policy(Brake *brake, Domain *domain, const BrakeAnswer *answer, bool was_probe)
{
    int64_t length = answer->gateway->policy_pause;
    int times = 1;

    if (domain->pause && !was_probe)
        return MAX(domain->pause->until, answer->now + length); /* one that was on its way when the pause began */
    if (!domain->pause && domain->has_recovered && answer->attempt > 1)
        return answer->now + length;
    if (domain->pause)
        times = domain->pause->times + 1;
    length = MIN(length << MIN(times - 1, 16), GATEWAY_POLICY_PAUSE_MAX);
    pause_free(domain->pause);
    domain->pause = g_new0(Pause, 1);
    *domain->pause = (Pause){.scope = PAUSE_DOMAIN,
                             .name = g_strdup(domain->name),
                             .until = answer->now + length,
                             .reason = g_strdup(answer->reply ? answer->reply : ""),
                             .at = answer->now,
                             .times = times};
    domain->is_dirty = true;
    count_domains(brake);
    return domain->pause->until;
}

int64_t brake_answered(Brake *brake, const BrakeAnswer *answer)
{
    g_autofree char *name = NULL;
    Domain *domain;
    bool was_probe;

    if (answer->result != CHANNEL_POLICY && brake->watched == 0)
        return 0;
    name = brake_domain(answer->endpoint);
    if (!name)
        return 0;
    domain = answer->result == CHANNEL_POLICY ? domain_of(brake, name) : g_hash_table_lookup(brake->domains, name);
    if (!domain)
        return 0;
    was_probe = domain->probe == answer->message;
    if (was_probe)
        domain->probe = 0;
    if (answer->result == CHANNEL_POLICY)
        return refuse_policy(brake, domain, answer, was_probe);
    if (!domain->pause || !was_probe || (answer->result != CHANNEL_ACCEPTED && answer->result != CHANNEL_PERMANENT))
        return 0;
    g_clear_pointer(&domain->pause, pause_free);
    domain->has_recovered = true;
    domain->is_dirty = true;
    count_domains(brake);
    return 0;
}

void brake_absolve(Brake *brake, const char *name, int64_t since)
{
    Domain *domain = g_hash_table_lookup(brake->domains, name);

    if (!domain || !domain->pause || domain->pause->at < since)
        return;
    g_clear_pointer(&domain->pause, pause_free);
    domain->is_dirty = true;
    count_domains(brake);
}

/* Writing ------------------------------------------------------------------------------------------------------- */

static void keep_note(Brake *brake, Pause *pause)
{
    g_hash_table_replace(brake->notes, g_strdup_printf("%d %s", (int)pause->scope, pause->name), pause);
}

void brake_note(Brake *brake, PauseScope scope, const char *gateway, int64_t until, const char *reason, int64_t now)
{
    Pause *pause = g_new0(Pause, 1);

    *pause = (Pause){
        .scope = scope, .name = g_strdup(gateway), .until = until, .reason = g_strdup(reason), .at = now, .times = 1};
    keep_note(brake, pause);
}

void brake_forget(Brake *brake, PauseScope scope, const char *gateway)
{
    Pause *pause = g_new0(Pause, 1);

    *pause = (Pause){.scope = scope, .name = g_strdup(gateway), .until = -1};
    keep_note(brake, pause);
}

static bool save_note(Brake *brake, const Pause *note, GError **error)
{
    return note->until < 0 ? pause_drop(brake->ledger, note->scope, note->name, error)
                           : pause_put(brake->ledger, note, error);
}

static bool save_domain(Brake *brake, Domain *domain, GError **error)
{
    domain->is_dirty = false;
    if (!domain->pause)
        return pause_drop(brake->ledger, PAUSE_DOMAIN, domain->name, error);
    if (domain->queue == 0)
        domain->queue = queue_number(brake->ledger, QUEUE_DOMAIN, domain->name, error);
    return domain->queue != 0 && pause_put(brake->ledger, domain->pause, error);
}

bool brake_save(Brake *brake, GError **error)
{
    GHashTableIter iterator;
    gpointer value;
    bool has_new = false;

    if (g_hash_table_size(brake->notes) > 0) {
        g_hash_table_iter_init(&iterator, brake->notes);
        while (g_hash_table_iter_next(&iterator, NULL, &value))
            if (!save_note(brake, value, error))
                return false;
        g_hash_table_remove_all(brake->notes);
    }
    if (brake->watched == 0)
        return true;
    g_hash_table_iter_init(&iterator, brake->domains);
    while (g_hash_table_iter_next(&iterator, NULL, &value)) {
        Domain *domain = value;

        if (!domain->is_dirty)
            continue;
        has_new = true;
        if (!save_domain(brake, domain, error))
            return false;
    }
    return !has_new || load_queues(brake, error);
}
