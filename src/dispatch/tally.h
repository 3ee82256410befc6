/* tally - how many people each finding about the plan concerns: who cannot be reached and why, whose endpoints the
 * incident made unsafe, whose data would cross a border, and how many depend on which text.
 *
 * A Tally belongs to one reading of the people file. Threads: one. */
#ifndef BREACH_DISPATCH_TALLY_H
#define BREACH_DISPATCH_TALLY_H

#include <stdint.h>

#include <glib.h>
#include <jansson.h>

#include "base/finding.h"
#include "dispatch/material.h"
#include "model/plan.h"

typedef struct Tally Tally;

/* tally_new: `material` is borrowed until tally_free(). */
Tally *tally_new(const Material *material);
void tally_free(Tally *tally);

/* tally_person: counts somebody; `sign` -1 takes them out again. */
void tally_person(Tally *tally, const Person *person, const PlanDecision *decision, int sign);

/* tally_text: that `text`, on `channel`, is one of the ways of a notice. */
void tally_text(MaterialText *text, const PlanNotice *notice, const char *channel, int sign);

/* tally_borders: an error for each border that data would cross without being allowed to; these stop a plan.
 * tally_reach: a warning for each kind of people who are not reached as meant.
 * tally_quotas: a warning for each gateway that takes more than a day for what is to go through it. */
void tally_borders(const Tally *tally, Findings *findings);
void tally_reach(const Tally *tally, Findings *findings);
void tally_quotas(const Tally *tally, Findings *findings);

/* tally_crossed: what crosses borders as cross_border allows: [{"basis", "channel", "from", "gateway", "people",
 * "purpose", "recipient", "risks", "safeguards", "to"}], newly allocated; an empty list when nothing does. */
json_t *tally_crossed(const Tally *tally);

/* tally_others: how else the people of a text can be reached ("email 812, letter 50"), newly allocated; "" when nobody
 * can. */
char *tally_others(const MaterialText *text);

#endif
