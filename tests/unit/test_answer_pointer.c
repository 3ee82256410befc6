#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "model/gateway_answer.h"
#include "model/answer_pointer.h"

/* The examples of RFC 6901 section 5, and what section 4 refuses. */
static void test_examples(void **state)
{
    static const char document[] =
        "{\"foo\": [\"bar\", \"baz\"], \"\": 0, \"a/b\": 1, \"c%d\": 2, \"e^f\": 3, \"g|h\": 4,"
        " \"i\\\\j\": 5, \"k\\\"l\": 6, \" \": 7, \"m~n\": 8}";
    static const struct {
        const char *pointer, *text;
    } cases[] = {{"/foo/0", "bar"}, {"/foo/1", "baz"},  {"/", "0"},         {"/a~1b", "1"},           {"/c%d", "2"},
                 {"/e^f", "3"},     {"/g|h", "4"},      {"/i\\j", "5"},     {"/k\"l", "6"},           {"/ ", "7"},
                 {"/m~0n", "8"},    {"/foo", NULL},     {"", NULL},         {"/foo/2", NULL},         {"/foo/-", NULL},
                 {"/foo/01", NULL}, {"/foo/0/x", NULL}, {"/nothing", NULL}, {"/foo/9999999999", NULL}};
    json_auto_t *root = json_loads(document, 0, NULL);

    (void)state;
    assert_non_null(root);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(JsonPointer) pointer = answer_pointer_parse(cases[i].pointer);
        g_autofree char *text = NULL;

        assert_non_null(pointer);
        text = answer_pointer_text(pointer, root);
        if (cases[i].text)
            assert_string_equal(text, cases[i].text);
        else
            assert_null(text);
        assert_string_equal(answer_pointer_shown(pointer), cases[i].pointer);
        assert_null(answer_pointer_get(pointer, NULL));
    }
}

static void test_no_pointers(void **state)
{
    static const char *const wrong[] = {"foo", "foo/bar", "/a~", "/a~2", "#/foo"};

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++)
        assert_null(answer_pointer_parse(wrong[i]));
}

static void test_scalars(void **state)
{
    static const struct {
        const char *json, *text;
    } cases[] = {{"true", "true"}, {"false", "false"}, {"-12", "-12"}, {"1.5", "1.5"},
                 {"\"\"", ""},     {"null", NULL},     {"[]", NULL},   {"{}", NULL}};

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        json_auto_t *value = json_loads(cases[i].json, JSON_DECODE_ANY, NULL);
        g_autofree char *text = answer_pointer_scalar(value);

        if (cases[i].text)
            assert_string_equal(text, cases[i].text);
        else
            assert_null(text);
    }
    assert_null(answer_pointer_scalar(NULL));
}

static char *canonical(GatewayFormat format, const char *data)
{
    json_auto_t *body = answer_body_parse(format, data, strlen(data));

    return body ? json_dumps(body, JSON_COMPACT | JSON_SORT_KEYS | JSON_ENCODE_ANY) : NULL;
}

static void test_bodies(void **state)
{
    static const struct {
        GatewayFormat format;
        const char *data, *json;
    } cases[] = {
        {GATEWAY_FORMAT_JSON, "{\"a\": [1]}", "{\"a\":[1]}"},
        {GATEWAY_FORMAT_JSON, "\"text\"", "\"text\""},
        {GATEWAY_FORMAT_JSON, "{\"a\": 1, \"a\": 2}", NULL},
        {GATEWAY_FORMAT_JSON, "{\"a\": ", NULL},
        {GATEWAY_FORMAT_JSON, "", NULL},
        {GATEWAY_FORMAT_JSON, "\"\xff\"", NULL},
        {GATEWAY_FORMAT_JSON, "{\"a\": \"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\\\"[[\"}",
         "{\"a\":\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\\\"[[\"}"},
        {GATEWAY_FORMAT_TEXT, " 0: Accepted for delivery\r\n", "\"0: Accepted for delivery\""},
        {GATEWAY_FORMAT_TEXT, "", "\"\""},
        {GATEWAY_FORMAT_XML, "<r xmlns=\"urn:x\"><id>1</id><n:v xmlns:n=\"urn:n\"> 2 </n:v></r>",
         "{\"r\":{\"id\":\"1\",\"v\":\"2\"}}"},
        {GATEWAY_FORMAT_XML, "<r><i>1</i><i>2</i><i>3</i></r>", "{\"r\":{\"i\":[\"1\",\"2\",\"3\"]}}"},
        {GATEWAY_FORMAT_XML, "<?xml version=\"1.0\"?><r/>", "{\"r\":\"\"}"},
        {GATEWAY_FORMAT_XML, "<r><![CDATA[a<b]]></r>", "{\"r\":\"a<b\"}"},
        {GATEWAY_FORMAT_XML, "<r>", NULL},
        {GATEWAY_FORMAT_XML, "<r></s>", NULL},
        {GATEWAY_FORMAT_XML, "plain", NULL},
        {GATEWAY_FORMAT_XML, "", NULL},
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *json = canonical(cases[i].format, cases[i].data);

        if (!cases[i].json)
            assert_null(json);
        else
            assert_string_equal(json, cases[i].json);
    }
}

/* As deep as allowed, and one deeper. */
static void test_depth(void **state)
{
    (void)state;
    for (int depth = ANSWER_DEPTH_MAX; depth <= ANSWER_DEPTH_MAX + 1; depth++) {
        g_autofree char *opening = g_strnfill((gsize)depth, '[');
        g_autofree char *closing = g_strnfill((gsize)depth, ']');
        g_autofree char *json = g_strconcat(opening, closing, NULL);
        g_autoptr(GString) xml = g_string_new(NULL);
        g_autofree char *from_json = canonical(GATEWAY_FORMAT_JSON, json);
        g_autofree char *from_xml = NULL;

        for (int i = 0; i < depth; i++)
            g_string_append(xml, "<a>");
        for (int i = 0; i < depth; i++)
            g_string_append(xml, "</a>");
        from_xml = canonical(GATEWAY_FORMAT_XML, xml->str);
        assert_int_equal(from_json != NULL, depth <= ANSWER_DEPTH_MAX);
        assert_int_equal(from_xml != NULL, depth <= ANSWER_DEPTH_MAX);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_examples), cmocka_unit_test(test_no_pointers), cmocka_unit_test(test_scalars),
        cmocka_unit_test(test_bodies),   cmocka_unit_test(test_depth),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
