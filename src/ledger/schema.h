/* schema - the tables of a ledger in SQLite; docs/LEDGER.md explains each. */
#ifndef BREACH_LEDGER_SCHEMA_H
#define BREACH_LEDGER_SCHEMA_H

#define SCHEMA_APPLICATION_ID 0x42524348 /* "BRCH", in the file's header (PRAGMA application_id) */

/* The two indexes that every message is in: rebuilding them is faster than many insertions in random order. */
#define SCHEMA_MESSAGE_ID "CREATE UNIQUE INDEX message_id ON message(id);"
#define SCHEMA_MESSAGE_DUE "CREATE INDEX message_due ON message(gateway, queue, due, no) WHERE due IS NOT NULL;"

/* schema_tables: makes the tables. schema_indexes: what is built after the rows are in; the two unique indexes that
 * may find duplicates stand apart. Static. */
const char *schema_tables(void);
const char *schema_unique_person(void);
const char *schema_unique_message(void);
const char *schema_indexes(void);

#endif
