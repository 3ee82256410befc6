#include "load_expect.h"

#include <limits.h>

#include "dispatch/sender.h"
#include "fake_relay.h"

#define RUN "aaaaaaaaaaaaaaaa"
#define BOOT "11111111-2222-3333-4444-555555555555"
#define TIMEOUT 30000 /* ms, for what comes at once */

/* A lane with its outbox and slots, and a render text. */
typedef struct Bench {
    char *folder;
    Slots *slots;
    Gateway *gateway;
    FakeClock fake;
    Clock clock;
    SenderOutbox *outbox;
    SenderLane *lane;
    RenderText *render;
    GPtrArray *jobs, *faults;
    int slot;
    int made;
} Bench;

static void free_job(gpointer job)
{
    sender_job_free(job);
}

static void free_fault(gpointer fault)
{
    sender_fault_free(fault);
}

static Bench *bench_new(int connections)
{
    Bench *bench = g_new0(Bench, 1);
    g_autoptr(GError) error = NULL;

    bench->folder = expect_folder();
    bench->slots = slots_create(bench->folder, RUN, BOOT, 50, &error);
    assert_non_null(bench->slots);
    bench->gateway = fake_gateway("relay", connections);
    bench->clock = fake_clock(&bench->fake, INT64_C(1795269000123), 1);
    bench->outbox = sender_outbox_new();
    bench->render = render_text_new(fake_body(), &error);
    assert_non_null(bench->render);
    bench->jobs = g_ptr_array_new_with_free_func(free_job);
    bench->faults = g_ptr_array_new_with_free_func(free_fault);
    return bench;
}

static void start(Bench *bench)
{
    g_autoptr(GError) error = NULL;

    bench->lane = sender_lane_start(&(SenderLaneOptions){.gateway = bench->gateway,
                                                         .engine = fake_engine(),
                                                         .slots = bench->slots,
                                                         .clock = &bench->clock,
                                                         .outbox = bench->outbox},
                                    &error);
    assert_non_null(bench->lane);
}

static void bench_free(Bench *bench)
{
    if (bench->lane) {
        sender_lane_stop(bench->lane);
        sender_lane_take_back(bench->lane, bench->jobs);
        fake_release();
        sender_lane_join(bench->lane);
        sender_outbox_take(bench->outbox, 0, 0, bench->jobs, bench->faults);
    }
    g_ptr_array_unref(bench->jobs);
    g_ptr_array_unref(bench->faults);
    render_text_free(bench->render);
    sender_outbox_free(bench->outbox);
    gateway_free(bench->gateway);
    slots_close(bench->slots);
    expect_remove(bench->folder);
    g_free(bench);
    fake_forget();
}

static SenderJob *make_job(Bench *bench, const char *script)
{
    SenderJob *job = g_new0(SenderJob, 1);
    int no = ++bench->made;

    job->claim = g_new0(LedgerClaim, 1);
    job->claim->no = no;
    job->claim->attempt = 1;
    g_snprintf(job->claim->id, sizeof job->claim->id, "%026d", no);
    job->claim->endpoint = g_strdup_printf("%s-%d@x.example", script, no);
    job->claim->people = g_new0(char *, 2);
    job->claim->people[0] = g_strdup_printf("{\"id\":\"p%d\"}", no);
    job->claim->first_at = bench->clock.now(bench->clock.self);
    job->render = bench->render;
    job->slot = bench->slot++;
    job->result = CHANNEL_NOT_SENT;
    return job;
}

static void push_job(Bench *bench, SenderJob *job)
{
    g_autoptr(GPtrArray) jobs = g_ptr_array_new();

    g_ptr_array_add(jobs, job);
    sender_lane_push(bench->lane, jobs);
    assert_int_equal(jobs->len, 0);
}

static void push(Bench *bench, const char *script, int count)
{
    for (int i = 0; i < count; i++)
        push_job(bench, make_job(bench, script));
}

/* Waits until the outbox has given `count` jobs in all. */
static void take(Bench *bench, guint count)
{
    while (bench->jobs->len < count) {
        guint before = bench->jobs->len + bench->faults->len;

        sender_outbox_take(bench->outbox, (int)(count - bench->jobs->len), TIMEOUT, bench->jobs, bench->faults);
        if (bench->jobs->len + bench->faults->len == before)
            fail_msg("%u jobs came back, expected %u", bench->jobs->len, count);
    }
}

static void take_fault(Bench *bench)
{
    while (bench->faults->len == 0) {
        guint before = bench->jobs->len;

        sender_outbox_take(bench->outbox, INT_MAX, TIMEOUT, bench->jobs, bench->faults);
        if (bench->jobs->len + bench->faults->len == before)
            fail_msg("no fault came");
    }
}

static const SenderJob *job_at(const Bench *bench, guint index)
{
    return g_ptr_array_index(bench->jobs, index);
}

static const SenderFault *fault_at(const Bench *bench, guint index)
{
    return g_ptr_array_index(bench->faults, index);
}

/* Waits until so many messages are with the relay and have no answer. */
static void wait_at_work(FakeRelay *relay, int count)
{
    int at_work = -1;

    for (int i = 0; i < TIMEOUT && at_work != count; i++) {
        fake_look();
        at_work = relay->at_work;
        fake_unlook();
        g_usleep(1000);
    }
    assert_int_equal(at_work, count);
}

static void test_hands_over_what_was_rendered(void **state)
{
    Bench *bench = bench_new(1);
    FakeRelay *relay = fake_relay("relay");
    const SenderJob *job;

    (void)state;
    relay->folder = bench->folder;
    start(bench);
    push(bench, "a", 1);
    take(bench, 1);
    job = job_at(bench, 0);
    assert_int_equal(job->event, EVENT_ACCEPTED);
    assert_int_equal(job->code, 250);
    assert_string_equal(job->enhanced, "2.0.0");
    assert_string_equal(job->reply, "queued");
    assert_int_equal(job->due, -1);
    assert_true(job->handed_over);
    assert_string_equal(relay->last_return_path, "bounce+00000000000000000000000001@example.com");
    assert_non_null(strstr(relay->last, "To: a-1@x.example\r\n"));
    assert_non_null(strstr(relay->last, "00000000000000000000000001"));
    assert_non_null(strstr(relay->last, "Notice for p1\r\n"));
    assert_int_equal(relay->without_slot, 0);
    bench_free(bench);
}

/* The slot says what recovery needs: nothing before the hand-over, the reply after it. */
static void test_slots(void **state)
{
    Bench *bench = bench_new(1);
    g_autoptr(SlotsImage) image = NULL;
    const Slot *slot;

    (void)state;
    start(bench);
    push(bench, "a", 1);
    push(bench, "t", 1);
    push(bench, "d", 1);
    push(bench, "n", 1);
    take(bench, 4);
    image = slots_load(bench->folder, RUN);
    assert_non_null(image);
    slot = slots_image_find(image, job_at(bench, 0)->claim->id, 1);
    assert_non_null(slot);
    assert_int_equal(slot->phase, SLOT_REPLIED);
    assert_int_equal(slot->event, EVENT_ACCEPTED);
    assert_int_equal(slot->code, 250);
    assert_string_equal(slot->text, "queued");
    slot = slots_image_find(image, job_at(bench, 1)->claim->id, 1);
    assert_non_null(slot);
    assert_int_equal(slot->event, EVENT_DEFERRED);
    assert_string_equal(slot->enhanced, "4.7.1");
    assert_int_equal(slot->due, job_at(bench, 1)->due);
    slot = slots_image_find(image, job_at(bench, 2)->claim->id, 1);
    assert_non_null(slot);
    assert_int_equal(slot->phase, SLOT_REPLIED);
    assert_int_equal(slot->event, EVENT_DOUBTED);
    assert_null(slots_image_find(image, job_at(bench, 3)->claim->id, 1));
    assert_int_equal(job_at(bench, 3)->event, EVENT_RETURNED);
    bench_free(bench);
}

static void test_faults(void **state)
{
    Bench *bench = bench_new(1);

    (void)state;
    start(bench);
    push(bench, "a", 1);
    push(bench, "d", 1);
    take_fault(bench);
    assert_string_equal(fault_at(bench, 0)->error->message, "the connection was lost");
    assert_true(fault_at(bench, 0)->had_answers);
    assert_false(fault_at(bench, 0)->others_work);
    assert_ptr_equal(fault_at(bench, 0)->lane, bench->lane);
    g_ptr_array_set_size(bench->faults, 0);
    push(bench, "n", 1);
    take_fault(bench);
    assert_false(fault_at(bench, 0)->had_answers);
    bench_free(bench);
}

/* Nothing may be repeated in a tight loop, not even when an engine breaks its promises. */
static void test_session_without_answer(void **state)
{
    Bench *bench = bench_new(1);

    (void)state;
    start(bench);
    push(bench, "x", 1);
    take_fault(bench);
    assert_non_null(strstr(fault_at(bench, 0)->error->message, "without an answer"));
    take(bench, 1);
    assert_int_equal(job_at(bench, 0)->event, EVENT_RETURNED);
    bench_free(bench);
}

/* The last session that breaks pauses the lane, so that nobody tries again before somebody has decided when. */
static void test_broken_lane_is_paused(void **state)
{
    Bench *bench = bench_new(4);
    g_autoptr(GPtrArray) back = g_ptr_array_new_with_free_func(free_job);
    FakeRelay *relay = fake_relay("relay");

    (void)state;
    relay->refuse = -1;
    start(bench);
    push(bench, "a", 1);
    take(bench, 1);
    take_fault(bench);
    assert_false(fault_at(bench, 0)->others_work);
    push(bench, "a", 9);
    sender_outbox_take(bench->outbox, 1, 50, bench->jobs, bench->faults);
    sender_lane_take_back(bench->lane, back);
    assert_int_equal(back->len, 9);
    assert_int_equal(relay->sessions, 1);
    bench_free(bench);
}

/* A connection that is refused while another one works concerns its own sender only. */
static void test_others_work(void **state)
{
    Bench *bench = bench_new(2);
    FakeRelay *relay = fake_relay("relay");

    (void)state;
    start(bench);
    sender_lane_resume(bench->lane, true); /* so that one session takes both */
    push(bench, "a", 1);
    push(bench, "h", 1);
    take(bench, 1);
    wait_at_work(relay, 1);
    fake_look();
    relay->refuse = -1;
    fake_unlook();
    sender_lane_resume(bench->lane, false);
    push(bench, "a", 1);
    take_fault(bench);
    assert_false(fault_at(bench, 0)->had_answers);
    assert_true(fault_at(bench, 0)->others_work);
    take(bench, 2);
    assert_int_equal(job_at(bench, 1)->event, EVENT_RETURNED);
    bench_free(bench);
}

static void test_quarantines_what_cannot_be_rendered(void **state)
{
    Bench *bench = bench_new(1);
    SenderJob *job = make_job(bench, "a");

    (void)state;
    start(bench);
    g_free(job->claim->people[0]);
    job->claim->people[0] = g_strdup("{");
    push_job(bench, job);
    push(bench, "a", 1);
    take(bench, 2);
    assert_int_equal(job_at(bench, 0)->event, EVENT_QUARANTINED);
    assert_non_null(strstr(job_at(bench, 0)->reply, "cannot be read"));
    assert_int_equal(job_at(bench, 1)->event, EVENT_ACCEPTED);
    assert_int_equal(fake_relay("relay")->begun, 1);
    bench_free(bench);
}

static void test_quarantines_a_long_return_path(void **state)
{
    Bench *bench = bench_new(1);

    (void)state;
    g_free(bench->gateway->bounce);
    bench->gateway->bounce = g_strdup("bounces-of-breach-notices-of-the-year-2026@example.com");
    start(bench);
    push(bench, "a", 1);
    take(bench, 1);
    assert_int_equal(job_at(bench, 0)->event, EVENT_QUARANTINED);
    assert_non_null(strstr(job_at(bench, 0)->reply, "too long"));
    assert_int_equal(fake_relay("relay")->begun, 0);
    bench_free(bench);
}

static void test_pause_and_take_back(void **state)
{
    Bench *bench = bench_new(2);
    g_autoptr(GPtrArray) back = g_ptr_array_new_with_free_func(free_job);

    (void)state;
    start(bench);
    sender_lane_pause(bench->lane);
    push(bench, "a", 5);
    sender_outbox_take(bench->outbox, 1, 50, bench->jobs, bench->faults);
    assert_int_equal(bench->jobs->len, 0);
    sender_lane_take_back(bench->lane, back);
    assert_int_equal(back->len, 5);
    for (guint i = 0; i < back->len; i++)
        assert_int_equal(((const SenderJob *)g_ptr_array_index(back, i))->claim->no, i + 1);
    sender_lane_resume(bench->lane, false);
    push(bench, "a", 5);
    take(bench, 5);
    assert_int_equal(fake_relay("relay")->begun, 5);
    bench_free(bench);
}

static void test_probing_is_done_by_one(void **state)
{
    Bench *bench = bench_new(4);
    FakeRelay *relay = fake_relay("relay");

    (void)state;
    relay->delay = 5;
    start(bench);
    sender_lane_pause(bench->lane);
    push(bench, "a", 6);
    sender_lane_resume(bench->lane, true);
    take(bench, 6);
    assert_int_equal(relay->most_at_work, 1);
    assert_int_equal(relay->sessions, 1);
    sender_lane_resume(bench->lane, false);
    push(bench, "h", 4);
    wait_at_work(relay, 4);
    bench_free(bench);
}

/* Any sender that is free may be the one: the first may hang in a connection for minutes. */
static void test_probing_passes_by_who_hangs(void **state)
{
    Bench *bench = bench_new(2);
    FakeRelay *relay = fake_relay("relay");

    (void)state;
    start(bench);
    sender_lane_resume(bench->lane, true);
    push(bench, "h", 1);
    wait_at_work(relay, 1);
    sender_lane_pause(bench->lane);
    sender_lane_resume(bench->lane, true);
    push(bench, "a", 1);
    take(bench, 1);
    assert_int_equal(job_at(bench, 0)->event, EVENT_ACCEPTED);
    bench_free(bench);
}

static void test_stop_leaves_the_queue(void **state)
{
    Bench *bench = bench_new(1);
    g_autoptr(GPtrArray) back = g_ptr_array_new_with_free_func(free_job);

    (void)state;
    start(bench);
    push(bench, "h", 1);
    wait_at_work(fake_relay("relay"), 1);
    push(bench, "a", 3);
    sender_lane_stop(bench->lane);
    assert_false(sender_lane_has_ended(bench->lane));
    fake_release();
    take(bench, 1);
    assert_int_equal(job_at(bench, 0)->event, EVENT_ACCEPTED);
    while (!sender_lane_has_ended(bench->lane))
        sender_outbox_take(bench->outbox, INT_MAX, TIMEOUT, bench->jobs, bench->faults);
    sender_lane_take_back(bench->lane, back);
    assert_int_equal(back->len, 3);
    assert_int_equal(fake_relay("relay")->begun, 1);
    bench_free(bench);
}

/* The end of a thread ends the wait of whoever waits for it; without that this test would take an hour. */
static void test_end_pokes(void **state)
{
    Bench *bench = bench_new(1);

    (void)state;
    start(bench);
    sender_lane_stop(bench->lane);
    while (!sender_lane_has_ended(bench->lane))
        sender_outbox_take(bench->outbox, INT_MAX, CLOCK_HOUR, bench->jobs, bench->faults);
    bench_free(bench);
}

static void test_doubt_is_explained(void **state)
{
    Bench *bench = bench_new(1);
    SenderJob *last = make_job(bench, "d");

    (void)state;
    last->claim->relay_doubts = 2;
    start(bench);
    push(bench, "d", 1);
    take(bench, 1);
    assert_int_equal(job_at(bench, 0)->event, EVENT_DOUBTED);
    assert_non_null(strstr(job_at(bench, 0)->reply, "the connection ended before the relay answered"));
    assert_true(job_at(bench, 0)->due > 0);
    take_fault(bench);
    sender_lane_resume(bench->lane, false);
    push_job(bench, last);
    take(bench, 2);
    assert_int_equal(job_at(bench, 1)->event, EVENT_DOUBTED);
    assert_int_equal(job_at(bench, 1)->due, -1);
    bench_free(bench);
}

static void test_giving_up_is_explained(void **state)
{
    Bench *bench = bench_new(1);
    SenderJob *job = make_job(bench, "t");

    (void)state;
    job->claim->attempt = 7;
    job->claim->first_at -= 366 * CLOCK_DAY;
    start(bench);
    push_job(bench, job);
    take(bench, 1);
    assert_int_equal(job_at(bench, 0)->event, EVENT_FAILED);
    assert_string_equal(job_at(bench, 0)->reply, "given up after 7 attempts: greylisted");
    bench_free(bench);
}

static void test_many_lanes_share_an_outbox(void **state)
{
    Bench *bench = bench_new(8);
    g_autoptr(GHashTable) seen = g_hash_table_new(g_direct_hash, g_direct_equal);

    (void)state;
    fake_relay("relay")->ahead = 2;
    start(bench);
    for (int i = 0; i < 40; i++) {
        push(bench, "a", 1);
        if (i % 10 == 5) {
            sender_lane_pause(bench->lane);
            sender_lane_resume(bench->lane, false);
        }
    }
    take(bench, 40);
    for (guint i = 0; i < 40; i++)
        g_hash_table_add(seen, GINT_TO_POINTER((int)job_at(bench, i)->claim->no));
    assert_int_equal(g_hash_table_size(seen), 40);
    bench_free(bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hands_over_what_was_rendered),
        cmocka_unit_test(test_slots),
        cmocka_unit_test(test_faults),
        cmocka_unit_test(test_session_without_answer),
        cmocka_unit_test(test_broken_lane_is_paused),
        cmocka_unit_test(test_others_work),
        cmocka_unit_test(test_quarantines_what_cannot_be_rendered),
        cmocka_unit_test(test_quarantines_a_long_return_path),
        cmocka_unit_test(test_pause_and_take_back),
        cmocka_unit_test(test_probing_is_done_by_one),
        cmocka_unit_test(test_probing_passes_by_who_hangs),
        cmocka_unit_test(test_stop_leaves_the_queue),
        cmocka_unit_test(test_end_pokes),
        cmocka_unit_test(test_doubt_is_explained),
        cmocka_unit_test(test_giving_up_is_explained),
        cmocka_unit_test(test_many_lanes_share_an_outbox),
    };

    return cmocka_run_group_tests_name("sender", tests, NULL, NULL);
}
