/* sqlite_private - what the files of the SQLite backend share. */
#ifndef BREACH_LEDGER_SQLITE_PRIVATE_H
#define BREACH_LEDGER_SQLITE_PRIVATE_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>
#include <sqlite3.h>

#include "ledger/backend.h"

#define FLAG_SOLO 1
#define FLAG_WAS_IN_DOUBT 2
#define FLAG_TWICE 4
#define FLAG_ACCEPTED_BEFORE 8
#define FLAG_STOPPED 16 /* withheld by a plan, not by a person: a later plan may ask for it again */

/* A statement is prepared once, at its first use, and found again by the address of its text, which is a string literal:
 * two texts never share an address, and where the compiler keeps equal literals apart, one is prepared twice. */
typedef struct SqliteStore {
    sqlite3 *db; /* owned */
    char *path;  /* owned */
    GHashTable *statements; /* owned; address of the text -> sqlite3_stmt, owned */
} SqliteStore;

/* sqlite_store_open: opens `path`; with `create` makes it. NULL with BREACH_ERROR_CREATE or _INPUT. */
SqliteStore *sqlite_store_open(const char *path, bool create, GError **error);
void sqlite_store_close(SqliteStore *store);

/* sqlite_fail: sets the error from the store's last one: a full disk says that nothing was lost. Returns false. */
bool sqlite_fail(SqliteStore *store, const char *doing, GError **error);

/* sqlite_exec: runs statements without results. */
bool sqlite_exec(SqliteStore *store, const char *sql, GError **error);

/* sqlite_query: the cached statement of `sql` (a string literal), reset and bound by `format`: i
 * int64_t, s text (NULL allowed; borrowed until the next call), n int64_t where a negative one is NULL. */
sqlite3_stmt *sqlite_query(SqliteStore *store, GError **error, const char *sql, const char *format, ...);

/* sqlite_run: sqlite_query and step to the end. */
bool sqlite_run(SqliteStore *store, GError **error, const char *sql, const char *format, ...);

/* sqlite_step: 1 a row, 0 the end (and the statement is reset), -1 failed. */
int sqlite_step(SqliteStore *store, sqlite3_stmt *statement, GError **error);

/* sqlite_number: one number from a query without parameters; `missing` when there is no row or it is NULL. */
bool sqlite_number(SqliteStore *store, const char *sql, int64_t missing, int64_t *number, GError **error);

/* sqlite_label: the number of a name, made when it is new. */
int64_t sqlite_label(SqliteStore *store, const char *name, GError **error);

/* sqlite_states_add: counts the state in a column; false when it is none. */
bool sqlite_states_add(uint32_t states[MESSAGE_STATES], sqlite3_stmt *statement, int column);

/* The parts of the backend that live in files of their own. */
bool sqlite_dispatch_row_get(void *self, int64_t no, LedgerRow *row, GError **error);
bool sqlite_dispatch_row_find(void *self, const char *id, LedgerRow *row, GError **error);
bool sqlite_dispatch_row_put(void *self, const LedgerRow *row, GError **error);
int sqlite_dispatch_rows_due(void *self, int64_t gateway, int64_t now, int limit, LedgerRow *rows, LedgerClaim **claims,
                             GError **error);
int sqlite_dispatch_rows_attempting(void *self, int64_t after, int limit, LedgerRow *rows, GError **error);
bool sqlite_dispatch_served(void *self, int64_t no, GArray *served, GError **error);
bool sqlite_count_recount(void *self, BackendCounter *receive, void *user, GError **error);
bool sqlite_count_counters(void *self, BackendCounter *receive, void *user, GError **error);
GPtrArray *sqlite_count_reasons(void *self, GError **error);
GPtrArray *sqlite_count_texts(void *self, GError **error);
void *sqlite_plan_begin(const char *folder, uint8_t secret[ID_SECRET_SIZE], GError **error);
int64_t sqlite_plan_gateway(void *plan, const char *name, GError **error);
int64_t sqlite_plan_text(void *plan, const char *audience, const char *channel, const char *locale, const char *body,
                         GError **error);
bool sqlite_plan_person(void *plan, const LedgerPlannedPerson *person, GError **error);
bool sqlite_plan_seal(void *plan, const LedgerPlanHeader *header, const char *digest, LedgerPlanDuplicate *duplicate,
                      void *user, LedgerPlanResult *result, GError **error);
void sqlite_plan_abandon(void *plan);

/* sqlite_merge_into: merges the built plan at `fresh` into the ledger `store`, in one transaction. The store is then of no
 * use but to be closed: scratch tables are left in it. */
bool sqlite_merge_into(SqliteStore *store, const char *fresh, const LedgerPlanHeader *header, const char *digest,
                       LedgerPlanResult *result, GError **error);

/* sqlite_plan_header: writes what every plan writes into header, counters and events. */
bool sqlite_plan_header(SqliteStore *store, const LedgerPlanHeader *header, const char *digest,
                        const LedgerPlanResult *result, int generation, GError **error);

#endif
