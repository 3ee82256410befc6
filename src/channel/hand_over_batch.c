#include "channel/hand_over_batch.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/fault.h"
#include "base/file.h"
#include "channel/hand_over.h"

#define PARTIAL      ".partial-"
#define BATCH        "batch-"
#define IDS          "ids.txt"
#define IDS_MAX      (1 << 20)
#define NUMBER_TRIES 1000

struct HandOverBox {
    const GatewayPrint *print; /* borrowed */
};

struct HandOverBatch {
    HandOverBox *box;
    char *folder; /* owned; the partial one, or where it lies once it is committed */
    int lock;     /* its descriptor, locked for as long as we live */
    GString *ids; /* lines of ids.txt */
    guint count;
    bool committed;
};

/* Clearing up ----------------------------------------------------------------------------------------------------- */

/* A partial batch whose lock nobody holds belongs to a process that is gone. */
static void remove_if_left(const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);

    if (fd < 0)
        return;
    if (flock(fd, LOCK_EX | LOCK_NB) == 0)
        file_remove_tree(path);
    close(fd);
}

static bool clear_up(const char *folder, GError **error)
{
    DIR *entries = opendir(folder);
    const struct dirent *entry;

    if (!entries) {
        error_set(error, BREACH_ERROR_CREATE, "handover-folder", "cannot use the folder %s: %s", folder,
                  g_strerror(errno));
        return false;
    }
    while ((entry = readdir(entries)) != NULL)
        if (g_str_has_prefix(entry->d_name, PARTIAL)) {
            g_autofree char *path = g_build_filename(folder, entry->d_name, NULL);

            remove_if_left(path);
        }
    closedir(entries);
    return true;
}

/* Boxes ----------------------------------------------------------------------------------------------------------- */

HandOverBox *hand_over_box_open(const GatewayPrint *print, GError **error)
{
    HandOverBox *box;

    if (mkdir(print->folder, 0700) < 0 && errno != EEXIST) {
        error_set(error, BREACH_ERROR_CREATE, "handover-folder", "cannot use the folder %s: %s", print->folder,
                  g_strerror(errno));
        return NULL;
    }
    if (!clear_up(print->folder, error))
        return NULL;
    box = g_new0(HandOverBox, 1);
    box->print = print;
    return box;
}

void hand_over_box_close(HandOverBox *box)
{
    g_free(box);
}

/* Lines are "ID ATTEMPT". */
static bool is_listed(const char *folder, const char *batch, const char *id, int from)
{
    g_autofree char *path = g_build_filename(folder, batch, IDS, NULL);
    g_autofree char *ids = file_read(path, IDS_MAX, NULL, NULL);
    g_autofree char *start = g_strconcat(id, " ", NULL);
    const char *at = ids;

    while (at && (at = strstr(at, start)) != NULL) {
        bool is_line = at == ids || at[-1] == '\n';

        at += strlen(start);
        if (is_line && g_ascii_strtoll(at, NULL, 10) >= from)
            return true;
    }
    return false;
}

char *hand_over_box_find(HandOverBox *box, const char *id, int from)
{
    DIR *entries = opendir(box->print->folder);
    const struct dirent *entry;
    char *found = NULL;

    while (entries && !found && (entry = readdir(entries)) != NULL)
        if (g_str_has_prefix(entry->d_name, BATCH) && is_listed(box->print->folder, entry->d_name, id, from))
            found = g_strdup(entry->d_name);
    if (entries)
        closedir(entries);
    return found;
}

/* Batches --------------------------------------------------------------------------------------------------------- */

static void set_folder_error(const HandOverBox *box, GError **error)
{
    error_set(error, BREACH_ERROR_CREATE, "handover-folder", "cannot use the folder %s: %s", box->print->folder,
              g_strerror(errno));
}

HandOverBatch *hand_over_batch_begin(HandOverBox *box, GError **error)
{
    HandOverBatch *batch = g_new0(HandOverBatch, 1);

    batch->box = box;
    batch->lock = -1;
    batch->ids = g_string_new(NULL);
    batch->folder = g_build_filename(box->print->folder, PARTIAL "XXXXXX", NULL);
    if (mkdtemp(batch->folder))
        batch->lock = open(batch->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (batch->lock >= 0 && flock(batch->lock, LOCK_EX | LOCK_NB) == 0)
        return batch;
    set_folder_error(box, error);
    hand_over_batch_free(batch);
    return NULL;
}

const char *hand_over_batch_folder(const HandOverBatch *batch)
{
    return batch->folder;
}

void hand_over_batch_add(HandOverBatch *batch, const char *id, int attempt)
{
    g_string_append_printf(batch->ids, "%s %d\n", id, attempt);
    batch->count++;
}

/* Folders in it; its files were synced when they were closed. */
static bool sync_folders(const char *path, GError **error)
{
    DIR *entries = opendir(path);
    const struct dirent *entry;
    bool done = entries != NULL;

    while (done && (entry = readdir(entries)) != NULL) {
        g_autofree char *inside = g_build_filename(path, entry->d_name, NULL);
        struct stat info;

        if (entry->d_name[0] != '.' && lstat(inside, &info) == 0 && S_ISDIR(info.st_mode))
            done = file_sync(inside, error);
    }
    if (entries)
        closedir(entries);
    return done && file_sync(path, error);
}

bool hand_over_batch_seal(HandOverBatch *batch, GError **error)
{
    const GatewayEncrypt plain = {.tool = GATEWAY_ENCRYPT_NONE};
    HandOver *ids = hand_over_open(&plain, batch->folder, IDS, error);

    if (!ids)
        return false;
    hand_over_text(ids, batch->ids->str);
    return hand_over_close(ids, error) && sync_folders(batch->folder, error);
}

static guint64 last_number(const char *folder)
{
    DIR *entries = opendir(folder);
    const struct dirent *entry;
    guint64 last = 0;

    while (entries && (entry = readdir(entries)) != NULL)
        if (g_str_has_prefix(entry->d_name, BATCH))
            last = MAX(last, g_ascii_strtoull(entry->d_name + strlen(BATCH), NULL, 10));
    if (entries)
        closedir(entries);
    return last;
}

/* A batch is never empty, so rename() cannot replace one that another process has put there meanwhile. */
static bool move_to(HandOverBatch *batch, guint64 number, char **name)
{
    g_autofree char *wanted = g_strdup_printf(BATCH "%04" G_GUINT64_FORMAT, number);
    g_autofree char *path = g_build_filename(batch->box->print->folder, wanted, NULL);

    if (rename(batch->folder, path) < 0)
        return false;
    g_free(batch->folder);
    batch->folder = g_steal_pointer(&path);
    batch->committed = true;
    *name = g_steal_pointer(&wanted);
    return true;
}

char *hand_over_batch_commit(HandOverBatch *batch, bool *unsure, GError **error)
{
    const char *folder = batch->box->print->folder;
    guint64 number = last_number(folder);
    char *name = NULL;
    int tries = 0;

    *unsure = false;
    fault_point("hand_over_commit_before");
    while (!move_to(batch, ++number, &name) && (errno == ENOTEMPTY || errno == EEXIST) && ++tries < NUMBER_TRIES)
        continue;
    if (!name) {
        set_folder_error(batch->box, error);
        return NULL;
    }
    fault_point("hand_over_commit_after");
    if (!file_sync(folder, error)) {
        *unsure = true;
        g_clear_pointer(&name, g_free);
    }
    return name;
}

void hand_over_batch_free(HandOverBatch *batch)
{
    if (!batch)
        return;
    if (!batch->committed)
        file_remove_tree(batch->folder);
    if (batch->lock >= 0)
        close(batch->lock);
    g_string_free(batch->ids, TRUE);
    g_free(batch->folder);
    g_free(batch);
}
