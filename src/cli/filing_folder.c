#include "cli/filing_folder.h"

#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/fault.h"
#include "base/file.h"
#include "base/text.h"

#define FOLDER      "filings"
#define REPORT_MOST (4 * 1024 * 1024) /* bytes */

static char *path_of(const char *folder, const char *name)
{
    g_autofree char *file = g_strconcat(name, ".json", NULL);

    return g_build_filename(folder, FOLDER, file, NULL);
}

/* Names of regimes and steps hold no full stop, so that no digest and no other step has this name. */
static char *prepared_path(const char *folder, const char *regime, const char *step)
{
    g_autofree char *name = g_strconcat(regime, ".", step, NULL);

    return path_of(folder, name);
}

static bool make_folder(const char *folder, GError **error)
{
    g_autofree char *filings = g_build_filename(folder, FOLDER, NULL);

    return file_make_folder(filings, 0700, error);
}

bool filing_folder_keep(const char *folder, const json_t *report, GError **error)
{
    g_autofree char *path = prepared_path(folder, json_string_value(json_object_get(report, "regime")),
                                          json_string_value(json_object_get(report, "step")));
    g_autofree char *text = text_canonical_json(report);

    return make_folder(folder, error) && file_write(path, text, strlen(text), 0600, error);
}

/* When a report says that it was prepared. */
static Moment prepared_at(const char *text, size_t size)
{
    json_auto_t *report = json_loadb(text, size, 0, NULL);
    const char *at = json_string_value(json_object_get(report, "prepared_at"));
    Moment moment = {.known = false};

    if (!at || !moment_parse(at, &moment, NULL))
        moment.known = false;
    return moment;
}

bool filing_folder_take(const char *folder, const char *regime, const char *step, char **digest, Moment *prepared,
                        GError **error)
{
    g_autofree char *path = prepared_path(folder, regime, step);
    g_autofree char *text = NULL;
    g_autofree char *sum = NULL;
    g_autofree char *kept = NULL;
    size_t size;

    *digest = NULL;
    prepared->known = false;
    if (access(path, F_OK) != 0)
        return true;
    text = file_read(path, REPORT_MOST, &size, error);
    if (!text)
        return false;
    sum = g_compute_checksum_for_data(G_CHECKSUM_SHA256, (const guchar *)text, size);
    kept = path_of(folder, sum);
    if (!file_write(kept, text, size, 0600, error))
        return false;
    fault_point("filing_kept");
    *prepared = prepared_at(text, size);
    *digest = g_steal_pointer(&sum);
    return true;
}

void filing_folder_took(const char *folder, const char *regime, const char *step)
{
    g_autofree char *path = prepared_path(folder, regime, step);

    (void)unlink(path); /* one that stays is only taken for the next filing */
}

json_t *filing_folder_previous(const char *folder, const CaseFiling *filing, GError **error)
{
    const char *digest = case_event_text(filing->event, "report");
    g_autofree char *path = digest ? path_of(folder, digest) : NULL;
    g_autofree char *text = NULL;
    g_autofree char *sum = NULL;
    json_t *report;
    size_t size;

    if (!digest || strlen(digest) != 64 || strspn(digest, "0123456789abcdef") != 64)
        return NULL;
    text = file_read(path, REPORT_MOST, &size, error);
    if (!text)
        return NULL;
    sum = g_compute_checksum_for_data(G_CHECKSUM_SHA256, (const guchar *)text, size);
    report = strcmp(sum, digest) == 0 ? json_loadb(text, size, JSON_REJECT_DUPLICATES, NULL) : NULL;
    if (!report)
        error_set(error, BREACH_ERROR_INPUT, "filing-changed",
                  "%s is no longer the report that was filed: restore it from a backup", path);
    return report;
}
