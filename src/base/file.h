/* file - files and folders: bounded reads, durable writes, locks, digests, and what kind of place a folder is.
 *
 * Every descriptor is opened close-on-exec. Threads: safe. */
#ifndef BREACH_BASE_FILE_H
#define BREACH_BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>

/* file_read: the whole file, NUL-terminated, newly allocated; *size without the NUL. Error: BREACH_ERROR_INPUT when it
 * cannot be read or is larger than `limit` bytes. */
char *file_read(const char *path, size_t limit, size_t *size, GError **error);

/* file_write_all: writes all `size` bytes to a descriptor, however often it takes; false with errno set. */
bool file_write_all(int fd, const void *data, size_t size);

/* file_write: replaces `path` durably: temporary file beside it, fsync, rename, fsync of the folder. `mode` is what the
 * file has in the end, whatever the umask. Error:
 * BREACH_ERROR_CREATE. */
bool file_write(const char *path, const char *bytes, size_t size, int mode, GError **error);

/* file_put: writes a file of this name anew, and does not wait for the disk: for many that file_sync_all() makes durable
 * together, with everything else on the file system of `folder`. A crash before it may leave half a file. Error:
 * BREACH_ERROR_CREATE. */
bool file_put(const char *path, const char *bytes, size_t size, int mode, GError **error);
bool file_sync_all(const char *folder, GError **error);

/* file_sync: fsyncs a file or a folder. Error: BREACH_ERROR_CREATE. */
bool file_sync(const char *path, GError **error);

/* file_make_folder: creates `path` (not its parents) with `mode` if it is not there. Error: BREACH_ERROR_CREATE. */
bool file_make_folder(const char *path, int mode, GError **error);

/* file_remove_tree: removes a folder with all that is in it. Links are removed, never followed. */
void file_remove_tree(const char *path);

/* file_lock: takes an exclusive flock on `path` (created if need be) without waiting. Returns a descriptor that holds
 * it until closed, or -1. Error: BREACH_ERROR_TEMPORARY when another process has it, BREACH_ERROR_CREATE otherwise. */
int file_lock(const char *path, GError **error);

/* file_is_locked: whether another process has it; false when it is not there. Any number may ask at a time, as often as
 * they like: nobody who asks is taken for one who has it, and file_lock() waits out the instant. */
bool file_is_locked(const char *path);

/* file_is_network: whether `path` lies on a network file system, where flock and fsync cannot be trusted. */
bool file_is_network(const char *path);

typedef struct FileStamp {
    int64_t size;     /* bytes */
    int64_t modified; /* nanoseconds since 1970 */
    uint64_t inode;   /* another one: the file was replaced */
} FileStamp;

/* file_stamp: size and time of modification. Error: BREACH_ERROR_INPUT. */
bool file_stamp(const char *path, FileStamp *stamp, GError **error);

/* file_sha256: lower-case hexadecimal SHA-256 of the file, newly allocated. Error: BREACH_ERROR_INPUT. */
char *file_sha256(const char *path, GError **error);

/* file_boot_id: the id of this boot of the machine (Linux), newly allocated; "" when the system does not say. In a
 * build with fault points BREACH_BOOT_ID replaces it. */
char *file_boot_id(void);

/* file_place: machine id, inode and birth of an existing folder as one string, newly allocated. A moved folder
 * keeps it, a copied one does not. Error: BREACH_ERROR_INPUT. */
char *file_place(const char *path, GError **error);

#endif
