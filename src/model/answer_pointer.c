#include "model/answer_pointer.h"

#include <string.h>

struct JsonPointer {
    char *shown;
    GPtrArray *steps; /* of char *, unescaped */
};

/* "~1" is "/" and "~0" is "~" (RFC 6901 3); NULL for any other "~". */
static char *unescape(const char *text, size_t length)
{
    GString *step = g_string_sized_new(length);

    for (size_t i = 0; i < length; i++) {
        if (text[i] != '~') {
            g_string_append_c(step, text[i]);
        } else if (i + 1 < length && (text[i + 1] == '0' || text[i + 1] == '1')) {
            g_string_append_c(step, text[++i] == '1' ? '/' : '~');
        } else {
            g_string_free(step, TRUE);
            return NULL;
        }
    }
    return g_string_free(step, FALSE);
}

JsonPointer *answer_pointer_parse(const char *text)
{
    g_autoptr(JsonPointer) pointer = g_new0(JsonPointer, 1);

    pointer->shown = g_strdup(text);
    pointer->steps = g_ptr_array_new_with_free_func(g_free);
    while (*text) {
        size_t length;
        char *step;

        if (*text++ != '/')
            return NULL;
        length = strcspn(text, "/");
        step = unescape(text, length);
        if (!step)
            return NULL;
        g_ptr_array_add(pointer->steps, step);
        text += length;
    }
    return g_steal_pointer(&pointer);
}

void answer_pointer_free(JsonPointer *pointer)
{
    if (!pointer)
        return;
    g_free(pointer->shown);
    g_ptr_array_unref(pointer->steps);
    g_free(pointer);
}

static json_t *element(json_t *list, const char *step)
{
    size_t digits = strspn(step, "0123456789");

    if (digits == 0 || digits > 9 || step[digits] != '\0' || (digits > 1 && step[0] == '0'))
        return NULL;
    return json_array_get(list, (size_t)g_ascii_strtoull(step, NULL, 10));
}

json_t *answer_pointer_get(const JsonPointer *pointer, json_t *root)
{
    for (guint i = 0; root && i < pointer->steps->len; i++) {
        const char *step = g_ptr_array_index(pointer->steps, i);

        if (json_is_object(root))
            root = json_object_get(root, step);
        else
            root = json_is_array(root) ? element(root, step) : NULL;
    }
    return root;
}

char *answer_pointer_scalar(const json_t *value)
{
    switch (value ? json_typeof(value) : JSON_NULL) {
    case JSON_STRING:
        return g_strdup(json_string_value(value));
    case JSON_INTEGER:
        return g_strdup_printf("%" JSON_INTEGER_FORMAT, json_integer_value(value));
    case JSON_REAL:
        return json_dumps(value, JSON_ENCODE_ANY | JSON_REAL_PRECISION(15));
    case JSON_TRUE:
        return g_strdup("true");
    case JSON_FALSE:
        return g_strdup("false");
    default:
        return NULL;
    }
}

char *answer_pointer_text(const JsonPointer *pointer, json_t *root)
{
    return pointer ? answer_pointer_scalar(answer_pointer_get(pointer, root)) : NULL;
}

const char *answer_pointer_shown(const JsonPointer *pointer)
{
    return pointer->shown;
}
