/* The metrics, held against the grammar of the text format and against the document that they come from. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>

#include "serve/metrics.h"

static const char live_text[] =
    "{\"schema\":\"breach.live/1\",\"at\":\"2026-11-22T09:40:54.500Z\",\"incident\":\"leak\",\"status\":\"exercise\","
    "\"edition\":2,\"people\":{\"total\":10,\"delivered\":1,\"accepted\":4,\"in_doubt\":0,\"pending\":5,"
    "\"quarantined\":0,"
    "\"withheld\":0,\"unreachable\":0},\"channels\":{\"email\":{\"planned\":5,\"accepted\":5},\"od\\\"d\\\\\\n\":"
    "{\"planned\":1}},\"running\":true,\"complete\":false,\"held\":3,\"resent_in_doubt\":2,\"twice\":0,\"calls\":0,"
    "\"holds\":[{}],\"pauses\":[],\"clocks_running\":4,\"clocks_overdue\":1,\"announcement\":null,"
    "\"pace\":{\"rate_10s\":12.5,\"rate_60s\":null,\"done\":5,\"left\":6,\"eta\":\"2026-11-22T09:41:00.000Z\"},"
    "\"ways\":[{\"channel\":\"email\",\"gateway\":\"relay\",\"done\":5,\"left\":6,\"rate_10s\":12.5},"
    "{\"channel\":\"letter\",\"gateway\":null,\"done\":0,\"left\":0,\"rate_10s\":null}],"
    "\"clocks\":[{\"id\":\"eu-gdpr/authority_72h\",\"state\":\"due\",\"due\":\"2026-11-23T09:40:00+08:00\"},"
    "{\"id\":\"cn-pipl/authority\",\"state\":\"due\",\"due\":null}]}";

static char *metrics_of(const char *text)
{
    json_auto_t *live = text ? json_loads(text, 0, NULL) : NULL;
    const MetricsSource source = {.version = "1.2.3",
                                  .live = live,
                                  .receipts = {.recorded = 7, .forged = 2},
                                  .stream = {.watchers = 3, .refused = 1, .read_at = 1795340454500}};

    return metrics_text(&source);
}

static void assert_has(const char *text, const char *line)
{
    g_autofree char *whole = g_strdup_printf("\n%s\n", line);

    if (!strstr(text, whole))
        fail_msg("no line %s in:\n%s", line, text);
}

static void test_values(void **state)
{
    static const char *const lines[] = {
        "breach_build_info{version=\"1.2.3\"} 1",
        "breach_incident_info{incident=\"leak\",status=\"exercise\",edition=\"2\"} 1",
        "breach_read_timestamp_seconds 1795340454.5",
        "breach_running 1",
        "breach_complete 0",
        "breach_people{state=\"accepted\"} 4",
        "breach_people{state=\"pending\"} 5",
        "breach_messages{channel=\"email\",state=\"planned\"} 5",
        "breach_messages{channel=\"od\\\"d\\\\\\n\",state=\"planned\"} 1",
        "breach_messages_left 6",
        "breach_rate_messages_per_second 12.5",
        "breach_finish_timestamp_seconds 1795340460",
        "breach_holds 1",
        "breach_pauses 0",
        "breach_messages_held_in_doubt 3",
        "breach_attempts_after_doubt_total 2",
        "breach_way_rate_messages_per_second{channel=\"email\",gateway=\"relay\"} 12.5",
        "breach_way_messages_left{channel=\"letter\",gateway=\"\"} 0",
        "breach_clocks_overdue 1",
        "breach_clock_due_timestamp_seconds{clock=\"eu-gdpr/authority_72h\",state=\"due\"} 1795398000",
        "breach_receipts_total{result=\"recorded\"} 7",
        "breach_receipts_total{result=\"forged\"} 2",
        "breach_watchers 3",
        "breach_watchers_refused_total 1",
    };
    g_autofree char *text = metrics_of(live_text);

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(lines); i++)
        assert_has(text, lines[i]);
    assert_null(strstr(text, "total\"}"));                               /* the sum is no state */
    assert_null(strstr(text, "announcement_outstanding"));               /* there is none */
    assert_null(strstr(text, "{channel=\"letter\",gateway=\"\"} null")); /* what is not known is left out */
    assert_null(strstr(text, "cn-pipl"));
}

/* Every line is a sample or a comment; each family has HELP and TYPE once, before its samples, which stand together;
 * no series comes twice; counters end in _total, and nothing else does. */
static void assert_grammar(const char *text)
{
    g_autoptr(GRegex) sample = g_regex_new(
        "^([a-z_]+)(\\{([a-z_]+=\"([^\"\\\\\\n]|\\\\[\\\\\"n])*\",?)*\\})? (-?[0-9.]+(e[+-]?[0-9]+)?)$", 0, 0, NULL);
    g_autoptr(GHashTable) families = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GHashTable) series = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    g_autofree char *family = g_strdup("");
    size_t count = g_strv_length(lines);

    assert_true(count > 1);
    assert_string_equal(lines[count - 1], ""); /* the last line ends, too */
    for (size_t i = 0; i + 1 < count; i++) {
        g_autoptr(GMatchInfo) match = NULL;
        g_auto(GStrv) words = g_strsplit(lines[i], " ", 4);

        if (strcmp(words[0], "#") == 0 && strcmp(words[1], "HELP") == 0) {
            g_free(family);
            family = g_strdup(words[2]);
            assert_true(g_hash_table_add(families, g_strdup(family)));
        } else if (strcmp(words[0], "#") == 0) {
            assert_string_equal(words[1], "TYPE");
            assert_string_equal(words[2], family);
            assert_int_equal(strcmp(words[3], "counter") == 0, g_str_has_suffix(family, "_total"));
        } else {
            g_autofree char *name = NULL;

            if (!g_regex_match(sample, lines[i], 0, &match))
                fail_msg("no sample: %s", lines[i]);
            name = g_match_info_fetch(match, 1);
            assert_string_equal(name, family);
            assert_true(g_hash_table_add(series, g_strndup(lines[i], (gsize)(strrchr(lines[i], ' ') - lines[i]))));
        }
    }
}

static void test_grammar(void **state)
{
    g_autofree char *with = metrics_of(live_text);
    g_autofree char *without = metrics_of(NULL);
    g_autofree char *empty = metrics_of("{}");

    (void)state;
    assert_grammar(with);
    assert_grammar(without);
    assert_grammar(empty);
    assert_null(strstr(without, "breach_people"));
    assert_has(without, "breach_watchers 3");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {cmocka_unit_test(test_values), cmocka_unit_test(test_grammar)};

    return cmocka_run_group_tests_name("metrics", tests, NULL, NULL);
}
