/* evidence_published - the texts of the announcement that everybody could read, as they are kept in the state folder
 * (dispatch/publish.h), compared with the digests of their events.
 *
 * Threads: one. */
#ifndef BREACH_REPORT_EVIDENCE_PUBLISHED_H
#define BREACH_REPORT_EVIDENCE_PUBLISHED_H

#include <stdbool.h>
#include <stddef.h>

#include <glib.h>
#include <jansson.h>

#include "base/digest.h"

typedef enum EvidencePublishedState {
    EVIDENCE_PUBLISHED_HERE,    /* it is in the pack */
    EVIDENCE_PUBLISHED_UNKEPT,  /* it is not in the state folder: a version before 0.5.0, or somebody took it away */
    EVIDENCE_PUBLISHED_CHANGED, /* it is there, and its digest is another one */
    EVIDENCE_PUBLISHED_STATES
} EvidencePublishedState;

typedef struct EvidencePublished {
    char *locale; /* owned */
    int edition;
    char digest[DIGEST_HEX_SIZE];
    EvidencePublishedState state;
    char *octets; /* owned; title, text and HTML, a NUL behind each; with EVIDENCE_PUBLISHED_HERE */
    size_t size;
    const char *title, *text; /* borrowed from `octets` */
    char *file;               /* owned; its name in the pack */
} EvidencePublished;

/* evidence_published_new: none yet; of EvidencePublished *, owned. evidence_published_add: the text of an event, unless
 * it is none of a publication, or the text is there already; `folder`: the state folder. */
GPtrArray *evidence_published_new(void);
void evidence_published_add(GPtrArray *published, const json_t *event, const char *folder);

/* evidence_published_name: "here", "unkept", "changed". evidence_published_words: in the reader's language; borrowed.
 */
const char *evidence_published_name(EvidencePublishedState state);
const char *evidence_published_words(EvidencePublishedState state);

#endif
