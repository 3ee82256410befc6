/* Building a plan in a file of its own, which becomes the ledger by rename(2), or is merged into the one that is there. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/fault.h"
#include "base/file.h"
#include "ledger/event.h"
#include "ledger/schema.h"
#include "ledger/sqlite.h"
#include "ledger/sqlite_private.h"

#define ROWS_PER_TRANSACTION 20000

typedef struct SqlitePlan {
    SqliteStore *store;  /* owned; the new file */
    SqliteStore *known;  /* owned; the ledger that is there, with who was told in a scratch table; NULL in edition 1 */
    char *folder;        /* owned */
    char *path;          /* owned; of the new file */
    char *ledger;        /* owned; of the ledger */
    uint8_t secret[ID_SECRET_SIZE];
    GHashTable *labels;  /* name -> number, a cache */
    int edition;
    int64_t person, notice, message; /* the last numbers given */
} SqlitePlan;

static void remove_journals(const char *path)
{
    static const char *const endings[] = {"-journal", "-wal", "-shm"};

    for (size_t i = 0; i < G_N_ELEMENTS(endings); i++) {
        g_autofree char *name = g_strconcat(path, endings[i], NULL);

        unlink(name);
    }
}

static void remove_build(const char *path)
{
    unlink(path);
    remove_journals(path);
}

/* Sorting a million ids needs scratch files. They hold personal data, so they lie in the state folder (SQLite unlinks
 * them as soon as they are open); only one plan is built at a time. */
static void scratch_in(const char *folder)
{
    sqlite3_free(sqlite3_temp_directory);
    sqlite3_temp_directory = folder ? sqlite3_mprintf("%s", folder) : NULL;
}

static bool take_secret(const char *folder, int edition, uint8_t secret[ID_SECRET_SIZE], GError **error)
{
    g_autoptr(Ledger) ledger = NULL;
    const LedgerHeader *header;

    if (!sqlite_backend()->exists(folder)) {
        id_secret(secret);
        return true;
    }
    ledger = ledger_open(sqlite_backend(), folder, error);
    if (!ledger)
        return false;
    header = ledger_header(ledger);
    if (edition < header->edition) {
        error_set(error, BREACH_ERROR_INPUT, "plan-edition-lower",
                  "the playbook says edition %d, but edition %d is planned in %s and an edition is never taken back: write "
                  "edition: %d again, or a higher one for a new text",
                  edition, header->edition, folder, header->edition);
        return false;
    }
    memcpy(secret, header->secret, ID_SECRET_SIZE);
    return true;
}

/* Who was told, by the id in the people file: looked up once for each row of it. The ledger's own index of people who have
 * one notice with one message leads nowhere from a person, so this is one pass over the messages. */
static bool know_told(SqlitePlan *plan, GError **error)
{
    if (plan->edition == 1 || !sqlite_backend()->exists(plan->folder))
        return true;
    plan->known = sqlite_backend()->open(plan->folder, error);
    return plan->known &&
           sqlite_exec(plan->known,
                       "CREATE TEMP TABLE told(id TEXT, audience INTEGER, edition INTEGER, PRIMARY KEY(id, audience))"
                       " WITHOUT ROWID;"
                       "INSERT INTO told SELECT p.id, n.audience, min(t.edition) FROM main.message m CROSS JOIN main.notice n"
                       " ON n.no = m.notice CROSS JOIN main.person p ON p.no = n.person CROSS JOIN main.text t"
                       " ON t.no = m.text WHERE (m.state IN (2, 3) OR m.flags & 8) AND p.id IS NOT NULL GROUP BY 1, 2;"
                       "INSERT INTO told SELECT p.id, n.audience, min(t.edition) FROM main.serves s CROSS JOIN main.message"
                       " m ON m.no = s.message CROSS JOIN main.notice n ON n.no = s.notice CROSS JOIN main.person p"
                       " ON p.no = n.person CROSS JOIN main.text t ON t.no = m.text WHERE (m.state IN (2, 3) OR m.flags & 8)"
                       " AND p.id IS NOT NULL GROUP BY 1, 2"
                       " ON CONFLICT DO UPDATE SET edition = min(edition, excluded.edition)",
                       error);
}

bool sqlite_plan_told(void *self, const char *id, GArray *told, GError **error)
{
    SqlitePlan *plan = self;
    sqlite3_stmt *statement;
    int stepped = -1;

    if (!plan->known)
        return true;
    statement = sqlite_query(plan->known, error,
                             "SELECT l.name, t.edition FROM temp.told t JOIN main.label l ON l.no = t.audience"
                             " WHERE t.id = ? ORDER BY t.audience",
                             "s", id);
    while (statement && (stepped = sqlite_step(plan->known, statement, error)) > 0) {
        LedgerPlanTold entry = {.audience = g_intern_string((const char *)sqlite3_column_text(statement, 0)),
                                .edition = sqlite3_column_int(statement, 1)};

        g_array_append_val(told, entry);
    }
    return stepped == 0;
}

/* Nothing of the new file counts before it is complete, so it is built without a journal on disk and synced once. The
 * journal in memory lets a unique index fail without damage; rows that are only added cost it nothing. */
static bool prepare(SqlitePlan *plan, GError **error)
{
    plan->store = sqlite_store_open(plan->path, true, error);
    return plan->store &&
           sqlite_exec(plan->store,
                       "PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE;"
                       "PRAGMA cache_size = -16000",
                       error) &&
           sqlite_exec(plan->store, schema_tables(), error) &&
           (!fault_fails("plan_full") || sqlite_exec(plan->store, "PRAGMA max_page_count = 64", error)) &&
           sqlite_run(plan->store, error, "BEGIN", "");
}

void *sqlite_plan_begin(const char *folder, int edition, uint8_t secret[ID_SECRET_SIZE], GError **error)
{
    SqlitePlan *plan = g_new0(SqlitePlan, 1);

    plan->folder = g_strdup(folder);
    plan->edition = edition;
    plan->path = g_build_filename(folder, "ledger.db.new", NULL);
    plan->ledger = g_build_filename(folder, "ledger.db", NULL);
    plan->labels = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    scratch_in(folder);
    remove_build(plan->path);
    if (!take_secret(folder, edition, plan->secret, error) || !know_told(plan, error) || !prepare(plan, error)) {
        sqlite_plan_abandon(plan);
        return NULL;
    }
    memcpy(secret, plan->secret, ID_SECRET_SIZE);
    return plan;
}

static int64_t label(SqlitePlan *plan, const char *name, GError **error)
{
    const int64_t *known = g_hash_table_lookup(plan->labels, name);
    int64_t no;

    if (known)
        return *known;
    no = sqlite_label(plan->store, name, error);
    if (no > 0)
        g_hash_table_insert(plan->labels, g_strdup(name), g_memdup2(&no, sizeof no));
    return no;
}

int64_t sqlite_plan_gateway(void *self, const char *name, GError **error)
{
    SqlitePlan *plan = self;

    if (!sqlite_run(plan->store, error, "INSERT INTO gateway(name) VALUES (?)", "s", name))
        return 0;
    return sqlite3_last_insert_rowid(plan->store->db);
}

int64_t sqlite_plan_text(void *self, const LedgerPlannedText *text, GError **error)
{
    SqlitePlan *plan = self;
    int64_t audience = label(plan, text->audience, error);
    int64_t channel = label(plan, text->channel, error);

    if (audience == 0 || channel == 0 ||
        !sqlite_run(plan->store, error,
                    "INSERT INTO text(audience, channel, locale, edition, is_update, body) VALUES (?, ?, ?, ?, ?, ?)",
                    "iisiis", audience, channel, text->locale, (int64_t)plan->edition, (int64_t)text->is_update,
                    text->body))
        return 0;
    return sqlite3_last_insert_rowid(plan->store->db);
}

static bool insert_message(SqlitePlan *plan, const LedgerPlannedMessage *message, int flags, GError **error)
{
    return sqlite_run(plan->store, error,
                      "INSERT INTO message(no, id, notice, gateway, text, endpoint, state, attempt, relay_doubts, flags,"
                      " due) VALUES (?, ?, ?, ?, ?, ?, 0, 0, 0, ?, ?)",
                      "isiiisii", ++plan->message, message->id, plan->notice, message->gateway, message->text,
                      message->endpoint, (int64_t)flags | (message->alone ? FLAG_ALONE : 0), message->order);
}

static bool insert_notice(SqlitePlan *plan, const LedgerPlannedNotice *notice, bool alone, GError **error)
{
    bool solo = alone && notice->count <= 1;
    bool has_rungs = notice->rungs && notice->count > 0;
    int64_t audience = label(plan, notice->audience, error);
    int64_t reason = notice->count == 0 ? label(plan, notice->reason, error) : -1;
    int64_t rungs = has_rungs ? label(plan, notice->rungs, error) : -1;

    if (audience == 0 || reason == 0 || rungs == 0 ||
        !sqlite_run(plan->store, error,
                    "INSERT INTO notice(no, person, audience, aside, reason, solo, edition, ladder, rungs, every)"
                    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?8, ?9)",
                    "iiinniini",
                    ++plan->notice, plan->person, audience,
                    notice->count == 0 ? (int64_t)notice->aside : (int64_t)-1, reason, (int64_t)solo,
                    (int64_t)plan->edition, rungs, (int64_t)notice->every))
        return false;
    for (size_t i = 0; i < notice->count; i++)
        if (!insert_message(plan, &notice->messages[i], solo ? FLAG_SOLO | (has_rungs ? FLAG_RUNGS : 0) : 0, error))
            return false;
    return true;
}

bool sqlite_plan_person(void *self, const LedgerPlannedPerson *person, GError **error)
{
    SqlitePlan *plan = self;

    if (!sqlite_run(plan->store, error, "INSERT INTO person(no, id, place, data) VALUES (?, ?, ?, ?)", "isis",
                    ++plan->person, person->id, person->row, person->data))
        return false;
    for (size_t i = 0; i < person->count; i++)
        if (!insert_notice(plan, &person->notices[i], person->count == 1, error))
            return false;
    if (plan->person % ROWS_PER_TRANSACTION != 0)
        return true;
    return sqlite_run(plan->store, error, "COMMIT", "") && sqlite_run(plan->store, error, "BEGIN", "");
}

/* Sealing ------------------------------------------------------------------------------------------------------- */

/* Makes a unique index; *is_unique false without an error when there are duplicates. */
static bool make_unique(SqliteStore *store, const char *sql, bool *is_unique, GError **error)
{
    int code = sqlite3_exec(store->db, sql, NULL, NULL, NULL);

    *is_unique = code == SQLITE_OK;
    return code == SQLITE_OK || code == SQLITE_CONSTRAINT || sqlite_fail(store, "index", error);
}

static bool report_duplicates(SqliteStore *store, LedgerPlanDuplicate *duplicate, void *user, int64_t *rows,
                              GError **error)
{
    sqlite3_stmt *statement = sqlite_query(
        store, error, "SELECT place, id FROM person WHERE no IN (SELECT no FROM twins) ORDER BY place", "");
    int stepped = -1;

    while (statement && (stepped = sqlite_step(store, statement, error)) > 0) {
        (*rows)++;
        if (duplicate)
            duplicate(sqlite3_column_int64(statement, 0), (const char *)sqlite3_column_text(statement, 1), user);
    }
    return stepped == 0;
}

/* All rows of an id that stands in several are quarantined: nobody can say which of them is right. */
static bool quarantine_duplicates(SqlitePlan *plan, LedgerPlanDuplicate *duplicate, void *user, int64_t *rows,
                                  GError **error)
{
    SqliteStore *store = plan->store;
    int64_t everybody = label(plan, "", error);
    int64_t reason = label(plan, "the same id stands in more than one row", error);

    return everybody != 0 && reason != 0 &&
           sqlite_exec(store,
                       "CREATE TEMP TABLE twins AS SELECT no FROM person WHERE id IN"
                       " (SELECT id FROM person WHERE id IS NOT NULL GROUP BY id HAVING count(*) > 1)",
                       error) &&
           report_duplicates(store, duplicate, user, rows, error) &&
           sqlite_exec(store,
                       "DELETE FROM message WHERE notice IN"
                       " (SELECT no FROM notice WHERE person IN (SELECT no FROM twins));"
                       "DELETE FROM notice WHERE person IN (SELECT no FROM twins)",
                       error) &&
           sqlite_run(store, error,
                      "INSERT INTO notice(person, audience, aside, reason, solo, edition) SELECT no, ?, ?, ?, 1, ? FROM twins",
                      "iiii", everybody, (int64_t)TOLD_QUARANTINED, reason, (int64_t)plan->edition) &&
           sqlite_exec(store, "UPDATE person SET id = NULL WHERE no IN (SELECT no FROM twins)", error);
}

/* Equal ids are one message: the first of them stays and serves the notices of the others too. Where some of those who
 * share a mailbox are to get an update and some their first notice, the update stays: whether the owner of the mailbox has
 * told the others is for a person to decide. */
static bool merge_messages(SqliteStore *store, int64_t *merged, GError **error)
{
    return sqlite_exec(store,
                       "CREATE TEMP TABLE shared AS SELECT m.id AS id, coalesce(min(CASE WHEN t.is_update THEN m.no END),"
                       " min(m.no)) AS kept, max(t.is_update) AS is_update FROM message m JOIN text t ON t.no = m.text"
                       " GROUP BY m.id HAVING count(*) > 1;"
                       "CREATE UNIQUE INDEX temp.shared_id ON shared(id);"
                       "CREATE TEMP TABLE extra AS SELECT m.no AS no, m.notice AS notice, s.kept AS kept,"
                       " t.is_update = s.is_update AS fits FROM message m JOIN shared s ON s.id = m.id JOIN text t"
                       " ON t.no = m.text;"
                       "INSERT OR IGNORE INTO serves(message, notice) SELECT kept, notice FROM extra WHERE no <> kept AND"
                       " fits;"
                       "UPDATE notice SET solo = 0 WHERE no IN (SELECT notice FROM extra);"
                       "UPDATE message SET flags = flags & ~513 WHERE no IN (SELECT kept FROM extra);"
                       "DELETE FROM message WHERE no IN (SELECT no FROM extra WHERE no <> kept);"
                       "INSERT OR IGNORE INTO label(name) SELECT '" SQLITE_MAILBOX_TOLD "' FROM extra WHERE NOT fits;"
                       "UPDATE notice SET aside = 4, reason = (SELECT no FROM label WHERE name = '" SQLITE_MAILBOX_TOLD "')"
                       " WHERE no IN (SELECT notice FROM extra WHERE NOT fits AND notice NOT IN (SELECT notice FROM message"
                       "  WHERE flags & 1 = 0) AND notice NOT IN (SELECT notice FROM serves))",
                       error) &&
           sqlite_number(store, "SELECT count(*) FROM shared", 0, merged, error);
}

/* Rows that are changed, not only added, would all be kept in the memory of the journal. From here on no statement fails
 * but for good, and then the file is thrown away: it needs none. */
static bool drop_journal(SqliteStore *store, GError **error)
{
    return sqlite_run(store, error, "COMMIT", "") && sqlite_exec(store, "PRAGMA journal_mode = OFF", error) &&
           sqlite_run(store, error, "BEGIN", "");
}

static bool make_indexes(SqlitePlan *plan, LedgerPlanDuplicate *duplicate, void *user, LedgerPlanResult *result,
                         GError **error)
{
    SqliteStore *store = plan->store;
    bool is_unique;

    if (!make_unique(store, schema_unique_person(), &is_unique, error))
        return false;
    if (!is_unique && (!quarantine_duplicates(plan, duplicate, user, &result->duplicate_rows, error) ||
                       !sqlite_exec(store, schema_unique_person(), error)))
        return false;
    if (!make_unique(store, schema_unique_message(), &is_unique, error))
        return false;
    if (!is_unique && (!drop_journal(store, error) || !merge_messages(store, &result->merged_messages, error) ||
                       !sqlite_exec(store, schema_unique_message(), error)))
        return false;
    return sqlite_exec(store, schema_indexes(), error);
}

typedef struct CounterWriter {
    SqliteStore *store;
    GError *error;
} CounterWriter;

static void write_counter(LedgerCounterKind kind, const char *name, int state, int64_t n, void *user)
{
    CounterWriter *writer = user;
    int64_t no = *name && kind != COUNTER_EDITION ? sqlite_label(writer->store, name, &writer->error) : 0;

    if (kind == COUNTER_EDITION)
        no = g_ascii_strtoll(name, NULL, 10);
    if (kind == COUNTER_AUDIENCE && !*name)
        no = sqlite_label(writer->store, "", &writer->error);
    if (!writer->error)
        sqlite_backend()->counter_add(writer->store, kind, no, state, n, &writer->error);
}

static bool write_counters(SqliteStore *store, GError **error)
{
    CounterWriter writer = {.store = store};

    if (!sqlite_exec(store, "DELETE FROM counter WHERE kind IN (1, 2, 3, 6, 7)", error) ||
        !sqlite_count_recount(store, write_counter, &writer, error))
        return false;
    if (!writer.error)
        return true;
    g_propagate_error(error, writer.error);
    return false;
}

bool sqlite_plan_header(SqliteStore *store, const LedgerPlanHeader *header, const char *digest,
                        const LedgerPlanResult *result, int generation, GError **error)
{
    g_autofree char *edition = g_strdup_printf("%d", header->edition);
    g_autofree char *number = g_strdup_printf("%d", generation);
    g_autofree char *people = g_strdup_printf("%" G_GINT64_FORMAT, result->people);
    g_autofree char *at = g_strdup_printf("%" G_GINT64_FORMAT, header->now);
    const char *const values[][2] = {
        {"incident", header->incident}, {"status", playbook_status_name(header->status)},
        {"edition", edition},           {"digest", digest},
        {"people", people},             {"planned_at", at},
        {"generation", number},         {"inputs", header->inputs},
        {"gateways", header->gateways}, {"escalation", header->escalation ? header->escalation : "{}"},
    };
    json_auto_t *details = json_pack("{s:s, s:i, s:I, s:i, s:s, s:s}", "digest", digest, "edition", header->edition,
                                     "people", (json_int_t)result->people, "generation", generation, "gateways",
                                     header->gateways, "inputs", header->inputs);
    g_autofree char *event = NULL;

    if (json_array_size(header->crossed) > 0)
        json_object_set(details, "crossed", (json_t *)header->crossed);
    event = event_note("planned", header->now, details);
    for (size_t i = 0; i < G_N_ELEMENTS(values); i++)
        if (!sqlite_backend()->header_put(store, values[i][0], values[i][1], error))
            return false;
    return write_counters(store, error) && sqlite_backend()->event_put(store, header->now, 0, event, error);
}

/* What only the plan that makes the ledger writes. */
static bool first_header(SqlitePlan *plan, GError **error)
{
    g_autofree char *place = file_place(plan->folder, error);
    char secret[2 * ID_SECRET_SIZE + 1];

    for (int i = 0; i < ID_SECRET_SIZE; i++)
        g_snprintf(secret + 2 * i, 3, "%02x", plan->secret[i]);
    return place && sqlite_backend()->header_put(plan->store, "place", place, error) &&
           sqlite_backend()->header_put(plan->store, "path", plan->folder, error) &&
           sqlite_backend()->header_put(plan->store, "host", g_get_host_name(), error) &&
           sqlite_backend()->header_put(plan->store, "secret", secret, error);
}

static bool finish_file(SqlitePlan *plan, GError **error)
{
    g_autofree char *marks = g_strdup_printf("PRAGMA application_id = %d; PRAGMA user_version = %d",
                                             SCHEMA_APPLICATION_ID, BACKEND_SCHEMA_VERSION);

    return sqlite_run(plan->store, error, "COMMIT", "") && sqlite_exec(plan->store, marks, error);
}

static bool publish(SqlitePlan *plan, GError **error)
{
    sqlite_store_close(plan->store);
    plan->store = NULL;
    fault_point("plan_built");
    if (!file_sync(plan->path, error))
        return false;
    fault_point("plan_synced");
    remove_journals(plan->ledger); /* of a ledger that somebody removed: SQLite would play them into the new one */
    if (rename(plan->path, plan->ledger) != 0) {
        error_set(error, BREACH_ERROR_CREATE, "file-create", "cannot create %s: %s", plan->ledger, g_strerror(errno));
        return false;
    }
    fault_point("plan_renamed");
    return file_sync(plan->folder, error);
}

static bool seal_first(SqlitePlan *plan, const LedgerPlanHeader *header, const char *digest, LedgerPlanResult *result,
                       GError **error)
{
    return first_header(plan, error) &&
           sqlite_number(plan->store, "SELECT count(*) FROM message", 0, &result->first_notices, error) &&
           sqlite_plan_header(plan->store, header, digest, result, 1, error) &&
           finish_file(plan, error) && publish(plan, error);
}

static bool seal_again(SqlitePlan *plan, const LedgerPlanHeader *header, const char *digest, LedgerPlanResult *result,
                       GError **error)
{
    SqliteStore *ledger;
    bool merged;

    if (!finish_file(plan, error))
        return false;
    sqlite_store_close(plan->store);
    plan->store = NULL;
    fault_point("plan_built");
    ledger = sqlite_backend()->open(plan->folder, error);
    if (!ledger)
        return false;
    merged = sqlite_merge_into(ledger, plan->path, header, digest, result, error);
    sqlite_store_close(ledger);
    return merged;
}

bool sqlite_plan_seal(void *self, const LedgerPlanHeader *header, const char *digest, LedgerPlanDuplicate *duplicate,
                      void *user, LedgerPlanResult *result, GError **error)
{
    SqlitePlan *plan = self;
    bool sealed;

    result->people = plan->person;
    g_clear_pointer(&plan->known, sqlite_store_close);
    fault_point("plan_seal");
    sealed = make_indexes(plan, duplicate, user, result, error);
    if (sealed && sqlite_backend()->exists(plan->folder))
        sealed = seal_again(plan, header, digest, result, error);
    else if (sealed)
        sealed = seal_first(plan, header, digest, result, error);
    sqlite_plan_abandon(plan);
    return sealed;
}

void sqlite_plan_abandon(void *self)
{
    SqlitePlan *plan = self;

    sqlite_store_close(plan->store);
    sqlite_store_close(plan->known);
    remove_build(plan->path);
    scratch_in(NULL);
    g_hash_table_unref(plan->labels);
    g_free(plan->folder);
    g_free(plan->path);
    g_free(plan->ledger);
    g_free(plan);
}
