/* retry - what follows from an outcome: the event in the ledger, and when to try again. Pure; threads: safe. */
#ifndef BREACH_DISPATCH_RETRY_H
#define BREACH_DISPATCH_RETRY_H

#include <stdbool.h>
#include <stdint.h>

#include "channel/channel.h"
#include "model/gateway.h"
#include "model/message_state.h"

#define RETRY_DELAY_MAX   (4 * 60 * 60 * 1000) /* ms */
#define RETRY_RESENDS_MAX 2                    /* of a doubt that the relay causes; then a person decides */
#define RETRY_LOAD_FIRST  2000                 /* ms; after a refusal for being too much */
#define RETRY_LOOK_MIN    30000                /* ms between two look-ups of one message, and at most: */
#define RETRY_LOOK_MAX    (60 * 60 * 1000)
#define RETRY_BROKEN_MAX  3 /* sessions that may break on a message before it has to wait */

typedef struct RetryRequest {
    const Gateway *gateway;
    ChannelResult result;
    bool at_fault;       /* see ChannelOutcome */
    const char *id;      /* of the message: seeds the jitter, so that a plan's retries spread out the same way always */
    int attempt;         /* from 1 */
    int relay_doubts;    /* before this attempt */
    int64_t first_at;    /* ms; of the first attempt */
    int64_t now;         /* ms */
    bool is_load;        /* see ChannelOutcome */
    int64_t retry_after; /* ms; see ChannelOutcome */
    ChannelFate fate;    /* with CHANNEL_LOOKED_UP */
} RetryRequest;

typedef struct RetryVerdict {
    MessageEvent event;
    int64_t due;  /* ms; -1: never by itself */
    bool gave_up; /* FAILED because of give_up, not because of the answer */
} RetryVerdict;

/* retry_decide: exponential back-off from gateway->retry_after, +-20 % jitter, up to RETRY_DELAY_MAX and never
 * beyond gateway->give_up after the first attempt; failed once that has passed. What was refused for being too much
 * (is_load) comes back sooner: the pace sees to the rest. Never earlier than the gateway asked for. A doubt is settled
 * by the gateway's in_doubt: sent again at once (while its idempotency key is valid, where it has one), asked about
 * after lookup_after, or held. */
RetryVerdict retry_decide(const RetryRequest *request);

/* retry_looked_up: what follows for a message in doubt that the gateway was asked about: settled (ACCEPTED, DELIVERED,
 * FAILED, BOUNCED), RETURNED when the gateway never got it (where that is proven, see sent_day.h), else DOUBTED: asked
 * again at `due`, later each time, and left to a person (-1) once give_up has passed. */
RetryVerdict retry_looked_up(const RetryRequest *request);

/* retry_recognised: how long after its first attempt `gateway` recognises a message that it is sent again, ms; 0: for
 * ever, or such messages are not sent again by themselves. */
int64_t retry_recognised(const Gateway *gateway);

/* retry_recovered: when a message that a killed run left in doubt at `gateway` is due again: `now`, or when it can be
 * asked about, or -1: a person decides. */
int64_t retry_recovered(const Gateway *gateway, int64_t now);

#endif
