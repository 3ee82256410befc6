/* What people decided about people: kept by the person's number and id, and obeyed by every later plan. */
#include "base/clock.h"
#include "ledger/sqlite_private.h"

#define UNDECIDED "no longer withheld: plan again"

G_STATIC_ASSERT(MESSAGE_PLANNED == 0 && MESSAGE_DEFERRED == 4 && MESSAGE_IN_DOUBT == 7 && MESSAGE_WITHHELD == 8 && MESSAGE_QUARANTINED == 10);
G_STATIC_ASSERT(TOLD_QUARANTINED == 4 && TOLD_WITHHELD == 5 && FLAG_STOPPED == 16);

bool sqlite_decision_put(void *self, int64_t person, const char *reason, const char *by, int64_t at, GError **error)
{
    int64_t label = sqlite_label(self, reason, error);

    /* A notice without messages is left aside by its own word; one whose messages were withheld only has the reason. */
    return label > 0 &&
           sqlite_run(self, error, "INSERT OR REPLACE INTO decision(person, reason, by, at) VALUES (?, ?, ?, ?)",
                      "iisi", person, label, by, at) &&
           sqlite_run(
               self, error,
               "UPDATE notice SET reason = ?1, aside = CASE aside WHEN 4 THEN 5 END WHERE person = ?2 AND"
               " (aside = 4 OR aside IS NULL AND no IN (SELECT notice FROM message WHERE state = 8 AND NOT flags & 16"
               "  UNION ALL SELECT s.notice FROM serves s JOIN message m ON m.no = s.message WHERE m.state = 8"
               "  AND NOT m.flags & 16))",
               "ii", label, person) &&
           sqlite_run(self, error,
                      "UPDATE message SET due = NULL WHERE state = 7 AND due IS NOT NULL AND notice IN (SELECT no FROM"
                      " notice WHERE person = ?) AND no NOT IN (SELECT message FROM serves)",
                      "i", person);
}

bool sqlite_decision_drop(void *self, int64_t person, GError **error)
{
    int64_t label = sqlite_label(self, UNDECIDED, error);

    return label > 0 &&
           sqlite_run(self, error,
                      "UPDATE notice SET reason = CASE aside WHEN 5 THEN ?1 END, aside = CASE aside WHEN 5 THEN 4 END"
                      " WHERE person = ?2 AND (aside IS NULL OR aside = 5) AND reason ="
                      " (SELECT reason FROM decision WHERE person = ?2)",
                      "ii", label, person) &&
           sqlite_run(self, error, "DELETE FROM decision WHERE person = ?", "i", person);
}

char *sqlite_decision_get(void *self, const char *id, GError **error)
{
    sqlite3_stmt *statement =
        sqlite_query(self, error,
                     "SELECT l.name FROM decision d JOIN person p ON p.no = d.person JOIN label l ON l.no = d.reason"
                     " WHERE p.id = ?",
                     "s", id);
    char *reason = NULL;

    if (statement && sqlite_step(self, statement, error) > 0) {
        reason = g_strdup((const char *)sqlite3_column_text(statement, 0));
        sqlite3_reset(statement);
    }
    return reason;
}

/* The new plan asks for everybody; whoever somebody decided not to tell stays untold, and what is in doubt about them waits
 * for a person. A message that others share goes
 * out all the same: it is theirs. */
bool sqlite_decision_keep(SqliteStore *store, int64_t now, GError **error)
{
    g_autofree char *time = clock_format_utc(now);
    int64_t decisions = 0;

    if (!sqlite_number(store, "SELECT count(*) FROM decision", 0, &decisions, error))
        return false;
    if (decisions == 0)
        return true;
    return sqlite_exec(
               store,
               "UPDATE main.message SET flags = flags & ~512 WHERE flags & 512 AND notice IN (SELECT no FROM main.notice"
               " WHERE person IN (SELECT person FROM main.decision));"
               "UPDATE main.notice SET rungs = NULL, ladder = NULL WHERE ladder IS NOT NULL AND person IN (SELECT person"
               " FROM main.decision);"
               "UPDATE main.message AS m SET due = NULL WHERE m.state = 7 AND NOT EXISTS (SELECT 1 FROM (SELECT m.notice"
               " AS no UNION ALL SELECT x.notice FROM main.serves x WHERE x.message = m.no) z JOIN main.notice y"
               " ON y.no = z.no WHERE y.person NOT IN (SELECT person FROM main.decision));"
               "CREATE TEMP TABLE spared AS SELECT m.no AS no, m.state AS state, n.no AS notice, d.reason AS reason,"
               " d.by AS by FROM main.message m CROSS JOIN main.notice n ON n.no = m.notice CROSS JOIN main.decision"
               " d ON d.person = n.person WHERE m.state IN (0, 4, 10) AND NOT EXISTS (SELECT 1 FROM main.serves x"
               " JOIN main.notice y ON y.no = x.notice WHERE x.message = m.no AND y.person NOT IN (SELECT person"
               "  FROM main.decision));"
               "UPDATE main.message SET state = 8, due = NULL, flags = flags & ~16 WHERE no IN (SELECT no FROM"
               " spared);"
               "UPDATE main.notice AS n SET reason = d.reason, aside = CASE n.aside WHEN 4 THEN 5 END"
               " FROM main.decision d WHERE d.person = n.person AND (n.aside = 4 OR n.aside IS NULL AND n.no IN"
               " (SELECT notice FROM main.message WHERE state = 8 AND NOT flags & 16 UNION ALL SELECT s.notice FROM"
               "  main.serves s JOIN main.message m ON m.no = s.message WHERE m.state = 8 AND NOT m.flags & 16))",
               error) &&
           sqlite_run(
               store, error,
               "INSERT INTO main.event(at, message, body) SELECT ?1, m.no, json_object('at', ?2, 'attempt',"
               " m.attempt, 'by', s.by, 'event', 'withheld', 'from', CASE s.state WHEN 0 THEN 'planned' WHEN 4 THEN"
               " 'deferred' ELSE 'quarantined' END, 'message', m.id, 'reply', l.name, 'text', m.text, 'to',"
               " 'withheld') FROM temp.spared s JOIN main.message m ON m.no = s.no JOIN main.label l"
               " ON l.no = s.reason ORDER BY m.no",
               "is", now, time);
}
