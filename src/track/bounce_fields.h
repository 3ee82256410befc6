/* bounce_fields - the fields of a delivery status notification (RFC 3464) and of an abuse report (RFC 5965), also where
 * a mail system wrote them into plain text instead of a part of their own.
 *
 * Forgiving: fields in any order and case, groups that nothing parts, lines of prose between them. Pure; threads:
 * safe. */
#ifndef BREACH_TRACK_BOUNCE_FIELDS_H
#define BREACH_TRACK_BOUNCE_FIELDS_H

#include <glib.h>

#define BOUNCE_RECIPIENTS 200 /* at most so many of one mail are looked at */

typedef struct BounceGroup { /* what stands about one recipient; every member owned, "" where the field is absent */
    char *original;          /* Original-Recipient, without its type, xtext decoded (RFC 3461 4) */
    char *final;             /* Final-Recipient, without its type */
    char *action;            /* lower case, the first word */
    char *status;
    char *diagnostic; /* Diagnostic-Code, without its type, a space for each folded line */
} BounceGroup;

/* bounce_fields_groups: the groups of `text`, in order; empty when it has none. BounceGroup; owned by the array, which
 * the caller unrefs. */
GPtrArray *bounce_fields_groups(const char *text);

/* bounce_fields_all: the values of every field `name` of `text` (unfolded), in order, at most BOUNCE_RECIPIENTS. char
 * *; owned by the array. */
GPtrArray *bounce_fields_all(const char *text, const char *name);

#endif
