/* drill_people - the people of a drill: those of the playbook, and as many invented ones as the story needs.
 *
 * An invented person is like one of the file (language, region, age, every other column) with an id and addresses of
 * their own. CSV and JSON Lines, in the columns of the file. Threads: one. Error: BREACH_ERROR_INPUT,
 * BREACH_ERROR_CREATE. */
#ifndef BREACH_CLI_DRILL_PEOPLE_H
#define BREACH_CLI_DRILL_PEOPLE_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

/* drill_people_copy: copies the rows of `from` to `to` and adds `more` invented ones, the first of them number `first`
 * (from 1). `renames`: of PeopleRename *. *rows: how many there were before. */
bool drill_people_copy(const char *from, const char *to, const GPtrArray *renames, int64_t first, int64_t more,
                       int64_t *rows, GError **error);

#endif
