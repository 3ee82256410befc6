/* load_people - the people file, streamed row by row: millions of people never live in memory.
 *
 * CSV by RFC 4180, UTF-8 (a byte order mark is allowed); LF or CRLF. What makes row *boundaries* uncertain refuses the
 * whole file: a quote that is never closed, text after a closing quote, a NUL, a field over PEOPLE_FIELD_MAX, a file
 * that is not UTF-8 throughout but reads as GB18030 (the message prints the iconv command that mends it), no header,
 * a duplicate column, no `id` column. What is wrong with one row quarantines that row: broken UTF-8, too few or too
 * many fields, no id, a control character (CR or LF in a name would let data become a header). Blanks around a cell are
 * no part of it, but for the id. A row without anything in it is none. In cells that may have lines, CRLF is LF.
 *
 * JSON Lines is the other form (see jsonl.h): there a row ends with its line whatever is in it, so a broken line is
 * always that row's mistake. Which of the two a file is, its first character says, or else its name. */
#ifndef BREACH_LOAD_LOAD_PEOPLE_H
#define BREACH_LOAD_LOAD_PEOPLE_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "base/finding.h"
#include "model/person.h"

#define PEOPLE_FIELD_MAX 65536

typedef struct PeopleReader PeopleReader;

/* people_open: opens `path` and reads the header, or the keys. `renames`: what columns are called here, of PeopleRename *
 * (model/playbook.h); NULL: none; borrowed during the call. Unknown columns that look like a known one's misspelling
 * give a warning. NULL with an error among the findings when the file cannot be used. */
PeopleReader *people_open(const char *path, const GPtrArray *renames, Findings *findings);

/* people_columns: borrowed until people_close(). */
const PersonColumns *people_columns(const PeopleReader *reader);

/* people_next: the next row into *person (borrowed until the next call). A row that must be quarantined has
 * person->problem set. Returns 1 for a row, 0 at the end, -1 when the file must be refused (error: BREACH_ERROR_INPUT,
 * without the place, which people_failed_at() has; what was read before it must not be used). */
int people_next(PeopleReader *reader, Person *person, GError **error);

/* people_report_voids: a warning for each column with a meaning in which rows that were read hold a word such as NULL
 * or n/a, which counts as an empty cell. */
void people_report_voids(const PeopleReader *reader, Findings *findings);

/* people_failed_at: where people_next() failed. */
Position people_failed_at(const PeopleReader *reader);

/* people_failed_as: the id of that mistake, for a finding: a file in another encoding is another matter than one whose
 * rows cannot be told apart. */
const char *people_failed_as(const PeopleReader *reader);

/* people_progress: bytes read so far, and in all; for a progress bar. */
void people_progress(const PeopleReader *reader, int64_t *done, int64_t *total);

void people_close(PeopleReader *reader);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PeopleReader, people_close)

#endif
