#include "model/handed.h"

#include <glib.h>

#include "base/text.h"

/* Written by hand, as canonical JSON has it (keys in the order of the alphabet, no space): it runs for every message. */
char *handed_content(const HandedContent *content)
{
    const struct {
        const char *key, *value;
    } members[] = {
        {"channel", content->channel}, {"endpoint", content->endpoint}, {"html", content->html},
        {"locale", content->locale},   {"message", content->message},   {"text", content->text},
        {"title", content->title},
    };
    GString *json = g_string_sized_new(1024);

    for (size_t i = 0; i < G_N_ELEMENTS(members); i++) {
        if (!members[i].value)
            continue;
        if (!g_utf8_validate(members[i].value, -1, NULL)) {
            g_string_free(json, TRUE);
            return NULL;
        }
        g_string_append_c(json, json->len > 0 ? ',' : '{');
        text_append_json(json, members[i].key);
        g_string_append_c(json, ':');
        text_append_json(json, members[i].value);
    }
    g_string_append(json, json->len > 0 ? "}" : "{}");
    return g_string_free(json, FALSE);
}
