/* receipts_proof - whether a delivery report comes from the provider.
 *
 * Pure; threads: safe. */
#ifndef BREACH_SERVE_RECEIPTS_PROOF_H
#define BREACH_SERVE_RECEIPTS_PROOF_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "model/gateway_http.h"
#include "serve/server.h"

/* receipts_is_proven: `query` as sign_pairs() gives it; `now` in ms. */
bool receipts_is_proven(const GatewayReceipt *receipt, const char *secret, const ListenerRequest *request,
                        GHashTable *query, int64_t now);

#endif
