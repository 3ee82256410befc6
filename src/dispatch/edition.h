/* edition - what an edition from 2 on brings to one person: a first notice, an update, or nothing new. Pure.
 *
 * Whoever was told in an earlier edition gets the edition's update; whoever was not gets a first notice in the newest
 * text; nobody gets both. An edition that withdraws the notice has no first notices. Threads: safe. */
#ifndef BREACH_DISPATCH_EDITION_H
#define BREACH_DISPATCH_EDITION_H

#include <stddef.h>

#include "ledger/ledger_plan.h"
#include "model/person.h"
#include "model/plan.h"
#include "model/playbook.h"

/* How one person stands under an audience. */
typedef enum EditionStanding {
    EDITION_NOT_TOLD,
    EDITION_TOLD_NOW,    /* in this edition: nothing is to be added */
    EDITION_TOLD_BEFORE,
} EditionStanding;

/* edition_sort: fills `standing`, by the playbook's audiences, from what the ledger knows of the person. Somebody told
 * under an audience that they have left counts as told under the one that they have now. */
void edition_sort(const Playbook *playbook, const PlanDecision *decision, const LedgerPlanTold *told, size_t count,
                  EditionStanding standing[PLAN_AUDIENCES_MAX]);

/* edition_apply: takes out of the decision what update.match excludes, and withholds what a withdrawal does not bring. The
 * decision may have no notice left. */
void edition_apply(const Playbook *playbook, const Person *person, const EditionStanding standing[PLAN_AUDIENCES_MAX],
                   PlanDecision *decision);

#endif
