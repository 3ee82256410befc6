/* bounce_judge - why one recipient was not reached, from what a mail says about them.
 *
 * Pure; threads: safe. */
#ifndef BREACH_TRACK_BOUNCE_JUDGE_H
#define BREACH_TRACK_BOUNCE_JUDGE_H

#include "track/bounce.h"

#define BOUNCE_TEXTS 4

typedef struct BounceEvidence { /* all borrowed */
    const char *origin;         /* what was read: "rfc3464", "text", … */
    const char *status;         /* the Status field; "" when there is none */
    const char
        *texts[BOUNCE_TEXTS]; /* what is said, the nearest to the recipient first; NULL or "" where there is none */
} BounceEvidence;

/* bounce_judge: fills reason, status, hard, said and rule of a recipient whose kind (bounce or delay) and address are
 * known. Of each text in turn: clear words, then the enhanced status code, then vague words; a text further away is
 * asked only when a nearer one says nothing. Only a bounce is hard. */
void bounce_judge(const BounceEvidence *evidence, BounceRecipient *recipient);

/* bounce_said: one line of at most BOUNCE_SAID octets, newly allocated. */
char *bounce_said(const char *text);

#endif
