/* ledger - the durable record of one incident: people, notices, messages, attempts, events, counters.
 *
 * This file is the interface and keeps the invariants; a LedgerBackend (backend.h) only stores. The invariants, each
 * checked on every change and by the conformance suite (tests/unit/test_ledger.c):
 *   1. A message changes state only as model/message_state allows.
 *   2. A message is `attempting` in a durable commit before its first byte leaves (queue_claim, ledger_commit).
 *   3. An outcome is keyed by (message, attempt): told twice, it counts once; told late, it settles a doubt or marks the
 *      message `twice`; it is never dropped.
 *   4. Counters change in the same transaction as what they count; the identity of model/identity holds after each.
 *   5. Events are only ever appended, as canonical JSON with the gateway's reply.
 *   6. `was_in_doubt` is never cleared.
 *
 * Ownership: as said at each function; strings that are handed out are owned by the struct that holds them.
 * Threads: a Ledger belongs to one thread (the conductor). Errors: BREACH_ERROR_INPUT (not there, not ours, another
 * version or incident), BREACH_ERROR_CREATE (disk), BREACH_ERROR_INTERNAL (an invariant is broken: our bug). After a
 * failed call inside a batch the batch must be rolled back. */
#ifndef BREACH_LEDGER_LEDGER_H
#define BREACH_LEDGER_LEDGER_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>
#include <jansson.h>

#include "base/id.h"
#include "model/handed.h"
#include "model/identity.h"
#include "model/message_state.h"
#include "model/playbook.h"

typedef struct Ledger Ledger;
typedef struct LedgerBackend LedgerBackend;

/* Who and what the ledger is about. */
typedef struct LedgerHeader {
    char *incident;       /* owned */
    IncidentStatus status;
    int edition;
    char *digest;         /* owned; the plan digest, 64 hexadecimal digits */
    int64_t people;       /* rows of the people file and those removed from it since */
    int64_t planned_at;   /* ms */
    int generation;       /* 1 for the first plan, + 1 for each later one */
    char *host;           /* owned; where the ledger was made */
    char *path;           /* owned; the state folder, as it was made */
    char *place;          /* owned; file_place() of the state folder: a copy has another */
    char *inputs;         /* owned; JSON: [{"path","size","modified","sha256"}] of every frozen file */
    char *gateways;       /* owned; JSON: what was frozen of each gateway */
    char *escalation;     /* owned; JSON: what the ladder goes by (ledger_climb.h) */
    uint8_t secret[ID_SECRET_SIZE];
} LedgerHeader;

typedef struct LedgerCounts {
    int64_t people;
    int64_t told[TOLD_STATES];
    int64_t messages[MESSAGE_STATES];
    int64_t resent_in_doubt; /* attempts made on a message that had been in doubt, unless a person found that it was
                              * not taken, or on one that stands in for such a one */
    int64_t twice;           /* messages known to have been accepted more than once */
    int64_t held;            /* messages in doubt that wait for a person's decision */
    int64_t climbing;        /* notices that wait for their next rung, now or at a time (ledger_climb.h) */
    int64_t climbed;         /* notices that have left their first rung */
    int64_t open;            /* messages with a due time */
    int64_t due_first;       /* the earliest due time, ms; INT64_MAX when nothing is due */
} LedgerCounts;

/* A count of one audience, channel or edition, for status. */
typedef struct LedgerTally {
    char *name;                     /* owned; audience id, channel or edition in digits */
    int64_t counts[MESSAGE_STATES]; /* channels: by MessageState; audiences: notices by Told; editions: people by Told */
} LedgerTally;

typedef enum LedgerTallyKind { LEDGER_BY_AUDIENCE, LEDGER_BY_CHANNEL, LEDGER_BY_EDITION } LedgerTallyKind;

/* One message that this run may send. */
typedef struct LedgerClaim {
    int64_t no;
    char id[ID_MESSAGE_LENGTH + 1];
    int attempt;       /* the number of this attempt, from 1 */
    char *endpoint;    /* owned; as it was stored (see base/seal) */
    int64_t text;      /* the text version, see ledger_text() */
    char **people;     /* owned; the data of the people it serves, each as it was stored; NULL-terminated */
    bool was_in_doubt;
    bool doubt_open;   /* an earlier attempt may have been accepted, and nobody has settled that */
    int doubted;       /* with doubt_open: the first attempt that this is about; 0: none */
    int relay_doubts;  /* how often the relay has left it in doubt so far */
    int64_t first_at;  /* ms of its first attempt that was not simply returned: this one, or an earlier one */
    bool is_first;     /* this is that attempt */
    bool is_look_up;   /* it is in doubt and stays so: nothing is sent, the gateway is asked what became of `attempt` */
} LedgerClaim;

/* What became of an attempt. */
typedef struct LedgerOutcome {
    int64_t message;
    int attempt;
    MessageEvent event;     /* RETURNED, ACCEPTED, DEFERRED, FAILED, DOUBTED or QUARANTINED */
    int code;               /* the gateway's reply; 0: none */
    const char *enhanced;   /* "4.7.1" or NULL; borrowed */
    const char *reply;      /* the gateway's words, or our reason; borrowed; never NULL */
    int64_t at;             /* ms */
    int64_t due;            /* when to try again: for RETURNED, DEFERRED and DOUBTED; -1 with DOUBTED: a person decides */
    bool by_relay;          /* DOUBTED: the relay caused it, not a crash of ours */
    const char *by;         /* the person who says so, "login@host", or NULL: nobody but the gateway; borrowed */
    const char *evidence;   /* of a receipt: SHA-256 of the mail that says so; NULL: none; borrowed */
    const char *reason;     /* of a mail that came back: a name of model/bounce_reason.h; NULL: none; borrowed */
    const char *note;       /* what the event is to say besides; NULL: nothing; borrowed */
    bool is_look_up;        /* the answer to a claim that was one: ACCEPTED, DELIVERED, FAILED, BOUNCED, RETURNED (the
                             * gateway never got it), or DOUBTED: still unknown, `due` is when it is asked again */
    const char *provider_id;/* what the gateway calls the message, for receipts that name it; NULL: nothing; borrowed */
    const Handed *handed;   /* of an attempt of which something was handed over; NULL: nothing was; borrowed */
} LedgerOutcome;

/* What recovery found. */
typedef struct LedgerRecovery {
    int64_t settled;  /* outcomes taken from slots */
    int64_t returned; /* back to planned: no byte had left */
    int64_t doubted;
} LedgerRecovery;

/* ledger_exists: whether `folder` holds a sealed ledger. */
bool ledger_exists(const LedgerBackend *backend, const char *folder);

/* ledger_open: the ledger in `folder`. Does not look at the place (see ledger_is_copy). */
Ledger *ledger_open(const LedgerBackend *backend, const char *folder, GError **error);
void ledger_close(Ledger *ledger);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Ledger, ledger_close)

/* ledger_header: borrowed until the ledger is closed. */
const LedgerHeader *ledger_header(const Ledger *ledger);

/* ledger_is_copy: whether the folder is not the one that the ledger was made in: dispatching from a copy could tell
 * everybody again. ledger_adopt: makes this folder its place; every message on its way becomes in doubt, since no slot
 * file can be trusted any more. */
bool ledger_is_copy(const Ledger *ledger);
bool ledger_adopt(Ledger *ledger, int64_t now, GError **error);

/* ledger_text: the frozen text version `text` as JSON, newly allocated. */
char *ledger_text(Ledger *ledger, int64_t text, GError **error);

/* ledger_gateway: the number of a gateway by its name; 0 when the plan uses none of that name. */
int64_t ledger_gateway(Ledger *ledger, const char *name, GError **error);

/* ledger_reported: the latest attempt of the message that `gateway` reports about, by our `id` or, where that is NULL, by
 * what it calls the message (which nobody may know yet: 0). -1: there is none of that id at this gateway. */
bool ledger_reported(Ledger *ledger, const char *gateway, const char *id, const char *theirs, int *attempt,
                     GError **error);

/* ledger_begin, ledger_commit, ledger_rollback: one durable transaction around the calls below. */
bool ledger_begin(Ledger *ledger, GError **error);
bool ledger_commit(Ledger *ledger, GError **error);
void ledger_rollback(Ledger *ledger);

/* ledger_start_run: registers a run before its first claim. ledger_end_run: a run that left nothing attempting. Each
 * is a transaction of its own. */
bool ledger_start_run(Ledger *ledger, const char *run, const char *boot, int64_t now, GError **error);
bool ledger_end_run(Ledger *ledger, int64_t now, GError **error);

/* ledger_doubt_due: for ledger_recover(): what a doubt at the gateway of that number gets as due time, in place of its
 * `doubt_due`. ledger_text_audience: the id of the audience that a text version is for; borrowed from the ledger. */
void ledger_doubt_due(Ledger *ledger, int64_t gateway, int64_t due);
const char *ledger_text_audience(Ledger *ledger, int64_t text, GError **error);

/* ledger_recover: settles what earlier runs left attempting, before anything is claimed: an outcome in a slot of the
 * same run, message and attempt is taken; a message without a slot in a valid slot file of the same boot goes back to
 * planned; everything else is in doubt, and that is committed first. `doubt_due` is what a doubt gets as due time (-1:
 * a person decides). Then the slot files of those runs are removed. Safe to kill and to repeat. */
bool ledger_recover(Ledger *ledger, const char *boot, int64_t doubt_due, int64_t now, LedgerRecovery *recovery,
                    GError **error);

/* ledger_claim_free: a claim, as queue_claim() (ledger/queue.h) hands it out. */
void ledger_claim_free(LedgerClaim *claim);

/* ledger_record: in a batch: the outcome of an attempt (invariant 3). */
bool ledger_record(Ledger *ledger, const LedgerOutcome *outcome, GError **error);

/* ledger_counts, ledger_tallies: the counters, one read each whatever the size of the ledger. Tallies: a new array of
 * LedgerTally, sorted by name. Error BREACH_ERROR_INTERNAL when the identity does not hold. */
bool ledger_counts(Ledger *ledger, LedgerCounts *counts, GError **error);
GPtrArray *ledger_tallies(Ledger *ledger, LedgerTallyKind kind, GError **error);

/* ledger_audit: counts everything again from the rows and compares with the counters; BREACH_ERROR_INTERNAL with the
 * first difference. Takes a second per million messages. */
bool ledger_audit(Ledger *ledger, GError **error);

/* ledger_note: appends an event that concerns no message ("planned", "adopted", "run_started"); `details` is a JSON
 * object or NULL. In a batch. */
bool ledger_note(Ledger *ledger, const char *event, int64_t at, const json_t *details, GError **error);

#include "ledger/ledger_report.h"

#endif
