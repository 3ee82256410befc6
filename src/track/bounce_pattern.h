/* bounce_pattern - what mail systems say in words when they will not take a message, as a table: an expression, what it
 * means, and where the wording is from.
 *
 * Pure; threads: safe. */
#ifndef BREACH_TRACK_BOUNCE_PATTERN_H
#define BREACH_TRACK_BOUNCE_PATTERN_H

#include <stdbool.h>
#include <stddef.h>

#include "model/bounce_reason.h"

/* How much a wording is worth beside the enhanced status code of the same answer: systems put 5.7.1 and 5.1.1 on
 * anything, while they seldom write "mailbox full" and mean something else. */
typedef enum BounceWeight {
    BOUNCE_WORDS_WIN, /* whatever the code says */
    BOUNCE_CODE_WINS, /* only where the code says nothing */
} BounceWeight;

typedef struct BouncePattern {
    const char *id;         /* unique; stands in "rule" of breach track --explain */
    const char *expression; /* Perl-compatible, of lower case; matched against a prepared text */
    BounceReason reason;
    BounceWeight weight;
    const char *source; /* who writes so, and where it is documented or was seen */
} BouncePattern;

/* bounce_pattern_at: the rows in the order in which they are tried; NULL past the end. */
const BouncePattern *bounce_pattern_at(size_t index);

/* bounce_pattern_prepare: `text` as the expressions expect it: lower case, one space between words, URLs as "url" and
 * mail addresses as "addr@", so that a mailbox called "spam" or "full" decides nothing. At most the first 8 KiB. Newly
 * allocated. */
char *bounce_pattern_prepare(const char *text);

/* bounce_pattern_find: the first row of this weight that matches the prepared text, or NULL. Static. */
const BouncePattern *bounce_pattern_find(const char *prepared, BounceWeight weight);

#endif
