#include "load/csv.h"

#include <string.h>

#include "base/error.h"
#include "base/language.h"
#include "load/encoding.h"
#include "load/place.h"
#include "load/row_file.h"

#define BUFFER_SIZE (256 * 1024) /* small enough for the second-level cache */
#define ROW_MAX     (16 * 1024 * 1024)

/* What the scanner must know about a byte. The two stops end its two inner loops. */
enum { STOP_PLAIN = 1, STOP_QUOTED = 2, NOT_ASCII = 4, CONTROL = 8 };

typedef struct Span {
    size_t start, end; /* in the buffer; without the outer quotes */
    bool is_quoted;
    bool has_doubled; /* quotes that stand for one */
} Span;

struct CsvReader {
    RowFile in;
    Position file;
    int line; /* of the next row */
    size_t field_max, fields_max;
    unsigned char classes[256];
    Span *spans;         /* owned; fields_max */
    const char **fields; /* owned; fields_max */
    Position *first_at;  /* owned; fields_max */
    bool is_begun;       /* the first row has been read */
    Position failed_at;
};

/* A row being scanned. Nothing in the buffer changes until it is known to be whole. */
typedef struct Scan {
    size_t p;     /* next byte in the buffer */
    size_t field; /* where the present field begins, with its quote */
    size_t count;
    size_t size;    /* of the last field */
    unsigned seen;  /* classes of all bytes of fields */
    size_t bare;    /* first bare quote; SIZE_MAX: none */
    size_t row_end; /* after the last field */
    size_t mistake_at;
    const char *mistake; /* borrowed; NULL: none */
    bool names_field;    /* the mistake says where the field began */
} Scan;

typedef enum Result { RESULT_GO_ON, RESULT_ROW, RESULT_MORE, RESULT_BAD } Result;

static void make_classes(unsigned char *classes)
{
    for (int i = 0; i < 256; i++)
        classes[i] = i >= 0x80 ? NOT_ASCII : i < 0x20 || i == 0x7f ? CONTROL : 0;
    classes[','] |= STOP_PLAIN;
    classes['\n'] |= STOP_PLAIN;
    classes['\r'] |= STOP_PLAIN;
    classes['"'] |= STOP_PLAIN | STOP_QUOTED;
    classes['\0'] |= STOP_PLAIN | STOP_QUOTED;
}

/* Only for bytes of the row in work, before its fields are cut. */
static Position position_of(const CsvReader *reader, size_t p)
{
    Position at = reader->file;

    at.line = reader->line;
    at.column = 1;
    return place_after(at, reader->in.buffer + reader->in.start, p - reader->in.start);
}

static Result refuse(Scan *scan, size_t at, const char *mistake)
{
    scan->mistake = mistake;
    scan->mistake_at = at;
    return RESULT_BAD;
}

/* At a NUL: the end of what has been read, the end of the file, or a byte that no text has. */
static Result scan_end(const CsvReader *reader, Scan *scan)
{
    if (scan->p < reader->in.end)
        return refuse(scan, scan->p, N_("a NUL character: is this file UTF-16 or damaged? save it as CSV in UTF-8"));
    return reader->in.is_drained ? RESULT_ROW : RESULT_MORE;
}

static void end_field(CsvReader *reader, Scan *scan, size_t start, size_t end, bool is_quoted, bool has_doubled)
{
    if (scan->count < reader->fields_max)
        reader->spans[scan->count] =
            (Span){.start = start, .end = end, .is_quoted = is_quoted, .has_doubled = has_doubled};
    scan->size = end - start;
    scan->count++;
}

/* At the byte after a field: a comma, a line end, or the end of the file. RESULT_BAD without a mistake: none of them.
 */
static Result scan_delimiter(const CsvReader *reader, Scan *scan)
{
    const char *at = reader->in.buffer + scan->p;

    scan->row_end = scan->p;
    if (*at == ',') {
        scan->p++;
        return RESULT_GO_ON;
    }
    if (*at == '\n') {
        scan->p++;
        return RESULT_ROW;
    }
    if (*at == '\r' && at[1] == '\n') {
        scan->p += 2;
        return RESULT_ROW;
    }
    if (*at == '\r' && scan->p + 1 == reader->in.end) {
        scan->p += reader->in.is_drained ? 1 : 0;
        return reader->in.is_drained ? RESULT_ROW : RESULT_MORE;
    }
    return *at == '\0' ? scan_end(reader, scan) : RESULT_BAD;
}

static Result scan_plain(CsvReader *reader, Scan *scan)
{
    for (;;) {
        const unsigned char *p = (const unsigned char *)reader->in.buffer + scan->p;
        unsigned seen = scan->seen;
        unsigned byte_class;
        Result result;

        while (!((byte_class = reader->classes[*p]) & STOP_PLAIN)) {
            seen |= byte_class;
            p++;
        }
        scan->seen = seen;
        scan->p = (size_t)((const char *)p - reader->in.buffer);
        result = scan_delimiter(reader, scan);
        if (result == RESULT_GO_ON || result == RESULT_ROW)
            end_field(reader, scan, scan->field, scan->row_end, false, false);
        if (result != RESULT_BAD || scan->mistake)
            return result;
        if (*p == '"')
            scan->bare = MIN(scan->bare, scan->p);
        else if (reader->is_begun)
            scan->seen |= CONTROL;
        else
            return refuse(scan, scan->p, N_("a line ends in CR alone (old Macintosh): save the file with LF or CRLF"));
        scan->p++;
    }
}

static Result scan_quoted(CsvReader *reader, Scan *scan)
{
    bool has_doubled = false;
    size_t close;
    Result result;

    for (scan->p++;; scan->p++) {
        const unsigned char *p = (const unsigned char *)reader->in.buffer + scan->p;
        unsigned byte_class;

        while (!((byte_class = reader->classes[*p]) & STOP_QUOTED)) {
            scan->seen |= byte_class;
            p++;
        }
        scan->p = (size_t)((const char *)p - reader->in.buffer);
        if (*p == '\0') {
            result = scan_end(reader, scan);
            return result == RESULT_ROW
                       ? refuse(scan, scan->field, N_("this quote is never closed: close it or remove it"))
                       : result;
        }
        if (p[1] != '"')
            break;
        has_doubled = true;
        scan->p++;
    }
    close = scan->p++;
    if (scan->p == reader->in.end && !reader->in.is_drained)
        return RESULT_MORE; /* the next byte may double the quote */
    result = scan_delimiter(reader, scan);
    if (result == RESULT_GO_ON || result == RESULT_ROW) {
        end_field(reader, scan, scan->field + 1, close, true, has_doubled);
    } else if (result == RESULT_BAD && !scan->mistake) {
        scan->names_field = true;
        refuse(scan, scan->p,
               N_("text after a closing quote: write a quote inside a field twice, and close every field"));
    }
    return result;
}

static Result check_sizes(const CsvReader *reader, Scan *scan, Result result)
{
    /* Of a field whose end is not in sight only the least size is known; two bytes may be its quotes. */
    size_t size = result == RESULT_MORE ? scan->p - scan->field : scan->size;
    size_t limit = result == RESULT_MORE ? reader->field_max + 2 : reader->field_max;

    if (result == RESULT_BAD)
        return result;
    if (size > limit)
        return refuse(scan, scan->field, N_("this field is too large: does a quote here lack its closing quote?"));
    if (scan->p - reader->in.start > ROW_MAX)
        return refuse(scan, reader->in.start, N_("this row is larger than 16 MiB: are the line ends missing?"));
    return result;
}

static Result scan_row(CsvReader *reader, Scan *scan)
{
    Result result = RESULT_GO_ON;

    *scan = (Scan){.p = reader->in.start, .bare = SIZE_MAX};
    while (result == RESULT_GO_ON) {
        scan->field = scan->p;
        result = reader->in.buffer[scan->p] == '"' ? scan_quoted(reader, scan) : scan_plain(reader, scan);
        result = check_sizes(reader, scan, result);
    }
    return result;
}

/* A zip archive, which .xlsx and .ods are, or a compound file, which .xls is. */
static bool is_spreadsheet(const char *bytes, size_t size)
{
    return size >= 4 && (memcmp(bytes, "PK\x03\x04", 4) == 0 || memcmp(bytes, "\xd0\xcf\x11\xe0", 4) == 0);
}

static bool skip_mark(CsvReader *reader, GError **error)
{
    const char *text = reader->in.buffer;

    if (reader->in.end >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
        reader->in.start = 3;
    } else if (reader->in.end >= 2 && (memcmp(text, "\xff\xfe", 2) == 0 || memcmp(text, "\xfe\xff", 2) == 0)) {
        g_autofree char *conversion = encoding_conversion(reader->file.file, "UTF-16");

        error_set(error, BREACH_ERROR_INPUT, NULL, "this file is UTF-16: save it as CSV in UTF-8, or %s", conversion);
        return false;
    } else if (is_spreadsheet(text, reader->in.end)) {
        error_set(error, BREACH_ERROR_INPUT, NULL,
                  "this file is a spreadsheet (.xlsx, .xls or .ods) and no text: open it and save the sheet as \"CSV "
                  "UTF-8\"");
        return false;
    }
    return true;
}

static bool open_file(CsvReader *reader, GError **error)
{
    bool is_regular;

    if (!row_file_open(&reader->in, reader->file.file, &is_regular, error))
        return false;
    if (!is_regular)
        error_set(error, BREACH_ERROR_INPUT, NULL, "is no regular file: name a CSV file");
    return is_regular;
}

CsvReader *csv_open(const char *path, size_t field_max, size_t fields_max, GError **error)
{
    g_autoptr(CsvReader) reader = g_new0(CsvReader, 1);

    row_file_init(&reader->in, BUFFER_SIZE);
    reader->file = position_make(path, 0, 0);
    reader->line = 1;
    reader->field_max = field_max;
    reader->fields_max = fields_max;
    make_classes(reader->classes);
    reader->spans = g_new(Span, fields_max);
    reader->fields = g_new0(const char *, fields_max);
    reader->first_at = g_new0(Position, fields_max);
    if (!open_file(reader, error) || !row_file_fill(&reader->in, true, error) || !skip_mark(reader, error))
        return NULL;
    return g_steal_pointer(&reader);
}

/* Drops the first quote of each doubled pair, in place; returns the new end. */
static char *undouble(char *start, char *end)
{
    char *to = start;

    for (const char *from = start; from < end; from++) {
        *to++ = *from;
        if (*from == '"')
            from++;
    }
    return to;
}

static void cut_fields(CsvReader *reader, const Scan *scan)
{
    for (size_t i = 0; i < MIN(scan->count, reader->fields_max); i++) {
        const Span *span = &reader->spans[i];
        char *start = reader->in.buffer + span->start;
        char *end = reader->in.buffer + span->end;

        if (span->has_doubled)
            end = undouble(start, end);
        *end = '\0';
        reader->fields[i] = start;
    }
}

static void note_first(CsvReader *reader, const Scan *scan)
{
    for (size_t i = 0; !reader->is_begun && i < MIN(scan->count, reader->fields_max); i++)
        reader->first_at[i] = position_of(reader, reader->spans[i].start - (reader->spans[i].is_quoted ? 1 : 0));
    reader->is_begun = true;
}

static void hand_out(CsvReader *reader, const Scan *scan, CsvRow *row)
{
    const char *text = reader->in.buffer + reader->in.start;
    size_t size = scan->row_end - reader->in.start;
    const char *bad = NULL;

    *row = (CsvRow){.fields = reader->fields,
                    .count = scan->count,
                    .at = reader->file,
                    .offset = reader->in.base + (int64_t)reader->in.start};
    row->at.line = reader->line;
    row->at.column = 1;
    if (scan->bare != SIZE_MAX) {
        row->flags |= CSV_BARE_QUOTE;
        row->bad = position_of(reader, scan->bare);
    }
    if (scan->seen & NOT_ASCII) {
        row->flags |= CSV_NOT_ASCII;
        if (!g_utf8_validate_len(text, size, &bad)) {
            row->flags |= CSV_NOT_UTF8;
            row->bad = position_of(reader, (size_t)(bad - reader->in.buffer));
        }
    }
    note_first(reader, scan);
    reader->line++;
    if (scan->seen & CONTROL) {
        row->flags |= CSV_CONTROLS;
        while ((text = memchr(text, '\n', (size_t)(reader->in.buffer + scan->row_end - text)))) {
            text++;
            reader->line++;
        }
    }
    cut_fields(reader, scan);
    reader->in.start = MIN(scan->p, reader->in.end);
}

/* Empty lines hold no row: many programs leave one at the end. False: more must be read to know. */
static bool skip_empty_lines(CsvReader *reader)
{
    for (;;) {
        const char *at = reader->in.buffer + reader->in.start;
        size_t left = reader->in.end - reader->in.start;

        if (left >= 1 && *at == '\n')
            reader->in.start += 1;
        else if (left >= 2 && *at == '\r' && at[1] == '\n')
            reader->in.start += 2;
        else
            return left >= 2 || reader->in.is_drained;
        reader->line++;
    }
}

static void describe(CsvReader *reader, const Scan *scan, GError **error)
{
    Position field = position_of(reader, scan->field);

    reader->failed_at = position_of(reader, scan->mistake_at);
    if (scan->names_field)
        error_set(error, BREACH_ERROR_INPUT, NULL, "%s (this one opens at line %d, column %d)", _(scan->mistake),
                  field.line, field.column);
    else
        error_set(error, BREACH_ERROR_INPUT, NULL, "%s", _(scan->mistake));
}

int csv_next(CsvReader *reader, CsvRow *row, GError **error)
{
    Scan scan;
    Result result;

    for (;;) {
        if (!skip_empty_lines(reader)) {
            result = RESULT_MORE;
        } else {
            if (reader->in.start == reader->in.end && reader->in.is_drained)
                return 0;
            result = scan_row(reader, &scan);
        }
        if (result != RESULT_MORE)
            break;
        if (!row_file_fill(&reader->in, true, error)) {
            reader->failed_at = position_of(reader, reader->in.start);
            return -1;
        }
    }
    if (result == RESULT_BAD) {
        describe(reader, &scan, error);
        return -1;
    }
    hand_out(reader, &scan, row);
    return 1;
}

Position csv_field_at(const CsvReader *reader, size_t index)
{
    return reader->first_at[index];
}

Position csv_failed_at(const CsvReader *reader)
{
    return reader->failed_at;
}

int csv_file(const CsvReader *reader)
{
    return reader->in.fd;
}

void csv_progress(const CsvReader *reader, int64_t *done, int64_t *total)
{
    row_file_progress(&reader->in, done, total);
}

void csv_close(CsvReader *reader)
{
    if (!reader)
        return;
    row_file_clear(&reader->in);
    g_free(reader->spans);
    g_free(reader->fields);
    g_free(reader->first_at);
    g_free(reader);
}
