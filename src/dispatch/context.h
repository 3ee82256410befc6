/* context - the playbook as the values that a template in one language sees, and the text version made of both.
 *
 * Names that templates may use: person.* incident.* organization.* facts.* impact measures.taken measures.planned
 * advice remedies contact.* edition number exercise; and in the text of an update update.is_update update.is_correction
 * update.is_withdrawal update.what_changed update.wrong update.right update.need_to_act update.first_notice.
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
    bool is_update;                /* for those who were told before: the playbook has an update */
    Moment first_notice;           /* when the first notice went out; for updates */
} ContextRequest;

/* context_freeze: the body of a text version as JSON, newly allocated:
 *   {"channel", "columns": [person columns], "context": {…}, "exercise": bool, "locale", "parts": {"subject", "text",
 *   "html": {"path", "source"}}, "partials": {NAME: {"path", "source"}}, "template"}
 * NULL when there are mistakes, all of which are added to `findings`: templates that do not compile, unknown names,
 * texts of the playbook that lack the locale. *needs: the person columns that must not be empty, as a new array of
 * interned strings (g_free), NULL-terminated. */
char *context_freeze(const ContextRequest *request, const char ***needs, Findings *findings);

#endif
