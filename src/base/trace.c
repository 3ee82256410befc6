#include "base/trace.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "base/redact.h"

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static atomic_bool is_on;
static const Clock *clock_of_trace; /* borrowed */
static int file = -1;

bool trace_open(const char *path, const Clock *clock, GError **error)
{
    int fd = strcmp(path, "-") == 0 ? fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3)
                                    : open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY, 0600);

    if (fd < 0) {
        error_set(error, BREACH_ERROR_CREATE, "trace-open", "cannot write the trace to %s: %s", path,
                  g_strerror(errno));
        return false;
    }
    pthread_mutex_lock(&mutex);
    if (file >= 0)
        close(file);
    file = fd;
    clock_of_trace = clock;
    pthread_mutex_unlock(&mutex);
    atomic_store(&is_on, true);
    return true;
}

void trace_close(void)
{
    atomic_store(&is_on, false);
    pthread_mutex_lock(&mutex);
    if (file >= 0)
        close(file);
    file = -1;
    pthread_mutex_unlock(&mutex);
}

bool trace_is_on(void)
{
    return atomic_load_explicit(&is_on, memory_order_relaxed);
}

void trace_event(const char *who, const char *address, const char *format, ...)
{
    g_autofree char *details = NULL;
    g_autofree char *redacted = NULL;
    int problem = errno;
    va_list arguments;

    if (!trace_is_on())
        return;
    va_start(arguments, format);
    details = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    redacted = redact_text(details, address);
    pthread_mutex_lock(&mutex);
    if (file >= 0) {
        g_autofree char *at = clock_format_utc(clock_now(clock_of_trace));
        g_autofree char *line = g_strdup_printf("%s %s: %s\n", at, who, redacted);

        (void)file_write_all(file, line, strlen(line));
    }
    pthread_mutex_unlock(&mutex);
    errno = problem;
}
