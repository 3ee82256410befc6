/* Arbitrary bytes are read without harm; and whatever fields they are taken for, written with quotes they are read back
 * as they were: no row more, none less, no field changed. */
#include "fuzz.h"

#include <string.h>

#include <glib.h>

#include "load/csv.h"

#define FIELD_MAX  4096
#define FIELDS_MAX 64
#define END_FIELD  0x1f /* in the input: the end of a field, and of a row */
#define END_ROW    0x1e

static void check_row(const CsvRow *row)
{
    size_t kept = MIN(row->count, FIELDS_MAX);

    fuzz_require(row->count > 0 && row->at.line > 0 && row->offset >= 0);
    for (size_t i = 0; i < kept; i++) {
        fuzz_require(strlen(row->fields[i]) <= FIELD_MAX);
        if (!(row->flags & CSV_NOT_UTF8))
            fuzz_require(g_utf8_validate(row->fields[i], -1, NULL));
        if (!(row->flags & CSV_CONTROLS))
            fuzz_require(!strpbrk(row->fields[i], "\r\n\t\x7f"));
    }
}

/* Reads all rows; how many, or -1 when the file was refused. */
static long read_rows(const char *path)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(CsvReader) reader = csv_open(path, FIELD_MAX, FIELDS_MAX, &error);
    CsvRow row;
    long rows = 0;
    int64_t last = -1;
    int got;

    fuzz_require(!reader == !!error);
    if (!reader)
        return -1;
    while ((got = csv_next(reader, &row, &error)) > 0) {
        check_row(&row);
        fuzz_require(row.offset > last);
        last = row.offset;
        rows++;
    }
    fuzz_require((got < 0) == !!error);
    return got < 0 ? -1 : rows;
}

static void append_quoted(GString *csv, const char *field)
{
    g_string_append_c(csv, '"');
    for (; *field; field++) {
        if (*field == '"')
            g_string_append_c(csv, '"');
        g_string_append_c(csv, *field);
    }
    g_string_append_c(csv, '"');
}

static GString *quoted_csv(char *const *rows)
{
    GString *csv = g_string_new(NULL);

    for (size_t i = 0; rows[i]; i++) {
        g_auto(GStrv) fields = g_strsplit(rows[i], (char[]){END_FIELD, '\0'}, -1);

        for (size_t j = 0; fields[0] && fields[j]; j++) {
            g_string_append(csv, j ? "," : "");
            append_quoted(csv, fields[j]);
        }
        if (!fields[0])
            g_string_append(csv, "\"\"");
        g_string_append(csv, i % 2 ? "\n" : "\r\n");
    }
    return csv;
}

static void check_fields(const CsvRow *row, const char *text)
{
    g_auto(GStrv) fields = g_strsplit(text, (char[]){END_FIELD, '\0'}, -1);
    size_t count = MAX(g_strv_length(fields), 1);

    fuzz_require(row->count == count);
    for (size_t i = 0; i < MIN(count, FIELDS_MAX); i++)
        fuzz_require(strcmp(row->fields[i], fields[i] ? fields[i] : "") == 0);
}

static bool fits(char *const *rows)
{
    for (size_t i = 0; rows[i]; i++) {
        if (strlen(rows[i]) > FIELD_MAX / 2)
            return false;
    }
    return rows[0];
}

static void check_round_trip(const char *text)
{
    g_auto(GStrv) rows = g_strsplit(text, (char[]){END_ROW, '\0'}, -1);
    GString *csv = quoted_csv(rows);
    g_autoptr(CsvReader) reader = NULL;
    CsvRow row;

    if (fits(rows)) {
        reader = csv_open(fuzz_file(csv->str, csv->len), FIELD_MAX, FIELDS_MAX, NULL);
        fuzz_require(reader);
        for (size_t i = 0; rows[i]; i++) {
            fuzz_require(csv_next(reader, &row, NULL) == 1);
            check_row(&row);
            check_fields(&row, rows[i]);
        }
        fuzz_require(csv_next(reader, &row, NULL) == 0);
    }
    g_string_free(csv, TRUE);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autofree char *text = g_strndup((const char *)data, size);

    fuzz_require(read_rows(fuzz_file(data, size)) == read_rows(fuzz_file(data, size)));
    check_round_trip(text);
    return 0;
}
