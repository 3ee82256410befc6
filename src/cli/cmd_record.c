/* breach record: what people did outside: letters that arrived or came back, telephone calls. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/language.h"
#include "base/text.h"
#include "cli/command.h"
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

static int misuse(GError *error)
{
    output_refusal(error);
    return EXIT_CODE_USAGE;
}

static int fail(const GError *error)
{
    output_message("error: %s", error->message);
    return exit_code_of(error);
}

/* What was asked for ---------------------------------------------------------------------------------------------- */

static bool has_values(const Options *options)
{
    return options->outcome || options->at || options->by || options->reason;
}

static int check_use(const Options *options)
{
    const char *kind = options->words[0];

    if (!kind || !g_strv_contains(record_kinds(), kind))
        return misuse(error_make(BREACH_ERROR_INPUT, "record-kind",
                                 "what happened to what? breach record PLAYBOOK letter ID …, or phone ID …"));
    if (options->from && (options->words[1] || has_values(options)))
        return misuse(error_make(BREACH_ERROR_INPUT, "record-both",
                                 "either one %s with its options, or --from FILE alone", kind));
    if (!options->from && !options->words[1])
        return misuse(error_make(BREACH_ERROR_INPUT, "record-which",
                                 "which %s? Its message id, its notice number or the person's id, or --from FILE",
                                 kind));
    return EXIT_CODE_TOLD;
}

static void read_rows(Recording *recording, Findings *findings)
{
    const Options *options = recording->workspace->options;
    int64_t now = clock_now(clock_system());
    RecordRow *row;

    if (options->from) {
        recording->rows = record_rows_read(options->from, recording->kind, now, &recording->empty, findings);
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
                     now, findings);
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

    return english ? g_strdup_printf("recorded: told %s, came back or not reached %s, to be called again %s; known already %s", told,
                                     lost, again, known)
                   : g_strdup_printf(_("recorded: told %s, came back or not reached %s, to be called again %s; known already %s"),
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
        output_message(N_("%" PRId64 " lines without an outcome were passed over"), recording->empty);
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
    g_autoptr(RecordPost) post = record_post_new(recording->ledger, recording->kind, who, error);

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

static int run(const Options *options)
{
    g_autoptr(Workspace) workspace = NULL;
    g_autoptr(GError) error = NULL;
    g_autoptr(Ledger) ledger = NULL;
    g_autoptr(Findings) findings = findings_new();
    Recording recording = {.kind = options->words[0], .thing = options->words[1]};
    int code = check_use(options);

    if (code != EXIT_CODE_TOLD)
        return code;
    workspace = workspace_open(options);
    if (!workspace->folder)
        return workspace_fail(workspace, NULL);
    ledger = workspace_ledger(workspace, &error);
    if (!ledger)
        return fail(error);
    recording.workspace = workspace;
    recording.ledger = ledger;
    code = record(&recording, findings, &error);
    g_clear_pointer(&recording.rows, g_ptr_array_unref);
    return error ? fail(error) : code;
}

static const char *const option_names[] = {"outcome", "at",    "by",   "reason", "from",
                                           "dry-run", "state", "json", "help",   NULL};

const Command cmd_record = {
    .name = "record",
    .run = run,
    .words = "letter|phone [ID]",
    .summary = N_("enter what came of letters and telephone calls"),
    .description =
        N_("Says what became of a letter or a call: of the message, notice number or person ID, or of every line of a\n"
           "CSV file, such as a call list that was filled in. All lines are checked first; then all are recorded, or\n"
           "none. The same line twice counts once.\n\n"
           "  letter  delivered: they are told. returned: they go on to the next channel of their ladder.\n"
           "  phone   reached: they are told. no-answer: to be called again; the third time they go on. wrong-number\n"
           "          and refused: they go on, because nobody has been told.\n\n"
           "It works while breach notify runs, which takes it up within seconds."),
    .options = option_names,
    .exits = N_("0 recorded, 64 it is not clear what happened to what, 65 something cannot be: nothing was recorded"),
};
