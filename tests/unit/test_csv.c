#include "load_expect.h"

#include "base/error.h"
#include "load/csv.h"

#define FIELD_MAX  1000
#define FIELDS_MAX 8

static CsvReader *open_bytes(const char *bytes, size_t size)
{
    g_autofree char *path = expect_file(expect_home, "x.csv", bytes, size);
    g_autoptr(GError) error = NULL;
    CsvReader *reader = csv_open(path, FIELD_MAX, FIELDS_MAX, &error);

    assert_null(error);
    return reader;
}

static CsvReader *open_text(const char *text)
{
    return open_bytes(text, strlen(text));
}

/* Every row as <line|field|field|…>, its flags behind it. */
static char *draw(CsvReader *reader)
{
    GString *out = g_string_new(NULL);
    g_autoptr(GError) error = NULL;
    CsvRow row;
    int got;

    while ((got = csv_next(reader, &row, &error)) > 0) {
        g_string_append_printf(out, "<%d", row.at.line);
        for (size_t i = 0; i < MIN(row.count, FIELDS_MAX); i++)
            g_string_append_printf(out, "|%s", row.fields[i]);
        g_string_append_c(out, '>');
        if (row.flags)
            g_string_append_printf(out, "%u", row.flags);
    }
    assert_int_equal(got, 0);
    assert_null(error);
    return g_string_free(out, FALSE);
}

static void assert_rows(const char *text, const char *expected)
{
    g_autoptr(CsvReader) reader = open_text(text);
    g_autofree char *rows = draw(reader);

    assert_string_equal(rows, expected);
}

static void test_rows(void **state)
{
    (void)state;
    assert_rows("", "");
    assert_rows("a", "<1|a>");
    assert_rows("a,b\n", "<1|a|b>");
    assert_rows("a,b\r\nc,d\r\n", "<1|a|b><2|c|d>");
    assert_rows("a,\n,b\n,", "<1|a|><2||b><3||>");
    assert_rows("\xef\xbb\xbf"
                "a\nb",
                "<1|a><2|b>");
    assert_rows("\n\r\na\n\n\nb\n\n", "<3|a><6|b>");
    assert_rows(" a , b\t\n", "<1| a | b\t>2");
}

static void test_quotes(void **state)
{
    (void)state;
    assert_rows("\"a\",\"\",\"b,c\"\n", "<1|a||b,c>");
    assert_rows("\"say \"\"hi\"\"\",\"\"\"\"\n", "<1|say \"hi\"|\">");
    assert_rows("\"a\nb\",c\nd,\"e\r\n\r\nf\"\ng", "<1|a\nb|c>2<3|d|e\r\n\r\nf>2<6|g>");
    assert_rows("\"a\"", "<1|a>");
    assert_rows("x,\"a\"\r\n", "<1|x|a>");
}

static void test_flags(void **state)
{
    (void)state;
    assert_rows("h\n云,é\n", "<1|h><2|云|é>1");
    assert_rows("h\na\x01,b\n", "<1|h><2|a\x01|b>2");
    assert_rows("h\na\x7f,b\n", "<1|h><2|a\x7f|b>2");
    assert_rows("h\na\rb,c\n", "<1|h><2|a\rb|c>2");
    assert_rows("h\na\"b\",c\n", "<1|h><2|a\"b\"|c>4");
    assert_rows("h\n\xff,c\n", "<1|h><2|\xff|c>9");
}

static void test_where_a_row_is_bad(void **state)
{
    g_autoptr(CsvReader) reader = open_text("h\nok\n云,\"x\ny\",z\xff\nab\"c\n");
    CsvRow row;

    (void)state;
    assert_int_equal(csv_next(reader, &row, NULL), 1);
    assert_int_equal(csv_next(reader, &row, NULL), 1);
    assert_int_equal(csv_next(reader, &row, NULL), 1);
    assert_int_equal(row.flags, CSV_NOT_ASCII | CSV_CONTROLS | CSV_NOT_UTF8);
    assert_int_equal(row.at.line, 3);
    assert_int_equal(row.at.column, 1);
    assert_int_equal(row.bad.line, 4);
    assert_int_equal(row.bad.column, 5);
    assert_int_equal(row.offset, 5);
    assert_int_equal(csv_next(reader, &row, NULL), 1);
    assert_int_equal(row.bad.line, 5);
    assert_int_equal(row.bad.column, 3);
    assert_int_equal(csv_next(reader, &row, NULL), 0);
}

static void test_more_fields_than_kept(void **state)
{
    g_autoptr(CsvReader) reader = open_text("1,2,3,4,5,6,7,8,9,10\na\n");
    CsvRow row;

    (void)state;
    assert_int_equal(csv_next(reader, &row, NULL), 1);
    assert_int_equal(row.count, 10);
    assert_string_equal(row.fields[7], "8");
    assert_int_equal(csv_next(reader, &row, NULL), 1);
    assert_int_equal(row.count, 1);
}

static void test_field_positions(void **state)
{
    g_autoptr(CsvReader) reader = open_text("\n示例,\"b\nc\",\"\"\"d\"\"\",e\n");
    CsvRow row;

    (void)state;
    assert_int_equal(csv_next(reader, &row, NULL), 1);
    assert_int_equal(csv_field_at(reader, 0).line, 2);
    assert_int_equal(csv_field_at(reader, 1).column, 4);
    assert_int_equal(csv_field_at(reader, 2).line, 3);
    assert_int_equal(csv_field_at(reader, 2).column, 4);
    assert_int_equal(csv_field_at(reader, 3).column, 12);
    assert_string_equal(row.fields[2], "\"d\"");
}

static void assert_fails(const char *bytes, size_t size, int line, int column, const char *words)
{
    g_autoptr(CsvReader) reader = open_bytes(bytes, size);
    g_autoptr(GError) error = NULL;
    CsvRow row;
    int got;

    while ((got = csv_next(reader, &row, &error)) > 0)
        ;
    assert_int_equal(got, -1);
    assert_true(g_error_matches(error, BREACH_ERROR, BREACH_ERROR_INPUT));
    if (!strstr(error->message, words))
        fail_msg("\"%s\" is not in \"%s\"", words, error->message);
    assert_int_equal(csv_failed_at(reader).line, line);
    assert_int_equal(csv_failed_at(reader).column, column);
}

#define FAILS(text, line, column, words) assert_fails(text, sizeof(text) - 1, line, column, words)

static void test_uncertain_boundaries(void **state)
{
    (void)state;
    FAILS("a,b\n云,\"c\nd,e\n", 2, 3, "never closed: close it or remove it");
    FAILS("a\n\"", 2, 1, "never closed");
    FAILS("a,b\nx,\"y\" z\n", 2, 6, "text after a closing quote: write a quote inside a field twice");
    FAILS("a,b\nx,\"y\nw,\"z\"\n", 3, 4, "(this one opens at line 2, column 3)");
    FAILS("a\n\"b\"\rc\n", 2, 4, "text after a closing quote");
    FAILS("a,b\nc\0d\n", 2, 2, "a NUL character");
    FAILS("a,b\n\"c\nd\0\"\n", 3, 2, "a NUL character");
    FAILS("a,b\rc,d\r", 1, 4, "old Macintosh");
}

/* A field of the largest size is read, one byte more is not, wherever the buffer happens to end. */
static void test_field_size(void **state)
{
    g_autofree char *fits = g_strnfill(FIELD_MAX, 'x');
    g_autofree char *good = g_strdup_printf("h\n%s,\"%s\"\n\"%s\"", fits, fits, fits);
    g_autofree char *plain = g_strdup_printf("h\na,%sy\n", fits);
    g_autofree char *quoted = g_strdup_printf("h\na,\"%sy\"\n", fits);
    g_autofree char *open = g_strdup_printf("h\na,\"%s%s%s%s", fits, fits, fits, fits);
    g_autofree char *rows = g_strdup_printf("<1|h><2|%s|%s><3|%s>", fits, fits, fits);

    (void)state;
    assert_rows(good, rows);
    assert_fails(plain, strlen(plain), 2, 3, "this field is too large");
    assert_fails(quoted, strlen(quoted), 2, 3, "this field is too large");
    assert_fails(open, strlen(open), 2, 3, "never closed");
}

/* A quote that opens and swallows the file is found at the field's limit, not after gigabytes. */
static void test_swallowing_quote(void **state)
{
    GString *text = g_string_new("h\n\"open\n");

    (void)state;
    while (text->len < 2 * 1024 * 1024)
        g_string_append(text, "some,row\n");
    assert_fails(text->str, text->len, 2, 1, "this field is too large: does a quote here lack its closing quote?");
    g_string_free(text, TRUE);
}

static void test_endless_row(void **state)
{
    GString *text = g_string_new("h\n");

    (void)state;
    while (text->len < 17 * 1024 * 1024)
        g_string_append(text, "field,field,field,field,field,field,field,field,");
    assert_fails(text->str, text->len, 2, 1, "this row is larger than 16 MiB");
    g_string_free(text, TRUE);
}

/* Rows of every length, so that the buffer ends at every kind of place within a row. */
static void test_buffer_ends(void **state)
{
    GString *text = g_string_new("h\r\n");
    g_autofree char *filler = g_strnfill(700, 'f');
    CsvRow row;
    int count = 0;

    (void)state;
    for (int i = 0; i < 6000; i++)
        g_string_append_printf(text, "%d,\"a \"\"quoted\"\"\r\none\",%.*s,\"云\"\r\n", i, i % 700, filler);
    g_autoptr(CsvReader) reader = open_bytes(text->str, text->len);
    assert_int_equal(csv_next(reader, &row, NULL), 1);
    while (csv_next(reader, &row, NULL) == 1) {
        g_autofree char *number = g_strdup_printf("%d", count);

        assert_int_equal(row.count, 4);
        assert_int_equal(row.at.line, 2 + 2 * count);
        assert_string_equal(row.fields[0], number);
        assert_string_equal(row.fields[1], "a \"quoted\"\r\none");
        assert_int_equal(strlen(row.fields[2]), count % 700);
        assert_string_equal(row.fields[3], "云");
        assert_int_equal(row.flags, CSV_NOT_ASCII | CSV_CONTROLS);
        count++;
    }
    assert_int_equal(count, 6000);
    g_string_free(text, TRUE);
}

static void test_progress_and_file(void **state)
{
    g_autoptr(CsvReader) reader = open_text("ab,c\nde\nf");
    char bytes[100];
    int64_t done;
    int64_t total;
    CsvRow row;

    (void)state;
    csv_progress(reader, &done, &total);
    assert_int_equal(done, 0);
    assert_int_equal(total, 9);
    assert_int_equal(csv_next(reader, &row, NULL), 1);
    csv_progress(reader, &done, &total);
    assert_int_equal(done, 5);
    assert_int_equal(pread(csv_file(reader), bytes, sizeof bytes, 5), 4);
    assert_memory_equal(bytes, "de\nf", 4);
    assert_int_equal(csv_next(reader, &row, NULL), 1);
    assert_string_equal(row.fields[0], "de");
    assert_int_equal(csv_next(reader, &row, NULL), 1);
    csv_progress(reader, &done, &total);
    assert_int_equal(done, 9);
}

static void assert_no_reader(const char *path, const char *words)
{
    g_autoptr(GError) error = NULL;

    assert_null(csv_open(path, FIELD_MAX, FIELDS_MAX, &error));
    assert_true(g_error_matches(error, BREACH_ERROR, BREACH_ERROR_INPUT));
    if (!strstr(error->message, words))
        fail_msg("\"%s\" is not in \"%s\"", words, error->message);
}

static void test_cannot_open(void **state)
{
    g_autofree char *wide = expect_file(expect_home, "it's.csv", "\xff\xfei\0d\0", 6);
    g_autofree char *big = expect_file(expect_home, "big.csv", "\xfe\xff\0i\0d", 6);
    g_autofree char *pipe_path = g_build_filename(expect_home, "pipe", NULL);

    (void)state;
    assert_no_reader("/nonexistent/x.csv", "cannot be read: No such file or directory");
    assert_no_reader(expect_home, "is no regular file");
    assert_no_reader(wide, "it'\\''s.utf8.csv' and name the new file in the playbook");
    assert_no_reader(big, "this file is UTF-16: save it as CSV in UTF-8, or type iconv -f UTF-16 -t UTF-8 '");
    assert_int_equal(mkfifo(pipe_path, 0600), 0);
    assert_no_reader(pipe_path, "is no regular file");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_quotes),
        cmocka_unit_test(test_flags),
        cmocka_unit_test(test_where_a_row_is_bad),
        cmocka_unit_test(test_more_fields_than_kept),
        cmocka_unit_test(test_field_positions),
        cmocka_unit_test(test_uncertain_boundaries),
        cmocka_unit_test(test_field_size),
        cmocka_unit_test(test_swallowing_quote),
        cmocka_unit_test(test_endless_row),
        cmocka_unit_test(test_buffer_ends),
        cmocka_unit_test(test_progress_and_file),
        cmocka_unit_test(test_cannot_open),
    };

    return cmocka_run_group_tests(tests, expect_make_home, expect_remove_home);
}
