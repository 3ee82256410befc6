/* channel - the one way from dispatch to a gateway: an engine runs a session, pulls messages, and says what became of
 * each.
 *
 * The promise that crash safety stands on (docs/LEDGER.md):
 *   - a message is complete before it is offered: the engine never waits for content in the middle of one;
 *   - `handing_over` is called, and has returned true, before the last octets of a message (over HTTP: the first byte
 * of its request) are given to any library or socket. Before that call the message cannot have been accepted; after it,
 * it may have been. It is called once for every message that is sent, never twice;
 *   - when `handing_over` returns false the engine makes sure that the message cannot be completed (it shuts the
 *     socket down) and the outcome is CHANNEL_NOT_SENT;
 *   - `replied` is called exactly once for every message that `next` gave, in any order, before the session ends.
 * All three are called on the thread that runs the session. */
#ifndef BREACH_CHANNEL_CHANNEL_H
#define BREACH_CHANNEL_CHANNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>

#include "base/clock.h"
#include "model/gateway.h"
#include "model/reply.h"

/* ChannelField: one value that a gateway asks for by its name; the last one of a list has the name NULL. */
typedef struct ChannelField {
    const char *name;  /* "endpoint", "number", "title", "text", "locale", or a person column */
    const char *value; /* UTF-8; never NULL in a list's entries */
} ChannelField;

/* ChannelMessage: what is to be sent, in the parts that the gateway's channel has; everything is borrowed from the
 * caller until `replied`. */
typedef struct ChannelMessage {
    const char *id;          /* ID_MESSAGE_LENGTH characters; ENVID, idempotency key */
    const char *recipient;   /* one validated endpoint in wire form: address, number, token, postal address */
    const char *channel;     /* "email", "sms" …; NULL means "email" */
    const char *locale;      /* of the text; or NULL */
    const char *return_path; /* email: VERP already applied */
    const char *data;        /* email: the whole message as it goes on the wire: RFC 5322, CRLF, no dot-stuffing; over
                                HTTP the engine's: the body of the request that it goes in, set before handing_over */
    size_t size;
    const char *title; /* rendered parts; NULL where the channel has none: subject of a letter, title of a push */
    const char *text;
    const char *html;
    const char *template_name;  /* ours, for texts that a provider has to approve; or NULL */
    const char *audience;       /* id; or NULL */
    const ChannelField *fields; /* exactly what the gateway's description names, and nothing else; NULL: nothing */
    int64_t text_no;            /* the text version: messages of one batch request have the same */
    bool is_look_up;            /* nothing is sent: what became of the message is asked for; see ChannelOutcome.fate */
    const char *provider_id;    /* with is_look_up: the id that the provider gave it, or NULL */
    int attempt;                /* the number of this attempt, from 1 */
    int doubted; /* attempts from this one on may have been taken: an engine that can see that looks first; 0: none */
    void *owner; /* the caller's */
} ChannelMessage;

typedef enum ChannelResult {
    CHANNEL_ACCEPTED,  /* 2xx after the end of the data */
    CHANNEL_TEMPORARY, /* refused for now */
    CHANNEL_PERMANENT, /* refused for good: the address */
    CHANNEL_POLICY,    /* refused because of us: reputation, policy, content */
    CHANNEL_IN_DOUBT,  /* handed over, and no final reply that can be believed */
    CHANNEL_NOT_SENT,  /* not handed over, or surely not taken; nothing is known against the message */
    CHANNEL_UNFIT, /* not handed over: the gateway's request cannot be made of it, or its text is not approved there */
    CHANNEL_LOOKED_UP, /* a look-up has its answer, see ChannelOutcome.fate; only for a message with is_look_up */
} ChannelResult;

/* ChannelFate: what a look-up found. */
typedef enum ChannelFate {
    CHANNEL_FATE_UNKNOWN,   /* the provider cannot say (yet), or did not answer in a way that can be believed */
    CHANNEL_FATE_NOT_FOUND, /* the provider says that it never got it */
    CHANNEL_FATE_ACCEPTED,
    CHANNEL_FATE_DELIVERED,
    CHANNEL_FATE_FAILED,  /* refused for good */
    CHANNEL_FATE_BOUNCED, /* taken, and it could not be delivered */
} ChannelFate;

typedef struct ChannelOutcome {
    ChannelResult result;
    ReplyStatus status;  /* .code 0: no reply; over HTTP the status of the answer */
    const char *text;    /* the gateway's words without codes, one line, valid UTF-8, at most 400 bytes; borrowed during
                            the call; never NULL */
    bool at_fault;       /* with NOT_SENT: the session broke while this message was being offered */
    bool is_load;        /* with TEMPORARY: the gateway is given too much (429, throttled): the pace is cut */
    int64_t retry_after; /* ms: the gateway asks not to be tried earlier; 0: it says nothing. Capped by the engine */
    const char *provider_id; /* the provider's own id of the message; NULL: none; borrowed during the call */
    ChannelFate fate;        /* with LOOKED_UP */
} ChannelOutcome;

typedef struct ChannelCalls {
    /* next: the next message, or NULL. With `wait` it may block until there is one or the session had better end;
     * without, it returns at once. The message stays valid until `replied`. */
    ChannelMessage *(*next)(void *user, bool wait);
    bool (*handing_over)(void *user, ChannelMessage *message);
    void (*replied)(void *user, ChannelMessage *message, const ChannelOutcome *outcome);
    void *user;
    const Clock *clock; /* borrowed; for signatures and tokens; engines that need none take NULL */
    int wake_fd;  /* over 0: becomes readable (eventfd) when `next` may have something again, for engines that wait in
                     a poll of their own; they read it empty. 0: there is none */
    void **state; /* where an engine keeps what outlives a session of this thread (open connections, tokens); NULL:
                     nothing is kept. *state is NULL at first and is given to release() in the end */
} ChannelCalls;

/* ChannelEngine: what a kind of gateway is spoken to with. */
typedef struct ChannelEngine {
    const char *kind; /* "smtp" */

    /* run_session: opens one connection (or as many as the kind uses), sends what `next` gives until it gives NULL,
     * `gateway->session` messages have gone or the connection fails, and closes it. true: it ended as it should. false:
     * the session itself failed (cannot connect, TLS, AUTH, 421, connection lost); the error says so in plain words
     * with what to do: BREACH_ERROR_CONFIG where trying again is no use before somebody mends something (certificate,
     * password), BREACH_ERROR_TEMPORARY otherwise. Threads: any number of sessions at the same time. */
    bool (*run_session)(const Gateway *gateway, const ChannelCalls *calls, GError **error);

    /* look_up: NULL where a kind knows none. As run_session(), but every message that `next` gives is asked about
     * (as if is_look_up were set): handing_over is never called, `replied` gets CHANNEL_LOOKED_UP with the fate, or
     * CHANNEL_NOT_SENT when the question could not be asked. */
    bool (*look_up)(const Gateway *gateway, const ChannelCalls *calls, GError **error);

    /* has_one_thread: one session keeps `gateway->connections` requests under way, so one thread serves the gateway. */
    bool has_one_thread;

    /* release: frees what run_session() left in *ChannelCalls.state. NULL where nothing is. */
    void (*release)(void *state);

    /* fields: the names of the fields that its messages carry, ended by NULL; NULL: those that the gateway's
     * description names. Letters and call lists ask for "addressee" (whom it is for in their capacity: guardian_name of
     * a guardian, the name of everybody else; left out when there is none), "number" (the notice number), "now" (RFC
     * 3339) and "person" (the id in the people file). */
    const char *const *fields;
} ChannelEngine;

/* channel_result_name: "accepted", "temporary", "permanent", "policy", "in_doubt", "not_sent", "unfit", "looked_up".
 * channel_fate_name: "unknown", "not_found", "accepted", "delivered", "failed", "bounced". channel_field: the value of
 * a field, or NULL when the list (which may be NULL) has none of that name. */
const char *channel_result_name(ChannelResult result);
const char *channel_fate_name(ChannelFate fate);
const char *channel_field(const ChannelField *fields, const char *name);

#endif
