/* The rows of messages: reading, claiming, changing, and whom they serve. */
#include <inttypes.h>
#include <string.h>

#include "base/error.h"
#include "ledger/sqlite_private.h"

#define ROW_COLUMNS                                                                                                    \
    "m.no, m.id, m.gateway, m.text, m.state, m.attempt, m.relay_doubts, m.flags, m.due, m.first_at, m.run, m.code,"    \
    " m.enhanced, m.notice, m.doubted"

static int64_t number_or(sqlite3_stmt *statement, int column, int64_t missing)
{
    return sqlite3_column_type(statement, column) == SQLITE_NULL ? missing : sqlite3_column_int64(statement, column);
}

static void copy_text(char *to, size_t size, sqlite3_stmt *statement, int column)
{
    const char *text = (const char *)sqlite3_column_text(statement, column);

    g_strlcpy(to, text ? text : "", size);
}

bool sqlite_states_add(uint32_t states[MESSAGE_STATES], sqlite3_stmt *statement, int column)
{
    int state = sqlite3_column_int(statement, column);

    if (state < 0 || state >= MESSAGE_STATES)
        return false;
    states[state]++;
    return true;
}

static bool read_row(sqlite3_stmt *statement, LedgerRow *row, GError **error)
{
    uint32_t states[MESSAGE_STATES] = {0};
    int flags = sqlite3_column_int(statement, 7);

    row->no = sqlite3_column_int64(statement, 0);
    copy_text(row->id, sizeof row->id, statement, 1);
    row->gateway = sqlite3_column_int64(statement, 2);
    row->text = sqlite3_column_int64(statement, 3);
    row->state = (MessageState)sqlite3_column_int(statement, 4);
    row->attempt = sqlite3_column_int(statement, 5);
    row->relay_doubts = sqlite3_column_int(statement, 6);
    row->solo = (flags & FLAG_SOLO) != 0;
    row->was_in_doubt = (flags & FLAG_WAS_IN_DOUBT) != 0;
    row->twice = (flags & FLAG_TWICE) != 0;
    row->accepted_before = (flags & FLAG_ACCEPTED_BEFORE) != 0;
    row->doubt_open = (flags & FLAG_DOUBT_OPEN) != 0;
    row->stands_in = (flags & FLAG_STANDS_IN) != 0;
    row->settled = (flags & FLAG_SETTLED) != 0;
    row->has_rungs = (flags & FLAG_RUNGS) != 0;
    row->notice = sqlite3_column_int64(statement, 13);
    row->doubted = sqlite3_column_int(statement, 14);
    row->due = number_or(statement, 8, -1);
    row->first_at = number_or(statement, 9, -1);
    row->run = number_or(statement, 10, 0);
    row->code = sqlite3_column_int(statement, 11);
    copy_text(row->enhanced, sizeof row->enhanced, statement, 12);
    if (sqlite_states_add(states, statement, 4))
        return true;
    error_set(error, BREACH_ERROR_INPUT, "ledger-damaged", "the ledger is damaged: message %s has no state", row->id);
    return false;
}

/* The only row of a query. */
static bool take_row(sqlite3_stmt *statement, LedgerRow *row, GError **error)
{
    bool is_read = read_row(statement, row, error);

    sqlite3_reset(statement);
    return is_read;
}

bool sqlite_dispatch_row_get(void *self, int64_t no, LedgerRow *row, GError **error)
{
    sqlite3_stmt *statement = sqlite_query(self, error, "SELECT " ROW_COLUMNS " FROM message m WHERE m.no = ?", "i", no);
    int stepped = statement ? sqlite_step(self, statement, error) : -1;

    if (stepped == 0)
        error_set(error, BREACH_ERROR_INTERNAL, "ledger-damaged", "message %" PRId64 " is missing", no);
    return stepped > 0 && take_row(statement, row, error);
}

bool sqlite_dispatch_row_find(void *self, const char *id, LedgerRow *row, GError **error)
{
    sqlite3_stmt *statement = sqlite_query(self, error, "SELECT " ROW_COLUMNS " FROM message m WHERE m.id = ?", "s", id);
    int stepped = statement ? sqlite_step(self, statement, error) : -1;

    return stepped > 0 && take_row(statement, row, error);
}

/* FLAG_STOPPED and FLAG_UNWANTED belong to the backend. The first lasts as long as the state does, and what is withheld
 * while no plan wants it is withheld by the plan; the second lasts until the next plan. */
G_STATIC_ASSERT(FLAG_STOPPED == 16 && (FLAG_UNWANTED | FLAG_CLIMBED) == 1088 && MESSAGE_WITHHELD == 8);

/* What is let go again goes by the gateway that its channel has in the latest plan, if its own is gone. */
#define PLANNED_GATEWAYS                                                                                               \
    " FROM header h CROSS JOIN json_each(h.value) j JOIN gateway g ON g.name = json_extract(j.value, '$.name')"
#define GATEWAY_NOW                                                                                                    \
    "CASE WHEN ?1 = 0 AND state <> 1 AND gateway NOT IN (SELECT g.no" PLANNED_GATEWAYS " WHERE h.key = 'gateways')"     \
    " THEN coalesce((SELECT min(g.no)" PLANNED_GATEWAYS " JOIN label l ON l.name = json_extract(j.value, '$.channel')"  \
    " JOIN text t ON t.channel = l.no WHERE h.key = 'gateways' AND t.no = message.text), gateway) ELSE gateway END"

bool sqlite_dispatch_row_put(void *self, const LedgerRow *row, GError **error)
{
    int flags = (row->solo ? FLAG_SOLO : 0) | (row->was_in_doubt ? FLAG_WAS_IN_DOUBT : 0) |
                (row->twice ? FLAG_TWICE : 0) | (row->accepted_before ? FLAG_ACCEPTED_BEFORE : 0) |
                (row->doubt_open ? FLAG_DOUBT_OPEN : 0) | (row->stands_in ? FLAG_STANDS_IN : 0) |
                (row->settled ? FLAG_SETTLED : 0) | (row->has_rungs ? FLAG_RUNGS : 0);

    return sqlite_run(self, error,
                      "UPDATE message SET state = ?1, attempt = ?2, relay_doubts = ?3, flags = ?4 | (flags & 1088) | CASE"
                      " WHEN state = ?1 THEN flags & 16 WHEN ?1 = 8 AND flags & 64 THEN 16 ELSE 0 END, due = ?5, first_at = ?6, run = ?7, code = ?8, enhanced = ?9, doubted = ?10, gateway = " GATEWAY_NOW " WHERE no = ?11",
                      "iiiinniisii", (int64_t)row->state, (int64_t)row->attempt, (int64_t)row->relay_doubts,
                      (int64_t)flags, row->due, row->first_at, row->run, (int64_t)row->code,
                      row->enhanced[0] ? row->enhanced : NULL, (int64_t)row->doubted, row->no);
}

bool sqlite_dispatch_claim_people(void *self, LedgerClaim *claim, GError **error)
{
    sqlite3_stmt *statement = sqlite_query(
        self, error,
        "SELECT p.data FROM message m JOIN notice n ON n.no = m.notice JOIN person p ON p.no = n.person WHERE m.no = ?1"
        " UNION ALL SELECT p.data FROM serves s JOIN notice n ON n.no = s.notice JOIN person p ON p.no = n.person"
        " WHERE s.message = ?1",
        "i", claim->no);
    g_autoptr(GPtrArray) people = g_ptr_array_new_with_free_func(g_free);
    int stepped = -1;

    while (statement && (stepped = sqlite_step(self, statement, error)) > 0)
        if (sqlite3_column_type(statement, 0) != SQLITE_NULL)
            g_ptr_array_add(people, g_strdup((const char *)sqlite3_column_text(statement, 0)));
    if (stepped < 0)
        return false;
    g_ptr_array_add(people, NULL);
    claim->people = (char **)g_ptr_array_free(g_steal_pointer(&people), FALSE);
    return true;
}

int sqlite_dispatch_rows_due(void *self, int64_t gateway, int64_t queue, int64_t now, int limit, LedgerRow *rows,
                             LedgerClaim **claims, GError **error)
{
    sqlite3_stmt *statement =
        sqlite_query(self, error,
                     "SELECT " ROW_COLUMNS ", m.endpoint FROM message m WHERE m.gateway = ? AND m.queue = ? AND m.due <= ?"
                     " AND m.due IS NOT NULL ORDER BY m.due, m.no LIMIT ?",
                     "iiii", gateway, queue, now, (int64_t)limit);
    int stepped = -1;
    int count = 0;

    while (statement && (stepped = sqlite_step(self, statement, error)) > 0) {
        LedgerClaim *claim = g_new0(LedgerClaim, 1);

        claims[count] = claim;
        if (!read_row(statement, &rows[count++], error)) {
            stepped = -1;
            break;
        }
        claim->no = rows[count - 1].no;
        claim->text = rows[count - 1].text;
        memcpy(claim->id, rows[count - 1].id, sizeof claim->id);
        claim->endpoint = g_strdup((const char *)sqlite3_column_text(statement, 15));
    }
    sqlite3_reset(statement);
    if (stepped == 0)
        return count;
    while (count > 0)
        ledger_claim_free(claims[--count]);
    return -1;
}

int sqlite_dispatch_rows_attempting(void *self, int64_t after, int limit, LedgerRow *rows, GError **error)
{
    sqlite3_stmt *statement = sqlite_query(
        self, error,
        "SELECT " ROW_COLUMNS " FROM message m WHERE m.state = 1 AND m.no > ? ORDER BY m.no LIMIT ?", "ii", after,
        (int64_t)limit);
    int stepped = -1;
    int count = 0;

    while (statement && (stepped = sqlite_step(self, statement, error)) > 0)
        if (!read_row(statement, &rows[count++], error)) {
            sqlite3_reset(statement);
            return -1;
        }
    return stepped < 0 ? -1 : count;
}

/* Whom it serves ------------------------------------------------------------------------------------------------ */

static bool add_states(SqliteStore *store, LedgerServed *served, GError **error)
{
    sqlite3_stmt *statement =
        sqlite_query(store, error,
                     "SELECT state FROM message WHERE notice = ?1 AND flags & 1 = 0 UNION ALL SELECT m.state FROM serves s"
                     " JOIN message m ON m.no = s.message WHERE s.notice = ?1",
                     "i", served->notice);
    int stepped = -1;

    while (statement && (stepped = sqlite_step(store, statement, error)) > 0) {
        int state = sqlite3_column_int(statement, 0);

        if (state != MESSAGE_CANCELLED || !served->has_aside)
            served->has_messages = true;
        if (!sqlite_states_add(served->states, statement, 0))
            break;
    }
    sqlite3_reset(statement);
    if (stepped > 0)
        error_set(error, BREACH_ERROR_INPUT, "ledger-damaged", "the ledger is damaged: a message has no state");
    return stepped == 0;
}

bool sqlite_read_served(SqliteStore *store, sqlite3_stmt *statement, GArray *served, GError **error)
{
    int stepped = -1;

    while (statement && (stepped = sqlite_step(store, statement, error)) > 0) {
        LedgerServed entry = {.notice = sqlite3_column_int64(statement, 0),
                              .person = sqlite3_column_int64(statement, 1),
                              .audience = sqlite3_column_int64(statement, 2),
                              .edition = sqlite3_column_int64(statement, 4),
                              .aside = (Told)number_or(statement, 3, TOLD_UNREACHABLE),
                              .has_aside = sqlite3_column_type(statement, 3) != SQLITE_NULL,
                              .has_rungs = sqlite3_column_int(statement, 5) != 0,
                              .every = sqlite3_column_int(statement, 6) != 0,
                              .climbed = sqlite3_column_int(statement, 7) != 0,
                              .mine = sqlite3_column_int(statement, 8) != 0};

        g_array_append_val(served, entry);
    }
    if (stepped < 0)
        return false;
    for (guint i = 0; i < served->len; i++)
        if (!add_states(store, &g_array_index(served, LedgerServed, i), error))
            return false;
    return true;
}

/* The only notice of a person that has its only message counts with that message, and is left out. */
bool sqlite_dispatch_person_served(void *self, int64_t person, GArray *served, GError **error)
{
    sqlite3_stmt *statement = sqlite_query(
        self, error,
        SQLITE_SERVED("0") " WHERE n.person = ? AND (n.solo = 0 OR n.aside IS NOT NULL) ORDER BY n.edition, n.no", "i", person);

    return sqlite_read_served(self, statement, served, error);
}

bool sqlite_dispatch_served(void *self, int64_t no, GArray *served, GError **error)
{
    sqlite3_stmt *statement = sqlite_query(
        self, error,
        SQLITE_SERVED("n.no = (SELECT notice FROM message WHERE no = ?1) OR EXISTS (SELECT 1 FROM serves z WHERE z.message"
                      " = ?1 AND z.notice = n.no)") " WHERE n.solo = 0 AND n.person IN"
                      " (SELECT y.person FROM message m JOIN notice y ON y.no = m.notice WHERE m.no = ?1"
                      "  UNION SELECT y.person FROM serves s JOIN notice y ON y.no = s.notice WHERE s.message = ?1)"
                      " ORDER BY n.person, n.edition, n.no",
        "i", no);

    return sqlite_read_served(self, statement, served, error);
}
