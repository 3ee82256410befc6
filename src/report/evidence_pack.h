/* evidence_pack - everything that can be proven about how one person was told: each message as it was handed over, made
 * again and checked against its recorded digest; the gateways' answers, bounces, receipts, calls, letters; doubts and
 * how they were settled, holds, and what was published for everybody meanwhile.
 *
 * Nothing in it is about anybody else: of a message that several people share it holds what this person alone would
 * have got, a mail that came back about somebody else as well stays out, and members of the staff are "staff 1", "staff
 * 2". A pack owns all that it holds. Threads: one. Errors: as ledger.h. */
#ifndef BREACH_REPORT_EVIDENCE_PACK_H
#define BREACH_REPORT_EVIDENCE_PACK_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>
#include <jansson.h>

#include "base/digest.h"
#include "ledger/ledger_evidence.h"
#include "report/evidence_letter.h"
#include "report/evidence_published.h"

/* One try to hand a message over. */
typedef struct EvidenceAttempt {
    int attempt;
    int64_t at;                    /* ms; of its outcome; 0: none is known yet */
    int64_t made;                  /* ms; when it was rendered; 0: not recorded */
    int64_t text;                  /* the text version */
    bool is_handed;                /* something left the house, as far as is known */
    char sha256[DIGEST_HEX_SIZE];  /* of the octets that were handed over; "": not recorded */
    char content[DIGEST_HEX_SIZE]; /* of what a message says that is no mail; "": not recorded, or a mail */
    char *outcome;                 /* owned; the event: "accepted"; NULL: none is known yet */
    int code;                      /* of the reply; 0: none */
    char *enhanced, *reply;        /* owned; or NULL */
    EvidenceMade made_again;       /* with is_handed */
    char *file;                    /* owned; its name in the pack; NULL: none */
    EvidenceLetter *letter;        /* owned; NULL: it is none, or the playbook has no print room any more */
} EvidenceAttempt;

typedef struct EvidenceItem {
    const EvidenceMessage *message; /* borrowed from the person */
    size_t people;                  /* whom it serves, this person among them */
    GPtrArray *attempts;            /* owned; of EvidenceAttempt * */
} EvidenceItem;

typedef enum EvidencePaperState {
    EVIDENCE_PAPER_HERE,     /* it is in the pack */
    EVIDENCE_PAPER_MISSING,  /* it is no longer in the state folder */
    EVIDENCE_PAPER_CHANGED,  /* it is there, and its digest is another one */
    EVIDENCE_PAPER_WITHHELD, /* it says something about somebody else as well */
    EVIDENCE_PAPER_STATES
} EvidencePaperState;

/* A mail that came back. */
typedef struct EvidencePaper {
    char digest[DIGEST_HEX_SIZE];
    EvidencePaperState state;
    char *bytes; /* owned; with EVIDENCE_PAPER_HERE */
    size_t size;
    char *file; /* owned; its name in the pack */
} EvidencePaper;

typedef struct EvidenceLine {
    int64_t no, at;
    int64_t message;              /* number; 0: about no message */
    json_t *body;                 /* owned reference; the event, without names of the staff */
    char sha256[DIGEST_HEX_SIZE]; /* of the event as it stands in the ledger */
} EvidenceLine;

typedef struct EvidencePack {
    EvidencePerson *person;      /* owned */
    GPtrArray *items;            /* owned; of EvidenceItem * */
    GPtrArray *lines;            /* owned; of EvidenceLine *, in order */
    GPtrArray *papers;           /* owned; of EvidencePaper * */
    GPtrArray *published;        /* owned; of EvidencePublished * */
    int checks[EVIDENCE_CHECKS]; /* attempts that were handed over, by what became of the check */
    int same_content;            /* of those that are the same: how many are no mail, so that their content is */
    int papers_lost;             /* papers and published texts that are missing or changed */
    int records_lost;            /* events that cannot be read, and messages that were taken without any event */
    int withheld;                /* messages and papers that say something about others: parts of them are left out */
} EvidencePack;

/* What a pack is made from, beside the ledger; borrowed during the call. */
typedef struct EvidenceSource {
    Ledger *ledger;
    const char *folder;    /* the state folder, where mails are kept */
    const Gateway *letter; /* the print room as it is now; or NULL */
} EvidenceSource;

/* evidence_pack_collect: `person`: a number. */
EvidencePack *evidence_pack_collect(const EvidenceSource *source, int64_t person, GError **error);
void evidence_pack_free(EvidencePack *pack);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EvidencePack, evidence_pack_free)

/* evidence_pack_is_sound: nothing contradicts what was recorded: no message is another one, no paper and no record
 * is missing or changed. */
bool evidence_pack_is_sound(const EvidencePack *pack);

/* evidence_paper_name: "here", "missing", "changed", "withheld". */
const char *evidence_paper_name(EvidencePaperState state);

/* evidence_pack_json: the document (schema breach.evidence/1) without what was written where; a new reference.
 * evidence_pack_lines: events.jsonl; newly allocated. */
json_t *evidence_pack_json(const EvidencePack *pack, const LedgerHeader *header, int64_t now);
char *evidence_pack_lines(const EvidencePack *pack);

#endif
