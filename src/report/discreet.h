/* discreet - what may be shown to a whole room: texts of a ledger without what points at one person.
 *
 * A reply of a gateway likes to repeat the address that it is about, whole or in part, so none is shown: a code stands
 * for it, and its plain words. What a person typed as a reason is theirs, and is shown with addresses and long numbers
 * masked. Returned strings are newly allocated. Threads: safe. */
#ifndef BREACH_REPORT_DISCREET_H
#define BREACH_REPORT_DISCREET_H

#include "report/brakes.h"

#define DISCREET_HIDDEN "not shown here"                        /* in place of a reason that is about one person */
#define DISCREET_KEPT   "kept in the ledger; --people shows it" /* likewise, in a report that has a form with people */

/* discreet_typed: a reason that a person gave. */
char *discreet_typed(const char *reason);

/* discreet_own: a reason that we gave, in English: as it is where it is all ours, else the title of the diagnostic
 * whose code it ends with, else that breach status says it. */
char *discreet_own(const char *reason);

/* discreet_brakes: replaces the reasons of holds and pauses by these; of a hold on one person the name by "ID", and the
 * reason, which is about them, by "not shown here". */
void discreet_brakes(Brakes *brakes);

#endif
