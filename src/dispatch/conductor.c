#include "dispatch/conductor.h"

#include <string.h>

#include "base/error.h"
#include "base/fault.h"
#include "base/id.h"
#include "dispatch/brake.h"
#include "dispatch/ladder.h"
#include "dispatch/lane.h"
#include "dispatch/recovery.h"
#include "dispatch/sender.h"
#include "dispatch/tempo.h"
#include "dispatch/wave.h"
#include "ledger/inbox.h"
#include "ledger/slots.h"

#define GATHER_MS 5       /* how long outcomes are gathered for one commit */
#define GATHER_MOST 64
#define ASKED_MS 5000     /* those who wait for a yes are counted again: all of them */
#define LOOK_MS 200       /* at least so often: stop flag, inbox, progress */
#define INBOX_BATCH 500
#define PACE_MS 50        /* how long tokens are gathered; less than the bucket holds */
#define LEAVE_LOOKS 50    /* of LOOK_MS: how long idle threads are waited for at the end */
#define DRILL_LEAVES 30   /* times as long in a drill, which goes on in this process and ends with it */
#define SETTLE_LOOKS 50   /* of LOOK_MS without an answer: then time passes all the same */

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
    Brake *brake;         /* owned */
    Wave wave;
    Ladder *ladder;       /* owned */
    LadderResult climbs;  /* of the latest look at the ladder */
    int64_t climbed_at;   /* steady; that look */
    bool must_take_back;  /* something is held that was not: what no thread has begun comes back */
    char *held;           /* owned; why nothing is sent, when it is held or in quiet hours */
    SenderOutbox *outbox;
    GHashTable *texts;    /* text number -> RenderText */
    GPtrArray *done;      /* SenderJob, received and not yet recorded */
    GPtrArray *faults;    /* SenderFault, received and not yet looked at */
    GPtrArray *claims;    /* scratch */
    int in_flight;        /* claimed and not yet recorded */
    bool stopping;
    bool has_run;         /* the ledger knows of it */
    GError *problem;      /* owned; why it stops: the slots cannot be written */
    int64_t started;      /* steady */
    int64_t last_answer;  /* steady */
    int64_t asked_at;     /* steady; when the first of what is on its way was handed out */
    int64_t shown_at;     /* steady */
    int64_t looked_at;    /* steady; the inbox */
    Tempo tempo;
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
                                          .by_relay = true,
                                          .is_look_up = job->claim->is_look_up,
                                          .handed = job->handed_over ? &job->handed : NULL,
                                          .provider_id = job->provider_id},
                         error);
}

static Lane *lane_of(Conductor *conductor, const SenderLane *senders)
{
    for (size_t i = 0; i < conductor->lane_count; i++)
        if (conductor->lanes[i].senders == senders)
            return &conductor->lanes[i];
    return NULL;
}

/* What no thread has begun is recorded as returned, in the next turn. */
static void take_back(Conductor *conductor, Lane *lane)
{
    g_autoptr(GPtrArray) back = g_ptr_array_new();

    sender_lane_take_back(lane->senders, back);
    for (guint i = 0; i < back->len; i++) {
        SenderJob *job = g_ptr_array_index(back, i);

        job->event = job->claim->is_look_up ? EVENT_DOUBTED : EVENT_RETURNED;
        job->at = job->due = now(conductor);
        job->reply = g_strdup("not begun");
        g_ptr_array_add(conductor->done, job);
    }
}

/* What an outcome says about its gateway. */
static void judge(Conductor *conductor, SenderJob *job)
{
    Lane *lane = lane_of(conductor, job->lane);

    if (job->claim->is_look_up) {
        lane_look_up(lane, job);
        if (job->event != EVENT_DOUBTED)
            conductor->last_answer = steady(conductor);
        return;
    }
    wave_outcome(&conductor->wave, job->claim->is_first, job->event, job->result);
    if (lane_judge(lane, job))
        take_back(conductor, lane);
    if (job->event == EVENT_DOUBTED || job->result == CHANNEL_NOT_SENT || job->event == EVENT_QUARANTINED ||
        (job->result == CHANNEL_POLICY && lane->is_refusing))
        return;
    conductor->result->answered++;
    conductor->last_answer = steady(conductor);
}

static void release(Conductor *conductor, SenderJob *job)
{
    Lane *lane = lane_of(conductor, job->lane);

    conductor->free_slots[conductor->free_count++] = job->slot;
    conductor->in_flight--;
    lane->in_flight--;
    if (job->is_probe)
        lane->probes--;
    sender_job_free(job);
}

static void look_at_faults(Conductor *conductor)
{
    for (guint i = 0; i < conductor->faults->len; i++) {
        SenderFault *fault = g_ptr_array_index(conductor->faults, i);
        Lane *lane = lane_of(conductor, fault->lane);

        if (!conductor->stopping && lane_fault(lane, fault))
            take_back(conductor, lane);
        sender_fault_free(fault);
    }
    g_ptr_array_set_size(conductor->faults, 0);
}

/* Claiming ------------------------------------------------------------------------------------------------------ */

static SenderJob *make_job(Conductor *conductor, LedgerClaim *claim, GError **error)
{
    const RenderText *render = text_of(conductor, claim->text, error);
    const char *audience = render ? ledger_text_audience(conductor->ledger, claim->text, error) : NULL;
    SenderJob *job;

    if (!audience)
        return NULL;
    job = g_new0(SenderJob, 1);
    job->claim = claim;
    job->render = render;
    job->audience = audience;
    job->slot = conductor->free_slots[--conductor->free_count];
    job->result = CHANNEL_NOT_SENT;
    return job;
}

/* Claims for one lane, in the batch that is open. */
static bool claim_for(Conductor *conductor, Lane *lane, GError **error)
{
    if (!lane_claim(lane, conductor->ledger, &conductor->wave, lane_room(lane, conductor->free_count), conductor->claims,
                    error))
        return false;
    for (guint i = 0; i < conductor->claims->len; i++) {
        SenderJob *job = make_job(conductor, g_ptr_array_index(conductor->claims, i), error);

        if (!job)
            return false;
        g_ptr_array_index(conductor->claims, i) = NULL;
        g_ptr_array_add(lane->jobs, job);
    }
    g_ptr_array_set_size(conductor->claims, 0);
    return true;
}

static void push_jobs(Conductor *conductor, Lane *lane)
{
    bool is_probing = pace_is_probing(&lane->pace);

    if (lane->jobs->len > 0 && lane->resting) {
        lane->resting = false;
        sender_lane_resume(lane->senders, is_probing);
    }
    for (guint i = 0; i < lane->jobs->len; i++) {
        SenderJob *job = g_ptr_array_index(lane->jobs, i);

        job->is_probe = is_probing;
        if (conductor->in_flight++ == 0)
            conductor->asked_at = steady(conductor);
        lane->in_flight++;
        lane->probes += is_probing ? 1 : 0;
    }
    sender_lane_push(lane->senders, lane->jobs);
}

/* What other processes have asked for, holds among them. */
static bool look_into_inbox(Conductor *conductor, GError **error)
{
    int applied = 0;
    bool changed = false;

    if (steady(conductor) - conductor->looked_at < LOOK_MS)
        return true;
    conductor->looked_at = steady(conductor);
    if (!inbox_apply(conductor->ledger, INBOX_BATCH, now(conductor), &applied, error))
        return false;
    if (applied > 0 && !brake_reload(conductor->brake, &changed, error))
        return false;
    conductor->must_take_back = conductor->must_take_back || changed;
    return true;
}

static bool claim_all(Conductor *conductor, GError **error)
{
    for (size_t i = 0; i < conductor->lane_count; i++) {
        Lane *lane = &conductor->lanes[i];
        bool was_stopped = lane->stopped_until != 0;

        lane_brake(lane);
        if (lane->stopped_until != 0 && !was_stopped && !lane->is_full)
            conductor->must_take_back = true;
        if ((!conductor->stopping && !claim_for(conductor, lane, error)) || !lane_look(lane, conductor->ledger, error))
            return false;
    }
    return true;
}

static bool all_done(const Conductor *conductor)
{
    for (size_t i = 0; i < conductor->lane_count; i++)
        if (lane_has_due(&conductor->lanes[i]))
            return false;
    return true;
}

/* Whether the wave has all its answers in this turn. */
static bool is_end_of_wave(const Conductor *conductor)
{
    return conductor->in_flight == (int)conductor->done->len &&
           (conductor->stopping || wave_is_over(&conductor->wave));
}

/* The hold that a wave leads to is in the commit of its last answers: no kill comes between them. */
static bool conclude_wave(Conductor *conductor, GError **error)
{
    if (conductor->wave.limit == 0 || !wave_exceeds(&conductor->wave) || all_done(conductor))
        return true;
    return wave_hold(&conductor->wave, conductor->ledger, now(conductor), error);
}

/* One durable commit: what came back is recorded, and new messages are claimed. */
static bool record_and_claim(Conductor *conductor, GError **error)
{
    bool is_end = is_end_of_wave(conductor);

    if (!ledger_begin(conductor->ledger, error))
        return false;
    for (guint i = 0; i < conductor->done->len; i++)
        if (!record_job(conductor, g_ptr_array_index(conductor->done, i), error))
            return false;
    return look_into_inbox(conductor, error) && brake_save(conductor->brake, error) && claim_all(conductor, error) &&
           (!is_end || conclude_wave(conductor, error)) && ledger_commit(conductor->ledger, error);
}

static void release_all(Conductor *conductor)
{
    for (guint i = 0; i < conductor->done->len; i++)
        release(conductor, g_ptr_array_index(conductor->done, i));
    g_ptr_array_set_size(conductor->done, 0);
}

/* Only after the commit are slots free again and jobs handed out. */
static bool turn(Conductor *conductor, GError **error)
{
    for (guint i = 0; i < conductor->done->len; i++)
        judge(conductor, g_ptr_array_index(conductor->done, i));
    look_at_faults(conductor);
    if (!record_and_claim(conductor, error)) {
        ledger_rollback(conductor->ledger);
        return false;
    }
    release_all(conductor);
    for (size_t i = 0; i < conductor->lane_count; i++) {
        if (conductor->must_take_back)
            take_back(conductor, &conductor->lanes[i]);
        push_jobs(conductor, &conductor->lanes[i]);
    }
    conductor->must_take_back = false;
    return true;
}

/* People go on to their next channel, a bounded number of them between two turns. */
static bool climb(Conductor *conductor, GError **error)
{
    bool is_exercise = ledger_header(conductor->ledger)->status == INCIDENT_EXERCISE;
    int64_t pause = conductor->climbs.must_ask ? ASKED_MS : LOOK_MS;

    if (conductor->stopping || conductor->wave.limit > 0 ||
        (!conductor->climbs.is_more && conductor->climbed_at != 0 && steady(conductor) - conductor->climbed_at < pause &&
         conductor->in_flight > 0))
        return true;
    conductor->climbed_at = steady(conductor);
    if (!ladder_turn(conductor->ladder, is_exercise, now(conductor), &conductor->climbs, error))
        return false;
    conductor->result->climbed += conductor->climbs.climbed;
    conductor->result->must_ask = conductor->climbs.must_ask;
    return true;
}

/* How long until somebody is to climb by themselves, ms; INT64_MAX: nobody is. */
static int64_t climbs_in(const Conductor *conductor)
{
    const LadderResult *climbs = &conductor->climbs;

    if (climbs->must_ask || climbs->next_due == INT64_MAX || conductor->wave.limit > 0)
        return INT64_MAX;
    return climbs->is_more || climbs->climbed > 0 ? 0 : MAX(climbs->next_due - now(conductor), 0);
}

/* Running ------------------------------------------------------------------------------------------------------- */

static const char *trouble_of(const Conductor *conductor)
{
    for (size_t i = 0; i < conductor->lane_count; i++)
        if (conductor->lanes[i].trouble)
            return conductor->lanes[i].trouble;
    return conductor->held;
}

/* Why nothing is sent although something is due: a hold before quiet hours. */
static void look_at_brakes(Conductor *conductor)
{
    const Lane *quiet = NULL;

    g_clear_pointer(&conductor->held, g_free);
    for (size_t i = 0; i < conductor->lane_count && !conductor->held; i++) {
        const Lane *lane = &conductor->lanes[i];

        lane_is_held(lane, &conductor->held);
        if (lane->stopped_until != 0 && lane_has_due(lane))
            quiet = lane;
    }
    if (!conductor->held && quiet)
        conductor->held = g_strdup(quiet->stopped_why);
    for (size_t i = 0; i < conductor->lane_count && !conductor->held; i++)
        conductor->held = lane_waits(&conductor->lanes[i]);
}

/* Whether something waits for an announcement, which may come while we wait. */
static bool waits_for_announcement(const Conductor *conductor)
{
    bool waits = false;

    for (size_t i = 0; i < conductor->lane_count && !waits; i++) {
        g_autofree char *why = lane_waits(&conductor->lanes[i]);

        waits = why != NULL;
    }
    return waits;
}

static const Hold *hold_of(const Conductor *conductor)
{
    const Hold *hold = NULL;

    for (size_t i = 0; i < conductor->lane_count && !hold; i++)
        hold = lane_hold(&conductor->lanes[i]);
    return hold;
}

/* What is waited for while nothing is on its way: a domain that is paused. */
static char *paused_words(const Conductor *conductor)
{
    char *words = NULL;

    for (size_t i = 0; i < conductor->lane_count && !words && conductor->in_flight == 0; i++)
        words = lane_paused(&conductor->lanes[i]);
    return words;
}

static void show(Conductor *conductor)
{
    int64_t at = steady(conductor);
    ConductorProgress progress = {.answered = conductor->result->answered, .elapsed = at - conductor->started};
    g_autofree char *paused = NULL;

    if (!conductor->options->progress || at - conductor->shown_at < LOOK_MS)
        return;
    conductor->shown_at = at;
    progress.rate = tempo_look(&conductor->tempo, at, conductor->result->answered);
    progress.in_flight = conductor->in_flight;
    progress.silence = at - MAX(conductor->last_answer, conductor->asked_at);
    progress.stopping = conductor->stopping;
    progress.hold = hold_of(conductor);
    progress.trouble = trouble_of(conductor);
    if (!progress.trouble)
        progress.trouble = paused = paused_words(conductor);
    if (ledger_counts(conductor->ledger, &progress.counts, NULL))
        conductor->options->progress(&progress, conductor->options->user);
}

/* How long until something can be done, ms; -1: nothing will be within patience. */
static int64_t idle_for(const Conductor *conductor)
{
    int64_t at = steady(conductor);
    int64_t wait = INT64_MAX;
    int64_t rests = INT64_MAX; /* without the waits that a rate makes */
    const Hold *hold = hold_of(conductor);

    for (size_t i = 0; i < conductor->lane_count; i++) {
        const Lane *lane = &conductor->lanes[i];

        wait = MIN(wait, lane_ready_in(lane));
        rests = MIN(rests, lane_rests_for(lane));
    }
    wait = MIN(wait, climbs_in(conductor));
    rests = MIN(rests, climbs_in(conductor));
    if (hold && wave_is_hold(hold)) /* somebody has to look first: that takes longer than anybody waits here */
        return -1;
    if (hold || waits_for_announcement(conductor)) { /* it may be lifted while we wait */
        wait = MIN(wait, LOOK_MS);
        rests = MIN(rests, 1);
    }
    if (wait == INT64_MAX || (rests > 0 && rests > conductor->last_answer + conductor->options->patience - at))
        return -1;
    return wait;
}

/* While answers are awaited: how long until a lane with room has something to claim that it could not claim now, ms. */
static int64_t wake_in(const Conductor *conductor)
{
    int64_t wake = LOOK_MS;

    for (size_t i = 0; i < conductor->lane_count; i++) {
        const Lane *lane = &conductor->lanes[i];
        int64_t ready = lane_ready_in(lane);

        if (lane->is_moving)
            return 0;
        if (ready > 0 && lane_room(lane, conductor->free_count) > 0)
            wake = MIN(wake, MAX(ready, PACE_MS));
    }
    return wake;
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
        sender_lane_stop(conductor->lanes[i].senders);
        take_back(conductor, &conductor->lanes[i]);
        g_clear_pointer(&conductor->lanes[i].trouble, g_free);
    }
}

/* Without slots nothing may be handed over any more; what is on the wire is still recorded. */
static void look_at_disk(Conductor *conductor)
{
    int problem = conductor->problem ? 0 : disk_error(conductor);

    if (problem == 0)
        return;
    error_set(&conductor->problem, BREACH_ERROR_CREATE, "slots-write",
              "cannot write the slot file in %s: %s; make room and type the same command again, nothing is lost",
              conductor->options->folder, g_strerror(problem));
    begin_stop(conductor);
}

/* Nothing is on its way, so that no real time has to pass. */
static void let_time_pass(Conductor *conductor)
{
    if (!conductor->options->idle(MAX(idle_for(conductor), 0), conductor->options->user))
        begin_stop(conductor);
    sender_outbox_take(conductor->outbox, 1, 0, conductor->done, conductor->faults);
}

/* In a drill all that is on its way is waited for: which gateway answers sooner must not decide what happens next. */
static void settle(Conductor *conductor)
{
    const LaneSet set = {conductor->lanes, conductor->lane_count};

    for (int quiet = 0; quiet < SETTLE_LOOKS && !lane_are_settled(&set, conductor->done, conductor->faults);) {
        guint before = conductor->done->len + conductor->faults->len;

        sender_outbox_take(conductor->outbox, 1, LOOK_MS, conductor->done, conductor->faults);
        quiet = conductor->done->len + conductor->faults->len > before ? 0 : quiet + 1;
    }
    lane_sort(&set, conductor->done);
}

static void gather(Conductor *conductor)
{
    if (conductor->options->idle && !conductor->stopping) {
        (conductor->in_flight == 0 ? let_time_pass : settle)(conductor);
        return;
    }
    int64_t idle = conductor->in_flight > 0 ? wake_in(conductor) : MIN(MAX(idle_for(conductor), 0), LOOK_MS);

    sender_outbox_take(conductor->outbox, 1, conductor->done->len > 0 ? 0 : idle, conductor->done, conductor->faults);
    if (conductor->done->len > 0 && conductor->done->len < GATHER_MOST && conductor->in_flight > GATHER_MOST)
        sender_outbox_take(conductor->outbox, GATHER_MOST - (int)conductor->done->len, GATHER_MS, conductor->done,
                           conductor->faults);
}

/* Whether nothing is on its way and nothing can be begun, and how it ended then. */
static bool is_over(Conductor *conductor, ConductorEnd *end, GError **error)
{
    if (conductor->in_flight > 0 || (conductor->climbs.climbed > 0 && !conductor->stopping))
        return false;
    if (conductor->problem) {
        g_propagate_error(error, g_steal_pointer(&conductor->problem));
        *end = CONDUCTOR_BROKEN;
        return true;
    }
    if (conductor->stopping)
        *end = CONDUCTOR_STOPPED;
    else if (wave_is_over(&conductor->wave))
        *end = CONDUCTOR_WAVE;
    else
        *end = all_done(conductor) && conductor->climbs.next_due == INT64_MAX ? CONDUCTOR_DONE : CONDUCTOR_WAITING;
    return *end != CONDUCTOR_WAITING || idle_for(conductor) < 0;
}

/* What was noticed since the last turn, as that a gateway takes nothing at this hour: breach status would not know why
 * nothing goes on. */
static ConductorEnd leave(const Conductor *conductor, ConductorEnd end, GError **error)
{
    if (end == CONDUCTOR_BROKEN)
        return end;
    if (ledger_begin(conductor->ledger, error) && brake_save(conductor->brake, error) &&
        ledger_commit(conductor->ledger, error))
        return end;
    ledger_rollback(conductor->ledger);
    return CONDUCTOR_BROKEN;
}

/* The loop. Returns how it ended; CONDUCTOR_BROKEN with the error set. */
static ConductorEnd loop(Conductor *conductor, GError **error)
{
    ConductorEnd end;

    while (true) {
        if (*conductor->options->stop >= 2)
            return CONDUCTOR_ABANDONED;
        if (*conductor->options->stop == 1)
            begin_stop(conductor);
        look_at_disk(conductor);
        if (!turn(conductor, error) || !climb(conductor, error))
            return CONDUCTOR_BROKEN;
        look_at_brakes(conductor);
        show(conductor);
        if (is_over(conductor, &end, error))
            return leave(conductor, end, error);
        gather(conductor);
    }
}

/* Ending -------------------------------------------------------------------------------------------------------- */

static bool have_ended(const Conductor *conductor)
{
    for (size_t i = 0; i < conductor->lane_count; i++)
        if (!sender_lane_has_ended(conductor->lanes[i].senders))
            return false;
    return true;
}

/* Waits for the threads: as long as it takes where a message may be on the wire, else a while: what hangs in a
 * connection without a message keeps nobody waiting. false: some still run. */
static bool wait_for_threads(Conductor *conductor)
{
    int most = conductor->options->idle ? LEAVE_LOOKS * DRILL_LEAVES : LEAVE_LOOKS;

    /* and one for each thread, whose end cuts a look short */
    for (size_t i = 0; i < conductor->lane_count; i++)
        most += sender_lane_threads(conductor->lanes[i].senders);
    for (int looks = 0; !have_ended(conductor); looks++) {
        if (*conductor->options->stop >= 2 || (conductor->in_flight == 0 && looks == most))
            return false;
        show(conductor);
        sender_outbox_take(conductor->outbox, INT_MAX, LOOK_MS, conductor->done, conductor->faults);
    }
    return true;
}

/* After the threads: whatever could not be recorded is left to recovery, whose evidence lies in the slots. */
static void clear(Conductor *conductor)
{
    for (size_t i = 0; i < conductor->lane_count; i++) {
        sender_lane_join(conductor->lanes[i].senders);
        lane_clear(&conductor->lanes[i]);
    }
    sender_outbox_take(conductor->outbox, 0, 0, conductor->done, conductor->faults);
    for (guint i = 0; i < conductor->done->len; i++)
        sender_job_free(g_ptr_array_index(conductor->done, i));
    for (guint i = 0; i < conductor->faults->len; i++)
        sender_fault_free(g_ptr_array_index(conductor->faults, i));
    g_hash_table_unref(conductor->texts);
    g_ptr_array_unref(conductor->claims);
    g_ptr_array_unref(conductor->done);
    g_ptr_array_unref(conductor->faults);
    g_clear_error(&conductor->problem);
    sender_outbox_free(conductor->outbox);
    slots_close(conductor->slots);
    brake_free(conductor->brake);
    ladder_free(conductor->ladder);
    g_free(conductor->held);
    g_free(conductor->free_slots);
    g_free(conductor->lanes);
}

/* A run without a message on its way is over before its threads are: they have nothing to hand over. */
static void end_run(Conductor *conductor)
{
    if (conductor->has_run && conductor->in_flight == 0 && ledger_end_run(conductor->ledger, now(conductor), NULL))
        slots_remove(conductor->options->folder, conductor->run);
}

static void finish(Conductor *conductor)
{
    ConductorResult *result = conductor->result;

    result->trouble = g_strdup(trouble_of(conductor));
    result->is_held = hold_of(conductor) != NULL;
    result->has_threads = true;
    if (result->end == CONDUCTOR_ABANDONED)
        return;
    for (size_t i = 0; i < conductor->lane_count; i++) {
        sender_lane_stop(conductor->lanes[i].senders);
        take_back(conductor, &conductor->lanes[i]);
    }
    end_run(conductor);
    if (wait_for_threads(conductor)) {
        result->has_threads = false;
        clear(conductor);
    } else if (conductor->in_flight > 0) {
        result->end = CONDUCTOR_ABANDONED;
    }
}

/* Starting ------------------------------------------------------------------------------------------------------ */

static bool start_lane(Conductor *conductor, const ConductorGateway *gateway, GError **error)
{
    Lane *lane = &conductor->lanes[conductor->lane_count];
    g_autoptr(GError) problem = NULL;

    lane->no = ledger_gateway(conductor->ledger, gateway->gateway->name, &problem);
    if (lane->no == 0) {
        if (!problem)
            return true; /* the plan does not use it */
        g_propagate_error(error, g_steal_pointer(&problem));
        return false;
    }
    lane_init(lane, gateway->gateway, gateway->channel, conductor->brake, conductor->options->clock);
    lane->senders = sender_lane_start(&(SenderLaneOptions){.gateway = gateway->gateway,
                                                           .engine = gateway->engine,
                                                           .slots = conductor->slots,
                                                           .clock = conductor->options->clock,
                                                           .outbox = conductor->outbox,
                                                           .stays = conductor->options->idle != NULL},
                                      error);
    if (!lane->senders) {
        lane_clear(lane);
        return false;
    }
    conductor->lane_count++;
    return true;
}

static const Gateway **all_gateways(const ConductorOptions *options)
{
    const Gateway **gateways = g_new0(const Gateway *, options->gateway_count);

    for (size_t i = 0; i < options->gateway_count; i++)
        gateways[i] = options->gateways[i].gateway;
    return gateways;
}

static bool start(Conductor *conductor, GError **error)
{
    const ConductorOptions *options = conductor->options;
    g_autofree const Gateway **gateways = all_gateways(options);
    int count = (int)options->gateway_count * LANE_SLOTS;

    if (!recovery_run(conductor->ledger, gateways, options->gateway_count, options->boot, now(conductor),
                      &conductor->result->recovery, error))
        return false;
    fault_point("run_recovered");
    id_random(conductor->run, ID_RUN_LENGTH);
    if (!ledger_start_run(conductor->ledger, conductor->run, options->boot, now(conductor), error))
        return false;
    conductor->has_run = true;
    if (!brake_begin(conductor->brake, gateways, options->gateway_count, now(conductor), error))
        return false;
    conductor->climbs.next_due = INT64_MAX;
    conductor->ladder = ladder_new(conductor->ledger, error);
    if (!conductor->ladder)
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

bool conductor_run(const ConductorOptions *options, ConductorResult *result, GError **error)
{
    Conductor conductor = {.options = options,
                           .result = result,
                           .ledger = options->ledger,
                           .lanes = g_new0(Lane, options->gateway_count),
                           .brake = brake_new(options->ledger, options->quiet_hours),
                           .wave = {.limit = options->limit, .stop_over = options->stop_over},
                           .outbox = sender_outbox_new(),
                           .texts = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, free_text),
                           .done = g_ptr_array_new(),
                           .faults = g_ptr_array_new(),
                           .claims = g_ptr_array_new_with_free_func((GDestroyNotify)ledger_claim_free)};
    bool started;

    memset(result, 0, sizeof *result);
    brake_announcement(conductor.brake, options->announcement);
    conductor.started = conductor.last_answer = steady(&conductor);
    tempo_begin(&conductor.tempo, conductor.started);
    started = start(&conductor, error);
    if (started)
        result->end = loop(&conductor, error);
    result->wave = conductor.wave;
    result->elapsed = steady(&conductor) - conductor.started;
    finish(&conductor);
    return started;
}
