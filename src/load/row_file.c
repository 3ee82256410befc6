#include "load/row_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"

void row_file_init(RowFile *file, size_t capacity)
{
    *file = (RowFile){.fd = -1, .buffer = g_malloc(capacity + 1), .capacity = capacity};
    file->buffer[0] = '\0';
}

void row_file_clear(RowFile *file)
{
    if (file->fd >= 0)
        close(file->fd);
    g_free(file->buffer);
}

bool row_file_open(RowFile *file, const char *path, bool *is_regular, GError **error)
{
    struct stat info;

    file->fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK); /* a FIFO must not make us wait */
    if (file->fd < 0 || fstat(file->fd, &info) != 0) {
        error_set(error, BREACH_ERROR_INPUT, NULL, "cannot be read: %s", g_strerror(errno));
        return false;
    }
    *is_regular = S_ISREG(info.st_mode);
    file->size = info.st_size;
    return true;
}

bool row_file_fill(RowFile *file, bool grow, GError **error)
{
    memmove(file->buffer, file->buffer + file->start, file->end - file->start);
    file->base += (int64_t)file->start;
    file->end -= file->start;
    file->start = 0;
    if (grow && file->end == file->capacity) {
        file->capacity *= 2;
        file->buffer = g_realloc(file->buffer, file->capacity + 1);
    }
    while (file->end < file->capacity && !file->is_drained) {
        ssize_t got = read(file->fd, file->buffer + file->end, file->capacity - file->end);

        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0) {
            error_set(error, BREACH_ERROR_INPUT, NULL, "the file cannot be read further: %s", g_strerror(errno));
            return false;
        }
        file->is_drained = got == 0;
        file->end += (size_t)got;
    }
    file->buffer[file->end] = '\0';
    return true;
}

void row_file_progress(const RowFile *file, int64_t *done, int64_t *total)
{
    *done = file->base + (int64_t)file->start;
    *total = file->size;
}
