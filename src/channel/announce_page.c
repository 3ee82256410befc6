#include "channel/announce_page.h"

#include <string.h>

#include "base/text.h"

/* No script and nothing from elsewhere: said to the browser, too. */
#define POLICY "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; base-uri 'none'; form-action 'none'"

static const char style[] =
    ":root{color-scheme:light dark;--ink:#1a1a1a;--paper:#fff;--line:#d0d0d0;--link:#0645ad}"
    "@media(prefers-color-scheme:dark){:root{--ink:#ececec;--paper:#161616;--line:#444;--link:#8ab4f8}}"
    "html{-webkit-text-size-adjust:100%}"
    "body{margin:0 auto;padding:1rem 1rem 3rem;max-width:42rem;background:var(--paper);color:var(--ink);"
    "font:1.0625rem/1.65 system-ui,-apple-system,\"Segoe UI\",Roboto,\"Noto Sans\",\"PingFang SC\",\"PingFang TC\","
    "\"Microsoft YaHei\",\"Microsoft JhengHei\",\"Noto Sans CJK SC\",sans-serif;overflow-wrap:break-word}"
    "h1{font-size:1.5rem;line-height:1.3}h2{font-size:1.2rem;line-height:1.35;margin-top:2rem}"
    "a{color:var(--link)}nav,footer{border:0 solid var(--line);padding:.5rem 0;font-size:.95rem}"
    "nav{border-bottom-width:1px}footer{border-top-width:1px;margin-top:2rem}nav a{margin-right:1rem}"
    "img,table{max-width:100%}"
    "@media print{body{max-width:none;background:#fff;color:#000}nav{display:none}}";

char *announce_escape(const char *text)
{
    GString *escaped = g_string_new(NULL);

    for (const char *at = text; *at; at++) {
        const char *entity = *at == '&'   ? "&amp;"
                             : *at == '<' ? "&lt;"
                             : *at == '>' ? "&gt;"
                             : *at == '"' ? "&quot;"
                                          : NULL;

        if (*at == '\'')
            entity = "&#39;";
        if (entity)
            g_string_append(escaped, entity);
        else if (!g_ascii_iscntrl(*at) || *at == '\n' || *at == '\t') /* XML has no place for the others */
            g_string_append_c(escaped, *at);
    }
    return g_string_free(escaped, FALSE);
}

/* Fragments ------------------------------------------------------------------------------------------------------ */

char *announce_fragment(const char *html)
{
    const char *body = text_find_tag(html, "body");
    const char *behind = body ? text_behind_tag(body) : html;
    const char *from = behind ? behind : "";
    const char *end = body ? text_find_tag(from, "/body") : NULL;
    char *fragment = end ? g_strndup(from, (gsize)(end - from)) : g_strdup(from);

    return g_strstrip(fragment);
}

/* Pages ---------------------------------------------------------------------------------------------------------- */

static const char *direction_of(const char *locale)
{
    static const char *const leftward[] = {"ar", "fa", "he", "ur", NULL};
    g_autofree char *language = g_strndup(locale, strcspn(locale, "-"));

    return g_strv_contains(leftward, language) ? "rtl" : "ltr";
}

void announce_page_start(GString *page, const char *locale, const char *title)
{
    g_autofree char *shown = announce_escape(title);

    g_string_append_printf(page,
                           "<!DOCTYPE html>\n<html lang=\"%s\" dir=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n"
                           "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                           "<meta http-equiv=\"Content-Security-Policy\" content=\"" POLICY "\">\n"
                           "<meta name=\"referrer\" content=\"no-referrer\">\n<title>%s</title>\n<style>%s</style>\n"
                           "</head>\n<body>\n",
                           locale, direction_of(locale), shown, style);
}

void announce_page_end(GString *page)
{
    g_string_append(page, "</body>\n</html>\n");
}

/* What a language is called in itself; the tag where we do not know. */
static const char *language_of(const char *locale)
{
    static const struct {
        const char *locale, *name;
    } languages[] = {
        {"zh-CN", "简体中文"}, {"zh-TW", "繁體中文"}, {"zh-HK", "繁體中文（香港）"},
        {"en", "English"},     {"de", "Deutsch"},     {"fr", "Français"},
        {"ja", "日本語"},      {"ko", "한국어"},      {"es", "Español"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(languages); i++)
        if (strcmp(languages[i].locale, locale) == 0)
            return languages[i].name;
    return locale;
}

static void append_links(GString *page, const AnnounceItem *item)
{
    size_t others = 0;

    for (const AnnounceLink *link = item->links; link && link->slug; link++)
        others += strcmp(link->slug, item->slug) != 0 ? 1 : 0;
    if (others == 0)
        return;
    g_string_append(page, "<nav>");
    for (const AnnounceLink *link = item->links; link->slug; link++)
        if (strcmp(link->slug, item->slug) != 0)
            g_string_append_printf(page, "<a href=\"%s.html\" lang=\"%s\" hreflang=\"%s\">%s</a>", link->slug,
                                   link->locale, link->locale, language_of(link->locale));
    g_string_append(page, "</nav>\n");
}

char *announce_page(const AnnounceItem *item)
{
    GString *page = g_string_new(NULL);
    g_autofree char *title = announce_escape(item->title);

    announce_page_start(page, item->locale, item->title);
    append_links(page, item);
    g_string_append(page, "<main>\n");
    if (!text_find_tag(item->html, "h1"))
        g_string_append_printf(page, "<h1>%s</h1>\n", title);
    g_string_append(page, item->html);
    g_string_append(page, "\n</main>\n");
    announce_page_end(page);
    return g_string_free(page, FALSE);
}
