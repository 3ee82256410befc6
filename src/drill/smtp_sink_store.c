#include "drill/smtp_sink_store.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"

struct SmtpSinkStore {
    _Atomic int64_t accepted;
    int log;              /* -1: none */
    char *folder;         /* owned; NULL: nothing is kept */
    int64_t keep_most;    /* 0: all */
    pthread_mutex_t lock; /* guards the rest */
    int64_t kept;
    int64_t number; /* of the last file */
};

SmtpSinkStore *smtp_sink_store_new(const SmtpSinkOptions *options, GError **error)
{
    SmtpSinkStore *store = NULL;
    int log = -1;

    if (options->keep_folder && !file_make_folder(options->keep_folder, 0700, error))
        return NULL;
    if (options->log_path) {
        log = open(options->log_path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
        if (log < 0) {
            error_set(error, BREACH_ERROR_CREATE, "sink-log", "cannot open log %s: %s", options->log_path,
                      g_strerror(errno));
            return NULL;
        }
    }
    store = g_new0(SmtpSinkStore, 1);
    store->log = log;
    store->folder = g_strdup(options->keep_folder);
    store->keep_most = options->keep_most;
    pthread_mutex_init(&store->lock, NULL);
    return store;
}

void smtp_sink_store_free(SmtpSinkStore *store)
{
    if (!store)
        return;
    if (store->log >= 0)
        close(store->log);
    g_free(store->folder);
    pthread_mutex_destroy(&store->lock);
    g_free(store);
}

bool smtp_sink_store_wants(SmtpSinkStore *store)
{
    bool wanted;

    if (!store->folder)
        return false;
    pthread_mutex_lock(&store->lock);
    wanted = store->keep_most <= 0 || store->kept < store->keep_most;
    pthread_mutex_unlock(&store->lock);
    return wanted;
}

/* Counts one more file and gives it a number; 0: there are enough. */
static int64_t reserve(SmtpSinkStore *store)
{
    int64_t number = 0;

    pthread_mutex_lock(&store->lock);
    if (store->keep_most <= 0 || store->kept < store->keep_most) {
        store->kept++;
        number = ++store->number;
    }
    pthread_mutex_unlock(&store->lock);
    return number;
}

static int64_t next_number(SmtpSinkStore *store)
{
    int64_t number;

    pthread_mutex_lock(&store->lock);
    number = ++store->number;
    pthread_mutex_unlock(&store->lock);
    return number;
}

/* Files of an earlier sink are left alone: the next free number is taken. */
static int create(SmtpSinkStore *store, int64_t number, char **path)
{
    int fd;

    for (;;) {
        *path = g_strdup_printf("%s/%06" G_GINT64_FORMAT ".eml", store->folder, number);
        fd = open(*path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
        if (fd >= 0 || errno != EEXIST)
            return fd;
        g_free(*path);
        number = next_number(store);
    }
}

/* *path: the new file, NULL when none was wanted. */
static bool keep(SmtpSinkStore *store, const GByteArray *copy, char **path)
{
    int64_t number = reserve(store);
    bool written;
    int fd;

    *path = NULL;
    if (number == 0)
        return true;
    fd = create(store, number, path);
    written = fd >= 0 && file_write_all(fd, copy->data, copy->len);
    if (fd >= 0 && close(fd) != 0)
        written = false;
    return written;
}

/* A quoted local part may hold what would break the line apart: \xHH. */
static void append_address(GString *line, const char *address)
{
    for (; *address; address++) {
        if (*address > ' ' && *address <= '~' && *address != ',')
            g_string_append_c(line, *address);
        else
            g_string_append_printf(line, "\\x%02X", (unsigned char)*address);
    }
}

static bool log_line(const SmtpSinkStore *store, const char *envid, const GPtrArray *recipients, int64_t size)
{
    g_autoptr(GString) line = NULL;

    if (store->log < 0)
        return true;
    line = g_string_new("accepted ");
    g_string_append(line, *envid ? envid : "-");
    for (guint i = 0; i < recipients->len; i++) {
        g_string_append_c(line, i == 0 ? ' ' : ',');
        append_address(line, (const char *)recipients->pdata[i]);
    }
    g_string_append_printf(line, " %" G_GINT64_FORMAT "\n", size);
    return write(store->log, line->str, line->len) == (ssize_t)line->len;
}

bool smtp_sink_store_accept(SmtpSinkStore *store, const char *envid, const GPtrArray *recipients,
                            const SmtpSinkContent *content)
{
    g_autofree char *path = NULL;
    bool done =
        (!content->keep || keep(store, content->copy, &path)) && log_line(store, envid, recipients, content->size);

    if (done)
        atomic_fetch_add(&store->accepted, 1);
    else if (path)
        unlink(path);
    return done;
}

int64_t smtp_sink_store_accepted(const SmtpSinkStore *store)
{
    return atomic_load(&store->accepted);
}
