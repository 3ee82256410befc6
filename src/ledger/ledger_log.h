/* ledger_log - what the events say to whoever watches or takes over: what went wrong lately, and what people decided.
 *
 * Reads only, and works while another process dispatches. Ownership: arrays own their elements. Threads and errors: as
 * ledger.h. */
#ifndef BREACH_LEDGER_LEDGER_LOG_H
#define BREACH_LEDGER_LEDGER_LOG_H

#include <stdint.h>

#include <glib.h>
#include <jansson.h>

#include "ledger/ledger.h"

#define LEDGER_LOG_TAIL 10000 /* events that the first reading looks at */
#define LEDGER_LOG_MOST 50000 /* events that a later one does, the latest: a reading has a limit whatever happened */

/* How far the events were read; zeroed before the first reading. */
typedef struct LedgerLogPlace {
    int64_t last;  /* number of the last event that was read; 0: nothing was */
    int64_t since; /* ms; of the first one; 0: there was none */
} LedgerLogPlace;

/* LedgerTrouble: attempts that did not end well, alike in all that is said here. */
typedef struct LedgerTrouble {
    MessageEvent event; /* DEFERRED, FAILED, DOUBTED, BOUNCED or QUARANTINED */
    int code;           /* 0: no answer that could be used */
    char enhanced[12];
    char *gateway, *channel; /* owned */
    int64_t count;
    int64_t last; /* ms; the latest of them */
} LedgerTrouble;

/* ledger_log_troubles: of LedgerTrouble *: those since `place`, which moves on. */
GPtrArray *ledger_log_troubles(Ledger *ledger, LedgerLogPlace *place, GError **error);
void ledger_trouble_free(LedgerTrouble *trouble);

/* LedgerNote: something that a person decided, or a plan. */
typedef struct LedgerNote {
    int64_t at;    /* ms; the latest of them */
    int64_t count; /* events that are alike */
    json_t *body;  /* owned reference; the event; of several that are alike {"event", "by"}, and of decisions about
                    * people {"event", "by", "decision", "reason"} */
} LedgerNote;

/* ledger_log_notes: of LedgerNote *, oldest first: what was planned, confirmed, held, lifted, allowed, decided and
 * published since `since` (ms), and what people decided about people and messages, counted by who decided what. One pass over the
 * events. */
GPtrArray *ledger_log_notes(Ledger *ledger, int64_t since, GError **error);
void ledger_note_free(LedgerNote *note);

#endif
