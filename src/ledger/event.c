#include "ledger/event.h"

#include "base/clock.h"
#include "base/text.h"

static void append_member(GString *output, const char *key, const char *value)
{
    g_autofree char *valid = NULL;

    if (!value)
        return;
    if (!g_utf8_validate(value, -1, NULL))
        valid = g_utf8_make_valid(value, -1);
    g_string_append(output, key);
    text_append_json(output, valid ? valid : value);
}

/* Written by hand, in the order of the alphabet: it runs for every attempt. */
void event_attempt(GString *output, const EventAttempt *attempt)
{
    g_autofree char *at = clock_format_utc(attempt->at);

    g_string_truncate(output, 0);
    g_string_append_printf(output, "{\"at\":\"%s\",\"attempt\":%d", at, attempt->attempt);
    append_member(output, ",\"by\":", attempt->by);
    if (attempt->code != 0)
        g_string_append_printf(output, ",\"code\":%d", attempt->code);
    append_member(output, ",\"enhanced\":", attempt->enhanced);
    append_member(output, ",\"event\":", attempt->event);
    append_member(output, ",\"evidence\":", attempt->evidence);
    append_member(output, ",\"from\":", attempt->from);
    append_member(output, ",\"message\":", attempt->message);
    append_member(output, ",\"note\":", attempt->note);
    append_member(output, ",\"reply\":", attempt->reply);
    append_member(output, ",\"run\":", attempt->run);
    g_string_append_printf(output, ",\"text\":%" G_GINT64_FORMAT, attempt->text);
    append_member(output, ",\"to\":", attempt->to);
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
