#include "base/fault.h"

#ifdef BREACH_FAULTS /* a release has no way to make it fail */

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <glib.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static long passed;
static long asked;

static void append_name(const char *path, const char *name)
{
    g_autofree char *line = g_strconcat(name, "\n", NULL);
    int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);

    if (fd >= 0) {
        if (write(fd, line, strlen(line)) < 0)
            g_printerr("breach: cannot write %s\n", path);
        close(fd);
    }
}

void fault_pass(const char *name)
{
    const char *log = getenv("BREACH_FAULT_LOG");
    const char *die = getenv("BREACH_FAULT_DIE");

    if (!log && !die)
        return;
    pthread_mutex_lock(&mutex);
    passed++;
    if (log)
        append_name(log, name);
    if (die && passed == strtol(die, NULL, 10))
        kill(getpid(), SIGKILL);
    pthread_mutex_unlock(&mutex);
}

bool fault_injected(const char *name)
{
    const char *fail = getenv("BREACH_FAULT_FAIL");
    size_t length = strlen(name);
    bool fails = false;

    if (!fail || strncmp(fail, name, length) != 0 || (fail[length] && fail[length] != ':'))
        return false;
    pthread_mutex_lock(&mutex);
    asked++;
    fails = asked >= (fail[length] ? strtol(fail + length + 1, NULL, 10) : 1);
    pthread_mutex_unlock(&mutex);
    return fails;
}

#endif
