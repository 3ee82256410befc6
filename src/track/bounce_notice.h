/* bounce_notice - the reports that a mail provider sends as JSON instead of as a bounce: Amazon SES, also inside of a
 * notification of Amazon SNS and in a mail that carries one.
 *
 * Pure; threads: safe. */
#ifndef BREACH_TRACK_BOUNCE_NOTICE_H
#define BREACH_TRACK_BOUNCE_NOTICE_H

#include <glib.h>

#include "track/bounce.h"

typedef struct BounceNoticed { /* every member owned, "" where there is none */
    BounceKind kind;
    char *recipient, *status, *said;
} BounceNoticed;

/* bounce_notice_read: one element a recipient; NULL when `text` is no such report. Owned by the array, which the caller
 * unrefs. */
GPtrArray *bounce_notice_read(const char *text);

#endif
