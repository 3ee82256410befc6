#include "load_expect.h"

#include "load/place.h"
#include "load/yaml.h"

static YamlNode *parse(const char *text, Findings *findings)
{
    return yaml_parse("x.yaml", text, strlen(text), FINDING_REPORT, findings);
}

/* A tree as one line, with the position of every key and value. */
static void draw(const YamlNode *node, GString *out)
{
    switch (node->kind) {
    case YAML_NODE_SCALAR:
        g_string_append_printf(out, "%s'%s'@%d:%d", node->is_plain ? "" : "q", node->text, node->at.line,
                               node->at.column);
        break;
    case YAML_NODE_LIST:
        g_string_append_printf(out, "[@%d:%d", node->at.line, node->at.column);
        for (guint i = 0; i < node->items->len; i++) {
            g_string_append_c(out, ' ');
            draw(g_ptr_array_index(node->items, i), out);
        }
        g_string_append_c(out, ']');
        break;
    case YAML_NODE_MAP:
        g_string_append_printf(out, "{@%d:%d", node->at.line, node->at.column);
        for (guint i = 0; i < node->entries->len; i++) {
            const YamlEntry *entry = g_ptr_array_index(node->entries, i);

            g_string_append_printf(out, " %s@%d:%d=", entry->key, entry->at.line, entry->at.column);
            draw(entry->value, out);
        }
        g_string_append_c(out, '}');
        break;
    }
}

static void assert_tree(const char *text, const char *expected)
{
    g_autoptr(Findings) findings = findings_new();
    g_autoptr(YamlNode) root = parse(text, findings);
    GString *out = g_string_new(NULL);

    expect_findings(findings, NULL, 0);
    assert_non_null(root);
    draw(root, out);
    assert_string_equal(out->str, expected);
    g_string_free(out, TRUE);
}

static void test_positions(void **state)
{
    (void)state;
    assert_tree("a: 1\nb:\n  - x\n  - {c: 'y', d: }\n",
                "{@1:1 a@1:1='1'@1:4 b@2:1=[@3:3 'x'@3:5 {@4:5 c@4:6=q'y'@4:9 d@4:14=''@4:17}]}");
}

static void test_scalars_stay_strings(void **state)
{
    (void)state;
    assert_tree("no: 1.10\nyes: null\n", "{@1:1 no@1:1='1.10'@1:5 yes@2:1='null'@2:6}");
}

static void test_columns_count_characters(void **state)
{
    (void)state;
    assert_tree("{示例: 云, b: x}", "{@1:1 示例@1:2='云'@1:6 b@1:9='x'@1:12}");
    assert_tree("\xef\xbb\xbf"
                "a: b",
                "{@1:1 a@1:1='b'@1:4}");
}

static void test_block_and_quoted(void **state)
{
    (void)state;
    assert_tree("a: |\n  x\n  y\n\"b\": \"z\\n\"\n", "{@1:1 a@1:1=q'x\ny\n'@1:4 b@4:1=q'z\n'@4:6}");
}

static void test_get(void **state)
{
    g_autoptr(Findings) findings = findings_new();
    g_autoptr(YamlNode) root = parse("a: 1\nb: 2", findings);

    (void)state;
    assert_string_equal(yaml_get(root, "b")->text, "2");
    assert_int_equal(yaml_entry(root, "b")->at.line, 2);
    assert_null(yaml_get(root, "c"));
    assert_null(yaml_get(yaml_get(root, "a"), "b"));
}

static void test_character_at(void **state)
{
    g_autoptr(Findings) findings = findings_new();
    g_autoptr(YamlNode) root = parse("[plain, 'age < 14', \"a\\tb\", 'it''s', two\n  lines]", findings);

    (void)state;
    assert_int_equal(yaml_character_at(g_ptr_array_index(root->items, 0), 2).column, 4);
    assert_int_equal(yaml_character_at(g_ptr_array_index(root->items, 1), 4).column, 14);
    assert_int_equal(yaml_character_at(g_ptr_array_index(root->items, 2), 1).column, 21);
    assert_int_equal(yaml_character_at(g_ptr_array_index(root->items, 3), 1).column, 29);
    assert_int_equal(yaml_character_at(g_ptr_array_index(root->items, 4), 5).column, 38);
}

static void test_place_after(void **state)
{
    Position at = place_after(position_make("f", 3, 5), "äb\ncd", 3);

    (void)state;
    assert_int_equal(at.line, 3);
    assert_int_equal(at.column, 7);
    at = place_after(position_make("f", 3, 5), "äb\ncd", 5);
    assert_int_equal(at.line, 4);
    assert_int_equal(at.column, 2);
}

static void test_duplicate_keys(void **state)
{
    g_autoptr(Findings) findings = findings_new();
    g_autoptr(YamlNode) root = parse("a: 1\nb: {x: 1, x: {y: [2]}}\na: 3\n", findings);

    (void)state;
    EXPECT(findings, {2, 11, "yaml-duplicate-key", "key \"x\" stands here and at line 2, column 5"},
           {3, 1, "yaml-duplicate-key", "key \"a\" stands here and at line 1, column 1"});
    assert_string_equal(yaml_get(root, "a")->text, "1");
    assert_int_equal(findings_errors(findings, FINDING_FACTS), 0);
    assert_int_equal(findings_errors(findings, FINDING_REPORT), 2);
}

/* Mistakes after which the tree is still good enough to look for more. */
static void test_goes_on(void **state)
{
    g_autoptr(Findings) findings = findings_new();
    g_autoptr(YamlNode) root = parse("a: &x 1\n"
                                     "b: *x\n"
                                     "c: !!str 2\n"
                                     "{d: 1}: 3\n"
                                     "[e, f]: {g: 4}\n"
                                     "<<: 5\n"
                                     "\"h\\e\": 6\n"
                                     "i: &y [1]\n"
                                     "j: !k {}\n"
                                     "*x : 7\n"
                                     "\"\": 8\n"
                                     "z: 9\n",
                                     findings);

    (void)state;
    EXPECT(findings, {1, 4, "yaml-anchor", "remove it, or put a text that starts with & in quotes"},
           {2, 4, "yaml-alias", "write the value out"}, {3, 4, "yaml-tag", "tags (!) are refused"},
           {4, 1, "yaml-key", "starts with { or [ in quotes"}, {5, 1, "yaml-key", "starts with { or [ in quotes"},
           {6, 1, "yaml-key", "merge keys (<<) are refused"}, {7, 1, "yaml-key", "control characters"},
           {8, 4, "yaml-anchor", "anchors (&) are refused"}, {9, 4, "yaml-tag", "tags (!) are refused"},
           {10, 1, "yaml-alias", "aliases (*) are refused"}, {11, 1, "yaml-key", "a key is missing"});
    assert_int_equal(root->entries->len, 6);
    assert_true(yaml_get(root, "b")->is_refused);
    assert_string_equal(yaml_get(root, "z")->text, "9");
}

typedef struct Bad {
    const char *text;
    Expected expected;
} Bad;

static void assert_bad(const Bad *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        g_autoptr(Findings) findings = findings_new();
        g_autoptr(YamlNode) root = parse(cases[i].text, findings);

        expect_findings(findings, &cases[i].expected, 1);
        assert_null(root);
    }
}

/* What libyaml refuses, in plain words that say what to do. */
static void test_syntax(void **state)
{
    static const Bad cases[] = {
        {"a:\n\tb: 1\n", {2, 1, "yaml-syntax", "a tab cannot indent: use spaces"}},
        {"a: 1\nb: \"never closed\nc: 2\n", {2, 4, "yaml-syntax", "never closed: add the closing quote"}},
        {"a: 'x\n", {1, 4, "yaml-syntax", "never closed: add the closing quote"}},
        {"a: \"x\n---\n\"", {2, 1, "yaml-syntax", "inside quotes"}},
        {"a: @x\n", {1, 4, "yaml-syntax", "cannot start with \"@\": put it in quotes"}},
        {"a: `x`\n", {1, 4, "yaml-syntax", "cannot start with \"`\": put it in quotes"}},
        {"a: %x\n", {1, 4, "yaml-syntax", "cannot start with \"%\": put it in quotes"}},
        {"a: b: c\n", {1, 5, "yaml-syntax", "put the text in quotes"}},
        {"a: 1\n  b: 2\n", {2, 4, "yaml-syntax", "indent the line like its neighbours"}},
        {"a: - x\n", {1, 4, "yaml-syntax", "start it on a line of its own"}},
        {"a: 1\nfoo\nb: 2\n", {2, 1, "yaml-syntax", "add the colon"}},
        {"a:\n    b: 1\n  c: 2\n", {3, 3, "yaml-syntax", "line it up"}},
        {"a:\n  - x\n  b: 1\n", {3, 3, "yaml-syntax", "items of its list"}},
        {"a: [x, y\nb: 1\n",
         {2, 2, "yaml-syntax", "a comma or ] is missing before this (it began at line 1, column 4)"}},
        {"a: {x: 1\nb: 1\n",
         {2, 2, "yaml-syntax", "a comma or } is missing before this (it began at line 1, column 4)"}},
        {"a: [x, y", {1, 4, "yaml-syntax", "never closed: add ] or }"}},
        {"a: {x: 1\n", {1, 4, "yaml-syntax", "never closed: add ] or }"}},
        {"a: *\n", {1, 4, "yaml-syntax", "starts with * must be in quotes"}},
        {"a: & b\n", {1, 4, "yaml-syntax", "starts with & must be in quotes"}},
        {"a: !x!y z\n", {1, 4, "yaml-syntax", "starts with ! must be in quotes"}},
        {"a: \"\\q\"\n", {1, 5, "yaml-syntax", "write two backslashes"}},
        {"a: \"\\xzz\"\n", {1, 7, "yaml-syntax", "hexadecimal digits"}},
        {"a: \"\\ud800\"\n", {1, 7, "yaml-syntax", "write the character itself"}},
        {"a: | text\n", {1, 6, "yaml-syntax", "starts on the next line"}},
        {"a: |0\n", {1, 5, "yaml-syntax", "indentation of this block text"}},
        {"%FOO\na: 1\n", {1, 1, "yaml-syntax", "is a YAML directive: remove it"}},
        {"a: \"x\\0y\"\n", {1, 4, "yaml-control", "NUL"}},
        {"a: 1\nb: x\x01\n", {2, 5, "yaml-control", "control characters are not allowed"}},
        {"ä: 1\nb: 云\xff\n", {2, 5, "yaml-encoding", "not UTF-8: save the file as UTF-8"}},
        {"\xff\xfe"
         "a",
         {0, 0, "yaml-encoding", "the file is UTF-16"}},
        {"", {0, 0, "yaml-empty", "the file is empty"}},
        {"# nothing\n", {0, 0, "yaml-empty", "the file is empty"}},
    };

    (void)state;
    assert_bad(cases, G_N_ELEMENTS(cases));
}

static void test_mistakes_before_a_syntax_error(void **state)
{
    g_autoptr(Findings) findings = findings_new();
    g_autoptr(YamlNode) root = parse("a: 1\na: 2\nb: [\n", findings);

    (void)state;
    EXPECT(findings, {2, 1, "yaml-duplicate-key", "key \"a\""}, {3, 4, "yaml-syntax", "never closed: add ] or }"});
    assert_null(root);
}

static void test_nul_byte(void **state)
{
    g_autoptr(Findings) findings = findings_new();
    g_autoptr(YamlNode) root = yaml_parse("x.yaml", "a: 1\nb: \0\n", 10, FINDING_SEND, findings);

    (void)state;
    EXPECT(findings, {2, 4, "yaml-control", "NUL"});
    assert_null(root);
}

static void test_second_document(void **state)
{
    g_autoptr(Findings) findings = findings_new();
    g_autoptr(YamlNode) root = parse("a: 1\n---\nb: 2\nb: 3\n", findings);

    (void)state;
    EXPECT(findings, {2, 1, "yaml-documents", "keep one document in a file"});
    assert_non_null(yaml_get(root, "a"));
}

static char *nested(size_t depth)
{
    GString *text = g_string_new(NULL);

    for (size_t i = 0; i < depth; i++)
        g_string_append_c(text, '[');
    for (size_t i = 0; i < depth; i++)
        g_string_append_c(text, ']');
    return g_string_free(text, FALSE);
}

static void test_depth(void **state)
{
    g_autoptr(Findings) findings = findings_new();
    g_autofree char *good = nested(YAML_DEPTH_MAX);
    g_autofree char *bad = nested(YAML_DEPTH_MAX + 1);
    g_autoptr(YamlNode) root = parse(good, findings);
    g_autoptr(YamlNode) none = NULL;

    (void)state;
    expect_findings(findings, NULL, 0);
    assert_non_null(root);
    none = parse(bad, findings);
    EXPECT(findings, {1, 33, "yaml-limit", "nested more than 32 deep"});
    assert_null(none);
}

static char *list_of(size_t items)
{
    GString *text = g_string_new("[");

    for (size_t i = 0; i < items; i++)
        g_string_append(text, "1,");
    g_string_append_c(text, ']');
    return g_string_free(text, FALSE);
}

static void test_nodes(void **state)
{
    g_autoptr(Findings) findings = findings_new();
    g_autofree char *good = list_of(YAML_NODES_MAX - 1);
    g_autofree char *bad = list_of(YAML_NODES_MAX);
    g_autoptr(YamlNode) root = parse(good, findings);
    g_autoptr(YamlNode) none = NULL;

    (void)state;
    expect_findings(findings, NULL, 0);
    assert_non_null(root);
    none = parse(bad, findings);
    EXPECT(findings, {1, 400000, "yaml-limit", "more than 200,000 values"});
    assert_null(none);
}

/* Hostile files must not take long: brackets without end, and a map of many keys. */
static void test_hostile(void **state)
{
    g_autoptr(Findings) findings = findings_new();
    g_autofree char *brackets = g_strnfill(YAML_SIZE_MAX, '[');
    GString *keys = g_string_new(NULL);
    g_autoptr(YamlNode) none = parse(brackets, findings);
    g_autoptr(YamlNode) map = NULL;

    (void)state;
    EXPECT(findings, {1, 33, "yaml-limit", "nested more than 32 deep"});
    assert_null(none);
    for (int i = 0; i < 90000; i++)
        g_string_append_printf(keys, "key%d: %d\n", i, i);
    map = parse(keys->str, findings);
    assert_int_equal(map->entries->len, 90000);
    g_string_free(keys, TRUE);
}

static void test_files(void **state)
{
    g_autoptr(Findings) findings = findings_new();
    char *folder = expect_folder();
    g_autofree char *path = expect_text(folder, "a.yaml", "a: 1\n");
    g_autofree char *missing = g_build_filename(folder, "b.yaml", NULL);
    g_autofree char *huge = g_strnfill(YAML_SIZE_MAX + 1, '#');
    g_autofree char *large = expect_text(folder, "c.yaml", huge);
    g_autoptr(YamlNode) root = yaml_load(path, FINDING_SEND, findings);
    g_autoptr(YamlNode) parsed = NULL;

    (void)state;
    expect_findings(findings, NULL, 0);
    assert_string_equal(root->at.file, path);
    assert_null(yaml_load(missing, FINDING_SEND, findings));
    assert_null(yaml_load(large, FINDING_SEND, findings));
    EXPECT(findings, {0, 0, "yaml-unreadable", "No such file"}, {0, 0, "yaml-unreadable", "is larger than"});
    parsed = yaml_parse("m", huge, YAML_SIZE_MAX + 1, FINDING_SEND, findings);
    assert_null(parsed);
    assert_int_equal(findings_count(findings), 3);
    expect_remove(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_positions),
        cmocka_unit_test(test_scalars_stay_strings),
        cmocka_unit_test(test_columns_count_characters),
        cmocka_unit_test(test_block_and_quoted),
        cmocka_unit_test(test_get),
        cmocka_unit_test(test_character_at),
        cmocka_unit_test(test_place_after),
        cmocka_unit_test(test_duplicate_keys),
        cmocka_unit_test(test_goes_on),
        cmocka_unit_test(test_syntax),
        cmocka_unit_test(test_mistakes_before_a_syntax_error),
        cmocka_unit_test(test_nul_byte),
        cmocka_unit_test(test_second_document),
        cmocka_unit_test(test_depth),
        cmocka_unit_test(test_nodes),
        cmocka_unit_test(test_hostile),
        cmocka_unit_test(test_files),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
