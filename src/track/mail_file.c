#include "track/mail_file.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "track/bounce_mail.h"

#define LINE_PIECE 4096 /* longer lines are taken in pieces */

typedef struct Reader {
    const char *file;
    FILE *stream;
    MailFileTake take;
    void *data;
    GString *mail; /* the one that is being read */
    int number;
    bool is_mbox, is_stopped;
} Reader;

static bool fail(const char *path, GError **error)
{
    error_set(error, BREACH_ERROR_INPUT, "file-unreadable", "cannot read %s: %s", path, g_strerror(errno));
    return false;
}

/* "From " with a sender and a date behind it (RFC 4155, appendix A): a line of prose that begins so has no time. */
static bool is_from_line(const char *line, size_t size)
{
    if (size < 16 || memcmp(line, "From ", 5) != 0)
        return false;
    for (size_t i = 5; i + 4 < size; i++)
        if (g_ascii_isdigit(line[i]) && g_ascii_isdigit(line[i + 1]) && line[i + 2] == ':' &&
            g_ascii_isdigit(line[i + 3]) && g_ascii_isdigit(line[i + 4]))
            return true;
    return false;
}

/* A line with its end, or as much of it as fits; 0 at the end of the file. */
static size_t read_piece(FILE *stream, char *piece)
{
    size_t size = 0;
    int byte;

    while (size < LINE_PIECE && (byte = getc(stream)) != EOF) {
        piece[size++] = (char)byte;
        if (byte == '\n')
            break;
    }
    return size;
}

static void hand_on(Reader *reader)
{
    if (reader->mail->len && !reader->is_stopped)
        reader->is_stopped =
            !reader->take(reader->file, ++reader->number, reader->mail->str, reader->mail->len, reader->data);
    g_string_truncate(reader->mail, 0);
}

static void keep(Reader *reader, const char *piece, size_t size)
{
    size_t room = BOUNCE_MAIL_MOST + 1 - reader->mail->len;

    g_string_append_len(reader->mail, piece, (gssize)MIN(size, room));
}

static bool is_empty_line(const char *piece, size_t size)
{
    return (size == 1 && piece[0] == '\n') || (size == 2 && piece[0] == '\r' && piece[1] == '\n');
}

static void read_pieces(Reader *reader)
{
    char piece[LINE_PIECE];
    bool is_start = true, is_after_empty = true;
    size_t size;

    reader->is_mbox = false;
    while (!reader->is_stopped && (size = read_piece(reader->stream, piece)) > 0) {
        bool is_first = reader->mail->len == 0 && reader->number == 0 && !reader->is_mbox;

        if (is_start && is_after_empty && (is_first || reader->is_mbox) && is_from_line(piece, size)) {
            reader->is_mbox = true;
            hand_on(reader);
        } else {
            keep(reader, piece, size);
            if (!reader->is_mbox && reader->mail->len > BOUNCE_MAIL_MOST)
                break; /* one mail, and the rest of it is not looked at */
        }
        is_after_empty = is_start && is_empty_line(piece, size);
        is_start = piece[size - 1] == '\n';
    }
}

static bool read_stream(Reader *reader, GError **error)
{
    reader->number = 0;
    reader->mail = g_string_new(NULL);
    read_pieces(reader);
    if (!ferror(reader->stream))
        hand_on(reader);
    g_string_free(reader->mail, TRUE);
    return !ferror(reader->stream) || fail(reader->file, error);
}

static bool read_file(Reader *reader, const char *path, GError **error)
{
    bool is_read;

    reader->file = path;
    reader->stream = fopen(path, "re");
    if (!reader->stream)
        return fail(path, error);
    is_read = read_stream(reader, error);
    fclose(reader->stream);
    return is_read;
}

static int by_name(gconstpointer left, gconstpointer right)
{
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

/* The mails of one folder of a Maildir; those that begin with a dot are none. */
static bool read_folder(Reader *reader, const char *maildir, const char *which, GError **error)
{
    g_autofree char *path = g_build_filename(maildir, which, NULL);
    g_autoptr(GDir) folder = g_dir_open(path, 0, NULL);
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    const char *name;
    bool is_read = true;

    if (!folder) {
        error_set(error, BREACH_ERROR_INPUT, "track-no-maildir",
                  "%s is a folder and no Maildir, which has the folders cur and new: name its files one by one",
                  maildir);
        return false;
    }
    while ((name = g_dir_read_name(folder)) != NULL)
        if (*name != '.')
            g_ptr_array_add(names, g_build_filename(path, name, NULL));
    g_ptr_array_sort(names, by_name);
    for (guint i = 0; i < names->len && is_read && !reader->is_stopped; i++)
        is_read = read_file(reader, g_ptr_array_index(names, i), error);
    return is_read;
}

static bool read_maildir(Reader *reader, const char *path, GError **error)
{
    static const char *const folders[] = {"cur", "new"};

    for (size_t i = 0; i < G_N_ELEMENTS(folders); i++)
        if (!read_folder(reader, path, folders[i], error))
            return false;
    return true;
}

bool mail_file_read(const char *path, MailFileTake take, void *data, GError **error)
{
    Reader reader = {.file = path, .take = take, .data = data};

    if (strcmp(path, "-") == 0) {
        reader.stream = stdin;
        return read_stream(&reader, error);
    }
    return g_file_test(path, G_FILE_TEST_IS_DIR) ? read_maildir(&reader, path, error) : read_file(&reader, path, error);
}
