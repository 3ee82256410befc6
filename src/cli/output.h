/* output - what commands print: data on stdout, `breach: message` on stderr. */
#ifndef BREACH_CLI_OUTPUT_H
#define BREACH_CLI_OUTPUT_H

#include <stdbool.h>

#include <glib.h>
#include <jansson.h>

#include "base/finding.h"
#include "dispatch/conductor.h"

/* output_message: "breach: …" on stderr; `format` is looked up in the catalogue. */
void output_message(const char *format, ...) G_GNUC_PRINTF(1, 2);

/* output_refusal: "breach: error: …" on stderr; takes the error over (see error_make()). */
void output_refusal(GError *error);

/* output_findings: every finding on stderr, in order. */
void output_findings(Findings *findings);

/* output_findings_json: [{"severity","stage","id","code","file","line","column","text"}]; a new reference. */
json_t *output_findings_json(Findings *findings);

/* output_json: one document on stdout; takes the reference over. */
void output_json(json_t *document);

/* output_recovery: what an earlier run left on its way, and what became of it; nothing if there was nothing. */
void output_recovery(const LedgerRecovery *recovery);

/* output_verdict: the last lines of every command: the verdict, and what to type next (NULL: nothing). */
void output_verdict(const char *verdict, const char *next);

/* OutputBeside: what stands beside every verdict: text gives the verdict with it, newly allocated; json adds it to a document
 * that has a verdict. output_beside_verdict: from now on; NULL: nothing. All is borrowed until then. */
typedef struct OutputBeside {
    char *(*text)(const char *verdict, void *user);
    void (*json)(json_t *document, void *user);
    void *user;
} OutputBeside;
void output_beside_verdict(const OutputBeside *beside);

/* output_progress: one line that is drawn over on a terminal, a plain line every few seconds elsewhere;
 * `user` is the Workspace, for the command that lifts a hold, which is said once in a line of its own as well.
 * output_progress_end: clears the line. Both on stderr. */
void output_progress(const ConductorProgress *progress, void *user);
void output_reading(int64_t done, int64_t total, void *user);
void output_progress_end(void);

#endif
