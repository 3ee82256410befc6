/* jsonl - JSON Lines (one object a line, RFC 8259), streamed line by line, as rows like those of csv.
 *
 * The file is read twice: once quickly for the keys, whose union in the order met is the columns, and once for the rows.
 * A value is a text, a number, true, false, null (empty) or a list of texts (joined by semicolons). A line end always
 * ends a row, so whatever is wrong within a line is that row's mistake alone. A byte order mark and empty lines are
 * skipped; LF and CRLF are both line ends. Memory does not grow with the number of lines. Threads: one. */
#ifndef BREACH_LOAD_JSONL_H
#define BREACH_LOAD_JSONL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>

#include "base/position.h"
#include "load/csv.h"

#define JSONL_LINE_MAX 1048576 /* bytes of a line */

typedef struct JsonlReader JsonlReader;

/* JsonlMistake: why a row cannot be used. */
typedef struct JsonlMistake {
    const char *text;   /* in the chosen language, with the place; borrowed until the next row; NULL: nothing */
    const char *reason; /* in English, without the place or any data; static */
} JsonlMistake;

/* jsonl_is: whether the file at `path` is JSON rather than CSV: by its first character, or else by its name. */
bool jsonl_is(const char *path);

/* jsonl_open: reads all keys. `field_max`: bytes of the largest value; `columns_max`: how many keys there may be. Error:
 * BREACH_ERROR_INPUT, without the position, which *failed_at then has: no regular file, unreadable, UTF-16, GB18030, one
 * JSON list or objects over several lines (the message has the command that mends it), too many keys, no object. */
JsonlReader *jsonl_open(const char *path, size_t field_max, size_t columns_max, Position *failed_at, GError **error);

/* jsonl_count: how many columns there are. jsonl_column: the key of one, borrowed. jsonl_column_at: its first line. */
size_t jsonl_count(const JsonlReader *reader);
const char *jsonl_column(const JsonlReader *reader, size_t index);
Position jsonl_column_at(const JsonlReader *reader, size_t index);

/* jsonl_next: 1 for a row, 0 at the end, -1 when the file cannot be read further or was changed (error:
 * BREACH_ERROR_INPUT, without the position). With a mistake the row's fields are all empty but for those that could be
 * read. Flags are those of csv; CSV_BARE_QUOTE is never set. */
int jsonl_next(JsonlReader *reader, CsvRow *row, JsonlMistake *mistake, GError **error);

/* jsonl_failed_at: where jsonl_next() failed. jsonl_file: the descriptor, for looking at the bytes; borrowed. */
Position jsonl_failed_at(const JsonlReader *reader);
int jsonl_file(const JsonlReader *reader);

/* jsonl_progress: bytes of rows handed out, and of the file. */
void jsonl_progress(const JsonlReader *reader, int64_t *done, int64_t *total);

void jsonl_close(JsonlReader *reader);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(JsonlReader, jsonl_close)

#endif
