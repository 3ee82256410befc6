#include "cli/evidence.h"

#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"

#define FOLDER "evidence"

bool evidence_keep(const char *folder, const char *path, Evidence *evidence, GError **error)
{
    g_autofree char *kept = g_build_filename(folder, FOLDER, NULL);
    g_autofree char *name = g_path_get_basename(path);
    g_autofree char *copy = NULL;
    g_autofree char *bytes = NULL;
    size_t size;

    *evidence = (Evidence){.name = NULL};
    if (!g_utf8_validate(name, -1, NULL) || text_has_controls(name, strlen(name))) {
        g_autofree char *shown = g_filename_display_name(name);

        error_set(error, BREACH_ERROR_INPUT, "work-line",
                  "the name of the file %s cannot stand in the case record: give it one of plain text", shown);
        return false;
    }
    bytes = file_read(path, EVIDENCE_MOST, &size, error);
    if (!bytes || !file_make_folder(kept, 0700, error))
        return false;
    evidence->digest = g_compute_checksum_for_data(G_CHECKSUM_SHA256, (const guchar *)bytes, size);
    evidence->name = g_steal_pointer(&name);
    evidence->path = g_build_filename(FOLDER, evidence->digest, NULL);
    copy = g_build_filename(folder, evidence->path, NULL);
    if (access(copy, F_OK) == 0)
        return true;
    if (file_write(copy, bytes, size, 0600, error))
        return true;
    evidence_clear(evidence);
    return false;
}

void evidence_clear(Evidence *evidence)
{
    g_clear_pointer(&evidence->name, g_free);
    g_clear_pointer(&evidence->digest, g_free);
    g_clear_pointer(&evidence->path, g_free);
}
