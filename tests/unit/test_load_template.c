#include "load_expect.h"

#include "load/load_template.h"

static char *data;

static int make_folder(void **state)
{
    expect_make_home(state);
    data = g_build_filename(expect_home, "data", NULL);
    return 0;
}

static int remove_folder(void **state)
{
    g_free(data);
    return expect_remove_home(state);
}

static void put(const char *name, const char *text)
{
    g_autofree char *path = expect_text(expect_home, name, text);

    assert_non_null(path);
}

/* The three files of one language. */
static void put_email(const char *in)
{
    static const char *const suffixes[] = {"subject", "txt", "html"};

    for (size_t i = 0; i < G_N_ELEMENTS(suffixes); i++) {
        g_autofree char *name = g_strdup_printf("%s/email.%s", in, suffixes[i]);
        g_autofree char *text = g_strdup_printf("%s of %s\n", suffixes[i], in);

        put(name, text);
    }
}

static TemplateSet *load(const char *name, Findings *findings)
{
    return load_template(name, "email", expect_home, data, position_make("p.yaml", 5, 20), findings);
}

/* The finding is about the file or folder `name` as a whole, or a place in it. */
static void assert_in(Findings *findings, size_t index, const char *name)
{
    g_autofree char *path = g_build_filename(expect_home, name, NULL);

    assert_string_equal(findings_get(findings, index)->at.file, path);
}

static void test_languages(void **state)
{
    g_autoptr(Findings) findings = findings_new();
    g_autoptr(TemplateSet) set = NULL;
    const TemplateText *text;

    (void)state;
    put_email("templates/good/zh_tw");
    put_email("templates/good/en");
    put("templates/good/README.md", "not a language");
    put("templates/good/fr/sms.txt", "another channel");
    put("templates/good/notes/x.txt", "no text of a channel");
    set = load("good", findings);
    expect_findings(findings, NULL, 0);
    assert_string_equal(set->name, "good");
    assert_string_equal(set->channel, "email");
    assert_int_equal(set->texts->len, 2);
    text = g_ptr_array_index(set->texts, 0);
    assert_string_equal(text->locale, "en");
    assert_string_equal(text->subject.source, "subject of templates/good/en");
    assert_string_equal(text->text.source, "txt of templates/good/en\n");
    assert_string_equal(text->html.source, "html of templates/good/en\n");
    assert_true(g_str_has_suffix(text->html.path, "/templates/good/en/email.html"));
    assert_int_equal(g_hash_table_size(text->partials), 0);
    text = g_ptr_array_index(set->texts, 1);
    assert_string_equal(text->locale, "zh-TW");
}

static void test_partials(void **state)
{
    g_autoptr(Findings) findings = findings_new();
    g_autoptr(TemplateSet) set = NULL;
    const TemplateText *text;
    const TemplateFile *near;
    const TemplateFile *shared;

    (void)state;
    put_email("templates/parts/en");
    put_email("templates/parts/zh-CN");
    put("templates/parts/footer.mustache", "shared footer");
    put("templates/parts/contact.mustache", "shared contact");
    put("templates/parts/en/footer.mustache", "near footer");
    set = load("parts", findings);
    expect_findings(findings, NULL, 0);
    text = g_ptr_array_index(set->texts, 0);
    near = g_hash_table_lookup(text->partials, "footer");
    shared = g_hash_table_lookup(text->partials, "contact");
    assert_string_equal(near->source, "near footer");
    assert_true(g_str_has_suffix(near->path, "/parts/en/footer.mustache"));
    assert_string_equal(shared->source, "shared contact");
    text = g_ptr_array_index(set->texts, 1);
    near = g_hash_table_lookup(text->partials, "footer");
    assert_string_equal(near->source, "shared footer");
}

static void test_look_up(void **state)
{
    g_autoptr(Findings) findings = findings_new();
    g_autoptr(TemplateSet) shipped = NULL;
    g_autoptr(TemplateSet) own = NULL;
    g_autofree char *expected = g_build_filename(expect_home, "templates", "both", NULL);

    (void)state;
    put_email("data/templates/both/en");
    shipped = load("both", findings);
    assert_true(g_str_has_prefix(shipped->folder, data));
    put_email("templates/both/en");
    own = load("both", findings);
    assert_string_equal(own->folder, expected);
    expect_findings(findings, NULL, 0);
}

static void test_not_found(void **state)
{
    g_autoptr(Findings) findings = findings_new();

    (void)state;
    assert_null(load("missing", findings));
    EXPECT(findings, {5, 20, "template-not-found", "there is no template missing: neither "});
    assert_null(load("../data", findings));
    assert_int_equal(findings_count(findings), 2);
    assert_string_equal(findings_get(findings, 1)->text, "a template's name has only a-z, 0-9 and hyphens");
    assert_int_equal(findings_errors(findings, FINDING_REPORT), 0);
}

static void test_missing_files(void **state)
{
    g_autoptr(Findings) findings = findings_new();
    g_autoptr(TemplateSet) set = NULL;

    (void)state;
    put_email("templates/part/en");
    put("templates/part/zh-CN/email.txt", "x");
    set = load("part", findings);
    assert_int_equal(set->texts->len, 1);
    EXPECT(findings, {0, 0, "template-missing-file", "this file is missing: an email needs subject, txt and html"},
           {0, 0, "template-missing-file", "this file is missing"});
    assert_in(findings, 0, "templates/part/zh-CN/email.html");
    assert_in(findings, 1, "templates/part/zh-CN/email.subject");
}

/* Each channel has its own parts; what it cannot send is said, and not taken. */
static void test_channels(void **state)
{
    static const struct {
        const char *channel, *needs;
        bool has_subject, has_html;
    } rows[] = {
        {"sms", "a text message needs txt", false, false},
        {"push", "a push message needs subject and txt", true, false},
        {"im", "an instant message needs txt", false, false},
        {"webhook", "an in-product notice needs subject and txt", true, false},
        {"voice", "a voice message needs txt", false, false},
        {"phone", "a call needs txt", false, false},
        {"letter", "a letter needs subject and txt", true, false},
        {"announcement", "an announcement needs subject, txt and html", true, true},
        {"staff", "a staff note needs subject and txt", true, false},
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(Findings) findings = findings_new();
        g_autoptr(TemplateSet) set = NULL;
        g_autofree char *name = g_strdup_printf("only-%s", rows[i].channel);
        g_autofree char *lacking = g_strdup_printf("lack-%s", rows[i].channel);
        const char *const suffixes[] = {"subject", "txt", "html"};
        const bool has[] = {rows[i].has_subject, true, rows[i].has_html};
        const TemplateText *text;

        for (size_t j = 0; j < G_N_ELEMENTS(suffixes); j++) {
            g_autofree char *path = g_strdup_printf("templates/%s/en/%s.%s", name, rows[i].channel, suffixes[j]);

            put(path, suffixes[j]);
        }
        set = load_template(name, rows[i].channel, expect_home, data, position_make("p.yaml", 5, 20), findings);
        assert_int_equal(set->texts->len, 1);
        text = g_ptr_array_index(set->texts, 0);
        assert_string_equal(text->text.source, "txt");
        assert_int_equal(text->subject.source != NULL, has[0]);
        assert_int_equal(text->html.source != NULL, has[2]);
        assert_int_equal(findings_count(findings), !has[0] + !has[2]);
        for (size_t j = 0; j < findings_count(findings); j++) {
            assert_string_equal(findings_get(findings, j)->id, "template-extra-file");
            assert_non_null(strstr(findings_get(findings, j)->text, rows[i].needs));
        }
        {
            g_autoptr(Findings) lacks = findings_new();
            g_autoptr(TemplateSet) part = NULL;
            g_autofree char *path =
                g_strdup_printf("templates/%s/en/%s.%s", lacking, rows[i].channel, has[0] ? "txt" : "subject");

            put(path, "x");
            part = load_template(lacking, rows[i].channel, expect_home, data, position_make("p.yaml", 5, 20), lacks);
            assert_int_equal(part->texts->len, 0);
            assert_true(findings_errors(lacks, FINDING_SEND) > 0);
        }
    }
}

/* What several templates say alike stands in templates/shared/, by language, and only what is used is taken. */
static void test_shared_partials(void **state)
{
    g_autoptr(Findings) findings = findings_new();
    g_autoptr(TemplateSet) set = NULL;
    const TemplateText *text;

    (void)state;
    put("templates/shares/en/sms.txt", "{{> greeting}} {{>own}} {{> nowhere}}");
    put("templates/shares/en/own.mustache", "own, with {{> sign }}");
    put("data/templates/shared/en/greeting.mustache", "hello from {{> place}}");
    put("data/templates/shared/en/own.mustache", "not this one");
    put("data/templates/shared/en/sign.mustache", "theirs");
    put("data/templates/shared/place.mustache", "here, and again {{> place}}");
    put("data/templates/shared/en/unused.mustache", "never taken");
    put("templates/shared/en/sign.mustache", "beside the playbook");
    set = load_template("shares", "sms", expect_home, data, position_make("p.yaml", 5, 20), findings);
    expect_findings(findings, NULL, 0);
    assert_int_equal(set->texts->len, 1);
    text = g_ptr_array_index(set->texts, 0);
    assert_int_equal(g_hash_table_size(text->partials), 4);
    assert_string_equal(((const TemplateFile *)g_hash_table_lookup(text->partials, "own"))->source,
                        "own, with {{> sign }}");
    assert_string_equal(((const TemplateFile *)g_hash_table_lookup(text->partials, "sign"))->source,
                        "beside the playbook");
    assert_string_equal(((const TemplateFile *)g_hash_table_lookup(text->partials, "place"))->source,
                        "here, and again {{> place}}");
    assert_true(g_str_has_prefix(((const TemplateFile *)g_hash_table_lookup(text->partials, "greeting"))->path, data));
}

static void test_no_texts(void **state)
{
    g_autoptr(Findings) findings = findings_new();
    g_autoptr(TemplateSet) set = NULL;

    (void)state;
    put("templates/bare/en/sms.txt", "x");
    set = load("bare", findings);
    assert_int_equal(set->texts->len, 0);
    EXPECT(findings, {5, 20, "template-no-text", "template bare has no text for email: write "});
}

static void test_languages_that_are_none(void **state)
{
    g_autoptr(Findings) findings = findings_new();
    g_autoptr(TemplateSet) set = NULL;

    (void)state;
    put_email("templates/names/english");
    put_email("templates/names/zh-CN");
    put_email("templates/names/zh_cn");
    set = load("names", findings);
    assert_int_equal(set->texts->len, 1);
    EXPECT(findings, {0, 0, "template-locale", "\"english\" is no language: name the folder en, zh-CN"},
           {0, 0, "template-locale", "the language zh-CN has two folders: remove one"});
    assert_in(findings, 0, "templates/names/english");
    assert_in(findings, 1, "templates/names/zh_cn");
}

static void test_bad_files(void **state)
{
    g_autoptr(Findings) findings = findings_new();
    g_autoptr(TemplateSet) set = NULL;
    g_autofree char *huge = g_strnfill(1024 * 1024 + 1, 'x');
    g_autofree char *nul = NULL;

    (void)state;
    put("templates/bad/en/email.html", "<p>\n云\xff</p>");
    put("templates/bad/en/email.subject", " \n");
    nul = expect_file(expect_home, "templates/bad/en/email.txt", "a\nbc\0d", 6);
    put("templates/bad/zh-CN/email.html", huge);
    put("templates/bad/zh-CN/email.subject", "\xef\xbb\xbf"
                                             "s\r\n");
    put("templates/bad/zh-CN/email.txt", "t");
    put("templates/bad/footer.mustache", "x\xff");
    set = load("bad", findings);
    assert_int_equal(set->texts->len, 0);
    EXPECT(findings, {2, 2, "template-encoding", "these bytes are not UTF-8: save the file as UTF-8"},
           {0, 0, "template-empty", "this file is empty: write its text"},
           {2, 3, "template-encoding", "a NUL character: remove it"},
           {1, 2, "template-encoding", "these bytes are not UTF-8"}, {0, 0, "template-unreadable", "is larger than"});
    assert_in(findings, 0, "templates/bad/en/email.html");
    assert_in(findings, 1, "templates/bad/en/email.subject");
    assert_in(findings, 2, "templates/bad/en/email.txt");
    assert_in(findings, 3, "templates/bad/footer.mustache");
    assert_in(findings, 4, "templates/bad/zh-CN/email.html");
}

/* A byte order mark is no text, the line end of a subject is none of it, and the CR of a line end is none anywhere. */
static void test_byte_order_mark(void **state)
{
    g_autoptr(Findings) findings = findings_new();
    g_autoptr(TemplateSet) set = NULL;
    const TemplateText *text;

    (void)state;
    put("templates/mark/en/email.html", "\xef\xbb\xbf<p>");
    put("templates/mark/en/email.subject", "\xef\xbb\xbfs\r\n\n");
    put("templates/mark/en/email.txt", "t\r\n\r\nu\rv\r\n");
    set = load("mark", findings);
    expect_findings(findings, NULL, 0);
    text = g_ptr_array_index(set->texts, 0);
    assert_string_equal(text->html.source, "<p>");
    assert_string_equal(text->text.source, "t\n\nu\rv\n");
    assert_string_equal(text->subject.source, "s");
}

static void test_shipped_template(void **state)
{
    g_autoptr(Findings) findings = findings_new();
    g_autoptr(TemplateSet) set =
        load_template("individual", "email", expect_home, BREACH_SOURCE_DIR, position_make("p.yaml", 1, 1), findings);

    (void)state;
    expect_findings(findings, NULL, 0);
    assert_true(set->texts->len >= 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_languages),
        cmocka_unit_test(test_partials),
        cmocka_unit_test(test_look_up),
        cmocka_unit_test(test_not_found),
        cmocka_unit_test(test_missing_files),
        cmocka_unit_test(test_channels),
        cmocka_unit_test(test_shared_partials),
        cmocka_unit_test(test_no_texts),
        cmocka_unit_test(test_languages_that_are_none),
        cmocka_unit_test(test_bad_files),
        cmocka_unit_test(test_byte_order_mark),
        cmocka_unit_test(test_shipped_template),
    };

    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
