/* sent_day - the day by which a provider finds a message again (Alibaba Cloud's SendDate): that of the attempt which it
 * took, in the gateway's zone.
 *
 * Of a message only its first attempt has a time that is kept. What was tried again may have been taken on any day
 * since, and what was handed over just before midnight on the next: then look-ups ask about these days in turn, and
 * "not found" on one of them proves nothing. Pure. Threads: safe. Times are wall time, ms. */
#ifndef BREACH_DISPATCH_SENT_DAY_H
#define BREACH_DISPATCH_SENT_DAY_H

#include <stdbool.h>
#include <stdint.h>

#include "model/gateway.h"

typedef struct SentDay {
    const Gateway *gateway; /* of kind http */
    int64_t first_at;       /* of the first attempt; 0: there was none, so it is today's */
    int attempt;            /* the one that is asked about, from 1 */
    int64_t now;
} SentDay;

/* sent_day_text: the day to ask about now, yyyymmdd; newly allocated. */
char *sent_day_text(const SentDay *request);

/* sent_day_proves: whether "not found" says that the provider never got it: its look-up is not by day, or there is only
 * one day that it can be. */
bool sent_day_proves(const SentDay *request);

#endif
