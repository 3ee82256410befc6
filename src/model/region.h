/* region - where people and gateways are, and whether what goes from one to the other crosses a border. Pure.
 *
 * A region is a short code: a country (ISO 3166-1, "cn", "de") or a group of them ("eu"). Case does not matter. Who
 * lives in a country of the European Economic Area is at home everywhere in it, for its law is the same; Hong Kong,
 * Macao and Taiwan are regions of their own (PIPL art. 3 and 38 mean the mainland). A part of a country ("us-ca", ISO
 * 3166-2) is in it. */
#ifndef BREACH_MODEL_REGION_H
#define BREACH_MODEL_REGION_H

#include <stdbool.h>

#include "base/position.h"

typedef struct CrossBorder { /* data of people in one region may go to a gateway in another */
    char *from, *to;         /* regions; all strings are owned */
    char *basis, *purpose, *recipient, *safeguards, *risks;
    char *consent; /* the people column that must say yes for each person, or NULL */
    Position at;
} CrossBorder;

/* region_normalize: lower case, without blanks around it, newly allocated; NULL when `text` is no code of 2 to 16
 * letters, digits and hyphens that begins with a letter. */
char *region_normalize(const char *text);

/* region_same: whether nothing leaves the region. Both normalised. */
bool region_same(const char *one, const char *other);

/* region_of_pair: whether `pair`, the code of a pair that cross_border names or of a scope, covers `region`: it is the
 * same or its group. Both normalised. */
bool region_of_pair(const char *pair, const char *region);

#endif
