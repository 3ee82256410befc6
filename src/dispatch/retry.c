#include "dispatch/retry.h"

#include <glib.h>

/* 80 % to 120 % of `delay`, by the message and the attempt. */
static int64_t with_jitter(int64_t delay, const char *id, int attempt)
{
    uint32_t hash = g_str_hash(id) * 2654435761U + (uint32_t)attempt * 40503U;

    return delay * (80 + hash % 41) / 100;
}

static int64_t delay_of(const RetryRequest *request)
{
    int doublings = MIN(MAX(request->attempt - 1, 0), 20);
    int64_t delay = MIN(request->gateway->retry_after << doublings, (int64_t)RETRY_DELAY_MAX);

    delay = MAX(delay, request->gateway->retry_after);
    return with_jitter(delay, request->id, request->attempt);
}

/* The last try comes at the very end of give_up, however long the back-off has become by then. */
static RetryVerdict later(const RetryRequest *request)
{
    int64_t end = request->first_at + request->gateway->give_up;

    if (request->now >= end)
        return (RetryVerdict){.event = EVENT_FAILED, .due = -1, .gave_up = true};
    return (RetryVerdict){.event = EVENT_DEFERRED, .due = MIN(request->now + delay_of(request), end)};
}

static RetryVerdict doubt(const RetryRequest *request)
{
    bool again = request->gateway->in_doubt == GATEWAY_DOUBT_RESEND && request->relay_doubts < RETRY_RESENDS_MAX;

    return (RetryVerdict){.event = EVENT_DOUBTED, .due = again ? request->now : -1};
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
    case CHANNEL_NOT_SENT:
        /* A message on which sessions break again and again must not keep the others from theirs. */
        if (request->at_fault && request->attempt > RETRY_BROKEN_MAX)
            return later(request);
        return (RetryVerdict){.event = EVENT_RETURNED, .due = request->now};
    case CHANNEL_TEMPORARY:
    case CHANNEL_POLICY:
        break;
    }
    return later(request);
}

int64_t retry_recovered(const Gateway *gateway, int64_t now)
{
    return gateway->in_doubt == GATEWAY_DOUBT_HOLD ? -1 : now;
}
