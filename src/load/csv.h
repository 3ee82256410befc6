/* csv - comma-separated values by RFC 4180, streamed row by row from a file, without copying fields.
 *
 * Fields point into the reader's buffer and are unquoted there; they live until the next row. A reader accepts LF and
 * CRLF, skips a UTF-8 byte order mark and empty lines, and knows nothing of columns and their meaning. What leaves the
 * rows whole is a flag of the row; what makes row boundaries uncertain ends the file with an error. Threads: one. */
#ifndef BREACH_LOAD_CSV_H
#define BREACH_LOAD_CSV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>

#include "base/position.h"

typedef struct CsvReader CsvReader;

/* CsvFlags: what stands in a row. */
typedef enum CsvFlags {
    CSV_NOT_ASCII = 1,  /* some byte over 0x7f; valid UTF-8 unless CSV_NOT_UTF8 is set as well */
    CSV_CONTROLS = 2,   /* a C0 control or DEL in a field, line breaks in quotes included */
    CSV_BARE_QUOTE = 4, /* a quote inside a field that does not begin with one */
    CSV_NOT_UTF8 = 8,
} CsvFlags;

typedef struct CsvRow {
    const char **fields; /* borrowed until the next row; as many as min(count, fields_max); NUL-terminated */
    size_t count;        /* of the fields in the file */
    unsigned flags;      /* CsvFlags */
    Position at;         /* of the row's first field */
    Position bad;        /* CSV_NOT_UTF8, CSV_BARE_QUOTE: where the first such byte is */
    int64_t offset;      /* of the row's first byte in the file */
} CsvRow;

/* csv_open: `field_max` is the size of the largest field in bytes, `fields_max` how many fields of a row are kept.
 * Error: BREACH_ERROR_INPUT, without the path: no regular file, unreadable, UTF-16, or a spreadsheet. */
CsvReader *csv_open(const char *path, size_t field_max, size_t fields_max, GError **error);

/* csv_next: 1 for a row, 0 at the end, -1 when the rest cannot be divided into rows. Error: BREACH_ERROR_INPUT, without
 * the position: a quote that is never closed, text after a closing quote, a NUL, a field or row that is too large, old
 * Macintosh line ends, a failing disk. */
int csv_next(CsvReader *reader, CsvRow *row, GError **error);

/* csv_failed_at: where csv_next() failed. */
Position csv_failed_at(const CsvReader *reader);

/* csv_field_at: where field `index` of the first row stands. */
Position csv_field_at(const CsvReader *reader, size_t index);

/* csv_file: the descriptor, for looking at the bytes with pread(); borrowed. */
int csv_file(const CsvReader *reader);

/* csv_progress: bytes of rows handed out, and of the file. */
void csv_progress(const CsvReader *reader, int64_t *done, int64_t *total);

void csv_close(CsvReader *reader);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CsvReader, csv_close)

#endif
