/* playbook_edit - a playbook with a few of its values replaced; everything else, its comments too, stays as it stands.
 * Threads: safe. */
#ifndef BREACH_CLI_PLAYBOOK_EDIT_H
#define BREACH_CLI_PLAYBOOK_EDIT_H

#include <glib.h>

typedef struct PlaybookEdit {
    const char *id;     /* for incident.id */
    const char *status; /* for incident.status */
    const char *mark;   /* for the times and counts of another incident, which have to be written anew; NULL: none */
} PlaybookEdit;

/* playbook_edit: the text of `path`, changed as `edit` says: also edition: 1, and a people file beside the playbook,
 * whose name goes to *people (newly allocated; NULL when the playbook names none). Newly allocated. Error:
 * BREACH_ERROR_INPUT when it is no YAML, or when one of the values is not written on one line. */
char *playbook_edit(const char *path, const PlaybookEdit *edit, char **people, GError **error);

#endif
