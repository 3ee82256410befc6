#include "smtp_box.h"

#include <string.h>

static size_t index_of(const Box *box, const ChannelMessage *message)
{
    return (size_t)(message - box->messages);
}

static size_t unanswered(const Box *box)
{
    size_t count = 0;

    for (size_t i = 0; i < box->given; i++)
        count += box->replies[i] == 0;
    return count;
}

static ChannelMessage *next(void *user, bool wait)
{
    Box *box = user;

    if (wait) {
        box->waits_while_busy += unanswered(box) > 0;
        if (box->on_wait)
            box->on_wait(box, box->given);
    }
    if (box->given == box->count || (!wait && box->hides_unless_waiting))
        return NULL;
    box->given++;
    box->most_ahead = MAX(box->most_ahead, unanswered(box));
    return &box->messages[box->given - 1];
}

static bool handing_over(void *user, ChannelMessage *message)
{
    Box *box = user;
    size_t index = index_of(box, message);

    g_assert(index < box->given && box->replies[index] == 0 && !box->handed[index]);
    box->handed[index] = true;
    if (box->on_handing)
        box->on_handing(box, index);
    return index != box->refuse;
}

static void forget(ChannelMessage *message)
{
    g_free(message->owner);
    g_free((char *)message->id);
    g_free((char *)message->recipient);
    g_free((char *)message->return_path);
    *message = (ChannelMessage){0};
}

/* The message is gone after this: the engine must not look at it again, and the address sanitizer sees to that. */
static void replied(void *user, ChannelMessage *message, const ChannelOutcome *outcome)
{
    Box *box = user;
    size_t index = index_of(box, message);

    g_assert(index < box->given);
    box->replies[index]++;
    g_free((char *)box->outcomes[index].text);
    g_free((char *)box->outcomes[index].provider_id);
    box->outcomes[index] = *outcome;
    box->outcomes[index].text = g_strdup(outcome->text);
    box->outcomes[index].provider_id = g_strdup(outcome->provider_id);
    forget(message);
}

static char *make_data(size_t index, size_t size, size_t *length)
{
    GString *data = g_string_new(NULL);

    g_string_append_printf(data,
                           "Date: Sat, 21 Nov 2026 14:10:00 +0000\r\nMessage-ID: <m%zu@example.com>\r\n"
                           "From: Example <security@example.com>\r\nTo: person%zu@example.org\r\nSubject: notice\r\n"
                           " %zu\r\nAuto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n"
                           "Content-Type: text/plain\r\n\r\n.\r\n..begins with dots\r\nfor person %zu\r\n",
                           index, index, index, index);
    for (size_t line = 0; data->len < size; line++)
        g_string_append_printf(data, "%06zu %060zu\r\n", line, index);
    *length = data->len;
    return g_string_free(data, FALSE);
}

Box *box_new(size_t count, size_t size)
{
    Box *box = g_new0(Box, 1);

    g_assert(count <= BOX_MAX);
    box->count = count;
    box->refuse = BOX_MAX;
    for (size_t i = 0; i < count; i++) {
        ChannelMessage *message = &box->messages[i];
        char *data = make_data(i, size, &message->size);

        message->owner = data;
        message->data = data;
        message->id = g_strdup_printf("abcdefghijklmnopqrstuv%04zu", i);
        message->recipient = g_strdup_printf("person%zu@example.org", i);
        message->return_path = g_strdup_printf("bounce+abcdefghijklmnopqrstuv%04zu@example.com", i);
    }
    return box;
}

ChannelCalls box_calls(Box *box)
{
    return (ChannelCalls){
        .next = next, .handing_over = handing_over, .replied = replied, .user = box, .clock = clock_system()};
}

Gateway *box_gateway(const char *host, int port)
{
    Gateway *gateway = gateway_new();

    g_free(gateway->name);
    g_free(gateway->kind);
    g_free(gateway->host);
    gateway->name = g_strdup("relay");
    gateway->kind = g_strdup("smtp");
    gateway->host = g_strdup(host);
    gateway->port = port;
    gateway->tls = GATEWAY_TLS_NONE;
    gateway->session = 200;
    gateway->timeouts = (GatewayTimeouts){5000, 5000, 5000, 5000, 5000};
    return gateway;
}

char *box_results(const Box *box)
{
    GString *text = g_string_new(NULL);

    for (size_t i = 0; i < box->count; i++) {
        g_string_append(text, i ? " " : "");
        g_assert(box->replies[i] <= 1);
        g_assert((box->replies[i] == 1) == (i < box->given));
        g_string_append(text, box->replies[i] ? channel_result_name(box->outcomes[i].result) : "-");
        g_string_append(text, box->outcomes[i].at_fault ? "!" : "");
    }
    return g_string_free(text, FALSE);
}

void box_free(Box *box)
{
    if (!box)
        return;
    for (size_t i = 0; i < box->count; i++) {
        forget(&box->messages[i]);
        g_free((char *)box->outcomes[i].text);
        g_free((char *)box->outcomes[i].provider_id);
    }
    g_free(box);
}
