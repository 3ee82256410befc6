/* The announcement as a page, and as words that can be compared. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "channel/announce_page.h"

static void test_fragment(void **state)
{
    static const struct {
        const char *html, *fragment;
    } cases[] = {
        {"<p>a</p>", "<p>a</p>"},
        {"<html><head><title>t</title></head><body class=\"a>b\">\n<p>a</p>\n</body></html>", "<p>a</p>"},
        {"<BODY>x</BODY>", "x"},
        {"<body>unclosed", "unclosed"},
        {"", ""},
        {"<bodyguard>x</bodyguard>", "<bodyguard>x</bodyguard>"},
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *fragment = announce_fragment(cases[i].html);

        assert_string_equal(fragment, cases[i].fragment);
    }
}

static void test_plain(void **state)
{
    static const struct {
        const char *html, *plain;
    } cases[] = {
        {"<p>One  two</p>\n<p>three</p>", "One two three"},
        {"a &amp; b &lt;c&gt; &#39;d&#39; &#x4e2d;", "a & b <c> 'd' \u4e2d"},
        {"It\u2019s \u201cso\u201d \u2013 yes", "It's \"so\" - yes"}, /* what a publishing system makes of it */
        {"a&nbsp;b\u00a0c", "a b c"},
        {"1 < 2 & 3", "1 < 2 & 3"},
        {"<br/>x<!-- no -->y", "x y"},
        {"\u793a\u4f8b<b>\u4e91</b>", "\u793a\u4f8b \u4e91"},
        {"&#0;&#x110000;&unknown;", "&#0;&#x110000;&unknown;"},
        {"<p unclosed", ""},
        {"", ""},
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *plain = announce_plain(cases[i].html);

        assert_string_equal(plain, cases[i].plain);
    }
}

static AnnounceItem sample(void)
{
    return (AnnounceItem){.slug = "leak-zh-tw", .locale = "zh-TW", .title = "A <b> & \"c\"", .html = "<p>text</p>"};
}

static void has(const char *page, const char *part)
{
    if (!strstr(page, part))
        fail_msg("%s is not in %s", part, page);
}

static void test_page(void **state)
{
    const AnnounceItem item = sample();
    g_autofree char *page = announce_page(&item);
    g_autofree char *again = announce_page(&item);

    (void)state;
    assert_string_equal(page, again);
    has(page, "<!DOCTYPE html>\n<html lang=\"zh-TW\" dir=\"ltr\">");
    has(page, "<title>A &lt;b&gt; &amp; &quot;c&quot;</title>");
    has(page, "<h1>A &lt;b&gt; &amp; &quot;c&quot;</h1>");
    has(page, "width=device-width");
    has(page, "prefers-color-scheme:dark");
    has(page, "default-src 'none'");
    has(page, "<p>text</p>");
    assert_null(strstr(page, "<script"));
    assert_null(strstr(page, "http://"));
    assert_null(strstr(page, "https://"));
    assert_null(strstr(page, "<nav>")); /* there is no other language */
}

static void test_page_keeps_its_heading(void **state)
{
    AnnounceItem item = sample();
    g_autofree char *page = NULL;

    (void)state;
    item.html = "<H1 id=\"x\">own</H1>";
    page = announce_page(&item);
    assert_null(strstr(page, "<h1>A"));
}

static void test_page_links(void **state)
{
    static const AnnounceLink links[] = {{"leak-en", "en"}, {"leak-zh-tw", "zh-TW"}, {"leak-xx", "xx"}, {NULL, NULL}};
    AnnounceItem item = sample();
    g_autofree char *page = NULL;

    (void)state;
    item.links = links;
    page = announce_page(&item);
    has(page, "<a href=\"leak-en.html\" lang=\"en\" hreflang=\"en\">English</a>");
    has(page, ">xx</a>");
    assert_null(strstr(page, "leak-zh-tw.html")); /* that is this page */
}

static void test_page_direction(void **state)
{
    AnnounceItem item = sample();
    g_autofree char *page = NULL;

    (void)state;
    item.locale = "ar-EG";
    page = announce_page(&item);
    has(page, "dir=\"rtl\"");
}

static void test_escape(void **state)
{
    g_autofree char *escaped = announce_escape("<a href='x'>\x01\t&\"\n");

    (void)state;
    assert_string_equal(escaped, "&lt;a href=&#39;x&#39;&gt;\t&amp;&quot;\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fragment),
        cmocka_unit_test(test_plain),
        cmocka_unit_test(test_page),
        cmocka_unit_test(test_page_links),
        cmocka_unit_test(test_escape),
        cmocka_unit_test(test_page_direction),
        cmocka_unit_test(test_page_keeps_its_heading),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
