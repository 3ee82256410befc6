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
#define DEAD "the only address was refused or came back before"
#define UNWANTED "the plan does not ask for it any more"

/* A message whose row has a history, one that told somebody, and one that reached nobody and is over. Numbers of states
 * are those of model/message_state: 0 planned, 2 accepted, 3 delivered, 4 deferred, 5 bounced, 6 failed, 7 in doubt, 8
 * withheld, 9 cancelled, 10 quarantined; of asides those of model/identity: 4 quarantined, 5 withheld, 6 unreachable; of
 * flags 8 is FLAG_ACCEPTED_BEFORE, 16 FLAG_STOPPED, 64 FLAG_UNWANTED, 128 FLAG_STANDS_IN, 512 FLAG_RUNGS, 1024 FLAG_CLIMBED:
 * what the ladder has led to is no message of any plan, so it stays. */
#define TRIED "(m.attempt > 0 OR m.state <> 0 OR m.flags & 1024)"
#define IS_TOLD "(m.state IN (2, 3) OR m.flags & 8)"
#define IS_LOST "(m.state IN (5, 6, 10) OR m.state IN (8, 9) AND m.flags & 16)"
#define LINKS(schema)                                                                                                  \
    "(SELECT no AS message, notice FROM " schema ".message UNION ALL SELECT message, notice FROM " schema ".serves)"
#define STATE_NAME(column)                                                                                             \
    "CASE " column " WHEN 0 THEN 'planned' WHEN 4 THEN 'deferred' WHEN 7 THEN 'in_doubt' WHEN 8 THEN 'withheld'"       \
    " WHEN 9 THEN 'cancelled' ELSE 'quarantined' END"

/* The messages of each notice of `joined` go over to its keeper. */
#define JOIN                                                                                                           \
    "UPDATE main.message AS m SET notice = j.keeper FROM joined j WHERE m.notice = j.no AND m.flags & 1 = 0;"          \
    "UPDATE OR IGNORE main.serves AS s SET notice = (SELECT keeper FROM joined WHERE no = s.notice)"                   \
    " WHERE s.notice IN (SELECT no FROM joined);"                                                                      \
    "DELETE FROM main.serves AS s WHERE s.notice IN (SELECT no FROM joined) OR s.notice IN (SELECT keeper FROM joined)" \
    " AND EXISTS (SELECT 1 FROM main.message m WHERE m.no = s.message AND m.notice = s.notice);"                       \
    "DELETE FROM main.notice WHERE no IN (SELECT no FROM joined);"                                                     \
    "INSERT OR IGNORE INTO tried SELECT keeper FROM joined;"                                                           \
    "DELETE FROM tried WHERE notice IN (SELECT no FROM joined);"

G_STATIC_ASSERT(MESSAGE_PLANNED == 0 && MESSAGE_ACCEPTED == 2 && MESSAGE_DELIVERED == 3 && MESSAGE_DEFERRED == 4 &&
                MESSAGE_BOUNCED == 5 && MESSAGE_FAILED == 6 && MESSAGE_IN_DOUBT == 7 && MESSAGE_WITHHELD == 8 &&
                MESSAGE_CANCELLED == 9 && MESSAGE_QUARANTINED == 10);
G_STATIC_ASSERT(TOLD_QUARANTINED == 4 && TOLD_WITHHELD == 5 && TOLD_UNREACHABLE == 6 && FLAG_ACCEPTED_BEFORE == 8 &&
                FLAG_STOPPED == 16 && FLAG_UNWANTED == 64 && FLAG_STANDS_IN == 128 && FLAG_RUNGS == 512 && FLAG_CLIMBED == 1024 &&
                FLAG_ALONE == 2048);
G_STATIC_ASSERT(CLIMB_FAILED == 0 && CLIMB_BOUNCED == 1 && CLIMB_DOUBT == 2 && CLIMB_SILENCE == 3);

/* A step of the merge; the names are for the reader. `fresh` is the new plan. */
static const struct {
    const char *name;
    const char *sql;
} steps[] = {
    {"numbers are never used again: events name them",
     "CREATE TEMP TABLE base AS SELECT max((SELECT coalesce(max(no), 0) FROM main.message),"
     " (SELECT coalesce(max(message), 0) FROM main.event)) AS message,"
     " (SELECT coalesce(max(no), 0) FROM main.notice) AS notice, (SELECT coalesce(max(no), 0) FROM main.person) AS person,"
     " (SELECT coalesce(max(no), 0) FROM main.text) AS text,"
     " (SELECT count(*) FROM main.person WHERE removed) AS removed;"
     "CREATE TEMP TABLE happened(message INTEGER, event TEXT, before TEXT, after TEXT, reply TEXT)"},

    {"labels and texts by their new numbers",
     "INSERT OR IGNORE INTO main.label(name) SELECT name FROM fresh.label;"
     "INSERT OR IGNORE INTO main.label(name) VALUES (''), ('" GONE "'), ('" SQLITE_MAILBOX_TOLD "'), ('" DEAD "');"
     "INSERT OR IGNORE INTO main.gateway(name) SELECT name FROM fresh.gateway;"
     "CREATE TEMP TABLE label_map(old INTEGER PRIMARY KEY, new INTEGER);"
     "INSERT INTO label_map SELECT f.no, m.no FROM fresh.label f JOIN main.label m ON m.name = f.name;"
     "CREATE TEMP TABLE gateway_map(old INTEGER PRIMARY KEY, new INTEGER);"
     "INSERT INTO gateway_map SELECT f.no, m.no FROM fresh.gateway f JOIN main.gateway m ON m.name = f.name;"
     "INSERT OR IGNORE INTO main.text(audience, channel, locale, edition, is_update, body)"
     " SELECT a.new, c.new, f.locale, f.edition, f.is_update, f.body FROM fresh.text f JOIN label_map a"
     " ON a.old = f.audience JOIN label_map c ON c.old = f.channel;"
     "CREATE TEMP TABLE text_map(old INTEGER PRIMARY KEY, new INTEGER);"
     "INSERT INTO text_map SELECT f.no, m.no FROM fresh.text f JOIN label_map a ON a.old = f.audience"
     " JOIN label_map c ON c.old = f.channel JOIN main.text m ON m.audience = a.new AND m.channel = c.new"
     " AND m.locale = f.locale AND m.edition = f.edition AND m.is_update = f.is_update AND m.body = f.body;"
     "UPDATE main.text SET latest = no IN (SELECT new FROM text_map)"},

    {"who was told; an edition 1 tells nobody again",
     "CREATE TEMP TABLE told(notice INTEGER PRIMARY KEY);"
     "INSERT OR IGNORE INTO told SELECT m.notice FROM main.message m, merge_time WHERE edition > 1 AND " IS_TOLD ";"
     "INSERT OR IGNORE INTO told SELECT s.notice FROM merge_time, main.serves s JOIN main.message m ON m.no = s.message"
     " WHERE edition > 1 AND " IS_TOLD},

    /* had.past: told in an earlier edition, and that is settled. */
    {"what has a history, and what was planned beside it",
     "CREATE TEMP TABLE tried(notice INTEGER PRIMARY KEY);"
     "INSERT OR IGNORE INTO tried SELECT m.notice FROM main.message m WHERE " TRIED ";"
     "INSERT OR IGNORE INTO tried SELECT s.notice FROM main.serves s JOIN main.message m ON m.no = s.message WHERE " TRIED
     ";CREATE TEMP TABLE had(person INTEGER, audience INTEGER, past INTEGER, PRIMARY KEY (person, audience)) WITHOUT ROWID;"
     "INSERT OR IGNORE INTO had SELECT n.person, n.audience, 0 FROM tried t JOIN main.notice n ON n.no = t.notice,"
     " merge_time c WHERE n.edition = c.edition OR n.no NOT IN told;"
     "INSERT OR IGNORE INTO had SELECT n.person, n.audience, 0 FROM main.notice n WHERE n.solo = 0 AND n.no NOT IN tried"
     " AND n.person IN (SELECT person FROM had);"
     "INSERT OR IGNORE INTO had SELECT n.person, n.audience, 1 FROM told t JOIN main.notice n ON n.no = t.notice;"
     "CREATE TEMP TABLE beside(id TEXT PRIMARY KEY) WITHOUT ROWID;"
     "INSERT INTO beside SELECT m.id FROM main.message m WHERE NOT " TRIED " AND m.flags & 1 = 0 AND (m.notice IN tried"
     /* The plus keeps the notices that were tried from being tried out one by one for each message. */
     " OR EXISTS (SELECT 1 FROM main.serves s WHERE s.message = m.no AND +s.notice IN tried))"},

    {"what was never tried goes; of somebody who was told by another message, it is cancelled",
     "CREATE TEMP TABLE needless AS SELECT m.no AS no FROM main.message m JOIN main.text t ON t.no = m.text, merge_time c"
     " WHERE NOT " TRIED " AND m.notice IN told AND t.edition < c.edition;"
     "INSERT INTO happened SELECT no, 'cancelled', 'planned', 'cancelled', why FROM needless, merge_time ORDER BY no;"
     "UPDATE main.message SET state = 9, due = NULL, flags = flags | 16 WHERE no IN (SELECT no FROM needless);"
     "DELETE FROM main.message AS m WHERE NOT " TRIED ";"
     "DELETE FROM main.serves WHERE message NOT IN (SELECT no FROM main.message);"
     "DELETE FROM main.notice WHERE no NOT IN tried;"
     "DELETE FROM main.person WHERE id IS NULL AND no NOT IN (SELECT person FROM main.notice);"
     "UPDATE main.notice SET solo = 0, aside = NULL, reason = NULL;"
     "UPDATE main.message SET flags = flags & ~513 WHERE flags & 1"},

    {"people: known ones keep their number, new ones get one, gone ones are marked",
     "CREATE TEMP TABLE person_map(old INTEGER PRIMARY KEY, new INTEGER UNIQUE, known INTEGER);"
     "INSERT INTO person_map SELECT f.no, m.no, 1 FROM fresh.person f JOIN main.person m ON m.id = f.id;"
     "INSERT INTO person_map SELECT f.no, (SELECT person FROM base) + row_number() OVER (ORDER BY f.no), 0"
     " FROM fresh.person f WHERE f.no NOT IN (SELECT old FROM person_map);"
     "CREATE TEMP TABLE moves AS SELECT (SELECT count(*) FROM person_map WHERE known = 0)"
     " + (SELECT count(*) FROM main.person WHERE removed AND no IN (SELECT new FROM person_map)) AS added,"
     " (SELECT count(*) FROM main.person WHERE removed = 0 AND no NOT IN (SELECT new FROM person_map)) AS gone;"
     "CREATE TEMP TABLE changed(person INTEGER PRIMARY KEY);"
     "INSERT OR IGNORE INTO changed SELECT n.person FROM main.notice n JOIN person_map pm ON pm.new = n.person AND"
     " pm.known = 1 JOIN fresh.person f ON f.no = pm.old JOIN main.person p ON p.no = n.person WHERE n.ladder IS NOT NULL"
     " AND p.data IS NOT f.data;"
     /* A message that was sent can be made again only of what its people were then. */
     "INSERT OR IGNORE INTO main.person_past(person, until, data) SELECT p.no, c.at, p.data FROM tried t CROSS JOIN"
     " merge_time c CROSS JOIN main.notice n ON n.no = t.notice CROSS JOIN main.person p ON p.no = n.person CROSS JOIN"
     " person_map pm ON pm.new = p.no AND pm.known = 1 CROSS JOIN fresh.person f ON f.no = pm.old"
     " WHERE p.data IS NOT f.data;"
     "UPDATE main.person AS p SET place = f.place, data = f.data, removed = 0 FROM person_map pm JOIN fresh.person f"
     " ON f.no = pm.old WHERE pm.new = p.no AND pm.known = 1;"
     "INSERT INTO main.person(no, id, place, data) SELECT pm.new, f.id, f.place, f.data FROM person_map pm"
     " JOIN fresh.person f ON f.no = pm.old WHERE pm.known = 0;"
     "UPDATE main.person SET removed = 1 WHERE no NOT IN (SELECT new FROM person_map)"},

    {"which notices the new plan wants; of people with a history, each with its rank; and who is not to be told any more",
     "CREATE TEMP TABLE wanted(old INTEGER PRIMARY KEY, person INTEGER, audience INTEGER, aside INTEGER, reason INTEGER,"
     " solo INTEGER);"
     "INSERT INTO wanted SELECT f.no, pm.new, a.new, f.aside, r.new, f.solo FROM fresh.notice f"
     " JOIN person_map pm ON pm.old = f.person JOIN label_map a ON a.old = f.audience"
     " LEFT JOIN label_map r ON r.old = f.reason ORDER BY f.no;"
     "CREATE TEMP TABLE again AS SELECT w.old, w.person, w.audience, w.aside, w.reason, row_number() OVER"
     " (PARTITION BY w.person, w.audience ORDER BY w.old) AS rank FROM wanted w WHERE w.person IN"
     " (SELECT person FROM had);"
     "CREATE INDEX temp.again_person ON again(person);"
     "CREATE TEMP TABLE stopped(person INTEGER PRIMARY KEY, reason INTEGER);"
     "INSERT INTO stopped SELECT p.no, l.no FROM main.person p JOIN main.label l ON l.name = '" GONE "' WHERE p.removed;"
     "INSERT INTO stopped SELECT person, min(reason) FROM again GROUP BY person HAVING count(*) ="
     " sum(aside IS NOT NULL AND aside = 5)"},

    /* Somebody may have several that nobody was told by: a first notice that came back, and an update that failed. They
     * are one duty from now on: the messages of the earlier ones go over to the latest. */
    {"notices of earlier editions: who was told by one keeps it; who was not is to be told by this edition",
     "CREATE TEMP TABLE aged(no INTEGER PRIMARY KEY, person INTEGER, audience INTEGER, edition INTEGER);"
     "INSERT INTO aged SELECT n.no, n.person, n.audience, n.edition FROM main.notice n, merge_time c"
     " WHERE n.edition < c.edition AND n.no NOT IN told AND n.person IN (SELECT new FROM person_map);"
     "CREATE TEMP TABLE joined(no INTEGER PRIMARY KEY, keeper INTEGER);"
     "INSERT INTO joined SELECT a.no, (SELECT n.no FROM main.notice n, merge_time c WHERE n.person = a.person"
     " AND n.solo = 0 AND n.audience = a.audience AND n.edition > a.edition AND (n.edition = c.edition OR n.no IN"
     "  (SELECT no FROM aged)) ORDER BY n.edition DESC, n.no LIMIT 1) AS keeper FROM aged a WHERE keeper IS NOT NULL;" JOIN
     "UPDATE main.notice SET edition = (SELECT edition FROM merge_time) WHERE no IN (SELECT no FROM aged)"},

    {"messages of earlier editions that are still open are cancelled: nobody is to get an old text any more",
     "CREATE TEMP TABLE superseded AS SELECT m.no AS no, m.state AS state FROM main.message m JOIN main.text t"
     " ON t.no = m.text, merge_time c WHERE c.edition > 1 AND t.edition < c.edition AND m.state IN (0, 4, 7, 10)"
     " AND EXISTS (SELECT 1 FROM (SELECT m.notice AS notice UNION ALL SELECT notice FROM main.serves s WHERE"
     "  s.message = m.no) x JOIN main.notice n ON n.no = x.notice WHERE n.person NOT IN (SELECT person FROM stopped));"
     "INSERT INTO happened SELECT no, 'cancelled', " STATE_NAME("state") ", 'cancelled', why FROM superseded, merge_time"
     " ORDER BY no;"
     "UPDATE main.message SET state = 9, due = NULL, flags = flags | 16 | CASE state WHEN 7 THEN 128 ELSE 0 END"
     " WHERE no IN (SELECT no FROM superseded)"},

    /* No text of the new plan would ever be theirs, and maybe no gateway: whoever waits goes another way. What an open doubt
     * is about may have been taken, so what stands in for it may be a second copy. */
    {"what waits on a channel, or in a language, that the new plan does not have any more is cancelled",
     "CREATE TEMP TABLE stranded AS SELECT m.no AS no, m.state AS state FROM main.message m CROSS JOIN main.text t"
     " ON t.no = m.text WHERE m.state IN (0, 4) AND NOT m.flags & 8 AND NOT t.latest AND NOT EXISTS (SELECT 1 FROM main.text x"
     "  WHERE x.audience = t.audience AND x.channel = t.channel AND x.locale = t.locale AND x.is_update = t.is_update AND"
     "  x.latest) AND EXISTS (SELECT 1 FROM (SELECT m.notice AS notice UNION ALL SELECT notice FROM main.serves s WHERE"
     "  s.message = m.no) x JOIN main.notice n ON n.no = x.notice JOIN again a ON a.person = n.person WHERE"
     "  n.person NOT IN (SELECT person FROM stopped));"
     "INSERT INTO happened SELECT no, 'cancelled', " STATE_NAME("state") ", 'cancelled', '" UNWANTED "' FROM stranded ORDER BY"
     " no;"
     "UPDATE main.message SET state = 9, due = NULL, flags = flags | 16 | CASE WHEN flags & 32 THEN 128 ELSE 0 END"
     " WHERE no IN (SELECT no FROM stranded)"},

    {"notices with a history stay, under the same audience",
     "CREATE TEMP TABLE notice_map(old INTEGER PRIMARY KEY, new INTEGER UNIQUE, kept INTEGER);"
     "INSERT INTO notice_map SELECT w.old, n.no, 1 FROM again w JOIN (SELECT no, person, audience, row_number() OVER"
     " (PARTITION BY person, audience ORDER BY no) AS rank FROM main.notice WHERE edition = (SELECT edition FROM"
     " merge_time)) n ON n.person = w.person AND n.audience = w.audience AND n.rank = w.rank;"
     "CREATE TEMP TABLE lost(notice INTEGER PRIMARY KEY);"
     "INSERT INTO lost SELECT t.notice FROM tried t WHERE NOT EXISTS (SELECT 1 FROM main.message m WHERE m.notice ="
     " t.notice AND m.flags & 1 = 0 AND NOT " IS_LOST ") AND NOT EXISTS (SELECT 1 FROM main.serves s JOIN main.message m"
     " ON m.no = s.message WHERE s.notice = t.notice AND NOT " IS_LOST ")"},

    /* Somebody who was tried for one audience and now falls into another one has one notice to get, not two: if the
     * first has reached nobody and is over, it goes on under the new audience; otherwise it stays and that is enough. */
    {"people who moved to another audience",
     "CREATE TEMP TABLE stale AS SELECT n.no AS no, n.person AS person, row_number() OVER (PARTITION BY n.person"
     " ORDER BY n.no) AS rank FROM main.notice n WHERE n.person IN (SELECT person FROM again) AND n.no NOT IN"
     " (SELECT new FROM notice_map) AND n.edition = (SELECT edition FROM merge_time);"
     "CREATE TEMP TABLE moved AS SELECT a.old AS old, a.audience AS audience, s.no AS notice, s.no IN lost AS goes_on"
     " FROM (SELECT a.old, a.person, a.audience, row_number() OVER (PARTITION BY a.person ORDER BY a.old) AS rank"
     "  FROM again a WHERE a.old NOT IN (SELECT old FROM notice_map) AND NOT EXISTS (SELECT 1 FROM had h WHERE"
     "  h.person = a.person AND h.audience = a.audience AND h.past = 0)) a JOIN stale s ON s.person = a.person"
     " AND s.rank = a.rank;"
     "INSERT INTO notice_map SELECT old, notice, 1 FROM moved WHERE goes_on;"
     "UPDATE main.notice AS n SET audience = m.audience FROM moved m WHERE m.notice = n.no AND m.goes_on"},

    {"new notices",
     "INSERT INTO notice_map SELECT w.old, (SELECT notice FROM base) + row_number() OVER (ORDER BY w.old), 0"
     " FROM wanted w WHERE w.old NOT IN (SELECT old FROM notice_map) AND w.old NOT IN (SELECT old FROM moved);"
     "INSERT INTO main.notice(no, person, audience, aside, reason, solo, edition, ladder, rungs, every) SELECT nm.new,"
     " w.person, w.audience, w.aside, w.reason, w.solo AND w.person NOT IN (SELECT person FROM had), c.edition, l.new,"
     " l.new, f.every FROM notice_map nm JOIN wanted w ON w.old = nm.old JOIN fresh.notice f ON f.no = nm.old LEFT JOIN"
     " label_map l ON l.old = f.ladder, merge_time c WHERE nm.kept = 0"},

    /* With the same inputs what is left of a ladder stays as it is; with other ones it is climbed anew, and what was tried
     * already is passed over. */
    {"the ladders of notices that stay",
     "CREATE TEMP TABLE ladders AS SELECT nm.new AS no, l.new AS ladder, f.every AS every FROM notice_map nm JOIN"
     " fresh.notice f ON f.no = nm.old LEFT JOIN label_map l ON l.old = f.ladder WHERE nm.kept = 1;"
     "UPDATE main.notice AS n SET rungs = x.ladder, ladder = x.ladder, ended = NULL FROM ladders x WHERE x.no = n.no AND"
     " (x.ladder IS NOT n.ladder OR n.person IN (SELECT person FROM changed) OR n.no IN (SELECT no FROM aged));"
     "UPDATE main.notice AS n SET every = x.every FROM ladders x WHERE x.no = n.no AND n.every <> x.every;"
     "UPDATE main.notice SET rungs = NULL, ladder = NULL WHERE ladder IS NOT NULL AND edition < (SELECT edition FROM"
     " merge_time)"},

    /* An update that was tried and is not wanted any more, say because update.match has become narrower. What is in doubt
     * is for a person to settle; the rest goes over to what the person was told by, so that they count as told. */
    {"what this plan does not ask for any more",
     "CREATE TEMP TABLE dropped(no INTEGER PRIMARY KEY, person INTEGER, audience INTEGER);"
     "INSERT INTO dropped SELECT n.no, n.person, n.audience FROM main.notice n, merge_time c WHERE c.edition > 1"
     " AND n.edition = c.edition AND n.no IN tried AND n.no NOT IN told AND n.no NOT IN (SELECT new FROM notice_map)"
     " AND n.no NOT IN (SELECT notice FROM moved) AND n.person NOT IN (SELECT person FROM stopped);"
     "CREATE TEMP TABLE unwanted AS SELECT m.no AS no, m.state AS state FROM dropped d CROSS JOIN main.message m"
     " ON m.notice = d.no AND m.flags & 1 = 0 WHERE m.state IN (0, 4, 7, 10) AND NOT EXISTS (SELECT 1 FROM main.serves s"
     "  WHERE s.message = m.no AND s.notice NOT IN (SELECT no FROM dropped));"
     "INSERT INTO happened SELECT no, 'cancelled', " STATE_NAME("state") ", 'cancelled', '" UNWANTED "' FROM unwanted"
     " WHERE state <> 7 ORDER BY no;"
     "UPDATE main.message AS m SET due = NULL, state = CASE m.state WHEN 7 THEN 7 ELSE 9 END, flags = CASE m.state WHEN 7"
     " THEN m.flags ELSE m.flags | 16 END WHERE m.no IN (SELECT no FROM unwanted);"
     "UPDATE main.notice SET rungs = NULL, ladder = NULL WHERE no IN (SELECT no FROM dropped);"
     "DELETE FROM joined;"
     "INSERT INTO joined SELECT d.no, coalesce((SELECT min(n.no) FROM main.notice n WHERE n.person = d.person AND n.solo = 0"
     " AND n.audience = d.audience AND n.no NOT IN (SELECT no FROM dropped)), (SELECT min(n.no) FROM main.notice n WHERE"
     " n.person = d.person AND n.solo = 0 AND n.no NOT IN (SELECT no FROM dropped))) AS keeper FROM dropped d"
     " WHERE keeper IS NOT NULL AND NOT EXISTS (SELECT 1 FROM main.message m WHERE m.notice = d.no AND m.flags & 1 = 0"
     "  AND NOT (m.state = 9 AND m.flags & 16)) AND NOT EXISTS (SELECT 1 FROM main.serves s WHERE s.notice = d.no);" JOIN},

    /* A doubt about somebody who is not to be told any more is for a person to settle: sending again is not. */
    {"who is not to be told any more is withheld, with what was still to be tried",
     "CREATE TEMP TABLE halted AS SELECT m.no AS no, m.state AS state, s.reason AS reason FROM main.message m"
     " JOIN main.notice n ON n.no = m.notice JOIN stopped s ON s.person = n.person WHERE m.state IN (0, 4, 7,"
     " 10) AND NOT EXISTS (SELECT 1 FROM main.serves x JOIN main.notice y ON y.no = x.notice WHERE x.message = m.no"
     "  AND y.person NOT IN (SELECT person FROM stopped));"
     "INSERT INTO happened SELECT h.no, 'withheld', " STATE_NAME("h.state") ", 'withheld', l.name FROM halted h JOIN main.label l ON l.no = h.reason WHERE h.state <> 7 ORDER BY h.no;"
     "UPDATE main.message SET flags = flags & ~64 WHERE flags & 64;"
     "UPDATE main.message SET flags = flags | 64 WHERE no IN (SELECT m.no FROM main.message m CROSS JOIN main.notice n"
     " ON n.no = m.notice CROSS JOIN stopped s ON s.person = n.person WHERE NOT EXISTS (SELECT 1 FROM main.serves x"
     "  JOIN main.notice y ON y.no = x.notice WHERE x.message = m.no AND y.person NOT IN (SELECT person FROM stopped)));"
     "UPDATE main.message AS m SET due = NULL, state = CASE m.state WHEN 7 THEN 7 ELSE 8 END,"
     " flags = CASE m.state WHEN 7 THEN m.flags ELSE m.flags | 16 END WHERE m.no IN (SELECT no FROM halted);"
     "UPDATE main.notice AS n SET aside = 5, reason = s.reason FROM stopped s WHERE s.person = n.person AND n.solo = 0"
     " AND n.aside IS NULL AND NOT EXISTS (SELECT 1 FROM main.message m WHERE m.notice = n.no AND m.flags & 1 = 0"
     "  AND NOT (m.state IN (8, 9) AND m.flags & 16)) AND NOT EXISTS (SELECT 1 FROM main.serves x JOIN main.message m"
     "  ON m.no = x.message WHERE x.notice = n.no AND NOT (m.state IN (8, 9) AND m.flags & 16));"
     "UPDATE main.notice SET rungs = NULL, ladder = NULL WHERE ladder IS NOT NULL AND person IN (SELECT person FROM"
     " stopped);"
     "INSERT INTO main.notice(person, audience, aside, reason, solo, edition) SELECT p.no, a.no, 5, r.no, 1, c.edition"
     " FROM main.person p, main.label a, main.label r, merge_time c WHERE a.name = '' AND r.name = '" GONE "'"
     " AND p.removed = 1 AND p.no NOT IN (SELECT person FROM main.notice)"},

    {"what can go on: people who are back, messages that could not be rendered; with the gateway of the new plan",
     "CREATE TEMP TABLE mended AS SELECT m.no AS no, m.state AS state FROM main.message m"
     " JOIN main.notice n ON n.no = m.notice JOIN fresh.message f ON f.id = m.id WHERE (m.state = 10 OR m.state IN (8, 9)"
     " AND m.flags & 16) AND (n.person NOT IN (SELECT person FROM stopped) OR EXISTS"
     " (SELECT 1 FROM main.serves x JOIN main.notice y ON y.no = x.notice WHERE x.message = m.no AND y.person NOT IN"
     "  (SELECT person FROM stopped))) AND (m.state <> 9 OR EXISTS (SELECT 1 FROM " LINKS("fresh") " l JOIN notice_map nm ON"
     "  nm.old = l.notice JOIN main.notice k ON k.no = nm.new WHERE l.message = f.no AND (nm.kept = 0 OR k.every OR k.no IN lost)));"
     "INSERT INTO happened SELECT no, 'released', " STATE_NAME("state") ", 'planned',"
     " CASE state WHEN 10 THEN '" MENDED "' ELSE '" BACK "' END FROM mended ORDER BY no;"
     "UPDATE main.message AS m SET state = 0, due = 0, first_at = NULL, flags = m.flags & ~16"
     " WHERE m.no IN (SELECT no FROM mended);"
     /* What was cancelled stands under another notice; now it has one of its own again. */
     "CREATE TEMP TABLE returned(message INTEGER, notice INTEGER, planned INTEGER);"
     "INSERT INTO returned SELECT w.no, nm.new, f.no FROM mended w CROSS JOIN main.message m ON m.no = w.no CROSS JOIN"
     " fresh.message f ON f.id = m.id CROSS JOIN notice_map nm ON nm.old = f.notice WHERE w.state = 9;"
     "UPDATE main.message AS m SET notice = r.notice FROM returned r WHERE r.message = m.no;"
     "INSERT INTO returned SELECT r.message, nm.new, 0 FROM returned r CROSS JOIN fresh.serves s ON s.message = r.planned"
     " CROSS JOIN notice_map nm ON nm.old = s.notice;"
     "INSERT OR IGNORE INTO main.serves(message, notice) SELECT message, notice FROM returned WHERE planned = 0;"
     "UPDATE main.message AS m SET gateway = g.new FROM fresh.message f JOIN gateway_map g ON g.old = f.gateway"
     " WHERE f.id = m.id AND m.state IN (0, 4, 7) AND m.gateway <> g.new;"
     /* What waits at a gateway that the new plan no longer has goes to the one that its channel has now. */
     "UPDATE main.message AS m SET gateway = c.gateway FROM (SELECT t.channel AS channel, min(g.new) AS gateway"
     " FROM fresh.message f JOIN text_map x ON x.old = f.text JOIN main.text t ON t.no = x.new"
     " JOIN gateway_map g ON g.old = f.gateway GROUP BY t.channel) c, main.text mt WHERE mt.no = m.text"
     " AND mt.channel = c.channel AND m.state IN (0, 4, 7) AND m.gateway NOT IN (SELECT new FROM gateway_map);"
     "UPDATE main.message AS m SET gateway = c.gateway FROM (SELECT l.no AS channel, min(g.no) AS gateway FROM merge_time,"
     " json_each(merge_time.gateways) j JOIN main.gateway g ON g.name = json_extract(j.value, '$.name') JOIN main.label l"
     " ON l.name = json_extract(j.value, '$.channel') GROUP BY l.no) c, main.text mt WHERE mt.no = m.text"
     " AND mt.channel = c.channel AND m.state IN (0, 4, 7) AND m.gateway NOT IN (SELECT new FROM gateway_map);"
     /* Nobody is there who could send it again, or ask. */
     "UPDATE main.message SET due = NULL WHERE state = 7 AND due IS NOT NULL AND gateway NOT IN (SELECT new FROM gateway_map)"},

    /* Also of what failed or came back: should a person decide to try it again, nobody gets an old text. What is in doubt
     * keeps its text: that is the one which may have arrived. */
    {"what was tried and told nobody has the text of the new plan from now on",
     "CREATE TEMP TABLE renewable(no INTEGER PRIMARY KEY);"
     "INSERT INTO renewable SELECT no FROM main.message WHERE state IN (0, 4, 5, 6, 10) AND NOT flags & 8;"
     "CREATE TEMP TABLE renewed(no INTEGER PRIMARY KEY, text INTEGER);"
     "INSERT OR IGNORE INTO renewed SELECT m.no, t.new FROM fresh.message f CROSS JOIN notice_map nm ON nm.old = f.notice"
     " CROSS JOIN main.message m ON m.notice = nm.new AND m.flags & 1 = 0 CROSS JOIN text_map t ON t.old = f.text"
     " WHERE (SELECT count(*) FROM renewable) > 0 AND nm.kept = 1 AND m.endpoint = f.endpoint AND m.text <> t.new"
     " AND +m.no IN renewable AND (SELECT audience FROM main.text WHERE no = m.text) ="
     "  (SELECT audience FROM main.text WHERE no = t.new);"
     "INSERT OR IGNORE INTO renewed SELECT m.no, t.new FROM renewable r CROSS JOIN main.message m ON m.no = r.no CROSS JOIN"
     " fresh.message f ON f.id = m.id CROSS JOIN text_map t ON t.old = f.text WHERE m.text <> t.new;"
     "INSERT OR IGNORE INTO renewed SELECT m.no, (SELECT max(x.no) FROM main.text x WHERE x.audience = t.audience AND"
     " x.channel = t.channel AND x.locale = t.locale AND x.is_update = t.is_update AND x.edition = t.edition AND x.latest) AS"
     " newer FROM renewable r CROSS JOIN main.message m ON m.no = r.no JOIN main.text t ON t.no = m.text WHERE"
     " newer <> m.text;"
     "UPDATE main.message AS m SET text = r.text FROM renewed r WHERE r.no = m.no;"
     "INSERT INTO main.event(at, message, body) SELECT t.at, m.no, json_object('at', t.text, 'attempt', m.attempt,"
     " 'event', h.event, 'from', h.before, 'message', m.id, 'reply', h.reply, 'text', m.text, 'to', h.after)"
     " FROM happened h JOIN main.message m ON m.no = h.message, merge_time t ORDER BY h.rowid"},

    /* dead: where a message of the same notice came back or was refused; trying it again is a person's decision. mixed:
     * first notices for mailboxes in which somebody else was told in an earlier edition; an id would not show it. One that is
     * for a person alone (FLAG_ALONE, 2048) tells nobody else's. */
    {"messages that the new plan has and nobody gets",
     "CREATE TEMP TABLE dead(person INTEGER, audience INTEGER, endpoint TEXT, PRIMARY KEY(person, audience, endpoint))"
     " WITHOUT ROWID;"
     "INSERT OR IGNORE INTO dead SELECT n.person, t.audience, m.endpoint FROM main.message m CROSS JOIN main.text t"
     " ON t.no = m.text CROSS JOIN main.notice n ON n.no = m.notice WHERE m.state IN (5, 6);"
     "INSERT OR IGNORE INTO dead SELECT n.person, t.audience, m.endpoint FROM main.serves s CROSS JOIN main.message m"
     " ON m.no = s.message CROSS JOIN main.text t ON t.no = m.text CROSS JOIN main.notice n ON n.no = s.notice"
     " WHERE m.state IN (5, 6);"
     "CREATE TEMP TABLE told_box(endpoint TEXT, audience INTEGER, channel INTEGER, locale TEXT, message INTEGER,"
     " PRIMARY KEY(endpoint, audience, channel, locale, message)) WITHOUT ROWID;"
     "INSERT INTO told_box SELECT m.endpoint, t.audience, t.channel, t.locale, m.no FROM main.message m JOIN main.text t"
     " ON t.no = m.text, merge_time c WHERE c.edition > 1 AND t.edition < c.edition AND " IS_TOLD ";"
     "CREATE TEMP TABLE mixed(message INTEGER PRIMARY KEY);"
     "INSERT OR IGNORE INTO mixed SELECT f.no FROM fresh.message f CROSS JOIN text_map x ON x.old = f.text CROSS JOIN"
     " main.text t ON t.no = x.new CROSS JOIN told_box b ON b.endpoint = f.endpoint AND b.audience = t.audience AND b.channel = t.channel"
     " AND b.locale = t.locale WHERE (SELECT count(*) FROM told_box) > 0 AND NOT t.is_update AND f.flags & 2048 = 0 AND NOT EXISTS"
     " (SELECT 1 FROM (SELECT f.notice AS old UNION ALL SELECT s.notice FROM fresh.serves s WHERE s.message = f.no) y"
     "  JOIN wanted w ON w.old = y.old JOIN (SELECT notice FROM main.message WHERE no = b.message UNION ALL"
     "  SELECT notice FROM main.serves WHERE message = b.message) z JOIN main.notice n ON n.no = z.notice"
     "  WHERE n.person = w.person)"},

    /* A kept notice gets a new message only when everything that was tried for it has failed; what was planned beside
     * a tried message, and still is, stays planned. */
    {"messages for new notices, and for kept ones that reached nobody",
     "CREATE TEMP TABLE link AS SELECT x.message AS message, nm.new AS notice FROM " LINKS("fresh") " x"
     " JOIN notice_map nm ON nm.old = x.notice JOIN fresh.message f ON f.no = x.message"
     " WHERE (nm.kept = 0 OR nm.new IN lost OR f.id IN (SELECT id FROM beside))"
     " AND NOT EXISTS (SELECT 1 FROM main.message m WHERE m.id = f.id) AND f.no NOT IN mixed;"
     "CREATE TEMP TABLE given_up(notice INTEGER PRIMARY KEY);"
     "INSERT OR IGNORE INTO given_up SELECT l.notice FROM link l CROSS JOIN fresh.message f ON f.no = l.message CROSS JOIN"
     " text_map x ON x.old = f.text CROSS JOIN main.text t ON t.no = x.new CROSS JOIN main.notice n ON n.no = l.notice JOIN dead d"
     " ON d.person = n.person AND d.audience = t.audience AND d.endpoint = f.endpoint WHERE (SELECT count(*) FROM dead) > 0;"
     "DELETE FROM link WHERE notice IN given_up AND (SELECT 1 FROM fresh.message f JOIN text_map x ON x.old = f.text"
     " JOIN main.text t ON t.no = x.new JOIN main.notice n ON n.no = link.notice JOIN dead d ON d.person = n.person"
     " AND d.audience = t.audience AND d.endpoint = f.endpoint WHERE f.no = link.message);"
     "CREATE INDEX temp.link_message ON link(message, notice);"
     "CREATE INDEX temp.link_notice ON link(notice);"
     "DROP INDEX main.message_id; DROP INDEX main.message_due;"
     "INSERT INTO main.message(no, id, notice, gateway, text, endpoint, state, attempt, relay_doubts, flags, due)"
     " SELECT (SELECT message FROM base) + row_number() OVER (ORDER BY f.no), f.id, l.notice,"
     " g.new, t.new, f.endpoint, 0, 0, 0, CASE WHEN n.solo = 1 AND l.n = 1 THEN 1 + 512 * (n.rungs IS NOT NULL) ELSE 0"
     " END, f.due"
     " FROM (SELECT message, min(notice) AS notice, count(*) AS n FROM link GROUP BY message) l"
     " JOIN fresh.message f ON f.no = l.message JOIN main.notice n ON n.no = l.notice"
     " JOIN gateway_map g ON g.old = f.gateway JOIN text_map t ON t.old = f.text;" SCHEMA_MESSAGE_ID SCHEMA_MESSAGE_DUE
     "INSERT OR IGNORE INTO main.serves(message, notice) SELECT m.no, l.notice FROM (SELECT message, min(notice) AS first"
     " FROM link GROUP BY message HAVING count(*) > 1) k JOIN link l ON l.message = k.message AND l.notice <> k.first"
     " JOIN fresh.message f ON f.no = k.message JOIN main.message m ON m.id = f.id"},

    {"what stands in for a message that was cancelled in doubt, and may be a second copy",
     "CREATE TEMP TABLE doubtful(notice INTEGER PRIMARY KEY);"
     "INSERT OR IGNORE INTO doubtful SELECT notice FROM main.message WHERE state = 9 AND flags & 128;"
     "INSERT OR IGNORE INTO doubtful SELECT s.notice FROM main.message m CROSS JOIN main.serves s ON s.message = m.no"
     " WHERE m.state = 9 AND m.flags & 128;"
     "UPDATE main.message AS m SET flags = m.flags | 128 WHERE m.no > (SELECT message FROM base) AND (+m.notice IN doubtful"
     " OR EXISTS (SELECT 1 FROM main.serves s WHERE s.message = m.no AND +s.notice IN doubtful))"},

    {"who shares a mailbox with somebody who was told before is for a person to decide",
     "UPDATE main.notice SET aside = CASE WHEN no IN given_up THEN 6 ELSE 4 END, reason = (SELECT l.no FROM main.label l"
     " WHERE l.name = CASE WHEN main.notice.no IN given_up THEN '" DEAD "' ELSE '" SQLITE_MAILBOX_TOLD "' END)"
     " WHERE no IN (SELECT nm.new FROM notice_map nm JOIN wanted w ON w.old = nm.old WHERE nm.kept = 0"
     "  AND w.aside IS NULL AND nm.new NOT IN (SELECT notice FROM link) AND nm.new NOT IN (SELECT notice FROM returned))"},

    {"a notice of which all was cancelled counts as the new plan says",
     "CREATE TEMP TABLE emptied AS SELECT nm.new AS notice, w.aside AS aside, w.reason AS reason FROM notice_map nm"
     " JOIN wanted w ON w.old = nm.old WHERE nm.kept = 1 AND nm.new IN lost"
     " AND nm.new NOT IN (SELECT notice FROM link) AND nm.new NOT IN given_up AND NOT EXISTS (SELECT 1 FROM main.message m"
     "  WHERE m.notice = nm.new AND m.flags & 1 = 0 AND m.state <> 9) AND NOT EXISTS (SELECT 1 FROM main.serves s"
     "  JOIN main.message m ON m.no = s.message WHERE s.notice = nm.new AND m.state <> 9);"
     "UPDATE main.notice AS n SET aside = coalesce(e.aside, 4), reason = coalesce(e.reason, (SELECT l.no FROM main.label l"
     " WHERE l.name = '" SQLITE_MAILBOX_TOLD "')) FROM emptied e WHERE e.notice = n.no"},
};

static bool run_steps(SqliteStore *store, GError **error)
{
    for (size_t i = 0; i < G_N_ELEMENTS(steps); i++) {
        fault_point("plan_merge_step");
        if (!sqlite_exec(store, steps[i].sql, error)) {
            error_prefix(error, "%s: ", steps[i].name);
            return false;
        }
    }
    return true;
}

static bool keep_time(SqliteStore *store, const LedgerPlanHeader *header, GError **error)
{
    g_autofree char *text = clock_format_utc(header->now);
    g_autofree char *why = g_strdup_printf("superseded by edition %d", header->edition);

    return sqlite_exec(store,
                       "CREATE TEMP TABLE merge_time(at INTEGER, text TEXT, edition INTEGER, why TEXT, gateways TEXT,"
                       " escalation TEXT)",
                       error) &&
           sqlite_run(store, error, "INSERT INTO temp.merge_time VALUES (?, ?, ?, ?, ?, ?)", "isisss", header->now,
                      text, (int64_t)header->edition, why, header->gateways,
                      header->escalation ? header->escalation : "{}");
}

/* What changed against the plan before. */
static bool count_result(SqliteStore *store, LedgerPlanResult *result, GError **error)
{
    int64_t edition = 0;
    const struct {
        const char *sql;
        int64_t *number;
    } counts[] = {
        {"SELECT count(*) FROM person", &result->people},
        {"SELECT count(*) FROM person WHERE removed = 1", &result->removed_people},
        {"SELECT count(*) FROM message WHERE attempt > 0", &result->kept_messages},
        {"SELECT value FROM header WHERE key = 'edition'", &edition},
        {"SELECT added FROM moves", &result->added_people},
        {"SELECT gone FROM moves", &result->gone_people},
        {"SELECT count(*) FROM happened WHERE event = 'cancelled'", &result->cancelled_messages},
        {"SELECT count(*) FROM superseded WHERE state = 7", &result->replaced_doubts},
        {"SELECT count(*) FROM renewed", &result->renewed_messages},
        {"SELECT text FROM base", &result->text_before},
        {"SELECT count(*) FROM main.text, base WHERE main.text.no > base.text", &result->new_texts},
        {"SELECT count(*) FROM base CROSS JOIN main.message m ON m.no > base.message JOIN main.text t ON t.no = m.text"
         " WHERE t.is_update", &result->updates},
        {"SELECT count(*) FROM base CROSS JOIN main.message m ON m.no > base.message JOIN main.text t ON t.no = m.text"
         " WHERE NOT t.is_update", &result->first_notices},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(counts); i++)
        if (!sqlite_number(store, counts[i].sql, 0, counts[i].number, error))
            return false;
    result->edition_before = (int)edition;
    return true;
}

static bool next_generation(SqliteStore *store, int *generation, GError **error)
{
    g_autofree char *text = sqlite_backend()->header_get(store, "generation", error);

    *generation = text ? (int)g_ascii_strtoll(text, NULL, 10) + 1 : 0;
    return text != NULL;
}

/* Who is to climb, from what their messages add up to now and how long the new plan waits for each channel. What waits for
 * a doubt or for silence keeps its time. */
static bool keep_climbs(SqliteStore *store, GError **error)
{
    return sqlite_exec(
        store,
        "CREATE TEMP TABLE standing(no INTEGER PRIMARY KEY, open INTEGER, accepted INTEGER, held INTEGER, lost INTEGER,"
        " cause INTEGER, taken INTEGER);"
        "INSERT INTO standing SELECT n.no, coalesce(sum(m.state IN (0, 1, 3, 4)), 0),"
        " coalesce(sum(m.state = 2), 0), coalesce(sum(m.state = 7), 0),"
        " coalesce(sum(m.state IN (5, 6)), n.aside = 6), coalesce(max(CASE WHEN m.state IN (5, 6, 7) THEN m.no END), 0),"
        " max(CASE WHEN m.state = 2 THEN m.no END)"
        " FROM main.notice n LEFT JOIN (SELECT notice, no AS message FROM main.message WHERE flags & 1 = 0 UNION ALL"
        "  SELECT notice, message FROM main.serves) x ON x.notice = n.no LEFT JOIN main.message m ON m.no = x.message"
        " WHERE n.solo = 0 AND n.rungs IS NOT NULL AND n.every = 0 GROUP BY n.no;"
        "INSERT INTO standing SELECT no, 0, 0, 0, 1, 0, NULL FROM main.notice WHERE solo = 1 AND aside = 6 AND rungs IS NOT NULL;"
        "CREATE TEMP TABLE waits(text INTEGER PRIMARY KEY, after INTEGER, silence INTEGER);"
        "INSERT INTO waits SELECT t.no, coalesce(json_extract(e.escalation, '$.after.' || l.name), 14400000),"
        " json_extract(e.escalation, '$.silence.' || l.name) FROM main.text t JOIN main.label l ON l.no = t.channel,"
        " merge_time e;"
        "DELETE FROM main.climb WHERE notice NOT IN (SELECT no FROM standing WHERE open = 0 AND CASE reason WHEN 3 THEN"
        " accepted > 0 AND EXISTS (SELECT 1 FROM main.message m JOIN waits w ON w.text = m.text WHERE m.no ="
        " climb.message AND w.silence IS NOT NULL) WHEN 2 THEN accepted = 0 AND held > 0 ELSE accepted = 0 AND held = 0 AND lost > 0 END);"
        "INSERT OR IGNORE INTO main.climb(notice, message, due, reason) SELECT s.no, s.cause, t.at + CASE WHEN s.held > 0"
        " THEN w.after ELSE 0 END, CASE WHEN s.held > 0 THEN 2 ELSE 0 END FROM standing s JOIN merge_time t LEFT JOIN"
        " main.message m ON m.no = s.cause LEFT JOIN waits w ON w.text = m.text WHERE s.open = 0 AND s.accepted = 0 AND"
        " (s.held > 0 OR s.lost > 0);"
        "INSERT OR IGNORE INTO main.climb(notice, message, due, reason) SELECT s.no, m.no, coalesce(m.first_at, t.at) +"
        " w.silence, 3 FROM standing s JOIN merge_time t JOIN main.message m ON m.no = s.taken JOIN waits w ON w.text ="
        " m.text WHERE s.open = 0 AND w.silence IS NOT NULL",
        error);
}

static bool merge(SqliteStore *store, const LedgerPlanHeader *header, const char *digest, LedgerPlanResult *result,
                  GError **error)
{
    int generation;

    return keep_time(store, header, error) && run_steps(store, error) &&
           sqlite_decision_keep(store, header->now, error) && keep_climbs(store, error) &&
           count_result(store, result, error) && next_generation(store, &generation, error) &&
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
