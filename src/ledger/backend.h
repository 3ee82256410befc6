/* backend - what a store must do for the ledger; private to src/ledger and to whoever registers a store.
 *
 * A backend stores rows and hands them back. It decides nothing: state transitions, counters and idempotency are
 * ledger.c's. Every call sets `error` when it fails. Rows are values; strings handed out are newly allocated unless
 * said otherwise. One backend handle is used by one thread. */
#ifndef BREACH_LEDGER_BACKEND_H
#define BREACH_LEDGER_BACKEND_H

#include <glib.h>

#include "ledger/backend_receive.h"
#include "ledger/ledger.h"
#include "ledger/ledger_account.h"
#include "ledger/ledger_climb.h"
#include "ledger/ledger_evidence.h"
#include "ledger/ledger_find.h"
#include "ledger/ledger_log.h"
#include "ledger/ledger_people.h"
#include "ledger/ledger_plan.h"

#define BACKEND_SCHEMA_VERSION 5

struct LedgerBackend {
    const char *name; /* "sqlite" */

    bool (*exists)(const char *folder);
    void *(*open)(const char *folder, GError **error); /* refuses an unknown schema version */
    void (*close)(void *self);

    bool (*begin)(void *self, GError **error);
    bool (*commit)(void *self, GError **error);
    void (*rollback)(void *self);

    /* header_get: NULL with no error when there is no such key. */
    char *(*header_get)(void *self, const char *key, GError **error);
    bool (*header_put)(void *self, const char *key, const char *value, GError **error);

    bool (*row_get)(void *self, int64_t no, LedgerRow *row, GError **error);
    /* row_find: false without an error when there is none. */
    bool (*row_find)(void *self, const char *id, LedgerRow *row, GError **error);
    bool (*row_put)(void *self, const LedgerRow *row, GError **error);
    /* rows_due: up to `limit` rows of `gateway` and `queue` with 0 <= due <= now, by due and number; the claim of each is
     * made as well: number, id, text and endpoint. Both arrays take `limit` entries. Returns how many, -1 on failure.
     * claim_people: the data of the people whom it serves. */
    int (*rows_due)(void *self, int64_t gateway, int64_t queue, int64_t now, int limit, LedgerRow *rows,
                    LedgerClaim **claims, GError **error);
    bool (*claim_people)(void *self, LedgerClaim *claim, GError **error);
    /* served_people: whom a message serves: ids, or (`data`) what was stored of them. row_move: into another queue. */
    char **(*served_people)(void *self, int64_t no, bool data, GError **error);
    bool (*row_move)(void *self, int64_t no, int64_t queue, GError **error);
    /* rows_attempting: up to `limit` attempting rows with a number over `after`, by number. */
    int (*rows_attempting)(void *self, int64_t after, int limit, LedgerRow *rows, GError **error);
    /* next_due: INT64_MAX when nothing is due; gateway 0: of all, queue -1: of all. */
    bool (*next_due)(void *self, int64_t gateway, int64_t queue, int64_t *due, GError **error);
    /* queue_no: made when it is new; 0 on failure. */
    bool (*queues)(void *self, BackendQueue *receive, void *user, GError **error);
    int64_t (*queue_no)(void *self, int kind, const char *name, GError **error);
    /* queue_count: messages of a queue that have a due time. count_held: rows in doubt without one. */
    bool (*queue_count)(void *self, int64_t queue, int64_t *count, GError **error);
    bool (*count_held)(void *self, int64_t *held, GError **error);

    /* text_place: the audience and channel numbers of a text version, and its edition; *locale is newly allocated. */
    bool (*text_place)(void *self, int64_t text, int64_t *audience, int64_t *channel, int64_t *edition, char **locale,
                       GError **error);
    char *(*text_body)(void *self, int64_t text, GError **error);
    char *(*label_name)(void *self, int64_t no, GError **error);
    bool (*gateway_no)(void *self, const char *name, int64_t *no, GError **error);

    /* served: appends a LedgerServed for every notice of every person whom message `no` serves, by person and edition. */
    bool (*served)(void *self, int64_t no, GArray *served, GError **error);
    /* person_served: the same for a person, without a notice that is solo and has its message. */
    bool (*person_served)(void *self, int64_t person, GArray *served, GError **error);

    /* select, select_aside: ledger_select.h. person_no: 0 without an error when there is none. person_row: 0: gone. */
    bool (*select)(void *self, const LedgerFilter *filter, int64_t after, LedgerSelected *receive, void *user,
                   GError **error);
    bool (*select_details)(void *self, GPtrArray *matches, GError **error);
    GPtrArray *(*select_aside)(void *self, Told told, const char *person, int64_t row, int64_t after, int limit,
                               GError **error);
    bool (*people)(void *self, Told told, LedgerPersonTold *receive, void *user, GError **error);
    /* see ledger_find.h; the first two append the numbers of people (int64_t), each once; `prefix`: of the message id */
    bool (*find_people)(void *self, LedgerFindTest *test, void *user, GArray *people, GError **error);
    bool (*find_number)(void *self, const char *prefix, const char *number, GArray *people, GError **error);
    LedgerFound *(*find_person)(void *self, int64_t no, GError **error);
    bool (*person_no)(void *self, const char *id, int64_t *no, GError **error);
    char **(*people_near)(void *self, const char *id, GError **error);
    char *(*person_at)(void *self, int64_t row, bool *is_known, GError **error);
    bool (*person_row)(void *self, int64_t person, int64_t *row, GError **error);

    /* decision_put: remembers it; the person's quarantined notices without messages are left aside as withheld for that
     * reason, and what is in doubt and nobody else's has no due time any more. decision_drop: the opposite. decision_get: the reason, newly allocated; NULL without an error when
     * nobody decided. A plan that is merged must obey what was decided. */
    bool (*decision_put)(void *self, int64_t person, const char *reason, const char *by, int64_t at, GError **error);
    bool (*decision_drop)(void *self, int64_t person, GError **error);
    char *(*decision_get)(void *self, const char *id, GError **error);

    /* The ladder (ledger_climb.h). climb_put: with the same reason the earlier time stays; *is_new: it was not there.
     * climb_drop: *was whether it was there. climbs: those due at `now`, at most `limit`, appended to an array that owns
     * LedgerClimb; is_needed is not set. climb_standing: what the messages of the notice add up to. */
    bool (*climb_put)(void *self, int64_t notice, int64_t message, int64_t due, int reason, bool *is_new, GError **error);
    bool (*climb_drop)(void *self, int64_t notice, bool *was, GError **error);
    bool (*climbs)(void *self, int64_t now, int limit, GPtrArray *climbs, GError **error);
    bool (*climb_standing)(void *self, int64_t notice, int64_t message, LedgerServed *served, GError **error);
    bool (*climb_next_due)(void *self, int64_t *due, GError **error);
    bool (*climb_count)(void *self, int64_t now, int64_t *count, int64_t *first, GError **error);
    GPtrArray *(*climb_waits)(void *self, int64_t now, GError **error);
    /* climb_text: 0 when the latest plan has none. climb_tried: as ledger_climb_tried(). */
    bool (*climb_text)(void *self, const char *audience, const char *channel, const char *locale, bool is_update,
                       int64_t *text, GError **error);
    bool (*climb_tried)(void *self, int64_t notice, const char *channel, const char *endpoint, bool *tried,
                        GError **error);
    /* unsolo: a notice and its message (0: it has none) stop being all there is of one person; no state changes.
     * unsolo_person: all of theirs. ladder_served: as person_served, of a person without a solo notice, quickly. */
    bool (*unsolo)(void *self, int64_t notice, int64_t message, GError **error);
    bool (*unsolo_person)(void *self, int64_t person, GError **error);
    bool (*ladder_served)(void *self, int64_t person, GArray *served, GError **error);
    /* ladder_message: adds a planned message and returns its number; 0 on failure. ladder_join: a message serves one more
     * notice. ladder_set: what is left of the rungs (NULL: nothing); with `climbed` one more is used up, *first whether it
     * was the first. ladder_end: notes why its messages reached nobody, and `more` behind it (or NULL). ladder_stop: the
     * person's notices have no rungs any more; *dropped how many climbs went with them. */
    int64_t (*ladder_message)(void *self, int64_t notice, const LedgerClimbMessage *message, int64_t due, GError **error);
    bool (*ladder_join)(void *self, int64_t message, int64_t notice, GError **error);
    bool (*ladder_set)(void *self, int64_t notice, const char *rungs, bool climbed, bool *first, GError **error);
    bool (*ladder_end)(void *self, int64_t notice, const char *more, GError **error);
    bool (*ladder_stop)(void *self, int64_t person, int64_t *dropped, GError **error);

    /* provider_put: what a gateway calls a message; provider_find: 0 without an error when nobody knows. */
    bool (*provider_put)(void *self, int64_t gateway, const char *id, int64_t message, GError **error);
    bool (*provider_find)(void *self, const char *gateway, const char *id, int64_t *message, GError **error);
    /* provider_accepted: see polled.h; everything is borrowed during the call. */
    bool (*provider_accepted)(void *self, const char *gateway, const char *after, int limit, BackendPolled *receive,
                              void *user, GError **error);

    bool (*event_put)(void *self, int64_t at, int64_t message, const char *body, GError **error);
    bool (*counter_add)(void *self, LedgerCounterKind kind, int64_t name, int state, int64_t n, GError **error);
    bool (*counters)(void *self, BackendCounter *receive, void *user, GError **error);
    /* recount: the same counters from the rows; those of what has happened (COUNTER_RESENT, _TWICE, _RETURNED,
     * _MAIL) are left out. */
    bool (*recount)(void *self, BackendCounter *receive, void *user, GError **error);

    /* hold_put, hold_drop: *changed whether anything was. One that is there changes only with a cause and a new end. */
    bool (*hold_put)(void *self, const char *scope, const Hold *hold, bool *changed, GError **error);
    bool (*hold_drop)(void *self, const char *scope, const char *name, const char *cause, bool *changed, GError **error);
    bool (*holds)(void *self, BackendHold *receive, void *user, GError **error);
    bool (*pause_put)(void *self, const char *scope, const Pause *pause, GError **error);
    bool (*pause_drop)(void *self, const char *scope, const char *name, GError **error);
    bool (*pauses)(void *self, BackendPause *receive, void *user, GError **error);
    /* publication_put: replaces the row of its gateway and locale. publications: by gateway and locale. */
    bool (*publication_put)(void *self, const Publication *publication, const char *state, GError **error);
    bool (*publications)(void *self, BackendPublication *receive, void *user, GError **error);
    /* person_ids: ids of people that stand next to `id` in order, and `id` itself when there is one; NULL-terminated. */
    char **(*person_ids)(void *self, const char *id, GError **error);

    bool (*inbox_put)(void *self, int64_t at, const char *body, GError **error);
    /* inbox_next: the oldest entry with a number over `after`; *no 0 when there is none. */
    bool (*inbox_next)(void *self, int64_t after, int64_t *no, char **body, GError **error);
    bool (*inbox_drop)(void *self, int64_t no, GError **error);

    bool (*run_put)(void *self, const char *id, const char *boot, int64_t at, int64_t *no, GError **error);
    bool (*run_get)(void *self, int64_t no, LedgerRun *run, GError **error);
    bool (*run_end)(void *self, int64_t no, int64_t at, GError **error);
    /* runs_open: "NUMBER ID" of each run that has not ended, NULL-terminated. */
    char **(*runs_open)(void *self, GError **error);

    bool (*people_in_file)(void *self, int64_t *people, GError **error);
    bool (*first_told)(void *self, int64_t *at, GError **error);
    GPtrArray *(*reasons)(void *self, GError **error);
    GPtrArray *(*texts)(void *self, GError **error);
    /* troubles, notes: ledger_log.h. */
    GPtrArray *(*troubles)(void *self, LedgerLogPlace *place, GError **error);
    GPtrArray *(*notes)(void *self, int64_t since, GError **error);

    /* ledger_evidence.h. evidence_people: fills those in whose numbers are set, but for what they count as. evidence_served:
     * what was stored at that time. evidence_events: `messages` is a JSON array of numbers. */
    bool (*evidence_numbers)(void *self, EvidenceNumber *receive, void *user, GError **error);
    bool (*evidence_people)(void *self, GPtrArray *people, GError **error);
    bool (*evidence_served)(void *self, int64_t message, int64_t at, BackendServed *receive, void *user, GError **error);
    bool (*evidence_events)(void *self, const char *messages, bool notes, EvidenceEvent *receive, void *user,
                            GError **error);
    bool (*evidence_papers)(void *self, EvidenceEvent *receive, void *user, GError **error);

    /* ledger_account.h. snapshot: a transaction that only reads, ended by rollback. moments: `told` is the identity now. */
    bool (*snapshot)(void *self, GError **error);
    const LedgerTable *(*tables)(void);
    json_t *(*table)(void *self, const char *name, GError **error);
    GArray *(*moments)(void *self, const int64_t told[TOLD_STATES], GError **error);

    void *(*plan_begin)(const char *folder, int edition, uint8_t secret[ID_SECRET_SIZE], GError **error);
    /* plan_told: appends a LedgerPlanTold for each audience. */
    bool (*plan_told)(void *plan, const char *id, GArray *told, GError **error);
    int64_t (*plan_gateway)(void *plan, const char *name, GError **error);
    int64_t (*plan_text)(void *plan, const LedgerPlannedText *text, GError **error);
    bool (*plan_person)(void *plan, const LedgerPlannedPerson *person, GError **error);
    /* plan_seal, plan_abandon free the plan. */
    bool (*plan_seal)(void *plan, const LedgerPlanHeader *header, const char *digest, LedgerPlanDuplicate *duplicate,
                      void *user, LedgerPlanResult *result, GError **error);
    void (*plan_abandon)(void *plan);
};

#endif
