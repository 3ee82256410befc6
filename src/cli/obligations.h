/* obligations - the words behind `breach obligations PLAYBOOK`: prepare and file, and what both share with the list.
 *
 * Threads: one. */
#ifndef BREACH_CLI_OBLIGATIONS_H
#define BREACH_CLI_OBLIGATIONS_H

#include <stdbool.h>

#include <glib.h>
#include <jansson.h>

#include "cli/workspace.h"
#include "report/lawbook.h"

/* obligations_prepare, obligations_file: `id` is REGIME/STEP, or a step's or group's id that only one regime of the
 * playbook has. Return the exit code. (obligations_prepare.c, obligations_file.c) */
int obligations_prepare(Workspace *workspace, const char *id);
int obligations_file(Workspace *workspace, const char *id);

/* obligations_lawbook: everything that the law part of a command needs, evaluated now: the case record is opened, what
 * the playbook changed is recorded (`record`; otherwise only taken into account), the obligations computed. The
 * workspace's findings get what is wrong with the regimes. NULL with an error. */
Lawbook *obligations_lawbook(const Workspace *workspace, bool record, GError **error);

/* obligations_open: the same; `why` is the reason for what the playbook changed (NULL: "playbook edited"). */
Lawbook *obligations_open(const Workspace *workspace, bool record, const char *why, GError **error);

/* obligations_warn_moved: of the `last` events: each anchor that moved later, which gives more time than there was, or
 * is only a day, so that what counts hours from it has no end. */
void obligations_warn_moved(const Lawbook *lawbook, guint last);

/* obligations_are_asked: whether the playbook names a regime, or a case record is there: without both there is nothing.
 */
bool obligations_are_asked(const Workspace *workspace);

/* obligations_stand_beside: from now on the tightest clock stands beside every verdict (output_verdict()); NULL: no
 * more. The workspace is borrowed until then. */
void obligations_stand_beside(Workspace *workspace);

/* obligations_told: whoever can be reached has been told. With `is_everybody` every step that is owed to people, runs and
 * is in time is recorded as filed now; one that is late is left to a person, who has to say why. The clocks that run from
 * the notices begin in any case: without a filing from which that follows, the anchor individuals_notified is recorded for
 * their regime. What goes wrong is said. */
void obligations_told(const Workspace *workspace, bool is_everybody);

/* obligations_head: prints the tightest clocks, for the head of status. */
void obligations_head(const Workspace *workspace);

/* obligations_title: what is to be done, in the chosen language where the law has it; borrowed. obligations_addressee:
 * who is told by a step, in words; newly allocated; NULL for what is no step. */
const char *obligations_title(const Obligation *obligation);
char *obligations_addressee(const Obligation *obligation);

/* obligations_why: prints rule, citation, anchor and who set it, arithmetic, readings and confidence of one. */
void obligations_why(const Lawbook *lawbook, const Obligation *obligation);

/* obligations_asked: the ids of what runs or lacks a time, to be compared later; a new set that owns them.
 * obligations_warn_gone: says of those that do not apply any more that they went, and why. obligations_warn_edited:
 * likewise for what the playbook changed, of a lawbook that was opened with `record`. */
GHashTable *obligations_asked(const Lawbook *lawbook);
void obligations_warn_gone(const Lawbook *lawbook, GHashTable *before);
void obligations_warn_edited(const Lawbook *lawbook);

/* obligations_print_levels: what each scale of the regimes proposes, why, and what was confirmed.
 * obligations_levels_json: the same, a new reference. */
void obligations_print_levels(const Lawbook *lawbook);
json_t *obligations_levels_json(const Lawbook *lawbook);

/* obligations_find: the one that a person means by `id`; NULL with an error that suggests one. */
const Obligation *obligations_find(const Lawbook *lawbook, const char *id, GError **error);

#endif
