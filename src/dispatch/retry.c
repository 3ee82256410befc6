#include "dispatch/retry.h"

#include <glib.h>

#include "dispatch/sent_day.h"

/* 80 % to 120 % of `delay`, by the message and the attempt. */
static int64_t with_jitter(int64_t delay, const char *id, int attempt)
{
    uint32_t hash = g_str_hash(id) * 2654435761U + (uint32_t)attempt * 40503U;

    return delay * (80 + hash % 41) / 100;
}

static int64_t delay_of(const RetryRequest *request)
{
    int64_t first = request->is_load ? RETRY_LOAD_FIRST : request->gateway->retry_after;
    int doublings = MIN(MAX(request->attempt - 1, 0), 20);
    int64_t delay = MAX(MIN(first << doublings, (int64_t)RETRY_DELAY_MAX), first);

    return MAX(with_jitter(delay, request->id, request->attempt), request->retry_after);
}

/* The last try comes at the very end of give_up, however long the back-off has become by then. */
static RetryVerdict later(const RetryRequest *request)
{
    int64_t end = request->first_at + request->gateway->give_up;

    if (request->now >= end)
        return (RetryVerdict){.event = EVENT_FAILED, .due = -1, .gave_up = true};
    return (RetryVerdict){.event = EVENT_DEFERRED, .due = MIN(request->now + delay_of(request), end)};
}

/* Whether the gateway still recognises a repeated message. */
static bool is_recognised(const RetryRequest *request)
{
    const GatewayHttp *http = request->gateway->http;

    return !http || !http->idempotency.is_there || request->now - request->first_at < http->idempotency.valid;
}

static RetryVerdict doubt(const RetryRequest *request)
{
    RetryVerdict verdict = {.event = EVENT_DOUBTED, .due = -1};

    if (request->gateway->in_doubt == GATEWAY_DOUBT_QUERY &&
        request->now < request->first_at + request->gateway->give_up)
        verdict.due = request->now + request->gateway->lookup_after;
    if (request->gateway->in_doubt == GATEWAY_DOUBT_RESEND && request->relay_doubts < RETRY_RESENDS_MAX &&
        is_recognised(request))
        verdict.due = request->now;
    return verdict;
}

RetryVerdict retry_decide(const RetryRequest *request)
{
    switch (request->result) {
    case CHANNEL_ACCEPTED:
        return (RetryVerdict){.event = EVENT_ACCEPTED, .due = -1};
    case CHANNEL_PERMANENT:
        return (RetryVerdict){.event = EVENT_FAILED, .due = -1};
    case CHANNEL_IN_DOUBT:
        return doubt(request);
    case CHANNEL_UNFIT:
        return (RetryVerdict){.event = EVENT_QUARANTINED, .due = -1};
    case CHANNEL_NOT_SENT:
        /* A message on which sessions break again and again must not keep the others from theirs. */
        if (request->at_fault && request->attempt > RETRY_BROKEN_MAX)
            return later(request);
        return (RetryVerdict){.event = EVENT_RETURNED, .due = request->now};
    case CHANNEL_TEMPORARY:
    case CHANNEL_POLICY:
    case CHANNEL_LOOKED_UP: /* see retry_looked_up() */
        break;
    }
    return later(request);
}

/* The longer it has been unknown, the longer the next look can wait. */
static RetryVerdict look_again(const RetryRequest *request)
{
    int64_t age = request->now - request->first_at;
    int64_t wait = CLAMP(age / 2, (int64_t)RETRY_LOOK_MIN, (int64_t)RETRY_LOOK_MAX);
    bool again = age < request->gateway->give_up;

    wait = MAX(wait, request->retry_after);
    return (RetryVerdict){.event = EVENT_DOUBTED, .due = again ? request->now + wait : -1, .gave_up = !again};
}

/* A provider that is asked about one day does not know of a message that it took on another. */
static bool is_believed(const RetryRequest *request)
{
    return request->fate != CHANNEL_FATE_NOT_FOUND ||
           sent_day_proves(&(SentDay){request->gateway, request->first_at, request->attempt, request->now});
}

RetryVerdict retry_looked_up(const RetryRequest *request)
{
    static const MessageEvent events[] = {
        [CHANNEL_FATE_UNKNOWN] = EVENT_DOUBTED,   [CHANNEL_FATE_NOT_FOUND] = EVENT_RETURNED,
        [CHANNEL_FATE_ACCEPTED] = EVENT_ACCEPTED, [CHANNEL_FATE_DELIVERED] = EVENT_DELIVERED,
        [CHANNEL_FATE_FAILED] = EVENT_FAILED,     [CHANNEL_FATE_BOUNCED] = EVENT_BOUNCED,
    };

    if (request->result != CHANNEL_LOOKED_UP || request->fate == CHANNEL_FATE_UNKNOWN || !is_believed(request))
        return look_again(request);
    return (RetryVerdict){.event = events[request->fate],
                          .due = request->fate == CHANNEL_FATE_NOT_FOUND ? request->now : -1};
}

int64_t retry_recognised(const Gateway *gateway)
{
    bool has_key = gateway->http && gateway->http->idempotency.is_there;

    return has_key && gateway->in_doubt == GATEWAY_DOUBT_RESEND ? gateway->http->idempotency.valid : 0;
}

int64_t retry_recovered(const Gateway *gateway, int64_t now)
{
    switch (gateway->in_doubt) {
    case GATEWAY_DOUBT_HOLD:
        return -1;
    case GATEWAY_DOUBT_QUERY:
        return now + gateway->lookup_after;
    case GATEWAY_DOUBT_RESEND:
        break;
    }
    return now;
}
