/* reason - reasons that stand in the ledger, in the language of whoever reads them.
 *
 * The ledger holds them in English, so that it is the same whoever made it. What a person typed, and the words of a
 * gateway, stay as they are. Threads: safe. */
#ifndef BREACH_REPORT_REASON_H
#define BREACH_REPORT_REASON_H

/* reason_text: newly allocated. */
char *reason_text(const char *reason);

#endif
