/* receipts - delivery reports from providers: proven, read as the gateway file says, and put into the inbox before they
 * are answered with 200. Whoever dispatches applies them.
 *
 * A report is answered so that the provider does what is right: 200 is "you need not send that again" (also for
 * messages that we do not know and for reports that say nothing new), 403 and 400 are "never like that", 503 is "try
 * again".
 *
 * Threads: one, but for receipts_counts(). */
#ifndef BREACH_SERVE_RECEIPTS_H
#define BREACH_SERVE_RECEIPTS_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "base/clock.h"
#include "ledger/ledger.h"
#include "model/gateway.h"
#include "serve/server.h"

#define RECEIPTS_PATH "/receipts/"

typedef struct ReceiptsCounts {
    int64_t recorded; /* put into the inbox */
    int64_t repeated; /* the same report about the same attempt again */
    int64_t ignored;  /* say nothing that changes anything */
    int64_t unknown;  /* name no message of this incident that the gateway got */
    int64_t forged;   /* not proven: 403 */
    int64_t broken;   /* cannot be read: 400 */
} ReceiptsCounts;

typedef struct Receipts Receipts;

/* receipts_new: nothing yet. receipts_add: the reports of `gateway` (kind http, with a receipt) are taken from now on;
 * it is borrowed until receipts_free(). Error: BREACH_ERROR_CONFIG, its secret cannot be read. receipts_use: from now
 * on they go into this ledger; while no request is handled. receipts_free: NULL is allowed. */
Receipts *receipts_new(Ledger *ledger, const Clock *clock);
bool receipts_add(Receipts *receipts, const Gateway *gateway, GError **error);
void receipts_use(Receipts *receipts, Ledger *ledger);
void receipts_free(Receipts *receipts);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Receipts, receipts_free)

/* receipts_handle: a handler of server.h for RECEIPTS_PATH; `user` is the Receipts. */
void receipts_handle(void *user, const ListenerRequest *request, ListenerReply *reply);

/* receipts_counts: so far; from any thread. */
ReceiptsCounts receipts_counts(const Receipts *receipts);

#endif
