#include "cli/output.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"

#define PLAIN_LINE_EVERY 5000 /* ms, where stderr is no terminal */
#define BAR_WIDTH 24
#define SILENCE_SHOWN 5000 /* ms */

static bool is_drawn; /* a progress line stands on the terminal */
static int64_t plain_at;

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
    text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    output_progress_end();
    fprintf(stderr, "breach: %s\n", text);
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

        json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:s?, s:i, s:i, s:s}", "severity",
                                              finding_severity_name(finding->severity), "stage",
                                              finding_stage_name(finding->stage), "id", finding->id, "file",
                                              finding->at.file, "line", finding->at.line, "column", finding->at.column,
                                              "text", finding->text));
    }
    return list;
}

void output_json(json_t *document)
{
    char *text = json_dumps(document, JSON_INDENT(2) | JSON_SORT_KEYS);

    puts(text);
    free(text);
    json_decref(document);
}

void output_recovery(const LedgerRecovery *recovery)
{
    if (recovery->settled + recovery->returned + recovery->doubted == 0)
        return;
    output_message("an earlier run ended early: %" G_GINT64_FORMAT " answers recovered, %" G_GINT64_FORMAT
                   " messages had not left, %" G_GINT64_FORMAT " may or may not have been taken",
                   recovery->settled, recovery->returned, recovery->doubted);
}

void output_verdict(const char *verdict, const char *next)
{
    output_progress_end();
    printf("%s\n", verdict);
    if (next && *next)
        printf("next: %s\n", next);
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
        fprintf(stderr, "\r\033[K%.*s", terminal_width() - 1, line);
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
    g_autofree char *left = progress->rate >= 1
                                ? clock_format_span((int64_t)((double)progress->counts.open / progress->rate * 1000))
                                : g_strdup("?");

    g_string_append_printf(line, ", %s/s, %s left", rate, left);
}

/* In place of the pace, when no answer has come for a while or the last ones are waited for. */
static bool append_waiting(GString *line, const ConductorProgress *progress)
{
    g_autofree char *span = clock_format_span(progress->silence);

    if (progress->in_flight == 0 || (progress->silence < SILENCE_SHOWN && !progress->stopping))
        return false;
    g_string_append_printf(line, "; %swaiting for %d answer%s (%s)", progress->stopping ? "stopping, " : "",
                           progress->in_flight, progress->in_flight == 1 ? "" : "s", span);
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
    GString *line = g_string_new(NULL);

    (void)user;
    g_string_printf(line, "%s %s of %s told", drawn, reached, people);
    if (!append_waiting(line, progress))
        append_pace(line, progress);
    if (told[TOLD_IN_DOUBT] > 0)
        g_string_append_printf(line, ", %" G_GINT64_FORMAT " in doubt", told[TOLD_IN_DOUBT]);
    if (told[TOLD_UNREACHABLE] > 0)
        g_string_append_printf(line, ", %" G_GINT64_FORMAT " unreachable", told[TOLD_UNREACHABLE]);
    if (progress->trouble)
        g_string_append_printf(line, "; %s", progress->trouble);
    show_line(line->str);
    g_string_free(line, TRUE);
}

void output_reading(int64_t done, int64_t total, void *user)
{
    g_autofree char *drawn = bar(total > 0 ? (double)done / (double)total : 0);
    g_autofree char *line = g_strdup_printf("%s reading the people file", drawn);

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
