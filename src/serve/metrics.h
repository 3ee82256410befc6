/* metrics - the numbers of this moment for Prometheus: text exposition format, version 0.0.4.
 *
 * All of them are gauges of what the ledger says, but for what only grows (…_total). Nothing in it names a person.
 * Pure; threads: safe. */
#ifndef BREACH_SERVE_METRICS_H
#define BREACH_SERVE_METRICS_H

#include <jansson.h>

#include "serve/receipts.h"
#include "serve/stream.h"

#define METRICS_TYPE "text/plain; version=0.0.4; charset=utf-8"

typedef struct MetricsSource {
    const char *version; /* of breach */
    const json_t *live;  /* schema breach.live/1 (report/live.h); NULL: nothing was read yet */
    ReceiptsCounts receipts;
    StreamCounts stream;
} MetricsSource;

/* metrics_text: newly allocated. */
char *metrics_text(const MetricsSource *source);

#endif
