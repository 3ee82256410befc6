/* polled - accepted messages of a gateway that has to be asked what became of them, and when it was asked last.
 *
 * Threads and errors: as ledger.h. */
#ifndef BREACH_LEDGER_POLLED_H
#define BREACH_LEDGER_POLLED_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "ledger/ledger.h"

typedef struct Polled {
    char id[ID_MESSAGE_LENGTH + 1];
    char *provider_id; /* owned; what the gateway calls it */
    char *endpoint;    /* owned; as it was stored (see base/seal) */
    int attempt;
    int64_t first_at; /* ms */
} Polled;

void polled_free(Polled *polled);

/* polled_list: of Polled *: messages that the gateway has accepted and of which nothing more is known, by the gateway's
 * own id, those after `after` ("": from the first), at most `limit`; owned by the array. */
GPtrArray *polled_list(Ledger *ledger, const char *gateway, const char *after, int limit, GError **error);

/* polled_at: when the gateway was asked last, ms; 0: never. polled_note: that it was; a transaction of its own. */
bool polled_at(Ledger *ledger, const char *gateway, int64_t *at, GError **error);
bool polled_note(Ledger *ledger, const char *gateway, int64_t at, GError **error);

#endif
