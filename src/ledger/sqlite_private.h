/* sqlite_private - what the files of the SQLite backend share. */
#ifndef BREACH_LEDGER_SQLITE_PRIVATE_H
#define BREACH_LEDGER_SQLITE_PRIVATE_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>
#include <sqlite3.h>

#include "ledger/backend.h"

#define FLAG_SOLO 1
#define FLAG_WAS_IN_DOUBT 2
#define FLAG_TWICE 4
#define FLAG_ACCEPTED_BEFORE 8
#define FLAG_STOPPED 16 /* withheld or cancelled by a plan, not by a person: a later plan may ask for it again */
#define FLAG_DOUBT_OPEN 32 /* claimed while in doubt, and nobody has settled that doubt since */
#define FLAG_UNWANTED 64   /* the latest plan wants none of its people told */
#define FLAG_SETTLED 256   /* was in doubt, and a person has found since that it had not been taken */
#define FLAG_CLIMBED 1024  /* the ladder has led to it: it is no message of any plan */
#define FLAG_ALONE 2048    /* as it was planned: it is for one person, whoever else is at the address */
#define FLAG_RUNGS 512     /* with FLAG_SOLO: its notice has channels left to go on to */
#define FLAG_STANDS_IN 128 /* of a notice of which a message was cancelled in doubt: that one, and what stands in for it */

/* Why a notice is quarantined when its only mailbox was told before. */
#define SQLITE_MAILBOX_TOLD "a message to this address, which somebody else has too, was tried before: decide by hand"

/* A statement is prepared once, at its first use, and found again by the address of its text, which is a string literal:
 * two texts never share an address, and where the compiler keeps equal literals apart, one is prepared twice. */
typedef struct SqliteStore {
    sqlite3 *db; /* owned */
    char *path;  /* owned */
    GHashTable *statements; /* owned; address of the text -> sqlite3_stmt, owned */
    bool is_read_only;      /* lies in a folder that cannot be written to: an auditor's copy, a disk mounted so */
} SqliteStore;

/* sqlite_store_open: opens `path`; with `create` makes it. Where the folder cannot be written to, it is opened to be read,
 * and every change fails. NULL with BREACH_ERROR_CREATE or _INPUT. sqlite_store_exists:
 * whether there is such a file, or may be: a folder of another user, into which we may not look, is not one in which
 * nothing is recorded, and opening the file then says what is wrong. */
SqliteStore *sqlite_store_open(const char *path, bool create, GError **error);
bool sqlite_store_exists(const char *path);
void sqlite_store_close(SqliteStore *store);

/* sqlite_settle: WAL and synchronous = FULL, read back. Error: BREACH_ERROR_CREATE where they do not hold. */
bool sqlite_settle(SqliteStore *store, GError **error);

/* sqlite_fail: sets the error from the store's last one: a full disk says that nothing was lost. Returns false. */
bool sqlite_fail(SqliteStore *store, const char *doing, GError **error);

/* sqlite_exec: runs statements without results. */
bool sqlite_exec(SqliteStore *store, const char *sql, GError **error);

/* sqlite_query: the cached statement of `sql` (a string literal), reset and bound by `format`: i
 * int64_t, s text (NULL allowed; borrowed until the next call), n int64_t where a negative one is NULL. */
sqlite3_stmt *sqlite_query(SqliteStore *store, GError **error, const char *sql, const char *format, ...);

/* sqlite_run: sqlite_query and step to the end. */
bool sqlite_run(SqliteStore *store, GError **error, const char *sql, const char *format, ...);

/* sqlite_step: 1 a row, 0 the end (and the statement is reset), -1 failed. */
int sqlite_step(SqliteStore *store, sqlite3_stmt *statement, GError **error);

/* sqlite_copy: a column of the row as text, newly allocated; NULL when it is NULL. */
char *sqlite_copy(sqlite3_stmt *statement, int column);

/* sqlite_number: one number from a query without parameters; `missing` when there is no row or it is NULL. */
bool sqlite_number(SqliteStore *store, const char *sql, int64_t missing, int64_t *number, GError **error);

/* sqlite_label: the number of a name, made when it is new. */
int64_t sqlite_label(SqliteStore *store, const char *name, GError **error);

/* sqlite_states_add: counts the state in a column; false when it is none. */
bool sqlite_states_add(uint32_t states[MESSAGE_STATES], sqlite3_stmt *statement, int column);

/* What a notice without messages counts as: one whose addresses were refused before goes on by its next channel. */
#define SQLITE_ASIDE "CASE WHEN n.aside = 6 AND n.rungs IS NOT NULL THEN 3 ELSE n.aside END"

/* sqlite_read_served: LedgerServed from rows of SQLITE_SERVED, with what their messages add up to; `mine` is a condition
 * for LedgerServed.mine. */
#define SQLITE_SERVED(mine)                                                                                               \
    "SELECT n.no, n.person, n.audience, " SQLITE_ASIDE ", n.edition, n.rungs IS NOT NULL, n.every, n.rung > 0, " mine \
    " FROM notice n"
bool sqlite_read_served(SqliteStore *store, sqlite3_stmt *statement, GArray *served, GError **error);

/* The parts of the backend that live in files of their own. */
bool sqlite_climb_put(void *self, int64_t notice, int64_t message, int64_t due, int reason, bool *is_new, GError **error);
bool sqlite_climb_drop(void *self, int64_t notice, bool *was, GError **error);
bool sqlite_climb_list(void *self, int64_t now, int limit, GPtrArray *climbs, GError **error);
bool sqlite_climb_standing(void *self, int64_t notice, int64_t message, LedgerServed *served, GError **error);
bool sqlite_climb_next_due(void *self, int64_t *due, GError **error);
bool sqlite_climb_count(void *self, int64_t now, int64_t *count, int64_t *first, GError **error);
GPtrArray *sqlite_climb_waits(void *self, int64_t now, GError **error);
bool sqlite_climb_text(void *self, const char *audience, const char *channel, const char *locale, bool is_update,
                       int64_t *text, GError **error);
bool sqlite_climb_tried(void *self, int64_t notice, const char *channel, const char *endpoint, bool *tried,
                        GError **error);
bool sqlite_climb_unsolo(void *self, int64_t notice, int64_t message, GError **error);
bool sqlite_climb_unsolo_person(void *self, int64_t person, GError **error);
bool sqlite_climb_ladder_served(void *self, int64_t person, GArray *served, GError **error);
int64_t sqlite_climb_message(void *self, int64_t notice, const LedgerClimbMessage *message, int64_t due, GError **error);
bool sqlite_climb_join(void *self, int64_t message, int64_t notice, GError **error);
bool sqlite_climb_set(void *self, int64_t notice, const char *rungs, bool climbed, bool *first, GError **error);
bool sqlite_climb_end(void *self, int64_t notice, const char *more, GError **error);
bool sqlite_climb_stop(void *self, int64_t person, int64_t *dropped, GError **error);
bool sqlite_provider_put(void *self, int64_t gateway, const char *id, int64_t message, GError **error);
bool sqlite_provider_find(void *self, const char *gateway, const char *id, int64_t *message, GError **error);
bool sqlite_provider_accepted(void *self, const char *gateway, const char *after, int limit, BackendPolled *receive,
                              void *user, GError **error);
bool sqlite_dispatch_row_get(void *self, int64_t no, LedgerRow *row, GError **error);
bool sqlite_dispatch_row_find(void *self, const char *id, LedgerRow *row, GError **error);
bool sqlite_dispatch_row_put(void *self, const LedgerRow *row, GError **error);
int sqlite_dispatch_rows_due(void *self, int64_t gateway, int64_t queue, int64_t now, int limit, LedgerRow *rows,
                             LedgerClaim **claims, GError **error);
bool sqlite_dispatch_claim_people(void *self, LedgerClaim *claim, GError **error);
int sqlite_dispatch_rows_attempting(void *self, int64_t after, int limit, LedgerRow *rows, GError **error);
bool sqlite_dispatch_served(void *self, int64_t no, GArray *served, GError **error);
bool sqlite_dispatch_person_served(void *self, int64_t person, GArray *served, GError **error);
bool sqlite_select(void *self, const LedgerFilter *filter, int64_t after, LedgerSelected *receive, void *user,
                   GError **error);
bool sqlite_select_details(void *self, GPtrArray *matches, GError **error);
GPtrArray *sqlite_select_aside(void *self, Told told, const char *person, int64_t row, int64_t after, int limit,
                               GError **error);
bool sqlite_people(void *self, Told told, LedgerPersonTold *receive, void *user, GError **error);
bool sqlite_find_people(void *self, LedgerFindTest *test, void *user, GArray *people, GError **error);
bool sqlite_find_number(void *self, const char *prefix, const char *number, GArray *people, GError **error);
LedgerFound *sqlite_find_person(void *self, int64_t no, GError **error);
bool sqlite_select_person_no(void *self, const char *id, int64_t *no, GError **error);
char **sqlite_select_people_near(void *self, const char *id, GError **error);
char *sqlite_select_person_at(void *self, int64_t row, bool *is_known, GError **error);
bool sqlite_select_person_row(void *self, int64_t person, int64_t *row, GError **error);
bool sqlite_decision_put(void *self, int64_t person, const char *reason, const char *by, int64_t at, GError **error);
bool sqlite_decision_drop(void *self, int64_t person, GError **error);
char *sqlite_decision_get(void *self, const char *id, GError **error);

/* sqlite_decision_keep: in a merge, before everything is counted: what was decided about people holds for the new plan,
 * too. */
bool sqlite_decision_keep(SqliteStore *store, int64_t now, GError **error);

bool sqlite_steer_row_move(void *self, int64_t no, int64_t queue, GError **error);
bool sqlite_steer_queues(void *self, BackendQueue *receive, void *user, GError **error);
int64_t sqlite_steer_queue_no(void *self, int kind, const char *name, GError **error);
bool sqlite_steer_queue_count(void *self, int64_t queue, int64_t *count, GError **error);
bool sqlite_steer_next_due(void *self, int64_t gateway, int64_t queue, int64_t *due, GError **error);
char **sqlite_steer_served_people(void *self, int64_t no, bool data, GError **error);
char **sqlite_steer_person_ids(void *self, const char *id, GError **error);
bool sqlite_steer_hold_put(void *self, const char *scope, const Hold *hold, bool *changed, GError **error);
bool sqlite_steer_hold_drop(void *self, const char *scope, const char *name, const char *cause, bool *changed,
                            GError **error);
bool sqlite_steer_holds(void *self, BackendHold *receive, void *user, GError **error);
bool sqlite_steer_pause_put(void *self, const char *scope, const Pause *pause, GError **error);
bool sqlite_steer_pause_drop(void *self, const char *scope, const char *name, GError **error);
bool sqlite_steer_pauses(void *self, BackendPause *receive, void *user, GError **error);
bool sqlite_publication_put(void *self, const Publication *publication, const char *state, GError **error);
bool sqlite_publications(void *self, BackendPublication *receive, void *user, GError **error);
bool sqlite_count_recount(void *self, BackendCounter *receive, void *user, GError **error);
bool sqlite_count_counters(void *self, BackendCounter *receive, void *user, GError **error);
bool sqlite_count_people_in_file(void *self, int64_t *people, GError **error);
bool sqlite_count_first_told(void *self, int64_t *at, GError **error);
GPtrArray *sqlite_count_reasons(void *self, GError **error);
GPtrArray *sqlite_count_texts(void *self, GError **error);
GPtrArray *sqlite_log_troubles(void *self, LedgerLogPlace *place, GError **error);
GPtrArray *sqlite_log_notes(void *self, int64_t since, GError **error);
bool sqlite_evidence_numbers(void *self, EvidenceNumber *receive, void *user, GError **error);
bool sqlite_evidence_people(void *self, GPtrArray *people, GError **error);
bool sqlite_evidence_served(void *self, int64_t message, int64_t at, BackendServed *receive, void *user, GError **error);
bool sqlite_evidence_events(void *self, const char *messages, bool notes, EvidenceEvent *receive, void *user,
                            GError **error);
bool sqlite_evidence_papers(void *self, EvidenceEvent *receive, void *user, GError **error);
bool sqlite_account_snapshot(void *self, GError **error);
const LedgerTable *sqlite_account_tables(void);
json_t *sqlite_account_table(void *self, const char *name, GError **error);
GArray *sqlite_history_moments(void *self, const int64_t told[TOLD_STATES], GError **error);
void *sqlite_plan_begin(const char *folder, int edition, uint8_t secret[ID_SECRET_SIZE], GError **error);
bool sqlite_plan_told(void *plan, const char *id, GArray *told, GError **error);
int64_t sqlite_plan_gateway(void *plan, const char *name, GError **error);
int64_t sqlite_plan_text(void *plan, const LedgerPlannedText *text, GError **error);
bool sqlite_plan_person(void *plan, const LedgerPlannedPerson *person, GError **error);
bool sqlite_plan_seal(void *plan, const LedgerPlanHeader *header, const char *digest, LedgerPlanDuplicate *duplicate,
                      void *user, LedgerPlanResult *result, GError **error);
void sqlite_plan_abandon(void *plan);

/* sqlite_merge_into: merges the built plan at `fresh` into the ledger `store`, in one transaction. The store is then of no
 * use but to be closed: scratch tables are left in it. */
bool sqlite_merge_into(SqliteStore *store, const char *fresh, const LedgerPlanHeader *header, const char *digest,
                       LedgerPlanResult *result, GError **error);

/* sqlite_plan_header: writes what every plan writes into header, counters and events. */
bool sqlite_plan_header(SqliteStore *store, const LedgerPlanHeader *header, const char *digest,
                        const LedgerPlanResult *result, int generation, GError **error);

#endif
