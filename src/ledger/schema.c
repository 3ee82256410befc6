#include "ledger/schema.h"

#include <glib.h>

#include "model/message_state.h"

/* The partial indexes below name these states by number. */
G_STATIC_ASSERT(MESSAGE_ATTEMPTING == 1);
G_STATIC_ASSERT(MESSAGE_FAILED == 6);
G_STATIC_ASSERT(MESSAGE_IN_DOUBT == 7);

const char *schema_tables(void)
{
    return "CREATE TABLE header(key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;"
           "CREATE TABLE label(no INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);"
           "CREATE TABLE gateway(no INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);"
           "CREATE TABLE text(no INTEGER PRIMARY KEY, audience INTEGER NOT NULL, channel INTEGER NOT NULL,"
           " locale TEXT NOT NULL, edition INTEGER NOT NULL, is_update INTEGER NOT NULL, body TEXT NOT NULL,"
           " latest INTEGER NOT NULL DEFAULT 1,"
           " UNIQUE(audience, channel, locale, edition, is_update, body));"
           /* id is NULL for rows that cannot be told apart: no id, or one that stands in several rows */
           "CREATE TABLE person(no INTEGER PRIMARY KEY, id TEXT, place INTEGER NOT NULL, data TEXT,"
           " removed INTEGER NOT NULL DEFAULT 0);"
           /* what stood in person.data until a plan replaced it, of people to whom something was sent before it */
           SCHEMA_PERSON_PAST
           /* aside: a Told, for a notice without messages; solo: the person's only notice with at most one message */
           "CREATE TABLE notice(no INTEGER PRIMARY KEY, person INTEGER NOT NULL, audience INTEGER NOT NULL,"
           " aside INTEGER, reason INTEGER, solo INTEGER NOT NULL, edition INTEGER NOT NULL,"
           /* labels: the further channels as they were planned, those that are left, and why the ladder ended; how many rungs
              have been climbed; whether every channel must get through */
           " ladder INTEGER, rungs INTEGER, ended INTEGER, rung INTEGER NOT NULL DEFAULT 0,"
           " every INTEGER NOT NULL DEFAULT 0);"
           /* notices that are to go on to their next channel, and when; message: the cause, or 0 */
           "CREATE TABLE climb(notice INTEGER PRIMARY KEY, message INTEGER NOT NULL, due INTEGER NOT NULL,"
           " reason INTEGER NOT NULL);"
           /* what gateways call the messages that they took */
           "CREATE TABLE provider(gateway INTEGER NOT NULL, id TEXT NOT NULL, message INTEGER NOT NULL,"
           " PRIMARY KEY(gateway, id)) WITHOUT ROWID;"
           "CREATE TABLE message(no INTEGER PRIMARY KEY, id TEXT NOT NULL, notice INTEGER NOT NULL,"
           " gateway INTEGER NOT NULL, text INTEGER NOT NULL, endpoint TEXT NOT NULL, state INTEGER NOT NULL,"
           " attempt INTEGER NOT NULL, relay_doubts INTEGER NOT NULL, flags INTEGER NOT NULL, due INTEGER,"
           " first_at INTEGER, run INTEGER, code INTEGER, enhanced TEXT, queue INTEGER NOT NULL DEFAULT 0,"
           " doubted INTEGER NOT NULL DEFAULT 0);"
           /* further notices of a message that serves more than one */
           "CREATE TABLE serves(message INTEGER NOT NULL, notice INTEGER NOT NULL, PRIMARY KEY(message, notice))"
           " WITHOUT ROWID;"
           "CREATE TABLE run(no INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, boot TEXT NOT NULL,"
           " started_at INTEGER NOT NULL, ended_at INTEGER);"
           "CREATE TABLE event(no INTEGER PRIMARY KEY, at INTEGER NOT NULL, message INTEGER, body TEXT NOT NULL);"
           "CREATE TABLE counter(kind INTEGER NOT NULL, name INTEGER NOT NULL, state INTEGER NOT NULL,"
           " n INTEGER NOT NULL, PRIMARY KEY(kind, name, state)) WITHOUT ROWID;"
           /* where due messages wait apart from the main queue (0); kind: a QueueKind */
           "CREATE TABLE queue(no INTEGER PRIMARY KEY, kind INTEGER NOT NULL, name TEXT NOT NULL, UNIQUE(kind, name));"
           SCHEMA_HOLD
           "CREATE TABLE pause(scope TEXT NOT NULL, name TEXT NOT NULL, until INTEGER NOT NULL, reason TEXT NOT NULL,"
           " at INTEGER NOT NULL, times INTEGER NOT NULL, PRIMARY KEY(scope, name)) WITHOUT ROWID;"
           /* what the public was told at each endpoint in each language; the history of it is in the events */
           "CREATE TABLE publication(gateway TEXT NOT NULL, locale TEXT NOT NULL, kind TEXT NOT NULL,"
           " edition INTEGER NOT NULL, state TEXT NOT NULL, item TEXT NOT NULL, url TEXT NOT NULL, digest TEXT NOT NULL,"
           " words TEXT NOT NULL, who TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY(gateway, locale)) WITHOUT ROWID;"
           /* what a person decided about a person: not to be told, for this reason (a label) */
           "CREATE TABLE decision(person INTEGER PRIMARY KEY, reason INTEGER NOT NULL, by TEXT, at INTEGER NOT NULL);"
           "CREATE TABLE inbox(no INTEGER PRIMARY KEY, at INTEGER NOT NULL, body TEXT NOT NULL);"
           "CREATE TRIGGER event_stays BEFORE UPDATE ON event BEGIN SELECT raise(ABORT, 'events are never changed'); END;"
           "CREATE TRIGGER event_remains BEFORE DELETE ON event BEGIN SELECT raise(ABORT, 'events are never deleted');"
           " END;";
}

const char *schema_unique_person(void)
{
    return "CREATE UNIQUE INDEX person_id ON person(id)";
}

const char *schema_unique_message(void)
{
    return SCHEMA_MESSAGE_ID;
}

const char *schema_indexes(void)
{
    return SCHEMA_MESSAGE_DUE
           "CREATE INDEX message_attempting ON message(no) WHERE state = 1;"
           "CREATE INDEX message_held ON message(no) WHERE state = 7 AND due IS NULL;"
           "CREATE INDEX message_failed ON message(code, enhanced) WHERE state = 6;"
           "CREATE INDEX notice_person ON notice(person) WHERE solo = 0;"
           "CREATE INDEX message_notice ON message(notice) WHERE flags & 1 = 0;"
           "CREATE INDEX serves_notice ON serves(notice);"
           "CREATE INDEX climb_due ON climb(due, notice);";
}
