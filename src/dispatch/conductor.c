#include "dispatch/conductor.h"

#include <string.h>

#include "base/error.h"
#include "base/fault.h"
#include "base/id.h"
#include "dispatch/pace.h"
#include "dispatch/sender.h"
#include "ledger/inbox.h"
#include "ledger/slots.h"

#define GATHER_MS 5       /* how long outcomes are gathered for one commit */
#define GATHER_MOST 64
#define LOOK_MS 200       /* at least so often: stop flag, inbox, progress */
#define INBOX_BATCH 500
#define RATE_WINDOW 5000  /* ms */

typedef struct Lane {
    const ConductorGateway *gateway;
    int64_t no;           /* in the ledger */
    SenderLane *senders;
    Pace pace;
    int in_flight;        /* claimed and not yet recorded */
    bool resting;         /* paused by pace */
    int64_t next_due;     /* ms, wall */
    char *trouble;        /* owned; why it rests */
} Lane;

typedef struct Conductor {
    const ConductorOptions *options;
    ConductorResult *result;
    Ledger *ledger;
    char run[ID_RUN_LENGTH + 1];
    Slots *slots;
    int *free_slots;      /* a stack */
    int free_count;
    Lane *lanes;
    size_t lane_count;
    SenderOutbox *outbox;
    GHashTable *texts;    /* text number -> RenderText */
    GPtrArray *done;      /* SenderJob, received and not yet recorded */
    GPtrArray *faults;    /* SenderFault, received and not yet looked at */
    GPtrArray *claims;    /* scratch */
    int in_flight;        /* claimed and not yet recorded */
    bool stopping;
    int64_t started;      /* steady */
    int64_t last_answer;  /* steady */
    int64_t shown_at;     /* steady */
    int64_t looked_at;    /* steady; the inbox */
    int64_t window_at, window_answered; /* for the rate */
    double rate;
} Conductor;

static int64_t steady(const Conductor *conductor)
{
    return clock_steady(conductor->options->clock);
}

static int64_t now(const Conductor *conductor)
{
    return clock_now(conductor->options->clock);
}

void conductor_result_clear(ConductorResult *result)
{
    g_clear_pointer(&result->trouble, g_free);
}

/* Texts --------------------------------------------------------------------------------------------------------- */

static void free_text(gpointer data)
{
    render_text_free(data);
}

static const RenderText *text_of(Conductor *conductor, int64_t no, GError **error)
{
    RenderText *text = g_hash_table_lookup(conductor->texts, &no);
    g_autofree char *body = NULL;

    if (text)
        return text;
    body = ledger_text(conductor->ledger, no, error);
    text = body ? render_text_new(body, error) : NULL;
    if (text)
        g_hash_table_insert(conductor->texts, g_memdup2(&no, sizeof no), text);
    return text;
}

/* Recording ----------------------------------------------------------------------------------------------------- */

static bool record_job(Conductor *conductor, const SenderJob *job, GError **error)
{
    return ledger_record(conductor->ledger,
                         &(LedgerOutcome){.message = job->claim->no,
                                          .attempt = job->claim->attempt,
                                          .event = job->event,
                                          .code = job->code,
                                          .enhanced = job->enhanced,
                                          .reply = job->reply,
                                          .at = job->at,
                                          .due = job->due,
                                          .by_relay = true},
                         error);
}

static Lane *lane_of(Conductor *conductor, const SenderLane *senders)
{
    for (size_t i = 0; i < conductor->lane_count; i++)
        if (conductor->lanes[i].senders == senders)
            return &conductor->lanes[i];
    return NULL;
}

static void rest(Conductor *conductor, Lane *lane, const char *why, int64_t length)
{
    g_autofree char *span = clock_format_span(length);
    GPtrArray *back = g_ptr_array_new();

    sender_lane_pause(lane->senders);
    lane->resting = true;
    g_free(lane->trouble);
    lane->trouble =
        g_strdup_printf("%s rests for %s: %s", sender_lane_gateway(lane->senders)->name, span, why);
    sender_lane_take_back(lane->senders, back);
    for (guint i = 0; i < back->len; i++) {
        SenderJob *job = g_ptr_array_index(back, i);

        job->event = EVENT_RETURNED;
        job->at = job->due = now(conductor);
        job->reply = g_strdup("not begun");
        g_ptr_array_add(conductor->done, job);
    }
    g_ptr_array_unref(back);
}

/* What an outcome says about its gateway. */
static void judge_gateway(Conductor *conductor, const SenderJob *job)
{
    Lane *lane = lane_of(conductor, job->lane);

    if (job->event == EVENT_DOUBTED) {
        int64_t length = pace_doubt(&lane->pace, steady(conductor));

        if (length > 0)
            rest(conductor, lane, "it takes messages and does not say what became of them", length);
        return;
    }
    if (job->result == CHANNEL_NOT_SENT || job->event == EVENT_QUARANTINED)
        return;
    conductor->result->answered++;
    conductor->last_answer = steady(conductor);
    if (pace_is_probing(&lane->pace)) {
        g_clear_pointer(&lane->trouble, g_free);
        sender_lane_resume(lane->senders, false);
        lane->resting = false;
    }
    pace_answered(&lane->pace);
}

static void release(Conductor *conductor, SenderJob *job)
{
    conductor->free_slots[conductor->free_count++] = job->slot;
    conductor->in_flight--;
    lane_of(conductor, job->lane)->in_flight--;
    sender_job_free(job);
}

static void look_at_faults(Conductor *conductor)
{
    for (guint i = 0; i < conductor->faults->len; i++) {
        SenderFault *fault = g_ptr_array_index(conductor->faults, i);
        Lane *lane = lane_of(conductor, fault->lane);

        if (!fault->had_answers && !conductor->stopping)
            rest(conductor, lane, fault->error->message, pace_fault(&lane->pace, steady(conductor)));
        sender_fault_free(fault);
    }
    g_ptr_array_set_size(conductor->faults, 0);
}

/* Claiming ------------------------------------------------------------------------------------------------------ */

static SenderJob *make_job(Conductor *conductor, LedgerClaim *claim, GError **error)
{
    const RenderText *render = text_of(conductor, claim->text, error);
    SenderJob *job;

    if (!render)
        return NULL;
    job = g_new0(SenderJob, 1);
    job->claim = claim;
    job->render = render;
    job->slot = conductor->free_slots[--conductor->free_count];
    job->result = CHANNEL_NOT_SENT;
    return job;
}

/* Claims for one lane into `jobs`, in the batch that is open. */
static bool claim_for(Conductor *conductor, Lane *lane, GPtrArray *jobs, GError **error)
{
    int share = CONDUCTOR_SLOTS - sender_lane_queued(lane->senders);
    int limit = pace_allowance(&lane->pace, MIN(MIN(share, conductor->free_count), GATHER_MOST * 2), steady(conductor));

    if (limit <= 0 || lane->next_due > now(conductor) || (pace_is_probing(&lane->pace) && lane->in_flight > 0))
        return true;
    if (!ledger_claim(conductor->ledger, lane->no, now(conductor), limit, conductor->claims, error))
        return false;
    for (guint i = 0; i < conductor->claims->len; i++) {
        SenderJob *job = make_job(conductor, g_ptr_array_index(conductor->claims, i), error);

        if (!job)
            return false;
        g_ptr_array_index(conductor->claims, i) = NULL;
        g_ptr_array_add(jobs, job);
    }
    pace_take(&lane->pace, (int)conductor->claims->len);
    g_ptr_array_set_size(conductor->claims, 0);
    return true;
}

static void push_jobs(Conductor *conductor, Lane *lane, GPtrArray *jobs)
{
    if (jobs->len > 0 && lane->resting) {
        lane->resting = false;
        sender_lane_resume(lane->senders, pace_is_probing(&lane->pace));
    }
    for (guint i = 0; i < jobs->len; i++) {
        conductor->in_flight++;
        lane->in_flight++;
        sender_lane_push(lane->senders, g_ptr_array_index(jobs, i));
    }
    g_ptr_array_set_size(jobs, 0);
}

static bool look_into_inbox(Conductor *conductor, GError **error)
{
    int applied = 0;

    if (steady(conductor) - conductor->looked_at < LOOK_MS)
        return true;
    conductor->looked_at = steady(conductor);
    return inbox_apply(conductor->ledger, INBOX_BATCH, now(conductor), &applied, error);
}

/* One durable commit: what came back is recorded, and new messages are claimed. Only then are slots free again and jobs
 * handed out. */
static bool turn(Conductor *conductor, GError **error)
{
    g_autofree GPtrArray **jobs = g_new0(GPtrArray *, conductor->lane_count);
    bool committed;

    for (guint i = 0; i < conductor->done->len; i++)
        judge_gateway(conductor, g_ptr_array_index(conductor->done, i));
    look_at_faults(conductor);
    for (size_t i = 0; i < conductor->lane_count; i++)
        jobs[i] = g_ptr_array_new();
    committed = ledger_begin(conductor->ledger, error);
    for (guint i = 0; committed && i < conductor->done->len; i++)
        committed = record_job(conductor, g_ptr_array_index(conductor->done, i), error);
    committed = committed && look_into_inbox(conductor, error);
    for (size_t i = 0; committed && !conductor->stopping && i < conductor->lane_count; i++)
        committed = claim_for(conductor, &conductor->lanes[i], jobs[i], error);
    for (size_t i = 0; committed && i < conductor->lane_count; i++)
        committed = ledger_next_due(conductor->ledger, conductor->lanes[i].no, &conductor->lanes[i].next_due, error);
    committed = committed && ledger_commit(conductor->ledger, error);
    if (committed) {
        for (guint i = 0; i < conductor->done->len; i++)
            release(conductor, g_ptr_array_index(conductor->done, i));
        g_ptr_array_set_size(conductor->done, 0);
    } else {
        ledger_rollback(conductor->ledger);
    }
    for (size_t i = 0; i < conductor->lane_count; i++) {
        if (committed)
            push_jobs(conductor, &conductor->lanes[i], jobs[i]);
        g_ptr_array_set_free_func(jobs[i], (GDestroyNotify)sender_job_free);
        g_ptr_array_unref(jobs[i]);
    }
    return committed;
}

/* Running ------------------------------------------------------------------------------------------------------- */

static const char *trouble_of(const Conductor *conductor)
{
    for (size_t i = 0; i < conductor->lane_count; i++)
        if (conductor->lanes[i].trouble)
            return conductor->lanes[i].trouble;
    return NULL;
}

static void show(Conductor *conductor)
{
    int64_t at = steady(conductor);
    ConductorProgress progress = {.answered = conductor->result->answered, .elapsed = at - conductor->started};

    if (!conductor->options->progress || at - conductor->shown_at < LOOK_MS)
        return;
    conductor->shown_at = at;
    if (at - conductor->window_at >= RATE_WINDOW || conductor->rate == 0) {
        conductor->rate = (double)(conductor->result->answered - conductor->window_answered) * 1000 /
                          (double)MAX(at - conductor->window_at, 1);
        if (at - conductor->window_at >= RATE_WINDOW) {
            conductor->window_at = at;
            conductor->window_answered = conductor->result->answered;
        }
    }
    progress.rate = conductor->rate;
    progress.trouble = trouble_of(conductor);
    if (ledger_counts(conductor->ledger, &progress.counts, NULL))
        conductor->options->progress(&progress, conductor->options->user);
}

/* How long until something can be done, ms; -1: nothing will be within patience. */
static int64_t idle_for(const Conductor *conductor)
{
    int64_t limit = conductor->last_answer + conductor->options->patience - steady(conductor);
    int64_t wait = INT64_MAX;

    for (size_t i = 0; i < conductor->lane_count; i++) {
        const Lane *lane = &conductor->lanes[i];
        int64_t due = lane->next_due == INT64_MAX ? INT64_MAX : MAX(lane->next_due - now(conductor), 0);
        int64_t ready = pace_ready_at(&lane->pace, steady(conductor)) - steady(conductor);

        if (due != INT64_MAX)
            wait = MIN(wait, MAX(due, ready));
    }
    if (wait == INT64_MAX || (wait > 0 && wait > limit))
        return -1;
    return wait;
}

static bool all_done(Conductor *conductor)
{
    int64_t due = INT64_MAX;

    for (size_t i = 0; i < conductor->lane_count; i++)
        due = MIN(due, conductor->lanes[i].next_due);
    return due == INT64_MAX;
}

static int disk_error(Conductor *conductor)
{
    int problem = 0;

    for (size_t i = 0; i < conductor->lane_count && problem == 0; i++)
        problem = sender_lane_disk_error(conductor->lanes[i].senders);
    return problem;
}

static void begin_stop(Conductor *conductor)
{
    if (conductor->stopping)
        return;
    conductor->stopping = true;
    for (size_t i = 0; i < conductor->lane_count; i++) {
        rest(conductor, &conductor->lanes[i], "stopping", 0);
        g_clear_pointer(&conductor->lanes[i].trouble, g_free);
        sender_lane_stop(conductor->lanes[i].senders);
    }
}

static void gather(Conductor *conductor)
{
    int64_t idle = conductor->in_flight > 0 ? LOOK_MS : MIN(MAX(idle_for(conductor), 0), LOOK_MS);

    sender_outbox_take(conductor->outbox, 1, conductor->done->len > 0 ? 0 : idle, conductor->done, conductor->faults);
    if (conductor->done->len > 0 && conductor->done->len < GATHER_MOST && conductor->in_flight > GATHER_MOST)
        sender_outbox_take(conductor->outbox, GATHER_MOST - (int)conductor->done->len, GATHER_MS, conductor->done,
                           conductor->faults);
}

/* The loop. Returns how it ended; CONDUCTOR_BROKEN with the error set. */
static ConductorEnd loop(Conductor *conductor, GError **error)
{
    while (true) {
        if (*conductor->options->stop >= 2)
            return CONDUCTOR_ABANDONED;
        if (*conductor->options->stop == 1)
            begin_stop(conductor);
        if (disk_error(conductor) != 0) {
            g_set_error(error, BREACH_ERROR, BREACH_ERROR_CREATE,
                        "cannot write the slot file in %s: %s; make room and type the same command again, nothing is lost",
                        conductor->options->folder, g_strerror(disk_error(conductor)));
            return CONDUCTOR_BROKEN;
        }
        if (!turn(conductor, error))
            return CONDUCTOR_BROKEN;
        show(conductor);
        if (conductor->in_flight == 0 && conductor->done->len == 0) {
            if (conductor->stopping)
                return CONDUCTOR_STOPPED;
            if (all_done(conductor))
                return CONDUCTOR_DONE;
            if (idle_for(conductor) < 0)
                return CONDUCTOR_WAITING;
        }
        gather(conductor);
    }
}

/* After the loop: the threads finish what is on the wire; whatever cannot be recorded any more is left to recovery,
 * whose evidence lies in the slots. */
static void wind_down(Conductor *conductor)
{
    GPtrArray *back = g_ptr_array_new();

    for (size_t i = 0; i < conductor->lane_count; i++) {
        sender_lane_stop(conductor->lanes[i].senders);
        sender_lane_take_back(conductor->lanes[i].senders, back);
    }
    for (size_t i = 0; i < conductor->lane_count; i++) {
        sender_lane_join(conductor->lanes[i].senders);
        g_free(conductor->lanes[i].trouble);
    }
    sender_outbox_take(conductor->outbox, 0, 0, conductor->done, conductor->faults);
    for (guint i = 0; i < back->len; i++)
        sender_job_free(g_ptr_array_index(back, i));
    for (guint i = 0; i < conductor->done->len; i++)
        sender_job_free(g_ptr_array_index(conductor->done, i));
    for (guint i = 0; i < conductor->faults->len; i++)
        sender_fault_free(g_ptr_array_index(conductor->faults, i));
    g_ptr_array_unref(back);
}

static bool start_lane(Conductor *conductor, const ConductorGateway *gateway, GError **error)
{
    Lane *lane = &conductor->lanes[conductor->lane_count];

    lane->gateway = gateway;
    lane->no = ledger_gateway(conductor->ledger, gateway->gateway->name, error);
    pace_start(&lane->pace, gateway->gateway->rate, gateway->gateway->connections, steady(conductor));
    lane->senders = sender_lane_start(&(SenderLaneOptions){.gateway = gateway->gateway,
                                                           .engine = gateway->engine,
                                                           .slots = conductor->slots,
                                                           .clock = conductor->options->clock,
                                                           .outbox = conductor->outbox},
                                      error);
    if (lane->senders)
        conductor->lane_count++;
    return lane->senders != NULL;
}

/* A doubt is sent again by itself only where every gateway says so. */
static int64_t doubt_due(const ConductorOptions *options)
{
    for (size_t i = 0; i < options->gateway_count; i++)
        if (options->gateways[i].gateway->in_doubt == GATEWAY_DOUBT_HOLD)
            return -1;
    return clock_now(options->clock);
}

static bool start(Conductor *conductor, GError **error)
{
    const ConductorOptions *options = conductor->options;
    int count = (int)options->gateway_count * CONDUCTOR_SLOTS;

    if (!ledger_recover(conductor->ledger, options->boot, doubt_due(options), now(conductor),
                        &conductor->result->recovery, error))
        return false;
    fault_point("run_recovered");
    id_random(conductor->run, ID_RUN_LENGTH);
    if (!ledger_start_run(conductor->ledger, conductor->run, options->boot, now(conductor), error))
        return false;
    conductor->slots = slots_create(options->folder, conductor->run, options->boot, count, error);
    if (!conductor->slots)
        return false;
    conductor->free_slots = g_new(int, (gsize)count);
    while (conductor->free_count < count) {
        conductor->free_slots[conductor->free_count] = count - 1 - conductor->free_count;
        conductor->free_count++;
    }
    for (size_t i = 0; i < options->gateway_count; i++)
        if (!start_lane(conductor, &options->gateways[i], error))
            return false;
    return true;
}

static void finish(Conductor *conductor)
{
    bool is_clean = conductor->in_flight == 0;

    conductor->result->trouble = g_strdup(trouble_of(conductor));
    wind_down(conductor);
    slots_close(conductor->slots);
    if (is_clean && ledger_end_run(conductor->ledger, now(conductor), NULL))
        slots_remove(conductor->options->folder, conductor->run);
}

bool conductor_run(const ConductorOptions *options, ConductorResult *result, GError **error)
{
    Conductor conductor = {.options = options,
                           .result = result,
                           .ledger = options->ledger,
                           .lanes = g_new0(Lane, options->gateway_count),
                           .outbox = sender_outbox_new(),
                           .texts = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, free_text),
                           .done = g_ptr_array_new(),
                           .faults = g_ptr_array_new(),
                           .claims = g_ptr_array_new_with_free_func((GDestroyNotify)ledger_claim_free)};
    bool started;

    memset(result, 0, sizeof *result);
    conductor.started = conductor.last_answer = conductor.window_at = steady(&conductor);
    started = start(&conductor, error);
    if (started)
        result->end = loop(&conductor, error);
    result->elapsed = steady(&conductor) - conductor.started;
    if (result->end == CONDUCTOR_ABANDONED)
        return true;
    finish(&conductor);
    g_hash_table_unref(conductor.texts);
    g_ptr_array_unref(conductor.claims);
    g_ptr_array_unref(conductor.done);
    g_ptr_array_unref(conductor.faults);
    sender_outbox_free(conductor.outbox);
    g_free(conductor.free_slots);
    g_free(conductor.lanes);
    return started;
}
