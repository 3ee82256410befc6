/* Call lists: a line and a page for each call. */
#include "channel/phone_list.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "hand_over_bench.h"

#define ID_1 "aaaaaaaaaaaaaaaaaaaaaaaaaa"
#define ID_2 "bbbbbbbbbbbbbbbbbbbbbbbbbb"

static ChannelField fields_1[] = {{"addressee", "=Ann"}, {"number", "4711 0815"}, {NULL, NULL}};
static ChannelField fields_2[] = {{"number", "1234 5678"}, {NULL, NULL}};

static BenchMessage call(const char *id, const char *locale, const char *text, const ChannelField *fields)
{
    return (BenchMessage){
        .message = {
            .id = id, .recipient = "+493012345671", .locale = locale, .text = text, .fields = fields, .attempt = 1}};
}

static void test_list(void **state)
{
    BenchMessage messages[] = {call(ID_1, "en", "Am I speaking to Ann?\n\n[Person confirmed: yes or no.]\n", fields_1),
                               call(ID_2, "zh-CN", "请问是您本人吗？\n", fields_2)};
    HandOverBench bench;
    g_autofree char *list = NULL;
    g_autofree char *path = NULL;
    g_autofree char *text = NULL;
    g_auto(GStrv) pages = NULL;

    (void)state;
    bench_open(&bench, "phone", messages, 2);
    bench_run(&bench, &phone_list_engine);
    assert_true(bench.succeeded);
    assert_string_equal(messages[0].text, "batch-0001: call 1 of the list");
    assert_string_equal(messages[1].text, "batch-0001: call 2 of the list");
    list = bench_read(&bench, "batch-0001/calls.csv", NULL);
    assert_string_equal(list,
                        "\xEF\xBB\xBF"
                        "call,message,notice,name,phone,language,outcome,by,at,reason\n"
                        "\"1\",\"" ID_1 "\",\"4711 0815\",\"'=Ann\",\"'+493012345671\",\"en\",\"\",\"\",\"\",\"\"\n"
                        "\"2\",\"" ID_2 "\",\"1234 5678\",\"\",\"'+493012345671\",\"zh-CN\",\"\",\"\",\"\",\"\"\n");
    path = bench_path(&bench, "batch-0001/calls.pdf");
    text = bench_tool((const char *[]){"pdftotext", "-layout", path, "-", NULL});
    assert_non_null(text);
    pages = g_strsplit(text, "\f", -1);
    assert_int_equal(g_strv_length(pages), 3);
    assert_non_null(strstr(pages[0], "=Ann"));
    assert_non_null(strstr(pages[0], "4711 0815"));
    assert_non_null(strstr(pages[0], "Person confirmed"));
    assert_non_null(strstr(pages[0], "wrong number"));
    assert_null(strstr(pages[1], "Ann"));
    assert_non_null(strstr(pages[1], "请问是您本人吗"));
    assert_non_null(strstr(pages[1], "无人接听"));
    bench_close(&bench);
}

/* Every further page of a script says whose it is. */
static void test_overleaf(void **state)
{
    g_autoptr(GString) script = g_string_new(NULL);
    BenchMessage messages[1];
    HandOverBench bench;
    g_autofree char *path = NULL;
    g_autofree char *text = NULL;
    g_auto(GStrv) pages = NULL;

    (void)state;
    for (int i = 0; i < 80; i++)
        g_string_append(script, "Read this aloud.\n\n");
    messages[0] = call(ID_1, "en", script->str, fields_1);
    bench_open(&bench, "phone", messages, 1);
    bench_run(&bench, &phone_list_engine);
    path = bench_path(&bench, "batch-0001/calls.pdf");
    text = bench_tool((const char *[]){"pdftotext", "-layout", path, "-", NULL});
    assert_non_null(text);
    pages = g_strsplit(text, "\f", -1);
    assert_true(g_strv_length(pages) > 2);
    for (guint i = 0; i + 1 < g_strv_length(pages); i++)
        assert_non_null(strstr(pages[i], ID_1));
    bench_close(&bench);
}

static void test_no_glyph(void **state)
{
    BenchMessage messages[] = {call(ID_1, "en", "\xf3\xb0\x80\x81", fields_1)};
    HandOverBench bench;

    (void)state;
    bench_open(&bench, "phone", messages, 1);
    bench_run(&bench, &phone_list_engine);
    assert_int_equal(messages[0].outcome.result, CHANNEL_UNFIT);
    assert_int_equal(bench_entries(&bench), 0);
    bench_close(&bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_list),
        cmocka_unit_test(test_overleaf),
        cmocka_unit_test(test_no_glyph),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
