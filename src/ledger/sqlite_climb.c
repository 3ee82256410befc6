/* The ladder: who is to go on to another channel, and what that changes; and what gateways call their messages. */
#include <inttypes.h>
#include <string.h>

#include "base/error.h"
#include "ledger/sqlite_private.h"

G_STATIC_ASSERT(TOLD_PENDING == 3 && TOLD_UNREACHABLE == 6 && FLAG_SOLO == 1 && FLAG_RUNGS == 512 &&
                FLAG_CLIMBED == 1024);
G_STATIC_ASSERT(MESSAGE_PLANNED == 0 && MESSAGE_BOUNCED == 5 && MESSAGE_FAILED == 6 && MESSAGE_IN_DOUBT == 7);

/* Who climbs ---------------------------------------------------------------------------------------------------- */

bool sqlite_climb_put(void *self, int64_t notice, int64_t message, int64_t due, int reason, bool *is_new,
                      GError **error)
{
    SqliteStore *store = self;

    if (!sqlite_run(store, error, "INSERT OR IGNORE INTO climb(notice, message, due, reason) VALUES (?, ?, ?, ?)",
                    "iiii", notice, message, due, (int64_t)reason))
        return false;
    *is_new = sqlite3_changes(store->db) > 0;
    return *is_new ||
           sqlite_run(store, error,
                      "UPDATE climb SET message = ?2, due = CASE reason WHEN ?4 THEN min(due, ?3) ELSE ?3 END,"
                      " reason = ?4 WHERE notice = ?1",
                      "iiii", notice, message, due, (int64_t)reason);
}

bool sqlite_climb_drop(void *self, int64_t notice, bool *was, GError **error)
{
    SqliteStore *store = self;

    if (!sqlite_run(store, error, "DELETE FROM climb WHERE notice = ?", "i", notice))
        return false;
    *was = sqlite3_changes(store->db) > 0;
    return true;
}

bool sqlite_climb_list(void *self, int64_t now, int limit, GPtrArray *climbs, GError **error)
{
    sqlite3_stmt *statement = sqlite_query(
        self, error,
        "SELECT c.notice, c.message, c.due, c.reason, n.person, p.id, p.data, a.name, r.name, coalesce(h.name, ''),"
        " n.edition FROM climb c CROSS JOIN notice n ON n.no = c.notice CROSS JOIN person p ON p.no = n.person"
        " CROSS JOIN label a ON a.no = n.audience LEFT JOIN label r ON r.no = n.rungs LEFT JOIN message m"
        " ON m.no = c.message LEFT JOIN text t ON t.no = m.text LEFT JOIN label h ON h.no = t.channel WHERE c.due <= ?"
        " ORDER BY c.due, c.notice LIMIT ?",
        "ii", now, (int64_t)limit);
    int stepped = -1;

    while (statement && (stepped = sqlite_step(self, statement, error)) > 0) {
        LedgerClimb *climb = g_new0(LedgerClimb, 1);

        climb->notice = sqlite3_column_int64(statement, 0);
        climb->message = sqlite3_column_int64(statement, 1);
        climb->due = sqlite3_column_int64(statement, 2);
        climb->reason = (LedgerClimbReason)CLAMP(sqlite3_column_int(statement, 3), 0, CLIMB_REASONS - 1);
        climb->person = sqlite3_column_int64(statement, 4);
        climb->person_id = sqlite_copy(statement, 5);
        climb->data = sqlite_copy(statement, 6);
        climb->audience = sqlite_copy(statement, 7);
        climb->rungs = sqlite_copy(statement, 8);
        climb->from = sqlite_copy(statement, 9);
        climb->edition = sqlite3_column_int(statement, 10);
        g_ptr_array_add(climbs, climb);
    }
    return stepped == 0;
}

/* A solo notice has its one message, which is not found from the notice. */
static bool add_solo(SqliteStore *store, int64_t message, LedgerServed *served, GError **error)
{
    sqlite3_stmt *statement =
        sqlite_query(store, error, "SELECT state FROM message WHERE no = ? AND notice = ? AND flags & 1", "ii", message,
                     served->notice);
    int stepped = statement ? sqlite_step(store, statement, error) : -1;

    if (stepped <= 0)
        return stepped == 0;
    served->has_messages = true;
    sqlite_states_add(served->states, statement, 0);
    sqlite3_reset(statement);
    return true;
}

bool sqlite_climb_standing(void *self, int64_t notice, int64_t message, LedgerServed *served, GError **error)
{
    sqlite3_stmt *statement = sqlite_query(self, error, SQLITE_SERVED("0") " WHERE n.no = ?", "i", notice);
    g_autoptr(GArray) one = g_array_new(FALSE, FALSE, sizeof(LedgerServed));

    if (!sqlite_read_served(self, statement, one, error))
        return false;
    if (one->len == 0) {
        error_set(error, BREACH_ERROR_INTERNAL, "ledger-damaged", "notice %" PRId64 " is missing", notice);
        return false;
    }
    *served = g_array_index(one, LedgerServed, 0);
    return message == 0 || add_solo(self, message, served, error);
}

bool sqlite_climb_next_due(void *self, int64_t *due, GError **error)
{
    return sqlite_number(self, "SELECT min(due) FROM climb", INT64_MAX, due, error);
}

bool sqlite_climb_count(void *self, int64_t now, int64_t *count, int64_t *first, GError **error)
{
    sqlite3_stmt *statement = sqlite_query(self, error,
                                           "SELECT count(*), coalesce(sum(n.rung = 0), 0) FROM climb c CROSS JOIN "
                                           "notice n ON n.no = c.notice WHERE c.due <= ?",
                                           "i", now);
    int stepped = statement ? sqlite_step(self, statement, error) : -1;

    if (stepped <= 0)
        return false;
    *count = sqlite3_column_int64(statement, 0);
    *first = sqlite3_column_int64(statement, 1);
    sqlite3_reset(statement);
    return true;
}

static void wait_free(gpointer data)
{
    LedgerClimbWait *wait = data;

    g_free(wait->audience);
    g_free(wait->from);
    g_free(wait->to);
    g_free(wait);
}

GPtrArray *sqlite_climb_waits(void *self, int64_t now, GError **error)
{
    /* the next channel stands before the first colon of what is left */
    sqlite3_stmt *statement = sqlite_query(
        self, error,
        "SELECT a.name, coalesce(h.name, ''), coalesce(substr(r.name, 1, instr(r.name, ':') - 1), ''), count(*),"
        " min(c.due), sum(c.due <= ?) FROM climb c CROSS JOIN notice n ON n.no = c.notice CROSS JOIN label a"
        " ON a.no = n.audience LEFT JOIN label r ON r.no = n.rungs LEFT JOIN message m ON m.no = c.message LEFT JOIN "
        "text t"
        " ON t.no = m.text LEFT JOIN label h ON h.no = t.channel GROUP BY 1, 2, 3 ORDER BY 4 DESC, 1, 2, 3",
        "i", now);
    g_autoptr(GPtrArray) waits = g_ptr_array_new_with_free_func(wait_free);
    int stepped = -1;

    while (statement && (stepped = sqlite_step(self, statement, error)) > 0) {
        LedgerClimbWait *wait = g_new0(LedgerClimbWait, 1);

        wait->audience = sqlite_copy(statement, 0);
        wait->from = sqlite_copy(statement, 1);
        wait->to = sqlite_copy(statement, 2);
        wait->notices = sqlite3_column_int64(statement, 3);
        wait->due_first = sqlite3_column_int64(statement, 4);
        wait->due_now = sqlite3_column_int64(statement, 5);
        g_ptr_array_add(waits, wait);
    }
    return stepped == 0 ? g_steal_pointer(&waits) : NULL;
}

/* Climbing ------------------------------------------------------------------------------------------------------ */

bool sqlite_climb_text(void *self, const char *audience, const char *channel, const char *locale, bool is_update,
                       int64_t *text, GError **error)
{
    sqlite3_stmt *statement = sqlite_query(
        self, error,
        "SELECT t.no FROM text t JOIN label a ON a.no = t.audience JOIN label c ON c.no = t.channel"
        " WHERE a.name = ? AND c.name = ? AND t.locale = ? AND t.is_update = ? AND t.latest ORDER BY t.no DESC"
        " LIMIT 1",
        "sssi", audience, channel, locale, (int64_t)is_update);
    int stepped = statement ? sqlite_step(self, statement, error) : -1;

    *text = stepped > 0 ? sqlite3_column_int64(statement, 0) : 0;
    if (stepped > 0)
        sqlite3_reset(statement);
    return stepped >= 0;
}

/* Of a solo notice the one message is the cause of the climb, on another channel: it need not be looked at. */
bool sqlite_climb_tried(void *self, int64_t notice, const char *channel, const char *endpoint, bool *tried,
                        GError **error)
{
    sqlite3_stmt *statement = sqlite_query(
        self, error,
        "SELECT 1 FROM (SELECT no FROM message WHERE notice = ?1 AND flags & 1 = 0 UNION ALL SELECT message FROM serves"
        " WHERE notice = ?1) x JOIN message m ON m.no = x.no JOIN text t ON t.no = m.text JOIN label c"
        " ON c.no = t.channel WHERE c.name = ?2 AND m.endpoint = ?3 AND m.state NOT IN (8, 9) LIMIT 1",
        "iss", notice, channel, endpoint);
    int stepped = statement ? sqlite_step(self, statement, error) : -1;

    *tried = stepped > 0;
    if (stepped > 0)
        sqlite3_reset(statement);
    return stepped >= 0;
}

bool sqlite_climb_unsolo(void *self, int64_t notice, int64_t message, GError **error)
{
    return sqlite_run(self, error, "UPDATE notice SET solo = 0 WHERE no = ? AND solo = 1", "i", notice) &&
           (message == 0 ||
            sqlite_run(self, error, "UPDATE message SET flags = flags & ~513 WHERE no = ? AND flags & 1", "i",
                       message));
}

bool sqlite_climb_unsolo_person(void *self, int64_t person, GError **error)
{
    return sqlite_run(
               self, error,
               "UPDATE message SET flags = flags & ~513 WHERE flags & 1 AND notice IN (SELECT no FROM notice WHERE"
               " person = ? AND solo = 1 AND ladder IS NOT NULL)",
               "i", person) &&
           sqlite_run(self, error, "UPDATE notice SET solo = 0 WHERE person = ? AND solo = 1 AND ladder IS NOT NULL",
                      "i", person);
}

bool sqlite_climb_ladder_served(void *self, int64_t person, GArray *served, GError **error)
{
    sqlite3_stmt *statement = sqlite_query(
        self, error, SQLITE_SERVED("0") " WHERE n.person = ? AND n.solo = 0 ORDER BY n.edition, n.no", "i", person);

    return sqlite_read_served(self, statement, served, error);
}

int64_t sqlite_climb_message(void *self, int64_t notice, const LedgerClimbMessage *message, int64_t due, GError **error)
{
    SqliteStore *store = self;

    if (!sqlite_run(store, error,
                    "INSERT INTO message(id, notice, gateway, text, endpoint, state, attempt, relay_doubts, flags, due)"
                    " VALUES (?, ?, ?, ?, ?, 0, 0, 0, 1024, ?)",
                    "siiisi", message->id, notice, message->gateway, message->text, message->endpoint, due))
        return 0;
    return sqlite3_last_insert_rowid(store->db);
}

bool sqlite_climb_join(void *self, int64_t message, int64_t notice, GError **error)
{
    return sqlite_run(
        self, error,
        "INSERT OR IGNORE INTO serves(message, notice) SELECT ?1, ?2 WHERE NOT EXISTS (SELECT 1 FROM message"
        " WHERE no = ?1 AND notice = ?2)",
        "ii", message, notice);
}

bool sqlite_climb_set(void *self, int64_t notice, const char *rungs, bool climbed, bool *first, GError **error)
{
    int64_t label = rungs ? sqlite_label(self, rungs, error) : -1;
    sqlite3_stmt *statement;
    int stepped;

    if (label == 0)
        return false;
    if (!sqlite_run(self, error,
                    "UPDATE notice SET rungs = ?2, rung = rung + ?3, reason = CASE WHEN ?3 AND aside = 6 THEN NULL ELSE"
                    " reason END, aside = CASE WHEN ?3 AND aside = 6 THEN NULL ELSE aside END WHERE no = ?1",
                    "ini", notice, label, (int64_t)climbed))
        return false;
    statement = sqlite_query(self, error, "SELECT rung FROM notice WHERE no = ?", "i", notice);
    stepped = statement ? sqlite_step(self, statement, error) : -1;
    *first = stepped > 0 && climbed && sqlite3_column_int(statement, 0) == 1;
    if (stepped > 0)
        sqlite3_reset(statement);
    return stepped > 0;
}

/* The words of the reason: one for each channel and what became of it. There are few of them, so they are counted
 * together. */
static const char *fate_of(int state)
{
    static const char *const fates[MESSAGE_STATES] = {
        [MESSAGE_ACCEPTED] = "not reported as delivered",
        [MESSAGE_BOUNCED] = "came back",
        [MESSAGE_FAILED] = "refused",
        [MESSAGE_IN_DOUBT] = "in doubt",
        [MESSAGE_WITHHELD] = "withheld",
        [MESSAGE_QUARANTINED] = "not rendered",
    };

    return state >= 0 && state < MESSAGE_STATES ? fates[state] : NULL;
}

bool sqlite_climb_end(void *self, int64_t notice, const char *more, GError **error)
{
    sqlite3_stmt *statement = sqlite_query(
        self, error,
        "SELECT c.name, max(m.state) FROM (SELECT no FROM message WHERE notice = ?1 AND flags & 1 = 0 UNION SELECT "
        "message"
        " FROM serves WHERE notice = ?1) x JOIN message m ON m.no = x.no JOIN text t ON t.no = m.text JOIN label c"
        " ON c.no = t.channel WHERE m.state <> 9 GROUP BY c.name ORDER BY min(m.no)",
        "i", notice);
    g_autoptr(GString) reason = g_string_new(NULL);
    int stepped = -1;
    int64_t label;

    while (statement && (stepped = sqlite_step(self, statement, error)) > 0) {
        const char *fate = fate_of(sqlite3_column_int(statement, 1));

        if (fate)
            g_string_append_printf(reason, "%s%s %s", reason->len > 0 ? "; " : "",
                                   (const char *)sqlite3_column_text(statement, 0), fate);
    }
    if (stepped < 0)
        return false;
    if (more && *more)
        g_string_append_printf(reason, "%s%s", reason->len > 0 ? "; " : "", more);
    label = sqlite_label(self, reason->str, error);
    return label > 0 && sqlite_run(self, error, "UPDATE notice SET ended = ? WHERE no = ?", "ii", label, notice);
}

bool sqlite_climb_stop(void *self, int64_t person, int64_t *dropped, GError **error)
{
    SqliteStore *store = self;

    if (!sqlite_run(store, error, "DELETE FROM climb WHERE notice IN (SELECT no FROM notice WHERE person = ?)", "i",
                    person))
        return false;
    *dropped = sqlite3_changes(store->db);
    return sqlite_run(store, error,
                      "UPDATE notice SET rungs = NULL, ladder = NULL WHERE person = ? AND ladder IS NOT NULL", "i",
                      person);
}

/* Providers ----------------------------------------------------------------------------------------------------- */

bool sqlite_provider_put(void *self, int64_t gateway, const char *id, int64_t message, GError **error)
{
    return sqlite_run(self, error, "INSERT OR REPLACE INTO provider(gateway, id, message) VALUES (?, ?, ?)", "isi",
                      gateway, id, message);
}

bool sqlite_provider_find(void *self, const char *gateway, const char *id, int64_t *message, GError **error)
{
    sqlite3_stmt *statement = sqlite_query(
        self, error,
        "SELECT p.message FROM provider p JOIN gateway g ON g.no = p.gateway WHERE g.name = ? AND p.id = ?", "ss",
        gateway, id);
    int stepped = statement ? sqlite_step(self, statement, error) : -1;

    *message = stepped > 0 ? sqlite3_column_int64(statement, 0) : 0;
    if (stepped > 0)
        sqlite3_reset(statement);
    return stepped >= 0;
}

bool sqlite_provider_accepted(void *self, const char *gateway, const char *after, int limit, BackendPolled *receive,
                              void *user, GError **error)
{
    sqlite3_stmt *statement = sqlite_query(
        self, error,
        "SELECT m.id, p.id, m.endpoint, m.attempt, m.first_at FROM provider p JOIN gateway g ON g.no = p.gateway"
        " JOIN message m ON m.no = p.message WHERE g.name = ? AND p.id > ? AND m.state = ?"
        " ORDER BY p.id LIMIT ?",
        "ssii", gateway, after, (int64_t)MESSAGE_ACCEPTED, (int64_t)limit);
    int stepped = -1;

    while (statement && (stepped = sqlite_step(self, statement, error)) > 0) {
        Polled polled = {.provider_id = (char *)sqlite3_column_text(statement, 1),
                         .endpoint = (char *)sqlite3_column_text(statement, 2),
                         .attempt = sqlite3_column_int(statement, 3),
                         .first_at = sqlite3_column_int64(statement, 4)};

        g_strlcpy(polled.id, (const char *)sqlite3_column_text(statement, 0), sizeof polled.id);
        receive(&polled, user);
    }
    return stepped == 0;
}
