/* evidence_made - a message made again from what the ledger holds, by the renderer that sends, and compared with the
 * digest that was recorded when it was handed over.
 *
 * Threads: as the RenderScratch. */
#ifndef BREACH_REPORT_EVIDENCE_MADE_H
#define BREACH_REPORT_EVIDENCE_MADE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>
#include <jansson.h>

#include "dispatch/render.h"

typedef enum EvidenceCheck {
    EVIDENCE_SAME,       /* made again, octet for octet */
    EVIDENCE_OTHER,      /* what the ledger holds makes another message than the one that was handed over */
    EVIDENCE_UNRECORDED, /* no digest was recorded: a power cut, or a version before 0.5.0 */
    EVIDENCE_UNMADE,     /* what the ledger holds cannot be made into a message any more */
    EVIDENCE_CHECKS
} EvidenceCheck;

/* What was recorded, and what it was made from; all borrowed. */
typedef struct EvidenceMaking {
    const RenderText *text;
    RenderScratch *scratch;
    const json_t *gateway; /* as it was frozen: from, from_name, reply_to; NULL: not known */
    const char *id;        /* of the message */
    const char *endpoint;
    const char *const *people; /* each person's data as JSON, as it was sent; NULL-terminated */
    const char *own;           /* the data of the one whom the evidence is about */
    int64_t at;                /* ms; when it was made */
    const char *sha256;        /* of a mail; "": not recorded */
    const char *content;       /* of any other message; "": not recorded */
    bool is_mail;
} EvidenceMaking;

typedef struct EvidenceMade {
    EvidenceCheck check;
    char *octets; /* owned; the mail, or the content (model/handed.h); of a message that says something about others the
                     one that this person alone would have got; NULL: it cannot be made */
    size_t size;
    char *title, *text; /* owned; as it reads; title may be NULL */
    bool names_others;  /* the message as it was handed over says something about other people: `octets` do not */
    char *why;          /* owned; why it cannot be made; or NULL */
} EvidenceMade;

void evidence_make(const EvidenceMaking *making, EvidenceMade *made);
void evidence_made_clear(EvidenceMade *made);

/* evidence_check_name: "same", "other", "unrecorded", "unmade". */
const char *evidence_check_name(EvidenceCheck check);

#endif
