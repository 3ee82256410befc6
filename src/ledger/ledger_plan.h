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

#include "ledger/ledger.h"

typedef struct LedgerPlan LedgerPlan;

typedef struct LedgerPlannedMessage {
    char id[ID_MESSAGE_LENGTH + 1];
    const char *endpoint; /* sealed; borrowed */
    int64_t gateway;      /* of ledger_plan_gateway() */
    int64_t text;         /* of ledger_plan_text() */
} LedgerPlannedMessage;

typedef struct LedgerPlannedNotice {
    const char *audience; /* borrowed; "" for a person without an audience */
    Told aside;           /* without messages: TOLD_QUARANTINED, TOLD_WITHHELD or TOLD_UNREACHABLE */
    const char *reason;   /* without messages: why; borrowed */
    LedgerPlannedMessage *messages;
    size_t count;
} LedgerPlannedNotice;

typedef struct LedgerPlannedPerson {
    int64_t row;        /* data row of the people file, from 1 */
    const char *id;     /* borrowed; NULL when the row has none that can be used */
    const char *data;   /* canonical JSON object of the columns, sealed; borrowed; NULL for an unreadable row */
    const LedgerPlannedNotice *notices;
    size_t count;       /* at least 1 */
} LedgerPlannedPerson;

typedef struct LedgerPlanHeader {
    const char *incident;
    IncidentStatus status;
    int edition;
    const char *inputs;   /* JSON, see LedgerHeader */
    const char *gateways;
    int64_t now;          /* ms */
} LedgerPlanHeader;

/* What sealing did. */
typedef struct LedgerPlanResult {
    int64_t people;
    int64_t duplicate_rows;   /* rows quarantined because their id stands in more than one */
    int64_t merged_messages;  /* messages that serve more than one notice */
    int64_t removed_people;   /* in the ledger, no longer in the file */
    int64_t kept_messages;    /* had an attempt, so they stay as they are */
} LedgerPlanResult;

/* ledger_plan_begin: starts a plan in the state folder `folder` (which exists). The incident's secret is that of the
 * ledger that is there, or new. An unsealed plan that lies there is thrown away. */
LedgerPlan *ledger_plan_begin(const LedgerBackend *backend, const char *folder, GError **error);

/* ledger_plan_secret: for message ids; borrowed. */
const uint8_t *ledger_plan_secret(const LedgerPlan *plan);

/* ledger_plan_gateway, ledger_plan_text: register what messages refer to; 0 on failure. Text bodies are JSON. */
int64_t ledger_plan_gateway(LedgerPlan *plan, const char *name, GError **error);
int64_t ledger_plan_text(LedgerPlan *plan, const char *audience, const char *channel, const char *locale,
                         const char *body, GError **error);

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
