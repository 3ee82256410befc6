/* incident_folder - a new incident's folder: copied from the blank one that comes with breach, or from a standing one
 * that was rehearsed, with an id of its own and marks where somebody has to write.
 *
 * It is built beside its place and renamed there at the end: whatever goes wrong, nothing half-written remains. State
 * folders and secrets are never copied. Threads: one. */
#ifndef BREACH_CLI_INCIDENT_FOLDER_H
#define BREACH_CLI_INCIDENT_FOLDER_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "model/playbook.h"

typedef struct IncidentFolderRequest {
    const char *folder; /* as typed; must not exist, or be empty */
    const char *from;   /* a standing folder, or its playbook; NULL: the blank one */
    const char *blank;  /* the blank folder, in the language of whoever will fill it in */
    const char *mark;   /* what stands where somebody has to write */
    IncidentStatus status;
    int64_t now;
} IncidentFolderRequest;

typedef struct IncidentLeftOut {
    char *path;         /* owned; below the standing folder */
    const char *reason; /* static, English; N_() */
} IncidentLeftOut;

typedef struct IncidentSecret {
    char *reference; /* owned; env:NAME or file:PATH */
    char *gateway;   /* owned; "gateways/NAME.yaml" */
} IncidentSecret;

typedef struct IncidentFolder {
    char *path;         /* owned; absolute */
    char *id;           /* owned */
    GPtrArray *files;   /* owned; of char *: what was written, below `path`, sorted */
    GPtrArray *left;    /* owned; of IncidentLeftOut * */
    GPtrArray *secrets; /* owned; of IncidentSecret *: what the gateways need */
    size_t to_fill;     /* marks in the new files */
} IncidentFolder;

/* incident_folder_make: error: BREACH_ERROR_CREATE (the folder is there and not empty, cannot be written),
 * BREACH_ERROR_INPUT (the standing folder cannot be used), BREACH_ERROR_CONFIG (the blank one is not installed). */
IncidentFolder *incident_folder_make(const IncidentFolderRequest *request, GError **error);

void incident_folder_free(IncidentFolder *folder);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(IncidentFolder, incident_folder_free)

#endif
