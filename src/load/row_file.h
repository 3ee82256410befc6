/* row_file - a file that is read from its beginning to its end, however large: what has been read and not yet been used
 * stands in one buffer.
 *
 * Threads: one at a time. Errors: BREACH_ERROR_INPUT, without a position. */
#ifndef BREACH_LOAD_ROW_FILE_H
#define BREACH_LOAD_ROW_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>

typedef struct RowFile {
    int fd;
    char *buffer; /* owned; buffer[end] is always NUL, so that a scan stops there */
    size_t capacity;
    size_t start, end; /* of what has not been used; the reader moves start */
    bool is_drained;   /* the file has nothing more */
    int64_t base;      /* where buffer[0] stands in the file */
    int64_t size;      /* of the file */
} RowFile;

/* row_file_init: nothing is open; the buffer has room for `capacity` bytes. row_file_clear: closes and frees. */
void row_file_init(RowFile *file, size_t capacity);
void row_file_clear(RowFile *file);

/* row_file_open: never waits, whatever `path` is. *is_regular: false for a folder, a FIFO and such, of which nothing is
 * to be read. */
bool row_file_open(RowFile *file, const char *path, bool *is_regular, GError **error);

/* row_file_fill: moves what has not been used to the front of the buffer and reads on behind it until the buffer is
 * full or the file is drained. With `grow`, a buffer in which nothing has been used is made twice as large before. */
bool row_file_fill(RowFile *file, bool grow, GError **error);

/* row_file_progress: how many bytes have been used, of how many. */
void row_file_progress(const RowFile *file, int64_t *done, int64_t *total);

#endif
