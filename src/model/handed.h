/* handed - what was handed over to a gateway in one attempt, as digests: what stands in the ledger is enough to make
 * the message again, and the digests say whether it is the same.
 *
 * Values. Threads: safe. */
#ifndef BREACH_MODEL_HANDED_H
#define BREACH_MODEL_HANDED_H

#include <stdint.h>

#include "base/digest.h"

typedef struct Handed {
    int64_t made;                /* ms; when it was rendered: the time in its Date header; 0: nothing is known */
    uint8_t octets[DIGEST_SIZE]; /* of the very octets: a mail with all its headers (RFC 5322), the body of a request */
    uint8_t content[DIGEST_SIZE]; /* of handed_content(); of a mail not set: its octets can be made again */
} Handed;

/* The parts of a message that is no mail; borrowed, NULL where it has none. */
typedef struct HandedContent {
    const char *message; /* id */
    const char *channel, *locale, *endpoint;
    const char *title, *text, *html;
} HandedContent;

/* handed_content: canonical JSON of what the reader is told, without what the gateway adds to it (credentials,
 * signatures, times); newly allocated. NULL: a part is no UTF-8. */
char *handed_content(const HandedContent *content);

#endif
