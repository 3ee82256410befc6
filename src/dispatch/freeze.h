/* freeze - streams the people through the rules: for `check` only to see what is wrong, for `plan` into the ledger.
 *
 * Threads: one. Ten million people never live in memory. */
#ifndef BREACH_DISPATCH_FREEZE_H
#define BREACH_DISPATCH_FREEZE_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "base/finding.h"
#include "dispatch/coverage_people.h"
#include "dispatch/material.h"
#include "ledger/ledger_plan.h"
#include "model/identity.h"
#include "model/plan.h"

typedef struct FreezeSummary {
    int64_t people;             /* data rows */
    int64_t told[TOLD_STATES];  /* by what the plan makes of them */
    int64_t messages;           /* before equal ones are merged */
    int64_t remarks;            /* warnings about rows, shown or not */
    LedgerPlanResult plan;      /* freeze_plan() only */
} FreezeSummary;

/* FreezeProgress: called now and then; bytes of the people file. */
typedef void FreezeProgress(int64_t done, int64_t total, void *user);

typedef struct FreezeWatch { /* may be NULL */
    FreezeProgress *progress;
    void *user;
    CoveragePeople *coverage; /* filled; or NULL */
    /* Called when everybody has been read and before a plan is sealed; an error that it adds to the findings stops the plan. Or
     * NULL. */
    void (*judge)(void *user);
    void *judge_user;
} FreezeWatch;

/* freeze_check: reads everybody and says what would happen at `now` (ms); writes nothing. Mistakes are added to `findings`; at most
 * FREEZE_REMARKS_SHOWN warnings of a kind about single rows, then one with the number of the rest. */
#define FREEZE_REMARKS_SHOWN 50
void freeze_check(Material *material, int64_t now, const FreezeWatch *watch, FreezeSummary *summary,
                  Findings *findings);

/* freeze_plan: builds and seals the plan in `folder`. false with `findings` holding errors, or with `error` set
 * (disk, ledger): nothing was changed then. */
bool freeze_plan(Material *material, const LedgerBackend *backend, const char *folder, int64_t now,
                 const FreezeWatch *watch, FreezeSummary *summary, Findings *findings, GError **error);

/* FreezeView: one person as a plan would see them; everything is borrowed during the call. */
typedef struct FreezeView {
    const Person *person;
    const PlanDecision *decision;
    const PlanRules *rules;
    const char *data;  /* what a plan would freeze of the person; NULL for a row that must be quarantined */
    bool is_update;    /* their texts are the update's */
} FreezeView;
typedef void FreezeLook(const FreezeView *view, void *user);

/* freeze_one: reads the people file through and shows the first person of that id, as somebody who has been told in an
 * earlier edition or as somebody who has not. Returns how many rows have the id; ids like it are added to `near` (of
 * char *, owned by it) while there are none. Mistakes are added to `findings`. */
int freeze_one(Material *material, const char *id, bool told_before, FreezeLook *look, void *user, GPtrArray *near,
               Findings *findings);

#endif
