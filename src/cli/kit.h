/* kit - what is laid out on paper beside the announcement: a holding statement, a sheet of questions and answers for
 * those who take calls, and a note to the staff, in each language, from the same playbook. Nothing in it is about one
 * person.
 *
 * Threads: one. */
#ifndef BREACH_CLI_KIT_H
#define BREACH_CLI_KIT_H

#include <stdbool.h>

#include <glib.h>

#include "cli/workspace.h"
#include "dispatch/publish_text.h"

/* kit_write: writes DIR/LOCALE/{holding,questions,staff}.txt, and appends the paths to `files` (of char *, owned by
 * it). What is worded badly is a warning in the findings. false: nothing could be made of a sheet (findings), or
 * `error`. */
bool kit_write(const Workspace *workspace, const char *folder, GPtrArray *files, GError **error);

/* kit_draft: writes what would be published into `folder`: a page and a plain text for each language; as kit_write().
 */
bool kit_draft(const PublishPlan *plan, const char *folder, GPtrArray *files, GError **error);

/* kit_lint: what a reader of these texts would stumble over, as warnings; `channel` as in load/load_template.h. */
void kit_lint(const Workspace *workspace, const PublishRendering *rendering);

#endif
