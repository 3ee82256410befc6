/* poll - receipts that have to be fetched: a gateway whose look-up polls is asked about every message that it has
 * accepted, and what it says goes into the inbox as a receipt.
 *
 * Threads: the one that owns the ledger; it blocks until the gateway has been asked. */
#ifndef BREACH_DISPATCH_POLL_H
#define BREACH_DISPATCH_POLL_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "base/clock.h"
#include "channel/channel.h"
#include "ledger/ledger.h"
#include "model/gateway.h"

typedef struct PollResult {
    int64_t asked;
    int64_t settled; /* receipts that went into the inbox */
} PollResult;

/* poll_gateway: asks about all of them, unless the gateway does not poll or was asked less than its interval ago. Adds
 * to *result. Errors: as ledger.h; BREACH_ERROR_CONFIG and _TEMPORARY where the gateway could not be asked: what it had
 * said before is in the inbox. */
bool poll_gateway(Ledger *ledger, const Gateway *gateway, const ChannelEngine *engine, const Clock *clock,
                  PollResult *result, GError **error);

#endif
