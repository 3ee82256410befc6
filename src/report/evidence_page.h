/* evidence_page - the evidence of one person as a page to be read, and how to verify it with sha256sum alone.
 *
 * Pure but for the chosen language (base/language.h). Threads: one. */
#ifndef BREACH_REPORT_EVIDENCE_PAGE_H
#define BREACH_REPORT_EVIDENCE_PAGE_H

#include "report/evidence_pack.h"

typedef struct EvidencePageFrame {
    const LedgerHeader *header;
    const char *organization; /* who told them */
    const char *suffix;       /* of the names of files: ".age", ".gpg" or "" */
    int64_t now;              /* ms */
} EvidencePageFrame;

/* evidence_page: index.html. evidence_readme: README.txt. Newly allocated. */
char *evidence_page(const EvidencePack *pack, const EvidencePageFrame *frame);
char *evidence_readme(const EvidencePack *pack, const EvidencePageFrame *frame);

/* evidence_check_words: what the check of an attempt came to, in the reader's language; borrowed. */
const char *evidence_check_words(const EvidenceAttempt *attempt);

/* evidence_verdict: one sentence, in English or as it is to be shown; newly allocated. */
char *evidence_verdict(const EvidencePack *pack, bool english);

#endif
