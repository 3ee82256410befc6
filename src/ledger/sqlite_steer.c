/* Queues, holds and pauses. */
#include "ledger/sqlite_private.h"

/* Queues -------------------------------------------------------------------------------------------------------- */

bool sqlite_steer_row_move(void *self, int64_t no, int64_t queue, GError **error)
{
    return sqlite_run(self, error, "UPDATE message SET queue = ? WHERE no = ?", "ii", queue, no);
}

bool sqlite_steer_queues(void *self, BackendQueue *receive, void *user, GError **error)
{
    sqlite3_stmt *statement = sqlite_query(self, error, "SELECT no, kind, name FROM queue ORDER BY no", "");
    int stepped = -1;

    while (statement && (stepped = sqlite_step(self, statement, error)) > 0)
        receive(sqlite3_column_int64(statement, 0), sqlite3_column_int(statement, 1),
                (const char *)sqlite3_column_text(statement, 2), user);
    return stepped == 0;
}

int64_t sqlite_steer_queue_no(void *self, int kind, const char *name, GError **error)
{
    SqliteStore *store = self;
    sqlite3_stmt *statement =
        sqlite_query(store, error, "SELECT no FROM queue WHERE kind = ? AND name = ?", "is", (int64_t)kind, name);
    int stepped = statement ? sqlite_step(store, statement, error) : -1;
    int64_t no = 0;

    if (stepped > 0) {
        no = sqlite3_column_int64(statement, 0);
        sqlite3_reset(statement);
    } else if (stepped == 0 &&
               sqlite_run(store, error, "INSERT INTO queue(kind, name) VALUES (?, ?)", "is", (int64_t)kind, name)) {
        no = sqlite3_last_insert_rowid(store->db);
    }
    return no;
}

bool sqlite_steer_queue_count(void *self, int64_t queue, int64_t *count, GError **error)
{
    sqlite3_stmt *statement =
        sqlite_query(self, error,
                     "SELECT coalesce(sum((SELECT count(*) FROM message WHERE gateway = g.no AND queue = ?1 AND due IS NOT"
                     " NULL)), 0) FROM gateway g",
                     "i", queue);

    if (!statement || sqlite_step(self, statement, error) <= 0)
        return false;
    *count = sqlite3_column_int64(statement, 0);
    sqlite3_reset(statement);
    return true;
}

bool sqlite_steer_next_due(void *self, int64_t gateway, int64_t queue, int64_t *due, GError **error)
{
    sqlite3_stmt *statement;
    int stepped;

    if (gateway == 0 && queue < 0)
        return sqlite_number(
            self,
            "SELECT min(first) FROM (SELECT (SELECT min(due) FROM message WHERE gateway = g.no AND queue ="
            " q.no AND due IS NOT NULL) AS first FROM gateway g,"
            " (SELECT 0 AS no UNION ALL SELECT no FROM queue) q)",
            INT64_MAX, due, error);
    if (gateway == 0)
        statement = sqlite_query(self, error,
                                 "SELECT min(first) FROM (SELECT (SELECT min(due) FROM message WHERE gateway = g.no"
                                 " AND queue = ? AND due IS NOT NULL) AS first FROM gateway g)",
                                 "i", queue);
    else if (queue < 0)
        statement =
            sqlite_query(self, error,
                         "SELECT min(first) FROM (SELECT (SELECT min(due) FROM message WHERE gateway = ? AND queue ="
                         " q.no AND due IS NOT NULL) AS first FROM (SELECT 0 AS no UNION ALL SELECT no FROM queue)"
                         " q)",
                         "i", gateway);
    else
        statement = sqlite_query(self, error,
                                 "SELECT min(due) FROM message WHERE gateway = ? AND queue = ? AND due IS NOT NULL",
                                 "ii", gateway, queue);
    stepped = statement ? sqlite_step(self, statement, error) : -1;
    if (stepped <= 0)
        return false;
    *due = sqlite3_column_type(statement, 0) == SQLITE_NULL ? INT64_MAX : sqlite3_column_int64(statement, 0);
    sqlite3_reset(statement);
    return true;
}

/* The texts of the first column that are not NULL, NULL-terminated. */
static char **read_texts(SqliteStore *store, sqlite3_stmt *statement, GError **error)
{
    g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
    int stepped = -1;

    while (statement && (stepped = sqlite_step(store, statement, error)) > 0)
        if (sqlite3_column_type(statement, 0) != SQLITE_NULL)
            g_ptr_array_add(texts, g_strdup((const char *)sqlite3_column_text(statement, 0)));
    if (stepped < 0)
        return NULL;
    g_ptr_array_add(texts, NULL);
    return (char **)g_ptr_array_free(g_steal_pointer(&texts), FALSE);
}

#define SERVED(column)                                                                                                 \
    "SELECT " column " FROM message m JOIN notice n ON n.no = m.notice JOIN person p ON p.no = n.person"               \
    " WHERE m.no = ?1"                                                                                                 \
    " UNION SELECT " column " FROM serves s JOIN notice n ON n.no = s.notice JOIN person p ON p.no = n.person"         \
    " WHERE s.message = ?1"

char **sqlite_steer_served_people(void *self, int64_t no, bool data, GError **error)
{
    return read_texts(self,
                      data ? sqlite_query(self, error, SERVED("p.data"), "i", no)
                           : sqlite_query(self, error, SERVED("p.id"), "i", no),
                      error);
}

/* People whose ids are near `id` in the order of the index. */
char **sqlite_steer_person_ids(void *self, const char *id, GError **error)
{
    sqlite3_stmt *statement =
        sqlite_query(self, error,
                     "SELECT id FROM (SELECT id FROM person WHERE id >= ?1 ORDER BY id LIMIT 500)"
                     " UNION SELECT id FROM (SELECT id FROM person WHERE id < ?1 ORDER BY id DESC LIMIT 500)",
                     "s", id);

    return read_texts(self, statement, error);
}

/* Holds and pauses ---------------------------------------------------------------------------------------------- */

static bool changed_one(SqliteStore *store, bool is_done, bool *changed)
{
    *changed = is_done && sqlite3_changes(store->db) > 0;
    return is_done;
}

bool sqlite_steer_hold_put(void *self, const char *scope, const Hold *hold, bool *changed, GError **error)
{
    return changed_one(self,
                       sqlite_run(self, error,
                                  "INSERT INTO hold(scope, name, reason, who, at, cause, until)"
                                  " VALUES (?, ?, ?, ?, ?, ?, ?)"
                                  " ON CONFLICT(scope, name, cause) DO UPDATE SET reason = excluded.reason,"
                                  " who = excluded.who, at = excluded.at, until = excluded.until"
                                  " WHERE cause <> '' AND until <> excluded.until",
                                  "ssssisi", scope, hold->name, hold->reason, hold->by, hold->at,
                                  hold->cause ? hold->cause : "", hold->until),
                       changed);
}

bool sqlite_steer_hold_drop(void *self, const char *scope, const char *name, const char *cause, bool *changed,
                            GError **error)
{
    return changed_one(self,
                       sqlite_run(self, error, "DELETE FROM hold WHERE scope = ? AND name = ? AND cause = ?", "sss",
                                  scope, name, cause),
                       changed);
}

bool sqlite_steer_holds(void *self, BackendHold *receive, void *user, GError **error)
{
    sqlite3_stmt *statement = sqlite_query(self, error, "SELECT scope, name, reason, who, at, cause, until FROM hold",
                                           "");
    int stepped = -1;

    while (statement && (stepped = sqlite_step(self, statement, error)) > 0)
        receive((const char *)sqlite3_column_text(statement, 0),
                &(Hold){.name = (char *)sqlite3_column_text(statement, 1),
                        .reason = (char *)sqlite3_column_text(statement, 2),
                        .by = (char *)sqlite3_column_text(statement, 3),
                        .at = sqlite3_column_int64(statement, 4),
                        .cause = (char *)sqlite3_column_text(statement, 5),
                        .until = sqlite3_column_int64(statement, 6)},
                user);
    return stepped == 0;
}

bool sqlite_steer_pause_put(void *self, const char *scope, const Pause *pause, GError **error)
{
    return sqlite_run(self, error,
                      "INSERT OR REPLACE INTO pause(scope, name, until, reason, at, times) VALUES (?, ?, ?, ?, ?, ?)",
                      "ssisii", scope, pause->name, pause->until, pause->reason, pause->at, (int64_t)pause->times);
}

bool sqlite_steer_pause_drop(void *self, const char *scope, const char *name, GError **error)
{
    return sqlite_run(self, error, "DELETE FROM pause WHERE scope = ? AND name = ?", "ss", scope, name);
}

bool sqlite_steer_pauses(void *self, BackendPause *receive, void *user, GError **error)
{
    sqlite3_stmt *statement =
        sqlite_query(self, error, "SELECT scope, name, until, reason, at, times FROM pause ORDER BY scope, name", "");
    int stepped = -1;

    while (statement && (stepped = sqlite_step(self, statement, error)) > 0)
        receive((const char *)sqlite3_column_text(statement, 0),
                &(Pause){.name = (char *)sqlite3_column_text(statement, 1),
                         .until = sqlite3_column_int64(statement, 2),
                         .reason = (char *)sqlite3_column_text(statement, 3),
                         .at = sqlite3_column_int64(statement, 4),
                         .times = sqlite3_column_int(statement, 5)},
                user);
    return stepped == 0;
}
