#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/redact.h"

static struct {
    pthread_mutex_t mutex;
    const char *command; /* borrowed */
    const Clock *clock;  /* borrowed; NULL: not open */
    char *path;          /* owned */
    int fd;              /* -1: could not be opened */
    int64_t lost;
    int problem; /* errno of the first loss */
} state = {.mutex = PTHREAD_MUTEX_INITIALIZER, .command = "breach", .fd = -1};

static const char *const levels[] = {[LOG_AT_ERROR] = "error", [LOG_AT_WARNING] = "warning", [LOG_AT_INFO] = "info"};

static void lose(int problem)
{
    if (state.lost++ == 0)
        state.problem = problem;
}

static void open_file(void)
{
    state.fd = open(state.path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY, 0600);
}

static void close_file(void)
{
    if (state.fd >= 0)
        close(state.fd);
    state.fd = -1;
}

static bool is_current(void)
{
    struct stat ours;
    struct stat named;

    return fstat(state.fd, &ours) == 0 && stat(state.path, &named) == 0 && ours.st_ino == named.st_ino &&
           ours.st_dev == named.st_dev;
}

static void rename_files(void)
{
    for (int i = LOG_FILES - 1; i > 0; i--) {
        g_autofree char *to = g_strdup_printf("%s.%d", state.path, i);
        g_autofree char *from = i > 1 ? g_strdup_printf("%s.%d", state.path, i - 1) : g_strdup(state.path);

        (void)rename(from, to); /* most are not there yet */
    }
}

/* Another process may write, and turn the files, at the same time: whoever holds the lock turns them, and everybody
 * looks before each line whether the file is still the one of that name. */
static void turn(void)
{
    struct stat info;

    if (state.fd >= 0 && !is_current())
        close_file();
    if (state.fd < 0)
        open_file();
    if (state.fd < 0 || fstat(state.fd, &info) != 0 || info.st_size < LOG_FILE_SIZE)
        return;
    if (flock(state.fd, LOCK_EX | LOCK_NB) != 0)
        return;
    if (is_current())
        rename_files();
    close_file();
    open_file();
}

static void write_line(const char *line, size_t size)
{
    ssize_t done;

    turn();
    if (state.fd < 0) {
        lose(errno);
        return;
    }
    do
        done = write(state.fd, line, size); /* one write: lines of several processes do not mix */
    while (done < 0 && errno == EINTR);
    if (done != (ssize_t)size)
        lose(done < 0 ? errno : ENOSPC);
}

static void log_line(LogLevel level, const char *event, const char *address, const char *format, va_list arguments)
    G_GNUC_PRINTF(4, 0);

static void log_line(LogLevel level, const char *event, const char *address, const char *format, va_list arguments)
{
    int problem = errno;
    g_autofree char *details = g_strdup_vprintf(format, arguments);
    g_autofree char *redacted = redact_text(details, address);
    g_autofree char *line = NULL;

    pthread_mutex_lock(&state.mutex);
    if (state.clock) {
        g_autofree char *at = clock_format_utc(clock_now(state.clock));
        size_t size;

        line = g_strdup_printf("%s %s %s[%d] %s%s%s", at, levels[level], state.command, (int)getpid(), event,
                               *redacted ? " " : "", redacted);
        size = MIN(strlen(line), (size_t)LOG_LINE_LIMIT - 1);
        line[size] = '\n'; /* the NUL or what is cut off */
        write_line(line, size + 1);
    }
    pthread_mutex_unlock(&state.mutex);
    errno = problem;
}

void log_name(const char *command)
{
    state.command = command;
}

void log_open(const char *folder, const Clock *clock)
{
    g_autofree char *path = g_build_filename(folder, "run.log", NULL);

    pthread_mutex_lock(&state.mutex);
    if (g_strcmp0(path, state.path) != 0) {
        close_file();
        g_free(state.path);
        state.path = g_steal_pointer(&path);
        state.clock = clock;
    }
    pthread_mutex_unlock(&state.mutex);
}

void log_close(void)
{
    pthread_mutex_lock(&state.mutex);
    close_file();
    g_clear_pointer(&state.path, g_free);
    state.clock = NULL;
    state.lost = 0;
    pthread_mutex_unlock(&state.mutex);
}

void log_event(LogLevel level, const char *event, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    log_line(level, event, NULL, format, arguments);
    va_end(arguments);
}

void log_reply(LogLevel level, const char *event, const char *address, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    log_line(level, event, address, format, arguments);
    va_end(arguments);
}

int64_t log_lost(const char **why)
{
    int64_t lost;

    pthread_mutex_lock(&state.mutex);
    lost = state.lost;
    *why = lost > 0 ? g_strerror(state.problem) : NULL;
    pthread_mutex_unlock(&state.mutex);
    return lost;
}
