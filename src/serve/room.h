/* room - what the page shows beside the numbers of report/live: response steps, why people are not reached, and the
 * names of clocks in the languages of the page. Schema breach.room/1 (docs/schema/room.json).
 *
 * Nothing in it names a person: of response steps not the owner, of reasons only those that breach itself words; what
 * somebody typed is counted under "other". Threads: one. */
#ifndef BREACH_SERVE_ROOM_H
#define BREACH_SERVE_ROOM_H

#include <glib.h>
#include <jansson.h>

#include "report/casework.h"

/* room_json: `casework`: NULL where nothing is recorded and no regime is named. `reasons`: of LedgerReason *, or NULL.
 * `live`: the document of report/live.h whose clocks are to be named, or NULL. A new reference. */
json_t *room_json(const Casework *casework, const GPtrArray *reasons, const json_t *live);

#endif
