/* Arbitrary bytes as JSON Lines: a line end always ends a row, so there are as many rows as lines that are not empty.
 */
#include "fuzz.h"

#include <string.h>

#include <glib.h>

#include "load/jsonl.h"

#define VALUE_MAX   4096
#define COLUMNS_MAX 64

static long count_lines(const char *text, size_t size)
{
    static const char mark[] = "\xef\xbb\xbf";
    const char *end = text + size;
    long lines = 0;

    if (size >= strlen(mark) && memcmp(text, mark, strlen(mark)) == 0)
        text += strlen(mark);
    while (text < end) {
        const char *line_end = memchr(text, '\n', (size_t)(end - text));
        const char *last = line_end ? line_end : end;

        for (; text < last && strchr(" \t\r", *text) && *text; text++)
            ;
        lines += text < last;
        text = line_end ? line_end + 1 : end;
    }
    return lines;
}

static void check_row(const JsonlReader *reader, const CsvRow *row, const JsonlMistake *mistake)
{
    fuzz_require(row->at.line > 0 && !mistake->text == !mistake->reason);
    fuzz_require(row->count == jsonl_count(reader));
    for (size_t i = 0; i < row->count; i++) {
        fuzz_require(row->fields[i] && strlen(row->fields[i]) <= VALUE_MAX);
        fuzz_require((row->flags & CSV_NOT_UTF8) || g_utf8_validate(row->fields[i], -1, NULL));
    }
}

static void check_columns(const JsonlReader *reader)
{
    fuzz_require(jsonl_count(reader) <= COLUMNS_MAX);
    for (size_t i = 0; i < jsonl_count(reader); i++) {
        fuzz_require(g_utf8_validate(jsonl_column(reader, i), -1, NULL));
        for (size_t j = 0; j < i; j++)
            fuzz_require(strcmp(jsonl_column(reader, i), jsonl_column(reader, j)) != 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr(GError) error = NULL;
    Position failed = {0};
    const char *path = fuzz_file(data, size);
    g_autoptr(JsonlReader) reader = jsonl_open(path, VALUE_MAX, COLUMNS_MAX, &failed, &error);
    CsvRow row;
    JsonlMistake mistake;
    long rows = 0;
    int got;

    fuzz_require(!reader == !!error);
    if (!reader)
        return 0;
    check_columns(reader);
    while ((got = jsonl_next(reader, &row, &mistake, &error)) > 0) {
        check_row(reader, &row, &mistake);
        rows++;
    }
    fuzz_require((got < 0) == !!error);
    if (got == 0)
        fuzz_require(rows == count_lines((const char *)data, size));
    return 0;
}
