#include "load/load_people.h"

#include <string.h>

#include "base/error.h"
#include "base/language.h"
#include "base/text.h"
#include "load/csv.h"
#include "load/encoding.h"
#include "load/jsonl.h"
#include "load/people_columns.h"

#define STAGE FINDING_SEND

typedef struct PeopleVoid { /* cells of a column that hold a word for nothing */
    int64_t rows;
    Position first;
    char *word; /* owned; of the first */
} PeopleVoid;

struct PeopleReader {
    CsvReader *csv; /* owned; one of the two */
    JsonlReader *jsonl;
    char *path;               /* owned */
    const GPtrArray *renames; /* borrowed until the header is read */
    PersonColumns columns;    /* names owned */
    bool *is_known;           /* owned; columns.count */
    bool *may_be_void;        /* owned; columns.count */
    PeopleVoid *voids;        /* owned; columns.count */
    const char **blank;       /* owned array; columns.count times "" but for the id */
    char *id;                 /* owned; in `blank` */
    GPtrArray *trimmed;       /* of char *, owned: cells of the row in work without the blanks at their end */
    GString *problem;         /* what is wrong with the row, in the chosen language */
    GString *reason;          /* the same in English and without its place */
    Position failed_at;
    const char *failed_as; /* id; static */
    int64_t row;
    int64_t foreign_rows; /* rows so far that are valid UTF-8 and not ASCII */
    int64_t judged_to;    /* up to this byte of the file it is known not to be GB18030 */
};

/* The columns have their names; `places` says where each stands. */
static void take_columns(PeopleReader *reader, const Position *places, Findings *findings)
{
    /* "N/A" under these is not guessed: it quarantines the row. */
    static const char *const judged[] = {"id", "compromised", "data_kinds", "deceased", NULL};
    PersonColumns *columns = &reader->columns;

    people_columns_check(columns, places, reader->renames, findings);
    reader->is_known = g_new0(bool, columns->count);
    reader->blank = g_new0(const char *, columns->count);
    reader->may_be_void = g_new0(bool, columns->count);
    reader->voids = g_new0(PeopleVoid, columns->count);
    for (size_t i = 0; i < columns->count; i++) {
        reader->is_known[i] = person_is_known_column(columns->names[i]) && !person_has_lines(columns->names[i]);
        reader->may_be_void[i] =
            person_is_known_column(columns->names[i]) && !g_strv_contains(judged, columns->names[i]);
    }
}

static void take_header(PeopleReader *reader, const CsvRow *row, Findings *findings)
{
    PersonColumns *columns = &reader->columns;
    g_autofree Position *places = g_new0(Position, row->count);

    columns->names = g_new0(char *, row->count + 1);
    columns->count = row->count;
    for (size_t i = 0; i < row->count; i++) {
        columns->names[i] = g_strstrip(g_strdup(row->fields[i]));
        places[i] = csv_field_at(reader->csv, i);
    }
    take_columns(reader, places, findings);
}

static void take_keys(PeopleReader *reader, Findings *findings)
{
    PersonColumns *columns = &reader->columns;
    size_t count = jsonl_count(reader->jsonl);
    g_autofree Position *places = g_new0(Position, count);

    columns->names = g_new0(char *, count + 1);
    columns->count = count;
    for (size_t i = 0; i < count; i++) {
        columns->names[i] = g_strdup(jsonl_column(reader->jsonl, i));
        places[i] = jsonl_column_at(reader->jsonl, i);
    }
    take_columns(reader, places, findings);
}

/* In the header one broken line is enough, for nothing can be read without it. */
static bool is_gb18030(PeopleReader *reader, int64_t offset, bool is_header)
{
    int file = reader->csv ? csv_file(reader->csv) : jsonl_file(reader->jsonl);

    return encoding_is_gb18030(file, offset, reader->foreign_rows, is_header, &reader->judged_to);
}

static void check_header(PeopleReader *reader, const CsvRow *row, Findings *findings)
{
    if (row->flags & CSV_NOT_UTF8 && is_gb18030(reader, row->offset, true)) {
        g_autofree char *advice = encoding_gb18030_advice(reader->path);

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
        take_header(reader, row, findings);
    }
}

static void begin_jsonl(PeopleReader *reader, Findings *findings)
{
    g_autoptr(GError) error = NULL;
    Position failed_at;

    reader->jsonl = jsonl_open(reader->path, PEOPLE_FIELD_MAX, PERSON_COLUMNS_MAX, &failed_at, &error);
    if (reader->jsonl)
        take_keys(reader, findings);
    else
        findings_error(findings, STAGE, "people-jsonl", failed_at, "%s", error->message);
}

/* Opens the file and reads its header; what is wrong goes to the findings. */
static void begin_csv(PeopleReader *reader, Findings *findings)
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

PeopleReader *people_open(const char *path, const GPtrArray *renames, Findings *findings)
{
    PeopleReader *reader = g_new0(PeopleReader, 1);
    size_t before = findings_errors(findings, FINDING_SEND);

    reader->path = g_strdup(path);
    reader->renames = renames;
    reader->problem = g_string_new(NULL);
    reader->reason = g_string_new(NULL);
    reader->trimmed = g_ptr_array_new_with_free_func(g_free);
    if (jsonl_is(path))
        begin_jsonl(reader, findings);
    else
        begin_csv(reader, findings);
    reader->renames = NULL;
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

/* A control character that the field may not have; '\0': none. A line ends in LF, or in CRLF as Windows writes it. */
static char bad_control(const char *text, bool is_known)
{
    for (; *text; text++)
        if (text_has_controls(text, 1) &&
            (is_known || (*text != '\n' && *text != '\t' && (*text != '\r' || text[1] != '\n'))))
            return *text;
    return '\0';
}

/* Says what is wrong with a row, for the terminal and for the ledger. */
static void say(PeopleReader *reader, const char *format, ...) G_GNUC_PRINTF(2, 3);

static void say(PeopleReader *reader, const char *format, ...)
{
    va_list arguments;
    va_list again;

    va_start(arguments, format);
    va_copy(again, arguments);
    g_string_vprintf(reader->reason, format, arguments);
    g_string_vprintf(reader->problem, _(format), again);
    va_end(again);
    va_end(arguments);
}

static bool has_bad_control(PeopleReader *reader, const CsvRow *row)
{
    for (size_t i = 0; i < row->count; i++) {
        char bad = bad_control(row->fields[i], reader->is_known[i]);

        if (!bad)
            continue;
        if (bad == '\n' || bad == '\r')
            say(reader, N_("a line break in %s: remove it"), reader->columns.names[i]);
        else
            say(reader, N_("a control character (0x%02x) in %s: remove it"), (unsigned)bad, reader->columns.names[i]);
        return true;
    }
    return false;
}

/* Whether the row must be quarantined; why is then in reader->problem and reader->reason. */
static bool is_problem(PeopleReader *reader, const CsvRow *row)
{
    if (row->flags & CSV_NOT_UTF8) {
        say(reader, N_("bytes that are not UTF-8: write the character again"));
        g_string_printf(reader->problem, _("the bytes at line %d, column %d are not UTF-8: write the character again"),
                        row->bad.line, row->bad.column);
        return true;
    }
    if (row->flags & CSV_BARE_QUOTE) {
        say(reader, N_("a quote inside a field: put the field in quotes and write the quote twice"));
        g_string_printf(
            reader->problem,
            _("a quote inside a field at line %d, column %d: put the field in quotes and write the quote twice"),
            row->bad.line, row->bad.column);
        return true;
    }
    if (row->count > reader->columns.count) {
        say(reader, N_("row has %zu fields, the header has %zu: quote the field that holds a comma"), row->count,
            reader->columns.count);
        return true;
    }
    if (row->count < reader->columns.count) {
        say(reader,
            row->count == 1 ? N_("row has %zu field, the header has %zu: add the missing commas, or close a quote")
                            : N_("row has %zu fields, the header has %zu: add the missing commas, or close a quote"),
            row->count, reader->columns.count);
        return true;
    }
    if (row->flags & CSV_CONTROLS && has_bad_control(reader, row))
        return true;
    if (is_blank(row->fields[reader->columns.id])) {
        say(reader, N_("row has no id: give it one that no other row has"));
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

/* Blanks around a cell, as behind the comma of a file written by hand, say nothing: " admin" is an admin, and
 * " a@example.org" an address. An id stays as it is. */
static const char *trim(PeopleReader *reader, const char *cell)
{
    const char *end;
    const char *before;

    while (*cell && g_unichar_isspace(g_utf8_get_char(cell)))
        cell = g_utf8_next_char(cell);
    end = cell + strlen(cell);
    before = end;
    while (before > cell && g_unichar_isspace(g_utf8_get_char(g_utf8_prev_char(before))))
        before = g_utf8_prev_char(before);
    if (before == end)
        return cell;
    g_ptr_array_add(reader->trimmed, g_strndup(cell, (gsize)(before - cell)));
    return g_ptr_array_index(reader->trimmed, reader->trimmed->len - 1);
}

/* The lines of a cell with LF between them, whatever the file has. */
static const char *plain_lines(PeopleReader *reader, const char *cell)
{
    g_auto(GStrv) lines = strstr(cell, "\r\n") ? g_strsplit(cell, "\r\n", -1) : NULL;

    if (!lines)
        return cell;
    g_ptr_array_add(reader->trimmed, g_strjoinv("\n", lines));
    return g_ptr_array_index(reader->trimmed, reader->trimmed->len - 1);
}

/* What databases and programs write where they have nothing: nobody is to read "Dear NULL", and people are of no
 * organisation "N/A" together. "Null" and "Nan" are surnames. */
static bool is_void(const char *cell)
{
    static const char *const words[] = {"NULL", "null", "(null)", "\\N",       "N/A",
                                        "n/a",  "#N/A", "NaN",    "undefined", NULL};

    return strchr("Nn(\\#u", *cell) && g_strv_contains(words, cell);
}

static const char *take_void(PeopleReader *reader, size_t column, const char *cell, Position at)
{
    PeopleVoid *found = &reader->voids[column];

    if (found->rows++ == 0) {
        found->first = at;
        found->word = g_strdup(cell);
    }
    return "";
}

static void tidy_cells(PeopleReader *reader, const CsvRow *row)
{
    const char **cells = row->fields;

    g_ptr_array_set_size(reader->trimmed, 0);
    for (size_t i = 0; i < reader->columns.count; i++) {
        if (!*cells[i] || (int)i == reader->columns.id)
            continue;
        cells[i] = trim(reader, cells[i]);
        if (row->flags & CSV_CONTROLS)
            cells[i] = plain_lines(reader, cells[i]);
        if (reader->may_be_void[i] && is_void(cells[i]))
            cells[i] = take_void(reader, i, cells[i], row->at);
    }
}

/* A row of nothing but separators, as spreadsheets write them below the last one, holds nobody: like an empty line. */
static bool is_nothing(const CsvRow *row)
{
    for (size_t i = 0; i < row->count && i < PERSON_COLUMNS_MAX; i++)
        if (!is_blank(row->fields[i]))
            return false;
    return row->count <= PERSON_COLUMNS_MAX;
}

static int fail(PeopleReader *reader, const char *id, Position at, const char *text, GError **error)
{
    reader->failed_as = id;
    reader->failed_at = at;
    error_set(error, BREACH_ERROR_INPUT, NULL, "%s", text);
    return -1;
}

/* The next row of either kind of file; what only one kind can get wrong is then in reader->problem. */
static int next_row(PeopleReader *reader, CsvRow *row, bool *is_wrong, GError **error)
{
    g_autoptr(GError) failure = NULL;
    JsonlMistake mistake = {NULL, NULL};
    int got = reader->csv ? csv_next(reader->csv, row, &failure) : jsonl_next(reader->jsonl, row, &mistake, &failure);

    if (got < 0)
        return fail(reader, "people-refused", reader->csv ? csv_failed_at(reader->csv) : jsonl_failed_at(reader->jsonl),
                    failure->message, error);
    *is_wrong = mistake.text != NULL;
    if (mistake.text) {
        g_string_assign(reader->problem, mistake.text);
        g_string_assign(reader->reason, mistake.reason);
    }
    return got;
}

int people_next(PeopleReader *reader, Person *person, GError **error)
{
    CsvRow row;
    bool is_wrong = false;
    int got;

    do
        got = next_row(reader, &row, &is_wrong, error);
    while (got > 0 && reader->csv && is_nothing(&row));
    if (got <= 0)
        return got;
    if (row.flags & CSV_NOT_UTF8) {
        if (row.offset >= reader->judged_to && is_gb18030(reader, row.offset, false)) {
            g_autofree char *advice = encoding_gb18030_advice(reader->path);

            return fail(reader, "people-encoding", row.bad, advice, error);
        }
    } else if (row.flags & CSV_NOT_ASCII) {
        reader->foreign_rows++;
    }
    *person = (Person){.row = ++reader->row, .at = row.at, .columns = &reader->columns, .values = row.fields};
    if (is_wrong || is_problem(reader, &row)) {
        person->values = blank_values(reader, &row);
        person->problem = reader->problem->str;
        person->reason = reader->reason->str;
    } else {
        tidy_cells(reader, &row);
    }
    return 1;
}

void people_report_voids(const PeopleReader *reader, Findings *findings)
{
    for (size_t i = 0; i < reader->columns.count; i++)
        if (reader->voids[i].rows > 0)
            findings_warning(
                findings, STAGE, "people-void", reader->voids[i].first,
                "%s: \"%s\" or the like counts as an empty cell; rows with it: %d, the first of them here. "
                "Export an empty cell, or write what is true",
                reader->columns.names[i], reader->voids[i].word, (int)reader->voids[i].rows);
}

Position people_failed_at(const PeopleReader *reader)
{
    return reader->failed_at;
}

const char *people_failed_as(const PeopleReader *reader)
{
    return reader->failed_as;
}

void people_progress(const PeopleReader *reader, int64_t *done, int64_t *total)
{
    if (reader->csv)
        csv_progress(reader->csv, done, total);
    else
        jsonl_progress(reader->jsonl, done, total);
}

void people_close(PeopleReader *reader)
{
    if (!reader)
        return;
    csv_close(reader->csv);
    jsonl_close(reader->jsonl);
    for (size_t i = 0; i < reader->columns.count; i++)
        g_free(reader->columns.names[i]);
    for (size_t i = 0; reader->voids && i < reader->columns.count; i++)
        g_free(reader->voids[i].word);
    g_free(reader->voids);
    g_free(reader->may_be_void);
    g_free(reader->columns.names);
    g_free(reader->is_known);
    g_free(reader->blank);
    g_free(reader->id);
    g_ptr_array_unref(reader->trimmed);
    g_string_free(reader->problem, TRUE);
    g_string_free(reader->reason, TRUE);
    g_free(reader->path);
    g_free(reader);
}
