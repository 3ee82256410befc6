/* hold - the brakes in the ledger: holds, which a person sets and lifts, and pauses, which we set ourselves.
 *
 * A hold is durable, names what it stops by a name that survives planning again, and is an event in the log ("held",
 * "lifted") with its reason and who gave it. A pause says why nothing is sent to a domain or by a gateway for a while,
 * so that another process can show it, and a later run knows.
 *
 * Ownership: lists own what is in them; what is handed in is borrowed during the call. Threads and errors: as ledger.h. */
#ifndef BREACH_LEDGER_HOLD_H
#define BREACH_LEDGER_HOLD_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>
#include <jansson.h>

#include "ledger/ledger.h"

typedef enum HoldScope {
    HOLD_EVERYTHING, /* its name is "" */
    HOLD_GATEWAY,
    HOLD_CHANNEL,
    HOLD_AUDIENCE,
    HOLD_DOMAIN,     /* of the recipient's address; ASCII, lower case */
    HOLD_PERSON,     /* id in the people file */
    HOLD_SCOPES
} HoldScope;

typedef struct Hold {
    HoldScope scope;
    char *name;   /* owned */
    char *reason; /* owned */
    char *by;     /* owned; login@host */
    int64_t at;   /* ms */
} Hold;

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

/* hold_scope_name: "everything", "gateway", … hold_scope_parse: false when there is no such scope. The same of pauses. */
const char *hold_scope_name(HoldScope scope);
bool hold_scope_parse(const char *name, HoldScope *scope);
const char *pause_scope_name(PauseScope scope);

/* hold_words: what a hold or a pause is on, as a person says it: "everything", "domain qq.com"; newly allocated. */
char *hold_words(const Hold *hold);

/* hold_list: all holds, everything first, then by scope and name; a new array. */
GPtrArray *hold_list(Ledger *ledger, GError **error);
const Hold *hold_find(const GPtrArray *holds, HoldScope scope, const char *name);

/* hold_set, hold_lift: in a batch: the row and its event. *changed: false when it was held already, or not held, and
 * nothing was written. Lifting takes scope, name, reason, by and at of `hold`. */
bool hold_set(Ledger *ledger, const Hold *hold, bool *changed, GError **error);
bool hold_lift(Ledger *ledger, const Hold *hold, bool *changed, GError **error);

/* hold_entry: the inbox entry that asks for a hold, or to lift one; a new reference. NULL when a text is not UTF-8.
 * hold_is_entry: whether an entry is one. hold_apply: in a batch: does what the entry says; *why is set (static) when
 * it cannot be done. */
json_t *hold_entry(const Hold *hold, bool lift);
bool hold_is_entry(const json_t *entry);
bool hold_apply(Ledger *ledger, const json_t *entry, const char **why, GError **error);

/* pause_list: all pauses; a new array. pause_put replaces one of the same scope and name, pause_drop removes it; in a
 * batch. */
GPtrArray *pause_list(Ledger *ledger, GError **error);
bool pause_put(Ledger *ledger, const Pause *pause, GError **error);
bool pause_drop(Ledger *ledger, PauseScope scope, const char *name, GError **error);

void hold_free(Hold *hold);
void pause_free(Pause *pause);

#endif
