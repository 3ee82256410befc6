/* report_writer - how a report is written down: one set of functions for each format. report_outline says what stands
 * in a report, a writer how it looks.
 *
 * All texts are plain, in the reader's language; making them safe is the writer's. Threads: one. */
#ifndef BREACH_REPORT_REPORT_WRITER_H
#define BREACH_REPORT_REPORT_WRITER_H

#include <stdbool.h>

#include <glib.h>

#include "model/incident.h"

typedef struct ReportWriter {
    void (*head)(GString *out, const char *title, const char *subtitle, IncidentStatus status);
    /* contents: of "ID\nTITLE", before the first section */
    void (*contents)(GString *out, const GPtrArray *sections);
    void (*section)(GString *out, const char *id, const char *title, const char *meaning);
    void (*section_end)(GString *out);
    void (*subheading)(GString *out, const char *title);
    void (*paragraph)(GString *out, const char *text);
    /* items: `is_board`: the numbered lines at the top */
    void (*items)(GString *out, const GPtrArray *items, bool is_board);
    /* A table. A header that begins with # is one of numbers, with @ one of times; NULL-terminated, as each row. */
    void (*table)(GString *out, const char *caption, const char *const *headers);
    void (*row)(GString *out, const char *const *headers, const char *const *cells);
    void (*table_end)(GString *out);
    /* figure: a drawing (chart.h) for formats that can show one; the same numbers stand in a table. `legend`: of
     * "CLASS\nTEXT", or NULL */
    void (*figure)(GString *out, const char *svg, const GPtrArray *legend);
    void (*code)(GString *out, const char *title, const char *text);
    void (*foot)(GString *out, const char *text);
} ReportWriter;

#endif
