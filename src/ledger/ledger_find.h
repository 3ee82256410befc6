/* ledger_find - who is behind an address or a notice number: for whoever asks "am I affected?".
 *
 * Addresses lie behind the seal, so they are compared one by one, while they pass: one pass over the messages and one
 * over the people, with one of each in memory at a time. A notice number leads to the beginning of a message id, which
 * has an index. Reads only, and works while another process dispatches. Ownership: arrays own their elements. Threads
 * and errors: as ledger.h. */
#ifndef BREACH_LEDGER_LEDGER_FIND_H
#define BREACH_LEDGER_LEDGER_FIND_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "ledger/ledger.h"

#define LEDGER_FIND_MOST 50 /* people behind one address */

/* LedgerFindTest: whether this is what is looked for: the endpoint of a message, or what was frozen of a person
 * (canonical JSON); readable, borrowed during the call. */
typedef bool LedgerFindTest(const char *text, bool is_data, void *user);

/* Why somebody is told, or is not. */
typedef struct LedgerFoundNotice {
    char *audience; /* owned; "" when none fits */
    int aside;      /* a Told, for a notice without messages; -1: it has some */
    char *reason;   /* owned; or NULL */
    int edition;
} LedgerFoundNotice;

typedef struct LedgerFound {
    int64_t no;         /* for LedgerFilter.person_no */
    int64_t row;        /* of the people file; 0: no longer in it */
    char *id;           /* owned; NULL: the row has none of its own */
    char *data;         /* owned; readable; NULL for a row that could not be read */
    GPtrArray *notices; /* owned; of LedgerFoundNotice * */
} LedgerFound;

/* ledger_find: everybody whom the test finds, at most LEDGER_FIND_MOST; of LedgerFound *. ledger_find_number: those
 * whom the message of a notice number serves; `number` as id_number() writes it. */
GPtrArray *ledger_find(Ledger *ledger, LedgerFindTest *test, void *user, GError **error);
GPtrArray *ledger_find_number(Ledger *ledger, const char *number, GError **error);

void ledger_found_free(LedgerFound *found);

#endif
