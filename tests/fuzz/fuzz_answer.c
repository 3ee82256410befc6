/* The first line is "json", "xml" or "text", the second a JSON pointer, the rest the body of an answer. What is taken
 * is never nested too deeply and is the same when it is written and read again. */
#include "fuzz.h"

#include <string.h>

#include <glib.h>

#include "model/gateway_answer.h"

static int depth_of(const json_t *value)
{
    const char *name;
    const json_t *member;
    size_t index;
    int deepest = 0;

    json_array_foreach(value, index, member) deepest = MAX(deepest, depth_of(member));
    json_object_foreach((json_t *)(uintptr_t)value, name, member) deepest = MAX(deepest, depth_of(member));
    return json_is_array(value) || json_is_object(value) ? deepest + 1 : 0;
}

static void check_pointer(const char *text, json_t *body)
{
    g_autoptr(JsonPointer) pointer = answer_pointer_parse(text);
    g_autofree char *found = pointer ? answer_pointer_text(pointer, body) : NULL;

    fuzz_require(!pointer || *text == '\0' || *text == '/');
    if (pointer && *text == '\0')
        fuzz_require(answer_pointer_get(pointer, body) == body);
    if (found)
        fuzz_require(g_utf8_validate(found, -1, NULL));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autofree char *text = g_strndup((const char *)data, size);
    g_auto(GStrv) lines = g_strsplit(text, "\n", 3);
    GatewayFormat format = GATEWAY_FORMAT_TEXT;
    json_t *body;

    if (g_strv_length(lines) < 3)
        return 0;
    if (strcmp(lines[0], "json") == 0)
        format = GATEWAY_FORMAT_JSON;
    else if (strcmp(lines[0], "xml") == 0)
        format = GATEWAY_FORMAT_XML;
    body = answer_body_parse(format, lines[2], strlen(lines[2]));
    check_pointer(lines[1], body);
    if (body) {
        g_autofree char *once = json_dumps(body, JSON_ENCODE_ANY);
        json_t *again = json_loads(once, JSON_DECODE_ANY, NULL);

        fuzz_require(depth_of(body) <= ANSWER_DEPTH_MAX + 1);
        fuzz_require(json_equal(body, again));
        json_decref(again);
        json_decref(body);
    }
    return 0;
}
