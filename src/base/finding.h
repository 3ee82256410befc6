/* finding - everything that is wrong or missing in the inputs, collected so that all of it is shown at once.
 *
 * A Findings owns its entries. A finding has a stage: what works without it. An error of stage "send" leaves a
 * regulator's report possible; an error of stage "facts" stops everything. Ids are stable, lower case, of the form
 * `area-what` ("people-duplicate-id"), so that scripts can rely on them.
 * Somebody may take the responsibility for a finding: then it is still shown, with who and why, and counts for nothing. What
 * would send a wrong or broken message cannot be accepted, nor can anything of stage "facts".
 * Threads: one Findings belongs to one thread. */
#ifndef BREACH_BASE_FINDING_H
#define BREACH_BASE_FINDING_H

#include <stdbool.h>
#include <stddef.h>

#include <glib.h>

#include "base/position.h"

typedef enum FindingStage { FINDING_FACTS, FINDING_REPORT, FINDING_SEND } FindingStage;
typedef enum FindingSeverity { FINDING_ERROR, FINDING_WARNING } FindingSeverity;

/* FindingAccepted: a finding that somebody takes the responsibility for; owned by the Findings, as its strings. */
typedef struct FindingAccepted {
    const char *id;     /* of base/diagnostic; static */
    char *reason, *by;
    char *about;        /* only where the text holds these words; NULL: always */
    Position at;        /* where it was accepted */
    size_t uses;        /* how many findings it has let pass */
    bool is_refused;    /* it met one that cannot be accepted */
} FindingAccepted;

typedef struct Finding {
    FindingSeverity severity;
    FindingStage stage;
    const char *id; /* borrowed: a string literal */
    Position at;
    char *text;     /* owned; lower case, no full stop, says what to do */
    char *english;  /* owned; the same, for comparing with what was accepted; NULL: the text is */
    const FindingAccepted *accepted; /* borrowed; NULL: nobody has accepted it */
} Finding;

typedef struct Findings Findings;

Findings *findings_new(void);
void findings_free(Findings *findings);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Findings, findings_free)

/* findings_error, findings_warning: add one. `id` is a string literal, of a row in base/diagnostic; `format` is looked up
 * in the catalogue, then formatted as by printf. The code of an error that is quoted in it is dropped. */
void findings_error(Findings *findings, FindingStage stage, const char *id, Position at, const char *format, ...)
    G_GNUC_PRINTF(5, 6);
void findings_warning(Findings *findings, FindingStage stage, const char *id, Position at, const char *format, ...)
    G_GNUC_PRINTF(5, 6);

/* findings_accept: lets findings of `what` (an id or a code of base/diagnostic) pass from now on, and those that are there.
 * Texts are copied; `about` may be NULL. A finding that cannot be accepted stays, with another one that says so at `at`. false:
 * there is no such id. */
bool findings_accept(Findings *findings, const char *what, const char *reason, const char *by, const char *about,
                     Position at);

/* findings_accepted_count, findings_accepted: what was accepted, in the order of acceptance; borrowed. */
size_t findings_accepted_count(const Findings *findings);
const FindingAccepted *findings_accepted(const Findings *findings, size_t index);

/* findings_errors: how many errors there are up to and including `stage`. findings_warnings: all warnings. Without those
 * that were accepted. findings_passed: how many were. */
size_t findings_errors(const Findings *findings, FindingStage stage);
size_t findings_warnings(const Findings *findings);
size_t findings_passed(const Findings *findings);

/* findings_count, findings_get: all of them, in order of file, line and column; borrowed until the next addition. */
size_t findings_count(const Findings *findings);
const Finding *findings_get(Findings *findings, size_t index);

/* finding_stage_name: "facts", "report" or "send". finding_severity_name: "error" or "warning". */
const char *finding_stage_name(FindingStage stage);
const char *finding_severity_name(FindingSeverity severity);

/* finding_code: the code of base/diagnostic; static; NULL for an id without a row. */
const char *finding_code(const Finding *finding);

/* finding_format: "path:line:column: error: text [BR-YAML-002]", in the chosen language; "accepted: text [CODE], by WHO:
 * REASON" once it is; newly allocated. */
char *finding_format(const Finding *finding);

#endif
