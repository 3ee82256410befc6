/* ledger_select - messages by what they have in common: for retry, resolve and whoever must be shown a list.
 *
 * Reads only, and works while another process dispatches; what it finds may have changed by the time somebody acts on
 * it, which is why an inbox entry names the attempt. One pass over the messages: a million take well under a second.
 * Ownership: arrays own their elements. Threads and errors: as ledger.h. */
#ifndef BREACH_LEDGER_LEDGER_SELECT_H
#define BREACH_LEDGER_LEDGER_SELECT_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "ledger/ledger.h"

#define SELECT_STATE(state) (UINT32_C(1) << (state))

/* Everything that is given must hold; what is zero or NULL is not asked. Strings are borrowed. */
typedef struct LedgerFilter {
    uint32_t states;     /* SELECT_STATE() of each that counts; at least one */
    bool held;           /* of those in doubt only the ones that wait for a person */
    bool by_person;      /* of those withheld only the ones that a person withheld, not a plan */
    bool still_wanted;    /* only where somebody is in the people file, is withheld by no decision and not by the plan, and
                             no other message of the same notice has told them or still may */
    const char *message; /* id */
    const char *person;  /* id: messages that serve them, maybe others too */
    int64_t row;         /* data row of the people file */
    int64_t person_no;   /* LedgerFound.no */
    const char *audience, *channel, *gateway;
    const char *domain;   /* of the endpoint; lower-case ASCII */
    int64_t last;         /* only those up to this number */
    int code;             /* "550" */
    const char *enhanced; /* "5.1.1", or the first parts of one: "5.1", "5" */
} LedgerFilter;

typedef struct LedgerMatch {
    int64_t no;
    char id[ID_MESSAGE_LENGTH + 1];
    MessageState state;
    int attempt;
    int relay_doubts;
    bool held;
    int64_t first_at; /* ms; -1: never tried */
    int code;
    char enhanced[12];
    char *endpoint;                     /* owned; readable */
    char *audience, *channel, *gateway; /* owned */
    char *person;                       /* owned; id of the first person it serves; NULL: a row without one */
    int64_t row;                        /* of that person */
    int people;                         /* how many it serves */
    bool gone;                          /* none of them is in the people file any more */
    bool unwanted;                      /* none of them is to be told: gone, withheld by the plan or by decisions */
    /* with ledger_select_details() */
    int doubts;         /* how often it was in doubt */
    int64_t changed_at; /* ms; of its latest event; -1: none */
    int64_t made_at;    /* ms; where that event is the outcome of an attempt: the time in the Date header of what was
                           handed over; -1: it does not say */
    char *reply;        /* owned; the words of its latest event, or NULL */
} LedgerMatch;

void ledger_match_free(LedgerMatch *match);

/* ledger_select: of LedgerMatch *, by number, of those after number `after` (0: from the first), at most `limit`. */
GPtrArray *ledger_select(Ledger *ledger, const LedgerFilter *filter, int64_t after, int limit, GError **error);

/* ledger_select_details: looks up the latest event of each; one pass over the events, so for a page, not for all. */
bool ledger_select_details(Ledger *ledger, GPtrArray *matches, GError **error);

/* ledger_sent: *no is the message of this id, *attempt its latest attempt; *no is 0 where there is none of that id, or it
 * never went out by this channel. Whatever gateway it went by. */
bool ledger_sent(Ledger *ledger, const char *id, const char *channel, int64_t *no, int *attempt, GError **error);

/* LedgerGroup, ledger_select_groups: how many messages ended alike, most frequent first. */
typedef struct LedgerGroup {
    MessageState state;
    int code; /* 0: no answer that could be used */
    char enhanced[12];
    int64_t messages;
    char *sample; /* owned; id of one of them */
} LedgerGroup;
GPtrArray *ledger_select_groups(Ledger *ledger, const LedgerFilter *filter, GError **error);

/* LedgerAside, ledger_select_aside: people who got no message for a reason (`told`: quarantined, withheld or
 * unreachable), by row, after row `after`, at most `limit`; with `person` or `row` only those. */
typedef struct LedgerAside {
    int64_t row;
    char *person;   /* owned; id, or NULL when the row has none of its own */
    char *audience; /* owned; "" when none fits */
    char *reason;   /* owned */
} LedgerAside;
GPtrArray *ledger_select_aside(Ledger *ledger, Told told, const char *person, int64_t row, int64_t after, int limit,
                               GError **error);

/* ledger_person: whether the people include one with this id; *row its row, 0 when it is no longer in the file. */
bool ledger_person(Ledger *ledger, const char *person, bool *is_known, int64_t *row, GError **error);

/* ledger_person_at: the id of the person in data row `row`, newly allocated; NULL without an error when that row has
 * none of its own, or there is no such row (*is_known false). */
char *ledger_person_at(Ledger *ledger, int64_t row, bool *is_known, GError **error);

/* ledger_people_near: ids that stand next to `person` in order, for "did you mean"; NULL-terminated, newly allocated.
 */
char **ledger_people_near(Ledger *ledger, const char *person, GError **error);

/* ledger_served: the ids of all people whom a message serves; NULL-terminated, newly allocated. */
char **ledger_served(Ledger *ledger, int64_t message, GError **error);

/* ledger_decided: the reason for which a person decided not to tell this one, newly allocated; NULL without an error
 * when nobody did. */
char *ledger_decided(Ledger *ledger, const char *person, GError **error);

#endif
