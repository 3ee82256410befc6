/* breach record letter and phone: what people did outside: letters that arrived or came back, telephone calls. */
#include "cli/record_case.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/language.h"
#include "base/text.h"
#include "cli/exit_code.h"
#include "cli/output.h"
#include "cli/posting.h"
#include "cli/record_post.h"
#include "cli/workspace.h"

typedef struct Recording {
    Workspace *workspace;
    Ledger *ledger;
    const char *kind;  /* "letter", "phone" */
    const char *thing; /* NULL with --from */
    GPtrArray *rows;   /* owned; of RecordRow * */
    int64_t empty;     /* lines of the file that say nothing yet */
    bool applied;
} Recording;

/* What was asked for ---------------------------------------------------------------------------------------------- */

static bool has_values(const Options *options)
{
    return options->outcome || options->at || options->by || options->reason;
}

static int check_use(const Options *options)
{
    const char *kind = options->words[0];

    if (options->from && (options->words[1] || has_values(options)))
        return record_misuse(error_make(BREACH_ERROR_INPUT, "record-both",
                                        "either one %s with its options, or --from FILE alone", kind));
    if (!options->from && !options->words[1])
        return record_misuse(
            error_make(BREACH_ERROR_INPUT, "record-which",
                       "which %s? Its message id, its notice number or the person's id, or --from FILE", kind));
    return EXIT_CODE_TOLD;
}

/* A slip in the year would leave a call in the evidence that cannot have been made. */
static RecordSpan span_of(const Workspace *workspace)
{
    const Playbook *playbook = workspace->material ? material_playbook(workspace->material) : NULL;
    RecordSpan span = {.since = INT64_MIN, .now = clock_now(clock_system())};

    if (playbook && playbook->incident.detected_at.known)
        span.since = playbook->incident.detected_at.at;
    else if (playbook && playbook->incident.occurred_at.known)
        span.since = playbook->incident.occurred_at.at;
    return span;
}

static void read_rows(Recording *recording, Findings *findings)
{
    const Options *options = recording->workspace->options;
    const RecordSpan span = span_of(recording->workspace);
    RecordRow *row;

    if (options->from) {
        recording->rows = record_rows_read(options->from, recording->kind, span, &recording->empty, findings);
        return;
    }
    recording->rows = g_ptr_array_new_with_free_func((GDestroyNotify)record_row_free);
    row = record_row(&(RecordCells){.kind = recording->kind,
                                    .thing = recording->thing,
                                    .outcome = options->outcome,
                                    .when = options->at,
                                    .by = options->by,
                                    .reason = options->reason,
                                    .is_typed = true},
                     span, findings);
    if (row)
        g_ptr_array_add(recording->rows, row);
}

/* Telling --------------------------------------------------------------------------------------------------------- */

static int refuse(Findings *findings)
{
    output_findings(findings);
    output_refusal(error_make(BREACH_ERROR_INPUT, "record-refused", "nothing was recorded: mend what is said above"));
    return EXIT_CODE_INPUT;
}

static char *verdict_of(const RecordTotals *totals, bool english)
{
    g_autofree char *told = text_grouped(totals->told);
    g_autofree char *lost = text_grouped(totals->lost);
    g_autofree char *again = text_grouped(totals->again);
    g_autofree char *known = text_grouped(totals->known);

    return english ? g_strdup_printf(
                         "recorded: told %s, came back or not reached %s, to be called again %s; known already %s",
                         told, lost, again, known)
                   : g_strdup_printf(
                         _("recorded: told %s, came back or not reached %s, to be called again %s; known already %s"),
                         told, lost, again, known);
}

static int tell(const Recording *recording, const RecordTotals *totals)
{
    const Workspace *workspace = recording->workspace;
    const char *command = totals->lost > 0 && recording->applied ? "track" : "status";
    g_autofree char *next = g_strdup_printf("breach %s %s%s", command, workspace->typed, workspace->mode);
    g_autofree char *english = verdict_of(totals, true);
    g_autofree char *shown = verdict_of(totals, false);

    if (recording->empty > 0)
        output_message(recording->empty == 1 ? N_("%" PRId64 " line without an outcome was passed over")
                                             : N_("%" PRId64 " lines without an outcome were passed over"),
                       recording->empty);
    if (!recording->applied)
        output_message(N_("a breach notify is running: it takes this up within seconds"));
    if (workspace->options->json)
        output_json(json_pack("{s:s, s:s, s:I, s:I, s:I, s:I, s:I, s:b, s:s, s:s}", "schema", "breach.record/1", "kind",
                              recording->kind, "told", (json_int_t)totals->told, "lost", (json_int_t)totals->lost,
                              "again", (json_int_t)totals->again, "known", (json_int_t)totals->known, "empty",
                              (json_int_t)recording->empty, "applied", recording->applied, "verdict", english, "next",
                              next));
    else
        output_verdict(shown, next);
    return EXIT_CODE_TOLD;
}

static int record(Recording *recording, Findings *findings, GError **error)
{
    g_autofree char *who = posting_who();
    g_autoptr(RecordPost) post = NULL;

    /* What an earlier command left in the inbox is known, too: the third call counts from the two before it. */
    if (posting_apply(recording->workspace, recording->ledger, &recording->applied, error))
        post = record_post_new(recording->ledger, recording->kind, who, error);
    if (!post)
        return EXIT_CODE_INPUT;
    read_rows(recording, findings);
    for (guint i = 0; i < recording->rows->len; i++)
        record_post_add(post, g_ptr_array_index(recording->rows, i), findings);
    if (findings_errors(findings, FINDING_SEND) > 0)
        return refuse(findings);
    if (!record_post_send(post, clock_now(clock_system()), error) ||
        !posting_apply(recording->workspace, recording->ledger, &recording->applied, error))
        return EXIT_CODE_INTERNAL;
    return tell(recording, record_post_totals(post));
}

int record_delivery(Workspace *workspace)
{
    const Options *options = workspace->options;
    g_autoptr(GError) error = NULL;
    g_autoptr(Ledger) ledger = NULL;
    g_autoptr(Findings) findings = findings_new();
    Recording recording = {.workspace = workspace, .kind = options->words[0], .thing = options->words[1]};
    int code = check_use(options);

    if (code != EXIT_CODE_TOLD)
        return code;
    ledger = workspace_ledger(workspace, &error);
    if (!ledger)
        return record_fail(error);
    recording.ledger = ledger;
    code = record(&recording, findings, &error);
    g_clear_pointer(&recording.rows, g_ptr_array_unref);
    return error ? record_fail(error) : code;
}
