/* playbook_edit - a playbook with a few of its values replaced; everything else, its comments too, stays as it stands.
 * Threads: safe. */
#ifndef BREACH_CLI_PLAYBOOK_EDIT_H
#define BREACH_CLI_PLAYBOOK_EDIT_H

#include <glib.h>

#include "load/yaml.h"

typedef struct PlaybookEdit {
    const char *id;     /* for incident.id */
    const char *status; /* for incident.status */
    const char *mark;   /* for the times and counts of another incident, which have to be written anew; NULL: none */
} PlaybookEdit;

/* playbook_edit: the text of `path`, changed as `edit` says: also edition: 1, and a people file beside the playbook,
 * whose name goes to *people (newly allocated; NULL when the playbook names none). Newly allocated. Error:
 * BREACH_ERROR_INPUT when it is no YAML, or when one of the values is not written on one line. */
char *playbook_edit(const char *path, const PlaybookEdit *edit, char **people, GError **error);

/* One value and what takes its place. */
typedef struct PlaybookChange {
    const YamlNode *node; /* borrowed; a scalar */
    const char *text;     /* borrowed; as it is written in YAML */
} PlaybookChange;

/* playbook_edit_parse: the tree of a playbook's text; `path` stands in messages. playbook_edit_apply: the text with
 * `changes` (of PlaybookChange, of that tree; they are sorted); newly allocated. Errors: as above. playbook_edit_quoted: a
 * name as a YAML value, in quotes when it could be anything else; newly allocated. */
YamlNode *playbook_edit_parse(const char *path, const char *text, GError **error);
char *playbook_edit_apply(const char *text, GArray *changes, GError **error);
char *playbook_edit_quoted(const char *name);

#endif
