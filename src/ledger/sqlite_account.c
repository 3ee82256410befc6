/* The tables of a report. Each is one query that sqlite3 takes as it stands, so that whoever has the ledger can put it
 * again; the numbers in them are those of model/message_state, model/identity and ledger/backend_row. */
#include <string.h>

#include "base/error.h"
#include "ledger/ledger_account.h"
#include "ledger/sqlite_private.h"

G_STATIC_ASSERT(MESSAGE_STATES == 11 && TOLD_STATES == 7 && MESSAGE_QUARANTINED == 10 && TOLD_UNREACHABLE == 6);
G_STATIC_ASSERT(COUNTER_AUDIENCE == 2 && COUNTER_RESENT == 4 && COUNTER_EDITION == 6 && FLAG_WAS_IN_DOUBT == 2);

#define STATE(column)                                                                                                  \
    "CASE " column " WHEN 0 THEN 'planned' WHEN 1 THEN 'attempting' WHEN 2 THEN 'accepted' WHEN 3 THEN 'delivered'"    \
    " WHEN 4 THEN 'deferred' WHEN 5 THEN 'bounced' WHEN 6 THEN 'failed' WHEN 7 THEN 'in_doubt' WHEN 8 THEN 'withheld'" \
    " WHEN 9 THEN 'cancelled' WHEN 10 THEN 'quarantined' END"
#define TOLD(column)                                                                                                   \
    "CASE " column " WHEN 0 THEN 'delivered' WHEN 1 THEN 'accepted' WHEN 2 THEN 'in_doubt' WHEN 3 THEN 'pending'"      \
    " WHEN 4 THEN 'quarantined' WHEN 5 THEN 'withheld' WHEN 6 THEN 'unreachable' END"
#define TIME(column) "strftime('%Y-%m-%dT%H:%M:%fZ', " column " / 1000.0, 'unixepoch')"

/* Names of what the queries below ask for, without arguments, so that they read as one text. */
#define COUNTER_TOLD  TOLD("c.state")
#define ASIDE_TOLD    TOLD("coalesce(n.aside, 5)")
#define MESSAGE_STATE STATE("m.state")
#define AT            TIME("at")
#define FIRST_AT      TIME("min(at)")
#define LAST_AT       TIME("max(at)")
#define STARTED_AT    TIME("started_at")
#define RUN_ENDED_AT  TIME("r.ended_at")
#define LAST_SEEN_AT  TIME("last.at")
#define DECIDED_AT    TIME("max(d.at)")
#define EVENT         "json_extract(body, '$.event')"

/* From messages to notices to people, as model/identity has it: everybody by the rank of their state, 0 weighs most. */
#define EVERYBODY                                                                                                      \
    "WITH link(notice, state) AS (SELECT notice, state FROM message UNION ALL SELECT s.notice, m.state FROM serves s"  \
    " JOIN message m ON m.no = s.message), sums AS (SELECT n.person, n.every, n.rungs IS NOT NULL AS rungs,"           \
    " CASE WHEN n.aside = 6 AND n.rungs IS NOT NULL THEN 3 ELSE coalesce(n.aside, 6) END AS aside,"                    \
    " count(l.state) FILTER (WHERE l.state <> 9 OR n.aside IS NULL) AS messages, total(l.state = 3) AS delivered,"     \
    " total(l.state = 2) AS accepted, total(l.state = 7) AS doubts, total(l.state IN (0, 1, 4)) AS open,"              \
    " total(l.state IN (5, 6)) AS failed, total(l.state = 10) AS quarantined, total(l.state IN (8, 9)) AS withheld"    \
    " FROM notice n LEFT JOIN link l ON l.notice = n.no GROUP BY n.no), told AS (SELECT person, min(CASE"              \
    " WHEN messages = 0 THEN (CASE aside WHEN 2 THEN 0 WHEN 3 THEN 1 WHEN 4 THEN 2 WHEN 6 THEN 3 WHEN 5 THEN 4"        \
    " WHEN 1 THEN 5 ELSE 6 END) WHEN every AND open THEN 1 WHEN delivered THEN 6 WHEN accepted THEN 5 WHEN doubts"     \
    " THEN 0 WHEN open OR (rungs AND failed) THEN 1 WHEN quarantined THEN 2 WHEN NOT failed AND withheld THEN 4"       \
    " ELSE 3 END) AS rank FROM sums GROUP BY person) "
#define RANKED                                                                                                         \
    "CASE rank WHEN 0 THEN 'in_doubt' WHEN 1 THEN 'pending' WHEN 2 THEN 'quarantined' WHEN 3 THEN 'unreachable'"       \
    " WHEN 4 THEN 'withheld' WHEN 5 THEN 'accepted' ELSE 'delivered' END"

/* What each doubt was followed by: the next event of its message, unless that left it in doubt. */
#define DOUBTS                                                                                                         \
    "WITH step AS (SELECT message, no, json_extract(body, '$.from') AS before, json_extract(body, '$.to') AS after,"   \
    " json_extract(body, '$.by') AS who, json_extract(body, '$.note') AS note, " EVENT " AS event FROM event"          \
    " WHERE message IN (SELECT no FROM message WHERE flags & 2)), pair AS (SELECT before, after,"                      \
    " lead(before) OVER w AS next_before, lead(who) OVER w AS next_who, lead(note) OVER w AS next_note,"               \
    " lead(event) OVER w AS next_event, lead(after) OVER w AS next_after FROM step"                                    \
    " WHERE NOT (before = 'in_doubt' AND after = 'in_doubt') WINDOW w AS (PARTITION BY message ORDER BY no))"          \
    " SELECT CASE WHEN next_before IS NULL THEN 'open'"                                                                \
    " WHEN next_who IS NOT NULL AND next_after IN ('accepted', 'delivered') THEN 'a person found that it was sent'"    \
    " WHEN next_who IS NOT NULL AND next_after IN ('withheld', 'cancelled')"                                           \
    " THEN 'a person decided not to send it'"                                                                          \
    " WHEN next_who IS NOT NULL THEN 'a person found that it was not sent'"                                            \
    " WHEN next_note IN ('looked up', 'recovered', 'late') THEN next_note"                                             \
    " WHEN next_before = 'attempting' THEN 'sent again'"                                                               \
    " WHEN next_event IN ('delivered', 'bounced', 'failed') THEN 'a receipt came' ELSE next_event END AS how,"         \
    " count(*) AS times FROM pair WHERE after = 'in_doubt' GROUP BY 1 ORDER BY 1"

/* A message of ours that is refused and sent again comes back several times, and is one: what it came back with last
 * counts. */
#define CAME_BACK                                                                                                      \
    "SELECT message, max(no) AS no FROM event WHERE instr(body, '\"event\":\"bounced\"') > 0"                          \
    " AND json_extract(body, '$.to') = 'bounced' AND json_extract(body, '$.from') <> 'bounced' GROUP BY message"
#define RETURNED                                                                                                       \
    "SELECT g.name AS gateway, c.name AS channel, coalesce(json_extract(e.body, '$.code'), 0) AS code,"                \
    " coalesce(json_extract(e.body, '$.enhanced'), '') AS enhanced,"                                                   \
    " coalesce(json_extract(e.body, '$.reason'), '') AS reason, count(*) AS messages FROM (" CAME_BACK ") b"           \
    " JOIN event e ON e.no = b.no JOIN message m ON m.no = b.message JOIN gateway g ON g.no = m.gateway"               \
    " JOIN text t ON t.no = m.text JOIN label c ON c.no = t.channel GROUP BY 1, 2, 3, 4, 5"                            \
    " ORDER BY 6 DESC, 1, 2, 3, 4, 5"

static const LedgerTable tables[] = {
    {.name = "identity",
     .is_check = true,
     .is_one = true,
     .sql = EVERYBODY "SELECT count(*) AS people, count(*) FILTER (WHERE rank = 6) AS delivered,"
                      " count(*) FILTER (WHERE rank = 5) AS accepted, count(*) FILTER (WHERE rank = 0) AS in_doubt,"
                      " count(*) FILTER (WHERE rank = 1) AS pending, count(*) FILTER (WHERE rank = 2) AS quarantined,"
                      " count(*) FILTER (WHERE rank = 4) AS withheld, count(*) FILTER (WHERE rank = 3) AS unreachable"
                      " FROM told"},
    {.name = "regions",
     .is_check = true,
     .sql = EVERYBODY "SELECT coalesce(json_extract(p.data, '$.region'), '') AS region, " RANKED " AS told,"
                      " count(*) AS people FROM told JOIN person p ON p.no = told.person GROUP BY 1, rank ORDER BY 1,"
                      " CASE rank WHEN 6 THEN 0 WHEN 5 THEN 1 WHEN 0 THEN 2 WHEN 1 THEN 3 WHEN 2 THEN 4 WHEN 4 THEN 5"
                      " ELSE 6 END"},
    {.name = "audiences",
     .sql = "SELECT l.name AS audience, " COUNTER_TOLD " AS told, c.n AS notices FROM counter c"
            " JOIN label l ON l.no = c.name WHERE c.kind = 2 AND c.n > 0 ORDER BY l.name, c.state"},
    {.name = "editions",
     .sql = "SELECT c.name AS edition, " COUNTER_TOLD " AS told, c.n AS people FROM counter c"
            " WHERE c.kind = 6 AND c.n > 0 ORDER BY c.name, c.state"},
    {.name = "messages",
     .sql = "SELECT c.name AS channel, t.locale AS locale, g.name AS gateway, t.edition AS edition, " MESSAGE_STATE
            " AS state, sum(m.n) AS messages FROM (SELECT text, gateway, state, count(*) AS n FROM message"
            " GROUP BY text, gateway, state) m JOIN text t ON t.no = m.text JOIN label c ON c.no = t.channel"
            " JOIN gateway g ON g.no = m.gateway GROUP BY 1, 2, 3, 4, m.state ORDER BY 1, 2, 3, 4, m.state"},
    {.name = "refused",
     .sql = "SELECT g.name AS gateway, c.name AS channel, coalesce(m.code, 0) AS code,"
            " coalesce(m.enhanced, '') AS enhanced, count(*) AS messages FROM message m JOIN gateway g ON"
            " g.no = m.gateway JOIN text t ON t.no = m.text JOIN label c ON c.no = t.channel WHERE m.state = 6"
            " GROUP BY 1, 2, 3, 4 ORDER BY 5 DESC, 1, 2, 3, 4"},
    {.name = "returned", .sql = RETURNED},
    {.name = "attempts",
     .sql = "SELECT " EVENT " AS event, count(*) AS times, " FIRST_AT " AS first_at, " LAST_AT " AS last_at FROM event"
            " WHERE message IS NOT NULL GROUP BY 1 ORDER BY 1"},
    {.name = "runs",
     .sql =
         "WITH early AS (SELECT no, id, ended_at FROM run WHERE id NOT IN (SELECT json_extract(body, '$.run') FROM"
         " event WHERE message IS NULL AND " EVENT
         " = 'run_ended')), last AS (SELECT r.no, max(e.at) AS at FROM event e"
         " CROSS JOIN early r ON r.id = json_extract(e.body, '$.run') WHERE e.at < coalesce(r.ended_at, e.at + 1)"
         " GROUP BY 1) SELECT r.no AS run, " STARTED_AT " AS started_at, CASE WHEN early.no IS NULL THEN " RUN_ENDED_AT
         " END AS ended_at, " LAST_SEEN_AT " AS last_seen_at FROM run r LEFT JOIN early ON early.no = r.no"
         " LEFT JOIN last ON last.no = r.no ORDER BY r.no"},
    {.name = "left_out",
     .sql = "SELECT " ASIDE_TOLD " AS told, l.name AS reason, count(*) AS notices FROM notice n"
            " JOIN label l ON l.no = n.reason WHERE n.aside IS NOT 6 OR n.rungs IS NULL GROUP BY 1, 2"
            " ORDER BY 3 DESC, 1, 2"},
    {.name = "climbs",
     .sql = "SELECT json_extract(body, '$.audience') AS audience, json_extract(body, '$.from') AS \"from\","
            " json_extract(body, '$.to') AS \"to\", json_extract(body, '$.reason') AS reason, count(*) AS notices"
            " FROM event WHERE message IS NULL AND " EVENT " = 'climbed' GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4"},
    {.name = "ladders_ended",
     .sql = "SELECT coalesce(l.name, '') AS reason, count(*) AS notices FROM notice n JOIN label l ON l.no = n.ended"
            " WHERE n.rungs IS NULL GROUP BY 1 ORDER BY 2 DESC, 1"},
    {.name = "doubts", .sql = DOUBTS},
    {.name = "doubt_counts",
     .is_one = true,
     .sql = "SELECT count(*) FILTER (WHERE flags & 2) AS messages_ever,"
            " count(*) FILTER (WHERE state = 7) AS messages_now,"
            " count(*) FILTER (WHERE state = 7 AND due IS NULL) AS wait_for_a_person,"
            " (SELECT coalesce(sum(n), 0) FROM counter WHERE kind = 4) AS sent_again_in_doubt,"
            " (SELECT coalesce(sum(n), 0) FROM counter WHERE kind = 5) AS accepted_twice FROM message"},
    {.name = "decided",
     .sql = "SELECT l.name AS reason, coalesce(d.by, '') AS \"by\", count(*) AS people, " DECIDED_AT " AS last_at"
            " FROM decision d JOIN label l ON l.no = d.reason GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2"},
    {.name = "mails",
     .sql = "SELECT json_extract(body, '$.kind') AS kind, count(*) AS mails FROM event"
            " WHERE message IS NULL AND " EVENT " = 'mail' GROUP BY 1 ORDER BY 1"},
    {.name = "refused_entries",
     .sql = "SELECT json_extract(body, '$.why') AS why, count(*) AS entries FROM event"
            " WHERE message IS NULL AND " EVENT " = 'inbox_refused' GROUP BY 1 ORDER BY 2 DESC, 1"},
    {.name = "announcement",
     .sql = "SELECT gateway, locale, kind, edition, state, url, digest, words, who AS \"by\", " AT
            " AS at FROM publication"
            " ORDER BY gateway, locale"},
    {.name = "notes",
     .sql = "SELECT " AT " AS at, json_remove(body, '$.at', '$.inputs', '$.gateways', '$.boot', '$.words', '$.item')"
            " AS body FROM event WHERE message IS NULL AND (" EVENT " IN ('planned', 'confirmed', 'held', 'lifted',"
            " 'adopted', 'climb_allowed', 'quiet_hours_overridden', 'test_sent') OR " EVENT " LIKE 'announcement_%')"
            " ORDER BY no"},
    {.name = NULL},
};

bool sqlite_account_snapshot(void *self, GError **error)
{
    return sqlite_exec(self, "BEGIN", error);
}

const LedgerTable *sqlite_account_tables(void)
{
    return tables;
}

/* Rows ------------------------------------------------------------------------------------------------------------ */

static json_t *value_of(sqlite3_stmt *statement, int column)
{
    const char *text = (const char *)sqlite3_column_text(statement, column);

    if (sqlite3_column_type(statement, column) == SQLITE_NULL)
        return json_null();
    if (sqlite3_column_type(statement, column) == SQLITE_INTEGER)
        return json_integer(sqlite3_column_int64(statement, column));
    return strcmp(sqlite3_column_name(statement, column), "body") == 0 ? json_loads(text, 0, NULL) : json_string(text);
}

static json_t *row_of(sqlite3_stmt *statement)
{
    json_t *row = json_object();

    for (int i = 0; i < sqlite3_column_count(statement); i++)
        json_object_set_new(row, sqlite3_column_name(statement, i), value_of(statement, i));
    return row;
}

json_t *sqlite_account_table(void *self, const char *name, GError **error)
{
    const LedgerTable *table = tables;
    json_auto_t *rows = json_array();
    sqlite3_stmt *statement;
    int stepped = -1;

    while (table->name && strcmp(table->name, name) != 0)
        table++;
    g_return_val_if_fail(table->name, NULL);
    statement = sqlite_query(self, error, table->sql, "");
    while (statement && (stepped = sqlite_step(self, statement, error)) > 0)
        json_array_append_new(rows, row_of(statement));
    if (stepped < 0)
        return NULL;
    return json_incref(table->is_one ? json_array_get(rows, 0) : rows);
}
