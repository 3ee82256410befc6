/* Planning again: the new plan is merged into the ledger in one transaction. Whoever was told or tried keeps what they
 * got; only messages without a history are replaced. docs/LEDGER.md, "Planning again", gives the rules in words. */
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/fault.h"
#include "ledger/schema.h"
#include "ledger/sqlite.h"
#include "ledger/sqlite_private.h"

#define GONE "no longer in the people file"
#define BACK "to be told again: the plan asks for it once more"
#define MENDED "planned again"
#define MAILBOX_TOLD "somebody who shares this address was told before: decide by hand"

/* A message whose row has a history, and one that reached nobody and is over. Numbers of states are those of
 * model/message_state: 0 planned, 4 deferred, 5 bounced, 6 failed, 7 in doubt, 8 withheld, 10 quarantined; of asides
 * those of model/identity: 4 quarantined, 5 withheld; 16 is FLAG_STOPPED. */
#define TRIED "(m.attempt > 0 OR m.state <> 0)"
#define IS_LOST "(m.state IN (5, 6, 10) OR m.state = 8 AND m.flags & 16)"
#define LINKS(schema)                                                                                                  \
    "(SELECT no AS message, notice FROM " schema ".message UNION ALL SELECT message, notice FROM " schema ".serves)"

G_STATIC_ASSERT(MESSAGE_PLANNED == 0 && MESSAGE_DEFERRED == 4 && MESSAGE_BOUNCED == 5 && MESSAGE_FAILED == 6 &&
                MESSAGE_IN_DOUBT == 7 && MESSAGE_WITHHELD == 8 && MESSAGE_QUARANTINED == 10);
G_STATIC_ASSERT(TOLD_QUARANTINED == 4 && TOLD_WITHHELD == 5 && FLAG_STOPPED == 16);

/* A step of the merge; the names are for the reader. `fresh` is the new plan. */
static const struct {
    const char *name;
    const char *sql;
} steps[] = {
    {"numbers are never used again: events name them",
     "CREATE TEMP TABLE base AS SELECT max((SELECT coalesce(max(no), 0) FROM main.message),"
     " (SELECT coalesce(max(message), 0) FROM main.event)) AS message,"
     " (SELECT coalesce(max(no), 0) FROM main.notice) AS notice, (SELECT coalesce(max(no), 0) FROM main.person) AS person"},

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

    {"what has a history, and what was planned beside it",
     "CREATE TEMP TABLE tried(notice INTEGER PRIMARY KEY);"
     "INSERT OR IGNORE INTO tried SELECT m.notice FROM main.message m WHERE " TRIED ";"
     "INSERT OR IGNORE INTO tried SELECT s.notice FROM main.serves s JOIN main.message m ON m.no = s.message WHERE " TRIED
     ";CREATE TEMP TABLE had(person INTEGER, audience INTEGER, PRIMARY KEY (person, audience)) WITHOUT ROWID;"
     "INSERT OR IGNORE INTO had SELECT n.person, n.audience FROM tried t JOIN main.notice n ON n.no = t.notice;"
     "INSERT OR IGNORE INTO had SELECT n.person, n.audience FROM main.notice n WHERE n.solo = 0 AND n.person IN"
     " (SELECT person FROM had);"
     "CREATE TEMP TABLE beside(id TEXT PRIMARY KEY) WITHOUT ROWID;"
     "INSERT INTO beside SELECT m.id FROM main.message m WHERE NOT " TRIED " AND m.flags & 1 = 0 AND (m.notice IN tried"
     " OR EXISTS (SELECT 1 FROM main.serves s WHERE s.message = m.no AND s.notice IN tried))"},

    {"what was never tried goes",
     "DELETE FROM main.message AS m WHERE NOT " TRIED ";"
     "DELETE FROM main.serves WHERE message NOT IN (SELECT no FROM main.message);"
     "DELETE FROM main.notice WHERE no NOT IN tried;"
     "DELETE FROM main.person WHERE id IS NULL AND no NOT IN (SELECT person FROM main.notice);"
     "UPDATE main.notice SET solo = 0, aside = NULL, reason = NULL;"
     "UPDATE main.message SET flags = flags & ~1 WHERE flags & 1"},

    {"people: known ones keep their number, new ones get one, gone ones are marked",
     "CREATE TEMP TABLE person_map(old INTEGER PRIMARY KEY, new INTEGER UNIQUE, known INTEGER);"
     "INSERT INTO person_map SELECT f.no, m.no, 1 FROM fresh.person f JOIN main.person m ON m.id = f.id;"
     "INSERT INTO person_map SELECT f.no, (SELECT person FROM base) + row_number() OVER (ORDER BY f.no), 0"
     " FROM fresh.person f WHERE f.no NOT IN (SELECT old FROM person_map);"
     "UPDATE main.person AS p SET place = f.place, data = f.data, removed = 0 FROM person_map pm JOIN fresh.person f"
     " ON f.no = pm.old WHERE pm.new = p.no AND pm.known = 1;"
     "INSERT INTO main.person(no, id, place, data) SELECT pm.new, f.id, f.place, f.data FROM person_map pm"
     " JOIN fresh.person f ON f.no = pm.old WHERE pm.known = 0;"
     "UPDATE main.person SET removed = 1 WHERE no NOT IN (SELECT new FROM person_map)"},

    {"which notices the new plan wants; of people with a history, each with its rank",
     "CREATE TEMP TABLE wanted(old INTEGER PRIMARY KEY, person INTEGER, audience INTEGER, aside INTEGER, reason INTEGER,"
     " solo INTEGER);"
     "INSERT INTO wanted SELECT f.no, pm.new, a.new, f.aside, r.new, f.solo FROM fresh.notice f"
     " JOIN person_map pm ON pm.old = f.person JOIN label_map a ON a.old = f.audience"
     " LEFT JOIN label_map r ON r.old = f.reason ORDER BY f.no;"
     "CREATE TEMP TABLE again AS SELECT w.old, w.person, w.audience, w.aside, w.reason, row_number() OVER"
     " (PARTITION BY w.person, w.audience ORDER BY w.old) AS rank FROM wanted w WHERE w.person IN"
     " (SELECT person FROM had);"
     "CREATE INDEX temp.again_person ON again(person)"},

    {"notices with a history stay, under the same audience",
     "CREATE TEMP TABLE notice_map(old INTEGER PRIMARY KEY, new INTEGER UNIQUE, kept INTEGER);"
     "INSERT INTO notice_map SELECT w.old, n.no, 1 FROM again w JOIN (SELECT no, person, audience, row_number() OVER"
     " (PARTITION BY person, audience ORDER BY no) AS rank FROM main.notice) n ON n.person = w.person"
     " AND n.audience = w.audience AND n.rank = w.rank;"
     "CREATE TEMP TABLE lost(notice INTEGER PRIMARY KEY);"
     "INSERT INTO lost SELECT t.notice FROM tried t WHERE NOT EXISTS (SELECT 1 FROM main.message m WHERE m.notice ="
     " t.notice AND m.flags & 1 = 0 AND NOT " IS_LOST ") AND NOT EXISTS (SELECT 1 FROM main.serves s JOIN main.message m"
     " ON m.no = s.message WHERE s.notice = t.notice AND NOT " IS_LOST ")"},

    /* Somebody who was tried for one audience and now falls into another one has one notice to get, not two: if the
     * first has reached nobody and is over, it goes on under the new audience; otherwise it stays and that is enough. */
    {"people who moved to another audience",
     "CREATE TEMP TABLE stale AS SELECT n.no AS no, n.person AS person, row_number() OVER (PARTITION BY n.person"
     " ORDER BY n.no) AS rank FROM main.notice n WHERE n.person IN (SELECT person FROM again) AND n.no NOT IN"
     " (SELECT new FROM notice_map);"
     "CREATE TEMP TABLE moved AS SELECT a.old AS old, a.audience AS audience, s.no AS notice, s.no IN lost AS goes_on"
     " FROM (SELECT a.old, a.person, a.audience, row_number() OVER (PARTITION BY a.person ORDER BY a.old) AS rank"
     "  FROM again a WHERE a.old NOT IN (SELECT old FROM notice_map) AND NOT EXISTS (SELECT 1 FROM had h WHERE"
     "  h.person = a.person AND h.audience = a.audience)) a JOIN stale s ON s.person = a.person AND s.rank = a.rank;"
     "INSERT INTO notice_map SELECT old, notice, 1 FROM moved WHERE goes_on;"
     "UPDATE main.notice AS n SET audience = m.audience FROM moved m WHERE m.notice = n.no AND m.goes_on"},

    {"new notices",
     "INSERT INTO notice_map SELECT w.old, (SELECT notice FROM base) + row_number() OVER (ORDER BY w.old), 0"
     " FROM wanted w WHERE w.old NOT IN (SELECT old FROM notice_map) AND w.old NOT IN (SELECT old FROM moved);"
     "INSERT INTO main.notice(no, person, audience, aside, reason, solo) SELECT nm.new, w.person, w.audience, w.aside,"
     " w.reason, w.solo AND w.person NOT IN (SELECT person FROM had) FROM notice_map nm JOIN wanted w ON w.old = nm.old"
     " WHERE nm.kept = 0"},

    /* A doubt about somebody who is not to be told any more is for a person to settle: sending again is not. */
    {"who is not to be told any more is withheld, with what was still to be tried",
     "CREATE TEMP TABLE stopped(person INTEGER PRIMARY KEY, reason INTEGER);"
     "INSERT INTO stopped SELECT p.no, l.no FROM main.person p JOIN main.label l ON l.name = '" GONE "' WHERE p.removed;"
     "INSERT INTO stopped SELECT person, min(reason) FROM again GROUP BY person HAVING count(*) ="
     " sum(aside IS NOT NULL AND aside = 5);"
     "CREATE TEMP TABLE halted AS SELECT m.no AS no, m.state AS state, s.reason AS reason FROM main.message m"
     " JOIN main.notice n ON n.no = m.notice JOIN stopped s ON s.person = n.person WHERE m.state IN (0, 4, 7)"
     " AND NOT EXISTS (SELECT 1 FROM main.serves x JOIN main.notice y ON y.no = x.notice WHERE x.message = m.no"
     "  AND y.person NOT IN (SELECT person FROM stopped));"
     "CREATE TEMP TABLE happened(message INTEGER, event TEXT, before TEXT, after TEXT, reply TEXT);"
     "INSERT INTO happened SELECT h.no, 'withheld', CASE h.state WHEN 0 THEN 'planned' ELSE 'deferred' END, 'withheld',"
     " l.name FROM halted h JOIN main.label l ON l.no = h.reason WHERE h.state <> 7 ORDER BY h.no;"
     "UPDATE main.message AS m SET due = NULL, state = CASE m.state WHEN 7 THEN 7 ELSE 8 END,"
     " flags = CASE m.state WHEN 7 THEN m.flags ELSE m.flags | 16 END WHERE m.no IN (SELECT no FROM halted);"
     "UPDATE main.notice AS n SET aside = 5, reason = s.reason FROM stopped s WHERE s.person = n.person AND n.solo = 0"
     " AND n.aside IS NULL AND NOT EXISTS (SELECT 1 FROM main.message m WHERE m.notice = n.no AND m.flags & 1 = 0"
     "  AND NOT (m.state = 8 AND m.flags & 16)) AND NOT EXISTS (SELECT 1 FROM main.serves x JOIN main.message m"
     "  ON m.no = x.message WHERE x.notice = n.no AND NOT (m.state = 8 AND m.flags & 16));"
     "INSERT INTO main.notice(person, audience, aside, reason, solo) SELECT p.no, a.no, 5, r.no, 1 FROM main.person p,"
     " main.label a, main.label r WHERE a.name = '' AND r.name = '" GONE "' AND p.removed = 1"
     " AND p.no NOT IN (SELECT person FROM main.notice)"},

    {"what can go on: people who are back, messages that could not be rendered; with the gateway of the new plan",
     "CREATE TEMP TABLE mended AS SELECT m.no AS no, m.state AS state, t.new AS text FROM main.message m"
     " JOIN main.notice n ON n.no = m.notice JOIN fresh.message f ON f.id = m.id JOIN text_map t ON t.old = f.text"
     " WHERE (m.state = 10 OR m.state = 8 AND m.flags & 16) AND (n.person NOT IN (SELECT person FROM stopped) OR EXISTS"
     " (SELECT 1 FROM main.serves x JOIN main.notice y ON y.no = x.notice WHERE x.message = m.no AND y.person NOT IN"
     "  (SELECT person FROM stopped)));"
     "INSERT INTO happened SELECT no, 'released', CASE state WHEN 8 THEN 'withheld' ELSE 'quarantined' END, 'planned',"
     " CASE state WHEN 8 THEN '" BACK "' ELSE '" MENDED "' END FROM mended ORDER BY no;"
     "UPDATE main.message AS m SET state = 0, due = 0, first_at = NULL, flags = m.flags & ~16, text = CASE w.state WHEN 10 THEN w.text"
     " ELSE m.text END FROM mended w WHERE w.no = m.no;"
     "UPDATE main.message AS m SET gateway = g.new FROM fresh.message f JOIN gateway_map g ON g.old = f.gateway"
     " WHERE f.id = m.id AND m.state IN (0, 4, 7) AND m.gateway <> g.new;"
     /* What waits at a gateway that the new plan no longer has goes to the one that its channel has now. */
     "UPDATE main.message AS m SET gateway = c.gateway FROM (SELECT t.channel AS channel, min(g.new) AS gateway"
     " FROM fresh.message f JOIN text_map x ON x.old = f.text JOIN main.text t ON t.no = x.new"
     " JOIN gateway_map g ON g.old = f.gateway GROUP BY t.channel) c, main.text mt WHERE mt.no = m.text"
     " AND mt.channel = c.channel AND m.state IN (0, 4, 7) AND m.gateway NOT IN (SELECT new FROM gateway_map);"
     "INSERT INTO main.event(at, message, body) SELECT t.at, m.no, json_object('at', t.text, 'attempt', m.attempt,"
     " 'event', h.event, 'from', h.before, 'message', m.id, 'reply', h.reply, 'text', m.text, 'to', h.after)"
     " FROM happened h JOIN main.message m ON m.no = h.message, merge_time t ORDER BY h.rowid"},

    /* A kept notice gets a new message only when everything that was tried for it has failed; what was planned beside
     * a tried message, and still is, stays planned. */
    {"messages for new notices, and for kept ones that reached nobody",
     "CREATE TEMP TABLE link AS SELECT x.message AS message, nm.new AS notice FROM " LINKS("fresh") " x"
     " JOIN notice_map nm ON nm.old = x.notice JOIN fresh.message f ON f.no = x.message"
     " WHERE (nm.kept = 0 OR nm.new IN lost OR f.id IN (SELECT id FROM beside))"
     " AND NOT EXISTS (SELECT 1 FROM main.message m WHERE m.id = f.id);"
     "CREATE INDEX temp.link_message ON link(message, notice);"
     "CREATE INDEX temp.link_notice ON link(notice);"
     "DROP INDEX main.message_id; DROP INDEX main.message_due;"
     "INSERT INTO main.message(no, id, notice, gateway, text, endpoint, state, attempt, relay_doubts, flags, due)"
     " SELECT (SELECT message FROM base) + row_number() OVER (ORDER BY f.no), f.id, l.notice,"
     " g.new, t.new, f.endpoint, 0, 0, 0, CASE WHEN n.solo = 1 AND l.n = 1 THEN 1 ELSE 0 END, 0"
     " FROM (SELECT message, min(notice) AS notice, count(*) AS n FROM link GROUP BY message) l"
     " JOIN fresh.message f ON f.no = l.message JOIN main.notice n ON n.no = l.notice"
     " JOIN gateway_map g ON g.old = f.gateway JOIN text_map t ON t.old = f.text;" SCHEMA_MESSAGE_ID SCHEMA_MESSAGE_DUE
     "INSERT OR IGNORE INTO main.serves(message, notice) SELECT m.no, l.notice FROM (SELECT message, min(notice) AS first"
     " FROM link GROUP BY message HAVING count(*) > 1) k JOIN link l ON l.message = k.message AND l.notice <> k.first"
     " JOIN fresh.message f ON f.no = k.message JOIN main.message m ON m.id = f.id"},

    {"who shares a mailbox with somebody who was told before is for a person to decide",
     "UPDATE main.notice SET aside = 4, reason = (SELECT no FROM main.label WHERE name = '" MAILBOX_TOLD "')"
     " WHERE no IN (SELECT nm.new FROM notice_map nm JOIN wanted w ON w.old = nm.old WHERE nm.kept = 0"
     "  AND w.aside IS NULL AND nm.new NOT IN (SELECT notice FROM link))"},
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
