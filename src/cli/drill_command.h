/* drill_command - the commands that a drill types itself: the same that a person types, in this process, on the clock
 * of the drill, with what they say kept in a transcript.
 *
 * Threads: one. */
#ifndef BREACH_CLI_DRILL_COMMAND_H
#define BREACH_CLI_DRILL_COMMAND_H

#include <stdbool.h>

#include <glib.h>

#include "drill/stage.h"

typedef struct DrillDesk {
    const char *playbook, *state; /* borrowed */
    Stage *stage;                 /* borrowed */
    int transcript;               /* descriptor, appended to */
} DrillDesk;

/* drill_command_check: whether a scenario may type this ("hold", "--channel", "email"), and whether its options are
 * known. Error: BREACH_ERROR_INPUT. */
bool drill_command_check(const char *const *words, GError **error);

/* drill_command_line: as a person would type it: "breach hold --reason 'wrong number'". Newly allocated. */
char *drill_command_line(const char *const *words);

/* drill_command_type: types it for the playbook of the drill; the word NOW stands for the time. Returns the exit code.
 */
int drill_command_type(const DrillDesk *desk, const char *const *words);

#endif
