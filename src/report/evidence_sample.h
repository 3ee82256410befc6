/* evidence_sample - a random sample of people that anybody can draw again: of the same seed and the same people it is
 * the same on every machine, and nobody can choose whom it holds without choosing the seed.
 *
 * How: every person has a number in the ledger, in the order of the people file. Rank of a person: HMAC-SHA-256 (RFC
 * 2104) with the seed's UTF-8 octets as its key, of that number in decimal digits. Drawn are the people with the
 * smallest ranks, compared octet by octet, in that order. Ownership: arrays own their elements. Threads: one. */
#ifndef BREACH_REPORT_EVIDENCE_SAMPLE_H
#define BREACH_REPORT_EVIDENCE_SAMPLE_H

#include <stdint.h>

#include <glib.h>
#include <jansson.h>

#include "base/digest.h"
#include "ledger/ledger_evidence.h"

#define EVIDENCE_SAMPLE_MOST 10000
#define EVIDENCE_SAMPLE_METHOD                                                                                         \
    "rank = HMAC-SHA-256(key: the seed, message: the person's number in decimal digits); the people with the "         \
    "smallest ranks, in that order"

/* When what happened to a message; ms, 0: it did not. */
typedef struct EvidenceSampleTimes {
    int64_t message;
    int64_t accepted, delivered, last;
} EvidenceSampleTimes;

typedef struct EvidenceSample {
    char *seed;                  /* owned */
    int64_t population;          /* all people of the ledger */
    int64_t strata[TOLD_STATES]; /* of all people, by what they count as */
    int64_t drawn[TOLD_STATES];  /* of the sample */
    GPtrArray *people;           /* owned; of EvidencePerson *, in the order of their ranks */
    GHashTable *times;           /* owned; message number -> EvidenceSampleTimes */
} EvidenceSample;

/* evidence_sample_draw: `size` people, or all where there are not so many; 1 to EVIDENCE_SAMPLE_MOST. */
EvidenceSample *evidence_sample_draw(Ledger *ledger, const char *seed, size_t size, GError **error);
void evidence_sample_free(EvidenceSample *sample);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EvidenceSample, evidence_sample_free)

/* evidence_sample_rank: of one person. */
void evidence_sample_rank(const char *seed, int64_t person, uint8_t rank[DIGEST_SIZE]);

/* evidence_sample_csv: how it was drawn, in lines that begin with #, and a row for each message of each person, with
 * masked addresses; equal ledgers and seeds give equal bytes. Newly allocated. evidence_sample_json: members of the
 * document; a new reference. */
char *evidence_sample_csv(const EvidenceSample *sample, const LedgerHeader *header);
json_t *evidence_sample_json(const EvidenceSample *sample, const LedgerHeader *header);

#endif
