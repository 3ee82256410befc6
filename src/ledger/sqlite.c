#include "ledger/sqlite.h"

#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/fault.h"
#include "ledger/schema.h"
#include "ledger/sqlite_private.h"

#define BUSY_MS         10000
#define LOOKASIDE_SIZE  1200 /* octets: most of what SQLite allocates is no larger */
#define LOOKASIDE_SLOTS 400  /* prepared statements keep many of them, and those that run need some as well */

/* Statements ---------------------------------------------------------------------------------------------------- */

/* A disk too full for the files beside the database is an I/O error to SQLite. */
static bool is_full(SqliteStore *store, int code)
{
    int problem = sqlite3_system_errno(store->db);

    return code == SQLITE_FULL || (code == SQLITE_IOERR && (problem == ENOSPC || problem == EDQUOT));
}

bool sqlite_fail(SqliteStore *store, const char *doing, GError **error)
{
    int code = sqlite3_errcode(store->db);

    if (is_full(store, code))
        error_set(error, BREACH_ERROR_CREATE, "ledger-disk-full",
                  "the disk is full: cannot %s %s; make room and type the same command again, nothing is lost", doing,
                  store->path);
    else if (store->is_read_only && (code == SQLITE_READONLY || code == SQLITE_CANTOPEN))
        error_set(error, BREACH_ERROR_CREATE, "ledger-read-only",
                  "cannot %s %s: its folder cannot be written to; use it where it was made, or a copy of the whole folder",
                  doing, store->path);
    else if (code == SQLITE_BUSY || code == SQLITE_LOCKED)
        error_set(error, BREACH_ERROR_TEMPORARY, "ledger-locked", "cannot %s %s: another process is writing to it",
                  doing, store->path);
    else
        error_set(error, code == SQLITE_CORRUPT || code == SQLITE_NOTADB ? BREACH_ERROR_INPUT : BREACH_ERROR_CREATE,
                  "ledger-store", "cannot %s %s: %s", doing, store->path, sqlite3_errmsg(store->db));
    return false;
}

bool sqlite_exec(SqliteStore *store, const char *sql, GError **error)
{
    return sqlite3_exec(store->db, sql, NULL, NULL, NULL) == SQLITE_OK || sqlite_fail(store, "change", error);
}

static sqlite3_stmt *cached_statement(SqliteStore *store, const char *sql, GError **error)
{
    sqlite3_stmt *statement = g_hash_table_lookup(store->statements, sql);

    if (statement)
        return statement;
    if (sqlite3_prepare_v3(store->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL) != SQLITE_OK) {
        sqlite_fail(store, "read", error);
        return NULL;
    }
    g_hash_table_insert(store->statements, (gpointer)sql, statement);
    return statement;
}

static void bind(sqlite3_stmt *statement, const char *format, va_list arguments)
{
    for (int i = 1; *format; i++, format++) {
        int64_t number;

        if (*format == 's') {
            sqlite3_bind_text(statement, i, va_arg(arguments, const char *), -1, SQLITE_STATIC);
            continue;
        }
        number = va_arg(arguments, int64_t);
        if (*format == 'n' && number < 0)
            sqlite3_bind_null(statement, i);
        else
            sqlite3_bind_int64(statement, i, number);
    }
}

sqlite3_stmt *sqlite_query(SqliteStore *store, GError **error, const char *sql, const char *format, ...)
{
    sqlite3_stmt *statement = cached_statement(store, sql, error);
    va_list arguments;

    if (!statement)
        return NULL;
    sqlite3_reset(statement);
    va_start(arguments, format);
    bind(statement, format, arguments);
    va_end(arguments);
    return statement;
}

int sqlite_step(SqliteStore *store, sqlite3_stmt *statement, GError **error)
{
    int code = sqlite3_step(statement);

    if (code == SQLITE_ROW)
        return 1;
    if (code != SQLITE_DONE)
        sqlite_fail(store, "change", error);
    sqlite3_reset(statement);
    return code == SQLITE_DONE ? 0 : -1;
}

bool sqlite_run(SqliteStore *store, GError **error, const char *sql, const char *format, ...)
{
    sqlite3_stmt *statement = cached_statement(store, sql, error);
    va_list arguments;
    int stepped;

    if (!statement)
        return false;
    sqlite3_reset(statement);
    va_start(arguments, format);
    bind(statement, format, arguments);
    va_end(arguments);
    do
        stepped = sqlite_step(store, statement, error);
    while (stepped > 0);
    return stepped == 0;
}

bool sqlite_number(SqliteStore *store, const char *sql, int64_t missing, int64_t *number, GError **error)
{
    sqlite3_stmt *statement = sqlite_query(store, error, sql, "");
    int stepped = statement ? sqlite_step(store, statement, error) : -1;

    if (stepped < 0)
        return false;
    *number = stepped > 0 && sqlite3_column_type(statement, 0) != SQLITE_NULL ? sqlite3_column_int64(statement, 0)
                                                                               : missing;
    sqlite3_reset(statement);
    return true;
}

int64_t sqlite_label(SqliteStore *store, const char *name, GError **error)
{
    sqlite3_stmt *statement = sqlite_query(store, error, "SELECT no FROM label WHERE name = ?", "s", name);
    int stepped = statement ? sqlite_step(store, statement, error) : -1;
    int64_t no = 0;

    if (stepped > 0) {
        no = sqlite3_column_int64(statement, 0);
        sqlite3_reset(statement);
    } else if (stepped == 0 && sqlite_run(store, error, "INSERT INTO label(name) VALUES (?)", "s", name)) {
        no = sqlite3_last_insert_rowid(store->db);
    }
    return no;
}

/* Opening ------------------------------------------------------------------------------------------------------- */

static void finalize_statement(gpointer statement)
{
    sqlite3_finalize(statement);
}

/* SQLite counts what it allocates under a mutex, for nobody here. It obeys only before it is used for the first time,
 * and works as well where it does not. */
static void configure(void)
{
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

bool sqlite_store_exists(const char *path)
{
    return access(path, F_OK) == 0 || errno == EACCES;
}

static bool is_writable_beside(const char *path)
{
    g_autofree char *folder = g_path_get_dirname(path);

    return access(folder, W_OK) == 0;
}

static int open_to_write(SqliteStore *store, bool create)
{
    return sqlite3_open_v2(store->path, &store->db,
                           SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | (create ? SQLITE_OPEN_CREATE : 0), NULL);
}

/* A file in WAL is read with two more beside it, which SQLite would make; where it cannot, and nobody has left any, the
 * file is complete and nobody writes to it, which `immutable` says (https://www.sqlite.org/wal.html#readonly). */
static int open_to_read(SqliteStore *store)
{
    g_autofree char *log = g_strconcat(store->path, "-wal", NULL);
    g_autofree char *escaped = g_uri_escape_string(store->path, "/", false);
    /* without an authority of its own, "//" in front of a path would name one */
    g_autofree char *uri = g_strconcat(*escaped == '/' ? "file://" : "file:", escaped,
                                       access(log, F_OK) == 0 ? "" : "?immutable=1", NULL);

    return sqlite3_open_v2(uri, &store->db, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX, NULL);
}

SqliteStore *sqlite_store_open(const char *path, bool create, GError **error)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    SqliteStore *store = g_new0(SqliteStore, 1);

    pthread_once(&once, configure);
    store->path = g_strdup(path);
    store->statements = g_hash_table_new_full(NULL, NULL, NULL, finalize_statement);
    store->is_read_only = !create && !is_writable_beside(path);
    if ((store->is_read_only ? open_to_read(store) : open_to_write(store, create)) != SQLITE_OK) {
        if (!create && access(path, R_OK) != 0 && errno == EACCES)
            error_set(error, BREACH_ERROR_INPUT, "file-unreadable", "cannot read %s: %s", path, g_strerror(EACCES));
        else
            sqlite_fail(store, create ? "create" : "open", error);
        sqlite_store_close(store);
        return NULL;
    }
    sqlite3_db_config(store->db, SQLITE_DBCONFIG_LOOKASIDE, NULL, LOOKASIDE_SIZE, LOOKASIDE_SLOTS);
    sqlite3_busy_timeout(store->db, BUSY_MS);
    sqlite3_extended_result_codes(store->db, 0);
    return store;
}

void sqlite_store_close(SqliteStore *store)
{
    if (!store)
        return;
    g_hash_table_unref(store->statements);
    sqlite3_close(store->db);
    g_free(store->path);
    g_free(store);
}

static char *ledger_path(const char *folder)
{
    return g_build_filename(folder, "ledger.db", NULL);
}

static bool exists(const char *folder)
{
    g_autofree char *path = ledger_path(folder);

    return sqlite_store_exists(path);
}

/* The promise of docs/LEDGER.md rests on these two settings, so they are read back. */
bool sqlite_settle(SqliteStore *store, GError **error)
{
    int64_t synchronous = 0;
    sqlite3_stmt *statement;
    bool is_wal;

    if (store->is_read_only)
        return sqlite_exec(store, "PRAGMA cache_size = -8000; PRAGMA trusted_schema = OFF", error);
    if (!sqlite_exec(store, "PRAGMA synchronous = FULL; PRAGMA cache_size = -8000; PRAGMA trusted_schema = OFF", error) ||
        !sqlite_number(store, "PRAGMA synchronous", 0, &synchronous, error))
        return false;
    statement = sqlite_query(store, error, "PRAGMA journal_mode = WAL", "");
    if (!statement || sqlite_step(store, statement, error) <= 0)
        return false;
    is_wal = g_strcmp0((const char *)sqlite3_column_text(statement, 0), "wal") == 0;
    sqlite3_reset(statement);
    if (is_wal && synchronous == 2)
        return true;
    error_set(error, BREACH_ERROR_CREATE, "ledger-no-wal",
              "%s cannot be written durably (no WAL here): put the state folder on a local disk with --state DIR",
              store->path);
    return false;
}

#define OLDEST_VERSION 3

/* From which version, to the next one. */
static bool upgrade_steps(SqliteStore *store, int64_t *version, GError **error)
{
    static const char *const steps[BACKEND_SCHEMA_VERSION] = {[3] = SCHEMA_FROM_3, [4] = SCHEMA_FROM_4};

    for (; *version >= OLDEST_VERSION && *version < BACKEND_SCHEMA_VERSION; (*version)++)
        if (!sqlite_exec(store, steps[*version], error))
            return false;
    return true;
}

/* A ledger that an earlier breach has made is brought up to date, in one transaction: an incident does not end with an
 * update. Whoever else does so at the same moment comes first, and there is nothing left to do. */
static bool upgrade(SqliteStore *store, int64_t *version, GError **error)
{
    bool done = sqlite_exec(store, "BEGIN IMMEDIATE", error);

    if (!done)
        return false;
    done = sqlite_number(store, "PRAGMA user_version", 0, version, error) && upgrade_steps(store, version, error) &&
           sqlite_exec(store, "COMMIT", error);
    if (!done)
        sqlite_exec(store, "ROLLBACK", NULL);
    return done;
}

static bool check_version(SqliteStore *store, GError **error)
{
    int64_t application = 0, version = 0;

    if (!sqlite_number(store, "PRAGMA application_id", 0, &application, error) ||
        !sqlite_number(store, "PRAGMA user_version", 0, &version, error))
        return false;
    if (application != SCHEMA_APPLICATION_ID) {
        error_set(error, BREACH_ERROR_INPUT, "ledger-foreign", "%s is not a ledger of breach", store->path);
        return false;
    }
    if (version >= OLDEST_VERSION && version < BACKEND_SCHEMA_VERSION && !upgrade(store, &version, error))
        return false;
    if (version == BACKEND_SCHEMA_VERSION)
        return true;
    error_set(error, BREACH_ERROR_INPUT, "ledger-version",
              "%s has schema version %" PRId64 ", this breach knows version %d: use the breach that made it",
              store->path, version, BACKEND_SCHEMA_VERSION);
    return false;
}

static void *open_ledger(const char *folder, GError **error)
{
    g_autofree char *path = ledger_path(folder);
    SqliteStore *store;

    if (!exists(folder)) {
        error_set(error, BREACH_ERROR_INPUT, "ledger-no-plan", "there is no plan in %s: type breach plan first",
                  folder);
        return NULL;
    }
    store = sqlite_store_open(path, false, error);
    if (store && check_version(store, error) && sqlite_settle(store, error))
        return store;
    sqlite_store_close(store);
    return NULL;
}

static void close_ledger(void *self)
{
    sqlite_store_close(self);
}

static bool begin(void *self, GError **error)
{
    SqliteStore *store = self;

    if (fault_fails("ledger_full")) {
        int64_t pages = 0;
        g_autofree char *cap = NULL;

        if (!sqlite_number(store, "PRAGMA page_count", 0, &pages, error))
            return false;
        cap = g_strdup_printf("PRAGMA max_page_count = %" G_GINT64_FORMAT, pages);
        if (!sqlite_exec(store, cap, error))
            return false;
    }
    return sqlite_run(store, error, "BEGIN IMMEDIATE", "");
}

static bool commit(void *self, GError **error)
{
    return sqlite_run(self, error, "COMMIT", "");
}

static void rollback(void *self)
{
    SqliteStore *store = self;

    if (!sqlite3_get_autocommit(store->db))
        sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
}

/* Small tables -------------------------------------------------------------------------------------------------- */

char *sqlite_copy(sqlite3_stmt *statement, int column)
{
    return g_strdup((const char *)sqlite3_column_text(statement, column));
}

/* The first column of the only row as text; NULL without an error when there is no row. */
static char *one_text(SqliteStore *store, sqlite3_stmt *statement, GError **error)
{
    char *text = NULL;

    if (statement && sqlite_step(store, statement, error) > 0) {
        text = sqlite_copy(statement, 0);
        sqlite3_reset(statement);
    }
    return text;
}

static char *header_get(void *self, const char *key, GError **error)
{
    return one_text(self, sqlite_query(self, error, "SELECT value FROM header WHERE key = ?", "s", key), error);
}

static bool header_put(void *self, const char *key, const char *value, GError **error)
{
    return sqlite_run(self, error, "INSERT OR REPLACE INTO header(key, value) VALUES (?, ?)", "ss", key, value);
}

static bool count_held(void *self, int64_t *held, GError **error)
{
    return sqlite_number(self, "SELECT count(*) FROM message WHERE state = 7 AND due IS NULL", 0, held, error);
}

static void missing_text(int64_t text, GError **error)
{
    error_set(error, BREACH_ERROR_INTERNAL, "ledger-damaged", "text version %" PRId64 " is missing", text);
}

static bool text_place(void *self, int64_t text, int64_t *audience, int64_t *channel, int64_t *edition, char **locale,
                       GError **error)
{
    sqlite3_stmt *statement =
        sqlite_query(self, error, "SELECT audience, channel, edition, locale FROM text WHERE no = ?", "i", text);
    int stepped = statement ? sqlite_step(self, statement, error) : -1;

    if (stepped <= 0) {
        if (stepped == 0)
            missing_text(text, error);
        return false;
    }
    *audience = sqlite3_column_int64(statement, 0);
    *channel = sqlite3_column_int64(statement, 1);
    *edition = sqlite3_column_int64(statement, 2);
    *locale = g_strdup((const char *)sqlite3_column_text(statement, 3));
    sqlite3_reset(statement);
    return true;
}

static char *text_body(void *self, int64_t text, GError **error)
{
    g_autoptr(GError) problem = NULL;
    char *body = one_text(self, sqlite_query(self, &problem, "SELECT body FROM text WHERE no = ?", "i", text), &problem);

    if (problem)
        g_propagate_error(error, g_steal_pointer(&problem));
    else if (!body)
        missing_text(text, error);
    return body;
}

static char *label_name(void *self, int64_t no, GError **error)
{
    return one_text(self, sqlite_query(self, error, "SELECT name FROM label WHERE no = ?", "i", no), error);
}

static bool gateway_no(void *self, const char *name, int64_t *no, GError **error)
{
    sqlite3_stmt *statement = sqlite_query(self, error, "SELECT no FROM gateway WHERE name = ?", "s", name);
    int stepped = statement ? sqlite_step(self, statement, error) : -1;

    *no = stepped > 0 ? sqlite3_column_int64(statement, 0) : 0;
    if (stepped > 0)
        sqlite3_reset(statement);
    return stepped >= 0;
}

static bool event_put(void *self, int64_t at, int64_t message, const char *body, GError **error)
{
    return sqlite_run(self, error, "INSERT INTO event(at, message, body) VALUES (?, ?, ?)", "ins", at,
                      message > 0 ? message : (int64_t)-1, body);
}

static bool counter_add(void *self, LedgerCounterKind kind, int64_t name, int state, int64_t n, GError **error)
{
    return sqlite_run(self, error,
                      "INSERT INTO counter(kind, name, state, n) VALUES (?, ?, ?, ?)"
                      " ON CONFLICT(kind, name, state) DO UPDATE SET n = n + excluded.n",
                      "iiii", (int64_t)kind, name, (int64_t)state, n);
}

static bool inbox_put(void *self, int64_t at, const char *body, GError **error)
{
    return sqlite_run(self, error, "INSERT INTO inbox(at, body) VALUES (?, ?)", "is", at, body);
}

static bool inbox_next(void *self, int64_t after, int64_t *no, char **body, GError **error)
{
    sqlite3_stmt *statement =
        sqlite_query(self, error, "SELECT no, body FROM inbox WHERE no > ? ORDER BY no LIMIT 1", "i", after);
    int stepped = statement ? sqlite_step(self, statement, error) : -1;

    *no = 0;
    if (stepped > 0) {
        *no = sqlite3_column_int64(statement, 0);
        *body = sqlite_copy(statement, 1);
        sqlite3_reset(statement);
    }
    return stepped >= 0;
}

static bool inbox_drop(void *self, int64_t no, GError **error)
{
    return sqlite_run(self, error, "DELETE FROM inbox WHERE no = ?", "i", no);
}

static bool run_put(void *self, const char *id, const char *boot, int64_t at, int64_t *no, GError **error)
{
    SqliteStore *store = self;

    if (!sqlite_run(store, error, "INSERT INTO run(id, boot, started_at) VALUES (?, ?, ?)", "ssi", id, boot, at))
        return false;
    *no = sqlite3_last_insert_rowid(store->db);
    return true;
}

static bool run_get(void *self, int64_t no, LedgerRun *run, GError **error)
{
    sqlite3_stmt *statement = sqlite_query(self, error, "SELECT id, boot FROM run WHERE no = ?", "i", no);
    int stepped = statement ? sqlite_step(self, statement, error) : -1;

    if (stepped <= 0) {
        if (stepped == 0)
            error_set(error, BREACH_ERROR_INTERNAL, "ledger-damaged", "run %" PRId64 " is missing", no);
        return false;
    }
    run->no = no;
    g_strlcpy(run->id, (const char *)sqlite3_column_text(statement, 0), sizeof run->id);
    run->boot = sqlite_copy(statement, 1);
    sqlite3_reset(statement);
    return true;
}

static bool run_end(void *self, int64_t no, int64_t at, GError **error)
{
    return sqlite_run(self, error, "UPDATE run SET ended_at = ? WHERE no = ?", "ii", at, no);
}

static char **runs_open(void *self, GError **error)
{
    sqlite3_stmt *statement =
        sqlite_query(self, error, "SELECT no || ' ' || id FROM run WHERE ended_at IS NULL ORDER BY no", "");
    g_autoptr(GPtrArray) runs = g_ptr_array_new_with_free_func(g_free);
    int stepped = -1;

    while (statement && (stepped = sqlite_step(self, statement, error)) > 0)
        g_ptr_array_add(runs, sqlite_copy(statement, 0));
    if (stepped < 0)
        return NULL;
    g_ptr_array_add(runs, NULL);
    return (char **)g_ptr_array_free(g_steal_pointer(&runs), FALSE);
}

static const LedgerBackend backend = {
    .name = "sqlite",
    .exists = exists,
    .open = open_ledger,
    .close = close_ledger,
    .begin = begin,
    .commit = commit,
    .rollback = rollback,
    .header_get = header_get,
    .header_put = header_put,
    .row_get = sqlite_dispatch_row_get,
    .row_find = sqlite_dispatch_row_find,
    .row_put = sqlite_dispatch_row_put,
    .rows_due = sqlite_dispatch_rows_due,
    .rows_attempting = sqlite_dispatch_rows_attempting,
    .claim_people = sqlite_dispatch_claim_people,
    .find_people = sqlite_find_people,
    .find_number = sqlite_find_number,
    .find_person = sqlite_find_person,
    .served_people = sqlite_steer_served_people,
    .row_move = sqlite_steer_row_move,
    .next_due = sqlite_steer_next_due,
    .queues = sqlite_steer_queues,
    .queue_no = sqlite_steer_queue_no,
    .queue_count = sqlite_steer_queue_count,
    .count_held = count_held,
    .text_place = text_place,
    .text_body = text_body,
    .label_name = label_name,
    .gateway_no = gateway_no,
    .served = sqlite_dispatch_served,
    .person_served = sqlite_dispatch_person_served,
    .select = sqlite_select,
    .select_details = sqlite_select_details,
    .select_aside = sqlite_select_aside,
    .people = sqlite_people,
    .person_no = sqlite_select_person_no,
    .people_near = sqlite_select_people_near,
    .person_at = sqlite_select_person_at,
    .person_row = sqlite_select_person_row,
    .decision_put = sqlite_decision_put,
    .decision_drop = sqlite_decision_drop,
    .decision_get = sqlite_decision_get,
    .climb_put = sqlite_climb_put,
    .climb_drop = sqlite_climb_drop,
    .climbs = sqlite_climb_list,
    .climb_standing = sqlite_climb_standing,
    .climb_next_due = sqlite_climb_next_due,
    .climb_count = sqlite_climb_count,
    .climb_waits = sqlite_climb_waits,
    .climb_text = sqlite_climb_text,
    .climb_tried = sqlite_climb_tried,
    .unsolo = sqlite_climb_unsolo,
    .unsolo_person = sqlite_climb_unsolo_person,
    .ladder_served = sqlite_climb_ladder_served,
    .ladder_message = sqlite_climb_message,
    .ladder_join = sqlite_climb_join,
    .ladder_set = sqlite_climb_set,
    .ladder_end = sqlite_climb_end,
    .ladder_stop = sqlite_climb_stop,
    .provider_put = sqlite_provider_put,
    .provider_find = sqlite_provider_find,
    .provider_accepted = sqlite_provider_accepted,
    .event_put = event_put,
    .counter_add = counter_add,
    .counters = sqlite_count_counters,
    .recount = sqlite_count_recount,
    .hold_put = sqlite_steer_hold_put,
    .hold_drop = sqlite_steer_hold_drop,
    .holds = sqlite_steer_holds,
    .pause_put = sqlite_steer_pause_put,
    .pause_drop = sqlite_steer_pause_drop,
    .pauses = sqlite_steer_pauses,
    .publication_put = sqlite_publication_put,
    .publications = sqlite_publications,
    .person_ids = sqlite_steer_person_ids,
    .inbox_put = inbox_put,
    .inbox_next = inbox_next,
    .inbox_drop = inbox_drop,
    .run_put = run_put,
    .run_get = run_get,
    .run_end = run_end,
    .runs_open = runs_open,
    .people_in_file = sqlite_count_people_in_file,
    .first_told = sqlite_count_first_told,
    .reasons = sqlite_count_reasons,
    .texts = sqlite_count_texts,
    .troubles = sqlite_log_troubles,
    .notes = sqlite_log_notes,
    .evidence_numbers = sqlite_evidence_numbers,
    .evidence_people = sqlite_evidence_people,
    .evidence_served = sqlite_evidence_served,
    .evidence_events = sqlite_evidence_events,
    .evidence_papers = sqlite_evidence_papers,
    .snapshot = sqlite_account_snapshot,
    .tables = sqlite_account_tables,
    .table = sqlite_account_table,
    .moments = sqlite_history_moments,
    .plan_begin = sqlite_plan_begin,
    .plan_told = sqlite_plan_told,
    .plan_gateway = sqlite_plan_gateway,
    .plan_text = sqlite_plan_text,
    .plan_person = sqlite_plan_person,
    .plan_seal = sqlite_plan_seal,
    .plan_abandon = sqlite_plan_abandon,
};

const LedgerBackend *sqlite_backend(void)
{
    return &backend;
}
