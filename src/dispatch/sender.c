#include "dispatch/sender.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "base/error.h"
#include "base/fault.h"
#include "base/log.h"
#include "base/seal.h"
#include "dispatch/pace.h"
#include "dispatch/retry.h"

#define IDLE_MS 1000 /* how long an open connection waits for its next message */
#define NOBODY  (-1)

struct SenderOutbox {
    pthread_mutex_t mutex;
    pthread_cond_t filled;
    GPtrArray *jobs;
    GPtrArray *faults;
    int wanted;
    bool poked;
};

struct SenderLane {
    SenderLaneOptions options;
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    pthread_cond_t stopped; /* for those that rest alone: they must not swallow a signal that a job is there */
    GQueue jobs;            /* of SenderJob *; under mutex, like the rest */
    bool stopping;
    bool paused;
    bool probing;
    int prober;   /* while probing: the one sender that works; NOBODY: the first that is free */
    int sessions; /* that have something to send: going on, or being opened */
    int running;  /* threads */
    int disk_error;
    pthread_t *threads; /* owned */
    int thread_count;
    char **names; /* owned; the fields that the gateway asks for; NULL: none */
    int wake_fd;  /* for an engine that waits in a poll of its own; 0: there is none */
};

/* What one thread knows about its session. */
typedef struct Sender {
    SenderLane *lane;
    int index;
    RenderScratch *scratch;
    bool is_counted; /* in lane->sessions */
    int taken;       /* messages of this session */
    int held;        /* of these, without an answer yet */
    int answers;     /* in this session */
    int doubts;      /* in this session */
    int refusals;    /* sessions in a row that broke without an answer while others went on */
    void *state;     /* the engine's: what outlives a session */
    GPtrArray *back; /* owned; of SenderJob: not sent by this session, and not yet reported */
} Sender;

static void monotonic_condition(pthread_cond_t *condition)
{
    pthread_condattr_t attributes;

    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(condition, &attributes);
    pthread_condattr_destroy(&attributes);
}

static struct timespec deadline_in(int64_t ms)
{
    struct timespec at;

    clock_gettime(CLOCK_MONOTONIC, &at);
    at.tv_sec += (time_t)(ms / 1000);
    at.tv_nsec += (long)(ms % 1000) * 1000000;
    if (at.tv_nsec >= 1000000000) {
        at.tv_sec++;
        at.tv_nsec -= 1000000000;
    }
    return at;
}

void sender_job_free(SenderJob *job)
{
    if (!job)
        return;
    ledger_claim_free(job->claim);
    prepare_clear(&job->prepared);
    g_free(job->reply);
    g_free(job->provider_id);
    g_free(job);
}

void sender_fault_free(SenderFault *fault)
{
    if (!fault)
        return;
    g_clear_error(&fault->error);
    g_free(fault);
}

/* Outbox -------------------------------------------------------------------------------------------------------- */

SenderOutbox *sender_outbox_new(void)
{
    SenderOutbox *outbox = g_new0(SenderOutbox, 1);

    pthread_mutex_init(&outbox->mutex, NULL);
    monotonic_condition(&outbox->filled);
    outbox->jobs = g_ptr_array_new();
    outbox->faults = g_ptr_array_new();
    return outbox;
}

void sender_outbox_free(SenderOutbox *outbox)
{
    if (!outbox)
        return;
    g_ptr_array_unref(outbox->jobs);
    g_ptr_array_unref(outbox->faults);
    pthread_cond_destroy(&outbox->filled);
    pthread_mutex_destroy(&outbox->mutex);
    g_free(outbox);
}

static void put_job(SenderOutbox *outbox, SenderJob *job)
{
    pthread_mutex_lock(&outbox->mutex);
    g_ptr_array_add(outbox->jobs, job);
    if ((int)outbox->jobs->len >= outbox->wanted)
        pthread_cond_signal(&outbox->filled);
    pthread_mutex_unlock(&outbox->mutex);
}

static void poke(SenderOutbox *outbox)
{
    pthread_mutex_lock(&outbox->mutex);
    outbox->poked = true;
    pthread_cond_signal(&outbox->filled);
    pthread_mutex_unlock(&outbox->mutex);
}

static void move_all(GPtrArray *from, GPtrArray *to)
{
    for (guint i = 0; i < from->len; i++)
        g_ptr_array_add(to, g_ptr_array_index(from, i));
    g_ptr_array_set_size(from, 0);
}

void sender_outbox_take(SenderOutbox *outbox, int wanted, int64_t timeout, GPtrArray *jobs, GPtrArray *faults)
{
    struct timespec deadline = deadline_in(timeout);

    pthread_mutex_lock(&outbox->mutex);
    outbox->wanted = wanted;
    while ((int)outbox->jobs->len < wanted && outbox->faults->len == 0 && !outbox->poked)
        if (pthread_cond_timedwait(&outbox->filled, &outbox->mutex, &deadline) == ETIMEDOUT)
            break;
    outbox->poked = false;
    move_all(outbox->jobs, jobs);
    move_all(outbox->faults, faults);
    pthread_mutex_unlock(&outbox->mutex);
}

/* What a session gave back is reported when it goes on or ends, with the fault that ended it (or NULL): whoever learns
 * of the one learns of the other, and does not try the gateway once more in between. */
static void hand_in(Sender *sender, SenderFault *fault)
{
    SenderOutbox *outbox = sender->lane->options.outbox;

    if (!fault && sender->back->len == 0)
        return;
    pthread_mutex_lock(&outbox->mutex);
    move_all(sender->back, outbox->jobs);
    if (fault)
        g_ptr_array_add(outbox->faults, fault);
    if (fault || (int)outbox->jobs->len >= outbox->wanted)
        pthread_cond_signal(&outbox->filled);
    pthread_mutex_unlock(&outbox->mutex);
}

/* Outcomes ------------------------------------------------------------------------------------------------------ */

static void fill_slot(const SenderJob *job, SlotPhase phase, Slot *slot)
{
    memset(slot, 0, sizeof *slot);
    slot->phase = phase;
    g_strlcpy(slot->message, job->claim->id, sizeof slot->message);
    slot->attempt = job->claim->attempt;
    slot->at = job->at;
    slot->handed = job->handed;
    if (phase != SLOT_REPLIED)
        return;
    slot->event = job->event;
    slot->code = job->code;
    slot->due = job->due;
    g_strlcpy(slot->enhanced, job->enhanced, sizeof slot->enhanced);
    g_strlcpy(slot->text, job->reply, sizeof slot->text);
    if (job->provider_id && strlen(job->provider_id) < sizeof slot->provider_id)
        g_strlcpy(slot->provider_id, job->provider_id, sizeof slot->provider_id);
}

static void settle(Sender *sender, SenderJob *job, MessageEvent event, int64_t due, char *reply)
{
    job->event = event;
    job->due = due;
    job->reply = reply;
    put_job(sender->lane->options.outbox, job);
}

static void set_status(SenderJob *job, ReplyStatus status)
{
    job->code = status.code;
    if (status.status_class > 0)
        g_snprintf(job->enhanced, sizeof job->enhanced, "%d.%d.%d", status.status_class, status.subject, status.detail);
}

static char *reason_of(const SenderJob *job, const RetryVerdict *verdict, const char *text)
{
    if (verdict->gave_up)
        return g_strdup_printf("given up after %d attempts: %s", job->claim->attempt, text);
    if (job->result == CHANNEL_IN_DOUBT && !*text)
        return g_strdup("the connection ended before the relay answered to the end of the message");
    return g_strdup(text);
}

/* What was accepted is in the ledger; the log is for what was not. */
static void note_trouble(const SenderLane *lane, const SenderJob *job, const char *recipient)
{
    if (job->result != CHANNEL_ACCEPTED)
        log_reply(job->result == CHANNEL_IN_DOUBT ? LOG_AT_WARNING : LOG_AT_INFO, channel_result_name(job->result),
                  recipient, "gateway=%s message=%s attempt=%d code=%d %s", lane->options.gateway->name, job->claim->id,
                  job->claim->attempt, job->code, job->reply);
}

static void take_outcome(SenderJob *job, const ChannelOutcome *outcome)
{
    job->result = outcome->result;
    job->at_fault = outcome->at_fault;
    job->is_load = outcome->is_load;
    job->retry_after = outcome->retry_after;
    job->fate = outcome->fate;
    job->provider_id = g_strdup(outcome->provider_id);
    set_status(job, outcome->status);
}

static RetryVerdict verdict_of(const Sender *sender, const SenderJob *job)
{
    const RetryRequest request = {.gateway = sender->lane->options.gateway,
                                  .result = job->result,
                                  .at_fault = job->at_fault,
                                  .id = job->claim->id,
                                  .attempt = job->claim->attempt,
                                  .relay_doubts = job->claim->relay_doubts,
                                  .first_at = job->claim->first_at,
                                  .now = job->at,
                                  .is_load = job->is_load,
                                  .retry_after = job->retry_after,
                                  .fate = job->fate};

    return job->claim->is_look_up ? retry_looked_up(&request) : retry_decide(&request);
}

static void replied(void *user, ChannelMessage *message, const ChannelOutcome *outcome)
{
    Sender *sender = user;
    SenderJob *job = message->owner;
    const SenderLaneOptions *options = &sender->lane->options;
    RetryVerdict verdict;
    Slot slot;

    sender->held--;
    job->at = clock_now(options->clock);
    take_outcome(job, outcome);
    verdict = verdict_of(sender, job);
    if (outcome->result == CHANNEL_IN_DOUBT)
        sender->doubts++;
    else if (outcome->result != CHANNEL_NOT_SENT)
        sender->answers++;
    job->event = verdict.event;
    job->due = verdict.due;
    job->reply = reason_of(job, &verdict, outcome->text);
    fault_point("sender_replied_before");
    if (!job->claim->is_look_up && (job->handed_over || outcome->result != CHANNEL_NOT_SENT)) {
        fill_slot(job, SLOT_REPLIED, &slot);
        slots_write(options->slots, job->slot, &slot);
    }
    fault_point("sender_replied_after");
    note_trouble(sender->lane, job, message->recipient);
    prepare_clear(&job->prepared); /* by the thread that made it, which has a use for the memory */
    if (outcome->result == CHANNEL_NOT_SENT)
        g_ptr_array_add(sender->back, job);
    else
        put_job(options->outbox, job);
}

static bool handing_over(void *user, ChannelMessage *message)
{
    Sender *sender = user;
    SenderLane *lane = sender->lane;
    SenderJob *job = message->owner;
    Slot slot;

    job->at = clock_now(lane->options.clock);
    prepare_digest(&job->prepared, &job->handed);
    fill_slot(job, SLOT_HANDING_OVER, &slot);
    fault_point("sender_handing_over_before");
    if (!slots_write(lane->options.slots, job->slot, &slot)) {
        int problem = errno;

        pthread_mutex_lock(&lane->mutex);
        lane->disk_error = problem;
        pthread_mutex_unlock(&lane->mutex);
        sender_lane_stop(lane);
        return false;
    }
    job->handed_over = true;
    fault_point("sender_handing_over_after");
    return true;
}

/* Messages ------------------------------------------------------------------------------------------------------ */

/* Everything that the channel needs, complete before the first byte leaves. */
static bool prepare(Sender *sender, SenderJob *job, GError **error)
{
    const LedgerClaim *claim = job->claim;
    g_autoptr(GPtrArray) people = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *endpoint = seal_open(claim->endpoint);
    bool prepared;

    job->handed = (Handed){.made = clock_now(sender->lane->options.clock)};
    for (char **sealed = claim->people; *sealed; sealed++)
        g_ptr_array_add(people, seal_open(*sealed));
    g_ptr_array_add(people, NULL);
    prepared = prepare_message(&(PrepareRequest){.gateway = sender->lane->options.gateway,
                                                 .names = (const char *const *)sender->lane->names,
                                                 .text = job->render,
                                                 .scratch = sender->scratch,
                                                 .id = claim->id,
                                                 .text_no = claim->text,
                                                 .audience = job->audience,
                                                 .endpoint = endpoint,
                                                 .people = (const char *const *)people->pdata,
                                                 .now = job->handed.made,
                                                 .first_at = claim->first_at,
                                                 .attempt = claim->attempt,
                                                 .doubted = claim->doubted,
                                                 .is_look_up = claim->is_look_up},
                               &job->prepared, error);
    job->prepared.message.owner = job;
    return prepared;
}

static bool may_work(const SenderLane *lane, int index)
{
    return !lane->stopping && !lane->paused && (!lane->probing || lane->prober == NOBODY || lane->prober == index);
}

/* Until there is a job, or none may be begun: after at most IDLE_MS, unless the connection stays. Whoever gathers a batch
 * hands it over only when no more comes: it does not stay. */
static void await_job(const Sender *sender)
{
    SenderLane *lane = sender->lane;
    struct timespec deadline = deadline_in(IDLE_MS);
    int waited = 0;

    while (waited != ETIMEDOUT && may_work(lane, sender->index) && g_queue_is_empty(&lane->jobs))
        waited = lane->options.stays && sender->held == 0 ? pthread_cond_wait(&lane->changed, &lane->mutex)
                                     : pthread_cond_timedwait(&lane->changed, &lane->mutex, &deadline);
}

/* The next job of the queue; with `wait`, it is waited for. */
static SenderJob *take_job(Sender *sender, bool wait)
{
    SenderLane *lane = sender->lane;
    SenderJob *job = NULL;

    pthread_mutex_lock(&lane->mutex);
    if (wait)
        await_job(sender);
    if (may_work(lane, sender->index))
        job = g_queue_pop_head(&lane->jobs);
    if (job && !sender->is_counted) {
        sender->is_counted = true;
        lane->sessions++;
    }
    pthread_mutex_unlock(&lane->mutex);
    return job;
}

static ChannelMessage *next(void *user, bool wait)
{
    Sender *sender = user;
    SenderJob *job;

    hand_in(sender, NULL);
    while ((job = take_job(sender, wait)) != NULL) {
        g_autoptr(GError) error = NULL;

        if (prepare(sender, job, &error)) {
            sender->taken++;
            sender->held++;
            return &job->prepared.message;
        }
        job->at = clock_now(sender->lane->options.clock);
        settle(sender, job, job->claim->is_look_up ? EVENT_DOUBTED : EVENT_QUARANTINED, -1,
               g_strdup(error_english(error)));
    }
    return NULL;
}

static bool wait_for_work(Sender *sender)
{
    SenderLane *lane = sender->lane;
    bool is_working;

    pthread_mutex_lock(&lane->mutex);
    while (!lane->stopping && (!may_work(lane, sender->index) || g_queue_is_empty(&lane->jobs)))
        pthread_cond_wait(&lane->changed, &lane->mutex);
    is_working = !lane->stopping;
    if (is_working && lane->probing)
        lane->prober = sender->index;
    pthread_mutex_unlock(&lane->mutex);
    return is_working;
}

/* A relay that refuses one connection and serves the others, as with a limit on connections, is left alone by this
 * sender, so that the others are not disturbed. */
static void rest_alone(Sender *sender)
{
    SenderLane *lane = sender->lane;
    int64_t length = MIN((int64_t)PACE_PAUSE_FIRST << MIN(sender->refusals, 16), (int64_t)PACE_PAUSE_MAX);
    struct timespec deadline = deadline_in(length);

    sender->refusals++;
    pthread_mutex_lock(&lane->mutex);
    while (!lane->stopping)
        if (pthread_cond_timedwait(&lane->stopped, &lane->mutex, &deadline) == ETIMEDOUT)
            break;
    pthread_mutex_unlock(&lane->mutex);
}

/* The session is over. Where it broke without an answer and no other goes on, the lane is paused before anybody tries
 * again; whoever takes the fault out of the outbox decides for how long. Returns whether others go on. */
static bool leave_session(Sender *sender, bool is_broken)
{
    SenderLane *lane = sender->lane;
    bool others_work;

    pthread_mutex_lock(&lane->mutex);
    lane->sessions -= sender->is_counted ? 1 : 0;
    sender->is_counted = false;
    others_work = lane->sessions > 0;
    if (is_broken && !others_work && sender->answers == 0)
        lane->paused = true;
    pthread_mutex_unlock(&lane->mutex);
    return others_work;
}

/* A session that ends as it should and has nothing to show for its messages must not be repeated without a rest. */
static GError *check_session(const Sender *sender)
{
    if (sender->taken == 0 || sender->answers > 0 || sender->doubts > 0)
        return NULL;
    return error_make(BREACH_ERROR_TEMPORARY, "relay-no-answer",
                      "the connection ended without an answer to any message");
}

static void run_session(Sender *sender)
{
    const SenderLaneOptions *options = &sender->lane->options;
    const ChannelCalls calls = {.next = next,
                                .handing_over = handing_over,
                                .replied = replied,
                                .user = sender,
                                .clock = options->clock,
                                .wake_fd = sender->lane->wake_fd,
                                .state = &sender->state};
    GError *error = NULL;
    SenderFault *fault;
    bool others_work;

    sender->answers = sender->taken = sender->held = sender->doubts = 0;
    fault_point("session_before");
    if (options->engine->run_session(options->gateway, &calls, &error))
        error = check_session(sender);
    if (error)
        log_event(LOG_AT_WARNING, "session-broken", "gateway=%s %s", options->gateway->name, error_english(error));
    others_work = leave_session(sender, error != NULL);
    if (sender->answers > 0)
        sender->refusals = 0;
    if (!error) {
        hand_in(sender, NULL);
        return;
    }
    fault = g_new0(SenderFault, 1);
    *fault = (SenderFault){
        .lane = sender->lane, .error = error, .had_answers = sender->answers > 0, .others_work = others_work};
    hand_in(sender, fault);
    if (sender->answers == 0 && others_work)
        rest_alone(sender);
}

static void leave_lane(const Sender *sender)
{
    SenderLane *lane = sender->lane;
    SenderOutbox *outbox = lane->options.outbox;

    pthread_mutex_lock(&lane->mutex);
    lane->running--;
    pthread_mutex_unlock(&lane->mutex);
    poke(outbox);
}

static void *sender_main(void *data)
{
    Sender *sender = data;

    sender->scratch = render_scratch_new();
    sender->back = g_ptr_array_new();
    while (wait_for_work(sender))
        run_session(sender);
    render_scratch_free(sender->scratch);
    g_ptr_array_unref(sender->back);
    if (sender->lane->options.engine->release)
        sender->lane->options.engine->release(sender->state);
    leave_lane(sender);
    g_free(sender);
    return NULL;
}

/* Lanes --------------------------------------------------------------------------------------------------------- */

static bool start_thread(SenderLane *lane)
{
    Sender *sender = g_new0(Sender, 1);

    sender->lane = lane;
    sender->index = lane->thread_count;
    if (pthread_create(&lane->threads[lane->thread_count], NULL, sender_main, sender) != 0) {
        g_free(sender);
        return false;
    }
    lane->thread_count++;
    pthread_mutex_lock(&lane->mutex);
    lane->running++;
    pthread_mutex_unlock(&lane->mutex);
    return true;
}

SenderLane *sender_lane_start(const SenderLaneOptions *options, GError **error)
{
    SenderLane *lane = g_new0(SenderLane, 1);
    int wanted = options->engine->has_one_thread ? 1 : options->gateway->connections;

    lane->options = *options;
    lane->names = prepare_names(options->gateway, options->engine);
    lane->wake_fd = options->engine->has_one_thread ? MAX(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), 0) : 0;
    pthread_mutex_init(&lane->mutex, NULL);
    monotonic_condition(&lane->changed);
    monotonic_condition(&lane->stopped);
    g_queue_init(&lane->jobs);
    lane->threads = g_new0(pthread_t, (gsize)wanted);
    while (lane->thread_count < wanted && start_thread(lane))
        continue;
    if (lane->thread_count == wanted)
        return lane;
    error_set(error, BREACH_ERROR_TEMPORARY, "system-threads", "cannot start %d sender threads", wanted);
    sender_lane_stop(lane);
    sender_lane_join(lane);
    return NULL;
}

/* Wakes an engine that waits for answers; the queue was empty, so it may have stopped asking. */
static void wake(const SenderLane *lane)
{
    const uint64_t one = 1;

    if (lane->wake_fd > 0 && write(lane->wake_fd, &one, sizeof one) < 0)
        return; /* it is readable already */
}

void sender_lane_push(SenderLane *lane, GPtrArray *jobs)
{
    pthread_mutex_lock(&lane->mutex);
    if (jobs->len > 0 && g_queue_is_empty(&lane->jobs))
        wake(lane);
    for (guint i = 0; i < jobs->len; i++) {
        SenderJob *job = g_steal_pointer(&g_ptr_array_index(jobs, i));

        job->lane = lane;
        g_queue_push_tail(&lane->jobs, job);
    }
    if (lane->probing || jobs->len > 1)
        pthread_cond_broadcast(&lane->changed);
    else
        pthread_cond_signal(&lane->changed);
    pthread_mutex_unlock(&lane->mutex);
    g_ptr_array_set_size(jobs, 0);
}

static void change(SenderLane *lane, bool paused, bool probing)
{
    pthread_mutex_lock(&lane->mutex);
    lane->paused = paused;
    lane->probing = probing;
    lane->prober = NOBODY;
    pthread_cond_broadcast(&lane->changed);
    pthread_mutex_unlock(&lane->mutex);
}

void sender_lane_pause(SenderLane *lane)
{
    change(lane, true, false);
}

void sender_lane_resume(SenderLane *lane, bool probing)
{
    change(lane, false, probing);
}

void sender_lane_stop(SenderLane *lane)
{
    pthread_mutex_lock(&lane->mutex);
    lane->stopping = true;
    pthread_cond_broadcast(&lane->changed);
    pthread_cond_broadcast(&lane->stopped);
    pthread_mutex_unlock(&lane->mutex);
}

bool sender_lane_has_ended(SenderLane *lane)
{
    bool has_ended;

    pthread_mutex_lock(&lane->mutex);
    has_ended = lane->running == 0;
    pthread_mutex_unlock(&lane->mutex);
    return has_ended;
}

int sender_lane_threads(const SenderLane *lane)
{
    return lane->thread_count;
}

void sender_lane_take_back(SenderLane *lane, GPtrArray *jobs)
{
    SenderJob *job;

    pthread_mutex_lock(&lane->mutex);
    while ((job = g_queue_pop_head(&lane->jobs)) != NULL)
        g_ptr_array_add(jobs, job);
    pthread_mutex_unlock(&lane->mutex);
}

void sender_lane_join(SenderLane *lane)
{
    for (int i = 0; i < lane->thread_count; i++)
        pthread_join(lane->threads[i], NULL);
    g_assert(g_queue_is_empty(&lane->jobs));
    if (lane->wake_fd > 0)
        close(lane->wake_fd);
    g_strfreev(lane->names);
    g_free(lane->threads);
    pthread_cond_destroy(&lane->changed);
    pthread_cond_destroy(&lane->stopped);
    pthread_mutex_destroy(&lane->mutex);
    g_free(lane);
}

int sender_lane_disk_error(SenderLane *lane)
{
    int problem;

    pthread_mutex_lock(&lane->mutex);
    problem = lane->disk_error;
    pthread_mutex_unlock(&lane->mutex);
    return problem;
}
