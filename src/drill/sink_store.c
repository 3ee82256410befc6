#include "drill/sink_store.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"

struct SinkStore {
    _Atomic int64_t accepted;
    int log;              /* -1: none */
    char *folder;         /* owned; NULL: nothing is kept */
    const char *suffix;   /* a literal */
    int64_t keep_most;    /* 0: all */
    pthread_mutex_t lock; /* guards the rest */
    int64_t kept;
    int64_t number; /* of the last file */
};

SinkStore *sink_store_new(const SinkStoreOptions *options, GError **error)
{
    SinkStore *store;
    int log = -1;

    if (options->folder && !file_make_folder(options->folder, 0700, error))
        return NULL;
    if (options->log_path) {
        log = open(options->log_path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
        if (log < 0) {
            error_set(error, BREACH_ERROR_CREATE, "sink-log", "cannot open log %s: %s", options->log_path,
                      g_strerror(errno));
            return NULL;
        }
    }
    store = g_new0(SinkStore, 1);
    store->log = log;
    store->folder = g_strdup(options->folder);
    store->suffix = options->suffix;
    store->keep_most = options->keep_most;
    pthread_mutex_init(&store->lock, NULL);
    return store;
}

void sink_store_free(SinkStore *store)
{
    if (!store)
        return;
    if (store->log >= 0)
        close(store->log);
    g_free(store->folder);
    pthread_mutex_destroy(&store->lock);
    g_free(store);
}

/* Call with the lock held. */
static bool has_room(const SinkStore *store)
{
    return store->folder && (store->keep_most <= 0 || store->kept < store->keep_most);
}

bool sink_store_wants(SinkStore *store)
{
    bool wanted;

    pthread_mutex_lock(&store->lock);
    wanted = has_room(store);
    pthread_mutex_unlock(&store->lock);
    return wanted;
}

/* Counts one more file and gives it a number; 0: there are enough. */
static int64_t reserve(SinkStore *store)
{
    int64_t number = 0;

    pthread_mutex_lock(&store->lock);
    if (has_room(store)) {
        store->kept++;
        number = ++store->number;
    }
    pthread_mutex_unlock(&store->lock);
    return number;
}

static int64_t next_number(SinkStore *store)
{
    int64_t number;

    pthread_mutex_lock(&store->lock);
    number = ++store->number;
    pthread_mutex_unlock(&store->lock);
    return number;
}

/* Files of an earlier sink are left alone: the next free number is taken. */
static int create(SinkStore *store, int64_t number, char **path)
{
    for (;;) {
        g_autofree char *name = g_strdup_printf("%s/%06" G_GINT64_FORMAT "%s", store->folder, number, store->suffix);
        int fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

        if (fd >= 0)
            *path = g_steal_pointer(&name);
        if (fd >= 0 || errno != EEXIST)
            return fd;
        number = next_number(store);
    }
}

bool sink_store_keep(SinkStore *store, const void *content, size_t size, char **path)
{
    int64_t number = reserve(store);
    bool written;
    int fd;

    *path = NULL;
    if (number == 0)
        return true;
    fd = create(store, number, path);
    written = fd >= 0 && file_write_all(fd, content, size);
    if (fd >= 0 && close(fd) != 0)
        written = false;
    return written;
}

bool sink_store_log(const SinkStore *store, const GString *lines)
{
    return store->log < 0 || write(store->log, lines->str, lines->len) == (ssize_t)lines->len;
}

void sink_store_append_word(GString *line, const char *word, const char *reserved)
{
    for (; *word; word++)
        if (*word > ' ' && *word <= '~' && !strchr(reserved, *word))
            g_string_append_c(line, *word);
        else
            g_string_append_printf(line, "\\x%02X", (unsigned char)*word);
}

void sink_store_count(SinkStore *store, int64_t messages)
{
    atomic_fetch_add(&store->accepted, messages);
}

int64_t sink_store_accepted(const SinkStore *store)
{
    return atomic_load(&store->accepted);
}
