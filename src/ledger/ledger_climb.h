/* ledger_climb - the ladder in the ledger: which notices go on to their next channel, when and why.
 *
 * A notice has `rungs`: the further channels of its ladder that can be used, with their language, frozen when it was
 * planned. Who must climb, and when, is noted in the transaction of what causes it: the last message of the notice
 * failed or came back (now); all that is left is in doubt (`after` of the channel later); it was accepted by a gateway
 * whose silence counts (likewise). Silence moves nobody otherwise. What is under way again, or got through, takes it
 * back. A notice with rungs left of which a message failed counts as pending.
 *
 * Who climbs, to which endpoints and in which words, is the dispatcher's decision (dispatch/ladder); the ledger keeps
 * states, counters and events right. Threads and errors: as ledger.h. */
#ifndef BREACH_LEDGER_LEDGER_CLIMB_H
#define BREACH_LEDGER_LEDGER_CLIMB_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "ledger/ledger.h"

/* The text of rungs: "sms:zh-CN letter:zh-CN", in order; a locale may be followed by ":update" for a notice that goes
 * to those who were told before. ledger_rungs_parse: of LedgerRung, newly allocated; false when it makes no sense.
 * ledger_rungs_text: the text of those from `first` on, newly allocated; NULL: none is left. */
#define LEDGER_RUNGS_MAX 8
typedef struct LedgerRung {
    char channel[24];
    char locale[36];
    bool is_update;
} LedgerRung;
bool ledger_rungs_parse(const char *text, LedgerRung rungs[LEDGER_RUNGS_MAX], size_t *count);
char *ledger_rungs_text(const LedgerRung *rungs, size_t count, size_t first);

/* Why a notice climbs. */
typedef enum LedgerClimbReason {
    CLIMB_FAILED,  /* what was left of its messages was refused, or given up */
    CLIMB_BOUNCED, /* it came back */
    CLIMB_DOUBT,   /* in doubt, and nobody has settled it in time */
    CLIMB_SILENCE, /* accepted by a gateway that reports what arrives, and nothing was reported in time */
    CLIMB_REASONS
} LedgerClimbReason;

/* ledger_climb_reason: "failed", "bounced", "doubt" or "silence", as in events. */
const char *ledger_climb_reason(LedgerClimbReason reason);

/* One notice that is to climb. */
typedef struct LedgerClimb {
    int64_t notice;
    int64_t message; /* the cause; 0: none, its only address was refused before */
    int64_t due;     /* ms */
    LedgerClimbReason reason;
    int64_t person;  /* number */
    char *person_id; /* owned; NULL: the row has none */
    char *data;      /* owned; as it was stored (see base/seal); NULL: the row could not be read */
    char *audience;  /* owned; id */
    char *rungs;     /* owned */
    char *from;      /* owned; the channel of the cause; "" without one */
    int edition;
    bool is_needed; /* the cause still stands: otherwise ledger_climb_drop() it */
} LedgerClimb;

void ledger_climb_free(LedgerClimb *climb);

/* ledger_climbs_due: those with a due time of at most `now`, by time, at most `limit`; of LedgerClimb *, which the
 * array owns. ledger_climb_next_due: when the next one is due, ms; INT64_MAX: none. ledger_climb_count: how many are
 * due; *first: of these, those that have not climbed before. */
GPtrArray *ledger_climbs_due(Ledger *ledger, int64_t now, int limit, GError **error);
bool ledger_climb_next_due(Ledger *ledger, int64_t *due, GError **error);
bool ledger_climb_count(Ledger *ledger, int64_t now, int64_t *count, int64_t *first, GError **error);

/* ledger_climb_text: the newest frozen text for an audience on a channel in a language; 0 without an error when there
 * is none. */
bool ledger_climb_text(Ledger *ledger, const char *audience, const LedgerRung *rung, int64_t *text, GError **error);

/* ledger_climb_tried: whether the notice has had a message to `endpoint` (sealed) on `channel`. */
bool ledger_climb_tried(Ledger *ledger, int64_t notice, const char *channel, const char *endpoint, bool *tried,
                        GError **error);

/* ledger_climb_open: whether a message of that id may take in one more person: it is there and has not been handed
 * over. *is_known: it is there. */
bool ledger_climb_open(Ledger *ledger, const char *id, bool *is_known, bool *is_open, GError **error);

typedef struct LedgerClimbMessage {
    char id[ID_MESSAGE_LENGTH + 1];
    const char *endpoint; /* sealed; borrowed */
    int64_t gateway;      /* of ledger_gateway() */
    int64_t text;         /* of ledger_climb_text() */
    bool is_there;        /* the id is in the ledger already: it serves this notice as well */
} LedgerClimbMessage;

/* ledger_climb_take: in a batch: the notice goes on by these messages; `to` the channel, `left` what is left of the
 * rungs (NULL: none). ledger_climb_end: in a batch: no rung could be used: it stays where it is, for `reason`
 * (English). ledger_climb_drop: in a batch: it need not climb any more. */
bool ledger_climb_take(Ledger *ledger, const LedgerClimb *climb, const char *to, const LedgerClimbMessage *messages,
                       size_t count, const char *left, int64_t now, GError **error);
bool ledger_climb_end(Ledger *ledger, const LedgerClimb *climb, const char *reason, int64_t now, GError **error);
bool ledger_climb_drop(Ledger *ledger, const LedgerClimb *climb, GError **error);

/* Permission: how many notices a person has allowed to climb in all; 0: nobody was asked. ledger_climb_allow is a
 * transaction of its own, with an event. */
bool ledger_climb_allowed(Ledger *ledger, int64_t *notices, GError **error);
bool ledger_climb_allow(Ledger *ledger, int64_t notices, const char *by, int64_t now, GError **error);

/* LedgerClimbWait, ledger_climb_waits: how many wait, by audience and by the channel that failed them and the one that
 * is next; an array of LedgerClimbWait *, most first. One pass over those that wait. */
typedef struct LedgerClimbWait {
    char *audience, *from, *to; /* owned; channels; `from` "" for an address refused before */
    int64_t notices;
    int64_t due_first; /* ms */
    int64_t due_now;   /* of them: due at `now` */
} LedgerClimbWait;
GPtrArray *ledger_climb_waits(Ledger *ledger, int64_t now, GError **error);

#endif
