/* test_send - one message in a session of its own, outside the ledger: what breach preview --send-to needs.
 *
 * Threads: any; it blocks until the session is over. */
#ifndef BREACH_CLI_TEST_SEND_H
#define BREACH_CLI_TEST_SEND_H

#include <stdbool.h>
#include <stddef.h>

#include <glib.h>

#include "channel/channel.h"

typedef struct TestSend {
    ChannelResult result;
    int code;    /* 0: no reply */
    char *reply; /* owned; never NULL after test_send() */
} TestSend;

/* test_send: hands `message` over to `gateway`, alone. The bounce address of a mail carries a token that is no message id,
 * so that what comes back is taken for no message's; what `message` says of it does not count. false with an error when
 * the session failed: nothing was handed over, unless sent->result is CHANNEL_IN_DOUBT. */
bool test_send(const Gateway *gateway, const ChannelEngine *engine, const ChannelMessage *message, TestSend *sent,
               GError **error);

void test_send_clear(TestSend *sent);

#endif
