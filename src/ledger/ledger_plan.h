/* ledger_plan - building and sealing the plan: who gets what.
 *
 * People are added one by one and never held in memory. Nothing of it counts before ledger_plan_seal() has returned
 * true: an unsealed plan is thrown away by the next. The first plan makes the ledger; a later one changes only messages
 * without an attempt (docs/LEDGER.md).
 * Threads: one. Errors: as ledger.h. */
#ifndef BREACH_LEDGER_LEDGER_PLAN_H
#define BREACH_LEDGER_LEDGER_PLAN_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>
#include <jansson.h>

#include "ledger/ledger.h"

typedef struct LedgerPlan LedgerPlan;

typedef struct LedgerPlannedMessage {
    char id[ID_MESSAGE_LENGTH + 1];
    const char *endpoint; /* sealed; borrowed */
    int64_t gateway;      /* of ledger_plan_gateway() */
    int64_t text;         /* of ledger_plan_text() */
    bool alone;           /* whoever else is at the endpoint, nobody of them may ever be in it */
    int64_t order;        /* what is to be sent first has the lower number: from 0, at most LEDGER_ORDER_MAX */
} LedgerPlannedMessage;

#define LEDGER_ORDER_MAX INT64_C(1000000000000) /* the order is a due time, ms: all of these are in the past */

typedef struct LedgerPlannedText {
    const char *audience, *channel, *locale; /* borrowed */
    bool is_update;                          /* for those told in an earlier edition; else a first notice */
    const char *body;                        /* JSON; borrowed */
} LedgerPlannedText;

typedef struct LedgerPlannedNotice {
    const char *audience; /* borrowed; "" for a person without an audience */
    Told aside;           /* without messages: TOLD_QUARANTINED, TOLD_WITHHELD or TOLD_UNREACHABLE */
    const char *reason;   /* without messages: why; borrowed */
    const char *rungs;    /* the further channels of the ladder, as ladder_text (ledger_climb.h); NULL: none; borrowed */
    bool every;           /* each of its messages must get through */
    LedgerPlannedMessage *messages;
    size_t count;
} LedgerPlannedNotice;

typedef struct LedgerPlannedPerson {
    int64_t row;        /* data row of the people file, from 1 */
    const char *id;     /* borrowed; NULL when the row has none that can be used */
    const char *data;   /* canonical JSON object of the columns, sealed; borrowed; NULL for an unreadable row */
    const LedgerPlannedNotice *notices;
    size_t count;       /* 0: nothing new for somebody who was told before; only in editions from 2 on */
} LedgerPlannedPerson;

typedef struct LedgerPlanHeader {
    const char *incident;
    IncidentStatus status;
    int edition;          /* that of ledger_plan_begin() */
    const char *inputs;   /* JSON, see LedgerHeader */
    const char *gateways;
    const char *escalation; /* JSON object: what the ladder goes by (ledger_climb.h); NULL: {} */
    const json_t *crossed;  /* list of what leaves its region, for the event of the plan; NULL: nothing; borrowed */
    int64_t now;            /* ms */
} LedgerPlanHeader;

/* What sealing did. */
typedef struct LedgerPlanResult {
    int64_t people;
    int64_t duplicate_rows;   /* rows quarantined because their id stands in more than one */
    int64_t merged_messages;  /* messages that serve more than one notice */
    int64_t removed_people;   /* in the ledger, no longer in the file */
    int64_t kept_messages;    /* had an attempt, so they stay */
    int64_t added_people;     /* not in the ledger before, or back in the file; 0 for the first plan, like all below */
    int64_t gone_people;      /* in the file until now */
    int64_t cancelled_messages; /* superseded by this edition, or not asked for any more */
    int64_t renewed_messages; /* tried and not accepted: they go on with a newer text */
    int64_t replaced_doubts;  /* cancelled ones that were in doubt, so that two copies may arrive */
    int64_t updates;          /* messages to people told in an earlier edition, planned by this plan */
    int64_t first_notices;    /* messages to people not told yet, planned by this plan */
    int64_t new_texts;        /* text versions that were not there before */
    int64_t text_before;      /* the highest number of a text version there was */
    int edition_before;       /* of the plan before; 0: there was none */
} LedgerPlanResult;

/* ledger_plan_begin: starts a plan for `edition` (from 1) in the state folder `folder` (which exists). The incident's
 * secret is that of the ledger that is there, or new. An unsealed plan that lies there is thrown away. An edition lower
 * than the ledger's is BREACH_ERROR_INPUT. */
LedgerPlan *ledger_plan_begin(const LedgerBackend *backend, const char *folder, int edition, GError **error);

/* ledger_people_in_file: how many of the people were in the people file when it was planned, and have an id. */
bool ledger_people_in_file(Ledger *ledger, int64_t *people, GError **error);

/* ledger_first_told: when the first message was accepted or found to have arrived, ms; -1: none was. */
bool ledger_first_told(Ledger *ledger, int64_t *at, GError **error);

/* LedgerPlanTold, ledger_plan_told: the audiences under which the person of that id has been told (a message accepted or
 * delivered, and not bounced since), each with the edition in which that was first, which may be this one. Returns how
 * many; -1 on failure. *told is borrowed until the next call. Always 0 in edition 1, where nobody is told again. */
typedef struct LedgerPlanTold {
    const char *audience; /* lives as long as the program */
    int edition;
} LedgerPlanTold;
int ledger_plan_told(LedgerPlan *plan, const char *id, const LedgerPlanTold **told, GError **error);

/* ledger_plan_secret: for message ids; borrowed. */
const uint8_t *ledger_plan_secret(const LedgerPlan *plan);

/* ledger_plan_gateway, ledger_plan_text: register what messages refer to; 0 on failure. */
int64_t ledger_plan_gateway(LedgerPlan *plan, const char *name, GError **error);
int64_t ledger_plan_text(LedgerPlan *plan, const LedgerPlannedText *text, GError **error);

bool ledger_plan_person(LedgerPlan *plan, const LedgerPlannedPerson *person, GError **error);

/* ledger_plan_duplicates: called by seal for each row whose id stands in more than one row; `row` and `id` live during
 * the call. */
typedef void LedgerPlanDuplicate(int64_t row, const char *id, void *user);

/* ledger_plan_seal: quarantines duplicate ids, merges equal message ids, builds the indexes, counts, computes the
 * digest, and makes it durable. Frees the plan in any case. */
bool ledger_plan_seal(LedgerPlan *plan, const LedgerPlanHeader *header, LedgerPlanDuplicate *duplicate, void *user,
                      LedgerPlanResult *result, GError **error);

/* ledger_plan_abandon: throws an unsealed plan away; NULL is allowed. */
void ledger_plan_abandon(LedgerPlan *plan);

#endif
