/* reason - reasons that stand in the ledger, in the language of whoever reads them.
 *
 * The ledger holds them in English, so that it is the same whoever made it. What a person typed, and the words of a
 * gateway, stay as they are. Threads: safe. */
#ifndef BREACH_REPORT_REASON_H
#define BREACH_REPORT_REASON_H

#include "ledger/ledger_people.h"

/* reason_text: newly allocated. */
char *reason_text(const char *reason);

/* reason_of_person: why somebody counts as they do, in English; newly allocated. *answer: what the gateway's codes say,
 * "no such mailbox (550 5.1.1)", newly allocated; NULL: there is no such answer. */
char *reason_of_person(const LedgerPerson *person, char **answer);

#endif
