/* person - one data row of the people file.
 *
 * A Person is filled by load and borrowed by whoever it is shown to: values live until the next row. Columns are known
 * ones (below) and attributes (any other column), addressed by index into PersonColumns. Pure; threads: one. */
#ifndef BREACH_MODEL_PERSON_H
#define BREACH_MODEL_PERSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/position.h"

#define PERSON_COLUMNS_MAX 256

typedef struct PersonColumns {
    char **names;        /* owned; unique; as in the header; NULL behind the last */
    size_t count;
    int id, locale, email, phone; /* index of these, or -1 */
} PersonColumns;

typedef struct Person {
    int64_t row;         /* data row, from 1 */
    Position at;         /* of the row's first field */
    const PersonColumns *columns;
    const char **values; /* columns->count of them, never NULL; valid UTF-8; no C0 control other than LF and TAB in
                            attributes and in postal addresses, none at all in other known columns */
    const char *problem; /* why the row must be quarantined, or NULL; then `values` may be all empty */
    const char *reason;  /* with `problem`: the same without where it stands, so that equal mistakes are counted together */
} Person;

/* person_column: the index of `name`, or -1. */
int person_column(const PersonColumns *columns, const char *name);

/* person_value: the value of the column `name`; NULL when there is no such column. */
const char *person_value(const Person *person, const char *name);

/* person_is_known_column: whether design gives `name` a meaning (id, name, email, …). person_known_columns: all of
 * them, NULL-terminated, for "did you mean". */
bool person_is_known_column(const char *name);
const char *const *person_known_columns(void);

/* PersonAnswer: what a cell of yes or no says. Only these words count, whatever their case: yes, y, true, t, 1, 是; no, n,
 * false, f, 0, 否, and an empty cell (PostgreSQL writes t and f). Anything else is unreadable, and must not be guessed. */
typedef enum PersonAnswer { PERSON_NO, PERSON_YES, PERSON_UNREADABLE } PersonAnswer;
PersonAnswer person_answer(const char *text);

/* person_endpoint_columns: the columns that hold a way to reach somebody (email, phone, …), NULL-terminated: what
 * `compromised` may name. */
const char *const *person_endpoint_columns(void);

/* person_has_lines: whether a column that is known may hold line feeds: those of postal addresses. */
bool person_has_lines(const char *column);

#endif
