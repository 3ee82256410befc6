/* The report in HTML and Markdown: hostile text stays text, whatever member of the document holds it; what is not known
 * is said to be unknown; both formats say the same. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/text.h"
#include "report/page_html.h"
#include "report/report_html.h"
#include "report/report_markdown.h"

#define HOSTILE "\"><script>alert(1)</script><img src=x onerror=y>'|[a](http://b)*c*`d`\n# e"

static void test_escape(void **state)
{
    static const struct {
        const char *text, *html;
    } cases[] = {
        {"plain 文字", "plain 文字"},
        {"<b>&\"'", "&lt;b&gt;&amp;&quot;&#39;"},
        {"&amp;", "&amp;amp;"},
        {"a\x01z\x7f", "a\xef\xbf\xbdz\xef\xbf\xbd"},
        {"bad \xff\xc3", "bad \xef\xbf\xbd\xef\xbf\xbd"},
        {"\xef\xbf\xbe \xef\xb7\x90", "\xef\xbf\xbd \xef\xbf\xbd"}, /* noncharacters */
        {"", ""},
        {NULL, ""},
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        GString *html = g_string_new(NULL);

        page_html_text(html, cases[i].text);
        assert_string_equal(html->str, cases[i].html);
        g_string_free(html, TRUE);
    }
}

static void test_markdown_escape(void **state)
{
    static const struct {
        const char *text, *markdown;
    } cases[] = {
        {"plain", "plain"},
        {"a|b", "a\\|b"},
        {"*x* _y_ `z`", "\\*x\\* \\_y\\_ \\`z\\`"},
        {"[a](b) <c> &d;", "\\[a\\](b) \\<c\\> \\&d;"},
        {"# head", "\\# head"},
        {"- item", "\\- item"},
        {"two\nlines\r", "two lines "},
        {"\\", "\\\\"},
        {"", ""},
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *markdown = text_markdown(cases[i].text);

        assert_string_equal(markdown, cases[i].markdown);
    }
}

/* A document with something in every list, as small as can be. */
static json_t *document_of(const char *text)
{
    return json_pack(
        "{s:s, s:s, s:s, s:{s:s, s:i, s:n, s:s, s:{s:s}, s:{s:s}, s:[{s:s, s:s}], s:{s:i, s:i, s:n}}, s:b, s:{s:b},"
        " s:{s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:i}, s:b, s:s}",
        "schema", "breach.report/1", "made_at", "2026-11-22T10:00:00.000Z", "status", "exercise", "incident", "id",
        text, "edition", 1, "kind", "organization", text, "times", "detected_at", "2026-11-20T09:40:00+08:00", "facts",
        "what_happened", text, "data_kinds", "name", text, "label", text, "affected", "lower", 1, "likely", 2, "upper",
        "is_running", 0, "ledger", "is_copy", 0, "identity", "people", 10, "delivered", 1, "accepted", 5, "in_doubt", 1,
        "pending", 1, "quarantined", 0, "withheld", 0, "unreachable", 2, "complete", 0, "first_told_at",
        "2026-11-22T10:00:00.000Z");
}

static void add(json_t *document, const char *member, json_t *element)
{
    json_object_set_new(document, member, json_pack("[o]", element));
}

static json_t *hostile(void)
{
    const char *h = HOSTILE;
    json_t *document = document_of(h);

    add(document, "history", json_pack("{s:s, s:i, s:i}", "at", "2026-11-22T10:00:00.000Z", "event", 1, "pending", 10));
    add(document, "gateways", json_pack("{s:s, s:s, s:s, s:s}", "name", h, "channel", h, "kind", h, "region", h));
    add(document, "audiences", json_pack("{s:s, s:s, s:i}", "audience", h, "told", "accepted", "notices", 5));
    add(document, "regions", json_pack("{s:s, s:s, s:i}", "region", h, "told", "accepted", "people", 5));
    add(document, "editions", json_pack("{s:i, s:s, s:i}", "edition", 1, "told", "accepted", "people", 5));
    add(document, "messages",
        json_pack("{s:s, s:s, s:s, s:i, s:s, s:i}", "channel", h, "locale", h, "gateway", h, "edition", 1, "state",
                  "accepted", "messages", 5));
    add(document, "refused",
        json_pack("{s:s, s:s, s:i, s:s, s:i}", "gateway", h, "channel", h, "code", 550, "enhanced", h, "messages", 2));
    add(document, "returned",
        json_pack("{s:s, s:s, s:i, s:s, s:s, s:i}", "gateway", h, "channel", h, "code", 0, "enhanced", h, "reason", h,
                  "messages", 2));
    add(document, "mails", json_pack("{s:s, s:i}", "kind", h, "mails", 1));
    add(document, "refused_entries", json_pack("{s:s, s:i}", "why", h, "entries", 1));
    add(document, "unreachable", json_pack("{s:s, s:s, s:i}", "reason", h, "channel", h, "people", 2));
    add(document, "left_out", json_pack("{s:s, s:s, s:i}", "told", h, "reason", h, "notices", 1));
    add(document, "climbs",
        json_pack("{s:s, s:s, s:s, s:s, s:i}", "audience", h, "from", h, "to", h, "reason", h, "notices", 1));
    add(document, "ladders_ended", json_pack("{s:s, s:i}", "reason", h, "notices", 1));
    add(document, "doubts", json_pack("{s:s, s:i}", "how", h, "times", 1));
    add(document, "decided", json_pack("{s:s, s:s, s:i, s:s}", "reason", h, "by", h, "people", 1, "last_at", h));
    add(document, "announcement",
        json_pack("{s:s, s:s, s:i, s:s, s:s, s:s, s:s, s:s}", "gateway", h, "locale", h, "edition", 1, "state", h,
                  "url", "javascript:alert(1)", "digest", h, "by", h, "at", h));
    add(document, "notes",
        json_pack("{s:s, s:{s:s, s:s, s:s, s:i}}", "at", "2026-11-22T10:00:00.000Z", "body", "event", "confirmed", "by",
                  h, "digest", h, "people", 1));
    add(document, "obligations",
        json_pack("{s:s, s:s, s:s, s:n, s:n, s:i, s:b, s:s, s:s}", "id", h, "state", h, "title", h, "due", "filed",
                  "late_ms", 0, "unverified", 1, "names", h, "reason_for_delay", h));
    add(document, "filings",
        json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "at", h, "regime", h, "step", h, "by", h, "channel", h,
                  "reference", h, "reason", h));
    add(document, "decisions",
        json_pack("{s:s, s:s, s:s, s:s, s:[{s:s, s:s, s:s}]}", "decision", h, "regime", h, "scope", h, "state", h,
                  "history", "by", h, "ground", h, "recorded_at", h));
    add(document, "accepted_findings", json_pack("{s:s, s:s, s:s, s:s}", "id", h, "about", h, "reason", h, "by", h));
    add(document, "response", json_pack("{s:s, s:s, s:s}", "title", h, "owner", h, "state", h));
    add(document, "inquiries", json_pack("{s:s, s:s}", "id", h, "kind", h));
    add(document, "timeline",
        json_pack("{s:s, s:n, s:s, s:s, s:s, s:s}", "at", "2026-11-22T10:00:00.000Z", "until", "kind", "hold", "name",
                  h, "detail", h, "by", h));
    add(document, "people",
        json_pack("{s:i, s:s, s:s, s:s, s:s, s:s, s:s}", "row", 1, "person", h, "told", h, "audience", h, "channel", h,
                  "endpoint", h, "reason", h));
    add(document, "recompute", json_pack("{s:s, s:s}", "member", h, "sql", h));
    return document;
}

/* Whatever is not between < and > of our own is text. */
static void test_hostile_html(void **state)
{
    json_auto_t *document = hostile();
    g_autofree char *html = report_html(document);

    (void)state;
    assert_non_null(document);
    assert_null(strstr(html, "<script"));
    assert_null(strstr(html, "<img"));
    assert_non_null(strstr(html, "alert(1)"));
    for (const char *at = html; (at = strstr(at, "alert(1)")) != NULL; at++)
        assert_true(strncmp(at - strlen("&lt;script&gt;"), "&lt;script&gt;", strlen("&lt;script&gt;")) == 0 ||
                    strncmp(at - strlen("javascript:"), "javascript:", strlen("javascript:")) == 0);
    assert_null(strstr(html, "href=\"javascript"));
    assert_null(strstr(html, " style="));
    assert_true(g_str_has_suffix(html, "</html>\n"));
}

static void test_hostile_markdown(void **state)
{
    json_auto_t *document = hostile();
    g_autofree char *markdown = report_markdown(document);
    g_auto(GStrv) lines = g_strsplit(markdown, "\n", -1);
    size_t columns = 0;

    (void)state;
    for (char **line = lines; *line; line++) {
        size_t bars = 0;

        if (g_str_has_prefix(*line, "    ")) /* code */
            continue;
        assert_null(strstr(*line, "><script"));
        assert_null(strstr(*line, "[a]("));
        assert_false(g_str_has_prefix(*line, "# e"));
        for (const char *at = *line; *at; at++)
            bars += *at == '|' && (at == *line || at[-1] != '\\') ? 1 : 0;
        if (**line != '|') {
            columns = 0;
            continue;
        }
        if (columns == 0)
            columns = bars;
        assert_int_equal(bars, columns); /* every row of a table has as many cells as its head */
    }
}

/* Before a plan: nothing is 0 of which nothing is known. */
static void test_unknown(void **state)
{
    json_auto_t *document = document_of("leak");
    g_autofree char *text = NULL;

    (void)state;
    json_object_set_new(document, "identity", json_null());
    json_object_set_new(document, "ledger", json_null());
    json_object_set_new(document, "first_told_at", json_null());
    text = report_markdown(document);
    assert_non_null(strstr(text, "Nothing is planned yet, so nobody has been told from here."));
    assert_non_null(strstr(text, "how many people have to be told is unknown."));
    assert_non_null(strstr(text, "That is not the same as none."));
    assert_non_null(strstr(text, "at most unknown"));
    assert_null(strstr(text, "Told: "));
    assert_null(strstr(text, " -1"));
}

static void test_numbers(void **state)
{
    json_auto_t *document = document_of("leak");
    g_autofree char *html = NULL;

    (void)state;
    json_object_set_new(json_object_get(document, "identity"), "people", json_integer(1234567));
    json_object_set_new(json_object_get(document, "identity"), "accepted", json_integer(1234565));
    html = report_html(document);
    assert_non_null(strstr(html, "Told: 1,234,566 of the 1,234,567 people in the people file (99.9 %): 1 delivered"));
    assert_non_null(strstr(html, "<td class=\"n\">1,234,565</td>"));
    assert_non_null(strstr(html, "<strong>EXERCISE</strong>"));
    assert_non_null(strstr(html, "2026-11-20 09:40 +08:00")); /* as it was given */
}

/* What is allowed by its hash is what stands there. */
static void test_policy(void **state)
{
    GString *html = g_string_new(NULL);
    const PageHtml page = {.title = "t", .status = INCIDENT_ACTUAL};
    g_autofree char *style = g_strdup_printf("<style>%s</style>", page_html_css());
    g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);
    guint8 digest[32];
    gsize size = sizeof digest;
    g_autofree char *base64 = NULL;
    g_autofree char *policy = NULL;

    (void)state;
    page_html_head(html, &page);
    page_html_foot(html, "f");
    g_checksum_update(checksum, (const guchar *)page_html_css(), -1);
    g_checksum_get_digest(checksum, digest, &size);
    base64 = g_base64_encode(digest, size);
    policy = g_strdup_printf("default-src 'none'; style-src 'sha256-%s'", base64);
    assert_non_null(strstr(html->str, style));
    assert_non_null(strstr(html->str, policy));
    assert_null(strchr(page_html_css(), '<'));
    assert_null(strstr(page_html_css(), "url("));
    assert_null(strstr(page_html_css(), "@import"));
    assert_non_null(strstr(html->str, "<html lang=\"en\">"));
    g_string_free(html, TRUE);
}

/* A step that may apply, and would be late: nobody decided, and that is no excuse. */
static void test_undecided(void **state)
{
    json_auto_t *document = document_of("x");
    g_autofree char *markdown = NULL;

    (void)state;
    add(document, "obligations",
        json_pack("{s:s, s:s, s:s, s:s, s:s}", "id", "a/b", "title", "t", "state", "scope-unknown", "due",
                  "2026-11-21T10:00:00Z", "rule", "P1D"));
    markdown = report_markdown(document);
    assert_non_null(strstr(markdown, "may apply"));
    assert_non_null(strstr(markdown, "24 h 0 min late, if it applies"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_escape),       cmocka_unit_test(test_markdown_escape),
        cmocka_unit_test(test_hostile_html), cmocka_unit_test(test_hostile_markdown),
        cmocka_unit_test(test_unknown),      cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_policy),       cmocka_unit_test(test_undecided),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
