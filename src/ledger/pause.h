/* pause - the brakes that we set ourselves: a gateway rests or is slowed down, a domain refuses us by policy. They
 * stand in the ledger so that another process can show them, and a later run knows.
 *
 * Ownership: lists own what is in them; what is handed in is borrowed during the call. Threads and errors: as ledger.h.
 */
#ifndef BREACH_LEDGER_PAUSE_H
#define BREACH_LEDGER_PAUSE_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "ledger/ledger.h"

typedef enum PauseScope {
    PAUSE_GATEWAY, /* it rests after trouble; forgotten by the next run */
    PAUSE_RATE,    /* it is slowed down; `until` is 0: until it recovers; forgotten by the next run */
    PAUSE_DOMAIN,  /* it refuses us by policy; the next run keeps to it */
    PAUSE_SCOPES
} PauseScope;

typedef struct Pause {
    PauseScope scope;
    char *name;    /* owned; of the gateway or the domain */
    int64_t until; /* ms; 0: not known */
    char *reason;  /* owned */
    int64_t at;    /* ms */
    int times;     /* how many pauses in a row this is, from 1 */
} Pause;

/* pause_scope_name: "gateway", "rate", "domain". */
const char *pause_scope_name(PauseScope scope);

/* pause_list: all pauses; a new array. pause_put replaces one of the same scope and name, pause_drop removes it; in a
 * batch. */
GPtrArray *pause_list(Ledger *ledger, GError **error);
const Pause *pause_find(const GPtrArray *list, PauseScope scope, const char *name);
bool pause_put(Ledger *ledger, const Pause *pause, GError **error);
bool pause_drop(Ledger *ledger, PauseScope scope, const char *name, GError **error);

void pause_free(Pause *pause);

#endif
