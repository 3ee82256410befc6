/* context - the playbook as the values that a template in one language sees, and the text version made of both.
 *
 * Names that templates may use: person.* incident.* organization.* facts.* impact measures.taken measures.planned
 * announcement.url announcement.reason advice steps (of {step, text}) remedies contact.* edition number notice_date (when it
 * is sent) exercise covers.* (true, for marks: coverage.h); and in the text of an update update.is_update
 * update.is_correction update.is_withdrawal update.what_changed update.wrong update.right update.need_to_act update.first_notice.
 * With capacity guardian also guardian.name; person.* is then the child, without what it kept to itself: its own addresses
 * and phone numbers. With capacity organization also organization_people.count: the rows of that organisation
 * without those of its contacts.
 * Threads: one. */
#ifndef BREACH_DISPATCH_CONTEXT_H
#define BREACH_DISPATCH_CONTEXT_H

#include "base/finding.h"
#include "load/load_template.h"
#include "model/person.h"
#include "model/playbook.h"

typedef struct ContextRequest {
    const Playbook *playbook;
    IncidentStatus status;
    const char *template_name;
    const char *channel;
    const TemplateText *text;      /* its locale is the notice's */
    const PersonColumns *columns;  /* of the people file; NULL: the known columns only */
    Capacity capacity;             /* of the audience */
    const Playbook *own;           /* what the audience reads instead (Audience.own), or NULL */
    bool is_update;                /* for those who were told before: the playbook has an update */
    Moment first_notice;           /* when the first notice went out; for updates */
} ContextRequest;

/* CONTEXT_COUNT_COLUMN: under this key the frozen data of an organisation's contact has the number of its people. */
#define CONTEXT_COUNT_COLUMN "organization_people"

/* context_is_private: whether a column is what a child kept to itself, and `capacity` that of a guardian, who does not get
 * it. */
bool context_is_private(Capacity capacity, const char *column);

/* context_law_facts: facts that some law asks for, and that a template may name though the playbook does not give them;
 * NULL-terminated, static. */
const char *const *context_law_facts(void);

/* context_freeze: the body of a text version as JSON, newly allocated:
 *   {"capacity", "channel", "columns": [person columns], "context": {…}, "exercise": bool, "locale", "offset": minutes east of UTC, "parts": {"subject", "text",
 *   "html": {"path", "source"}}, "partials": {NAME: {"path", "source"}}, "template"}
 * NULL when there are mistakes, all of which are added to `findings`: templates that do not compile, unknown names,
 * texts of the playbook that lack the locale. *needs: the person columns that must not be empty, as a new array of
 * interned strings (g_free), NULL-terminated. */
char *context_freeze(const ContextRequest *request, const char ***needs, Findings *findings);

#endif
