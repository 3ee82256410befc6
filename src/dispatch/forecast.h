/* forecast - when sending will be done, from what the gateways allow and what was measured before.
 *
 * Pure; threads: safe. A forecast leaves out what nobody knows: retries, pauses, relays that slow down, who climbs to
 * the next channel. */
#ifndef BREACH_DISPATCH_FORECAST_H
#define BREACH_DISPATCH_FORECAST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/gateway.h"
#include "model/quiet_hours.h"

typedef struct ForecastPart { /* messages that share a limit */
    int64_t messages;
    double rate;            /* messages a second; 0: no limit is known */
    const Gateway *gateway; /* whose quota and quiet hours hold; NULL: none */
    int64_t used;           /* of the gateway's quota today */
    bool is_share;          /* part of another part, as a domain with a rate of its own: it has no quota of its own */
} ForecastPart;

typedef struct ForecastRequest {
    const ForecastPart *parts; /* each gateway, and each domain with a rate of its own; they run side by side */
    size_t count;
    int64_t messages;        /* in all */
    double measured;         /* messages a second in an earlier run; 0: not known */
    int64_t now;             /* ms */
    const QuietHours *quiet; /* of the playbook, or NULL */
} ForecastRequest;

typedef struct Forecast {
    bool is_known;    /* there is a rate, a quota that decides, or a measurement for everything */
    int64_t duration; /* ms of sending; where it is not known, at least that */
    int64_t done_at;  /* ms; quiet hours and quotas counted */
} Forecast;

/* forecast_make: of all parts. forecast_part: of one of them alone, as if it had what was measured for itself. */
Forecast forecast_make(const ForecastRequest *request);
Forecast forecast_part(const ForecastRequest *request, const ForecastPart *part);

#endif
