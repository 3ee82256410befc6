/* ledger_private - what the files of the ledger share; for src/ledger only. */
#ifndef BREACH_LEDGER_LEDGER_PRIVATE_H
#define BREACH_LEDGER_LEDGER_PRIVATE_H

#include "ledger/backend.h"
#include "ledger/ledger.h"

struct Ledger {
    const LedgerBackend *backend; /* borrowed */
    void *store;                  /* owned by the backend */
    char *folder;                 /* owned */
    LedgerHeader header;
    int64_t run;                  /* number of the run of this process; 0: none */
    char run_id[ID_RUN_LENGTH + 1];
    bool in_batch;                /* between ledger_begin and ledger_commit or ledger_rollback */
    GArray *served;               /* scratch, of LedgerServed */
    GString *event;               /* scratch */
    GHashTable *counter_deltas;   /* CounterKey -> int64_t, written at commit */
    GHashTable *places;           /* text no -> TextPlace, a cache */
    json_t *escalation;           /* owned; header.escalation, parsed */
    GHashTable *doubt_due;        /* gateway number -> int64_t, for recovery; NULL: none was said */
    int64_t inbox_after;          /* the last entry of the inbox that waits; 0: none */
    int64_t inbox_waits;          /* how many do */
    int64_t inbox_looked;         /* ms; when those that wait were looked at */
};

/* ledger_apply: `event` happens to a message: row, event and counters, in the batch. `note` goes into the event. What
 * leaves the state as it was leaves the due time too; a planned or deferred message always has one, so that none is
 * forgotten. */
typedef struct LedgerChange {
    MessageEvent event;
    int attempt;          /* whose event it is; 0: the latest */
    int64_t at;
    int64_t due;
    int code;
    const char *enhanced;
    const char *reply;
    const char *note;
    const char *run;      /* id of the run whose attempt it was, or NULL */
    const char *by;       /* the person who decided it, "login@host", or NULL */
    const char *evidence; /* see EventAttempt, or NULL */
    const char *reason;   /* likewise */
    bool about_us;        /* likewise */
    const Handed *handed; /* see EventAttempt, or NULL; borrowed */
} LedgerChange;

bool ledger_apply(Ledger *ledger, LedgerRow *row, const LedgerChange *change, GError **error);

/* ledger_end_attempt: the outcome of the attempt that is under way; where an earlier one turned out to be accepted, the
 * message is accepted whatever became of this one. */
bool ledger_end_attempt(Ledger *ledger, LedgerRow *row, const LedgerChange *change, GError **error);

/* ledger_take: a due message becomes attempting; fills what `claim` says of the attempt. */
bool ledger_take(Ledger *ledger, LedgerRow *row, LedgerClaim *claim, int64_t now, GError **error);

/* ledger_look_up: a message in doubt is handed out to be asked about: nothing of it changes but when it is `due` again. */
bool ledger_look_up(Ledger *ledger, LedgerRow *row, LedgerClaim *claim, int64_t due, GError **error);

/* ledger_audience_of: the id of the audience that a text is for; borrowed from the ledger. */
const char *ledger_audience_of(Ledger *ledger, int64_t text, GError **error);

/* ledger_locale_of: the language of a text; borrowed from the ledger. */
const char *ledger_locale_of(Ledger *ledger, int64_t text, GError **error);

/* ledger_count_person: adds `n` to the counters of everything that counts with the person's notices but not with a message
 * of theirs alone (backend.h, person_served). */
bool ledger_count_person(Ledger *ledger, int64_t person, int64_t n, GError **error);

/* ledger_told_of: what a notice counts as, by what its messages add up to. */
Told ledger_told_of(const LedgerServed *served);

/* ledger_count: adds `n` to a counter when the batch is committed. ledger_count_served: adds `n` to the counters of every
 * notice and person in ledger->served, which is ordered by person and edition. */
void ledger_count(Ledger *ledger, LedgerCounterKind kind, int64_t name, int state, int64_t n);
void ledger_count_served(Ledger *ledger, int64_t n);

/* ledger_channel_of: the number of the channel of a text. ledger_waits: how long that channel is waited for, ms: for a
 * bounce or a doubt to be settled; and until its silence counts, -1: never. */
bool ledger_channel_of(Ledger *ledger, int64_t text, int64_t *channel, GError **error);
bool ledger_waits(Ledger *ledger, int64_t text, int64_t *after, int64_t *silence, GError **error);

/* ledger_climb_schedule: after a message has changed and ledger->served holds whom it serves (unless it is solo): who is
 * to climb now, and who is not any more. */
bool ledger_climb_schedule(Ledger *ledger, const LedgerRow *row, MessageState before, int64_t at, GError **error);

/* ledger_climb_stop: the person is not to be told: nothing of theirs climbs any more. Before ledger_count_person(). */
bool ledger_climb_stop(Ledger *ledger, int64_t person, GError **error);

/* ledger_refuse: our bug or a stale event; sets BREACH_ERROR_INTERNAL. */
bool ledger_refuse(GError **error, const LedgerRow *row, MessageEvent event);

#endif
