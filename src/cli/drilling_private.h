/* drilling_private - a drill that is being played. Its parts: drilling.c (the story), drilling_step.c (one step),
 * drilling_ask.c (a decision), drilling_seen.c (what was reached). Threads: one. */
#ifndef BREACH_CLI_DRILLING_PRIVATE_H
#define BREACH_CLI_DRILLING_PRIVATE_H

#include "cli/drill_command.h"
#include "cli/drill_folder.h"
#include "cli/drilling.h"
#include "drill/returning.h"
#include "drill/scenario_words.h"
#include "drill/score.h"
#include "drill/sim_clock.h"
#include "ledger/ledger.h"
#include "report/lawbook.h"

/* A step at its time. */
typedef struct DrillEntry {
    int64_t at;               /* ms */
    const ScenarioStep *step; /* borrowed from the scenario */
    bool by_deputy;
} DrillEntry;

typedef struct DrillAbsence {
    const char *role;            /* borrowed */
    int64_t from, until, deputy; /* ms; until 0: to the end; deputy 0: nobody */
} DrillAbsence;

typedef struct Drill {
    const DrillRequest *request;
    DrillFolder *folder;               /* owned */
    SimClock *clock;                   /* owned */
    Stage *stage;                      /* owned */
    Returning *returning;              /* owned */
    DrillDesk desk;                    /* its transcript is owned */
    int64_t start, end;                /* ms */
    GArray *queue;                     /* owned; of DrillEntry, by time */
    GArray *absences;                  /* owned; of DrillAbsence */
    bool is_sending;                   /* breach notify is kept running */
    bool is_asked;                     /* decisions are asked for on the terminal */
    bool is_shown;                     /* the story is told on standard output */
    int last_code;                     /* of breach notify; -1: it has not run */
    int64_t moved_at;                  /* answers when time last passed; see idle() */
    int stuck;                         /* how often time passed since, without an answer */
    int64_t answered;                  /* of the run that is under way */
    json_t *events, *decisions, *told; /* owned */
    json_t *words;                     /* owned; scenario_words() */
    ScoreSeen seen;
    LedgerCounts counts;
    int64_t mistaken;  /* people; -1: nothing was corrected */
    int64_t told_last; /* in `told` */
} Drill;

int64_t drilling_now(const Drill *drill);

/* drilling_say: an event of the story, shown and recorded. `code`: the exit code of a command, or -1. `who` may be
 * NULL. */
void drilling_say(Drill *drill, int64_t at, const char *kind, const char *who, int code, const char *text);

/* drilling_add: a step that is to be played at this time. */
void drilling_add(Drill *drill, const ScenarioStep *step, int64_t at, bool by_deputy);

/* drilling_step: plays one that is due. Error: what the scenario asks for cannot be done. */
bool drilling_step(Drill *drill, const DrillEntry *entry, GError **error);

/* drilling_type: a command, and what became of it, as an event. */
int drilling_type(Drill *drill, int64_t at, const char *who, const char *const *words);

/* drilling_who: the name of whoever plays a role, or the role, as they stand in the record; NULL for none. Borrowed.
 * drilling_said: so what a step or choice says, or `otherwise`. Borrowed. */
const char *drilling_who(const Drill *drill, const char *role);
const char *drilling_said(const LocaleText *says, const char *otherwise);

/* drilling_stopped: the error of a drill that somebody stopped; false. */
bool drilling_stopped(GError **error);

/* drilling_ask: what is decided; NULL: Ctrl-C was pressed, and the stage is stopped. *took: how long somebody thought
 * about it, ms; 0: nobody was asked. */
const ScenarioChoice *drilling_ask(Drill *drill, const ScenarioStep *ask, int64_t *took);

/* drilling_count: new counts of the ledger, at this time. drilling_look: reads them. */
void drilling_count(Drill *drill, const LedgerCounts *counts, int64_t at);
bool drilling_look(Drill *drill, GError **error);

/* drilling_lawbook: what the law asks, by the playbook as the story has left it; NULL with an error, also where that
 * cannot be read. */
Lawbook *drilling_lawbook(const Workspace *workspace, GError **error);

/* drilling_finish: what only the end can tell: the ledger checked from its rows, the clocks of the law, the account.
 * Puts them into `record`. */
bool drilling_finish(Drill *drill, json_t *record, GError **error);

#endif
