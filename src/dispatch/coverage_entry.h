/* coverage_entry - the texts that coverage_check compares, each compiled once and read once for each combination of
 * data kinds.
 *
 * An entry owns its text and its readings, and borrows the rest from the Material. Threads: one. */
#ifndef BREACH_DISPATCH_COVERAGE_ENTRY_H
#define BREACH_DISPATCH_COVERAGE_ENTRY_H

#include <stdbool.h>
#include <stddef.h>

#include <glib.h>

#include "dispatch/coverage_text.h"
#include "dispatch/material.h"

typedef struct CoverageEntry {
    const char *audience; /* id, or NULL: the announcement */
    size_t index;         /* of the audience */
    const char *channel, *locale;
    bool is_update;
    RenderText *text;
    GHashTable *readings; /* kinds -> CoverageReading *, both owned */
} CoverageEntry;

/* coverage_entries: the texts that have been made, and the announcement in each language; where none has been made,
 * those of the default language. Texts with mistakes are left out, for these are said elsewhere. Of CoverageEntry *,
 * owned by the array. */
GPtrArray *coverage_entries(Material *material);

/* coverage_entry_read: what it holds for these kinds ("": all; the announcement, which is about nobody, always has
 * all). Lines of the text are there for all kinds alone. Borrowed from the entry. */
const CoverageReading *coverage_entry_read(CoverageEntry *entry, const Playbook *playbook, RenderScratch *scratch,
                                           const char *kinds);

#endif
