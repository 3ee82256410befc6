#include "channel/hand_over.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"
#include "base/fault.h"
#include "base/file.h"

#define BUFFER_SIZE 65536
#define WORDS_MAX   300
#define PATIENCE    60000 /* ms without a sign of life from the tool */

struct HandOver {
    const GatewayEncrypt *encrypt; /* borrowed */
    char *path;                    /* owned; NULL: it goes to /dev/null */
    int file;                      /* the file's descriptor */
    int to;                        /* where bytes are written: the file, or the tool's standard input */
    int words;                     /* the tool's standard error, or -1 */
    GPid tool;                     /* 0: none */
    GChecksum *digest;
    GByteArray *buffer;
    int problem;  /* errno of the first failure, or 0 */
    bool is_hung; /* the tool gave no sign of life and was ended */
};

typedef struct Tool {
    const char *program, *suffix, *package;
} Tool;

static const Tool tools[] = {
    [GATEWAY_ENCRYPT_NONE] = {NULL, "", NULL},
    [GATEWAY_ENCRYPT_AGE] = {"age", ".age", "age"},
    [GATEWAY_ENCRYPT_OPENPGP] = {"gpg", ".gpg", "gpg"},
};

const char *hand_over_suffix(const GatewayEncrypt *encrypt)
{
    return tools[encrypt->tool].suffix;
}

const char *hand_over_tool(const GatewayEncrypt *encrypt)
{
    return tools[encrypt->tool].program;
}

/* The tool -------------------------------------------------------------------------------------------------------- */

/* Nothing of the user's own set-up takes part: no key ring, no trust, no configuration, no files in the home folder. */
static GPtrArray *tool_arguments(const GatewayEncrypt *encrypt)
{
    static const char *const gpg[] = {"gpg",
                                      "--batch",
                                      "--no-tty",
                                      "--quiet",
                                      "--no-options",
                                      "--no-keyring",
                                      "--no-random-seed-file",
                                      "--no-auto-key-locate",
                                      "--trust-model",
                                      "always",
                                      "--compress-algo",
                                      "none",
                                      "--output",
                                      "-",
                                      "--recipient-file"};
    GPtrArray *arguments = g_ptr_array_new();

    if (encrypt->tool == GATEWAY_ENCRYPT_OPENPGP) {
        for (size_t i = 0; i < G_N_ELEMENTS(gpg); i++)
            g_ptr_array_add(arguments, (gpointer)gpg[i]);
        g_ptr_array_add(arguments, encrypt->recipient);
        g_ptr_array_add(arguments, (gpointer) "--encrypt");
    } else {
        g_ptr_array_add(arguments, (gpointer) "age");
        g_ptr_array_add(arguments, (gpointer) "-r");
        g_ptr_array_add(arguments, encrypt->recipient);
    }
    g_ptr_array_add(arguments, NULL);
    return arguments;
}

static void set_no_tool(const GatewayEncrypt *encrypt, GError **error)
{
    error_set(error, BREACH_ERROR_CONFIG, "handover-tool",
              "the program %s is not there, and files are to be encrypted with it: install the package %s",
              tools[encrypt->tool].program, tools[encrypt->tool].package);
}

/* Runs in the child: Ctrl-C on the terminal ends breach in its own time, and not the tool in the middle of a batch. */
static void leave_group(gpointer unused)
{
    (void)unused;
    setpgid(0, 0);
}

static bool start_tool(HandOver *file, GError **error)
{
    g_autoptr(GPtrArray) arguments = tool_arguments(file->encrypt);
    g_autofree char *program = g_find_program_in_path(hand_over_tool(file->encrypt));
    g_autoptr(GError) problem = NULL;
    int input[2], words[2];

    if (!program) {
        set_no_tool(file->encrypt, error);
        return false;
    }
    if (pipe2(input, O_CLOEXEC) < 0) {
        error_set(error, BREACH_ERROR_CREATE, "handover-write", "cannot write %s: %s", file->path, g_strerror(errno));
        return false;
    }
    if (pipe2(words, O_CLOEXEC) < 0) {
        error_set(error, BREACH_ERROR_CREATE, "handover-write", "cannot write %s: %s", file->path, g_strerror(errno));
        close(input[0]);
        close(input[1]);
        return false;
    }
    g_ptr_array_index(arguments, 0) = program;
    if (g_spawn_async_with_fds(NULL, (char **)arguments->pdata, NULL, G_SPAWN_DO_NOT_REAP_CHILD, leave_group, NULL,
                               &file->tool, input[0], file->file, words[1], &problem)) {
        file->to = input[1];
        file->words = words[0];
        fcntl(file->to, F_SETFL, O_NONBLOCK);
    } else {
        close(input[1]);
        close(words[0]);
        error_set(error, BREACH_ERROR_CONFIG, "handover-encrypt", "%s cannot encrypt to the recipient: %s",
                  hand_over_tool(file->encrypt), problem->message);
    }
    close(input[0]);
    close(words[1]);
    return file->tool != 0;
}

/* With all that it has started: it leads a group of its own. */
static void kill_tool(const HandOver *file)
{
    kill(-file->tool, SIGKILL);
}

/* Until the tool takes or says something more. False: it hangs, and was ended. */
static bool wait_tool(HandOver *file, int fd, short events)
{
    struct pollfd at = {.fd = fd, .events = events};
    int ready;

    do
        ready = poll(&at, 1, fault_fails("hand_over_patience") ? 100 : PATIENCE);
    while (ready < 0 && errno == EINTR);
    if (ready != 0)
        return true;
    kill_tool(file);
    file->is_hung = true;
    errno = ETIMEDOUT;
    return false;
}

/* As file_write_all(), but not for ever. */
static bool write_tool(HandOver *file, const guint8 *data, size_t size)
{
    while (size > 0) {
        ssize_t written = write(file->to, data, size);

        if (written > 0) {
            data += written;
            size -= (size_t)written;
        } else if (written == 0 || (errno != EAGAIN && errno != EINTR) || !wait_tool(file, file->to, POLLOUT)) {
            return false;
        }
    }
    return true;
}

/* What the tool had to say, on one line. Its standard input is closed, so it ends. */
static char *tool_words(HandOver *file)
{
    g_autoptr(GString) words = g_string_new(NULL);
    char part[256];
    ssize_t got;

    while (!file->is_hung && wait_tool(file, file->words, POLLIN) &&
           ((got = read(file->words, part, sizeof part)) > 0 || (got < 0 && errno == EINTR)))
        if (got > 0 && words->len < WORDS_MAX)
            g_string_append_len(words, part, got);
    for (gsize i = 0; i < words->len; i++)
        if ((unsigned char)words->str[i] < ' ' || words->str[i] == 0x7f)
            words->str[i] = ' ';
    g_strstrip(words->str);
    return g_utf8_make_valid(words->str, -1);
}

static bool end_tool(HandOver *file, GError **error)
{
    g_autofree char *words = NULL;
    int status = 0;
    pid_t ended;

    close(file->to);
    file->to = -1;
    words = tool_words(file);
    close(file->words);
    do
        ended = waitpid(file->tool, &status, 0);
    while (ended < 0 && errno == EINTR);
    file->tool = 0;
    if (ended > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return true;
    error_set(error, BREACH_ERROR_CONFIG, "handover-encrypt", "%s cannot encrypt to the recipient: %s",
              hand_over_tool(file->encrypt),
              file->is_hung ? "it hung, and was ended"
              : *words      ? words
                            : "it ended without a word");
    return false;
}

/* The file -------------------------------------------------------------------------------------------------------- */

static void free_file(HandOver *file)
{
    if (file->file >= 0)
        close(file->file);
    g_checksum_free(file->digest);
    g_byte_array_unref(file->buffer);
    g_free(file->path);
    g_free(file);
}

static HandOver *open_path(const GatewayEncrypt *encrypt, const char *path, GError **error)
{
    HandOver *file = g_new0(HandOver, 1);

    *file = (HandOver){.encrypt = encrypt,
                       .path = g_strdup(path),
                       .file = -1,
                       .to = -1,
                       .words = -1,
                       .digest = g_checksum_new(G_CHECKSUM_SHA256),
                       .buffer = g_byte_array_new()};
    file->file = path ? open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600)
                      : open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (file->file < 0) {
        error_set(error, BREACH_ERROR_CREATE, "handover-write", "cannot write %s: %s", path ? path : "/dev/null",
                  g_strerror(errno));
        free_file(file);
        return NULL;
    }
    if (encrypt->tool == GATEWAY_ENCRYPT_NONE) {
        file->to = file->file;
    } else if (!start_tool(file, error)) {
        hand_over_abandon(file);
        return NULL;
    }
    return file;
}

HandOver *hand_over_open(const GatewayEncrypt *encrypt, const char *folder, const char *name, GError **error)
{
    g_autofree char *full = g_strconcat(folder, "/", name, hand_over_suffix(encrypt), NULL);

    return open_path(encrypt, full, error);
}

static void flush(HandOver *file)
{
    if (file->problem == 0 && file->buffer->len > 0) {
        errno = 0;
        if (fault_fails("hand_over_write")) {
            errno = ENOSPC;
            file->problem = errno;
        } else if (file->tool ? !write_tool(file, file->buffer->data, file->buffer->len)
                              : !file_write_all(file->to, file->buffer->data, file->buffer->len)) {
            file->problem = errno ? errno : EIO;
        }
    }
    g_byte_array_set_size(file->buffer, 0);
}

bool hand_over_write(HandOver *file, const void *data, size_t size)
{
    g_checksum_update(file->digest, data, (gssize)size);
    g_byte_array_append(file->buffer, data, (guint)size);
    if (file->buffer->len >= BUFFER_SIZE)
        flush(file);
    return file->problem == 0;
}

bool hand_over_text(HandOver *file, const char *text)
{
    return hand_over_write(file, text, strlen(text));
}

const char *hand_over_digest(HandOver *file)
{
    return g_checksum_get_string(file->digest);
}

/* A tool that gave up closes its end of the pipe: then its own words say more than "broken pipe". */
static bool end_file(HandOver *file, GError **error)
{
    flush(file);
    if (file->tool && !end_tool(file, error))
        return false;
    if (file->problem == 0 && file->path && fsync(file->file) < 0)
        file->problem = errno;
    if (file->problem == 0)
        return true;
    error_set(error, BREACH_ERROR_CREATE, "handover-write", "cannot write %s: %s",
              file->path ? file->path : "/dev/null", g_strerror(file->problem));
    return false;
}

bool hand_over_close(HandOver *file, GError **error)
{
    bool done = end_file(file, error);

    if (!done && file->path)
        unlink(file->path);
    free_file(file);
    return done;
}

void hand_over_abandon(HandOver *file)
{
    if (!file)
        return;
    if (file->tool) {
        kill_tool(file);
        end_tool(file, NULL);
    }
    if (file->path)
        unlink(file->path);
    free_file(file);
}

bool hand_over_has_tool(const GatewayEncrypt *encrypt)
{
    g_autofree char *program = hand_over_tool(encrypt) ? g_find_program_in_path(hand_over_tool(encrypt)) : NULL;

    return !hand_over_tool(encrypt) || program;
}

bool hand_over_check(const GatewayEncrypt *encrypt, GError **error)
{
    HandOver *file = encrypt->tool == GATEWAY_ENCRYPT_NONE ? NULL : open_path(encrypt, NULL, error);

    if (encrypt->tool == GATEWAY_ENCRYPT_NONE)
        return true;
    return file && hand_over_close(file, error);
}

/* Lists ----------------------------------------------------------------------------------------------------------- */

void hand_over_csv(GString *row, const char *cell)
{
    bool is_formula = *cell && strchr("=+-@\t\r", *cell) != NULL;

    g_string_append(row, row->len > 0 ? ",\"" : "\"");
    if (is_formula)
        g_string_append_c(row, '\'');
    for (const char *at = cell; *at; at++) {
        if (*at == '\n')
            g_string_append(row, " / ");
        else if (*at == '"')
            g_string_append(row, "\"\"");
        else if ((unsigned char)*at >= ' ')
            g_string_append_c(row, *at);
    }
    g_string_append_c(row, '"');
}
