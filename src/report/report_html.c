#include "report/report_html.h"

#include <string.h>

#include "base/language.h"
#include "report/page_html.h"
#include "report/report_outline.h"

static void head(GString *out, const char *title, const char *subtitle, IncidentStatus status)
{
    const PageHtml page = {.title = title, .subtitle = subtitle, .status = status};

    page_html_head(out, &page);
}

static void contents(GString *out, const GPtrArray *sections)
{
    g_string_append(out, "<nav aria-labelledby=\"contents\">\n<h2 id=\"contents\">");
    page_html_text(out, _("Contents"));
    g_string_append(out, "</h2>\n<ul>\n");
    for (guint i = 0; i < sections->len; i++) {
        g_auto(GStrv) parts = g_strsplit(g_ptr_array_index(sections, i), "\n", 2);

        g_string_append_printf(out, "<li><a href=\"#%s\">", parts[0]);
        page_html_text(out, parts[1]);
        g_string_append(out, "</a></li>\n");
    }
    g_string_append(out, "</ul>\n</nav>\n");
}

static void section_end(GString *out)
{
    g_string_append(out, "</section>\n");
}

static void subheading(GString *out, const char *title)
{
    page_html_element(out, "h3", NULL, title);
}

static void paragraph(GString *out, const char *text)
{
    page_html_element(out, "p", NULL, text);
}

static void items(GString *out, const GPtrArray *list, bool is_board)
{
    g_string_append(out, is_board ? "<ol class=\"board\">\n" : "<ul>\n");
    for (guint i = 0; i < list->len; i++)
        page_html_element(out, "li", NULL, g_ptr_array_index(list, i));
    g_string_append(out, is_board ? "</ol>\n" : "</ul>\n");
}

static void figure(GString *out, const char *svg, const GPtrArray *legend)
{
    /* a bar fits any screen; what has an axis scrolls where it does not fit */
    g_string_append_printf(out, "<figure class=\"%s\" tabindex=\"0\">\n%s", legend ? "plot bar" : "plot", svg);
    if (legend) {
        g_string_append(out, "<figcaption><ul class=\"legend\">\n");
        for (guint i = 0; i < legend->len; i++) {
            g_auto(GStrv) parts = g_strsplit(g_ptr_array_index(legend, i), "\n", 2);

            g_string_append_printf(out, "<li class=\"key %s\">", parts[0]);
            page_html_text(out, parts[1]);
            g_string_append(out, "</li>\n");
        }
        g_string_append(out, "</ul></figcaption>\n");
    }
    g_string_append(out, "</figure>\n");
}

static void code(GString *out, const char *title, const char *text)
{
    page_html_element(out, "h3", NULL, title);
    g_string_append(out, "<pre><code>");
    page_html_text(out, text);
    g_string_append(out, "</code></pre>\n");
}

static const ReportWriter writer = {.head = head,
                                    .contents = contents,
                                    .section = page_html_section,
                                    .section_end = section_end,
                                    .subheading = subheading,
                                    .paragraph = paragraph,
                                    .items = items,
                                    .table = page_html_table,
                                    .row = page_html_row,
                                    .table_end = page_html_table_end,
                                    .figure = figure,
                                    .code = code,
                                    .foot = page_html_foot};

char *report_html(const json_t *document)
{
    return report_outline(document, &writer);
}
