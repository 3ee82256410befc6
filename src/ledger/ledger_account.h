/* ledger_account - what a report counts: tables over the rows and the events, each by one query that anybody can put to
 * the ledger again, and how the identity came about.
 *
 * Reads only, and works while another process dispatches. Ownership: as said at each function. Threads and errors: as
 * ledger.h; not inside a batch. */
#ifndef BREACH_LEDGER_LEDGER_ACCOUNT_H
#define BREACH_LEDGER_LEDGER_ACCOUNT_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>
#include <jansson.h>

#include "ledger/ledger.h"

/* ledger_snapshot: what is read from now on is of one instant, whoever writes meanwhile; until ledger_snapshot_end().
 */
bool ledger_snapshot(Ledger *ledger, GError **error);
void ledger_snapshot_end(Ledger *ledger);

/* One table of a report. */
typedef struct LedgerTable {
    const char *name; /* "messages" */
    const char *sql;  /* the query, as sqlite3 takes it; its columns are the members of a row */
    bool is_check;    /* the report gets the same in another, faster way: only for whoever wants to check it */
    bool is_one;      /* exactly one row, given as an object */
} LedgerTable;

/* ledger_tables: all of them, ended by one without a name; static. ledger_table: the rows of one as a new array of
 * objects, or the one row as an object; a column `body` is the JSON that it holds. */
const LedgerTable *ledger_tables(const Ledger *ledger);
json_t *ledger_table(Ledger *ledger, const char *name, GError **error);

/* The people by their state after an event. */
typedef struct LedgerMoment {
    int64_t event; /* number of the last event that is in it */
    int64_t at;    /* ms; of that event */
    int64_t told[TOLD_STATES];
} LedgerMoment;

#define LEDGER_MOMENTS_MOST 400

/* ledger_moments: how the identity came to be what it is, oldest first, from the plan to now; the more of it moves the
 * more often, LEDGER_MOMENTS_MOST at most, and always the event since which 95 % have been told without a break, with
 * the one before it; a new array of LedgerMoment, empty only when there is no event. It is taken
 * back event by event from what is true now, so the last moment is the identity, and the others are exact as far as
 * events say what happened: outcomes, receipts, decisions about messages, climbs. A claim is no event: what is sent
 * again while in doubt stays in doubt until its outcome. Nor has what a later plan changed by itself one for each
 * person: whom it added is left out before it, first of the pending, then of those left aside; whom it mended is shown
 * as after it from the start. */
GArray *ledger_moments(Ledger *ledger, GError **error);

#endif
