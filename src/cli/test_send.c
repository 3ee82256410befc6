#include "cli/test_send.h"

#include "base/error.h"
#include "base/id.h"
#include "model/address.h"

#define TOKEN_RANDOM 8 /* characters: as unlikely to be met twice as a test needs */

typedef struct Session {
    ChannelMessage message;
    bool is_taken;
    TestSend *sent;
} Session;

static ChannelMessage *next(void *user, bool wait)
{
    Session *session = user;

    (void)wait;
    if (session->is_taken)
        return NULL;
    session->is_taken = true;
    return &session->message;
}

/* Nothing has to be remembered: nobody sends a test again after a crash. */
static bool handing_over(void *user, ChannelMessage *message)
{
    (void)user;
    (void)message;
    return true;
}

static void replied(void *user, ChannelMessage *message, const ChannelOutcome *outcome)
{
    TestSend *sent = ((Session *)user)->sent;

    (void)message;
    sent->result = outcome->result;
    sent->code = outcome->status.code;
    g_free(sent->reply);
    sent->reply = g_strdup(outcome->text);
}

/* "bounce+test-abcdefgh@example.com": the hyphen and the length set it apart from every message id. */
static char *return_path(const Gateway *gateway, GError **error)
{
    char random[TOKEN_RANDOM + 1];
    g_autofree char *token = NULL;
    char *path;

    id_random(random, TOKEN_RANDOM);
    token = g_strconcat("test-", random, NULL);
    path = address_verp(gateway->bounce, token);
    if (!path)
        error_set(error, BREACH_ERROR_CONFIG, "gateway-bounce-length", "the bounce address %s is too long",
                  gateway->bounce);
    return path;
}

bool test_send(const Gateway *gateway, const ChannelEngine *engine, const ChannelMessage *message, TestSend *sent,
               GError **error)
{
    g_autofree char *path = message->data ? return_path(gateway, error) : NULL;
    Session session = {.message = *message, .sent = sent};
    const ChannelCalls calls = {
        .next = next, .handing_over = handing_over, .replied = replied, .user = &session, .clock = clock_system()};

    *sent = (TestSend){.result = CHANNEL_NOT_SENT, .reply = g_strdup("")};
    session.message.return_path = path;
    return (path || !message->data) && engine->run_session(gateway, &calls, error);
}

void test_send_clear(TestSend *sent)
{
    g_clear_pointer(&sent->reply, g_free);
}
