#include "cli/pack_folder.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/fault.h"
#include "base/file.h"
#include "channel/hand_over.h"

struct PackFolder {
    const GatewayEncrypt *encrypt; /* borrowed */
    char *path;                    /* owned; where it appears */
    char *temporary;               /* owned; where it is made; NULL: it is there */
    GPtrArray *lines;              /* owned; of char *: "DIGEST  NAME" */
    GPtrArray *folders;            /* owned; of char *: below the temporary one */
    char *sums;                    /* owned; once it is committed */
};

/* rename(2) puts a folder in place of an empty one, and of nothing else. */
static bool is_taken(const char *path)
{
    g_autoptr(GDir) entries = g_dir_open(path, 0, NULL);

    return entries ? g_dir_read_name(entries) != NULL : access(path, F_OK) == 0;
}

static bool make_temporary(PackFolder *folder, const char *typed, GError **error)
{
    g_autofree char *name = g_strdup_printf("%s.new-XXXXXX", folder->path);

    if (is_taken(folder->path)) {
        error_set(error, BREACH_ERROR_CREATE, "evidence-taken",
                  "%s is there already, and not empty: choose another folder; nothing was written", typed);
        return false;
    }
    if (!g_mkdtemp_full(name, 0700)) {
        error_set(error, BREACH_ERROR_CREATE, "evidence-folder", "cannot create %s: %s; nothing was written", typed,
                  g_strerror(errno));
        return false;
    }
    folder->temporary = g_steal_pointer(&name);
    return true;
}

PackFolder *pack_folder_begin(const char *path, const GatewayEncrypt *encrypt, GError **error)
{
    PackFolder *folder = g_new0(PackFolder, 1);

    folder->encrypt = encrypt;
    folder->path = g_canonicalize_filename(path, NULL);
    folder->lines = g_ptr_array_new_with_free_func(g_free);
    folder->folders = g_ptr_array_new_with_free_func(g_free);
    if (make_temporary(folder, path, error))
        return folder;
    pack_folder_free(folder);
    return NULL;
}

/* The folder of a name, made at its first file. */
static char *folder_of(PackFolder *folder, const char *name, GError **error)
{
    g_autofree char *below = g_path_get_dirname(name);
    g_autofree char *path = g_build_filename(folder->temporary, below, NULL);

    if (strcmp(below, ".") == 0)
        return g_strdup(folder->temporary);
    if (access(path, F_OK) == 0)
        return g_steal_pointer(&path);
    if (!file_make_folder(path, 0700, error))
        return NULL;
    g_ptr_array_add(folder->folders, g_strdup(path));
    return g_steal_pointer(&path);
}

/* Its digest, newly allocated. */
static char *put(PackFolder *folder, const char *name, const void *data, size_t size, GError **error)
{
    g_autofree char *path = folder_of(folder, name, error);
    g_autofree char *base = g_path_get_basename(name);
    g_autofree char *digest = NULL;
    HandOver *file = path ? hand_over_open(folder->encrypt, path, base, error) : NULL;

    if (!file)
        return NULL;
    hand_over_write(file, data, size);
    digest = g_strdup(hand_over_digest(file));
    fault_point("pack_folder_written");
    return hand_over_close(file, error) ? g_steal_pointer(&digest) : NULL;
}

bool pack_folder_write(PackFolder *folder, const char *name, const void *data, size_t size, GError **error)
{
    g_autofree char *digest = put(folder, name, data, size, error);

    if (!digest)
        return false;
    g_ptr_array_add(folder->lines, g_strdup_printf("%s  %s", digest, name));
    return true;
}

static int by_name(const void *left, const void *right)
{
    const char *a = *(const char *const *)left;
    const char *b = *(const char *const *)right;

    return strcmp(strchr(a, ' '), strchr(b, ' '));
}

static bool write_sums(PackFolder *folder, GError **error)
{
    g_autoptr(GString) sums = g_string_new(NULL);

    g_ptr_array_sort(folder->lines, by_name);
    for (guint i = 0; i < folder->lines->len; i++)
        g_string_append_printf(sums, "%s\n", (const char *)g_ptr_array_index(folder->lines, i));
    folder->sums = put(folder, PACK_SUMS, sums->str, sums->len, error);
    return folder->sums != NULL;
}

bool pack_folder_commit(PackFolder *folder, GError **error)
{
    g_autofree char *parent = g_path_get_dirname(folder->path);

    if (!write_sums(folder, error))
        return false;
    for (guint i = 0; i < folder->folders->len; i++)
        if (!file_sync(g_ptr_array_index(folder->folders, i), error))
            return false;
    if (!file_sync(folder->temporary, error))
        return false;
    fault_point("pack_folder_commit");
    if (rename(folder->temporary, folder->path) != 0) {
        error_set(error, BREACH_ERROR_CREATE, "evidence-folder", "cannot create %s: %s; nothing was written",
                  folder->path, g_strerror(errno));
        return false;
    }
    g_clear_pointer(&folder->temporary, g_free);
    return file_sync(parent, error);
}

const char *pack_folder_path(const PackFolder *folder)
{
    return folder->path;
}

size_t pack_folder_count(const PackFolder *folder)
{
    return folder->lines->len;
}

const char *pack_folder_sums(const PackFolder *folder)
{
    return folder->sums;
}

void pack_folder_free(PackFolder *folder)
{
    if (!folder)
        return;
    if (folder->temporary)
        file_remove_tree(folder->temporary);
    g_free(folder->temporary);
    g_free(folder->path);
    g_free(folder->sums);
    g_ptr_array_unref(folder->lines);
    g_ptr_array_unref(folder->folders);
    g_free(folder);
}

bool pack_folder_encrypt(const char *recipient, GatewayEncrypt *encrypt, GError **error)
{
    *encrypt = (GatewayEncrypt){.tool = GATEWAY_ENCRYPT_NONE};
    if (!recipient || !*recipient)
        return true;
    encrypt->tool = gateway_encrypt_tool(recipient);
    encrypt->recipient =
        encrypt->tool == GATEWAY_ENCRYPT_AGE ? g_strdup(recipient) : g_canonicalize_filename(recipient, NULL);
    encrypt->name = g_strdup(recipient);
    return hand_over_check(encrypt, error);
}
