/* casework - what people do and decide about an incident, apart from sending: response steps, inquiries, decisions;
 * what of it is open, and whether the case is closed.
 *
 * A Casework owns its lists and borrows from the Lawbook, which must outlive it. Threads: one. */
#ifndef BREACH_REPORT_CASEWORK_H
#define BREACH_REPORT_CASEWORK_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>
#include <jansson.h>

#include "model/case_decision.h"
#include "model/case_inquiry.h"
#include "model/case_response.h"
#include "report/lawbook.h"

typedef struct Casework {
    const Lawbook *lawbook;
    GPtrArray *responses; /* owned; of CaseResponse * */
    GPtrArray *inquiries; /* owned; of CaseInquiry * */
    GPtrArray *decisions; /* owned; of CaseDecision * */
} Casework;

Casework *casework_new(const Lawbook *lawbook);
void casework_free(Casework *casework);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Casework, casework_free)

/* casework_inquiries: those of the case, by the rule of the playbook; a new array. */
GPtrArray *casework_inquiries(const Lawbook *lawbook);

/* casework_closed: the event that closed the case; NULL: it is open. Borrowed from the state. */
const CaseEvent *casework_closed(const CaseState *state);

/* CaseworkItem: something that keeps the case open. */
typedef struct CaseworkItem {
    const char *kind; /* "response", "inquiry", "decision", "obligation", … */
    char *id;         /* owned; or "" */
    char *text;       /* owned; in the chosen language */
    char *english;    /* owned; the same for --json */
    char *command; /* owned; what to type, without the program, the playbook in its place: "record %s response …" */
} CaseworkItem;

/* casework_open: what of response steps, inquiries, decisions and obligations is open; of CaseworkItem *, owned by the
 * new array. casework_item_add: one more, texts taken over. */
GPtrArray *casework_open(const Casework *casework);
void casework_item_add(GPtrArray *items, const char *kind, const char *id, char *text, char *english, char *command);

/* casework_command: what to type about it, with the playbook and the options of a next command in place; newly allocated. */
char *casework_command(const CaseworkItem *item, const char *playbook, const char *options);

/* casework_deciding: what follows breach record PLAYBOOK to say the value of a variable that nobody knows yet; newly
 * allocated. */
char *casework_deciding(const char *unknown);

/* casework_text: lines for status: what is closed, open, due and to be decided again; "" when there is nothing. Newly
 * allocated. */
char *casework_text(const Casework *casework);

/* casework_json: {"closed", "response", "inquiries", "decisions"}, each with all that was recorded about it; a new
 * reference. */
json_t *casework_json(const Casework *casework);

#endif
