/* register - what a controller has to be able to show about every breach, told or not: the facts, its effects, the
 * remedial action (GDPR art. 33(5)), and who decided what and why. From the playbook, the case record and the ledger;
 * no person of the people file is in it.
 *
 * Threads: one. */
#ifndef BREACH_REPORT_REGISTER_H
#define BREACH_REPORT_REGISTER_H

#include <glib.h>
#include <jansson.h>

#include "ledger/ledger.h"
#include "report/casework.h"

/* register_json: schema breach.register/1 without verdict and next; a new reference. `ledger`: NULL where nothing is
 * planned. NULL with an error of the ledger. */
json_t *register_json(const Casework *casework, Ledger *ledger, GError **error);

/* register_text: the same for people, in Markdown with English headings; newly allocated. */
char *register_text(const json_t *document);

#endif
