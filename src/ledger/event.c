#include "ledger/event.h"

#include <string.h>

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

static void append_digest(GString *output, const char *key, const uint8_t digest[DIGEST_SIZE])
{
    char hex[DIGEST_HEX_SIZE];

    if (!digest_is_set(digest))
        return;
    digest_hex(digest, hex);
    g_string_append(output, key);
    g_string_append_c(output, '"');
    g_string_append_len(output, hex, DIGEST_HEX_SIZE - 1);
    g_string_append_c(output, '"');
}

/* Most messages are answered in the second in which they were made: then only the thousandths differ from `at`, which is
 * written already. */
static void append_made(GString *output, const EventAttempt *attempt, const Handed *handed, const char *at)
{
    size_t length = strlen(at);
    g_autofree char *made = NULL;

    if (handed->made <= 0)
        return;
    if (attempt->at / CLOCK_SECOND == handed->made / CLOCK_SECOND) {
        g_string_append(output, ",\"made\":\"");
        g_string_append_len(output, at, (gssize)(length - strlen("000Z")));
        for (int64_t digit = 100; digit > 0; digit /= 10)
            g_string_append_c(output, (char)('0' + handed->made / digit % 10));
        g_string_append(output, "Z\"");
        return;
    }
    made = clock_format_utc(handed->made);
    append_member(output, ",\"made\":", made);
}

/* Written by hand, in the order of the alphabet: it runs for every attempt. */
void event_attempt(GString *output, const EventAttempt *attempt)
{
    static const Handed nothing;
    const Handed *handed = attempt->handed ? attempt->handed : &nothing;
    g_autofree char *at = clock_format_utc(attempt->at);

    g_string_truncate(output, 0);
    g_string_append_printf(output, "{%s\"at\":\"%s\",\"attempt\":%d", attempt->about_us ? "\"about_us\":true," : "", at,
                           attempt->attempt);
    append_member(output, ",\"by\":", attempt->by);
    if (attempt->code != 0)
        g_string_append_printf(output, ",\"code\":%d", attempt->code);
    append_digest(output, ",\"content\":", handed->content);
    append_member(output, ",\"enhanced\":", attempt->enhanced);
    append_member(output, ",\"event\":", attempt->event);
    append_member(output, ",\"evidence\":", attempt->evidence);
    append_member(output, ",\"from\":", attempt->from);
    append_made(output, attempt, handed, at);
    append_member(output, ",\"message\":", attempt->message);
    append_member(output, ",\"note\":", attempt->note);
    append_member(output, ",\"reason\":", attempt->reason);
    append_member(output, ",\"reply\":", attempt->reply);
    append_member(output, ",\"run\":", attempt->run);
    append_digest(output, ",\"sha256\":", handed->octets);
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
