/* duplicate - which ids may stand in more than one row, for breach check: it has no ledger that could tell. Eight bytes
 * a person, so that millions fit; whether a suspect is a duplicate, its rows must say.
 *
 * Threads: one. */
#ifndef BREACH_DISPATCH_DUPLICATE_H
#define BREACH_DISPATCH_DUPLICATE_H

#include <stdbool.h>

#include <glib.h>

typedef struct Duplicates Duplicates;

Duplicates *duplicate_new(void);
void duplicate_free(Duplicates *duplicates);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Duplicates, duplicate_free)

/* duplicate_note: the id of one more row. */
void duplicate_note(Duplicates *duplicates, const char *id);

/* duplicate_sift: after the last row; keeps what was noted more than once. true when there is any. */
bool duplicate_sift(Duplicates *duplicates);

/* duplicate_suspects: whether `id` may have been noted more than once; after duplicate_sift(). Never misses one. */
bool duplicate_suspects(const Duplicates *duplicates, const char *id);

#endif
