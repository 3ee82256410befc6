/* drill_record - what is kept of a drill: a dated folder that nobody changes again, with the record (schema
 * breach.drill/1) as JSON and as Markdown, and the scenario as it was played. Counts only; no address and no id of a
 * person.
 *
 * Threads: one. Errors: BREACH_ERROR_CREATE, BREACH_ERROR_INPUT. */
#ifndef BREACH_DRILL_DRILL_RECORD_H
#define BREACH_DRILL_DRILL_RECORD_H

#include <stdbool.h>

#include <glib.h>
#include <jansson.h>

#define DRILL_RECORD_FOLDER "drills" /* beside the playbook */
#define DRILL_RECORD_SCHEMA "breach.drill/1"

/* drill_record_folder: makes the folder of all records if need be; false where nothing could be kept in it. */
bool drill_record_folder(const char *folder, GError **error);

/* drill_record_write: makes DATE-SCENARIO in `folder` (made if need be). *path: that folder; newly allocated. */
bool drill_record_write(const char *folder, const json_t *record, const char *scenario, char **path, GError **error);

/* drill_record_verdict: score and targets in one line, in the chosen language; newly allocated. */
char *drill_record_verdict(const json_t *record);

/* drill_record_markdown: for people, in the chosen language; newly allocated. */
char *drill_record_markdown(const json_t *record);

/* drill_record_words: the text of an event, which is English in the record, in the chosen language. `words`: see
 * scenario_words.h. Newly allocated. */
char *drill_record_words(const json_t *words, const char *text);

/* drill_record_read: all records of `folder`, earliest first; of json_t *, owned by the new array; what cannot be read
 * is passed over, *passed says how many. */
GPtrArray *drill_record_read(const char *folder, int *passed);

/* drill_record_history: a line for each, and what changed since the last drill with the same scenario; newly allocated.
 */
char *drill_record_history(const GPtrArray *records);

#endif
