/* pack_folder - a folder for people outside that appears as a whole or not at all, with a list of the digests of what
 * lies in it.
 *
 * It is made beside its place, synced, and renamed there at the end; until then nothing is there. Folders are 0700,
 * files 0600. With encryption every file is written through the tool (channel/hand_over.h), and the digests are those
 * of the plain files. Threads: one. */
#ifndef BREACH_CLI_PACK_FOLDER_H
#define BREACH_CLI_PACK_FOLDER_H

#include <stdbool.h>
#include <stddef.h>

#include <glib.h>

#include "model/gateway_print.h"

#define PACK_SUMS "SHA256SUMS"

typedef struct PackFolder PackFolder;

/* pack_folder_begin: `path` must not exist, or be an empty folder. `encrypt` is borrowed. Error: BREACH_ERROR_CREATE.
 */
PackFolder *pack_folder_begin(const char *path, const GatewayEncrypt *encrypt, GError **error);

/* pack_folder_write: a file; `name` may have one folder before it ("messages/a.eml"), which is made. Error:
 * BREACH_ERROR_CREATE, BREACH_ERROR_CONFIG (the tool). */
bool pack_folder_write(PackFolder *folder, const char *name, const void *data, size_t size, GError **error);

/* pack_folder_commit: writes SHA256SUMS (sorted by name, as sha256sum -c reads it), and the folder appears. */
bool pack_folder_commit(PackFolder *folder, GError **error);

/* pack_folder_path: where it is, absolute. pack_folder_count: files in it. pack_folder_sums: SHA-256 of SHA256SUMS,
 * once it is committed. Borrowed. */
const char *pack_folder_path(const PackFolder *folder);
size_t pack_folder_count(const PackFolder *folder);
const char *pack_folder_sums(const PackFolder *folder);

/* pack_folder_free: what is not committed is removed; NULL is allowed. */
void pack_folder_free(PackFolder *folder);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PackFolder, pack_folder_free)

/* pack_folder_encrypt: fills `encrypt` for a recipient as it was typed: "age1…" or "ssh-…" for age, else the file of an
 * OpenPGP key; "" or NULL: no encryption. Its strings are owned by the caller. Error: BREACH_ERROR_CONFIG: the tool is
 * not there, or cannot encrypt to it. */
bool pack_folder_encrypt(const char *recipient, GatewayEncrypt *encrypt, GError **error);

#endif
