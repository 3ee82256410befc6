/* breach report: what happened, for a board, a lawyer and an authority. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/file.h"
#include "base/language.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/exit_code.h"
#include "cli/obligations.h"
#include "cli/output.h"
#include "cli/report_person.h"
#include "cli/workspace.h"
#include "ledger/case.h"
#include "report/account.h"
#include "report/report_html.h"
#include "report/report_markdown.h"

#define FOLDER "reports"

static char *render_json(const json_t *document)
{
    char *text = json_dumps(document, JSON_INDENT(2));
    char *lines = g_strconcat(text, "\n", NULL);

    free(text);
    return lines;
}

static const struct Format {
    const char *name, *extension;
    char *(*render)(const json_t *document);
} formats[] = {{"html", "html", report_html}, {"markdown", "md", report_markdown}, {"json", "json", render_json}};

static const struct Format *find_format(const Options *options, GError **error)
{
    const char *name = options->json ? "json" : options->format ? options->format : "html";

    for (size_t i = 0; i < G_N_ELEMENTS(formats); i++)
        if (strcmp(formats[i].name, name) == 0)
            return &formats[i];
    error_set(error, BREACH_ERROR_INPUT, "report-format", "--format %s is none: write html, markdown or json", name);
    return NULL;
}

static bool is_stdout(const Options *options)
{
    return options->out ? strcmp(options->out, "-") == 0 : options->json;
}

/* The report ------------------------------------------------------------------------------------------------------ */

/* Before there is a plan the case alone is reported. */
static bool open_ledger(const Workspace *workspace, Ledger **ledger, GError **error)
{
    *ledger = NULL;
    if (!ledger_exists(workspace_backend(), workspace->folder))
        return true;
    *ledger = workspace_ledger(workspace, error);
    return *ledger != NULL;
}

static json_t *collect(const Workspace *workspace, GError **error)
{
    g_autoptr(Lawbook) lawbook = obligations_lawbook(workspace, false, error);
    g_autoptr(Ledger) ledger = NULL;
    AccountRequest request = {.lawbook = lawbook,
                              .findings = workspace->findings,
                              .is_running = workspace_is_busy(workspace),
                              .people = workspace->options->people};

    if (!lawbook || !open_ledger(workspace, &ledger, error))
        return NULL;
    request.ledger = ledger;
    return account_collect(&request, error);
}

/* A file of its own for each report: what was handed out yesterday stays as it was. */
static char *own_path(Workspace *workspace, const struct Format *format, GError **error)
{
    g_autofree char *folder = g_build_filename(workspace->folder, FOLDER, NULL);
    bool is_new = !ledger_exists(workspace_backend(), workspace->folder) && !case_exists(workspace->folder);
    g_autofree char *at = clock_format_utc(clock_now(clock_system()));
    g_autofree char *name = g_strdup_printf("report-%s.%s", g_strdelimit(at, ":", '-'), format->extension);

    if ((is_new && !workspace_prepare(workspace, error)) || !file_make_folder(folder, 0700, error))
        return NULL;
    return g_build_filename(folder, name, NULL);
}

static char *write_file(Workspace *workspace, const struct Format *format, const char *text, GError **error)
{
    const char *out = workspace->options->out;
    g_autofree char *path = out ? g_strdup(out) : own_path(workspace, format, error);

    if (!path)
        return NULL;
    if (access(path, F_OK) == 0) {
        error_set(error, BREACH_ERROR_CREATE, "report-exists",
                  "%s is there already, and is left as it is: remove it, or give --out another name", path);
        return NULL;
    }
    return file_write(path, text, strlen(text), 0600, error) ? g_steal_pointer(&path) : NULL;
}

/* The last lines ----------------------------------------------------------------------------------------------------
 */

static char *verdict_of(const json_t *document)
{
    const json_t *identity = json_object_get(document, "identity");
    bool is_exercise = strcmp(json_string_value(json_object_get(document, "status")), "exercise") == 0;
    bool is_complete = json_is_true(json_object_get(document, "complete"));
    g_autofree char *told = text_grouped(json_integer_value(json_object_get(identity, "accepted")) +
                                         json_integer_value(json_object_get(identity, "delivered")));
    int64_t all = json_integer_value(json_object_get(identity, "people"));
    g_autofree char *people = text_grouped(all);
    const char *mark = is_exercise ? _("EXERCISE: ") : "";

    if (!json_is_object(identity))
        return g_strdup_printf(_("%sreported what the case record says; nothing is planned yet"), mark);
    return g_strdup_printf(language_plural("%sreported: %s of %s person told, every counter recounted from the rows%s",
                                           "%sreported: %s of %s people told, every counter recounted from the rows%s",
                                           all),
                           mark, told, people, is_complete ? "" : _("; the work is not finished"));
}

/* Without a plan there is nothing that status could show. */
static char *next_of(const Workspace *workspace, const json_t *document)
{
    const char *command = json_is_object(json_object_get(document, "identity")) ? "status" : "plan";

    return g_strdup_printf("breach %s %s%s", command, workspace->typed, workspace->mode);
}

static int report(Workspace *workspace, const struct Format *format, GError **error)
{
    json_auto_t *document = collect(workspace, error);
    g_autofree char *verdict = document ? verdict_of(document) : NULL;
    g_autofree char *next = document ? next_of(workspace, document) : NULL;
    g_autofree char *text = NULL;
    g_autofree char *path = NULL;

    if (!document)
        return exit_code_of(*error);
    if (workspace->options->json && is_stdout(workspace->options)) {
        json_object_set_new(document, "verdict", json_string(verdict));
        json_object_set_new(document, "next", json_string(next));
        output_json(json_incref(document));
        return EXIT_CODE_TOLD;
    }
    text = format->render(document);
    if (is_stdout(workspace->options)) {
        fputs(text, stdout);
        return EXIT_CODE_TOLD;
    }
    path = write_file(workspace, format, text, error);
    if (!path)
        return exit_code_of(*error);
    puts(path);
    output_verdict(verdict, next);
    return EXIT_CODE_TOLD;
}

/* What is passed over in silence would be believed: that a report was encrypted, or is as somebody drew it. --sample
 * says by itself why it encrypts nothing. */
static bool goes_together(const Options *options)
{
    bool is_other = options->person || options->sample;

    return (!options->encrypt_to || is_other) && (!options->seed || options->sample) &&
           (!is_other || (!options->people && !options->format));
}

static int run(const Options *options)
{
    g_autoptr(GError) error = NULL;
    const struct Format *format = find_format(options, &error);
    g_autoptr(Workspace) workspace = NULL;
    int code;

    if (options->person && options->sample) {
        output_refusal(
            error_make(BREACH_ERROR_INPUT, "evidence-use", "--person and --sample are two things: give one of them"));
        return EXIT_CODE_USAGE;
    }
    if (!goes_together(options)) {
        output_refusal(error_make(BREACH_ERROR_INPUT, "report-use",
                                  "--encrypt-to goes with --person and --seed with --sample; --people and --format "
                                  "go with neither of the two; nothing was written"));
        return EXIT_CODE_USAGE;
    }
    if (options->person)
        return report_person(options);
    if (options->sample)
        return report_sample(options);
    if (!format) {
        output_message("error: %s", error->message);
        return EXIT_CODE_USAGE;
    }
    workspace = workspace_open(options);
    if (!workspace->folder)
        return workspace_fail(workspace, NULL);
    if (!workspace_has_id(workspace, &error))
        return workspace_fail(workspace, error);
    code = report(workspace, format, &error);
    if (error)
        output_message("error: %s", error->message);
    return code;
}

static const char *const names[] = {"format",     "out",     "people", "person", "sample", "seed",
                                    "encrypt-to", "dry-run", "state",  "json",   "help",   NULL};

const Command cmd_report = {
    .name = "report",
    .run = run,
    .summary = N_("what happened, for a board, a lawyer and an authority; evidence for one person"),
    .description =
        N_("Writes one file that needs nothing else: what happened when, who was told and who was not, what the\n"
           "law asked for and when it was done, who decided what, and how to compute every number again. It\n"
           "holds counts only, unless --people adds everybody by id. The file goes into the folder reports of\n"
           "the state folder, and its path is printed. Works before there is a plan, while messages are sent\n"
           "and afterwards. With --person it makes the evidence for one person, with --sample it draws people\n"
           "for an auditor."),
    .options = names,
    .exits = N_("0 written, 1 with --person: something is not what was recorded, 64 usage, 65 the playbook or the\n"
                "ledger cannot be read, 70 the numbers do not add up,\n"
                "73 the file cannot be written, or is there already"),
};
