#include "load_expect.h"

#include "base/error.h"
#include "load/jsonl.h"

#define FIELD_MAX 65536

static char *path;

static int remove_folder(void **state)
{
    g_free(path);
    return expect_remove_home(state);
}

static void write_bytes(const char *name, const char *bytes, size_t size)
{
    g_free(path);
    path = expect_file(expect_home, name, bytes, size);
}

static JsonlReader *open_text(const char *text)
{
    Position failed_at;
    g_autoptr(GError) error = NULL;
    JsonlReader *reader;

    write_bytes("people.jsonl", text, strlen(text));
    reader = jsonl_open(path, FIELD_MAX, 256, &failed_at, &error);
    if (!reader)
        fail_msg("%s", error->message);
    return reader;
}

#define OPEN_FAILS(bytes, at_line, at_column, words)                                                                   \
    do {                                                                                                               \
        Position failed_;                                                                                              \
        g_autoptr(GError) error_ = NULL;                                                                               \
        write_bytes("people.jsonl", bytes, sizeof(bytes) - 1);                                                         \
        assert_null(jsonl_open(path, FIELD_MAX, 4, &failed_, &error_));                                                \
        assert_true(g_error_matches(error_, BREACH_ERROR, BREACH_ERROR_INPUT));                                        \
        if (!strstr(error_->message, words))                                                                           \
            fail_msg("%s", error_->message);                                                                           \
        assert_int_equal(failed_.line, at_line);                                                                       \
        assert_int_equal(failed_.column, at_column);                                                                   \
    } while (0)

/* The next row, whose cells must be these, joined by |. */
static void expect_row(JsonlReader *reader, int line, const char *cells)
{
    JsonlMistake mistake;
    CsvRow row;
    g_autofree char *joined = NULL;
    const char *fields[64] = {NULL};

    assert_int_equal(jsonl_next(reader, &row, &mistake, NULL), 1);
    if (mistake.text)
        fail_msg("%s", mistake.text);
    assert_int_equal(row.at.line, line);
    assert_int_equal(row.at.column, 1);
    for (size_t i = 0; i < row.count; i++)
        fields[i] = row.fields[i];
    joined = g_strjoinv("|", (char **)fields);
    assert_string_equal(joined, cells);
}

static void expect_mistake(JsonlReader *reader, int line, const char *text, const char *reason)
{
    JsonlMistake mistake;
    CsvRow row;

    assert_int_equal(jsonl_next(reader, &row, &mistake, NULL), 1);
    assert_int_equal(row.at.line, line);
    assert_non_null(mistake.text);
    if (!strstr(mistake.text, text) || !strstr(mistake.reason, reason))
        fail_msg("%s / %s", mistake.text, mistake.reason);
}

static void expect_end(JsonlReader *reader)
{
    JsonlMistake mistake;
    CsvRow row;

    assert_int_equal(jsonl_next(reader, &row, &mistake, NULL), 0);
}

static void test_columns(void **state)
{
    g_autoptr(JsonlReader) reader = open_text("\xef\xbb\xbf{\"id\": \"1\", \"姓名\": \"a\"}\r\n\r\n"
                                              "{\"n\\u00e9\": {\"deep\": [1, {\"x\": 2}]}, \"id\": \"2\"}\n"
                                              "{\"broken\": \n"
                                              "{\"id\": \"a \\\" , {\\\"no\\\": 1}\", \"姓名\": \"b\"}");

    (void)state;
    assert_int_equal(jsonl_count(reader), 3); /* the keys of a broken line and of deeper objects are none */
    assert_string_equal(jsonl_column(reader, 0), "id");
    assert_string_equal(jsonl_column(reader, 1), "姓名");
    assert_string_equal(jsonl_column(reader, 2), "né");
    assert_int_equal(jsonl_column_at(reader, 0).line, 1);
    assert_int_equal(jsonl_column_at(reader, 2).line, 3);
}

static void test_rows(void **state)
{
    g_autoptr(JsonlReader) reader =
        open_text("{\"id\": \"1\", \"age\": 32, \"vip\": true, \"tags\": [\"a\", \"b\"]}\n"
                  "   \n"
                  "{\"vip\": false, \"tags\": [], \"id\": 20251122334455667, \"age\": null}\r\n"
                  "{\"id\": \"\\u5f20\\ud83d\\ude00\", \"age\": 0.1, \"tags\": \"x;y\"}\n"
                  "{\"age\": -2.5e3, \"id\": \"4\"}");

    (void)state;
    expect_row(reader, 1, "1|32|true|a;b");
    expect_row(reader, 3, "20251122334455667||false|");
    expect_row(reader, 4, "张😀|0.1||x;y");
    expect_row(reader, 5, "4|-2500||");
    expect_end(reader);
}

static void test_flags(void **state)
{
    g_autoptr(JsonlReader) reader =
        open_text("{\"id\":\"1\"}\n{\"id\":\"\\u0007\"}\n{\"id\":\"é\"}\n{\"id\":\"\xff\"}\n{\"id\":\"5\"}\n");
    const unsigned flags[] = {0, CSV_CONTROLS, CSV_NOT_ASCII, CSV_NOT_ASCII | CSV_NOT_UTF8, 0};
    JsonlMistake mistake;
    CsvRow row;

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(flags); i++) {
        assert_int_equal(jsonl_next(reader, &row, &mistake, NULL), 1);
        assert_null(mistake.text);
        assert_int_equal(row.flags, flags[i]);
        if (row.flags & CSV_NOT_UTF8) {
            assert_int_equal(row.bad.line, 4);
            assert_int_equal(row.bad.column, 8);
        }
    }
    expect_end(reader);
}

static void test_mistakes(void **state)
{
    g_autoptr(JsonlReader) reader = open_text("{\"id\": \"1\"}\n"
                                              "{\"id\": \"2\", \"id\": \"3\"}\n"
                                              "{\"id\": \"4\"} {\"id\": \"5\"}\n"
                                              "{\"id\": \"6\n"
                                              "[\"id\"]\n"
                                              "{\"id\": 99999999999999999999}\n"
                                              "{\"id\": \"a\\u0000b\"}\n"
                                              "{\"id\": {\"x\": 1}}\n"
                                              "{\"id\": [\"a\", 1]}\n"
                                              "{\"id\": [\"a;b\"]}\n"
                                              "{id: 1}\n"
                                              "{\"id\": \"7\"}\n"
                                              "{\"id\": \"8\"");

    (void)state;
    expect_row(reader, 1, "1");
    expect_mistake(reader, 2, "line 2, column 16: a key stands twice in this object", "a key stands twice");
    expect_mistake(reader, 3, "line 3, column ", "something stands behind the object: write one object a line");
    expect_mistake(reader, 4, "line 4, column ", "");
    expect_mistake(reader, 5, "line 5, column 1: this is no object", "this is no object");
    expect_mistake(reader, 6, "a number is too large", "put it in quotes");
    expect_mistake(reader, 7, "a NUL character", "a NUL character");
    expect_mistake(reader, 8, "id: an object within the object", "an object within the object");
    expect_mistake(reader, 9, "id: a list must hold texts only", "a list must hold texts only");
    expect_mistake(reader, 10, "id: a list must hold texts only, without a semicolon", "a list must hold texts only");
    expect_mistake(reader, 11, "this is no valid JSON", "this is no valid JSON");
    expect_row(reader, 12, "7");
    expect_mistake(reader, 13, "the line ends within the object: was the file copied whole?", "copied whole");
    expect_end(reader);
}

static void test_nul(void **state)
{
    static const char bytes[] = "{\"id\": \"1\"}\n{\"id\": \"a\0b\"}\n{\"id\": \"3\"}\n";
    g_autoptr(JsonlReader) reader = NULL;
    Position failed_at;

    (void)state;
    write_bytes("people.jsonl", bytes, sizeof bytes - 1);
    reader = jsonl_open(path, FIELD_MAX, 256, &failed_at, NULL);
    assert_non_null(reader);
    expect_row(reader, 1, "1");
    expect_mistake(reader, 2, "line 2, column 10: a NUL character: remove it", "a NUL character");
    expect_row(reader, 3, "3");
    expect_end(reader);
}

/* Lines at, over and far over the limit: each is one row, and the next is whole. */
static void test_long_lines(void **state)
{
    static const size_t sizes[] = {JSONL_LINE_MAX - 1, JSONL_LINE_MAX, JSONL_LINE_MAX + 1, 3 * JSONL_LINE_MAX};
    g_autoptr(GString) text = g_string_new("{\"id\": \"1\", \"x\": \"\"}\n");
    g_autoptr(JsonlReader) reader = NULL;

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
        g_autofree char *filler = g_strnfill(sizes[i] - strlen("{\"id\": \"2\"}"), ' ');

        g_string_append_printf(text, "{\"id\": \"2\"%s}\n{\"id\": \"3\"}\n", filler);
    }
    reader = open_text(text->str);
    expect_row(reader, 1, "1|");
    for (int i = 0; i < (int)G_N_ELEMENTS(sizes); i++) {
        if (sizes[i] <= JSONL_LINE_MAX)
            expect_row(reader, 2 + 2 * i, "2|");
        else
            expect_mistake(reader, 2 + 2 * i, "a line of more than 1,048,576 bytes", "a line of more than");
        expect_row(reader, 3 + 2 * i, "3|");
    }
    expect_end(reader);
}

static void test_large_value(void **state)
{
    g_autofree char *value = g_strnfill(FIELD_MAX + 1, 'x');
    g_autofree char *text =
        g_strdup_printf("{\"id\": \"1\", \"x\": \"%s\"}\n{\"id\": \"2\", \"x\": \"%s\"}\n", value, value + 1);
    g_autoptr(JsonlReader) reader = open_text(text);
    JsonlMistake mistake;
    CsvRow row;

    (void)state;
    expect_mistake(reader, 1, "x: a value is too large", "a value is too large");
    assert_int_equal(jsonl_next(reader, &row, &mistake, NULL), 1);
    assert_null(mistake.text);
    assert_string_equal(row.fields[1], value + 1);
    expect_end(reader);
}

static void test_refused(void **state)
{
    (void)state;
    OPEN_FAILS("", 0, 0, "the file is empty: each line must hold one object");
    OPEN_FAILS("\n  \n\r\n", 0, 0, "the file is empty");
    OPEN_FAILS("[{\"id\": 1},\n{\"id\": 2}]\n", 1, 1,
               "this file is one JSON list, expected one object a line: type jq -c '.[]'");
    OPEN_FAILS("{\n  \"id\": 1\n}\n", 1, 1, "an object stands over several lines");
    OPEN_FAILS("{\"id\":1}\r{\"id\":2}\r", 1, 1, "old Macintosh");
    OPEN_FAILS("{}\n{}\n", 1, 1, "no line of this file holds an object with a key");
    OPEN_FAILS("id,name\n1,2\n", 1, 1, "no line of this file can be read; line 1, column ");
    OPEN_FAILS("{\"id\":1,\"a\":1,\"b\":1}\n{\"c\":1}\n{\"d\":1}\n", 3, 1, "more than 4 columns are not possible");
    OPEN_FAILS("\xff\xfe{\0\"\0", 0, 0, "this file is UTF-16");
    OPEN_FAILS("{\"\xd0\xd5\xc3\xfb\": \"\xcd\xf5\xce\xe5\"}\n", 1, 3, "reads as GB18030: type iconv -f GB18030");
}

static void test_list_of_one_long_line(void **state)
{
    g_autoptr(GString) text = g_string_new("[");
    Position failed_at;
    g_autoptr(GError) error = NULL;

    (void)state;
    while (text->len < 3 * JSONL_LINE_MAX)
        g_string_append(text, "{\"id\": \"1\"},");
    g_string_append(text, "{}]");
    write_bytes("people.json", text->str, text->len);
    assert_true(jsonl_is(path));
    assert_null(jsonl_open(path, FIELD_MAX, 256, &failed_at, &error));
    assert_non_null(strstr(error->message, "this file is one JSON list"));
}

static void test_no_file(void **state)
{
    Position failed_at;
    g_autoptr(GError) missing = NULL;
    g_autoptr(GError) directory = NULL;

    (void)state;
    assert_null(jsonl_open("/nonexistent/people.jsonl", FIELD_MAX, 256, &failed_at, &missing));
    assert_non_null(strstr(missing->message, "cannot be read: No such file or directory"));
    assert_null(jsonl_open(expect_home, FIELD_MAX, 256, &failed_at, &directory));
    assert_non_null(strstr(directory->message, "is no regular file"));
}

/* A file that grows a column between the two readings is not the one whose columns are known. */
static void test_changed(void **state)
{
    static const char line[] = "{\"id\": \"1\"}\n";
    g_autoptr(JsonlReader) reader = NULL;
    g_autoptr(GString) text = g_string_new(NULL);
    g_autoptr(GError) error = NULL;
    JsonlMistake mistake;
    CsvRow row;
    int got;

    (void)state;
    while (text->len < 4 * JSONL_LINE_MAX)
        g_string_append(text, line);
    reader = open_text(text->str);
    for (size_t at = 0; at < text->len; at += strlen(line))
        text->str[at + strlen("{\"i")] = 'e';
    {
        FILE *file = fopen(path, "r+");

        assert_non_null(file);
        assert_int_equal(fwrite(text->str, 1, text->len, file), text->len);
        assert_int_equal(fclose(file), 0);
    }
    while ((got = jsonl_next(reader, &row, &mistake, &error)) > 0)
        continue;
    assert_int_equal(got, -1);
    assert_non_null(strstr(error->message, "the file was changed while it was read"));
}

static void test_progress(void **state)
{
    g_autoptr(JsonlReader) reader = open_text("{\"id\":1}\n{\"id\":2}\n");
    int64_t done, total;

    (void)state;
    expect_row(reader, 1, "1");
    jsonl_progress(reader, &done, &total);
    assert_int_equal(done, 9);
    assert_int_equal(total, 18);
}

/* The quick way and the general parser must agree: the same line is read twice, the second time with an escape in
 * another value, which only the general parser takes. */
static void test_quick_way(void **state)
{
    static const char *const members[] = {
        "\"a\": \"x\"",
        "\"a\":\"\"",
        "\"a\" : \"Zoë 张\" ",
        "\"a\": 0",
        "\"a\": -0",
        "\"a\": 7",
        "\"a\": -42",
        "\"a\": 007",
        "\"a\": 1.50",
        "\"a\": 1e3",
        "\"a\": 123456789012345678",
        "\"a\": 1234567890123456789",
        "\"a\": 99999999999999999999",
        "\"a\": true",
        "\"a\": false",
        "\"a\": null",
        "\"a\": nulls",
        "\"a\": truefalse",
        "\"a\": -",
        "\"a\": []",
        "\"a\": [\"x\"]",
        "\"a\": {}",
        "\"a\": \"x\\n\"",
        "\"a\": \"x\ty\"",
        "\"a\": \"x\x7fy\"",
        "\"a\": 1 2",
        "\"a\" \"x\"",
        "\"a\": \"x\", \"a\": \"y\"",
        "\"a\"",
        "a: 1",
        "'a': 1",
        "\"a\": 1,",
        "",
        "\"b\": \"u\"",
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(members); i++) {
        g_autofree char *text =
            g_strdup_printf("{\"id\": 1, \"a\": 2, \"b\": 3}\n{\"id\": \"1\"%s%s}\n{\"id\": \"\\u0031\"%s%s}\n",
                            *members[i] ? ", " : "", members[i], *members[i] ? ", " : "", members[i]);
        g_autoptr(JsonlReader) reader = open_text(text);
        JsonlMistake mistakes[2];
        g_autofree char *reason = NULL;
        g_autofree char *cells = NULL;
        CsvRow row;

        expect_row(reader, 1, "1|2|3");
        assert_int_equal(jsonl_next(reader, &row, &mistakes[0], NULL), 1);
        reason = g_strdup(mistakes[0].reason);
        cells = g_strjoin("|", row.fields[0], row.fields[1], row.fields[2], NULL);
        assert_int_equal(jsonl_next(reader, &row, &mistakes[1], NULL), 1);
        if (g_strcmp0(reason, mistakes[1].reason) != 0)
            fail_msg("%s: %s / %s", members[i], reason, mistakes[1].reason);
        if (!reason) {
            g_autofree char *general = g_strjoin("|", row.fields[0], row.fields[1], row.fields[2], NULL);

            assert_string_equal(cells, general);
        }
        expect_end(reader);
    }
}

static void test_delete_character(void **state)
{
    g_autoptr(JsonlReader) reader = open_text("{\"id\": \"a\x7f\"}\n");
    JsonlMistake mistake;
    CsvRow row;

    (void)state;
    assert_int_equal(jsonl_next(reader, &row, &mistake, NULL), 1);
    assert_int_equal(row.flags, CSV_CONTROLS);
}

static void test_is(void **state)
{
    static const struct {
        const char *name, *text;
        bool is_jsonl;
    } cases[] = {
        {"a.csv", "id,name\n", false},  {"a.csv", "{\"id\":1}\n", true}, {"a", " \r\n[{}]", true},
        {"a.jsonl", "id,name\n", true}, {"a.ndjson", "", true},          {"a.csv", "", false},
        {"a", "\xef\xbb\xbf{", true},   {"a", "\xef\xbb\xbfid", false},
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        write_bytes(cases[i].name, cases[i].text, strlen(cases[i].text));
        assert_int_equal(jsonl_is(path), cases[i].is_jsonl);
    }
    assert_false(jsonl_is("/nonexistent/people.csv"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_columns),
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_flags),
        cmocka_unit_test(test_mistakes),
        cmocka_unit_test(test_nul),
        cmocka_unit_test(test_long_lines),
        cmocka_unit_test(test_large_value),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_list_of_one_long_line),
        cmocka_unit_test(test_no_file),
        cmocka_unit_test(test_changed),
        cmocka_unit_test(test_progress),
        cmocka_unit_test(test_is),
        cmocka_unit_test(test_quick_way),
        cmocka_unit_test(test_delete_character),
    };

    return cmocka_run_group_tests_name("jsonl", tests, expect_make_home, remove_folder);
}
