/* A long random walk over everything that can happen to a ledger; after each step the counters must equal the rows, the
 * identity must hold, and nothing that is never cleared may be cleared. */
#include "ledger_fixture.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "ledger/ledger_account.h"

#define STEPS 1500
#define ENDPOINTS 24
#define MINUTE INT64_C(60000)

typedef struct Walk {
    Fixture *fixture;
    GRand *random;
    Slots *slots;         /* owned; NULL before the first run */
    GHashTable *flags;    /* message number -> what was once true of it */
    int generation;
    int climbed;
    GArray *seen;         /* owned; of Seen: what was counted since the last plan */
    int moments;          /* of the history that were compared with it */
} Walk;

enum { WAS_IN_DOUBT = 1, WAS_TWICE = 2 };

static int pick(Walk *walk, int count)
{
    return g_rand_int_range(walk->random, 0, count);
}

static char *random_notice(Walk *walk)
{
    static const char *const audiences[] = {"all", "staff", "vip"};
    static const char *const asides[] = {"withheld:deceased", "unreachable:no-address", "quarantined:age-missing"};
    const char *audience = audiences[pick(walk, 3)];
    GString *notice = g_string_new(NULL);
    int count = 1 + pick(walk, 3) / 2;

    if (pick(walk, 8) == 0) {
        g_string_append_printf(notice, "%s!%s", audience, asides[pick(walk, 3)]);
        return g_string_free(notice, FALSE);
    }
    g_string_append_printf(notice, "%s=", audience);
    for (int i = 0; i < count; i++)
        g_string_append_printf(notice, "%s%s%d", i > 0 ? "," : "", pick(walk, 6) == 0 ? "+" : "e",
                               pick(walk, ENDPOINTS / 2) * 2 + i);
    if (pick(walk, 3) > 0)
        g_string_append_c(notice, pick(walk, 5) > 0 ? '>' : '&');
    return g_string_free(notice, FALSE);
}

static bool is_told(Walk *walk, const char *id)
{
    g_autofree char *sql = g_strdup_printf("SELECT count(*) FROM message m JOIN notice n ON n.no = m.notice JOIN person p"
                                           " ON p.no = n.person WHERE m.state IN (2, 3) AND p.id = '%s'",
                                           id);
    g_autoptr(GPtrArray) count = fixture_column(walk->fixture, sql);

    return strcmp(g_ptr_array_index(count, 0), "0") != 0;
}

/* People come and go, share mailboxes, move, and some ids stand twice. Now and then there is a new edition, which has
 * nothing new for some. */
static void plan(Walk *walk)
{
    g_autoptr(GPtrArray) people = g_ptr_array_new_with_free_func(g_free);
    int count = 10 + pick(walk, 15);

    if (walk->generation > 0 && pick(walk, 4) == 0)
        walk->fixture->edition++;
    for (int i = 0; i < count; i++) {
        GString *line = g_string_new(NULL);

        if (pick(walk, 15) == 0)
            g_string_append(line, "- !quarantined:no-id");
        else
            g_string_append_printf(line, "p%d", pick(walk, 20) == 0 ? 0 : i + pick(walk, 2) * 30);
        if (line->str[0] == 'p') {
            int least = walk->fixture->edition > 1 && pick(walk, 3) == 0 && is_told(walk, line->str) ? 0 : 1;

            for (int notices = least + pick(walk, 4) / 3; notices > 0; notices--) {
                g_autofree char *notice = random_notice(walk);

                g_string_append_printf(line, " %s", notice);
            }
        }
        g_ptr_array_add(people, g_string_free(line, FALSE));
    }
    g_ptr_array_add(people, NULL);
    fixture_plan(walk->fixture, (const char *const *)people->pdata);
    walk->generation++;
    assert_int_equal(ledger_header(walk->fixture->ledger)->generation, walk->generation);
}

static const char *any_endpoint(Walk *walk)
{
    guint size = g_hash_table_size(walk->fixture->claims);
    GHashTableIter iterator;
    gpointer key = NULL;

    if (size == 0)
        return NULL;
    g_hash_table_iter_init(&iterator, walk->fixture->claims);
    for (int skip = pick(walk, (int)size); skip >= 0; skip--)
        if (!g_hash_table_iter_next(&iterator, &key, NULL))
            return NULL;
    return key;
}

static void write_some_slot(Walk *walk, int index, const LedgerClaim *claim)
{
    static const MessageEvent events[] = {EVENT_ACCEPTED, EVENT_DEFERRED, EVENT_FAILED, EVENT_DOUBTED};
    Slot slot = {.phase = pick(walk, 2) ? SLOT_REPLIED : SLOT_HANDING_OVER,
                 .attempt = claim->attempt,
                 .event = events[pick(walk, 4)],
                 .at = walk->fixture->now,
                 .due = walk->fixture->now + MINUTE,
                 .text = "from a slot"};

    g_strlcpy(slot.message, claim->id, sizeof slot.message);
    assert_true(slots_write(walk->slots, index, &slot));
}

/* Kills the run with messages on their way, and starts another. */
static void restart(Walk *walk)
{
    Fixture *fixture = walk->fixture;
    g_autoptr(GError) error = NULL;
    bool same_boot = pick(walk, 4) > 0;

    slots_close(walk->slots);
    fixture_open(fixture);
    fixture_start(fixture, same_boot ? BOOT : "other boot");
    walk->slots = slots_create(fixture->folder, fixture_run(fixture), BOOT, 16, &error);
    assert_non_null(walk->slots);
    assert_int_equal(fixture_counts(fixture).messages[MESSAGE_ATTEMPTING], 0);
}

static void claim(Walk *walk)
{
    g_autoptr(GPtrArray) claims =
        fixture_claim(walk->fixture, pick(walk, 3) ? walk->fixture->gateway : "sms", 1 + pick(walk, 6));

    for (guint i = 0; i < claims->len; i++)
        if (pick(walk, 2))
            write_some_slot(walk, (int)i, g_ptr_array_index(claims, i));
}

/* The outcome of the latest attempt or, now and then, of an earlier one; sometimes told twice. */
static void record(Walk *walk)
{
    static const MessageEvent events[] = {EVENT_ACCEPTED, EVENT_ACCEPTED, EVENT_DEFERRED,    EVENT_FAILED,
                                          EVENT_DOUBTED,  EVENT_RETURNED, EVENT_QUARANTINED, EVENT_DOUBTED};
    const char *endpoint = any_endpoint(walk);
    MessageEvent event = events[pick(walk, (int)G_N_ELEMENTS(events))];
    int attempt;

    if (!endpoint)
        return;
    attempt = fixture_claimed(walk->fixture, endpoint)->attempt;
    if (attempt > 1 && pick(walk, 4) == 0)
        attempt = 1 + pick(walk, attempt);
    for (int times = 1 + pick(walk, 5) / 4; times > 0; times--)
        fixture_end_attempt(walk->fixture, endpoint, attempt, event);
}

static void receive(Walk *walk)
{
    const char *endpoint = any_endpoint(walk);

    if (endpoint)
        fixture_inbox(walk->fixture, endpoint, pick(walk, 3), (MessageEvent)pick(walk, MESSAGE_EVENTS));
}

/* A batch that fails in the middle leaves nothing behind. */
static void roll_back(Walk *walk)
{
    Fixture *fixture = walk->fixture;
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) claims = g_ptr_array_new();
    LedgerCounts before = fixture_counts(fixture);
    LedgerCounts after;
    LedgerOutcome outcome = {.event = EVENT_ACCEPTED, .attempt = 1, .reply = "", .at = fixture->now};

    assert_true(ledger_begin(fixture->ledger, &error));
    assert_true(fixture_claim_main(fixture->ledger, 1, fixture->now, 3, claims, &error));
    for (guint i = 0; i < claims->len; i++) {
        LedgerClaim *claimed = g_ptr_array_index(claims, i);

        outcome.message = claimed->no;
        outcome.attempt = claimed->attempt;
        assert_true(ledger_record(fixture->ledger, &outcome, &error));
        ledger_claim_free(claimed);
    }
    outcome.message = 1000000;
    assert_false(ledger_record(fixture->ledger, &outcome, &error));
    ledger_rollback(fixture->ledger);
    after = fixture_counts(fixture);
    assert_memory_equal(&before, &after, sizeof before);
}

static void check_flags(Walk *walk)
{
    GHashTableIter iterator;
    gpointer endpoint;

    g_hash_table_iter_init(&iterator, walk->fixture->claims);
    while (g_hash_table_iter_next(&iterator, &endpoint, NULL)) {
        gpointer no = GINT_TO_POINTER((int)fixture_claimed(walk->fixture, endpoint)->no);
        LedgerHistory history = fixture_history(walk->fixture, endpoint);
        int known = GPOINTER_TO_INT(g_hash_table_lookup(walk->flags, no));
        int flags = (history.was_in_doubt ? WAS_IN_DOUBT : 0) | (history.twice ? WAS_TWICE : 0);

        assert_int_equal(known & ~flags, 0);
        assert_true(history.state != MESSAGE_IN_DOUBT || history.was_in_doubt);
        assert_true(!history.twice || history.attempt > 1);
        assert_true(history.state != MESSAGE_ATTEMPTING || history.first_at >= 0);
        g_hash_table_insert(walk->flags, no, GINT_TO_POINTER(flags));
    }
}

static int64_t sum(const int64_t *counts, int count)
{
    int64_t total = 0;

    for (int i = 0; i < count; i++)
        total += counts[i];
    return total;
}

/* Two in three share a number with others; some are among those that are written to by text message first. */
static const char *number_of(const char *person)
{
    static const char *const numbers[] = {"0", "1", "40", "41", "42", NULL};
    guint hash = person ? g_str_hash(person) : 0;

    return hash % 3 > 0 ? numbers[hash % 5] : person ? person : "none";
}

static void climb(Walk *walk)
{
    walk->climbed += fixture_climb(walk->fixture, number_of);
}

/* Whoever has a channel left and nothing under way, and was not told, is to climb; and nobody else whose time is now. A
 * notice that is pending by its ladder alone would otherwise be forgotten. */
static void check_climbs(Walk *walk)
{
    g_autoptr(GPtrArray) forgotten = fixture_column(
        walk->fixture,
        "SELECT count(*) FROM notice n WHERE n.rungs IS NOT NULL AND n.every = 0 AND n.no NOT IN (SELECT notice FROM climb)"
        " AND NOT EXISTS (SELECT 1 FROM message m WHERE (m.notice = n.no OR m.no IN (SELECT message FROM serves WHERE notice"
        "  = n.no)) AND m.state NOT IN (5, 6, 8, 9, 10)) AND EXISTS (SELECT 1 FROM message m WHERE (m.notice = n.no OR m.no"
        "  IN (SELECT message FROM serves WHERE notice = n.no)) AND m.state IN (5, 6))");
    g_autoptr(GPtrArray) needless = fixture_column(
        walk->fixture, "SELECT count(*) FROM climb WHERE notice NOT IN (SELECT no FROM notice WHERE rungs IS NOT NULL)");
    g_autoptr(GPtrArray) stray = fixture_column(
        walk->fixture, "SELECT count(*) FROM message m WHERE m.flags & 512 AND m.flags & 1 AND m.notice NOT IN (SELECT no"
                       " FROM notice WHERE rungs IS NOT NULL AND solo = 1) OR m.flags & 1 AND NOT m.flags & 512 AND"
                       " m.notice IN (SELECT no FROM notice WHERE rungs IS NOT NULL)");

    assert_string_equal(g_ptr_array_index(forgotten, 0), "0");
    assert_string_equal(g_ptr_array_index(needless, 0), "0");
    assert_string_equal(g_ptr_array_index(stray, 0), "0");
}

/* What was counted when this was the last event. */
typedef struct Seen {
    int64_t event;
    int64_t told[TOLD_STATES];
} Seen;

/* A claim is no event, so what is claimed while in doubt stays in doubt in the history until its outcome, and whoever was
 * told by another message stays told: of the pending there may be fewer, of the others more. */
static void check_moment(const LedgerMoment *moment, const Seen *seen)
{
    for (int told = 0; told < TOLD_STATES; told++)
        if (told == TOLD_IN_DOUBT || told == TOLD_ACCEPTED || told == TOLD_DELIVERED
                ? moment->told[told] < seen->told[told]
                : told != TOLD_PENDING && moment->told[told] != seen->told[told])
            fail_msg("event %d: %d people were %s, the history says %d", (int)seen->event, (int)seen->told[told],
                     identity_told_name((Told)told), (int)moment->told[told]);
    assert_true(moment->told[TOLD_PENDING] <= seen->told[TOLD_PENDING]);
    assert_int_equal(sum(moment->told, TOLD_STATES), sum(seen->told, TOLD_STATES));
}

/* The history ends with what is true now, counts everybody at each moment, and since the last plan says what was counted
 * then. */
static void check_history(Walk *walk, const LedgerCounts *counts)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) last = fixture_column(walk->fixture, "SELECT max(no) FROM event");
    g_autoptr(GArray) moments = ledger_moments(walk->fixture->ledger, &error);
    Seen now = {.event = g_ascii_strtoll(g_ptr_array_index(last, 0), NULL, 10)};
    guint at = 0;

    assert_null(error);
    memcpy(now.told, counts->told, sizeof now.told);
    while (walk->seen->len > 0 && g_array_index(walk->seen, Seen, walk->seen->len - 1).event >= now.event)
        g_array_set_size(walk->seen, walk->seen->len - 1);
    g_array_append_val(walk->seen, now);
    for (guint i = 0; i < moments->len; i++) {
        const LedgerMoment *moment = &g_array_index(moments, LedgerMoment, i);

        assert_true(i == 0 || moment->event > g_array_index(moments, LedgerMoment, i - 1).event);
        assert_true(sum(moment->told, TOLD_STATES) <= counts->people);
        for (int told = 0; told < TOLD_STATES; told++)
            assert_true(moment->told[told] >= 0);
        while (at < walk->seen->len && g_array_index(walk->seen, Seen, at).event < moment->event)
            at++;
        if (at < walk->seen->len && g_array_index(walk->seen, Seen, at).event == moment->event) {
            check_moment(moment, &g_array_index(walk->seen, Seen, at));
            walk->moments++;
        }
    }
    assert_memory_equal(g_array_index(moments, LedgerMoment, moments->len - 1).told, counts->told, sizeof counts->told);
}

static void check(Walk *walk)
{
    LedgerCounts counts = fixture_counts(walk->fixture);
    g_autoptr(GPtrArray) due = fixture_column(walk->fixture, "SELECT count(*) FROM message WHERE due IS NOT NULL");
    g_autoptr(GPtrArray) lost = fixture_column(
        walk->fixture, "SELECT count(*) FROM message WHERE state IN (0, 4) AND due IS NULL OR state NOT IN (0, 4, 7) AND"
                       " due IS NOT NULL");

    assert_int_equal(sum(counts.told, TOLD_STATES), counts.people);
    assert_int_equal(counts.open, g_ascii_strtoll(g_ptr_array_index(due, 0), NULL, 10));
    assert_string_equal(g_ptr_array_index(lost, 0), "0"); /* nothing that is to be sent has been forgotten */
    check_flags(walk);
    check_climbs(walk);
    check_history(walk, &counts);
}

static void step(Walk *walk)
{
    int choice = pick(walk, 100);

    walk->fixture->now += pick(walk, (int)(2 * MINUTE));
    if (choice < 35)
        claim(walk);
    else if (choice < 75)
        record(walk);
    else if (choice < 85)
        receive(walk);
    else if (choice < 92)
        climb(walk);
    else if (choice < 94)
        roll_back(walk);
    else if (choice < 97)
        restart(walk);
    else {
        plan(walk);
        g_array_set_size(walk->seen, 0); /* what a plan changes by itself has no event for each person */
        restart(walk);
    }
}

static void walk_with(Fixture *fixture, guint32 seed)
{
    Walk walk = {.fixture = fixture, .random = g_rand_new_with_seed(seed), .flags = g_hash_table_new(NULL, NULL), .seen = g_array_new(FALSE, FALSE, sizeof(Seen))};

    plan(&walk);
    restart(&walk);
    for (int i = 0; i < STEPS; i++) {
        step(&walk);
        check(&walk);
    }
    assert_true(walk.moments > STEPS);
    g_array_unref(walk.seen);
    assert_true(walk.climbed > 0); /* ids are random, and with them the way */
    slots_close(walk.slots);
    g_hash_table_unref(walk.flags);
    g_rand_free(walk.random);
}

static void test_walk(void **state)
{
    walk_with(*state, 20261121);
}

static void test_another_walk(void **state)
{
    walk_with(*state, 1911);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_walk), cmocka_unit_test(test_another_walk)};

    return FIXTURE_MAIN("ledger walk", tests);
}
