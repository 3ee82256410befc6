#include "dispatch/forecast.h"

#include <glib.h>

#include "base/clock.h"
#include "dispatch/day.h"

#define STEP     (10 * CLOCK_MINUTE)
#define FARTHEST (366 * CLOCK_DAY)

static int64_t span_of(int64_t messages, double rate)
{
    double span = (double)messages / rate * (double)CLOCK_SECOND;

    return span >= (double)FARTHEST ? FARTHEST : (int64_t)span;
}

typedef struct Walk { /* how one part goes on */
    const ForecastRequest *request;
    const ForecastPart *part;
    const char *channel;          /* NULL: any */
    const QuietHours *own;        /* of the gateway, or NULL */
    double rate;                  /* 0: what is left goes at once */
    int64_t quota;                /* 0: none */
    int64_t at, left, used, ends; /* `ends`: of the day that `used` is about */
} Walk;

static int64_t quiet_until(const Walk *walk)
{
    const QuietHours *general = walk->request->quiet;
    int64_t until = general ? quiet_hours_until(general, walk->channel, walk->at) : 0;
    int64_t own = walk->own ? quiet_hours_until(walk->own, walk->channel, walk->at) : 0;

    return MAX(until, own);
}

/* The next day has its quota again. */
static void begin_day(Walk *walk)
{
    int64_t begins;

    if (walk->quota == 0 || walk->at < walk->ends)
        return;
    day_bounds(walk->part->gateway, walk->at, &begins, &walk->ends);
    walk->used = 0;
}

/* How many go in `span` ms: at least one, so that a slow gateway comes to an end, too. */
static int64_t batch_of(const Walk *walk, int64_t span)
{
    double fits = walk->rate > 0 ? walk->rate * (double)span / (double)CLOCK_SECOND : (double)walk->left;
    int64_t batch = fits >= (double)walk->left ? walk->left : MAX((int64_t)fits, INT64_C(1));

    return walk->quota > 0 ? MIN(batch, walk->quota - walk->used) : batch;
}

static void send_batch(Walk *walk)
{
    bool rests = walk->request->quiet || walk->own;
    int64_t span = rests ? STEP : FARTHEST;
    int64_t batch;

    if (walk->quota > 0)
        span = MIN(span, walk->ends - walk->at);
    batch = batch_of(walk, span);
    walk->left -= batch;
    walk->used += batch;
    walk->at += walk->rate > 0 ? span_of(batch, walk->rate) : 0;
}

static int64_t walk_to_end(Walk *walk)
{
    int64_t limit = walk->at + 2 * FARTHEST;

    while (walk->left > 0 && walk->at < limit) {
        int64_t until = quiet_until(walk);

        begin_day(walk);
        if (until > walk->at)
            walk->at = until;
        else if (walk->quota > 0 && walk->used >= walk->quota)
            walk->at = walk->ends;
        else
            send_batch(walk);
    }
    return walk->at;
}

/* The slower of what it allows and what was measured. */
static double rate_of(const ForecastRequest *request, const ForecastPart *part)
{
    if (part->rate <= 0 || request->measured <= 0)
        return MAX(part->rate, request->measured);
    return MIN(part->rate, request->measured);
}

Forecast forecast_part(const ForecastRequest *request, const ForecastPart *part)
{
    const Gateway *gateway = part->gateway;
    Walk walk = {.request = request,
                 .part = part,
                 .channel = gateway ? gateway->channel : NULL,
                 .own = gateway ? gateway->quiet_hours : NULL,
                 .rate = rate_of(request, part),
                 .quota = gateway && !part->is_share ? gateway->quota : 0,
                 .at = request->now,
                 .left = part->messages,
                 .used = part->used};
    /* what is handed over on paper is written faster than anybody can count */
    Forecast forecast = {.is_known = walk.rate > 0 || part->messages == 0 || (gateway && gateway->print)};
    int64_t begins;

    if (walk.quota > 0) {
        day_bounds(gateway, request->now, &begins, &walk.ends);
        forecast.is_known = forecast.is_known || part->messages > walk.quota - walk.used; /* the days decide */
    }
    forecast.duration = walk.rate > 0 ? span_of(part->messages, walk.rate) : 0;
    forecast.done_at = walk_to_end(&walk);
    return forecast;
}

Forecast forecast_make(const ForecastRequest *request)
{
    const ForecastPart whole = {.messages = request->messages};
    Forecast forecast = {.is_known = true, .done_at = request->now};

    for (size_t i = 0; i <= request->count; i++) {
        bool is_whole = i == request->count; /* what was measured was measured of everything together */
        Forecast part;

        if (is_whole && request->measured <= 0)
            break;
        part = forecast_part(request, is_whole ? &whole : &request->parts[i]);
        forecast.is_known = forecast.is_known && part.is_known;
        forecast.duration = MAX(forecast.duration, part.duration);
        forecast.done_at = MAX(forecast.done_at, part.done_at);
    }
    return forecast;
}
