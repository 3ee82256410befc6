/* score - how well a drill went: each target of its scenario, what was wanted and what was reached, and points for it.
 *
 * Points do not end at the target: what is just reached is worth four fifths of them, what is better more, what is
 * worse less, so that every fault shows. Pure; threads: safe. */
#ifndef BREACH_DRILL_SCORE_H
#define BREACH_DRILL_SCORE_H

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

#include "model/scenario.h"

/* What was seen. */
typedef struct ScoreSeen {
    int64_t lasted;       /* ms; the story */
    int64_t first_notice; /* ms after its beginning; -1: nobody was told */
    int64_t told_at;      /* ms; when the wanted share was told; -1: never */
    double told;          /* 0 to 1: the share that was told in the end */
    int clocks_met, clocks_missed;
    int breaks;         /* of the identity */
    int64_t twice;      /* messages that were taken twice */
    double unreachable; /* 0 to 1 */
    double mistaken;    /* 0 to 1; where nothing was corrected, all who were told */
    bool is_planned;    /* else nothing is known of how many could be reached */
} ScoreSeen;

typedef struct ScoreLine {
    bool is_given; /* the scenario has this target */
    bool is_met;
    bool never; /* what was wanted did not happen */
    int ended;  /* CLOCKS: how many there were to judge */
    double got; /* as ScenarioWanted.most; TOLD that was never reached: the share in the end */
    double points, of;
} ScoreLine;

typedef struct Score {
    ScoreLine lines[SCENARIO_TARGETS];
    double points;  /* of 100, to one decimal */
    bool is_passed; /* every target is met */
} Score;

Score score_of(const Scenario *scenario, const ScoreSeen *seen);

/* score_json: [{"target","wanted","got","met","points","of"}]: times in seconds, shares from 0 to 1; "got" is null for
 * what never happened; "told" has also "share", and "told" where it was never reached; "clocks" has also "ended". A new
 * reference. */
json_t *score_json(const Scenario *scenario, const Score *score);

/* One line of it, in the chosen language: what it is about (static), what was wanted, and what was reached (newly
 * allocated). */
const char *score_title(const json_t *line);
char *score_wanted(const json_t *line);
char *score_got(const json_t *line);

#endif
