/* schema - the tables of a ledger in SQLite; docs/LEDGER.md explains each. */
#ifndef BREACH_LEDGER_SCHEMA_H
#define BREACH_LEDGER_SCHEMA_H

#define SCHEMA_APPLICATION_ID 0x42524348 /* "BRCH", in the file's header (PRAGMA application_id) */
#define SCHEMA_CASE_APPLICATION_ID 0x42524341 /* "BRCA": a case record */

/* The two indexes that every message is in: rebuilding them is faster than many insertions in random order. */
#define SCHEMA_MESSAGE_ID "CREATE UNIQUE INDEX message_id ON message(id);"
#define SCHEMA_MESSAGE_DUE "CREATE INDEX message_due ON message(gateway, queue, due, no) WHERE due IS NOT NULL;"

/* Since version 4 a hold has a cause and may end by itself. SCHEMA_FROM_3 brings a ledger of version 3 to version 4. */
#define SCHEMA_HOLD                                                                                                    \
    "CREATE TABLE hold(scope TEXT NOT NULL, name TEXT NOT NULL, reason TEXT NOT NULL, who TEXT NOT NULL,"              \
    " at INTEGER NOT NULL, cause TEXT NOT NULL DEFAULT '', until INTEGER NOT NULL DEFAULT 0,"                          \
    " PRIMARY KEY(scope, name, cause)) WITHOUT ROWID;"
#define SCHEMA_FROM_3                                                                                                  \
    "ALTER TABLE hold RENAME TO hold_3;" SCHEMA_HOLD                                                                   \
    "INSERT INTO hold(scope, name, reason, who, at) SELECT scope, name, reason, who, at FROM hold_3;"                  \
    "DROP TABLE hold_3; PRAGMA user_version = 4;"

/* Since version 5 what a later plan replaces of somebody who was tried is kept. SCHEMA_FROM_4 brings a ledger of version 4 to
 * version 5. */
#define SCHEMA_PERSON_PAST                                                                                             \
    "CREATE TABLE IF NOT EXISTS person_past(person INTEGER NOT NULL, until INTEGER NOT NULL, data TEXT,"               \
    " PRIMARY KEY(person, until)) WITHOUT ROWID;"
#define SCHEMA_FROM_4 SCHEMA_PERSON_PAST "PRAGMA user_version = 5;"

/* schema_tables: makes the tables. schema_indexes: what is built after the rows are in; the two unique indexes that
 * may find duplicates stand apart. Static. */
const char *schema_tables(void);
const char *schema_unique_person(void);
const char *schema_unique_message(void);
const char *schema_indexes(void);

#endif
