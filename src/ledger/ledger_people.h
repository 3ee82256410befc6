/* ledger_people - everybody in one state, one after the other: for lists that name people.
 *
 * Reads only, in one snapshot, and holds one person at a time, so that a list has no limit. Threads and errors: as
 * ledger.h; not inside a batch. */
#ifndef BREACH_LEDGER_LEDGER_PEOPLE_H
#define BREACH_LEDGER_LEDGER_PEOPLE_H

#include <stdbool.h>
#include <stdint.h>

#include "ledger/ledger.h"

/* Somebody, with the notice and the message that decide their state. Strings are borrowed during the call. */
typedef struct LedgerPerson {
    int64_t row;          /* data row of the people file; 0: no longer in it */
    const char *id;       /* NULL: the row has none of its own */
    const char *audience; /* "" when none fits */
    const char *reason;   /* why the plan or a person left them aside; NULL: nobody did */
    const char *data;     /* what is stored of them, through base/seal; NULL: nothing could be read */
    const char *message;  /* id; NULL: there is none, and nothing below is set */
    MessageState state;
    const char *endpoint; /* readable */
    const char *channel;
    int code;             /* of the latest reply; 0: none that could be used */
    const char *enhanced; /* "5.1.1" or "" */
    int64_t due;          /* ms; -1: not due by itself */
} LedgerPerson;

/* LedgerPersonTold: receives one; false: no more are wanted. */
typedef bool LedgerPersonTold(const LedgerPerson *person, void *user);

/* ledger_people: calls `receive` once for everybody who counts as `told`, as ledger_counts() counts them. Those with
 * several notices come last; otherwise in the order in which they were planned. */
bool ledger_people(Ledger *ledger, Told told, LedgerPersonTold *receive, void *user, GError **error);

#endif
