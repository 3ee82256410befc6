/* coverage_text - what one frozen text holds, found out by rendering it and looking at its marks.
 *
 * An email is read as text or as HTML: each of the two must hold everything, the subject counts for both. A
 * CoverageReading owns its lines. Pure but for memory; threads: one RenderScratch to a thread. */
#ifndef BREACH_DISPATCH_COVERAGE_TEXT_H
#define BREACH_DISPATCH_COVERAGE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include <glib.h>

#include "dispatch/render.h"
#include "model/coverage.h"

typedef struct CoveragePart {
    const char *name; /* "txt" or "html"; static */
    CoverageText text;
    char **lines; /* owned; what a reader sees, trimmed; NULL-terminated; NULL: forgotten */
} CoveragePart;

typedef struct CoverageReading {
    size_t count;          /* of parts; 0: nothing was read */
    CoveragePart parts[2]; /* text first */
    bool is_pointer;       /* each part says where the full text is */
} CoverageReading;

/* coverage_read: the text as it is for somebody with the kinds of data `kinds` ("name;email"; "": all of them).
 * `unknown`: the facts that are not known yet (NULL-terminated; or NULL). Error: BREACH_ERROR_INPUT, of the rendering.
 */
bool coverage_read(const RenderText *text, RenderScratch *scratch, const char *kinds, const char *const *unknown,
                   CoverageReading *reading, GError **error);
void coverage_reading_clear(CoverageReading *reading);

/* coverage_reading_forget: drops the lines, which are long; headings are not looked for in it any more. */
void coverage_reading_forget(CoverageReading *reading);

/* coverage_reading_judge: the worst of its parts; *lacking and *part (either may be NULL) are of that one. A reading of
 * nothing lacks everything. */
CoverageVerdict coverage_reading_judge(const CoverageReading *reading, const CoverageRequirement *requirement,
                                       CoverageSet *lacking, const char **part);

#endif
