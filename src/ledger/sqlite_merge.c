/* Planning again: the new plan is merged into the ledger in one transaction. Whoever was told or tried keeps what they
 * got; only messages without an attempt are replaced. docs/LEDGER.md, "Planning again", gives the rules in words. */
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/fault.h"
#include "ledger/sqlite.h"
#include "ledger/sqlite_private.h"

#define GONE "no longer in the people file"
#define MAILBOX_TOLD "somebody who shares this address was told before: decide by hand"

/* A step of the merge; the names are for the reader. `fresh` is the new plan. Numbers of states are those of
 * model/message_state: 0 planned, 4 deferred, 5 bounced, 6 failed, 8 withheld; of asides those of model/identity:
 * 4 quarantined, 5 withheld. */
static const struct {
    const char *name;
    const char *sql;
} steps[] = {
    {"labels and texts by their new numbers",
     "INSERT OR IGNORE INTO main.label(name) SELECT name FROM fresh.label;"
     "INSERT OR IGNORE INTO main.label(name) VALUES (''), ('" GONE "'), ('" MAILBOX_TOLD "');"
     "INSERT OR IGNORE INTO main.gateway(name) SELECT name FROM fresh.gateway;"
     "CREATE TEMP TABLE label_map(old INTEGER PRIMARY KEY, new INTEGER);"
     "INSERT INTO label_map SELECT f.no, m.no FROM fresh.label f JOIN main.label m ON m.name = f.name;"
     "CREATE TEMP TABLE gateway_map(old INTEGER PRIMARY KEY, new INTEGER);"
     "INSERT INTO gateway_map SELECT f.no, m.no FROM fresh.gateway f JOIN main.gateway m ON m.name = f.name;"
     "INSERT OR IGNORE INTO main.text(audience, channel, locale, body)"
     " SELECT a.new, c.new, f.locale, f.body FROM fresh.text f JOIN label_map a ON a.old = f.audience"
     " JOIN label_map c ON c.old = f.channel;"
     "CREATE TEMP TABLE text_map(old INTEGER PRIMARY KEY, new INTEGER);"
     "INSERT INTO text_map SELECT f.no, m.no FROM fresh.text f JOIN label_map a ON a.old = f.audience"
     " JOIN label_map c ON c.old = f.channel JOIN main.text m ON m.audience = a.new AND m.channel = c.new"
     " AND m.locale = f.locale AND m.body = f.body"},

    {"what was never tried goes",
     "DELETE FROM main.message WHERE attempt = 0 AND state = 0;"
     "DELETE FROM main.serves WHERE message NOT IN (SELECT no FROM main.message);"
     "DELETE FROM main.notice WHERE no NOT IN (SELECT notice FROM main.message UNION SELECT notice FROM main.serves);"
     "DELETE FROM main.person WHERE id IS NULL;"
     "UPDATE main.notice SET solo = 0;"
     "UPDATE main.message SET flags = flags & ~1"},

    {"people: known ones keep their number, new ones get one, gone ones are marked",
     "CREATE TEMP TABLE person_map(old INTEGER PRIMARY KEY, new INTEGER UNIQUE, known INTEGER);"
     "INSERT INTO person_map SELECT f.no, m.no, 1 FROM fresh.person f JOIN main.person m ON m.id = f.id;"
     "INSERT INTO person_map SELECT f.no, (SELECT coalesce(max(no), 0) FROM main.person) + row_number() OVER"
     " (ORDER BY f.no), 0 FROM fresh.person f WHERE f.no NOT IN (SELECT old FROM person_map);"
     "UPDATE main.person SET place = f.place, data = f.data, removed = 0 FROM person_map pm JOIN fresh.person f"
     " ON f.no = pm.old WHERE pm.new = main.person.no AND pm.known = 1;"
     "INSERT INTO main.person(no, id, place, data) SELECT pm.new, f.id, f.place, f.data FROM person_map pm"
     " JOIN fresh.person f ON f.no = pm.old WHERE pm.known = 0;"
     "UPDATE main.person SET removed = 1 WHERE no NOT IN (SELECT new FROM person_map)"},

    {"who is gone is withheld, with what was still to be tried",
     "CREATE TEMP TABLE gone AS SELECT m.no AS no FROM main.message m JOIN main.notice n ON n.no = m.notice"
     " JOIN main.person p ON p.no = n.person WHERE p.removed = 1 AND m.state IN (0, 4) AND NOT EXISTS"
     " (SELECT 1 FROM main.serves s JOIN main.notice sn ON sn.no = s.notice JOIN main.person sp ON sp.no = sn.person"
     "  WHERE s.message = m.no AND sp.removed = 0);"
     "INSERT INTO main.event(at, message, body) SELECT (SELECT at FROM merge_time), m.no,"
     " json_object('at', (SELECT text FROM merge_time), 'attempt', m.attempt, 'event', 'withheld', 'message', m.id,"
     " 'reply', '" GONE "', 'to', 'withheld') FROM main.message m WHERE m.no IN (SELECT no FROM gone);"
     "UPDATE main.message SET state = 8, due = NULL WHERE no IN (SELECT no FROM gone);"
     "INSERT INTO main.notice(person, audience, aside, reason, solo) SELECT p.no, a.no, 5, r.no, 1 FROM main.person p,"
     " main.label a, main.label r WHERE a.name = '' AND r.name = '" GONE "' AND p.removed = 1"
     " AND p.no NOT IN (SELECT person FROM main.notice)"},

    /* A person who was tried for an audience that the new plan no longer gives them moved to another one: one notice an
     * edition is enough, so the new one is left out. */
    {"notices: tried ones stay",
     "CREATE TEMP TABLE wanted AS SELECT f.no AS old, pm.new AS person, a.new AS audience, f.aside AS aside, r.new AS"
     " reason, f.solo AS solo FROM fresh.notice f JOIN person_map pm ON pm.old = f.person"
     " JOIN label_map a ON a.old = f.audience LEFT JOIN label_map r ON r.old = f.reason;"
     "CREATE INDEX temp.wanted_person ON wanted(person);"
     "CREATE TEMP TABLE notice_map(old INTEGER PRIMARY KEY, new INTEGER, kept INTEGER);"
     "INSERT INTO notice_map SELECT w.old, n.no, 1 FROM wanted w JOIN main.notice n ON n.person = w.person"
     " AND n.solo = 0 AND n.audience = w.audience;"
     "CREATE TEMP TABLE moved AS SELECT DISTINCT n.person AS person FROM main.notice n WHERE n.solo = 0"
     " AND n.person IN (SELECT person FROM wanted) AND n.no NOT IN (SELECT new FROM notice_map);"
     "INSERT INTO notice_map SELECT w.old, (SELECT coalesce(max(no), 0) FROM main.notice) + row_number() OVER"
     " (ORDER BY w.old), 0 FROM wanted w WHERE w.old NOT IN (SELECT old FROM notice_map)"
     " AND w.person NOT IN (SELECT person FROM moved);"
     "INSERT INTO main.notice(no, person, audience, aside, reason, solo) SELECT nm.new, w.person, w.audience, w.aside,"
     " w.reason, w.solo AND NOT EXISTS (SELECT 1 FROM notice_map k JOIN wanted o ON o.old = k.old WHERE"
     " o.person = w.person AND k.old <> w.old) FROM notice_map nm JOIN wanted w ON w.old = nm.old WHERE nm.kept = 0"},

    /* A kept notice gets a new message only when everything that was tried for it has failed. */
    {"messages for new notices, and for kept ones that reached nobody",
     "CREATE TEMP TABLE lost AS SELECT nm.old AS old FROM notice_map nm WHERE nm.kept = 1 AND NOT EXISTS"
     " (SELECT 1 FROM (SELECT no, notice FROM main.message UNION ALL SELECT message, notice FROM main.serves) x"
     "  JOIN main.message m ON m.no = x.no WHERE x.notice = nm.new AND m.state NOT IN (5, 6));"
     "CREATE TEMP TABLE link AS SELECT x.message AS message, nm.new AS notice FROM"
     " (SELECT no AS message, notice FROM fresh.message UNION ALL SELECT message, notice FROM fresh.serves) x"
     " JOIN notice_map nm ON nm.old = x.notice JOIN fresh.message f ON f.no = x.message"
     " WHERE (nm.kept = 0 OR nm.old IN (SELECT old FROM lost)) AND f.id NOT IN (SELECT id FROM main.message);"
     "CREATE INDEX temp.link_message ON link(message, notice);"
     "INSERT INTO main.message(no, id, notice, gateway, text, endpoint, state, attempt, relay_doubts, flags, due)"
     " SELECT (SELECT coalesce(max(no), 0) FROM main.message) + row_number() OVER (ORDER BY f.no), f.id, l.notice,"
     " g.new, t.new, f.endpoint, 0, 0, 0, CASE WHEN n.solo = 1 AND l.n = 1 THEN 1 ELSE 0 END, 0"
     " FROM (SELECT message, min(notice) AS notice, count(*) AS n FROM link GROUP BY message) l"
     " JOIN fresh.message f ON f.no = l.message JOIN main.notice n ON n.no = l.notice"
     " JOIN gateway_map g ON g.old = f.gateway JOIN text_map t ON t.old = f.text;"
     "INSERT OR IGNORE INTO main.serves(message, notice) SELECT m.no, l.notice FROM link l JOIN fresh.message f"
     " ON f.no = l.message JOIN main.message m ON m.id = f.id WHERE m.notice <> l.notice"},

    {"who shares a mailbox with somebody who was told before is for a person to decide",
     "UPDATE main.notice SET aside = 4, reason = (SELECT no FROM main.label WHERE name = '" MAILBOX_TOLD "')"
     " WHERE no IN (SELECT new FROM notice_map WHERE kept = 0) AND aside IS NULL"
     " AND no NOT IN (SELECT notice FROM link)"},

    {"the scratch tables go",
     "DROP TABLE temp.label_map; DROP TABLE temp.gateway_map; DROP TABLE temp.text_map; DROP TABLE temp.person_map;"
     "DROP TABLE temp.gone; DROP TABLE temp.wanted; DROP TABLE temp.notice_map; DROP TABLE temp.moved;"
     "DROP TABLE temp.lost; DROP TABLE temp.link; DROP TABLE temp.merge_time"},
};

static bool run_steps(SqliteStore *store, GError **error)
{
    for (size_t i = 0; i < G_N_ELEMENTS(steps); i++) {
        fault_point("plan_merge_step");
        if (!sqlite_exec(store, steps[i].sql, error)) {
            g_prefix_error(error, "%s: ", steps[i].name);
            return false;
        }
    }
    return true;
}

static bool keep_time(SqliteStore *store, int64_t now, GError **error)
{
    g_autofree char *text = clock_format_utc(now);

    return sqlite_exec(store, "CREATE TEMP TABLE merge_time(at INTEGER, text TEXT)", error) &&
           sqlite_run(store, error, "INSERT INTO temp.merge_time VALUES (?, ?)", "is", now, text);
}

static bool next_generation(SqliteStore *store, int *generation, GError **error)
{
    g_autofree char *text = sqlite_backend()->header_get(store, "generation", error);

    *generation = text ? (int)g_ascii_strtoll(text, NULL, 10) + 1 : 0;
    return text != NULL;
}

static bool merge(SqliteStore *store, const LedgerPlanHeader *header, const char *digest, LedgerPlanResult *result,
                  GError **error)
{
    int generation;

    return keep_time(store, header->now, error) && run_steps(store, error) &&
           sqlite_number(store, "SELECT count(*) FROM person", 0, &result->people, error) &&
           sqlite_number(store, "SELECT count(*) FROM person WHERE removed = 1", 0, &result->removed_people, error) &&
           sqlite_number(store, "SELECT count(*) FROM message WHERE attempt > 0", 0, &result->kept_messages, error) &&
           next_generation(store, &generation, error) &&
           sqlite_plan_header(store, header, digest, result, generation, error);
}

bool sqlite_merge_into(SqliteStore *store, const char *fresh, const LedgerPlanHeader *header, const char *digest,
                       LedgerPlanResult *result, GError **error)
{
    bool merged;

    if (!sqlite_run(store, error, "ATTACH DATABASE ? AS fresh", "s", fresh) ||
        !sqlite_run(store, error, "BEGIN IMMEDIATE", ""))
        return false;
    merged = merge(store, header, digest, result, error);
    fault_point("plan_merged");
    if (merged)
        merged = sqlite_run(store, error, "COMMIT", "");
    if (!merged)
        sqlite_backend()->rollback(store);
    fault_point("plan_merge_committed");
    return merged;
}
