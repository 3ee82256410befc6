/* load_audience - the playbook's keys `audiences` and `cross_border`, and the words of channels.
 *
 * Threads: constant. */
#ifndef BREACH_LOAD_LOAD_AUDIENCE_H
#define BREACH_LOAD_LOAD_AUDIENCE_H

#include "load/schema.h"
#include "model/playbook.h"

/* load_audience_add: a SchemaSet for one item of `audiences`; the target is the GPtrArray of Audience *. */
void load_audience_add(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target);

/* load_audience_own: what some readers are told instead of what the playbook says: facts, impact, measures, advice and
 * remedies, by the same keys as the playbook's; *own is made with the first of them. */
void load_audience_own(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, Playbook **own);

/* load_audience_border: a SchemaSet for `cross_border`, one map or a list of them; the target is the Playbook. */
void load_audience_border(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target);

/* load_audience_lists: a SchemaSet for `organization_lists`; the target is the Playbook. */
void load_audience_lists(const SchemaCheck *check, const SchemaField *field, const YamlNode *value, void *target);

/* load_audience_reach: an error for more than PLAN_AUDIENCES_MAX audiences; a warning for each audience into which nobody
 * can fall, for everybody has one before it. */
void load_audience_reach(const SchemaCheck *check, const Playbook *playbook);

/* load_audience_regimes: an error for each regime that an audience names and the playbook does not. */
void load_audience_regimes(const SchemaCheck *check, const Playbook *playbook);

/* load_audience_deadlines: a warning for each audience whose deadline is over at `now` (ms), or whose instruction was given
 * later than that. */
void load_audience_deadlines(const Playbook *playbook, int64_t now, Findings *findings);

#endif
