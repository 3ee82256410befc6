/* backend - what a store must do for the ledger; private to src/ledger and to whoever registers a store.
 *
 * A backend stores rows and hands them back. It decides nothing: state transitions, counters and idempotency are
 * ledger.c's. Every call sets `error` when it fails. Rows are values; strings handed out are newly allocated unless
 * said otherwise. One backend handle is used by one thread. */
#ifndef BREACH_LEDGER_BACKEND_H
#define BREACH_LEDGER_BACKEND_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "ledger/ledger.h"
#include "ledger/ledger_plan.h"

#define BACKEND_SCHEMA_VERSION 1

typedef struct LedgerRow { /* a message */
    int64_t no;
    char id[ID_MESSAGE_LENGTH + 1];
    int64_t gateway;
    int64_t text;
    MessageState state;
    int attempt;
    int relay_doubts;
    bool was_in_doubt;
    bool twice;
    bool accepted_before; /* an earlier attempt turned out to be accepted while a later one was on its way */
    bool solo;        /* the only message of the only notice of one person, and of nobody else */
    int64_t due;      /* ms; -1: not due by itself */
    int64_t first_at; /* ms of the first claim; -1: never */
    int64_t run;      /* the run that has or had it; 0: none */
    int code;         /* of the latest reply; 0: none */
    char enhanced[12];/* "5.1.1" or "" */
} LedgerRow;

typedef struct LedgerServed { /* a notice that a message serves, with what its messages add up to */
    int64_t notice, person;
    int64_t audience;                /* number of the audience's name, for counters */
    Told aside;                      /* counts when it has no messages */
    bool has_messages;
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
} LedgerCounterKind;

/* BackendCounter: receives one counter; `name` is the label, borrowed during the call. */
typedef void BackendCounter(LedgerCounterKind kind, const char *name, int state, int64_t n, void *user);

struct LedgerBackend {
    const char *name; /* "sqlite" */

    bool (*exists)(const char *folder);
    void *(*open)(const char *folder, GError **error); /* refuses an unknown schema version */
    void (*close)(void *self);

    bool (*begin)(void *self, GError **error);
    bool (*commit)(void *self, GError **error);
    void (*rollback)(void *self);

    /* header_get: NULL with no error when there is no such key. */
    char *(*header_get)(void *self, const char *key, GError **error);
    bool (*header_put)(void *self, const char *key, const char *value, GError **error);

    bool (*row_get)(void *self, int64_t no, LedgerRow *row, GError **error);
    /* row_find: false without an error when there is none. */
    bool (*row_find)(void *self, const char *id, LedgerRow *row, GError **error);
    bool (*row_put)(void *self, const LedgerRow *row, GError **error);
    /* rows_due: up to `limit` rows of `gateway` with 0 <= due <= now, by due and number; the claim of each is made as
     * well, all but `attempt` and `was_in_doubt`. Both arrays take `limit` entries. Returns how many, -1 on failure. */
    int (*rows_due)(void *self, int64_t gateway, int64_t now, int limit, LedgerRow *rows, LedgerClaim **claims,
                    GError **error);
    /* rows_attempting: up to `limit` attempting rows with a number over `after`, by number. */
    int (*rows_attempting)(void *self, int64_t after, int limit, LedgerRow *rows, GError **error);
    /* next_due: INT64_MAX when nothing is due; gateway 0: of all. */
    bool (*next_due)(void *self, int64_t gateway, int64_t *due, GError **error);
    /* count_held: rows in doubt without a due time. */
    bool (*count_held)(void *self, int64_t *held, GError **error);

    /* text_place: the audience and channel numbers of a text version. */
    bool (*text_place)(void *self, int64_t text, int64_t *audience, int64_t *channel, GError **error);
    char *(*text_body)(void *self, int64_t text, GError **error);
    bool (*gateway_no)(void *self, const char *name, int64_t *no, GError **error);

    /* served: appends a LedgerServed for every notice of every person whom message `no` serves. */
    bool (*served)(void *self, int64_t no, GArray *served, GError **error);

    bool (*event_put)(void *self, int64_t at, int64_t message, const char *body, GError **error);
    bool (*counter_add)(void *self, LedgerCounterKind kind, int64_t name, int state, int64_t n, GError **error);
    bool (*counters)(void *self, BackendCounter *receive, void *user, GError **error);
    /* recount: the same counters from the rows; COUNTER_RESENT and COUNTER_TWICE are left out. */
    bool (*recount)(void *self, BackendCounter *receive, void *user, GError **error);

    bool (*inbox_put)(void *self, int64_t at, const char *body, GError **error);
    /* inbox_first: the oldest entry; *no 0 when there is none. */
    bool (*inbox_first)(void *self, int64_t *no, char **body, GError **error);
    bool (*inbox_drop)(void *self, int64_t no, GError **error);

    bool (*run_put)(void *self, const char *id, const char *boot, int64_t at, int64_t *no, GError **error);
    bool (*run_get)(void *self, int64_t no, LedgerRun *run, GError **error);
    bool (*run_end)(void *self, int64_t no, int64_t at, GError **error);
    /* runs_open: "NUMBER ID" of each run that has not ended, NULL-terminated. */
    char **(*runs_open)(void *self, GError **error);

    GPtrArray *(*reasons)(void *self, GError **error);
    GPtrArray *(*texts)(void *self, GError **error);

    void *(*plan_begin)(const char *folder, uint8_t secret[ID_SECRET_SIZE], GError **error);
    int64_t (*plan_gateway)(void *plan, const char *name, GError **error);
    int64_t (*plan_text)(void *plan, const char *audience, const char *channel, const char *locale, const char *body,
                         GError **error);
    bool (*plan_person)(void *plan, const LedgerPlannedPerson *person, GError **error);
    /* plan_seal, plan_abandon free the plan. */
    bool (*plan_seal)(void *plan, const LedgerPlanHeader *header, const char *digest, LedgerPlanDuplicate *duplicate,
                      void *user, LedgerPlanResult *result, GError **error);
    void (*plan_abandon)(void *plan);
};

#endif
