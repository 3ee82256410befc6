/* ledger_evidence - everything that the ledger holds about single people: for the evidence of one, and for a sample.
 *
 * Reads only, and works while another process dispatches; within a ledger_snapshot() everything is of one moment.
 * Ownership: arrays own their elements. Threads and errors: as ledger.h; not inside a batch. */
#ifndef BREACH_LEDGER_LEDGER_EVIDENCE_H
#define BREACH_LEDGER_LEDGER_EVIDENCE_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "ledger/ledger.h"

typedef struct EvidenceNotice {
    int64_t no;
    char *audience; /* owned; "" when none fits */
    int edition;
    Told told;
    Told aside;                       /* what it counts as without messages */
    bool has_aside, has_rungs, every; /* as of LedgerServed (backend_row.h) */
    char *reason;                     /* owned; why it has no messages, or why they were withheld; NULL: no reason */
    char *ladder;                     /* owned; its further channels, as they were planned; NULL: none */
    char *ended;                      /* owned; at the end of a ladder, what became of each channel; NULL */
    int rung;                         /* how many it has climbed */
} EvidenceNotice;

typedef struct EvidenceMessage {
    int64_t no;
    char id[ID_MESSAGE_LENGTH + 1];
    int64_t notice; /* of the person's: EvidenceNotice.no */
    int64_t text;   /* the version that it would be sent with now */
    MessageState state;
    int attempt;
    int64_t first_at; /* ms; -1: never tried */
    bool was_in_doubt, twice;
    char *endpoint;                              /* owned; readable */
    char *audience, *channel, *locale, *gateway; /* owned */
    int edition;
    bool is_update;
} EvidenceMessage;

typedef struct EvidencePerson {
    int64_t no;
    int64_t row;         /* of the people file; 0: no longer in it */
    char *id;            /* owned; NULL: the row has none of its own */
    char *data;          /* owned; readable, canonical JSON; NULL: the row could not be read */
    Told told;           /* as ledger_counts() counts them */
    GPtrArray *notices;  /* owned; of EvidenceNotice *, by number */
    GPtrArray *messages; /* owned; of EvidenceMessage *, by number */
} EvidencePerson;

/* ledger_evidence_find: the number of the person with this id; 0 without an error: there is none. */
bool ledger_evidence_find(Ledger *ledger, const char *id, int64_t *no, GError **error);

/* ledger_evidence_numbers: the numbers of all people, in order; false from `receive`: no more are wanted. */
typedef bool EvidenceNumber(int64_t no, void *user);
bool ledger_evidence_numbers(Ledger *ledger, EvidenceNumber *receive, void *user, GError **error);

/* ledger_evidence_people: of EvidencePerson *, by their numbers (int64_t), in that order. A pass over all notices and
 * messages, however few are asked for. */
GPtrArray *ledger_evidence_people(Ledger *ledger, const GArray *numbers, GError **error);
void evidence_person_free(EvidencePerson *person);

/* What was frozen of everybody whom a message serves, readable. */
typedef struct EvidenceServed {
    char **people; /* owned; of those of whom the ledger holds anything, in the order in which a message is made of
                      them; NULL-terminated */
    char *own;     /* owned; of the one whom the evidence is about; NULL: the ledger holds nothing */
    size_t count;  /* whom it serves in all */
} EvidenceServed;

/* ledger_evidence_served: as it was at that time (ms): a later plan may have replaced it. `person`: a number, for
 * `own`. */
bool ledger_evidence_served(Ledger *ledger, int64_t message, int64_t person, int64_t at, EvidenceServed *served,
                            GError **error);
void evidence_served_clear(EvidenceServed *served);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(EvidenceServed, evidence_served_clear)

/* EvidenceEvent: receives one; `message` 0: it is about none; `body` is borrowed during the call.
 * ledger_evidence_events: the events of these messages (numbers, int64_t), in order; with `notes` those that are about
 * no message, too. ledger_evidence_papers: those of all messages that name a paper that is kept. */
typedef void EvidenceEvent(int64_t no, int64_t at, int64_t message, const char *body, void *user);
bool ledger_evidence_events(Ledger *ledger, const GArray *messages, bool notes, EvidenceEvent *receive, void *user,
                            GError **error);
bool ledger_evidence_papers(Ledger *ledger, EvidenceEvent *receive, void *user, GError **error);

#endif
