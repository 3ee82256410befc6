/* drill_folder - where a drill plays: a copy of the playbook whose times begin when the story does, its people with
 * those who were invented, and a state folder of its own.
 *
 * It lies in ID.drill.breach beside the playbook (or in --state DIR), apart from the incident and from its rehearsals;
 * the folders beside the playbook are linked, not copied. Each drill begins it anew. Threads: one. Errors:
 * BREACH_ERROR_INPUT, BREACH_ERROR_CREATE; BREACH_ERROR_TEMPORARY while another drill plays there. */
#ifndef BREACH_CLI_DRILL_FOLDER_H
#define BREACH_CLI_DRILL_FOLDER_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "model/playbook.h"
#include "model/scenario.h"

typedef struct DrillFolder {
    char *path;               /* owned; absolute */
    char *playbook;           /* owned; the copy */
    char *people;             /* owned; the people file of the copy, or NULL */
    char *state;              /* owned; for --state of every command */
    char *mail;               /* owned; the mbox that comes back */
    char *log;                /* owned; what the embedded relay took */
    char *transcript;         /* owned; what every command said */
    const GPtrArray *renames; /* borrowed from the playbook */
    int64_t count;            /* people */
    int64_t invented;         /* of these */
    Moment starts;            /* when the story begins */
    int lock;                 /* descriptor */
} DrillFolder;

typedef struct DrillFolderRequest {
    const Playbook *playbook; /* borrowed until drill_folder_free() */
    const char *path;         /* of the playbook */
    const char *state;        /* --state, or NULL */
    const Scenario *scenario;
    int64_t now; /* ms; when the story begins if the playbook has no time */
} DrillFolderRequest;

DrillFolder *drill_folder_make(const DrillFolderRequest *request, GError **error);
void drill_folder_free(DrillFolder *folder);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DrillFolder, drill_folder_free)

/* drill_folder_edit: what an EDIT says. drill_folder_grow: so many more people. */
bool drill_folder_edit(DrillFolder *folder, const ScenarioStep *step, GError **error);
bool drill_folder_grow(DrillFolder *folder, int64_t more, GError **error);

#endif
