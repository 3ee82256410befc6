/* What the official tests of test_template_spec.c leave open: mistakes with their places, strict mode, escaping by
 * kind, limits, the names that a template uses, threads, and random input. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>
#include <jansson.h>

#include "base/error.h"
#include "model/template.h"

static const TemplateOptions lenient = {.escape = TEMPLATE_ESCAPE_HTML};
static const TemplateOptions strict_text = {.escape = TEMPLATE_ESCAPE_NONE, .strict = true};
static const TemplateOptions strict_html = {.escape = TEMPLATE_ESCAPE_HTML, .strict = true};
static const TemplateOptions strict_url = {.escape = TEMPLATE_ESCAPE_URL, .strict = true};
static const TemplateOptions strict_header = {.escape = TEMPLATE_ESCAPE_HEADER, .strict = true};

/* Partials: name, source, name, source, …, NULL. */
static const char *find_partial(const char *name, void *user)
{
    for (const char *const *entry = user; entry && entry[0]; entry += 2)
        if (strcmp(entry[0], name) == 0)
            return entry[1];
    return NULL;
}

static void note_fault(Position at, const char *text, void *user)
{
    g_autofree char *where = position_format(at);

    g_string_append_printf(user, "%s: %s\n", where, text);
}

static Template *compile_with(const char *source, TemplateOptions options, const char *const *partials)
{
    g_autoptr(GString) faults = g_string_new(NULL);
    Template *template = template_compile("t.txt", source, options, find_partial, (void *)partials, note_fault, faults);

    if (!template)
        fail_msg("\"%.80s\" does not compile: %s", source, faults->str);
    assert_string_equal(faults->str, "");
    return template;
}

static Template *compile(const char *source, TemplateOptions options)
{
    return compile_with(source, options, NULL);
}

static json_t *json_of(const char *text)
{
    json_error_t error;
    json_t *value = json_loads(text, JSON_DECODE_ANY | JSON_ALLOW_NUL, &error);

    if (!value)
        fail_msg("%s: %s", text, error.text);
    return value;
}

/* What comes out: the text, or "error: MESSAGE". */
static char *rendered(const Template *template, const char *data)
{
    json_t *context = json_of(data);
    const json_t *contexts[] = {context};
    g_autoptr(GError) error = NULL;
    GString *output = g_string_new("before ");
    bool ok = template_render(template, contexts, 1, output, &error);

    json_decref(context);
    if (!ok) {
        assert_string_equal(output->str, "before ");
        assert_true(g_error_matches(error, BREACH_ERROR, BREACH_ERROR_INPUT));
        g_string_assign(output, "error: ");
        g_string_append(output, error->message);
    } else {
        assert_null(error);
        g_string_erase(output, 0, (gssize)strlen("before "));
    }
    return g_string_free(output, FALSE);
}

static void check_with(const char *source, TemplateOptions options, const char *const *partials, const char *data,
                       const char *expected)
{
    g_autoptr(Template) template = compile_with(source, options, partials);
    g_autofree char *text = rendered(template, data);

    assert_string_equal(text, expected);
}

static void check(const char *source, TemplateOptions options, const char *data, const char *expected)
{
    check_with(source, options, NULL, data, expected);
}

static void check_mistakes_with(const char *source, TemplateOptions options, const char *const *partials,
                                const char *expected)
{
    g_autoptr(GString) faults = g_string_new(NULL);
    g_autoptr(Template) template =
        template_compile("t.txt", source, options, find_partial, (void *)partials, note_fault, faults);

    assert_null(template);
    assert_string_equal(faults->str, expected);
}

static void test_mistakes(void **state)
{
    static const struct {
        const char *source, *expected;
    } rows[] = {
        {"{{#a}}x", "t.txt:1:1: the section \"a\" is never closed: {{/a}} is missing\n"},
        {"one\n  {{^a.b}}x", "t.txt:2:3: the section \"a.b\" is never closed: {{/a.b}} is missing\n"},
        {"{{#a}}\n{{#b}}\n{{/a}}", "t.txt:2:1: the section \"b\" is never closed: {{/b}} is missing\n"},
        {"{{#a}}\n x {{/b}}", "t.txt:2:4: {{/b}} does not close the section \"a\" of line 1: expected {{/a}}\n"},
        {"x{{/b}}", "t.txt:1:2: {{/b}} closes no section\n"},
        {"{{#a}}{{/a}}{{/a}}", "t.txt:1:13: {{/a}} closes no section\n"},
        {"é 中{{name", "t.txt:1:4: the tag is never closed: }} is missing\n"},
        {"a\r\nb {{{name}}", "t.txt:2:3: the tag is never closed: }}} is missing\n"},
        {"{{! no end", "t.txt:1:1: the tag is never closed: }} is missing\n"},
        {"{{#a}}{{b", "t.txt:1:7: the tag is never closed: }} is missing\n"},
        {"{{=<% %>}} x", "t.txt:1:1: the tag is never closed: =}} is missing\n"},
        {"{{=<%=}}", "t.txt:1:1: bad delimiters: expected two of them, without = or white space, like {{=<% %>=}}\n"},
        {"{{==}}", "t.txt:1:1: bad delimiters: expected two of them, without = or white space, like {{=<% %>=}}\n"},
        {"{{=a b c=}}",
         "t.txt:1:1: bad delimiters: expected two of them, without = or white space, like {{=<% %>=}}\n"},
        {"{{=a= b=}}", "t.txt:1:1: bad delimiters: expected two of them, without = or white space, like {{=<% %>=}}\n"},
        {"\n{{}}", "t.txt:2:1: the tag has no name\n"},
        {"{{# }}", "t.txt:1:1: the tag has no name\n"},
        {"{{a b}}", "t.txt:1:1: the name contains white space or a brace: is the closing delimiter missing?\n"},
        {"{{a} and\n{{b}}", "t.txt:1:1: the name contains white space or a brace: is the closing delimiter missing?\n"},
        {"{{a..b}}", "t.txt:1:1: a dotted name has an empty part: write it like person.name\n"},
        {"{{.a}}", "t.txt:1:1: a dotted name has an empty part: write it like person.name\n"},
        {"{{a.}}", "t.txt:1:1: a dotted name has an empty part: write it like person.name\n"},
        {"{{<layout}}", "t.txt:1:1: template inheritance is not supported: use a partial, {{>name}}\n"},
        {"{{$block}}", "t.txt:1:1: template inheritance is not supported: use a partial, {{>name}}\n"},
        {"{{>*name}}", "t.txt:1:1: dynamic partials are not supported: name the partial itself\n"},
        {" {{>gone}}", "t.txt:1:2: there is no partial \"gone\"\n"},
        {"{{a..b}}\n{{/x}}\n {{#s}}", "t.txt:1:1: a dotted name has an empty part: write it like person.name\n"
                                      "t.txt:2:1: {{/x}} closes no section\n"
                                      "t.txt:3:2: the section \"s\" is never closed: {{/s}} is missing\n"},
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        check_mistakes_with(rows[i].source, strict_text, NULL, rows[i].expected);
    assert_null(template_compile("t.txt", "{{", lenient, NULL, NULL, NULL, NULL));
}

static void test_mistakes_in_partials(void **state)
{
    static const char *const self[] = {"loop", "x\n  {{>loop}}", NULL};
    static const char *const ring[] = {"a", "{{>b}}", "b", "{{#s}}{{/s}}{{>a}}", NULL};
    static const char *const broken[] = {"bad", "fine\n{{#x}}", NULL};
    static const char *const guarded[] = {"tree", "{{name}}{{#children}}<{{>tree}}>{{/children}}", NULL};

    (void)state;
    check_mistakes_with("{{>loop}}{{>loop}}", lenient, self,
                        "loop.mustache:2:3: the partial includes itself without end: put the inner {{>name}} into a "
                        "section\n");
    check_mistakes_with("{{#s}}{{>a}}{{/s}}", lenient, ring,
                        "b.mustache:1:13: the partial includes itself without end: put the inner {{>name}} into a "
                        "section\n");
    check_mistakes_with("{{>bad}} {{>bad}}", lenient, broken,
                        "bad.mustache:2:1: the section \"x\" is never closed: {{/x}} is missing\n");
    check_with("{{>tree}}", strict_text, guarded,
               "{\"name\": 1, \"children\": [{\"name\": 2, \"children\": [{\"name\": 3, \"children\": false}]}, "
               "{\"name\": 4, \"children\": []}]}",
               "1<2<3>><4>");
    check_with("[{{>gone}}]", lenient, NULL, "{}", "[]");
}

static void test_strict(void **state)
{
    static const char data[] = "{\"person\": {\"name\": \"Zoë\", \"note\": \"\", \"gone\": null, \"minor\": false}, "
                               "\"list\": [1, 2], \"none\": [], \"items\": [{\"t\": \"a\"}, {\"t\": \"b\"}]}";
    static const struct {
        const char *source, *expected;
    } rows[] = {
        {"Dear {{person.name}},", "Dear Zoë,"},
        {"Dear\n  {{person.nam}},", "error: t.txt:2:3: unknown name \"person.nam\": did you mean \"name\"?"},
        {"{{persom.name}}", "error: t.txt:1:1: unknown name \"persom.name\": did you mean \"person\"?"},
        {"{{xyzzy}}", "error: t.txt:1:1: unknown name \"xyzzy\""},
        {"{{person.name.first}}", "error: t.txt:1:1: unknown name \"person.name.first\""},
        {"{{person.gone.x}}", "error: t.txt:1:1: unknown name \"person.gone.x\""},
        {"{{#xyzzy}}x{{/xyzzy}}", "error: t.txt:1:1: unknown name \"xyzzy\""},
        {"{{^person.xyzzy}}x{{/person.xyzzy}}", "error: t.txt:1:1: unknown name \"person.xyzzy\""},
        {"{{{xyzzy}}}", "error: t.txt:1:1: unknown name \"xyzzy\""},
        {"[{{person.note}}{{person.gone}}{{none}}]", "[]"},
        {"[{{person.minor}}]", "[false]"},
        {"{{list}}", "error: t.txt:1:1: \"list\" is a list where a text is needed: use a section, {{#list}}"},
        {"{{person}}", "error: t.txt:1:1: \"person\" is an object where a text is needed: use a section, {{#person}}"},
        {"{{.}}", "error: t.txt:1:1: \".\" is an object where a text is needed: use a section, {{#.}}"},
        {"{{#list}}{{.}},{{/list}}", "1,2,"},
        {"{{#items}}{{t}}{{person.name}} {{/items}}", "aZoë bZoë "},
        {"{{#items}}{{u}}{{/items}}", "error: t.txt:1:11: unknown name \"u\": did you mean \"t\"?"},
        {"{{#person}}{{name}}{{/person}}", "Zoë"},
        {"{{#person.note}}never {{xyzzy}}{{/person.note}}{{^person.note}}no note{{/person.note}}", "no note"},
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        check(rows[i].source, strict_text, data, rows[i].expected);
    check("[{{xyzzy}}{{#xyzzy}}x{{/xyzzy}}{{list}}{{person}}]", lenient, data, "[]");
}

static void test_strict_in_partial(void **state)
{
    static const char *const partials[] = {"foot", "a\n b {{xyzzy}}", NULL};

    (void)state;
    check_with("{{>foot}}", strict_text, partials, "{}", "error: foot.mustache:2:4: unknown name \"xyzzy\"");
}

static void test_escaping(void **state)
{
    static const char data[] = "{\"v\": \"<a href='x'>\\\"R&D\\\"</a>\", \"line\": \"a\\nb\", \"nul\": \"a\\u0000b\", "
                               "\"del\": \"a\\u007fb\", \"tab\": \"a\\tb\", \"zh\": \"中文\"}";

    (void)state;
    check("{{v}}", strict_html, data, "&lt;a href=&#39;x&#39;&gt;&quot;R&amp;D&quot;&lt;/a&gt;");
    check("{{{v}}}|{{&v}}", strict_html, data, "<a href='x'>\"R&D\"</a>|<a href='x'>\"R&D\"</a>");
    check("{{v}}{{line}}", strict_text, data, "<a href='x'>\"R&D\"</a>a\nb");
    check("{{v}} {{zh}}", strict_header, data, "<a href='x'>\"R&D\"</a> 中文");
    check("x {{line}}", strict_header, data,
          "error: t.txt:1:3: the value of \"line\" has a line break or another control character");
    check("{{{line}}}", strict_header, data,
          "error: t.txt:1:1: the value of \"line\" has a line break or another control character");
    check("{{&nul}}", strict_header, data,
          "error: t.txt:1:1: the value of \"nul\" has a line break or another control character");
    check("{{del}}", strict_header, data,
          "error: t.txt:1:1: the value of \"del\" has a line break or another control character");
    check("{{tab}}", strict_header, data,
          "error: t.txt:1:1: the value of \"tab\" has a line break or another control character");
}

/* A value stays one part of the path, whoever wrote it (RFC 3986 2.3, 3.3). */
static void test_escaping_urls(void **state)
{
    static const char data[] = "{\"v\": \"a/b?c#d&e=%41 f\", \"zh\": \"中\", \"plain\": \"aZ09-._~\", "
                               "\"nul\": \"a\\u0000b\", \"one\": \".\", \"two\": \"..\", \"three\": \"...\"}";

    (void)state;
    check("/x/{{v}}/y", strict_url, data, "/x/a%2Fb%3Fc%23d%26e%3D%2541%20f/y");
    check("/x/{{{v}}}", strict_url, data, "/x/a%2Fb%3Fc%23d%26e%3D%2541%20f");
    check("{{zh}} {{plain}} {{nul}} {{three}}", strict_url, data, "%E4%B8%AD aZ09-._~ a%00b ...");
    check("/{{one}}/", strict_url, data, "error: t.txt:1:2: the value of \"one\" would lead to another path");
    check("/{{&two}}/", strict_url, data, "error: t.txt:1:2: the value of \"two\" would lead to another path");
}

static void test_numbers(void **state)
{
    static const char data[] = "{\"n\": [0, -7, 12034, 9223372036854775807, 1.0, 0.1, 1.21, -2.5, 1e300, "
                               "0.30000000000000004, 123456789.125]}";

    (void)state;
    check("{{#n}}{{.}} {{/n}}", strict_text, data,
          "0 -7 12034 9223372036854775807 1 0.1 1.21 -2.5 1e+300 0.30000000000000004 123456789.125 ");
    check("{{#zero}}{{.}} is a number{{/zero}}", strict_text, "{\"zero\": 0}", "0 is a number");
}

static void test_contexts(void **state)
{
    json_t *outer = json_of("{\"number\": 1, \"edition\": 2, \"person\": {\"name\": \"outer\"}}");
    json_t *inner = json_of("{\"number\": 9, \"person\": {\"name\": \"inner\"}}");
    const json_t *contexts[] = {outer, inner};
    g_autoptr(Template) template = compile("{{number}} {{edition}} {{person.name}}", strict_text);
    g_autoptr(GString) output = g_string_new(NULL);

    (void)state;
    assert_true(template_render(template, contexts, 2, output, NULL));
    assert_string_equal(output->str, "9 2 inner");
    assert_false(template_render(template, contexts, 0, output, NULL));
    assert_string_equal(output->str, "9 2 inner");
    json_decref(outer);
    json_decref(inner);
}

/* Indentation of standalone partials adds up, stays out of empty lines and values, and ends at a partial in a line. */
static const char *value_of(const char *name, void *user)
{
    return json_string_value(json_object_get(user, name));
}

/* With values by name comes out what comes out with the same values in JSON; mistakes are mistakes. */
static void test_plain(void **state)
{
    static const struct {
        const char *source;
        const TemplateOptions *options;
        const char *expected; /* NULL: an error */
    } cases[] = {
        {"", &strict_text, ""},
        {"no name\n", &strict_text, "no name\n"},
        {"{{a}} and {{{a}}}, {{b.c}}!\n", &strict_html, "&lt;1&gt; and <1>, two!\n"},
        {"{{a}} and {{{a}}}", &strict_text, "<1> and <1>"},
        {"/x/{{a}}", &strict_url, "/x/%3C1%3E"},
        {"{{other}}", &lenient, ""},
        {"{{other}}", &strict_text, NULL},
        {"{{line}}", &strict_header, NULL},
    };
    static const char *const not_plain[] = {"{{#a}}x{{/a}}", "{{^a}}x{{/a}}", "{{>p}}", "{{.}}"};
    json_t *values = json_pack("{s:s, s:s, s:s}", "a", "<1>", "b.c", "two", "line", "a\r\nb");

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(Template) template = compile(cases[i].source, *cases[i].options);
        g_autoptr(GString) output = g_string_new("before ");
        g_autoptr(GError) error = NULL;
        g_autofree char *expected = g_strconcat("before ", cases[i].expected, NULL);

        assert_true(template_is_plain(template));
        assert_int_equal(template_render_plain(template, value_of, values, output, &error), cases[i].expected != NULL);
        assert_string_equal(output->str, expected);
        assert_int_equal(error == NULL, cases[i].expected != NULL);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(not_plain); i++) {
        g_autoptr(Template) template = compile(not_plain[i], lenient);

        assert_false(template_is_plain(template));
    }
    json_decref(values);
}

static void test_indentation(void **state)
{
    static const char *const partials[] = {
        "outer", "one\n\n {{>inner}}\n{{v}} two {{>inner}}\n", "inner", "{{v}}\r\n\r\n{{#yes}}\nyes\n{{/yes}}\nend",
        "tree",  "- {{n}}\n{{#c}}\n  {{>tree}}\n{{/c}}\n",     NULL};

    (void)state;
    check_with("  {{>outer}}\n.", strict_text, partials, "{\"v\": \"a\\nb\", \"yes\": true}",
               "  one\n\n   a\nb\r\n\r\n   yes\n   end  a\nb two a\nb\r\n\r\nyes\nend\n.");
    check_with("{{>tree}}", strict_text, partials,
               "{\"n\": 1, \"c\": [{\"n\": 2, \"c\": [{\"n\": 3, \"c\": []}]}, {\"n\": 4, \"c\": []}]}",
               "- 1\n  - 2\n    - 3\n  - 4\n");
}

static void test_tags_leave_lines(void **state)
{
    (void)state;
    check("a\r\n\t{{#yes}} \t\r\nb\r\n{{/yes}}\r\nc", strict_text, "{\"yes\": true}", "a\r\nb\r\nc");
    check("{{#yes}}\n{{! x }}{{! y }}\n{{/yes}}\n", strict_text, "{\"yes\": true}", "\n");
    check("{{ # yes }}{{ yes }}{{ / yes }}", strict_text, "{\"yes\": true}", "true");
    check("{{=<% %>=}}<%{yes}%><%={{ }}=%>{{yes}}", strict_html, "{\"yes\": \"&\"}", "&&amp;");
    check("{ { }} {{yes}} }}{", strict_text, "{\"yes\": 1}", "{ { }} 1 }}{");
    check("", strict_text, "{}", "");
}

/* `count` times `text`. */
static char *repeated(const char *text, size_t count)
{
    GString *all = g_string_new(NULL);

    for (size_t i = 0; i < count; i++)
        g_string_append(all, text);
    return g_string_free(all, FALSE);
}

static void test_nesting(void **state)
{
    g_autofree char *opened = repeated("{{#a}}", 100);
    g_autofree char *closed = repeated("{{/a}}", 100);
    g_autofree char *allowed = g_strconcat(opened, "x", closed, NULL);
    g_autofree char *refused = g_strconcat("{{#a}}", opened, "x", closed, "{{/a}}", NULL);
    const char *partials[] = {"deep", allowed, NULL};

    (void)state;
    check(allowed, strict_text, "{\"a\": true}", "x");
    check_mistakes_with(refused, strict_text, NULL, "t.txt:1:601: sections are nested more than 100 deep\n");
    check_mistakes_with("{{>deep}}", strict_text, partials,
                        "deep.mustache:1:595: sections and partials are nested more than 100 deep\n");
}

/* cN includes c(N+1) up to c200; dN includes d(N+1) twice up to d40, which would unfold to 2^40. */
static const char *chained_partial(const char *name, void *user)
{
    int number = (int)g_ascii_strtoll(name + 1, NULL, 10);
    char *source = g_hash_table_lookup(user, name);

    if (source)
        return source;
    if (name[0] == 'd')
        source = number < 40 ? g_strdup_printf("{{>d%d}}{{>d%d}}", number + 1, number + 1) : g_strdup("");
    else
        source = number < 200 ? g_strdup_printf("{{>c%d}}", number + 1) : g_strdup("end");
    g_hash_table_insert(user, g_strdup(name), source);
    return source;
}

static void test_partials_multiply(void **state)
{
    g_autoptr(GHashTable) sources = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    g_autoptr(GString) faults = g_string_new(NULL);

    (void)state;
    assert_null(template_compile("t.txt", "{{>d0}}", lenient, chained_partial, sources, note_fault, faults));
    assert_non_null(strstr(faults->str, "the partials unfold to more than 100000 tags and texts: include fewer"));
    g_string_truncate(faults, 0);
    assert_null(template_compile("t.txt", "{{>c0}}", lenient, chained_partial, sources, note_fault, faults));
    assert_string_equal(faults->str, "c99.mustache:1:1: sections and partials are nested more than 100 deep\n");
    g_string_truncate(faults, 0);
    g_autoptr(Template) fits =
        template_compile("t.txt", "{{>c101}}", lenient, chained_partial, sources, note_fault, faults);
    assert_string_equal(faults->str, "");
    g_autofree char *text = rendered(fits, "{}");
    assert_string_equal(text, "end");
}

static void test_recursion_at_rendering(void **state)
{
    static const char *const partials[] = {"again", "{{#yes}}{{>again}}{{/yes}}", "never",
                                           "{{^no}}{{>never}}{{>never}}{{/no}}", NULL};

    (void)state;
    check_with("{{>again}}", strict_text, partials, "{\"yes\": true}",
               "error: again.mustache:1:9: the partial \"again\" is nested more than 100 deep");
    check_with("{{>never}}", strict_text, partials, "{\"no\": false}",
               "error: never.mustache:1:8: the partial \"never\" is nested more than 100 deep");
}

/* Sections over lists multiply without a byte of output. */
static void test_steps(void **state)
{
    GString *data = g_string_new("{\"l\": [0");

    (void)state;
    for (int i = 1; i < 200; i++)
        g_string_append(data, ",0");
    g_string_append(data, "]}");
    check("{{#l}}{{#l}}{{#l}}{{/l}}{{/l}}{{/l}}", strict_text, data->str,
          "error: t.txt:1:7: rendering takes over 2000000 steps: include fewer lists in each other");
    g_string_free(data, TRUE);
}

static void test_size_limits(void **state)
{
    g_autofree char *mebibyte = g_strnfill((size_t)1 << 20, 'x');
    g_autofree char *larger = g_strnfill(((size_t)1 << 20) + 1, 'x');
    g_autofree char *value = g_strnfill(1 << 19, '&');
    g_autofree char *data = g_strdup_printf("{\"v\": \"%s\"}", value);
    g_autofree char *name = g_strnfill(256, 'n');
    g_autofree char *long_tag = g_strdup_printf("{{%s}}", name);
    const char *partials[] = {"large", larger, NULL};

    (void)state;
    check(mebibyte, strict_text, "{}", mebibyte);
    check_mistakes_with(larger, strict_text, NULL, "t.txt: the template is larger than 1 MiB: shorten it\n");
    check_mistakes_with("{{>large}}", strict_text, partials,
                        "large.mustache: the template is larger than 1 MiB: shorten it\n");
    check("{{v}}", strict_html, data,
          "error: t.txt:1:1: the text grows over 1 MiB: shorten the template or its values");
    check("{{v}}{{v}}\n!", strict_text, data,
          "error: t.txt:1:11: the text grows over 1 MiB: shorten the template or its values");
    check_mistakes_with(long_tag, strict_text, NULL,
                        "t.txt:1:1: the name is longer than 255 bytes: is the closing delimiter missing?\n");
}

/* "name line:column flags" for each use; s section, g guarded, r relative. */
static char *names_of(const Template *template)
{
    size_t count = 0;
    const TemplateName *names = template_names(template, &count);
    GString *all = g_string_new(NULL);

    for (size_t i = 0; i < count; i++)
        g_string_append_printf(
            all, "%s%s %d:%d%s%s%s%s", i > 0 ? ", " : "", names[i].name, names[i].at.line, names[i].at.column,
            names[i].is_section || names[i].is_guarded || names[i].is_relative ? " " : "",
            names[i].is_section ? "s" : "", names[i].is_guarded ? "g" : "", names[i].is_relative ? "r" : "");
    return g_string_free(all, FALSE);
}

static void test_names(void **state)
{
    static const char *const partials[] = {"foot", "{{number}}", "self", "{{#a}}{{b}}{{>self}}{{/a}}", NULL};
    static const struct {
        const char *source, *expected;
    } rows[] = {
        {"plain", ""},
        {"{{a}}\n {{{b.c}}}{{&a}}{{! a }}", "a 1:1, b.c 2:2, a 2:11"},
        {"{{#a}}{{a}}{{a.b}}{{b}}{{.}}{{/a}}{{a}}", "a 1:1 s, a 1:7 g, a.b 1:12 gr, b 1:19 r, . 1:24 gr, a 1:35"},
        {"{{^a}}{{a}}{{b}}{{/a}}", "a 1:1 s, a 1:7, b 1:12"},
        {"{{#a.b}}{{#c}}{{a.b}}{{a.bc}}{{/c}}{{/a.b}}", "a.b 1:1 s, c 1:9 sr, a.b 1:15 gr, a.bc 1:22 r"},
        {"{{#x}}{{>foot}}{{/x}}{{>foot}}", "x 1:1 s, number 1:1 r, number 1:1"},
        {"{{>self}}", "a 1:1 s, b 1:7 r"},
        {"{{.}}", ". 1:1"},
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(Template) template = compile_with(rows[i].source, strict_text, partials);
        g_autofree char *names = names_of(template);

        assert_string_equal(names, rows[i].expected);
    }

    g_autoptr(Template) template = compile_with("{{>foot}}", strict_text, partials);
    size_t count = 0;
    assert_string_equal(template_names(template, &count)[0].at.file, "foot.mustache");
}

static void test_needs(void **state)
{
    static const char *const partials[] = {"greet", "Dear {{person.name}},", NULL};
    static const struct {
        const char *source, *expected;
    } rows[] = {
        {"plain {{number}} {{incident.id}}", ""},
        {"{{person.name}} {{person.email}} {{{person.name}}}", "person.email person.name"},
        {"{{#person.name}}Dear {{person.name}}{{/person.name}}", ""},
        {"{{#person.name}}Dear {{person.name}}{{/person.name}} {{person.name}}", "person.name"},
        {"{{^person.name}}{{person.name}}{{/person.name}}", "person.name"},
        {"{{#person.name}}Dear {{.}}{{/person.name}}", ""},
        {"{{#person.name}}Notice {{number}}{{/person.name}}", ""},
        {"{{#person.email}}{{person.name}}{{/person.email}}", "person.name"},
        /* the object is there whenever there is a person: it guards none of its fields */
        {"{{#person}}{{person.name}}{{/person}}", "person.name"},
        {"{{#person}}{{name}}{{/person}}", "person.name"},
        {"{{#person}}{{incident.id}}{{/person}}", ""},
        {"{{#person}}{{#name}}Dear {{name}}{{/name}}{{/person}}", ""},
        {"{{#person}}{{#name}}Dear {{.}}{{/name}}{{/person}}", ""},
        {"{{#person}}{{#name}}Dear {{person.name}}{{/name}}{{/person}}", ""},
        {"{{#person}}{{^name}}Dear {{name}}{{/name}}{{/person}}", "person.name"},
        {"{{#person.name}}{{#person}}{{name}}{{/person}}{{/person.name}}", ""},
        {"{{#person}}{{#advice}}{{name}}{{/advice}}{{/person}}", "person.name"},
        {"{{#person.home}}{{person.home.city}}{{city}}{{/person.home}}", ""},
        {"{{#advice}}{{.}} {{person.name}}{{/advice}}", "person.name"},
        {"{{#persona}}{{persona.name}}{{/persona}}{{personal}}{{person}}", ""},
        {"{{>greet}}", "person.name"},
        {"{{#person.name}}{{>greet}}{{/person.name}}", ""},
        {"{{#person.name}}{{person.names}}{{/person.name}}", "person.names"},
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(Template) template = compile_with(rows[i].source, strict_text, partials);
        g_autofree const char **needs = template_needs(template, "person.");
        g_autofree char *joined = g_strjoinv(" ", (char **)needs);

        if (strcmp(joined, rows[i].expected) != 0)
            fail_msg("%s: expected <%s>, got <%s>", rows[i].source, rows[i].expected, joined);
    }

    g_autoptr(Template) template = compile("{{b}}{{a.c}}{{#d}}{{d}}{{/d}}", strict_text);
    g_autofree const char **needs = template_needs(template, "");
    g_autofree char *joined = g_strjoinv(" ", (char **)needs);
    assert_string_equal(joined, "a.c b");
}

typedef struct Job {
    const Template *template;
    const json_t *context;
    const char *expected;
    GString *output; /* made by the main thread: TSan does not see how GLib hands its memory from thread to thread */
    bool ok;
} Job;

static void *render_often(void *user)
{
    Job *job = user;

    job->ok = true;
    for (int i = 0; i < 2000 && job->ok; i++) {
        g_string_truncate(job->output, 0);
        job->ok = template_render(job->template, &job->context, 1, job->output, NULL) &&
                  strcmp(job->output->str, job->expected) == 0;
    }
    return NULL;
}

/* The same text each time, in each thread, and whatever the order of the keys. */
static void test_threads(void **state)
{
    static const char *const partials[] = {"row", "{{n}}: {{v}}\n", NULL};
    g_autoptr(Template) template =
        compile_with("{{title}}\n{{#rows}}\n  {{>row}}\n{{/rows}}\n{{^none}}-{{/none}}", strict_html, partials);
    json_t *context = json_of("{\"title\": \"<T>\", \"rows\": [{\"n\": 1, \"v\": 1.5}, {\"n\": 2, \"v\": \"x\"}], "
                              "\"none\": []}");
    json_t *reordered = json_of("{\"none\": [], \"rows\": [{\"v\": 1.5, \"n\": 1}, {\"v\": \"x\", \"n\": 2}], "
                                "\"title\": \"<T>\"}");
    pthread_t threads[4];
    Job jobs[4];

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(threads); i++) {
        jobs[i] = (Job){template, i % 2 == 0 ? context : reordered, "&lt;T&gt;\n  1: 1.5\n  2: x\n-",
                        g_string_new(NULL), false};
        assert_int_equal(pthread_create(&threads[i], NULL, render_often, &jobs[i]), 0);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(threads); i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        assert_true(jobs[i].ok);
        g_string_free(jobs[i].output, TRUE);
    }
    json_decref(context);
    json_decref(reordered);
}

static uint32_t next_random(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 16;
}

static char *random_source(uint32_t *seed)
{
    static const char *const pieces[] = {"{{",          "}}",     "{{{",    "}}}",    "#",     "/",  "^",    ">",
                                         "=",           "!",      "a",      "b.c",    ".",     " ",  "\n",   "\r",
                                         "&",           "{{#a}}", "{{/a}}", "<%",     "%>",    "中", "\xff", "{",
                                         "{{=<% %>=}}", "{{>p}}", "{{^b}}", "{{/b}}", "{{.}}", "\t"};
    GString *source = g_string_new(NULL);

    for (uint32_t left = next_random(seed) % 40; left > 0; left--)
        g_string_append(source, pieces[next_random(seed) % G_N_ELEMENTS(pieces)]);
    for (uint32_t left = next_random(seed) % 4; left > 0; left--)
        g_string_append_c(source, (char)(1 + next_random(seed) % 255));
    return g_string_free(source, FALSE);
}

/* Either mistakes are reported or the template renders; and nothing is read or written out of bounds (ASan). */
static void test_random_bytes(void **state)
{
    json_t *context = json_of("{\"a\": [1, \"<\", {\"b\": {\"c\": null}}], \"b\": {\"c\": \"\\n\"}}");
    const json_t *contexts[] = {context};
    uint32_t seed = 42;
    size_t compiled = 0;

    (void)state;
    for (int i = 0; i < 20000; i++) {
        g_autofree char *source = random_source(&seed);
        g_autofree char *partial = random_source(&seed);
        const char *partials[] = {"p", partial, NULL};
        TemplateOptions options = {.escape = (TemplateEscape)(i % 3), .strict = i % 2 == 0};
        g_autoptr(GString) faults = g_string_new(NULL);
        g_autoptr(GString) output = g_string_new(NULL);
        g_autoptr(GError) error = NULL;
        g_autoptr(Template) template =
            template_compile("r", source, options, find_partial, (void *)partials, note_fault, faults);

        assert_true((template == NULL) == (faults->len > 0));
        if (!template)
            continue;
        compiled++;
        assert_true(template_render(template, contexts, 1, output, &error) == (error == NULL));
        g_autofree const char **needs = template_needs(template, "b.");
        assert_non_null(needs);
    }
    assert_true(compiled > 100);
    json_decref(context);
}

/* Marks: a section over a name that is always true, which renders as if it were not there. */

static const TemplateOptions marked = {.escape = TEMPLATE_ESCAPE_HTML, .strict = true, .mark = "covers."};

static char *render_marked(const Template *template, const char *data, GArray *spans)
{
    json_auto_t *value = json_of(data);
    g_autoptr(GError) error = NULL;
    GString *output = g_string_new("before ");

    assert_true(template_render_spans(template, (const json_t *const[]){value}, 1, output, spans, &error));
    return g_string_free(output, FALSE);
}

static void expect_span(const GArray *spans, guint index, const char *output, const char *name, const char *text)
{
    const TemplateSpan *span = &g_array_index(spans, TemplateSpan, index);
    g_autofree char *found = g_strndup(output + span->from, span->to - span->from);

    assert_string_equal(span->name, name);
    assert_string_equal(found, text);
}

static void test_marks(void **state)
{
    static const char source[] = "{{#covers.all}}\n<p>{{#covers.who}}{{who}}{{/covers.who}}</p>\n{{#items}}\n"
                                 "{{#covers.item}}{{.}};{{/covers.item}}\n{{/items}}\n{{/covers.all}}\n{{^covers.x}}y{{/covers.x}}";
    static const char data[] = "{\"who\": \"a&b\", \"items\": [\"1\", \"2\"], \"covers\": {\"all\": true, \"who\": true, "
                               "\"item\": true, \"x\": true}}";
    g_autoptr(Template) with = compile(source, marked);
    g_autoptr(Template) as_sections = compile("<p>{{who}}</p>\n{{#items}}\n{{.}};\n{{/items}}\n", strict_html);
    g_autoptr(GArray) spans = g_array_new(FALSE, FALSE, sizeof(TemplateSpan));
    g_autofree char *output = render_marked(with, data, spans);
    g_autofree char *plain = render_marked(as_sections, data, NULL);
    g_autofree char *unwatched = render_marked(with, data, NULL);
    size_t count = 0;
    const TemplateMark *marks = template_marks(with, &count);

    (void)state;
    assert_string_equal(output, plain);
    assert_string_equal(unwatched, plain);
    assert_int_equal(spans->len, 4);
    expect_span(spans, 0, output, "covers.who", "a&amp;b");
    expect_span(spans, 1, output, "covers.item", "1;");
    expect_span(spans, 2, output, "covers.item", "2;");
    expect_span(spans, 3, output, "covers.all", "<p>a&amp;b</p>\n1;\n2;\n");
    assert_int_equal(count, 3);
    assert_string_equal(marks[1].name, "covers.who");
    assert_int_equal(marks[1].at.line, 2);
    assert_int_equal(marks[1].at.column, 4);
}

/* A mark guards nothing, pushes nothing and is no name that a text uses. */
static void test_marks_are_transparent(void **state)
{
    g_autoptr(Template) template = compile("{{#covers.a}}{{person.name}}{{/covers.a}}", marked);
    g_autofree const char **needs = template_needs(template, "person.");
    size_t count = 0;
    const TemplateName *names = template_names(template, &count);

    (void)state;
    assert_string_equal(needs[0], "person.name");
    assert_null(needs[1]);
    assert_int_equal(count, 1);
    assert_string_equal(names[0].name, "person.name");
    assert_false(names[0].is_guarded);
    assert_false(names[0].is_relative);
}

static void test_marks_in_partials(void **state)
{
    static const char *const partials[] = {"one", "{{#covers.a}}\nx{{> two}}\n{{/covers.a}}\n", "two", "{{#covers.b}}y{{/covers.b}}",
                                           "self", "{{#covers.a}}{{> self}}{{/covers.a}}", NULL};
    g_autoptr(Template) template = compile_with("  {{> one}}\n{{> two}}", marked, partials);
    g_autoptr(GArray) spans = g_array_new(FALSE, FALSE, sizeof(TemplateSpan));
    g_autofree char *output = render_marked(template, "{}", spans);

    (void)state;
    assert_string_equal(output, "before   xy\ny");
    assert_int_equal(spans->len, 3);
    expect_span(spans, 0, output, "covers.b", "y");
    expect_span(spans, 1, output, "covers.a", "  xy\n");
    expect_span(spans, 2, output, "covers.b", "y");
    check_mistakes_with("{{> self}}", marked, partials,
                        "self.mustache:1:14: the partial includes itself without end: put the inner {{>name}} into a "
                        "section\n");
    check_mistakes_with("{{#covers.a}}x", marked, NULL,
                        "t.txt:1:1: the section \"covers.a\" is never closed: {{/covers.a}} is missing\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_marks),
        cmocka_unit_test(test_marks_are_transparent),
        cmocka_unit_test(test_marks_in_partials),
        cmocka_unit_test(test_mistakes),
        cmocka_unit_test(test_mistakes_in_partials),
        cmocka_unit_test(test_strict),
        cmocka_unit_test(test_strict_in_partial),
        cmocka_unit_test(test_escaping),
        cmocka_unit_test(test_escaping_urls),
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_contexts),
        cmocka_unit_test(test_plain),
        cmocka_unit_test(test_indentation),
        cmocka_unit_test(test_tags_leave_lines),
        cmocka_unit_test(test_nesting),
        cmocka_unit_test(test_partials_multiply),
        cmocka_unit_test(test_recursion_at_rendering),
        cmocka_unit_test(test_steps),
        cmocka_unit_test(test_size_limits),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_needs),
        cmocka_unit_test(test_threads),
        cmocka_unit_test(test_random_bytes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
