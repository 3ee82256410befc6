/* channel - the one way from dispatch to a gateway: an engine runs a session, pulls messages, and says what became of
 * each.
 *
 * The promise that crash safety stands on (docs/LEDGER.md):
 *   - a message is complete before it is offered: the engine never waits for content in the middle of one;
 *   - `handing_over` is called, and has returned true, before the last octets of a message are given to any library or
 *     socket. Before that call the message cannot have been accepted; after it, it may have been;
 *   - when `handing_over` returns false the engine makes sure that the message cannot be completed (it shuts the
 *     socket down) and the outcome is CHANNEL_NOT_SENT;
 *   - `replied` is called exactly once for every message that `next` gave, before the session ends.
 * All three are called on the thread that runs the session. */
#ifndef BREACH_CHANNEL_CHANNEL_H
#define BREACH_CHANNEL_CHANNEL_H

#include <stdbool.h>
#include <stddef.h>

#include <glib.h>

#include "model/gateway.h"
#include "model/reply.h"

typedef struct ChannelMessage {
    const char *id;          /* ID_MESSAGE_LENGTH characters; ENVID */
    const char *recipient;   /* one validated address in wire form */
    const char *return_path; /* VERP already applied */
    const char *data;        /* the whole message as it goes on the wire: RFC 5322, CRLF, no dot-stuffing */
    size_t size;
    void *owner;             /* the caller's */
} ChannelMessage;

typedef enum ChannelResult {
    CHANNEL_ACCEPTED,  /* 2xx after the end of the data */
    CHANNEL_TEMPORARY, /* refused for now */
    CHANNEL_PERMANENT, /* refused for good: the address */
    CHANNEL_POLICY,    /* refused because of us: reputation, policy, content */
    CHANNEL_IN_DOUBT,  /* handed over, and no final reply that can be believed */
    CHANNEL_NOT_SENT,  /* not handed over; nothing is known against the message */
} ChannelResult;

typedef struct ChannelOutcome {
    ChannelResult result;
    ReplyStatus status; /* .code 0: no reply */
    const char *text;   /* the gateway's words without codes, one line, valid UTF-8, at most 400 bytes; borrowed during
                           the call; never NULL */
    bool at_fault;      /* with NOT_SENT: the session broke while this message was being offered */
} ChannelOutcome;

typedef struct ChannelCalls {
    /* next: the next message, or NULL. With `wait` it may block until there is one or the session had better end;
     * without, it returns at once. The message stays valid until `replied`. */
    ChannelMessage *(*next)(void *user, bool wait);
    bool (*handing_over)(void *user, ChannelMessage *message);
    void (*replied)(void *user, ChannelMessage *message, const ChannelOutcome *outcome);
    void *user;
} ChannelCalls;

/* ChannelEngine: what a kind of gateway is spoken to with. */
typedef struct ChannelEngine {
    const char *kind; /* "smtp" */

    /* run_session: opens one connection, sends what `next` gives until it gives NULL, `gateway->session` messages have
     * gone or the connection fails, and closes it. true: it ended as it should. false: the session itself failed
     * (cannot connect, TLS, AUTH, 421, connection lost); the error says so in plain words with what to do:
     * BREACH_ERROR_CONFIG where trying again is no use before somebody mends something (certificate, password),
     * BREACH_ERROR_TEMPORARY otherwise. Threads: any number of sessions at the same time. */
    bool (*run_session)(const Gateway *gateway, const ChannelCalls *calls, GError **error);
} ChannelEngine;

/* channel_result_name: "accepted", "temporary", "permanent", "policy", "in_doubt", "not_sent". */
const char *channel_result_name(ChannelResult result);

#endif
