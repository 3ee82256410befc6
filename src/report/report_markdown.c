#include "report/report_markdown.h"

#include <string.h>

#include "base/language.h"
#include "base/text.h"
#include "report/report_outline.h"

static void line(GString *out, const char *before, const char *text, const char *after)
{
    g_autofree char *safe = text_markdown(text);

    g_string_append_printf(out, "%s%s%s", before, safe, after);
}

static void head(GString *out, const char *title, const char *subtitle, IncidentStatus status)
{
    line(out, "**", status == INCIDENT_EXERCISE ? _("EXERCISE") : _("ACTUAL"), "**\n\n");
    line(out, "# ", title, "\n\n");
    if (subtitle)
        line(out, "", subtitle, "\n\n");
}

static void contents(GString *out, const GPtrArray *sections)
{
    (void)out; /* a wiki makes its own */
    (void)sections;
}

static void section(GString *out, const char *id, const char *title, const char *meaning)
{
    (void)id;
    line(out, "## ", title, "\n\n");
    if (meaning)
        line(out, "*", meaning, "*\n\n");
}

static void section_end(GString *out)
{
    (void)out;
}

static void subheading(GString *out, const char *title)
{
    line(out, "### ", title, "\n\n");
}

static void paragraph(GString *out, const char *text)
{
    line(out, "", text, "\n\n");
}

static void items(GString *out, const GPtrArray *list, bool is_board)
{
    for (guint i = 0; i < list->len; i++) {
        g_autofree char *mark = is_board ? g_strdup_printf("%u. ", i + 1) : g_strdup("- ");

        line(out, mark, g_ptr_array_index(list, i), "\n");
    }
    g_string_append_c(out, '\n');
}

static void row(GString *out, const char *const *headers, const char *const *cells)
{
    g_string_append_c(out, '|');
    for (size_t i = 0; headers[i] && cells[i]; i++)
        line(out, " ", cells[i], " |");
    g_string_append_c(out, '\n');
}

static void table(GString *out, const char *caption, const char *const *headers)
{
    line(out, "**", caption, "**\n\n|");
    for (size_t i = 0; headers[i]; i++)
        line(out, " ", headers[i] + (strchr("#@", *headers[i]) ? 1 : 0), " |");
    g_string_append(out, "\n|");
    for (size_t i = 0; headers[i]; i++)
        g_string_append(out, *headers[i] == '#' ? " ---: |" : " --- |");
    g_string_append_c(out, '\n');
}

static void table_end(GString *out)
{
    g_string_append_c(out, '\n');
}

static void figure(GString *out, const char *svg, const GPtrArray *legend)
{
    (void)out;
    (void)svg;
    (void)legend;
}

/* Indented, so that nothing in it can end it. */
static void code(GString *out, const char *title, const char *text)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

    subheading(out, title);
    for (char **each = lines; *each; each++)
        g_string_append_printf(out, "    %s\n", *each);
    g_string_append_c(out, '\n');
}

static void foot(GString *out, const char *text)
{
    g_string_append(out, "---\n\n");
    line(out, "", text, "\n");
}

static const ReportWriter writer = {.head = head,
                                    .contents = contents,
                                    .section = section,
                                    .section_end = section_end,
                                    .subheading = subheading,
                                    .paragraph = paragraph,
                                    .items = items,
                                    .table = table,
                                    .row = row,
                                    .table_end = table_end,
                                    .figure = figure,
                                    .code = code,
                                    .foot = foot};

char *report_markdown(const json_t *document)
{
    return report_outline(document, &writer);
}
