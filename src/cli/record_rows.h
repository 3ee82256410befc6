/* record_rows - what people did, one row each: from the command line or from a CSV file such as a filled-in calls.csv.
 *
 * All mistakes are collected before anything is recorded. Threads: one. */
#ifndef BREACH_CLI_RECORD_ROWS_H
#define BREACH_CLI_RECORD_ROWS_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "base/finding.h"
#include "cli/option.h"
#include "model/message_state.h"

/* RecordOutcome: what can be said about a letter or a call; static. */
typedef struct RecordOutcome {
    const char *kind; /* "letter", "phone": the channel, too */
    const char *name; /* "reached" */
    MessageEvent event;
    bool counts;       /* only the RECORD_TRIES-th time it is `event`; before, the call is still to be made */
    const char *words; /* English, for the ledger: "no answer" */
} RecordOutcome;

#define RECORD_TRIES 3 /* calls that nobody answered, before the ladder goes on */

/* record_outcome: of a kind ("letter", "phone"); NULL when it knows none of that name. record_outcome_names: all that
 * it knows, "delivered, returned"; newly allocated. */
const RecordOutcome *record_outcome(const char *kind, const char *name);
char *record_outcome_names(const char *kind);

typedef struct RecordRow {
    Position at;
    char *thing; /* owned; message id, notice number or person id */
    const RecordOutcome *outcome;
    int64_t when; /* ms */
    char *by;     /* owned; "" where nobody is named */
    char *reason; /* owned; "" where there is none */
} RecordRow;

void record_row_free(RecordRow *row);

/* RecordSpan: the times that can be meant, ms: not before anybody knew of the incident, and not in the future. */
typedef struct RecordSpan {
    int64_t since; /* INT64_MIN: not known */
    int64_t now;
} RecordSpan;

/* record_row: one row from texts that may be NULL; NULL with findings. */
typedef struct RecordCells {
    Position at;
    const char *kind, *thing, *outcome, *when, *by, *reason;
    bool is_typed; /* on the command line: options are called by their names there */
} RecordCells;
RecordRow *record_row(const RecordCells *cells, RecordSpan span, Findings *findings);

/* record_rows_read: of RecordRow *, owned: every line of the file that says an outcome, by time; *empty counts those
 * that say none. The columns are `message`, `notice` or `person` (the first that is not empty names the message),
 * `outcome`, `at`, `by`, `reason`; others are not looked at. Where a line has both, the notice number must be that of the
 * message: columns that were sorted apart would record the outcome about somebody else. */
GPtrArray *record_rows_read(const char *path, const char *kind, RecordSpan span, int64_t *empty, Findings *findings);

#endif
