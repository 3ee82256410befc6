/* filing_folder - reports as they were prepared and filed, in `filings` of the state folder: what the next report of
 * the step is compared with.
 *
 * A report that is prepared lies under the name of its step until it is filed; then it lies under its SHA-256, which
 * stands in the case record. Files are 0600: they hold what is confidential. Threads: one. */
#ifndef BREACH_CLI_FILING_FOLDER_H
#define BREACH_CLI_FILING_FOLDER_H

#include <stdbool.h>

#include <glib.h>
#include <jansson.h>

#include "model/case_state.h"

/* filing_folder_keep: keeps `report` (filing_json()) as the latest that was prepared for its step; the state folder
 * exists. Error: BREACH_ERROR_CREATE. */
bool filing_folder_keep(const char *folder, const json_t *report, GError **error);

/* filing_folder_take: the report that was prepared for the step becomes one that was filed: *digest is its SHA-256,
 * newly allocated, or NULL when none was prepared; *prepared is when that was. Before the event: what is killed in between is taken again.
 * filing_folder_took: after the event: the prepared one goes. Error: BREACH_ERROR_CREATE, BREACH_ERROR_INPUT. */
bool filing_folder_take(const char *folder, const char *regime, const char *step, char **digest, Moment *prepared,
                        GError **error);
void filing_folder_took(const char *folder, const char *regime, const char *step);

/* filing_folder_previous: the report of a filing, compared with the digest in its event; NULL when none was kept (no
 * error) or it cannot be trusted. Error: BREACH_ERROR_INPUT. A new reference. */
json_t *filing_folder_previous(const char *folder, const CaseFiling *filing, GError **error);

#endif
