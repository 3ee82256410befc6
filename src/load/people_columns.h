/* people_columns - the columns of a people file, under the names that they have here.
 *
 * Threads: safe, one Findings to a thread. */
#ifndef BREACH_LOAD_PEOPLE_COLUMNS_H
#define BREACH_LOAD_PEOPLE_COLUMNS_H

#include <stdbool.h>

#include <glib.h>

#include "base/finding.h"
#include "model/person.h"

/* people_columns_check: `columns` holds the file's own names, `places` where each stands. Renames them as the playbook
 * says (`renames`: of PeopleRename *, or NULL), finds the columns that have a meaning, and reports what is wrong: names
 * that are no names, two columns of one name, no id, a renamed column that the file does not have. A name that looks
 * like a known one's misspelling gives a warning. */
void people_columns_check(PersonColumns *columns, const Position *places, const GPtrArray *renames, Findings *findings);

/* people_is_column_name: letters a-z, digits and _, no digit first. */
bool people_is_column_name(const char *name);

#endif
