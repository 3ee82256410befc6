/* What watchers get: the newest of each topic, once, from where they left off; never more watchers than the limit, and
 * none that is slow keeps the others waiting. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>

#include "serve/history.h"
#include "serve/stream.h"

/* What a watcher is told until there is nothing more, read in pieces of `most` octets. Newly allocated. */
static char *hear(const ListenerStream *told, size_t most)
{
    GString *text = g_string_new(NULL);
    char buffer[64];
    size_t size;

    while ((size = told->read(told->self, buffer, most)) > 0)
        g_string_append_len(text, buffer, (gssize)size);
    return g_string_free(text, FALSE);
}

static void assert_heard(const ListenerStream *told, const char *wanted)
{
    g_autofree char *text = hear(told, sizeof(char[64]));

    assert_string_equal(text, wanted);
}

static void test_newest_only(void **state)
{
    g_autoptr(Stream) stream = stream_new("abc");
    ListenerStream told;

    (void)state;
    stream_publish(stream, STREAM_ROOM, "{\"r\":1}");
    stream_publish(stream, STREAM_STATE, "{\"n\":1}");
    assert_true(stream_watch(stream, NULL, &told));
    assert_heard(&told, "retry: 2000\n\nid: abc-2\nevent: state\ndata: {\"n\":1}\n\nid: abc-1\nevent: room\n"
                        "data: {\"r\":1}\n\n");
    assert_heard(&told, "");
    for (int i = 2; i < 100; i++) {
        g_autofree char *json = g_strdup_printf("{\"n\":%d}", i);

        stream_publish(stream, STREAM_STATE, json);
    }
    assert_heard(&told, "id: abc-100\nevent: state\ndata: {\"n\":99}\n\n");
    stream_beat(stream);
    stream_beat(stream);
    assert_heard(&told, ": here\n\n");
    assert_heard(&told, "");
    told.end(told.self);
}

/* What is published while somebody is in the middle of an event does not get mixed into it. */
static void test_in_pieces(void **state)
{
    g_autoptr(Stream) stream = stream_new("abc");
    ListenerStream told;
    char buffer[64];
    g_autofree char *rest = NULL;

    (void)state;
    stream_publish(stream, STREAM_STATE, "{\"n\":1}");
    assert_true(stream_watch(stream, NULL, &told));
    assert_int_equal(told.read(told.self, buffer, sizeof buffer), strlen("retry: 2000\n\n"));
    assert_int_equal(told.read(told.self, buffer, 3), 3);
    stream_publish(stream, STREAM_STATE, "{\"n\":2}");
    rest = hear(&told, 1);
    assert_string_equal(rest, " abc-1\nevent: state\ndata: {\"n\":1}\n\nid: abc-2\nevent: state\ndata: {\"n\":2}\n\n");
    told.end(told.self);
}

static void test_came_back(void **state)
{
    static const struct {
        const char *last;
        bool sees_state, sees_room;
    } rows[] = {
        {NULL, true, true},     {"abc-0", true, true},
        {"abc-1", true, false}, {"abc-2", false, false},
        {"abc-3", true, true},  {"other-2", true, true},
        {"abc", true, true},    {"abc-x", true, true},
        {"", true, true},       {"abc-18446744073709551615", true, true},
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(Stream) stream = stream_new("abc");
        ListenerStream told;
        g_autofree char *text = NULL;

        stream_publish(stream, STREAM_ROOM, "1");
        stream_publish(stream, STREAM_STATE, "2");
        assert_true(stream_watch(stream, rows[i].last, &told));
        text = hear(&told, 64);
        assert_int_equal(strstr(text, "event: state") != NULL, rows[i].sees_state);
        assert_int_equal(strstr(text, "event: room") != NULL, rows[i].sees_room);
        told.end(told.self);
    }
}

static void test_limit(void **state)
{
    g_autoptr(Stream) stream = stream_new("abc");
    ListenerStream all[STREAM_WATCHERS_MOST], more;

    (void)state;
    for (int i = 0; i < STREAM_WATCHERS_MOST; i++)
        assert_true(stream_watch(stream, NULL, &all[i]));
    assert_false(stream_watch(stream, NULL, &more));
    assert_null(more.self);
    assert_int_equal(stream_counts(stream).watchers, STREAM_WATCHERS_MOST);
    assert_int_equal(stream_counts(stream).refused, 1);
    all[7].end(all[7].self);
    assert_true(stream_watch(stream, NULL, &all[7]));
    for (int i = 0; i < STREAM_WATCHERS_MOST; i++)
        all[i].end(all[i].self);
    assert_int_equal(stream_counts(stream).watchers, 0);
}

static void test_snapshot(void **state)
{
    g_autoptr(Stream) stream = stream_new("abc");
    g_autofree char *before = stream_snapshot(stream);
    g_autofree char *after = NULL;
    g_autofree char *topic = stream_topic(stream, STREAM_HISTORY);

    (void)state;
    assert_string_equal(
        before, "{\"schema\":\"breach.page/1\",\"state\":null,\"room\":null,\"history\":null,\"id\":\"abc-0\"}\n");
    assert_null(topic);
    stream_publish(stream, STREAM_HISTORY, "[1]");
    after = stream_snapshot(stream);
    assert_string_equal(
        after, "{\"schema\":\"breach.page/1\",\"state\":null,\"room\":null,\"history\":[1],\"id\":\"abc-1\"}\n");
    topic = stream_topic(stream, STREAM_HISTORY);
    assert_string_equal(topic, "[1]");
}

/* History --------------------------------------------------------------------------------------------------------- */

static HistoryPoint point_of(int64_t at, int64_t told)
{
    HistoryPoint point = {.at = at};

    point.told[TOLD_ACCEPTED] = told;
    point.told[TOLD_PENDING] = 1000000 - told;
    return point;
}

static void test_history_is_bounded(void **state)
{
    g_autoptr(History) history = history_new();
    json_auto_t *document = NULL;
    json_t *points;

    (void)state;
    for (int64_t second = 0; second < 100000; second++) {
        HistoryPoint point = point_of(second * 1000, second);

        history_add(history, &point);
        assert_true(history->count <= HISTORY_POINTS_MOST);
    }
    assert_true(history->count > HISTORY_POINTS_MOST / 3);
    document = history_json(history);
    points = json_object_get(document, "points");
    assert_int_equal(json_array_size(points), history->count);
    assert_int_equal(json_integer_value(json_array_get(json_array_get(points, 0), 0)), 0); /* the beginning stays */
    for (size_t i = 1; i < history->count; i++)
        assert_true(history->points[i - 1].at < history->points[i].at);
}

static void test_history_before(void **state)
{
    g_autoptr(History) history = history_new();
    HistoryPoint past[1000], now = point_of(2000000, 999);

    (void)state;
    for (int i = 0; i < 1000; i++)
        past[i] = point_of(i * 1000, i);
    assert_true(history_add(history, &now));
    history_before(history, past, 0);
    assert_int_equal(history->count, 1);
    history_before(history, past, 1000);
    assert_int_equal(history->count, HISTORY_POINTS_MOST / 2 + 1);
    assert_int_equal(history->points[0].at, 0);
    assert_int_equal(history->points[HISTORY_POINTS_MOST / 2 - 1].at, 999000);
    assert_int_equal(history->points[HISTORY_POINTS_MOST / 2].at, 2000000);
    now = point_of(1500000, 1); /* later than our first point: not before it */
    history_before(history, &now, 1);
    assert_int_equal(history->points[0].at, 0);
}

static void test_history_of_nothing(void **state)
{
    g_autoptr(History) history = history_new();
    HistoryPoint point = point_of(1000, 5), soon = point_of(1500, 6), later = point_of(9000, 5),
                 other = point_of(9000, 7), set_back = point_of(5000, 8);

    (void)state;
    assert_true(history_add(history, &point));
    assert_false(history_add(history, &soon));
    assert_false(history_add(history, &later)); /* nothing changed */
    assert_true(history_add(history, &other));
    assert_true(history_add(history, &set_back));
    assert_int_equal(history->points[history->count - 1].at, set_back.at);
    assert_int_equal(history->count, 2);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_newest_only),        cmocka_unit_test(test_in_pieces),
        cmocka_unit_test(test_came_back),          cmocka_unit_test(test_limit),
        cmocka_unit_test(test_snapshot),           cmocka_unit_test(test_history_is_bounded),
        cmocka_unit_test(test_history_of_nothing), cmocka_unit_test(test_history_before),
    };

    return cmocka_run_group_tests_name("stream", tests, NULL, NULL);
}
