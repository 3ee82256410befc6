/* law_file - the files of law data: where they are looked for, and what they all have in common.
 *
 * Beside the playbook (`KIND/ID.yaml`), then in `<data>/playbooks/KIND/`. KIND is regimes, calendars, severity,
 * policies or forms. All of them begin with `version: 1` and `id:`, the name of the file. Threads: as schema.h. */
#ifndef BREACH_LOAD_LAW_FILE_H
#define BREACH_LOAD_LAW_FILE_H

#include <stdbool.h>

#include <glib.h>

#include "base/finding.h"
#include "load/schema.h"
#include "model/civil_day.h"

#define LAW_FILE_STAGE FINDING_REPORT

/* law_file_ids: the findings of what is wrong in such a file, for SchemaCheck.ids. */
extern const char *const law_file_ids[SCHEMA_MISTAKES];

/* The first keys of a table; `type` is the struct, whose member `id` is a char *. */
#define LAW_FILE_FIELDS(type)                                                                                          \
    {"version", SCHEMA_CUSTOM, LAW_FILE_STAGE, .is_required = true, .set = schema_set_version, .hint = "version: 1"},  \
    {                                                                                                                  \
        "id", SCHEMA_NAME, LAW_FILE_STAGE, .is_required = true, .offset = offsetof(type, id),                          \
                                           .hint = "id: the name of the file without .yaml"                            \
    }

/* law_file_path: where `id` is; newly allocated. NULL when it is nowhere, which is reported at `at` with a did-you-mean
 * and with what to write. `folder` (the playbook's) and `data` may be NULL. */
char *law_file_path(const char *kind, const char *id, Position at, const char *folder, const char *data,
                    Findings *findings);

/* law_file_names: all ids of a kind, sorted, each once; NULL-terminated; g_strfreev(). */
char **law_file_names(const char *kind, const char *folder, const char *data);

/* law_file_check_id: reports an id that is not the name of the file. */
void law_file_check_id(const SchemaCheck *check, const YamlNode *root, const char *id, const char *path);

/* law_file_day: a SchemaSet whose target is a CivilDay: "2026-07-10". law_file_words: one whose target is a char **,
 * a list of one-line texts (g_strfreev). law_file_texts: one for SCHEMA_LIST whose target is a GPtrArray * of char *.
 */
SchemaSet law_file_day;
SchemaSet law_file_words;
SchemaSet law_file_texts;

/* law_file_zone: takes the zone in which a law counts its days, "Europe/Berlin" or "+08:00", with its name; both are freed
 * before. An unknown one is reported. */
void law_file_zone(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, GTimeZone **zone,
                   char **name);

/* law_file_step_id: whether `text` may name a step, a group, an anchor or a variable: [a-z0-9][a-z0-9_-]*, at most 64.
 */
bool law_file_step_id(const char *text);

#endif
