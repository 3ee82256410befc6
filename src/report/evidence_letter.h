/* evidence_letter - a letter made again as PDF from what the ledger holds and the print room's settings, and compared
 * with the SHA-256 that stands in the print room's list and in the event.
 *
 * The sender's address, the paper and the fonts are not frozen: where they are others now, so is the file, although its
 * words are the proven ones (evidence_made.h). Threads: one. */
#ifndef BREACH_REPORT_EVIDENCE_LETTER_H
#define BREACH_REPORT_EVIDENCE_LETTER_H

#include "base/digest.h"
#include "model/gateway.h"
#include "report/evidence_made.h"

typedef struct EvidenceLetter {
    EvidenceCheck check;            /* of the letter as it was handed over */
    char recorded[DIGEST_HEX_SIZE]; /* SHA-256 of the file that was handed over; "": not recorded */
    char *octets;                   /* owned; PDF, as this person alone would have got it; NULL: it cannot be made */
    size_t size;
    char *why;  /* owned; why it cannot be made, in English; or NULL */
    char *file; /* owned; its name in the pack, set by the pack; NULL: none */
} EvidenceLetter;

/* evidence_letter_new: `gateway`: the letter gateway as it is now; `reply`: of the event of the attempt, or NULL. */
EvidenceLetter *evidence_letter_new(const EvidenceMaking *making, const Gateway *gateway, const char *reply);
void evidence_letter_free(EvidenceLetter *letter);

/* evidence_letter_words: what the check came to, in the reader's language; borrowed. */
const char *evidence_letter_words(const EvidenceLetter *letter);

#endif
