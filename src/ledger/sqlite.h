/* sqlite - the ledger in one SQLite file, `ledger.db` in the state folder: WAL, synchronous=FULL. */
#ifndef BREACH_LEDGER_SQLITE_H
#define BREACH_LEDGER_SQLITE_H

#include "ledger/backend.h"

/* sqlite_backend: the backend. Static. */
const LedgerBackend *sqlite_backend(void);

#endif
