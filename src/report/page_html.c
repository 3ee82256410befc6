#include "report/page_html.h"

#include <string.h>

#include "base/language.h"

/* Text ------------------------------------------------------------------------------------------------------------ */

/* What HTML 5 (13.2.3.5) calls a parse error in text is replaced: controls, noncharacters, U+0000. */
static bool is_shown(gunichar c)
{
    return c == '\n' || c == '\t' ||
           (c >= 0x20 && !(c >= 0x7f && c <= 0x9f) && (c & 0xfffe) != 0xfffe && !(c >= 0xfdd0 && c <= 0xfdef));
}

void page_html_text(GString *html, const char *text)
{
    g_autofree char *valid = text ? g_utf8_make_valid(text, -1) : NULL;

    for (const char *at = valid; at && *at; at = g_utf8_next_char(at)) {
        gunichar c = g_utf8_get_char(at);

        if (c == '&')
            g_string_append(html, "&amp;");
        else if (c == '<')
            g_string_append(html, "&lt;");
        else if (c == '>')
            g_string_append(html, "&gt;");
        else if (c == '"')
            g_string_append(html, "&quot;");
        else if (c == '\'')
            g_string_append(html, "&#39;");
        else
            g_string_append_unichar(html, is_shown(c) ? c : 0xfffd);
    }
}

static void open_tag(GString *html, const char *name, const char *css)
{
    g_string_append_printf(html, "<%s", name);
    if (css)
        g_string_append_printf(html, " class=\"%s\"", css);
    g_string_append_c(html, '>');
}

void page_html_element(GString *html, const char *name, const char *css, const char *text)
{
    open_tag(html, name, css);
    page_html_text(html, text);
    g_string_append_printf(html, "</%s>\n", name);
}

/* The frame ------------------------------------------------------------------------------------------------------- */

/* The hash by which the policy allows the style sheet (CSP 3, 8.2). */
static char *style_hash(void)
{
    g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);
    guint8 digest[32];
    gsize size = sizeof digest;

    g_checksum_update(checksum, (const guchar *)page_html_css(), (gssize)strlen(page_html_css()));
    g_checksum_get_digest(checksum, digest, &size);
    return g_base64_encode(digest, size);
}

static void banner(GString *html, IncidentStatus status)
{
    bool is_exercise = status == INCIDENT_EXERCISE;

    g_string_append_printf(html, "<p class=\"banner %s\"><strong>", is_exercise ? "exercise" : "actual");
    page_html_text(html, is_exercise ? _("EXERCISE") : _("ACTUAL"));
    g_string_append(html, "</strong> ");
    page_html_text(html, is_exercise ? _("This was a rehearsal. Nobody outside was written to.")
                                     : _("This is about a real incident."));
    g_string_append(html, "</p>\n");
}

void page_html_head(GString *html, const PageHtml *page)
{
    g_autofree char *hash = style_hash();

    g_string_append_printf(html,
                           "<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n"
                           "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src"
                           " 'sha256-%s'; img-src data:; base-uri 'none'; form-action 'none'\">\n"
                           "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                           "<meta name=\"referrer\" content=\"no-referrer\">\n"
                           "<meta name=\"color-scheme\" content=\"light dark\">\n<title>",
                           language_name(), hash);
    page_html_text(html, page->status == INCIDENT_EXERCISE ? _("EXERCISE") : _("ACTUAL"));
    g_string_append(html, " · ");
    page_html_text(html, page->title);
    g_string_append_printf(html, "</title>\n<style>%s</style>\n</head>\n<body>\n<header>\n", page_html_css());
    banner(html, page->status);
    page_html_element(html, "h1", NULL, page->title);
    if (page->subtitle)
        page_html_element(html, "p", "subtitle", page->subtitle);
    g_string_append(html, "</header>\n<main>\n");
}

void page_html_foot(GString *html, const char *words)
{
    g_string_append(html, "</main>\n<footer>\n");
    if (words)
        page_html_element(html, "p", NULL, words);
    g_string_append(html, "</footer>\n</body>\n</html>\n");
}

void page_html_section(GString *html, const char *id, const char *title, const char *meaning)
{
    g_string_append_printf(html, "<section id=\"%s\">\n", id);
    page_html_element(html, "h2", NULL, title);
    if (meaning)
        page_html_element(html, "p", "meaning", meaning);
}

/* Tables ---------------------------------------------------------------------------------------------------------- */

/* What stands before a header says what is in its column. */
static const char *column_css(const char *header)
{
    return *header == '#' ? " class=\"n\"" : *header == '@' ? " class=\"t\"" : "";
}

#define WORD_MOST 24 /* characters that stay together */
#define PIECE     8

/* A digest or an address may break, or the table would be wider than the paper and its end be cut off. Nothing is added to
 * what is copied. */
static void put_word(GString *html, const char *word, gsize length)
{
    gsize piece = length > WORD_MOST ? PIECE : length;

    for (gsize at = 0; at < length; at += piece) {
        g_autofree char *part = g_strndup(word + at, MIN(piece, length - at));

        if (at > 0)
            g_string_append(html, "<wbr>");
        page_html_text(html, part);
    }
}

static gsize word_length(const char *text)
{
    gsize length = 0;

    while (g_ascii_isgraph(text[length]))
        length++;
    return length;
}

static void put_cell(GString *html, const char *text)
{
    const char *at = text ? text : "";

    while (*at) {
        gsize word = word_length(at);
        const char *next = at + word;
        g_autofree char *between = NULL;

        while (*next && !g_ascii_isgraph(*next))
            next++;
        between = g_strndup(at + word, (gsize)(next - at) - word);
        put_word(html, at, word);
        page_html_text(html, between);
        at = next;
    }
}

void page_html_table(GString *html, const char *caption, const char *const *headers)
{
    /* what is wider than the screen scrolls by itself, by keyboard as well */
    g_string_append(html, "<div class=\"wide\" role=\"region\" tabindex=\"0\" aria-label=\"");
    page_html_text(html, caption);
    g_string_append(html, "\">\n<table>\n");
    page_html_element(html, "caption", NULL, caption);
    g_string_append(html, "<thead><tr>");
    for (; *headers; headers++) {
        const char *css = column_css(*headers);

        g_string_append_printf(html, "<th scope=\"col\"%s>", css);
        page_html_text(html, *headers + (*css ? 1 : 0));
        g_string_append(html, "</th>");
    }
    g_string_append(html, "</tr></thead>\n<tbody>\n");
}

void page_html_row(GString *html, const char *const *headers, const char *const *cells)
{
    g_string_append(html, "<tr>");
    for (size_t i = 0; headers[i] && cells[i]; i++) {
        g_string_append_printf(html, i == 0 ? "<th scope=\"row\"%s>" : "<td%s>", column_css(headers[i]));
        put_cell(html, cells[i]);
        g_string_append(html, i == 0 ? "</th>" : "</td>");
    }
    g_string_append(html, "</tr>\n");
}

void page_html_table_end(GString *html)
{
    g_string_append(html, "</tbody>\n</table>\n</div>\n");
}
