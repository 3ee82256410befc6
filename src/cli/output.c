#include "cli/output.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/language.h"
#include "base/text.h"
#include "cli/workspace.h"
#include "dispatch/brake.h"
#include "report/brakes.h"
#include "report/status.h"

#define PLAIN_LINE_EVERY 5000 /* ms, where stderr is no terminal */
#define BAR_WIDTH 24
#define SILENCE_SHOWN 5000 /* ms */

static bool is_drawn; /* a progress line stands on the terminal */
static int64_t plain_at;
static OutputBeside beside;

static bool is_terminal(void)
{
    const char *term = g_getenv("TERM");

    return isatty(STDERR_FILENO) && g_strcmp0(term, "dumb") != 0;
}

void output_message(const char *format, ...)
{
    g_autofree char *text = NULL;
    va_list arguments;

    va_start(arguments, format);
    text = g_strdup_vprintf(language_text(format), arguments);
    va_end(arguments);
    output_progress_end();
    fprintf(stderr, "breach: %s\n", text);
}

void output_refusal(GError *error)
{
    output_message("error: %s", error->message);
    g_error_free(error);
}

void output_findings(Findings *findings)
{
    output_progress_end();
    for (size_t i = 0; i < findings_count(findings); i++) {
        g_autofree char *line = finding_format(findings_get(findings, i));

        fprintf(stderr, "%s\n", line);
    }
}

json_t *output_findings_json(Findings *findings)
{
    json_t *list = json_array();

    for (size_t i = 0; i < findings_count(findings); i++) {
        const Finding *finding = findings_get(findings, i);
        json_t *entry = json_pack("{s:s, s:s, s:s, s:s?, s:s?, s:i, s:i, s:s}", "severity",
                                  finding_severity_name(finding->severity), "stage", finding_stage_name(finding->stage),
                                  "id", finding->id, "code", finding_code(finding), "file", finding->at.file, "line",
                                  finding->at.line, "column", finding->at.column, "text", finding->text);

        if (finding->accepted)
            json_object_set_new(entry, "accepted",
                                json_pack("{s:s, s:s}", "by", finding->accepted->by, "reason", finding->accepted->reason));
        json_array_append_new(list, entry);
    }
    return list;
}

void output_json(json_t *document)
{
    char *text;

    if (beside.json && json_object_get(document, "verdict"))
        beside.json(document, beside.user);
    text = json_dumps(document, JSON_INDENT(2) | JSON_SORT_KEYS);
    puts(text);
    free(text);
    json_decref(document);
}

void output_recovery(const LedgerRecovery *recovery)
{
    if (recovery->settled + recovery->returned + recovery->doubted == 0)
        return;
    g_autofree char *settled = text_grouped(recovery->settled);
    g_autofree char *returned = text_grouped(recovery->returned);
    g_autofree char *doubted = text_grouped(recovery->doubted);

    output_message("an earlier run ended early: %s answers recovered, %s messages had not left, %s may or may not have "
                   "been taken",
                   settled, returned, doubted);
}

void output_beside_verdict(const OutputBeside *given)
{
    beside = given ? *given : (OutputBeside){.text = NULL};
}

void output_verdict(const char *verdict, const char *next)
{
    g_autofree char *whole = beside.text ? beside.text(verdict, beside.user) : NULL;

    output_progress_end();
    printf("%s\n", whole ? whole : verdict);
    if (next && *next)
        printf(_("next: %s\n"), next);
    fflush(stdout);
}

static int terminal_width(void)
{
    struct winsize size;

    return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 20 ? size.ws_col : 80;
}

/* Draws over the line before on a terminal; elsewhere prints now and then. */
static void show_line(const char *line)
{
    int64_t now = clock_steady(clock_system());

    if (is_terminal()) {
        g_autofree char *cut = text_cut(line, terminal_width() - 1);

        fprintf(stderr, "\r\033[K%s", cut);
        fflush(stderr);
        is_drawn = true;
        return;
    }
    if (plain_at == 0)
        plain_at = now;
    if (now - plain_at < PLAIN_LINE_EVERY)
        return;
    plain_at = now;
    fprintf(stderr, "breach: %s\n", line);
}

static char *bar(double share)
{
    int filled = (int)(share * BAR_WIDTH);
    GString *text = g_string_new("[");

    for (int i = 0; i < BAR_WIDTH; i++)
        g_string_append_c(text, i < filled ? '#' : '.');
    g_string_append_c(text, ']');
    return g_string_free(text, FALSE);
}

static void append_pace(GString *line, const ConductorProgress *progress)
{
    g_autofree char *rate = text_grouped((int64_t)progress->rate);
    int64_t span = progress->rate >= 1 ? (int64_t)((double)progress->counts.open / progress->rate * 1000) : -1;
    g_autofree char *left = span >= 0 ? clock_format_span(span) : g_strdup("?");

    if (progress->counts.open == 0) /* what is left waits for a person */
        return;
    g_string_append_printf(line, _(", %s/s, %s left"), rate, left);
}

/* On a terminal the line is mostly too short for the command: it is said once before. */
static void append_lift(GString *line, const ConductorProgress *progress, const Workspace *workspace)
{
    static char *said;
    g_autofree char *command = NULL;

    if (!progress->hold) {
        g_clear_pointer(&said, g_free);
        return;
    }
    command = brakes_lift(progress->hold, workspace->typed, workspace->mode);
    if (g_strcmp0(said, command) != 0) {
        g_autofree char *held = brake_held(progress->hold);

        if (progress->hold->until == 0) {
            output_message("%s; nothing of it is sent before somebody types %s", held, command);
        } else {
            g_autofree char *until = status_time(progress->hold->until, clock_now(clock_system()));

            output_message(N_("%s; nothing of it is sent before %s, unless somebody types %s"), held, until, command);
        }
        g_free(said);
        said = g_strdup(command);
    }
    g_string_append_printf(line, _("; %s"), command);
}

/* In place of the pace, when no answer has come for a while or the last ones are waited for. */
static bool append_waiting(GString *line, const ConductorProgress *progress)
{
    g_autofree char *span = clock_format_span(progress->silence);

    if (progress->in_flight == 0 || (progress->silence < SILENCE_SHOWN && !progress->stopping))
        return false;
    if (progress->stopping)
        g_string_append(line, _("; stopping"));
    g_string_append_printf(
        line, language_plural("; waiting for %d answer (%s)", "; waiting for %d answers (%s)", progress->in_flight),
        progress->in_flight, span);
    return true;
}

void output_progress(const ConductorProgress *progress, void *user)
{
    const int64_t *told = progress->counts.told;
    int64_t done = progress->counts.people - told[TOLD_PENDING] - told[TOLD_IN_DOUBT];
    double share = progress->counts.people > 0 ? (double)done / (double)progress->counts.people : 1;
    g_autofree char *drawn = bar(share);
    g_autofree char *reached = text_grouped(told[TOLD_ACCEPTED] + told[TOLD_DELIVERED]);
    g_autofree char *people = text_grouped(progress->counts.people);
    g_autofree char *doubtful = text_grouped(told[TOLD_IN_DOUBT]);
    g_autofree char *unreachable = text_grouped(told[TOLD_UNREACHABLE]);
    GString *line = g_string_new(NULL);

    g_string_printf(line, _("%s %s of %s told"), drawn, reached, people);
    if (!append_waiting(line, progress))
        append_pace(line, progress);
    if (told[TOLD_IN_DOUBT] > 0)
        g_string_append_printf(line, _(", %s in doubt"), doubtful);
    if (told[TOLD_UNREACHABLE] > 0)
        g_string_append_printf(line, _(", %s unreachable"), unreachable);
    if (progress->trouble)
        g_string_append_printf(line, _("; %s"), progress->trouble);
    append_lift(line, progress, user);
    show_line(line->str);
    g_string_free(line, TRUE);
}

void output_reading(int64_t done, int64_t total, void *user)
{
    g_autofree char *drawn = bar(total > 0 ? (double)done / (double)total : 0);
    g_autofree char *line = g_strdup_printf(_("%s reading the people file"), drawn);

    (void)user;
    show_line(line);
}

void output_progress_end(void)
{
    if (!is_drawn)
        return;
    fputs("\r\033[K", stderr);
    fflush(stderr);
    is_drawn = false;
}
