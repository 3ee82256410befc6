/* scenario - the story that a drill plays: what goes wrong, what people do about it, and what is to be reached. Pure.
 *
 * Times are milliseconds after the beginning of the story. A LocaleText here has a text for every locale through
 * regime_text(). Ownership: a Scenario owns everything in it and is immutable after loading. Threads: reading is safe. */
#ifndef BREACH_MODEL_SCENARIO_H
#define BREACH_MODEL_SCENARIO_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "base/position.h"
#include "model/locale.h"
#include "model/moment.h"

typedef enum ScenarioDo {
    SCENARIO_RELAY_DOWN, /* faults: they are in the world, whatever anybody does */
    SCENARIO_RELAY_UP,
    SCENARIO_THROTTLE,
    SCENARIO_DEAD,
    SCENARIO_ABSENT,
    SCENARIO_GROW, /* what happens to the incident */
    SCENARIO_EDIT,
    SCENARIO_NOTIFY, /* what people do: breach notify is kept running from now on */
    SCENARIO_STOP,   /* it is not */
    SCENARIO_RUN,    /* any other command of breach */
    SCENARIO_FILE,   /* every report that is due soon, or one, is filed */
    SCENARIO_ASK,    /* somebody decides */
    SCENARIO_DOES
} ScenarioDo;

typedef struct ScenarioChoice {
    char *id;         /* owned; a name */
    LocaleText *says; /* owned; one line */
    GPtrArray *steps; /* owned; of ScenarioStep *: their `at` is after the decision; may be empty */
    Position at;
} ScenarioChoice;

typedef struct ScenarioStep {
    int64_t at; /* ms */
    ScenarioDo what;
    LocaleText *says;     /* owned; what is told of it; or NULL */
    char *by;             /* owned; the role of whoever does it; or NULL */
    char *channel;        /* owned; of a fault; NULL: email */
    int64_t lasts;        /* ms; of a fault; 0: to the end, or until RELAY_UP */
    double rate;          /* THROTTLE: messages a second that are still taken */
    double share;         /* DEAD: 0 to 1 of the addresses */
    bool bounces;         /* DEAD: they are taken and come back, else refused at once */
    int64_t comes_back;   /* DEAD: ms after it was taken */
    char **command;       /* owned; RUN: the words behind "breach" without the playbook */
    char *key, *value;    /* owned; EDIT: one value of the playbook: organization.contact.phone; or */
    char *find, *replace; /* owned; EDIT: in its text */
    bool corrects;        /* EDIT: who was told before was told something wrong */
    int64_t people;       /* GROW: so many more */
    char *id;             /* owned; FILE: which; NULL: all that are due within `within` */
    int64_t within;
    char *role;         /* owned; ABSENT, ASK: whose */
    int64_t deputy;     /* ms; ABSENT: after which somebody else does what was theirs to do; 0: nobody does */
    GPtrArray *choices; /* owned; ASK: of ScenarioChoice * */
    char *standard;     /* owned; ASK: the id of the choice that is played when nobody is asked */
    Position place;
} ScenarioStep;

typedef enum ScenarioTarget {
    SCENARIO_FIRST_NOTICE, /* ms until somebody has been told */
    SCENARIO_TOLD,         /* ms until a share of the people has been told */
    SCENARIO_CLOCKS,       /* clocks of the law that ended within the story and were not met */
    SCENARIO_IDENTITY,     /* how often the sum did not hold, or somebody was told twice */
    SCENARIO_UNREACHABLE,  /* 0 to 1 of the people, at the end */
    SCENARIO_MISTAKEN,     /* 0 to 1 of the people who were told something that was corrected later */
    SCENARIO_TARGETS
} ScenarioTarget;

typedef struct ScenarioWanted {
    bool is_given;
    double most;  /* ms, a count or a share, as above */
    double share; /* TOLD: of the people */
} ScenarioWanted;

typedef struct Scenario {
    char *name;                 /* owned */
    LocaleText *title, *story;  /* owned; one line each; NULL where there is none */
    GPtrArray *roles;           /* owned; of RegimeName *: how roles are called; may be empty */
    char *path;                 /* owned; where it was read from */
    Moment starts;              /* .known false: see starts_at */
    int starts_at;  /* minutes after midnight, in the offset of the playbook's latest time; -1: at that time */
    int64_t lasts;  /* ms; the story ends then */
    int64_t people; /* so many, invented ones added; 0: those of the playbook */
    int64_t track;  /* ms between two looks into the mailbox */
    ScenarioWanted targets[SCENARIO_TARGETS];
    GPtrArray *steps; /* owned; of ScenarioStep *, by time, else in the order of the file */
} Scenario;

Scenario *scenario_new(void);
void scenario_free(Scenario *scenario);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Scenario, scenario_free)

ScenarioStep *scenario_step_new(void);
void scenario_step_free(ScenarioStep *step);
ScenarioChoice *scenario_choice_new(void);
void scenario_choice_free(ScenarioChoice *choice);

/* scenario_choice: the choice of that id of an ASK, or NULL. Borrowed. */
const ScenarioChoice *scenario_choice(const ScenarioStep *ask, const char *id);

/* scenario_roles: who decides or does something in it, each once, in the order of the story; of const char *, borrowed
 * from the scenario, NULL-terminated. A new array. */
GPtrArray *scenario_roles(const Scenario *scenario);

/* scenario_sort: by time; equal times keep their order. */
void scenario_sort(GPtrArray *steps);

/* scenario_do_names: "relay-down" …, in the order of the enumeration, NULL-terminated. scenario_target_name:
 * "first_notice". scenario_is_fault: it happens whoever does what. */
const char *const *scenario_do_names(void);
const char *scenario_target_name(ScenarioTarget target);
bool scenario_is_fault(ScenarioDo what);

#endif
