#include "load_expect.h"

#include "base/clock.h"
#include "load/schema.h"
#include "model/moment.h"

typedef struct Inner {
    int number;
    char *word;
} Inner;

typedef struct Everything {
    char *text, *name, *host, *email, *secret, *path, *locale, *word, *custom;
    int choice, integer;
    bool flag;
    int64_t count, duration;
    double rate;
    Moment moment;
    LocaleText *title, *body;
    GPtrArray *texts;
    Inner inner;
    GString *items;
    GString *others;
} Everything;

static const char *const ids[SCHEMA_MISTAKES] = {"t-unknown", "t-later", "t-missing", "t-type", "t-value", "t-offset"};
static const char *const words[] = {"low", "medium", "high", NULL};
static const char *const later_words[] = {"extreme", NULL};

static void set_custom(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    const char *text = schema_scalar(check, field->stage, value, "a custom thing");

    if (text)
        *(char **)target = g_strdup(text);
}

static void add_item(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target)
{
    const char *text = schema_scalar(check, field->stage, value, "an item");

    g_string_append_printf(*(GString **)target, "%s;", text ? text : "?");
}

static void add_other(const SchemaCheck *check, FindingStage stage, const YamlEntry *entry, void *target)
{
    (void)check;
    (void)stage;
    g_string_append_printf(((Everything *)target)->others, "%s;", entry->key);
}

static const SchemaField inner_fields[] = {
    {"number", SCHEMA_INTEGER, FINDING_SEND, .is_required = true, .offset = offsetof(Inner, number), .minimum = 1,
     .maximum = 9},
    {"word", SCHEMA_TEXT, FINDING_SEND, .offset = offsetof(Inner, word)},
    {.key = NULL},
};
static const SchemaTable inner_table = {"inner", FINDING_SEND, inner_fields, NULL};

#define FIELD(name_, type_, ...)                                                                                       \
    {                                                                                                                  \
#name_, type_, FINDING_REPORT, .offset = offsetof(Everything, name_), __VA_ARGS__                              \
    }
static const SchemaField fields[] = {
    FIELD(text, SCHEMA_TEXT, .is_required = false),
    FIELD(name, SCHEMA_NAME, .is_required = false),
    FIELD(host, SCHEMA_HOST, .is_required = false),
    FIELD(email, SCHEMA_EMAIL, .is_required = false),
    FIELD(secret, SCHEMA_SECRET, .is_required = false),
    FIELD(path, SCHEMA_PATH, .is_required = false),
    FIELD(locale, SCHEMA_LOCALE, .is_required = false),
    FIELD(word, SCHEMA_WORD, .words = words, .later = later_words),
    FIELD(choice, SCHEMA_CHOICE, .words = words),
    FIELD(flag, SCHEMA_BOOL, .is_required = false),
    FIELD(integer, SCHEMA_INTEGER, .minimum = 1, .maximum = 65535),
    FIELD(count, SCHEMA_COUNT, .minimum = 0, .maximum = 5000000000),
    FIELD(rate, SCHEMA_RATE, .is_required = false),
    FIELD(duration, SCHEMA_DURATION, .minimum = CLOCK_SECOND, .maximum = CLOCK_HOUR),
    FIELD(moment, SCHEMA_MOMENT, .is_required = false),
    FIELD(title, SCHEMA_LOCALE_TEXT, .is_one_line = true),
    FIELD(body, SCHEMA_LOCALE_TEXT, .is_required = false),
    FIELD(texts, SCHEMA_LOCALE_TEXTS, .is_required = false),
    FIELD(inner, SCHEMA_MAP, .table = &inner_table),
    FIELD(items, SCHEMA_LIST, .set = add_item),
    FIELD(custom, SCHEMA_CUSTOM, .set = set_custom),
    {"tomorrow", SCHEMA_LATER, .stage = FINDING_SEND},
    {.key = NULL},
};
static const SchemaTable table = {"the test", FINDING_FACTS, fields, NULL};

static void text_free(gpointer data)
{
    locale_text_free(data);
}

static Everything *everything_new(void)
{
    Everything *all = g_new0(Everything, 1);

    all->texts = g_ptr_array_new_with_free_func(text_free);
    all->items = g_string_new(NULL);
    all->others = g_string_new(NULL);
    return all;
}

static void everything_free(Everything *all)
{
    char *texts[] = {all->text, all->name,   all->host, all->email,  all->secret,
                     all->path, all->locale, all->word, all->custom, all->inner.word};

    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
        g_free(texts[i]);
    locale_text_free(all->title);
    locale_text_free(all->body);
    g_ptr_array_unref(all->texts);
    g_string_free(all->items, TRUE);
    g_string_free(all->others, TRUE);
    g_free(all);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Everything, everything_free)

static Everything *check_text(const SchemaTable *with, const char *text, Findings *findings)
{
    g_autoptr(YamlNode) root = yaml_parse("t.yaml", text, strlen(text), FINDING_FACTS, findings);
    SchemaCheck check = {.findings = findings, .ids = ids, .folder = "/base/of/file"};
    Everything *all = everything_new();

    assert_non_null(root);
    schema_check(&check, with, root, all);
    return all;
}

static void test_good_values(void **state)
{
    g_autoptr(Findings) findings = findings_new();
    g_autoptr(Everything) all = check_text(&table,
                                           "text: no\n"
                                           "name: 2026-11-leak\n"
                                           "host: SMTP.example.com\n"
                                           "email: a@EXAMPLE.com\n"
                                           "secret: env:X\n"
                                           "path: ../people.csv\n"
                                           "locale: zh_cn\n"
                                           "word: medium\n"
                                           "choice: high\n"
                                           "flag: true\n"
                                           "integer: 65535\n"
                                           "count: 5000000000\n"
                                           "rate: 60/min\n"
                                           "duration: PT5M\n"
                                           "moment: 2026-11-21T22:10+08:00\n"
                                           "title: {en: Title, zh-CN: 标题}\n"
                                           "body: |\n  one\n  two\n"
                                           "texts: [a, {en: b}]\n"
                                           "inner: {number: 3, word: x}\n"
                                           "items: [x, y]\n"
                                           "custom: c\n",
                                           findings);

    (void)state;
    expect_findings(findings, NULL, 0);
    assert_string_equal(all->text, "no");
    assert_string_equal(all->name, "2026-11-leak");
    assert_string_equal(all->host, "smtp.example.com");
    assert_string_equal(all->email, "a@example.com");
    assert_string_equal(all->secret, "env:X");
    assert_string_equal(all->path, "/base/of/people.csv");
    assert_string_equal(all->locale, "zh-CN");
    assert_string_equal(all->word, "medium");
    assert_int_equal(all->choice, 2);
    assert_true(all->flag);
    assert_int_equal(all->integer, 65535);
    assert_int_equal(all->count, INT64_C(5000000000));
    assert_true(all->rate > 0.999 && all->rate < 1.001);
    assert_int_equal(all->duration, 5 * CLOCK_MINUTE);
    assert_true(all->moment.known);
    assert_int_equal(all->moment.offset, 480);
    assert_string_equal(locale_text_get(all->title, "zh-CN"), "标题");
    assert_string_equal(locale_text_get(all->body, "en"), "one\ntwo");
    assert_int_equal(all->texts->len, 2);
    assert_int_equal(all->inner.number, 3);
    assert_string_equal(all->inner.word, "x");
    assert_string_equal(all->items->str, "x;y;");
    assert_string_equal(all->custom, "c");
}

static void test_nothing_is_missing(void **state)
{
    g_autoptr(Findings) findings = findings_new();
    g_autoptr(Everything) all = check_text(&table, "text:\nname: ~\ntexts: null\nrate:\ninner:\n", findings);

    (void)state;
    expect_findings(findings, NULL, 0);
    assert_null(all->text);
}

typedef struct Wrong {
    const char *text;
    Expected expected;
} Wrong;

static void test_wrong_values(void **state)
{
    static const Wrong cases[] = {
        {"text: ''", {1, 7, "t-value", "text is an empty text"}},
        {"text: ' '", {1, 7, "t-value", "text is an empty text"}},
        {"text: \"a\\nb\"", {1, 7, "t-value", "text must be one line"}},
        {"text: \"a\\u2028b\"", {1, 7, "t-value", "text must be one line"}},
        {"text: \"a\\u0085b\"", {1, 7, "t-value", "text must be one line"}},
        {"text: \"a\\x1b\"", {1, 7, "t-value", "text holds a control character"}},
        {"text: [a]", {1, 7, "t-type", "a text is expected here, not a list"}},
        {"text: {a: b}", {1, 7, "t-type", "a text is expected here, not a map"}},
        {"name: A B", {1, 7, "t-value", "name cannot be \"A B\": expected a name of a-z, 0-9 and hyphens"}},
        {"host: a b", {1, 7, "t-value", "expected a host name such as smtp.example.com"}},
        {"host: \"[::1]\"", {1, 7, "t-value", "host cannot be \"[::1]\""}},
        {"host: a..b", {1, 7, "t-value", "host cannot be"}},
        {"email: nobody", {1, 8, "t-value", "email: "}},
        {"secret: hunter2", {1, 9, "t-value", "write env:NAME or file:PATH"}},
        {"secret: [x]", {1, 9, "t-type", "env:NAME or file:PATH is expected here, not a list"}},
        {"path: ''", {1, 7, "t-value", "path is an empty text"}},
        {"locale: english", {1, 9, "t-value", "expected a language such as en, zh-CN or zh-TW"}},
        {"word: hihg", {1, 7, "t-value", "word: did you mean \"high\"?"}},
        {"word: mediun", {1, 7, "t-value", "word: did you mean \"medium\"? (one of: low, medium, high)"}},
        {"word: extreme", {1, 7, "t-later", "extreme is not supported by this version (it knows: low, medium, high)"}},
        {"choice: none", {1, 9, "t-value", "choice cannot be \"none\": expected low, medium, high"}},
        {"flag: yes", {1, 7, "t-value", "flag cannot be \"yes\": expected true or false"}},
        {"flag: True", {1, 7, "t-value", "expected true or false"}},
        {"integer: 0", {1, 10, "t-value", "expected a whole number from 1 to 65535, digits only"}},
        {"integer: 65536", {1, 10, "t-value", "from 1 to 65535"}},
        {"integer: -1", {1, 10, "t-value", "from 1 to 65535"}},
        {"integer: 1.0", {1, 10, "t-value", "from 1 to 65535"}},
        {"integer: 99999999999999999999", {1, 10, "t-value", "from 1 to 65535"}},
        {"count: 5000000001", {1, 8, "t-value", "from 0 to 5000000000"}},
        {"count: 2,000", {1, 8, "t-value", "count cannot be \"2,000\""}},
        {"rate: 300", {1, 7, "t-value", "expected messages per time such as 300/s, 60/min or 1000/h"}},
        {"rate: 0/s", {1, 7, "t-value", "rate cannot be"}},
        {"rate: 1.2.3/s", {1, 7, "t-value", "rate cannot be"}},
        {"rate: 5/day", {1, 7, "t-value", "rate cannot be"}},
        {"rate: inf/s", {1, 7, "t-value", "rate cannot be"}},
        {"duration: 5 min", {1, 11, "t-value", "expected a duration such as PT30S, PT5M, PT4H or P2D"}},
        {"duration: PT2H", {1, 11, "t-value", "expected a duration from 1 s to 1 h"}},
        {"moment: 2026-11-21T22:10", {1, 9, "t-offset", "+08:00"}},
        {"moment: 2026-02-30T22:10Z", {1, 9, "t-value", "moment: "}},
        {"moment: yesterday", {1, 9, "t-value", "moment: "}},
        {"title: [a]", {1, 8, "t-type", "a text, or a map from language to text, is expected here, not a list"}},
        {"title: \"a\\nb\"", {1, 8, "t-value", "this must be one line"}},
        {"title: {}", {1, 8, "t-value", "a text is expected here: {en: …, zh-CN: …}"}},
        {"title: {english: x}",
         {1, 9, "t-value", "\"english\" is no language: expected one such as en, zh-CN or zh-TW"}},
        {"title: {en: [x]}", {1, 13, "t-type", "a text is expected here, not a list"}},
        {"title: {en: }", {1, 9, "t-value", "en has no text: write it, or remove the language"}},
        {"title: {en: ' '}", {1, 13, "t-value", "en is an empty text"}},
        {"title: {en: \"a\\nb\"}", {1, 13, "t-value", "en must be one line"}},
        {"title: {zh-CN: a, zh_cn: b}", {1, 19, "t-value", "the language zh-CN stands here twice (\"zh_cn\")"}},
        {"body: \"a\\x07\"", {1, 7, "t-value", "this holds a control character"}},
        {"texts: a", {1, 8, "t-type", "texts must be a list, not a text: write - before each item"}},
        {"texts:\n  -\n  - a", {2, 4, "t-value", "an item of texts is empty"}},
        {"inner: x", {1, 8, "t-type", "inner must be a map (key: value), not a text"}},
        {"inner: {number: 10}", {1, 17, "t-value", "number cannot be \"10\": expected a whole number from 1 to 9"}},
        {"items: {a: b}", {1, 8, "t-type", "items must be a list, not a map"}},
        {"items: [[x]]", {1, 9, "t-type", "an item is expected here, not a list"}},
        {"tomorrow: x", {1, 1, "t-later", "tomorrow is not supported by this version: remove it"}},
        {"tomorrow:", {1, 1, "t-later", "tomorrow is not supported"}},
        {"inner: {}", {1, 8, "t-missing", "inner lacks the key number"}},
        {"inner: {number: }", {1, 9, "t-missing", "number has no value"}},
        {"inner: {numbr: 1}",
         {1, 9, "t-unknown", "unknown key \"numbr\" in inner, did you mean \"number\"? (known: number, word)"}},
        {"zzz: 1", {1, 1, "t-unknown", "unknown key \"zzz\" in the test: expected one of text, name, host"}},
        {"[a]", {1, 1, "t-type", "the test must be a map (key: value), not a list"}},
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(Findings) findings = findings_new();
        g_autoptr(Everything) all = check_text(&table, cases[i].text, findings);

        expect_findings(findings, &cases[i].expected, 1);
        assert_null(strstr(findings_get(findings, 0)->text, "hunter2"));
        assert_null(all->text);
        assert_int_equal(all->integer, 0);
    }
}

static void test_stages(void **state)
{
    g_autoptr(Findings) findings = findings_new();
    g_autoptr(Everything) all = check_text(&table, "zzz: 1\ninteger: x\ninner: {}\ntomorow: 1\n", findings);

    (void)state;
    assert_non_null(all);
    EXPECT(findings, {1, 1, "t-unknown", "zzz"}, {2, 10, "t-value", "integer"}, {3, 8, "t-missing", "number"},
           {4, 1, "t-unknown", "did you mean \"tomorrow\"?"});
    assert_int_equal(findings_errors(findings, FINDING_FACTS), 1);
    assert_int_equal(findings_errors(findings, FINDING_REPORT), 2);
    assert_int_equal(findings_errors(findings, FINDING_SEND), 4);
}

/* An alias was reported by yaml; the schema has nothing to add. */
static void test_refused_nodes(void **state)
{
    g_autoptr(Findings) findings = findings_new();
    g_autoptr(Everything) all =
        check_text(&table, "text: *a\ninner: {number: *a}\nitems: [*a, x]\ntitle: {en: *a}\n", findings);

    (void)state;
    EXPECT(findings, {1, 7, "yaml-alias", ""}, {2, 17, "yaml-alias", ""}, {3, 9, "yaml-alias", ""},
           {4, 13, "yaml-alias", ""});
    assert_string_equal(all->items->str, "x;");
}

/* What breach init marks is found wherever it stands, once, and nothing else is said about it. */
static void test_marks(void **state)
{
    g_autoptr(Findings) findings = findings_new();
    g_autoptr(Everything) all = check_text(&table,
                                           "email: FILL IN\ninner: {number: 待填写}\nitems: [FILL IN, x]\n"
                                           "title: {en: We FILL IN this}\nmoment: \"FILL IN\"\ntexts: [{en: 待填写}]\n"
                                           "body: fill in\n",
                                           findings);

    (void)state;
    EXPECT(findings, {1, 8, "yaml-fill-in", "email: \"FILL IN\" still stands here"},
           {2, 17, "yaml-fill-in", "number: \"待填写\""}, {3, 9, "yaml-fill-in", "items"},
           {4, 13, "yaml-fill-in", "en"}, {5, 9, "yaml-fill-in", "moment"}, {6, 14, "yaml-fill-in", "en"});
    assert_null(all->email);
    assert_string_equal(all->items->str, "x;");
    assert_string_equal(locale_text_get(all->title, "en"), "We FILL IN this");
}

static void test_required(void **state)
{
    static const SchemaField required[] = {
        {"items", SCHEMA_LIST, FINDING_FACTS, .is_required = true, .offset = offsetof(Everything, items),
         .set = add_item, .hint = "items: [x]"},
        {"text", SCHEMA_TEXT, FINDING_FACTS, .is_required = true, .offset = offsetof(Everything, text),
         .hint = "text: x"},
        {.key = NULL},
    };
    static const SchemaTable with = {"it", FINDING_FACTS, required, NULL};
    g_autoptr(Findings) empty = findings_new();
    g_autoptr(Findings) nothing = findings_new();
    g_autoptr(Everything) first = check_text(&with, "items: []\ntext:\n", empty);
    g_autoptr(Everything) second = check_text(&with, "\n  {}\n", nothing);

    (void)state;
    assert_true(first && second);
    EXPECT(empty, {1, 8, "t-missing", "items is empty: at least one item is needed"},
           {2, 1, "t-missing", "text has no value: write text: x"});
    EXPECT(nothing, {2, 3, "t-missing", "it lacks the key items: add items: [x]"},
           {2, 3, "t-missing", "it lacks the key text: add text: x"});
}

static void test_other_keys(void **state)
{
    static const SchemaField few[] = {{"text", SCHEMA_TEXT, FINDING_FACTS, .offset = offsetof(Everything, text)},
                                      {.key = NULL}};
    static const SchemaTable with = {"it", FINDING_FACTS, few, add_other};
    g_autoptr(Findings) findings = findings_new();
    g_autoptr(Everything) all = check_text(&with, "b: 1\ntext: x\na: 2\n", findings);

    (void)state;
    expect_findings(findings, NULL, 0);
    assert_string_equal(all->others->str, "b;a;");
    assert_string_equal(all->text, "x");
}

static void test_version(void **state)
{
    static const SchemaField version[] = {{"version", SCHEMA_CUSTOM, FINDING_FACTS, .set = schema_set_version},
                                          {.key = NULL}};
    static const SchemaTable with = {"it", FINDING_FACTS, version, NULL};
    g_autoptr(Findings) findings = findings_new();
    g_autoptr(Everything) good = check_text(&with, "version: 1", findings);
    g_autoptr(Everything) newer = NULL;

    (void)state;
    expect_findings(findings, NULL, 0);
    newer = check_text(&with, "version: 2", findings);
    assert_true(good && newer);
    EXPECT(findings, {1, 10, "t-value", "version \"2\" is not known to this program: write version: 1"});
}

static void test_shown(void **state)
{
    g_autofree char *plain = schema_shown("示例 x");
    g_autofree char *controls = schema_shown("a\x1b[2J\n\x7f\xc2\x85");
    g_autofree char *filler = g_strnfill(100, 'x');
    g_autofree char *long_text = schema_shown(filler);

    (void)state;
    assert_string_equal(plain, "示例 x");
    assert_string_equal(controls, "a\\x1b[2J\\x0a\\x7f\\x85");
    assert_int_equal(strlen(long_text), 60 + strlen("…"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good_values),   cmocka_unit_test(test_nothing_is_missing),
        cmocka_unit_test(test_wrong_values),  cmocka_unit_test(test_stages),
        cmocka_unit_test(test_refused_nodes), cmocka_unit_test(test_marks),
        cmocka_unit_test(test_required),      cmocka_unit_test(test_other_keys),
        cmocka_unit_test(test_version),       cmocka_unit_test(test_shown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
