/* freeze_private - what the files of dispatch/freeze share: the state of one reading of the people file.
 *
 * freeze.c streams, checks and plans; freeze_person.c puts one person into the plan; freeze_remark.c says what is wrong
 * with single rows. Threads: one. */
#ifndef BREACH_DISPATCH_FREEZE_PRIVATE_H
#define BREACH_DISPATCH_FREEZE_PRIVATE_H

#include <glib.h>

#include "dispatch/crowd.h"
#include "dispatch/twins.h"
#include "dispatch/duplicate.h"
#include "dispatch/edition.h"
#include "dispatch/freeze.h"
#include "dispatch/person_data.h"
#include "dispatch/short_text.h"
#include "dispatch/tally.h"

typedef struct Twice { /* a row whose id another has as well */
    int64_t row;
    char *id; /* owned */
    Position at;
} Twice;

typedef struct Freezer {
    Material *material;
    Findings *findings;
    const FreezeWatch *watch;
    FreezeSummary *summary;
    PlanRules rules;
    PlanDecision decision;
    PlanSettled settled;                          /* the phone numbers of the person in work; owned */
    EditionStanding standing[PLAN_AUDIENCES_MAX]; /* of the person in work, by audience */
    bool is_undecidable; /* an audience has no text in the default language: only the rows are looked at */
    const PersonColumns *columns;
    PersonData *data; /* owned */
    Tally *tally;     /* owned */
    ShortTexts *shorts; /* when checking; owned */
    LedgerPlan *plan; /* NULL when checking */
    const uint8_t *secret;
    int64_t gateway_numbers[PLAN_AUDIENCES_MAX]; /* by position in the playbook's gateways */
    Duplicates *duplicates;                      /* when checking; owned */
    Crowd *crowd;                                /* likewise */
    Twins *twins;                                /* likewise */
    GArray *twice;                               /* when planning: of Twice, by row; owned */
    int64_t twice_more;                          /* and so many more, which are only counted */
    GHashTable *kinds;                           /* of remark: how many so far; owned */
    int64_t remarks_hidden;
} Freezer;

/* freeze_text: the text that the person in work gets. */
MaterialText *freeze_text(const Freezer *freezer, size_t audience, const char *channel, const char *locale);

/* freeze_person: puts the person in work, as they were decided, into the plan. freeze_person_data: what is frozen of them,
 * sealed, newly allocated. */
bool freeze_person(Freezer *freezer, const Person *person, GError **error);
char *freeze_person_data(Freezer *freezer, const Person *person);

/* freeze_remark: a PlanRemark; `user` is the Freezer. freeze_note_twice: a LedgerPlanDuplicate. freeze_sum_up: how many
 * more remarks there were than were shown. */
void freeze_remark(const Person *person, const char *column, const char *text, void *user);
void freeze_remark_row(Freezer *freezer, Position at, const char *id, const char *text);
void freeze_remark_duplicate(Freezer *freezer, Position at, const char *id);
void freeze_note_twice(int64_t row, const char *id, void *user);
void freeze_sum_up(Freezer *freezer);

#endif
