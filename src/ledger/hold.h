/* hold - the brakes that a person sets and lifts; those that we set ourselves are pauses (ledger/pause.h).
 *
 * A hold is durable, names what it stops by a name that survives planning again, and is an event in the log ("held",
 * "lifted") with its reason and who gave it. One that follows from a decision of the case (an authority asks to wait)
 * names that decision, stands beside a person's own on the same thing, ends by itself, and is lifted with its decision.
 *
 * Ownership: lists own what is in them; what is handed in is borrowed during the call. Threads and errors: as ledger.h.
 */
#ifndef BREACH_LEDGER_HOLD_H
#define BREACH_LEDGER_HOLD_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>
#include <jansson.h>

#include "ledger/ledger.h"
#include "ledger/pause.h"

#define HOLD_DECISION "decision " /* what a cause begins with; its number follows */

typedef enum HoldScope {
    HOLD_EVERYTHING, /* its name is "" */
    HOLD_GATEWAY,
    HOLD_CHANNEL,
    HOLD_AUDIENCE,
    HOLD_DOMAIN, /* of the recipient's address; ASCII, lower case */
    HOLD_PERSON, /* id in the people file */
    HOLD_REGION, /* where people are, as their column says it; see model/region.h */
    HOLD_SCOPES
} HoldScope;

typedef struct Hold {
    HoldScope scope;
    char *name;    /* owned */
    char *reason;  /* owned */
    char *by;      /* owned; login@host */
    int64_t at;    /* ms */
    char *cause;   /* owned; the decision that it follows from, "decision 4"; NULL or "": a person's own */
    int64_t until; /* ms; when it ends by itself; 0: never */
} Hold;

/* hold_scope_name: "everything", "gateway", … hold_scope_parse: false when there is no such scope. */
const char *hold_scope_name(HoldScope scope);
bool hold_scope_parse(const char *name, HoldScope *scope);

/* hold_words: what a hold is on, as a person says it: "everything", "domain qq.com"; newly allocated. */
char *hold_words(const Hold *hold);

/* hold_list: all holds, everything first, then by scope and name; a new array. */
GPtrArray *hold_list(Ledger *ledger, GError **error);

/* hold_find: of those on this that are in force at `now` the one that lasts longest; NULL: none is. hold_find_own: the
 * one of this cause, whether it has ended or not. hold_is_over: whether it has ended by itself. */
const Hold *hold_find(const GPtrArray *holds, HoldScope scope, const char *name, int64_t now);
const Hold *hold_find_own(const GPtrArray *holds, HoldScope scope, const char *name, const char *cause);
bool hold_is_over(const Hold *hold, int64_t now);

/* hold_set, hold_lift: in a batch: the row and its event. *changed: false when it was held already, or not held, and
 * nothing was written. One of a decision that was taken again gets its new end in place: what it holds is never free in
 * between. Lifting takes scope, name, cause, reason, by and at of `hold`; that of a domain ends its pause
 * as well. hold_expire: in a batch: lifts those that have ended by themselves. */
bool hold_set(Ledger *ledger, const Hold *hold, bool *changed, GError **error);
bool hold_lift(Ledger *ledger, const Hold *hold, bool *changed, GError **error);
bool hold_expire(Ledger *ledger, int64_t now, GError **error);

/* hold_entry: the inbox entry that asks for a hold, or to lift one; a new reference. NULL when a text is not UTF-8.
 * hold_is_entry: whether an entry is one; hold_entry_is_about: one about the same thing, of the same cause.
 * hold_apply: in a batch: does what the entry says; *why is set (static) when it cannot be done. */
json_t *hold_entry(const Hold *hold, bool lift);
bool hold_is_entry(const json_t *entry);
bool hold_entry_is_about(const json_t *entry, const Hold *hold);
bool hold_apply(Ledger *ledger, const json_t *entry, const char **why, GError **error);

void hold_free(Hold *hold);

#endif
