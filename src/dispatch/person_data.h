/* person_data - what is frozen of a person: canonical JSON of the columns that have a value, in the order of their
 * names; of an organisation's contact also how many of its people, its contacts aside, the file has
 * (CONTEXT_COUNT_COLUMN).
 *
 * Threads: one. */
#ifndef BREACH_DISPATCH_PERSON_DATA_H
#define BREACH_DISPATCH_PERSON_DATA_H

#include "model/person.h"
#include "model/plan.h"
#include "model/playbook.h"

typedef struct PersonData PersonData;

/* person_data_new: for rows with these columns, borrowed until person_data_free(). Where an audience has the capacity
 * organization, reads the people file through and counts; what is wrong with it is not said here. */
PersonData *person_data_new(const Playbook *playbook, const PersonColumns *columns);
void person_data_free(PersonData *data);

/* person_data_json: borrowed until the next call. `decision`: of the person. */
const char *person_data_json(PersonData *data, const Person *person, const PlanDecision *decision);

#endif
