/* What was published, in the ledger, and the messages that wait for it. */
#include "ledger_fixture.h"

#include <string.h>

#include "dispatch/brake.h"
#include "dispatch/publish.h"
#include "ledger/publication.h"

static const char *const people[] = {"p1 all=a@x.example", "p2 all=+8613800138000", "p3 all=+8613800138001", NULL};
static const char *const locales[] = {"en", "zh-CN", NULL};

static void must(bool done, GError *const *error)
{
    if (!done)
        fail_msg("%s", *error ? (*error)->message : "it failed without saying why");
}

static void put(Fixture *fixture, const char *gateway, const char *locale, PublicationState state, int edition)
{
    g_autoptr(GError) error = NULL;
    const Publication row = {.gateway = (char *)gateway,
                             .locale = (char *)locale,
                             .kind = (char *)(edition == 1 ? "first" : "update"),
                             .edition = edition,
                             .state = state,
                             .item = (char *)"i1",
                             .url = (char *)"https://example.com/i1",
                             .digest = (char *)"d1",
                             .words = (char *)"said",
                             .by = (char *)"me@here",
                             .at = fixture->now};

    must(publication_put(fixture->ledger, &row, &error), &error);
}

static bool is_published(Fixture *fixture, const char *locale)
{
    g_autoptr(GError) error = NULL;
    bool is_out;

    must(publication_readable(fixture->ledger, locale, &is_out, &error), &error);
    return is_out;
}

static void test_rows(void **state)
{
    Fixture *fixture = *state;
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) rows = NULL;
    g_autoptr(GPtrArray) events = NULL;
    const Publication *row;

    fixture_plan(fixture, people);
    put(fixture, "site", "en", PUBLICATION_PUBLISHING, 1);
    put(fixture, "site", "en", PUBLICATION_PUBLISHED, 1);
    put(fixture, "board", "zh-CN", PUBLICATION_REFUSED, 1);
    rows = publication_list(fixture->ledger, &error);
    must(rows != NULL, &error);
    assert_int_equal(rows ? rows->len : 0, 2); /* one for each endpoint and language */
    row = publication_find(rows, "site", "en");
    assert_non_null(row);
    assert_int_equal(row->state, PUBLICATION_PUBLISHED);
    assert_string_equal(row->item, "i1");
    assert_string_equal(row->url, "https://example.com/i1");
    assert_string_equal(row->digest, "d1");
    assert_string_equal(row->by, "me@here");
    assert_int_equal(row->at, fixture->now);
    assert_null(publication_find(rows, "site", "zh-CN"));
    events =
        fixture_column(fixture, "SELECT json_extract(body, '$.event') || ' ' || json_extract(body, '$.locale') FROM"
                                " event WHERE body LIKE '%announcement_%' ORDER BY no");
    assert_int_equal(events->len, 3);
    assert_string_equal(g_ptr_array_index(events, 0), "announcement_publishing en");
    assert_string_equal(g_ptr_array_index(events, 1), "announcement_published en");
    assert_string_equal(g_ptr_array_index(events, 2), "announcement_refused zh-CN");
}

static void test_states_have_names(void **state)
{
    (void)state;
    for (int i = 0; i < PUBLICATION_STATES; i++) {
        PublicationState back;

        assert_true(publication_state_parse(publication_state_name((PublicationState)i), &back));
        assert_int_equal(back, i);
    }
    assert_false(publication_state_parse("delivered", &(PublicationState){0}));
}

static void test_what_counts_as_published(void **state)
{
    Fixture *fixture = *state;

    fixture_plan(fixture, people);
    assert_false(is_published(fixture, "en"));
    put(fixture, "site", "en", PUBLICATION_PUBLISHING, 1);
    assert_false(is_published(fixture, "en"));
    put(fixture, "site", "en", PUBLICATION_TAKEN, 1); /* nobody has read it back */
    assert_false(is_published(fixture, "en"));
    put(fixture, "site", "en", PUBLICATION_PUBLISHED, 1);
    assert_true(is_published(fixture, "en"));
    assert_false(is_published(fixture, "zh-CN"));
    fixture->edition = 2; /* says something else: the old text is not enough */
    fixture_plan(fixture, people);
    assert_false(is_published(fixture, "en"));
    put(fixture, "site", "en", PUBLICATION_WITHDRAWN, 2);
    assert_true(is_published(fixture, "en"));
}

static void test_outstanding(void **state)
{
    Fixture *fixture = *state;
    g_autoptr(Announcement) announcement = announcement_new();
    const AnnouncementNeed need = {.announcement = announcement, .locales = locales, .fallback = "en"};
    g_autoptr(GError) error = NULL;
    size_t outstanding, all;

    announcement_add_place(announcement, "site", (Position){0});
    announcement_add_place(announcement, "board", (Position){0});
    fixture_plan(fixture, people);
    must(publish_outstanding(fixture->ledger, &need, 1, &outstanding, &all, &error), &error);
    assert_int_equal(all, 4);
    assert_int_equal(outstanding, 4);
    put(fixture, "site", "en", PUBLICATION_PUBLISHED, 1);
    put(fixture, "board", "zh-CN", PUBLICATION_TAKEN, 1);
    must(publish_outstanding(fixture->ledger, &need, 1, &outstanding, &all, &error), &error);
    assert_int_equal(outstanding, 3);
    must(publish_outstanding(fixture->ledger, &need, 2, &outstanding, &all, &error), &error);
    assert_int_equal(outstanding, 4);
}

/* Pointers -------------------------------------------------------------------------------------------------------- */

typedef struct Trial {
    Fixture *fixture;
    Announcement *announcement;
    AnnouncementNeed need;
    Brake *brake;
    Gateway *gateway;
} Trial;

static Trial begin(Fixture *fixture, AnnouncementWhen when)
{
    Trial trial = {.fixture = fixture, .announcement = announcement_new(), .gateway = gateway_new()};

    fixture_plan(fixture, people);
    trial.announcement->when = when;
    announcement_add_place(trial.announcement, "site", (Position){0});
    trial.need = (AnnouncementNeed){.announcement = trial.announcement, .locales = locales, .fallback = "en"};
    g_free(trial.gateway->name);
    g_free(trial.gateway->channel);
    trial.gateway->name = g_strdup("sms");
    trial.gateway->channel = g_strdup("sms");
    trial.brake = brake_new(fixture->ledger, NULL);
    return trial;
}

static void load(Trial *trial)
{
    g_autoptr(GError) error = NULL;

    brake_announcement(trial->brake, &trial->need);
    must(brake_begin(trial->brake, (const Gateway *const[]){trial->gateway}, 1, 0, &error), &error);
}

static void reload(Trial *trial)
{
    g_autoptr(GError) error = NULL;
    bool changed;
    int applied;

    must(ledger_begin(trial->fixture->ledger, &error), &error);
    must(inbox_apply(trial->fixture->ledger, 100, trial->fixture->now, &applied, &error), &error);
    assert_true(applied > 0); /* that something was published is said in the inbox */
    must(brake_reload(trial->brake, &changed, &error), &error);
    must(ledger_commit(trial->fixture->ledger, &error), &error);
}

static void end(Trial *trial)
{
    brake_free(trial->brake);
    gateway_free(trial->gateway);
    announcement_free(trial->announcement);
}

static int64_t place(Trial *trial, const char *locale)
{
    return brake_place(trial->brake, trial->gateway,
                       &(QueueCandidate){.endpoint = "+8613800138000", .audience = "all", .locale = locale}, 0);
}

static const Queue *queue_of(Trial *trial, const char *locale)
{
    const GPtrArray *queues = brake_queues(trial->brake);

    for (guint i = 0; i < queues->len; i++) {
        const Queue *queue = g_ptr_array_index(queues, i);

        if (queue->kind == QUEUE_LOCALE && strcmp(queue->name, locale) == 0)
            return queue;
    }
    fail_msg("there is no queue for %s", locale);
    return NULL;
}

static bool is_shut(Trial *trial, const char *locale)
{
    g_autofree char *why = brake_waits(trial->brake, queue_of(trial, locale));
    const Hold *hold;
    int most;
    int64_t until = brake_queue(trial->brake, queue_of(trial, locale), trial->fixture->now, &most, &hold);

    assert_null(hold);
    assert_int_equal(until, why ? BRAKE_FOR_EVER : 0);
    assert_true(!why || strstr(why, locale));
    return why != NULL;
}

static void test_pointers_wait(void **state)
{
    Trial trial = begin(*state, ANNOUNCEMENT_ALWAYS);

    load(&trial);
    assert_true(brake_sorts(trial.brake, trial.gateway));
    assert_int_equal(place(&trial, "en"), queue_of(&trial, "en")->no);
    assert_int_equal(place(&trial, "zh-SG"), queue_of(&trial, "zh-CN")->no);
    assert_int_equal(place(&trial, "de"), queue_of(&trial, "en")->no); /* where its readers are sent */
    assert_true(is_shut(&trial, "en"));
    put(trial.fixture, "site", "en", PUBLICATION_PUBLISHED, 1);
    reload(&trial);
    assert_int_equal(place(&trial, "en"), QUEUE_MAIN);
    assert_int_equal(place(&trial, "zh-CN"), queue_of(&trial, "zh-CN")->no);
    assert_false(is_shut(&trial, "en"));
    assert_true(is_shut(&trial, "zh-CN"));
    put(trial.fixture, "site", "zh-CN", PUBLICATION_PUBLISHED, 1);
    reload(&trial);
    assert_false(brake_sorts(trial.brake, trial.gateway));
    end(&trial);
}

static void test_others_do_not_wait(void **state)
{
    Trial trial = begin(*state, ANNOUNCEMENT_ALWAYS);

    load(&trial);
    g_free(trial.gateway->channel);
    trial.gateway->channel = g_strdup("email");
    assert_false(brake_sorts(trial.brake, trial.gateway));
    assert_int_equal(place(&trial, "en"), QUEUE_MAIN);
    end(&trial);
}

static void test_only_always_makes_wait(void **state)
{
    Trial trial = begin(*state, ANNOUNCEMENT_UNREACHABLE);

    load(&trial);
    assert_false(brake_sorts(trial.brake, trial.gateway));
    assert_int_equal(place(&trial, "en"), QUEUE_MAIN);
    end(&trial);
}

static int64_t sort(const QueueCandidate *candidate, void *user)
{
    Trial *trial = user;

    assert_string_equal(candidate->locale, "en"); /* of its text */
    return brake_place(trial->brake, trial->gateway, candidate, 0);
}

static guint claim(Trial *trial, int64_t queue, int *moved)
{
    g_autoptr(GPtrArray) claims = g_ptr_array_new_with_free_func((GDestroyNotify)ledger_claim_free);
    g_autoptr(GError) error = NULL;
    Ledger *ledger = trial->fixture->ledger;

    must(ledger_begin(ledger, &error), &error);
    must(queue_claim(ledger,
                     &(QueueClaim){.gateway = ledger_gateway(ledger, "sms", &error),
                                   .queue = queue,
                                   .now = trial->fixture->now,
                                   .limit = 10,
                                   .sort = sort,
                                   .moves = 100,
                                   .user = trial},
                     claims, moved, &error),
         &error);
    must(ledger_commit(ledger, &error), &error);
    return claims->len;
}

/* Each is moved once, counted where it waits, and claimed from there. */
static void test_messages_are_set_aside(void **state)
{
    Trial trial = begin(*state, ANNOUNCEMENT_ALWAYS);
    g_autoptr(GError) error = NULL;
    int64_t waiting;
    int moved;

    load(&trial);
    fixture_start(trial.fixture, BOOT);
    assert_int_equal(claim(&trial, QUEUE_MAIN, &moved), 0);
    assert_int_equal(moved, 2);
    assert_int_equal(claim(&trial, QUEUE_MAIN, &moved), 0);
    assert_int_equal(moved, 0);
    must(queue_count(trial.fixture->ledger, queue_of(&trial, "en")->no, &waiting, &error), &error);
    assert_int_equal(waiting, 2);
    put(trial.fixture, "site", "en", PUBLICATION_PUBLISHED, 1);
    reload(&trial);
    assert_int_equal(claim(&trial, queue_of(&trial, "en")->no, &moved), 2);
    must(queue_count(trial.fixture->ledger, queue_of(&trial, "en")->no, &waiting, &error), &error);
    assert_int_equal(waiting, 0);
    end(&trial);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_states_have_names),
        cmocka_unit_test(test_what_counts_as_published),
        cmocka_unit_test(test_outstanding),
        cmocka_unit_test(test_pointers_wait),
        cmocka_unit_test(test_others_do_not_wait),
        cmocka_unit_test(test_only_always_makes_wait),
        cmocka_unit_test(test_messages_are_set_aside),
    };

    return FIXTURE_MAIN("publication", tests);
}
