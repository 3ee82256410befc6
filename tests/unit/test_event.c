/* Events: the writer by hand and jansson must agree byte for byte. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "ledger/event.h"

static void assert_canonical(const char *body)
{
    json_error_t problem;
    json_auto_t *parsed = json_loads(body, JSON_REJECT_DUPLICATES, &problem);
    char *again = parsed ? json_dumps(parsed, JSON_SORT_KEYS | JSON_COMPACT) : NULL;

    if (!again)
        fail_msg("%s: %s", problem.text, body);
    assert_string_equal(body, again);
    free(again);
}

static EventAttempt sample(void)
{
    return (EventAttempt){.at = INT64_C(1795269000123),
                          .attempt = 2,
                          .event = "deferred",
                          .from = "attempting",
                          .to = "deferred",
                          .message = "abcdefghijklmnopqrstuvwxyz",
                          .text = 3,
                          .reply = "try later"};
}

static void test_all_members(void **state)
{
    EventAttempt attempt = sample();
    g_autoptr(GString) output = g_string_new("what was there before");

    (void)state;
    attempt.run = "abcdefgh234567ab";
    attempt.code = 451;
    attempt.enhanced = "4.7.1";
    attempt.note = "late";
    attempt.evidence = "00ff";
    event_attempt(output, &attempt);
    assert_string_equal(output->str,
                        "{\"at\":\"2026-11-21T13:50:00.123Z\",\"attempt\":2,\"code\":451,\"enhanced\":\"4.7.1\","
                        "\"event\":\"deferred\",\"evidence\":\"00ff\",\"from\":\"attempting\",\"message\":\"abcdefghijklmnopqrstuvwxyz\","
                        "\"note\":\"late\",\"reply\":\"try later\",\"run\":\"abcdefgh234567ab\",\"text\":3,"
                        "\"to\":\"deferred\"}");
    assert_canonical(output->str);
}

/* What was handed over stands where the alphabet puts it; digests of zeros are none. */
static void test_handed(void **state)
{
    EventAttempt attempt = sample();
    Handed handed = {.made = INT64_C(1795269000999), .octets = {0xab, 1}, .content = {0}};
    g_autoptr(GString) output = g_string_new(NULL);

    (void)state;
    attempt.handed = &handed;
    event_attempt(output, &attempt);
    assert_non_null(strstr(output->str, "\"made\":\"2026-11-21T13:50:00.999Z\",\"message\""));
    assert_non_null(strstr(output->str, "\"sha256\":\"ab01000000000000000000000000000000000000000000000000000000000000\""));
    assert_null(strstr(output->str, "content"));
    assert_canonical(output->str);
    handed.made = INT64_C(1795268999001); /* another second */
    event_attempt(output, &attempt);
    assert_non_null(strstr(output->str, "\"made\":\"2026-11-21T13:49:59.001Z\",\"message\""));
    handed.made = INT64_C(1795269000007);
    event_attempt(output, &attempt);
    assert_non_null(strstr(output->str, "\"made\":\"2026-11-21T13:50:00.007Z\",\"message\""));
    handed.content[31] = 0x0f;
    attempt.run = "abcdefgh234567ab";
    attempt.code = 250;
    attempt.enhanced = "2.0.0";
    event_attempt(output, &attempt);
    assert_non_null(strstr(output->str, "\"content\":\"000000000000000000000000000000000000000000000000000000000000000f\""));
    assert_canonical(output->str);
    handed = (Handed){0};
    event_attempt(output, &attempt);
    assert_null(strstr(output->str, "made"));
    assert_null(strstr(output->str, "sha256"));
    assert_canonical(output->str);
}

static void test_members_left_out(void **state)
{
    const EventAttempt attempt = sample();
    g_autoptr(GString) output = g_string_new(NULL);

    (void)state;
    event_attempt(output, &attempt);
    assert_null(strstr(output->str, "code"));
    assert_null(strstr(output->str, "enhanced"));
    assert_null(strstr(output->str, "note"));
    assert_null(strstr(output->str, "run"));
    assert_canonical(output->str);
}

static void test_every_character(void **state)
{
    EventAttempt attempt = sample();
    g_autoptr(GString) output = g_string_new(NULL);

    (void)state;
    for (gunichar character = 1; character < 0x30000; character += character < 0x900 ? 1 : 97) {
        char text[8] = "";

        if (character >= 0xd800 && character < 0xe000)
            continue;
        text[g_unichar_to_utf8(character, text)] = '\0';
        attempt.reply = text;
        event_attempt(output, &attempt);
        assert_canonical(output->str);
    }
}

static void test_not_utf8(void **state)
{
    static const char *const replies[] = {"\xff", "550 caf\xe9", "\xe2\x82", "ok \xc0\x80 ok"};
    EventAttempt attempt = sample();
    g_autoptr(GString) output = g_string_new(NULL);

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(replies); i++) {
        attempt.reply = replies[i];
        event_attempt(output, &attempt);
        assert_canonical(output->str);
    }
}

static void test_note(void **state)
{
    json_auto_t *details = json_pack("{s:s, s:i, s:{s:s, s:s}}", "zebra", "last", "count", 3, "inner", "b", "\x02", "a",
                                     "\"");
    g_autofree char *with = event_note("planned", 0, details);
    g_autofree char *without = event_note("adopted", -1, NULL);

    (void)state;
    assert_canonical(with);
    assert_true(g_str_has_prefix(with, "{\"at\":\"1970-01-01T00:00:00.000Z\",\"count\":3,\"event\":\"planned\",\"inner\""));
    assert_string_equal(without, "{\"at\":\"1969-12-31T23:59:59.999Z\",\"event\":\"adopted\"}");
    assert_null(json_object_get(details, "event")); /* the caller's object is as it was */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_members), cmocka_unit_test(test_handed), cmocka_unit_test(test_members_left_out),
        cmocka_unit_test(test_every_character), cmocka_unit_test(test_not_utf8),
        cmocka_unit_test(test_note),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
