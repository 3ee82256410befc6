#include "load/load_people.h"

#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "load/csv.h"
#include "load/schema.h"

#define STAGE          FINDING_SEND
#define SAMPLE_SIZE    (1024 * 1024) /* bytes looked at when UTF-8 breaks */
#define SAMPLE_FOREIGN (64 * 1024)   /* bytes over 0x7f that are enough to judge by */
#define NAME_START     "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_"
#define NAME_REST      NAME_START "0123456789"

struct PeopleReader {
    CsvReader *csv;
    char *path;            /* owned */
    PersonColumns columns; /* names owned */
    bool *is_known;        /* owned; columns.count */
    const char **blank;    /* owned array; columns.count times "" but for the id */
    char *id;              /* owned; in `blank` */
    GString *problem;
    Position failed_at;
    int64_t row;
    int64_t foreign_rows; /* rows so far that are valid UTF-8 and not ASCII */
    int64_t judged_to;    /* up to this byte of the file it is known not to be GB18030 */
};

/* What the bytes of a sample are, line by line. */
typedef struct Sample {
    GString *broken; /* the lines that are not UTF-8 */
    int64_t broken_lines, valid_lines;
    size_t foreign; /* bytes over 0x7f */
} Sample;

static void sample_line(Sample *sample, const char *line, size_t size)
{
    size_t foreign = 0;

    for (size_t i = 0; i < size; i++)
        foreign += (unsigned char)line[i] >= 0x80;
    sample->foreign += foreign;
    if (foreign == 0)
        return;
    if (g_utf8_validate_len(line, size, NULL)) {
        sample->valid_lines++;
        return;
    }
    sample->broken_lines++;
    g_string_append_len(sample->broken, line, (gssize)size);
}

/* Latin-1 decodes as GB18030 too where a letter follows each accent, but its high bytes stand alone; those of Chinese
 * text come in pairs, but for the characters whose second byte is ASCII (a third of the rarer ones). */
static bool decodes(const GString *bytes)
{
    g_autofree char *text = g_convert(bytes->str, (gssize)bytes->len, "UTF-8", "GB18030", NULL, NULL, NULL);
    size_t high_bytes = 0;
    size_t characters = 0;

    for (size_t i = 0; i < bytes->len; i++)
        high_bytes += (unsigned char)bytes->str[i] >= 0x80;
    for (const char *p = text; p && *p; p = g_utf8_next_char(p))
        characters += (unsigned char)*p >= 0x80;
    return text && 2 * high_bytes > 3 * characters;
}

/* Whether the file reads as GB18030 from `offset` on: not one damaged row among good ones, but throughout. In the
 * header one broken line is enough, for nothing can be read without it. A short GB18030 text may be valid UTF-8 by
 * accident. */
static bool is_gb18030(PeopleReader *reader, int64_t offset, bool is_header)
{
    Sample sample = {.valid_lines = reader->foreign_rows};
    size_t size;
    g_autofree char *bytes = csv_peek(reader->csv, offset, SAMPLE_SIZE, &size);
    const char *line = bytes;
    const char *end = bytes + size;
    const char *next;
    bool is_throughout;
    bool verdict;

    sample.broken = g_string_new(NULL);
    while (line < end && sample.foreign < SAMPLE_FOREIGN) {
        next = memchr(line, '\n', (size_t)(end - line));
        if (!next && size == SAMPLE_SIZE)
            break; /* cut in the middle of a character, perhaps */
        next = next ? next + 1 : end;
        sample_line(&sample, line, (size_t)(next - line));
        line = next;
    }
    is_throughout = sample.broken_lines > (is_header ? 0 : 1) && sample.valid_lines <= sample.broken_lines / 4;
    verdict = is_throughout && decodes(sample.broken);
    reader->judged_to = offset + (line - bytes);
    g_string_free(sample.broken, TRUE);
    return verdict;
}

static char *gb18030_advice(const char *path)
{
    g_autofree char *conversion = csv_conversion(path, "GB18030");

    return g_strdup_printf("this file is not UTF-8 but reads as GB18030: %s", conversion);
}

/* The known column that `name` probably means, or NULL: other letter case, other separators, a typing mistake. */
static const char *meant_column(const char *name)
{
    g_autofree char *lower = g_ascii_strdown(name, -1);

    g_strdelimit(lower, "- ", '_');
    return text_nearest(lower, person_known_columns());
}

static bool is_column_name(const char *name)
{
    return *name && strchr(NAME_START, *name) && strspn(name, NAME_REST) == strlen(name);
}

static void report_bad_name(const char *name, Position at, Findings *findings)
{
    g_autofree char *shown = schema_shown(name);
    const char *meant = meant_column(name);

    if (!*name)
        findings_error(findings, STAGE, "people-column-name", at,
                       "this column has no name: name it or delete the column");
    else if (strpbrk(name, ";\t|"))
        findings_error(findings, STAGE, "people-column-name", at,
                       "\"%s\": columns are separated by commas: save the file with commas", shown);
    else if (meant)
        findings_error(findings, STAGE, "people-column-name", at,
                       "column name \"%s\" has a character that is not allowed, did you mean \"%s\"?", shown, meant);
    else
        findings_error(findings, STAGE, "people-column-name", at,
                       "column name \"%s\" is not made of letters a-z, digits and _ (not first): rename it", shown);
}

static void check_column(const PersonColumns *columns, size_t index, Position at, Findings *findings)
{
    const char *name = columns->names[index];
    const char *meant;

    if (!is_column_name(name)) {
        report_bad_name(name, at, findings);
        return;
    }
    if (person_column(columns, name) < (int)index) {
        findings_error(findings, STAGE, "people-column-twice", at,
                       "column \"%s\" is there twice (also column number %d): rename or delete one", name,
                       person_column(columns, name) + 1);
        return;
    }
    meant = person_is_known_column(name) ? NULL : meant_column(name);
    if (meant && person_column(columns, meant) < 0)
        findings_warning(
            findings, STAGE, "people-column-meaning", at,
            "column \"%s\" is an attribute without a meaning and will not be used as %s, did you mean \"%s\"?", name,
            meant, meant);
}

static void take_columns(PeopleReader *reader, const CsvRow *row, Findings *findings)
{
    PersonColumns *columns = &reader->columns;

    columns->names = g_new0(char *, row->count + 1);
    columns->count = row->count;
    for (size_t i = 0; i < row->count; i++)
        columns->names[i] = g_strstrip(g_strdup(row->fields[i]));
    for (size_t i = 0; i < row->count; i++)
        check_column(columns, i, csv_field_at(reader->csv, i), findings);
    columns->id = person_column(columns, "id");
    columns->locale = person_column(columns, "locale");
    columns->email = person_column(columns, "email");
    columns->phone = person_column(columns, "phone");
    if (columns->id < 0)
        findings_error(findings, STAGE, "people-no-id", row->at,
                       "there is no column \"id\": add one with a different value in every row");
    reader->is_known = g_new0(bool, row->count);
    reader->blank = g_new0(const char *, row->count);
    for (size_t i = 0; i < row->count; i++)
        reader->is_known[i] = person_is_known_column(columns->names[i]);
}

static void check_header(PeopleReader *reader, const CsvRow *row, Findings *findings)
{
    if (row->flags & CSV_NOT_UTF8 && is_gb18030(reader, row->offset, true)) {
        g_autofree char *advice = gb18030_advice(reader->path);

        findings_error(findings, STAGE, "people-encoding", row->bad, "%s", advice);
    } else if (row->flags & CSV_NOT_UTF8) {
        findings_error(findings, STAGE, "people-encoding", row->bad,
                       "the header is not UTF-8: save the file as CSV in UTF-8");
    } else if (row->flags & CSV_BARE_QUOTE) {
        findings_error(findings, STAGE, "people-csv", row->bad, "a quote in the middle of a column name: remove it");
    } else if (row->count > PERSON_COLUMNS_MAX) {
        findings_error(findings, STAGE, "people-csv", row->at, "the header has %zu columns, at most %d are possible",
                       row->count, PERSON_COLUMNS_MAX);
    } else {
        take_columns(reader, row, findings);
    }
}

/* Opens the file and reads its header; what is wrong goes to the findings. */
static void begin(PeopleReader *reader, Findings *findings)
{
    g_autoptr(GError) error = NULL;
    CsvRow row;
    int got;

    reader->csv = csv_open(reader->path, PEOPLE_FIELD_MAX, PERSON_COLUMNS_MAX, &error);
    if (!reader->csv) {
        findings_error(findings, STAGE, "people-unreadable", position_make(reader->path, 0, 0), "%s", error->message);
        return;
    }
    got = csv_next(reader->csv, &row, &error);
    if (got < 0)
        findings_error(findings, STAGE, "people-csv", csv_failed_at(reader->csv), "%s", error->message);
    else if (got == 0)
        findings_error(findings, STAGE, "people-csv", position_make(reader->path, 0, 0),
                       "the file is empty: its first line must name the columns, as in id,name,locale,email");
    else
        check_header(reader, &row, findings);
}

PeopleReader *people_open(const char *path, Findings *findings)
{
    PeopleReader *reader = g_new0(PeopleReader, 1);
    size_t before = findings_errors(findings, FINDING_SEND);

    reader->path = g_strdup(path);
    reader->problem = g_string_new(NULL);
    begin(reader, findings);
    if (findings_errors(findings, FINDING_SEND) == before)
        return reader;
    people_close(reader);
    return NULL;
}

const PersonColumns *people_columns(const PeopleReader *reader)
{
    return &reader->columns;
}

static bool is_blank(const char *text)
{
    return text[strspn(text, " \t")] == '\0';
}

/* A control character that the field may not have; '\0': none. */
static char bad_control(const char *text, bool is_known)
{
    for (; *text; text++)
        if (text_has_controls(text, 1) && (is_known || (*text != '\n' && *text != '\t')))
            return *text;
    return '\0';
}

static bool has_bad_control(PeopleReader *reader, const CsvRow *row)
{
    for (size_t i = 0; i < row->count; i++) {
        char bad = bad_control(row->fields[i], reader->is_known[i]);

        if (!bad)
            continue;
        if (bad == '\n' || bad == '\r')
            g_string_printf(reader->problem, "a line break in %s: remove it", reader->columns.names[i]);
        else
            g_string_printf(reader->problem, "a control character (0x%02x) in %s: remove it", (unsigned)bad,
                            reader->columns.names[i]);
        return true;
    }
    return false;
}

/* Whether the row must be quarantined; the reason is in reader->problem. */
static bool is_problem(PeopleReader *reader, const CsvRow *row)
{
    if (row->flags & CSV_NOT_UTF8) {
        g_string_printf(reader->problem, "the bytes at line %d, column %d are not UTF-8: write the character again",
                        row->bad.line, row->bad.column);
        return true;
    }
    if (row->flags & CSV_BARE_QUOTE) {
        g_string_printf(
            reader->problem,
            "a quote inside a field at line %d, column %d: put the field in quotes and write the quote twice",
            row->bad.line, row->bad.column);
        return true;
    }
    if (row->count != reader->columns.count) {
        g_string_printf(reader->problem, "row has %zu field%s, the header has %zu: %s", row->count,
                        row->count == 1 ? "" : "s", reader->columns.count,
                        row->count > reader->columns.count ? "quote the field that holds a comma"
                                                           : "add the missing commas, or close a quote");
        return true;
    }
    if (row->flags & CSV_CONTROLS && has_bad_control(reader, row))
        return true;
    if (is_blank(row->fields[reader->columns.id])) {
        g_string_assign(reader->problem, "row has no id: give it one that no other row has");
        return true;
    }
    return false;
}

/* The values of a row in quarantine: none but its id, where that is beyond doubt. */
static const char **blank_values(PeopleReader *reader, const CsvRow *row)
{
    size_t id = (size_t)reader->columns.id;
    bool is_certain = row->count == reader->columns.count && !(row->flags & (CSV_NOT_UTF8 | CSV_BARE_QUOTE)) &&
                      !bad_control(row->fields[id], true) && !is_blank(row->fields[id]);

    for (size_t i = 0; i < reader->columns.count; i++)
        reader->blank[i] = "";
    g_free(reader->id);
    reader->id = g_strdup(is_certain ? row->fields[id] : "");
    reader->blank[id] = reader->id;
    return reader->blank;
}

static int fail(PeopleReader *reader, Position at, const char *text, GError **error)
{
    reader->failed_at = at;
    g_set_error_literal(error, BREACH_ERROR, BREACH_ERROR_INPUT, text);
    return -1;
}

/* Where the problem names a place, the same without it. */
static const char *reason_of(const CsvRow *row)
{
    if (row->flags & CSV_NOT_UTF8)
        return "bytes that are not UTF-8: write the character again";
    if (row->flags & CSV_BARE_QUOTE)
        return "a quote inside a field: put the field in quotes and write the quote twice";
    return NULL;
}

int people_next(PeopleReader *reader, Person *person, GError **error)
{
    g_autoptr(GError) failure = NULL;
    CsvRow row;
    int got = csv_next(reader->csv, &row, &failure);

    if (got < 0)
        return fail(reader, csv_failed_at(reader->csv), failure->message, error);
    if (got == 0)
        return 0;
    if (row.flags & CSV_NOT_UTF8) {
        if (row.offset >= reader->judged_to && is_gb18030(reader, row.offset, false)) {
            g_autofree char *advice = gb18030_advice(reader->path);

            return fail(reader, row.bad, advice, error);
        }
    } else if (row.flags & CSV_NOT_ASCII) {
        reader->foreign_rows++;
    }
    *person = (Person){.row = ++reader->row, .at = row.at, .columns = &reader->columns, .values = row.fields};
    if (is_problem(reader, &row)) {
        person->values = blank_values(reader, &row);
        person->problem = reader->problem->str;
        person->reason = reason_of(&row);
    }
    return 1;
}

Position people_failed_at(const PeopleReader *reader)
{
    return reader->failed_at;
}

void people_progress(const PeopleReader *reader, int64_t *done, int64_t *total)
{
    csv_progress(reader->csv, done, total);
}

void people_close(PeopleReader *reader)
{
    if (!reader)
        return;
    csv_close(reader->csv);
    for (size_t i = 0; i < reader->columns.count; i++)
        g_free(reader->columns.names[i]);
    g_free(reader->columns.names);
    g_free(reader->is_known);
    g_free(reader->blank);
    g_free(reader->id);
    if (reader->problem)
        g_string_free(reader->problem, TRUE);
    g_free(reader->path);
    g_free(reader);
}
