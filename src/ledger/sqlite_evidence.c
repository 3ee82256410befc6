/* Everything about single people, and the events about their messages. */
#include "ledger/ledger_evidence.h"

#include <string.h>

#include "base/error.h"
#include "base/seal.h"
#include "ledger/sqlite_private.h"

bool sqlite_evidence_numbers(void *self, EvidenceNumber *receive, void *user, GError **error)
{
    sqlite3_stmt *statement = sqlite_query(self, error, "SELECT no FROM person ORDER BY no", "");
    bool goes_on = true;
    int stepped = -1;

    while (statement && goes_on && (stepped = sqlite_step(self, statement, error)) > 0)
        goes_on = receive(sqlite3_column_int64(statement, 0), user);
    if (statement)
        sqlite3_reset(statement);
    return stepped >= 0;
}

/* People ---------------------------------------------------------------------------------------------------------- */

/* Where the people, and then their notices, are found again while rows go by. */
typedef struct Gathering {
    SqliteStore *store;
    GHashTable *people;  /* person -> EvidencePerson */
    GHashTable *notices; /* notice -> EvidencePerson: whose it is */
    GString *numbers;    /* JSON array of what is asked for next */
} Gathering;

static void remember(GHashTable *table, int64_t no, EvidencePerson *person)
{
    g_hash_table_insert(table, g_memdup2(&no, sizeof no), person);
}

static EvidencePerson *person_of(GHashTable *table, sqlite3_stmt *statement, int column)
{
    const int64_t no = sqlite3_column_int64(statement, column);

    return g_hash_table_lookup(table, &no);
}

typedef void TakeRow(Gathering *gathering, sqlite3_stmt *statement);

static bool take_all(Gathering *gathering, sqlite3_stmt *statement, TakeRow *take, GError **error)
{
    int stepped = -1;

    while (statement && (stepped = sqlite_step(gathering->store, statement, error)) > 0)
        take(gathering, statement);
    return stepped == 0;
}

static void take_person(Gathering *gathering, sqlite3_stmt *statement)
{
    EvidencePerson *person = person_of(gathering->people, statement, 0);

    person->row = sqlite3_column_int64(statement, 1);
    person->id = sqlite_copy(statement, 2);
    person->data = seal_open((const char *)sqlite3_column_text(statement, 3));
}

static void take_notice(Gathering *gathering, sqlite3_stmt *statement)
{
    EvidencePerson *person = person_of(gathering->people, statement, 1);
    EvidenceNotice *notice = g_new0(EvidenceNotice, 1);

    notice->no = sqlite3_column_int64(statement, 0);
    notice->audience = sqlite_copy(statement, 2);
    notice->edition = sqlite3_column_int(statement, 3);
    notice->has_aside = sqlite3_column_type(statement, 4) != SQLITE_NULL;
    notice->aside = notice->has_aside ? (Told)sqlite3_column_int(statement, 4) : TOLD_UNREACHABLE;
    notice->has_rungs = sqlite3_column_int(statement, 5) != 0;
    notice->every = sqlite3_column_int(statement, 6) != 0;
    notice->reason = sqlite_copy(statement, 7);
    notice->ladder = sqlite_copy(statement, 8);
    notice->ended = sqlite_copy(statement, 9);
    notice->rung = sqlite3_column_int(statement, 10);
    g_ptr_array_add(person->notices, notice);
    remember(gathering->notices, notice->no, person);
}

static void take_message(Gathering *gathering, sqlite3_stmt *statement)
{
    EvidencePerson *person = person_of(gathering->notices, statement, 0);
    EvidenceMessage *message = g_new0(EvidenceMessage, 1);
    int flags = sqlite3_column_int(statement, 7);

    message->notice = sqlite3_column_int64(statement, 0);
    message->no = sqlite3_column_int64(statement, 1);
    g_strlcpy(message->id, (const char *)sqlite3_column_text(statement, 2), sizeof message->id);
    message->text = sqlite3_column_int64(statement, 3);
    message->endpoint = seal_open((const char *)sqlite3_column_text(statement, 4));
    message->state = (MessageState)sqlite3_column_int(statement, 5);
    message->attempt = sqlite3_column_int(statement, 6);
    message->was_in_doubt = (flags & FLAG_WAS_IN_DOUBT) != 0;
    message->twice = (flags & FLAG_TWICE) != 0;
    message->first_at = sqlite3_column_type(statement, 8) == SQLITE_NULL ? -1 : sqlite3_column_int64(statement, 8);
    message->gateway = sqlite_copy(statement, 9);
    message->audience = sqlite_copy(statement, 10);
    message->channel = sqlite_copy(statement, 11);
    message->locale = sqlite_copy(statement, 12);
    message->edition = sqlite3_column_int(statement, 13);
    message->is_update = sqlite3_column_int(statement, 14) != 0;
    g_ptr_array_add(person->messages, message);
}

static void ask_for(Gathering *gathering, GHashTable *table)
{
    GHashTableIter iterator;
    gpointer no;

    g_string_assign(gathering->numbers, "[");
    g_hash_table_iter_init(&iterator, table);
    while (g_hash_table_iter_next(&iterator, &no, NULL))
        g_string_append_printf(gathering->numbers, "%s%" G_GINT64_FORMAT, gathering->numbers->len > 1 ? "," : "",
                               *(int64_t *)no);
    g_string_append_c(gathering->numbers, ']');
}

static bool gather(Gathering *gathering, GError **error)
{
    SqliteStore *store = gathering->store;

    ask_for(gathering, gathering->people);
    if (!take_all(gathering,
                  sqlite_query(store, error,
                               "SELECT no, CASE removed WHEN 0 THEN place ELSE 0 END, id, data FROM person"
                               " WHERE no IN (SELECT value FROM json_each(?))",
                               "s", gathering->numbers->str),
                  take_person, error) ||
        !take_all(gathering,
                  sqlite_query(store, error,
                               "SELECT n.no, n.person, a.name, n.edition, " SQLITE_ASIDE
                               ", n.rungs IS NOT NULL, n.every,"
                               " r.name, l.name, e.name, n.rung FROM notice n JOIN label a ON a.no = n.audience"
                               " LEFT JOIN label r ON r.no = n.reason LEFT JOIN label l ON l.no = n.ladder"
                               " LEFT JOIN label e ON e.no = n.ended WHERE n.person IN (SELECT value FROM json_each(?))"
                               " ORDER BY n.no",
                               "s", gathering->numbers->str),
                  take_notice, error))
        return false;
    ask_for(gathering, gathering->notices);
    return take_all(
        gathering,
        sqlite_query(store, error,
                     "SELECT x.notice, m.no, m.id, m.text, m.endpoint, m.state, m.attempt, m.flags, m.first_at,"
                     " g.name, a.name, c.name, t.locale, t.edition, t.is_update FROM (SELECT notice, no AS"
                     " message FROM message WHERE notice IN (SELECT value FROM json_each(?1)) UNION ALL"
                     " SELECT notice, message FROM serves WHERE notice IN (SELECT value FROM json_each(?1))) x"
                     " JOIN message m ON m.no = x.message JOIN gateway g ON g.no = m.gateway JOIN text t"
                     " ON t.no = m.text JOIN label a ON a.no = t.audience JOIN label c ON c.no = t.channel"
                     " ORDER BY m.no",
                     "s", gathering->numbers->str),
        take_message, error);
}

bool sqlite_evidence_people(void *self, GPtrArray *people, GError **error)
{
    Gathering gathering = {.store = self,
                           .people = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL),
                           .notices = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL),
                           .numbers = g_string_new(NULL)};
    bool gathered;

    for (guint i = 0; i < people->len; i++) {
        EvidencePerson *person = g_ptr_array_index(people, i);

        remember(gathering.people, person->no, person);
    }
    gathered = gather(&gathering, error);
    g_hash_table_unref(gathering.people);
    g_hash_table_unref(gathering.notices);
    g_string_free(gathering.numbers, TRUE);
    return gathered;
}

bool sqlite_evidence_served(void *self, int64_t message, int64_t at, BackendServed *receive, void *user, GError **error)
{
    sqlite3_stmt *statement = sqlite_query(
        self, error,
        "SELECT p.no, CASE WHEN h.person IS NULL THEN p.data ELSE h.data END FROM (SELECT 0 AS rank, notice FROM "
        "message"
        " WHERE no = ?1 UNION ALL SELECT 1, notice FROM serves WHERE message = ?1) x JOIN notice n ON n.no = x.notice"
        " JOIN person p ON p.no = n.person LEFT JOIN person_past h ON h.person = p.no AND h.until = (SELECT min(until)"
        " FROM person_past WHERE person = p.no AND until >= ?2) ORDER BY x.rank, x.notice",
        "ii", message, at);
    int stepped = -1;

    while (statement && (stepped = sqlite_step(self, statement, error)) > 0)
        receive(sqlite3_column_int64(statement, 0), (const char *)sqlite3_column_text(statement, 1), user);
    return stepped == 0;
}

/* Events ---------------------------------------------------------------------------------------------------------- */

static bool give_events(SqliteStore *store, sqlite3_stmt *statement, EvidenceEvent *receive, void *user, GError **error)
{
    int stepped = -1;

    while (statement && (stepped = sqlite_step(store, statement, error)) > 0)
        receive(sqlite3_column_int64(statement, 0), sqlite3_column_int64(statement, 1),
                sqlite3_column_int64(statement, 2), (const char *)sqlite3_column_text(statement, 3), user);
    return stepped == 0;
}

bool sqlite_evidence_events(void *self, const char *messages, bool notes, EvidenceEvent *receive, void *user,
                            GError **error)
{
    return give_events(
        self,
        sqlite_query(self, error,
                     "SELECT no, at, coalesce(message, 0), body FROM event WHERE message IN"
                     " (SELECT value FROM json_each(?1)) OR (?2 AND coalesce(message, 0) = 0) ORDER BY no",
                     "si", messages, (int64_t)notes),
        receive, user, error);
}

bool sqlite_evidence_papers(void *self, EvidenceEvent *receive, void *user, GError **error)
{
    return give_events(self,
                       sqlite_query(self, error,
                                    "SELECT no, at, coalesce(message, 0), body FROM event"
                                    " WHERE instr(body, '\"evidence\":\"') > 0 ORDER BY no",
                                    ""),
                       receive, user, error);
}
