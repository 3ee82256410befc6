/* seal - the one seam through which every personal column passes on its way into and out of the ledger.
 *
 * At present it is the identity function: personal data lies readable in the ledger, which is why the state folder
 * has mode 0700. Encryption will be added here and nowhere else. Threads: safe. */
#ifndef BREACH_BASE_SEAL_H
#define BREACH_BASE_SEAL_H

/* seal: `plain` as it is to be stored; newly allocated. NULL gives NULL. */
char *seal(const char *plain);

/* seal_open: what was stored, readable again; newly allocated. NULL gives NULL. */
char *seal_open(const char *stored);

#endif
