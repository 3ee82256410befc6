/* regime_names - the anchors and variables that regimes may use, each with the words that say what to enter.
 *
 * A regime of the user's own may add more (`anchors:`, `variables:` in its file). Pure; threads: safe. */
#ifndef BREACH_MODEL_REGIME_NAMES_H
#define BREACH_MODEL_REGIME_NAMES_H

#include <stdbool.h>
#include <stddef.h>

typedef enum RegimeVariableKind {
    REGIME_VARIABLE_COUNT,  /* a number, or lower..upper, or lower/likely/upper */
    REGIME_VARIABLE_NUMBER, /* one number */
    REGIME_VARIABLE_BOOL,   /* true or false: cii == 'true' */
    REGIME_VARIABLE_WORD,   /* one of `words`, or any word when there are none */
} RegimeVariableKind;

typedef struct RegimeVariable {
    const char *name;
    RegimeVariableKind kind;
    const char *const *words; /* WORD: NULL-terminated, or NULL */
    const char *text;         /* N_(): what it means */
} RegimeVariable;

typedef struct RegimeAnchor {
    const char *name;
    const char *text; /* N_(): "the organisation became aware" */
} RegimeAnchor;

/* regime_variable_find, regime_anchor_find: NULL when there is none. */
const RegimeVariable *regime_variable_find(const char *name);
const RegimeAnchor *regime_anchor_find(const char *name);

/* regime_variable_fits: whether `text` can be a value (one estimate) of the variable: a whole number, true or false,
 * one of its words. NULL and "" fit: nothing is known. */
bool regime_variable_fits(const RegimeVariable *variable, const char *text);

/* regime_variable_nearest, regime_anchor_nearest: the name that was probably meant; NULL when none is near. Static. */
const char *regime_variable_nearest(const char *name);
const char *regime_anchor_nearest(const char *name);

/* regime_words: how soon (`standard`) or to whom (`to`) as regimes write it, in the language that people read:
 * "without_undue_delay" is "without undue delay". A word of the user's own stays as it is. Newly allocated. */
char *regime_words(const char *name);

/* regime_variable_at, regime_anchor_at: all of them in order; NULL past the end. */
const RegimeVariable *regime_variable_at(size_t index);
const RegimeAnchor *regime_anchor_at(size_t index);

#endif
