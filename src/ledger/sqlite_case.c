/* The case record in SQLite: two small tables, beside the ledger and independent of it. */
#include "ledger/case.h"

#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/fault.h"
#include "base/file.h"
#include "base/text.h"
#include "ledger/schema.h"
#include "ledger/sqlite_private.h"

#define CASE_VERSION 1
#define TURN_WAIT    10000 /* µs */
#define TURN_TRIES   1000

struct Case {
    char *folder;   /* owned */
    char *path;     /* owned */
    char *incident; /* owned */
    IncidentStatus status;
    bool create;
    SqliteStore *store; /* owned; NULL until there is a record */
};

static const char tables[] =
    "CREATE TABLE header(key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE event(no INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, who TEXT NOT NULL, kind TEXT NOT "
    "NULL,"
    " body TEXT NOT NULL);"
    "CREATE TRIGGER event_stays BEFORE UPDATE ON event BEGIN SELECT raise(ABORT, 'events are never changed'); END;"
    "CREATE TRIGGER event_remains BEFORE DELETE ON event BEGIN SELECT raise(ABORT, 'events are never deleted'); END;";

/* Opening -------------------------------------------------------------------------------------------------------- */

static char *header_get(SqliteStore *store, const char *key, GError **error)
{
    sqlite3_stmt *statement = sqlite_query(store, error, "SELECT value FROM header WHERE key = ?", "s", key);
    char *value = NULL;

    if (statement && sqlite_step(store, statement, error) > 0) {
        value = g_strdup((const char *)sqlite3_column_text(statement, 0));
        sqlite3_reset(statement);
    }
    return value;
}

static bool header_put(SqliteStore *store, const char *key, const char *value, GError **error)
{
    return sqlite_run(store, error, "INSERT OR REPLACE INTO header(key, value) VALUES (?, ?)", "ss", key, value);
}

static bool check_incident(Case *record, SqliteStore *store, GError **error)
{
    g_autofree char *incident = header_get(store, "incident", error);
    g_autofree char *status = incident ? header_get(store, "status", error) : NULL;

    if (!status && error && !*error)
        error_set(error, BREACH_ERROR_INPUT, "case-header",
                  "%s does not say to which incident it belongs: restore the file from a backup", record->path);
    if (!status)
        return false;
    if (strcmp(incident, record->incident) == 0 && strcmp(status, playbook_status_name(record->status)) == 0)
        return true;
    error_set(error, BREACH_ERROR_INPUT, "case-other-incident",
              "%s is the case record of %s (%s), not of %s (%s): use another --state", record->path, incident, status,
              record->incident, playbook_status_name(record->status));
    return false;
}

/* Whether the file is a case record of ours. *is_new: there is nothing in it yet: whoever made it died before its first
 * event was there. */
static bool check_store(Case *record, SqliteStore *store, bool *is_new, GError **error)
{
    int64_t application = 0, version = 0, objects = 0;

    /* Another process may make all of it at once between two of these: so the tables are looked for first. */
    if (!sqlite_number(store, "SELECT count(*) FROM sqlite_master", 0, &objects, error) ||
        !sqlite_number(store, "PRAGMA application_id", 0, &application, error) ||
        !sqlite_number(store, "PRAGMA user_version", 0, &version, error))
        return false;
    *is_new = application == 0 && objects == 0;
    if (*is_new)
        return true;
    if (application != SCHEMA_CASE_APPLICATION_ID) {
        error_set(error, BREACH_ERROR_INPUT, "case-foreign", "%s is not a case record of breach: move it away",
                  record->path);
        return false;
    }
    if (version != CASE_VERSION) {
        error_set(error, BREACH_ERROR_INPUT, "case-version",
                  "%s has version %d, this breach knows version %d: use the breach that made it", record->path,
                  (int)version, CASE_VERSION);
        return false;
    }
    return check_incident(record, store, error);
}

/* Opens the record if there is one; *found says so. */
static bool find_store(Case *record, bool *found, GError **error)
{
    SqliteStore *store;
    bool is_new = false;

    *found = record->store != NULL;
    if (record->store || !sqlite_store_exists(record->path))
        return true;
    store = sqlite_store_open(record->path, false, error);
    if (!store || !check_store(record, store, &is_new, error) || (!is_new && !sqlite_settle(store, error))) {
        sqlite_store_close(store);
        return false;
    }
    if (is_new) {
        sqlite_store_close(store);
        return true;
    }
    record->store = store;
    *found = true;
    return true;
}

bool case_exists(const char *folder)
{
    g_autofree char *path = g_build_filename(folder, "case.db", NULL);

    return sqlite_store_exists(path);
}

Case *case_open(const char *folder, const char *incident, IncidentStatus status, bool create, GError **error)
{
    g_autoptr(Case) record = g_new0(Case, 1);
    bool found;

    record->folder = g_strdup(folder);
    record->path = g_build_filename(folder, "case.db", NULL);
    record->incident = g_strdup(incident);
    record->status = status;
    record->create = create;
    return find_store(record, &found, error) ? g_steal_pointer(&record) : NULL;
}

void case_close(Case *record)
{
    if (!record)
        return;
    sqlite_store_close(record->store);
    g_free(record->folder);
    g_free(record->path);
    g_free(record->incident);
    g_free(record);
}

/* Making --------------------------------------------------------------------------------------------------------- */

static bool make_folder(const Case *record, GError **error)
{

    if (!file_make_folder(record->folder, 0700, error))
        return false;
    if (file_is_network(record->folder)) {
        error_set(error, BREACH_ERROR_CREATE, "state-network",
                  "%s lies on a network file system, where nothing can be promised: use --state DIR on a local disk",
                  record->folder);
        return false;
    }
    return true;
}

/* One process at a time makes the record: two that turn the same new file into WAL get in each other's way, whatever
 * the timeout. Whoever waits finds it made. Returns a descriptor, -1 with an error. */
static int take_turn(const Case *record, GError **error)
{
    g_autofree char *path = g_build_filename(record->folder, CASE_LOCK, NULL);

    for (int tries = 0; tries < TURN_TRIES; tries++) {
        g_autoptr(GError) problem = NULL;
        int lock = file_lock(path, &problem);

        if (lock >= 0)
            return lock;
        if (!g_error_matches(problem, BREACH_ERROR, BREACH_ERROR_TEMPORARY)) {
            g_propagate_error(error, g_steal_pointer(&problem));
            return -1;
        }
        g_usleep(TURN_WAIT);
    }
    error_set(error, BREACH_ERROR_TEMPORARY, "case-busy",
              "other processes write into the case record all the time: type the same command again");
    return -1;
}

static bool make_store(Case *record, GError **error)
{
    g_autofree char *ignore = g_build_filename(record->folder, ".gitignore", NULL);

    fault_point("case_folder");
    if (access(ignore, F_OK) != 0 && !file_write(ignore, "*\n", 2, 0600, error))
        return false;
    record->store = sqlite_store_open(record->path, true, error);
    if (record->store && sqlite_settle(record->store, error))
        return true;
    g_clear_pointer(&record->store, sqlite_store_close);
    return false;
}

/* In a transaction: tables and header of a record that is new; another process may have been faster. */
static bool make_tables(Case *record, SqliteStore *store, GError **error)
{
    g_autofree char *place = NULL;
    g_autofree char *settings = NULL;
    bool is_new = false;

    if (!check_store(record, store, &is_new, error))
        return false;
    if (!is_new)
        return true;
    place = file_place(record->folder, error);
    settings = g_strdup_printf("PRAGMA application_id = %d; PRAGMA user_version = %d", SCHEMA_CASE_APPLICATION_ID,
                               CASE_VERSION);
    return place && sqlite_exec(store, tables, error) && sqlite_exec(store, settings, error) &&
           header_put(store, "incident", record->incident, error) &&
           header_put(store, "status", playbook_status_name(record->status), error) &&
           header_put(store, "place", place, error);
}

/* The store, made if there is none; the tables of a new one come with its first events, until when *turn is held (to be
 * closed; -1: nothing is). */
static bool need_store(Case *record, int *turn, GError **error)
{
    bool found;

    *turn = -1;
    if (!find_store(record, &found, error) || found)
        return found;
    if (!record->create) {
        error_set(error, BREACH_ERROR_INPUT, "case-none", "there is no case record in %s", record->folder);
        return false;
    }
    if (!make_folder(record, error))
        return false;
    *turn = take_turn(record, error);
    return *turn >= 0 && find_store(record, &found, error) && (found || make_store(record, error));
}

/* Copies ---------------------------------------------------------------------------------------------------------- */

bool case_is_copy(Case *record)
{
    g_autofree char *here = record->store ? file_place(record->folder, NULL) : NULL;
    g_autofree char *place = here ? header_get(record->store, "place", NULL) : NULL;

    return place && strcmp(here, place) != 0;
}

bool case_adopt(Case *record, GError **error)
{
    g_autofree char *here = NULL;
    bool found;

    if (!find_store(record, &found, error))
        return false;
    here = found ? file_place(record->folder, error) : NULL;
    return !found || (here && header_put(record->store, "place", here, error));
}

static bool refuse_copy(Case *record, GError **error)
{
    if (!case_is_copy(record))
        return false;
    error_set(error, BREACH_ERROR_INPUT, "case-copied",
              "%s was copied here: what happens in the case is recorded where it was made; if that place is gone, type "
              "breach obligations PLAYBOOK --adopt",
              record->path);
    return true;
}

/* Events ---------------------------------------------------------------------------------------------------------- */

static bool insert(SqliteStore *store, const GPtrArray *events, GError **error)
{
    for (guint i = 0; i < events->len; i++) {
        const CaseEvent *event = g_ptr_array_index(events, i);
        g_autofree char *body = text_canonical_json(event->body);

        if (!sqlite_run(store, error, "INSERT INTO event(at, who, kind, body) VALUES (?, ?, ?, ?)", "isss", event->at,
                        event->by, case_kind_name(event->kind), body))
            return false;
        fault_point("case_inserted");
    }
    return true;
}

static bool is_stale(SqliteStore *store, int64_t last, bool *stale, GError **error)
{
    int64_t latest = 0;

    if (last >= 0 && !sqlite_number(store, "SELECT max(no) FROM event WHERE kind <> 'lookup'", 0, &latest, error))
        return false;
    *stale = last >= 0 && latest != last;
    return true;
}

static bool append_begun(Case *record, int64_t last, const GPtrArray *events, bool *stale, GError **error)
{
    if (!make_tables(record, record->store, error) || refuse_copy(record, error) ||
        !is_stale(record->store, last, stale, error))
        return false;
    if (*stale)
        return sqlite_run(record->store, error, "ROLLBACK", "");
    if (!insert(record->store, events, error))
        return false;
    fault_point("case_commit_before");
    if (!sqlite_run(record->store, error, "COMMIT", ""))
        return false;
    fault_point("case_commit_after");
    return true;
}

static bool append_in_turn(Case *record, int64_t last, const GPtrArray *events, bool *stale, GError **error)
{
    if (!sqlite_run(record->store, error, "BEGIN IMMEDIATE", ""))
        return false;
    if (append_begun(record, last, events, stale, error))
        return true;
    if (!sqlite3_get_autocommit(record->store->db))
        sqlite3_exec(record->store->db, "ROLLBACK", NULL, NULL, NULL);
    return false;
}

static bool append(Case *record, int64_t last, const GPtrArray *events, bool *stale, GError **error)
{
    bool done;
    int turn;

    *stale = false;
    if (events->len == 0)
        return true;
    done = need_store(record, &turn, error) && append_in_turn(record, last, events, stale, error);
    if (turn >= 0)
        close(turn);
    return done;
}

bool case_append_if(Case *record, int64_t last, const GPtrArray *events, bool *stale, GError **error)
{
    return append(record, MAX(last, 0), events, stale, error);
}

bool case_append_all(Case *record, const GPtrArray *events, GError **error)
{
    bool stale;

    return append(record, -1, events, &stale, error);
}

bool case_append(Case *record, CaseKind kind, int64_t at, const char *by, const json_t *body, GError **error)
{
    CaseEvent event = {.at = at, .by = (char *)by, .kind = kind, .body = (json_t *)body};
    g_autoptr(GPtrArray) events = g_ptr_array_new();

    g_ptr_array_add(events, &event);
    return case_append_all(record, events, error);
}

static CaseEvent *read_event(sqlite3_stmt *statement)
{
    const char *name = (const char *)sqlite3_column_text(statement, 3);
    json_t *body = json_loads((const char *)sqlite3_column_text(statement, 4), 0, NULL);
    CaseKind kind;

    if (!body || !case_kind_parse(name, &kind)) {
        json_decref(body);
        return NULL;
    }
    return case_event_new(sqlite3_column_int64(statement, 0), sqlite3_column_int64(statement, 1),
                          (const char *)sqlite3_column_text(statement, 2), kind, body);
}

GPtrArray *case_events(Case *record, GError **error)
{
    g_autoptr(GPtrArray) events = case_events_new();
    sqlite3_stmt *statement;
    bool found;
    int stepped;

    if (!find_store(record, &found, error))
        return NULL;
    if (!found)
        return g_steal_pointer(&events);
    statement = sqlite_query(record->store, error,
                             "SELECT no, at, who, kind, body FROM event WHERE kind <> 'lookup' ORDER BY no", "");
    if (!statement)
        return NULL;
    while ((stepped = sqlite_step(record->store, statement, error)) > 0) {
        CaseEvent *event = read_event(statement);

        if (!event) {
            int no = (int)sqlite3_column_int64(statement, 0);

            sqlite3_reset(statement);
            error_set(error, BREACH_ERROR_INPUT, "case-event",
                      "%s: event %d cannot be read: restore the file from a backup", record->path, no);
            return NULL;
        }
        g_ptr_array_add(events, event);
    }
    return stepped < 0 ? NULL : g_steal_pointer(&events);
}

CaseState *case_state(Case *record, GError **error)
{
    GPtrArray *events = case_events(record, error);

    return events ? case_state_fold(events) : NULL;
}
