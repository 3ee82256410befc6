#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

#include "base/error.h"

#ifndef SMB2_SUPER_MAGIC
#define SMB2_SUPER_MAGIC 0xFE534D42
#endif
#ifndef CIFS_SUPER_MAGIC
#define CIFS_SUPER_MAGIC 0xFF534D42
#endif

static bool fail_reading(GError **error, const char *path)
{
    error_set(error, BREACH_ERROR_INPUT, "file-unreadable", "cannot read %s: %s", path, g_strerror(errno));
    return false;
}

static bool fail_creating(GError **error, const char *path)
{
    error_set(error, BREACH_ERROR_CREATE, "file-create", "cannot create %s: %s", path, g_strerror(errno));
    return false;
}

static bool fail_making_folder(GError **error, const char *path)
{
    error_set(error, BREACH_ERROR_CREATE, "file-folder", "cannot create folder %s: %s", path, g_strerror(errno));
    return false;
}

/* read() that a signal does not end early. */
static ssize_t read_some(int fd, void *bytes, size_t size)
{
    ssize_t got;

    do
        got = read(fd, bytes, size);
    while (got < 0 && errno == EINTR);
    return got;
}

char *file_read(const char *path, size_t limit, size_t *size, GError **error)
{
    GString *bytes = NULL;
    char chunk[65536];
    ssize_t got;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

    if (fd < 0) {
        fail_reading(error, path);
        return NULL;
    }
    bytes = g_string_new(NULL);
    while ((got = read_some(fd, chunk, sizeof chunk)) > 0 && bytes->len <= limit)
        g_string_append_len(bytes, chunk, got);
    if (got < 0)
        fail_reading(error, path);
    else if (bytes->len > limit)
        error_set(error, BREACH_ERROR_INPUT, "file-too-large", "%s is larger than %zu bytes", path, limit);
    close(fd);
    if (got < 0 || bytes->len > limit) {
        g_string_free(bytes, TRUE);
        return NULL;
    }
    if (size)
        *size = bytes->len;
    return g_string_free(bytes, FALSE);
}

bool file_write_all(int fd, const void *data, size_t size)
{
    const char *bytes = data;

    while (size > 0) {
        ssize_t done = write(fd, bytes, size);

        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0)
            return false;
        bytes += done;
        size -= (size_t)done;
    }
    return true;
}

static bool put(const char *path, const char *bytes, size_t size, int mode, bool sync, GError **error)
{
    bool written;
    int fd;

    /* What a killed process left behind may have another mode. */
    unlink(path);
    fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    if (fd < 0)
        return fail_creating(error, path);
    (void)fchmod(fd, (mode_t)mode); /* our umask is for what nobody else may read; not every file system has modes */
    written = file_write_all(fd, bytes, size) && (!sync || fsync(fd) == 0);
    if (!written)
        error_set(error, BREACH_ERROR_CREATE, "file-write", "cannot write %s: %s", path, g_strerror(errno));
    close(fd);
    if (!written)
        unlink(path);
    return written;
}

bool file_put(const char *path, const char *bytes, size_t size, int mode, GError **error)
{
    return put(path, bytes, size, mode, false, error);
}

bool file_sync_all(const char *folder, GError **error)
{
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool synced = fd >= 0 && syncfs(fd) == 0;

    if (!synced)
        error_set(error, BREACH_ERROR_CREATE, "file-sync", "cannot sync %s: %s", folder, g_strerror(errno));
    if (fd >= 0)
        close(fd);
    return synced;
}

bool file_write(const char *path, const char *bytes, size_t size, int mode, GError **error)
{
    g_autofree char *temporary = g_strconcat(path, ".new", NULL);
    g_autofree char *folder = g_path_get_dirname(path);

    if (!put(temporary, bytes, size, mode, true, error))
        return false;
    if (rename(temporary, path) != 0) {
        fail_creating(error, path);
        unlink(temporary);
        return false;
    }
    return file_sync(folder, error);
}

bool file_sync(const char *path, GError **error)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    bool synced = fd >= 0 && fsync(fd) == 0;

    if (!synced)
        error_set(error, BREACH_ERROR_CREATE, "file-sync", "cannot sync %s: %s", path, g_strerror(errno));
    if (fd >= 0)
        close(fd);
    return synced;
}

bool file_make_folder(const char *path, int mode, GError **error)
{
    struct stat info;

    if (mkdir(path, (mode_t)mode) == 0)
        return true;
    if (errno != EEXIST)
        return fail_making_folder(error, path);
    if (stat(path, &info) == 0 && S_ISDIR(info.st_mode))
        return true;
    errno = ENOTDIR;
    return fail_making_folder(error, path);
}

/* Whoever only asks (file_is_locked) has it for an instant, which is no reason to refuse. */
#define LOCK_TRIES 10
#define LOCK_PAUSE 2000000 /* ns */

static bool take_lock(int fd)
{
    const struct timespec pause = {.tv_nsec = LOCK_PAUSE};

    for (int i = 1; flock(fd, LOCK_EX | LOCK_NB) != 0; i++) {
        if (errno != EWOULDBLOCK || i >= LOCK_TRIES)
            return false;
        (void)nanosleep(&pause, NULL);
        errno = EWOULDBLOCK;
    }
    return true;
}

bool file_is_locked(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    bool is_locked = fd >= 0 && flock(fd, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;

    if (fd >= 0)
        close(fd);
    return is_locked;
}

void file_remove_tree(const char *path)
{
    DIR *entries = opendir(path);
    const struct dirent *entry;

    while (entries && (entry = readdir(entries)) != NULL) {
        g_autofree char *inside = g_build_filename(path, entry->d_name, NULL);
        struct stat info;

        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        if (lstat(inside, &info) == 0 && S_ISDIR(info.st_mode))
            file_remove_tree(inside);
        else
            unlink(inside);
    }
    if (entries)
        closedir(entries);
    rmdir(path);
}

int file_lock(const char *path, GError **error)
{
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

    if (fd < 0) {
        fail_creating(error, path);
        return -1;
    }
    if (take_lock(fd))
        return fd;
    if (errno == EWOULDBLOCK)
        error_set(error, BREACH_ERROR_TEMPORARY, "file-locked", "another breach process is at work here (%s is locked)",
                  path);
    else
        error_set(error, BREACH_ERROR_CREATE, "file-lock", "cannot lock %s: %s", path, g_strerror(errno));
    close(fd);
    return -1;
}

bool file_is_network(const char *path)
{
    static const unsigned long kinds[] = {NFS_SUPER_MAGIC, SMB_SUPER_MAGIC,  SMB2_SUPER_MAGIC, CIFS_SUPER_MAGIC,
                                          AFS_SUPER_MAGIC, CODA_SUPER_MAGIC, V9FS_MAGIC,       CEPH_SUPER_MAGIC};
    struct statfs info;

    if (statfs(path, &info) != 0)
        return false;
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++)
        if (((unsigned long)info.f_type & 0xffffffffUL) == kinds[i])
            return true;
    return false;
}

bool file_stamp(const char *path, FileStamp *stamp, GError **error)
{
    struct stat info;

    if (stat(path, &info) != 0)
        return fail_reading(error, path);
    stamp->inode = info.st_ino;
    stamp->size = info.st_size;
    stamp->modified = (int64_t)info.st_mtim.tv_sec * 1000000000 + info.st_mtim.tv_nsec;
    return true;
}

char *file_sha256(const char *path, GError **error)
{
    g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);
    unsigned char chunk[65536];
    ssize_t got;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

    if (fd < 0) {
        fail_reading(error, path);
        return NULL;
    }
    while ((got = read_some(fd, chunk, sizeof chunk)) > 0)
        g_checksum_update(checksum, chunk, got);
    if (got < 0)
        fail_reading(error, path);
    close(fd);
    return got < 0 ? NULL : g_strdup(g_checksum_get_string(checksum));
}

static char *first_line(const char *path)
{
    char *text = file_read(path, 4096, NULL, NULL);

    return text ? g_strchomp(text) : g_strdup("");
}

char *file_boot_id(void)
{
#ifdef BREACH_FAULTS
    const char *pretended = getenv("BREACH_BOOT_ID");

    if (pretended)
        return g_strdup(pretended);
#endif
    return first_line("/proc/sys/kernel/random/boot_id");
}

/* The birth time tells a folder from one that was made later in its place: file systems give inode numbers out again.
 * The device's number is left out, for it may be another after every boot; where there is no birth time, the file
 * system's id stands in for it. */
char *file_place(const char *path, GError **error)
{
    g_autofree char *machine = first_line("/etc/machine-id");
    struct statx info;
    struct statfs system = {0};

    if (statx(AT_FDCWD, path, 0, STATX_INO | STATX_BTIME, &info) != 0 || statfs(path, &system) != 0) {
        fail_reading(error, path);
        return NULL;
    }
    if (info.stx_mask & STATX_BTIME)
        return g_strdup_printf("%s:%" G_GINT64_MODIFIER "x:%" G_GINT64_MODIFIER "x.%x", machine, (guint64)info.stx_ino,
                               (guint64)info.stx_btime.tv_sec, info.stx_btime.tv_nsec);
    return g_strdup_printf("%s:%" G_GINT64_MODIFIER "x:fs%x.%x", machine, (guint64)info.stx_ino,
                           (unsigned)system.f_fsid.__val[0], (unsigned)system.f_fsid.__val[1]);
}
