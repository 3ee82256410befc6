/* drilling - plays a scenario: its steps at their times, breach notify between them, and what came of it.
 *
 * Everything is done by the commands that a person would type, on a simulated clock, in a folder of the drill's own, to
 * embedded gateways: the dry run, with faults. Threads: one. */
#ifndef BREACH_CLI_DRILLING_H
#define BREACH_CLI_DRILLING_H

#include <stdbool.h>

#include <glib.h>
#include <jansson.h>

#include "cli/workspace.h"
#include "model/scenario.h"

typedef struct DrillRequest {
    const Workspace *workspace; /* of the playbook as it is */
    const Scenario *scenario;
    const GPtrArray *participants; /* of Participant *; NULL: nobody is asked */
    const char *seed;
} DrillRequest;

/* drilling_play: the record (docs/schema/drill.json); NULL when it could not be played to its end. A new reference.
 * *transcript: the file with what every command said; newly allocated; NULL when none was made. */
json_t *drilling_play(const DrillRequest *request, char **transcript, GError **error);

#endif
