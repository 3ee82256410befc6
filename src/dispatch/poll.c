#include "dispatch/poll.h"

#include <string.h>

#include "base/error.h"
#include "base/seal.h"
#include "dispatch/sent_day.h"
#include "ledger/inbox.h"
#include "ledger/polled.h"
#include "model/gateway_request.h"

#define PAGE INBOX_TOGETHER

/* One page of messages that are asked about. */
typedef struct Page {
    const Gateway *gateway;
    GPtrArray *list; /* of Polled */
    ChannelMessage *messages;
    ChannelField (*fields)[3];
    GPtrArray *strings; /* owned; what messages and fields borrow */
    InboxEntry *entries;
    size_t given, settled;
} Page;

static const char *keep(Page *page, char *text)
{
    g_ptr_array_add(page->strings, text);
    return text;
}

static void fill(Page *page, size_t i, int64_t now)
{
    const Polled *polled = g_ptr_array_index(page->list, (guint)i);
    const SentDay day = {page->gateway, polled->first_at, polled->attempt, now};
    ChannelField *fields = page->fields[i];

    fields[0] = (ChannelField){"sent_day", keep(page, sent_day_text(&day))};
    fields[1] =
        (ChannelField){"sent_unix", keep(page, g_strdup_printf("%" G_GINT64_FORMAT, polled->first_at / CLOCK_SECOND))};
    page->messages[i] = (ChannelMessage){.id = polled->id,
                                         .recipient = keep(page, seal_open(polled->endpoint)),
                                         .channel = page->gateway->channel,
                                         .provider_id = polled->provider_id,
                                         .attempt = polled->attempt,
                                         .fields = fields,
                                         .is_look_up = true};
}

static ChannelMessage *next(void *user, bool wait)
{
    Page *page = user;

    (void)wait;
    return page->given < page->list->len ? &page->messages[page->given++] : NULL;
}

static bool handing_over(void *user, ChannelMessage *message)
{
    (void)user, (void)message;
    return false; /* nothing is sent here */
}

/* A message that was taken and then refused has come back. */
static void replied(void *user, ChannelMessage *message, const ChannelOutcome *outcome)
{
    Page *page = user;
    bool is_back = outcome->fate == CHANNEL_FATE_BOUNCED || outcome->fate == CHANNEL_FATE_FAILED;

    if (outcome->result != CHANNEL_LOOKED_UP || (!is_back && outcome->fate != CHANNEL_FATE_DELIVERED))
        return;
    page->entries[page->settled++] = (InboxEntry){.event = is_back ? EVENT_BOUNCED : EVENT_DELIVERED,
                                                  .message = message->id,
                                                  .attempt = message->attempt,
                                                  .code = outcome->status.code,
                                                  .reply = keep(page, g_strdup(outcome->text))};
}

/* Asks about one page. What was said is kept, also when the gateway fails in between. */
static bool ask(Page *page, Ledger *ledger, const ChannelEngine *engine, const Clock *clock, void **state,
                GError **error)
{
    const ChannelCalls calls = {
        .next = next, .handing_over = handing_over, .replied = replied, .user = page, .clock = clock, .state = state};
    g_autoptr(GError) problem = NULL;
    bool asked;

    for (size_t i = 0; i < page->list->len; i++)
        fill(page, i, clock_now(clock));
    asked = engine->look_up(page->gateway, &calls, &problem);
    if (page->settled > 0 && !inbox_append_all(ledger, page->entries, page->settled, clock_now(clock), error))
        return false;
    if (!asked)
        g_propagate_error(error, g_steal_pointer(&problem));
    return asked;
}

static bool ask_page(Ledger *ledger, const Gateway *gateway, const ChannelEngine *engine, const Clock *clock,
                     GPtrArray *list, void **state, PollResult *result, GError **error)
{
    g_autofree ChannelMessage *messages = g_new0(ChannelMessage, list->len);
    g_autofree InboxEntry *entries = g_new0(InboxEntry, list->len);
    ChannelField(*fields)[3] = g_malloc0_n(list->len, sizeof *fields);
    g_autoptr(GPtrArray) strings = g_ptr_array_new_with_free_func(g_free);
    Page page = {.gateway = gateway,
                 .list = list,
                 .messages = messages,
                 .fields = fields,
                 .strings = strings,
                 .entries = entries};
    bool asked = ask(&page, ledger, engine, clock, state, error);

    result->asked += (int64_t)page.given;
    result->settled += (int64_t)page.settled;
    g_free(fields);
    return asked;
}

static bool ask_all(Ledger *ledger, const Gateway *gateway, const ChannelEngine *engine, const Clock *clock,
                    PollResult *result, GError **error)
{
    g_autofree char *after = g_strdup("");
    void *state = NULL;
    bool asked = true;
    bool is_more = true;

    while (asked && is_more) {
        g_autoptr(GPtrArray) list = polled_list(ledger, gateway->name, after, PAGE, error);

        asked = list && (list->len == 0 || ask_page(ledger, gateway, engine, clock, list, &state, result, error));
        is_more = list && list->len == PAGE;
        if (is_more) {
            g_free(after);
            after = g_strdup(((const Polled *)g_ptr_array_index(list, list->len - 1))->provider_id);
        }
    }
    if (engine->release)
        engine->release(state);
    return asked;
}

bool poll_gateway(Ledger *ledger, const Gateway *gateway, const ChannelEngine *engine, const Clock *clock,
                  PollResult *result, GError **error)
{
    int64_t at = 0;

    if (!gateway->http || !gateway->http->lookup.request || !gateway->http->lookup.polls || !engine->look_up)
        return true;
    if (!polled_at(ledger, gateway->name, &at, error))
        return false;
    if (clock_now(clock) - at < gateway->http->lookup.interval)
        return true;
    return polled_note(ledger, gateway->name, clock_now(clock), error) &&
           ask_all(ledger, gateway, engine, clock, result, error);
}
