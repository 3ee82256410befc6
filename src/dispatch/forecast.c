#include "dispatch/forecast.h"

#include <glib.h>

#include "base/clock.h"

#define STEP     (10 * CLOCK_MINUTE)
#define FARTHEST (366 * CLOCK_DAY)

static int64_t span_of(int64_t messages, double rate)
{
    double span = (double)messages / rate * (double)CLOCK_SECOND;

    return span >= (double)FARTHEST ? FARTHEST : (int64_t)span;
}

/* Goes forward in steps and rests in the quiet hours. */
static int64_t pass(const QuietHours *quiet, int64_t at, int64_t duration)
{
    int64_t limit = at + 2 * FARTHEST;

    while (duration > 0 && at < limit) {
        int64_t until = quiet ? quiet_hours_until(quiet, NULL, at) : 0;
        int64_t step = MIN(duration, quiet ? STEP : duration);

        if (until > at) {
            at = until;
            continue;
        }
        at += step;
        duration -= step;
    }
    return at;
}

Forecast forecast_make(const ForecastRequest *request)
{
    Forecast forecast = {.is_known = request->measured > 0 || request->messages == 0};
    int64_t unlimited = 0;

    for (size_t i = 0; i < request->count; i++) {
        const ForecastPart *part = &request->parts[i];

        if (part->rate > 0)
            forecast.duration = MAX(forecast.duration, span_of(part->messages, part->rate));
        else
            unlimited += part->messages;
    }
    if (request->measured > 0)
        forecast.duration = MAX(forecast.duration, span_of(request->messages, request->measured));
    forecast.is_known = forecast.is_known || unlimited == 0;
    forecast.done_at = pass(request->quiet, request->now, forecast.duration);
    return forecast;
}
