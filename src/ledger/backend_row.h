/* backend_row - the rows that pass between the ledger and its store; private to src/ledger, like backend.h. Rows are values.
 * Threads: as backend.h. */
#ifndef BREACH_LEDGER_BACKEND_ROW_H
#define BREACH_LEDGER_BACKEND_ROW_H

#include <stdbool.h>
#include <stdint.h>

#include "base/id.h"
#include "model/identity.h"
#include "model/message_state.h"

typedef struct LedgerRow { /* a message */
    int64_t no;
    char id[ID_MESSAGE_LENGTH + 1];
    int64_t notice;   /* the first that it serves */
    int64_t gateway;
    int64_t text;
    MessageState state;
    int attempt;
    int relay_doubts;
    bool was_in_doubt;
    bool twice;
    bool accepted_before; /* an earlier attempt turned out to be accepted while a later one was on its way */
    bool doubt_open;  /* claimed while in doubt, and nobody has settled that doubt since */
    int doubted;      /* with doubt_open: the first attempt that this is about */
    bool settled;     /* was in doubt, and a person has found since that it had not been taken */
    bool stands_in;   /* for one of an earlier edition that was cancelled in doubt: a second copy may arrive */
    bool solo;        /* the only message of the only notice of one person, and of nobody else */
    bool has_rungs;   /* of a solo message: its notice has channels left to go on to */
    int64_t due;      /* ms; -1: not due by itself */
    int64_t first_at; /* ms of the first claim; -1: never */
    int64_t run;      /* the run that has or had it; 0: none */
    int code;         /* of the latest reply; 0: none */
    char enhanced[12];/* "5.1.1" or "" */
} LedgerRow;

typedef struct LedgerServed { /* a notice that a message serves, with what its messages add up to */
    int64_t notice, person;
    int64_t audience;                /* number of the audience's name, for counters */
    int64_t edition;
    Told aside;                      /* counts when it has no messages */
    bool has_aside;                  /* it was left aside: messages that were cancelled do not count then */
    bool has_messages;               /* any that count */
    bool has_rungs;                  /* channels are left to go on to */
    bool every;                      /* each channel must get through */
    bool climbed;                    /* it has left its first rung */
    bool mine;                       /* of `served`: the message serves this very notice */
    uint32_t states[MESSAGE_STATES]; /* its messages by state */
} LedgerServed;

typedef struct LedgerRun {
    int64_t no;
    char id[ID_RUN_LENGTH + 1];
    char *boot;  /* owned by the receiver */
} LedgerRun;

typedef enum LedgerCounterKind {
    COUNTER_PERSON = 1,  /* state: Told */
    COUNTER_AUDIENCE,    /* name: audience number; state: Told of notices */
    COUNTER_CHANNEL,     /* name: channel number; state: MessageState */
    COUNTER_RESENT,
    COUNTER_TWICE,
    COUNTER_EDITION,     /* name: the edition itself; state: Told of people by their notices of that edition */
    COUNTER_CLIMB,       /* state: 0 notices that are to climb, 1 notices that have climbed */
    COUNTER_RETURNED,    /* state: BounceReason; how often a message came back for it, ever */
    COUNTER_MAIL,        /* state: LedgerMail; mails that changed nothing, ever */
} LedgerCounterKind;

#endif
