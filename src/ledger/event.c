#include "ledger/event.h"

#include "base/clock.h"
#include "base/text.h"

/* JSON's escapes (RFC 8259 7) as jansson writes them, so that both writers agree byte for byte. The gateway's words
 * were made valid UTF-8 at the door. */
static void append_string(GString *output, const char *text)
{
    g_string_append_c(output, '"');
    for (; *text; text++) {
        unsigned char byte = (unsigned char)*text;

        switch (byte) {
        case '"': g_string_append(output, "\\\""); break;
        case '\\': g_string_append(output, "\\\\"); break;
        case '\b': g_string_append(output, "\\b"); break;
        case '\f': g_string_append(output, "\\f"); break;
        case '\n': g_string_append(output, "\\n"); break;
        case '\r': g_string_append(output, "\\r"); break;
        case '\t': g_string_append(output, "\\t"); break;
        default:
            if (byte < 0x20)
                g_string_append_printf(output, "\\u%04X", byte);
            else
                g_string_append_c(output, (char)byte);
        }
    }
    g_string_append_c(output, '"');
}

static void append_member(GString *output, const char *key, const char *value)
{
    if (!value)
        return;
    g_string_append_printf(output, ",\"%s\":", key);
    append_string(output, value);
}

/* Written by hand, in the order of the alphabet: it runs for every attempt. */
void event_attempt(GString *output, const EventAttempt *attempt)
{
    g_autofree char *at = clock_format_utc(attempt->at);

    g_string_truncate(output, 0);
    g_string_append_printf(output, "{\"at\":\"%s\",\"attempt\":%d", at, attempt->attempt);
    if (attempt->code != 0)
        g_string_append_printf(output, ",\"code\":%d", attempt->code);
    append_member(output, "enhanced", attempt->enhanced);
    append_member(output, "event", attempt->event);
    append_member(output, "from", attempt->from);
    append_member(output, "message", attempt->message);
    append_member(output, "note", attempt->note);
    append_member(output, "reply", attempt->reply);
    append_member(output, "run", attempt->run);
    g_string_append_printf(output, ",\"text\":%" G_GINT64_FORMAT, attempt->text);
    append_member(output, "to", attempt->to);
    g_string_append_c(output, '}');
}

char *event_note(const char *event, int64_t at, const json_t *details)
{
    g_autofree char *time = clock_format_utc(at);
    json_t *object = details ? json_deep_copy(details) : json_object();
    char *body;

    json_object_set_new(object, "event", json_string(event));
    json_object_set_new(object, "at", json_string(time));
    body = text_canonical_json(object);
    json_decref(object);
    return body;
}
