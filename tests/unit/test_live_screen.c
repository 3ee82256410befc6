#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>
#include <glib.h>
#include <jansson.h>

#include "base/text.h"
#include "report/live_screen.h"

/* A document as report/live makes it, with much of everything. */
static json_t *document(int64_t people)
{
    json_t *made = json_pack(
        "{s:s, s:s, s:s, s:i, s:s, s:b, s:b, s:s, s:s}", "schema", "breach.live/1", "incident", "leak", "status",
        "exercise", "edition", 1, "at", "2026-11-22T02:41:07.000Z", "running", true, "complete", false, "verdict",
        "EXERCISE: NEEDS YOU: 10,000 people: 7,002 told, 2,908 pending, 80 unreachable, running; domain qq.com is held "
        "by ann@host: 它拒绝了我们 and a long explanation that goes on and on for more than one line of any terminal",
        "next", "breach lift incident/playbook.yaml --domain qq.com --reason TEXT");

    json_object_set_new(made, "people",
                        json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "total", (json_int_t)people, "delivered",
                                  (json_int_t)0, "accepted", (json_int_t)(people / 2), "in_doubt", (json_int_t)4,
                                  "pending", (json_int_t)(people - people / 2 - 94), "quarantined", (json_int_t)0,
                                  "withheld", (json_int_t)10, "unreachable", (json_int_t)80));
    json_object_set_new(made, "messages", json_object());
    json_object_set_new(made, "pace",
                        json_pack("{s:f, s:f, s:I, s:I, s:I, s:s, s:I}", "rate_10s", 302.4, "rate_60s", 290.0, "done",
                                  (json_int_t)(people / 2), "left", (json_int_t)(people / 2), "total",
                                  (json_int_t)people, "eta", "2026-11-22T03:00:00.000Z", "eta_ms",
                                  (json_int_t)1133000));
    json_object_set_new(
        made, "ways",
        json_pack("[{s:s, s:s, s:f, s:f, s:I, s:I, s:s, s:I, s:n}, {s:s, s:s, s:n, s:n, s:i, s:i, s:n, s:n, s:{s:s}}]",
                  "channel", "email", "gateway", "smtp-main", "rate_10s", 302.4, "rate_60s", 290.0, "done",
                  (json_int_t)(people / 2), "left", (json_int_t)(people / 2), "eta", "2026-11-22T03:00:00.000Z",
                  "eta_ms", (json_int_t)1133000, "brake", "channel", "sms", "gateway", "aliyun-sms", "rate_10s",
                  "rate_60s", "done", 10, "left", 5, "eta", "eta_ms", "brake", "kind", "held"));
    json_object_set_new(made, "holds",
                        json_pack("[{s:s, s:s, s:s, s:s, s:s, s:n}]", "scope", "domain", "name", "qq.com", "reason",
                                  "它拒绝了我们", "by", "ann@host", "at", "2026-11-22T01:41:07.000Z", "until"));
    json_object_set_new(made, "pauses",
                        json_pack("[{s:s, s:s, s:s, s:s, s:s}]", "scope", "gateway", "name", "smtp-main", "reason",
                                  "it says that it is given too much, and when to come back", "at",
                                  "2026-11-22T02:41:00.000Z", "until", "2026-11-22T02:45:00.000Z"));
    json_object_set_new(made, "clocks",
                        json_pack("[{s:s, s:s, s:s, s:s, s:i, s:i, s:b}, {s:s, s:s, s:s, s:s, s:i, s:i, s:b}]", "id",
                                  "eu-gdpr/authority_72h", "title", "tell the authority", "state", "due", "due",
                                  "2026-11-22T06:00:00+01:00", "remaining_ms", 8333000, "elapsed_ms", 1000,
                                  "unverified", 0, "id", "cn-cac/report_4h", "title", "report", "state", "overdue",
                                  "due", "2026-11-22T10:00:00+08:00", "remaining_ms", -2467000, "elapsed_ms", 1000,
                                  "unverified", 0));
    json_object_set_new(made, "errors",
                        json_pack("[{s:s, s:s, s:i, s:s, s:s, s:s, s:i, s:s}]", "event", "deferred", "words",
                                  "refused for now", "code", 451, "enhanced", "4.7.1", "gateway", "smtp-main",
                                  "channel", "email", "count", 312, "last", "2026-11-22T02:41:01.000Z"));
    json_object_set_new(made, "audiences",
                        json_pack("{s:{s:I, s:i}, s:{s:i}}", "people", "accepted", (json_int_t)(people / 2), "pending",
                                  3, "minors", "pending", 12));
    return made;
}

static char *drawn(const json_t *made, int columns, int rows)
{
    return live_screen(made, &(LiveScreen){.columns = columns, .rows = rows});
}

static void assert_says(const char *text, const char *words)
{
    if (!strstr(text, words))
        fail_msg("\"%s\" is not in\n%s", words, text);
}

static void assert_silent(const char *text, const char *words)
{
    if (strstr(text, words))
        fail_msg("\"%s\" is in\n%s", words, text);
}

/* Nothing scrolls and nothing wraps, whatever the size and however large the numbers. */
static void test_fits(void **state)
{
    static const int sizes[][2] = {{80, 24}, {200, 50}, {20, 5}, {10, 3}, {1, 1}, {2, 2}, {40, 10}, {132, 43}, {80, 6}};
    static const int64_t counts[] = {200, 10000, 9999999};

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++)
        for (size_t j = 0; j < G_N_ELEMENTS(counts); j++) {
            json_auto_t *made = document(counts[j]);
            g_autofree char *text = drawn(made, sizes[i][0], sizes[i][1]);
            g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

            assert_true((int)g_strv_length(lines) <= sizes[i][1]);
            for (char **line = lines; *line; line++)
                if (text_columns(*line) > MAX(sizes[i][0] - 1, 1))
                    fail_msg("%d columns at %dx%d: %s", text_columns(*line), sizes[i][0], sizes[i][1], *line);
            assert_true(g_utf8_validate(text, -1, NULL));
        }
}

/* At 80x24 all that matters is there. */
static void test_usual_size(void **state)
{
    json_auto_t *made = document(10000);
    g_autofree char *text = drawn(made, 80, 24);

    (void)state;
    assert_says(text, "EXERCISE leak, edition 1, 10:41:07 +08:00, running");
    assert_says(text, "NEEDS YOU");
    assert_says(text, "10,000 people: 5,000 told, 50 %");
    assert_says(text, "HELD: domain qq.com, by ann@host");
    assert_says(text, "RESTS: gateway smtp-main until");
    assert_says(text, "clock: eu-gdpr authority_72h in 2 h 19 min");
    assert_says(text, "OVERDUE: cn-cac report_4h 41 min late");
    assert_says(text, "email smtp-main");
    assert_says(text, "302/s");
    assert_says(text, "19 min left, done about 11:00 +08:00");
    assert_says(text, "312 x refused for now (451 4.7.1), email smtp-main");
}

/* What is cut at first: zeros, audiences, errors; what stays longest: heading, verdict, people, brakes, clocks. */
static void test_cut_by_importance(void **state)
{
    json_auto_t *made = document(10000);
    g_autofree char *wide = drawn(made, 80, 40);
    g_autofree char *low = drawn(made, 80, 14);
    g_autofree char *least = drawn(made, 80, 5);

    (void)state;
    assert_says(wide, "quarantined");
    assert_says(wide, "audience minors: 0 of 12 told");
    assert_silent(wide, "fit");
    assert_silent(low, "quarantined");
    assert_silent(low, "audience");
    assert_says(low, "HELD: domain");
    assert_says(low, "clock: eu-gdpr");
    assert_says(low, "unreachable");
    assert_says(low, "lines do not fit");
    assert_says(least, "EXERCISE leak");
    assert_says(least, "NEEDS YOU");
    assert_says(least, "10,000 people");
}

/* A share is said as it is: all but one is not 100 %. */
static void test_shares(void **state)
{
    json_auto_t *made = document(1000000);
    g_autofree char *text = NULL;

    (void)state;
    json_object_set_new(json_object_get(made, "people"), "accepted", json_integer(999999));
    json_object_set_new(json_object_get(made, "people"), "pending", json_integer(1));
    text = drawn(made, 100, 40);
    assert_says(text, "1,000,000 people: 999,999 told, 99 %");
    assert_says(text, "<1 %");
    assert_says(text, "#.]");
}

static void test_colours(void **state)
{
    json_auto_t *made = document(100);
    g_autofree char *plain = drawn(made, 80, 24);
    g_autofree char *coloured = live_screen(made, &(LiveScreen){.columns = 80, .rows = 24, .has_colours = true});

    (void)state;
    assert_silent(plain, "\033");
    assert_says(coloured, "\033[1;31m");
    assert_says(coloured, "\033[0m");
}

/* Before anything is known about rates, and where nothing is planned for anybody. */
static void test_empty(void **state)
{
    json_auto_t *made =
        json_pack("{s:s, s:s, s:s, s:i, s:s, s:{s:i}, s:[], s:s}", "incident", "leak", "status", "actual", "at",
                  "2026-11-22T02:41:07.000Z", "edition", 1, "verdict", "0 people: 0 told, complete, nothing needs you",
                  "people", "total", 0, "ways", "next", "");
    g_autofree char *text = drawn(made, 80, 24);
    g_autofree char *line = live_line(made);

    (void)state;
    assert_says(text, "ACTUAL leak");
    assert_says(text, "0 people: 0 told, 0 %");
    assert_says(line, "2026-11-22 10:41:07 +08:00 0 people");
}

/* A text with something in it that would move the cursor. */
static void test_controls(void **state)
{
    json_auto_t *made = document(100);
    g_autofree char *text = NULL;

    (void)state;
    json_object_set_new(made, "next",
                        json_string("breach status '\033[2Jx\r\n\xc2\x9b"
                                    "2J\xe2\x80\xae.yaml'"));
    text = drawn(made, 80, 40);
    assert_silent(text, "\033");
    assert_silent(text, "\r");
    assert_silent(text, "\xc2\x9b");
    assert_silent(text, "\xe2\x80\xae");
}

/* A reading that failed leaves what was read before, and says so. */
static void test_problem(void **state)
{
    json_auto_t *made = document(100);
    g_autofree char *text = NULL;

    (void)state;
    json_object_set_new(made, "problem", json_string("another process is writing to it"));
    text = drawn(made, 80, 8);
    assert_says(text, "NOT READ since then: another process is writing to it");
}

static void test_line(void **state)
{
    json_auto_t *made = document(10000);
    g_autofree char *line = live_line(made);

    (void)state;
    assert_says(line, "2026-11-22 10:41:07 +08:00 EXERCISE: NEEDS YOU");
    assert_says(line, "; 302/s, 19 min left, done about 11:00 +08:00");
    assert_says(line, "; error: 312 x refused for now (451 4.7.1), email smtp-main");
    assert_silent(line, "\n");
}

/* Time that passes is no news; a count, a hold or a pause is. */
static void test_key(void **state)
{
    json_auto_t *made = document(10000);
    g_autofree char *key = live_key(made), *later = NULL, *counted = NULL, *lifted = NULL, *awake = NULL;

    (void)state;
    json_object_set_new(made, "at", json_string("2026-11-22T02:41:09.000Z"));
    json_object_set_new(made, "verdict", json_string("in 3 s"));
    later = live_key(made);
    assert_string_equal(key, later);
    json_object_set_new(json_object_get(made, "people"), "accepted", json_integer(5001));
    counted = live_key(made);
    assert_string_not_equal(key, counted);
    json_array_clear(json_object_get(made, "holds"));
    lifted = live_key(made);
    assert_string_not_equal(counted, lifted);
    json_array_clear(json_object_get(made, "pauses"));
    awake = live_key(made);
    assert_string_not_equal(lifted, awake);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fits),    cmocka_unit_test(test_usual_size), cmocka_unit_test(test_cut_by_importance),
        cmocka_unit_test(test_shares),  cmocka_unit_test(test_colours),    cmocka_unit_test(test_empty),
        cmocka_unit_test(test_line),    cmocka_unit_test(test_key),        cmocka_unit_test(test_controls),
        cmocka_unit_test(test_problem),
    };

    g_setenv("TZ", "Asia/Shanghai", TRUE);
    tzset();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
