/* first_wave - what breach notify does about --limit, --stop-over and quiet hours. Threads: one. */
#ifndef BREACH_CLI_FIRST_WAVE_H
#define BREACH_CLI_FIRST_WAVE_H

#include <stdbool.h>

#include <glib.h>
#include <jansson.h>

#include "cli/workspace.h"
#include "dispatch/conductor.h"

/* first_wave_parse: the two options; *limit 0 without --limit. Error: BREACH_ERROR_INPUT, a usage error. */
bool first_wave_parse(const Options *options, int *limit, double *stop_over, GError **error);

/* first_wave_quiet: the quiet hours that the run has to keep, or NULL: there are none, it is a rehearsal, or
 * --in-quiet-hours was given, which becomes an event. false on failure. */
bool first_wave_quiet(const Workspace *workspace, Ledger *ledger, const QuietHours **quiet, GError **error);

/* first_wave_conclude: after the run: holds everything when too many of the first wave were refused and something is
 * left to send, and says what to do. */
bool first_wave_conclude(const Workspace *workspace, Ledger *ledger, const ConductorResult *result, GError **error);

/* first_wave_json: the member "wave" of the document, or null without --limit; a new reference. */
json_t *first_wave_json(const Wave *wave);

#endif
