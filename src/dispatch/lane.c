#include "dispatch/lane.h"

#include <limits.h>

#include "base/error.h"
#include "base/language.h"
#include "base/trace.h"
#include "dispatch/retry.h"

#define EXCUSE_MS 10000 /* so recent an answer excuses a connection that is refused while others go on */

static int64_t steady(const Lane *lane)
{
    return clock_steady(lane->clock);
}

static int64_t now(const Lane *lane)
{
    return clock_now(lane->clock);
}

void lane_init(Lane *lane, const Gateway *gateway, const char *channel, Brake *brake, const Clock *clock)
{
    const LaneQueue main_queue = {.no = QUEUE_MAIN, .next_due = 0};

    lane->gateway = gateway;
    lane->channel = channel;
    lane->brake = brake;
    lane->clock = clock;
    lane->last_answer = steady(lane);
    lane->refused = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    lane->jobs = g_ptr_array_new_with_free_func((GDestroyNotify)sender_job_free);
    lane->queues = g_array_new(FALSE, FALSE, sizeof(LaneQueue));
    g_array_append_val(lane->queues, main_queue);
    lane->brake_version = -1;
    day_init(&lane->day, gateway);
    pace_start(&lane->pace, gateway->rate, gateway->connections, steady(lane));
}

void lane_clear(Lane *lane)
{
    g_ptr_array_unref(lane->jobs);
    g_array_unref(lane->queues);
    g_hash_table_unref(lane->refused);
    g_free(lane->trouble);
    g_free(lane->stopped_why);
}

/* Queues -------------------------------------------------------------------------------------------------------- */

static LaneQueue *queue_at(const Lane *lane, guint i)
{
    return &g_array_index(lane->queues, LaneQueue, i);
}

static LaneQueue *find_queue(const Lane *lane, int64_t no)
{
    for (guint i = 0; i < lane->queues->len; i++)
        if (queue_at(lane, i)->no == no)
            return queue_at(lane, i);
    return NULL;
}

static void add_queue(Lane *lane, const Queue *queue)
{
    double rate = queue->kind == QUEUE_DOMAIN ? gateway_domain_rate(lane->gateway, queue->name) : 0;
    LaneQueue added = {.no = queue->no, .queue = queue, .has_rate = rate > 0};

    if (added.has_rate)
        pace_start(&added.pace, rate, 1, steady(lane));
    g_array_append_val(lane->queues, added);
}

static void take_queues(Lane *lane)
{
    const GPtrArray *queues = brake_queues(lane->brake);

    for (guint i = 0; i < queues->len; i++) {
        const Queue *queue = g_ptr_array_index(queues, i);
        LaneQueue *known = find_queue(lane, queue->no);

        if (known)
            known->queue = queue;
        else
            add_queue(lane, queue);
    }
    lane->brake_version = brake_version(lane->brake);
}

/* What the gateway itself takes at this time, or today. */
static void look_at_day(Lane *lane)
{
    const char *why;
    int64_t until = day_stopped(&lane->day, now(lane), &why);

    if (until != 0 && !lane->is_day_noted)
        brake_note(lane->brake, PAUSE_GATEWAY, lane->gateway->name, until, why, now(lane));
    if (until == 0 && lane->is_day_noted)
        brake_forget(lane->brake, PAUSE_GATEWAY, lane->gateway->name);
    lane->is_day_noted = until != 0;
    lane->is_full = lane->stopped_until == 0 && until != 0 && day_room(&lane->day, 1) == 0;
    if (lane->stopped_until != 0 || until == 0)
        return;
    lane->stopped_until = until;
    lane->stopped_why = g_strdup_printf("%s: %s", lane->gateway->name, _(why));
}

void lane_brake(Lane *lane)
{
    int64_t before = lane->stopped_until;

    g_clear_pointer(&lane->stopped_why, g_free);
    lane->stopped_until = brake_lane(lane->brake, lane->gateway->name, lane->channel, now(lane), &lane->stopped_why);
    look_at_day(lane);
    if (lane->stopped_until != before)
        trace_event("scheduler", NULL, "gateway %s: %s", lane->gateway->name,
                    lane->stopped_why ? lane->stopped_why : "goes on");
    if (lane->brake_version != brake_version(lane->brake))
        take_queues(lane);
}

bool lane_look(Lane *lane, Ledger *ledger, GError **error)
{
    for (guint i = 0; i < lane->queues->len; i++) {
        LaneQueue *queue = queue_at(lane, i);

        if (!queue_next_due(ledger, lane->no, queue->no, &queue->next_due, error))
            return false;
    }
    return true;
}

/* Until when a queue is shut; 0: it is open. */
static int64_t shut_until(const Lane *lane, const LaneQueue *queue, int *most, const Hold **hold)
{
    *most = INT_MAX;
    *hold = NULL;
    return queue->queue ? brake_queue(lane->brake, queue->queue, now(lane), most, hold) : 0;
}

/* Claiming ------------------------------------------------------------------------------------------------------ */

int lane_room(const Lane *lane, int free_slots)
{
    if (pace_is_probing(&lane->pace) && lane->probes > 0)
        return 0;
    return MIN(MIN(LANE_SLOTS - lane->in_flight, free_slots), LANE_CLAIM_MOST);
}

static int64_t sort(const QueueCandidate *candidate, void *user)
{
    const Lane *lane = user;

    return brake_place(lane->brake, lane->gateway, candidate, now(lane));
}

static bool claim_queue(Lane *lane, LaneQueue *queue, Ledger *ledger, Wave *wave, int limit, int *moves,
                        GPtrArray *claims, GError **error)
{
    bool sorts = brake_sorts(lane->brake, lane->gateway);
    guint before = claims->len;
    int moved;

    if (!queue_claim(ledger,
                     &(QueueClaim){.gateway = lane->no,
                                   .queue = queue->no,
                                   .now = now(lane),
                                   .limit = limit,
                                   .sort = sorts ? sort : NULL,
                                   .wants_people = brake_wants_people(lane->brake),
                                   .wants_regions = brake_wants_regions(lane->brake),
                                   .moves = *moves,
                                   .look_again = lane->gateway->in_doubt == GATEWAY_DOUBT_QUERY ? LANE_LOOK_MS : 0,
                                   .recognised = retry_recognised(lane->gateway),
                                   .user = lane},
                     claims, &moved, error))
        return false;
    *moves -= moved;
    if (claims->len > before || moved > 0)
        trace_event("scheduler", NULL, "gateway %s, queue %" G_GINT64_FORMAT ": %u claimed, %d set aside",
                    lane->gateway->name, queue->no, claims->len - before, moved);
    for (guint i = before; i < claims->len; i++) {
        const LedgerClaim *claim = g_ptr_array_index(claims, i);

        wave_claimed(wave, claim->is_first);
        if (queue->queue)
            brake_probe(lane->brake, queue->queue, claim->no);
    }
    pace_take(&lane->pace, (int)(claims->len - before));
    if (queue->has_rate)
        pace_take(&queue->pace, (int)(claims->len - before));
    return true;
}

/* How many may be claimed from a queue now. */
static int allowance(Lane *lane, LaneQueue *queue, const Wave *wave, int room)
{
    const Hold *hold;
    int most;

    if (queue->next_due > now(lane) || shut_until(lane, queue, &most, &hold) != 0)
        return 0;
    room = pace_allowance(&lane->pace, MIN(room, most), steady(lane));
    if (queue->has_rate)
        room = pace_allowance(&queue->pace, room, steady(lane));
    return wave_room(wave, room);
}

/* Those that are to be sent; questions about doubts are none. */
static int count_sent(const GPtrArray *claims)
{
    int count = 0;

    for (guint i = 0; i < claims->len; i++)
        count += ((const LedgerClaim *)g_ptr_array_index(claims, i))->is_look_up ? 0 : 1;
    return count;
}

bool lane_claim(Lane *lane, Ledger *ledger, Wave *wave, int room, GPtrArray *claims, GError **error)
{
    int moves = LANE_MOVES;

    g_assert(lane->queues->len > 0); /* the main one */
    lane->is_moving = false;
    if (!day_load(&lane->day, ledger, now(lane), error) || !day_take(&lane->day, ledger, -lane->unused, error))
        return false;
    lane->unused = 0;
    if (lane->stopped_until != 0)
        return true;
    room = day_room(&lane->day, room);
    if (pace_is_probing(&lane->pace))
        room = MIN(room, 1);
    for (guint i = 0, count = lane->queues->len; i < count && moves > 0; i++) {
        LaneQueue *queue = queue_at(lane, (lane->first + i) % count);
        int limit = allowance(lane, queue, wave, room - (int)claims->len);

        if (limit > 0 && !claim_queue(lane, queue, ledger, wave, limit, &moves, claims, error))
            return false;
    }
    lane->first = (lane->first + 1) % MAX(lane->queues->len, 1);
    lane->is_moving = moves <= 0;
    return day_take(&lane->day, ledger, count_sent(claims), error);
}

/* Judging ------------------------------------------------------------------------------------------------------- */

void lane_rest(Lane *lane, const char *why, const char *english, int64_t length)
{
    g_autofree char *span = clock_format_span(length);

    sender_lane_pause(lane->senders);
    lane->resting = true;
    g_free(lane->trouble);
    lane->trouble = g_strdup_printf(_("%s rests for %s: %s"), lane->gateway->name, span, why);
    if (length < BRAKE_SHOWN_MS)
        return;
    brake_note(lane->brake, PAUSE_GATEWAY, lane->gateway->name, now(lane) + length, english, now(lane));
    lane->is_noted = true;
}

/* All is well again. */
static void wake(Lane *lane)
{
    g_clear_pointer(&lane->trouble, g_free);
    if (lane->is_noted)
        brake_forget(lane->brake, PAUSE_GATEWAY, lane->gateway->name);
    lane->is_noted = false;
    if (pace_is_probing(&lane->pace)) {
        sender_lane_resume(lane->senders, false);
        lane->resting = false;
    }
    pace_answered(&lane->pace);
}

static const char *const asked_to_wait = N_("it says that it is given too much, and when to come back");

/* What an answer says about how fast we are. */
static void judge_load(Lane *lane, const SenderJob *job)
{
    bool is_load = job->is_load || ((job->result == CHANNEL_TEMPORARY || job->result == CHANNEL_NOT_SENT) &&
                                    !lane->gateway->http && pace_is_load(job->code, job->enhanced, job->reply));
    double rate;

    if (!is_load && job->result != CHANNEL_NOT_SENT)
        pace_fine(&lane->pace, steady(lane));
    if (is_load && pace_load(&lane->pace, job->is_load ? 429 : job->code, steady(lane))) {
        g_autofree char *why = g_strdup_printf("slowed down to %.0f/s: %s", pace_throttle(&lane->pace, steady(lane)),
                                               job->reply ? job->reply : "");

        brake_note(lane->brake, PAUSE_RATE, lane->gateway->name, 0, why, now(lane));
        lane->is_throttled = true;
    }
    if (!lane->is_throttled)
        return;
    rate = pace_throttle(&lane->pace, steady(lane));
    if (rate <= 0)
        brake_forget(lane->brake, PAUSE_RATE, lane->gateway->name);
    lane->is_throttled = rate > 0;
}

static void judge_domain(Lane *lane, SenderJob *job)
{
    int64_t due = brake_answered(lane->brake, &(BrakeAnswer){.gateway = lane->gateway,
                                                             .endpoint = job->claim->endpoint,
                                                             .message = job->claim->no,
                                                             .attempt = job->claim->attempt,
                                                             .result = job->result,
                                                             .reply = job->reply,
                                                             .now = now(lane)});

    if (job->event == EVENT_DEFERRED)
        job->due = MAX(job->due, due);
}

/* Whether the gateway refuses us itself: many domains in a row, and it takes none of them. Then nothing was said about
 * the domains. */
static bool is_refusing(Lane *lane, const SenderJob *job)
{
    g_autofree char *domain = NULL;
    GHashTableIter iterator;
    gpointer name;

    if (job->result == CHANNEL_ACCEPTED || job->result == CHANNEL_PERMANENT) {
        g_hash_table_remove_all(lane->refused);
        lane->is_refusing = false;
    }
    domain = job->result == CHANNEL_POLICY ? brake_domain(job->claim->endpoint) : NULL;
    if (!domain && job->result == CHANNEL_POLICY)
        domain = g_strdup(job->claim->endpoint); /* a number or a token stands for itself */
    if (!domain)
        return false;
    if (g_hash_table_size(lane->refused) == 0)
        lane->refused_since = now(lane);
    if (!lane->is_refusing)
        g_hash_table_add(lane->refused, g_strdup(domain));
    lane->is_refusing = g_hash_table_size(lane->refused) >= LANE_REFUSALS;
    if (!lane->is_refusing)
        return false;
    g_hash_table_iter_init(&iterator, lane->refused);
    while (g_hash_table_iter_next(&iterator, &name, NULL))
        brake_absolve(lane->brake, name, lane->refused_since);
    brake_absolve(lane->brake, domain, lane->refused_since);
    return true;
}

/* The messages that were refused are deferred; of the others one alone is tried now and then. */
static bool rest_refused(Lane *lane, const SenderJob *job)
{
    int64_t at = steady(lane);
    g_autoptr(GError) why = NULL;

    if (pace_rest(&lane->pace, at) > 0)
        return false;
    why = error_make(BREACH_ERROR_CONFIG, "relay-refuses-all",
                     "it refuses one domain after another, and takes none: %d %s; mend auth or tls in the gateway "
                     "file, or ask the relay's owner",
                     job->code, job->reply ? job->reply : "");
    lane_rest(lane, why->message, error_english(why), pace_fault(&lane->pace, at));
    return true;
}

/* The provider wants nobody to come before then: what follows would be refused all the same. */
static bool obey_retry_after(Lane *lane, const SenderJob *job)
{
    int64_t length = job->is_load && job->retry_after > 0 ? pace_wait(&lane->pace, job->retry_after, steady(lane)) : 0;

    if (length > 0)
        lane_rest(lane, _(asked_to_wait), asked_to_wait, length);
    return length > 0;
}

void lane_look_up(Lane *lane, const SenderJob *job)
{
    judge_load(lane, job);
    if (job->result != CHANNEL_LOOKED_UP || job->fate == CHANNEL_FATE_UNKNOWN)
        return;
    lane->last_answer = steady(lane);
    wake(lane);
}

bool lane_judge(Lane *lane, SenderJob *job)
{
    static const char *const doubtful = N_("it takes messages and does not say what became of them");
    int64_t length = 0;

    lane->unused += job->event == EVENT_RETURNED ? 1 : 0;
    judge_load(lane, job);
    judge_domain(lane, job);
    if (is_refusing(lane, job))
        return rest_refused(lane, job);
    if (obey_retry_after(lane, job))
        return true;
    if (job->event == EVENT_DOUBTED) {
        length = pace_doubt(&lane->pace, steady(lane));
        if (length > 0)
            lane_rest(lane, _(doubtful), doubtful, length);
        return length > 0;
    }
    if (job->result == CHANNEL_NOT_SENT || job->event == EVENT_QUARANTINED)
        return false;
    lane->last_answer = steady(lane);
    wake(lane);
    return false;
}

bool lane_fault(Lane *lane, const SenderFault *fault)
{
    const char *why = fault->error->message;
    int64_t at = steady(lane);

    if (fault->had_answers || pace_rest(&lane->pace, at) > 0)
        return false;
    if (!fault->others_work || at - lane->last_answer > EXCUSE_MS) {
        lane_rest(lane, why, error_english(fault->error), pace_fault(&lane->pace, at));
        return true;
    }
    g_free(lane->trouble);
    lane->trouble = g_strdup_printf(_("%s: a connection failed: %s"), lane->gateway->name, why);
    return false;
}

/* Waiting ------------------------------------------------------------------------------------------------------- */

bool lane_has_due(const Lane *lane)
{
    for (guint i = 0; i < lane->queues->len; i++)
        if (queue_at(lane, i)->next_due != INT64_MAX)
            return true;
    return false;
}

const Hold *lane_hold(const Lane *lane)
{
    const Hold *hold;

    if (lane->stopped_until != 0 && lane_has_due(lane) &&
        (hold = brake_lane_hold(lane->brake, lane->gateway->name, lane->channel, now(lane))) != NULL)
        return hold;
    for (guint i = 0; i < lane->queues->len; i++) {
        int most;

        if (queue_at(lane, i)->next_due == INT64_MAX)
            continue;
        shut_until(lane, queue_at(lane, i), &most, &hold);
        if (hold)
            return hold;
    }
    return NULL;
}

bool lane_is_held(const Lane *lane, char **why)
{
    const Hold *hold = lane_hold(lane);

    if (hold && why)
        *why = brake_held(hold);
    return hold != NULL;
}

char *lane_waits(const Lane *lane)
{
    char *why = NULL;

    for (guint i = 0; i < lane->queues->len && !why; i++) {
        const LaneQueue *queue = queue_at(lane, i);

        if (queue->queue && queue->next_due != INT64_MAX)
            why = brake_waits(lane->brake, queue->queue);
    }
    return why;
}

char *lane_paused(const Lane *lane)
{
    for (guint i = 0; i < lane->queues->len; i++) {
        const LaneQueue *queue = queue_at(lane, i);
        const Pause *pause = NULL;
        g_autofree char *span = NULL;

        if (queue->queue && queue->next_due != INT64_MAX)
            pause = brake_pause(lane->brake, queue->queue, now(lane));
        if (!pause)
            continue;
        span = clock_format_span(pause->until - now(lane));
        return g_strdup_printf(_("domain %s is paused for %s: %s"), pause->name, span, pause->reason);
    }
    return NULL;
}

/* When something of a queue may be sent, apart from pace: wall time, ms; INT64_MAX: never by itself. */
static int64_t open_at(const Lane *lane, const LaneQueue *queue)
{
    const Hold *hold;
    int most;
    int64_t shut;

    if (queue->next_due == INT64_MAX || lane->stopped_until == BRAKE_FOR_EVER)
        return INT64_MAX;
    shut = shut_until(lane, queue, &most, &hold);
    return MAX(MAX(queue->next_due, shut), MAX(lane->stopped_until, now(lane)));
}

int64_t lane_ready_in(const Lane *lane)
{
    int64_t at = steady(lane);
    int64_t least = INT64_MAX;

    for (guint i = 0; i < lane->queues->len; i++) {
        const LaneQueue *queue = queue_at(lane, i);
        int64_t open = open_at(lane, queue);
        int64_t ready;

        if (open == INT64_MAX)
            continue;
        ready = MAX(open - now(lane), pace_ready_at(&lane->pace, at) - at);
        if (queue->has_rate)
            ready = MAX(ready, pace_ready_at(&queue->pace, at) - at);
        least = MIN(least, ready);
    }
    return least;
}

int64_t lane_rests_for(const Lane *lane)
{
    int64_t least = INT64_MAX;

    for (guint i = 0; i < lane->queues->len; i++) {
        int64_t open = open_at(lane, queue_at(lane, i));

        if (open != INT64_MAX)
            least = MIN(least, open - now(lane));
    }
    return least == INT64_MAX ? least : MAX(least, pace_rest(&lane->pace, steady(lane)));
}

/* All of them ----------------------------------------------------------------------------------------------------- */

static bool is_settled(const Lane *lane, const GPtrArray *done, const GPtrArray *faults)
{
    int answered = 0;

    for (guint i = 0; i < faults->len; i++) {
        const SenderFault *fault = g_ptr_array_index(faults, i);

        if (fault->lane == lane->senders && !fault->had_answers && !fault->others_work)
            return true;
    }
    for (guint i = 0; i < done->len; i++)
        answered += ((const SenderJob *)g_ptr_array_index(done, i))->lane == lane->senders ? 1 : 0;
    return answered == lane->in_flight;
}

bool lane_are_settled(const LaneSet *set, const GPtrArray *done, const GPtrArray *faults)
{
    for (size_t i = 0; i < set->count; i++)
        if (!is_settled(&set->lanes[i], done, faults))
            return false;
    return true;
}

static int by_lane(gconstpointer left, gconstpointer right, gpointer user)
{
    const SenderJob *a = *(const SenderJob *const *)left;
    const SenderJob *b = *(const SenderJob *const *)right;
    const LaneSet *set = user;

    for (size_t i = 0; a->lane != b->lane && i < set->count; i++)
        if (set->lanes[i].senders == a->lane || set->lanes[i].senders == b->lane)
            return set->lanes[i].senders == a->lane ? -1 : 1;
    return 0;
}

void lane_sort(const LaneSet *set, GPtrArray *done)
{
    LaneSet copy = *set;

    g_ptr_array_sort_with_data(done, by_lane, &copy); /* stable */
}
